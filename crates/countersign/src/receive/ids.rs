//! Makes the ids of receipts, of rejected bodies, of decisions and of requests: they only ever rise.
//!
//! One generator serves the whole process and starts above everything that the store holds, so an
//! id is never given twice, whatever the clock does. See `countersign_domain::ids` for their shape.

use std::sync::atomic::{AtomicI64, Ordering};

use countersign_domain::ids::{DecisionId, ReceiptId, RejectedId, next_rowid};
use jiff::Timestamp;

/// One process owns an embedded store, so there is one node.
const NODE: u8 = 0;

/// The generator.
#[derive(Debug)]
pub(crate) struct Ids {
    last: AtomicI64,
}

impl Ids {
    /// Starts above the greatest row id in use.
    pub(crate) fn above(newest: i64) -> Self {
        Self {
            last: AtomicI64::new(newest),
        }
    }

    /// The id of a receipt whose body was complete at `now`.
    pub(crate) fn receipt(&self, now: Timestamp) -> ReceiptId {
        ReceiptId::from_rowid(self.next(now))
    }

    /// The id of a body that is kept although its credential failed.
    pub(crate) fn rejected(&self, now: Timestamp) -> RejectedId {
        RejectedId::from_rowid(self.next(now))
    }

    /// The id of what a person decided at `now`.
    pub(crate) fn decision(&self, now: Timestamp) -> DecisionId {
        DecisionId::from_rowid(self.next(now))
    }

    /// The place of what is applied at `now` without a receipt of its own: a release.
    pub(crate) fn row(&self, now: Timestamp) -> i64 {
        self.next(now)
    }

    /// An id for a request that brought none, or none that is fit to be repeated.
    pub(crate) fn request(&self, now: Timestamp) -> String {
        self.receipt(now).to_string().replacen("rcp_", "req_", 1)
    }

    fn next(&self, now: Timestamp) -> i64 {
        let now_ms = now.as_millisecond();
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = next_rowid(last, now_ms, NODE);
            match self
                .last
                .compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return next,
                Err(meanwhile) => last = meanwhile,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_above_what_is_stored_even_when_the_clock_is_behind() {
        let stored = next_rowid(0, 2_000_000_000_000, NODE);
        let ids = Ids::above(stored);
        let behind = Timestamp::from_millisecond(1_000_000_000_000).unwrap();
        let first = ids.receipt(behind).rowid();
        let second = ids.rejected(behind).rowid();
        assert!(stored < first && first < second);
    }

    #[test]
    fn a_made_request_id_is_clean() {
        let id = Ids::above(0).request(Timestamp::UNIX_EPOCH);
        assert!(id.starts_with("req_"), "{id}");
        assert!(super::super::headers::is_clean(&id), "{id}");
    }
}
