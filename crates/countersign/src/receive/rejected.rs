//! Bodies whose credential failed: kept for a while, apart from everything else.
//!
//! A rotated key must not destroy data, so such a body is kept for an hour and a person can release
//! it. What always holds: a flood of them never touches the receive path. They have a budget of
//! their own and a short queue that drops what does not fit, and one task writes what came in at
//! most five times a second. A write that fails is tried again with the next one, and what waits
//! meanwhile has the same bounds. What is not kept is still counted, by source and minute.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use countersign_store::{RefusalCount, Refusals, Rejected, Store, StoreError};
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
/// How far back counts wait for a store that cannot be written to.
const COUNT_FOR: SignedDuration = SignedDuration::from_hours(24);

type Counts = Arc<Mutex<HashMap<(Arc<str>, Timestamp), u64>>>;

/// The way into the store of rejected bodies.
#[derive(Debug)]
pub(crate) struct Rejections {
    /// The bounds of these bodies.
    pub(crate) bodies: Bodies,
    queue: mpsc::Sender<Rejected>,
    counts: Counts,
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
        let dropped = counter!("countersign_rejected_bodies_total", "outcome" => "dropped");
        let desk = Desk {
            store,
            clock,
            incoming,
            waiting: Vec::new(),
            kept: counter!("countersign_rejected_bodies_total", "outcome" => "kept"),
            dropped: dropped.clone(),
            counts: Arc::clone(&counts),
            complained: None,
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
            dropped,
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
        if self.queue.try_send(rejected).is_err() {
            self.dropped.increment(1);
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
    /// Taken out of the queue and not yet written; at most [`QUEUE`].
    waiting: Vec<Rejected>,
    kept: Counter,
    dropped: Counter,
    counts: Counts,
    limits: RejectedLimits,
    /// The minute in which a failed write was last logged.
    complained: Option<Timestamp>,
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
        let left = self.waiting.len() + self.incoming.len();
        self.dropped.increment(left as u64);
    }

    async fn write(&mut self) {
        let now = self.clock.now();
        self.gather(now);
        let counts = std::mem::take(&mut *lock(&self.counts));
        if self.waiting.is_empty() && counts.is_empty() && !self.something_expires(now) {
            return;
        }
        if !self.waiting.is_empty() {
            self.last_expiry = later(now, self.limits.keep + EXPIRE_EVERY);
        }
        self.last_write = now;
        self.log_once_a_minute(&counts);
        let refusals = Refusals {
            bodies: self.waiting.clone(),
            counts: counts.iter().map(refusal_count).collect(),
            keep_since: later(now, -self.limits.keep),
            max_rows: self.limits.rows,
            max_bytes: self.limits.bytes,
        };
        match self.store.keep_rejected(refusals).await {
            Ok(()) => self.kept.increment(self.waiting.drain(..).len() as u64),
            Err(error) => {
                self.complain(now, &error);
                self.count_later(counts, now);
            }
        }
    }

    /// Takes out of the queue what there is room for. What has waited too long already is let go.
    fn gather(&mut self, now: Timestamp) {
        let since = later(now, -self.limits.keep);
        let before = self.waiting.len();
        self.waiting.retain(|it| it.received_at >= since);
        self.dropped.increment((before - self.waiting.len()) as u64);
        while self.waiting.len() < QUEUE {
            let Ok(rejected) = self.incoming.try_recv() else {
                return;
            };
            self.waiting.push(rejected);
        }
    }

    /// Puts counts that could not be written back to those that came in meanwhile.
    fn count_later(&self, counts: HashMap<(Arc<str>, Timestamp), u64>, now: Timestamp) {
        let since = later(now, -COUNT_FOR);
        let mut shared = lock(&self.counts);
        for (key, count) in counts.into_iter().filter(|((_, it), _)| *it >= since) {
            *shared.entry(key).or_default() += count;
        }
    }

    /// Logs a write that failed, once a minute.
    fn complain(&mut self, now: Timestamp, error: &StoreError) {
        if self.complained.replace(minute_of(now)) != Some(minute_of(now)) {
            tracing::warn!(%error, "bodies without a good credential cannot be kept now");
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

fn refusal_count(((source, minute), count): (&(Arc<str>, Timestamp), &u64)) -> RefusalCount {
    RefusalCount {
        source: Arc::clone(source),
        minute: *minute,
        count: *count,
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(if by.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
