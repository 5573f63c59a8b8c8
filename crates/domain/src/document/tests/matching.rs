//! Which missing messages the spare ends of what was told can lead to, where several are missing.

use super::{
    super::{Change, Course, Moves, Node, fold_all},
    ledger::{every_order, known},
    make::{created, lifecycle, moved, moves, node},
};

type Expected<'t> = &'t [(&'t str, u64)];

#[track_caller]
fn expect(moves: Moves, told: &[Change], waits_for: Expected<'_>, conflicts: Expected<'_>) {
    let lifecycle = lifecycle(Course::Moves(moves));
    let known = known(told);
    let nodes = |expected: Expected<'_>| -> Vec<(Node, u64)> {
        let nodes = expected.iter();
        nodes.map(|(text, times)| (node(text), *times)).collect()
    };
    every_order(known.len(), &mut |order| {
        let told = order.iter().map(|it| known[*it]);
        let document = fold_all(&lifecycle, told, &[]);
        let standing = document.state.standing(&lifecycle);
        let seen = (standing.waits_for, standing.conflicts);
        assert_eq!(seen, (nodes(waits_for), nodes(conflicts)), "{order:?}");
    });
}

#[test]
fn one_end_leads_to_one_missing_message_only() {
    expect(
        moves(&["A"], &["END"], &["A > B", "B > END"]),
        &[
            created("1 A"),
            moved("1 B", "1 END", "one"),
            moved("1 B", "1 END", "two"),
        ],
        &[("1 B", 1)],
        &[("1 B", 1)],
    );
}

#[test]
fn the_nearest_end_is_taken_and_the_farther_one_left_for_others() {
    let moves = moves(
        &["A"],
        &["END"],
        &["A > B", "B > M", "A > X", "X > Y", "Y > N"],
    );
    let told = [
        created("1 A"),
        moved("1 M", "1 B", "act"),
        moved("1 N", "1 END", "act"),
    ];
    expect(moves, &told, &[("1 M", 1), ("1 N", 1)], &[]);
}

#[test]
fn an_end_that_leads_there_is_taken_before_one_that_only_could_be_the_last() {
    let moves = moves(
        &["A", "B"],
        &["END"],
        &["A > M", "END > M", "B > C", "C > N"],
    );
    let told = [
        created("1 A"),
        moved("1 M", "1 B", "act"),
        moved("1 N", "1 END", "act"),
    ];
    expect(moves, &told, &[("1 M", 1), ("1 N", 1)], &[]);
}
