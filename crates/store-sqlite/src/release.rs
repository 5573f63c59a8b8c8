//! Release: a decision about what is in quarantine, as a row of its own.

use countersign_domain::{ids::ReceiptId, receipt::Verdict};
use countersign_store::{
    Release, Released, StoreError,
    claims::{ClaimKey, content_changed},
};

use crate::{
    classes::Class,
    failure::Failure,
    records::{self, WHOLE, nanoseconds, timestamp},
    tell::Telling,
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
        let released = self.claim_release(release)?;
        let (duplicate_of, changed_from) = match released {
            Released::DuplicateOf { first } => (Some(first), None),
            Released::ContentChanged { first } => (None, Some(first)),
            _ => (None, None),
        };
        self.database
            .prepare_cached(
                "INSERT INTO releases (receipt, part, at, identity, content, duplicate_of,
                     changed_from)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                release.receipt.rowid(),
                release.part.map_or(WHOLE, i64::from),
                nanoseconds(release.at)?,
                release.identity,
                release.content,
                duplicate_of.map(ReceiptId::rowid),
                changed_from.map(ReceiptId::rowid),
            ))?;
        self.tell_released(release, released)?;
        Ok(released)
    }

    /// What was quarantined counts from now on, unless it was said meanwhile. Other content under a
    /// taken identity tells documents, and makes no event.
    fn tell_released(&mut self, release: &Release, released: Released) -> Result<(), Failure> {
        let events = match released {
            Released::Now => release.events.clone(),
            Released::ContentChanged { .. } => Vec::new(),
            _ => return Ok(()),
        };
        let class = self
            .database
            .prepare_cached("SELECT class FROM receipts WHERE id = ?1")?
            .query_row([release.receipt.rowid()], |row| row.get(0))?;
        let telling = Telling {
            row: release.row,
            receipt: release.receipt,
            class,
            received_at: release.at,
            changes: release.changes.iter().collect(),
            events,
        };
        let mut findings = release.findings.clone();
        if let Released::ContentChanged { first } = released {
            findings.push(content_changed(first));
        }
        self.tell_all(&telling, &findings, release.failed_subject.as_ref())
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
        let mut statement = self.database.prepare_cached(
            "SELECT at, duplicate_of FROM releases
             WHERE receipt = ?1 AND part IN (?2, ?3) ORDER BY part",
        )?;
        let part = release.part.map_or(WHOLE, i64::from);
        let mut rows = statement.query((release.receipt.rowid(), WHOLE, part))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(Released::Already {
            at: timestamp(row.get(0)?),
            duplicate_of: records::receipt_or_null(row, 1)?,
        }))
    }

    /// Claims what an accepted receipt would, and says how the release stands to what was claimed
    /// before.
    fn claim_release(&mut self, release: &Release) -> Result<Released, Failure> {
        let Release {
            identity, content, ..
        } = release;
        let key = ClaimKey::of_identity(identity);
        let Some(first) = self.holder(key)? else {
            self.claims.put(key.to_bytes(), release.receipt.rowid());
            return Ok(Released::Now);
        };
        let same = self
            .first(first)?
            .has_content(self.database, first, identity, content)?;
        if same {
            return Ok(Released::DuplicateOf { first });
        }
        let key = ClaimKey::of_change(identity, content);
        if let Some(same) = self.holder(key)? {
            return Ok(Released::DuplicateOf { first: same });
        }
        self.claims.put(key.to_bytes(), release.receipt.rowid());
        Ok(Released::ContentChanged { first })
    }
}
