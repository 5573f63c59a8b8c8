//! Release: a decision about what is in quarantine, as a row of its own.

use countersign_domain::{ids::ReceiptId, receipt::Verdict};
use countersign_store::{Release, Released, StoreError, claims::ClaimKey};
use rusqlite::OptionalExtension;

use crate::{
    classes::Class,
    failure::Failure,
    records::{self, WHOLE, nanoseconds, timestamp},
    writer::Writer,
};

impl Writer<'_> {
    pub(crate) fn release(&mut self, release: &Release) -> Result<Released, StoreError> {
        Ok(self.transaction(|writer| writer.decide(release))?)
    }

    fn decide(&mut self, release: &Release) -> Result<Released, Failure> {
        if let Some(answer) = self.cannot_be_released(release)? {
            return Ok(answer);
        }
        let duplicate_of = self.claim_release(release)?;
        self.database
            .prepare_cached(
                "INSERT INTO releases (receipt, part, at, identity, content, duplicate_of)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                release.receipt.rowid(),
                release.part.map_or(WHOLE, i64::from),
                nanoseconds(release.at)?,
                release.identity,
                release.content,
                duplicate_of.map(ReceiptId::rowid),
            ))?;
        Ok(duplicate_of.map_or(Released::Now, |first| Released::DuplicateOf { first }))
    }

    fn cannot_be_released(&self, release: &Release) -> Result<Option<Released>, Failure> {
        let mut statement = self.database.prepare_cached(
            "SELECT c.source, c.operation, c.verdict, r.parts
             FROM receipts r JOIN classes c ON c.id = r.class WHERE r.id = ?1",
        )?;
        let mut rows = statement.query([release.receipt.rowid()])?;
        let Some(row) = rows.next()? else {
            return Ok(Some(Released::Unknown));
        };
        let verdict = Class::from_row(row, 0)?.verdict;
        let verdict = match release.part {
            None => verdict,
            Some(part) => {
                let parts = records::parts(row, 3, verdict)?;
                match parts.get(part as usize) {
                    Some(part) => part.verdict,
                    None => return Ok(Some(Released::Unknown)),
                }
            }
        };
        if verdict != Verdict::Quarantined {
            return Ok(Some(Released::NotQuarantined));
        }
        // The release of the whole is one of each part, too.
        let before: Option<i64> = self
            .database
            .prepare_cached("SELECT at FROM releases WHERE receipt = ?1 AND part IN (?2, ?3)")?
            .query_row(
                (
                    release.receipt.rowid(),
                    WHOLE,
                    release.part.map_or(WHOLE, i64::from),
                ),
                |row| row.get(0),
            )
            .optional()?;
        Ok(before.map(|at| Released::Already { at: timestamp(at) }))
    }

    /// Claims what an accepted receipt would, or names the receipt that was applied instead.
    fn claim_release(&mut self, release: &Release) -> Result<Option<ReceiptId>, Failure> {
        let Release {
            identity, content, ..
        } = release;
        let mut key = ClaimKey::of_identity(identity);
        if let Some(first) = self.claims.holder(self.database, key)? {
            if self
                .first(first)?
                .has_content(self.database, first, identity, content)?
            {
                return Ok(Some(first));
            }
            key = ClaimKey::of_change(identity, content);
            if let Some(same) = self.claims.holder(self.database, key)? {
                return Ok(Some(same));
            }
        }
        self.claims.claim(key, release.receipt);
        Ok(None)
    }
}
