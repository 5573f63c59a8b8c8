//! Everything that the receive path and the private resources need, made once at the start.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use countersign_store::{GroupCommit, Lifecycles, Store};
use jiff::Timestamp;

use super::{
    body::Bodies, budget::Budget, contracts::Contracts, headers::KeptHeaders, ids::Ids,
    metrics::ReceiveMetrics, mounts::Mounts, rejected::Rejections, source::Source,
};
use crate::{clock::Clock, config::Config};

/// Shared by every request.
pub(crate) struct Context {
    /// Every contract that the process knows.
    pub(crate) contracts: Contracts,
    /// The life of every kind of document that they name.
    pub(crate) lifecycles: Arc<Lifecycles>,
    /// Every configured source.
    pub(crate) sources: Vec<Arc<Source>>,
    /// Which sources a path may mean.
    pub(crate) mounts: Mounts,
    /// The bounds of bodies.
    pub(crate) bodies: Bodies,
    /// Which headers are kept.
    pub(crate) kept_headers: KeptHeaders,
    /// The way to a commit.
    pub(crate) commits: GroupCommit,
    /// Everything else that the store does.
    pub(crate) store: Arc<dyn Store>,
    /// Bodies whose credential failed.
    pub(crate) rejections: Rejections,
    /// Makes ids.
    pub(crate) ids: Ids,
    /// Tells the time.
    pub(crate) clock: Clock,
    /// What is counted.
    pub(crate) metrics: ReceiveMetrics,
    draining: AtomicBool,
    /// The second in which a failed commit was last logged.
    complained: AtomicI64,
}

/// What a context is made of beside the configuration.
pub(crate) struct Foundations {
    /// Every contract that the process knows.
    pub(crate) contracts: Contracts,
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    /// The queue in front of it.
    pub(crate) commits: GroupCommit,
    /// The way into the store of rejected bodies.
    pub(crate) rejections: Rejections,
    /// The greatest row id that the store holds.
    pub(crate) newest_rowid: i64,
    /// Tells the time.
    pub(crate) clock: Clock,
}

impl Context {
    /// Puts the pieces together.
    ///
    /// # Errors
    ///
    /// A sentence that names a source and what is wrong with it.
    pub(crate) fn new(config: &Config, made: Foundations) -> Result<Self, String> {
        let sources = Source::all(config, &made.contracts)?;
        let credentials = sources
            .iter()
            .flat_map(|it| it.access.headers())
            .cloned()
            .collect::<Vec<_>>();
        let in_flight = usize::try_from(config.limits.in_flight_bytes).unwrap_or(usize::MAX);
        Ok(Self {
            mounts: Mounts::of(&sources),
            lifecycles: Arc::new(made.contracts.lifecycles()),
            contracts: made.contracts,
            sources,
            bodies: Bodies {
                budget: Budget::of(in_flight),
                timeout: config.limits.body_timeout,
            },
            kept_headers: KeptHeaders::without(credentials),
            commits: made.commits,
            store: made.store,
            rejections: made.rejections,
            ids: Ids::above(made.newest_rowid),
            clock: made.clock,
            metrics: ReceiveMetrics::new(),
            draining: AtomicBool::new(false),
            complained: AtomicI64::new(i64::MIN),
        })
    }

    /// The configured source of that name.
    pub(crate) fn source(&self, name: &str) -> Option<&Arc<Source>> {
        self.sources.iter().find(|it| &*it.name == name)
    }

    /// Whether no failed commit was logged in this second yet; asking counts as logging.
    pub(crate) fn may_complain(&self, now: Timestamp) -> bool {
        let second = now.as_second();
        self.complained.swap(second, Ordering::Relaxed) != second
    }

    /// Says from now on that no new work should be sent here.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the process is about to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
