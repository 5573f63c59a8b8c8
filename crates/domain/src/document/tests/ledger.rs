//! Folds changes as a store does, and checks at every step what a store relies on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::super::{
    Applied, Change, Decision, Document, DocumentFinding, FindingKey, Lifecycle, RowName, RowState,
    Standing, State,
};
use crate::ids::ChangeId;

/// Everything that can be seen of a document.
#[derive(Debug, PartialEq)]
pub(super) struct View {
    document: Document,
    /// Amounts compare by worth; as text they do so by their places too.
    texts: String,
    findings: Vec<DocumentFinding>,
    status: Option<String>,
    version: Option<i64>,
    amounts: String,
    standing: Standing,
}

impl View {
    pub(super) fn of(lifecycle: &Lifecycle, document: &Document) -> Self {
        let state = &document.state;
        let rows = document.rows.values().map(json).collect::<String>();
        Self {
            texts: json(state) + &rows,
            findings: document.findings(lifecycle),
            status: state.status(lifecycle),
            version: state.version(lifecycle),
            amounts: format!("{:?}", state.amounts(lifecycle)),
            standing: state.standing(lifecycle),
            document: document.clone(),
        }
    }
}

/// A change with its id, which every folding of it needs.
pub(super) type Known<'c> = (ChangeId, &'c Change);

/// The changes with their ids.
pub(super) fn known(told: &[Change]) -> Vec<Known<'_>> {
    told.iter().map(|it| (it.own_id(), it)).collect()
}

/// What a store holds of one document.
pub(super) struct Ledger<'l> {
    lifecycle: &'l Lifecycle,
    state: State,
    rows: BTreeMap<RowName, RowState>,
    links: BTreeSet<(Arc<str>, String)>,
    known: BTreeSet<ChangeId>,
    findings: BTreeMap<FindingKey, String>,
}

impl<'l> Ledger<'l> {
    pub(super) fn new(lifecycle: &'l Lifecycle, decisions: &[Decision]) -> Self {
        let mut decisions = decisions.to_vec();
        decisions.sort_by_key(|it| (it.at, it.id));
        Self {
            lifecycle,
            state: State {
                decisions,
                ..State::default()
            },
            rows: BTreeMap::new(),
            links: BTreeSet::new(),
            known: BTreeSet::new(),
            findings: BTreeMap::new(),
        }
    }

    /// Takes in one change with nothing at hand but what it names.
    pub(super) fn take(&mut self, (id, change): Known<'_>) -> Applied {
        let mut document = Document {
            state: std::mem::take(&mut self.state),
            ..Document::default()
        };
        for (table, rows) in &change.rows {
            let names = rows.iter().map(|it| RowName {
                table: table.clone(),
                key: it.key.clone(),
            });
            let at_hand = names.filter_map(|it| self.rows.remove_entry(&it));
            document.rows.extend(at_hand.collect::<Vec<_>>());
        }
        let is_known = !self.known.insert(id);
        let applied = document.apply(self.lifecycle, id, change, is_known);
        self.state = document.state;
        self.rows.extend(document.rows);
        self.links.extend(document.links);
        self.replay(&applied);
        applied
    }

    /// Follows the findings by what a change did to them.
    fn replay(&mut self, applied: &Applied) {
        for it in &applied.closed {
            let held = self.findings.remove(&it.key);
            assert_eq!(held.as_ref(), Some(&it.message), "what closes was open");
        }
        for it in &applied.retold {
            let held = self.findings.insert(it.key.clone(), it.message.clone());
            assert!(held.is_some_and(|held| held != it.message), "{it:?}");
        }
        for it in &applied.opened {
            let held = self.findings.insert(it.key.clone(), it.message.clone());
            assert_eq!(held, None, "what opens was not open: {it:?}");
        }
    }

    /// Writes everything and reads it back.
    pub(super) fn reopen(&mut self) {
        let state = serde_json::from_str(&json(&self.state)).unwrap();
        assert_eq!(self.state, state);
        self.state = state;
        for row in self.rows.values_mut() {
            let read: RowState = serde_json::from_str(&json(row)).unwrap();
            assert_eq!(*row, read);
            *row = read;
        }
    }

    /// How many bytes a store keeps of the state.
    pub(super) fn state_bytes(&self) -> usize {
        json(&self.state).len()
    }

    /// All of it, once the findings that were followed are those that hold.
    pub(super) fn close(self) -> Document {
        let document = Document {
            state: self.state,
            rows: self.rows,
            links: self.links,
        };
        let followed: Vec<_> = self.findings.iter().map(DocumentFinding::of).collect();
        assert_eq!(document.findings(self.lifecycle), followed);
        document
    }
}

fn json(it: &impl serde::Serialize) -> String {
    serde_json::to_string(it).unwrap()
}

/// Calls with every order of so many things.
pub(super) fn every_order(count: usize, visit: &mut impl FnMut(&[usize])) {
    fn rest(order: &mut [usize], from: usize, visit: &mut impl FnMut(&[usize])) {
        if from + 1 >= order.len() {
            visit(order);
            return;
        }
        for at in from..order.len() {
            order.swap(from, at);
            rest(order, from + 1, visit);
            order.swap(from, at);
        }
    }
    let mut order: Vec<_> = (0..count).collect();
    rest(&mut order, 0, visit);
}
