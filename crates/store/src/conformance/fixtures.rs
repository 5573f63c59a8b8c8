//! Drafts to test with: small, deterministic, and each told apart by its number.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use bytes::Bytes;
use countersign_domain::{
    ids::{ReceiptId, first_rowid_at},
    receipt::{Answer, Digest, Verdict, Violation, ViolationCode},
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{Draft, Outcome, Page, Release, Store, StoreError, claims::plain_part};

/// The millisecond of draft 0.
pub(super) const START_MS: i64 = 1_700_000_000_000;

/// A whole list.
pub(super) const ALL: Page = Page {
    before: None,
    limit: 10_000,
};

pub(super) fn time(number: u32) -> Timestamp {
    Timestamp::from_millisecond(START_MS + i64::from(number)).expect("a time of this century")
}

pub(super) fn id(number: u32) -> ReceiptId {
    ReceiptId::from_rowid(first_rowid_at(START_MS + i64::from(number)))
}

/// A row for the next release: later than every draft's.
pub(super) fn fresh_row() -> i64 {
    static RELEASES: AtomicI64 = AtomicI64::new(0);
    first_rowid_at(START_MS + 1_000_000_000) + RELEASES.fetch_add(1, Ordering::Relaxed)
}

pub(super) fn digest(kind: &str, number: u32) -> Digest {
    Sha256::digest(format!("{kind} {number}")).into()
}

pub(super) fn answer(number: u32) -> Answer {
    let body = format!(r#"{{"payload":"SUCCESS","number":{number}}}"#);
    Answer {
        status: 200,
        body: Bytes::from(body),
    }
}

/// An accepted draft whose id, time, body, answer, identity and content come from its number.
pub(super) fn accepted(number: u32) -> Draft {
    Draft {
        id: id(number),
        source: Arc::from("enkash"),
        operation: Arc::from("payment.pay.response"),
        received_at: time(number),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Bytes::from(format!(r#"{{"number": {number}}}"#)),
        verdict: Verdict::Accepted,
        edition: Some(Arc::from("2025-07-06")),
        violations: Vec::new(),
        findings: Vec::new(),
        parts: vec![plain_part(Verdict::Accepted)],
        changes: Vec::new(),
        failed_subject: None,
        identity: Some(digest("identity", number)),
        content: digest("content", number),
        answer: answer(number),
    }
}

/// The same, refused by the contract: with a violation, a 422 and no event.
pub(super) fn quarantined(number: u32) -> Draft {
    Draft {
        verdict: Verdict::Quarantined,
        violations: vec![violation(number)],
        parts: vec![plain_part(Verdict::Quarantined)],
        answer: Answer {
            status: 422,
            ..answer(number)
        },
        ..accepted(number)
    }
}

pub(super) fn violation(number: u32) -> Violation {
    Violation {
        code: ViolationCode::Pattern,
        pointer: format!("/payment/{number}"),
        message: "expected PMT and twelve digits".to_owned(),
    }
}

/// The release of a whole draft, under its own identity and content.
pub(super) fn release_of(draft: &Draft, at: u32) -> Release {
    Release {
        receipt: draft.id,
        part: None,
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        findings: Vec::new(),
        failed_subject: None,
        at: time(at),
        identity: draft.identity.expect("the draft has one"),
        content: draft.content,
    }
}

/// The message of `of` again: its own id, time, body and answer, the other's identity and content.
pub(super) fn again(number: u32, of: &Draft) -> Draft {
    Draft {
        identity: of.identity,
        content: of.content,
        ..accepted(number)
    }
}

/// Commits one draft and says what became of it.
pub(super) async fn accept(store: &dyn Store, draft: Draft) -> Result<Outcome, StoreError> {
    let mut results = store.accept(vec![draft]).await;
    assert_eq!(results.len(), 1, "one draft, one result");
    results.pop().expect("there is one")
}

/// Commits one draft that nothing stands against.
pub(super) async fn keep(store: &dyn Store, draft: Draft) {
    assert_eq!(accept(store, draft).await.expect("kept"), Outcome::Kept);
}

pub(super) fn duplicate_of(first: &Draft) -> Outcome {
    Outcome::Duplicate {
        first: first.id,
        answer: first.answer.clone(),
    }
}
