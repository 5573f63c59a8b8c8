//! Findings: they open and close themselves, and those of a receipt are closed with a reason.

use serde_json::{Value, json};

use super::{INVOICE, PAYMENT, PURCHASE, codes, document, example, order_says, stands, take};
use crate::support::{CONFIRM, Home, INBOUND, ORDER, PAY, Server};

fn resolve(server: &Server, id: &Value, wish: &Value) -> (u16, Value) {
    let path = format!("/api/v1/findings/{}/resolve", id.as_str().unwrap());
    let answer = server.ask("POST", &path, &wish.to_string());
    (answer.status, answer.json())
}

#[test]
fn a_sum_that_does_not_add_up_is_found_and_closes_when_it_does() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("payment.pay.response", "accepted");
    body["payment"]["ts"] = json!("2025-07-06T11:00:00+05:30");
    body["payment"]["paymentAmount"]["totalAmount"] = json!(14000.50);
    let receipt = take(&server, PAY, &body);
    let payment = document(&server, PAYMENT);
    let found = &payment["findings"][0];
    assert_eq!(found["code"], "total_mismatch", "{payment}");
    assert_eq!(found["severity"], "warning");
    assert_eq!(found["document"], PAYMENT);
    assert_eq!(found["receipt"], receipt);
    let id = found["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/api/v1/findings/{id}")), *found);
    let (status, problem) = resolve(&server, &found["id"], &json!({"reason": "looked at it"}));
    assert_eq!((status, &problem["code"]), (409, &json!("needs_ruling")));

    let mut right = example("payment.pay.response", "accepted");
    right["resp"]["reqMsgId"] = json!("ENK-corrected");
    take(&server, PAY, &right);
    assert_eq!(codes(&document(&server, PAYMENT)), [""; 0]);
    let closed = server.get(&format!("/api/v1/findings/{id}"));
    assert!(closed["closed_at"].is_string(), "{closed}");
    assert_eq!(server.findings("&open=true&severity=warning").len(), 0);
    let closed_ones = server.findings(&format!("&open=false&document={PAYMENT}"));
    assert!(closed_ones.iter().any(|it| it["id"] == id));
}

#[test]
fn a_total_over_a_whole_batch_is_of_the_message_and_closed_by_a_reason() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("inbound.confirm.notification", "accepted");
    body["total_data"] = json!(9);
    let receipt = take(&server, INBOUND, &body);
    let found = server.findings("&code=total_mismatch");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["document"], &found[0]["receipt"]),
        (&Value::Null, &json!(receipt))
    );
    let id = found[0]["id"].as_str().unwrap();
    let steps = home.run(&["findings", "show", id]).good();
    assert!(
        steps.contains(&format!("findings resolve {id} --reason TEXT")),
        "{steps}"
    );
    let (status, closed) = resolve(&server, &found[0]["id"], &json!({"reason": "a slip"}));
    assert_eq!(status, 200, "{closed}");
    assert!(closed["closed_at"].is_string());
}

#[test]
fn what_was_paid_is_not_guessed_and_a_status_that_says_otherwise_is_found() {
    let home = Home::new();
    let server = home.start();
    let confirmed = example("payment.confirm.request", "accepted");
    take(&server, CONFIRM, &confirmed);
    let invoice = document(&server, INVOICE);
    assert_eq!(codes(&invoice), ["adopted", "amount_missing"]);
    assert_eq!(invoice["money"], json!({}));
    let mut paid = example("payment.pay.response", "accepted");
    let amount = &mut paid["payment"]["invoicesPayInfos"][0]["invoicePaymentAmount"];
    amount["netPaidAmount"] = json!(2000);
    amount["totalAmount"] = json!(2000);
    take(&server, PAY, &paid);
    let invoice = document(&server, INVOICE);
    assert_eq!(stands(&invoice).0, "PAID");
    assert_eq!(codes(&invoice), ["adopted", "status_contradicts_money"]);
    assert_eq!(invoice["money"]["due"], "400.0");
}

#[test]
fn a_failed_request_applies_nothing_and_is_found() {
    let home = Home::new();
    let server = home.start();
    let failed = example("payment.pay.response", "result-failure");
    let receipt = take(&server, PAY, &failed);
    let found = server.findings("&severity=error");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (
            &found[0]["code"],
            &found[0]["document"],
            &found[0]["receipt"]
        ),
        (&json!("result_failure"), &Value::Null, &json!(receipt)),
        "nobody has told of the payment yet"
    );
    assert!(found[0]["message"].as_str().unwrap().contains("PAY-027"));
    for name in [PAYMENT, INVOICE] {
        let path = format!("/api/v1/documents/{name}");
        assert_eq!(server.ask("GET", &path, "").status, 404, "{name}");
    }
    assert_eq!(server.events("").len(), 0);
    let change = "chg_00000000000000000000000001";
    let (status, problem) = resolve(
        &server,
        &found[0]["id"],
        &json!({"pick": change, "reason": "r"}),
    );
    assert_eq!((status, &problem["code"]), (409, &json!("unknown_change")));
    let (status, closed) = resolve(&server, &found[0]["id"], &json!({"reason": "sent again"}));
    assert_eq!(status, 200, "{closed}");
    assert!(closed["closed_at"].is_string());
    assert_eq!(server.findings("&open=true").len(), 0);
}

#[test]
fn a_failed_request_about_a_known_document_is_found_there() {
    let home = Home::new();
    let server = home.start();
    take(&server, PAY, &example("payment.pay.response", "accepted"));
    let before = document(&server, PAYMENT);
    let mut failed = example("payment.pay.response", "result-failure");
    failed["resp"]["reqMsgId"] = json!("ENK-once-more");
    take(&server, PAY, &failed);
    let payment = document(&server, PAYMENT);
    assert_eq!(codes(&payment), ["result_failure"]);
    assert_eq!(
        (stands(&payment), &payment["money"]),
        (stands(&before), &before["money"])
    );
    assert_eq!(payment["changes"], before["changes"]);
    assert_eq!(server.findings(&format!("&document={PAYMENT}")).len(), 1);
    let (status, closed) = resolve(
        &server,
        &payment["findings"][0]["id"],
        &json!({"reason": "it went through before"}),
    );
    assert_eq!(
        (status, closed["closed_at"].is_string()),
        (200, true),
        "{closed}"
    );
    assert_eq!(codes(&document(&server, PAYMENT)), [""; 0]);
}

#[test]
fn other_content_under_one_message_id_is_taken_in_and_noted() {
    let home = Home::new();
    let server = home.start();
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    let mut other = order_says("M1", (1, 1), "CREATED", "ACCEPTED", "ACCEPT");
    other["poConfirmation"]["supplierRemarks"] = json!("all but one");
    let receipt = take(&server, ORDER, &other);
    let found = server.findings("&code=content_changed&open=true");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["receipt"], &found[0]["severity"]),
        (&json!(receipt), &json!("warning"))
    );
    let order = document(&server, PURCHASE);
    assert_eq!(stands(&order).0, "ACCEPTED");
    assert_eq!(server.events("").len(), 1, "no second event");
    let (status, closed) = resolve(
        &server,
        &found[0]["id"],
        &json!({"reason": "a late remark"}),
    );
    assert_eq!(
        (status, closed["closed_at"].is_string()),
        (200, true),
        "{closed}"
    );
}

#[test]
fn an_action_that_contradicts_the_status_is_a_doubt() {
    let home = Home::new();
    let server = home.start();
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "ACCEPTED", "REJECT"),
    );
    let order = document(&server, PURCHASE);
    assert_eq!(stands(&order).0, "ACCEPTED", "the status counts");
    assert_eq!(codes(&order), ["action_contradicts_status"]);
}

#[test]
fn a_bank_reference_of_two_payments_is_found_at_both() {
    let home = Home::new();
    let server = home.start();
    take(&server, PAY, &example("payment.pay.response", "accepted"));
    let mut second = example("payment.pay.response", "accepted");
    second["resp"]["reqMsgId"] = json!("ENK-second");
    second["payment"]["objectId"] = json!("PMT-second");
    take(&server, PAY, &second);
    let found = server.findings("&code=utr_reused");
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .any(|it| it["document"] == "payment/PMT-second"),
        "{found:?}"
    );
    let listed = server.documents("&kind=payment&number=hdfcn25187004217");
    assert_eq!(listed.len(), 2, "{listed:?}");
}

#[test]
fn a_list_of_findings_is_filtered_and_strict_about_its_parameters() {
    let home = Home::new();
    let server = home.start();
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "HELD", "HOLD"),
    );
    assert_eq!(server.findings("").len(), 1);
    assert_eq!(server.findings("&severity=info").len(), 1);
    assert_eq!(server.findings("&severity=warning").len(), 0);
    assert_eq!(
        server.findings("&code=status_unknown&severity=error").len(),
        0
    );
    assert_eq!(server.findings("&code=status_unknown").len(), 1);
    assert_eq!(server.findings("&open=false").len(), 0);
    assert_eq!(server.findings("&document=purchase_order/PO-9").len(), 0);
    for (query, pointer) in [
        ("code=nonsense", "?code"),
        ("severity=bad", "?severity"),
        ("open=maybe", "?open"),
        ("document=invoice", "?document"),
        ("document=invoyce/1", "?document"),
        ("colour=red", "?colour"),
    ] {
        let answer = server.ask("GET", &format!("/api/v1/findings?{query}"), "");
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(
            answer.json()["violations"][0]["pointer"],
            pointer,
            "{query}"
        );
    }
    for path in ["fnd_7000000000001", "x"] {
        let answer = server.ask("GET", &format!("/api/v1/findings/{path}"), "");
        assert_eq!(answer.status, 404, "{path}");
    }
}
