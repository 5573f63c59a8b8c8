//! `explain CODE`: what a code of a violation, a finding or a problem means, and what to do.
//!
//! The meanings stand where the codes are defined; what to do about a violation or a finding stands
//! here. The pages codes.md and problems.md of docs/reference are made of the same texts.

use countersign_domain::receipt::{FindingCode, Severity, ViolationCode};
use serde_json::json;

use super::{args::Globals, error::CommandError, output, table};
use crate::api::Problem;

/// What is known of one code.
pub(crate) struct Explanation {
    /// The code.
    pub(crate) code: &'static str,
    /// `violation`, `finding` or `problem`.
    pub(crate) kind: &'static str,
    /// How much it matters, where it is a finding.
    pub(crate) severity: Option<Severity>,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// What to do.
    pub(crate) what_to_do: &'static str,
}

pub(crate) fn run(globals: &Globals, code: &str) -> Result<(), CommandError> {
    let found: Vec<_> = all().into_iter().filter(|it| it.code == code).collect();
    if found.is_empty() {
        let codes: Vec<_> = all().iter().map(|it| it.code).collect();
        let near = codes.iter().min_by_key(|it| strsim::osa_distance(it, code));
        let near = near.copied().unwrap_or_default();
        return Err(
            CommandError::usage(format!("`{code}` is not a code")).hint(format!(
                "did you mean `{near}`? All codes: {}",
                codes.join(", ")
            )),
        );
    }
    for it in found {
        let severity = it.severity.map(Severity::as_str);
        if globals.json {
            output::json(
                &json!({"code": it.code, "kind": it.kind, "severity": severity,
                "meaning": it.meaning, "what_to_do": it.what_to_do}),
            );
        } else {
            output::data(&table::pairs(&[
                ("code", it.code.to_owned()),
                ("kind", it.kind.to_owned()),
                ("severity", severity.unwrap_or_default().to_owned()),
                ("meaning", it.meaning.to_owned()),
                ("what to do", it.what_to_do.to_owned()),
            ]));
        }
    }
    Ok(())
}

/// Every code, in the order of the reference.
pub(crate) fn all() -> Vec<Explanation> {
    let violations = ViolationCode::ALL.iter().map(|it| Explanation {
        code: it.as_str(),
        kind: "violation",
        severity: None,
        meaning: it.meaning(),
        what_to_do: after_violation(*it),
    });
    let findings = FindingCode::ALL.iter().map(|it| Explanation {
        code: it.as_str(),
        kind: "finding",
        severity: Some(it.severity()),
        meaning: it.meaning(),
        what_to_do: after_finding(*it),
    });
    let problems = Problem::ALL.iter().map(|it| Explanation {
        code: it.code(),
        kind: "problem",
        severity: None,
        meaning: it.meaning(),
        what_to_do: it.what_to_do(),
    });
    violations.chain(findings).chain(problems).collect()
}

fn after_violation(code: ViolationCode) -> &'static str {
    use ViolationCode as Code;
    match code {
        Code::NotJson
        | Code::NotUtf8
        | Code::TooDeep
        | Code::DuplicateKey
        | Code::ReservedKey
        | Code::Nul => {
            "Send the provider the answer and the receipt's id and ask for the message again, as JSON in UTF-8. The bytes are kept in quarantine; `countersign receipts show ID --body` prints them."
        }
        Code::ContentType => {
            "Nothing, unless the source is strict: the body was read as JSON. Ask the provider to send `content-type: application/json`."
        }
        Code::Id => {
            "Ask the provider for the message with its ids. If a person knows that it is to be applied, `countersign receipts release ID` applies it."
        }
        Code::Match => {
            "Compare the body with `countersign contracts show OPERATION`; if the provider has a new operation, add it to the contract and release the receipt."
        }
        Code::Pattern | Code::Enum | Code::If => {
            "The provider broke a rule of its own page. If its page has changed, correct the contract; `countersign receipts release ID` applies the receipt. `refuse = \"never\"` on the source stops refusing."
        }
        Code::Required | Code::Type | Code::Null | Code::Schema => {
            "Nothing is urgent: unless the source is strict, the receipt was accepted. If it comes often, the provider's page and its messages have drifted apart: correct the contract."
        }
        Code::PartUnreadable => {
            "The other parts were applied. Ask the provider for this item again: what cannot be read is never applied. `countersign receipts release ID --part N` works only once a corrected contract or a newer version can read it."
        }
        Code::ResultUnknown => {
            "Find out what the word means, add it to the contract's list of success or failure words, and release the receipt with `countersign receipts release ID`."
        }
        Code::TooMany => {
            "Ask the provider to send fewer elements in one message, or the message that its page shows. The bytes are kept in quarantine; `countersign receipts show ID --body` prints them."
        }
        Code::OurFault => {
            "Report it with the line of the log that has the receipt's id. The bytes are safe; after an update `countersign receipts release ID` applies them."
        }
    }
}

fn after_finding(code: FindingCode) -> &'static str {
    use FindingCode as Code;
    match code {
        Code::ContentChanged => {
            "Compare the two receipts with `countersign receipts show ID --body`; if the provider used one id for two messages, tell it. `countersign findings resolve ID --reason TEXT` closes the finding."
        }
        Code::ResultFailure => {
            "Read errorCd, errorDtl and errorField in the message, correct the request in your own system and send it again. `countersign findings resolve ID --reason TEXT` closes the finding."
        }
        Code::TotalMismatch | Code::SplitMismatch => {
            "Compare the amounts with `countersign documents show KIND/ID` and with the bytes of the receipt; ask the sender which one is right. The finding closes itself when a later message adds up; where it is about a whole message and no document, `countersign findings resolve ID --reason TEXT` closes it."
        }
        Code::Overpaid => {
            "Look at the payments of the invoice with `countersign documents show invoice/ID`, and stop or reclaim what is too much. It closes itself when a payment is rejected or the total is corrected."
        }
        Code::AmountMissing => {
            "Look at the payments of the document with `countersign documents show KIND/ID`, and ask the provider for the message that says how much was paid. Until it comes, nobody can say what is due; it closes itself then."
        }
        Code::StatusContradictsMoney => {
            "Compare the status with the payments in `countersign documents show KIND/ID`: ask the provider for the payment that is missing, or the counterparty what the status should be. It closes itself when the payments come to the total, or when the status no longer says that all is paid."
        }
        Code::UtrReused => {
            "Find both payments with `countersign documents list --kind payment --number UTR` and ask the bank which one the reference belongs to. Do not book the other."
        }
        Code::CurrencyMixed => {
            "Do not add the amounts up. Ask the sender which currency is meant; the finding closes itself when a later message names one only."
        }
        Code::Conflict => {
            "Decide which change is true, with the counterparty if need be: `countersign documents show KIND/ID` names the changes, and `countersign findings resolve ID --pick CHANGE --reason TEXT` or `--void CHANGE` decides."
        }
        Code::Gap => {
            "Wait a little: messages overtake each other. If it stays open, ask the provider to send the missing message again; it is taken in whenever it comes. If it will never come, `countersign findings resolve ID --void CHANGE --reason TEXT` takes the step out that skipped it."
        }
        Code::Adopted => {
            "Nothing: the document was under way before you began to listen. If it should have been seen from its beginning, ask the provider for the earlier messages."
        }
        Code::Ambiguous => {
            "Ask the sender which value is meant. One of them is shown until a later message tells it again."
        }
        Code::StatusUnknown => {
            "Nothing is lost: the word counts as a status. If it comes often, add it to the lifecycle in the contract, so that it is put in its order."
        }
        Code::TransitionUnreadable => {
            "Look at the bytes with `countersign receipts show ID --body`, and ask the provider for a version and a transition as its page shows them. It closes itself with the next message that says where the document moves."
        }
        Code::ActionContradictsStatus => {
            "Ask the counterparty which it meant. The status counts, the action does not; a later message that agrees with itself closes the finding."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_it_means_and_what_to_do_in_sentences() {
        for it in all() {
            assert!(it.meaning.ends_with('.'), "{}: {}", it.code, it.meaning);
            assert!(
                it.what_to_do.ends_with('.'),
                "{}: {}",
                it.code,
                it.what_to_do
            );
        }
    }
}
