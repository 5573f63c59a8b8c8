//! Bodies over the limit, whole or in chunks, and lengths that lie.

use std::thread;

use super::{PATHS, refusal};
use crate::support::{BILL, Client, Home, INBOUND, PAY, Request, Server, bodies};

const LIMIT: usize = 64 * 1024;

fn small() -> Home {
    Home::configured("[limits]\nbody_bytes = \"64KiB\"\nbody_timeout = \"1s\"\n")
}

/// A post of a body that is no JSON, with the right credential.
fn post(server: &Server, path: &str) -> Request {
    let (name, value) = server.credential(path);
    Request::post(path)
        .header(name, &value)
        .header("content-type", "application/json")
}

#[test]
fn a_body_may_be_as_long_as_the_limit_and_not_one_byte_longer() {
    let home = small();
    let server = home.start();
    let full = vec![b' '; LIMIT];
    let over = vec![b' '; LIMIT + 1];
    for path in [PAY, BILL] {
        assert_eq!(
            server.send(&post(&server, path).body(full.clone())).status,
            400
        );
        assert_eq!(
            server
                .send(&post(&server, path).body(full.clone()).chunked(999))
                .status,
            400
        );
        for request in [
            post(&server, path).body(over.clone()),
            post(&server, path).body(over.clone()).chunked(999),
        ] {
            let answer = server.send(&request);
            assert_eq!(answer.status, 413);
            assert_eq!(refusal(path, &answer).len(), 0);
        }
    }
    assert_eq!(server.receipts("").len(), 4);
}

#[test]
fn shipper_may_send_four_mebibytes_by_default_and_the_others_one() {
    let home = Home::new();
    let server = home.start();
    let mebibyte = 1024 * 1024;
    for (path, most) in PATHS.map(|it| (it, if it == INBOUND { 4 } else { 1 } * mebibyte)) {
        let full = post(&server, path).body(vec![b' '; most]);
        assert_eq!(server.send(&full).status, 400, "{path}");
        let over = post(&server, path).body(vec![b' '; most + 1]);
        assert_eq!(server.send(&over).status, 413, "{path}");
    }
}

#[test]
fn a_sender_that_goes_on_sending_can_read_its_413() {
    let home = small();
    let server = home.start();
    let body = vec![b'x'; 4 * 1024 * 1024];
    for request in [
        post(&server, PAY).body(body.clone()),
        post(&server, PAY).body(body.clone()).chunked(64 * 1024),
    ] {
        // Everything is written before anything is read, as a simple sender does.
        let mut client = Client::connect(server.public);
        client.send(&request.bytes()).unwrap();
        let answer = client.answer().unwrap();
        assert_eq!(answer.status, 413);
        refusal(PAY, &answer);
        assert!(client.ends(), "the connection ends with the answer");
    }
    assert_eq!(server.receipts("").len(), 0);
    let counted = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"too_large\"}";
    assert_eq!(server.metric(counted), 2);
}

#[test]
fn a_long_body_without_a_credential_gets_401_and_is_not_kept() {
    let home = small();
    let server = home.start();
    let mut client = Client::connect(server.public);
    let request = Request::post(PAY).json(vec![b'x'; LIMIT + 1]);
    client.send(&request.bytes()).unwrap();
    assert_eq!(client.answer().unwrap().status, 401);
    let dropped = "countersign_rejected_bodies_total{outcome=\"dropped\"}";
    assert_eq!(server.metric(dropped), 1);
    assert_eq!(server.rejected().len(), 0);
}

#[test]
fn a_sender_that_never_ends_is_cut_off() {
    let home = small();
    let server = home.start();
    let mut client = Client::connect(server.public);
    let request = post(&server, PAY)
        .header("transfer-encoding", "chunked")
        .claiming(0);
    let head = String::from_utf8(request.head())
        .unwrap()
        .replace("content-length: 0\r\n", "");
    client.send(head.as_bytes()).unwrap();
    let chunk = [b"4000\r\n".to_vec(), vec![b'x'; 0x4000], b"\r\n".to_vec()].concat();
    // Ends only because the other side has closed.
    while client.send(&chunk).is_ok() {}
    assert_eq!(server.receipts("").len(), 0);
    assert_eq!(server.metric("countersign_in_flight_bytes"), 0);
    assert_eq!(server.post(PAY, bodies::payment(1)).status, 200);
}

#[test]
fn who_asks_first_is_told_before_sending() {
    let home = small();
    let server = home.start();
    let mut client = Client::connect(server.public);
    let request = post(&server, PAY)
        .header("expect", "100-continue")
        .body(vec![b'x'; LIMIT + 1]);
    client.send(&request.head()).unwrap();
    assert_eq!(client.answer().unwrap().status, 413);
}

#[test]
fn a_length_that_says_too_little_cuts_the_body_there_and_nothing_behind_it_counts() {
    let home = small();
    let server = home.start();
    let body = bodies::payment(1);
    let mut client = Client::connect(server.public);
    client
        .send(&post(&server, PAY).body(body.clone()).claiming(10).bytes())
        .unwrap();
    assert_eq!(client.answer().unwrap().status, 400);
    // What follows is no request.
    assert!(client.answer().is_ok_and(|it| it.status == 400) || client.ends());
    let receipts = server.receipts("");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["verdict"], "quarantined");
    assert_eq!(server.body(receipts[0]["id"].as_str().unwrap()), body[..10]);
}

#[test]
fn an_answer_does_not_wait_for_the_rest_of_a_request_behind_it() {
    let home = Home::new();
    let server = home.start();
    let first = server.request(PAY, bodies::payment(1)).bytes();
    let second = server.request(PAY, bodies::payment(2)).bytes();
    let mut client = Client::connect(server.public);
    client.send(&[&first[..], &second[..20]].concat()).unwrap();
    assert_eq!(client.answer().unwrap().status, 200);
    client
        .send(&[&second[20..], &first[..], &second[..]].concat())
        .unwrap();
    for _ in 0..3 {
        assert_eq!(client.answer().unwrap().status, 200);
    }
    assert_eq!(server.receipts("&verdict=accepted").len(), 2);
}

#[test]
fn a_length_that_says_too_much_ends_in_408_and_nothing_is_kept() {
    let home = small();
    let server = home.start();
    thread::scope(|scope| {
        for path in PATHS {
            let server = &server;
            scope.spawn(move || {
                let body = bodies::payment(1);
                let request = post(server, path).claiming(body.len() + 1).body(body);
                let mut client = Client::connect(server.public);
                client.send(&request.bytes()).unwrap();
                let answer = client.answer().unwrap();
                assert_eq!(answer.status, 408, "{path}");
                refusal(path, &answer);
                assert!(client.ends());
            });
        }
    });
    assert_eq!(server.receipts("").len(), 0);
}

#[test]
fn lengths_that_contradict_each_other_are_no_request() {
    let home = small();
    let server = home.start();
    let body = bodies::payment(1);
    let length = body.len();
    let smuggled = server.request(PAY, bodies::payment(2)).bytes();
    for request in [
        post(&server, PAY)
            .body(body.clone())
            .claiming(length)
            .claiming(length + 1),
        post(&server, PAY)
            .body(body.clone())
            .claiming(length)
            .header("content-length", "-1"),
        post(&server, PAY)
            .body(body.clone())
            .claiming(0)
            .header("transfer-encoding", "chunked, x"),
    ] {
        let mut client = Client::connect(server.public);
        client
            .send(&[request.bytes(), smuggled.clone()].concat())
            .unwrap();
        let answer = client.answer();
        assert!(
            answer.as_ref().is_ok_and(|it| it.status == 400) || answer.is_err(),
            "{answer:?}"
        );
        assert!(client.answer().is_err(), "the connection is over");
    }
    assert_eq!(server.receipts("").len(), 0);
    // A length beside chunks: the chunks count, and the connection ends with them.
    let request = post(&server, PAY).claiming(5).body(body).chunked(100);
    let mut client = Client::connect(server.public);
    client.send(&[request.bytes(), smuggled].concat()).unwrap();
    let first = client.answer();
    assert!(first.as_ref().is_err() || matches!(first.as_ref().unwrap().status, 200 | 400));
    assert!(
        server.receipts("").len() <= 1,
        "nothing behind it was taken for a request"
    );
}

#[test]
fn a_head_that_is_too_long_or_has_too_many_headers_is_refused() {
    let home = small();
    let server = home.start();
    let long = post(&server, PAY)
        .header("x-long", &"x".repeat(200_000))
        .body("{}");
    let many = (0..500).fold(post(&server, PAY), |it, at| {
        it.header(&format!("x-{at}"), "y")
    });
    for request in [long, many.body("{}")] {
        let mut client = Client::connect(server.public);
        let _ = client.send(&request.bytes());
        if let Ok(answer) = client.answer() {
            assert!(matches!(answer.status, 400 | 431), "{}", answer.status);
        }
    }
    assert_eq!(server.receipts("").len(), 0);
    assert_eq!(server.post(PAY, bodies::payment(1)).status, 200);
}
