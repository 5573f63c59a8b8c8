//! More than the server can take at once: 503 at once with Retry-After, and nothing promised.

use std::time::Duration;

use super::refusal;
use crate::support::{
    Client, Home, PAY, SIMPLE, bodies,
    load::{Load, with_status},
    until,
};

#[test]
fn a_full_queue_refuses_at_once_and_keeps_nothing_of_what_it_refused() {
    let home = Home::configured("[limits]\nqueue = 1\nbatch = 1\n");
    let server = home.start();
    let busy = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"unavailable\"}";
    let sent = Load::on(&server, 1).run(64, |load| {
        until("some are refused and some are taken", || {
            (server.metric(busy) >= 50 && load.answered() >= 100).then_some(())
        });
    });
    let stored = server.by_number(&server.receipts(""));
    for number in with_status(&sent, 200) {
        assert_eq!(
            stored.get(&number),
            Some(&vec!["accepted".to_owned()]),
            "{number}"
        );
    }
    for number in with_status(&sent, 503) {
        assert!(
            !stored.contains_key(&number),
            "{number} was refused and is there"
        );
    }
    assert!(with_status(&sent, 503).count() >= 50);
    assert!(sent.iter().all(|it| matches!(it.status, Some(200 | 503))));
    let refused = with_status(&sent, 503).next().unwrap();
    assert_eq!(server.post(PAY, bodies::payment(refused)).text(), SIMPLE);
    assert_eq!(server.newest()["verdict"], "accepted", "the retry is new");
}

#[test]
fn bodies_beyond_the_budget_get_503_until_there_is_room_again() {
    let home = Home::configured("[limits]\nin_flight_bytes = 100000\n");
    let server = home.start();
    let large = |number| {
        let mut body = bodies::payment(number);
        body.resize(90_000, b' ');
        server.request(PAY, body)
    };
    let bytes = large(1).bytes();
    let mut first = Client::connect(server.public);
    first.send(&bytes[..bytes.len() - 1]).unwrap();
    let held = "countersign_in_flight_bytes";
    until("the first body is in memory", || {
        (server.metric(held) > 85_000).then_some(())
    });
    for _ in 0..3 {
        let refused = server.send(&large(2));
        assert_eq!(
            (refused.status, refused.header("retry-after")),
            (503, Some("1"))
        );
        assert_eq!(refusal(PAY, &refused).len(), 0);
    }
    assert_eq!(
        server.post(PAY, bodies::payment(3)).status,
        200,
        "a small one still fits"
    );
    first.send(b" ").unwrap();
    assert_eq!(first.answer().unwrap().text(), SIMPLE);
    until("the budget is given back", || {
        (server.metric(held) == 0).then_some(())
    });
    assert_eq!(server.send(&large(2)).text(), SIMPLE);
    assert_eq!(server.receipts("&verdict=accepted").len(), 3);
}

#[test]
fn a_connection_beyond_the_limit_waits_until_one_ends() {
    let home = Home::configured("[limits]\nconnections = 3\n");
    let server = home.start();
    let mut idle: Vec<_> = (0..3).map(|_| Client::connect(server.public)).collect();
    let open = "countersign_connections{side=\"public\"}";
    until("three are open", || {
        (server.metric(open) == 3).then_some(())
    });
    let mut fourth = Client::connect(server.public);
    fourth
        .send(&server.request(PAY, bodies::payment(1)).bytes())
        .unwrap();
    assert!(!fourth.hears_within(Duration::from_millis(300)));
    idle.pop();
    assert_eq!(fourth.answer().unwrap().text(), SIMPLE);
}
