//! What goes into a store and what comes out of it.

use std::sync::Arc;

use bytes::Bytes;
use countersign_domain::{
    ids::{ReceiptId, RejectedId},
    receipt::{Answer, Digest, Finding, Part, Verdict, Violation},
};
use jiff::Timestamp;

use crate::documents::{DocumentChange, DocumentName};

/// A judged receipt, not yet committed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Made by the caller; it rises.
    pub id: ReceiptId,
    /// The source that it came through.
    pub source: Arc<str>,
    /// The operation whose path it came to.
    pub operation: Arc<str>,
    /// When its body was complete.
    pub received_at: Timestamp,
    /// The headers that are kept (never a credential).
    pub headers: Vec<(String, String)>,
    /// The bytes, as they came.
    pub body: Bytes,
    /// Accepted or quarantined; only the store can say that it is a duplicate.
    pub verdict: Verdict,
    /// The edition of the schema that it was checked against.
    pub edition: Option<Arc<str>>,
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// Every doubt.
    pub findings: Vec<Finding>,
    /// Its parts; most receipts have one.
    pub parts: Vec<Part>,
    /// What it says about documents; nothing of it counts unless the receipt is accepted, and of a
    /// part in quarantine nothing does.
    pub changes: Vec<DocumentChange>,
    /// The document that a failed request was about.
    pub failed_subject: Option<DocumentName>,
    /// What makes two receipts the same message; none where the body does not say.
    pub identity: Option<Digest>,
    /// The canonical content, or the bytes themselves where they cannot be read.
    pub content: Digest,
    /// What is answered if it is not a duplicate.
    pub answer: Answer,
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Kept as drafted, with its own answer.
    Kept,
    /// Kept as accepted, with its own answer, a finding `content_changed` and no event: the same
    /// identity was claimed with other content by `first`.
    ContentChanged {
        /// The receipt that claimed the identity.
        first: ReceiptId,
    },
    /// Kept as a duplicate of `first`; `answer` is that one's answer.
    Duplicate {
        /// The receipt that said it first.
        first: ReceiptId,
        /// What was answered then.
        answer: Answer,
    },
}

/// Which receipts to list; an empty filter lists all.
#[derive(Clone, Debug, Default)]
pub struct ReceiptFilter {
    /// Only this source.
    pub source: Option<String>,
    /// Only this operation.
    pub operation: Option<String>,
    /// Only this verdict.
    pub verdict: Option<Verdict>,
    /// Received at or after. Lists follow the ids: what arrived while the clock was set back is
    /// found where its id stands.
    pub since: Option<Timestamp>,
    /// Received before.
    pub until: Option<Timestamp>,
}

/// A slice of a list that runs from the newest to the oldest.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only rows with a smaller row id (the last one of the slice before).
    pub before: Option<i64>,
    /// At most this many.
    pub limit: u32,
}

/// One line of a list of receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptSummary {
    /// The receipt.
    pub id: ReceiptId,
    /// The source that it came through.
    pub source: String,
    /// The operation whose path it came to.
    pub operation: String,
    /// What became of it when it arrived.
    pub verdict: Verdict,
    /// When its body was complete.
    pub received_at: Timestamp,
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// Every doubt.
    pub findings: Vec<Finding>,
    /// The receipt that said it first, where this one is a duplicate.
    pub duplicate_of: Option<ReceiptId>,
    /// When it (the whole of it) was released.
    pub released_at: Option<Timestamp>,
}

/// Everything kept about one receipt, but for its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRecord {
    /// What a list shows.
    pub summary: ReceiptSummary,
    /// The headers that were kept.
    pub headers: Vec<(String, String)>,
    /// The edition of the schema that it was checked against.
    pub edition: Option<String>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// What was answered.
    pub answer: Answer,
    /// The receipt that said the same, where the release of the whole applied nothing.
    pub released_duplicate_of: Option<ReceiptId>,
    /// The receipt that had claimed the identity with other content, where the whole was released
    /// under a taken one.
    pub released_changed_from: Option<ReceiptId>,
    /// The parts released alone, in their order.
    pub released_parts: Vec<ReleasedPart>,
    /// The parts that made an event, when it came or by a release, in their order.
    pub events: Vec<u32>,
}

/// The release of one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedPart {
    /// Which one.
    pub part: u32,
    /// When it was decided.
    pub at: Timestamp,
    /// The receipt that said the same, where nothing was left to apply.
    pub duplicate_of: Option<ReceiptId>,
    /// The receipt that had claimed the identity with other content.
    pub changed_from: Option<ReceiptId>,
}

/// A person's, or a corrected contract's, decision to apply what was quarantined.
#[derive(Clone, Debug)]
pub struct Release {
    /// The receipt.
    pub receipt: ReceiptId,
    /// One part of it; none for the whole receipt.
    pub part: Option<u32>,
    /// When it was decided.
    pub at: Timestamp,
    /// The place of what it applies among all that was applied: made by the caller; it rises.
    pub row: i64,
    /// What it says about documents.
    pub changes: Vec<DocumentChange>,
    /// The parts that make an event.
    pub events: Vec<u32>,
    /// Every doubt about what is released, as of an accepted receipt.
    pub findings: Vec<Finding>,
    /// The document that a failed request was about.
    pub failed_subject: Option<DocumentName>,
    /// The identity under which it is applied.
    pub identity: Digest,
    /// Its canonical content.
    pub content: Digest,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// Released now.
    Now,
    /// Released now, with a finding `content_changed` and no event: the identity was claimed with
    /// other content by `first`.
    ContentChanged {
        /// The receipt that claimed the identity.
        first: ReceiptId,
    },
    /// It was released before.
    Already {
        /// When.
        at: Timestamp,
        /// The receipt that said the same, where nothing was left to apply then.
        duplicate_of: Option<ReceiptId>,
    },
    /// The same message was accepted meanwhile, so there is nothing left to apply; the release is
    /// written down all the same.
    DuplicateOf {
        /// The receipt that was accepted.
        first: ReceiptId,
    },
    /// It is not in quarantine.
    NotQuarantined,
    /// There is no such receipt or part.
    Unknown,
}

/// A body whose credential failed, kept for an hour.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// Made by the caller; it rises.
    pub id: RejectedId,
    /// The source that it was probably meant for.
    pub source: Arc<str>,
    /// The operation whose path it came to.
    pub operation: Arc<str>,
    /// When its body was complete.
    pub received_at: Timestamp,
    /// Its content type and request id, where it had them.
    pub headers: Vec<(String, String)>,
    /// The bytes, as they came.
    pub body: Bytes,
    /// The receipt that was made of it, once it was released.
    pub released_as: Option<ReceiptId>,
}

/// One line of the list of such bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedSummary {
    /// The body.
    pub id: RejectedId,
    /// The source that it was probably meant for.
    pub source: String,
    /// The operation whose path it came to.
    pub operation: String,
    /// When its body was complete.
    pub received_at: Timestamp,
    /// Its length in bytes.
    pub bytes: u64,
    /// The receipt that was made of it, once it was released.
    pub released_as: Option<ReceiptId>,
}

/// How many authentications of one source failed in one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalCount {
    /// The source that they were probably meant for.
    pub source: Arc<str>,
    /// The beginning of the minute.
    pub minute: Timestamp,
    /// How many failed.
    pub count: u64,
}

/// A batch of failed authentications, with the bounds that hold after it.
#[derive(Clone, Debug)]
pub struct Refusals {
    /// The bodies to keep.
    pub bodies: Vec<Rejected>,
    /// How many failed, by source and minute (bodies not kept are counted too); they are added to
    /// what is there.
    pub counts: Vec<RefusalCount>,
    /// Nothing older stays.
    pub keep_since: Timestamp,
    /// At most this many bodies stay.
    pub max_rows: u64,
    /// At most this many bytes of bodies stay.
    pub max_bytes: u64,
}
