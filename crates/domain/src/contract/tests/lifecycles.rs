//! The lifecycles of a contract file: what is compiled of them, and every mistake by its line.

use super::{contract, patched};
use crate::{
    contract::embedded,
    document::{Course, Lifecycle},
    receipt::FindingCode,
};

fn names(list: &[std::sync::Arc<str>]) -> Vec<&str> {
    list.iter().map(|it| &**it).collect()
}

#[test]
fn every_kind_of_a_contract_has_its_lifecycle() {
    for (index, namespace, kinds) in [
        (
            0,
            "bharat-connect",
            &["invoice", "payment", "purchase_order"][..],
        ),
        (1, "enkash-bills", &["utility_bill"]),
        (2, "shipper", &["inbound"]),
    ] {
        let contract = contract(index);
        let found: Vec<_> = contract.lifecycles().map(|it| &*it.kind).collect();
        assert_eq!(found, kinds);
        for kind in kinds {
            let lifecycle = contract.lifecycle(kind).expect("it has a lifecycle");
            assert_eq!(
                (&*lifecycle.namespace, &*lifecycle.kind),
                (namespace, *kind)
            );
            assert!(lifecycle.assumed);
        }
        assert!(contract.lifecycle("entity").is_none());
    }
}

#[test]
fn moves_are_compiled() {
    let contract = contract(0);
    let Course::Moves(moves) = &contract.lifecycle("invoice").expect("it is there").course else {
        panic!("an invoice moves");
    };
    assert!(moves.is_start("CREATED") && !moves.is_start("PAID"));
    assert!(moves.reaches("CREATED", "PAID") && !moves.reaches("PAID", "CREATED"));
    assert_eq!(moves.depth("PAID"), u32::MAX);
    assert!(moves.knows("PARTIALLY PAID") && !moves.knows("ON HOLD"));
}

#[test]
fn legs_are_compiled_with_the_one_that_is_the_status() {
    let status = |lifecycle: &Lifecycle| match &lifecycle.course {
        Course::Legs { status, .. } => status.to_string(),
        Course::Moves(_) => panic!("{} has legs", lifecycle.kind),
    };
    let (vendor, bills) = (contract(0), contract(1));
    let payment = vendor.lifecycle("payment").expect("it is there");
    let bill = bills.lifecycle("utility_bill").expect("it is there");
    assert_eq!(
        (status(payment), status(bill)),
        ("status".to_owned(), "billpay".to_owned())
    );
    let Course::Legs { legs, .. } = &bill.course else {
        panic!("a bill has legs");
    };
    let (approval, money) = (&legs["approval"], &legs["payment"]);
    assert_eq!(
        approval.rank("CHECKER APPROVED"),
        approval.rank("CHECKER REJECTED")
    );
    assert_ne!(
        approval.rival("APPROVED"),
        approval.rival("CHECKER REJECTED")
    );
    assert_eq!(
        approval.rival("APPROVED"),
        approval.rival("CHECKER APPROVED")
    );
    assert!(money.rank("REFUNDED") > money.rank("SUCCESS"));
    assert!(money.knows("ANYTHING") && money.rank("ANYTHING") < money.rank("FAILED"));
}

#[test]
fn the_only_leg_is_the_status_whatever_it_is_called() {
    let leg = |name: &str, status: &str| {
        let to = format!("      legs:\n        {name}: [REJECTED, ACCEPTED]\n{status}");
        let from = "      legs:\n        status: [REJECTED, ACCEPTED]\n";
        let by = "          status:\n            # The item's";
        let legs =
            "          status:\n            legs: {taken: ./error}\n          at: /client_id #";
        let means = "            by: ./error\n            means:\n              \"\": ACCEPTED\n              \"*\": REJECTED\n";
        patched(2, &[(from, &to), (by, legs), (means, "")])
    };
    let contract = leg("taken", "").expect("it loads");
    let course = &contract.lifecycle("inbound").expect("it is there").course;
    assert!(matches!(course, Course::Legs { status, .. } if &**status == "taken"));
    let mistakes = leg("given", "").expect_err("the change tells another leg");
    assert!(
        mistakes
            .iter()
            .any(|it| it.message.contains("has no leg `taken`")),
        "{mistakes:?}"
    );
}

#[test]
fn numbers_unique_facts_and_the_settlement_are_compiled() {
    let vendor = contract(0);
    let of = |kind: &str| vendor.lifecycle(kind).expect("it is there");
    assert_eq!(names(&of("purchase_order").numbers), ["buyerPONumber"]);
    assert_eq!(names(&of("invoice").numbers), ["supplierInvoiceNumber"]);
    assert_eq!(names(&of("payment").numbers), ["utr"]);
    let unique = &of("payment").unique;
    assert_eq!(unique.len(), 1);
    assert_eq!(
        (&*unique[0].fact, unique[0].code),
        ("utr", FindingCode::UtrReused)
    );
    let rule = of("invoice")
        .settlement
        .as_ref()
        .expect("an invoice is settled");
    let names = [
        &rule.rows,
        &rule.outcome,
        &rule.paid,
        &rule.adjusted,
        &rule.total,
        &rule.of,
    ];
    assert_eq!(
        names.map(|it| &**it),
        ["payments", "outcome", "net", "adjusted", "total", "total"]
    );
    assert!(rule.accepted.contains("ACCEPT") && rule.accepted.len() == 1);
    assert!(rule.rejected.contains("REJECT") && rule.rejected.len() == 1);
    assert!(of("payment").settlement.is_none() && of("invoice").unique.is_empty());
}

#[test]
fn outcome_words_are_folded() {
    let contract = patched(
        0,
        &[("accepted: [ACCEPT]", "accepted: [fully-accepted, ok]")],
    );
    let contract = contract.expect("it loads");
    let lifecycle = contract.lifecycle("invoice").expect("it is there");
    let rule = lifecycle
        .settlement
        .as_ref()
        .expect("an invoice is settled");
    let accepted: Vec<_> = rule.accepted.iter().map(String::as_str).collect();
    assert_eq!(accepted, ["FULLY ACCEPTED", "OK"]);
}

/// A text of the vendor-payment contract, what it is replaced by, how many lines below it the mistake
/// stands, and what is said of it.
type Planted = (&'static str, &'static str, i64, &'static str);

#[track_caller]
fn assert_named((from, to, below, said): Planted) {
    let text = embedded()[0].1;
    let at = text
        .find(from)
        .unwrap_or_else(|| panic!("`{from}` is in the contract"));
    let start = i64::try_from(text[..at].matches('\n').count() + 1).expect("few lines");
    let mistakes = patched(0, &[(from, to)]).expect_err(said);
    let hit = mistakes.iter().find(|it| it.message.contains(said));
    let hit = hit.unwrap_or_else(|| panic!("{said}: {mistakes:?}"));
    assert_eq!(i64::from(hit.line), start + below, "{said}: {hit}");
}

#[test]
fn a_name_that_no_change_tells_is_named_with_its_line() {
    for (from, to, said) in [
        (
            "numbers: [buyerPONumber]",
            "numbers: [buyerPONumbr]",
            "fact `buyerPONumbr` of `purchase_order`",
        ),
        (
            "utr: utr_reused",
            "ut: utr_reused",
            "fact `ut` of `payment`",
        ),
        (
            "rows: payments",
            "rows: payment",
            "table of rows `payment` of `invoice`",
        ),
        (
            "outcome: outcome",
            "outcome: outcom",
            "fact `outcom` of `invoice/payments`",
        ),
        (
            "paid: net",
            "paid: nett",
            "money `nett` of `invoice/payments`",
        ),
        (
            "adjusted: adjusted",
            "adjusted: adjustd",
            "money `adjustd` of `invoice/payments`",
        ),
        (
            "total: total",
            "total: totl",
            "money `totl` of `invoice/payments`",
        ),
        ("of: total", "of: totall", "money `totall` of `invoice`"),
    ] {
        assert_named((from, to, 0, said));
    }
}

#[test]
fn each_mistake_in_what_a_lifecycle_says_beside_its_course_is_named_with_its_line() {
    for (from, to, said) in [
        (
            "numbers: [buyerPONumber]",
            "numbers: buyerPONumber",
            "a list is needed",
        ),
        (
            "numbers: [buyerPONumber]",
            "number: [buyerPONumber]",
            "did you mean `numbers`",
        ),
        (
            "utr: utr_reused",
            "utr: utr_reusd",
            "not the code of a finding",
        ),
        ("of: total", "off: total", "did you mean `of`"),
        ("accepted: [ACCEPT]", "accepted: ACCEPT", "a list is needed"),
    ] {
        assert_named((from, to, 0, said));
    }
}

#[test]
fn each_mistake_in_the_course_of_a_lifecycle_is_named_with_its_line() {
    let legs = "        status: [INITIATED, [CONFIRMED, REJECTED]]\n";
    for planted in [
        (
            "- [RETURNED, CANCELLED]",
            "- [RETURNED]",
            0,
            "a list of two words",
        ),
        (
            "      start: [CREATED]",
            "      status: CREATED",
            0,
            "`status` belongs to `legs`",
        ),
        (
            legs,
            "        status: [A]\n      start: [A]\n",
            1,
            "`start` belongs to `moves`",
        ),
        (
            legs,
            "        status: [A]\n      status: state\n",
            1,
            "the legs are: status",
        ),
        (
            legs,
            "        a: [A]\n        b: [B]\n",
            -2,
            "the legs are: a, b",
        ),
        (
            legs,
            "        state: [A]\n      moves: []\n",
            -2,
            "either `moves`",
        ),
    ] {
        assert_named(planted);
    }
}

#[test]
fn a_settlement_without_its_keys_names_each_of_them() {
    let text = embedded()[0].1;
    let begin = text.find("      settlement:\n").expect("it is there");
    let end = begin
        + text[begin..]
            .find("        assumed: true\n")
            .expect("it ends");
    let mistakes = patched(0, &[(&text[begin..end], "      settlement:\n")]).expect_err("no keys");
    for key in [
        "rows", "outcome", "accepted", "rejected", "paid", "adjusted", "total", "of",
    ] {
        let said = format!("`{key}` is missing");
        assert!(
            mistakes.iter().any(|it| it.message == said),
            "{said}: {mistakes:?}"
        );
    }
}

#[test]
fn a_word_cannot_be_accepted_and_rejected() {
    let mistakes = patched(0, &[("rejected: [REJECT]", "rejected: [accept]")]);
    let mistakes = mistakes.expect_err("a word on both sides");
    assert!(
        mistakes
            .iter()
            .any(|it| it.message.contains("both accepted and rejected"))
    );
}

#[test]
fn a_status_must_fit_the_lifecycle_of_its_document() {
    for (index, from, to, said) in [
        (
            0,
            "            set: INITIATED",
            "            move: /payment/mode",
            "has `legs`",
        ),
        (
            0,
            "            move: ./statusTransition",
            "            set: PAID",
            "has `moves`",
        ),
        (
            1,
            "              billpay: /billpayStatus",
            "              bilpay: /billpayStatus",
            "no leg `bilpay`",
        ),
        (
            0,
            "            by: /poConfirmation/supplierResponse\n",
            "",
            "`means` needs `by`",
        ),
        (
            0,
            "            means:\n              ACCEPT: ACCEPTED\n              REJECT: REJECTED\n              RETURN: RETURNED\n",
            "",
            "`by` needs `means`",
        ),
    ] {
        let mistakes = patched(index, &[(from, to)]).expect_err(said);
        assert!(
            mistakes.iter().any(|it| it.message.contains(said)),
            "{said}: {mistakes:?}"
        );
    }
}
