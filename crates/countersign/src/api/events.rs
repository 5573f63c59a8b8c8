//! `/api/v1/events`: what accepted parts say happened, as CloudEvents 1.0.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, State},
};
use countersign_domain::{
    document::Change,
    ids::{EventId, InvalidId, ReceiptId},
};
use countersign_store::{EventFilter, EventRecord};
use http::Uri;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    Private,
    event_body::body_of,
    glob,
    names::Wanted,
    problem::{Fault, Problem},
    query::{Items, Parameters, no_parameters, to_event_cursor},
};
use crate::receive::context::Context;

/// One event without its data.
#[derive(Debug, Serialize)]
pub(crate) struct EventItem {
    specversion: &'static str,
    id: EventId,
    source: String,
    r#type: String,
    /// The document that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// When it happened, as the provider says, or else when it came.
    time: Timestamp,
    datacontenttype: &'static str,
    /// When it came.
    recordedtime: Timestamp,
}

/// One event.
#[derive(Debug, Serialize)]
pub(crate) struct EventView {
    #[serde(flatten)]
    item: EventItem,
    data: EventData,
}

/// What an event says.
#[derive(Debug, Serialize)]
struct EventData {
    receipt: ReceiptId,
    part: u32,
    /// The provider's own bytes of that part.
    body: Box<RawValue>,
    changes: Vec<Change>,
    parties: BTreeMap<Arc<str>, String>,
}

impl From<&EventRecord> for EventItem {
    fn from(event: &EventRecord) -> Self {
        let main = main_change(event);
        Self {
            specversion: "1.0",
            id: event.id,
            source: format!("/sources/{}", event.source),
            r#type: event.operation.clone(),
            subject: main.map(|it| format!("{}/{}", it.document, it.id)),
            time: main.and_then(|it| it.at).unwrap_or(event.received_at),
            datacontenttype: "application/json",
            recordedtime: event.received_at,
        }
    }
}

/// The change of the document that an event is about.
fn main_change(event: &EventRecord) -> Option<&Change> {
    let main = event.changes.iter().find(|it| it.main);
    main.or(event.changes.first())
}

/// `GET /api/v1/events`
pub(crate) async fn list(
    State(private): State<Arc<Private>>,
    uri: Uri,
) -> Result<Json<Items<EventItem>>, Fault> {
    let context = &private.context;
    let mut given = Parameters::of(&uri);
    let (after, limit) = given.take_event_page();
    let operations = given.take_with("type", |it| operations(context, it));
    let document = Wanted::take(&mut given, context);
    let mut filter = EventFilter {
        operations: operations.unwrap_or_default(),
        source: given.take("source"),
        document: None,
        since: given.take_time("since"),
        until: given.take_time("until"),
    };
    given.finish()?;
    if let Some(wanted) = document {
        filter.document = Some(wanted.name(context).await?);
    }
    let page = context.store.events(&filter, after, limit).await?;
    Ok(Json(Items::page(
        page.items.iter().map(EventItem::from).collect(),
        page.next.map(to_event_cursor),
    )))
}

/// The operations that a pattern means; none for all, those that no contract has any more included.
fn operations(context: &Context, pattern: &str) -> Result<Vec<String>, String> {
    if pattern == "*" {
        return Ok(Vec::new());
    }
    let all = context.contracts.iter().flat_map(|it| &it.operations);
    let mut meant: Vec<_> = all
        .map(|it| it.name.to_string())
        .filter(|it| glob::matches(pattern, it))
        .collect();
    meant.sort();
    meant.dedup();
    if meant.is_empty() {
        return Err("matches no operation; `countersign contracts list` shows them".to_owned());
    }
    Ok(meant)
}

/// `GET /api/v1/events/{id}`
pub(crate) async fn one(
    State(private): State<Arc<Private>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<EventView>, Fault> {
    no_parameters(&uri)?;
    let id: EventId = id
        .parse()
        .map_err(|error: InvalidId| Fault::new(Problem::NotFound, error.to_string()))?;
    let unknown = || Fault::new(Problem::NotFound, format!("there is no event {id}"));
    let store = &private.context.store;
    let event = store.event(id).await?.ok_or_else(unknown)?;
    let receipt = store.receipt(id.receipt).await?.ok_or_else(unknown)?;
    let bytes = store.body(id.receipt).await?.ok_or_else(unknown)?;
    let mut parties = BTreeMap::new();
    for change in main_change(&event).into_iter().chain(&event.changes) {
        for (role, name) in &change.parties {
            parties.entry(Arc::clone(role)).or_insert(name.clone());
        }
    }
    Ok(Json(EventView {
        item: EventItem::from(&event),
        data: EventData {
            receipt: id.receipt,
            part: id.part,
            body: body_of(&private.context, &receipt, id.part, &bytes)?,
            parties,
            changes: event.changes,
        },
    }))
}
