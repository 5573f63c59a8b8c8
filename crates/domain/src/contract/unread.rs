//! Bodies of which nothing but their bytes is known: unreadable ones, and those our code failed on.

use super::{Contract, Judgement, Operation, Received, Refused, identity};
use crate::{
    reader::ReadError,
    receipt::{Answer, Part, Verdict, Violation, ViolationCode},
};

impl Contract {
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

    /// What is kept and answered when a body cannot be read.
    pub(super) fn unreadable(&self, received: &Received<'_>, error: &ReadError) -> Judgement {
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
        failed_subject: None,
        identity: None,
        content: identity::raw_content(received.body),
        answer,
    }
}
