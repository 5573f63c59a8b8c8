//! Tables of random keys, written without a random write for each key.
//!
//! Random keys, inserted one by one into a large table, would each dirty a page of their own and
//! cost more than the receipt. So the new keys of a transaction go into a journal as one row and
//! into memory; when enough have gathered, that generation is merged into the table in sorted
//! slices, one slice with each of the next commits, so that one page takes many keys; then its
//! journal rows go. Claims (who holds what) and labels (what a document is looked up by) are kept so.
//!
//! What always holds: a committed key is found in memory or in the table, and whatever is only in
//! memory is in the journal too. Merging again what was merged changes nothing, so a crash between
//! two slices needs no repair.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::failure::Failure;

/// A key: sixteen bytes that sort as the table does.
pub(crate) type Key = [u8; 16];

/// What a key has: the holder of a claim, or [`PRESENT`] or [`ABSENT`].
pub(crate) type Value = i64;

/// A label that stands.
pub(crate) const PRESENT: Value = 1;

/// A label that no longer stands.
pub(crate) const ABSENT: Value = 0;

/// Keys merged with one commit, at least; twice as many as it adds, if that is more, so that a
/// generation is merged before the next one is full.
const SLICE: usize = 64;

/// Rows of the journal that go with one commit.
const JOURNAL_SLICE: i64 = 64;

/// Bytes of one key in the journal, its value included.
const ENTRY: usize = 24;

/// The statements of one such table.
#[derive(Debug)]
pub(crate) struct Table {
    read_journal: &'static str,
    write_journal: &'static str,
    prune_journal: &'static str,
    put: &'static str,
    /// Takes out what is [`ABSENT`]; a table without this keeps whatever it was given.
    take: Option<&'static str>,
    get: &'static str,
}

/// Who holds a claim.
pub(crate) const CLAIMS: Table = Table {
    read_journal: "SELECT id, entries FROM claim_batches ORDER BY id",
    write_journal: "INSERT INTO claim_batches (id, entries) VALUES (?1, ?2)",
    prune_journal: "DELETE FROM claim_batches WHERE id < ?1",
    put: "INSERT INTO claims (key, holder) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    take: None,
    get: "SELECT holder FROM claims WHERE key = ?1",
};

/// What documents are looked up by: a key is a label and the document's number.
pub(crate) const LABELS: Table = Table {
    read_journal: "SELECT id, entries FROM label_batches ORDER BY id",
    write_journal: "INSERT INTO label_batches (id, entries) VALUES (?1, ?2)",
    prune_journal: "DELETE FROM label_batches WHERE id < ?1",
    put: "INSERT INTO labels (entry) VALUES (?1) ON CONFLICT DO NOTHING",
    take: Some("DELETE FROM labels WHERE entry = ?1"),
    get: "SELECT 1 FROM labels WHERE entry = ?1",
};

/// The keys of one table that the writer knows without asking it.
#[derive(Debug)]
pub(crate) struct Slices {
    table: &'static Table,
    /// Of the receipt that is being written.
    tentative: BTreeMap<Key, Value>,
    /// Of the receipts before it in the open transaction.
    fresh: BTreeMap<Key, Value>,
    /// Committed, and only in the journal.
    gathered: BTreeMap<Key, Value>,
    /// The generation that is being merged: what is not in the table yet.
    merging: BTreeMap<Key, Value>,
    /// How many of `merging` the open transaction merges.
    slice: usize,
    /// The open transaction writes a row of the journal.
    journals: bool,
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

impl Slices {
    /// Reads the journal back.
    pub(crate) fn open(
        database: &Connection,
        table: &'static Table,
        generation: usize,
    ) -> Result<Self, Failure> {
        let mut entries = Vec::new();
        let mut ids = None;
        let mut statement = database.prepare(table.read_journal)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            ids = Some((ids.map_or(id, |(oldest, _)| oldest), id));
            let batch = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            if batch.len() % ENTRY != 0 {
                return Err(Failure::Corrupt(format!(
                    "row {id} of a journal is cut off"
                )));
            }
            entries.extend(batch.chunks_exact(ENTRY).map(read_entry));
        }
        let (oldest, next) = ids.map_or((1, 1), |(oldest, newest)| (oldest, newest + 1));
        Ok(Self {
            table,
            tentative: BTreeMap::new(),
            fresh: BTreeMap::new(),
            // Built from a list, the map is sorted once instead of searched for each; of equal keys
            // the last one stays.
            gathered: entries.into_iter().collect(),
            merging: BTreeMap::new(),
            slice: 0,
            journals: false,
            journal: Journal {
                oldest,
                merging_until: oldest,
                next,
                kept_from: oldest,
            },
            generation,
        })
    }

    /// What a key has, the receipts before this one in the open transaction included.
    pub(crate) fn get(&self, database: &Connection, key: Key) -> Result<Option<Value>, Failure> {
        if let Some(known) = self.layers().find_map(|it| it.get(&key)) {
            return Ok(Some(*known));
        }
        let merged = database.prepare_cached(self.table.get)?;
        Ok({ merged }.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Notes a key of the receipt that is being written.
    pub(crate) fn put(&mut self, key: Key, value: Value) {
        self.tentative.insert(key, value);
    }

    /// What is known in memory of the keys between two, both included: the newest word of each.
    pub(crate) fn known_between(&self, first: Key, last: Key) -> BTreeMap<Key, Value> {
        let mut known = BTreeMap::new();
        for layer in self.layers().rev() {
            known.extend(layer.range(first..=last).map(|(key, value)| (*key, *value)));
        }
        known
    }

    /// How many keys are in memory and not in the table.
    pub(crate) fn unmerged(&self) -> usize {
        self.gathered.len() + self.merging.len()
    }

    /// From the newest word to the oldest.
    fn layers(&self) -> impl DoubleEndedIterator<Item = &BTreeMap<Key, Value>> {
        [&self.tentative, &self.fresh, &self.gathered, &self.merging].into_iter()
    }

    /// The receipt is written: its keys count with the open transaction.
    pub(crate) fn keep_tentative(&mut self) {
        self.fresh.extend(std::mem::take(&mut self.tentative));
    }

    /// The receipt could not be written.
    pub(crate) fn forget_tentative(&mut self) {
        self.tentative.clear();
    }

    /// Writes the keys of the open transaction, and merges a slice: the last step before COMMIT.
    pub(crate) fn write(&mut self, database: &Connection) -> Result<(), Failure> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(self.fresh.len() * ENTRY);
        for (key, value) in &self.fresh {
            entries.extend_from_slice(key);
            entries.extend_from_slice(&value.to_be_bytes());
        }
        self.journals = true;
        database
            .prepare_cached(self.table.write_journal)?
            .execute((self.journal.next, entries))?;
        self.merge(database, SLICE.max(2 * self.fresh.len()))
    }

    /// Merges at most `count` keys, of a generation that is not full too: for quiet times, when
    /// nobody waits for a commit and somebody may want to read.
    pub(crate) fn settle(&mut self, database: &Connection, count: usize) -> Result<(), Failure> {
        if self.merging.is_empty() {
            if self.journal.oldest < self.journal.merging_until {
                self.prune(database, self.journal.merging_until)?;
            }
            self.begin_merging();
        }
        self.merge(database, count)
    }

    fn merge(&mut self, database: &Connection, count: usize) -> Result<(), Failure> {
        self.slice = self.merging.len().min(count);
        if self.slice > 0 {
            let mut put = database.prepare_cached(self.table.put)?;
            let mut take = self
                .table
                .take
                .map(|it| database.prepare_cached(it))
                .transpose()?;
            for (key, value) in self.merging.iter().take(self.slice) {
                match &mut take {
                    None => put.execute((key, value))?,
                    Some(take) if *value == ABSENT => take.execute([key])?,
                    Some(_) => put.execute([key])?,
                };
            }
        } else if self.journal.oldest < self.journal.merging_until {
            // The whole generation is in the table: its journal goes, a few rows at a time.
            let until = self.journal.oldest + JOURNAL_SLICE;
            self.prune(database, until.min(self.journal.merging_until))?;
        }
        Ok(())
    }

    fn prune(&mut self, database: &Connection, until: i64) -> Result<(), Failure> {
        self.journal.kept_from = until;
        database
            .prepare_cached(self.table.prune_journal)?
            .execute([until])?;
        Ok(())
    }

    /// The open transaction is durable.
    pub(crate) fn committed(&mut self) {
        self.gathered.extend(std::mem::take(&mut self.fresh));
        for _ in 0..self.slice {
            self.merging.pop_first();
        }
        self.slice = 0;
        if std::mem::take(&mut self.journals) {
            self.journal.next += 1;
        }
        self.journal.oldest = self.journal.kept_from;
        if self.is_merged() && self.gathered.len() >= self.generation {
            self.begin_merging();
        }
    }

    fn is_merged(&self) -> bool {
        self.merging.is_empty() && self.journal.oldest == self.journal.merging_until
    }

    fn begin_merging(&mut self) {
        self.merging = std::mem::take(&mut self.gathered);
        self.journal.merging_until = self.journal.next;
    }

    /// The open transaction left nothing behind.
    pub(crate) fn rolled_back(&mut self) {
        self.tentative.clear();
        self.fresh.clear();
        self.slice = 0;
        self.journals = false;
        self.journal.kept_from = self.journal.oldest;
    }
}

fn read_entry(entry: &[u8]) -> (Key, Value) {
    let (key, value) = entry
        .split_first_chunk()
        .expect("an entry is longer than a key");
    let value = value.try_into().expect("the rest of an entry is a value");
    (*key, i64::from_be_bytes(value))
}
