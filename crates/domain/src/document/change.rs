//! A change: what one part says about one document, read out of the body.
//!
//! Its key is what makes two changes the same; it goes into the identity of the message, and into the
//! set that a document's state is a function of.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    ids::ChangeId,
    money::Money,
    receipt::{Digest, FindingCode},
};

/// A document's node: a version and a status word (folded).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// The version.
    pub version: i64,
    /// The status word, upper case, with `_` and `-` as space.
    pub status: String,
}

/// What one part says about one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Node>,
    /// The node it reaches; none where the body does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Node>,
    /// It should say where the document moves, and what it says cannot be read.
    #[serde(default, skip_serializing_if = "super::cell::is_false")]
    pub unreadable: bool,
    /// The version that it speaks of, where it speaks of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The words of its legs (folded), by leg.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub legs: BTreeMap<Arc<str>, String>,
    /// What caused it.
    pub cause: String,
    /// The provider's time; an unreadable one is none, and none is the oldest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who is party to it, by role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parties: BTreeMap<Arc<str>, String>,
    /// What it says beside status and money.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<Arc<str>, String>,
    /// Its amounts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub money: BTreeMap<Arc<str>, Money>,
    /// Its rows, by name, in the order of the body.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<Arc<str>, Vec<Row>>,
    /// What should hold of it, and whether it does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The documents and references that it names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<Arc<str>, String>,
}

/// One row of a change: a line of an inbound, a payment of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What tells it from its siblings.
    pub key: String,
    /// What it says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<Arc<str>, String>,
    /// Its amounts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub money: BTreeMap<Arc<str>, Money>,
    /// What should hold of it, and whether it does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// Something that should hold of a document or of a row, as one message tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What it is called when it does not hold.
    pub code: FindingCode,
    /// Which of several with one code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What is wrong, in one sentence without secrets; none where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

impl Change {
    /// The id under which it stands in the set of its document: the first half of its key.
    #[must_use]
    pub fn change_id(&self, namespace: &str) -> ChangeId {
        ChangeId::of_key(&self.key(namespace))
    }

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
