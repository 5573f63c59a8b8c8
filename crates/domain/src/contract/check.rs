//! Judges one body: the one function that the inbox asks.
//!
//! A body is refused (422) only where something that identity, document or dispatch needs is
//! missing, or where it breaks a rule that is printed on the provider's page. Whatever else is wrong
//! is written down and answered 200, because the pages contradict each other and the providers send
//! what they send.

use super::{
    Contract, Judgement, Operation, Policy, Provenance, Received, Refused,
    change::Change,
    extract::Reading,
    identity,
    parts::{self, PartReading, missing_id},
    pointer::{Scope, text_of},
    schema,
    word::fold,
};
use crate::{
    reader::{self, ReadError, Value},
    receipt::{Answer, Finding, FindingCode, Part, Verdict, Violation, ViolationCode},
};

/// What the result word of a response says.
enum Said {
    /// The operation has no result, or it succeeded.
    Success,
    Failure,
    Unknown,
}

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

    /// What is kept and answered when our own code failed on a body: its bytes go to quarantine, and
    /// the provider, who may try only once more, gets the documented answer.
    #[must_use]
    pub fn fault(&self, operation: &Operation, received: &Received<'_>) -> Judgement {
        let violation = Violation {
            code: ViolationCode::OurFault,
            pointer: String::new(),
            message: "our own code failed on this body; release the receipt once it is mended"
                .to_owned(),
        };
        quarantined(received, violation, operation.documented(received, None))
    }

    fn unreadable(&self, received: &Received<'_>, error: &ReadError) -> Judgement {
        let violation = Violation {
            code: error.code,
            pointer: String::new(),
            message: error.to_string(),
        };
        let message = format!("the body cannot be read: {error}");
        let refused = Refused {
            status: 400,
            message: &message,
            violations: std::slice::from_ref(&violation),
            received_at: received.received_at,
            request_id: received.request_id,
        };
        let answer = self.refusal(&refused);
        quarantined(received, violation, answer)
    }
}

/// A body of which nothing but its bytes is known.
fn quarantined(received: &Received<'_>, violation: Violation, answer: Answer) -> Judgement {
    let verdict = Verdict::Quarantined;
    let violations = vec![violation];
    Judgement {
        verdict,
        edition: None,
        parts: vec![Part {
            verdict,
            event: false,
            violations: violations.clone(),
        }],
        violations,
        findings: Vec::new(),
        changes: Vec::new(),
        identity: None,
        content: identity::raw_content(received.body),
        answer,
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
        let fitting = schema::fitting(&self.operation.editions, &root.to_json());
        let edition = fitting.as_ref().map(|(edition, _)| edition.name.clone());
        violations.extend(fitting.into_iter().flat_map(|(_, broken)| broken));

        let said = self.said(&scope);
        let mut parts = self.parts(&scope, &said, &mut violations);
        let changes: Vec<Change> = parts
            .iter_mut()
            .flat_map(|it| std::mem::take(&mut it.changes))
            .collect();
        let identity = self.identity(&scope, &changes, &mut violations);

        let refused = violations.iter().any(|it| self.refuses(it))
            || (self.is_strict() && parts.iter().any(|it| !it.violations.is_empty()));
        if matches!(said, Said::Unknown) {
            violations.push(self.result_unknown(&scope));
        }
        let held = refused || matches!(said, Said::Unknown);
        let parts: Vec<Part> = parts
            .into_iter()
            .map(|it| self.part(it, held, &said, &mut violations))
            .collect();
        let none_applies =
            !parts.is_empty() && parts.iter().all(|it| it.verdict == Verdict::Quarantined);
        let verdict = if held || none_applies {
            Verdict::Quarantined
        } else {
            Verdict::Accepted
        };
        Judgement {
            verdict,
            edition,
            findings: self.findings(&scope, &said),
            parts,
            changes,
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
        self.is_strict()
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

    fn said(&self, scope: &Scope<'_>) -> Said {
        let Some(rule) = &self.contract.result else {
            return Said::Success;
        };
        if rule
            .holder
            .as_ref()
            .is_some_and(|it| it.one(scope).is_none())
        {
            return Said::Success;
        }
        let word = rule
            .at
            .one(scope)
            .and_then(text_of)
            .map(|it| fold(&it))
            .unwrap_or_default();
        if rule.success.contains(&word) {
            Said::Success
        } else if rule.failure.contains(&word) {
            Said::Failure
        } else {
            Said::Unknown
        }
    }

    fn result_unknown(&self, scope: &Scope<'_>) -> Violation {
        let rule = self
            .contract
            .result
            .as_ref()
            .expect("only a result rule finds it unknown");
        Violation {
            code: ViolationCode::ResultUnknown,
            pointer: rule.at.way(scope),
            message: format!(
                "neither a success ({}) nor a failure ({})",
                rule.success.join(", "),
                rule.failure.join(", ")
            ),
        }
    }

    /// Reads the parts. A failed request changes nothing, so nothing of it is read.
    fn parts(
        &self,
        scope: &Scope<'_>,
        said: &Said,
        violations: &mut Vec<Violation>,
    ) -> Vec<PartReading> {
        if matches!(said, Said::Failure) {
            return vec![PartReading::default()];
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
                missing.for_each(|it| add_once(violations, missing_id(it)));
                parts
            }
            Err(way) => {
                add_once(violations, missing_id(way));
                Vec::new()
            }
        }
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
        said: &Said,
        violations: &mut Vec<Violation>,
    ) -> Part {
        let broken = reading.unreadable || reading.violations.iter().any(|it| self.refuses(it));
        let verdict = if held || broken {
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
        let event = verdict == Verdict::Accepted && !matches!(said, Said::Failure);
        Part {
            verdict,
            event,
            violations: own,
        }
    }

    fn findings(&self, scope: &Scope<'_>, said: &Said) -> Vec<Finding> {
        let (Said::Failure, Some(rule)) = (said, &self.contract.result) else {
            return Vec::new();
        };
        let detail = |it: &super::pointer::Pointer| {
            let way = it.way(scope);
            let name = way.rsplit('/').next().unwrap_or_default();
            it.text(scope).map(|text| format!("{name} {text}"))
        };
        let details: Vec<_> = rule.detail.iter().filter_map(detail).collect();
        let message = if details.is_empty() {
            "the request failed; the provider does not say why".to_owned()
        } else {
            format!("the request failed: {}", details.join(", "))
        };
        vec![Finding {
            code: FindingCode::ResultFailure,
            message,
        }]
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

/// One missing id may be needed by several changes; it is told once.
fn add_once(violations: &mut Vec<Violation>, violation: Violation) {
    let told = violations
        .iter()
        .any(|it| it.code == violation.code && it.pointer == violation.pointer);
    if !told {
        violations.push(violation);
    }
}
