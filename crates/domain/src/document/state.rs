//! The state of a document: all that its changes say, without the changes.
//!
//! It is bounded by what a contract names (facts, legs, parties) and by what is missing (nodes that
//! do not balance), never by how many messages came. Rows and links, which can be many, stand beside
//! it, so that one message touches only the rows that it names.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    balance::{Balance, Standing},
    cell::{Cell, CellValue, Stamp},
    change::Change,
    decision::{Decision, is_void},
    label::Label,
    leg::LegState,
    lifecycle::{Course, Lifecycle},
    rows::{RowName, RowState, Settled},
    told::Kept,
};
use crate::{ids::ChangeId, money::Money, receipt::FindingCode};

/// A document: its state, and the rows and links that are at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// All but rows and links.
    pub state: State,
    /// Rows: all of them, or those that the change at hand names.
    pub rows: BTreeMap<RowName, RowState>,
    /// Links by name and target: all of them, or those that the change at hand names.
    pub links: BTreeSet<(Arc<str>, String)>,
}

/// All that is known of a document but its rows and links. `told.rs` says how it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Kept", from = "Kept")]
pub struct State {
    /// The greatest version that was told.
    pub version: Option<i64>,
    /// Arrivals less departures.
    pub balance: Balance,
    /// The legs.
    pub legs: BTreeMap<Arc<str>, LegState>,
    /// Who is party to it, by role.
    pub parties: BTreeMap<Arc<str>, Cell<String>>,
    /// What it says beside status and money.
    pub facts: BTreeMap<Arc<str>, Cell<String>>,
    /// Its amounts.
    pub money: BTreeMap<Arc<str>, Cell<Money>>,
    /// What should hold of it, by code and by what it is about.
    pub checks: BTreeMap<String, CheckCell>,
    /// Whether the latest message that should have moved it could be read.
    pub transition: Option<Readable>,
    /// What its rows settle.
    pub settled: Settled,
    /// What people decided, in the order of (time, id).
    pub decisions: Vec<Decision>,
}

/// Whether something that should hold does, as it was told last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckCell {
    /// When it was told.
    pub stamp: Stamp,
    /// What is wrong, in a sentence; none where it holds. Of two at once, the doubt stands.
    pub broken: Option<String>,
}

impl CheckCell {
    /// A check as it was told once.
    #[must_use]
    pub fn new(stamp: Stamp, broken: Option<&str>) -> Self {
        Self {
            stamp,
            broken: broken.map(str::to_owned),
        }
    }
}

/// Whether a transition could be read, at a provider's time. Of two at once, the doubt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Readable {
    /// When it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// It could not.
    pub failed: bool,
}

impl State {
    /// Where the document stands and what is missing; nothing, for a document with legs.
    #[must_use]
    pub fn standing(&self, lifecycle: &Lifecycle) -> Standing {
        match &lifecycle.course {
            Course::Moves(moves) => self.balance.standing(moves),
            Course::Legs { .. } => Standing::default(),
        }
    }

    /// The status word.
    #[must_use]
    pub fn status(&self, lifecycle: &Lifecycle) -> Option<String> {
        match &lifecycle.course {
            Course::Moves(moves) => self.balance.standing(moves).current.map(|it| it.status),
            Course::Legs { status, .. } => self.legs.get(status).map(|it| it.word.clone()),
        }
    }

    /// The version: of the node it stands on, else the greatest that was told; none where none was.
    #[must_use]
    pub fn version(&self, lifecycle: &Lifecycle) -> Option<i64> {
        let node = self.standing(lifecycle).current.map(|it| it.version);
        self.version.and_then(|told| node.or(Some(told)))
    }

    /// Its amounts as told, and as far as they can be computed `total`, `due`, `paid` and
    /// `adjusted`.
    #[must_use]
    pub fn amounts(&self, lifecycle: &Lifecycle) -> BTreeMap<Arc<str>, Money> {
        let told = self.money.iter();
        let mut amounts: BTreeMap<Arc<str>, Money> = told
            .map(|(name, it)| (Arc::clone(name), it.value))
            .collect();
        let Some(rule) = &lifecycle.settlement else {
            return amounts;
        };
        let mut tell = |name: &str, amount: Option<Money>| {
            amount.map(|it| amounts.insert(Arc::from(name), it));
        };
        let total = self.money.get(&*rule.of).map(|it| it.value);
        // Nothing is shown with as many places as the total: 0.00, not 0.
        let nothing = total.and_then(|it| it.checked_sub(it));
        let shown = |it: Money| nothing.map_or(Some(it), |nothing| it.checked_add(nothing));
        tell("total", total);
        let Some(settled) = self.settled.settled() else {
            // A row was accepted and nobody said of how much: no sum of it would be true.
            return amounts;
        };
        tell("paid", self.settled.paid.total().and_then(shown));
        tell("adjusted", self.settled.adjusted.total().and_then(shown));
        tell("due", total.and_then(|it| it.checked_sub(settled)));
        amounts
    }

    /// Whether a person's decision takes a change out of the set.
    #[must_use]
    pub fn is_void(&self, lifecycle: &Lifecycle, id: ChangeId, change: &Change) -> bool {
        is_void(&self.decisions, lifecycle, id, change)
    }

    /// What it can be looked up by.
    #[must_use]
    pub fn labels(&self, lifecycle: &Lifecycle) -> BTreeSet<Label> {
        let parties = self.parties.values().map(|it| Label::of_party(&it.value));
        let numbers = lifecycle.numbers.iter().filter_map(|fact| {
            let cell = self.facts.get(fact)?;
            Some(Label::of_number(lifecycle, fact, &cell.value))
        });
        parties.chain(numbers).collect()
    }

    /// Whether a party of it is called so.
    #[must_use]
    pub fn has_party(&self, name: &str) -> bool {
        let wanted = super::label::plain(name);
        self.parties
            .values()
            .any(|it| super::label::plain(&it.value) == wanted)
    }

    /// Whether one of the facts by which people look for it is this.
    #[must_use]
    pub fn has_number(&self, lifecycle: &Lifecycle, number: &str) -> bool {
        let wanted = super::label::plain(number);
        let facts = lifecycle.numbers.iter().filter_map(|it| self.facts.get(it));
        facts
            .into_iter()
            .any(|it| super::label::plain(&it.value) == wanted)
    }
}

/// Folds a set of changes, given in any order, with a person's decisions about them.
#[must_use]
pub fn fold_all<'c>(
    lifecycle: &Lifecycle,
    changes: impl IntoIterator<Item = (ChangeId, &'c Change)>,
    decisions: &[Decision],
) -> Document {
    let mut document = Document::default();
    document.state.decisions = decisions.to_vec();
    document.state.decisions.sort_by_key(|it| (it.at, it.id));
    let mut known = BTreeSet::new();
    for (id, change) in changes {
        let is_known = !known.insert(id);
        document.apply(lifecycle, id, change, is_known);
    }
    document
}

/// Merges named values, all told at once, into cells.
pub(super) fn merge<T: CellValue>(
    cells: &mut BTreeMap<Arc<str>, Cell<T>>,
    told: &BTreeMap<Arc<str>, T>,
    stamp: Stamp,
) {
    for (name, value) in told {
        let told = Cell::new(stamp, value.clone());
        match cells.get_mut(name) {
            Some(cell) => cell.merge(told),
            None => {
                cells.insert(Arc::clone(name), told);
            }
        }
    }
}

/// Of two tellings of one check, the greater stands.
pub(super) fn merge_check<K: Ord>(checks: &mut BTreeMap<K, CheckCell>, key: K, told: CheckCell) {
    match checks.get_mut(&key) {
        Some(check) if *check < told => *check = told,
        Some(_) => {}
        None => {
            checks.insert(key, told);
        }
    }
}

/// The key of a check in a state.
pub(super) fn check_key(code: FindingCode, about: &str) -> String {
    format!("{code}/{about}")
}
