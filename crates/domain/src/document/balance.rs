//! The balance of nodes: arrivals less departures, and what it says.
//!
//! A complete history is a walk, and the end of a walk is the only node with one more arrival than
//! departures, cycles and unknown words included. So the balance alone says where a document stands,
//! and what is missing, without keeping the walk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{change::Node, lifecycle::Moves};

/// How often each node was reached, less how often it was left.
///
/// Nodes that balance are dropped, but for those of the newest version: a closed circuit stands on
/// one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(i64, String, i64)>", into = "Vec<(i64, String, i64)>")]
pub struct Balance {
    nodes: BTreeMap<Node, i64>,
}

/// What a balance says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where the document stands.
    pub current: Option<Node>,
    /// Where it stood when it was first told of, if that is not how documents begin.
    pub adopted: Option<Node>,
    /// Nodes that a missing message must have reached, and how often.
    pub waits_for: Vec<(Node, u64)>,
    /// Nodes that were left, and that nothing known can have led to again, and how often.
    pub conflicts: Vec<(Node, u64)>,
}

/// Nodes with how often each.
type Counted<'n> = Vec<(&'n Node, u64)>;

impl Balance {
    /// Adds one step.
    pub fn add(&mut self, from: Option<&Node>, to: &Node) {
        if let Some(from) = from {
            *self.nodes.entry(from.clone()).or_default() -= 1;
        }
        *self.nodes.entry(to.clone()).or_default() += 1;
        let newest = self.nodes.last_key_value().map(|(node, _)| node.version);
        self.nodes
            .retain(|node, balance| *balance != 0 || Some(node.version) == newest);
    }

    /// Whether no step was ever added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Says where the document stands, and what is missing.
    #[must_use]
    pub fn standing(&self, moves: &Moves) -> Standing {
        let (mut tips, mut missing) = (self.of_sign(moves, 1), self.of_sign(moves, -1));
        // Steps alone leave as many nodes as they reach. One more was reached where the document's
        // creation was seen, and then no beginning is missing.
        let is_begun = count(&tips) > count(&missing);
        let current = match tips.last_mut() {
            Some((node, times)) => {
                *times -= 1;
                Some(*node)
            }
            None => self.resting_place(moves),
        };
        let mut standing = Standing {
            current: current.cloned(),
            ..Standing::default()
        };
        if let Some((beginning, times)) = missing.first_mut().filter(|_| !is_begun) {
            *times -= 1;
            standing.adopted = Some((*beginning).clone()).filter(|it| !moves.is_start(&it.status));
        }
        for (node, times) in missing {
            let found = spare(moves, &mut tips, current, node, times);
            let mut tell = |list: fn(&mut Standing) -> &mut Vec<(Node, u64)>, times| {
                if times > 0 {
                    list(&mut standing).push((node.clone(), times));
                }
            };
            tell(|it| &mut it.waits_for, found);
            tell(|it| &mut it.conflicts, times - found);
        }
        standing
    }

    /// The nodes of one sign, from the lowest to the highest.
    fn of_sign(&self, moves: &Moves, sign: i64) -> Counted<'_> {
        let nodes = self.nodes.iter().filter(|(_, it)| it.signum() == sign);
        let mut nodes: Counted<'_> = nodes.map(|(node, it)| (node, it.unsigned_abs())).collect();
        nodes.sort_by_key(|(node, _)| (node.version, moves.depth(&node.status), &node.status));
        nodes
    }

    /// Where a closed circuit stands: the shallowest node of the newest version.
    fn resting_place(&self, moves: &Moves) -> Option<&Node> {
        let newest = self.nodes.last_key_value()?.0.version;
        let nodes = self.nodes.keys().filter(|it| it.version == newest);
        nodes.min_by_key(|it| (moves.depth(&it.status), &it.status))
    }
}

fn count(nodes: &Counted<'_>) -> u64 {
    nodes.iter().map(|(_, times)| times).sum()
}

/// Takes up to `times` spare tips that can lead to `node`, and says how many there were: the nearest
/// first, since the farther ones may be needed by others. Where only the current node leads there,
/// it is no end, and any spare tip is.
fn spare(
    moves: &Moves,
    tips: &mut Counted<'_>,
    current: Option<&Node>,
    node: &Node,
    times: u64,
) -> u64 {
    let mut left = times;
    let by_current = current.is_some_and(|it| leads(moves, it, node));
    for any in [false, true] {
        for (tip, spare) in tips.iter_mut().rev() {
            if leads(moves, tip, node) || (any && by_current) {
                let taken = left.min(*spare);
                *spare -= taken;
                left -= taken;
            }
        }
    }
    times - left
}

/// Whether a message that is not here can have led from one node to the other.
fn leads(moves: &Moves, from: &Node, to: &Node) -> bool {
    from.version < to.version
        || (from.version == to.version && moves.reaches(&from.status, &to.status))
}

impl From<Vec<(i64, String, i64)>> for Balance {
    fn from(list: Vec<(i64, String, i64)>) -> Self {
        let nodes = list
            .into_iter()
            .map(|(version, status, balance)| (Node { version, status }, balance));
        Self {
            nodes: nodes.collect(),
        }
    }
}

impl From<Balance> for Vec<(i64, String, i64)> {
    fn from(balance: Balance) -> Self {
        let nodes = balance.nodes.into_iter();
        nodes
            .map(|(node, balance)| (node.version, node.status, balance))
            .collect()
    }
}
