//! Purchase orders: confirmed, returned and corrected, rejected; told late and not at all.

use serde_json::json;

use super::{PURCHASE, codes, document, order_says, stands, state, take, told};
use crate::support::{Home, ORDER};

#[test]
fn an_order_is_confirmed_returned_or_rejected() {
    for (action, status) in [
        ("ACCEPT", "ACCEPTED"),
        ("RETURN", "RETURNED"),
        ("REJECT", "REJECTED"),
    ] {
        let home = Home::new();
        let server = home.start();
        take(
            &server,
            ORDER,
            &order_says("M1", (1, 1), "CREATED", status, action),
        );
        let order = document(&server, PURCHASE);
        assert_eq!(stands(&order), (json!(status), json!(1)));
        assert_eq!(codes(&order), [""; 0], "{status}");
        assert_eq!(order["facts"]["buyerPONumber"], "MER/PO/2025-26/00417");
        assert_eq!(order["money"], json!({}));
    }
}

#[test]
fn an_edited_order_goes_on_at_its_next_version_in_any_order() {
    let steps = [
        order_says("M1", (1, 1), "CREATED", "RETURNED", "RETURN"),
        order_says("M2", (1, 2), "RETURNED", "CREATED", "EDIT"),
        order_says("M3", (2, 2), "CREATED", "ACCEPTED", "ACCEPT"),
    ];
    let mut states = Vec::new();
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        let home = Home::new();
        let server = home.start();
        for at in order {
            take(&server, ORDER, &steps[at]);
        }
        let order = document(&server, PURCHASE);
        assert_eq!(stands(&order), (json!("ACCEPTED"), json!(2)));
        states.push(state(&order));
    }
    assert!(states.iter().all(|it| *it == states[0]), "{states:#?}");
    assert_eq!(states[0]["findings"], json!([]));
}

#[test]
fn what_is_missing_is_waited_for_and_the_wait_ends_when_it_comes() {
    let home = Home::new();
    let server = home.start();
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "RETURNED", "RETURN"),
    );
    take(
        &server,
        ORDER,
        &order_says("M3", (2, 2), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    let order = document(&server, PURCHASE);
    assert_eq!(stands(&order), (json!("ACCEPTED"), json!(2)));
    assert_eq!(
        order["waits_for"],
        json!([{"version": 2, "status": "CREATED"}])
    );
    assert_eq!(codes(&order), ["gap"]);
    assert_eq!(told(&order, "outcome"), ["applied", "gap"]);
    take(
        &server,
        ORDER,
        &order_says("M2", (1, 2), "RETURNED", "CREATED", "EDIT"),
    );
    let order = document(&server, PURCHASE);
    assert_eq!(order["waits_for"], json!([]));
    assert_eq!(codes(&order), [""; 0]);
}

#[test]
fn words_fold_and_a_word_that_nobody_lists_is_legal() {
    let home = Home::new();
    let server = home.start();
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "created", "On_Hold", "HOLD"),
    );
    let order = document(&server, PURCHASE);
    assert_eq!(stands(&order), (json!("ON HOLD"), json!(1)));
    assert_eq!(codes(&order), ["status_unknown"]);
    assert_eq!(order["findings"][0]["severity"], "info");
}

#[test]
fn the_same_step_told_again_is_a_repeat() {
    let home = Home::new();
    let server = home.start();
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    take(
        &server,
        ORDER,
        &order_says("M2", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    let order = document(&server, PURCHASE);
    assert_eq!(told(&order, "outcome"), ["applied", "repeat"]);
    assert_eq!(
        (stands(&order).0, codes(&order)),
        (json!("ACCEPTED"), vec![])
    );
}
