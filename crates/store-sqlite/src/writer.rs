//! The writer: one thread, one connection, one transaction at a time.
//!
//! Jobs come through a channel, each with its own way to answer. What the writer keeps in memory
//! (claims, classes) changes only after COMMIT returned, so a failure or a panic leaves memory and
//! database in agreement, and the next job starts clean: should even a ROLLBACK fail, no transaction
//! begins before a later one has succeeded.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::mpsc,
    thread::{self, JoinHandle},
};

use countersign_store::StoreError;
use rusqlite::Connection;

use crate::{
    SqliteOptions, checkpoint::Checkpoints, claims::Claims, classes::Classes, connection,
    failure::Failure, schema,
};

/// Something to be done on the writer thread.
pub(crate) type Job = Box<dyn FnOnce(&mut Writer<'_>) + Send>;

/// The writer's connection and what it knows by heart.
pub(crate) struct Writer<'c> {
    pub(crate) database: &'c Connection,
    pub(crate) claims: Claims,
    pub(crate) classes: Classes,
}

/// Opens the database, brings it to the newest schema, and starts the thread. It ends when `jobs`
/// is closed and empty; the lock is given back after the database is closed.
pub(crate) fn start(
    path: &Path,
    options: &SqliteOptions,
    jobs: mpsc::Receiver<Job>,
    lock: File,
) -> Result<JoinHandle<()>, StoreError> {
    let mut database = connection::writer(path, options)?;
    schema::migrate(&mut database)?;
    let claims = Claims::open(&database, options.claims_in_memory)?;
    let checkpoints = Checkpoints::start(path, &mut database, options.checkpoint_pages)?;
    let path = PathBuf::from(path);
    let body = move || {
        let file = run(&database, claims, checkpoints, &jobs);
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

fn run(
    database: &Connection,
    claims: Claims,
    mut checkpoints: Checkpoints,
    jobs: &mpsc::Receiver<Job>,
) -> Option<File> {
    let mut writer = Writer {
        database,
        claims,
        classes: Classes::default(),
    };
    while let Ok(job) = jobs.recv() {
        // A panic drops the job's answer, which its caller takes for a failure.
        if catch_unwind(AssertUnwindSafe(|| job(&mut writer))).is_err() {
            tracing::error!("a job of the store panicked; its transaction is rolled back");
            writer.roll_back();
        }
        // The caller is answered by now: what follows delays the next commit only.
        checkpoints.tend(database);
    }
    checkpoints.stop()
}

impl Writer<'_> {
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
            self.claims.write(self.database)?;
            self.run("COMMIT")?;
            Ok(value)
        });
        if result.is_ok() {
            self.claims.committed();
            self.classes.committed();
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
        self.classes.rolled_back();
        // After some failures (a full disk is one) SQLite has rolled back by itself.
        if !self.database.is_autocommit()
            && let Err(error) = self.database.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction of the store could not be rolled back");
        }
    }
}
