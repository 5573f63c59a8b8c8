//! Small tables: words, ranks, cells, sums and labels.

use super::{
    super::{Cell, Label, Stamp, fold_all},
    ledger::known,
    make::{created, invoice, money, moves, ranks, said, time},
};
use crate::money::Sum;

#[test]
fn a_word_stands_as_deep_as_the_fewest_moves_that_lead_to_it() {
    let moves = moves(
        &["new", "Imported_Draft"],
        &["done", "lost"],
        &[
            "NEW > open",
            "OPEN > part-paid",
            "PART PAID > OPEN",
            "NEW > part_paid",
            "OPEN > DONE",
            "far > farther",
        ],
    );
    for (word, depth, is_known) in [
        ("NEW", 0, true),
        ("IMPORTED DRAFT", 0, true),
        ("OPEN", 1, true),
        ("PART PAID", 1, true),
        ("DONE", u32::MAX, true),
        ("LOST", u32::MAX, true),
        ("FARTHER", 0, true),
        ("STRANGE", 0, false),
    ] {
        assert_eq!(
            (moves.depth(word), moves.knows(word)),
            (depth, is_known),
            "{word}"
        );
    }
    assert!(moves.is_start("IMPORTED DRAFT") && !moves.is_start("OPEN"));
}

#[test]
fn a_word_reaches_what_one_or_more_moves_lead_to() {
    let moves = moves(
        &["A"],
        &["E"],
        &["A > B", "B > C", "C > B", "C > E", "D > D"],
    );
    let reached = |from: &str| {
        let words = ["A", "B", "C", "D", "E", "X"].into_iter();
        words
            .filter(|to| moves.reaches(from, to))
            .collect::<String>()
    };
    let all = ["A", "B", "C", "D", "E", "X"].map(|from| (from, reached(from)));
    let expected = [
        ("A", "BCE"),
        ("B", "BCE"),
        ("C", "BCE"),
        ("D", "D"),
        ("E", ""),
        ("X", ""),
    ];
    assert_eq!(all, expected.map(|(from, to)| (from, to.to_owned())));
}

#[test]
fn a_word_ranks_where_it_is_listed_and_every_other_word_where_the_star_is() {
    let with_star = ranks(&["low", "*", "Ok|all_right, bad", "LAST"]);
    for (word, rank, rival) in [
        ("LOW", 0, Some(0)),
        ("ELSE", 1, None),
        ("OK", 2, Some(0)),
        ("ALL RIGHT", 2, Some(0)),
        ("BAD", 2, Some(1)),
        ("LAST", 3, Some(0)),
        ("*", 1, None),
    ] {
        assert_eq!(
            (with_star.rank(word), with_star.rival(word)),
            (rank, rival),
            "{word}"
        );
        assert!(with_star.knows(word));
    }
    let without = ranks(&["LOW", "HIGH"]);
    assert_eq!((without.rank("ELSE"), without.rival("ELSE")), (0, None));
    assert!(!without.knows("ELSE") && without.knows("HIGH"));
}

#[test]
fn of_two_values_the_one_of_the_later_version_and_then_time_stands() {
    let cell = |version: Option<i64>, second: Option<i64>, value: &str| {
        let at = second.map(time);
        Cell::new(Stamp { version, at }, value.to_owned())
    };
    for (one, two, stands, is_ambiguous) in [
        (cell(None, None, "a"), cell(None, Some(1), "b"), "b", false),
        (
            cell(None, Some(9), "a"),
            cell(Some(0), None, "b"),
            "b",
            false,
        ),
        (
            cell(Some(1), Some(9), "a"),
            cell(Some(2), Some(1), "b"),
            "b",
            false,
        ),
        (
            cell(Some(1), Some(1), "a"),
            cell(Some(1), Some(1), "a"),
            "a",
            false,
        ),
        // The hash of `b` begins with 3e, that of `a` with ca.
        (cell(None, None, "a"), cell(None, None, "b"), "a", true),
    ] {
        for (first, second) in [(&one, &two), (&two, &one)] {
            let mut merged = first.clone();
            merged.merge(second.clone());
            assert_eq!(
                (&*merged.value, merged.is_ambiguous),
                (stands, is_ambiguous)
            );
        }
    }
}

#[test]
fn a_doubt_stays_when_a_third_telling_agrees_with_one_of_two() {
    let cell = |value: &str| Cell::new(Stamp::default(), money(value));
    let mut merged = cell("1.0");
    merged.merge(cell("1.00"));
    assert!(!merged.is_ambiguous, "they are worth the same");
    merged.merge(cell("2"));
    merged.merge(cell("2"));
    assert!(merged.is_ambiguous);
}

#[test]
fn a_sum_is_exact_where_no_single_amount_is_and_equal_if_its_amounts_are() {
    const LARGEST: &str = "79228162514264337593543950335";
    let mut sum = Sum::default();
    assert_eq!(sum.total(), Some(money("0")));
    for amount in [LARGEST, LARGEST, "0.01"] {
        sum.add(money(amount));
    }
    assert_eq!(sum.total(), None, "no amount is so large");
    let text = serde_json::to_string(&sum).unwrap();
    assert_eq!(serde_json::from_str::<Sum>(&text).unwrap(), sum);
    for amount in [LARGEST, LARGEST] {
        sum.subtract(money(amount));
    }
    assert_eq!(sum.total().unwrap().to_string(), "0.01");
    let mut other = Sum::default();
    other.add(money("-0.01"));
    sum.add_all(&other);
    assert_eq!(sum, Sum::default());
}

#[test]
fn a_document_is_found_by_its_parties_and_numbers_however_they_are_written() {
    let lifecycle = invoice();
    let told = [
        created("1 CREATED")
            .party("seller", "Acme Ltd ")
            .party("buyer", "BOLT")
            .link("order", "PO-1")
            .fact("note", "N-1"),
        said("number").fact("number", "INV/7"),
    ];
    let state = fold_all(&lifecycle, known(&told), &[]).state;
    let expected = [
        Label::of_party(" acme ltd"),
        Label::of_party("Bolt"),
        Label::of_number(&lifecycle, "number", "inv/7 "),
    ];
    assert_eq!(state.labels(&lifecycle), expected.into());
    assert!(state.has_party("ACME LTD") && state.has_party("bolt") && !state.has_party("INV/7"));
    assert!(state.has_number(&lifecycle, "Inv/7") && !state.has_number(&lifecycle, "N-1"));
    assert_ne!(
        Label::of_party("inv/7"),
        Label::of_number(&lifecycle, "number", "inv/7")
    );
}
