//! A filter that knows which keys cannot be there.
//!
//! Nearly every key that is looked up is new, and a table of millions of random keys takes the
//! longest to say so. The filter says it from memory. It may take a key for known that is not (one
//! in a hundred, at six million keys), never the other way round; then the table is asked.
//!
//! It is kept in the database between a clean end and the next start. After a crash a thread of its
//! own reads the keys back, slowly, so that a start need not wait for it. What it does not do:
//! forget. A key that is taken out stays known to the filter.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, TryRecvError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rusqlite::{Connection, OptionalExtension};

use crate::{connection, failure::Failure, slices::Key};

/// Eight megabytes, of which only those that hold keys take memory.
const BITS: u64 = 1 << 26;

/// How many bits of the filter a key sets.
const PROBES: u64 = 4;

/// Keys that are read back before the thread rests, so that receipts come first.
const CHUNK: u64 = 4096;

/// How long it rests.
const REST: Duration = Duration::from_millis(5);

/// Which keys may be there, by their first eight bytes, which are random.
#[derive(Debug)]
pub(crate) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    fn new() -> Self {
        Self {
            words: vec![0; usize::try_from(BITS / 64).expect("a small number")],
        }
    }

    pub(crate) fn add(&mut self, key: &Key) {
        for (word, bit) in places(key) {
            self.words[word] |= bit;
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks();
        let words: Vec<u64> = words.iter().map(|it| u64::from_le_bytes(*it)).collect();
        let is_whole = rest.is_empty() && words.len() as u64 == BITS / 64;
        is_whole.then_some(Self { words })
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    fn may_hold(&self, key: &Key) -> bool {
        places(key).all(|(word, bit)| self.words[word] & bit != 0)
    }

    fn add_all(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            // Pages that hold nothing stay untouched, and so take no memory.
            if *theirs != 0 {
                *mine |= theirs;
            }
        }
    }
}

fn places(key: &Key) -> impl Iterator<Item = (usize, u64)> {
    let first = key.first_chunk().expect("a key is longer than its hash");
    let hash = u64::from_be_bytes(*first);
    let step = hash.rotate_left(32) | 1;
    (0..PROBES).map(move |probe| {
        let place = hash.wrapping_add(probe.wrapping_mul(step)) % BITS;
        let word = usize::try_from(place / 64).expect("the filter fits in memory");
        (word, 1 << (place % 64))
    })
}

/// A filter with what is still being read into it.
#[derive(Debug)]
pub(crate) struct Known {
    filter: Filter,
    /// None once the filter knows every key.
    reading: Option<Reading>,
}

#[derive(Debug)]
struct Reading {
    read: mpsc::Receiver<Filter>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Known {
    /// Knows nothing, of a table in which nothing is.
    pub(crate) fn nothing() -> Self {
        Self {
            filter: Filter::new(),
            reading: None,
        }
    }

    /// Knows what was written down at a clean end, if it was.
    pub(crate) fn kept(database: &Connection, name: &str) -> Result<Option<Self>, Failure> {
        let bytes: Option<Vec<u8>> = database
            .prepare("SELECT words FROM filters WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        let filter = bytes.and_then(|it| Filter::from_bytes(&it));
        Ok(filter.map(|filter| Self {
            filter,
            reading: None,
        }))
    }

    /// Writes down what is known, if that is everything: the last thing before a clean end.
    pub(crate) fn keep(&self, database: &Connection, name: &str) -> Result<(), Failure> {
        if self.reading.is_none() {
            database
                .prepare("INSERT OR REPLACE INTO filters (name, words) VALUES (?1, ?2)")?
                .execute((name, self.filter.to_bytes()))?;
        }
        Ok(())
    }

    /// Begins to read the keys of a table that is not empty; until that is done, every key may be
    /// there.
    pub(crate) fn read(path: PathBuf, keys: &'static str) -> Self {
        let (send, read) = mpsc::sync_channel(1);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let body = move || match keys_of(&path, keys, &stopped) {
            Ok(filter) => drop(send.send(filter)),
            Err(failure) => {
                let error = countersign_store::StoreError::from(failure);
                tracing::warn!(%error, "keys are looked up without the help of a filter");
            }
        };
        let thread = thread::Builder::new().name("store-filter".to_owned());
        Self {
            filter: Filter::new(),
            reading: Some(Reading {
                read,
                stop,
                // Without the thread the channel is closed: keys are looked up without help.
                thread: thread.spawn(body).ok(),
            }),
        }
    }

    pub(crate) fn add(&mut self, key: &Key) {
        self.filter.add(key);
    }

    /// Whether a key, or another one with the same first eight bytes, may be there.
    pub(crate) fn may_hold(&self, key: &Key) -> bool {
        self.reading.is_some() || self.filter.may_hold(key)
    }

    /// Takes over what was read meanwhile.
    pub(crate) fn catch_up(&mut self) {
        let Some(reading) = &self.reading else { return };
        match reading.read.try_recv() {
            Ok(filter) => {
                self.filter.add_all(&filter);
                self.reading = None;
            }
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that reads keys panicked");
        }
    }
}

fn keys_of(path: &Path, keys: &str, stop: &AtomicBool) -> Result<Filter, Failure> {
    let database: Connection = connection::reader(path)?;
    let (mut filter, mut count) = (Filter::new(), 0_u64);
    let mut statement = database.prepare(keys)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        filter.add(&row.get(0)?);
        count += 1;
        if count % CHUNK == 0 {
            thread::sleep(REST);
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn key(number: u32) -> Key {
        let digest: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
        *digest.first_chunk().unwrap()
    }

    #[test]
    fn what_was_added_may_be_there_and_little_else() {
        let mut filter = Filter::new();
        (0..200_000).for_each(|it| filter.add(&key(it)));
        assert!((0..200_000).all(|it| filter.may_hold(&key(it))));
        let wrong = (200_000..300_000).filter(|it| filter.may_hold(&key(*it)));
        let wrong = wrong.count();
        assert!(wrong < 100, "{wrong} of 100,000 are taken for known");
    }

    #[test]
    fn two_filters_together_know_what_either_does() {
        let (mut one, mut other) = (Filter::new(), Filter::new());
        one.add(&key(1));
        other.add(&key(2));
        one.add_all(&other);
        assert!(one.may_hold(&key(1)) && one.may_hold(&key(2)));
        assert!(!one.may_hold(&key(3)));
    }
}
