//! Tells documents what a receipt or a release says of them, in its transaction.
//!
//! What a document becomes is decided in `domain::document`; here it is read, and what changed of it
//! is written: the state, the rows and links that the change names, an entry of its timeline, the
//! findings that opened or closed, the labels that came or went. A message costs the same however
//! many came before it.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use countersign_domain::{
    document::{Applied, Document, Lifecycle, RowName, RowState, State},
    ids::{ChangeId, ReceiptId},
    receipt::Finding,
};
use countersign_store::{DocumentChange, DocumentName, claims::ClaimKey};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    document_classes::DocumentClass,
    failure::Failure,
    labels::Which,
    records::{json, nanoseconds},
    slices::Key,
    writer::Writer,
};

/// One of the rows that a change may name.
pub(crate) const NAMED_ROW: &str =
    "SELECT cells FROM document_rows WHERE document = ?1 AND name = ?2 AND key = ?3";

/// Whether a document was told a change before.
pub(crate) const IS_IN_TIMELINE: &str =
    "SELECT 1 FROM timeline WHERE document = ?1 AND change = ?2 LIMIT 1";

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
    pub(crate) lifecycle: &'t Lifecycle,
    /// The receipt that is the reason.
    pub(crate) receipt: ReceiptId,
    pub(crate) at: Timestamp,
}

/// What a message says of one document.
struct Group {
    /// The claim on the document's name.
    key: Key,
    /// Where its changes stand among those of the message; there is at least one.
    places: Vec<usize>,
}

impl Group {
    /// The documents of a message, in the order in which it first names them.
    fn all(changes: &[&DocumentChange]) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::with_capacity(changes.len());
        let mut by_key: HashMap<Key, usize> = HashMap::new();
        for (place, told) in changes.iter().enumerate() {
            let key = ClaimKey::of_document(&told.name()).to_bytes();
            match by_key.entry(key) {
                Entry::Occupied(known) => groups[*known.get()].places.push(place),
                Entry::Vacant(new) => {
                    new.insert(groups.len());
                    let places = vec![place];
                    groups.push(Self { key, places });
                }
            }
        }
        groups
    }
}

impl Writer<'_> {
    /// Tells documents, and writes down what is doubtful about the receipt itself: about its first
    /// main document or, where the request failed and tells of none, about its subject.
    pub(crate) fn tell_all(
        &mut self,
        telling: &Telling<'_>,
        findings: &[Finding],
        failed_subject: Option<&DocumentName>,
    ) -> Result<(), Failure> {
        let main = self.tell(telling)?;
        if findings.is_empty() {
            return Ok(());
        }
        let document = match (main, failed_subject) {
            (None, Some(name)) => self.number_of(name)?,
            _ => main,
        };
        let by = (telling.receipt, telling.received_at);
        self.note_of_receipt(findings, document, by)
    }

    /// Writes the changes and tells each document of its own; the number of the first main document
    /// is returned.
    fn tell(&mut self, telling: &Telling<'_>) -> Result<Option<i64>, Failure> {
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
        let first_main = telling.changes.iter().position(|it| it.change.main);
        let mut main = None;
        for group in Group::all(&telling.changes) {
            let document = self.tell_one(telling, &group)?;
            if first_main.is_some_and(|it| group.places.contains(&it)) {
                main = Some(document);
            }
        }
        Ok(main)
    }

    /// Tells one document all that a message says of it: it is read once and written once.
    fn tell_one(&mut self, telling: &Telling<'_>, group: &Group) -> Result<i64, Failure> {
        let told = |place: &usize| telling.changes[*place];
        let first = told(&group.places[0]);
        let known = self.claims.get(self.database, group.key)?;
        let before = match known {
            None => State::default(),
            Some(id) => state(self.database, id)?,
        };
        let mut document = Document {
            state: before.clone(),
            ..Document::default()
        };
        if let Some(id) = known {
            for place in &group.places {
                named_rows(self.database, id, told(place), &mut document.rows)?;
            }
        }
        let mut seen = HashSet::new();
        let mut applied = Vec::with_capacity(group.places.len());
        for place in &group.places {
            let told = told(place);
            let change = told.id();
            // Most messages tell a document one thing, and need not remember it.
            let is_new = group.places.len() == 1 || seen.insert(change);
            let is_known = match known {
                _ if !is_new => true,
                None => false,
                Some(id) => is_in_timeline(self.database, id, change)?,
            };
            let done = document.apply(&told.lifecycle, change, &told.change, is_known);
            applied.push((*place, change, done));
        }
        let (lifecycle, at) = (&first.lifecycle, telling.received_at);
        let id = if let Some(id) = known {
            self.update(id, lifecycle, &before, &document.state, at)?;
            id
        } else {
            let id = self.insert(lifecycle, &first.change.id, &document.state, at)?;
            self.claims.put(group.key, id);
            id
        };
        let subject = Subject {
            id,
            lifecycle,
            receipt: telling.receipt,
            at,
        };
        self.write_beside(&subject, &document)?;
        for (place, change, applied) in &applied {
            self.enter(id, *change, (telling.row, *place), applied)?;
            self.note(&subject, applied)?;
        }
        self.label(&subject, (&before, &document.state), Which::Changed)?;
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

    /// The number of the document with this name, if there is one.
    pub(crate) fn number_of(&self, name: &DocumentName) -> Result<Option<i64>, Failure> {
        let key = ClaimKey::of_document(name).to_bytes();
        self.claims.get(self.database, key)
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
        .prepare_cached(IS_IN_TIMELINE)?
        .exists((id, change.to_bytes()))?)
}

/// Adds the rows of a document that a change names, as far as they are there.
fn named_rows(
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
