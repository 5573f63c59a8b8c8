//! What a store keeps about documents, and what it is asked: names, lists, events, refolding. Next:
//! [`crate::FindingRecord`], what does not add up about them.

use std::{collections::BTreeMap, sync::Arc};

use countersign_domain::{
    document::{Change, Document, Label, Lifecycle, Outcome, State},
    ids::{ChangeId, DecisionId, EventId, FindingId, ReceiptId},
};
use jiff::Timestamp;

use crate::FindingRecord;

/// What tells a document from all others: never the source that told of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName {
    /// To whom it belongs.
    pub namespace: Arc<str>,
    /// Its kind.
    pub kind: Arc<str>,
    /// The provider's own id.
    pub id: String,
}

/// A change with the life of its document, as a contract's data says it.
#[derive(Clone, Debug)]
pub struct DocumentChange {
    /// The life of its kind of document.
    pub lifecycle: Arc<Lifecycle>,
    /// What is said.
    pub change: Change,
}

impl DocumentChange {
    /// The document that it is about.
    #[must_use]
    pub fn name(&self) -> DocumentName {
        DocumentName {
            namespace: Arc::clone(&self.lifecycle.namespace),
            kind: Arc::clone(&self.lifecycle.kind),
            id: self.change.id.clone(),
        }
    }

    /// The id under which it stands in the set of its document.
    #[must_use]
    pub fn id(&self) -> ChangeId {
        self.change.change_id(&self.lifecycle.namespace)
    }
}

/// Every life that the contracts name, by namespace and kind.
#[derive(Clone, Debug, Default)]
pub struct Lifecycles(BTreeMap<(Arc<str>, Arc<str>), Arc<Lifecycle>>);

impl Lifecycles {
    /// The life of a kind of document in a namespace.
    #[must_use]
    pub fn get(&self, namespace: &str, kind: &str) -> Option<&Arc<Lifecycle>> {
        self.0.get(&(Arc::from(namespace), Arc::from(kind)))
    }

    /// Every life.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Lifecycle>> {
        self.0.values()
    }
}

impl FromIterator<Arc<Lifecycle>> for Lifecycles {
    fn from_iter<I: IntoIterator<Item = Arc<Lifecycle>>>(all: I) -> Self {
        let by_name = |it: Arc<Lifecycle>| ((Arc::clone(&it.namespace), Arc::clone(&it.kind)), it);
        Self(all.into_iter().map(by_name).collect())
    }
}

/// Which documents to list; an empty filter lists all.
#[derive(Clone, Debug, Default)]
pub struct DocumentFilter {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this status word (folded).
    pub status: Option<String>,
    /// Only with this party. What was told in the last seconds under load may be missing.
    pub party: Option<Label>,
    /// Only with one of these numbers, if there are any; the same holds.
    pub numbers: Vec<Label>,
}

/// A slice of a list of documents, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentPage {
    /// The documents; there may be fewer than asked for although more follow.
    pub items: Vec<DocumentSummary>,
    /// Where the next slice begins ([`crate::Page::before`]), if there may be one.
    pub next: Option<i64>,
}

/// One line of a list of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSummary {
    /// Which one.
    pub name: DocumentName,
    /// All that is known but rows and links.
    pub state: State,
    /// When the first message about it came.
    pub created_at: Timestamp,
    /// When the last message that told of it came.
    pub updated_at: Timestamp,
}

/// Everything kept about one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRecord {
    /// What a list shows.
    pub summary: DocumentSummary,
    /// State, rows and links.
    pub document: Document,
    /// Its open findings, the newest first.
    pub findings: Vec<FindingRecord>,
    /// Its changes in the order in which they were accepted: the last ones.
    pub timeline: Vec<TimelineEntry>,
    /// How many changes there are in all.
    pub changes: u64,
    /// The decisions about its changes, in their order.
    pub decisions: Vec<DecisionRecord>,
}

/// One change, as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// The change.
    pub id: ChangeId,
    /// The receipt that told it.
    pub receipt: ReceiptId,
    /// The source that the receipt came through.
    pub source: String,
    /// The receipt's operation.
    pub operation: String,
    /// When the receipt came.
    pub received_at: Timestamp,
    /// What the change was to the document then.
    pub outcome: Outcome,
    /// What was said.
    pub change: Change,
}

/// A decision as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// Its id.
    pub id: DecisionId,
    /// When it was taken.
    pub at: Timestamp,
    /// The finding that it answers.
    pub finding: FindingId,
    /// The change that it names, and whether it is picked.
    pub change: Option<(ChangeId, bool)>,
    /// Why.
    pub reason: String,
}

/// Which events to list; an empty filter lists all.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Only of these operations, if there are any.
    pub operations: Vec<String>,
    /// Only through this source.
    pub source: Option<String>,
    /// Only about this document (told of it, whatever their own subject is).
    pub document: Option<DocumentName>,
    /// Received at or after.
    pub since: Option<Timestamp>,
    /// Received before.
    pub until: Option<Timestamp>,
}

impl EventFilter {
    /// Whether an event is of a wanted operation and source, and its own part tells of the wanted
    /// document: another part of the same receipt does not count.
    #[must_use]
    pub fn matches(&self, event: &EventRecord) -> bool {
        let tells = |name: &DocumentName| {
            let mut changes = event.changes.iter();
            changes.any(|it| it.document == name.kind && it.id == name.id)
        };
        (self.operations.is_empty() || self.operations.contains(&event.operation))
            && self.source.as_ref().is_none_or(|it| *it == event.source)
            && self.document.as_ref().is_none_or(tells)
    }
}

/// Where a slice of the list of events begins: after this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPlace {
    /// The row of its changes.
    pub row: i64,
    /// Its part.
    pub part: u32,
}

/// A slice of the list of events, the newest first, in the order in which they were applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// The events; there may be fewer than asked for although more follow.
    pub items: Vec<EventRecord>,
    /// Where the next slice begins, if there may be one.
    pub next: Option<EventPlace>,
}

/// One event: a view of an accepted part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Its id.
    pub id: EventId,
    /// The source that the receipt came through.
    pub source: String,
    /// The receipt's operation: the event's type.
    pub operation: String,
    /// When the receipt came.
    pub received_at: Timestamp,
    /// What the part said about documents.
    pub changes: Vec<Change>,
}

/// A slice of documents to refold.
#[derive(Clone, Debug)]
pub struct Refold {
    /// The lives to refold by.
    pub lifecycles: Arc<Lifecycles>,
    /// Only documents with a greater number than this (0 for all).
    pub after: i64,
    /// At most this many documents.
    pub limit: u32,
    /// Write down what differs; else only tell.
    pub mend: bool,
}

/// What refolding a slice showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refolded {
    /// How many documents were refolded.
    pub documents: u64,
    /// How many changes they have.
    pub changes: u64,
    /// What differed from what was kept.
    pub differences: Vec<Difference>,
    /// How many of the documents that differed were written down as they should be, where that was
    /// asked for. `kind` and `timeline` cannot be mended.
    pub mended: u64,
    /// The last document refolded, if more follow.
    pub next: Option<i64>,
}

/// A document that is not what its changes make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which one.
    pub document: DocumentName,
    /// What of it differs, in words: `state`, `rows`, `links`, `status`, `findings`, `labels`
    /// (lists by party or number do not find it), `timeline` (a change stands under another id), or
    /// only `kind` (no contract knows it any more).
    pub what: Vec<&'static str>,
}
