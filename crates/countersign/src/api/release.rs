//! `POST /api/v1/receipts/{id}/release`: what was quarantined is applied, once.
//!
//! The stored bytes are checked again with the contract as it is now, and with nothing refused: a
//! person has decided. That gives the identity under which they are applied, so a release is a
//! duplicate of whatever was accepted meanwhile.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use countersign_domain::{
    contract::{Contract, NotReleasable, Received, ReleaseClaim},
    ids::ReceiptId,
    receipt::Verdict,
};
use countersign_store::{ReceiptRecord, Release, Released};
use http::Uri;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Private, body,
    problem::{Fault, Problem},
    query::no_parameters,
    receipts::{receipt_id, unknown},
};
use crate::receive::{context::Context, documents, headers, judge::checked};

/// What a release may be narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    part: Option<u32>,
}

/// What became of it.
#[derive(Debug, Serialize)]
pub(crate) struct ReleaseView {
    id: ReceiptId,
    part: Option<u32>,
    released_at: Timestamp,
    /// The receipt that said the same and was accepted meanwhile: nothing was left to apply.
    duplicate_of: Option<ReceiptId>,
}

/// `POST /api/v1/receipts/{id}/release`
pub(crate) async fn release(
    State(private): State<Arc<Private>>,
    Path(id): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Result<Json<ReleaseView>, Fault> {
    no_parameters(&uri)?;
    let id = receipt_id(&id)?;
    let shape = "expected {} or {\"part\": a number from 0}";
    let Wish { part } = body::read(&body, shape)?;
    let context = &private.context;
    let record = context
        .store
        .receipt(id)
        .await?
        .ok_or_else(|| unknown(id))?;
    let part = held(&record, part)?;
    let bytes = context.store.body(id).await?.ok_or_else(|| unknown(id))?;
    let already = released_before(&record, part);
    let view = |released_at, duplicate_of| ReleaseView {
        id,
        part,
        released_at,
        duplicate_of,
    };
    if let Some((at, duplicate_of)) = already {
        return Ok(Json(view(at, duplicate_of)));
    }
    let (contract, claim) = claim(context, &record, &bytes, part)?;
    let at = context.clock.now();
    let release = Release {
        receipt: id,
        part,
        at,
        row: context.ids.row(at),
        changes: documents::with_lives(contract, claim.changes),
        events: claim.events,
        findings: claim.findings,
        failed_subject: documents::failed_subject(contract, claim.failed_subject),
        identity: claim.identity,
        content: claim.content,
    };
    match context.store.release(release).await? {
        Released::Now => {
            tracing::info!(receipt = %id, part, "released from quarantine");
            Ok(Json(view(at, None)))
        }
        Released::ContentChanged { first } => {
            tracing::info!(receipt = %id, part, %first, "released, and its content had changed");
            Ok(Json(view(at, None)))
        }
        Released::Already { at, duplicate_of } => Ok(Json(view(at, duplicate_of))),
        Released::DuplicateOf { first } => Ok(Json(view(at, Some(first)))),
        Released::NotQuarantined => Err(not_releasable("it is not in quarantine")),
        Released::Unknown => Err(no_such_part()),
    }
}

fn no_such_part() -> Fault {
    Fault::new(Problem::NotFound, "there is no such part")
}

/// What lies in quarantine: a part alone where the receipt was accepted, else the receipt as a
/// whole, which is also meant by the only part of one that is not cut.
fn held(record: &ReceiptRecord, part: Option<u32>) -> Result<Option<u32>, Fault> {
    let Some(number) = part else { return Ok(None) };
    let count = record.parts.len().max(1);
    if number as usize >= count {
        return Err(no_such_part());
    }
    match record.summary.verdict {
        Verdict::Accepted => Ok(part),
        Verdict::Quarantined if count == 1 => Ok(None),
        Verdict::Quarantined => Err(not_releasable(
            "it is in quarantine as a whole: release the whole receipt",
        )),
        Verdict::Duplicate => Err(not_releasable("it is not in quarantine")),
    }
}

fn not_releasable(detail: &str) -> Fault {
    Fault::new(Problem::NotReleasable, detail)
}

fn released_before(
    record: &ReceiptRecord,
    part: Option<u32>,
) -> Option<(Timestamp, Option<ReceiptId>)> {
    match part {
        None => record
            .summary
            .released_at
            .map(|at| (at, record.released_duplicate_of)),
        Some(part) => record
            .released_parts
            .iter()
            .find(|it| it.part == part)
            .map(|it| (it.at, it.duplicate_of)),
    }
}

/// What the contract of now applies of the stored bytes, and under which identity.
fn claim<'c>(
    context: &'c Context,
    record: &ReceiptRecord,
    bytes: &[u8],
    part: Option<u32>,
) -> Result<(&'c Contract, ReleaseClaim), Fault> {
    let summary = &record.summary;
    let source = context.source(&summary.source).ok_or_else(|| {
        not_releasable(&format!(
            "its source `{}` is no longer configured",
            summary.source
        ))
    })?;
    let operation = source
        .contract
        .operation(&summary.operation)
        .ok_or_else(|| {
            not_releasable(&format!(
                "`{}` is no longer in the contract",
                summary.operation
            ))
        })?;
    let received = received(record, bytes);
    let claim = checked(&received, || {
        source
            .contract
            .release_of(operation, &source.policy, &received, part)
    });
    match claim {
        Some(Ok(claim)) => Ok((&source.contract, claim)),
        Some(Err(NotReleasable::NoSuchPart)) => Err(no_such_part()),
        Some(Err(NotReleasable::Unreadable(why))) => Err(not_releasable(&format!(
            "its bytes still cannot be read: {}",
            why.message
        ))),
        None => Err(not_releasable("our own code still fails on it")),
    }
}

/// A stored receipt as it came.
fn received<'r>(record: &'r ReceiptRecord, bytes: &'r [u8]) -> Received<'r> {
    let kept = |name: &str| {
        let header = record.headers.iter().find(|(it, _)| it == name);
        header.map(|(_, value)| value.as_str())
    };
    let summary = &record.summary;
    Received {
        receipt: summary.id,
        received_at: summary.received_at,
        request_id: kept(headers::X_REQUEST_ID.as_str()).unwrap_or_default(),
        source: &summary.source,
        content_type: kept("content-type"),
        body: bytes,
    }
}
