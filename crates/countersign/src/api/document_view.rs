//! How one document is shown: where it stands, its money as text, its rows, and who said what.

use std::{collections::BTreeMap, sync::Arc};

use countersign_domain::{
    document::{Document, Lifecycle, Node, Outcome, RowState, State},
    ids::{ChangeId, DecisionId, FindingId, ReceiptId},
};
use countersign_store::{DecisionRecord, DocumentRecord, FindingRecord, TimelineEntry};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{candidates::candidates, documents::DocumentItem, findings::FindingItem};

/// Names with what they stand for.
type Named<T> = BTreeMap<Arc<str>, T>;

/// Everything about one document.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentView {
    #[serde(flatten)]
    item: DocumentItem,
    legs: Named<String>,
    facts: Named<String>,
    rows: Named<Vec<Value>>,
    links: Named<Vec<String>>,
    waits_for: Vec<Node>,
    findings: Vec<OpenFinding>,
    timeline: Vec<TimelineItem>,
    /// How many changes there are; the timeline shows the last ones.
    changes: u64,
    decisions: Vec<DecisionItem>,
}

/// An open finding of the document.
#[derive(Debug, Serialize)]
struct OpenFinding {
    #[serde(flatten)]
    item: FindingItem,
    /// The changes that a person can decide about, of a `conflict` or a `gap`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<ChangeId>,
}

/// One line of a timeline.
#[derive(Debug, Serialize)]
struct TimelineItem {
    change: ChangeId,
    receipt: ReceiptId,
    source: String,
    operation: String,
    from: Option<Node>,
    to: Option<Node>,
    legs: Named<String>,
    at: Option<Timestamp>,
    received_at: Timestamp,
    outcome: Outcome,
    /// A decision takes it out.
    void: bool,
    cause: String,
}

/// One decision about a document's changes.
#[derive(Debug, Serialize)]
struct DecisionItem {
    id: DecisionId,
    at: Timestamp,
    finding: FindingId,
    change: Option<ChangeId>,
    /// `pick`, `void` or none, where it was only noted.
    ruling: Option<&'static str>,
    reason: String,
}

impl DocumentView {
    /// Shows a document by the life of its kind; without one it stands nowhere.
    pub(crate) fn of(record: DocumentRecord, lifecycle: Option<&Lifecycle>) -> Self {
        let DocumentRecord {
            summary,
            document,
            findings,
            timeline,
            changes,
            decisions,
        } = record;
        let Document { state, rows, links } = document;
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_by_cached_key(|(name, _)| {
            let number: Option<u64> = name.key.parse().ok();
            (number.is_none(), number, name.key.clone())
        });
        let mut tables: Named<Vec<Value>> = Named::new();
        for (name, row) in rows {
            let table = tables.entry(name.table).or_default();
            table.push(row_of(name.key, &row));
        }
        let mut targets: Named<Vec<String>> = Named::new();
        for (name, target) in links {
            targets.entry(name).or_default().push(target);
        }
        let is_void = |it: &TimelineEntry| {
            lifecycle.is_some_and(|life| state.is_void(life, it.id, &it.change))
        };
        let standing: Vec<_> = timeline.iter().filter(|it| !is_void(it)).collect();
        let open = |record: FindingRecord| OpenFinding {
            candidates: candidates(&record.key, &standing, lifecycle),
            item: FindingItem::from(record),
        };
        let findings = findings.into_iter().map(open).collect();
        let item = |entry: TimelineEntry| {
            let void = is_void(&entry);
            TimelineItem::of(entry, void)
        };
        Self {
            legs: legs(&state),
            facts: values(&state.facts, Clone::clone),
            rows: tables,
            links: targets,
            waits_for: lifecycle
                .map(|it| waits_for(&state, it))
                .unwrap_or_default(),
            item: DocumentItem::of(summary, lifecycle),
            findings,
            timeline: timeline.into_iter().map(item).collect(),
            changes,
            decisions: decisions.into_iter().map(DecisionItem::from).collect(),
        }
    }
}

fn legs(state: &State) -> Named<String> {
    let legs = state.legs.iter();
    legs.map(|(leg, it)| (Arc::clone(leg), it.word.clone()))
        .collect()
}

fn waits_for(state: &State, lifecycle: &Lifecycle) -> Vec<Node> {
    let missing = state.standing(lifecycle).waits_for.into_iter();
    missing.map(|(node, _)| node).collect()
}

fn values<T, V>(
    cells: &Named<countersign_domain::document::Cell<T>>,
    show: impl Fn(&T) -> V,
) -> Named<V> {
    let cells = cells.iter();
    cells
        .map(|(name, it)| (Arc::clone(name), show(&it.value)))
        .collect()
}

/// A row with its cells beside its key.
fn row_of(key: String, row: &RowState) -> Value {
    let mut cells = Map::new();
    cells.insert("key".to_owned(), Value::String(key));
    let facts = values(&row.facts, Clone::clone);
    let money = values(&row.money, ToString::to_string);
    for (name, text) in facts.into_iter().chain(money) {
        cells.entry(&*name).or_insert_with(|| Value::String(text));
    }
    Value::Object(cells)
}

impl TimelineItem {
    fn of(entry: TimelineEntry, void: bool) -> Self {
        let TimelineEntry {
            id,
            receipt,
            source,
            operation,
            received_at,
            outcome,
            change,
        } = entry;
        Self {
            change: id,
            receipt,
            source,
            operation,
            from: change.from,
            to: change.to,
            legs: change.legs,
            at: change.at,
            received_at,
            outcome,
            void,
            cause: change.cause,
        }
    }
}

impl From<DecisionRecord> for DecisionItem {
    fn from(record: DecisionRecord) -> Self {
        let DecisionRecord {
            id,
            at,
            finding,
            change,
            reason,
        } = record;
        Self {
            id,
            at,
            finding,
            change: change.map(|(id, _)| id),
            ruling: change.map(|(_, is_pick)| if is_pick { "pick" } else { "void" }),
            reason,
        }
    }
}
