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
    contract::{Judgement, Policy, Received},
    ids::ReceiptId,
    receipt::{Digest, Part, ViolationCode},
};
use countersign_store::{ReceiptRecord, Release, Released};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    Private,
    problem::{Fault, Problem, Violation},
    receipts::{receipt_id, unknown},
};
use crate::receive::{context::Context, headers, judge::judge_as};

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
    body: Bytes,
) -> Result<Json<ReleaseView>, Fault> {
    let id = receipt_id(&id)?;
    let Wish { part } = wish(&body)?;
    let context = &private.context;
    let record = context
        .store
        .receipt(id)
        .await?
        .ok_or_else(|| unknown(id))?;
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
    let judgement = check_again(context, &record, &bytes)?;
    let identity = identity(&record, part, &judgement)?;
    let at = context.clock.now();
    let release = Release {
        receipt: id,
        part,
        at,
        identity,
        content: judgement.content,
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
        Released::Unknown => Err(Fault::new(Problem::NotFound, "there is no such part")),
    }
}

fn wish(body: &[u8]) -> Result<Wish, Fault> {
    if body.trim_ascii().is_empty() {
        return Ok(Wish::default());
    }
    serde_json::from_slice(body).map_err(|error| {
        let message = "expected {} or {\"part\": a number from 0}".to_owned();
        let violation = Violation {
            code: "value",
            pointer: String::new(),
            message,
        };
        Fault::new(Problem::InvalidBody, error.to_string()).naming(vec![violation])
    })
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
            .released_at
            .map(|at| (at, record.released_duplicate_of)),
        Some(part) => record
            .released_parts
            .iter()
            .find(|it| it.part == part)
            .map(|it| (it.at, it.duplicate_of)),
    }
}

/// Checks the stored bytes with the contract as it is now, refusing nothing.
fn check_again(
    context: &Context,
    record: &ReceiptRecord,
    bytes: &[u8],
) -> Result<Judgement, Fault> {
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
    let kept = |name: &str| {
        record
            .headers
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    };
    let policy = Policy {
        strict: false,
        never_refuse: true,
        zone: source.policy.zone,
    };
    let received = Received {
        receipt: summary.id,
        received_at: summary.received_at,
        request_id: kept(headers::X_REQUEST_ID.as_str()).unwrap_or_default(),
        source: &summary.source,
        content_type: kept("content-type"),
        body: bytes,
    };
    let judgement = judge_as(&source.contract, operation, &policy, &received);
    judgement.ok_or_else(|| not_releasable("our own code still fails on it"))
}

/// Whether the bytes as a whole, or the JSON inside one part, cannot be read.
fn is_unreadable(code: ViolationCode) -> bool {
    use ViolationCode as Code;
    match code {
        Code::NotJson
        | Code::NotUtf8
        | Code::TooDeep
        | Code::DuplicateKey
        | Code::ReservedKey
        | Code::Nul
        | Code::PartUnreadable
        | Code::OurFault => true,
        Code::ContentType
        | Code::Id
        | Code::Match
        | Code::Pattern
        | Code::Enum
        | Code::If
        | Code::Required
        | Code::Type
        | Code::Null
        | Code::Schema
        | Code::ResultUnknown => false,
    }
}

/// The identity under which it is applied: what makes it the same message as another, or else its
/// content.
fn identity(
    record: &ReceiptRecord,
    part: Option<u32>,
    judgement: &Judgement,
) -> Result<Digest, Fault> {
    let is_lost = |part: &Part| part.violations.iter().any(|it| is_unreadable(it.code));
    let nothing_to_apply = match part {
        None => !judgement.parts.is_empty() && judgement.parts.iter().all(is_lost),
        Some(part) => judgement
            .parts
            .get(part as usize)
            .map(is_lost)
            .ok_or_else(|| Fault::new(Problem::NotFound, "there is no such part"))?,
    };
    if nothing_to_apply {
        return Err(not_releasable("its bytes still cannot be read"));
    }
    let whole = judgement.identity.unwrap_or_else(|| {
        let mut hash = Sha256::new();
        for piece in [
            record.summary.source.as_bytes(),
            record.summary.operation.as_bytes(),
        ] {
            hash.update(piece);
            hash.update([0]);
        }
        hash.update(judgement.content);
        hash.finalize().into()
    });
    Ok(part.map_or(whole, |number| of_part(&whole, number)))
}

/// A part's own identity: the receipt itself holds the whole one where other parts were accepted,
/// and is no duplicate of itself.
fn of_part(whole: &Digest, number: u32) -> Digest {
    let mut hash = Sha256::new_with_prefix(b"part");
    hash.update(whole);
    hash.update(number.to_be_bytes());
    hash.finalize().into()
}
