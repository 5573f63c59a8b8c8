//! The changes that a person can decide about: of a conflict those of which only one can be true, of a
//! gap those that leave the node to which nothing known leads.

use std::collections::BTreeSet;

use countersign_domain::{
    document::{Change, Course, FindingKey, Lifecycle, Node},
    ids::ChangeId,
    receipt::FindingCode,
};
use countersign_store::TimelineEntry;

/// The changes, out of those of a timeline that count, in its order.
pub(crate) fn candidates(
    finding: &FindingKey,
    timeline: &[&TimelineEntry],
    lifecycle: Option<&Lifecycle>,
) -> Vec<ChangeId> {
    let leaving = |it: &&&TimelineEntry| leaves(&it.change, &finding.about);
    let found: Vec<_> = match (finding.code, lifecycle.map(|it| &it.course)) {
        (FindingCode::Gap, _) => timeline.iter().filter(leaving).collect(),
        (FindingCode::Conflict, Some(Course::Legs { legs, .. })) => {
            let ranked = timeline.iter().filter_map(|it| {
                let ranks = legs.get(&*finding.about)?;
                let word = it.change.legs.get(&*finding.about)?;
                ranks.rival(word).map(|_| (ranks.rank(word), it))
            });
            let farthest = ranked.clone().map(|(rank, _)| rank).max();
            let rivals = ranked.filter(|(rank, _)| Some(*rank) == farthest);
            rivals.map(|(_, it)| it).collect()
        }
        (FindingCode::Conflict, _) => {
            let leaving: Vec<_> = timeline.iter().filter(leaving).collect();
            let rivals = leaving.iter().filter(|one| {
                let to = &one.change.to;
                leaving.iter().any(|other| other.change.to != *to)
            });
            let rivals: Vec<_> = rivals.copied().collect();
            // All of them may lead to one node, each with a cause of its own.
            if rivals.is_empty() { leaving } else { rivals }
        }
        _ => Vec::new(),
    };
    // A repeat has the id of the change that it repeats.
    let mut told = BTreeSet::new();
    let ids = found.into_iter().map(|it| it.id);
    ids.filter(|id| told.insert(*id)).collect()
}

/// Whether a change leaves the node that a finding is about.
fn leaves(change: &Change, about: &str) -> bool {
    let is_about = |node: &Node| {
        about == node.status || about == format!("{} at version {}", node.status, node.version)
    };
    change.from.as_ref().is_some_and(is_about)
}
