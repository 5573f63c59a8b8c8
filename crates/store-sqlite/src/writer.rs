//! The writer: one thread, one connection, one transaction at a time.
//!
//! Jobs come through a channel, each with its own way to answer. What the writer keeps in memory
//! (claims, labels, classes) changes only after COMMIT returned, so a failure or a panic leaves
//! memory and database in agreement, and the next job starts clean: should even a ROLLBACK fail, no
//! transaction begins before a later one has succeeded.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use countersign_store::StoreError;
use rusqlite::Connection;

use crate::{
    SqliteOptions, checkpoint::Checkpoints, classes::Classes, connection,
    document_classes::DocumentClasses, failure::Failure, schema, slice_table, slices::Slices,
};

/// Something to be done on the writer thread.
pub(crate) type Job = Box<dyn FnOnce(&mut Writer<'_>) + Send>;

/// The writer's connection and what it knows by heart.
pub(crate) struct Writer<'c> {
    pub(crate) database: &'c Connection,
    pub(crate) claims: Slices,
    pub(crate) labels: Slices,
    pub(crate) classes: Classes,
    pub(crate) document_classes: DocumentClasses,
    /// Labels that are not in their table: lists lag behind by as many.
    pub(crate) unmerged_labels: Arc<AtomicUsize>,
}

/// How long nobody asks for anything until the writer merges what has gathered.
const QUIET: Duration = Duration::from_millis(50);

/// Keys that are merged in one transaction when it is quiet: a few milliseconds.
const QUIET_SLICE: usize = 2048;

/// Opens the database, brings it to the newest schema, and starts the thread. It ends when `jobs`
/// is closed and empty; the lock is given back after the database is closed.
pub(crate) fn start(
    path: &Path,
    options: &SqliteOptions,
    jobs: mpsc::Receiver<Job>,
    lock: File,
    unmerged_labels: Arc<AtomicUsize>,
) -> Result<JoinHandle<()>, StoreError> {
    let mut database = connection::writer(path, options)?;
    schema::migrate(&mut database)?;
    let known = Known::read(&database, path, options)?;
    unmerged_labels.store(known.labels.unmerged(), Ordering::Relaxed);
    let checkpoints = Checkpoints::start(path, &mut database, options.checkpoint_pages)?;
    let path = PathBuf::from(path);
    let body = move || {
        let writer = Writer::new(&database, known, unmerged_labels);
        let file = run(writer, checkpoints, &jobs);
        if let Err((_, error)) = database.close() {
            tracing::error!(path = %path.display(), %error, "the database was not closed");
        }
        drop((file, lock));
    };
    thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(body)
        .map_err(|error| StoreError::Unavailable {
            reason: format!("the writer cannot be started: {error}"),
        })
}

/// What a writer reads back when it starts.
pub(crate) struct Known {
    claims: Slices,
    labels: Slices,
}

impl Known {
    pub(crate) fn read(
        database: &Connection,
        path: &Path,
        options: &SqliteOptions,
    ) -> Result<Self, Failure> {
        let generation = options.keys_in_memory;
        let known = Self {
            claims: Slices::open(database, path, &slice_table::CLAIMS, generation)?,
            labels: Slices::open(database, path, &slice_table::LABELS, generation)?,
        };
        // From now on the filters are ahead of what was written down of them.
        database.execute("DELETE FROM filters", [])?;
        Ok(known)
    }
}

fn run(
    mut writer: Writer<'_>,
    mut checkpoints: Checkpoints,
    jobs: &mpsc::Receiver<Job>,
) -> Option<File> {
    let mut patience = QUIET;
    loop {
        let job = jobs.recv_timeout(patience);
        patience = QUIET;
        match job {
            // A panic drops the job's answer, which its caller takes for a failure.
            Ok(job) => writer.guard(|writer| job(writer)),
            Err(RecvTimeoutError::Timeout) if writer.has_unmerged() => {
                writer.guard(|writer| {
                    if let Err(failure) = writer.settle(QUIET_SLICE) {
                        let error = StoreError::from(failure);
                        tracing::warn!(%error, "what has gathered in memory cannot be merged");
                    } else {
                        // It is quiet still: the rest follows at once.
                        patience = Duration::ZERO;
                    }
                });
            }
            // Nothing is left to do: the next job may be long in coming.
            Err(RecvTimeoutError::Timeout) => match jobs.recv() {
                Ok(job) => writer.guard(|writer| job(writer)),
                Err(_) => break,
            },
            Err(RecvTimeoutError::Disconnected) => break,
        }
        // The caller is answered by now: what follows delays the next commit only.
        checkpoints.tend(writer.database);
    }
    let kept = writer.transaction(|writer| {
        writer.claims.keep_filter(writer.database)?;
        writer.labels.keep_filter(writer.database)
    });
    if let Err(failure) = kept {
        let error = StoreError::from(failure);
        tracing::warn!(%error, "the next start reads its keys back");
    }
    checkpoints.stop()
}

impl<'c> Writer<'c> {
    pub(crate) fn new(
        database: &'c Connection,
        known: Known,
        unmerged_labels: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            database,
            claims: known.claims,
            labels: known.labels,
            classes: Classes::default(),
            document_classes: DocumentClasses::default(),
            unmerged_labels,
        }
    }
}

impl Writer<'_> {
    /// Does something that may panic; whatever transaction it left open is rolled back.
    fn guard(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            tracing::error!("a job of the store panicked; its transaction is rolled back");
            self.roll_back();
        }
    }

    fn has_unmerged(&self) -> bool {
        self.claims.unmerged() > 0 || self.labels.unmerged() > 0
    }

    /// Merges a slice of all that has gathered, so that a start has little to read back.
    fn settle(&mut self, count: usize) -> Result<(), Failure> {
        self.transaction(|writer| {
            writer.claims.settle(writer.database, count)?;
            writer.labels.settle(writer.database, count)
        })
    }

    /// Merges labels although no commit asks for it.
    pub(crate) fn settle_labels(&mut self, count: usize) -> Result<(), Failure> {
        self.transaction(|writer| writer.labels.settle(writer.database, count))
    }

    /// Runs one transaction: all of it is durable when this returns `Ok`, and none of it is there
    /// when it returns an error. It never stands inside another one.
    pub(crate) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if !self.database.is_autocommit() {
            // An earlier one could not be rolled back. Nothing may be committed together with it.
            self.roll_back();
            if !self.database.is_autocommit() {
                let reason = "an earlier transaction cannot be rolled back";
                return Err(Failure::Unavailable(reason));
            }
        }
        self.run("BEGIN IMMEDIATE")?;
        let result = work(self).and_then(|value| {
            self.claims.keep_tentative();
            self.labels.keep_tentative();
            self.claims.write(self.database)?;
            self.labels.write(self.database)?;
            self.run("COMMIT")?;
            Ok(value)
        });
        if result.is_ok() {
            self.claims.committed();
            self.labels.committed();
            self.classes.committed();
            self.document_classes.committed();
            let unmerged = self.labels.unmerged();
            self.unmerged_labels.store(unmerged, Ordering::Relaxed);
        } else {
            self.roll_back();
        }
        result
    }

    /// Runs a statement that begins, ends or marks a transaction.
    pub(crate) fn run(&self, sql: &str) -> Result<(), Failure> {
        self.database.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Commits, and leaves nothing behind.
    pub(crate) fn probe(&mut self) -> Result<(), Failure> {
        self.transaction(|writer| {
            writer.run("INSERT INTO probe (id) VALUES (1)")?;
            writer.run("DELETE FROM probe")
        })
    }

    /// Takes back the open transaction, if there is one.
    pub(crate) fn roll_back(&mut self) {
        self.claims.rolled_back();
        self.labels.rolled_back();
        self.classes.rolled_back();
        self.document_classes.rolled_back();
        // After some failures (a full disk is one) SQLite has rolled back by itself.
        if !self.database.is_autocommit()
            && let Err(error) = self.database.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction of the store could not be rolled back");
        }
    }
}
