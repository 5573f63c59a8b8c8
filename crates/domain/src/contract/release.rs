//! What a release applies: under which identity, and with which content.
//!
//! A released body passes through the same identity as an accepted one, so that releasing what was
//! accepted meanwhile applies nothing twice. The contract of today judges it: that is how a
//! corrected contract decides.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{Contract, Judgement, Operation, Policy, Received, identity};
use crate::{
    document::Change,
    receipt::{Digest, Finding, FindingCode, Part, Violation, ViolationCode},
};

/// The claim under which a released receipt, or one part of it, is applied, and what is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseClaim {
    /// The identity.
    pub identity: Digest,
    /// The canonical content.
    pub content: Digest,
    /// What is said about documents.
    pub changes: Vec<Change>,
    /// The parts that make an event.
    pub events: Vec<u32>,
    /// What is doubtful about the message itself.
    pub findings: Vec<Finding>,
    /// Kind and id of the document that a failed request was about.
    pub failed_subject: Option<(Arc<str>, String)>,
}

/// Why there is nothing that a release could apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotReleasable {
    /// The receipt has no such part.
    NoSuchPart,
    /// The bytes, or those of the part, cannot be read or name no document, today as before.
    Unreadable(Violation),
}

impl Contract {
    /// The claim of a release of the whole receipt, or of one part of a receipt that is cut into
    /// parts. An operation without parts is released as a whole, whichever part is named.
    ///
    /// # Errors
    ///
    /// When there is nothing to apply.
    pub fn release_of(
        &self,
        operation: &Operation,
        policy: &Policy,
        received: &Received<'_>,
        part: Option<u32>,
    ) -> Result<ReleaseClaim, NotReleasable> {
        let lenient = Policy {
            strict: false,
            never_refuse: true,
            ..policy.clone()
        };
        let judged = self.check(operation, &lenient, received);
        if let Some(broken) = judged.violations.iter().find(|it| is_fatal(it.code)) {
            return Err(NotReleasable::Unreadable(broken.clone()));
        }
        let whole = judged
            .identity
            .unwrap_or_else(|| identity::of_bytes(operation, received));
        let part = part.filter(|_| operation.parts.is_some());
        let identity = match part {
            None => readable(&judged).map(|()| whole)?,
            Some(number) => {
                let index = usize::try_from(number).map_err(|_| NotReleasable::NoSuchPart)?;
                let part = judged.parts.get(index).ok_or(NotReleasable::NoSuchPart)?;
                if let Some(broken) = unreadable(part) {
                    return Err(NotReleasable::Unreadable(broken.clone()));
                }
                of_part(&whole, number)
            }
        };
        let is_applied = |number: u32| match part {
            Some(part) => part == number,
            // Of the whole, all that can be read.
            None => {
                let part = judged.parts.get(number as usize);
                part.is_some_and(|it| unreadable(it).is_none())
            }
        };
        let has_failed = judged
            .findings
            .iter()
            .any(|it| it.code == FindingCode::ResultFailure);
        let count = u32::try_from(judged.parts.len()).unwrap_or(u32::MAX);
        let mut changes = judged.changes;
        changes.retain(|it| is_applied(it.part));
        Ok(ReleaseClaim {
            identity,
            content: judged.content,
            changes,
            findings: judged.findings,
            failed_subject: judged.failed_subject,
            events: (0..count)
                .filter(|it| is_applied(*it) && !has_failed)
                .collect(),
        })
    }
}

/// Whether nothing of the body can be known.
fn is_fatal(code: ViolationCode) -> bool {
    matches!(
        code,
        ViolationCode::NotJson
            | ViolationCode::NotUtf8
            | ViolationCode::TooDeep
            | ViolationCode::DuplicateKey
            | ViolationCode::ReservedKey
            | ViolationCode::Nul
            | ViolationCode::TooMany
    )
}

/// A whole receipt can be released if any part of it can.
fn readable(judged: &Judgement) -> Result<(), NotReleasable> {
    let mut broken = judged.parts.iter().map(unreadable);
    match broken.clone().flatten().next() {
        Some(first) if broken.all(|it| it.is_some()) => {
            Err(NotReleasable::Unreadable(first.clone()))
        }
        _ => Ok(()),
    }
}

/// Why a part of many cannot be applied, if it cannot.
fn unreadable(part: &Part) -> Option<&Violation> {
    part.violations
        .iter()
        .find(|it| it.code == ViolationCode::PartUnreadable)
}

fn of_part(whole: &Digest, number: u32) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"part");
    hash.update(whole);
    hash.update(number.to_be_bytes());
    hash.finalize().into()
}
