//! Judges one body: the one function that the inbox asks.
//!
//! A body is refused (422) only where something that identity, document or dispatch needs is
//! missing, or where it breaks a rule that is printed on the provider's page. Whatever else is wrong
//! is written down and answered 200, because the pages contradict each other and the providers send
//! what they send.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Contract, Judgement, Operation, Policy, Provenance, Received, Refused, bounds,
    extract::{self, Reading},
    identity,
    parts::{self, PartReading, missing_id},
    pointer::Scope,
    result::Said,
    rules::TotalRule,
    schema, totals,
};
use crate::{
    document::Change,
    reader::{self, Value},
    receipt::{Answer, Finding, Part, Verdict, Violation, ViolationCode},
};

impl Contract {
    /// Judges a body against an operation of this contract and makes the answer to it.
    #[must_use]
    pub fn check(
        &self,
        operation: &Operation,
        policy: &Policy,
        received: &Received<'_>,
    ) -> Judgement {
        match reader::read(received.body) {
            Ok(document) => Check {
                contract: self,
                operation,
                policy,
                received,
            }
            .judge(document.root()),
            Err(error) => self.unreadable(received, &error),
        }
    }
}

struct Check<'c> {
    contract: &'c Contract,
    operation: &'c Operation,
    policy: &'c Policy,
    received: &'c Received<'c>,
}

impl Check<'_> {
    fn judge(&self, root: Value<'_>) -> Judgement {
        let scope = Scope {
            root,
            elements: Vec::new(),
        };
        let mut violations = self.content_type();
        let fitting = schema::fitting(&self.operation.editions, root);
        let edition = fitting.as_ref().map(|(edition, _)| edition.name.clone());
        violations.extend(fitting.into_iter().flat_map(|(_, broken)| broken));

        let result = self.contract.result.as_ref();
        let said = result.map_or(Said::Success, |it| it.said(&scope));
        let mut parts = self.parts(&scope, said, &mut violations);
        let changes: Vec<Change> = parts
            .iter_mut()
            .flat_map(|it| std::mem::take(&mut it.changes))
            .collect();
        let identity = self.identity(&scope, &changes, &mut violations);
        bounds::cut(&mut violations, &mut parts);

        let refused = violations.iter().any(|it| self.refuses(it))
            || (self.is_strict() && parts.iter().any(|it| !it.violations.is_empty()));
        if let Said::Unknown(rule) = said {
            violations.push(rule.unknown(&scope));
        }
        let held = refused || matches!(said, Said::Unknown(_));
        let parts: Vec<Part> = parts
            .into_iter()
            .map(|it| self.part(it, held, said, &mut violations))
            .collect();
        let none_applies =
            !parts.is_empty() && parts.iter().all(|it| it.verdict == Verdict::Quarantined);
        let verdict = if held || none_applies {
            Verdict::Quarantined
        } else {
            Verdict::Accepted
        };
        let mut findings = self.whole(&scope, said);
        if let Said::Failure(rule) = said {
            findings.push(rule.failed(&scope));
        }
        Judgement {
            verdict,
            edition,
            findings,
            parts,
            changes,
            failed_subject: self.failed_subject(&scope, said),
            identity: match verdict {
                Verdict::Accepted => {
                    identity.or_else(|| Some(identity::of_bytes(self.operation, self.received)))
                }
                Verdict::Quarantined | Verdict::Duplicate => identity,
            },
            content: identity::content(self.operation, root),
            answer: self.answer(refused, &violations, &scope),
            violations,
        }
    }

    fn is_strict(&self) -> bool {
        self.policy.strict && !self.never_refuses()
    }

    fn never_refuses(&self) -> bool {
        self.policy.never_refuse || self.operation.provenance == Provenance::Inferred
    }

    fn refuses(&self, violation: &Violation) -> bool {
        violation.code == ViolationCode::TooMany
            || self.is_strict()
            || (!self.never_refuses() && self.contract.refuse.contains(&violation.code))
    }

    fn content_type(&self) -> Vec<Violation> {
        let media = self.received.content_type.unwrap_or_default();
        let media = media
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        if media == "application/json" || media.ends_with("+json") {
            return Vec::new();
        }
        vec![Violation {
            code: ViolationCode::ContentType,
            pointer: String::new(),
            message: "the content type must be application/json".to_owned(),
        }]
    }

    /// Reads the parts. A failed request changes nothing, so nothing of it is read.
    fn parts(
        &self,
        scope: &Scope<'_>,
        said: Said<'_>,
        violations: &mut Vec<Violation>,
    ) -> Vec<PartReading> {
        if matches!(said, Said::Failure(_)) {
            return vec![PartReading::default()];
        }
        if let Some(overlong) = self.operation.overlong(scope) {
            violations.push(overlong);
            return Vec::new();
        }
        let mut reading = Reading {
            operation: &self.operation.name,
            version_pair: &self.contract.version_pair,
            status_pair: &self.contract.status_pair,
            zone: self.policy.zone.unwrap_or(self.contract.zone),
            part: 0,
        };
        match parts::read(self.operation, &mut reading, scope) {
            Ok(mut parts) => {
                let missing = parts
                    .iter_mut()
                    .flat_map(|it| std::mem::take(&mut it.missing));
                // One missing id may be needed by several changes; it is told once.
                let missing: BTreeSet<_> = missing.collect();
                violations.extend(missing.into_iter().map(missing_id));
                if let (None, [only]) = (&self.operation.parts, &mut parts[..]) {
                    totals::check(self.outer_totals(), scope, &mut only.changes);
                }
                parts
            }
            Err(way) => {
                violations.push(missing_id(way));
                Vec::new()
            }
        }
    }

    /// What does not add up about the whole of a body that is cut into parts. It is about none of
    /// their documents, so it is a finding of the receipt.
    fn whole(&self, scope: &Scope<'_>, said: Said<'_>) -> Vec<Finding> {
        if self.operation.parts.is_none() || matches!(said, Said::Failure(_)) {
            return Vec::new();
        }
        totals::findings(self.outer_totals(), scope)
    }

    /// The totals that do not stand inside the parts.
    fn outer_totals(&self) -> impl Iterator<Item = &TotalRule> {
        self.operation.totals.iter().filter(|it| !it.inside)
    }

    /// Which document a failed request was about. Nothing of it is applied, so an id that is missing
    /// breaks nothing.
    fn failed_subject(&self, scope: &Scope<'_>, said: Said<'_>) -> Option<(Arc<str>, String)> {
        if !matches!(said, Said::Failure(_)) {
            return None;
        }
        let main = self.operation.changes.iter().find(|it| it.main)?;
        extract::subject(main, scope)
    }

    fn is_broken(&self, part: &PartReading) -> bool {
        part.unreadable || part.violations.iter().any(|it| self.refuses(it))
    }

    fn identity(
        &self,
        scope: &Scope<'_>,
        changes: &[Change],
        violations: &mut Vec<Violation>,
    ) -> Option<crate::receipt::Digest> {
        let (contract, operation) = (self.contract, self.operation);
        match identity::of_message(contract, operation, self.received, scope, changes) {
            Ok(digest) => {
                // A change without its document's id is no part of what was hashed.
                let whole = violations.iter().all(|it| it.code != ViolationCode::Id);
                whole.then_some(digest)
            }
            Err(missing) => {
                missing
                    .into_iter()
                    .for_each(|it| add_once(violations, missing_id(it)));
                None
            }
        }
    }

    /// What becomes of one part; its violations join those of the whole.
    fn part(
        &self,
        reading: PartReading,
        held: bool,
        said: Said<'_>,
        violations: &mut Vec<Violation>,
    ) -> Part {
        let verdict = if held || self.is_broken(&reading) {
            Verdict::Quarantined
        } else {
            Verdict::Accepted
        };
        let own = if self.operation.parts.is_some() {
            violations.extend(reading.violations.iter().cloned());
            reading.violations
        } else {
            violations.clone()
        };
        let event = verdict == Verdict::Accepted && !matches!(said, Said::Failure(_));
        Part {
            verdict,
            event,
            violations: own,
        }
    }

    fn answer(&self, refused: bool, violations: &[Violation], scope: &Scope<'_>) -> Answer {
        if !refused {
            return self.operation.documented(self.received, Some(scope));
        }
        let rules = if violations.len() == 1 {
            "rule is"
        } else {
            "rules are"
        };
        let message = format!(
            "{} {rules} broken for {}: see violations",
            violations.len(),
            self.operation.name
        );
        self.contract.refusal(&Refused {
            status: 422,
            message: &message,
            violations,
            received_at: self.received.received_at,
            request_id: self.received.request_id,
        })
    }
}

/// An id that identifies the message may be needed by a document too; it is told once.
fn add_once(violations: &mut Vec<Violation>, violation: Violation) {
    let told = violations
        .iter()
        .any(|it| it.code == violation.code && it.pointer == violation.pointer);
    if !told {
        violations.push(violation);
    }
}
