//! A change: what one part says about one document, read out of the body.
//!
//! Its key is what makes two changes the same; it goes into the identity of the message and, later,
//! into the set that a document's state is a function of.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{money::Money, receipt::Digest};

/// A document's node: a version and a status word (folded).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Node {
    /// The version.
    pub version: i64,
    /// The status word, upper case, with `_` and `-` as space.
    pub status: String,
}

/// What one part says about one document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The kind of the document.
    pub document: Arc<str>,
    /// Whether it is the document that the part's event is about.
    pub main: bool,
    /// The provider's own id of the document.
    pub id: String,
    /// The part that says so, counted from 0.
    pub part: u32,
    /// The node it leaves; none where the operation creates, or where the body does not say.
    pub from: Option<Node>,
    /// The node it reaches; none where the body does not say.
    pub to: Option<Node>,
    /// The version that it speaks of, where it speaks of one.
    pub version: Option<i64>,
    /// The words of its legs (folded), by leg.
    pub legs: BTreeMap<Arc<str>, String>,
    /// What caused it.
    pub cause: String,
    /// The provider's time; an unreadable one is none, and none is the oldest.
    pub at: Option<Timestamp>,
    /// What it says beside status and money.
    pub facts: BTreeMap<Arc<str>, String>,
    /// Its amounts.
    pub money: BTreeMap<Arc<str>, Money>,
    /// Its rows, by name, in the order of the body.
    pub rows: BTreeMap<Arc<str>, Vec<Row>>,
    /// The documents and references that it names.
    pub links: BTreeMap<Arc<str>, String>,
}

/// One row of a change: a line of an inbound, a payment of an invoice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What tells it from its siblings.
    pub key: String,
    /// What it says.
    pub facts: BTreeMap<Arc<str>, String>,
    /// Its amounts.
    pub money: BTreeMap<Arc<str>, Money>,
}

impl Change {
    /// The hash of document, from, to, legs and cause.
    #[must_use]
    pub fn key(&self, namespace: &str) -> Digest {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        part(namespace.as_bytes());
        part(self.document.as_bytes());
        part(self.id.as_bytes());
        for node in [&self.from, &self.to] {
            match node {
                Some(node) => {
                    part(&node.version.to_be_bytes());
                    part(node.status.as_bytes());
                }
                None => part(b""),
            }
        }
        for (leg, word) in &self.legs {
            part(leg.as_bytes());
            part(word.as_bytes());
        }
        part(self.cause.as_bytes());
        hash.finalize().into()
    }
}
