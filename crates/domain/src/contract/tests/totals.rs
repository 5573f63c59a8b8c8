//! What should add up: which body makes which check, and where the check goes.

use serde_json::{Value as Json, json};

use super::{contract, judge, judge_text, patched};
use crate::{
    contract::Judgement,
    document::{Change, Check},
    receipt::{FindingCode, Verdict},
};

const PAY: &str = "payment.pay.response";
const INBOUND: &str = "inbound.confirm.notification";

/// What a table expects of a check.
#[derive(Clone, Copy)]
enum Is {
    Missing,
    Holding,
    Broken(&'static str),
}
use Is::{Broken, Holding, Missing};

/// A payment with these amounts and these invoices, its numbers as they are written.
fn payment(amount: &str, invoices: &str) -> Judgement {
    let body = format!(
        r#"{{"resp": {{"reqMsgId": "r1", "result": "SUCCESS"}}, "payment": {{"objectId": "PMT1",
            "paymentAmount": {amount}, "invoicesPayInfos": {invoices}}}}}"#
    );
    let judged = judge_text(&contract(0), PAY, &body);
    assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.violations);
    judged
}

fn main_of(judged: &Judgement) -> &Change {
    let main = judged.changes.iter().find(|it| it.main);
    main.expect("there is a main change")
}

#[track_caller]
fn assert_check(checks: &[Check], code: FindingCode, about: &str, expected: Is, case: &str) {
    let mut found = checks
        .iter()
        .filter(|it| it.code == code && it.about == about);
    let check = found.next();
    assert!(found.next().is_none(), "{case}: two of one code and name");
    match (expected, check.map(|it| it.broken.as_deref())) {
        (Missing, None) | (Holding, Some(None)) => {}
        (Broken(sentence), Some(Some(broken))) => assert_eq!(broken, sentence, "{case}"),
        (_, found) => panic!("{case}: {found:?}"),
    }
}

#[test]
fn a_sum_is_compared_with_what_is_stated() {
    for (amount, expected) in [
        (
            r#"{"netPaidAmount": 13964.49, "netAdjustmentAmount": 236.01, "totalAmount": 14200.50}"#,
            Holding,
        ),
        (
            r#"{"netPaidAmount": 13964.49, "netAdjustmentAmount": 236.01, "totalAmount": 14200.5}"#,
            Holding,
        ),
        (
            r#"{"netPaidAmount": 13964.49, "netAdjustmentAmount": 236.01, "totalAmount": 14200.00}"#,
            Broken("13964.49 + 236.01 is 14200.50, and totalAmount says 14200.00"),
        ),
        (
            r#"{"netPaidAmount": "10.10", "netAdjustmentAmount": 0.20, "totalAmount": "10.30"}"#,
            Holding,
        ),
        (
            r#"{"netPaidAmount": "10.10", "netAdjustmentAmount": "", "totalAmount": "10.10"}"#,
            Holding,
        ),
        (
            r#"{"netPaidAmount": 1234567890123456.10, "netAdjustmentAmount": 0.02, "totalAmount": 1234567890123456.12}"#,
            Holding,
        ),
        (
            r#"{"netPaidAmount": 1234567890123456.10, "netAdjustmentAmount": 0.02, "totalAmount": 1234567890123456.13}"#,
            Broken(
                "1234567890123456.10 + 0.02 is 1234567890123456.12, and totalAmount says 1234567890123456.13",
            ),
        ),
        (
            r#"{"netPaidAmount": 0.1, "netAdjustmentAmount": 0.2, "totalAmount": 0.3}"#,
            Holding,
        ),
        (
            r#"{"netPaidAmount": 10, "netAdjustmentAmount": -3, "totalAmount": 7}"#,
            Holding,
        ),
        (r#"{"netPaidAmount": 10, "totalAmount": 10}"#, Holding),
        (
            r#"{"netPaidAmount": 10, "netAdjustmentAmount": null, "totalAmount": 11}"#,
            Broken("the one amount is 10, and totalAmount says 11"),
        ),
        (
            r#"{"netPaidAmount": 10, "netAdjustmentAmount": "ten", "totalAmount": 11}"#,
            Missing,
        ),
        (r#"{"totalAmount": 11}"#, Missing),
        (
            r#"{"netPaidAmount": 10, "netAdjustmentAmount": 1}"#,
            Missing,
        ),
        (
            r#"{"netPaidAmount": 10, "netAdjustmentAmount": 1, "totalAmount": null}"#,
            Missing,
        ),
        (
            r#"{"netPaidAmount": 10, "netAdjustmentAmount": 1, "totalAmount": {}}"#,
            Missing,
        ),
        ("null", Missing),
    ] {
        let judged = payment(amount, "[]");
        let checks = &main_of(&judged).checks;
        assert_check(checks, FindingCode::TotalMismatch, "1", expected, amount);
    }
}

/// One invoice of a payment.
fn invoice(id: &str, amount: &str) -> String {
    format!(
        r#"{{"objectId": "{id}", "objectVersion": {{"currentVersion": 1, "newVersion": 1}},
            "statusTransition": {{"currentStatus": "ACCEPTED", "newStatus": "PAYMENT INITIATED"}},
            "invoicePaymentAmount": {amount}}}"#
    )
}

#[test]
fn the_amounts_of_all_elements_are_added() {
    let invoices = |amounts: &[&str]| {
        let invoices = amounts.iter().zip(1..).map(|(amount, number)| {
            invoice(
                &format!("INV{number}"),
                &format!(r#"{{"totalAmount": {amount}}}"#),
            )
        });
        format!("[{}]", invoices.collect::<Vec<_>>().join(","))
    };
    for (amounts, expected) in [
        (&["1.10", "2.20"][..], Holding),
        (
            &["1.10", "2.21"],
            Broken("1.10 + 2.21 is 3.31, and totalAmount says 3.30"),
        ),
        (
            &["0.1", "0.2", "0.3", "0.7", "0.5", "1.6"],
            Broken("the 6 amounts add up to 3.4, and totalAmount says 3.30"),
        ),
        (&[], Missing),
    ] {
        let judged = payment(r#"{"totalAmount": 3.30}"#, &invoices(amounts));
        let checks = &main_of(&judged).checks;
        let case = amounts.join(" ");
        assert_check(checks, FindingCode::TotalMismatch, "2", expected, &case);
    }
}

#[test]
fn what_should_hold_of_an_element_is_checked_on_its_row() {
    let invoices = format!(
        "[{},{},{}]",
        invoice(
            "INV1",
            r#"{"netPaidAmount": 5, "netAdjustmentAmount": 3, "totalAmount": 8,
            "splits": [{"value": 1}, {"value": 2.00}]}"#
        ),
        invoice(
            "INV2",
            r#"{"netPaidAmount": 5, "netAdjustmentAmount": 3, "totalAmount": 9,
            "splits": [{"value": 1}, {"value": 1}]}"#
        ),
        invoice("INV3", "{}"),
    );
    let judged = payment("{}", &invoices);
    let rows = &main_of(&judged).rows["pays"];
    let keys: Vec<_> = rows.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["INV1", "INV2", "INV3"]);
    let expected = [
        (Holding, Holding),
        (
            Broken("5 + 3 is 8, and totalAmount says 9"),
            Broken("1 + 1 is 2, and netAdjustmentAmount says 3"),
        ),
        (Missing, Missing),
    ];
    for (row, (total, split)) in rows.iter().zip(expected) {
        assert_check(&row.checks, FindingCode::TotalMismatch, "", total, &row.key);
        assert_check(&row.checks, FindingCode::SplitMismatch, "", split, &row.key);
    }
    let of_document: Vec<_> = main_of(&judged).checks.iter().collect();
    assert!(of_document.is_empty(), "{of_document:?}");
    let of_invoices = judged.changes.iter().filter(|it| !it.main);
    assert!(of_invoices.flat_map(|it| &it.checks).next().is_none());
}

#[test]
fn two_elements_of_one_row_share_its_check_and_the_doubt_stands() {
    let good = r#"{"netPaidAmount": 5, "netAdjustmentAmount": 3, "totalAmount": 8}"#;
    let bad = r#"{"netPaidAmount": 5, "netAdjustmentAmount": 3, "totalAmount": 9}"#;
    let worse = r#"{"netPaidAmount": 5, "netAdjustmentAmount": 3, "totalAmount": 7}"#;
    let invoices = [good, bad, worse].map(|it| invoice("INV1", it)).join(",");
    let judged = payment("{}", &format!("[{invoices}]"));
    let checks: Vec<_> = main_of(&judged).rows["pays"]
        .iter()
        .flat_map(|it| &it.checks)
        .collect();
    let both = "5 + 3 is 8, and totalAmount says 9; 5 + 3 is 8, and totalAmount says 7";
    assert_eq!(checks.len(), 1, "{checks:?}");
    assert_eq!(checks[0].broken.as_deref(), Some(both));
}

#[test]
fn an_element_without_a_row_is_checked_by_its_index() {
    // Without its rows, the main change has no place for an element but itself.
    let contract = patched(
        0,
        &[
            (
                "            pays:\n              each: /payment/invoicesPayInfos\n              key: ./objectId",
                "            pays:\n              each: [/payment/invoicesPayInfos, ./invoicePaymentAmount/splits]\n              key: ./refNo",
            ),
            (
                "              money:\n                net: ./invoicePaymentAmount/netPaidAmount\n                adjusted: ./invoicePaymentAmount/netAdjustmentAmount\n                total: ./invoicePaymentAmount/totalAmount\n",
                "              money:\n                value: ./value\n",
            ),
        ],
    );
    let contract = contract.expect("the contract loads");
    let body = json!({
        "resp": {"reqMsgId": "r1", "result": "SUCCESS"},
        "payment": {"objectId": "PMT1", "invoicesPayInfos": [
            {"objectId": "INV1", "invoicePaymentAmount": {"netPaidAmount": 1, "totalAmount": 1}},
            {"objectId": "INV2", "invoicePaymentAmount": {"totalAmount": 1}},
            {"objectId": "INV3", "invoicePaymentAmount": {"netPaidAmount": 1, "totalAmount": 2}},
        ]},
    });
    let judged = judge(&contract, PAY, &body);
    let checks = &main_of(&judged).checks;
    for (about, expected) in [
        ("3/0", Holding),
        ("3/1", Missing),
        ("3/2", Broken("the one amount is 1, and totalAmount says 2")),
    ] {
        assert_check(checks, FindingCode::TotalMismatch, about, expected, about);
    }
}

#[test]
fn all_currencies_of_a_payment_should_be_one() {
    let mixed = "INR and USD are told, and all should be the same";
    for (pointer, value, expected) in [
        ("/payment/currency", json!("INR"), Holding),
        ("/payment/currency", json!(" inr"), Holding),
        ("/payment/currency", Json::Null, Holding),
        ("/payment/currency", json!("USD"), Broken(mixed)),
        (
            "/payment/paymentAmount/currency",
            json!("USD"),
            Broken(mixed),
        ),
        (
            "/payment/invoicesPayInfos/1/invoiceAmount/currency",
            json!("usd"),
            Broken(mixed),
        ),
        (
            "/payment/invoicesPayInfos/0/invoicePaymentAmount/currency",
            json!("USD"),
            Broken(mixed),
        ),
        (
            "/payment/invoicesPayInfos/0/invoicePaymentAmount/currency",
            json!(""),
            Holding,
        ),
    ] {
        let info = |id: &str| {
            json!({"objectId": id, "invoiceAmount": {"currency": "INR"},
            "invoicePaymentAmount": {"currency": "INR"}})
        };
        let mut body = json!({
            "resp": {"reqMsgId": "r1", "result": "SUCCESS"},
            "payment": {"objectId": "PMT1", "currency": "INR", "paymentAmount": {"currency": "INR"},
                "invoicesPayInfos": [info("INV1"), info("INV2")]},
        });
        *body.pointer_mut(pointer).expect("the member is there") = value;
        let judged = judge(&contract(0), PAY, &body);
        let checks = &main_of(&judged).checks;
        assert_check(checks, FindingCode::CurrencyMixed, "5", expected, pointer);
    }
    let judged = payment("{}", "[]");
    let checks = &main_of(&judged).checks;
    assert_check(
        checks,
        FindingCode::CurrencyMixed,
        "5",
        Missing,
        "no currency",
    );
}

/// A batch of orders, each the text of its item's payload.
fn batch(orders: &[&str], total: &Json) -> Judgement {
    let items: Vec<_> = orders
        .iter()
        .map(|it| json!({"payload": it, "error": ""}))
        .collect();
    let body = json!({"client_id": 1, "group_key": "g", "total_data": total, "items": items});
    judge(&contract(2), INBOUND, &body)
}

#[test]
fn the_count_of_parts_is_a_finding_of_the_receipt() {
    let (first, second) = (r#"{"doc_no": "D1"}"#, r#"{"doc_no": "D2"}"#);
    for (orders, total, expected) in [
        (&[first, second][..], json!(2), None),
        (&[first, second], json!("2"), None),
        (&[first, second], json!(2.0), None),
        (
            &[first, second],
            json!(3),
            Some("items has 2 elements, and total_data says 3"),
        ),
        (
            &[first],
            json!(2),
            Some("items has 1 element, and total_data says 2"),
        ),
        (&["{", second], json!(2), None),
        (
            &["{", second],
            json!(1),
            Some("items has 2 elements, and total_data says 1"),
        ),
        (&[first, second], Json::Null, None),
        (&[first, second], json!("two"), None),
    ] {
        let judged = batch(orders, &total);
        let found: Vec<_> = judged.findings.iter().map(|it| &*it.message).collect();
        assert_eq!(found, Vec::from_iter(expected), "{orders:?} {total}");
        assert!(judged.changes.iter().all(|it| it.checks.is_empty()));
    }
}

#[test]
fn a_rule_inside_a_part_is_checked_on_every_part() {
    let rule = "        - code: total_mismatch\n          count: /items";
    let inside = "        - code: split_mismatch\n          count: ./payload/details\n          is: ./payload/InboundID\n        - code: total_mismatch\n          count: /items";
    let contract = patched(2, &[(rule, inside)]).expect("the contract loads");
    let item = |id: &str, stated: u8| {
        let payload = json!({"doc_no": id, "InboundID": stated, "details": [{"line_no": 1}]});
        json!({"payload": payload.to_string(), "error": ""})
    };
    let body = json!({"client_id": 1, "group_key": "g", "total_data": 2,
        "items": [item("D1", 1), item("D2", 2)]});
    let judged = judge(&contract, INBOUND, &body);
    let checks: Vec<_> = judged
        .changes
        .iter()
        .map(|it| it.checks.as_slice())
        .collect();
    let broken = Broken("details has 1 element, and InboundID says 2");
    assert_check(checks[0], FindingCode::SplitMismatch, "1", Holding, "D1");
    assert_check(checks[1], FindingCode::SplitMismatch, "1", broken, "D2");
}

#[test]
fn a_mistake_in_a_total_is_named_with_its_line() {
    let rule = "        - code: currency_mixed\n          same:\n            - /payment/currency\n";
    for (to, line, said) in [
        (
            "        - code: currency_mixd\n          same:\n            - /payment/currency\n",
            0,
            "not the code of a finding",
        ),
        (
            "        - same:\n            - /payment/currency\n",
            0,
            "`code` is missing",
        ),
        (
            "        - code: currency_mixed\n          is: /payment/utr\n          same:\n            - /payment/currency\n",
            0,
            "stands at no `same`",
        ),
        (
            "        - code: currency_mixed\n          count: /payment/invoicesPayInfos\n          same:\n            - /payment/currency\n",
            0,
            "either `sum`, `count` or `same`",
        ),
        (
            "        - code: currency_mixed\n          same:\n            - /payment/curency\n",
            2,
            "anything at this pointer",
        ),
        (
            "        - code: currency_mixed\n          each: /payment/invoicesPayInfos\n          sum:\n            - ./invoiceAmount/dueAmount\n",
            0,
            "stands at no `same`",
        ),
        (
            "        - code: currency_mixed\n          summ: /payment/utr\n          same:\n            - /payment/currency\n",
            1,
            "`summ` is unknown",
        ),
    ] {
        let text = crate::contract::embedded()[0].1;
        let at = text.find(rule).expect("the rule is in the contract");
        let start = u32::try_from(text[..at].matches('\n').count() + 1).expect("few lines");
        let mistakes = patched(0, &[(rule, to)]).expect_err(said);
        let hit = mistakes.iter().find(|it| it.message.contains(said));
        let hit = hit.unwrap_or_else(|| panic!("{said}: {mistakes:?}"));
        assert_eq!(hit.line, start + line, "{said}: {hit}");
    }
}
