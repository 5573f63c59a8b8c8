//! What every private request passes: an id of its own, the token, and on the way back the writing
//! of problems.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::{
    Private,
    problem::{CONTENT_TYPE, Fault, Problem},
};
use crate::receive::{
    authenticate::brings_token,
    headers::{self, X_REQUEST_ID},
};

/// The id of a private request, for whoever handles it.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Gives the request its id, and writes the problem of whatever went wrong behind.
pub(crate) async fn identify(
    State(private): State<Arc<Private>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id: Arc<str> = headers::request_id(request.headers()).map_or_else(
        || {
            private
                .context
                .ids
                .request(private.context.clock.now())
                .into()
        },
        Arc::from,
    );
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let mut response = next.run(request).await;
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        *response.body_mut() = Body::from(fault.to_json(&id));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, CONTENT_TYPE);
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
    }
    if let Ok(value) = id.parse() {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// Lets only those in who bring the token. With `--dev` there is none, and then at least no page of
/// another site may ask through somebody's browser.
pub(crate) async fn authorize(
    State(private): State<Arc<Private>>,
    request: Request,
    next: Next,
) -> Response {
    match &private.token {
        Some(token) if brings_token(request.headers(), token) => next.run(request).await,
        Some(_) => {
            let fault = Fault::new(Problem::Unauthorized, "send the token of the private side");
            let mut response = fault.into_response();
            let challenge = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
            response
        }
        None if is_local(request.headers(), request.uri()) => next.run(request).await,
        None => Fault::new(Problem::ForeignOrigin, "only this machine may ask").into_response(),
    }
}

/// Whether the request asks for a loopback name and no page of another site sends it.
fn is_local(headers: &HeaderMap, uri: &Uri) -> bool {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let host = host.or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let origin = headers
        .get(header::ORIGIN)
        .map(|it| it.to_str().unwrap_or_default());
    let host_is_local = host.is_some_and(is_loopback);
    let origin_is_local = origin.is_none_or(|it| {
        it.strip_prefix("http://")
            .is_some_and(|it| host == Some(it) && is_loopback(it))
    });
    host_is_local && origin_is_local
}

fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<http::uri::Authority>() else {
        return false;
    };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_only_this_machine_may_ask() {
        let local = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            is_local(&headers, &Uri::from_static("/"))
        };
        assert!(local("127.0.0.1:8081", None));
        assert!(local("[::1]:8081", None));
        assert!(local("localhost:8081", Some("http://localhost:8081")));
        assert!(
            !local("evil.example:8081", None),
            "a name that was bent to this machine"
        );
        assert!(!local("localhost:8081", Some("http://evil.example")));
        assert!(!local("localhost:8081", Some("http://localhost:3000")));
        assert!(!local("localhost:8081", Some("null")));
        assert!(!is_local(&HeaderMap::new(), &Uri::from_static("/")));
    }
}
