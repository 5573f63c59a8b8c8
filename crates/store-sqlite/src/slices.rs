//! Tables of random keys, written without a random write for each key.
//!
//! Random keys, inserted one by one into a large table, would each dirty a page of their own and
//! cost more than the receipt. So the new keys of a transaction go into a journal as one row and
//! into memory; when enough have gathered, that generation is merged into the table in sorted
//! slices, one slice with each of the next commits, so that one page takes many keys; then its
//! journal rows go. Claims (who holds what) and labels (what a document is looked up by) are kept
//! so.
//!
//! What always holds: a committed key is found in memory or in the table, and whatever is only in
//! memory is in the journal too. Merging again what was merged changes nothing, so a crash between
//! two slices needs no repair.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{Connection, OptionalExtension};

use crate::{
    failure::Failure,
    filter::Known,
    slice_table::{ENTRY, Table, read_journal},
};

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

/// The keys of one table that the writer knows without asking it.
#[derive(Debug)]
pub(crate) struct Slices {
    table: &'static Table,
    filter: Known,
    /// Of the receipt that is being written.
    tentative: BTreeMap<Key, Value>,
    /// Of the receipts before it in the open transaction.
    fresh: BTreeMap<Key, Value>,
    /// Committed, and only in the journal.
    gathered: BTreeMap<Key, Value>,
    /// The generation that is being merged, sorted; the first `merged` of it are in the table.
    merging: Vec<(Key, Value)>,
    merged: usize,
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
        path: &Path,
        table: &'static Table,
        generation: usize,
    ) -> Result<Self, Failure> {
        let is_empty = !database.prepare(table.keys)?.exists([])?;
        let mut filter = match Known::kept(database, table.name)? {
            Some(kept) => kept,
            None if is_empty => Known::nothing(),
            None => Known::read(path.to_owned(), table.keys),
        };
        let mut entries = Vec::new();
        let mut ids = None;
        read_journal(database, table, |id, batch| {
            ids = Some((ids.map_or(id, |(oldest, _)| oldest), id));
            entries.extend(batch);
        })?;
        entries.iter().for_each(|(key, _)| filter.add(key));
        let (oldest, next) = ids.map_or((1, 1), |(oldest, newest)| (oldest, newest + 1));
        Ok(Self {
            table,
            filter,
            tentative: BTreeMap::new(),
            fresh: BTreeMap::new(),
            // Built from a list, the map is sorted once instead of searched for each; of equal keys
            // the last one stays.
            gathered: entries.into_iter().collect(),
            merging: Vec::new(),
            merged: 0,
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
        if !self.filter.may_hold(&key) {
            return Ok(None);
        }
        if let Some(known) = self.known(key) {
            return Ok(Some(known));
        }
        let merged = database.prepare_cached(self.table.get)?;
        Ok({ merged }.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Notes a key of the receipt that is being written.
    pub(crate) fn put(&mut self, key: Key, value: Value) {
        self.filter.add(&key);
        self.tentative.insert(key, value);
    }

    /// Whether there may be a key that begins with the first eight bytes of this one.
    pub(crate) fn may_begin(&self, key: Key) -> bool {
        self.filter.may_hold(&key)
    }

    /// The keys in memory between two, both included, each with the newest word about it.
    pub(crate) fn known_between(
        &self,
        first: Key,
        last: Key,
    ) -> impl Iterator<Item = (Key, Value)> + '_ {
        let maps = self.layers().flat_map(move |it| it.range(first..=last));
        let rest = self.unmerged_rest();
        let merging = &rest[rest.partition_point(|(key, _)| *key < first)..];
        let merging = merging.iter().take_while(move |(key, _)| *key <= last);
        let words = maps
            .map(|(key, value)| (*key, *value))
            .chain(merging.copied());
        words.filter(|(key, value)| self.known(*key) == Some(*value))
    }

    /// What is known in memory of one key.
    pub(crate) fn known(&self, key: Key) -> Option<Value> {
        let known = self.layers().find_map(|it| it.get(&key)).copied();
        known.or_else(|| {
            let rest = self.unmerged_rest();
            let place = rest.binary_search_by_key(&key, |(it, _)| *it).ok()?;
            Some(rest[place].1)
        })
    }

    /// How many keys are in memory and not in the table.
    pub(crate) fn unmerged(&self) -> usize {
        self.gathered.len() + self.unmerged_rest().len()
    }

    /// From the newest word to the oldest; older ones are being merged.
    fn layers(&self) -> impl Iterator<Item = &BTreeMap<Key, Value>> {
        [&self.tentative, &self.fresh, &self.gathered].into_iter()
    }

    /// What is being merged and is not in the table yet.
    fn unmerged_rest(&self) -> &[(Key, Value)] {
        &self.merging[self.merged..]
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
        if self.unmerged_rest().is_empty() {
            if self.journal.oldest < self.journal.merging_until {
                self.prune(database, self.journal.merging_until)?;
            }
            self.begin_merging();
        }
        self.merge(database, count)
    }

    fn merge(&mut self, database: &Connection, count: usize) -> Result<(), Failure> {
        self.slice = self.unmerged_rest().len().min(count);
        if self.slice > 0 {
            let slice = &self.unmerged_rest()[..self.slice];
            self.table.merge(database, slice)?;
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

    /// Writes down what the filter knows: the last thing before a clean end.
    pub(crate) fn keep_filter(&self, database: &Connection) -> Result<(), Failure> {
        self.filter.keep(database, self.table.name)
    }

    /// The open transaction is durable.
    pub(crate) fn committed(&mut self) {
        self.filter.catch_up();
        self.gathered.extend(std::mem::take(&mut self.fresh));
        self.merged += self.slice;
        self.slice = 0;
        if self.unmerged_rest().is_empty() {
            self.merging = Vec::new();
            self.merged = 0;
        }
        if std::mem::take(&mut self.journals) {
            self.journal.next += 1;
        }
        self.journal.oldest = self.journal.kept_from;
        if self.is_merged() && self.gathered.len() >= self.generation {
            self.begin_merging();
        }
    }

    fn is_merged(&self) -> bool {
        self.unmerged_rest().is_empty() && self.journal.oldest == self.journal.merging_until
    }

    fn begin_merging(&mut self) {
        self.merging = std::mem::take(&mut self.gathered).into_iter().collect();
        self.merged = 0;
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
