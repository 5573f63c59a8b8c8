//! Turns answers into HTTP responses.

use bytes::Bytes;
use countersign_domain::receipt::Answer;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

use super::mounts::Inlet;

/// What the public side answers with.
pub(crate) type Reply = Response<Full<Bytes>>;

/// The answer with the headers that the provider expects for this request.
pub(crate) fn reply(inlet: &Inlet, answer: Answer, request_id: &str) -> Reply {
    let mut reply = Response::new(Full::new(answer.body));
    *reply.status_mut() =
        StatusCode::from_u16(answer.status).expect("a contract answers with an HTTP status");
    let headers = reply.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let more = if answer.status == 200 {
        inlet.operation().answer_headers(request_id)
    } else {
        inlet.source.contract.refusal_headers(request_id)
    };
    for (name, value) in more {
        // Names were checked when the contract was loaded; a request id is clean.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            headers.insert(name, value);
        }
    }
    reply
}

/// Adds that the connection ends with this answer.
pub(crate) fn and_close(mut reply: Reply) -> Reply {
    reply
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    reply
}

/// Adds that a later try may succeed.
pub(crate) fn and_try_again(mut reply: Reply) -> Reply {
    reply
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    reply
}
