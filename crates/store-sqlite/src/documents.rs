//! Documents as lists and one by one.
//!
//! Without a filter the rows are walked from the newest. Kind and status are runs of ids in
//! `documents_by_class`; a party or a number is a run of entries in `labels`, whose documents are then
//! looked at one by one, a bounded number for each page.

use std::collections::{BTreeSet, HashMap};

use countersign_domain::{
    document::{Change, Document, Label, Outcome, RowName},
    ids::{ChangeId, DecisionId, FindingId, ReceiptId},
};
use countersign_store::{
    DecisionRecord, DocumentFilter, DocumentName, DocumentPage, DocumentRecord, DocumentSummary,
    Page, TimelineEntry,
};
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::{
    document_classes::{self, DocumentClass},
    failure::Failure,
    finding_lists,
    labels::{document_of, entry, is_merged, range_of},
    records::timestamp,
    slices::Key,
    tell::parsed,
};

/// Documents that are looked at for one page: with a rare status of a common party, the page ends
/// early and says where to go on.
const LOOKED_AT: usize = 5_000;

/// All documents, newest first.
pub(crate) const ROWS: &str = "SELECT id, class, name, created_at, updated_at, state
     FROM documents WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

/// The ids of one class, from the index alone.
pub(crate) const IDS: &str = "SELECT id FROM documents INDEXED BY documents_by_class
     WHERE class = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";

/// The entries of one label, newest document first.
pub(crate) const ENTRIES: &str = "SELECT entry FROM labels
     WHERE entry >= ?1 AND entry < ?2 ORDER BY entry DESC LIMIT ?3";

/// One document.
pub(crate) const ROW: &str =
    "SELECT id, class, name, created_at, updated_at, state FROM documents WHERE id = ?1";

pub(crate) const CLASS: &str = "SELECT class FROM documents WHERE id = ?1";

pub(crate) const TIMELINE: &str =
    "SELECT row, place, change, outcome FROM timeline WHERE document = ?1";

/// Lists documents, newest first.
pub(crate) fn list(
    database: &Connection,
    filter: &DocumentFilter,
    page: Page,
) -> Result<DocumentPage, Failure> {
    let snapshot = database.unchecked_transaction()?;
    let classes = document_classes::all(&snapshot)?;
    let before = page.before.unwrap_or(i64::MAX);
    let limit = page.limit as usize;
    let (ids, next) = if filter.party.is_some() || !filter.numbers.is_empty() {
        labelled(&snapshot, &classes, filter, before, limit)?
    } else if filter.kind.is_some() || filter.status.is_some() {
        of_classes(&snapshot, &classes, filter, before, page.limit)?
    } else {
        return all(&snapshot, &classes, before, page.limit);
    };
    let mut items = Vec::new();
    for id in ids {
        items.extend(summary_of(&snapshot, &classes, id)?);
    }
    Ok(DocumentPage { items, next })
}

fn all(
    database: &Connection,
    classes: &HashMap<i64, DocumentClass>,
    before: i64,
    limit: u32,
) -> Result<DocumentPage, Failure> {
    let mut statement = database.prepare_cached(ROWS)?;
    let mut rows = statement.query((before, limit))?;
    let (mut items, mut last) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        last = Some(row.get(0)?);
        items.push(summary(classes, row)?);
    }
    let next = last.filter(|_| items.len() == limit as usize);
    Ok(DocumentPage { items, next })
}

type Ids = (Vec<i64>, Option<i64>);

/// The newest ids of the classes that match.
fn of_classes(
    database: &Connection,
    classes: &HashMap<i64, DocumentClass>,
    filter: &DocumentFilter,
    before: i64,
    limit: u32,
) -> Result<Ids, Failure> {
    let mut ids: Vec<i64> = Vec::new();
    let mut statement = database.prepare_cached(IDS)?;
    for (class, _) in classes.iter().filter(|(_, it)| it.matches(filter)) {
        let mut rows = statement.query((class, before, limit))?;
        while let Some(row) = rows.next()? {
            ids.push(row.get(0)?);
        }
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.truncate(limit as usize);
    let next = ids.last().copied().filter(|_| ids.len() == limit as usize);
    Ok((ids, next))
}

/// The newest documents that have a label of each kind asked for and a class that matches.
fn labelled(
    database: &Connection,
    classes: &HashMap<i64, DocumentClass>,
    filter: &DocumentFilter,
    before: i64,
    limit: usize,
) -> Result<Ids, Failure> {
    // A number is rarer than a party.
    let (first, also) = match (&filter.numbers[..], filter.party) {
        ([], party) => (party.into_iter().collect(), None),
        (numbers, party) => (numbers.to_vec(), party),
    };
    let candidates = newest_with(database, &first, before)?;
    let ended_early = candidates.len() >= LOOKED_AT;
    let mut ids = Vec::new();
    for id in &candidates {
        let class: Option<i64> = database
            .prepare_cached(CLASS)?
            .query_map([id], |row| row.get(0))?
            .next()
            .transpose()?;
        let fits = class.and_then(|it| classes.get(&it));
        if fits.is_some_and(|it| it.matches(filter))
            && also.map_or(Ok(true), |label| is_merged(database, &entry(label, *id)))?
        {
            ids.push(*id);
        }
        if ids.len() == limit {
            return Ok((ids, Some(*id)));
        }
    }
    let next = candidates.last().copied().filter(|_| ended_early);
    Ok((ids, next))
}

/// The newest documents with any of some labels.
fn newest_with(database: &Connection, labels: &[Label], before: i64) -> Result<Vec<i64>, Failure> {
    let mut found = BTreeSet::new();
    let mut statement = database.prepare_cached(ENTRIES)?;
    for label in labels {
        let limit = i64::try_from(LOOKED_AT).expect("a small number");
        let mut rows = statement.query((range_of(*label).start(), entry(*label, before), limit))?;
        while let Some(row) = rows.next()? {
            found.insert(document_of(&row.get::<_, Key>(0)?));
        }
    }
    Ok(found.into_iter().rev().take(LOOKED_AT).collect())
}

fn summary_of(
    database: &Connection,
    classes: &HashMap<i64, DocumentClass>,
    id: i64,
) -> Result<Option<DocumentSummary>, Failure> {
    let mut statement = database.prepare_cached(ROW)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(|row| summary(classes, row)).transpose()
}

/// Reads the columns of [`ROW`].
fn summary(
    classes: &HashMap<i64, DocumentClass>,
    row: &Row<'_>,
) -> Result<DocumentSummary, Failure> {
    let class: i64 = row.get(1)?;
    let class = classes
        .get(&class)
        .ok_or_else(|| Failure::Corrupt(format!("document class {class} is missing")))?;
    Ok(DocumentSummary {
        name: class.name(row.get(2)?),
        created_at: timestamp(row.get(3)?),
        updated_at: timestamp(row.get(4)?),
        state: parsed(row.get_ref(5)?.as_bytes().map_err(rusqlite::Error::from)?)?,
    })
}

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
    let mut statement = database
        .prepare_cached("SELECT name, key, cells FROM document_rows WHERE document = ?1")?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let name = RowName {
            table: row.get(0)?,
            key: row.get(1)?,
        };
        let cells = row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?;
        document.rows.insert(name, parsed(cells)?);
    }
    let mut statement =
        database.prepare_cached("SELECT name, target FROM document_links WHERE document = ?1")?;
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
        .prepare_cached("SELECT class, name FROM documents WHERE id = ?1")?
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
        .prepare_cached("SELECT updated_at FROM documents WHERE id = ?1")?
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

/// One row of changes, with the receipt that told it.
pub(crate) const TOLD: &str = "SELECT c.receipt, k.source, k.operation, r.received_at, c.entries
     FROM changes c JOIN classes k ON k.id = c.class JOIN receipts r ON r.id = c.receipt
     WHERE c.id = ?1";

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

pub(crate) fn decisions(database: &Connection, id: i64) -> Result<Vec<DecisionRecord>, Failure> {
    let mut statement = database.prepare_cached(
        "SELECT id, at, finding, change, picked, reason FROM decisions
         WHERE document = ?1 ORDER BY at, id",
    )?;
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
