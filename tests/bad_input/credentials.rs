//! Missing and wrong credentials: 401 without a hint, and a body that waits for a person.

use serde_json::json;

use super::{PATHS, refusal};
use crate::support::{Answer, Home, PAY, Request, SIMPLE, Server, bodies, examples, sha256, until};

/// Every way of having no good credential at a path.
fn bad(server: &Server, path: &str) -> Vec<(&'static str, Request)> {
    let (name, good) = server.credential(path);
    let token = server.path_token(path);
    let post = || Request::post(path);
    let half = &good[..good.len() - 1];
    vec![
        ("none", post()),
        ("a wrong one", post().header(name, "wrong")),
        ("an empty one", post().header(name, "")),
        ("almost the right one", post().header(name, half)),
        (
            "the right one twice",
            post().header(name, &good).header(name, &good),
        ),
        (
            "a right and a wrong one",
            post().header(name, &good).header(name, "wrong"),
        ),
        (
            "the right one in another header",
            post().header("x-other", &good),
        ),
        (
            "the right one as a bearer",
            post().header("authorization", &format!("Bearer {good}")),
        ),
        (
            "the path's token in the header",
            post().header(name, &token),
        ),
        (
            "the private side's token",
            post().header("authorization", &format!("Bearer {}", server.token())),
        ),
        (
            "a wrong token in the path",
            Request::post(&format!("/in/wrong{path}")),
        ),
        (
            "the header's value in the path",
            Request::post(&format!("/in/{good}{path}")),
        ),
        (
            "a wrong token in the path beside the right header",
            Request::post(&format!("/in/wrong{path}")).header(name, &good),
        ),
    ]
}

#[test]
fn without_a_good_credential_the_answer_is_401_and_says_nothing_more() {
    let home = Home::new();
    let server = home.start();
    for path in PATHS {
        let mut first: Option<Answer> = None;
        for (what, request) in bad(&server, path) {
            let request = request.header("x-request-id", "same").json("{}");
            let mut answer = server.send(&request);
            assert_eq!(answer.status, 401, "{path}: {what}");
            assert_eq!(refusal(path, &answer).len(), 0, "{what}");
            let mut text = answer.json();
            if let Some(second) = text.pointer_mut("/metadata/timestamp") {
                *second = json!(0);
            }
            answer.body = text.to_string().into_bytes();
            answer.headers.retain(|(name, _)| name != "date");
            assert_eq!(
                *first.get_or_insert(answer.clone()),
                answer,
                "{path}: {what}"
            );
        }
    }
    assert_eq!(server.receipts("").len(), 0);
}

#[test]
fn a_body_without_a_good_credential_is_kept_and_a_person_can_release_it() {
    let home = Home::new();
    let server = home.start();
    let body = bodies::payment(77);
    let request = Request::post(PAY)
        .header("x-webhook-secret", "the-rotated-secret")
        .header("x-request-id", "lost-1");
    assert_eq!(server.send(&request.json(body.clone())).status, 401);
    let kept = until("the body is kept", || server.rejected().pop());
    assert_eq!(kept["source"], "enkash");
    assert_eq!(kept["operation"], "payment.pay.response");
    assert_eq!(kept["bytes"], body.len());
    assert_eq!(kept["released_as"], json!(null));
    assert!(kept["id"].as_str().unwrap().starts_with("rej_"));

    let path = format!("/api/v1/rejected/{}/release", kept["id"].as_str().unwrap());
    let released = server.ask("POST", &path, "");
    assert_eq!(released.status, 200, "{}", released.text());
    assert_eq!(released.json()["verdict"], "accepted");
    let id = released.json()["released_as"].as_str().unwrap().to_owned();
    assert_eq!(sha256(&server.body(&id)), sha256(&body));
    let receipt = server.receipt(&id);
    assert_eq!(receipt["verdict"], "accepted");
    assert!(!receipt.to_string().contains("the-rotated-secret"));
    assert!(receipt.to_string().contains("lost-1"));

    let again = server.ask("POST", &path, "");
    assert_eq!(
        (again.status, &again.json()["released_as"]),
        (200, &json!(id))
    );
    assert_eq!(server.receipts("").len(), 1);
    assert_eq!(server.rejected()[0]["released_as"], json!(id));
    assert_eq!(server.post(PAY, body).text(), SIMPLE);
    assert_eq!(
        server.newest()["verdict"],
        "duplicate",
        "the provider's retry is no second payment"
    );
}

#[test]
fn a_kept_body_survives_a_restart_and_an_unknown_one_is_404() {
    let home = Home::new();
    let server = home.start();
    server.send(&Request::post(PAY).json(bodies::payment(1)));
    until("the body is kept", || server.rejected().pop());
    server.stop();
    let server = home.start();
    assert_eq!(server.rejected().len(), 1);
    let answer = server.ask("POST", "/api/v1/rejected/rej_0000000000001/release", "");
    assert_eq!(answer.status, 404);
}

#[test]
fn a_flood_of_bad_credentials_is_bounded_and_takes_no_room_from_the_good() {
    let home = Home::configured("[limits]\nrejected_rows = 5\n");
    let server = home.start();
    for number in 0..40 {
        let answer = server.send(&Request::post(PAY).json(bodies::payment(number)));
        assert_eq!(answer.status, 401);
        assert_eq!(server.post(PAY, bodies::payment(1000 + number)).status, 200);
    }
    let counted = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"unauthorized\"}";
    assert_eq!(server.metric(counted), 40);
    until("the newest body is kept", || {
        let kept = server.rejected();
        assert!(kept.len() <= 5, "{}", kept.len());
        (kept.len() == 5).then_some(())
    });
    assert_eq!(server.receipts("").len(), 40);
}

#[test]
fn a_body_of_a_message_that_would_be_refused_is_released_into_quarantine() {
    let home = Home::new();
    let server = home.start();
    let path = crate::support::CONFIRM;
    let body = examples::page("payment.confirm.request").body;
    server.send(&Request::post(path).json(body));
    let kept = until("the body is kept", || server.rejected().pop());
    let release = format!("/api/v1/rejected/{}/release", kept["id"].as_str().unwrap());
    assert_eq!(
        server.ask("POST", &release, "").json()["verdict"],
        "quarantined"
    );
}
