//! Group commit alone, in front of a store that does as it is told.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use countersign_domain::{
    ids::{EventId, FindingId, ReceiptId, RejectedId},
    receipt::{Answer, Verdict},
};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::*;
use crate::{
    DocumentFilter, DocumentName, DocumentPage, DocumentRecord, EventFilter, EventPage, EventPlace,
    EventRecord, FindingFilter, FindingRecord, Page, ReceiptFilter, ReceiptRecord, ReceiptSummary,
    Refold, Refolded, RefusalCount, Refusals, Rejected, RejectedSummary, Release, Released,
    Resolution, Resolved,
};

/// A store that commits only when the test lets it, and remembers the size of each batch.
struct Gated {
    gate: Semaphore,
    batches: Mutex<Vec<usize>>,
}

impl Gated {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Semaphore::new(0),
            batches: Mutex::default(),
        })
    }

    fn batches(&self) -> Vec<usize> {
        self.batches.lock().unwrap().clone()
    }
}

#[async_trait]
impl Store for Gated {
    async fn accept(&self, batch: Vec<Draft>) -> Vec<Result<Outcome, StoreError>> {
        self.gate.acquire().await.unwrap().forget();
        assert!(batch[0].body != "panic", "the store fails on this one");
        self.batches.lock().unwrap().push(batch.len());
        batch.iter().map(|_| Ok(Outcome::Kept)).collect()
    }

    async fn receipts(
        &self,
        _: &ReceiptFilter,
        _: Page,
    ) -> Result<Vec<ReceiptSummary>, StoreError> {
        unreachable!()
    }

    async fn receipt(&self, _: ReceiptId) -> Result<Option<ReceiptRecord>, StoreError> {
        unreachable!()
    }

    async fn body(&self, _: ReceiptId) -> Result<Option<Bytes>, StoreError> {
        unreachable!()
    }

    async fn release(&self, _: Release) -> Result<Released, StoreError> {
        unreachable!()
    }

    async fn documents(&self, _: &DocumentFilter, _: Page) -> Result<DocumentPage, StoreError> {
        unreachable!()
    }

    async fn document(
        &self,
        _: &DocumentName,
        _: u32,
    ) -> Result<Option<DocumentRecord>, StoreError> {
        unreachable!()
    }

    async fn findings(&self, _: &FindingFilter, _: Page) -> Result<Vec<FindingRecord>, StoreError> {
        unreachable!()
    }

    async fn finding(&self, _: FindingId) -> Result<Option<FindingRecord>, StoreError> {
        unreachable!()
    }

    async fn resolve(&self, _: Resolution) -> Result<Resolved, StoreError> {
        unreachable!()
    }

    async fn events(
        &self,
        _: &EventFilter,
        _: Option<EventPlace>,
        _: u32,
    ) -> Result<EventPage, StoreError> {
        unreachable!()
    }

    async fn event(&self, _: EventId) -> Result<Option<EventRecord>, StoreError> {
        unreachable!()
    }

    async fn refold(&self, _: Refold) -> Result<Refolded, StoreError> {
        unreachable!()
    }

    async fn unmerged_labels(&self) -> u64 {
        unreachable!()
    }

    async fn keep_rejected(&self, _: Refusals) -> Result<(), StoreError> {
        unreachable!()
    }

    async fn refusal_counts(&self, _: Timestamp) -> Result<Vec<RefusalCount>, StoreError> {
        unreachable!()
    }

    async fn rejected(&self, _: Page) -> Result<Vec<RejectedSummary>, StoreError> {
        unreachable!()
    }

    async fn rejected_one(&self, _: RejectedId) -> Result<Option<Rejected>, StoreError> {
        unreachable!()
    }

    async fn mark_rejected_released(&self, _: RejectedId, _: ReceiptId) -> Result<(), StoreError> {
        unreachable!()
    }

    async fn newest_rowid(&self) -> Result<i64, StoreError> {
        unreachable!()
    }

    async fn probe(&self) -> Result<(), StoreError> {
        unreachable!()
    }

    async fn close(&self) {}
}

fn draft(body: &'static str) -> Draft {
    Draft {
        id: ReceiptId::from_rowid(1),
        source: Arc::from("enkash"),
        operation: Arc::from("payment.pay.response"),
        received_at: Timestamp::UNIX_EPOCH,
        headers: Vec::new(),
        body: Bytes::from_static(body.as_bytes()),
        verdict: Verdict::Accepted,
        edition: None,
        violations: Vec::new(),
        findings: Vec::new(),
        parts: Vec::new(),
        changes: Vec::new(),
        failed_subject: None,
        identity: None,
        content: [0; 32],
        answer: Answer {
            status: 200,
            body: Bytes::new(),
        },
    }
}

fn post(queue: &GroupCommit) -> tokio::task::JoinHandle<Result<Outcome, StoreError>> {
    let queue = queue.clone();
    tokio::spawn(async move { queue.accept(draft("{}")).await })
}

/// Lets every other task run until it waits; the tests run on one thread.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_gathers_during_a_commit_rides_on_the_next() {
    let store = Gated::new();
    let queue = GroupCommit::start(
        store.clone(),
        GroupCommitLimits {
            queue: 100,
            batch: 8,
        },
    );
    let first = post(&queue);
    settle().await;
    let rest: Vec<_> = (0..11).map(|_| post(&queue)).collect();
    settle().await;
    assert_eq!(queue.depth(), 11);
    store.gate.add_permits(3);
    assert!(first.await.unwrap().is_ok());
    for one in rest {
        assert!(one.await.unwrap().is_ok());
    }
    assert_eq!(store.batches(), [1, 8, 3]);
    assert_eq!(queue.last_batch(), 3);
    assert_eq!(queue.depth(), 0);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let store = Gated::new();
    let queue = GroupCommit::start(store.clone(), GroupCommitLimits { queue: 2, batch: 8 });
    let first = post(&queue);
    settle().await;
    let waiting = [post(&queue), post(&queue)];
    settle().await;
    let refused = tokio::time::timeout(Duration::from_secs(1), queue.accept(draft("{}"))).await;
    let error = refused.expect("it does not wait").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store cannot commit now: the queue is full"
    );
    store.gate.add_permits(2);
    for one in [first].into_iter().chain(waiting) {
        assert!(one.await.unwrap().is_ok(), "the others are not concerned");
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_cancels_nothing() {
    let store = Gated::new();
    let queue = GroupCommit::start(store.clone(), GroupCommitLimits { queue: 9, batch: 8 });
    let callers: Vec<_> = (0..3).map(|_| post(&queue)).collect();
    settle().await;
    for caller in &callers {
        caller.abort();
    }
    settle().await;
    store.gate.add_permits(9);
    queue.close().await;
    assert_eq!(store.batches().iter().sum::<usize>(), 3);
}

#[tokio::test]
async fn a_panic_fails_its_batch_and_the_next_is_tried() {
    let store = Gated::new();
    store.gate.add_permits(9);
    let queue = GroupCommit::start(store.clone(), GroupCommitLimits { queue: 9, batch: 8 });
    let error = queue.accept(draft("panic")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(queue.accept(draft("{}")).await.is_ok());
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_takes_no_more() {
    let store = Gated::new();
    let queue = GroupCommit::start(store.clone(), GroupCommitLimits { queue: 9, batch: 2 });
    let queued: Vec<_> = (0..5).map(|_| post(&queue)).collect();
    settle().await;
    let closing = tokio::spawn({
        let queue = queue.clone();
        async move { queue.close().await }
    });
    settle().await;
    store.gate.add_permits(9);
    closing.await.unwrap();
    for one in queued {
        assert!(one.await.unwrap().is_ok());
    }
    let error = queue.accept(draft("{}")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store cannot commit now: the store is closing"
    );
    queue.close().await;
}
