//! A bound on the bytes of all bodies in memory at once.
//!
//! Bytes are taken from the budget as they arrive and given back when the last holder of the body
//! lets go of it, be that the request, the queue in front of the store or the store itself.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;

/// The bytes that may still be taken.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    total: usize,
    free: Arc<AtomicUsize>,
}

/// Bytes taken from a budget; they are given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    free: Arc<AtomicUsize>,
    bytes: usize,
}

impl Budget {
    /// A budget of that many bytes.
    pub(crate) fn of(total: usize) -> Self {
        Self {
            total,
            free: Arc::new(AtomicUsize::new(total)),
        }
    }

    /// Takes nothing yet; [`Held::more`] takes.
    pub(crate) fn open(&self) -> Held {
        Held {
            free: Arc::clone(&self.free),
            bytes: 0,
        }
    }

    /// The bytes that are taken now.
    pub(crate) fn used(&self) -> usize {
        self.total.saturating_sub(self.free.load(Ordering::Relaxed))
    }
}

impl Held {
    /// Takes more bytes; `false` when there are not that many left, and then nothing is taken.
    pub(crate) fn more(&mut self, bytes: usize) -> bool {
        let taken = self
            .free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| {
                free.checked_sub(bytes)
            });
        if taken.is_ok() {
            self.bytes += bytes;
        }
        taken.is_ok()
    }

    /// Ties what was taken to the bytes that it was taken for.
    pub(crate) fn tie(self, bytes: Vec<u8>) -> Bytes {
        Bytes::from_owner(Tied { bytes, _held: self })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.free.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

struct Tied {
    bytes: Vec<u8>,
    _held: Held,
}

impl AsRef<[u8]> for Tied {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back_with_the_last_copy_of_the_bytes() {
        let budget = Budget::of(10);
        let mut held = budget.open();
        assert!(held.more(4) && held.more(6) && !held.more(1));
        let bytes = held.tie(vec![7; 10]);
        let copy = bytes.clone();
        drop(bytes);
        assert_eq!(budget.used(), 10);
        assert_eq!(copy[..], [7; 10]);
        drop(copy);
        assert_eq!(budget.used(), 0);
    }
}
