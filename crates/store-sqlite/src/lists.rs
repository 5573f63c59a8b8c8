//! Lists of receipts by keyset: each page is a few searches in an index, however far back it is.
//!
//! Without a filter on words the rows themselves are walked from the newest. With one, each class
//! that matches is a run of ids in `receipts_by_class`, and the page is the merge of those runs.

use countersign_domain::ids::{ReceiptId, first_rowid_at};
use countersign_store::{Page, ReceiptFilter, ReceiptSummary};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::{classes, failure::Failure, records};

/// All receipts between two ids and two times, both included, newest first.
pub(crate) const ROWS: &str = "SELECT id, class, received_at, violations, findings, duplicate_of,
     (SELECT at FROM releases WHERE receipt = receipts.id AND part = -1)
     FROM receipts
     WHERE id BETWEEN ?1 AND ?2 AND received_at BETWEEN ?3 AND ?4
     ORDER BY id DESC LIMIT ?5";

/// The ids of one class, from the index alone.
pub(crate) const IDS: &str = "SELECT id FROM receipts INDEXED BY receipts_by_class
     WHERE class = ?1 AND id BETWEEN ?2 AND ?3
     ORDER BY id DESC LIMIT ?4";

/// The same, between two times. The id bounds them to the millisecond already, so next to no row
/// is read in vain.
pub(crate) const IDS_WITHIN: &str = "SELECT id FROM receipts INDEXED BY receipts_by_class
     WHERE class = ?1 AND id BETWEEN ?2 AND ?3 AND received_at BETWEEN ?5 AND ?6
     ORDER BY id DESC LIMIT ?4";

/// One receipt of a list.
pub(crate) const ROW: &str = "SELECT id, class, received_at, violations, findings, duplicate_of,
     (SELECT at FROM releases WHERE receipt = receipts.id AND part = -1)
     FROM receipts WHERE id = ?1";

/// What a page may hold, with every end included.
struct Bounds {
    ids: (i64, i64),
    times: Option<(i64, i64)>,
}

impl Bounds {
    /// None if nothing can be within.
    fn of(filter: &ReceiptFilter, page: Page) -> Option<Self> {
        let last = page.before.map_or(Some(i64::MAX), |it| it.checked_sub(1))?;
        let mut bounds = Self {
            ids: (i64::MIN, last),
            times: None,
        };
        if filter.since.is_some() || filter.until.is_some() {
            let since = filter.since.map_or(i64::MIN, clamped_nanoseconds);
            let until = match filter.until {
                None => i64::MAX,
                Some(until) => clamped_nanoseconds(until).checked_sub(1)?,
            };
            bounds.times = Some((since, until));
            bounds.ids.0 = filter
                .since
                .map_or(i64::MIN, |it| first_rowid_at(milliseconds(it)));
            if let Some(until) = filter.until {
                bounds.ids.1 = last.min(last_rowid_at(milliseconds(until)));
            }
        }
        Some(bounds)
    }
}

/// Lists receipts, newest first.
pub(crate) fn receipts(
    database: &Connection,
    filter: &ReceiptFilter,
    page: Page,
) -> Result<Vec<ReceiptSummary>, Failure> {
    let Some(bounds) = Bounds::of(filter, page) else {
        return Ok(Vec::new());
    };
    // One snapshot for the classes, the ids and the rows.
    let snapshot = database.unchecked_transaction()?;
    let classes = classes::all(&snapshot)?;
    let class_of = |id: i64| {
        classes
            .get(&id)
            .cloned()
            .ok_or_else(|| Failure::Corrupt(format!("class {id} is missing")))
    };
    let mut listed = Vec::new();
    let mut take = |row: &rusqlite::Row<'_>| {
        let id = ReceiptId::from_rowid(row.get(0)?);
        listed.push(records::summary(id, class_of(row.get(1)?)?, row, 2)?);
        Ok::<_, Failure>(())
    };

    if filter.source.is_none() && filter.operation.is_none() && filter.verdict.is_none() {
        let (since, until) = bounds.times.unwrap_or((i64::MIN, i64::MAX));
        let mut statement = snapshot.prepare_cached(ROWS)?;
        let mut rows = statement.query((bounds.ids.0, bounds.ids.1, since, until, page.limit))?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        return Ok(listed);
    }

    let matching = classes
        .iter()
        .filter(|(_, it)| it.matches(filter))
        .map(|(id, _)| *id);
    let ids = merged_ids(&snapshot, matching, &bounds, page.limit)?;
    let mut statement = snapshot.prepare_cached(ROW)?;
    for id in ids {
        let mut rows = statement.query([id])?;
        if let Some(row) = rows.next()? {
            take(row)?;
        }
    }
    Ok(listed)
}

/// The newest ids of some classes together. A full page raises the lower end for the classes that
/// are still to be searched.
fn merged_ids(
    database: &Connection,
    classes: impl Iterator<Item = i64>,
    bounds: &Bounds,
    limit: u32,
) -> Result<Vec<i64>, Failure> {
    let (mut low, high) = bounds.ids;
    let mut ids: Vec<i64> = Vec::new();
    for class in classes {
        let mut statement = database.prepare_cached(if bounds.times.is_some() {
            IDS_WITHIN
        } else {
            IDS
        })?;
        let mut rows = match bounds.times {
            None => statement.query((class, low, high, limit))?,
            Some((since, until)) => statement.query((class, low, high, limit, since, until))?,
        };
        while let Some(row) = rows.next()? {
            ids.push(row.get(0)?);
        }
        ids.sort_unstable_by(|one, other| other.cmp(one));
        ids.truncate(limit as usize);
        if let Some(last) = ids.last().filter(|_| ids.len() == limit as usize) {
            low = *last;
        }
    }
    Ok(ids)
}

fn clamped_nanoseconds(at: Timestamp) -> i64 {
    let clamped = at
        .as_nanosecond()
        .clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(clamped).expect("it was clamped")
}

/// The last millisecond that an id can hold.
const LAST_MS: i64 = i64::MAX >> 21;

fn milliseconds(at: Timestamp) -> i64 {
    at.as_millisecond().clamp(0, LAST_MS)
}

fn last_rowid_at(ms: i64) -> i64 {
    if ms == LAST_MS {
        i64::MAX
    } else {
        first_rowid_at(ms + 1) - 1
    }
}
