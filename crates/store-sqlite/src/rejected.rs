//! Bodies whose credential failed, and how many of them there were.

use std::sync::Arc;

use bytes::Bytes;
use countersign_domain::ids::{ReceiptId, RejectedId};
use countersign_store::{Page, RefusalCount, Refusals, Rejected, RejectedSummary, StoreError};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row};

use crate::{
    failure::Failure,
    records::{json_or_null, list as json_list, nanoseconds, timestamp},
    writer::Writer,
};

/// Counts outlive the bodies by this much, so that an attack can be looked into later.
const COUNTS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Writer<'_> {
    pub(crate) fn keep_rejected(&mut self, refusals: &Refusals) -> Result<(), StoreError> {
        Ok(self.transaction(|writer| {
            for body in &refusals.bodies {
                insert(writer.database, body)?;
            }
            for count in &refusals.counts {
                add(writer.database, count)?;
            }
            prune(writer.database, refusals)
        })?)
    }

    pub(crate) fn mark_rejected_released(
        &mut self,
        id: RejectedId,
        receipt: ReceiptId,
    ) -> Result<(), StoreError> {
        Ok(self.transaction(|writer| {
            writer
                .database
                .prepare_cached("UPDATE rejected SET released_as = ?2 WHERE id = ?1")?
                .execute((id.rowid(), receipt.rowid()))?;
            Ok(())
        })?)
    }
}

fn insert(database: &Connection, body: &Rejected) -> Result<(), Failure> {
    database
        .prepare_cached(
            "INSERT INTO rejected (id, source, operation, received_at, bytes, released_as, headers,
                 body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(rusqlite::params![
            body.id.rowid(),
            &*body.source,
            &*body.operation,
            nanoseconds(body.received_at)?,
            body.body.len(),
            body.released_as.map(ReceiptId::rowid),
            json_or_null(&body.headers),
            &body.body[..],
        ])?;
    Ok(())
}

fn add(database: &Connection, count: &RefusalCount) -> Result<(), Failure> {
    database
        .prepare_cached(
            "INSERT INTO refusals (minute, source, count) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?
        .execute(rusqlite::params![
            nanoseconds(count.minute)?,
            &*count.source,
            count.count
        ])?;
    Ok(())
}

/// Drops what is too old, then the oldest until rows and bytes are within their bounds.
fn prune(database: &Connection, refusals: &Refusals) -> Result<(), Failure> {
    database
        .prepare_cached("DELETE FROM rejected WHERE received_at < ?1")?
        .execute([nanoseconds(refusals.keep_since)?])?;
    let forget = refusals
        .keep_since
        .saturating_sub(COUNTS_KEPT)
        .unwrap_or(Timestamp::MIN);
    if let Ok(forget) = nanoseconds(forget) {
        database
            .prepare_cached("DELETE FROM refusals WHERE minute < ?1")?
            .execute([forget])?;
    }
    let (mut rows, mut bytes): (u64, u64) = database
        .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM rejected")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if rows <= refusals.max_rows && bytes <= refusals.max_bytes {
        return Ok(());
    }
    let mut dropped = Vec::new();
    let mut oldest = database
        .prepare_cached("SELECT id, bytes FROM rejected ORDER BY received_at, bytes, id")?;
    let mut oldest = oldest.query([])?;
    while rows > refusals.max_rows || bytes > refusals.max_bytes {
        let Some(row) = oldest.next()? else { break };
        dropped.push(row.get::<_, i64>(0)?);
        rows -= 1;
        bytes -= row.get::<_, u64>(1)?;
    }
    drop(oldest);
    let mut delete = database.prepare_cached("DELETE FROM rejected WHERE id = ?1")?;
    for id in dropped {
        delete.execute([id])?;
    }
    Ok(())
}

/// A page of bodies, newest first.
pub(crate) fn list(database: &Connection, page: Page) -> Result<Vec<RejectedSummary>, Failure> {
    let mut statement = database.prepare_cached(LIST)?;
    let mut rows = statement.query((page.before.unwrap_or(i64::MAX), page.limit))?;
    let mut listed = Vec::new();
    while let Some(row) = rows.next()? {
        listed.push(RejectedSummary {
            id: RejectedId::from_rowid(row.get(0)?),
            source: row.get(1)?,
            operation: row.get(2)?,
            received_at: timestamp(row.get(3)?),
            bytes: row.get(4)?,
            released_as: released_as(row)?,
        });
    }
    Ok(listed)
}

pub(crate) const LIST: &str =
    "SELECT id, source, operation, received_at, bytes, released_as FROM rejected
     WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

/// One of them whole.
pub(crate) fn one(database: &Connection, id: RejectedId) -> Result<Option<Rejected>, Failure> {
    let mut statement = database.prepare_cached(
        "SELECT id, source, operation, received_at, bytes, released_as, headers, body
         FROM rejected WHERE id = ?1",
    )?;
    let mut rows = statement.query([id.rowid()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Rejected {
        id,
        source: row.get(1)?,
        operation: row.get(2)?,
        received_at: timestamp(row.get(3)?),
        headers: json_list(row, 6)?,
        body: Bytes::from(row.get::<_, Vec<u8>>(7)?),
        released_as: released_as(row)?,
    }))
}

fn released_as(row: &Row<'_>) -> Result<Option<ReceiptId>, Failure> {
    Ok(row.get::<_, Option<i64>>(5)?.map(ReceiptId::from_rowid))
}

/// How many failed since then, newest minute first.
pub(crate) fn counts(
    database: &Connection,
    since: Timestamp,
) -> Result<Vec<RefusalCount>, Failure> {
    let mut statement = database.prepare_cached(COUNTS)?;
    let mut rows = statement.query([nanoseconds(since).unwrap_or(i64::MIN)])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        counts.push(RefusalCount {
            minute: timestamp(row.get(0)?),
            source: row.get::<_, Arc<str>>(1)?,
            count: row.get(2)?,
        });
    }
    Ok(counts)
}

pub(crate) const COUNTS: &str = "SELECT minute, source, count FROM refusals
     WHERE minute >= ?1 ORDER BY minute DESC, source DESC";
