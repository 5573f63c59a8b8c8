//! Document classes: namespace, kind and status word of a document as one small number.
//!
//! There are as many as contracts have kinds times the words that providers use, so the writer
//! keeps them all in memory; what a transaction adds counts only once it is committed.

use std::{collections::HashMap, sync::Arc};

use countersign_store::{DocumentFilter, DocumentName};
use rusqlite::{Connection, OptionalExtension};

use crate::failure::Failure;

/// A document class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DocumentClass {
    pub(crate) namespace: Arc<str>,
    pub(crate) kind: Arc<str>,
    pub(crate) status: String,
}

/// The document classes that the writer knows.
#[derive(Debug, Default)]
pub(crate) struct DocumentClasses {
    committed: HashMap<DocumentClass, i64>,
    fresh: HashMap<DocumentClass, i64>,
}

impl DocumentClass {
    pub(crate) fn matches(&self, filter: &DocumentFilter) -> bool {
        filter.kind.as_ref().is_none_or(|it| **it == *self.kind)
            && filter.status.as_ref().is_none_or(|it| *it == self.status)
    }

    /// The name of a document of this class.
    pub(crate) fn name(&self, id: String) -> DocumentName {
        DocumentName {
            namespace: Arc::clone(&self.namespace),
            kind: Arc::clone(&self.kind),
            id,
        }
    }
}

impl DocumentClasses {
    /// The number of a class, made if need be in the transaction that is open.
    pub(crate) fn of(
        &mut self,
        database: &Connection,
        class: DocumentClass,
    ) -> Result<i64, Failure> {
        let known = self
            .committed
            .get(&class)
            .or_else(|| self.fresh.get(&class));
        if let Some(id) = known {
            return Ok(*id);
        }
        let words = (&*class.namespace, &*class.kind, &*class.status);
        let known = database
            .prepare_cached(
                "SELECT id FROM document_classes
                 WHERE namespace = ?1 AND kind = ?2 AND status = ?3",
            )?
            .query_row(words, |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => database
                .prepare_cached(
                    "INSERT INTO document_classes (namespace, kind, status) VALUES (?1, ?2, ?3)",
                )?
                .insert(words)?,
        };
        self.fresh.insert(class, id);
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

/// One document class.
pub(crate) fn one(database: &Connection, id: i64) -> Result<DocumentClass, Failure> {
    let class = database
        .prepare_cached("SELECT namespace, kind, status FROM document_classes WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(DocumentClass {
                namespace: row.get(0)?,
                kind: row.get(1)?,
                status: row.get(2)?,
            })
        })
        .optional()?;
    class.ok_or_else(|| Failure::Corrupt(format!("document class {id} is missing")))
}

/// Every document class by its number.
pub(crate) fn all(database: &Connection) -> Result<HashMap<i64, DocumentClass>, Failure> {
    let mut statement =
        database.prepare_cached("SELECT id, namespace, kind, status FROM document_classes")?;
    let mut rows = statement.query([])?;
    let mut classes = HashMap::new();
    while let Some(row) = rows.next()? {
        let class = DocumentClass {
            namespace: row.get(1)?,
            kind: row.get(2)?,
            status: row.get(3)?,
        };
        classes.insert(row.get(0)?, class);
    }
    Ok(classes)
}
