//! Utility bills: three legs that move apart, and no version.

use serde_json::json;

use super::{document, stands, state, take_bytes, told};
use crate::support::{BILL, Home, examples};

const FAILED: &str = "utility_bill/UTIL-90417726";

#[test]
fn a_failed_bill_is_refunded_whatever_comes_first() {
    let snapshots = ["failed-not-refunded-yet", "failed-and-refunded"];
    let mut states = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let home = Home::new();
        let server = home.start();
        for at in order {
            let snapshot = examples::read("utility_bill.update.notification", snapshots[at]);
            take_bytes(&server, BILL, snapshot.body);
        }
        let bill = document(&server, FAILED);
        assert_eq!(stands(&bill), (json!("FAILED"), json!(null)));
        let legs =
            json!({"approval": "CHECKER APPROVED", "payment": "REFUNDED", "billpay": "FAILED"});
        assert_eq!(bill["legs"], legs);
        assert_eq!(bill["money"]["amount"], "1843.20");
        assert_eq!(bill["namespace"], "enkash-bills");
        let expected = [["applied", "applied"], ["applied", "late"]];
        assert_eq!(told(&bill, "outcome"), expected[order[0]]);
        states.push(state(&bill));
    }
    assert_eq!(states[0], states[1]);
    assert_eq!(states[0]["findings"], json!([]));
}
