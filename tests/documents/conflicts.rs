//! Conflicts: two answers that cannot both be true, and the person who decides.

use serde_json::{Value, json};

use super::{PURCHASE, codes, contradict, document, order_says, stands, take, told};
use crate::support::{Home, ORDER, Server};

/// The open conflict of the order, and the two changes in the order in which they came.
fn conflict(server: &Server) -> (String, [String; 2]) {
    let order = document(server, PURCHASE);
    assert_eq!(codes(&order), ["conflict"], "{order}");
    let id = order["findings"][0]["id"].as_str().unwrap().to_owned();
    let changes = told(&order, "change");
    (id, [changes[0].clone(), changes[1].clone()])
}

fn resolve(server: &Server, id: &str, wish: &Value) -> (u16, Value) {
    let path = format!("/api/v1/findings/{id}/resolve");
    let answer = server.ask("POST", &path, &wish.to_string());
    (answer.status, answer.json())
}

#[test]
fn two_answers_to_one_order_are_a_conflict_and_a_pick_decides() {
    let home = Home::new();
    let server = home.start();
    contradict(&server);
    let order = document(&server, PURCHASE);
    assert_eq!(told(&order, "outcome"), ["applied", "conflict"]);
    assert_eq!(order["findings"][0]["severity"], "error");
    let (id, [accepted, rejected]) = conflict(&server);
    let wish = json!({"pick": accepted, "reason": "the supplier said so on the phone"});
    let (status, finding) = resolve(&server, &id, &wish);
    assert_eq!(status, 200, "{finding}");
    assert!(finding["closed_at"].is_string(), "{finding}");
    let order = document(&server, PURCHASE);
    assert_eq!(stands(&order), (json!("ACCEPTED"), json!(1)));
    assert_eq!(codes(&order), [""; 0]);
    assert_eq!(
        order["timeline"].as_array().unwrap().len(),
        2,
        "nothing is forgotten"
    );
    let decision = &order["decisions"][0];
    assert_eq!(
        (
            &decision["ruling"],
            &decision["change"],
            &decision["finding"]
        ),
        (&json!("pick"), &json!(accepted), &json!(id))
    );
    assert_eq!(decision["reason"], "the supplier said so on the phone");

    let (status, finding) = resolve(
        &server,
        &id,
        &json!({"pick": rejected, "reason": "no, it refused"}),
    );
    assert_eq!(status, 200, "{finding}");
    assert_eq!(
        stands(&document(&server, PURCHASE)).0,
        "REJECTED",
        "the later decision wins"
    );
}

#[test]
fn a_void_takes_one_change_out() {
    let home = Home::new();
    let server = home.start();
    contradict(&server);
    let (id, [accepted, _]) = conflict(&server);
    let (status, finding) = resolve(
        &server,
        &id,
        &json!({"void": accepted, "reason": "a mistake"}),
    );
    assert_eq!(
        (status, finding["closed_at"].is_string()),
        (200, true),
        "{finding}"
    );
    let order = document(&server, PURCHASE);
    assert_eq!(
        (stands(&order).0, codes(&order)),
        (json!("REJECTED"), vec![])
    );
    assert_eq!(order["decisions"][0]["ruling"], "void");
    take(
        &server,
        ORDER,
        &order_says("M3", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    let order = document(&server, PURCHASE);
    assert_eq!(
        stands(&order).0,
        "REJECTED",
        "what is void stays void when it is told again"
    );
    assert_eq!(codes(&order), [""; 0]);
}

#[test]
fn a_resolution_that_cannot_be_is_a_problem_that_says_what_to_do() {
    let home = Home::new();
    let server = home.start();
    contradict(&server);
    let (id, [accepted, rejected]) = conflict(&server);
    let nobody = "chg_00000000000000000000000001";
    for (wish, status, code) in [
        (
            json!({"pick": nobody, "reason": "r"}),
            409,
            "unknown_change",
        ),
        (
            json!({"void": nobody, "reason": "r"}),
            409,
            "unknown_change",
        ),
        (json!({"reason": "r"}), 409, "needs_ruling"),
        (json!({"pick": accepted}), 400, "invalid_body"),
        (
            json!({"pick": accepted, "reason": "  "}),
            400,
            "invalid_body",
        ),
        (
            json!({"pick": accepted, "void": rejected, "reason": "r"}),
            400,
            "invalid_body",
        ),
        (json!({"pick": "x", "reason": "r"}), 400, "invalid_body"),
        (json!({"reason": "r", "colour": "red"}), 400, "invalid_body"),
    ] {
        let (given, problem) = resolve(&server, &id, &wish);
        assert_eq!(
            (given, &problem["code"]),
            (status, &json!(code)),
            "{wish}: {problem}"
        );
        assert!(problem["detail"].is_string());
    }
    let (status, problem) = resolve(&server, "fnd_7000000000001", &json!({"reason": "r"}));
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    assert_eq!(conflict(&server).0, id, "nothing was decided");
}

#[test]
fn a_decision_survives_a_restart_and_a_rebuild() {
    let home = Home::new();
    let server = home.start();
    contradict(&server);
    let (id, [accepted, _]) = conflict(&server);
    resolve(&server, &id, &json!({"pick": accepted, "reason": "r"}));
    let before = document(&server, PURCHASE);
    server.kill();
    let server = home.start();
    assert_eq!(document(&server, PURCHASE), before);
    let answer = server.ask("POST", "/api/v1/documents/rebuild", "{\"check\": false}");
    assert_eq!(answer.json()["differences"], json!([]), "{}", answer.text());
    assert_eq!(document(&server, PURCHASE), before);
}
