//! Bodies whose credential failed: kept for a while, apart from everything else.
//!
//! A rotated key must not destroy data, so such a body is kept for an hour and a person can release
//! it. What always holds: a flood of them never touches the receive path. They have a budget of
//! their own and a short queue that drops what does not fit, and one task writes what came in at
//! most five times a second. What is not kept is still counted, by source and minute.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use countersign_store::{RefusalCount, Refusals, Rejected, Store};
use jiff::{SignedDuration, Timestamp};
use metrics::{Counter, counter};
use tokio::sync::{mpsc, watch};

use super::{body::Bodies, budget::Budget};
use crate::{clock::Clock, config::Limits};

/// How often bodies are written, at most.
const EVERY: Duration = Duration::from_millis(200);
/// How many bodies wait for the next write, at most.
const QUEUE: usize = 256;
/// How many bytes of bodies wait for the next write, at most.
const WAITING_BYTES: usize = 8 * 1024 * 1024;
/// How often bodies that have grown too old are dropped, when no new ones come.
const EXPIRE_EVERY: SignedDuration = SignedDuration::from_mins(1);

type Counts = Arc<Mutex<HashMap<(Arc<str>, Timestamp), u64>>>;

/// The way into the store of rejected bodies.
#[derive(Debug)]
pub(crate) struct Rejections {
    /// The bounds of these bodies.
    pub(crate) bodies: Bodies,
    queue: mpsc::Sender<Rejected>,
    counts: Counts,
    kept: Counter,
    dropped: Counter,
}

/// The bounds of what is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RejectedLimits {
    rows: u64,
    bytes: u64,
    keep: SignedDuration,
}

impl RejectedLimits {
    /// Reads them from the configuration.
    pub(crate) fn of(limits: &Limits) -> Self {
        Self {
            rows: limits.rejected_rows,
            bytes: limits.rejected_bytes,
            keep: SignedDuration::try_from(limits.rejected_keep).unwrap_or(SignedDuration::MAX),
        }
    }
}

impl Rejections {
    /// Makes the way in and the desk that writes; the desk must be [`Desk::run`].
    pub(crate) fn new(limits: &Limits, store: Arc<dyn Store>, clock: Clock) -> (Self, Desk) {
        let (queue, incoming) = mpsc::channel(QUEUE);
        let counts = Counts::default();
        let desk = Desk {
            store,
            clock,
            incoming,
            counts: Arc::clone(&counts),
            last_write: clock.now(),
            logged: HashMap::new(),
            last_expiry: Timestamp::MAX,
            limits: RejectedLimits::of(limits),
        };
        let rejections = Self {
            bodies: Bodies {
                budget: Budget::of(WAITING_BYTES),
                timeout: limits.body_timeout,
            },
            queue,
            counts,
            kept: counter!("countersign_rejected_bodies_total", "outcome" => "kept"),
            dropped: counter!("countersign_rejected_bodies_total", "outcome" => "dropped"),
        };
        (rejections, desk)
    }

    /// Counts a failed authentication.
    pub(crate) fn count(&self, source: &Arc<str>, now: Timestamp) {
        let minute = minute_of(now);
        *lock(&self.counts)
            .entry((Arc::clone(source), minute))
            .or_default() += 1;
    }

    /// Hands a body over to be kept, if there is room; never waits.
    pub(crate) fn keep(&self, rejected: Rejected) {
        match self.queue.try_send(rejected) {
            Ok(()) => self.kept.increment(1),
            Err(_) => self.dropped.increment(1),
        }
    }

    /// Counts a body that could not be read, so that it is not kept.
    pub(crate) fn lost(&self) {
        self.dropped.increment(1);
    }
}

fn lock(counts: &Counts) -> MutexGuard<'_, HashMap<(Arc<str>, Timestamp), u64>> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

fn minute_of(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(now)
}

/// Writes what came in.
pub(crate) struct Desk {
    store: Arc<dyn Store>,
    clock: Clock,
    incoming: mpsc::Receiver<Rejected>,
    counts: Counts,
    limits: RejectedLimits,
    last_write: Timestamp,
    /// The minute in which each source's refusals were last logged.
    logged: HashMap<Arc<str>, Timestamp>,
    /// Nothing that is kept now is younger than this, so nothing needs to be dropped after it.
    last_expiry: Timestamp,
}

impl Desk {
    /// Writes at most every [`EVERY`], until it is told to stop; then once more.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut stopping = false;
        while !stopping {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.wait_for(|it| *it) => stopping = true,
            }
            self.write().await;
        }
    }

    async fn write(&mut self) {
        let now = self.clock.now();
        let bodies: Vec<_> = std::iter::from_fn(|| self.incoming.try_recv().ok()).collect();
        let counts = std::mem::take(&mut *lock(&self.counts));
        if bodies.is_empty() && counts.is_empty() && !self.something_expires(now) {
            return;
        }
        if !bodies.is_empty() {
            self.last_expiry = later(now, self.limits.keep + EXPIRE_EVERY);
        }
        self.last_write = now;
        self.log_once_a_minute(&counts);
        let refusals = Refusals {
            bodies,
            counts: counts
                .into_iter()
                .map(|((source, minute), count)| RefusalCount {
                    source,
                    minute,
                    count,
                })
                .collect(),
            keep_since: later(now, -self.limits.keep),
            max_rows: self.limits.rows,
            max_bytes: self.limits.bytes,
        };
        if let Err(error) = self.store.keep_rejected(refusals).await {
            tracing::warn!(%error, "bodies without a good credential could not be kept");
        }
    }

    fn log_once_a_minute(&mut self, counts: &HashMap<(Arc<str>, Timestamp), u64>) {
        for (source, minute) in counts.keys() {
            if self.logged.insert(Arc::clone(source), *minute) != Some(*minute) {
                tracing::warn!(%source, "requests without a good credential are refused");
            }
        }
    }

    /// Whether an old body may have to go although no new one came.
    fn something_expires(&self, now: Timestamp) -> bool {
        now < self.last_expiry && now > later(self.last_write, EXPIRE_EVERY)
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(if by.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
