//! The conformance suite over SQLite, and what only SQLite can get wrong.

mod conformance;
mod faults;
mod full_disk;
mod growth;
mod opening;
mod plans;

use std::sync::Arc;

use bytes::Bytes;
use countersign_domain::{
    ids::{ReceiptId, first_rowid_at},
    receipt::{Answer, Digest, Verdict},
};
use countersign_store::{
    Draft, Outcome, Store, StoreError,
    claims::{ClaimKey, plain_part},
};
use jiff::Timestamp;
use sha2::Digest as _;
use tempfile::TempDir;

use crate::{SqliteOptions, SqliteStore};

/// Limits so small that a short test merges claims and folds the log many times over.
fn small() -> SqliteOptions {
    SqliteOptions {
        cache_bytes: 256 << 10,
        readers: 2,
        keys_in_memory: 50,
        checkpoint_pages: 64,
    }
}

fn open(dir: &TempDir) -> SqliteStore {
    SqliteStore::open(dir.path(), &small()).unwrap()
}

/// A draft of so many bytes, told apart from others by its number.
fn draft(number: u32, bytes: usize) -> Draft {
    let ms = 1_700_000_000_000 + i64::from(number);
    let content: Digest = sha2::Sha256::digest(number.to_be_bytes()).into();
    Draft {
        id: ReceiptId::from_rowid(first_rowid_at(ms)),
        source: Arc::from("enkash"),
        operation: Arc::from("payment.pay.response"),
        received_at: Timestamp::from_millisecond(ms).unwrap(),
        headers: Vec::new(),
        body: Bytes::from(vec![b'x'; bytes]),
        verdict: Verdict::Accepted,
        edition: None,
        violations: Vec::new(),
        findings: Vec::new(),
        parts: vec![plain_part(Verdict::Accepted)],
        changes: Vec::new(),
        failed_subject: None,
        identity: Some(content),
        content,
        answer: Answer {
            status: 200,
            body: Bytes::from_static(b"{}"),
        },
    }
}

async fn accept(store: &SqliteStore, draft: Draft) -> Result<Outcome, StoreError> {
    store.accept(vec![draft]).await.pop().unwrap()
}
