//! What the receive path counts. Every handle is made once; a request only adds to it.

use metrics::{Counter, Histogram, counter, histogram};

use super::refuse::Reason;
use countersign_domain::receipt::Verdict;

/// What is counted at one inlet.
pub(crate) struct InletMetrics {
    verdicts: [Counter; Verdict::ALL.len()],
    refusals: [Counter; Reason::ALL.len()],
    /// Bodies on which our own code failed.
    pub(crate) faults: Counter,
    /// Parts that went into quarantine alone.
    pub(crate) held_parts: Counter,
}

impl std::fmt::Debug for InletMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InletMetrics")
    }
}

impl InletMetrics {
    /// Makes the handles of one operation of one source.
    pub(crate) fn new(source: &str, operation: &str) -> Self {
        let labels = [
            ("source", source.to_owned()),
            ("operation", operation.to_owned()),
        ];
        Self {
            verdicts: Verdict::ALL.map(|verdict| {
                let labels = with(&labels, ("verdict", verdict.as_str()));
                counter!("countersign_receipts_total", &labels)
            }),
            refusals: Reason::ALL.map(|reason| {
                let labels = with(&labels, ("reason", reason.code()));
                counter!("countersign_refusals_total", &labels)
            }),
            faults: counter!("countersign_faults_total", &labels),
            held_parts: counter!("countersign_quarantined_parts_total", &labels),
        }
    }

    /// Counts a committed receipt.
    pub(crate) fn receipt(&self, verdict: Verdict) {
        let place = Verdict::ALL.iter().position(|it| *it == verdict);
        self.verdicts[place.expect("ALL holds every verdict")].increment(1);
    }

    /// Counts a refusal that made no receipt.
    pub(crate) fn refusal(&self, reason: Reason) {
        let place = Reason::ALL.iter().position(|it| *it == reason);
        self.refusals[place.expect("ALL holds every reason")].increment(1);
    }
}

fn with(
    labels: &[(&'static str, String); 2],
    last: (&'static str, &'static str),
) -> [(&'static str, String); 3] {
    let [source, operation] = labels.clone();
    [source, operation, (last.0, last.1.to_owned())]
}

/// What is counted for the whole public side.
pub(crate) struct ReceiveMetrics {
    /// Requests to paths at which nothing is received.
    pub(crate) unknown_paths: Counter,
    /// From the head of a request to its answer, for requests that made a receipt.
    pub(crate) seconds: Histogram,
}

impl std::fmt::Debug for ReceiveMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiveMetrics")
    }
}

impl ReceiveMetrics {
    /// Makes the handles.
    pub(crate) fn new() -> Self {
        Self {
            unknown_paths: counter!("countersign_unknown_paths_total"),
            seconds: histogram!("countersign_receive_seconds"),
        }
    }
}
