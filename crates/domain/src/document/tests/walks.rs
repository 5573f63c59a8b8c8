//! The rule by its definition: a life is a walk over nodes, and what is known of it is what every
//! walk that takes each told step exactly once agrees on. Found by search, not by counting.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    super::{Change, Course, Lifecycle, Node, Standing, fold_all},
    ledger::{every_order, known},
    lives::Words,
    make::lifecycle,
    tape::{Tape, tape},
};

type Edge<'c> = (&'c Node, &'c Node);

/// The steps of a life, and the node in which it was created if that was seen.
fn edges(told: &[Change]) -> (Option<&Node>, Vec<Edge<'_>>) {
    let created = told.iter().find(|it| it.from.is_none());
    let steps = told
        .iter()
        .filter_map(|it| it.from.as_ref().zip(it.to.as_ref()));
    (created.and_then(|it| it.to.as_ref()), steps.collect())
}

/// Both ends of every walk from here that takes each edge exactly once.
fn walks<'c>(
    first: &'c Node,
    at: &'c Node,
    edges: &mut Vec<Edge<'c>>,
    ends: &mut BTreeSet<Edge<'c>>,
) {
    if edges.is_empty() {
        ends.insert((first, at));
    }
    for next in 0..edges.len() {
        if edges[next].0 == at {
            let edge = edges.swap_remove(next);
            walks(first, edge.1, edges, ends);
            edges.push(edge);
            let last = edges.len() - 1;
            edges.swap(next, last);
        }
    }
}

/// Both ends of every walk that a life can have been.
fn possible(told: &[Change]) -> BTreeSet<Edge<'_>> {
    let (created, mut edges) = edges(told);
    let beginnings: BTreeSet<_> = match created {
        Some(node) => [node].into(),
        None => edges.iter().map(|(from, _)| *from).collect(),
    };
    let mut ends = BTreeSet::new();
    for first in beginnings {
        walks(first, first, &mut edges, &mut ends);
    }
    ends
}

/// Whether messages that nobody saw can lead from one node to the other: by allowed moves, one or
/// more, or by an edit.
fn bridged(words: &Words, from: &Node, to: &Node) -> bool {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut todo = vec![&*from.status];
    while let Some(at) = todo.pop() {
        let next = words.moves.iter().filter(|(from, _)| from == at);
        todo.extend(next.map(|(_, to)| &**to).filter(|it| found.insert(it)));
    }
    from.version < to.version || (from.version == to.version && found.contains(&*to.status))
}

/// By how many moves the nearest start word leads here: what "the lowest" node means.
fn place<'n>(words: &Words, node: &'n Node) -> (i64, usize, &'n str) {
    let mut reached: BTreeSet<&str> = words.start.iter().map(|it| &**it).collect();
    let mut depth = 0;
    let listed = words
        .moves
        .iter()
        .any(|(from, to)| [from, to].contains(&&node.status));
    while listed && depth <= words.moves.len() && !reached.contains(&*node.status) {
        let next = words.moves.iter().filter(|it| reached.contains(&*it.0));
        reached.extend(next.map(|it| &*it.1).collect::<Vec<_>>());
        depth += 1;
    }
    let depth = match depth > words.moves.len() {
        true => 0,
        false => depth,
    };
    let is_end = words.end.contains(&node.status);
    (
        node.version,
        if is_end { usize::MAX } else { depth },
        &node.status,
    )
}

fn lives(words: &Words) -> Lifecycle {
    lifecycle(Course::Moves(words.compile()))
}

fn standing(lifecycle: &Lifecycle, told: &[Change]) -> Standing {
    let state = fold_all(lifecycle, known(told), &[]).state;
    state.standing(lifecycle)
}

fn unless_start(words: &Words, node: &Node) -> Option<Node> {
    Some(node.clone()).filter(|it| !words.start.contains(&it.status))
}

fn walk_of(tape: &mut Tape, least: usize, most: usize) -> (Words, Vec<Change>) {
    let words = Words::any(tape);
    let messages = least + tape.below(most - least + 1);
    let told = words.walk(tape, messages);
    (words, told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_complete_life_stands_where_every_possible_walk_ends(mut tape in tape(80)) {
        let (words, told) = walk_of(&mut tape, 1, 8);
        let possible = possible(&told);
        prop_assert!(!possible.is_empty(), "it was made by a walk");
        let is_created = told[0].from.is_none();
        let standing = standing(&lives(&words), &told);
        prop_assert_eq!(&standing.waits_for, &[]);
        prop_assert_eq!(&standing.conflicts, &[]);
        let current = standing.current.as_ref().expect("something was told");
        // Of a closed circuit whose beginning was not seen every node can be the end: it stands on
        // the lowest of its newest version, and says nothing about its beginning.
        if !is_created && possible.iter().any(|(first, end)| first == end) {
            let nodes = told.iter().filter_map(|it| it.to.as_ref());
            let newest = nodes.clone().map(|it| it.version).max();
            let nodes = nodes.filter(|it| Some(it.version) == newest);
            let lowest = nodes.min_by_key(|it| place(&words, it));
            prop_assert_eq!(standing.current.as_ref(), lowest);
            prop_assert_eq!(standing.adopted, None);
            return Ok(());
        }
        for (first, end) in possible {
            prop_assert_eq!(current, end);
            let adopted = unless_start(&words, first).filter(|_| !is_created);
            prop_assert_eq!(&standing.adopted, &adopted);
        }
    }

    /// A message that is not here, `u → w`, between others.
    ///
    /// The limits of the claim are lives of which what is here can be told otherwise. If the life
    /// ends in `w` as well, what is here is a life that ended in `u`. If it begins, unseen, in `u` or
    /// where it ends, what is here is a life that began in `w`. If it begins, unseen, in a node above
    /// `w`, then `w` is taken for the beginning, and the beginning is what it waits for.
    #[test]
    fn a_message_missing_in_between_is_waited_for_if_something_can_lead_there(
        mut tape in tape(100),
    ) {
        let (words, mut told) = walk_of(&mut tape, 3, 12);
        let is_created = told[0].from.is_none();
        let beginning = told[0].from.clone();
        let end = told[told.len() - 1].to.clone().expect("a step");
        let gone = told.remove(1 + tape.below(told.len() - 2));
        let (u, w) = (gone.from.expect("a step"), gone.to.expect("a step"));
        let standing = standing(&lives(&words), &told);
        // A step to itself is needed by nobody.
        if u == w || w == end {
            prop_assert!(standing.waits_for.is_empty() && standing.conflicts.is_empty());
            return Ok(());
        }
        let (mut begun, mut missing) = (None, w);
        if let Some(first) = beginning {
            if first == u || first == end {
                prop_assert_eq!(standing.adopted, unless_start(&words, &missing));
                prop_assert!(standing.waits_for.is_empty() && standing.conflicts.is_empty());
                return Ok(());
            }
            let is_above = place(&words, &first) > place(&words, &missing);
            let lowest = if is_above { std::mem::replace(&mut missing, first) } else { first };
            begun = unless_start(&words, &lowest);
        }
        prop_assert_eq!(standing.adopted, begun, "created: {}", is_created);
        // Either the life stopped at `u` until the message came, or it ends there.
        let can_be = bridged(&words, &u, &missing) || bridged(&words, &end, &missing);
        let (found, other) = match can_be {
            true => (standing.waits_for, standing.conflicts),
            false => (standing.conflicts, standing.waits_for),
        };
        prop_assert_eq!(found, vec![(missing, 1)]);
        prop_assert_eq!(other, vec![]);
    }

    /// Two final answers to one question. The life must not begin, unseen, in one of the answers:
    /// then the question can have been asked before it.
    #[test]
    fn two_final_answers_are_a_conflict_in_every_order(mut tape in tape(80)) {
        let mut words = Words::any(&mut tape);
        words.end = vec!["YES".to_owned(), "NO".to_owned()];
        let messages = 1 + tape.below(3);
        let mut told = words.walk(&mut tape, messages);
        let question = told[told.len() - 1].to.clone();
        for answer in &words.end {
            let to = question.clone().map(|it| Node { status: answer.clone(), ..it });
            let last = told[told.len() - 1].clone();
            told.push(Change { from: question.clone(), to, ..last });
        }
        let lifecycle = lives(&words);
        let known = known(&told);
        let mut expected = None;
        every_order(known.len(), &mut |order| {
            let told = order.iter().map(|it| known[*it]);
            let standing = fold_all(&lifecycle, told, &[]).state.standing(&lifecycle);
            assert!(!standing.conflicts.is_empty(), "{order:?}: {standing:?}");
            assert_eq!(*expected.get_or_insert(standing.clone()), standing);
        });
    }
}
