//! Problems: every error that a client of the private resources can see, as RFC 9457
//! `application/problem+json`.
//!
//! The list is closed. Each problem has a code that never changes, and an entry in
//! `docs/reference/problems.md`, which is made from here; `countersign explain CODE` shows the same.
//! What always holds: nothing of the inside leaks; the chain of causes is logged once, at the edge.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

/// The media type of a problem.
pub(crate) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What stands before the code in a problem's `type`.
const TYPE_PREFIX: &str = "urn:countersign:problem:";

macro_rules! problems {
    ($($(#[doc = $doc:literal])+ $variant:ident {
        code: $code:literal,
        status: $status:ident,
        title: $title:literal,
        meaning: $meaning:literal,
        what_to_do: $what_to_do:literal,
    })+) => {
        /// The closed list of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Problem {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Problem {
            /// Every problem, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code, which never changes.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// A few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What happened, for the reference.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }

            /// What to do about it, for the reference.
            #[must_use]
            pub fn what_to_do(self) -> &'static str {
                match self { $(Self::$variant => $what_to_do,)+ }
            }
        }
    };
}

problems! {
    /// No good token.
    Unauthorized {
        code: "unauthorized",
        status: UNAUTHORIZED,
        title: "No good token",
        meaning: "The request has no `Authorization: Bearer` header with the token of the private side.",
        what_to_do: "Send the token that stands in `admin.token` in the data folder, or set `COUNTERSIGN_TOKEN` for the commands.",
    }
    /// A page of another site asks.
    ForeignOrigin {
        code: "foreign_origin",
        status: FORBIDDEN,
        title: "Asked by a page of another site",
        meaning: "The server runs with `--dev`, without authentication, and a browser says that a page of another site asks, or the name it asked for is not a loopback one.",
        what_to_do: "Ask under `127.0.0.1`, `[::1]` or `localhost`, and not from another site's page.",
    }
    /// There is no such thing or path.
    NotFound {
        code: "not_found",
        status: NOT_FOUND,
        title: "There is no such thing",
        meaning: "Nothing is at this path, or there is nothing with this id.",
        what_to_do: "Check the path and the id; `countersign sources list` shows every path at which something is received.",
    }
    /// The path exists, but not for this method.
    MethodNotAllowed {
        code: "method_not_allowed",
        status: METHOD_NOT_ALLOWED,
        title: "Not by this method",
        meaning: "The path exists, but not for this method; the header `Allow` names those that it has.",
        what_to_do: "Use one of the methods in `Allow`.",
    }
    /// A query parameter is unknown or has a bad value.
    InvalidQuery {
        code: "invalid_query",
        status: BAD_REQUEST,
        title: "A query parameter is wrong",
        meaning: "At least one query parameter is unknown, is there twice, or has a value that cannot be understood; `violations` names each.",
        what_to_do: "Mend every parameter that is named. A cursor is taken from `next` of the page before and is never made by hand.",
    }
    /// The body of the request is not what the resource takes.
    InvalidBody {
        code: "invalid_body",
        status: BAD_REQUEST,
        title: "The body of the request is wrong",
        meaning: "The body is not JSON, or not of the shape that the resource takes.",
        what_to_do: "Send the shape that `docs/reference/http-api.md` shows, or no body where none is needed.",
    }
    /// The body of the request is too long.
    BodyTooLarge {
        code: "body_too_large",
        status: PAYLOAD_TOO_LARGE,
        title: "The body of the request is too long",
        meaning: "The private resources take bodies of up to 1 MiB.",
        what_to_do: "Send less.",
    }
    /// The receipt cannot be released.
    NotReleasable {
        code: "not_releasable",
        status: CONFLICT,
        title: "It cannot be released",
        meaning: "The receipt or part is not in quarantine, its bytes still cannot be read, or its source or operation is no longer configured; the detail says which.",
        what_to_do: "Look at the bytes with `countersign receipts show ID --body`. Ask the provider to send a body that can be read again, correct the contract, or configure the source again.",
    }
    /// A resolution names a change that the finding's document does not have.
    UnknownChange {
        code: "unknown_change",
        status: CONFLICT,
        title: "The document has no such change",
        meaning: "A resolution picks or voids a change that the finding's document does not have, or the finding is about a message and not about a document.",
        what_to_do: "Take the change's id from the timeline: `countersign documents show KIND/ID` prints it. A finding about a message is resolved with a reason alone.",
    }
    /// A resolution of a document's finding names no change.
    NeedsRuling {
        code: "needs_ruling",
        status: CONFLICT,
        title: "A reason alone cannot close this finding",
        meaning: "The finding follows from what the document's changes say, and closes itself when they no longer say it.",
        what_to_do: "Where two changes contradict each other, name the one that is true with `--pick CHANGE`, or the one that is not with `--void CHANGE`. Otherwise wait for the message that is missing or corrects what was told; `countersign explain CODE` says what to expect.",
    }
    /// The store cannot do it now.
    StoreUnavailable {
        code: "store_unavailable",
        status: SERVICE_UNAVAILABLE,
        title: "The store cannot do it now",
        meaning: "The change is not known to be kept: the disk is full, too much is waiting, or the process is stopping.",
        what_to_do: "Send it again after the seconds in `Retry-After`. If it stays, look at the disk with `countersign doctor` and at the log.",
    }
    /// The store cannot keep this, now or later.
    StoreRefused {
        code: "store_refused",
        status: INTERNAL_SERVER_ERROR,
        title: "The store cannot keep this",
        meaning: "The store is well, but cannot keep this one thing, now or later; trying again does not help.",
        what_to_do: "Please report it with the line of the log that has the request's id. What is stored is unchanged.",
    }
    /// The stored data cannot be read.
    StoreUnreadable {
        code: "store_unreadable",
        status: INTERNAL_SERVER_ERROR,
        title: "The stored data cannot be read",
        meaning: "The database is damaged, or a newer version of Countersign wrote it.",
        what_to_do: "Do not delete anything. Look at the log, run `countersign doctor`, and restore a backup beside the damaged one if needed.",
    }
    /// The process is not ready to receive.
    NotReady {
        code: "not_ready",
        status: SERVICE_UNAVAILABLE,
        title: "Not ready to receive",
        meaning: "The process is stopping, or the store did not prove within two seconds that it can commit.",
        what_to_do: "Send the traffic elsewhere or wait; the detail and the log say why.",
    }
}

/// One thing that is wrong in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Violation {
    /// Which rule was broken: `unknown`, `repeated` or `value`.
    pub(crate) code: &'static str,
    /// Where: `?limit` for a query parameter, a JSON Pointer in a body.
    pub(crate) pointer: String,
    /// What was expected there.
    pub(crate) message: String,
}

/// One occurrence of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    problem: Problem,
    detail: String,
    violations: Vec<Violation>,
}

#[derive(Serialize)]
struct Shape<'s> {
    r#type: String,
    code: &'static str,
    title: &'static str,
    status: u16,
    detail: &'s str,
    instance: &'s str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    violations: &'s [Violation],
}

impl Fault {
    /// A problem with what is special this time.
    pub(crate) fn new(problem: Problem, detail: impl Into<String>) -> Self {
        Self {
            problem,
            detail: detail.into(),
            violations: Vec::new(),
        }
    }

    /// The same with every single thing that is wrong.
    pub(crate) fn naming(mut self, violations: Vec<Violation>) -> Self {
        self.violations = violations;
        self
    }

    /// Which problem it is.
    pub(crate) fn problem(&self) -> Problem {
        self.problem
    }

    /// The body of the answer to that request.
    pub(crate) fn to_json(&self, request_id: &str) -> Vec<u8> {
        let shape = Shape {
            r#type: format!("{TYPE_PREFIX}{}", self.problem.code()),
            code: self.problem.code(),
            title: self.problem.title(),
            status: self.problem.status().as_u16(),
            detail: &self.detail,
            instance: request_id,
            violations: &self.violations,
        };
        serde_json::to_vec(&shape).expect("texts and numbers are JSON")
    }
}

impl From<countersign_store::StoreError> for Fault {
    fn from(error: countersign_store::StoreError) -> Self {
        use countersign_store::StoreError;
        tracing::warn!(%error, "a private resource could not be served");
        match error {
            StoreError::Unavailable { .. } => {
                let detail = "it is not known to be kept; send it again";
                Self::new(Problem::StoreUnavailable, detail)
            }
            StoreError::Refused { .. } => {
                Self::new(Problem::StoreRefused, "the log says why it cannot be kept")
            }
            StoreError::Corrupt { .. } => Self::new(Problem::StoreUnreadable, "the log says where"),
        }
    }
}

/// The body is written by `guard`, which knows the request's id.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.problem.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_problem_has_its_own_code_and_tells_what_to_do() {
        let codes: BTreeSet<_> = Problem::ALL.iter().map(|it| it.code()).collect();
        assert_eq!(codes.len(), Problem::ALL.len());
        for problem in Problem::ALL {
            let code = problem.code();
            assert!(
                code.bytes().all(|it| it.is_ascii_lowercase() || it == b'_'),
                "{code}"
            );
            assert!(problem.status().as_u16() >= 400, "{code}");
            assert!(problem.meaning().ends_with('.'), "{code}");
            assert!(problem.what_to_do().ends_with('.'), "{code}");
            assert!(!problem.title().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn a_problem_is_written_as_rfc_9457_says() {
        let violation = Violation {
            code: "value",
            pointer: "?limit".into(),
            message: "1 to 200".into(),
        };
        let fault = Fault::new(Problem::InvalidQuery, "one parameter").naming(vec![violation]);
        let json: serde_json::Value = serde_json::from_slice(&fault.to_json("req_1")).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "type": "urn:countersign:problem:invalid_query",
                "code": "invalid_query",
                "title": "A query parameter is wrong",
                "status": 400,
                "detail": "one parameter",
                "instance": "req_1",
                "violations": [{"code": "value", "pointer": "?limit", "message": "1 to 200"}],
            })
        );
    }
}
