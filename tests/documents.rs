//! Documents over HTTP and as commands: what messages, in any order, make of orders, invoices,
//! payments, bills and inbounds, and what a person can do about what does not add up.

mod bills;
mod commands;
mod conflicts;
mod damage;
mod events;
mod findings;
mod inbounds;
mod lists;
mod orders;
mod releases;
mod trade;

use serde_json::{Value, json};

use crate::support::{ORDER, Server, examples};

/// The two invoices, the payment and the order of the contracts' accepted examples.
const INVOICE: &str = "invoice/INV5b7e2a9c14d84f03b6a8e1d7c3f09256";
const OTHER_INVOICE: &str = "invoice/INVa1d4c7f0835b4e62987c0b3e6f1d2a48";
const PAYMENT: &str = "payment/PMT8f3c1d7a90b24e6f8a1b5c9d0e7f2a34";
const PURCHASE: &str = "purchase_order/PUO4e8a1c7b3d9f42508b6e7a1c0d3f5928";

/// An example's body as JSON, to be changed.
fn example(operation: &str, name: &str) -> Value {
    serde_json::from_slice(&examples::read(operation, name).body).unwrap()
}

/// Posts a body that must be taken, and gives the receipt's id.
fn take(server: &Server, path: &str, body: &Value) -> String {
    take_bytes(server, path, body.to_string().into_bytes())
}

/// The same with the very bytes.
fn take_bytes(server: &Server, path: &str, body: Vec<u8>) -> String {
    let answer = server.post(path, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    server.newest()["id"].as_str().unwrap().to_owned()
}

/// One document that must be there.
fn document(server: &Server, name: &str) -> Value {
    server.get(&format!("/api/v1/documents/{name}"))
}

/// What a document is, without what depends on the order and the time of arrival.
fn state(document: &Value) -> Value {
    let mut state = document.clone();
    let members = state.as_object_mut().unwrap();
    for name in ["timeline", "created_at", "updated_at"] {
        assert!(members.remove(name).is_some(), "{name}: {document}");
    }
    let mut findings: Vec<_> = members["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!([it["code"], it["about"], it["message"]]))
        .collect();
    findings.sort_by_key(Value::to_string);
    members["findings"] = findings.into();
    state
}

/// A document's status with its version.
fn stands(document: &Value) -> (Value, Value) {
    (document["status"].clone(), document["version"].clone())
}

/// The codes of a document's open findings, sorted.
fn codes(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().unwrap().iter();
    let mut codes: Vec<_> = findings
        .map(|it| it["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes
}

/// One member of each entry of a document's timeline.
fn told(document: &Value, member: &str) -> Vec<String> {
    let timeline = document["timeline"].as_array().unwrap().iter();
    timeline
        .map(|it| it[member].as_str().unwrap().to_owned())
        .collect()
}

/// A confirmation of a purchase order by its supplier: a message of its own.
fn order_says(message: &str, version: (i64, i64), from: &str, to: &str, action: &str) -> Value {
    let mut body = example("purchase_order.confirm.response", "accepted");
    body["resp"]["reqMsgId"] = json!(message);
    let confirmation = &mut body["poConfirmation"];
    confirmation["objectVersion"] = json!({"currentVersion": version.0, "newVersion": version.1});
    confirmation["poStatusTransition"] = json!({"currentStatus": from, "newStatus": to});
    confirmation["supplierResponse"] = json!(action);
    body
}

/// Two answers to one order that cannot both be true.
fn contradict(server: &Server) {
    take(
        server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    take(
        server,
        ORDER,
        &order_says("M2", (1, 1), "CREATED", "REJECTED", "REJECT"),
    );
}
