//! What a store must do for Countersign, and nothing about how.
//!
//! [`Store`] is shaped by operations, not by tables: one call is one transaction is one sentence.
//! Ids and times are arguments, made by the caller, so that every store is deterministic. The
//! suite in [`conformance`] is passed by each store, on every run of the tests.
//!
//! [`GroupCommit`] stands in front of [`Store::accept`]: many requests, one commit.

pub mod claims;
pub mod conformance;
mod documents;
mod error;
mod findings;
mod group_commit;
mod records;

use async_trait::async_trait;
use bytes::Bytes;
use countersign_domain::ids::{EventId, FindingId, ReceiptId, RejectedId};
pub use documents::{
    DecisionRecord, Difference, DocumentChange, DocumentFilter, DocumentName, DocumentPage,
    DocumentRecord, DocumentSummary, EventFilter, EventPage, EventPlace, EventRecord, Lifecycles,
    Refold, Refolded, TimelineEntry,
};
pub use error::StoreError;
pub use findings::{FindingFilter, FindingRecord, Resolution, ResolutionAnswer, Resolved};
pub use group_commit::{GroupCommit, GroupCommitLimits};
use jiff::Timestamp;
pub use records::{
    Draft, Outcome, Page, ReceiptFilter, ReceiptRecord, ReceiptSummary, RefusalCount, Refusals,
    Rejected, RejectedSummary, Release, Released, ReleasedPart,
};

/// A durable home for receipts and documents. See each method for what holds before and after it.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Commits a batch of judged receipts in one transaction, with what each says about documents,
    /// and says what became of each, in the order given. When it returns `Ok` for one, that one
    /// survives any crash. One receipt that cannot be kept fails alone; if the store itself fails,
    /// every one of the batch fails and none is kept.
    async fn accept(&self, batch: Vec<Draft>) -> Vec<Result<Outcome, StoreError>>;

    /// Lists receipts, newest first, by keyset: never slower for being far back.
    async fn receipts(
        &self,
        filter: &ReceiptFilter,
        page: Page,
    ) -> Result<Vec<ReceiptSummary>, StoreError>;

    /// Everything kept about one receipt, but for its body.
    async fn receipt(&self, id: ReceiptId) -> Result<Option<ReceiptRecord>, StoreError>;

    /// The exact bytes of one receipt's body.
    async fn body(&self, id: ReceiptId) -> Result<Option<Bytes>, StoreError>;

    /// Releases a quarantined receipt, or one quarantined part of a receipt: claims its identity as
    /// an accepted one would and writes the release as a row of its own; the receipt itself never
    /// changes. Where the identity is taken, the release is a duplicate of the receipt that said
    /// the same, or other content under that identity, as an accepted receipt would be. A second
    /// release of the same thing answers [`Released::Already`], and so does the release of a part
    /// of a receipt that was released whole.
    async fn release(&self, release: Release) -> Result<Released, StoreError>;

    /// Lists documents, newest first, by keyset.
    async fn documents(
        &self,
        filter: &DocumentFilter,
        page: Page,
    ) -> Result<DocumentPage, StoreError>;

    /// Everything about one document, with at most `timeline` of its last changes.
    async fn document(
        &self,
        name: &DocumentName,
        timeline: u32,
    ) -> Result<Option<DocumentRecord>, StoreError>;

    /// Lists findings, newest first, by keyset.
    async fn findings(
        &self,
        filter: &FindingFilter,
        page: Page,
    ) -> Result<Vec<FindingRecord>, StoreError>;

    /// One finding.
    async fn finding(&self, id: FindingId) -> Result<Option<FindingRecord>, StoreError>;

    /// Writes down what a person decided about a finding, and refolds its document with it.
    async fn resolve(&self, resolution: Resolution) -> Result<Resolved, StoreError>;

    /// Lists events, newest first, by keyset.
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventPlace>,
        limit: u32,
    ) -> Result<EventPage, StoreError>;

    /// One event.
    async fn event(&self, id: EventId) -> Result<Option<EventRecord>, StoreError>;

    /// Folds a slice of the documents again out of their changes, tells what differs from what is
    /// kept, and mends it if asked to.
    async fn refold(&self, refold: Refold) -> Result<Refolded, StoreError>;

    /// How many entries of the index of parties and numbers wait to be merged: lists by those may
    /// lag behind by as many.
    async fn unmerged_labels(&self) -> u64;

    /// Keeps bodies whose credential failed, within the bounds given (rows, bytes, and nothing
    /// older than `keep_since` of the batch), oldest dropped first, and adds to the audit row of
    /// their source and minute.
    async fn keep_rejected(&self, refusals: Refusals) -> Result<(), StoreError>;

    /// How many authentications failed since then, by source and minute, newest minute first.
    async fn refusal_counts(&self, since: Timestamp) -> Result<Vec<RefusalCount>, StoreError>;

    /// Lists the bodies kept after a failed authentication, newest first.
    async fn rejected(&self, page: Page) -> Result<Vec<RejectedSummary>, StoreError>;

    /// Takes one of them whole.
    async fn rejected_one(&self, id: RejectedId) -> Result<Option<Rejected>, StoreError>;

    /// Marks it as released into the receipt that was made of it.
    async fn mark_rejected_released(
        &self,
        id: RejectedId,
        receipt: ReceiptId,
    ) -> Result<(), StoreError>;

    /// The greatest row id in use (by a receipt or a rejected body; 0 if none is), so that new ids
    /// rise above it whatever the clock says.
    async fn newest_rowid(&self) -> Result<i64, StoreError>;

    /// Proves that a write can be committed now (an fsync included) without leaving a trace.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Finishes what is under way and closes; later calls answer [`StoreError::Unavailable`].
    async fn close(&self);
}
