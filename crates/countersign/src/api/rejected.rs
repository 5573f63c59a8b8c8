//! `/api/v1/rejected`: bodies whose credential failed, kept for an hour, and their release.
//!
//! A release sends the body the same way as a webhook, only without asking for a credential: a
//! person has decided that it is genuine.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use countersign_domain::{
    ids::{InvalidId, ReceiptId, RejectedId},
    receipt::Verdict,
};
use countersign_store::RejectedSummary;
use http::Uri;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Private,
    guard::RequestId,
    problem::{Fault, Problem},
    query::{Items, Parameters, and_one, no_parameters},
};
use crate::receive::accept::{Message, accept};

/// One line of the list.
#[derive(Debug, Serialize)]
pub(crate) struct RejectedItem {
    id: RejectedId,
    source: String,
    operation: String,
    received_at: Timestamp,
    bytes: u64,
    released_as: Option<ReceiptId>,
}

impl From<RejectedSummary> for RejectedItem {
    fn from(summary: RejectedSummary) -> Self {
        let RejectedSummary {
            id,
            source,
            operation,
            received_at,
            bytes,
            released_as,
        } = summary;
        Self {
            id,
            source,
            operation,
            received_at,
            bytes,
            released_as,
        }
    }
}

/// What became of a release.
#[derive(Debug, Serialize)]
pub(crate) struct ReleasedView {
    id: RejectedId,
    released_as: ReceiptId,
    /// What became of the receipt; none when it was released before.
    verdict: Option<Verdict>,
}

/// `GET /api/v1/rejected`
pub(crate) async fn list(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<RejectedItem>>, Fault> {
    let mut given = Parameters::of(&uri);
    let page = given.take_page();
    given.finish()?;
    let rows = private.context.store.rejected(and_one(page)).await?;
    Ok(Json(Items::of(
        page,
        rows,
        |it| it.id.rowid(),
        RejectedItem::from,
    )))
}

/// `POST /api/v1/rejected/{id}/release`
pub(crate) async fn release(
    State(private): State<Arc<Private>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<ReleasedView>, Fault> {
    no_parameters(&uri)?;
    let id: RejectedId = id
        .parse()
        .map_err(|it: InvalidId| Fault::new(Problem::NotFound, it.to_string()))?;
    let context = &private.context;
    let rejected = context.store.rejected_one(id).await?.ok_or_else(|| {
        let detail = format!("there is no {id}; such bodies are kept only for a while");
        Fault::new(Problem::NotFound, detail)
    })?;
    if let Some(released_as) = rejected.released_as {
        return Ok(Json(ReleasedView {
            id,
            released_as,
            verdict: None,
        }));
    }
    let inlet = context
        .mounts
        .inlet(&rejected.source, &rejected.operation)
        .ok_or_else(|| {
            let what = format!("`{}` of source `{}`", rejected.operation, rejected.source);
            Fault::new(
                Problem::NotReleasable,
                format!("{what} is no longer configured"),
            )
        })?;
    let content_type = rejected
        .headers
        .iter()
        .find(|(name, _)| name == "content-type");
    let content_type = content_type.map(|(_, value)| value.clone());
    let message = Message {
        inlet,
        request_id: &request_id,
        content_type: content_type.as_deref(),
        headers: rejected.headers,
        body: rejected.body,
    };
    let accepted = accept(context, message).await?;
    // A crash in between is harmless: the next release makes a duplicate of this receipt.
    context
        .store
        .mark_rejected_released(id, accepted.receipt)
        .await?;
    tracing::info!(rejected = %id, receipt = %accepted.receipt, "released a rejected body");
    let verdict = Some(accepted.verdict);
    Ok(Json(ReleasedView {
        id,
        released_as: accepted.receipt,
        verdict,
    }))
}
