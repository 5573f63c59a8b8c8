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
    /// The hash of each key, and its node.
    keys: Vec<(u64, usize)>,
}

/// The members of one object.
#[derive(Clone, Copy)]
pub(super) struct MembersOf<'s> {
    pub(super) text: &'s str,
    pub(super) nodes: &'s [Node],
    /// The node of the first key.
    pub(super) first: usize,
    pub(super) count: usize,
}

impl Duplicates {
    /// Fails at the first key that repeats an earlier one.
    pub(super) fn check(&mut self, members: MembersOf<'_>) -> Result<(), Fault> {
        let few = members.count <= FEW;
        let found = if few {
            among_few(members)
        } else {
            self.among_many(members)
        };
        found.map_or(Ok(()), |node| {
            let offset = members.nodes[node].start as usize;
            let message = "this object has the same key twice";
            Err(Fault::new(ViolationCode::DuplicateKey, offset, message))
        })
    }

    fn among_many(&mut self, members: MembersOf<'_>) -> Option<usize> {
        self.keys.clear();
        self.keys
            .extend(members.keys().map(|node| (hash(members.raw(node)), node)));
        self.keys.sort_unstable();
        let same_hash = self.keys.chunk_by_mut(|a, b| a.0 == b.0);
        let several = same_hash.filter(|group| group.len() > 1);
        several
            .filter_map(|group| among_equal_hashes(members, group))
            .min()
    }
}

impl<'s> MembersOf<'s> {
    /// The nodes of the keys: each value's node knows which one follows it.
    fn keys(self) -> impl Iterator<Item = usize> {
        let mut key = self.first;
        (0..self.count).map(move |_| {
            let this = key;
            let value = self.nodes.get(this + 1);
            key = value.map_or(self.nodes.len(), |it| it.next as usize);
            this
        })
    }

    fn raw(self, node: usize) -> Raw<'s> {
        self.nodes[node].raw(self.text)
    }
}

fn among_few(members: MembersOf<'_>) -> Option<usize> {
    let mut seen = [Raw {
        text: "",
        escaped: false,
    }; FEW];
    for (count, node) in members.keys().enumerate() {
        let key = members.raw(node);
        if seen[..count].iter().any(|earlier| earlier.same(key)) {
            return Some(node);
        }
        seen[count] = key;
    }
    None
}

/// Sorts the keys of one hash by their characters, so that equal ones meet.
fn among_equal_hashes(members: MembersOf<'_>, group: &mut [(u64, usize)]) -> Option<usize> {
    let compare = |a: usize, b: usize| members.raw(a).compare(members.raw(b));
    group.sort_unstable_by(|(_, a), (_, b)| compare(*a, *b).then(a.cmp(b)));
    let equal = |pair: &&[(u64, usize)]| compare(pair[0].1, pair[1].1) == Ordering::Equal;
    group.windows(2).filter(equal).map(|pair| pair[1].1).min()
}

/// A quick hash of a key's characters; a poor one costs time, never correctness.
fn hash(key: Raw<'_>) -> u64 {
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
        .fold(0, |word, byte| (word << 8) | u64::from(*byte));
    mix(hash, tail)
}

#[cfg(test)]
mod tests {
    use super::{super::scan::nodes, *};

    #[test]
    fn keys_of_one_hash_are_told_apart_by_their_characters() {
        for (text, repeated) in [
            (r#"{"b":0,"a":0,"c":[1,2],"":{}}"#, None),
            (r#"{"b":0,"a":0,"c":[1,2],"a ":{}}"#, None),
        ] {
            assert_eq!(first_repeated(text), repeated, "{text}");
        }
        // The scan refuses these, so the keys of several objects stand in for those of one.
        for (text, repeated) in [
            (r#"[{"b":0},{"a":0},{"b":0}]"#, Some(8)),
            (r#"[{"a":0},{"b":0},{"\u0062":0},{"\u0061":0}]"#, Some(8)),
            (r#"[{"é":0},{"e":0},{"\u00e9":0},{"é":0}]"#, Some(8)),
        ] {
            assert_eq!(first_repeated(text), repeated, "{text}");
        }
    }

    /// Looks among all keys of the text as if they had one hash.
    fn first_repeated(text: &str) -> Option<usize> {
        let nodes = nodes(text).unwrap_or_else(|fault| panic!("{fault:?}: {text}"));
        let is_key = |node: &usize| text[nodes[*node].end as usize..].starts_with(':');
        let mut group: Vec<_> = (0..nodes.len())
            .filter(is_key)
            .map(|node| (0, node))
            .collect();
        let members = MembersOf {
            text,
            nodes: &nodes,
            first: 1,
            count: group.len(),
        };
        among_equal_hashes(members, &mut group)
    }
}
