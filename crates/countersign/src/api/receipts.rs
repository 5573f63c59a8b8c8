//! `/api/v1/receipts`: the list, one receipt, its exact bytes.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use countersign_domain::{
    ids::{EventId, ReceiptId},
    receipt::{Finding, Part, Verdict, Violation},
};
use countersign_store::{ReceiptFilter, ReceiptRecord, ReceiptSummary};
use http::{HeaderValue, Uri, header};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Private,
    problem::{Fault, Problem},
    query::{Items, Parameters, and_one, no_parameters},
};

/// One line of the list.
#[derive(Debug, Serialize)]
pub(crate) struct ReceiptItem {
    id: ReceiptId,
    source: String,
    operation: String,
    verdict: Verdict,
    received_at: Timestamp,
    violations: Vec<Violation>,
    findings: Vec<Finding>,
    duplicate_of: Option<ReceiptId>,
    released_at: Option<Timestamp>,
}

impl From<ReceiptSummary> for ReceiptItem {
    fn from(summary: ReceiptSummary) -> Self {
        let ReceiptSummary {
            id,
            source,
            operation,
            verdict,
            received_at,
            violations,
            findings,
            duplicate_of,
            released_at,
        } = summary;
        Self {
            id,
            source,
            operation,
            verdict,
            received_at,
            violations,
            findings,
            duplicate_of,
            released_at,
        }
    }
}

/// Everything about one receipt but its bytes.
#[derive(Debug, Serialize)]
struct ReceiptView {
    #[serde(flatten)]
    item: ReceiptItem,
    edition: Option<String>,
    /// The receipt that said the same, where the release of the whole applied nothing.
    released_duplicate_of: Option<ReceiptId>,
    answer: AnswerView,
    headers: Vec<(String, String)>,
    parts: Vec<PartView>,
}

#[derive(Debug, Serialize)]
struct AnswerView {
    status: u16,
    /// The exact text that was answered.
    body: String,
}

#[derive(Debug, Serialize)]
struct PartView {
    part: u32,
    verdict: Verdict,
    event: Option<String>,
    violations: Vec<Violation>,
    released_at: Option<Timestamp>,
    /// The receipt that said the same, where its release alone applied nothing.
    released_duplicate_of: Option<ReceiptId>,
}

/// `GET /api/v1/receipts`
pub(crate) async fn list(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<ReceiptItem>>, Fault> {
    let mut given = Parameters::of(&uri);
    let page = given.take_page();
    let filter = ReceiptFilter {
        source: given.take("source"),
        operation: given.take("operation"),
        verdict: given.take("verdict"),
        since: given.take_time("since"),
        until: given.take_time("until"),
    };
    given.finish()?;
    let rows = private
        .context
        .store
        .receipts(&filter, and_one(page))
        .await?;
    Ok(Json(Items::of(
        page,
        rows,
        |it| it.id.rowid(),
        ReceiptItem::from,
    )))
}

/// `GET /api/v1/receipts/{id}`
pub(crate) async fn one(
    State(private): State<Arc<Private>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    no_parameters(&uri)?;
    let id = receipt_id(&id)?;
    let record = private
        .context
        .store
        .receipt(id)
        .await?
        .ok_or_else(|| unknown(id))?;
    Ok(Json(view(record)).into_response())
}

/// `GET /api/v1/receipts/{id}/body`: whatever a stranger sent, so nobody may take it for a page.
pub(crate) async fn body(
    State(private): State<Arc<Private>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    no_parameters(&uri)?;
    let id = receipt_id(&id)?;
    let body = private
        .context
        .store
        .body(id)
        .await?
        .ok_or_else(|| unknown(id))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, body).into_response())
}

/// Reads the id of a path; what is no id names nothing.
pub(crate) fn receipt_id(text: &str) -> Result<ReceiptId, Fault> {
    text.parse()
        .map_err(|error: countersign_domain::ids::InvalidId| {
            Fault::new(Problem::NotFound, error.to_string())
        })
}

/// There is no receipt with this id.
pub(crate) fn unknown(id: ReceiptId) -> Fault {
    Fault::new(Problem::NotFound, format!("there is no receipt {id}"))
}

fn view(record: ReceiptRecord) -> ReceiptView {
    let parts = (0..)
        .zip(&record.parts)
        .map(|(number, part)| part_view(&record, number, part));
    ReceiptView {
        parts: parts.collect(),
        edition: record.edition,
        released_duplicate_of: record.released_duplicate_of,
        answer: AnswerView {
            status: record.answer.status,
            body: String::from_utf8_lossy(&record.answer.body).into_owned(),
        },
        headers: record.headers,
        item: record.summary.into(),
    }
}

fn part_view(record: &ReceiptRecord, number: u32, part: &Part) -> PartView {
    let is_held = part.verdict == Verdict::Quarantined;
    let with_all = record.summary.released_at.filter(|_| is_held);
    let with_all = with_all.map(|at| (at, record.released_duplicate_of));
    let alone = record.released_parts.iter().find(|it| it.part == number);
    let released = alone.map(|it| (it.at, it.duplicate_of)).or(with_all);
    let event = EventId {
        receipt: record.summary.id,
        part: number,
    };
    PartView {
        part: number,
        verdict: part.verdict,
        event: record.events.contains(&number).then(|| event.to_string()),
        violations: part.violations.clone(),
        released_at: released.map(|(at, _)| at),
        released_duplicate_of: released.and_then(|(_, duplicate_of)| duplicate_of),
    }
}
