//! `/health`, `/ready` and `/metrics`: what the one who operates the process asks; the first two
//! without a token.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Uri, header};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    Private,
    problem::{Fault, Problem},
    query::no_parameters,
};

/// How long the store may take to prove that it can commit.
const PROOF_WITHIN: Duration = Duration::from_secs(2);

/// `GET /health`: the process is alive. Probes may add what they like to the address.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

/// `GET /ready`: a webhook that comes now can be committed.
pub(crate) async fn ready(State(private): State<Arc<Private>>) -> Result<Json<Value>, Fault> {
    let context = &private.context;
    if context.is_draining() {
        return Err(Fault::new(Problem::NotReady, "the process is stopping"));
    }
    match timeout(PROOF_WITHIN, context.store.probe()).await {
        Ok(Ok(())) => Ok(Json(json!({"status": "ready"}))),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            Err(Fault::new(
                Problem::NotReady,
                "the store cannot commit now; the log says why",
            ))
        }
        Err(_elapsed) => Err(Fault::new(
            Problem::NotReady,
            "the store takes too long to commit",
        )),
    }
}

/// `GET /metrics`: Prometheus text.
pub(crate) async fn metrics(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Response, Fault> {
    no_parameters(&uri)?;
    let context = &private.context;
    crate::telemetry::gauge_now("countersign_queue_receipts", context.commits.depth());
    crate::telemetry::gauge_now("countersign_batch_receipts", context.commits.last_batch());
    crate::telemetry::gauge_now("countersign_in_flight_bytes", context.bodies.budget.used());
    let unmerged = context.store.unmerged_labels().await;
    let unmerged = usize::try_from(unmerged).unwrap_or(usize::MAX);
    crate::telemetry::gauge_now("countersign_labels_unmerged", unmerged);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], private.metrics.render()).into_response())
}
