//! Finding a key that an object has twice.
//!
//! Small objects compare every pair. Larger ones sort their keys by a hash, and those of one hash by
//! their characters: n log n whatever the sender makes of the hash, and no randomness is needed.

use std::cmp::Ordering;

use super::{document::Node, error::Fault, string::Raw};
use crate::receipt::ViolationCode;

/// Up to so many members, comparing all pairs is the cheapest.
const FEW: usize = 8;

/// The memory of the search, kept from one object to the next.
#[derive(Default)]
pub(super) struct Duplicates {
    /// A hash in the upper half, the index of the key's node in the lower.
    keys: Vec<u64>,
}

impl Duplicates {
    /// Fails at the first key that repeats an earlier one, among the members from node `first` on.
    pub(super) fn check(
        &mut self,
        text: &str,
        nodes: &[Node],
        first: usize,
        members: usize,
    ) -> Result<(), Fault> {
        let found = if members <= FEW {
            among_few(text, nodes, first, members)
        } else {
            self.among_many(text, nodes, first, members)
        };
        match found {
            None => Ok(()),
            Some(node) => {
                let offset = nodes[node].start as usize;
                let message = "this object has the same key twice";
                Err(Fault::new(ViolationCode::DuplicateKey, offset, message))
            }
        }
    }

    fn among_many(
        &mut self,
        text: &str,
        nodes: &[Node],
        first: usize,
        members: usize,
    ) -> Option<usize> {
        self.keys.clear();
        self.keys
            .extend(key_nodes(nodes, first, members).map(|node| {
                let hash = u64::from(hash(nodes[node].raw(text)));
                hash << 32 | node as u64
            }));
        self.keys.sort_unstable();
        let same_hash = |a: &u64, b: &u64| a >> 32 == b >> 32;
        let groups = self
            .keys
            .chunk_by_mut(same_hash)
            .filter(|group| group.len() > 1);
        groups
            .filter_map(|group| among_equal_hashes(text, nodes, group))
            .min()
    }
}

/// The nodes of an object's keys: each value's node knows which one follows it.
fn key_nodes(nodes: &[Node], first: usize, members: usize) -> impl Iterator<Item = usize> {
    let mut key = first;
    (0..members).map(move |_| {
        let this = key;
        key = nodes
            .get(this + 1)
            .map_or(nodes.len(), |value| value.next as usize);
        this
    })
}

fn among_few(text: &str, nodes: &[Node], first: usize, members: usize) -> Option<usize> {
    let mut seen = [Raw {
        text: "",
        escaped: false,
    }; FEW];
    for (count, node) in key_nodes(nodes, first, members).enumerate() {
        let key = nodes[node].raw(text);
        if seen[..count].iter().any(|earlier| same(*earlier, key)) {
            return Some(node);
        }
        seen[count] = key;
    }
    None
}

fn same(a: Raw<'_>, b: Raw<'_>) -> bool {
    if a.escaped || b.escaped {
        a.compare(b) == Ordering::Equal
    } else {
        a.text == b.text
    }
}

/// Sorts the keys of one hash by their characters, so that equal ones meet.
fn among_equal_hashes(text: &str, nodes: &[Node], group: &mut [u64]) -> Option<usize> {
    let node = |key: u64| (key & u64::from(u32::MAX)) as usize;
    let compare = |a: u64, b: u64| nodes[node(a)].raw(text).compare(nodes[node(b)].raw(text));
    group.sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
    let pairs = group
        .windows(2)
        .filter(|pair| compare(pair[0], pair[1]) == Ordering::Equal);
    pairs.map(|pair| node(pair[1])).min()
}

/// A quick hash of a key's characters; a poor one costs time, never correctness.
fn hash(key: Raw<'_>) -> u32 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER);
    let text = key.decoded();
    let mut chunks = text.as_bytes().chunks_exact(8);
    let mut hash = text.len() as u64;
    for chunk in &mut chunks {
        hash = mix(
            hash,
            u64::from_le_bytes(chunk.try_into().expect("chunks of eight bytes")),
        );
    }
    let tail = chunks
        .remainder()
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    (mix(hash, tail) >> 32) as u32
}
