//! Contracts: what a provider promises, as data, and what one body is worth against it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    ids::ReceiptId,
    receipt::{Answer, Digest, Finding, Part, Verdict, Violation},
};

/// What a source decides about checking.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Any violation is refused.
    pub strict: bool,
    /// No violation is refused.
    pub never_refuse: bool,
    /// The zone of naive times, where it is not the contract's.
    pub zone: Option<jiff::tz::Offset>,
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
    /// What makes two receipts the same message; none where the body does not say.
    pub identity: Option<Digest>,
    /// The canonical content, or the bytes themselves where they cannot be read.
    pub content: Digest,
    /// What is answered if it is not a duplicate.
    pub answer: Answer,
}
