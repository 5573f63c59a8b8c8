//! Documents one by one: what is kept of each, and how it came to be.

use countersign_domain::{
    document::{Change, Document, Outcome, RowName},
    ids::{ChangeId, DecisionId, FindingId, ReceiptId},
};
use countersign_store::{DecisionRecord, DocumentName, DocumentRecord, TimelineEntry};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::{
    document_classes,
    document_lists::{CLASS, summary_of},
    document_rows::parsed,
    failure::Failure,
    finding_lists,
    records::timestamp,
};

/// The changes of a document, in the order of their ids.
pub(crate) const TIMELINE: &str =
    "SELECT row, place, change, outcome FROM timeline WHERE document = ?1";

/// One row of changes, with the receipt that told it.
pub(crate) const TOLD: &str = "SELECT c.receipt, k.source, k.operation, r.received_at, c.entries
     FROM changes c JOIN classes k ON k.id = c.class JOIN receipts r ON r.id = c.receipt
     WHERE c.id = ?1";

/// The rows of a document.
pub(crate) const ROWS: &str = "SELECT name, key, cells FROM document_rows WHERE document = ?1";

/// The links of a document.
pub(crate) const LINKS: &str = "SELECT name, target FROM document_links WHERE document = ?1";

/// What names a document.
pub(crate) const NAME: &str = "SELECT class, name FROM documents WHERE id = ?1";

/// When a document was told something last.
pub(crate) const UPDATED_AT: &str = "SELECT updated_at FROM documents WHERE id = ?1";

/// The decisions about a document: few, and in the order of their times.
pub(crate) const DECISIONS: &str = "SELECT id, at, finding, change, picked, reason FROM decisions
     WHERE document = ?1 ORDER BY at, id";

/// Everything about one document, with at most `limit` of its last changes.
pub(crate) fn one(
    database: &Connection,
    id: i64,
    limit: u32,
) -> Result<Option<DocumentRecord>, Failure> {
    let snapshot = database.unchecked_transaction()?;
    let classes = document_classes::all(&snapshot)?;
    let Some(summary) = summary_of(&snapshot, &classes, id)? else {
        return Ok(None);
    };
    let mut entries = timeline(&snapshot, id)?;
    let changes = entries.len() as u64;
    let first = entries.len().saturating_sub(limit as usize);
    let entries = entries.split_off(first);
    Ok(Some(DocumentRecord {
        document: Document {
            state: summary.state.clone(),
            ..beside(&snapshot, id)?
        },
        findings: finding_lists::open_of(&snapshot, id)?,
        timeline: told(&snapshot, &entries)?,
        changes,
        decisions: decisions(&snapshot, id)?,
        summary,
    }))
}

/// Rows and links.
pub(crate) fn beside(database: &Connection, id: i64) -> Result<Document, Failure> {
    let mut document = Document::default();
    let mut statement = database.prepare_cached(ROWS)?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let name = RowName {
            table: row.get(0)?,
            key: row.get(1)?,
        };
        let cells = row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?;
        document.rows.insert(name, parsed(cells)?);
    }
    let mut statement = database.prepare_cached(LINKS)?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        document.links.insert((row.get(0)?, row.get(1)?));
    }
    Ok(document)
}

/// One entry of a timeline.
pub(crate) struct Entry {
    row: i64,
    place: i64,
    pub(crate) change: ChangeId,
    outcome: Outcome,
}

impl Entry {
    /// The row of its changes.
    pub(crate) fn row(&self) -> i64 {
        self.row
    }
}

/// The name of a document.
pub(crate) fn name(database: &Connection, id: i64) -> Result<DocumentName, Failure> {
    let (class, name) = database
        .prepare_cached(NAME)?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(document_classes::one(database, class)?.name(name))
}

/// The status by which lists find a document.
pub(crate) fn status(database: &Connection, id: i64) -> Result<String, Failure> {
    let class = database
        .prepare_cached(CLASS)?
        .query_row([id], |row| row.get(0))?;
    Ok(document_classes::one(database, class)?.status)
}

/// When a document was told something last.
pub(crate) fn updated_at(database: &Connection, id: i64) -> Result<Timestamp, Failure> {
    let at = database
        .prepare_cached(UPDATED_AT)?
        .query_row([id], |row| row.get(0))?;
    Ok(timestamp(at))
}

/// The timeline of a document, in the order in which it was told.
pub(crate) fn timeline(database: &Connection, id: i64) -> Result<Vec<Entry>, Failure> {
    let mut statement = database.prepare_cached(TIMELINE)?;
    let mut rows = statement.query([id])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let outcome: usize = row.get(3)?;
        entries.push(Entry {
            row: row.get(0)?,
            place: row.get(1)?,
            change: ChangeId::from_bytes(row.get(2)?),
            outcome: *Outcome::ALL
                .get(outcome)
                .ok_or_else(|| Failure::Corrupt(format!("{outcome} is not an outcome")))?,
        });
    }
    entries.sort_unstable_by_key(|it| (it.row, it.place));
    Ok(entries)
}

/// A row of changes as it was told: most entries of a timeline follow one of another row, but a
/// long message may tell one document thousands of times.
struct ToldRow {
    id: i64,
    receipt: ReceiptId,
    source: String,
    operation: String,
    received_at: Timestamp,
    changes: Vec<Option<Change>>,
}

impl ToldRow {
    fn read(database: &Connection, id: i64) -> Result<Self, Failure> {
        let mut statement = database.prepare_cached(TOLD)?;
        let mut rows = statement.query([id])?;
        let row = rows.next()?.ok_or_else(|| missing(id))?;
        Ok(Self {
            id,
            receipt: ReceiptId::from_rowid(row.get(0)?),
            source: row.get(1)?,
            operation: row.get(2)?,
            received_at: timestamp(row.get(3)?),
            changes: parsed(row.get_ref(4)?.as_bytes().map_err(rusqlite::Error::from)?)?,
        })
    }
}

fn missing(row: i64) -> Failure {
    Failure::Corrupt(format!("change {row} is missing"))
}

/// The entries, which stand in their order, with what was said, and by which receipt.
pub(crate) fn told(
    database: &Connection,
    entries: &[Entry],
) -> Result<Vec<TimelineEntry>, Failure> {
    let mut told = Vec::with_capacity(entries.len());
    let mut last: Option<ToldRow> = None;
    for entry in entries {
        let row = match &mut last {
            Some(row) if row.id == entry.row => row,
            last => last.insert(ToldRow::read(database, entry.row)?),
        };
        let place = usize::try_from(entry.place).map_err(|_| missing(entry.row))?;
        let change = row.changes.get_mut(place).and_then(Option::take);
        told.push(TimelineEntry {
            id: entry.change,
            receipt: row.receipt,
            source: row.source.clone(),
            operation: row.operation.clone(),
            received_at: row.received_at,
            outcome: entry.outcome,
            change: change.ok_or_else(|| missing(entry.row))?,
        });
    }
    Ok(told)
}

/// The decisions about a document, in their order.
pub(crate) fn decisions(database: &Connection, id: i64) -> Result<Vec<DecisionRecord>, Failure> {
    let mut statement = database.prepare_cached(DECISIONS)?;
    let mut rows = statement.query([id])?;
    let mut decisions = Vec::new();
    while let Some(row) = rows.next()? {
        let change: Option<[u8; 16]> = row.get(3)?;
        let picked: bool = row.get(4)?;
        decisions.push(DecisionRecord {
            id: DecisionId::from_rowid(row.get(0)?),
            at: timestamp(row.get(1)?),
            finding: FindingId::from_rowid(row.get(2)?),
            change: change.map(|it| (ChangeId::from_bytes(it), picked)),
            reason: row.get(5)?,
        });
    }
    Ok(decisions)
}
