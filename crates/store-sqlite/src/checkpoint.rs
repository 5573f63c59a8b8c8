//! Checkpoints: folding the write-ahead log into the database, off the path of the commits.
//!
//! A commit only appends to the log. When the log has grown, a thread of its own copies it into the
//! database (`PASSIVE`: nobody waits). But a log begins anew only when *all* of it is folded in,
//! and under constant load the writer appends while the thread copies. So the thread repeats until
//! little is left, and the writer folds that last bit itself, between two commits; its next commit
//! then starts the log from the beginning.
//!
//! SQLite syncs the database only in the pass that folds in the very end of a log, which is the
//! writer's. So the thread syncs the file after each of its own passes, and the writer's sync finds
//! next to nothing left to do: 2 ms instead of 30.
//!
//! What it does not do: wait for readers. A long read postpones the end of a log, never a commit.

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
};

use countersign_store::StoreError;
use rusqlite::Connection;

use crate::{connection, failure::Failure};

/// Pages that the writer may fold itself: about a megabyte.
const LAST_BIT: u32 = 256;

/// How often the thread copies before it leaves the rest to the writer.
const PASSES: u32 = 4;

/// The writer's side: it watches the log, wakes the thread and finishes its work.
pub(crate) struct Checkpoints {
    /// Pages in the log after the last commit; SQLite's hook writes it.
    pages: Arc<AtomicU32>,
    /// The thread has done what it can.
    nearly_done: Arc<AtomicBool>,
    /// The thread is at work.
    under_way: bool,
    /// Pages at which the next checkpoint begins.
    due: u32,
    limit: u32,
    wake: Option<mpsc::SyncSender<()>>,
    /// It gives back its handle on the database's file when it ends.
    thread: Option<JoinHandle<File>>,
}

impl Checkpoints {
    pub(crate) fn start(
        path: &Path,
        writer: &mut Connection,
        limit: u32,
    ) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&pages);
        let hook = move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            counter.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(Failure::from)?;
        let nearly_done = Arc::new(AtomicBool::new(false));
        let database = connection::checkpointer(path)?;
        let file =
            File::options()
                .write(true)
                .open(path)
                .map_err(|error| StoreError::Unavailable {
                    reason: format!("the database cannot be synced: {error}"),
                })?;
        let (wake, woken) = mpsc::sync_channel(1);
        let done = Arc::clone(&nearly_done);
        let body = move || {
            while woken.recv().is_ok() {
                fold(&database, &file);
                done.store(true, Ordering::Release);
            }
            file
        };
        let thread = thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(body);
        let thread = thread.map_err(|error| StoreError::Unavailable {
            reason: format!("the checkpoint thread cannot be started: {error}"),
        })?;
        let (wake, thread) = (Some(wake), Some(thread));
        Ok(Self {
            pages,
            nearly_done,
            under_way: false,
            due: limit,
            limit,
            wake,
            thread,
        })
    }

    /// Called by the writer between two jobs, with no transaction open.
    pub(crate) fn tend(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if self.under_way {
            if self.nearly_done.swap(false, Ordering::Acquire) {
                self.under_way = false;
                let whole = passive(writer).is_ok_and(|left| left == 0);
                // If a reader still needs the log, the next try waits until it has grown.
                self.due = if whole {
                    self.limit
                } else {
                    pages + self.limit / 4
                };
                if whole {
                    self.pages.store(0, Ordering::Relaxed);
                }
            }
        } else if pages >= self.due
            && let Some(wake) = &self.wake
        {
            self.under_way = wake.try_send(()).is_ok();
        }
    }
}

impl Checkpoints {
    /// Ends the thread. The file it returns must outlive every connection: closing any handle on a
    /// file gives up the process's locks on it, SQLite's included.
    pub(crate) fn stop(mut self) -> Option<File> {
        self.wake = None;
        let ended = self.thread.take()?.join();
        if ended.is_err() {
            tracing::error!("the checkpoint thread panicked");
        }
        ended.ok()
    }
}

fn fold(database: &Connection, file: &File) {
    for _ in 0..PASSES {
        let folded = passive(database).map_err(|error| error.to_string());
        let synced = file.sync_data().map_err(|error| error.to_string());
        match folded.and_then(|left| synced.map(|()| left)) {
            Ok(left) if left > LAST_BIT => {}
            Ok(_) => return,
            Err(error) => {
                // The log stays as it is, every commit in it is safe, and a later try may succeed.
                tracing::warn!(%error, "the log could not be folded into the database");
                return;
            }
        }
    }
}

/// Folds in what can be without waiting; returns how many pages were left.
fn passive(database: &Connection) -> Result<u32, rusqlite::Error> {
    let mut statement = database.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?;
    let (logged, folded): (i64, i64) =
        statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?;
    Ok(u32::try_from(logged - folded).unwrap_or(0))
}
