//! The harness: a home for a server, a raw HTTP client, loads, bodies and the contracts' examples.
//!
//! What always holds: no process outlives its test, no test waits for a fixed time where it can
//! wait for a condition, and every wait has an end.

pub(crate) mod bodies;
pub(crate) mod examples;
pub(crate) mod home;
pub(crate) mod http;
pub(crate) mod load;
pub(crate) mod server;
pub(crate) mod stored;

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

pub(crate) use self::{
    home::Home,
    http::{Answer, Client, Request},
    server::Server,
};

/// The simple answer of EnKash, to the byte.
pub(crate) const SIMPLE: &str =
    r#"{"payload":"SUCCESS","response_code":0,"response_message":"SUCCESS"}"#;

/// The paths of the five operations, as documented.
pub(crate) const ORDER: &str = "/api/v0/purchase-order/resp-confirm";
pub(crate) const CONFIRM: &str = "/api/v0/payment/req-pay-confirmation";
pub(crate) const PAY: &str = "/api/v0/payment/resp-pay";
pub(crate) const INBOUND: &str = "/v1/webhook/fulfillment/inbound_confirmation";
pub(crate) const BILL: &str = "/webhooks/bill-payment";

/// The longest that anything is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until something is there, and fails with what it was when it never is.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect()
}
