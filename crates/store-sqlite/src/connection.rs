//! Connections: how each of the three kinds is set up.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use crate::{SqliteOptions, failure::Failure};

/// Bytes in a page. A receipt takes about two thousand: two fit, and a commit writes whole pages.
const PAGE_BYTES: u32 = 8192;

/// Bytes of the log that stay on disk after it was folded in, so that commits overwrite a file
/// instead of growing one.
const LOG_BYTES_KEPT: u32 = 64 << 20;

/// Bytes of pages that a connection keeps which reads or folds: lists are short.
const SMALL_CACHE_BYTES: u64 = 2 << 20;

/// The one connection that writes. The database is in WAL mode afterwards.
pub(crate) fn writer(path: &Path, options: &SqliteOptions) -> Result<Connection, Failure> {
    let connection = open(path, options.cache_bytes)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // FULL syncs the log at each commit: without it an answered receipt could be lost.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    Ok(connection)
}

/// A connection that folds the log into the database.
pub(crate) fn checkpointer(path: &Path) -> Result<Connection, Failure> {
    let connection = open(path, SMALL_CACHE_BYTES)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// A connection that only reads.
pub(crate) fn reader(path: &Path) -> Result<Connection, Failure> {
    let connection = open(path, SMALL_CACHE_BYTES)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open(path: &Path, cache_bytes: u64) -> Result<Connection, Failure> {
    // Each connection stays on one thread at a time, so SQLite need not lock it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    // A negative number counts in KiB.
    let cache = i64::try_from(cache_bytes >> 10).unwrap_or(i64::MAX);
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // When to fold the log is decided in `checkpoint`, never inside a commit.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}
