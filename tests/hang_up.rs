//! Clients that go away and a server that is told to stop: nothing is cut in the middle.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::support::{
    Client, Home, PAY, SIMPLE, Server, bodies,
    load::{Load, with_status},
    until,
};

#[test]
fn a_whole_request_counts_once_although_its_sender_hangs_up_before_the_answer() {
    let home = Home::new();
    let server = home.start();
    let many = 200;
    for number in 0..many {
        let request = server.request(PAY, bodies::payment(number));
        Client::connect(server.public)
            .send(&request.bytes())
            .unwrap();
    }
    until("every receipt is there", || {
        (server.metric(ACCEPTED) >= many).then_some(())
    });
    let stored = server.by_number(&server.receipts(""));
    let once: BTreeMap<_, _> = (0..many)
        .map(|it| (it, vec!["accepted".to_owned()]))
        .collect();
    assert_eq!(stored, once);
}

const ACCEPTED: &str = "countersign_receipts_total{source=\"enkash\",operation=\"payment.pay.response\",verdict=\"accepted\"}";
const INCOMPLETE: &str = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"incomplete\"}";

#[test]
fn a_request_that_breaks_off_in_its_body_is_not_there() {
    let home = Home::new();
    let server = home.start();
    let many = 50;
    for number in 0..many {
        let request = server.request(PAY, bodies::payment(number));
        let bytes = match number % 2 {
            0 => request.bytes(),
            _ => {
                let (name, value) = server.credential(PAY);
                let body = bodies::payment(number);
                let chunked = crate::support::Request::post(PAY).header(name, &value);
                chunked.body(body).chunked(100).bytes()
            }
        };
        let cut = bytes.len() - 4 - usize::try_from(number).unwrap();
        Client::connect(server.public).send(&bytes[..cut]).unwrap();
    }
    until("every break is noticed", || {
        (server.metric(INCOMPLETE) >= many).then_some(())
    });
    assert_eq!(server.receipts("").len(), 0);
    assert_eq!(server.post(PAY, bodies::payment(0)).text(), SIMPLE);
    assert_eq!(
        server.newest()["verdict"],
        "accepted",
        "nothing of it was claimed before"
    );
}

#[test]
fn a_sender_that_closes_its_half_still_gets_the_answer() {
    let home = Home::new();
    let server = home.start();
    let mut client = Client::connect(server.public);
    client
        .send(&server.request(PAY, bodies::payment(1)).bytes())
        .unwrap();
    client.end();
    assert_eq!(client.answer().unwrap().text(), SIMPLE);
}

/// A request of which the server has read the head and waits for the body.
fn under_way(server: &Server, number: u64) -> (Client, Vec<u8>) {
    let body = bodies::payment(number);
    let request = server
        .request(PAY, body.clone())
        .header("expect", "100-continue");
    let mut client = Client::connect(server.public);
    client.send(&request.head()).unwrap();
    assert_eq!(
        client.answer().unwrap().status,
        100,
        "the server asks for the body"
    );
    (client, body)
}

#[test]
fn a_request_that_is_under_way_when_the_stop_comes_is_answered() {
    let home = Home::new();
    let mut server = home.start();
    let (mut client, body) = under_way(&server, 1);
    server.terminate();
    until("nobody new is taken", || {
        Client::try_connect(server.public).is_err().then_some(())
    });
    client.send(&body).unwrap();
    let answer = client.answer().unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
    assert!(client.ends());
    assert_eq!(server.ended().code(), Some(0));
    assert!(
        !server.data().join("address").exists(),
        "nobody is found any more"
    );
    let server = home.start();
    assert_eq!(server.newest()["verdict"], "accepted");
}

/// Far below the usual wait of 30 seconds, and enough for a machine that is busy.
const AT_ONCE: Duration = Duration::from_secs(10);

#[test]
fn a_second_signal_ends_at_once() {
    let home = Home::new();
    let mut server = home.start();
    let (_client, _) = under_way(&server, 1);
    server.terminate();
    until("nobody new is taken", || {
        Client::try_connect(server.public).is_err().then_some(())
    });
    let second = Instant::now();
    server.terminate();
    let code = server.ended().code();
    assert!(second.elapsed() < AT_ONCE, "{:?}", second.elapsed());
    assert_eq!(code, Some(1), "a stop that was cut short says so");
}

#[test]
fn the_stop_waits_no_longer_than_it_may() {
    let home = Home::configured("[limits]\nshutdown = \"200ms\"\n");
    let mut server = home.start();
    let (mut client, _) = under_way(&server, 1);
    let first = Instant::now();
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    let took = first.elapsed();
    assert!(took >= Duration::from_millis(200), "{took:?}: it waited");
    assert!(
        took < AT_ONCE,
        "{took:?}: the usual 30 seconds are not waited"
    );
    assert!(client.ends());
    let server = home.start();
    assert_eq!(server.receipts("").len(), 0);
}

#[test]
fn heavy_a_stop_under_load_loses_nothing_that_was_answered_and_keeps_nothing_that_was_not() {
    let home = Home::new();
    let mut server = home.start();
    let sent = Load::on(&server, 1).run(64, |load| {
        until("the load runs", || (load.answered() >= 1000).then_some(()));
        server.terminate();
        assert_eq!(server.ended().code(), Some(0));
    });
    let server = home.start();
    let stored = server.by_number(&server.receipts(""));
    for number in with_status(&sent, 200) {
        assert_eq!(
            stored.get(&number),
            Some(&vec!["accepted".to_owned()]),
            "{number}"
        );
    }
    // Whoever was read was answered: a request without an answer came too late and left no trace.
    assert_eq!(stored.len(), with_status(&sent, 200).count());
    let others = sent
        .iter()
        .filter(|it| it.status.is_some_and(|status| status != 200));
    assert_eq!(others.count(), 0, "a stop refuses nobody that it reads");
}
