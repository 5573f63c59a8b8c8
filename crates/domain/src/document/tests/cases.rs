//! Cases with names: what invoices and bills go through, and what is known meanwhile.

use super::{
    super::Change,
    make::{created, invoice, moved, row, said},
    table::play,
};

const CREATED: &str = "applied | CREATED 1 | - | -";
const ACCEPTED: &str = "applied | ACCEPTED 1 | - | -";

fn created_for(total: &str) -> Change {
    created("1 CREATED").amount("total", total)
}

fn accepted() -> Change {
    moved("1 CREATED", "1 ACCEPTED", "accept")
}

/// The buyer pays: an invoice that stood elsewhere is being paid.
fn offer(from: &str, payment: &str, net: &str) -> Change {
    moved(from, "1 PAYMENT INITIATED", payment).payment(row(payment, &[("net", net)]))
}

/// The supplier says what became of a payment.
fn answer(payment: &str, outcome: &str, to: &str) -> Change {
    moved("1 PAYMENT INITIATED", to, payment).payment(row(payment, &[("outcome", outcome)]))
}

#[test]
fn a_confirmation_before_its_payment_waits_for_it() {
    play(
        &invoice(),
        &[
            (created_for("100.00"), CREATED),
            (accepted(), ACCEPTED),
            (
                answer("p1", "ACCEPT", "1 PAID"),
                "gap | PAID 1 | PAYMENT INITIATED 1 | amount_missing, gap",
            ),
            (offer("1 ACCEPTED", "p1", "100.00"), "late | PAID 1 | - | -"),
        ],
        "adjusted 0.00, due 0.00, paid 100.00, total 100.00",
    );
}

#[test]
fn two_part_payments_lead_through_one_status_twice() {
    play(
        &invoice(),
        &[
            (created_for("100.00"), CREATED),
            (accepted(), ACCEPTED),
            (
                offer("1 ACCEPTED", "p1", "60.00"),
                "applied | PAYMENT INITIATED 1 | - | -",
            ),
            (
                answer("p1", "ACCEPT", "1 PARTIALLY PAID"),
                "applied | PARTIALLY PAID 1 | - | -",
            ),
            (
                offer("1 PARTIALLY PAID", "p2", "40.00"),
                "applied | PAYMENT INITIATED 1 | - | -",
            ),
            (answer("p2", "ACCEPT", "1 PAID"), "applied | PAID 1 | - | -"),
        ],
        "adjusted 0.00, due 0.00, paid 100.00, total 100.00",
    );
}

#[test]
fn an_invoice_that_is_told_to_be_paid_and_is_not_is_doubted() {
    play(
        &invoice(),
        &[
            (created_for("100.00"), CREATED),
            (accepted(), ACCEPTED),
            (
                offer("1 ACCEPTED", "p1", "70.00"),
                "applied | PAYMENT INITIATED 1 | - | -",
            ),
            (
                answer("p1", "ACCEPT", "1 PAID"),
                "applied | PAID 1 | - | status_contradicts_money",
            ),
        ],
        "adjusted 0.00, due 30.00, paid 70.00, total 100.00",
    );
}

#[test]
fn an_invoice_whose_payment_was_rejected_is_paid_by_another() {
    play(
        &invoice(),
        &[
            (created_for("100"), CREATED),
            (accepted(), ACCEPTED),
            (
                offer("1 ACCEPTED", "p1", "100"),
                "applied | PAYMENT INITIATED 1 | - | -",
            ),
            (answer("p1", "REJECT", "1 ACCEPTED"), ACCEPTED),
            (
                offer("1 ACCEPTED", "p2", "100"),
                "applied | PAYMENT INITIATED 1 | - | -",
            ),
            (answer("p2", "ACCEPT", "1 PAID"), "applied | PAID 1 | - | -"),
        ],
        "adjusted 0, due 0, paid 100, total 100",
    );
}

#[test]
fn an_accepted_invoice_can_be_cancelled() {
    play(
        &invoice(),
        &[
            (created_for("100"), CREATED),
            (
                moved("1 ACCEPTED", "1 CANCELLED", "cancel"),
                "gap | CANCELLED 1 | ACCEPTED 1 | gap",
            ),
            (accepted(), "late | CANCELLED 1 | - | -"),
        ],
        "adjusted 0, due 100, paid 0, total 100",
    );
}

#[test]
fn a_payment_message_with_an_adjustment_settles_both() {
    let offer = moved("1 ACCEPTED", "1 PAYMENT INITIATED", "p1");
    let cells = [("net", "90.5"), ("adjusted", "9.50")];
    play(
        &invoice(),
        &[
            (created_for("100"), CREATED),
            (accepted(), ACCEPTED),
            (
                offer.payment(row("p1", &cells)),
                "applied | PAYMENT INITIATED 1 | - | -",
            ),
            (answer("p1", "accept", "1 PAID"), "applied | PAID 1 | - | -"),
        ],
        "adjusted 9.50, due 0.00, paid 90.5, total 100",
    );
}

#[test]
fn an_invoice_that_two_sources_tell_of_is_one_document() {
    play(
        &invoice(),
        &[
            (created_for("100").fact("number", "F-1").timed(1), CREATED),
            (
                created("1 CREATED").fact("note", "by the other").timed(1),
                "repeat | CREATED 1 | - | -",
            ),
            (accepted().timed(2), ACCEPTED),
            (
                accepted().timed(2).fact("number", "F-1"),
                "repeat | ACCEPTED 1 | - | -",
            ),
        ],
        "adjusted 0, due 100, paid 0, total 100",
    );
}

#[test]
fn an_edit_is_ahead_of_the_late_answer_to_the_version_before() {
    play(
        &invoice(),
        &[
            (created_for("100").timed(1), CREATED),
            (
                moved("1 RETURNED", "2 CREATED", "edit")
                    .amount("total", "90")
                    .timed(3),
                "gap | CREATED 2 | RETURNED 1 | gap",
            ),
            (
                moved("2 CREATED", "2 ACCEPTED", "accept").timed(4),
                "applied | ACCEPTED 2 | RETURNED 1 | gap",
            ),
            (
                moved("1 CREATED", "1 RETURNED", "return")
                    .amount("total", "100")
                    .timed(9),
                "late | ACCEPTED 2 | - | -",
            ),
        ],
        "adjusted 0, due 90, paid 0, total 90",
    );
}

#[test]
fn a_creation_may_be_seen_twice() {
    let by_another = Change {
        cause: "import".to_owned(),
        ..created("1 CREATED")
    };
    play(
        &invoice(),
        &[
            (created("1 CREATED"), CREATED),
            (created("1 CREATED"), "repeat | CREATED 1 | - | -"),
            (by_another, "late | CREATED 1 | - | -"),
            (accepted(), ACCEPTED),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_word_that_no_page_lists_counts_all_the_same() {
    play(
        &invoice(),
        &[
            (created("1 CREATED"), CREATED),
            (
                moved("1 CREATED", "1 ON HOLD", "hold"),
                "applied | ON HOLD 1 | - | status_unknown",
            ),
            (moved("1 ON HOLD", "1 ACCEPTED", "accept"), ACCEPTED),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_closed_circuit_of_unseen_beginning_stands_on_its_shallowest_word() {
    play(
        &invoice(),
        &[
            (
                offer("1 ACCEPTED", "p1", "5"),
                "applied | PAYMENT INITIATED 1 | - | adopted",
            ),
            (answer("p1", "REJECT", "1 ACCEPTED"), ACCEPTED),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_page_that_sends_a_creation_as_a_step_to_itself_is_understood() {
    play(
        &invoice(),
        &[
            (moved("1 CREATED", "1 CREATED", "create"), CREATED),
            (accepted(), ACCEPTED),
        ],
        "adjusted 0, paid 0",
    );
}

#[test]
fn a_first_message_in_mid_life_is_adopted_until_the_beginning_comes() {
    play(
        &invoice(),
        &[
            (
                answer("p1", "ACCEPT", "1 PAID"),
                "applied | PAID 1 | - | amount_missing, adopted",
            ),
            (
                accepted(),
                "gap | PAID 1 | PAYMENT INITIATED 1 | amount_missing, gap",
            ),
            (offer("1 ACCEPTED", "p1", "7"), "late | PAID 1 | - | -"),
            (created_for("7"), "late | PAID 1 | - | -"),
        ],
        "adjusted 0, due 0, paid 7, total 7",
    );
}

#[test]
fn a_message_that_says_nothing_about_where_it_stands_is_taken_in() {
    play(
        &invoice(),
        &[
            (said("remark").fact("note", "x"), "applied | - | - | -"),
            (
                Change {
                    version: Some(2),
                    ..said("mention")
                },
                "applied | - 2 | - | -",
            ),
            // Where it stands, and not what was only mentioned, is its version.
            (created("1 CREATED"), CREATED),
        ],
        "adjusted 0, paid 0",
    );
}
