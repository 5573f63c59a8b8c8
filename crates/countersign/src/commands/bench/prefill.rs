//! Fills a store before the measurement, through the same check and the same `accept` as the inbox.

use std::{path::Path, sync::Arc, time::Duration};

use countersign_domain::{
    contract::{Policy, Received},
    ids::{ReceiptId, next_rowid},
};
use countersign_store::{Draft, Outcome, Store};
use countersign_store_sqlite::{SqliteOptions, SqliteStore};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use super::message::Message;
use crate::receive::documents;

/// Receipts in one commit.
const BATCH: u64 = 1_000;

/// Stores `count` messages, numbered from 0.
pub(super) async fn prefill(
    data: &Path,
    source: &str,
    message: &Message,
    count: u64,
    now: Timestamp,
) -> Result<(), String> {
    let store = SqliteStore::open(data, &SqliteOptions::default()).map_err(|it| it.to_string())?;
    let progress = ProgressBar::new(count);
    let style = "storing {pos} of {len} {wide_bar} {eta}";
    progress.set_style(ProgressStyle::with_template(style).expect("the template is valid"));
    let source: Arc<str> = source.into();
    let mut last = 0;
    for first in (0..count).step_by(usize::try_from(BATCH).expect("a small number")) {
        let numbers = first..count.min(first + BATCH);
        let length = numbers.end - numbers.start;
        let mut drafts = Vec::new();
        for number in numbers {
            last = next_rowid(last, now.as_millisecond(), 0);
            drafts.push(draft(
                message,
                &source,
                number,
                ReceiptId::from_rowid(last),
                now,
            ));
        }
        for outcome in store.accept(drafts).await {
            match outcome.map_err(|it| it.to_string())? {
                Outcome::Kept => {}
                other => return Err(format!("a fresh message was not kept: {other:?}")),
            }
        }
        progress.inc(length);
    }
    progress.finish_and_clear();
    // What a quiet minute would do: the store is measured as a million receipts leave it.
    while store.unmerged_labels().await > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    store.close().await;
    Ok(())
}

fn draft(
    message: &Message,
    source: &Arc<str>,
    number: u64,
    id: ReceiptId,
    now: Timestamp,
) -> Draft {
    let body = message.template.body(number);
    let received = Received {
        receipt: id,
        received_at: now,
        request_id: "bench",
        source,
        content_type: Some("application/json"),
        body: &body,
    };
    let operation = message.operation();
    let judged = message
        .contract
        .check(operation, &Policy::default(), &received);
    Draft {
        id,
        source: Arc::clone(source),
        operation: Arc::clone(&operation.name),
        received_at: now,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body,
        verdict: judged.verdict,
        edition: judged.edition,
        violations: judged.violations,
        findings: judged.findings,
        parts: judged.parts,
        changes: documents::with_lives(&message.contract, judged.changes),
        failed_subject: documents::failed_subject(&message.contract, judged.failed_subject),
        identity: judged.identity,
        content: judged.content,
        answer: judged.answer,
    }
}
