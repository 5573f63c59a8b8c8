//! Documents as lists.
//!
//! Without a filter the rows are walked from the newest. Kind and status are runs of ids in
//! `documents_by_class`; a party or a number is a run of entries in `labels`, whose documents are
//! then looked at one by one, a bounded number for each page.

use std::collections::{BTreeSet, HashMap};

use countersign_domain::document::Label;
use countersign_store::{DocumentFilter, DocumentPage, DocumentSummary, Page};
use rusqlite::{Connection, Row};

use crate::{
    document_classes::{self, DocumentClass},
    document_rows::parsed,
    failure::Failure,
    labels::{document_of, entry, is_merged, range_of},
    records::timestamp,
    slices::Key,
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

/// Under which class lists find a document.
pub(crate) const CLASS: &str = "SELECT class FROM documents WHERE id = ?1";

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

pub(crate) fn summary_of(
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
