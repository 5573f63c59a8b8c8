//! The rules by which a receipt is the first, a repeat or a change, in one place for every store.
//!
//! A *claim* is sixteen bytes of a SHA-256 that at most one receipt (or document) holds, for ever.
//! There are four kinds: the identity itself, identity and content together (for content that
//! changed under an identity), the content of what is in quarantine, and the name of a document. A
//! store looks claims up and writes them down; which claims to look up, and what a draft turns
//! into, is said here.
//!
//! What it does not do: any I/O. Next: `Store::accept` of each store.

use countersign_domain::{
    ids::ReceiptId,
    receipt::{Answer, Digest, Finding, FindingCode, Part, Verdict},
};
use sha2::{Digest as _, Sha256};

use crate::{DocumentName, Draft};

/// What a claim is looked up by. Two different claims share one with a chance of 2⁻¹²⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimKey(u128);

impl ClaimKey {
    /// The claim on an identity; released and accepted receipts hold it.
    #[must_use]
    pub fn of_identity(identity: &Digest) -> Self {
        Self::first_half(identity)
    }

    /// The claim on other content under an identity that is taken.
    #[must_use]
    pub fn of_change(identity: &Digest, content: &Digest) -> Self {
        Self::hash(&[b"changed", identity, content])
    }

    /// The claim on content that is in quarantine: the same bytes again are a duplicate, and a
    /// corrected contract can still accept the message, because its identity stays free.
    #[must_use]
    pub fn of_quarantined(source: &str, operation: &str, content: &Digest) -> Self {
        let zero: &[u8] = &[0];
        Self::hash(&[
            b"quarantined",
            source.as_bytes(),
            zero,
            operation.as_bytes(),
            zero,
            content,
        ])
    }

    /// The claim of a document on its name.
    #[must_use]
    pub fn of_document(name: &DocumentName) -> Self {
        let zero: &[u8] = &[0];
        Self::hash(&[
            b"document",
            name.namespace.as_bytes(),
            zero,
            name.kind.as_bytes(),
            zero,
            name.id.as_bytes(),
        ])
    }

    /// Reads a key back as [`ClaimKey::to_bytes`] wrote it.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The bytes to store; they sort as the keys do.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    fn hash(pieces: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for piece in pieces {
            hasher.update(piece);
        }
        Self::first_half(&hasher.finalize().into())
    }

    fn first_half(digest: &Digest) -> Self {
        let half = digest
            .first_chunk::<16>()
            .expect("a digest is longer than sixteen bytes");
        Self::from_bytes(*half)
    }
}

/// Turns a draft into a duplicate: its own bytes and violations, the first one's answer, and
/// nothing in it makes an event.
pub fn make_duplicate(draft: &mut Draft, answer: Answer) {
    draft.verdict = Verdict::Duplicate;
    draft.answer = answer;
    for part in &mut draft.parts {
        part.verdict = Verdict::Duplicate;
        part.event = false;
    }
}

/// Marks an accepted draft as other content under the identity that `first` claimed.
pub fn mark_content_changed(draft: &mut Draft, first: ReceiptId) {
    draft.findings.push(content_changed(first));
    for part in &mut draft.parts {
        part.event = false;
    }
}

/// What is said of other content under the identity that `first` claimed.
#[must_use]
pub fn content_changed(first: ReceiptId) -> Finding {
    Finding {
        code: FindingCode::ContentChanged,
        message: format!("receipt {first} came with the same identity and other content"),
    }
}

/// Whether a finding of this code is always about a receipt, so that no change of a document can
/// open or close it: a note can. Any other finding of a receipt is about the receipt as a whole,
/// and is kept without a document.
#[must_use]
pub fn is_of_receipt(code: FindingCode) -> bool {
    matches!(
        code,
        FindingCode::ContentChanged | FindingCode::ResultFailure
    )
}

/// The one part that most receipts have; stores need not spell it out.
#[must_use]
pub fn plain_part(verdict: Verdict) -> Part {
    Part {
        verdict,
        event: verdict == Verdict::Accepted,
        violations: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_written_and_sorts_as_its_bytes_do() {
        let keys = [[0; 32], [1; 32], [0x80; 32], [0xff; 32]].map(|it| ClaimKey::of_identity(&it));
        assert!(keys.is_sorted());
        assert!(keys.map(ClaimKey::to_bytes).is_sorted());
        assert!(
            keys.iter()
                .all(|key| ClaimKey::from_bytes(key.to_bytes()) == *key)
        );
    }

    #[test]
    fn the_four_kinds_of_claims_never_meet() {
        let digest = [7; 32];
        let name = |kind: &str, id: &str| DocumentName {
            namespace: "network".into(),
            kind: kind.into(),
            id: id.to_owned(),
        };
        let keys = [
            ClaimKey::of_identity(&digest),
            ClaimKey::of_change(&digest, &digest),
            ClaimKey::of_quarantined("ab", "c", &digest),
            ClaimKey::of_quarantined("a", "bc", &digest),
            ClaimKey::of_document(&name("ab", "c")),
            ClaimKey::of_document(&name("a", "bc")),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
    }
}
