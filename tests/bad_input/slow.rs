//! Senders that take their time: with the head, with the body, or with saying nothing at all.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{PATHS, refusal};
use crate::support::{Client, Home, PAY, SIMPLE, bodies, until};

const LIMITS: &str = "[limits]\nheader_timeout = \"1s\"\nbody_timeout = \"1s\"\n";
/// How long a slow sender waits before its next byte.
const PAUSE: Duration = Duration::from_millis(50);

/// Sends byte by byte until the other side has had enough.
fn drip(client: &mut Client, bytes: &[u8]) {
    for byte in bytes.chunks(1) {
        if client.send(byte).is_err() {
            return;
        }
        thread::sleep(PAUSE);
    }
}

#[test]
fn a_head_that_comes_byte_by_byte_ends_its_connection() {
    let home = Home::configured(LIMITS);
    let server = home.start();
    let bytes = server.request(PAY, bodies::payment(1)).bytes();
    let mut client = Client::connect(server.public);
    let began = Instant::now();
    drip(&mut client, &bytes[..100]);
    assert!(
        client.answer().is_err(),
        "nothing is answered to half a head"
    );
    assert!(began.elapsed() < Duration::from_secs(20));
    until("the connection is given back", || {
        (server.metric("countersign_connections{side=\"public\"}") == 0).then_some(())
    });
    assert_eq!(server.receipts("").len(), 0);
}

#[test]
fn a_body_that_comes_byte_by_byte_gets_408_in_time() {
    let home = Home::configured(LIMITS);
    let server = home.start();
    thread::scope(|scope| {
        for (at, path) in PATHS.into_iter().enumerate() {
            let server = &server;
            scope.spawn(move || {
                let mut request = server.request(path, bodies::payment(1));
                if at % 2 == 1 {
                    let (name, value) = server.credential(path);
                    request = crate::support::Request::post(path).header(name, &value);
                    request = request.body(bodies::payment(1)).chunked(10);
                }
                let (head, bytes) = (request.head(), request.bytes());
                let mut client = Client::connect(server.public);
                let began = Instant::now();
                client.send(&head).unwrap();
                drip(&mut client, &bytes[head.len()..head.len() + 40]);
                let answer = client.answer().unwrap();
                assert_eq!(answer.status, 408, "{path}");
                refusal(path, &answer);
                assert!(began.elapsed() >= Duration::from_secs(1));
            });
        }
    });
    assert_eq!(server.receipts("").len(), 0);
    let reason = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"too_slow\"}";
    assert_eq!(server.metric(reason), 1);
    assert_eq!(server.metric("countersign_in_flight_bytes"), 0);
}

#[test]
fn slow_senders_do_not_slow_the_others() {
    let home = Home::new();
    let server = home.start();
    let bytes = server.request(PAY, bodies::payment(1)).bytes();
    let slow: Vec<_> = (0..200)
        .map(|at| {
            let mut client = Client::connect(server.public);
            client.send(&bytes[..bytes.len() - 1 - at]).unwrap();
            client
        })
        .collect();
    let began = Instant::now();
    for number in 0..20 {
        assert_eq!(
            server.post(PAY, bodies::payment(100 + number)).text(),
            SIMPLE
        );
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(slow);
}
