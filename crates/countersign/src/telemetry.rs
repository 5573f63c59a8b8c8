//! What the process says about itself: logs on stderr and numbers for Prometheus.
//!
//! What always holds: no log line has a body, a credential or the value of a header that may hold
//! one. Fields are named `request_id`, `receipt`, `source`, `operation`. Every metric stands in
//! [`METRICS`], from which `docs/reference/metrics.md` is made; none has a label that a stranger
//! can choose.

use std::{io, panic::PanicHookInfo, time::Duration};

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::{LogConfig, LogFormat};

/// How often what was measured is put into its buckets, so that it takes no room.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// It only rises.
    Counter,
    /// It rises and falls.
    Gauge,
    /// How many of each size.
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: MetricKind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it says, in one sentence.
    pub help: &'static str,
}

/// Every metric, in the order of the reference.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "countersign_receipts_total",
        kind: MetricKind::Counter,
        labels: &["source", "operation", "verdict"],
        help: "Receipts that were committed, by verdict.",
    },
    Metric {
        name: "countersign_refusals_total",
        kind: MetricKind::Counter,
        labels: &["source", "operation", "reason"],
        help: "Requests at a documented path that made no receipt, by reason: wrong_method, unauthorized, too_large, too_slow, incomplete, busy, unavailable.",
    },
    Metric {
        name: "countersign_unknown_paths_total",
        kind: MetricKind::Counter,
        labels: &[],
        help: "Requests to paths at which nothing is received.",
    },
    Metric {
        name: "countersign_faults_total",
        kind: MetricKind::Counter,
        labels: &["source", "operation"],
        help: "Bodies on which our own code failed; each is in quarantine. Alert on any.",
    },
    Metric {
        name: "countersign_quarantined_parts_total",
        kind: MetricKind::Counter,
        labels: &["source", "operation"],
        help: "Parts that went into quarantine alone, while the rest of their receipt was accepted.",
    },
    Metric {
        name: "countersign_receive_seconds",
        kind: MetricKind::Histogram,
        labels: &[],
        help: "From the head of a request to its answer, for requests that made a receipt.",
    },
    Metric {
        name: "countersign_rejected_bodies_total",
        kind: MetricKind::Counter,
        labels: &["outcome"],
        help: "Bodies without a good credential: kept for a while, or dropped because there was no room.",
    },
    Metric {
        name: "countersign_connections",
        kind: MetricKind::Gauge,
        labels: &["side"],
        help: "Open connections, on the public and on the private side.",
    },
    Metric {
        name: "countersign_queue_receipts",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Receipts that wait for the next commit.",
    },
    Metric {
        name: "countersign_batch_receipts",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Receipts in the last commit.",
    },
    Metric {
        name: "countersign_in_flight_bytes",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Bytes of all bodies in memory.",
    },
    Metric {
        name: "countersign_labels_unmerged",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Entries of the index of parties and numbers that wait to be merged: lists of documents by those lag behind by as many.",
    },
];

/// The bounds of the buckets of every histogram, in seconds.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0,
];

/// Why logs or metrics cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The level cannot be understood.
    #[error("`log.level` is wrong: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// Metrics were set up before.
    #[error("the metrics cannot be set up: {0}")]
    Metrics(String),
}

/// Starts logging on stderr.
///
/// # Errors
///
/// When the level cannot be understood.
pub fn start_logs(config: &LogConfig) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(&config.level)?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(io::stderr);
    // A second start in one process keeps the first one's logger, which does no harm.
    let _ = match config.format {
        LogFormat::Text => {
            use std::io::IsTerminal as _;
            registry
                .with(lines.with_ansi(io::stderr().is_terminal()))
                .try_init()
        }
        LogFormat::Json => registry
            .with(lines.json().flatten_event(true).with_current_span(false))
            .try_init(),
    };
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// Logs a panic with its place. What it says may hold parts of a body while one is being checked,
/// and is left out then.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    let said = match panic.payload_as_str() {
        Some(_) if crate::receive::judge::is_judging() => "while a body was being checked",
        Some(said) => said,
        None => "",
    };
    tracing::error!(place, said, "a panic");
}

/// Starts counting.
///
/// # Errors
///
/// When something else in this process counts already.
pub fn start_metrics() -> Result<PrometheusHandle, TelemetryError> {
    let wrong = |error: &dyn std::fmt::Display| TelemetryError::Metrics(error.to_string());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .map_err(|error| wrong(&error))?
        .install_recorder()
        .map_err(|error| wrong(&error))?;
    for metric in METRICS {
        match metric.kind {
            MetricKind::Counter => describe_counter!(metric.name, metric.help),
            MetricKind::Gauge => describe_gauge!(metric.name, metric.help),
            MetricKind::Histogram => describe_histogram!(metric.name, Unit::Seconds, metric.help),
        }
    }
    Ok(handle)
}

/// Puts what was measured into its buckets, now and then, for as long as the process lives.
pub(crate) async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        handle.run_upkeep();
    }
}

/// Sets a gauge to a count.
pub(crate) fn gauge_now(name: &'static str, count: usize) {
    gauge!(name).set(u32::try_from(count).unwrap_or(u32::MAX));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_metric_has_its_own_name_in_the_usual_form() {
        let names: BTreeSet<_> = METRICS.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            let name = metric.name;
            assert!(name.starts_with("countersign_"), "{name}");
            assert_eq!(
                name.ends_with("_total"),
                metric.kind == MetricKind::Counter,
                "{name}"
            );
            assert!(metric.help.ends_with('.'), "{name}");
        }
    }
}
