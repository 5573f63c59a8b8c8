//! Decisions: what a person said about changes that cannot all be true. They stand in the same set
//! as the changes, and so does their order: per change, the latest one wins.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Node},
    lifecycle::{Course, Lifecycle},
};
use crate::ids::{ChangeId, DecisionId};

/// A person's decision about one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When it was taken; of two about one change the later one wins.
    pub at: Timestamp,
    /// Of two at the same time, the greater id wins.
    pub id: DecisionId,
    /// The change that it names.
    pub change: ChangeId,
    /// What was decided.
    #[serde(flatten)]
    pub ruling: Ruling,
}

/// What was decided about a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ruling", rename_all = "snake_case")]
pub enum Ruling {
    /// It is not true: it counts no more.
    Void,
    /// It is true: its rivals count no more, those to come included.
    Pick {
        /// The node that it leaves.
        from: Option<Node>,
        /// The node that it reaches.
        to: Option<Node>,
        /// The words of its legs.
        legs: BTreeMap<Arc<str>, String>,
        /// What caused it.
        cause: String,
    },
}

impl Ruling {
    /// The ruling that a change is true.
    #[must_use]
    pub fn pick(change: &Change) -> Self {
        Self::Pick {
            from: change.from.clone(),
            to: change.to.clone(),
            legs: change.legs.clone(),
            cause: change.cause.clone(),
        }
    }
}

/// Whether the decisions, which stand in the order of (time, id), take a change out of the set.
pub(super) fn is_void(
    decisions: &[Decision],
    lifecycle: &Lifecycle,
    id: ChangeId,
    change: &Change,
) -> bool {
    let verdict = |decision: &Decision| match &decision.ruling {
        Ruling::Void => (decision.change == id).then_some(true),
        Ruling::Pick { .. } if decision.change == id => Some(false),
        Ruling::Pick {
            from,
            to,
            legs,
            cause,
        } => {
            let leaves_alike = *from == change.from && *to != change.to;
            // Where a document comes back to a node, another cause may leave it another way.
            let once = |node: &Node| *cause == change.cause || !is_on_a_circuit(lifecycle, node);
            let is_rival = leaves_alike && from.as_ref().is_some_and(once);
            (is_rival || are_rivals(lifecycle, legs, &change.legs)).then_some(true)
        }
    };
    // Only the latest decision about a change stands: a pick that is void now voids no rivals.
    let mut decided = BTreeSet::new();
    let mut standing = decisions
        .iter()
        .rev()
        .filter(|it| decided.insert(it.change));
    standing.find_map(verdict).unwrap_or(false)
}

/// Whether documents come back to a node without a new version.
fn is_on_a_circuit(lifecycle: &Lifecycle, node: &Node) -> bool {
    match &lifecycle.course {
        Course::Moves(moves) => moves.reaches(&node.status, &node.status),
        Course::Legs { .. } => false,
    }
}

/// Whether both tell of one leg, with words of which only one can be true.
fn are_rivals(
    lifecycle: &Lifecycle,
    mine: &BTreeMap<Arc<str>, String>,
    theirs: &BTreeMap<Arc<str>, String>,
) -> bool {
    let Course::Legs { legs, .. } = &lifecycle.course else {
        return false;
    };
    mine.iter().any(|(leg, word)| {
        let (Some(other), Some(ranks)) = (theirs.get(leg), legs.get(leg)) else {
            return false;
        };
        let rivals = ranks.rival(word).zip(ranks.rival(other));
        ranks.rank(word) == ranks.rank(other) && rivals.is_some_and(|(one, two)| one != two)
    })
}
