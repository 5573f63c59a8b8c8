//! Cases of documents whose messages say where they stand, on one leg or on several.

use super::{
    super::fold_all,
    ledger::known,
    make::{on_legs, stands},
    table::play,
};

#[test]
fn a_bill_that_failed_is_refunded_later() {
    let bill = on_legs(&[
        ("billpay", &["*", "FAILED", "SUCCESS|COMPLETED"]),
        (
            "approval",
            &["*", "CHECKER APPROVED|APPROVED, CHECKER REJECTED"],
        ),
        ("payment", &["*", "FAILED", "SUCCESS|COMPLETED", "REFUNDED"]),
    ]);
    let snapshot = |second: i64, approval: &str, payment: &str, billpay: &str| {
        let legs = [
            ("approval", approval),
            ("payment", payment),
            ("billpay", billpay),
        ];
        stands(&legs, "utility_bill.update").timed(second)
    };
    let paid = snapshot(2, "CHECKER_APPROVED", "SUCCESS", "IN_PROGRESS");
    play(
        &bill,
        &[
            (
                snapshot(1, "MAKER_APPROVAL_PENDING", "INIT", "PENDING"),
                "applied | PENDING | - | -",
            ),
            (
                snapshot(3, "CHECKER_APPROVED", "SUCCESS", "FAILED"),
                "applied | FAILED | - | -",
            ),
            (paid.clone(), "late | FAILED | - | -"),
            (
                snapshot(4, "APPROVED", "REFUNDED", "FAILED"),
                "applied | FAILED | - | -",
            ),
            (paid, "repeat | FAILED | - | -"),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn rivals_on_a_leg_are_a_conflict_and_their_synonyms_are_not() {
    let payment = on_legs(&[(
        "status",
        &["INITIATED", "CONFIRMED|DONE, REJECTED", "SETTLED"],
    )]);
    let said = |word: &str, second: i64| stands(&[("status", word)], word).timed(second);
    play(
        &payment,
        &[
            (said("DONE", 3), "applied | DONE | - | -"),
            (said("initiated", 9), "late | DONE | - | -"),
            (said("CONFIRMED", 2), "late | DONE | - | -"),
            (said("REJECTED", 4), "conflict | REJECTED | - | conflict"),
            (said("ON HOLD", 9), "late | REJECTED | - | conflict"),
            (said("SETTLED", 1), "applied | SETTLED | - | -"),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_word_that_no_leg_lists_is_told_and_never_contradicts() {
    let lifecycle = on_legs(&[("status", &["A, B", "C"])]);
    let said = |word, second| stands(&[("status", word)], word).timed(second);
    for (told, word, expected) in [
        (vec![said("A", 1), said("X", 2)], "X", "status_unknown"),
        (vec![said("X", 2), said("Y", 1)], "X", "status_unknown"),
        (vec![said("A", 2), said("X", 1)], "A", ""),
        (vec![said("A", 1), said("B", 1)], "B", "conflict"),
        (vec![said("A", 1), said("C", 0), said("B", 1)], "C", ""),
    ] {
        let document = fold_all(&lifecycle, known(&told), &[]);
        let findings = document.findings(&lifecycle);
        let codes: String = findings.iter().map(|it| it.key.code.as_str()).collect();
        assert_eq!(document.state.status(&lifecycle).as_deref(), Some(word));
        assert_eq!(codes, expected, "{told:?}");
    }
}
