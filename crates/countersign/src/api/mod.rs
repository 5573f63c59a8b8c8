//! The private side: resources for people and commands, health, readiness and metrics.
//!
//! Handlers translate between HTTP and the store and decide nothing themselves. What always holds:
//! everything but `/health` and `/ready` needs the token (but with `--dev`); every error is a
//! [`Problem`]; unknown parameters are errors; lists are pages by keyset and never scans. What it does not do:
//! receive webhooks (that is `receive`). Next: `router` for the paths, `problem` for the errors.

mod body;
mod candidates;
mod document_view;
mod documents;
mod event_body;
mod events;
mod findings;
mod glob;
mod guard;
mod names;
mod operate;
pub mod problem;
mod query;
mod rebuild;
mod receipts;
mod rejected;
mod release;
mod sources;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusHandle;
use problem::Fault;
pub use problem::Problem;

use crate::receive::context::Context;

/// The longest body of a private request.
const BODY_BYTES: usize = 1024 * 1024;

/// What the private side knows.
pub(crate) struct Private {
    /// Shared with the public side.
    pub(crate) context: Arc<Context>,
    /// The SHA-256 of the token; none with `--dev`.
    pub(crate) token: Option<[u8; 32]>,
    /// Renders what was counted.
    pub(crate) metrics: PrometheusHandle,
}

/// Every path of the private side.
pub(crate) fn router(private: Arc<Private>) -> Router {
    let authorize = middleware::from_fn_with_state(Arc::clone(&private), guard::authorize);
    let resources = Router::new()
        .route("/receipts", get(receipts::list))
        .route("/receipts/{id}", get(receipts::one))
        .route("/receipts/{id}/body", get(receipts::body))
        .route("/receipts/{id}/release", post(release::release))
        .route("/documents", get(documents::list))
        .route("/documents/rebuild", post(rebuild::rebuild))
        // An id may hold slashes, written as they are or as `%2F`.
        .route("/documents/{kind}/{*id}", get(documents::one))
        .route("/findings", get(findings::list))
        .route("/findings/{id}", get(findings::one))
        .route("/findings/{id}/resolve", post(findings::resolve))
        .route("/events", get(events::list))
        .route("/events/{id}", get(events::one))
        .route("/rejected", get(rejected::list))
        .route("/rejected/{id}/release", post(rejected::release))
        .route("/sources", get(sources::list))
        .route("/contracts", get(sources::contracts))
        .route("/contracts/{name}", get(sources::contract))
        .fallback(unknown_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(authorize.clone());
    let metrics = get(operate::metrics).layer(authorize);
    Router::new()
        .nest("/api/v1", resources)
        .route("/health", get(operate::health))
        .route("/ready", get(operate::ready))
        .route("/metrics", metrics)
        .fallback(unknown_path)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::map_response(name_refusals_of_axum))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&private),
            guard::identify,
        ))
        .with_state(private)
}

async fn unknown_path() -> Fault {
    Fault::new(Problem::NotFound, "nothing is at this path")
}

async fn method_not_allowed() -> Fault {
    Fault::new(
        Problem::MethodNotAllowed,
        "the header `Allow` names the methods of this path",
    )
}

/// A body over the limit is refused before a handler sees it; that refusal is a problem too.
async fn name_refusals_of_axum(response: Response) -> Response {
    let is_named = response.extensions().get::<Fault>().is_some();
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_named {
        let detail = format!("at most {BODY_BYTES} bytes are taken");
        return Fault::new(Problem::BodyTooLarge, detail).into_response();
    }
    response
}
