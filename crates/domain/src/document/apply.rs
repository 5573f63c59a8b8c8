//! Adds one change to a document: the only way in which a state ever changes.

use serde::{Deserialize, Serialize};

use super::{
    cell::Stamp,
    change::Change,
    decision::is_void,
    finding::{DocumentFinding, findings_of},
    leg::LegState,
    lifecycle::{Course, Lifecycle},
    rows::{RowName, RowState},
    state::{CheckCell, Document, Readable, State, check_key, merge, merge_check},
};
use crate::ids::ChangeId;

/// What a change was to its document when it arrived. It depends on the order of arrival, so it is
/// told in the timeline and is no part of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It moved the document, or told of it for the first time.
    Applied,
    /// It was told before: what it says beside its step was taken in.
    Repeat,
    /// It is new and left the document where it stood: a later step was known already.
    Late,
    /// Since it came, a message is known to be missing.
    Gap,
    /// Since it came, something told contradicts something else.
    Conflict,
}

impl Outcome {
    /// Every outcome; a store may keep the place in this list.
    pub const ALL: [Self; 5] = [
        Self::Applied,
        Self::Repeat,
        Self::Late,
        Self::Gap,
        Self::Conflict,
    ];

    /// The word that resources, commands and logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Repeat => "repeat",
            Self::Late => "late",
            Self::Gap => "gap",
            Self::Conflict => "conflict",
        }
    }
}

/// What adding a change did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What the change was to the document.
    pub outcome: Outcome,
    /// Findings that hold now and did not before.
    pub opened: Vec<DocumentFinding>,
    /// Findings that hold as before, in other words.
    pub retold: Vec<DocumentFinding>,
    /// Findings that held before and do not now.
    pub closed: Vec<DocumentFinding>,
}

/// What decides the outcome of a change.
#[derive(PartialEq)]
struct Place {
    node: Option<super::Node>,
    legs: Vec<String>,
    waits: u64,
    conflicts: u64,
}

impl Place {
    fn of(lifecycle: &Lifecycle, state: &State) -> Self {
        let standing = state.standing(lifecycle);
        let rivals = state.legs.values().filter_map(LegState::rivals);
        let rivals: u64 = rivals.map(|it| it.len() as u64).sum();
        let times = |nodes: &[(super::Node, u64)]| nodes.iter().map(|(_, it)| it).sum::<u64>();
        Self {
            node: standing.current,
            legs: state.legs.values().map(|it| it.word.clone()).collect(),
            waits: times(&standing.waits_for),
            conflicts: rivals + times(&standing.conflicts),
        }
    }
}

impl Document {
    /// Adds a change. `is_known` says whether a change with this id is in the set already; rows that
    /// the change names must be at hand if they exist.
    pub fn apply(
        &mut self,
        lifecycle: &Lifecycle,
        id: ChangeId,
        change: &Change,
        is_known: bool,
    ) -> Applied {
        let before = Place::of(lifecycle, &self.state);
        let held = findings_of(lifecycle, self, change);
        if !is_void(&self.state.decisions, lifecycle, id, change) {
            self.tell(lifecycle, change);
            if !is_known {
                self.state.step(lifecycle, change);
            }
        }
        let after = Place::of(lifecycle, &self.state);
        let holds = findings_of(lifecycle, self, change);
        let says_where = change.to.is_some() || !change.legs.is_empty();
        let outcome = if is_known {
            Outcome::Repeat
        } else if after.conflicts > before.conflicts {
            Outcome::Conflict
        } else if after.waits > before.waits {
            Outcome::Gap
        } else if says_where && after.node == before.node && after.legs == before.legs {
            Outcome::Late
        } else {
            Outcome::Applied
        };
        let (mut opened, mut retold) = (Vec::new(), Vec::new());
        for finding in &holds {
            match held.get(finding.0) {
                None => opened.push(DocumentFinding::of(finding)),
                Some(message) if message != finding.1 => retold.push(DocumentFinding::of(finding)),
                Some(_) => {}
            }
        }
        let gone = held.iter().filter(|(key, _)| !holds.contains_key(key));
        Applied {
            outcome,
            opened,
            retold,
            closed: gone.map(DocumentFinding::of).collect(),
        }
    }

    /// Takes in what a change says beside its step; saying it again changes nothing.
    fn tell(&mut self, lifecycle: &Lifecycle, change: &Change) {
        let stamp = Stamp {
            version: change.version,
            at: change.at,
        };
        self.state.tell(lifecycle, change, stamp);
        for (table, rows) in &change.rows {
            for row in rows {
                let name = RowName {
                    table: table.clone(),
                    key: row.key.clone(),
                };
                let old = self.rows.get(&name);
                let mut new: RowState = old.cloned().unwrap_or_default();
                new.merge(row, stamp);
                if let Some(rule) = lifecycle.settlement.as_ref().filter(|it| it.rows == *table) {
                    self.state.settled.follow(rule, old, &new);
                }
                self.rows.insert(name, new);
            }
        }
        let links = change.links.iter();
        self.links
            .extend(links.map(|(name, target)| (name.clone(), target.clone())));
    }
}

impl State {
    fn tell(&mut self, lifecycle: &Lifecycle, change: &Change, stamp: Stamp) {
        self.version = self.version.max(change.version);
        merge(&mut self.parties, &change.parties, stamp);
        merge(&mut self.facts, &change.facts, stamp);
        merge(&mut self.money, &change.money, stamp);
        for check in &change.checks {
            let told = CheckCell::new(stamp, check.broken.as_deref());
            merge_check(&mut self.checks, check_key(check.code, &check.about), told);
        }
        if change.unreadable || change.to.is_some() {
            let told = Readable {
                at: change.at,
                failed: change.unreadable,
            };
            self.transition = self.transition.max(Some(told));
        }
        if let Course::Legs { legs, .. } = &lifecycle.course {
            for (leg, word) in &change.legs {
                let Some(ranks) = legs.get(leg) else { continue };
                let told = LegState::new(ranks, word, change.at);
                match self.legs.get_mut(leg) {
                    Some(known) => known.merge(told),
                    None => {
                        self.legs.insert(leg.clone(), told);
                    }
                }
            }
        }
    }

    /// Counts the step of a change, once.
    fn step(&mut self, lifecycle: &Lifecycle, change: &Change) {
        if let (Course::Moves(_), Some(to)) = (&lifecycle.course, &change.to) {
            self.balance.add(change.from.as_ref(), to);
        }
    }
}
