//! The providers' own examples at their documented paths, and every example of the contracts: over
//! HTTP they earn what the contract says, and the private resources say the same.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{
    Answer, BILL, CONFIRM, Client, Home, INBOUND, ORDER, PAY, Request, SIMPLE, Server,
    examples::{self, Example},
    sha256,
};

/// Every way of writing one path: trailing and doubled slashes, and the secret path.
fn spellings(server: &Server, path: &str) -> Vec<String> {
    let token = server.path_token(path);
    vec![
        path.to_owned(),
        format!("{path}/"),
        format!("{path}//"),
        path.replace('/', "//"),
        format!("/in/{token}{path}"),
        format!("/in/{token}/{path}/"),
        format!("//in//{token}{path}"),
    ]
}

/// Posts an operation's own example under every spelling of its path; all answers must be one.
fn post_everywhere(server: &Server, path: &str, operation: &str) -> Answer {
    let body = examples::page(operation).body;
    let mut first: Option<Answer> = None;
    for (at, spelling) in spellings(server, path).into_iter().enumerate() {
        let request_id = format!("trace-{at}");
        let request = if spelling.contains("/in/") || spelling.contains("//in//") {
            Request::post(&spelling).json(body.clone())
        } else {
            let (name, value) = server.credential(path);
            Request::post(&spelling)
                .header(name, &value)
                .json(body.clone())
        };
        let mut answer = server.send(&request.header("x-request-id", &request_id));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        if path == INBOUND {
            let place = answer.headers.iter().position(|it| it.0 == "x-request-id");
            let (_, echoed) = answer
                .headers
                .remove(place.expect("the answer has x-request-id"));
            assert_eq!(echoed, request_id, "{spelling}");
        }
        answer.headers.retain(|(name, _)| name != "date");
        let first = first.get_or_insert(answer.clone());
        assert_eq!(*first, answer, "{spelling}");
    }
    assert_eq!(server.receipts("").len(), spellings(server, path).len());
    first.unwrap()
}

#[test]
fn seed_000_gets_the_simple_answer() {
    let home = Home::new();
    let server = home.start();
    let answer = post_everywhere(&server, ORDER, "purchase_order.confirm.response");
    assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
}

#[test]
fn seed_001_breaks_one_printed_rule_and_no_other() {
    let home = Home::new();
    let server = home.start();
    let answer = post_everywhere(&server, CONFIRM, "payment.confirm.request");
    assert_eq!(answer.status, 422);
    let body = answer.json();
    assert_eq!(body["payload"], "FAILURE");
    assert_eq!(body["response_code"], 1);
    let violations = body["violations"].as_array().unwrap();
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!(violations[0]["code"], "pattern");
    assert_eq!(violations[0]["pointer"], "/paymentConfirmation/objectId");
    let message = violations[0]["message"].as_str().unwrap();
    assert!(!message.is_empty());
}

#[test]
fn seed_002_gets_the_simple_answer() {
    let home = Home::new();
    let server = home.start();
    let answer = post_everywhere(&server, PAY, "payment.pay.response");
    assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
}

#[test]
fn seed_003_gets_metadata_with_the_second_of_its_receipt() {
    let home = Home::new();
    let server = home.start();
    let answer = post_everywhere(&server, INBOUND, "inbound.confirm.notification");
    let first = server.receipts("&verdict=accepted").pop().unwrap();
    let received_at: jiff::Timestamp = first["received_at"].as_str().unwrap().parse().unwrap();
    let second = received_at.as_second();
    let expected = format!(
        r#"{{"metadata":{{"path":"","http_status_code":200,"http_status":"Ok","timestamp":{second}}}}}"#
    );
    assert_eq!((answer.status, answer.text()), (200, expected));
}

#[test]
fn seed_004_gets_an_empty_object() {
    let home = Home::new();
    let server = home.start();
    let answer = post_everywhere(&server, BILL, "utility_bill.update.notification");
    assert_eq!((answer.status, answer.text().as_str()), (200, "{}"));
}

#[test]
fn a_request_id_is_echoed_to_shipper_if_it_is_clean_and_made_if_not() {
    let home = Home::new();
    let server = home.start();
    let body = examples::page("inbound.confirm.notification").body;
    let answered = |id: Option<&str>| {
        let request = server.request(INBOUND, body.clone());
        let request = id
            .into_iter()
            .fold(request, |it, id| it.header("x-request-id", id));
        let answer = server.send(&request);
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(answered(Some("A-b_9.z")), "A-b_9.z");
    let made = answered(None);
    assert!(!made.is_empty());
    assert_ne!(answered(None), made);
    for unclean in ["a b", "a\"b", "<script>", &"x".repeat(129), ""] {
        let echoed = answered(Some(unclean));
        assert_ne!(echoed, unclean);
        assert!(!echoed.is_empty() && !echoed.contains(['"', '<', ' ']));
    }
}

#[test]
fn an_unknown_result_word_waits_in_quarantine_and_is_released_once() {
    let home = Home::new();
    let server = home.start();
    for (path, operation) in [
        (ORDER, "purchase_order.confirm.response"),
        (PAY, "payment.pay.response"),
    ] {
        let answer = server.post(path, examples::page(operation).body);
        assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
        let receipt = server.newest();
        assert_eq!(receipt["operation"], operation);
        assert_eq!(receipt["verdict"], "quarantined");
        assert_eq!(
            told(&receipt["violations"]),
            ["result_unknown /resp/result"]
        );
        let id = receipt["id"].as_str().unwrap();
        let before = server.receipt(id);
        assert_eq!(before["released_at"], Value::Null);
        assert_eq!(before["parts"][0]["event"], Value::Null);
        let path = format!("/api/v1/receipts/{id}/release");
        let first = server.ask("POST", &path, "");
        assert_eq!(first.status, 200, "{}", first.text());
        let second = server.ask("POST", &path, "");
        assert_eq!((second.status, second.json()), (200, first.json()));
        let after = server.receipt(id);
        assert_eq!(after["released_at"], first.json()["released_at"]);
        assert_eq!(after["verdict"], "quarantined", "a receipt never changes");
        let event = format!("{}_0", id.replacen("rcp_", "evt_", 1));
        assert_eq!(after["parts"][0]["event"], json!(event));
    }
}

#[test]
fn what_cannot_be_read_cannot_be_released() {
    let home = Home::new();
    let server = home.start();
    assert_eq!(server.post(PAY, "{").status, 400);
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    let answer = server.ask("POST", &format!("/api/v1/receipts/{id}/release"), "{}");
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert_eq!(answer.json()["code"], "not_releasable");
    let unknown = server.ask("POST", "/api/v1/receipts/rcp_0000000000001/release", "");
    assert_eq!(unknown.status, 404);
}

/// The path of an operation.
fn path_of(operation: &str) -> &'static str {
    match operation {
        "purchase_order.confirm.response" => ORDER,
        "payment.confirm.request" => CONFIRM,
        "payment.pay.response" => PAY,
        "inbound.confirm.notification" => INBOUND,
        "utility_bill.update.notification" => BILL,
        other => panic!("the path of {other} is not known here"),
    }
}

fn contract_of(operation: &str) -> &'static str {
    match path_of(operation) {
        INBOUND => "shipper-fulfilment",
        BILL => "enkash-bill-payment",
        _ => "enkash-vendor-payment",
    }
}

/// A source of its own for every example, so that none is another's duplicate.
fn a_source_each(examples: &[Example]) -> String {
    let mut settings = String::new();
    for (at, example) in examples.iter().enumerate() {
        let contract = contract_of(&example.operation);
        let mount = format!("/example/{at}");
        writeln!(
            settings,
            "[sources.e{at}]\ncontract = \"{contract}\"\nmount = \"{mount}\""
        )
        .unwrap();
        if example.policy["strict"] == true {
            settings += "strict = true\n";
        }
        if example.policy["never_refuse"] == true {
            settings += "refuse = \"never\"\n";
        }
        settings += "[[sources.e";
        writeln!(settings, "{at}.auth]]\ntype = \"bearer\"\ntokens = [\"t\"]").unwrap();
    }
    settings
}

#[test]
fn every_example_of_the_contracts_earns_over_http_what_it_expects() {
    let examples = examples::all();
    assert!(examples.len() > 50);
    let home = Home::configured(&a_source_each(&examples));
    let server = home.start();
    let mut client = Client::connect(server.public);
    let mut wrong = Vec::new();
    for (at, example) in examples.iter().enumerate() {
        let path = format!("/example/{at}{}", path_of(&example.operation));
        let request = Request::post(&path)
            .header("authorization", "Bearer t")
            .header("content-type", &example.content_type)
            .body(example.body.clone());
        let answer = client.ask(&request).unwrap();
        let mut found = server.receipts(&format!("&source=e{at}"));
        assert_eq!(found.len(), 1, "{}/{}", example.operation, example.name);
        let id = found.pop().unwrap()["id"].as_str().unwrap().to_owned();
        let receipt = server.receipt(&id);
        assert_eq!(sha256(&server.body(&id)), sha256(&example.body));
        for difference in differences(example, &answer, &receipt) {
            wrong.push(format!(
                "{}/{}: {difference}",
                example.operation, example.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn differences(example: &Example, answer: &Answer, receipt: &Value) -> Vec<String> {
    let expect = &example.expect;
    let mut found = Vec::new();
    let mut compare = |what: &str, got: Value| {
        if expect.get(what).is_some_and(|it| *it != got) {
            found.push(format!("{what}: expected {}, got {got}", expect[what]));
        }
    };
    compare("status", json!(answer.status));
    compare("verdict", receipt["verdict"].clone());
    compare("edition", receipt["edition"].clone());
    compare("parts", members(&receipt["parts"], "verdict"));
    let findings = receipt["findings"].as_array().unwrap().iter();
    compare(
        "findings",
        findings.map(|it| json!({"code": it["code"]})).collect(),
    );
    compare("answer", without_time_and_id(answer, receipt));
    if told(&receipt["violations"]) != told(&expect["violations"]) {
        found.push(format!("violations: {}", receipt["violations"]));
    }
    if receipt["answer"]["status"] != answer.status || receipt["answer"]["body"] != answer.text() {
        found.push(format!("kept as answered: {}", receipt["answer"]));
    }
    if receipt["operation"] != example.operation {
        found.push(format!("operation: {}", receipt["operation"]));
    }
    found
}

/// The answer as the examples have it, whose receipt and whose second are fixed.
fn without_time_and_id(answer: &Answer, receipt: &Value) -> Value {
    let id = receipt["id"].as_str().unwrap();
    let text = answer.text().replace(id, "rcp_0000000000001");
    let mut json: Value = serde_json::from_str(&text).unwrap();
    if let Some(second) = json.pointer_mut("/metadata/timestamp") {
        let received_at: jiff::Timestamp =
            receipt["received_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(second.as_i64(), Some(received_at.as_second()));
        *second = json!(1_615_969_609);
    }
    json
}

fn members(list: &Value, name: &str) -> Value {
    let list = list.as_array().unwrap().iter();
    list.map(|it| it[name].clone()).collect()
}

/// Violations as `code pointer`, in an order of their own.
pub(crate) fn told(violations: &Value) -> Vec<String> {
    let list = violations.as_array().unwrap().iter();
    let told = list.map(|it| {
        let part = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}", part("code"), part("pointer"))
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}
