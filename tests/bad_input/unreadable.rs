//! Bodies that cannot be read: 400 with the position, and the bytes in quarantine.

use serde_json::json;

use super::{PATHS, refusal};
use crate::support::{Client, Home, PAY, bodies, sha256};

/// Bodies, the code that each earns, and what its message says of the place.
fn unreadable() -> Vec<(Vec<u8>, &'static str, &'static str)> {
    let nested =
        |open: &str, close: &str| (open.repeat(100_000) + &close.repeat(100_000)).into_bytes();
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (text("{\"a\": 1"), "not_json", "line 1, column 8"),
        (
            text("{\"a\": 1,\n  \"b\": 2,}"),
            "not_json",
            "line 2, column 10",
        ),
        (text(""), "not_json", "line 1, column 1"),
        (text("resp=SUCCESS"), "not_json", "line 1, column 1"),
        (text("{'a': 1}"), "not_json", "line 1, column 2"),
        (text("{\"a\": NaN}"), "not_json", "line 1, column 7"),
        (text("{\"a\": 01}"), "not_json", "line 1"),
        (text("{} {}"), "not_json", "line 1, column 4"),
        (text("{\"a\": \"\\ud83d\"}"), "not_json", "line 1"),
        (b"{\n\"a\": \"\xff\"}".to_vec(), "not_utf8", "line 2"),
        (nested("[", "]"), "too_deep", "line 1, column 129"),
        (nested("{\"a\":", "}"), "too_deep", "line 1"),
        (
            "[".repeat(100_000).into_bytes(),
            "too_deep",
            "line 1, column 129",
        ),
        (
            text("{\"a\": 1, \"a\": 1}"),
            "duplicate_key",
            "line 1, column 10",
        ),
        (
            text("{\"a\": 1, \"\\u0061\": 2}"),
            "duplicate_key",
            "line 1",
        ),
        (
            text("{\"x\": [{\"b\": {\"c\": 1, \"c\": 1}}]}"),
            "duplicate_key",
            "line 1",
        ),
        (
            text("{\"$serde_json::private::Number\": \"1\"}"),
            "reserved_key",
            "line 1, column 2",
        ),
        (text("{\"a\": \"\\u0000\"}"), "nul", "line 1"),
        (text("{\"\\u0000\": 1}"), "nul", "line 1"),
        (text("{\"a\": \"\0\"}"), "nul", "line 1"),
    ]
}

#[test]
fn an_unreadable_body_gets_400_with_its_place_and_is_kept_to_the_byte() {
    let home = Home::new();
    let server = home.start();
    for path in PATHS {
        let mut client = Client::connect(server.public);
        for (at, (body, code, place)) in unreadable().into_iter().enumerate() {
            let what = format!("{path}: {code} {at}");
            let answer = client.ask(&server.request(path, body.clone())).unwrap();
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
            let violations = refusal(path, &answer);
            assert_eq!(violations.len(), 1, "{what}");
            assert_eq!(
                (&violations[0]["code"], &violations[0]["pointer"]),
                (&json!(code), &json!("")),
                "{what}"
            );
            let message = violations[0]["message"].as_str().unwrap();
            assert!(message.contains(place), "{what}: {message}");
            let receipt = server.newest();
            assert_eq!(receipt["verdict"], "quarantined", "{what}");
            assert_eq!(receipt["violations"], json!(violations), "{what}");
            let kept = server.body(receipt["id"].as_str().unwrap());
            assert_eq!(sha256(&kept), sha256(&body), "{what}");
        }
    }
    assert_eq!(server.post(PAY, bodies::payment(1)).status, 200);
}

#[test]
fn no_refusal_shows_a_value_of_the_body() {
    let home = Home::new();
    let server = home.start();
    for body in [
        "{\"secret-key-7\": \"4929123456781234\", \"secret-key-7\": 1}",
        "{\"a\": \"4929123456781234\", }",
        "{\"paymentConfirmation\": {\"objectId\": \"4929123456781234\", \"type\": \"4929123456781234\"}}",
    ] {
        let answer = server.post(crate::support::CONFIRM, body);
        assert!(matches!(answer.status, 400 | 422));
        assert!(
            !answer.text().contains("4929123456781234"),
            "{}",
            answer.text()
        );
    }
    assert!(!home.log().contains("4929123456781234"));
}
