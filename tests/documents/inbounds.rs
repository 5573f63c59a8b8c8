//! Inbounds of Shipper: one document a part, with its lines, and an id that holds a slash.

use serde_json::{Value, json};

use super::{codes, document, example, stands, take, take_bytes, told};
use crate::support::{Home, INBOUND, examples};

#[test]
fn each_item_is_a_document_with_its_lines() {
    let home = Home::new();
    let server = home.start();
    let receipt = take_bytes(
        &server,
        INBOUND,
        examples::read("inbound.confirm.notification", "accepted").body,
    );
    let inbound = document(&server, "inbound/11223344%2FKPI-PO-251209-001");
    assert_eq!(inbound["id"], "11223344/KPI-PO-251209-001");
    assert_eq!(stands(&inbound), (json!("ACCEPTED"), json!(null)));
    assert_eq!(inbound["facts"]["warehouse"], "WH-TGR04");
    assert_eq!(
        inbound["rows"]["lines"],
        json!([
            {"key": "1", "sku": "KPI-ROBUSTA-1KG", "qty": "48", "price": "118500.00"},
            {"key": "2", "sku": "KPI-ARABICA-250G", "qty": "120", "price": "64250.50"},
        ])
    );
    assert_eq!(inbound["timeline"][0]["receipt"], receipt);
    let plain = document(&server, "inbound/11223344/KPI-PO-251209-001");
    assert_eq!(plain, inbound, "the slash may stand as it is");
    let other = document(&server, "inbound/11223344%2FKPI-PO-251209-002");
    assert_eq!(other["rows"]["lines"].as_array().unwrap().len(), 1);
}

#[test]
fn an_item_that_cannot_be_read_makes_no_document_and_the_others_do() {
    let home = Home::new();
    let server = home.start();
    take_bytes(
        &server,
        INBOUND,
        examples::read("inbound.confirm.notification", "one-item-broken").body,
    );
    let ids: Vec<_> = server.documents("&kind=inbound");
    let ids: Vec<_> = ids.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["11223344/KPI-PO-251209-003", "11223344/KPI-PO-251209-001"]
    );
    let events = server.events("");
    assert_eq!(events.len(), 2, "{events:?}");
}

#[test]
fn an_inbound_that_is_refused_at_first_and_taken_later_is_taken() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("inbound.confirm.notification", "accepted");
    body["items"][0]["error"] = json!("warehouse is full");
    take(&server, INBOUND, &body);
    let name = "inbound/11223344%2FKPI-PO-251209-001";
    assert_eq!(stands(&document(&server, name)).0, "REJECTED");
    body["items"][0]["error"] = json!("");
    take(&server, INBOUND, &body);
    let taken = document(&server, name);
    assert_eq!(
        (stands(&taken).0, codes(&taken)),
        (json!("ACCEPTED"), vec![])
    );
    assert_eq!(told(&taken, "outcome"), ["applied", "applied"]);
}

#[test]
fn other_content_under_one_group_key_is_taken_in_and_noted() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("inbound.confirm.notification", "accepted");
    take(&server, INBOUND, &body);
    let payload = body["items"][0]["payload"].as_str().unwrap().to_owned();
    body["items"][0]["payload"] =
        json!(payload.replace("\"ordered_qty\":48", "\"ordered_qty\":50"));
    let changed = take(&server, INBOUND, &body);
    let found = server.findings("&code=content_changed");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["receipt"], &found[0]["closed_at"]),
        (&json!(changed), &Value::Null)
    );
    assert_eq!(server.events("").len(), 2, "no second events");
    let inbound = document(&server, "inbound/11223344%2FKPI-PO-251209-001");
    assert_eq!(told(&inbound, "outcome"), ["applied", "repeat"]);
    assert_eq!(
        codes(&inbound),
        ["ambiguous", "content_changed"],
        "no time says which is later"
    );
}
