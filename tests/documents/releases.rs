//! What was in quarantine applies to documents when it is released, and makes its events then.

use std::fs;

use serde_json::{Value, json};

use super::{INVOICE, PAYMENT, codes, document, example, stands, take, told};
use crate::support::{Home, INBOUND, PAY, Request, Server};

fn release(server: &Server, id: &str, wish: &Value) -> u16 {
    let path = format!("/api/v1/receipts/{id}/release");
    server.ask("POST", &path, &wish.to_string()).status
}

#[test]
fn a_released_receipt_applies_to_its_documents_and_makes_its_event() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("payment.pay.response", "accepted");
    body["resp"]["result"] = json!("DEEMED");
    let held = take(&server, PAY, &body);
    let path = format!("/api/v1/documents/{INVOICE}");
    assert_eq!(
        server.ask("GET", &path, "").status,
        404,
        "nothing is applied"
    );
    assert_eq!(server.events("").len(), 0);
    assert_eq!(release(&server, &held, &json!({})), 200);
    let invoice = document(&server, INVOICE);
    assert_eq!(stands(&invoice).0, "PAYMENT INITIATED");
    assert_eq!(told(&invoice, "receipt"), [held.as_str()]);
    let events = server.events("");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        events[0]["id"],
        format!("{}_0", held.replacen("rcp_", "evt_", 1))
    );
    assert_eq!(events[0]["subject"], PAYMENT);
    assert_eq!(release(&server, &held, &json!({})), 200);
    assert_eq!(
        document(&server, INVOICE),
        invoice,
        "a second release applies nothing"
    );
    assert_eq!(server.events("").len(), 1);
    assert_eq!(codes(&invoice), ["adopted"]);
}

#[test]
fn a_part_released_alone_applies_by_the_corrected_contract() {
    let home = Home::configured("contracts = \"contracts\"\n");
    let folder = home.path().join("contracts");
    fs::create_dir(&folder).unwrap();
    let server = home.start();
    let item = |payload: Value| json!({"payload": payload.to_string(), "error": ""});
    let body = json!({
        "client_id": 77, "group_key": "g", "status": "success", "total_data": 2, "total_success": 2,
        "items": [item(json!({"doc_no": "IN-1"})), item(json!({"number": "IN-2", "warehouse_id": "W"}))],
    });
    let receipt = take(&server, INBOUND, &body);
    assert_eq!(server.documents("").len(), 1);
    server.stop();
    let text = include_str!("../../contracts/shipper-fulfilment.yaml");
    let corrected = text
        .replace("./payload/doc_no]", "./payload/number]")
        .replace(
            "        doc_no:\n",
            "        number:\n          type: string\n        doc_no:\n",
        );
    assert_ne!(corrected, text);
    fs::write(folder.join("shipper.yaml"), corrected).unwrap();
    let server = home.start();
    assert_eq!(release(&server, &receipt, &json!({"part": 1})), 200);
    let inbound = document(&server, "inbound/77%2FIN-2");
    assert_eq!(stands(&inbound).0, "ACCEPTED");
    assert_eq!(inbound["facts"]["warehouse"], "W");
    let events = server.events("");
    let subjects: Vec<_> = events.iter().map(|it| it["subject"].clone()).collect();
    assert_eq!(
        subjects,
        [json!("inbound/77/IN-2"), json!("inbound/77/IN-1")]
    );
    let id = events[0]["id"].as_str().unwrap();
    assert_eq!(id, format!("{}_1", receipt.replacen("rcp_", "evt_", 1)));
    let event = server.get(&format!("/api/v1/events/{id}"));
    assert_eq!(event["data"]["body"], body["items"][1]);
}

#[test]
fn a_part_that_a_release_of_the_whole_cannot_read_names_no_event() {
    let home = Home::configured(
        "[sources.shipper]\ncontract = \"shipper-fulfilment\"\nmount = \"/\"\nstrict = true\n\
         [[sources.shipper.auth]]\ntype = \"bearer\"\ntokens = [\"t\"]\n",
    );
    let server = home.start();
    let body = json!({
        "client_id": 77, "group_key": "g", "status": 7, "total_data": 2, "total_success": 2,
        "items": [{"payload": "{\"doc_no\": \"IN-1\"}", "error": ""}, {"payload": "{", "error": ""}],
    });
    let request = Request::post(INBOUND).header("authorization", "Bearer t");
    server.send(&request.json(body.to_string()));
    let held = server.newest();
    assert_eq!(held["verdict"], "quarantined", "{held}");
    let held = held["id"].as_str().unwrap().to_owned();
    assert_eq!(release(&server, &held, &json!({})), 200);
    let event = format!("{}_0", held.replacen("rcp_", "evt_", 1));
    let parts = &server.receipt(&held)["parts"];
    assert_eq!(
        (&parts[0]["event"], &parts[1]["event"]),
        (&json!(event), &Value::Null)
    );
    let events = server.events("");
    assert_eq!((events.len(), &events[0]["id"]), (1, &json!(event)));
}

#[test]
fn a_release_by_a_contract_that_knows_the_word_as_a_failure_is_found() {
    let home = Home::configured("contracts = \"contracts\"\n");
    let folder = home.path().join("contracts");
    fs::create_dir(&folder).unwrap();
    let server = home.start();
    let mut body = example("payment.pay.response", "accepted");
    body["resp"]["result"] = json!("DECLINED");
    let held = take(&server, PAY, &body);
    assert_eq!(server.newest()["verdict"], "quarantined");
    server.stop();
    let text = include_str!("../../contracts/enkash-vendor-payment.yaml");
    let corrected = text.replace(
        "failure: [FAILURE, FAILED]",
        "failure: [FAILURE, FAILED, DECLINED]",
    );
    assert_ne!(corrected, text);
    fs::write(folder.join("enkash.yaml"), corrected).unwrap();
    let server = home.start();
    assert_eq!(release(&server, &held, &json!({})), 200);
    let found = server.findings("&open=true");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["code"], &found[0]["receipt"]),
        (&json!("result_failure"), &json!(held))
    );
    assert_eq!(
        (server.documents("").len(), server.events("").len()),
        (0, 0)
    );
}

#[test]
fn a_release_of_what_was_accepted_meanwhile_applies_nothing() {
    let home = Home::new();
    let server = home.start();
    let mut body = example("payment.pay.response", "accepted");
    body["resp"]["result"] = json!("DEEMED");
    let held = take(&server, PAY, &body);
    body["resp"]["result"] = json!("SUCCESS");
    take(&server, PAY, &body);
    let invoice = document(&server, INVOICE);
    assert_eq!(release(&server, &held, &json!({})), 200);
    let after = document(&server, INVOICE);
    assert_eq!(stands(&after), stands(&invoice));
    assert_eq!(after["money"], invoice["money"]);
    assert_eq!(server.events("").len(), 1);
}
