//! The bytes received are the bytes kept: nothing is rewritten on the way in or out.

use crate::support::{BILL, Client, Home, INBOUND, PAY, bodies, sha256};

/// Bodies that a careless reader or writer of JSON would change.
fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let payment = String::from_utf8(bodies::payment(1)).unwrap();
    let with = |extra: &str| {
        payment
            .replacen('{', &format!("{{{extra},"), 1)
            .into_bytes()
    };
    let deep = format!("\"deep\": {}1{}", "[".repeat(120), "]".repeat(120));
    let long = format!("\"long\": \"{}\"", "0123456789".repeat(90_000));
    let many: Vec<_> = (0..5000).map(|it| format!("\"k{it}\":{it}")).collect();
    vec![
        (
            "an id of eighteen digits",
            with(r#""n": 123456789012345678"#),
        ),
        (
            "an id beyond 64 bits",
            with(r#""n": 123456789012345678901234567890"#),
        ),
        ("1.10", with(r#""n": 1.10"#)),
        (
            "0.1 and 1e0",
            with(r#""n": [0.1, 1e0, 1E+0, 10e-1, -0, -0.0, 0.30000000000000004]"#),
        ),
        (
            "huge exponents",
            with(r#""n": [1e400, -1E-400, 1e99999999]"#),
        ),
        (
            "a long fraction",
            with(r#""n": 3.14159265358979323846264338327950288419716939937510"#),
        ),
        ("unicode", with(r#""s": "ಕಾವೇರಿ — 納品書 — é — 🚚 — \u202e""#)),
        (
            "composed and decomposed",
            with("\"s\": \"\u{e9} e\u{301}\""),
        ),
        (
            "escapes",
            with(r#""s": "\u00e9\/\\\"\b\f\n\r\t\ud83d\ude9a\u0001""#),
        ),
        (
            "odd key order",
            with(r#""zz": 1, "a": 2, "10": 3, "9": 4, "": 5"#),
        ),
        ("an escaped key", with(r#""\u006bey": 1"#)),
        (
            "white space",
            format!("\r\n\t  {payment} \n\n\t").into_bytes(),
        ),
        ("deep but legal", with(&deep)),
        ("900 KB in one string", with(&long)),
        ("many keys", with(&many.join(","))),
        ("an empty object", b"{}".to_vec()),
        ("one number", b"1.50".to_vec()),
        ("nothing", Vec::new()),
        ("no JSON", b"resp=SUCCESS&utr=1\x00\xff\xfe".to_vec()),
        ("not UTF-8", b"{\"s\": \"\xc3\x28 \xed\xa0\x80\"}".to_vec()),
        (
            "a byte order mark",
            [b"\xef\xbb\xbf", payment.as_bytes()].concat(),
        ),
        (
            "another encoding",
            payment.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("every byte", (0..=255).collect()),
    ]
}

#[test]
fn the_stored_body_has_the_hash_of_what_was_sent() {
    let home = Home::new();
    let server = home.start();
    let mut ids = Vec::new();
    for path in [PAY, BILL, INBOUND] {
        let mut client = Client::connect(server.public);
        for (what, body) in corpus() {
            let plain = client.ask(&server.request(path, body.clone())).unwrap();
            assert!(
                [200, 400, 422].contains(&plain.status),
                "{what}: {}",
                plain.status
            );
            let id = server.newest()["id"].as_str().unwrap().to_owned();
            ids.push((what, id, sha256(&body)));
            let (name, value) = server.credential(path);
            let chunked = crate::support::Request::post(path)
                .header(name, &value)
                .header("content-type", "application/json")
                .body(body.clone())
                .chunked(777);
            let chunked = client.ask(&chunked).unwrap();
            assert_eq!(
                (chunked.status, chunked.text()),
                (plain.status, plain.text()),
                "{what}"
            );
            let id = server.newest()["id"].as_str().unwrap().to_owned();
            ids.push((what, id, sha256(&body)));
        }
    }
    for (what, id, hash) in &ids {
        assert_eq!(sha256(&server.body(id)), *hash, "{what}");
    }
    server.stop();
    let server = home.start();
    for (what, id, hash) in &ids {
        assert_eq!(sha256(&server.body(id)), *hash, "{what} after a restart");
    }
}

#[test]
fn the_body_is_served_as_bytes_that_no_browser_runs() {
    let home = Home::new();
    let server = home.start();
    server.post(PAY, "<script>alert(1)</script>");
    let id = server.newest()["id"].as_str().unwrap().to_owned();
    let answer = server.ask("GET", &format!("/api/v1/receipts/{id}/body"), "");
    assert_eq!(
        answer.header("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn what_the_answer_echoes_is_echoed_to_the_byte() {
    let home = Home::new();
    let server = home.start();
    let echoed =
        r#"{ "buyerB2BId" : "caf\u00e9", "supplierB2BId":"s","n":1.10,"big":123456789012345678 }"#;
    let body = bodies::confirmation(3).replace(
        r#"{"buyerB2BId":"meridian.buying@enk","supplierB2BId":"kaveri.components@enk"}"#,
        echoed,
    );
    let answer = server.post(crate::support::CONFIRM, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        answer.text().contains(&format!("\"b2bIds\":{echoed}")),
        "{}",
        answer.text()
    );
}
