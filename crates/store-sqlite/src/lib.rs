//! The embedded store: SQLite in one folder, one writer thread, readers apart.
//!
//! [`SqliteStore::open`] owns a folder by a lock file. Every write is a job for the writer thread
//! ([`writer`]), which is the only place where a transaction begins; reads run beside it on a few
//! connections of their own ([`readers`]); what the writer has logged is folded into the database
//! by a third thread ([`checkpoint`]), off the path of the commits.
//!
//! What always holds: an `Ok` of a write means that its transaction was synced (WAL,
//! `synchronous=FULL`). A failed write leaves nothing behind, in the database or in memory, and the
//! next one is tried on the same connection: a disk that was full needs no restart.
//!
//! What it does not do: choose ids or look at a clock. Next: [`accept`], the heart, and
//! `migrations/`, where each table says why it is.

mod accept;
mod checkpoint;
mod classes;
mod connection;
mod document_classes;
mod document_lists;
mod document_rows;
mod documents;
mod events;
mod failure;
mod filter;
mod finding_lists;
mod findings;
mod folder;
mod labels;
mod lists;
mod readers;
mod records;
mod refold;
mod rejected;
mod release;
mod resolve;
mod schema;
mod slice_table;
mod slices;
mod store;
mod tell;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use countersign_store::{DocumentName, StoreError};
use readers::Readers;
use tokio::sync::oneshot;
use writer::{Job, Writer};

/// How much memory and log the store may use. The defaults are measured
/// (docs/internals/performance.md).
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Bytes of pages that the writer keeps in memory.
    pub cache_bytes: u64,
    /// Connections that read at the same time.
    pub readers: u32,
    /// Claims, and labels, that are gathered in memory (and in the journal) before they are merged
    /// into their table; up to twice as many are held, and read back by a start.
    pub keys_in_memory: usize,
    /// Pages in the write-ahead log at which it begins to be folded into the database.
    pub checkpoint_pages: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 40 << 20,
            readers: 4,
            keys_in_memory: 128 << 10,
            checkpoint_pages: 2048,
        }
    }
}

/// A store in one folder of this machine.
#[derive(Debug)]
pub struct SqliteStore {
    /// None once the store is closing; the writer thread ends when the last sender is gone.
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    writer: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    /// Written by the writer after each commit.
    unmerged_labels: Arc<AtomicUsize>,
}

/// Labels that are merged at once because somebody lists by them: a few milliseconds of the
/// writer's time.
const CATCH_UP_SLICE: usize = 2048;

/// How often one list asks for that.
const MOST_CATCH_UPS: usize = 4;

impl SqliteStore {
    /// Opens the store of a folder, and makes folder (0700) and database (0600) where there are
    /// none. It blocks for as long as reading the last claims takes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if another process owns the folder or it cannot be written;
    /// [`StoreError::Corrupt`] if a newer version, or something else, wrote the database.
    pub fn open(dir: &Path, options: &SqliteOptions) -> Result<Self, StoreError> {
        let lock = folder::take(dir)?;
        let database = folder::database(dir)?;
        let (jobs, queue) = mpsc::channel();
        let unmerged_labels = Arc::new(AtomicUsize::new(0));
        // The lock is held until the writer has closed the database.
        let writer = writer::start(
            &database,
            options,
            queue,
            lock,
            Arc::clone(&unmerged_labels),
        )?;
        let readers = Readers::open(&database, options.readers)?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            writer: tokio::sync::Mutex::new(Some(writer)),
            readers,
            unmerged_labels,
        })
    }

    /// The number of a document. Names that came in the last minutes are known to the writer alone.
    async fn number_of(&self, name: &DocumentName) -> Result<Option<i64>, StoreError> {
        let name = name.clone();
        self.write(move |writer| writer.number_of(&name).map_err(StoreError::from))
            .await?
    }

    /// Lets the writer merge the labels that were told before now; under heavy load not all.
    async fn catch_up(&self) -> Result<(), StoreError> {
        for _ in 0..MOST_CATCH_UPS {
            if self.unmerged_labels.load(Ordering::Relaxed) == 0 {
                break;
            }
            self.write(|writer| {
                writer
                    .settle_labels(CATCH_UP_SLICE)
                    .map_err(StoreError::from)
            })
            .await??;
        }
        Ok(())
    }

    /// Runs a job on the writer thread. Once it is sent it is done, whether or not the caller is
    /// still there to hear of it.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, done) = oneshot::channel();
        let job: Job = Box::new(move |writer| {
            let _ = reply.send(work(writer));
        });
        let sent = {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.as_ref().is_some_and(|it| it.send(job).is_ok())
        };
        if !sent {
            return Err(closed());
        }
        done.await.map_err(|_| StoreError::Unavailable {
            reason: "the writer failed on this transaction".to_owned(),
        })
    }
}

pub(crate) fn closed() -> StoreError {
    StoreError::Unavailable {
        reason: "the store is closed".to_owned(),
    }
}
