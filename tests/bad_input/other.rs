//! What is wrong and answered as documented all the same: content types, unknown members, one broken
//! item among several.

use serde_json::{Value, json};

use super::refusal;
use crate::seeds::told;
use crate::support::{CONFIRM, Home, INBOUND, PAY, Request, SIMPLE, bodies, examples};

#[test]
fn json_under_another_content_type_is_read_as_json_and_noted() {
    let home = Home::new();
    let server = home.start();
    let (name, value) = server.credential(PAY);
    for (number, (content_type, noted)) in [
        (Some("application/json"), false),
        (Some("Application/JSON; charset=utf-8"), false),
        (Some("application/vnd.enkash+json"), false),
        (Some("text/plain"), true),
        (Some("application/x-www-form-urlencoded"), true),
        (Some("multipart/form-data; boundary=x"), true),
        (Some("\u{e9}"), true),
        (Some(""), true),
        (None, true),
    ]
    .into_iter()
    .enumerate()
    {
        let request = Request::post(PAY).header(name, &value);
        let request = content_type
            .into_iter()
            .fold(request, |it, kind| it.header("content-type", kind));
        let answer = server.send(&request.body(bodies::payment(number as u64)));
        assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
        let receipt = server.newest();
        assert_eq!(receipt["verdict"], "accepted", "{content_type:?}");
        let expected: &[&str] = if noted { &["content_type "] } else { &[] };
        assert_eq!(told(&receipt["violations"]), expected, "{content_type:?}");
    }
}

#[test]
fn unknown_members_and_words_are_no_reason_to_refuse() {
    let home = Home::new();
    let server = home.start();
    let body = String::from_utf8(bodies::payment(1)).unwrap();
    let body = body
        .replacen('{', "{\"new\": {\"deeper\": [null, true]}, ", 1)
        .replace("\"NEFT\"", "\"CARRIER PIGEON\"")
        .replace("PAYMENT INITIATED", "ON ITS WAY");
    assert_eq!(server.post(PAY, body).text(), SIMPLE);
    assert_eq!(server.newest()["verdict"], "accepted");
}

#[test]
fn a_refusal_lists_every_violation_at_once() {
    let home = Home::new();
    let server = home.start();
    let body = bodies::confirmation_saying(1, &"x".repeat(101))
        .replace("\"ACCEPT\"", "\"MAYBE\"")
        .replace("PMT", "pmt-");
    let answer = server.post(CONFIRM, body);
    assert_eq!(answer.status, 422);
    let violations = refusal(CONFIRM, &answer);
    let places: Vec<_> = violations
        .iter()
        .map(|it| it["pointer"].as_str().unwrap())
        .collect();
    for place in ["objectId", "supplierResponse", "supplierRemarks"] {
        let place = format!("/paymentConfirmation/{place}");
        assert!(places.contains(&place.as_str()), "{place}: {violations:?}");
    }
    let receipt = server.newest();
    assert_eq!(receipt["violations"], json!(violations));
    let id = receipt["id"].as_str().unwrap();
    let released = server.ask("POST", &format!("/api/v1/receipts/{id}/release"), "{}");
    assert_eq!(released.status, 200, "{}", released.text());
}

#[test]
fn one_broken_item_is_kept_apart_and_the_others_count() {
    let home = Home::new();
    let server = home.start();
    let order = |number: u32| json!({"payload": json!({"doc_no": format!("D{number}")}).to_string(), "error": ""});
    let broken = json!({"payload": "{\"doc_no\": \"D2\", ", "error": ""});
    let body = json!({
        "client_id": 1, "group_key": "g", "status": "success", "total_data": 3, "total_success": 3,
        "items": [order(1), broken, order(3)],
    });
    let answer = server.post(INBOUND, body.to_string());
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["metadata"]["http_status"], "Ok");
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    let receipt = server.receipt(&id);
    assert_eq!(receipt["verdict"], "accepted");
    let parts = receipt["parts"].as_array().unwrap();
    let verdicts: Vec<_> = parts
        .iter()
        .map(|it| it["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["accepted", "quarantined", "accepted"]);
    let event = |part: usize| json!(format!("{}_{part}", id.replacen("rcp_", "evt_", 1)));
    assert_eq!(
        (&parts[0]["event"], &parts[2]["event"]),
        (&event(0), &event(2))
    );
    assert_eq!(parts[1]["event"], Value::Null);
    assert!(
        told(&parts[1]["violations"])
            .iter()
            .any(|it| it.starts_with("part_unreadable /items/1"))
    );
    let release = |wish: &str| {
        server
            .ask("POST", &format!("/api/v1/receipts/{id}/release"), wish)
            .status
    };
    assert_eq!(release("{\"part\": 1}"), 409, "it still cannot be read");
    assert_eq!(release("{\"part\": 0}"), 409, "it is not in quarantine");
    assert_eq!(release("{\"part\": 9}"), 404);
    assert_eq!(release("{\"part\": \"x\"}"), 400);
    assert_eq!(release("{\"piece\": 1}"), 400);
}

#[test]
fn a_part_in_quarantine_that_can_be_read_is_released_alone() {
    let home = Home::new();
    let server = home.start();
    let item = |payload: Value| json!({"payload": payload.to_string(), "error": ""});
    let body = json!({
        "client_id": 1, "group_key": "g", "status": "success", "total_data": 2, "total_success": 2,
        "items": [item(json!({"doc_no": "D1"})), item(json!({"warehouse_id": "W"}))],
    });
    assert_eq!(server.post(INBOUND, body.to_string()).status, 200);
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    assert_eq!(server.receipt(&id)["parts"][1]["verdict"], "quarantined");
    let path = format!("/api/v1/receipts/{id}/release");
    let first = server.ask("POST", &path, "{\"part\": 1}");
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(
        first.json()["duplicate_of"],
        Value::Null,
        "it is applied now"
    );
    let second = server.ask("POST", &path, "{\"part\": 1}");
    assert_eq!(second.json(), first.json());
    let part = server.receipt(&id)["parts"][1].clone();
    assert_eq!(part["released_at"], first.json()["released_at"]);
    assert_eq!(
        part["event"],
        json!(format!("{}_1", id.replacen("rcp_", "evt_", 1)))
    );
}

#[test]
fn what_is_in_quarantine_as_a_whole_is_released_as_a_whole() {
    let home = Home::new();
    let server = home.start();
    let item = |number: u32| {
        let payload = json!({"doc_no": number.to_string()}).to_string();
        json!({"payload": payload, "error": ""})
    };
    let body = json!({
        "group_key": "g", "status": "success", "total_data": 2, "total_success": 2,
        "items": [item(1), item(2)],
    });
    assert_eq!(server.post(INBOUND, body.to_string()).status, 422);
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/receipts/{id}/release");
    let part = server.ask("POST", &path, "{\"part\": 1}");
    assert_eq!(part.status, 409, "{}", part.text());
    assert_eq!(part.json()["code"], "not_releasable");
    let detail = part.json()["detail"].to_string();
    assert!(detail.contains("release the whole receipt"), "{detail}");
    assert_eq!(server.receipt(&id)["released_at"], Value::Null);
    let whole = server.ask("POST", &path, "{}");
    assert_eq!(whole.status, 200, "{}", whole.text());
    assert_eq!(
        server.receipt(&id)["released_at"],
        whole.json()["released_at"]
    );
}

#[test]
fn the_only_part_of_what_is_not_cut_means_the_whole() {
    let home = Home::new();
    let server = home.start();
    let page = examples::page("payment.pay.response").body;
    assert_eq!(server.post(PAY, page).status, 200);
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/receipts/{id}/release");
    let first = server.ask("POST", &path, "{\"part\": 0}");
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.json()["part"], Value::Null);
    for wish in ["{\"part\": 0}", "{}"] {
        assert_eq!(server.ask("POST", &path, wish).json(), first.json());
    }
    let receipt = server.receipt(&id);
    assert_eq!(receipt["released_at"], first.json()["released_at"]);
    assert!(receipt["parts"][0]["event"].is_string());
    assert_eq!(server.ask("POST", &path, "{\"part\": 1}").status, 404);
}
