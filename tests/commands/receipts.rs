//! `receipts`, `rejected` and `sources`: tables for people, and with `--json` what the resource says.

use std::process::Stdio;

use super::{fails, shown};
use crate::support::{
    CONFIRM, Home, INBOUND, PAY, Request, Server, bodies, examples, sha256, until,
};

/// A server with one receipt of each verdict; the newest is in quarantine.
fn with_receipts(home: &Home) -> Server {
    let server = home.start();
    server.post(CONFIRM, bodies::confirmation(1));
    server.post(CONFIRM, bodies::confirmation(1));
    server.post(INBOUND, examples::page("inbound.confirm.notification").body);
    server.post(PAY, examples::page("payment.pay.response").body);
    server
}

#[test]
fn lists_with_json_are_what_the_resource_says() {
    let home = Home::new();
    let server = with_receipts(&home);
    server.send(&Request::post(PAY).json("{}"));
    until("the body is kept", || server.rejected().pop());
    for (arguments, path) in [
        (&["receipts", "list"][..], "receipts?limit=50"),
        (
            &["receipts", "list", "--verdict", "duplicate"],
            "receipts?limit=50&verdict=duplicate",
        ),
        (
            &["receipts", "list", "--source", "shipper"],
            "receipts?limit=50&source=shipper",
        ),
        (&["receipts", "list", "--limit", "2"], "receipts?limit=2"),
        (
            &["receipts", "list", "--operation", "payment.confirm.request"],
            "receipts?limit=50&operation=payment.confirm.request",
        ),
        (&["receipts", "list", "--since", "1h"], "receipts?limit=50"),
        (
            &["receipts", "list", "--until", "2020-01-01T00:00:00Z"],
            "receipts?limit=50&until=2020-01-01T00:00:00Z",
        ),
        (&["rejected", "list"], "rejected"),
        (&["sources", "list"], "sources"),
        (&["contracts", "list"], "contracts"),
    ] {
        let told = home.run(&[arguments, &["--json"]].concat()).json();
        assert_eq!(
            told,
            server.get(&format!("/api/v1/{path}")),
            "{arguments:?}"
        );
        let table = home.run(arguments).good();
        for item in told["items"].as_array().unwrap() {
            let name = item["id"].as_str().or(item["name"].as_str()).unwrap();
            assert!(table.contains(name), "{arguments:?}: {table}");
        }
    }
    let first = home
        .run(&["receipts", "list", "--limit", "3", "--json"])
        .json();
    let next = first["next"].as_str().unwrap();
    let second = home
        .run(&["receipts", "list", "--cursor", next, "--json"])
        .json();
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["next"], serde_json::Value::Null);
}

#[test]
fn a_receipt_is_shown_with_everything_and_its_bytes_are_exact() {
    let home = Home::new();
    let server = with_receipts(&home);
    let odd = b" {\"a\": \xff}\n\n".to_vec();
    server.post(PAY, odd.clone());
    let newest = server.newest();
    let id = newest["id"].as_str().unwrap();
    assert_eq!(
        home.run(&["receipts", "show", id, "--json"]).json(),
        server.receipt(id)
    );
    let text = home.run(&["receipts", "show", id]).good();
    for expected in [id, "payment.pay.response", "quarantined", "not_utf8", "400"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let output = home
        .command(&["receipts", "show", id, "--body"])
        .output()
        .unwrap();
    assert_eq!(sha256(&output.stdout), sha256(&odd));
    let unknown = home.run(&["receipts", "show", "rcp_0000000000001"]);
    fails(&unknown, 1, &["rcp_0000000000001"]);
    assert_eq!(unknown.out, "");
}

#[test]
fn a_release_by_command_is_a_release() {
    let home = Home::new();
    let server = with_receipts(&home);
    let newest = server.newest();
    let id = newest["id"].as_str().unwrap();
    let first = home.run(&["receipts", "release", id, "--json"]).json();
    assert_eq!(first["released_at"], server.receipt(id)["released_at"]);
    assert_eq!(
        home.run(&["receipts", "release", id, "--json"]).json(),
        first
    );
    home.run(&["receipts", "release", id]).good();
    let accepted = server.receipts("&verdict=accepted");
    let accepted = accepted[0]["id"].as_str().unwrap();
    fails(
        &home.run(&["receipts", "release", accepted]),
        1,
        &["countersign explain not_releasable"],
    );
    let ran = home.run(&["receipts", "release", "rcp_0000000000001", "--part", "0"]);
    fails(&ran, 1, &["rcp_0000000000001"]);
}

#[test]
fn a_rejected_body_is_released_by_command() {
    let home = Home::new();
    let server = home.start();
    server.send(&Request::post(PAY).json(bodies::payment(1)));
    let kept = until("the body is kept", || server.rejected().pop());
    let id = kept["id"].as_str().unwrap();
    let released = home.run(&["rejected", "release", id, "--json"]).json();
    assert_eq!(released["released_as"], server.newest()["id"]);
    assert!(home.run(&["rejected", "list"]).good().contains(id));
}

#[test]
fn text_from_outside_cannot_move_the_cursor_of_a_terminal() {
    let home = Home::new();
    let server = home.start();
    let body = bodies::payment_by("\\u001b[2J\\u202e", 1, "x");
    assert_eq!(server.post(PAY, body).status, 200);
    let request = server.request(PAY, "{\"\\u001b[31m\": 1, \"\\u001b[31m\": 2}");
    server.send(&request.header("user-agent", "evil\u{1b}agent\u{9b}"));
    for receipt in server.receipts("") {
        let text = home
            .run(&["receipts", "show", receipt["id"].as_str().unwrap()])
            .good();
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{text:?}");
    }
    assert!(!home.run(&["receipts", "list"]).good().contains('\u{1b}'));
    assert!(!home.log().contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_ends_the_output_and_not_badly() {
    let home = Home::new();
    let _server = with_receipts(&home);
    let mut child = home
        .command(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn without_a_server_or_with_a_wrong_token_a_command_says_what_to_do() {
    let home = Home::new();
    fails(&home.run(&["receipts", "list"]), 1, &["countersign serve"]);
    let server = with_receipts(&home);
    fails(
        &home.run(&["receipts", "list", "--token", "wrong"]),
        1,
        &["admin.token"],
    );
    let admin = server.admin.to_string();
    home.run(&["receipts", "list", "--admin", &admin]).good();
    let elsewhere = home.path().join("elsewhere");
    let elsewhere = elsewhere.to_str().unwrap();
    let token = server.token();
    let ran = home.run(&[
        "receipts", "list", "--data", elsewhere, "--admin", &admin, "--token", token, "--json",
    ]);
    assert_eq!(shown(&ran)["items"].as_array().unwrap().len(), 4);
    server.kill();
    let stale = home.run(&["receipts", "list"]);
    fails(&stale, 1, &["no server answers"]);
}
