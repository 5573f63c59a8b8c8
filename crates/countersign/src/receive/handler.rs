//! The way of one message, from top to bottom.
//!
//! What always holds: whatever says that a message was taken is said after its commit. A client
//! that hangs up cancels nothing half-way: before the queue nothing was promised, and behind it the
//! commit goes on without the client.

use std::{borrow::Cow, time::Instant};

use http::{Method, Request};
use hyper::body::Incoming;

use super::{
    accept::{Message, accept},
    authenticate::Presented,
    context::Context,
    headers,
    refuse::{self, Refusable},
    respond::Reply,
};

/// Receives one message and answers it.
pub(crate) async fn receive(context: &Context, request: Request<Incoming>) -> Reply {
    let started = Instant::now();
    let at = context.clock.now();
    let (head, body) = request.into_parts();
    let request_id = headers::request_id(&head.headers)
        .map_or_else(|| Cow::Owned(context.ids.request(at)), Cow::Borrowed);
    let request = Refusable {
        head: &head,
        request_id: &request_id,
        at,
    };

    let Some(found) = context.mounts.find(head.uri.path()) else {
        return refuse::unknown_path(context, request, body);
    };
    let probably_meant = &found.inlets[0];
    if head.method != Method::POST {
        return refuse::wrong_method(probably_meant, request, body);
    }
    let presented = Presented {
        headers: &head.headers,
        path_token: found.token.as_deref(),
    };
    let Some(inlet) = found.admitting(presented) else {
        return refuse::unauthorized(context, probably_meant, request, body).await;
    };
    let body = match context
        .bodies
        .read(body, &head.headers, inlet.source.body_bytes)
        .await
    {
        Ok(body) => body,
        Err(unread) => return refuse::unread(inlet, request, unread),
    };

    let message = Message {
        inlet,
        request_id: &request_id,
        content_type: headers::content_type(&head.headers),
        headers: context.kept_headers.of(&head.headers),
        body,
    };
    match accept(context, message).await {
        Ok(accepted) => {
            context.metrics.seconds.record(started.elapsed());
            accepted.reply(inlet, &request_id)
        }
        Err(error) => refuse::not_committed(context, inlet, request, &error),
    }
}
