//! `/api/v1/documents`: the list, and one document with everything that is known of it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
};
use countersign_domain::{
    document::{Label, Lifecycle, fold},
    money::Money,
};
use countersign_store::{DocumentFilter, DocumentSummary, Page};
use http::Uri;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    Private,
    document_view::DocumentView,
    names::{Wanted, known_kind, take_namespace},
    problem::{Fault, Problem},
    query::{Items, Parameters, to_cursor, violation},
};
use crate::receive::context::Context;

/// How many of a document's last changes are shown.
const TIMELINE: u32 = 1_000;
/// How often the store is asked for one page. A label of eight bytes, or one that holds no longer,
/// can name documents that are left out, so that the store's page is not full.
const ROUNDS: u32 = 20;

/// One line of the list.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentItem {
    kind: Arc<str>,
    id: String,
    namespace: Arc<str>,
    version: Option<i64>,
    status: Option<String>,
    parties: BTreeMap<Arc<str>, String>,
    money: BTreeMap<Arc<str>, Money>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl DocumentItem {
    /// Shows a document by the life of its kind; without one it stands nowhere.
    pub(crate) fn of(summary: DocumentSummary, lifecycle: Option<&Lifecycle>) -> Self {
        let DocumentSummary {
            name,
            state,
            created_at,
            updated_at,
        } = summary;
        let parties = state.parties.iter();
        Self {
            version: lifecycle.and_then(|it| state.version(it)),
            status: lifecycle.and_then(|it| state.status(it)),
            parties: parties
                .map(|(role, it)| (Arc::clone(role), it.value.clone()))
                .collect(),
            money: lifecycle.map(|it| state.amounts(it)).unwrap_or_default(),
            kind: name.kind,
            id: name.id,
            namespace: name.namespace,
            created_at,
            updated_at,
        }
    }
}

/// What a list is narrowed to, as it was asked for.
struct Search {
    kind: Option<String>,
    status: Option<String>,
    party: Option<String>,
    number: Option<String>,
}

/// `GET /api/v1/documents`
pub(crate) async fn list(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<DocumentItem>>, Fault> {
    let context = &private.context;
    let mut given = Parameters::of(&uri);
    let page = given.take_page();
    let search = Search {
        kind: given.take_with("kind", |it| known_kind(context, it)),
        status: given.take_with("status", |it| Ok(fold(it))),
        party: given.take("party"),
        number: given.take("number"),
    };
    given.finish()?;
    let filter = search.filter(context)?;
    let (mut items, mut before) = (Vec::new(), page.before);
    for _ in 0..ROUNDS {
        let missing = Page {
            before,
            limit: page.limit - u32::try_from(items.len()).unwrap_or(page.limit),
        };
        let slice = context.store.documents(&filter, missing).await?;
        before = slice.next;
        for summary in slice.items {
            let name = &summary.name;
            let lifecycle = context.lifecycles.get(&name.namespace, &name.kind);
            let lifecycle = lifecycle.map(|it| &**it);
            if search.holds(&summary, lifecycle) {
                items.push(DocumentItem::of(summary, lifecycle));
            }
        }
        if before.is_none() || items.len() >= page.limit as usize {
            break;
        }
    }
    Ok(Json(Items::page(items, before.map(to_cursor))))
}

impl Search {
    /// What the store is asked.
    ///
    /// # Errors
    ///
    /// When a number is asked for, and documents of the kind are not looked up by any.
    fn filter(&self, context: &Context) -> Result<DocumentFilter, Fault> {
        Ok(DocumentFilter {
            kind: self.kind.clone(),
            status: self.status.clone(),
            party: self.party.as_deref().map(Label::of_party),
            numbers: self.numbers(context)?,
        })
    }

    fn numbers(&self, context: &Context) -> Result<Vec<Label>, Fault> {
        let Some(number) = &self.number else {
            return Ok(Vec::new());
        };
        let lives = context.lifecycles.iter();
        let lives = lives.filter(|it| self.kind.as_deref().is_none_or(|kind| kind == &*it.kind));
        let labels: Vec<_> = lives
            .flat_map(|life| {
                let facts = life.numbers.iter();
                facts.map(|fact| Label::of_number(life, fact, number))
            })
            .collect();
        if labels.is_empty() {
            let message = "documents of this kind have no number to look for".to_owned();
            let wrong = violation("value", "number", message.clone());
            return Err(Fault::new(Problem::InvalidQuery, message).naming(vec![wrong]));
        }
        Ok(labels)
    }

    /// Whether a document that the store found by its labels is really meant.
    fn holds(&self, summary: &DocumentSummary, lifecycle: Option<&Lifecycle>) -> bool {
        let state = &summary.state;
        let has_party = self.party.as_deref().is_none_or(|it| state.has_party(it));
        let has_number = self.number.as_deref().is_none_or(|number| {
            lifecycle.is_some_and(|lifecycle| state.has_number(lifecycle, number))
        });
        has_party && has_number
    }
}

/// `GET /api/v1/documents/{kind}/{id}`
pub(crate) async fn one(
    State(private): State<Arc<Private>>,
    Path((kind, id)): Path<(String, String)>,
    uri: Uri,
) -> Result<Json<DocumentView>, Fault> {
    let context = &private.context;
    let mut given = Parameters::of(&uri);
    let namespace = take_namespace(&mut given, context);
    given.finish()?;
    let wanted = Wanted::of_path(context, &kind, id, namespace)?;
    for name in wanted.names(context)? {
        if let Some(record) = context.store.document(&name, TIMELINE).await? {
            let lifecycle = context.lifecycles.get(&name.namespace, &name.kind);
            return Ok(Json(DocumentView::of(record, lifecycle.map(|it| &**it))));
        }
    }
    Err(wanted.unknown())
}
