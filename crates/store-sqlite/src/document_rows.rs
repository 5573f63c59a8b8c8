//! Documents as rows: how each piece of one is written, and how the writer reads it back.

use std::collections::BTreeMap;

use countersign_domain::{
    document::{Applied, Document, Lifecycle, RowName, RowState, State},
    ids::ChangeId,
};
use countersign_store::DocumentChange;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    document_classes::DocumentClass,
    failure::Failure,
    records::{json, nanoseconds},
    tell::Subject,
    writer::Writer,
};

/// The state of a document.
pub(crate) const STATE: &str = "SELECT state FROM documents WHERE id = ?1";

/// One of the rows that a change may name.
pub(crate) const NAMED_ROW: &str =
    "SELECT cells FROM document_rows WHERE document = ?1 AND name = ?2 AND key = ?3";

/// Whether a document was told a change before.
pub(crate) const IS_IN_TIMELINE: &str =
    "SELECT 1 FROM timeline WHERE document = ?1 AND change = ?2 LIMIT 1";

impl Writer<'_> {
    /// Writes a document that nobody told of before; its number is returned.
    pub(crate) fn insert_document(
        &mut self,
        lifecycle: &Lifecycle,
        id: &str,
        state: &State,
        at: Timestamp,
    ) -> Result<i64, Failure> {
        let class = self.document_class(lifecycle, state)?;
        let at = nanoseconds(at)?;
        Ok(self
            .database
            .prepare_cached(
                "INSERT INTO documents (class, name, created_at, updated_at, state)
                 VALUES (?1, ?2, ?3, ?3, ?4)",
            )?
            .insert((class, id, at, json(state)))?)
    }

    /// Writes the state of a document that is there. Its class stands in an index, so it is written
    /// only where the status changed.
    pub(crate) fn update_document(
        &mut self,
        id: i64,
        lifecycle: &Lifecycle,
        (before, after): (&State, &State),
        at: Timestamp,
    ) -> Result<(), Failure> {
        if before.status(lifecycle) != after.status(lifecycle) {
            self.reclass(id, lifecycle, after)?;
        }
        self.database
            .prepare_cached("UPDATE documents SET state = ?2, updated_at = ?3 WHERE id = ?1")?
            .execute((id, json(after), nanoseconds(at)?))?;
        Ok(())
    }

    /// Lets lists find a document by the status it has now.
    pub(crate) fn reclass(
        &mut self,
        id: i64,
        lifecycle: &Lifecycle,
        state: &State,
    ) -> Result<(), Failure> {
        let class = self.document_class(lifecycle, state)?;
        self.database
            .prepare_cached("UPDATE documents SET class = ?2 WHERE id = ?1")?
            .execute((id, class))?;
        Ok(())
    }

    fn document_class(&mut self, lifecycle: &Lifecycle, state: &State) -> Result<i64, Failure> {
        let class = DocumentClass {
            namespace: lifecycle.namespace.clone(),
            kind: lifecycle.kind.clone(),
            status: state.status(lifecycle).unwrap_or_default(),
        };
        self.document_classes.of(self.database, class)
    }

    /// Writes the rows and links that are at hand.
    pub(crate) fn write_beside(
        &self,
        subject: &Subject<'_>,
        document: &Document,
    ) -> Result<(), Failure> {
        let mut row = self.database.prepare_cached(
            "INSERT INTO document_rows (document, name, key, cells) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET cells = excluded.cells",
        )?;
        for (name, cells) in &document.rows {
            row.execute((subject.id, &*name.table, &name.key, json(cells)))?;
        }
        let mut link = self.database.prepare_cached(
            "INSERT INTO document_links (document, name, target) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
        )?;
        for (name, target) in &document.links {
            link.execute((subject.id, &**name, target))?;
        }
        Ok(())
    }

    /// Adds a change to the timeline of a document.
    pub(crate) fn enter(
        &self,
        document: i64,
        change: ChangeId,
        (row, place): (i64, usize),
        applied: &Applied,
    ) -> Result<(), Failure> {
        self.database
            .prepare_cached(
                "INSERT INTO timeline (document, change, row, place, outcome)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                document,
                change.to_bytes(),
                row,
                i64::try_from(place).expect("a message has few changes"),
                applied.outcome as i64,
            ))?;
        Ok(())
    }
}

/// The state of a document.
pub(crate) fn state(database: &Connection, id: i64) -> Result<State, Failure> {
    let text: Option<String> = database
        .prepare_cached(STATE)?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let text = text.ok_or_else(|| Failure::Corrupt(format!("document {id} is missing")))?;
    parsed(text.as_bytes())
}

/// Reads a JSON column.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(text)
        .map_err(|error| Failure::Corrupt(format!("a JSON column: {error}")))
}

/// Whether a document was told a change before.
pub(crate) fn is_in_timeline(
    database: &Connection,
    id: i64,
    change: ChangeId,
) -> Result<bool, Failure> {
    Ok(database
        .prepare_cached(IS_IN_TIMELINE)?
        .exists((id, change.to_bytes()))?)
}

/// Adds the rows of a document that a change names, as far as they are there.
pub(crate) fn named_rows(
    database: &Connection,
    id: i64,
    told: &DocumentChange,
    found: &mut BTreeMap<RowName, RowState>,
) -> Result<(), Failure> {
    let mut statement = database.prepare_cached(NAMED_ROW)?;
    for (table, rows) in &told.change.rows {
        for row in rows {
            let name = RowName {
                table: table.clone(),
                key: row.key.clone(),
            };
            if found.contains_key(&name) {
                continue;
            }
            let cells: Option<String> = statement
                .query_row((id, &**table, &row.key), |row| row.get(0))
                .optional()?;
            if let Some(cells) = cells {
                found.insert(name, parsed(cells.as_bytes())?);
            }
        }
    }
    Ok(())
}
