//! Unknown paths and wrong methods.

use super::{PATHS, refusal};
use crate::support::{Home, PAY, Request, bodies};

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
fn the_private_side_receives_no_webhook() {
    let home = Home::new();
    let server = home.start();
    let answer = server.ask("POST", PAY, "{}");
    assert_eq!(answer.status, 404);
}
