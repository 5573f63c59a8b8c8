//! Tells documents what a receipt or a release says of them, in its transaction.
//!
//! What a document becomes is decided in `domain::document`; here it is read, and what changed of
//! it is written: the state, the rows and links that the change names, an entry of its timeline,
//! the findings that opened or closed, the labels that came or went. A message costs the same
//! however many came before it.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use countersign_domain::{
    document::{Document, Lifecycle, State},
    ids::ReceiptId,
    receipt::Finding,
};
use countersign_store::{DocumentChange, DocumentName, claims::ClaimKey};
use jiff::Timestamp;

use crate::{
    document_rows::{is_in_timeline, named_rows, state},
    failure::Failure,
    labels::Which,
    records::json,
    slices::Key,
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
            self.update_document(id, lifecycle, (&before, &document.state), at)?;
            id
        } else {
            let id = self.insert_document(lifecycle, &first.change.id, &document.state, at)?;
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

    /// The number of the document with this name, if there is one.
    pub(crate) fn number_of(&self, name: &DocumentName) -> Result<Option<i64>, Failure> {
        let key = ClaimKey::of_document(name).to_bytes();
        self.claims.get(self.database, key)
    }
}
