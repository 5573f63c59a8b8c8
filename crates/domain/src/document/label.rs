//! Labels: what a document is looked up by, as eight bytes that an index can keep.

use sha2::{Digest as _, Sha256};

use super::lifecycle::Lifecycle;

/// The hash of something that a document can be looked up by. Two things share one with a chance of
/// 2⁻⁶⁴.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label([u8; 8]);

impl Label {
    /// A party of any role.
    #[must_use]
    pub fn of_party(value: &str) -> Self {
        Self::hash(&["party", &plain(value)])
    }

    /// A fact by which people look for documents of a kind.
    #[must_use]
    pub fn of_number(lifecycle: &Lifecycle, fact: &str, value: &str) -> Self {
        Self::hash(&[
            "number",
            &lifecycle.namespace,
            &lifecycle.kind,
            fact,
            &plain(value),
        ])
    }

    /// The bytes to store.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        self.0
    }

    fn hash(pieces: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for piece in pieces {
            hasher.update((piece.len() as u64).to_be_bytes());
            hasher.update(piece);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        Self(*digest.first_chunk().expect("a digest has eight bytes"))
    }
}

/// Numbers and names are found however they are written: without outer spaces, in any case.
pub(super) fn plain(value: &str) -> String {
    value.trim().to_lowercase()
}
