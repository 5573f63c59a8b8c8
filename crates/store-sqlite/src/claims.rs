//! Claims: which receipt holds which key, without a random write for each.
//!
//! Keys are random. Inserted one by one into a large table, each would dirty a page of its own and
//! cost more than the receipt. So the new claims of a transaction go into the journal as one row
//! (`claim_batches`) and into memory; when enough have gathered, that generation is merged into the
//! table in sorted slices, one slice with each of the next commits, so that one page takes many
//! keys; then its journal rows go.
//!
//! What always holds: a committed claim is found in memory or in the table, and whatever is only in
//! memory is in the journal too. Merging again what was merged changes nothing, so a crash between
//! two slices needs no repair.

use std::collections::{BTreeMap, HashMap};

use countersign_domain::ids::ReceiptId;
use countersign_store::claims::ClaimKey;
use rusqlite::{Connection, OptionalExtension};

use crate::failure::Failure;

/// Claims merged with one commit, at least; twice as many as it adds, if that is more, so that a
/// generation is merged before the next one is full.
const SLICE: usize = 64;

/// Rows of the journal that go with one commit.
const JOURNAL_SLICE: i64 = 64;

/// Bytes of one claim in the journal: the key and the receipt.
const ENTRY: usize = 24;

/// The claims that the writer knows without asking the table.
#[derive(Debug)]
pub(crate) struct Claims {
    /// Made in the transaction that is open.
    fresh: HashMap<ClaimKey, ReceiptId>,
    /// Committed, and only in the journal.
    gathered: BTreeMap<ClaimKey, ReceiptId>,
    /// The generation that is being merged: what is not in the table yet.
    merging: BTreeMap<ClaimKey, ReceiptId>,
    /// How many of `merging` the open transaction merges.
    slice: usize,
    journal: Journal,
    /// How many are gathered before they are merged.
    generation: usize,
}

/// Which rows of the journal are for what.
#[derive(Clone, Copy, Debug)]
struct Journal {
    /// The first row that is there, or will be.
    oldest: i64,
    /// The first row that is not of the generation being merged.
    merging_until: i64,
    /// The row to be written next.
    next: i64,
    /// The first row that stays when the open transaction commits.
    kept_from: i64,
}

impl Claims {
    /// Reads the journal back.
    pub(crate) fn open(database: &Connection, generation: usize) -> Result<Self, Failure> {
        let mut entries = Vec::new();
        let mut ids = None;
        let mut statement =
            database.prepare("SELECT id, entries FROM claim_batches ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            ids = Some((ids.map_or(id, |(oldest, _)| oldest), id));
            let batch = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            if batch.len() % ENTRY != 0 {
                return Err(Failure::Corrupt(format!(
                    "row {id} of claim_batches is cut off"
                )));
            }
            entries.extend(batch.chunks_exact(ENTRY).map(read_entry));
        }
        let (oldest, next) = ids.map_or((1, 1), |(oldest, newest)| (oldest, newest + 1));
        Ok(Self {
            fresh: HashMap::new(),
            // Built from a list, the map is sorted once instead of searched for each.
            gathered: entries.into_iter().collect(),
            merging: BTreeMap::new(),
            slice: 0,
            journal: Journal {
                oldest,
                merging_until: oldest,
                next,
                kept_from: oldest,
            },
            generation,
        })
    }

    /// Who holds a claim, the drafts before this one in the open transaction included.
    pub(crate) fn holder(
        &self,
        database: &Connection,
        key: ClaimKey,
    ) -> Result<Option<ReceiptId>, Failure> {
        let known = self.fresh.get(&key).or_else(|| self.gathered.get(&key));
        if let Some(receipt) = known.or_else(|| self.merging.get(&key)) {
            return Ok(Some(*receipt));
        }
        let merged: Option<i64> = database
            .prepare_cached("SELECT receipt FROM claims WHERE key = ?1")?
            .query_row([key.to_bytes()], |row| row.get(0))
            .optional()?;
        Ok(merged.map(ReceiptId::from_rowid))
    }

    /// Notes a claim of the open transaction. Nobody holds it, and its receipt is written.
    pub(crate) fn claim(&mut self, key: ClaimKey, receipt: ReceiptId) {
        self.fresh.insert(key, receipt);
    }

    /// Writes what the open transaction claimed, and merges a slice: the last step before COMMIT.
    pub(crate) fn write(&mut self, database: &Connection) -> Result<(), Failure> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(self.fresh.len() * ENTRY);
        for (key, receipt) in &self.fresh {
            entries.extend_from_slice(&key.to_bytes());
            entries.extend_from_slice(&receipt.rowid().to_be_bytes());
        }
        database
            .prepare_cached("INSERT INTO claim_batches (id, entries) VALUES (?1, ?2)")?
            .execute((self.journal.next, entries))?;

        self.slice = self.merging.len().min(SLICE.max(2 * self.fresh.len()));
        if self.slice > 0 {
            let mut merge = database.prepare_cached(
                "INSERT INTO claims (key, receipt) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?;
            for (key, receipt) in self.merging.iter().take(self.slice) {
                merge.execute((key.to_bytes(), receipt.rowid()))?;
            }
        } else if self.journal.oldest < self.journal.merging_until {
            // The whole generation is in the table: its journal goes, a few rows at a time.
            self.journal.kept_from = self
                .journal
                .merging_until
                .min(self.journal.oldest + JOURNAL_SLICE);
            database
                .prepare_cached("DELETE FROM claim_batches WHERE id < ?1")?
                .execute([self.journal.kept_from])?;
        }
        Ok(())
    }

    /// The open transaction is durable.
    pub(crate) fn committed(&mut self) {
        if self.fresh.is_empty() {
            return;
        }
        self.gathered.extend(self.fresh.drain());
        for _ in 0..self.slice {
            self.merging.pop_first();
        }
        self.slice = 0;
        self.journal.next += 1;
        self.journal.oldest = self.journal.kept_from;
        let merged = self.merging.is_empty() && self.journal.oldest == self.journal.merging_until;
        if merged && self.gathered.len() >= self.generation {
            self.merging = std::mem::take(&mut self.gathered);
            self.journal.merging_until = self.journal.next;
        }
    }

    /// The open transaction left nothing behind.
    pub(crate) fn rolled_back(&mut self) {
        self.fresh.clear();
        self.slice = 0;
        self.journal.kept_from = self.journal.oldest;
    }
}

fn read_entry(entry: &[u8]) -> (ClaimKey, ReceiptId) {
    let (key, receipt) = entry
        .split_first_chunk()
        .expect("an entry is longer than a key");
    let receipt = receipt
        .try_into()
        .expect("the rest of an entry is a row id");
    (
        ClaimKey::from_bytes(*key),
        ReceiptId::from_rowid(i64::from_be_bytes(receipt)),
    )
}
