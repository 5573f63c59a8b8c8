//! Prints what it costs to read and to check one body of each operation: `cargo bench --bench check`.
//!
//! The bodies are the accepted examples of the contracts. Figures are microseconds on one core; the
//! best of several runs, since the machine is shared.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use countersign_domain::{
    contract::{Contract, Policy, Received, embedded, examples},
    ids::ReceiptId,
    reader,
};

/// Runs of which the best one counts.
const RUNS: u32 = 5;
/// Repetitions of a run.
const TIMES: u32 = 20_000;

fn main() {
    for (_, text) in embedded() {
        let contract = Contract::load(text).expect("an embedded contract loads");
        for operation in &contract.operations {
            let examples = examples(&operation.name);
            let example = examples.iter().find(|it| it.name == "accepted");
            let file = reader::read(example.expect("each has one").text.as_bytes());
            let file = file.expect("an example is JSON");
            let body = file
                .root()
                .get("body")
                .expect("an accepted example has a body")
                .literal();
            println!("{} ({} bytes)", operation.name, body.len());
            let received = Received {
                receipt: ReceiptId::from_rowid(1),
                received_at: jiff::Timestamp::UNIX_EPOCH,
                request_id: "bench",
                source: "bench",
                content_type: Some("application/json"),
                body: body.as_bytes(),
            };
            let document = reader::read(body.as_bytes()).expect("it was read before");
            let policy = Policy::default();
            figure("read", || reader::read(body.as_bytes()).is_ok());
            figure("serde_json to a tree", || {
                serde_json::from_str::<serde_json::Value>(body).is_ok()
            });
            figure("our tree to serde_json's", || document.root().to_json());
            figure("canonical", || {
                let mut bytes = Vec::new();
                reader::canonical(document.root(), &|_| false, &mut bytes);
                bytes
            });
            figure("check", || contract.check(operation, &policy, &received));
        }
    }
}

fn figure<T>(name: &str, mut work: impl FnMut() -> T) {
    let best = (0..RUNS).map(|_| {
        let started = Instant::now();
        for _ in 0..TIMES {
            black_box(work());
        }
        started.elapsed()
    });
    let best = best.min().unwrap_or(Duration::ZERO);
    println!("  {name:26} {:>8} ns", (best / TIMES).as_nanos());
}
