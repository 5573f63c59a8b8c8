//! The same message again, at once or later, as the same bytes or written another way.

use std::{io, sync::Barrier};

use serde_json::Value;

use crate::support::{
    Answer, CONFIRM, Client, Home, PAY, SIMPLE, Server, bodies, examples, sha256,
};

const IDENTITIES: u64 = 1000;
const AT_ONCE: usize = 64;

#[test]
fn heavy_sixty_four_equal_posts_at_once_make_one_accepted_receipt_and_one_answer() {
    let home = Home::new();
    let server = home.start();
    let start = Barrier::new(AT_ONCE);
    let answers: Vec<Vec<Answer>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| scope.spawn(|| post_all(&server, &start)))
            .collect();
        // Looked at only here: whoever failed earlier would leave the others waiting for the start.
        let got = workers.into_iter().map(|it| it.join().unwrap());
        got.map(|it| it.into_iter().map(Result::unwrap).collect())
            .collect()
    });
    assert!(answers.iter().flatten().all(|it| it.status == 200));
    for others in &answers[1..] {
        for (number, answer) in others.iter().enumerate() {
            assert_eq!(
                answer.text(),
                answers[0][number].text(),
                "identity {number}"
            );
        }
    }
    let mut promised: Vec<_> = answers[0].iter().map(receipt_of).collect();
    promised.sort();
    promised.dedup();
    let accepted = server.receipts("&verdict=accepted");
    let mut ids: Vec<_> = accepted
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids.len() as u64, IDENTITIES);
    assert_eq!(promised, ids, "every answer names the accepted receipt");
    let duplicates = server.receipts("&verdict=duplicate").len();
    assert_eq!(duplicates as u64, IDENTITIES * (AT_ONCE as u64 - 1));
}

fn post_all(server: &Server, start: &Barrier) -> Vec<io::Result<Answer>> {
    let mut client = Client::connect(server.public);
    let (name, value) = server.credential(CONFIRM);
    let mut answers = Vec::new();
    for number in 0..IDENTITIES {
        let request = crate::support::Request::post(CONFIRM)
            .header(name, &value)
            .json(bodies::confirmation(number));
        start.wait();
        answers.push(client.ask(&request));
    }
    answers
}

/// The receipt that a rich answer names.
fn receipt_of(answer: &Answer) -> String {
    let json = answer.json();
    let id = json["payload"]["resp"]["reqMsgId"].as_str().unwrap();
    id.to_owned()
}

/// Posts and gives the answer with the receipt that was made of it.
fn posted(server: &Server, path: &str, body: &str) -> (Answer, Value) {
    let answer = server.post(path, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    assert_eq!(sha256(&server.body(&id)), sha256(body.as_bytes()));
    (answer, server.receipt(&id))
}

#[test]
fn the_same_message_written_another_way_gets_the_first_answer() {
    let home = Home::new();
    let server = home.start();
    let body = bodies::confirmation_saying(7, "caf\u{e9} / \u{1f69a}");
    let (first, receipt) = posted(&server, CONFIRM, &body);
    assert_eq!(receipt["verdict"], "accepted");
    let id = receipt["id"].as_str().unwrap();
    assert_eq!(receipt_of(&first), id);
    let value: Value = serde_json::from_str(&body).unwrap();
    let spread = serde_json::to_string_pretty(&value).unwrap();
    for (how, written) in [
        ("spread over lines", spread.clone()),
        (
            "with tabs and line ends of another system",
            spread.replace("  ", "\t").replace('\n', "\r\n"),
        ),
        (
            "with its keys in another order",
            reversed(&value).to_string(),
        ),
        (
            "with escapes",
            body.replace('\u{e9}', "\\u00E9")
                .replace('/', "\\/")
                .replace('\u{1f69a}', "\\uD83D\\uDE9A"),
        ),
        (
            "with an escaped key",
            body.replace("\"b2bIds\"", "\"b2b\\u0049ds\""),
        ),
        (
            "with another place of the device",
            body.replace("12.9716", "13.0000"),
        ),
        ("as the same bytes", body.clone()),
    ] {
        let (answer, receipt) = posted(&server, CONFIRM, &written);
        assert_eq!(receipt["verdict"], "duplicate", "{how}");
        assert_eq!(receipt["duplicate_of"], id, "{how}");
        assert_eq!(answer.text(), first.text(), "{how}");
        assert_eq!(receipt["answer"]["body"], first.text(), "{how}");
        assert_eq!(receipt["parts"][0]["event"], Value::Null, "{how}");
    }
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .rev()
            .map(|(key, it)| (key.clone(), reversed(it)))
            .collect(),
        Value::Array(elements) => elements.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_same_identity_with_other_content_is_accepted_with_a_finding_and_makes_no_second_event() {
    let home = Home::new();
    let server = home.start();
    let (_, first) = posted(
        &server,
        CONFIRM,
        &bodies::confirmation_saying(1, "Received"),
    );
    let changed = bodies::confirmation_saying(1, "Received, thank you");
    let (answer, second) = posted(&server, CONFIRM, &changed);
    assert_eq!(second["verdict"], "accepted");
    assert_eq!(second["findings"][0]["code"], "content_changed");
    let message = second["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains(first["id"].as_str().unwrap()), "{message}");
    assert_ne!(first["parts"][0]["event"], Value::Null);
    assert_eq!(second["parts"][0]["event"], Value::Null);
    assert_eq!(
        receipt_of(&answer),
        second["id"].as_str().unwrap(),
        "it has its own answer"
    );

    let (copy, receipt) = posted(&server, CONFIRM, &changed.replace("\":", "\" : "));
    assert_eq!(receipt["verdict"], "duplicate");
    assert_eq!(receipt["duplicate_of"], second["id"]);
    assert_eq!(copy.text(), answer.text());

    let (_, receipt) = posted(
        &server,
        CONFIRM,
        &bodies::confirmation_saying(1, "Received"),
    );
    assert_eq!(
        receipt["duplicate_of"], first["id"],
        "the first is still known"
    );
}

#[test]
fn another_spelling_of_a_number_is_other_content() {
    let home = Home::new();
    let server = home.start();
    let body = String::from_utf8(bodies::payment(1)).unwrap();
    posted(&server, PAY, &body);
    let (answer, receipt) = posted(&server, PAY, &body.replace("2400.00", "2400.0"));
    assert_eq!(answer.text(), SIMPLE);
    assert_eq!(receipt["verdict"], "accepted");
    assert_eq!(receipt["findings"][0]["code"], "content_changed");
}

#[test]
fn a_refused_or_unreadable_message_that_comes_again_is_a_duplicate_with_its_refusal() {
    let home = Home::new();
    let server = home.start();
    let refused = examples::page("payment.confirm.request").body;
    for (body, status) in [(refused, 422), (b"{\"a\":1,\"a\":2}".to_vec(), 400)] {
        let first = server.post(CONFIRM, body.clone());
        let kept = server.newest();
        let second = server.post(CONFIRM, body);
        assert_eq!((first.status, second.status), (status, status));
        assert_eq!(first.text(), second.text());
        let id = server.newest()["id"].as_str().unwrap().to_owned();
        let receipt = server.receipt(&id);
        assert_eq!(receipt["verdict"], "duplicate");
        assert_eq!(receipt["duplicate_of"], kept["id"]);
    }
}

#[test]
fn two_sources_do_not_share_identities() {
    let source = |name: &str| {
        format!(
            "[sources.{name}]\ncontract = \"enkash-vendor-payment\"\n[[sources.{name}.auth]]\n\
             type = \"bearer\"\ntokens = [\"{name}\"]\n"
        )
    };
    let home = Home::configured(&(source("one") + &source("two")));
    let server = home.start();
    for name in ["one", "two"] {
        let request = crate::support::Request::post(PAY)
            .header("authorization", &format!("Bearer {name}"))
            .json(bodies::payment(5));
        assert_eq!(server.send(&request).status, 200);
        let receipt = server.newest();
        assert_eq!(
            (&receipt["source"], &receipt["verdict"]),
            (&name.into(), &"accepted".into())
        );
    }
}

#[test]
fn a_duplicate_is_found_after_a_restart_and_gets_the_first_answer() {
    let home = Home::new();
    let server = home.start();
    let (first, _) = posted(&server, CONFIRM, &bodies::confirmation(9));
    server.stop();
    let server = home.start();
    let (again, receipt) = posted(&server, CONFIRM, &bodies::confirmation(9));
    assert_eq!(receipt["verdict"], "duplicate");
    assert_eq!(again.text(), first.text());
}
