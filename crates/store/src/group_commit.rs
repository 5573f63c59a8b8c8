//! Group commit: many requests, one transaction, one sync.
//!
//! [`GroupCommit`] is a bounded queue in front of [`Store::accept`]. One task takes whatever has
//! gathered while the last batch was being committed and commits it next. Nobody waits for a timer:
//! a lone receipt is committed at once, and under load the batches grow by themselves.
//!
//! What always holds: a full queue refuses at once and never waits; a caller that goes away after
//! it was taken in cancels nothing; a store that panics fails its batch and the next one is tried.
//!
//! What it does not do: open or close the store. Next: [`Store::accept`].

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{mpsc, oneshot, watch};

use crate::{Draft, Outcome, Store, StoreError};

/// How much may wait, and how much goes into one commit.
#[derive(Clone, Copy, Debug)]
pub struct GroupCommitLimits {
    /// Receipts that may wait; one more is refused at once.
    pub queue: usize,
    /// Receipts in one commit, at most.
    pub batch: usize,
}

/// A handle on the queue; every clone leads to the same queue.
#[derive(Clone, Debug)]
pub struct GroupCommit {
    queue: mpsc::Sender<Waiting>,
    last_batch: Arc<AtomicUsize>,
    closing: Arc<watch::Sender<bool>>,
    finished: watch::Receiver<()>,
}

#[derive(Debug)]
struct Waiting {
    draft: Draft,
    reply: oneshot::Sender<Result<Outcome, StoreError>>,
}

impl GroupCommit {
    /// Starts the task that commits. It must be called inside a tokio runtime.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, limits: GroupCommitLimits) -> Self {
        let (queue, waiting) = mpsc::channel(limits.queue.max(1));
        let (closing, closed) = watch::channel(false);
        let (finish, finished) = watch::channel(());
        let last_batch = Arc::new(AtomicUsize::new(0));
        let committer = Committer {
            store,
            waiting,
            batch: limits.batch.max(1),
            last_batch: Arc::clone(&last_batch),
            closed,
        };
        tokio::spawn(async move {
            committer.run().await;
            drop(finish); // Whoever waits in `close` wakes up by this.
        });
        Self {
            queue,
            last_batch,
            closing: Arc::new(closing),
            finished,
        }
    }

    /// Commits one receipt, together with whatever else waits.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] at once if the queue is full or closed; otherwise what
    /// [`Store::accept`] said about this receipt.
    pub async fn accept(&self, draft: Draft) -> Result<Outcome, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Waiting { draft, reply })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => unavailable("the queue is full"),
                mpsc::error::TrySendError::Closed(_) => unavailable("the store is closing"),
            })?;
        answer
            .await
            .unwrap_or_else(|_| Err(unavailable("the store failed on this batch")))
    }

    /// How many receipts wait for the next commit.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// How many receipts the last commit had.
    #[must_use]
    pub fn last_batch(&self) -> usize {
        self.last_batch.load(Ordering::Relaxed)
    }

    /// Takes no more, finishes what is queued, and returns when the last of it is answered.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        let mut finished = self.finished.clone();
        while finished.changed().await.is_ok() {}
    }
}

struct Committer {
    store: Arc<dyn Store>,
    waiting: mpsc::Receiver<Waiting>,
    batch: usize,
    last_batch: Arc<AtomicUsize>,
    closed: watch::Receiver<bool>,
}

impl Committer {
    async fn run(mut self) {
        let mut taken = Vec::with_capacity(self.batch);
        let mut open = true;
        loop {
            let count = tokio::select! {
                biased;
                // An error means that every handle is gone: the queue ends by itself then.
                _ = self.closed.wait_for(|closed| *closed), if open => {
                    open = false;
                    self.waiting.close();
                    continue;
                }
                count = self.waiting.recv_many(&mut taken, self.batch) => count,
            };
            if count == 0 {
                return;
            }
            self.last_batch.store(count, Ordering::Relaxed);
            self.commit(&mut taken).await;
        }
    }

    /// A task of its own commits the batch, so that a panic in the store ends that task alone; the
    /// callers see their reply dropped.
    async fn commit(&self, taken: &mut Vec<Waiting>) {
        let (drafts, replies): (Vec<_>, Vec<_>) =
            taken.drain(..).map(|it| (it.draft, it.reply)).unzip();
        let store = Arc::clone(&self.store);
        let Ok(results) = tokio::spawn(async move { store.accept(drafts).await }).await else {
            return;
        };
        for (reply, result) in replies.into_iter().zip(results) {
            // The caller may have gone; its receipt is committed all the same.
            let _ = reply.send(result);
        }
    }
}

fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
