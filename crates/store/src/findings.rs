//! What a store keeps about findings, and what people decide about them.

use std::sync::Arc;

use countersign_domain::{
    document::{FindingKey, Lifecycle},
    ids::{ChangeId, DecisionId, FindingId, ReceiptId},
    receipt::FindingCode,
};
use jiff::Timestamp;

use crate::DocumentName;

/// Which findings to list; an empty filter lists all.
#[derive(Clone, Debug, Default)]
pub struct FindingFilter {
    /// Only these codes, if there are any.
    pub codes: Vec<FindingCode>,
    /// Only about this document.
    pub document: Option<DocumentName>,
    /// Only open ones, or only closed ones.
    pub open: Option<bool>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRecord {
    /// Its id.
    pub id: FindingId,
    /// Which kind of doubt, about what.
    pub key: FindingKey,
    /// What was seen.
    pub message: String,
    /// The document, where it is known.
    pub document: Option<DocumentName>,
    /// The receipt with which it opened.
    pub receipt: ReceiptId,
    /// When that receipt came.
    pub opened_at: Timestamp,
    /// When it closed.
    pub closed_at: Option<Timestamp>,
}

/// What a person decides about a finding.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// Made by the caller; it rises.
    pub id: DecisionId,
    /// When.
    pub at: Timestamp,
    /// The finding.
    pub finding: FindingId,
    /// The life of the finding's document, where it has one.
    pub lifecycle: Option<Arc<Lifecycle>>,
    /// What to do about it.
    pub answer: ResolutionAnswer,
    /// Why.
    pub reason: String,
}

/// What a person answers to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolutionAnswer {
    /// This change is true: its rivals are not.
    Pick(ChangeId),
    /// This change is not true.
    Void(ChangeId),
    /// It was looked at; nothing is to be changed.
    Noted,
}

/// What became of a resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// Decided; the finding as it is now (closed, unless something else keeps it open).
    Now(Box<FindingRecord>),
    /// There is no such finding.
    UnknownFinding,
    /// The finding's document has no such change, or the finding has no document.
    UnknownChange,
    /// The finding follows from what the document's changes say, so a note cannot close it.
    NeedsRuling,
}
