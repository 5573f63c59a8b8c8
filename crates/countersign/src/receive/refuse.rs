//! Answers to requests that make no receipt, each in the shape of its provider.
//!
//! What always holds: a refusal says nothing about why a credential failed, and 503 is said only
//! when nothing is known to be committed. Refusals of a body's content are not here: those make a
//! receipt in quarantine and come from the check.

use countersign_domain::contract::Refused;
use countersign_store::{Rejected, StoreError};
use http::{HeaderValue, Response, header, request::Parts};
use http_body_util::Full;
use hyper::body::Incoming;
use jiff::Timestamp;

use super::{
    body::{self, Unread},
    context::Context,
    mounts::Inlet,
    respond::{Reply, and_close, and_try_again, reply},
};
use crate::api::problem::{Fault, Problem};

/// Why a request makes no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A documented path, but not by POST.
    WrongMethod,
    /// No good credential.
    Unauthorized,
    /// The body is longer than the source allows.
    TooLarge,
    /// The body took too long.
    TooSlow,
    /// The sender went away in the middle of the body.
    Incomplete,
    /// The bodies in memory fill the budget.
    Busy,
    /// Nothing can be committed now: the queue or the disk is full, the store is away.
    Unavailable,
}

impl Reason {
    /// Every reason, in the order of the reference.
    pub(crate) const ALL: [Self; 7] = [
        Self::WrongMethod,
        Self::Unauthorized,
        Self::TooLarge,
        Self::TooSlow,
        Self::Incomplete,
        Self::Busy,
        Self::Unavailable,
    ];

    /// The word that metrics and logs use.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::WrongMethod => "wrong_method",
            Self::Unauthorized => "unauthorized",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Incomplete => "incomplete",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::WrongMethod => 405,
            Self::Unauthorized => 401,
            Self::TooLarge => 413,
            Self::TooSlow => 408,
            Self::Incomplete => 400,
            Self::Busy | Self::Unavailable => 503,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::WrongMethod => "This path takes POST only",
            Self::Unauthorized => "The request is not authorized",
            Self::TooLarge => "The body is too large",
            Self::TooSlow => "The body did not arrive in time",
            Self::Incomplete => "The body is incomplete",
            Self::Busy => "Too much is being received at once; try again",
            Self::Unavailable => "It is not known to be kept; send it again",
        }
    }
}

impl From<Unread> for Reason {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge => Self::TooLarge,
            Unread::TooSlow => Self::TooSlow,
            Unread::Incomplete => Self::Incomplete,
            Unread::NoRoom => Self::Busy,
        }
    }
}

/// The request that is refused: its head, its own id and when it came.
#[derive(Clone, Copy)]
pub(crate) struct Refusable<'r> {
    /// The head of the request.
    pub(crate) head: &'r Parts,
    /// The request's own id.
    pub(crate) request_id: &'r str,
    /// When its head was read.
    pub(crate) at: Timestamp,
}

/// Nothing is received at this path.
pub(crate) fn unknown_path(context: &Context, request: Refusable<'_>, body: Incoming) -> Reply {
    context.metrics.unknown_paths.increment(1);
    body::discard(body, &request.head.headers);
    let fault = Fault::new(Problem::NotFound, "nothing is received at this path");
    let mut reply = Response::new(Full::new(fault.to_json(request.request_id).into()));
    *reply.status_mut() = fault.problem().status();
    reply
        .headers_mut()
        .insert(header::CONTENT_TYPE, crate::api::problem::CONTENT_TYPE);
    reply
}

/// A documented path takes only POST.
pub(crate) fn wrong_method(inlet: &Inlet, request: Refusable<'_>, body: Incoming) -> Reply {
    body::discard(body, &request.head.headers);
    let mut reply = because(Reason::WrongMethod, inlet, request);
    reply
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("POST"));
    reply
}

/// No good credential: the answer says nothing more, and the body is kept for an hour.
pub(crate) async fn unauthorized(
    context: &Context,
    inlet: &Inlet,
    request: Refusable<'_>,
    body: Incoming,
) -> Reply {
    let rejections = &context.rejections;
    rejections.count(&inlet.source.name, request.at);
    let headers = &request.head.headers;
    match rejections
        .bodies
        .read(body, headers, inlet.source.body_bytes)
        .await
    {
        Ok(body) => {
            let received_at = context.clock.now();
            rejections.keep(Rejected {
                id: context.ids.rejected(received_at),
                source: inlet.source.name.clone(),
                operation: inlet.operation().name.clone(),
                received_at,
                headers: context.kept_headers.content_type_and_request_id(headers),
                body,
                released_as: None,
            });
            because(Reason::Unauthorized, inlet, request)
        }
        Err(_) => {
            rejections.lost();
            and_close(because(Reason::Unauthorized, inlet, request))
        }
    }
}

/// The body could not be read to its end.
pub(crate) fn unread(inlet: &Inlet, request: Refusable<'_>, unread: Unread) -> Reply {
    let reason = Reason::from(unread);
    tracing::info!(
        request_id = request.request_id,
        source = %inlet.source.name,
        operation = %inlet.operation().name,
        reason = reason.code(),
        "a body was not read to its end"
    );
    let reply = and_close(because(reason, inlet, request));
    if unread == Unread::NoRoom {
        and_try_again(reply)
    } else {
        reply
    }
}

/// Nothing was committed, so nothing is promised. It is logged at most once a second: when the
/// store is away, every message of every provider ends here.
pub(crate) fn not_committed(
    context: &Context,
    inlet: &Inlet,
    request: Refusable<'_>,
    error: &StoreError,
) -> Reply {
    if context.may_complain(request.at) {
        tracing::warn!(
            request_id = request.request_id,
            source = %inlet.source.name,
            operation = %inlet.operation().name,
            %error,
            "receipts cannot be committed"
        );
    }
    and_try_again(because(Reason::Unavailable, inlet, request))
}

fn because(reason: Reason, inlet: &Inlet, request: Refusable<'_>) -> Reply {
    inlet.metrics.refusal(reason);
    let refused = Refused {
        status: reason.status(),
        message: reason.message(),
        violations: &[],
        received_at: request.at,
        request_id: request.request_id,
    };
    reply(
        inlet,
        inlet.source.contract.refusal(&refused),
        request.request_id,
    )
}
