//! Inbounds of Shipper: one document a part, with its lines, and an id that holds a slash.

use serde_json::{Value, json};

use super::{codes, document, example, stands, take_bytes};
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
fn other_content_under_one_group_key_is_taken_in_and_noted() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("inbound.confirm.notification", "accepted");
    body["items"][0]["error"] = json!("warehouse is full");
    take_bytes(&server, INBOUND, body.to_string().into_bytes());
    let refused = document(&server, "inbound/11223344%2FKPI-PO-251209-001");
    assert_eq!(stands(&refused).0, "REJECTED");
    body["items"][0]["error"] = json!("");
    let changed = take_bytes(&server, INBOUND, body.to_string().into_bytes());
    let taken = document(&server, "inbound/11223344%2FKPI-PO-251209-001");
    assert_eq!(stands(&taken).0, "ACCEPTED");
    let found = server.findings("&code=content_changed");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["receipt"], changed);
    assert_eq!(found[0]["closed_at"], Value::Null);
    assert!(server.events("").iter().all(|it| {
        !it["id"]
            .as_str()
            .unwrap()
            .contains(changed.trim_start_matches("rcp_"))
    }));
    assert!(!codes(&taken).contains(&"conflict".to_owned()));
}
