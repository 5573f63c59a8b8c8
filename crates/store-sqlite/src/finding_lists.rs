//! Findings as lists and one by one.
//!
//! Open and closed ones stand in indexes apart, because open ones are few and asked for most. What
//! is asked for by code, or by open or closed alone, is merged out of one run of ids for each code.

use countersign_domain::{
    document::FindingKey,
    ids::{FindingId, ReceiptId},
    receipt::FindingCode,
};
use countersign_store::{FindingFilter, FindingRecord, Page};
use rusqlite::{Connection, Row};

use crate::{document_classes, failure::Failure, records::timestamp};

/// The columns that [`record`] reads.
macro_rules! columns {
    ($index:literal) => {
        concat!(
            "SELECT f.id, f.code, f.about, f.message, f.receipt, f.opened_at, f.closed_at,
             d.class, d.name FROM findings f ",
            $index,
            " LEFT JOIN documents d ON d.id = f.document"
        )
    };
}

/// All of them, newest first.
pub(crate) const ROWS: &str = concat!(columns!(""), " WHERE f.id < ?1 ORDER BY f.id DESC LIMIT ?2");

/// The open findings of one document: few, in the order of the index.
pub(crate) const OPEN_OF_DOCUMENT: &str = concat!(
    columns!("INDEXED BY findings_open_of"),
    " WHERE f.document = ?1 AND f.closed_at IS NULL AND f.id < ?2"
);

/// The closed findings of one document, newest first.
pub(crate) const CLOSED_OF_DOCUMENT: &str = concat!(
    columns!("INDEXED BY findings_closed_of"),
    " WHERE f.document = ?1 AND f.closed_at IS NOT NULL AND f.id < ?2 ORDER BY f.id DESC"
);

/// The ids of one code, open ones alone.
pub(crate) const OPEN_IDS: &str = "SELECT id FROM findings INDEXED BY findings_open
     WHERE code = ?1 AND closed_at IS NULL AND id < ?2 ORDER BY id DESC LIMIT ?3";

/// The ids of one code, closed ones alone.
pub(crate) const CLOSED_IDS: &str = "SELECT id FROM findings INDEXED BY findings_closed
     WHERE code = ?1 AND closed_at IS NOT NULL AND id < ?2 ORDER BY id DESC LIMIT ?3";

/// One finding.
pub(crate) const ROW: &str = concat!(columns!(""), " WHERE f.id = ?1");

/// The number of a finding's document.
pub(crate) const DOCUMENT: &str = "SELECT document FROM findings WHERE id = ?1";

/// Lists findings, newest first. `document` is the number of the filter's document.
pub(crate) fn list(
    database: &Connection,
    filter: &FindingFilter,
    document: Option<i64>,
    page: Page,
) -> Result<Vec<FindingRecord>, Failure> {
    let snapshot = database.unchecked_transaction()?;
    let before = page.before.unwrap_or(i64::MAX);
    let limit = page.limit as usize;
    if let Some(document) = document {
        return of_document(&snapshot, filter, document, (before, limit));
    }
    let codes = match (&filter.codes[..], filter.open) {
        ([], None) => return all(&snapshot, before, page.limit),
        ([], Some(_)) => FindingCode::ALL,
        (codes, _) => codes,
    };
    let mut ids: Vec<i64> = Vec::new();
    for (sql, is_open) in [(OPEN_IDS, true), (CLOSED_IDS, false)] {
        if filter.open.is_some_and(|it| it != is_open) {
            continue;
        }
        let mut statement = snapshot.prepare_cached(sql)?;
        for code in codes {
            let mut rows = statement.query((code.as_str(), before, page.limit))?;
            while let Some(row) = rows.next()? {
                ids.push(row.get(0)?);
            }
        }
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    // A code may be asked for twice.
    ids.dedup();
    ids.truncate(limit);
    let mut found = Vec::new();
    for id in ids {
        found.extend(one(&snapshot, FindingId::from_rowid(id))?);
    }
    Ok(found)
}

fn all(database: &Connection, before: i64, limit: u32) -> Result<Vec<FindingRecord>, Failure> {
    let mut statement = database.prepare_cached(ROWS)?;
    let mut rows = statement.query((before, limit))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(database, row)?);
    }
    Ok(found)
}

/// The findings of one document, its codes picked out of all of them.
fn of_document(
    database: &Connection,
    filter: &FindingFilter,
    document: i64,
    (before, limit): (i64, usize),
) -> Result<Vec<FindingRecord>, Failure> {
    let is_wanted =
        |it: &FindingRecord| filter.codes.is_empty() || filter.codes.contains(&it.key.code);
    let mut found = Vec::new();
    if filter.open != Some(false) {
        found = open_before(database, document, before)?;
        found.retain(is_wanted);
    }
    if filter.open != Some(true) {
        let mut statement = database.prepare_cached(CLOSED_OF_DOCUMENT)?;
        let mut rows = statement.query((document, before))?;
        let mut rest = limit;
        while rest > 0
            && let Some(row) = rows.next()?
        {
            let record = record(database, row)?;
            if is_wanted(&record) {
                found.push(record);
                rest -= 1;
            }
        }
    }
    found.sort_unstable_by_key(|it| std::cmp::Reverse(it.id));
    found.truncate(limit);
    Ok(found)
}

/// One finding.
pub(crate) fn one(database: &Connection, id: FindingId) -> Result<Option<FindingRecord>, Failure> {
    let mut statement = database.prepare_cached(ROW)?;
    let mut rows = statement.query([id.rowid()])?;
    rows.next()?.map(|row| record(database, row)).transpose()
}

/// The open findings of a document, newest first.
pub(crate) fn open_of(database: &Connection, document: i64) -> Result<Vec<FindingRecord>, Failure> {
    open_before(database, document, i64::MAX)
}

fn open_before(
    database: &Connection,
    document: i64,
    before: i64,
) -> Result<Vec<FindingRecord>, Failure> {
    let mut statement = database.prepare_cached(OPEN_OF_DOCUMENT)?;
    let mut rows = statement.query((document, before))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(database, row)?);
    }
    found.sort_unstable_by_key(|it| std::cmp::Reverse(it.id));
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
