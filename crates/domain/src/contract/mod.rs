//! Contracts: what a provider promises, as data, and what one body is worth against it.
//!
//! A contract is an OpenAPI 3.1 file with our `x-countersign` extension (`contracts/README.md` reads
//! it key by key). [`Contract::load`] compiles it once and names every mistake with its line;
//! [`Contract::check`] judges one body and says what to answer. Everything that a provider decides
//! stands in the file: paths, schemas, identity, changes, answers. No provider is known here.
//!
//! What always holds: a body is never judged by half a contract; every violation is told, not the
//! first; no violation holds a value of the body; an answer is made before anything is stored, and
//! given only after. What is deliberately not here: authentication (`countersign::receive`) and
//! duplicates, which only a store can know.
//!
//! The path to read: `load.rs` → `rules.rs` → `check.rs` → `extract.rs` → `identity.rs` →
//! `template.rs`.

mod answer;
mod bounds;
mod check;
mod embedded;
mod extract;
mod id_pointers;
mod identity;
mod instant;
mod load;
mod load_answers;
mod load_lifecycles;
mod load_operation;
mod load_rules;
mod load_status;
mod load_told;
mod load_totals;
mod mask;
mod mistake;
mod outline;
mod parts;
mod pointer;
mod release;
mod result;
mod rules;
mod schema;
mod schema_node;
mod status;
mod template;
mod totals;
mod unread;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{Timestamp, tz::Offset};

pub use answer::Refused;
pub use embedded::{Example, embedded, examples};
pub use instant::{parse_instant, parse_zone};
pub use mistake::Mistake;
pub use release::{NotReleasable, ReleaseClaim};

use self::{
    load_answers::AnswerRule,
    load_lifecycles::Lifecycles,
    pointer::Pointer,
    rules::{ChangeRule, IdPointer, PartRule, ResultRule, TotalRule},
    schema::{Edition, Schema},
};
use crate::{
    document::{Change, Lifecycle},
    ids::ReceiptId,
    receipt::{Answer, Digest, Finding, Part, Verdict, Violation, ViolationCode},
};

/// One provider's contract, compiled.
#[derive(Debug)]
pub struct Contract {
    /// Its name, as a source names it.
    pub name: Arc<str>,
    /// Its title, for people.
    pub title: String,
    /// The namespace of its documents: two sources of one namespace tell of the same documents.
    pub namespace: Arc<str>,
    /// Its operations, in the order of the file.
    pub operations: Vec<Operation>,
    zone: Offset,
    version_pair: [String; 2],
    status_pair: [String; 2],
    result: Option<ResultRule>,
    refuse: Vec<ViolationCode>,
    refusal: Arc<AnswerRule>,
    lifecycles: Lifecycles,
}

/// One webhook of a contract. Each is a `POST`.
#[derive(Debug)]
pub struct Operation {
    /// `<document>.<verb>.<request or response or notification>`.
    pub name: Arc<str>,
    /// The documented path.
    pub path: String,
    /// What it is, in one line.
    pub summary: String,
    /// How sure the contract is of it.
    pub provenance: Provenance,
    /// Where it was read.
    pub page: Page,
    answer: Arc<AnswerRule>,
    editions: Vec<Edition>,
    inner: Option<Schema>,
    parts: Option<PartRule>,
    identity: Vec<IdPointer>,
    volatile: Vec<Pointer>,
    changes: Vec<ChangeRule>,
    totals: Vec<TotalRule>,
    mask: Vec<Pointer>,
}

/// How sure a contract is of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// A page was read that shows it whole.
    Confirmed,
    /// A page was read down to a cut.
    Partial,
    /// Derived by symmetry with a page that was read; it never refuses a body.
    Inferred,
}

impl Provenance {
    /// The word that contracts and resources use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Partial => "partial",
            Self::Inferred => "inferred",
        }
    }
}

/// The provider's page that an operation was read from.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// When it was last modified, as it says itself.
    pub modified: String,
}

/// What a source decides about checking.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Any violation is refused.
    pub strict: bool,
    /// No violation is refused.
    pub never_refuse: bool,
    /// The zone of naive times, where it is not the contract's.
    pub zone: Option<Offset>,
}

/// A request whose credential is good and whose body is complete.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The id of the receipt that will be made of it.
    pub receipt: ReceiptId,
    /// When the body was complete.
    pub received_at: Timestamp,
    /// This request's own id.
    pub request_id: &'a str,
    /// The source that it came through.
    pub source: &'a str,
    /// Its content type, where it had one.
    pub content_type: Option<&'a str>,
    /// The bytes.
    pub body: &'a [u8],
}

/// What one body is worth against its contract.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Accepted or quarantined.
    pub verdict: Verdict,
    /// The edition that it breaks least.
    pub edition: Option<Arc<str>>,
    /// Every broken rule.
    pub violations: Vec<Violation>,
    /// Every doubt.
    pub findings: Vec<Finding>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// What it says about documents.
    pub changes: Vec<Change>,
    /// Kind and id of the document that a failed request was about, where the body names it.
    pub failed_subject: Option<(Arc<str>, String)>,
    /// What makes two receipts the same message; none where the body does not say. An accepted body
    /// always has one.
    pub identity: Option<Digest>,
    /// The canonical content, or the bytes themselves where they cannot be read.
    pub content: Digest,
    /// What is answered if it is not a duplicate.
    pub answer: Answer,
}

impl Contract {
    /// The operation of that name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|it| &*it.name == name)
    }

    /// The life of documents of that kind.
    #[must_use]
    pub fn lifecycle(&self, kind: &str) -> Option<&Arc<Lifecycle>> {
        self.lifecycles.get(kind)
    }

    /// The lives of all kinds of document that it tells of.
    pub fn lifecycles(&self) -> impl Iterator<Item = &Arc<Lifecycle>> {
        self.lifecycles.values()
    }
}

impl Operation {
    /// The names of its editions, from the newest to the oldest.
    pub fn editions(&self) -> impl Iterator<Item = &str> {
        self.editions.iter().map(|it| &*it.name)
    }
}
