//! `POST /api/v1/documents/rebuild`: folds a slice of the documents again out of their changes, and
//! tells what is not as it was kept.

use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State};
use countersign_store::{Difference, Refold};
use http::Uri;
use serde::{Deserialize, Serialize};

use super::{
    Private,
    body::{self, wrong},
    names::shown,
    problem::Fault,
    query::{from_cursor, no_parameters, to_cursor},
};

/// How many documents one request refolds: few enough that webhooks hardly wait for them.
const SLICE: u32 = 500;

/// What is to be refolded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Only tell; mend nothing.
    #[serde(default)]
    check: bool,
    /// The `next` of the slice before.
    after: Option<String>,
}

/// What a slice showed.
#[derive(Debug, Serialize)]
pub(crate) struct RebuiltView {
    documents: u64,
    changes: u64,
    /// How many of those that differed are now as they should be.
    mended: u64,
    differences: Vec<DifferenceItem>,
    next: Option<String>,
}

/// A document that was not what its changes make of it.
#[derive(Debug, Serialize)]
struct DifferenceItem {
    document: String,
    namespace: Arc<str>,
    what: Vec<&'static str>,
}

impl From<Difference> for DifferenceItem {
    fn from(difference: Difference) -> Self {
        Self {
            document: shown(&difference.document),
            namespace: difference.document.namespace,
            what: difference.what,
        }
    }
}

/// `POST /api/v1/documents/rebuild`
pub(crate) async fn rebuild(
    State(private): State<Arc<Private>>,
    uri: Uri,
    body: Bytes,
) -> Result<Json<RebuiltView>, Fault> {
    no_parameters(&uri)?;
    let shape =
        "expected {\"check\": true or false, \"after\": the `next` of the slice before, or null}";
    let Wish { check, after } = body::read(&body, shape)?;
    let after = match after.as_deref() {
        None => 0,
        Some(text) => {
            from_cursor(text).ok_or_else(|| wrong("the cursor cannot be read", "/after", shape))?
        }
    };
    let context = &private.context;
    let refold = Refold {
        lifecycles: Arc::clone(&context.lifecycles),
        after,
        limit: SLICE,
        mend: !check,
    };
    let refolded = context.store.refold(refold).await?;
    if !refolded.differences.is_empty() {
        let documents = refolded.differences.len();
        tracing::warn!(
            documents,
            mended = refolded.mended,
            "documents were not what their changes make of them"
        );
    }
    Ok(Json(RebuiltView {
        documents: refolded.documents,
        changes: refolded.changes,
        mended: refolded.mended,
        differences: refolded.differences.into_iter().map(Into::into).collect(),
        next: refolded.next.map(to_cursor),
    }))
}
