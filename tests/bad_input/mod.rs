//! What bad input gets, row by row, over a real socket: the right answer in the provider's shape, the
//! right thing kept, and a server that goes on.

mod busy;
mod credentials;
mod lengths;
mod other;
mod routing;
mod slow;
mod unreadable;

use serde_json::Value;

use crate::support::{Answer, BILL, CONFIRM, INBOUND, ORDER, PAY};

/// Every documented path.
const PATHS: [&str; 5] = [ORDER, CONFIRM, PAY, INBOUND, BILL];

/// Checks that a refusal has the shape of the provider at this path, and gives its violations.
fn refusal(path: &str, answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body = answer.json();
    let (message, violations) = if path == INBOUND {
        assert!(answer.header("x-request-id").is_some());
        let metadata = &body["metadata"];
        assert_eq!(metadata["http_status_code"], answer.status);
        assert!(metadata["timestamp"].is_i64());
        (&metadata["message"], &metadata["errors"])
    } else {
        assert_eq!(body["payload"], "FAILURE");
        assert_eq!(body["response_code"], 1);
        (&body["response_message"], &body["violations"])
    };
    assert!(message.as_str().is_some_and(|it| !it.is_empty()), "{body}");
    let tells = matches!(answer.status, 400 | 422) && violations.is_array();
    assert!(tells || violations.is_null(), "{body}");
    violations.as_array().cloned().unwrap_or_default()
}
