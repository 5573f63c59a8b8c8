//! A whole trade: a payment of two invoices and the supplier's confirmation, in either order.

use serde_json::json;

use super::{
    INVOICE, OTHER_INVOICE, PAYMENT, codes, document, example, stands, state, take_bytes, told,
};
use crate::support::{CONFIRM, Home, PAY, Server, examples};

/// Posts the payment and its confirmation as they stand in the examples.
fn trade(server: &Server, is_turned_round: bool) {
    let mut messages = [
        (PAY, examples::read("payment.pay.response", "accepted").body),
        (
            CONFIRM,
            examples::read("payment.confirm.request", "accepted").body,
        ),
    ];
    if is_turned_round {
        messages.reverse();
    }
    for (path, body) in messages {
        take_bytes(server, path, body);
    }
}

#[test]
fn a_payment_and_its_confirmation_make_the_same_documents_in_either_order() {
    let homes = [Home::new(), Home::new()];
    let servers = [false, true].map(|turned| {
        let server = homes[usize::from(turned)].start();
        trade(&server, turned);
        server
    });
    for name in [INVOICE, OTHER_INVOICE, PAYMENT] {
        let [one, other] = [0, 1].map(|at| document(&servers[at], name));
        assert_eq!(state(&one), state(&other), "{name}");
        let begun = if name == PAYMENT {
            vec![]
        } else {
            vec!["adopted"]
        };
        assert_eq!(codes(&one), begun, "{name}");
    }
    let invoice = document(&servers[1], INVOICE);
    assert_eq!(stands(&invoice), (json!("PAID"), json!(1)));
    assert_eq!(told(&invoice, "outcome"), ["applied", "late"]);
}

#[test]
fn an_invoice_tells_its_money_to_the_last_digit_its_payments_and_its_parties() {
    let home = Home::new();
    let server = home.start();
    trade(&server, false);
    let paid = document(&server, INVOICE);
    assert_eq!(stands(&paid), (json!("PAID"), json!(1)));
    let money = json!({
        "total": "2400.00", "paid": "2400.00", "adjusted": "0.00", "due": "0.00", "stated_due": "2400.00",
    });
    assert_eq!(paid["money"], money);
    let partly = document(&server, OTHER_INVOICE);
    assert_eq!(stands(&partly), (json!("PARTIALLY PAID"), json!(2)));
    let money = &partly["money"];
    assert_eq!(
        (
            &money["total"],
            &money["paid"],
            &money["adjusted"],
            &money["due"]
        ),
        (
            &json!("21800.50"),
            &json!("11564.49"),
            &json!("236.01"),
            &json!("10000.00")
        )
    );
    let payment = PAYMENT.split_once('/').unwrap().1;
    let row = json!({
        "key": payment, "outcome": "ACCEPT", "net": "11564.49", "adjusted": "236.01", "total": "11800.50",
    });
    assert_eq!(partly["rows"], json!({"payments": [row]}));
    assert_eq!(partly["links"], json!({"payment": [payment]}));
    let parties = json!({"buyer": "meridian.buying@enk", "supplier": "kaveri.components@enk"});
    assert_eq!(partly["parties"], parties);
    assert_eq!(partly["facts"]["supplierInvoiceNumber"], "KC/25-26/0101");
    assert_eq!(partly["waits_for"], json!([]));
    assert_eq!(
        (&partly["kind"], &partly["namespace"]),
        (&json!("invoice"), &json!("bharat-connect"))
    );
    assert_eq!(partly["changes"], 2);
}

#[test]
fn a_timeline_says_who_said_what_and_when() {
    let home = Home::new();
    let server = home.start();
    trade(&server, false);
    server.post(PAY, examples::read("payment.pay.response", "accepted").body);
    let invoice = document(&server, INVOICE);
    let timeline = invoice["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), 2, "a duplicate says nothing");
    let receipts = server.receipts("");
    let first = &timeline[0];
    let node = |status: &str| json!({"version": 1, "status": status});
    assert_eq!(first["from"], node("ACCEPTED"));
    assert_eq!(first["to"], node("PAYMENT INITIATED"));
    assert_eq!(first["operation"], "payment.pay.response");
    assert_eq!(first["source"], "enkash");
    assert_eq!(first["receipt"], receipts[2]["id"]);
    assert_eq!(first["received_at"], receipts[2]["received_at"]);
    assert_eq!(first["at"], "2025-07-06T06:23:03Z");
    assert_eq!(first["cause"], PAYMENT.split_once('/').unwrap().1);
    assert_eq!(
        (&first["outcome"], &first["legs"]),
        (&json!("applied"), &json!({}))
    );
    assert!(first["change"].as_str().unwrap().starts_with("chg_"));
    assert_eq!(told(&invoice, "operation")[1], "payment.confirm.request");
    let payment = document(&server, PAYMENT);
    assert_eq!(stands(&payment), (json!("CONFIRMED"), json!(null)));
    assert_eq!(
        payment["timeline"][1]["legs"],
        json!({"status": "CONFIRMED"})
    );
    assert_eq!(payment["timeline"][1]["from"], json!(null));
}

#[test]
fn a_rejected_payment_leaves_the_amount_due() {
    let home = Home::new();
    let server = home.start();
    take_bytes(
        &server,
        PAY,
        examples::read("payment.pay.response", "accepted").body,
    );
    let offered = document(&server, INVOICE);
    assert_eq!(
        offered["money"]["due"], "2400.00",
        "nothing is settled by an offer"
    );
    take_bytes(
        &server,
        CONFIRM,
        examples::read("payment.confirm.request", "rejected-off-platform").body,
    );
    let invoice = document(&server, INVOICE);
    assert_eq!(stands(&invoice), (json!("ACCEPTED"), json!(1)));
    assert_eq!(invoice["money"]["due"], "2400.00");
    assert_eq!(invoice["rows"]["payments"][0]["outcome"], "REJECT");
    assert_eq!(stands(&document(&server, PAYMENT)).0, "REJECTED");
}

#[test]
fn two_sources_of_one_namespace_tell_of_one_document() {
    let bearer = |name: &str| {
        format!(
            "[sources.{name}]\ncontract = \"enkash-vendor-payment\"\nmount = \"/{name}\"\n\
             [[sources.{name}.auth]]\ntype = \"bearer\"\ntokens = [\"{name}-token\"]\n"
        )
    };
    let home = Home::configured(&(bearer("north") + &bearer("south")));
    let server = home.start();
    let confirmation = example("payment.confirm.request", "accepted").to_string();
    let payment = example("payment.pay.response", "accepted").to_string();
    for (name, path, body) in [("north", PAY, payment), ("south", CONFIRM, confirmation)] {
        let request = crate::support::Request::post(&format!("/{name}{path}"))
            .header("authorization", &format!("Bearer {name}-token"))
            .json(body);
        assert_eq!(server.send(&request).status, 200);
    }
    let invoice = document(&server, INVOICE);
    assert_eq!(stands(&invoice).0, "PAID");
    assert_eq!(told(&invoice, "source"), ["north", "south"]);
}
