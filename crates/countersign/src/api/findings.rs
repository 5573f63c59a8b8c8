//! `/api/v1/findings`: what does not add up, and what a person decides about it.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use countersign_domain::{
    ids::{ChangeId, FindingId, InvalidId, ReceiptId},
    receipt::{FindingCode, Severity},
};
use countersign_store::{FindingFilter, FindingRecord, Resolution, ResolutionAnswer, Resolved};
use http::Uri;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Private,
    body::{self, wrong},
    names::{Wanted, shown},
    problem::{Fault, Problem},
    query::{Items, Parameters, and_one, no_parameters},
};

/// How long a reason may be, in bytes.
const REASON_BYTES: usize = 4_000;

/// One finding.
#[derive(Debug, Serialize)]
pub(crate) struct FindingItem {
    id: FindingId,
    code: FindingCode,
    severity: Severity,
    /// What of the document it is about: a node, a leg, a fact, a row; empty for the whole.
    about: String,
    message: String,
    document: Option<String>,
    receipt: ReceiptId,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
}

impl From<FindingRecord> for FindingItem {
    fn from(record: FindingRecord) -> Self {
        let FindingRecord {
            id,
            key,
            message,
            document,
            receipt,
            opened_at,
            closed_at,
        } = record;
        Self {
            id,
            code: key.code,
            severity: key.code.severity(),
            about: key.about,
            message,
            document: document.as_ref().map(shown),
            receipt,
            opened_at,
            closed_at,
        }
    }
}

/// `GET /api/v1/findings`
pub(crate) async fn list(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<FindingItem>>, Fault> {
    let context = &private.context;
    let mut given = Parameters::of(&uri);
    let page = given.take_page();
    let code = given.take_with("code", |text| {
        FindingCode::of(text).ok_or_else(|| {
            let known: Vec<_> = FindingCode::ALL.iter().map(|it| it.as_str()).collect();
            format!("is not a finding's code; there are {}", known.join(", "))
        })
    });
    let least = given.take_with("severity", |text| {
        let known = Severity::ALL.into_iter().find(|it| it.as_str() == text);
        known.ok_or_else(|| "expected info, warning or error".to_owned())
    });
    let document = Wanted::take(&mut given, context);
    let open = given.take("open");
    given.finish()?;
    let codes = codes(code, least);
    if codes.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Json(Items::whole(Vec::new())));
    }
    let filter = FindingFilter {
        codes: codes.unwrap_or_default(),
        document: match document {
            Some(wanted) => Some(wanted.name(context).await?),
            None => None,
        },
        open,
    };
    let rows = context.store.findings(&filter, and_one(page)).await?;
    Ok(Json(Items::of(
        page,
        rows,
        |it| it.id.rowid(),
        FindingItem::from,
    )))
}

/// The codes that are asked for; none for all of them.
fn codes(code: Option<FindingCode>, least: Option<Severity>) -> Option<Vec<FindingCode>> {
    let is_asked_for = |it: &FindingCode| {
        code.is_none_or(|code| code == *it) && least.is_none_or(|least| it.severity() >= least)
    };
    let asked = FindingCode::ALL.iter().copied().filter(is_asked_for);
    (code.is_some() || least.is_some_and(|it| it > Severity::Info)).then(|| asked.collect())
}

/// `GET /api/v1/findings/{id}`
pub(crate) async fn one(
    State(private): State<Arc<Private>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<FindingItem>, Fault> {
    no_parameters(&uri)?;
    let found = finding(&private, finding_id(&id)?).await?;
    Ok(Json(found.into()))
}

fn finding_id(text: &str) -> Result<FindingId, Fault> {
    text.parse()
        .map_err(|error: InvalidId| Fault::new(Problem::NotFound, error.to_string()))
}

async fn finding(private: &Private, id: FindingId) -> Result<FindingRecord, Fault> {
    let found = private.context.store.finding(id).await?;
    found.ok_or_else(|| unknown(id))
}

fn unknown(id: FindingId) -> Fault {
    Fault::new(Problem::NotFound, format!("there is no finding {id}"))
}

/// What a person decides.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    pick: Option<ChangeId>,
    void: Option<ChangeId>,
    #[serde(default)]
    reason: String,
}

impl Wish {
    const SHAPE: &str = "expected {\"reason\": a text}, with {\"pick\": a change} or {\"void\": a change} where \
         the finding follows from what changes say";

    fn answer(&self) -> Result<ResolutionAnswer, Fault> {
        let reason = self.reason.trim();
        if reason.is_empty() || reason.len() > REASON_BYTES {
            let message = format!("a reason of 1 to {REASON_BYTES} bytes is needed: why is it so?");
            return Err(wrong("a reason is needed", "/reason", &message));
        }
        match (self.pick, self.void) {
            (Some(change), None) => Ok(ResolutionAnswer::Pick(change)),
            (None, Some(change)) => Ok(ResolutionAnswer::Void(change)),
            (None, None) => Ok(ResolutionAnswer::Noted),
            (Some(_), Some(_)) => Err(wrong(
                "pick one change or void one",
                "/void",
                "is not taken beside `pick`: make two resolutions of it",
            )),
        }
    }
}

/// `POST /api/v1/findings/{id}/resolve`
pub(crate) async fn resolve(
    State(private): State<Arc<Private>>,
    Path(id): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Result<Json<FindingItem>, Fault> {
    no_parameters(&uri)?;
    let id = finding_id(&id)?;
    let wish: Wish = body::read(&body, Wish::SHAPE)?;
    let answer = wish.answer()?;
    let context = &private.context;
    let document = finding(&private, id).await?.document;
    let lifecycle = document.and_then(|it| context.lifecycles.get(&it.namespace, &it.kind));
    let at = context.clock.now();
    let resolution = Resolution {
        id: context.ids.decision(at),
        at,
        finding: id,
        lifecycle: lifecycle.map(Arc::clone),
        answer,
        reason: wish.reason.trim().to_owned(),
    };
    match context.store.resolve(resolution).await? {
        Resolved::Now(record) => {
            tracing::info!(finding = %id, "resolved");
            Ok(Json(FindingItem::from(*record)))
        }
        Resolved::UnknownFinding => Err(unknown(id)),
        Resolved::UnknownChange => Err(Fault::new(
            Problem::UnknownChange,
            "look in the document's timeline for the change's id",
        )),
        Resolved::NeedsRuling => Err(Fault::new(
            Problem::NeedsRuling,
            "pick the change that is true, or void the one that is not",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_means_at_least_and_a_code_narrows_it() {
        assert_eq!(codes(None, None), None);
        assert_eq!(codes(None, Some(Severity::Info)), None);
        let errors = codes(None, Some(Severity::Error)).unwrap();
        assert!(errors.contains(&FindingCode::Conflict) && !errors.contains(&FindingCode::Gap));
        assert_eq!(
            codes(Some(FindingCode::Gap), Some(Severity::Warning)),
            Some(vec![FindingCode::Gap])
        );
        assert_eq!(
            codes(Some(FindingCode::Gap), Some(Severity::Error)),
            Some(vec![])
        );
    }
}
