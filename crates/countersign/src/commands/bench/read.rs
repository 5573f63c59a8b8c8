//! `bench read`: how long documents, findings and events take to be shown and listed, over HTTP, one
//! request after the other, in a store that has many of them.

use std::time::Instant;

use countersign_domain::{
    contract::{Policy, Received},
    ids::ReceiptId,
};
use hdrhistogram::Histogram;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::{
    child::Server,
    ingest::{SOURCE, folder, latency, write_config},
    message::Message,
    prefill::prefill,
};
use crate::{
    clock::Clock,
    commands::{args::BenchReadArgs, output},
    config::credentials,
    random,
};

/// The operation whose messages fill the store: each tells of a payment and an invoice.
const OPERATION: &str = "payment.pay.response";

/// What takes longer is told as this long: a minute.
const LONGEST_MICROS: u64 = 60_000_000;

/// Measures it.
pub(super) async fn measure(args: &BenchReadArgs) -> Result<Json, String> {
    let message = Message::of(OPERATION, None)?;
    let folder = folder(args.folder.as_deref())?;
    let config = write_config(folder.path(), &message, &random::token())?;
    output::note(&format!("storing {} receipts first", args.stored));
    let now = Clock::system().now();
    prefill(folder.path(), SOURCE, &message, args.stored, now).await?;
    let server = Server::start(folder.path(), &config)?;
    let token = credentials::admin_token(folder.path()).map_err(|it| it.to_string())?;
    let reader = Reader {
        http: reqwest::Client::new(),
        base: server.address.admin.trim_end_matches('/').to_owned(),
        token: secrecy::ExposeSecret::expose_secret(&token).to_owned(),
    };
    let mut latencies = Map::new();
    for (name, path) in resources(&message) {
        let mut times = Histogram::<u64>::new_with_bounds(1, LONGEST_MICROS, 3)
            .map_err(|error| error.to_string())?;
        for number in 0..args.requests {
            let started = Instant::now();
            reader.get(&path(spread(number, args.stored))).await?;
            let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            times.saturating_record(micros);
        }
        latencies.insert(name.to_owned(), latency(&times));
    }
    Ok(json!({
        "stored": args.stored,
        "requests": args.requests,
        "latency_ms": latencies,
    }))
}

/// Numbers of stored messages, spread over all of them.
fn spread(number: u64, stored: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % stored.max(1)
}

type Path<'m> = Box<dyn Fn(u64) -> String + 'm>;

/// What is asked for, by the number of a stored message.
fn resources(message: &Message) -> Vec<(&'static str, Path<'_>)> {
    let told = move |number: u64, kind: &str| {
        let told = documents(message, number);
        told.into_iter().find(|it| it.0 == kind).unwrap_or_default()
    };
    let fixed = |path: &'static str| -> Path<'_> { Box::new(move |_| path.to_owned()) };
    vec![
        (
            "documents show (payment)",
            Box::new(move |it| format!("documents/payment/{}", told(it, "payment").1)) as Path<'_>,
        ),
        (
            "documents show (invoice)",
            Box::new(move |it| format!("documents/invoice/{}", told(it, "invoice").1)),
        ),
        ("documents list", fixed("documents?limit=200")),
        (
            "documents list by kind and status",
            fixed("documents?kind=invoice&status=payment%20initiated&limit=200"),
        ),
        (
            "documents list by party",
            fixed("documents?kind=payment&party=meridian.buying%40enk&limit=200"),
        ),
        (
            "documents list by number",
            Box::new(move |it| format!("documents?number={}", told(it, "payment").2)),
        ),
        (
            "findings list",
            fixed("findings?open=true&code=adopted&limit=200"),
        ),
        (
            "events list by type",
            fixed("events?type=payment.*&limit=200"),
        ),
        ("receipts list", fixed("receipts?limit=200")),
    ]
}

/// Kind, id and number of each document that a message tells of.
fn documents(message: &Message, number: u64) -> Vec<(String, String, String)> {
    let body = message.template.body(number);
    let received = Received {
        receipt: ReceiptId::from_rowid(1),
        received_at: Timestamp::UNIX_EPOCH,
        request_id: "bench",
        source: SOURCE,
        content_type: Some("application/json"),
        body: &body,
    };
    let judged = message
        .contract
        .check(message.operation(), &Policy::default(), &received);
    let told = judged.changes.into_iter().map(|it| {
        let number = it.facts.get("utr").cloned().unwrap_or_default();
        (it.document.to_string(), it.id, number)
    });
    told.collect()
}

/// Asks the private side.
struct Reader {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Reader {
    async fn get(&self, path: &str) -> Result<(), String> {
        let url = format!("{}/api/v1/{path}", self.base);
        let request = self.http.get(&url).bearer_auth(&self.token);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        answer.bytes().await.map_err(|error| error.to_string())?;
        if status.is_success() {
            Ok(())
        } else {
            Err(format!("{path} was answered with {status}"))
        }
    }
}

/// The figures for people.
pub(super) fn table(figures: &Json) -> String {
    let mut text = format!(
        "{} receipts stored, {} requests each, one after the other; in ms\n",
        figures["stored"], figures["requests"]
    );
    for (name, latency) in figures["latency_ms"].as_object().into_iter().flatten() {
        text.push_str(&format!(
            "{name:<36} p50 {}, p90 {}, p99 {}, most {}\n",
            latency["p50"], latency["p90"], latency["p99"], latency["max"]
        ));
    }
    text
}
