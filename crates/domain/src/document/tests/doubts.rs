//! Cases of doubt: what contradicts, what cannot be read, and how each doubt ends.

use super::{
    super::{Change, Decision, Row, Ruling, fold_all},
    ledger::known,
    make::{created, invoice, moved, on_legs, row, said, stands, time},
    table::{play, play_decided},
};
use crate::{ids::DecisionId, receipt::FindingCode::TotalMismatch};

const CREATED: &str = "applied | CREATED 1 | - | -";
const DOUBTED: &str = "applied | CREATED 1 | - | total_mismatch";

fn accepted() -> Change {
    moved("1 CREATED", "1 ACCEPTED", "answer").fact("by", "Anna")
}

fn rejected() -> Change {
    moved("1 CREATED", "1 REJECTED", "answer").fact("by", "Bert")
}

/// Something said about version 1 that moves nothing.
fn remark(cause: &str) -> Change {
    Change {
        version: Some(1),
        ..said(cause)
    }
}

/// Decisions, each a second later than the one before.
fn decided(rulings: &[(&Change, bool)]) -> Vec<Decision> {
    let decision = |(second, (change, is_true)): (i64, &(&Change, bool))| Decision {
        at: time(second),
        id: DecisionId::from_rowid(100 - second),
        change: change.own_id(),
        ruling: match is_true {
            true => Ruling::pick(change),
            false => Ruling::Void,
        },
    };
    (0..).zip(rulings).map(decision).collect()
}

#[test]
fn an_invoice_that_is_accepted_and_rejected_is_a_conflict() {
    play(
        &invoice(),
        &[
            (created("1 CREATED"), CREATED),
            (accepted(), "applied | ACCEPTED 1 | - | -"),
            (
                rejected(),
                "conflict | REJECTED 1 | - | conflict, ambiguous",
            ),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_decision_ends_a_conflict_in_either_direction_and_can_be_taken_back() {
    let (yes, no) = (&accepted(), &rejected());
    let to_yes = ["applied | ACCEPTED 1 | - | -", "late | ACCEPTED 1 | - | -"];
    let to_no = ["late | CREATED 1 | - | -", "applied | REJECTED 1 | - | -"];
    let neither = ["late | CREATED 1 | - | -", "late | CREATED 1 | - | -"];
    for (rulings, [after_yes, after_no]) in [
        (vec![(yes, true)], to_yes),
        (vec![(no, true)], to_no),
        (vec![(no, false)], to_yes),
        (vec![(yes, false)], to_no),
        (vec![(no, true), (yes, true)], to_yes),
        (vec![(yes, true), (no, true)], to_no),
        (vec![(no, false), (no, true)], to_no),
        // A pick that is void now voids nothing any more.
        (vec![(yes, true), (yes, false)], to_no),
        (vec![(yes, false), (no, false)], neither),
    ] {
        let steps = [
            (created("1 CREATED"), CREATED),
            (accepted(), after_yes),
            (rejected(), after_no),
        ];
        play_decided(&invoice(), &decided(&rulings), &steps, "adjusted 0, paid 0");
    }
}

#[test]
fn a_pick_leaves_alone_what_another_payment_did_from_the_same_node() {
    let paid = moved("1 PAYMENT INITIATED", "1 PAID", "p2");
    let steps = [
        (
            moved("1 ACCEPTED", "1 PAYMENT INITIATED", "p1"),
            "applied | PAYMENT INITIATED 1 | - | adopted",
        ),
        (
            moved("1 PAYMENT INITIATED", "1 PARTIALLY PAID", "p1"),
            "applied | PARTIALLY PAID 1 | - | adopted",
        ),
        (
            moved("1 PARTIALLY PAID", "1 PAYMENT INITIATED", "p2"),
            "applied | PAYMENT INITIATED 1 | - | adopted",
        ),
        (paid.clone(), "applied | PAID 1 | - | adopted"),
        (
            moved("1 PAYMENT INITIATED", "1 PARTIALLY PAID", "p2"),
            "late | PAID 1 | - | adopted",
        ),
    ];
    let decisions = decided(&[(&paid, true)]);
    play_decided(&invoice(), &decisions, &steps, "adjusted 0, paid 0");
}

#[test]
fn a_decision_ends_a_conflict_of_a_leg_too() {
    let payment = on_legs(&[("status", &["INITIATED", "CONFIRMED, REJECTED"])]);
    let yes = stands(&[("status", "CONFIRMED")], "p1").timed(2);
    let no = stands(&[("status", "REJECTED")], "p1").timed(3);
    for (rulings, [after_yes, after_no]) in [
        (
            vec![],
            [
                "applied | CONFIRMED | - | -",
                "conflict | REJECTED | - | conflict",
            ],
        ),
        (
            vec![(&yes, true)],
            ["applied | CONFIRMED | - | -", "late | CONFIRMED | - | -"],
        ),
        (
            vec![(&no, true)],
            ["late | - | - | -", "applied | REJECTED | - | -"],
        ),
        (
            vec![(&yes, false)],
            ["late | - | - | -", "applied | REJECTED | - | -"],
        ),
    ] {
        let steps = [(yes.clone(), after_yes), (no.clone(), after_no)];
        play_decided(&payment, &decided(&rulings), &steps, "adjusted 0, paid 0");
    }
}

#[test]
fn what_cannot_be_read_is_doubted_until_a_later_message_can() {
    const UNREADABLE: &str = "transition_unreadable";
    let mumbled = said("mumble").unclear().fact("note", "x").timed(2);
    play(
        &invoice(),
        &[
            (mumbled.clone(), &format!("applied | - | - | {UNREADABLE}")),
            (
                created("1 CREATED").timed(1),
                &format!("applied | CREATED 1 | - | {UNREADABLE}"),
            ),
            (
                accepted().timed(2),
                &format!("applied | ACCEPTED 1 | - | {UNREADABLE}"),
            ),
            (
                moved("1 ACCEPTED", "1 CANCELLED", "cancel").timed(3),
                "applied | CANCELLED 1 | - | -",
            ),
            (mumbled, "repeat | CANCELLED 1 | - | -"),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_wrong_total_is_mended_by_a_later_message_that_may_come_first() {
    let wrong = created("1 CREATED")
        .check(TotalMismatch, "total", Some("1 is not 2"))
        .timed(1);
    let mended = remark("mend").check(TotalMismatch, "total", None);
    let other = remark("other").check(TotalMismatch, "tax", Some("3 is not 4"));
    play(
        &invoice(),
        &[
            (wrong.clone(), DOUBTED),
            (remark("old").check(TotalMismatch, "total", None), DOUBTED),
            (mended.clone().timed(1), DOUBTED),
            (mended.clone().timed(2), "repeat | CREATED 1 | - | -"),
            (other, DOUBTED),
        ],
        "adjusted 0, paid 0",
    );
    let steps = [(mended.timed(2), "applied | - 1 | - | -"), (wrong, CREATED)];
    play(&invoice(), &steps, "adjusted 0, paid 0");
}

#[test]
fn a_wrong_row_is_mended_by_a_later_message_about_the_row() {
    let about_row = |cause: &str, broken: Option<&str>| {
        let mut payment = row("p1", &[]);
        payment.checks = said("").check(TotalMismatch, "", broken).checks;
        said(cause).payment(payment)
    };
    play(
        &invoice(),
        &[
            (
                about_row("a", Some("1 is not 2")).timed(1),
                "applied | - | - | total_mismatch",
            ),
            (
                about_row("b", Some("1 is not 3")).timed(2),
                "applied | - | - | total_mismatch",
            ),
            (about_row("c", None).timed(3), "applied | - | - | -"),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn doubts_about_rows_stay_apart_whatever_their_keys() {
    let wrong = said("").check(TotalMismatch, "", Some("1 is not 2")).checks;
    let payments = ["p1", "p1/", ""].map(|key| Row {
        checks: wrong.clone(),
        ..row(key, &[])
    });
    let told = payments.into_iter().fold(said("a"), Change::payment);
    let document = fold_all(&invoice(), known(&[told]), &[]);
    let findings = document.findings(&invoice());
    let about: Vec<_> = findings.iter().map(|it| &*it.key.about).collect();
    assert_eq!(about, ["payments/", "payments/p1", "payments/p1/"]);
}

#[test]
fn an_over_payment_ends_when_one_of_the_payments_is_rejected() {
    let payment = |key: &str, cells: &[(&str, &str)], cause: &str| {
        said(&format!("{cause} {key}")).payment(row(key, cells))
    };
    play(
        &invoice(),
        &[
            (created("1 CREATED").amount("total", "100"), CREATED),
            (payment("p1", &[("net", "100.00")], "offer"), CREATED),
            (
                payment("p2", &[("net", "0.01")], "offer"),
                "applied | CREATED 1 | - | overpaid",
            ),
            (
                payment("p1", &[("outcome", "ACCEPT")], "answer"),
                "applied | CREATED 1 | - | overpaid",
            ),
            (payment("p2", &[("outcome", "reject")], "answer"), CREATED),
        ],
        "adjusted 0, due 0.00, paid 100.00, total 100",
    );
}

#[test]
fn two_values_at_one_time_are_doubted_until_one_is_told_later() {
    let number = |value: &str, cause: &str| remark(cause).fact("number", value).timed(2);
    play(
        &invoice(),
        &[
            (created("1 CREATED").fact("number", "F-0").timed(1), CREATED),
            (remark("b").fact("number", "F-1").timed(2), CREATED),
            (number("F-1", "c"), CREATED),
            (number("F-2", "d"), "applied | CREATED 1 | - | ambiguous"),
            (number("F-1", "e").timed(3), CREATED),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn amounts_of_one_worth_are_no_doubt_however_they_are_written() {
    let total = |value: &str| said(value).amount("total", value);
    play(
        &invoice(),
        &[
            (total("5.0"), "applied | - | - | -"),
            (total("5.00"), "applied | - | - | -"),
            (total("5"), "applied | - | - | -"),
        ],
        "adjusted 0, due 5, paid 0, total 5",
    );
}

#[test]
fn a_late_message_fills_what_nobody_told_and_overrules_nothing() {
    let late = accepted()
        .fact("number", "old")
        .fact("note", "filled")
        .timed(1);
    let steps = [
        (created("1 CREATED").fact("number", "new").timed(2), CREATED),
        (late, "applied | ACCEPTED 1 | - | -"),
    ];
    play(&invoice(), &steps, "adjusted 0, paid 0");
    let told: Vec<_> = steps.into_iter().map(|(change, _)| change).collect();
    let state = fold_all(&invoice(), known(&told), &[]).state;
    assert_eq!(state.facts["number"].value, "new");
    assert_eq!(state.facts["note"].value, "filled");
}
