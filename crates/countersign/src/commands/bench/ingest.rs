//! `bench ingest`: how many receipts a second, how late, in how much memory.

use std::{fs, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use hdrhistogram::Histogram;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{
    child::Server,
    load::{Load, Tally},
    message::Message,
    prefill::prefill,
};
use crate::{
    clock::Clock,
    commands::{args::BenchIngestArgs, output},
    random,
};

/// How the benchmark's own source is called.
pub(super) const SOURCE: &str = "bench";
const HEADER: &str = "x-webhook-secret";

/// Measures it.
pub(super) async fn measure(args: &BenchIngestArgs) -> Result<Json, String> {
    let message = Arc::new(Message::of(&args.operation, args.example.as_deref())?);
    let folder = folder(args.folder.as_deref())?;
    let secret = random::token();
    let config = write_config(folder.path(), &message, &secret)?;
    if args.stored > 0 {
        output::note(&format!("storing {} receipts first", args.stored));
        prefill(
            folder.path(),
            SOURCE,
            &message,
            args.stored,
            Clock::system().now(),
        )
        .await?;
    }
    let server = Server::start(folder.path(), &config)?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (idle, _) = server.memory();
    let load = Load {
        host: server.host().to_owned(),
        path: message.operation().path.clone(),
        headers: vec![(HEADER.to_owned(), secret)],
        connections: args.connections as usize,
        duration: args.duration,
        first: args.stored,
        right_answer: right_answer(&message),
        message,
    };
    let body_bytes = load.message.template.body(0).len();
    let tally = load.run().await?;
    let (loaded, peak) = server.memory();
    let start = server.start.as_secs_f64();
    let memory = [("idle", idle), ("loaded", loaded), ("peak", peak)];
    let mut figures = figures(args, &tally, start, memory);
    figures["body_bytes"] = json!(body_bytes);
    Ok(figures)
}

/// A data folder that is thrown away.
pub(super) fn folder(parent: Option<&Path>) -> Result<TempDir, String> {
    let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
    tempfile::Builder::new()
        .prefix("countersign-bench-")
        .tempdir_in(&parent)
        .map_err(|error| format!("no folder can be made in {}: {error}", parent.display()))
}

/// One source with one static header, as EnKash would be configured.
pub(super) fn write_config(
    data: &Path,
    message: &Message,
    secret: &str,
) -> Result<std::path::PathBuf, String> {
    let contract = &message.contract.name;
    let text = format!(
        "[sources.{SOURCE}]\ncontract = \"{contract}\"\n\n[[sources.{SOURCE}.auth]]\n\
         type = \"headers\"\nheaders = {{ {HEADER} = \"{secret}\" }}\n"
    );
    let path = data.join("bench.toml");
    fs::write(&path, text).map_err(|error| error.to_string())?;
    Ok(path)
}

/// The documented answer, where it is the same for every message.
fn right_answer(message: &Message) -> Option<Bytes> {
    let judge = |number: u64, rowid: i64| {
        let body = message.template.body(number);
        let received = countersign_domain::contract::Received {
            receipt: countersign_domain::ids::ReceiptId::from_rowid(rowid),
            received_at: jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(rowid),
            request_id: "bench",
            source: SOURCE,
            content_type: Some("application/json"),
            body: &body,
        };
        message
            .contract
            .check(message.operation(), &Default::default(), &received)
            .answer
            .body
    };
    let (one, other) = (judge(1, 1), judge(2, 2));
    (one == other).then_some(one)
}

fn figures(args: &BenchIngestArgs, tally: &Tally, start: f64, memory: [(&str, u64); 3]) -> Json {
    let right = tally.answered - tally.wrong;
    let [_, _, (_, peak)] = memory;
    json!({
        "operation": args.operation,
        "connections": args.connections,
        "stored": args.stored,
        "sent": tally.sent,
        "answered": tally.answered,
        "wrong_answers": tally.wrong,
        "latency_ms": latency(&tally.latency),
        "seconds": rounded(tally.seconds),
        "accepted_per_second": per_second(right, tally.seconds),
        "start_seconds": rounded(start),
        "rss_mib": peak,
        "memory_mib": memory.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
    })
}

pub(super) fn latency(histogram: &Histogram<u64>) -> Json {
    let at = |quantile: f64| rounded(milliseconds(histogram.value_at_quantile(quantile)));
    json!({
        "p50": at(0.5),
        "p90": at(0.9),
        "p99": at(0.99),
        "p999": at(0.999),
        "max": rounded(milliseconds(histogram.max())),
    })
}

#[expect(clippy::float_arithmetic, reason = "figures for people, not money")]
fn milliseconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1_000.0
}

#[expect(clippy::float_arithmetic, reason = "figures for people, not money")]
fn rounded(figure: f64) -> f64 {
    (figure * 1_000.0).round() / 1_000.0
}

/// Whole receipts a second.
fn per_second(count: u64, seconds: f64) -> u64 {
    let micros = Duration::from_secs_f64(seconds).as_micros().max(1);
    u64::try_from(u128::from(count) * 1_000_000 / micros).unwrap_or(u64::MAX)
}

/// The figures for people.
pub(super) fn table(figures: &Json) -> String {
    let text = |pointer: &str| {
        figures
            .pointer(pointer)
            .map(Json::to_string)
            .unwrap_or_default()
    };
    format!(
        "{} receipts of {} bytes accepted a second ({} connections, {} stored before, {} s)\n\
         sent {}, answered {}, wrong answers {}\n\
         latency in ms: p50 {}, p90 {}, p99 {}, p99.9 {}, max {}\n\
         memory in MiB: idle {}, loaded {}, most {}\n\
         start in s: {}\n",
        text("/accepted_per_second"),
        text("/body_bytes"),
        text("/connections"),
        text("/stored"),
        text("/seconds"),
        text("/sent"),
        text("/answered"),
        text("/wrong_answers"),
        text("/latency_ms/p50"),
        text("/latency_ms/p90"),
        text("/latency_ms/p99"),
        text("/latency_ms/p999"),
        text("/latency_ms/max"),
        text("/memory_mib/idle"),
        text("/memory_mib/loaded"),
        text("/memory_mib/peak"),
        text("/start_seconds"),
    )
}
