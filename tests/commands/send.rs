//! `send`: posts a webhook as its provider would.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{fails, shown};
use crate::support::{Home, Server, bodies, examples, sha256};

fn body_of(server: &Server, receipt: &Value) -> Value {
    let id = receipt["id"].as_str().unwrap();
    serde_json::from_slice(&server.body(id)).unwrap()
}

#[test]
fn each_copy_of_an_example_is_a_message_of_its_own() {
    let home = Home::new();
    let server = home.start();
    for operation in [
        "purchase_order.confirm.response",
        "payment.confirm.request",
        "payment.pay.response",
        "inbound.confirm.notification",
        "utility_bill.update.notification",
    ] {
        let summary = home
            .run(&["send", operation, "--count", "5", "--json"])
            .good();
        assert_eq!(summary.lines().count(), 1, "{summary}");
        let summary: Value = serde_json::from_str(&summary).unwrap();
        assert_eq!(summary["sent"], 5);
        assert_eq!(summary["answered"], 5);
        assert_eq!(summary["wrong_answers"], 0);
        for quantile in ["p50", "p99", "max"] {
            assert!(summary["latency_ms"][quantile].is_number(), "{summary}");
        }
        let sent = server.receipts(&format!("&operation={operation}"));
        let verdicts: BTreeSet<_> = sent.iter().map(|it| it["verdict"].to_string()).collect();
        assert_eq!((sent.len(), verdicts.len()), (5, 1), "{operation}");
        assert_eq!(sent[0]["verdict"], "accepted", "{operation}");
        let bodies: BTreeSet<_> = sent
            .iter()
            .map(|it| body_of(&server, it).to_string())
            .collect();
        assert_eq!(bodies.len(), 5, "{operation}");
    }
    let once = home.run(&["send", "payment.pay.response"]).good();
    assert!(
        once.contains("200") && once.contains(crate::support::SIMPLE),
        "{once}"
    );
}

#[test]
fn values_are_set_as_json_or_else_as_text() {
    let home = Home::new();
    let server = home.start();
    home.run(&[
        "send",
        "payment.pay.response",
        "--set",
        "/payment/utr=UTR 7",
        "--set",
        "/payment/paymentAmount/totalAmount=1.50",
        "--set",
        "/payment/note={\"a\":[1]}",
    ])
    .good();
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    let text = String::from_utf8(server.body(&id)).unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["payment"]["utr"], "UTR 7");
    assert_eq!(body["payment"]["note"], json!({"a": [1]}));
    assert!(text.contains("1.50"), "the literal keeps its zeros: {text}");
    let wrong = home.run(&["send", "payment.pay.response", "--set", "utr"]);
    fails(&wrong, 2, &["--set"]);
}

#[test]
fn a_file_is_posted_byte_for_byte() {
    let home = Home::new();
    let server = home.start();
    let body = [b" \n".to_vec(), bodies::payment(4), b"\t".to_vec()].concat();
    fs::write(home.path().join("body.json"), &body).unwrap();
    home.run(&["send", "payment.pay.response", "--file", "body.json"])
        .good();
    let stored = |server: &Server| sha256(&server.body(server.newest()["id"].as_str().unwrap()));
    assert_eq!(stored(&server), sha256(&body));
    let other = bodies::payment(5);
    let ran = home.run_with(&["send", "payment.pay.response", "--file", "-"], &other);
    ran.good();
    assert_eq!(stored(&server), sha256(&other));
    let missing = home.run(&["send", "payment.pay.response", "--file", "none.json"]);
    fails(&missing, 1, &["none.json"]);
}

#[test]
fn an_answer_that_is_not_200_is_shown_and_fails_the_command() {
    let home = Home::new();
    let server = home.start();
    fs::write(
        home.path().join("bad.json"),
        examples::page("payment.confirm.request").body,
    )
    .unwrap();
    let ran = home.run(&["send", "payment.confirm.request", "--file", "bad.json"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("422") && ran.out.contains("/paymentConfirmation/objectId"),
        "{ran:?}"
    );
    let ran = home.run(&[
        "send",
        "payment.confirm.request",
        "--file",
        "bad.json",
        "--json",
    ]);
    assert_eq!(
        (ran.code, &shown(&ran)["wrong_answers"]),
        (Some(1), &json!(1))
    );

    let to = format!("http://{}", server.public);
    let stranger = home.run(&["send", "payment.pay.response", "--to", &to]);
    fails(&stranger, 1, &["--header"]);
    let (name, value) = server.credential(crate::support::PAY);
    let header = format!("{name}: {value}");
    home.run(&[
        "send",
        "payment.pay.response",
        "--to",
        &to,
        "--header",
        &header,
    ])
    .good();
    server.stop();
    fails(
        &home.run(&["send", "payment.pay.response"]),
        1,
        &["countersign serve"],
    );
    let nobody = home.run(&["send", "payment.pay.response", "--to", &to, "--json"]);
    assert_eq!(
        (nobody.code, &shown(&nobody)["answered"]),
        (Some(1), &json!(0))
    );
    fails(
        &home.run(&["send", "payment.refund.response"]),
        2,
        &["payment.refund.response"],
    );
}
