//! Classes: source, operation and verdict of a receipt as one small number.
//!
//! There are as many as a configuration has sources times operations times three, so the writer
//! keeps them all in memory; what a transaction adds counts only once it is committed.

use std::{collections::HashMap, sync::Arc};

use countersign_domain::receipt::Verdict;
use countersign_store::{Draft, ReceiptFilter};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::failure::Failure;

type Words = (Arc<str>, Arc<str>, Verdict);

/// The classes that the writer knows.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    committed: HashMap<Words, i64>,
    fresh: HashMap<Words, i64>,
}

impl Classes {
    /// The number for a draft's words, made if need be in the transaction that is open.
    pub(crate) fn of(&mut self, database: &Connection, draft: &Draft) -> Result<i64, Failure> {
        let words = (
            Arc::clone(&draft.source),
            Arc::clone(&draft.operation),
            draft.verdict,
        );
        if let Some(id) = self
            .committed
            .get(&words)
            .or_else(|| self.fresh.get(&words))
        {
            return Ok(*id);
        }
        let parameters = (&*words.0, &*words.1, words.2.as_str());
        let known = database
            .prepare_cached(
                "SELECT id FROM classes WHERE source = ?1 AND operation = ?2 AND verdict = ?3",
            )?
            .query_row(parameters, |row| row.get(0))
            .optional()?;
        let id = if let Some(id) = known {
            id
        } else {
            database
                .prepare_cached(
                    "INSERT INTO classes (source, operation, verdict) VALUES (?1, ?2, ?3)",
                )?
                .insert(parameters)?
        };
        self.fresh.insert(words, id);
        Ok(id)
    }

    pub(crate) fn committed(&mut self) {
        self.committed.extend(self.fresh.drain());
    }

    /// Forgets what was not committed; what a rolled back savepoint may have taken away is looked
    /// up again.
    pub(crate) fn rolled_back(&mut self) {
        self.fresh.clear();
    }
}

/// A class as a reader sees it.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) source: String,
    pub(crate) operation: String,
    pub(crate) verdict: Verdict,
}

impl Class {
    pub(crate) fn matches(&self, filter: &ReceiptFilter) -> bool {
        filter.source.as_ref().is_none_or(|it| *it == self.source)
            && filter
                .operation
                .as_ref()
                .is_none_or(|it| *it == self.operation)
            && filter.verdict.is_none_or(|it| it == self.verdict)
    }

    /// Reads the columns `source, operation, verdict` that begin at `column`.
    pub(crate) fn from_row(row: &Row<'_>, column: usize) -> Result<Self, Failure> {
        let verdict: String = row.get(column + 2)?;
        Ok(Self {
            source: row.get(column)?,
            operation: row.get(column + 1)?,
            verdict: verdict.parse().map_err(Failure::Corrupt)?,
        })
    }
}

/// Every class by its number.
pub(crate) fn all(database: &Connection) -> Result<HashMap<i64, Class>, Failure> {
    let mut statement =
        database.prepare_cached("SELECT id, source, operation, verdict FROM classes")?;
    let mut rows = statement.query([])?;
    let mut classes = HashMap::new();
    while let Some(row) = rows.next()? {
        classes.insert(row.get(0)?, Class::from_row(row, 1)?);
    }
    Ok(classes)
}
