//! Unknown paths and wrong methods.

use super::{PATHS, refusal};
use crate::support::{Client, Home, PAY, Request, SIMPLE, bodies};

#[test]
fn at_an_unknown_path_the_answer_is_404_and_only_a_count_is_kept() {
    let home = Home::new();
    let server = home.start();
    let paths = [
        "/",
        "/surprise",
        "/api/v0/payment",
        "/api/v0/payment/resp-pay/x",
        "/API/V0/payment/resp-pay",
        "/in/only-a-token",
        "/in/a/in/b/api/v0/payment/resp-pay",
        "/api/v0/payment/%72esp-pay",
        "/api/v0/../v0/payment/resp-pay",
        // The private side is private.
        "/api/v1/receipts",
        "/metrics",
        "/health",
    ];
    for path in paths {
        let answer = server.send(&Request::post(path).json(bodies::payment(1)));
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(answer.json()["code"], "not_found");
        let answer = server.send(&Request::new("GET", path));
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(server.receipts("").len(), 0);
    assert_eq!(server.rejected().len(), 0);
    let counted = server.metric("countersign_unknown_paths_total");
    assert_eq!(counted, 2 * paths.len() as u64);
    let metrics = server.ask("GET", "/metrics", "").text();
    assert!(!metrics.contains("surprise"), "a stranger chooses no label");
}

#[test]
fn by_another_method_the_answer_is_405_and_allows_post() {
    let home = Home::new();
    let server = home.start();
    for path in PATHS {
        for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            let (name, value) = server.credential(path);
            let request = Request::new(method, path).header(name, &value).json("{}");
            let answer = server.send(&request);
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("POST"));
            assert_eq!(refusal(path, &answer).len(), 0);
        }
    }
    assert_eq!(server.receipts("").len(), 0);
    let refused = "countersign_refusals_total{source=\"bills\",operation=\"utility_bill.update.notification\",reason=\"wrong_method\"}";
    assert_eq!(server.metric(refused), 6);
}

#[test]
fn a_query_does_not_change_what_a_path_means() {
    let home = Home::new();
    let server = home.start();
    let path = format!("{PAY}?a=1&b=/x");
    assert_eq!(server.post(&path, bodies::payment(1)).status, 200);
}

#[test]
fn older_and_odder_ways_of_writing_a_request_are_understood() {
    let home = Home::new();
    let server = home.start();
    let usual = server.request(PAY, bodies::payment(1)).bytes();
    let usual = String::from_utf8(usual).unwrap();
    let absolute = format!("POST http://{}{PAY} ", server.public);
    for written in [
        usual.replacen(&format!("POST {PAY} "), &absolute, 1),
        usual.replacen("HTTP/1.1", "HTTP/1.0", 1),
        usual.replacen("host: countersign.test\r\n", "", 1),
        usual
            .replacen("host:", "HOST:", 1)
            .replacen("content-type: ", "Content-Type:", 1),
    ] {
        assert_ne!(written, usual);
        let mut client = Client::connect(server.public);
        client.send(written.as_bytes()).unwrap();
        assert_eq!(client.answer().unwrap().text(), SIMPLE, "{written}");
    }
    for no_request in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\r\n\r\n",
        "POST / HTTP/9.9\r\n\r\n",
    ] {
        let mut client = Client::connect(server.public);
        client.send(no_request.as_bytes()).unwrap();
        client.end();
        let answer = client.answer();
        assert!(
            answer.as_ref().map_or(true, |it| it.status >= 400),
            "{no_request:?}: {answer:?}"
        );
    }
    assert_eq!(server.receipts("&verdict=accepted").len(), 1);
}

#[test]
fn the_private_side_receives_no_webhook() {
    let home = Home::new();
    let server = home.start();
    let answer = server.ask("POST", PAY, "{}");
    assert_eq!(answer.status, 404);
}
