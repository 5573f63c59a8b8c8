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

/// A node in the order of version, depth and word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'n> {
    version: i64,
    depth: u32,
    word: &'n str,
}

impl<'n> Place<'n> {
    fn of(moves: &Moves, node: &'n Node) -> Self {
        Self {
            version: node.version,
            depth: moves.depth(&node.status),
            word: &node.status,
        }
    }

    /// Before every node of this version.
    fn below(version: i64) -> Self {
        Self {
            version,
            depth: 0,
            word: "",
        }
    }

    fn node(self) -> Node {
        Node {
            version: self.version,
            status: self.word.to_owned(),
        }
    }

    /// Whether a message that is not here can have led from this node to the other.
    fn leads(self, moves: &Moves, to: Self) -> bool {
        self.version < to.version
            || (self.version == to.version && moves.reaches(self.word, to.word))
    }
}

/// Nodes with how often each, in order.
type Counted<'n> = BTreeMap<Place<'n>, u64>;

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
        let current = tips.last_key_value().map(|(place, _)| *place);
        if let Some(current) = current {
            take(&mut tips, current, 1);
        }
        let current = current.or_else(|| self.resting_place(moves));
        let mut standing = Standing {
            current: current.map(Place::node),
            ..Standing::default()
        };
        if let Some(beginning) = missing
            .first_key_value()
            .map(|(place, _)| *place)
            .filter(|_| !is_begun)
        {
            take(&mut missing, beginning, 1);
            standing.adopted = (!moves.is_start(beginning.word)).then(|| beginning.node());
        }
        for (place, times) in missing {
            let by_current = current.is_some_and(|it| it.leads(moves, place));
            let found = spare(moves, &mut tips, place, times, by_current);
            for (list, times) in [
                (&mut standing.waits_for, found),
                (&mut standing.conflicts, times - found),
            ] {
                if times > 0 {
                    list.push((place.node(), times));
                }
            }
        }
        standing
    }

    /// The nodes of one sign, from the lowest to the highest.
    fn of_sign(&self, moves: &Moves, sign: i64) -> Counted<'_> {
        let nodes = self.nodes.iter().filter(|(_, it)| it.signum() == sign);
        let counted = nodes.map(|(node, it)| (Place::of(moves, node), it.unsigned_abs()));
        counted.collect()
    }

    /// Where a closed circuit stands: the shallowest node of the newest version.
    fn resting_place(&self, moves: &Moves) -> Option<Place<'_>> {
        let newest = self.nodes.last_key_value()?.0.version;
        let nodes = self.nodes.keys().filter(|it| it.version == newest);
        nodes.map(|it| Place::of(moves, it)).min()
    }
}

fn count(nodes: &Counted<'_>) -> u64 {
    nodes.values().sum()
}

/// Takes up to so many of one node out, and says how many there were.
fn take<'n>(nodes: &mut Counted<'n>, place: Place<'n>, times: u64) -> u64 {
    let Some(there) = nodes.get_mut(&place) else {
        return 0;
    };
    let taken = times.min(*there);
    *there -= taken;
    if *there == 0 {
        nodes.remove(&place);
    }
    taken
}

/// Takes up to `times` spare tips that can lead to a node, and says how many there were: the nearest
/// first, since the farther ones may be needed by others. Where only the current node leads there,
/// it is no end, and any spare tip is: the highest is taken.
fn spare<'n>(
    moves: &Moves,
    tips: &mut Counted<'n>,
    to: Place<'n>,
    times: u64,
    by_current: bool,
) -> u64 {
    let mut found = 0;
    while found < times {
        // Of its own version only some words lead to it; every lower version does.
        let version = Place::below(to.version);
        let own = tips.range(version..).map(|(tip, _)| *tip);
        let own = own.take_while(|tip| tip.version == to.version);
        let near = own.filter(|tip| tip.leads(moves, to)).last();
        let lower = || tips.range(..version).next_back().map(|(tip, _)| *tip);
        let any = || {
            tips.last_key_value()
                .map(|(tip, _)| *tip)
                .filter(|_| by_current)
        };
        let Some(tip) = near.or_else(lower).or_else(any) else {
            break;
        };
        found += take(tips, tip, times - found);
    }
    found
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
