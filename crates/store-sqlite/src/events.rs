//! Events as lists and one by one: views of the parts that were accepted, or released.

use std::collections::BTreeMap;

use countersign_domain::{
    document::Change,
    ids::{EventId, ReceiptId, first_rowid_at},
    receipt::Verdict,
};
use countersign_store::{EventFilter, EventPage, EventPlace, EventRecord};
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::{classes, document_rows::parsed, documents, failure::Failure, records::timestamp};

/// All rows with events between two ids, both included, newest first.
pub(crate) const IDS: &str = "SELECT id FROM changes
     WHERE id BETWEEN ?1 AND ?2 AND events IS NOT NULL ORDER BY id DESC LIMIT ?3";

/// The receipts of one class, which have changes by the same ids.
pub(crate) const IDS_OF_CLASS: &str = "SELECT c.id
     FROM receipts r INDEXED BY receipts_by_class CROSS JOIN changes c ON c.id = r.id
     WHERE r.class = ?4 AND r.id BETWEEN ?1 AND ?2 AND c.events IS NOT NULL
     ORDER BY r.id DESC LIMIT ?3";

/// The releases of receipts of one class.
pub(crate) const RELEASES_OF_CLASS: &str = "SELECT id FROM changes INDEXED BY releases_by_class
     WHERE class = ?4 AND id BETWEEN ?1 AND ?2 AND receipt <> id AND events IS NOT NULL
     ORDER BY id DESC LIMIT ?3";

pub(crate) const ROW: &str = "SELECT c.id, c.receipt, c.events, c.entries, k.source, k.operation,
            r.received_at
     FROM changes c JOIN classes k ON k.id = c.class JOIN receipts r ON r.id = c.receipt
     WHERE c.id = ?1";

/// The row of a receipt's own changes, or of a release of it, that holds an event of some part.
pub(crate) const ROWS_OF_RECEIPT: &str = "SELECT id FROM changes WHERE id = ?1
     UNION ALL
     SELECT id FROM changes INDEXED BY releases_by_receipt
     WHERE receipt = ?1 AND receipt <> id";

/// The same rows, by the parts that make an event.
pub(crate) const PARTS_OF_RECEIPT: &str = "SELECT events FROM changes WHERE id = ?1
     UNION ALL
     SELECT events FROM changes INDEXED BY releases_by_receipt
     WHERE receipt = ?1 AND receipt <> id";

/// Lists events, newest first. `document` is the number of the filter's document.
pub(crate) fn list(
    database: &Connection,
    filter: &EventFilter,
    document: Option<i64>,
    after: Option<EventPlace>,
    limit: u32,
) -> Result<EventPage, Failure> {
    let snapshot = database.unchecked_transaction()?;
    let low = filter.since.map_or(i64::MIN, rowid_at);
    let until = filter.until.map_or(i64::MAX, |it| rowid_at(it) - 1);
    let high = after.map_or(until, |it| until.min(it.row));
    // The first row may have been shown in part.
    let wanted = limit.saturating_add(1);
    let rows = match document {
        Some(id) => of_document(&snapshot, id, (low, high))?,
        None => of_all(&snapshot, filter, (low, high), wanted)?,
    };
    let more_rows = rows.len() >= wanted as usize;
    let mut page = EventPage::default();
    for id in rows {
        let Some(mut told) = told(&snapshot, id)? else {
            continue;
        };
        for part in std::mem::take(&mut told.events).into_iter().rev() {
            let place = EventPlace { row: id, part };
            if after.is_some_and(|it| it.row == id && it.part <= part) {
                continue;
            }
            let record = told.event(part);
            if !filter.matches(&record) {
                continue;
            }
            if page.items.len() == limit as usize {
                return Ok(page);
            }
            page.items.push(record);
            page.next = Some(place);
        }
    }
    if !more_rows {
        page.next = None;
    }
    Ok(page)
}

/// One event.
pub(crate) fn one(database: &Connection, id: EventId) -> Result<Option<EventRecord>, Failure> {
    let snapshot = database.unchecked_transaction()?;
    let mut statement = snapshot.prepare_cached(ROWS_OF_RECEIPT)?;
    let rows = statement.query_map([id.receipt.rowid()], |row| row.get(0))?;
    for row in rows.collect::<Result<Vec<i64>, _>>()? {
        let told = told(&snapshot, row)?;
        if let Some(mut told) = told.filter(|it| it.events.contains(&id.part)) {
            return Ok(Some(told.event(id.part)));
        }
    }
    Ok(None)
}

fn of_all(
    database: &Connection,
    filter: &EventFilter,
    (low, high): (i64, i64),
    limit: u32,
) -> Result<Vec<i64>, Failure> {
    if filter.operations.is_empty() && filter.source.is_none() {
        let mut statement = database.prepare_cached(IDS)?;
        let rows = statement.query_map((low, high, limit), |row| row.get(0))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    }
    let mut ids: Vec<i64> = Vec::new();
    for (class, words) in classes::all(database)? {
        let matches = filter.source.as_ref().is_none_or(|it| *it == words.source)
            && (filter.operations.is_empty() || filter.operations.contains(&words.operation));
        for sql in lists_of(words.verdict).iter().filter(|_| matches) {
            let mut statement = database.prepare_cached(sql)?;
            let rows = statement.query_map((low, high, limit, class), |row| row.get(0))?;
            ids.extend(rows.collect::<Result<Vec<i64>, _>>()?);
        }
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(limit as usize);
    Ok(ids)
}

/// Where the events of a class stand. What was accepted tells as it comes, and a part of it that
/// was not is released later; what was quarantined tells by its releases alone.
fn lists_of(verdict: Verdict) -> &'static [&'static str] {
    match verdict {
        Verdict::Accepted => &[IDS_OF_CLASS, RELEASES_OF_CLASS],
        Verdict::Quarantined => &[RELEASES_OF_CLASS],
        Verdict::Duplicate => &[],
    }
}

/// The rows that told a document, newest first.
fn of_document(
    database: &Connection,
    id: i64,
    (low, high): (i64, i64),
) -> Result<Vec<i64>, Failure> {
    let entries = documents::timeline(database, id)?;
    let mut rows: Vec<i64> = entries.iter().map(documents::Entry::row).collect();
    rows.retain(|it| (low..=high).contains(it));
    rows.dedup();
    rows.reverse();
    Ok(rows)
}

/// One row of changes, of which an event is made for each part that is asked for.
struct Told {
    receipt: ReceiptId,
    source: String,
    operation: String,
    received_at: Timestamp,
    /// The parts that make an event.
    events: Vec<u32>,
    changes: BTreeMap<u32, Vec<Change>>,
}

impl Told {
    /// The event of a part; it is made once.
    fn event(&mut self, part: u32) -> EventRecord {
        EventRecord {
            id: EventId {
                receipt: self.receipt,
                part,
            },
            source: self.source.clone(),
            operation: self.operation.clone(),
            received_at: self.received_at,
            changes: self.changes.remove(&part).unwrap_or_default(),
        }
    }
}

fn told(database: &Connection, id: i64) -> Result<Option<Told>, Failure> {
    let mut statement = database.prepare_cached(ROW)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(read).transpose()
}

/// Reads the columns of [`ROW`].
fn read(row: &Row<'_>) -> Result<Told, Failure> {
    let entries = row.get_ref(3)?.as_bytes().map_err(rusqlite::Error::from)?;
    let mut changes: BTreeMap<u32, Vec<Change>> = BTreeMap::new();
    for change in parsed::<Vec<Change>>(entries)? {
        changes.entry(change.part).or_default().push(change);
    }
    Ok(Told {
        receipt: ReceiptId::from_rowid(row.get(1)?),
        events: parts_of(row.get(2)?)?,
        changes,
        source: row.get(4)?,
        operation: row.get(5)?,
        received_at: timestamp(row.get(6)?),
    })
}

/// The parts that make an event, in every row of a receipt.
pub(crate) fn parts(database: &Connection, receipt: ReceiptId) -> Result<Vec<u32>, Failure> {
    let mut statement = database.prepare_cached(PARTS_OF_RECEIPT)?;
    let mut rows = statement.query([receipt.rowid()])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        parts.extend(parts_of(row.get(0)?)?);
    }
    parts.sort_unstable();
    Ok(parts)
}

fn parts_of(events: Option<String>) -> Result<Vec<u32>, Failure> {
    let Some(events) = events else {
        return Ok(Vec::new());
    };
    let part = |it: &str| {
        it.parse()
            .map_err(|_| Failure::Corrupt(format!("`{it}` is not a part")))
    };
    events.split(',').map(part).collect()
}

/// The smallest row id at a time, to the millisecond.
fn rowid_at(at: Timestamp) -> i64 {
    first_rowid_at(at.as_millisecond().clamp(0, i64::MAX >> 22))
}
