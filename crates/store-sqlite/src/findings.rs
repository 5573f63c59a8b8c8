//! Findings: written as documents and receipts make them, read as lists.

use std::ops::RangeInclusive;

use countersign_domain::{
    document::{Applied, DocumentFinding, FindingKey, Label, Lifecycle, State},
    ids::{FindingId, ReceiptId},
    receipt::FindingCode,
};
use countersign_store::{FindingFilter, FindingRecord, Page, claims::ClaimKey};
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::{
    document_classes,
    failure::Failure,
    records::{nanoseconds, timestamp},
    slices::{Key, PRESENT},
    tell::Subject,
    writer::Writer,
};

/// The columns that [`record`] reads.
macro_rules! columns {
    () => {
        "SELECT f.id, f.code, f.about, f.message, f.receipt, f.opened_at, f.closed_at,
         d.class, d.name FROM findings f LEFT JOIN documents d ON d.id = f.document"
    };
}

pub(crate) const ROWS: &str = concat!(
    columns!(),
    " WHERE f.id < ?1 AND (?2 IS NULL OR (f.closed_at IS NULL) = ?2)
     ORDER BY f.id DESC LIMIT ?3"
);

pub(crate) const OF_DOCUMENT: &str = concat!(
    columns!(),
    " WHERE f.document = ?4 AND f.id < ?1 AND (?2 IS NULL OR (f.closed_at IS NULL) = ?2)
     ORDER BY f.id DESC LIMIT ?3"
);

/// The ids of one code, open ones alone.
pub(crate) const OPEN_IDS: &str = "SELECT id FROM findings INDEXED BY findings_open
     WHERE code = ?1 AND closed_at IS NULL AND id < ?2 ORDER BY id DESC LIMIT ?3";

/// The ids of one code, closed ones alone.
pub(crate) const CLOSED_IDS: &str = "SELECT id FROM findings INDEXED BY findings_closed
     WHERE code = ?1 AND closed_at IS NOT NULL AND id < ?2 ORDER BY id DESC LIMIT ?3";

pub(crate) const ROW: &str = concat!(columns!(), " WHERE f.id = ?1");

/// The open findings of one document.
pub(crate) const OPEN_OF_DOCUMENT: &str = concat!(
    columns!(),
    " WHERE f.document = ?1 AND f.closed_at IS NULL ORDER BY f.id DESC"
);

/// Says an open finding in other words.
pub(crate) const RETELL: &str = "UPDATE findings SET message = ?4
     WHERE document = ?1 AND code = ?2 AND about = ?3 AND closed_at IS NULL";

/// Closes a finding of a document, if it is open.
pub(crate) const CLOSE: &str = "UPDATE findings SET closed_at = ?4
     WHERE document = ?1 AND code = ?2 AND about = ?3 AND closed_at IS NULL";

impl Writer<'_> {
    /// Writes down what a change opened, retold and closed.
    pub(crate) fn note(&self, subject: &Subject<'_>, applied: &Applied) -> Result<(), Failure> {
        for finding in &applied.opened {
            self.open_finding(Some(subject.id), finding, subject.receipt, subject.at)?;
        }
        for finding in &applied.retold {
            self.retell_finding(subject.id, finding)?;
        }
        for finding in &applied.closed {
            self.close_finding(subject.id, &finding.key, subject.at)?;
        }
        Ok(())
    }

    pub(crate) fn open_finding(
        &self,
        document: Option<i64>,
        finding: &DocumentFinding,
        receipt: ReceiptId,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.database
            .prepare_cached(
                "INSERT INTO findings (document, receipt, code, about, message, opened_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                document,
                receipt.rowid(),
                finding.key.code.as_str(),
                &finding.key.about,
                &finding.message,
                nanoseconds(at)?,
            ))?;
        Ok(())
    }

    /// Says an open finding in other words.
    pub(crate) fn retell_finding(
        &self,
        document: i64,
        finding: &DocumentFinding,
    ) -> Result<(), Failure> {
        let DocumentFinding { key, message } = finding;
        self.database.prepare_cached(RETELL)?.execute((
            document,
            key.code.as_str(),
            &key.about,
            message,
        ))?;
        Ok(())
    }

    pub(crate) fn close_finding(
        &self,
        document: i64,
        key: &FindingKey,
        at: Timestamp,
    ) -> Result<(), Failure> {
        self.database.prepare_cached(CLOSE)?.execute((
            document,
            key.code.as_str(),
            &key.about,
            nanoseconds(at)?,
        ))?;
        Ok(())
    }

    /// Follows the facts of which no two documents should have the same, from one state to the
    /// other. Each document that shares one has the finding; two others are enough to know.
    pub(crate) fn watch_unique(
        &mut self,
        subject: &Subject<'_>,
        before: &State,
        after: &State,
    ) -> Result<(), Failure> {
        for rule in &subject.lifecycle.unique {
            let value = |state: &State| state.facts.get(&rule.fact).map(|it| it.value.clone());
            let label = |it: &String| Label::of_number(subject.lifecycle, &rule.fact, it);
            let (old, new) = (value(before), value(after));
            let (old, new) = (old.as_ref().map(label), new.as_ref().map(label));
            if old == new {
                continue;
            }
            let key = FindingKey {
                code: rule.code,
                about: rule.fact.to_string(),
            };
            if let Some(old) = old {
                self.close_finding(subject.id, &key, subject.at)?;
                if let [only] = self.others(old, subject.id)?[..] {
                    self.close_finding(only, &key, subject.at)?;
                }
            }
            let others = match new {
                Some(new) => self.others(new, subject.id)?,
                None => Vec::new(),
            };
            for (document, other) in others
                .first()
                .map(|it| (subject.id, *it))
                .into_iter()
                .chain((others.len() == 1).then(|| (others[0], subject.id)))
            {
                let finding = DocumentFinding {
                    key: key.clone(),
                    message: format!(
                        "{} is that of {} too",
                        rule.fact,
                        self.shown_name(subject, other)?
                    ),
                };
                self.open_finding(Some(document), &finding, subject.receipt, subject.at)?;
            }
        }
        Ok(())
    }

    fn shown_name(&self, subject: &Subject<'_>, document: i64) -> Result<String, Failure> {
        if document == subject.id {
            return Ok(format!("{}/{}", subject.name.kind, subject.name.id));
        }
        let id: String = self
            .database
            .prepare_cached("SELECT name FROM documents WHERE id = ?1")?
            .query_row([document], |row| row.get(0))?;
        // A unique fact is told of documents of one kind.
        Ok(format!("{}/{id}", subject.name.kind))
    }

    /// Up to two other documents with a label.
    fn others(&self, label: Label, me: i64) -> Result<Vec<i64>, Failure> {
        let range = range_of(label);
        if !self.labels.may_begin(*range.start()) {
            return Ok(Vec::new());
        }
        let is_other = |it: &i64| *it != me;
        let in_memory = self.labels.known_between(*range.start(), *range.end());
        let present = in_memory.filter(|(_, value)| *value == PRESENT);
        let mut others: Vec<i64> = Vec::new();
        for other in present.map(|(key, _)| document_of(&key)).filter(is_other) {
            // A word that is told again stands in two layers.
            if !others.contains(&other) {
                others.push(other);
            }
            if others.len() == 2 {
                return Ok(others);
            }
        }
        let mut statement = self
            .database
            .prepare_cached("SELECT entry FROM labels WHERE entry BETWEEN ?1 AND ?2")?;
        let mut rows = statement.query((range.start(), range.end()))?;
        while others.len() < 2
            && let Some(row) = rows.next()?
        {
            let key: Key = row.get(0)?;
            if self.labels.known(key).is_none() {
                others.extend(Some(document_of(&key)).filter(is_other));
            }
        }
        Ok(others)
    }

    /// The number of the document with this name, if there is one.
    pub(crate) fn number_of(
        &self,
        name: &countersign_store::DocumentName,
    ) -> Result<Option<i64>, Failure> {
        let key = ClaimKey::of_document(name).to_bytes();
        self.claims.get(self.database, key)
    }
}

/// Whether a finding of this code follows from the document's own state: not from a receipt, nor
/// from what two documents say.
pub(crate) fn is_of_state(lifecycle: &Lifecycle, code: FindingCode) -> bool {
    let is_shared = lifecycle.unique.iter().any(|it| it.code == code);
    let is_of_receipt = matches!(
        code,
        FindingCode::ContentChanged | FindingCode::ResultFailure
    );
    !is_shared && !is_of_receipt
}

/// Every entry that a label can have.
pub(crate) fn range_of(label: Label) -> RangeInclusive<Key> {
    let entry = |last: [u8; 8]| {
        let mut entry = [0; 16];
        entry[..8].copy_from_slice(&label.to_bytes());
        entry[8..].copy_from_slice(&last);
        entry
    };
    entry([0; 8])..=entry([0xff; 8])
}

/// The document of an entry.
pub(crate) fn document_of(entry: &Key) -> i64 {
    let number = entry.last_chunk().expect("an entry ends in eight bytes");
    i64::from_be_bytes(*number)
}

/// Lists findings, newest first.
pub(crate) fn list(
    database: &Connection,
    filter: &FindingFilter,
    document: Option<i64>,
    page: Page,
) -> Result<Vec<FindingRecord>, Failure> {
    let before = page.before.unwrap_or(i64::MAX);
    if filter.codes.is_empty() || document.is_some() {
        let mut statement = database.prepare_cached(match document {
            Some(_) => OF_DOCUMENT,
            None => ROWS,
        })?;
        let mut rows = match document {
            // A document has few findings: codes are picked out of all of them.
            Some(document) => statement.query((before, filter.open, i64::MAX, document))?,
            None => statement.query((before, filter.open, page.limit))?,
        };
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let record = record(database, row)?;
            if filter.codes.is_empty() || filter.codes.contains(&record.key.code) {
                found.push(record);
            }
        }
        found.truncate(page.limit as usize);
        return Ok(found);
    }
    let mut ids: Vec<i64> = Vec::new();
    for code in &filter.codes {
        for (sql, open) in [(OPEN_IDS, true), (CLOSED_IDS, false)] {
            if filter.open.is_some_and(|it| it != open) {
                continue;
            }
            let mut statement = database.prepare_cached(sql)?;
            let mut rows = statement.query((code.as_str(), before, page.limit))?;
            while let Some(row) = rows.next()? {
                ids.push(row.get(0)?);
            }
        }
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(page.limit as usize);
    let mut found = Vec::new();
    for id in ids {
        found.extend(one(database, FindingId::from_rowid(id))?);
    }
    Ok(found)
}

/// One finding.
pub(crate) fn one(database: &Connection, id: FindingId) -> Result<Option<FindingRecord>, Failure> {
    let mut statement = database.prepare_cached(ROW)?;
    let mut rows = statement.query([id.rowid()])?;
    rows.next()?.map(|row| record(database, row)).transpose()
}

/// The open findings of a document.
pub(crate) fn open_of(database: &Connection, document: i64) -> Result<Vec<FindingRecord>, Failure> {
    let mut statement = database.prepare_cached(OPEN_OF_DOCUMENT)?;
    let mut rows = statement.query([document])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(database, row)?);
    }
    Ok(found)
}

fn record(database: &Connection, row: &Row<'_>) -> Result<FindingRecord, Failure> {
    let class: Option<i64> = row.get(7)?;
    let class = class
        .map(|it| document_classes::one(database, it))
        .transpose()?;
    let code: String = row.get(1)?;
    let code = FindingCode::of(&code)
        .ok_or_else(|| Failure::Corrupt(format!("`{code}` is not a finding's code")))?;
    Ok(FindingRecord {
        id: FindingId::from_rowid(row.get(0)?),
        key: FindingKey {
            code,
            about: row.get(2)?,
        },
        message: row.get(3)?,
        document: class
            .map(|it| Ok::<_, Failure>(it.name(row.get(8)?)))
            .transpose()?,
        receipt: ReceiptId::from_rowid(row.get(4)?),
        opened_at: timestamp(row.get(5)?),
        closed_at: row.get::<_, Option<i64>>(6)?.map(timestamp),
    })
}
