//! One document whose stored state is damaged: its messages are kept, and nobody else's suffer.

use std::fs;

use serde_json::json;

use super::{PURCHASE, document, example, order_says, stands, take};
use crate::support::{Home, ORDER, PAY};

#[test]
fn messages_about_a_damaged_document_are_kept_in_quarantine() {
    let home = Home::new();
    let server = home.start();
    let says =
        |message: &str, to: &str, action: &str| order_says(message, (1, 1), "CREATED", to, action);
    take(&server, ORDER, &says("M1", "ACCEPTED", "ACCEPT"));
    server.stop();
    let file = home.data().join("countersign.db");
    let mut bytes = fs::read(&file).unwrap();
    // Only a state has a balance; its JSON can be read no more.
    let member = b"\"balance\":[[1,\"ACCEPTED\"";
    let found: Vec<_> = (0..bytes.len())
        .filter(|at| bytes[*at..].starts_with(member))
        .collect();
    assert!(!found.is_empty());
    for at in found {
        bytes[at + 10] = b'!';
    }
    fs::write(&file, bytes).unwrap();
    let server = home.start();
    let held = take(&server, ORDER, &says("M2", "REJECTED", "REJECT"));
    let receipt = server.receipt(&held);
    assert_eq!(
        (&receipt["verdict"], &receipt["violations"][0]["code"]),
        (&json!("quarantined"), &json!("our_fault")),
        "{receipt}"
    );
    assert_eq!(server.metric("countersign_faults_total"), 1);
    assert!(
        home.log().contains("the store cannot keep"),
        "{}",
        home.log()
    );
    take(&server, PAY, &example("payment.pay.response", "accepted"));
    assert_eq!(server.newest()["verdict"], "accepted");
    assert_eq!(
        stands(&document(&server, super::INVOICE)).0,
        "PAYMENT INITIATED"
    );
    let path = format!("/api/v1/documents/{PURCHASE}");
    let answer = server.ask("GET", &path, "");
    assert_eq!(answer.json()["code"], "store_unreadable");
}
