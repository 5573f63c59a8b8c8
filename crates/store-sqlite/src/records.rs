//! Receipts as rows: how each field is written, and how it is read back.

use bytes::Bytes;
use countersign_domain::{
    ids::ReceiptId,
    receipt::{Answer, Part, Verdict},
};
use countersign_store::{Draft, ReceiptRecord, ReceiptSummary, ReleasedPart, claims::plain_part};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Serialize, de::DeserializeOwned};

use crate::{classes::Class, events, failure::Failure};

/// The part under which the release of a whole receipt is written.
pub(crate) const WHOLE: i64 = -1;

/// Writes one receipt; its id, class and verdict are settled.
pub(crate) fn insert(
    database: &Connection,
    draft: &Draft,
    class: i64,
    duplicate_of: Option<ReceiptId>,
) -> Result<(), Failure> {
    let parts = match &draft.parts[..] {
        [only] if *only == plain_part(draft.verdict) => None,
        parts => Some(json(parts)),
    };
    database
        .prepare_cached(
            "INSERT INTO receipts (id, class, received_at, status, duplicate_of, edition, content,
                 answer, violations, findings, parts, headers, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(rusqlite::params![
            draft.id.rowid(),
            class,
            nanoseconds(draft.received_at)?,
            draft.answer.status,
            duplicate_of.map(ReceiptId::rowid),
            draft.edition.as_deref(),
            draft.content,
            &draft.answer.body[..],
            json_or_null(&draft.violations),
            json_or_null(&draft.findings),
            parts,
            json_or_null(&draft.headers),
            &draft.body[..],
        ])?;
    Ok(())
}

/// Everything about one receipt but its body.
pub(crate) fn receipt(
    database: &Connection,
    id: ReceiptId,
) -> Result<Option<ReceiptRecord>, Failure> {
    // One snapshot for the receipt and its releases.
    let snapshot = database.unchecked_transaction()?;
    let mut statement = snapshot.prepare_cached(
        "SELECT c.source, c.operation, c.verdict, r.received_at, r.violations, r.findings,
                r.duplicate_of, NULL, r.headers, r.edition, r.parts, r.status, r.answer
         FROM receipts r JOIN classes c ON c.id = r.class
         WHERE r.id = ?1",
    )?;
    let mut rows = statement.query([id.rowid()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let class = Class::from_row(row, 0)?;
    let (whole, released_parts) = releases(&snapshot, id)?;
    Ok(Some(ReceiptRecord {
        headers: list(row, 8)?,
        edition: row.get(9)?,
        parts: parts(row, 10, class.verdict)?,
        answer: answer(row, 11)?,
        released_duplicate_of: whole.as_ref().and_then(|it| it.duplicate_of),
        released_changed_from: whole.as_ref().and_then(|it| it.changed_from),
        released_parts,
        events: events::parts(&snapshot, id)?,
        summary: ReceiptSummary {
            released_at: whole.as_ref().map(|it| it.at),
            ..summary(id, class, row, 3)?
        },
    }))
}

/// Reads `received_at, violations, findings, duplicate_of` and the time of the release, which begin
/// at `column`.
pub(crate) fn summary(
    id: ReceiptId,
    class: Class,
    row: &Row<'_>,
    column: usize,
) -> Result<ReceiptSummary, Failure> {
    Ok(ReceiptSummary {
        id,
        source: class.source,
        operation: class.operation,
        verdict: class.verdict,
        received_at: timestamp(row.get(column)?),
        violations: list(row, column + 1)?,
        findings: list(row, column + 2)?,
        duplicate_of: receipt_or_null(row, column + 3)?,
        released_at: row.get::<_, Option<i64>>(column + 4)?.map(timestamp),
    })
}

/// The release of a receipt as a whole, and those of parts.
struct WholeRelease {
    at: Timestamp,
    duplicate_of: Option<ReceiptId>,
    changed_from: Option<ReceiptId>,
}

type Releases = (Option<WholeRelease>, Vec<ReleasedPart>);

fn releases(database: &Connection, id: ReceiptId) -> Result<Releases, Failure> {
    let mut statement = database.prepare_cached(
        "SELECT part, at, duplicate_of, changed_from FROM releases
         WHERE receipt = ?1 ORDER BY part",
    )?;
    let mut rows = statement.query([id.rowid()])?;
    let mut whole = None;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let at = timestamp(row.get(1)?);
        let duplicate_of = receipt_or_null(row, 2)?;
        let changed_from = receipt_or_null(row, 3)?;
        if row.get::<_, i64>(0)? == WHOLE {
            whole = Some(WholeRelease {
                at,
                duplicate_of,
                changed_from,
            });
        } else {
            parts.push(ReleasedPart {
                part: row.get(0)?,
                at,
                duplicate_of,
                changed_from,
            });
        }
    }
    Ok((whole, parts))
}

/// The bytes of one receipt's body.
pub(crate) fn body(database: &Connection, id: ReceiptId) -> Result<Option<Bytes>, Failure> {
    let body: Option<Vec<u8>> = database
        .prepare_cached("SELECT body FROM receipts WHERE id = ?1")?
        .query_row([id.rowid()], |row| row.get(0))
        .optional()?;
    Ok(body.map(Bytes::from))
}

/// The greatest id in use.
pub(crate) fn newest_rowid(database: &Connection) -> Result<i64, Failure> {
    Ok(database.query_row(
        "SELECT max(coalesce((SELECT max(id) FROM receipts), 0),
                    coalesce((SELECT max(id) FROM changes), 0),
                    coalesce((SELECT max(id) FROM decisions), 0),
                    coalesce((SELECT max(id) FROM rejected), 0))",
        [],
        |row| row.get(0),
    )?)
}

/// Reads the id of a receipt that may be missing.
pub(crate) fn receipt_or_null(row: &Row<'_>, column: usize) -> Result<Option<ReceiptId>, Failure> {
    Ok(row
        .get::<_, Option<i64>>(column)?
        .map(ReceiptId::from_rowid))
}

/// Reads `status, answer`, which begin at `column`.
pub(crate) fn answer(row: &Row<'_>, column: usize) -> Result<Answer, Failure> {
    Ok(Answer {
        status: row.get(column)?,
        body: Bytes::from(row.get::<_, Vec<u8>>(column + 1)?),
    })
}

/// Reads the parts of a receipt of this verdict; see [`insert`] for what NULL means.
pub(crate) fn parts(row: &Row<'_>, column: usize, verdict: Verdict) -> Result<Vec<Part>, Failure> {
    match row
        .get_ref(column)?
        .as_bytes_or_null()
        .map_err(rusqlite::Error::from)?
    {
        None => Ok(vec![plain_part(verdict)]),
        Some(text) => from_json(text),
    }
}

/// Reads a JSON list that is NULL where it is empty.
pub(crate) fn list<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Vec<T>, Failure> {
    match row
        .get_ref(column)?
        .as_bytes_or_null()
        .map_err(rusqlite::Error::from)?
    {
        None => Ok(Vec::new()),
        Some(text) => from_json(text),
    }
}

/// Writes a list as JSON, NULL where it is empty.
pub(crate) fn json_or_null<T: Serialize>(items: &[T]) -> Option<String> {
    (!items.is_empty()).then(|| json(items))
}

pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("words of a receipt are plain JSON")
}

fn from_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(text)
        .map_err(|error| Failure::Corrupt(format!("a JSON column: {error}")))
}

/// Nanoseconds since 1970: exact, and enough until the year 2262.
pub(crate) fn nanoseconds(at: Timestamp) -> Result<i64, Failure> {
    i64::try_from(at.as_nanosecond()).map_err(|_| Failure::Refused("a time beyond the year 2262"))
}

/// The time that [`nanoseconds`] wrote.
pub(crate) fn timestamp(nanoseconds: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .expect("sixty-four bits of nanoseconds are within the range of a timestamp")
}
