//! The tables that are written in slices ([`crate::slices`]): their statements, and what their
//! journals hold.

use std::collections::BTreeMap;

use rusqlite::{Connection, Statement};

use crate::{
    failure::Failure,
    slices::{ABSENT, Key, Value},
};

/// Keys that one statement puts.
const TOGETHER: usize = 8;

/// Bytes of one key in the journal, its value included.
pub(crate) const ENTRY: usize = 24;

/// The statements of one such table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) read_journal: &'static str,
    pub(crate) write_journal: &'static str,
    pub(crate) prune_journal: &'static str,
    pub(crate) put: &'static str,
    /// The same for [`TOGETHER`] keys at once, which costs half as much for each. With `OR IGNORE`
    /// nothing can abort it half-way, so that SQLite keeps no journal of the statement.
    pub(crate) put_together: &'static str,
    /// Takes out what is [`ABSENT`]; a table without this keeps whatever it was given.
    pub(crate) take: Option<&'static str>,
    pub(crate) get: &'static str,
    pub(crate) keys: &'static str,
}

/// Who holds a claim.
pub(crate) const CLAIMS: Table = Table {
    name: "claims",
    read_journal: "SELECT id, entries FROM claim_batches ORDER BY id",
    write_journal: "INSERT INTO claim_batches (id, entries) VALUES (?1, ?2)",
    prune_journal: "DELETE FROM claim_batches WHERE id < ?1",
    put: "INSERT OR IGNORE INTO claims (key, holder) VALUES (?1, ?2)",
    put_together: "INSERT OR IGNORE INTO claims (key, holder) VALUES
        (?1, ?2), (?3, ?4), (?5, ?6), (?7, ?8), (?9, ?10), (?11, ?12), (?13, ?14), (?15, ?16)",
    take: None,
    get: "SELECT holder FROM claims WHERE key = ?1",
    keys: "SELECT key FROM claims",
};

/// What documents are looked up by: a key is a label and the document's number.
pub(crate) const LABELS: Table = Table {
    name: "labels",
    read_journal: "SELECT id, entries FROM label_batches ORDER BY id",
    write_journal: "INSERT INTO label_batches (id, entries) VALUES (?1, ?2)",
    prune_journal: "DELETE FROM label_batches WHERE id < ?1",
    put: "INSERT OR IGNORE INTO labels (entry) VALUES (?1)",
    put_together: "INSERT OR IGNORE INTO labels (entry)
        VALUES (?1), (?2), (?3), (?4), (?5), (?6), (?7), (?8)",
    take: Some("DELETE FROM labels WHERE entry = ?1"),
    get: "SELECT 1 FROM labels WHERE entry = ?1",
    keys: "SELECT entry FROM labels",
};

impl Table {
    /// Takes out what is absent and puts the rest, many keys with one statement.
    pub(crate) fn merge(
        &self,
        database: &Connection,
        keys: &[(Key, Value)],
    ) -> Result<(), Failure> {
        let mut come = keys.to_vec();
        if let Some(take) = self.take {
            let mut take = database.prepare_cached(take)?;
            for (key, _) in come.iter().filter(|(_, value)| *value == ABSENT) {
                take.execute([key])?;
            }
            come.retain(|(_, value)| *value != ABSENT);
        }
        let together = come.chunks_exact(TOGETHER);
        let rest = together.remainder();
        let mut put = database.prepare_cached(self.put_together)?;
        for keys in together {
            self.put_keys(&mut put, keys)?;
        }
        let mut put = database.prepare_cached(self.put)?;
        for key in rest {
            self.put_keys(&mut put, std::slice::from_ref(key))?;
        }
        Ok(())
    }

    fn put_keys(&self, put: &mut Statement<'_>, keys: &[(Key, Value)]) -> Result<(), Failure> {
        let mut parameter = 0;
        for (key, value) in keys {
            parameter += 1;
            put.raw_bind_parameter(parameter, key)?;
            if self.take.is_none() {
                parameter += 1;
                put.raw_bind_parameter(parameter, value)?;
            }
        }
        put.raw_execute()?;
        Ok(())
    }
}

/// What the journal says last of the keys that are wanted.
pub(crate) fn last_in_journal(
    database: &Connection,
    table: &Table,
    is_wanted: impl Fn(&Key) -> bool,
) -> Result<BTreeMap<Key, Value>, Failure> {
    let mut last = BTreeMap::new();
    read_journal(database, table, |_, entries| {
        last.extend(entries.filter(|(key, _)| is_wanted(key)));
    })?;
    Ok(last)
}

/// Reads the rows of a journal, the oldest first.
pub(crate) fn read_journal(
    database: &Connection,
    table: &Table,
    mut each: impl FnMut(i64, &mut dyn Iterator<Item = (Key, Value)>),
) -> Result<(), Failure> {
    let mut statement = database.prepare_cached(table.read_journal)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let batch = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        if batch.len() % ENTRY != 0 {
            return Err(Failure::Corrupt(format!(
                "row {id} of a journal is cut off"
            )));
        }
        each(id, &mut batch.chunks_exact(ENTRY).map(read_entry));
    }
    Ok(())
}

fn read_entry(entry: &[u8]) -> (Key, Value) {
    let (key, value) = entry
        .split_first_chunk()
        .expect("an entry is longer than a key");
    let value = value.try_into().expect("the rest of an entry is a value");
    (*key, i64::from_be_bytes(value))
}
