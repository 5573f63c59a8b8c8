//! What is answered to the provider, in the provider's own shape.

use jiff::Timestamp;

use super::{
    Contract, Operation, Received, load_answers::AnswerRule, pointer::Scope, template::Filling,
};
use crate::receipt::{Answer, Violation};

/// Why a request is refused, before or after its body was judged.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do, in one sentence without values of the body.
    pub message: &'a str,
    /// Every broken rule; shown with 400 and 422 only.
    pub violations: &'a [Violation],
    /// When the request was refused.
    pub received_at: Timestamp,
    /// This request's own id.
    pub request_id: &'a str,
}

impl Contract {
    /// The answer to a request that is refused, in this provider's shape.
    #[must_use]
    pub fn refusal(&self, refused: &Refused<'_>) -> Answer {
        let filling = Filling {
            receipt: None,
            received_at: refused.received_at,
            request_id: refused.request_id,
            status: refused.status,
            reason: reason(refused.status),
            message: refused.message,
            violations: refused.violations,
            body: None,
        };
        written(&self.refusal, &filling)
    }

    /// The headers of a refusal: name and value.
    #[must_use]
    pub fn refusal_headers(&self, request_id: &str) -> Vec<(String, String)> {
        headers(&self.refusal, request_id)
    }
}

impl Operation {
    /// The headers of the documented answer: name and value. They belong to the request that is
    /// answered and not to the receipt, so that a duplicate gets its own request id.
    #[must_use]
    pub fn answer_headers(&self, request_id: &str) -> Vec<(String, String)> {
        headers(&self.answer, request_id)
    }

    /// The documented 200, with what it echoes taken from `body`.
    pub(super) fn documented(&self, received: &Received<'_>, body: Option<&Scope<'_>>) -> Answer {
        let filling = Filling {
            receipt: Some(received.receipt),
            received_at: received.received_at,
            request_id: received.request_id,
            status: 200,
            reason: reason(200),
            message: "",
            violations: &[],
            body,
        };
        written(&self.answer, &filling)
    }
}

fn written(rule: &AnswerRule, filling: &Filling<'_>) -> Answer {
    let mut body = String::new();
    rule.body.write(filling, &mut body);
    Answer {
        status: filling.status,
        body: body.into(),
    }
}

fn headers(rule: &AnswerRule, request_id: &str) -> Vec<(String, String)> {
    let filling = Filling {
        receipt: None,
        received_at: Timestamp::UNIX_EPOCH,
        request_id,
        status: 200,
        reason: "",
        message: "",
        violations: &[],
        body: None,
    };
    let header = |(name, template): &(String, super::template::Template)| {
        let mut value = String::new();
        template.write(&filling, &mut value);
        // A header holds the text itself, without the quotes that JSON puts around it.
        (name.clone(), value.trim_matches('"').to_owned())
    };
    rule.headers.iter().map(header).collect()
}

/// The words of a status line, as the providers' pages spell them.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "Ok",
        400 => "Bad Request",
        401 => "Unauthorized",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        422 => "Unprocessable Entity",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
