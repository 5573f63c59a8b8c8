//! Tells documents what a receipt or a release says of them, in its transaction.
//!
//! What a document becomes is decided in `domain::document`; here it is read, and what changed of it
//! is written: the state, the rows and links that the change names, an entry of its timeline, the
//! findings that opened or closed, the labels that came or went. A message costs the same however
//! many came before it.

use std::collections::{BTreeMap, BTreeSet};

use countersign_domain::{
    document::{Applied, Document, Lifecycle, RowName, RowState, State},
    ids::{ChangeId, ReceiptId},
};
use countersign_store::{DocumentChange, DocumentName, claims::ClaimKey};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    document_classes::DocumentClass,
    failure::Failure,
    records::{json, nanoseconds},
    slices::{ABSENT, PRESENT},
    writer::Writer,
};

/// What is told, and by whom.
pub(crate) struct Telling<'t> {
    /// The row of the changes.
    pub(crate) row: i64,
    pub(crate) receipt: ReceiptId,
    /// The class of the receipt.
    pub(crate) class: i64,
    pub(crate) received_at: Timestamp,
    pub(crate) changes: Vec<&'t DocumentChange>,
    /// The parts that make an event.
    pub(crate) events: Vec<u32>,
}

/// A document that is being told something.
pub(crate) struct Subject<'t> {
    /// The document's number.
    pub(crate) id: i64,
    pub(crate) name: DocumentName,
    pub(crate) lifecycle: &'t Lifecycle,
    /// The receipt that is the reason.
    pub(crate) receipt: ReceiptId,
    pub(crate) at: Timestamp,
}

impl Writer<'_> {
    /// Writes the changes and tells each document of its own; the number of the first main document
    /// is returned.
    pub(crate) fn tell(&mut self, telling: &Telling<'_>) -> Result<Option<i64>, Failure> {
        if telling.changes.is_empty() && telling.events.is_empty() {
            return Ok(None);
        }
        let entries: Vec<_> = telling.changes.iter().map(|it| &it.change).collect();
        let events: Vec<_> = telling.events.iter().map(u32::to_string).collect();
        self.database
            .prepare_cached(
                "INSERT INTO changes (id, receipt, class, events, entries)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                telling.row,
                telling.receipt.rowid(),
                telling.class,
                (!events.is_empty()).then(|| events.join(",")),
                json(&entries),
            ))?;
        let mut main = None;
        for (place, told) in (0..).zip(&telling.changes) {
            let document = self.tell_one(telling, place, told)?;
            main = main.or(told.change.main.then_some(document));
        }
        Ok(main)
    }

    fn tell_one(
        &mut self,
        telling: &Telling<'_>,
        place: i64,
        told: &DocumentChange,
    ) -> Result<i64, Failure> {
        let name = told.name();
        let key = ClaimKey::of_document(&name).to_bytes();
        let change = told.id();
        let known = self.claims.get(self.database, key)?;
        let (before, is_known) = match known {
            None => (State::default(), false),
            Some(id) => (
                state(self.database, id)?,
                is_in_timeline(self.database, id, change)?,
            ),
        };
        let mut document = Document {
            state: before.clone(),
            ..Document::default()
        };
        if let Some(id) = known {
            document.rows = named_rows(self.database, id, told)?;
        }
        let applied = document.apply(&told.lifecycle, change, &told.change, is_known);
        let at = telling.received_at;
        let id = if let Some(id) = known {
            self.update(id, &told.lifecycle, &before, &document.state, at)?;
            id
        } else {
            let id = self.insert(&told.lifecycle, &told.change.id, &document.state, at)?;
            self.claims.put(key, id);
            id
        };
        let subject = Subject {
            id,
            name,
            lifecycle: &told.lifecycle,
            receipt: telling.receipt,
            at,
        };
        self.write_beside(&subject, &document)?;
        self.enter(id, change, telling.row, place, &applied)?;
        self.note(&subject, &applied)?;
        self.label(&subject, &before, &document.state)?;
        Ok(id)
    }

    fn insert(
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
    pub(crate) fn update(
        &mut self,
        id: i64,
        lifecycle: &Lifecycle,
        before: &State,
        after: &State,
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

    fn enter(
        &self,
        document: i64,
        change: ChangeId,
        row: i64,
        place: i64,
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
                place,
                applied.outcome as i64,
            ))?;
        Ok(())
    }

    /// Follows the labels of a document from one state to the other.
    pub(crate) fn label(
        &mut self,
        subject: &Subject<'_>,
        before: &State,
        after: &State,
    ) -> Result<(), Failure> {
        let lifecycle = subject.lifecycle;
        let (old, new) = (before.labels(lifecycle), after.labels(lifecycle));
        let entry = |label: &countersign_domain::document::Label| {
            let mut entry = [0; 16];
            entry[..8].copy_from_slice(&label.to_bytes());
            entry[8..].copy_from_slice(&subject.id.to_be_bytes());
            entry
        };
        // Before its own labels are there: most numbers are new, which is soon known of them.
        self.watch_unique(subject, before, after)?;
        for gone in old.difference(&new) {
            self.labels.put(entry(gone), ABSENT);
        }
        for come in new.difference(&old) {
            self.labels.put(entry(come), PRESENT);
        }
        Ok(())
    }
}

/// The state of a document.
pub(crate) fn state(database: &Connection, id: i64) -> Result<State, Failure> {
    let text: Option<String> = database
        .prepare_cached("SELECT state FROM documents WHERE id = ?1")?
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

pub(crate) fn is_in_timeline(
    database: &Connection,
    id: i64,
    change: ChangeId,
) -> Result<bool, Failure> {
    Ok(database
        .prepare_cached("SELECT 1 FROM timeline WHERE document = ?1 AND change = ?2 LIMIT 1")?
        .exists((id, change.to_bytes()))?)
}

/// The rows of a document that a change names, as far as they are there.
fn named_rows(
    database: &Connection,
    id: i64,
    told: &DocumentChange,
) -> Result<BTreeMap<RowName, RowState>, Failure> {
    let mut statement = database.prepare_cached(
        "SELECT cells FROM document_rows WHERE document = ?1 AND name = ?2 AND key = ?3",
    )?;
    let mut found = BTreeMap::new();
    for (table, rows) in &told.change.rows {
        let keys: BTreeSet<&str> = rows.iter().map(|it| &*it.key).collect();
        for key in keys {
            let cells: Option<String> = statement
                .query_row((id, &**table, key), |row| row.get(0))
                .optional()?;
            if let Some(cells) = cells {
                let name = RowName {
                    table: table.clone(),
                    key: key.to_owned(),
                };
                found.insert(name, parsed(cells.as_bytes())?);
            }
        }
    }
    Ok(found)
}
