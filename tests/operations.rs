//! What the one who operates the process sees: readiness, metrics, logs, the private resources and a
//! quick start.

use std::{collections::BTreeSet, fs, time::Instant};

use serde_json::{Value, json};

use crate::support::{
    CONFIRM, Client, Home, INBOUND, PAY, Request, bodies, examples, load::Load, until,
};

#[test]
fn every_documented_metric_is_exposed_and_no_other() {
    let home = Home::new();
    let server = home.start();
    server.post(PAY, bodies::payment(1));
    server.send(&Request::post(PAY).json("{}"));
    server.send(&Request::post("/nowhere"));
    let text = server.ask("GET", "/metrics", "").text();
    let of_type = |line: &str| Some(line.strip_prefix("# TYPE ")?.split(' ').next()?.to_owned());
    let exposed: BTreeSet<_> = text.lines().filter_map(of_type).collect();
    let page = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/metrics.md"
    ));
    let page = page.unwrap();
    let documented: BTreeSet<_> = page
        .split('`')
        .filter(|it| it.starts_with("countersign_") && !it.contains(['{', ' ']))
        .map(str::to_owned)
        .collect();
    assert!(documented.len() >= 8, "{documented:?}");
    assert_eq!(exposed, documented);
}

#[test]
fn metrics_move_with_what_happens() {
    let home = Home::new();
    let server = home.start();
    let verdict = |word: &str| {
        server.metric(&format!("countersign_receipts_total{{source=\"enkash\",operation=\"payment.pay.response\",verdict=\"{word}\"}}"))
    };
    assert_eq!(
        (
            verdict("accepted"),
            verdict("duplicate"),
            verdict("quarantined")
        ),
        (0, 0, 0)
    );
    server.post(PAY, bodies::payment(1));
    server.post(PAY, bodies::payment(2));
    server.post(PAY, bodies::payment(2));
    server.post(PAY, examples::page("payment.pay.response").body);
    server.post(PAY, "{");
    assert_eq!(
        (
            verdict("accepted"),
            verdict("duplicate"),
            verdict("quarantined")
        ),
        (2, 1, 2)
    );
    assert_eq!(server.metric("countersign_receive_seconds_count"), 5);
    assert_eq!(server.metric("countersign_faults_total"), 0);
    let refused = "countersign_refusals_total{source=\"enkash\",operation=\"payment.pay.response\",reason=\"unauthorized\"}";
    server.send(&Request::post(PAY).json("{}"));
    assert_eq!(server.metric(refused), 1);
    until("the body is counted", || {
        let kept = server.metric("countersign_rejected_bodies_total{outcome=\"kept\"}");
        (kept == 1).then_some(())
    });
    let open = "countersign_connections{side=\"public\"}";
    let idle = Client::connect(server.public);
    until("a connection is counted", || {
        (server.metric(open) == 1).then_some(())
    });
    drop(idle);
    until("its end is counted", || {
        (server.metric(open) == 0).then_some(())
    });
}

#[test]
fn log_lines_are_json_objects_with_the_ids_of_request_and_receipt() {
    let home = Home::configured("[log]\nformat = \"json\"\nlevel = \"info\"\n");
    let server = home.start();
    server.post(PAY, bodies::payment(1));
    let page = examples::page("payment.pay.response").body;
    server.send(
        &server
            .request(PAY, page)
            .header("x-request-id", "trace-me-7"),
    );
    let receipt = server.newest();
    server.stop();
    let log = home.log();
    let lines: Vec<Value> = log
        .lines()
        .filter(|it| it.starts_with('{'))
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    for line in &lines {
        assert!(
            line["timestamp"].is_string() && line["level"].is_string(),
            "{line}"
        );
    }
    let of_request: Vec<_> = lines
        .iter()
        .filter(|it| it["request_id"] == "trace-me-7")
        .collect();
    assert_eq!(of_request.len(), 1, "{log}");
    assert_eq!(of_request[0]["receipt"], receipt["id"]);
    assert_eq!(of_request[0]["source"], "enkash");
    assert_eq!(of_request[0]["operation"], "payment.pay.response");
    let accepted = lines
        .iter()
        .filter(|it| it["message"] == "committed")
        .count();
    assert_eq!(accepted, 0, "an accepted message writes no line");
    assert!(!log.contains("kaveri.components"), "no body is logged");
}

#[test]
fn at_the_most_talkative_level_no_body_is_logged() {
    let home = Home::configured("[log]\nlevel = \"trace\"\n");
    let server = home.start();
    server.post(PAY, bodies::payment_by("REQ-9", 1, "UTRSECRET99"));
    server.post(
        CONFIRM,
        bodies::confirmation_saying(1, &"NOTE77".repeat(30)),
    );
    server.post(PAY, "{\"a\": \"UTRSECRET99\", }");
    server.stop();
    assert!(home.log().contains("committed"));
    assert!(!home.log().contains("UTRSECRET99") && !home.log().contains("NOTE77"));
}

#[test]
fn the_list_is_paged_filtered_and_strict_about_its_parameters() {
    let home = Home::new();
    let server = home.start();
    let mut middle = String::new();
    for number in 0..7 {
        server.post(PAY, bodies::payment(number));
        server.post(CONFIRM, bodies::confirmation(number));
        if number == 3 {
            middle = server.newest()["received_at"].as_str().unwrap().to_owned();
        }
    }
    let all = server.receipts("");
    assert_eq!(all.len(), 14);
    let ids: Vec<_> = all.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(
        ids.windows(2).all(|it| it[0] > it[1]),
        "the newest first: {ids:?}"
    );
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = server.get(&format!("/api/v1/receipts?limit=3{cursor}"));
        let items = page["items"].as_array().unwrap();
        assert!(items.len() == 3 || page["next"].is_null());
        paged.extend(items.clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    assert_eq!(server.receipts("&operation=payment.pay.response").len(), 7);
    assert_eq!(server.receipts("&source=enkash&verdict=accepted").len(), 14);
    assert_eq!(server.receipts("&source=bills").len(), 0);
    assert_eq!(server.receipts(&format!("&since={middle}")).len(), 7);
    assert_eq!(server.receipts(&format!("&until={middle}")).len(), 7);
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "colour=red",
        "verdict=fine",
        "since=now",
        "limit=1&limit=2",
    ] {
        let answer = server.ask("GET", &format!("/api/v1/receipts?{query}"), "");
        assert_eq!(answer.status, 400, "{query}");
        let name = query.split('=').next().unwrap();
        assert_eq!(answer.json()["code"], "invalid_query");
        assert!(
            answer.json()["violations"].to_string().contains(name),
            "{}",
            answer.text()
        );
    }
}

#[test]
fn every_problem_has_the_members_of_a_problem_and_the_id_of_its_request() {
    let home = Home::new();
    let server = home.start();
    for (method, path, status, code) in [
        (
            "GET",
            "/api/v1/receipts/rcp_0000000000001",
            404,
            "not_found",
        ),
        ("GET", "/api/v1/receipts/x", 404, "not_found"),
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/api/v1/receipts", 405, "method_not_allowed"),
        ("POST", "/health", 405, "method_not_allowed"),
        ("GET", "/api/v1/sources?x=1", 400, "invalid_query"),
    ] {
        let request = server
            .private(method, path)
            .header("x-request-id", "problem-1")
            .json("");
        let answer = Client::connect(server.admin).ask(&request).unwrap();
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(answer.header("x-request-id"), Some("problem-1"));
        assert_eq!(
            answer.header("allow").is_some(),
            status == 405,
            "{method} {path}"
        );
        let problem = answer.json();
        assert_eq!(
            (&problem["code"], &problem["status"]),
            (&json!(code), &json!(status))
        );
        assert_eq!(problem["instance"], "problem-1");
        for member in ["type", "title", "detail"] {
            assert!(problem[member].is_string(), "{problem}");
        }
    }
    let long = server.ask(
        "POST",
        "/api/v1/receipts/rcp_0000000000001/release",
        &" ".repeat(2 << 20),
    );
    assert_eq!(
        (long.status, &long.json()["code"]),
        (413, &json!("body_too_large"))
    );
}

#[test]
fn a_parameter_that_a_resource_does_not_have_is_named() {
    let home = Home::new();
    let server = home.start();
    for (method, path) in [
        ("GET", "/api/v1/receipts/rcp_0000000000001"),
        ("GET", "/api/v1/receipts/rcp_0000000000001/body"),
        ("POST", "/api/v1/receipts/rcp_0000000000001/release"),
        ("POST", "/api/v1/rejected/rej_0000000000001/release"),
        ("GET", "/api/v1/documents"),
        ("GET", "/api/v1/documents/invoice/INV-1"),
        ("POST", "/api/v1/documents/rebuild"),
        ("GET", "/api/v1/findings"),
        ("GET", "/api/v1/findings/fnd_0000000000001"),
        ("POST", "/api/v1/findings/fnd_0000000000001/resolve"),
        ("GET", "/api/v1/events"),
        ("GET", "/api/v1/events/evt_0000000000001_0"),
        ("GET", "/api/v1/contracts/enkash-vendor-payment"),
        ("GET", "/metrics"),
    ] {
        let answer = server.ask(method, &format!("{path}?colour=red"), "");
        assert_eq!(answer.status, 400, "{method} {path}");
        assert_eq!(answer.json()["violations"][0]["pointer"], "?colour");
    }
    for path in ["/health?probe=1", "/ready?probe=1"] {
        assert_eq!(server.ask("GET", path, "").status, 200, "{path}");
    }
}

#[test]
fn sources_and_contracts_say_where_to_post() {
    let home = Home::configured(
        "[sources.acme]\ncontract = \"shipper-fulfilment\"\nmount = \"/acme/\"\n[[sources.acme.auth]]\n\
         type = \"api_key\"\nkeys = [\"k\"]\n",
    );
    let server = home.start();
    let sources = server.get("/api/v1/sources");
    let source = &sources["items"][0];
    assert_eq!(
        (&source["name"], &source["auth"]),
        (&json!("acme"), &json!(["api_key"]))
    );
    let path = source["operations"][0]["path"].as_str().unwrap();
    assert_eq!(path, format!("/acme{INBOUND}"));
    let body = examples::page("inbound.confirm.notification").body;
    let answer = server.send(&Request::post(path).header("x-api-key", "k").json(body));
    assert_eq!(answer.status, 200);
    let contracts = server.get("/api/v1/contracts");
    assert_eq!(contracts["items"].as_array().unwrap().len(), 3);
    for contract in contracts["items"].as_array().unwrap() {
        for operation in contract["operations"].as_array().unwrap() {
            for member in ["operation", "path", "provenance"] {
                assert!(operation[member].is_string(), "{operation}");
            }
        }
    }
}

#[test]
fn heavy_a_start_with_twenty_thousand_receipts_is_quick() {
    let home = Home::new();
    let server = home.start();
    let sent = Load::on(&server, 1).run(64, |load| {
        until("enough is stored", || {
            (load.answered() >= 20_000).then_some(())
        });
    });
    let memory = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let memory = memory
        .lines()
        .find(|it| it.starts_with("VmHWM"))
        .unwrap()
        .to_owned();
    server.kill();
    let began = Instant::now();
    let server = home.start();
    let after_kill = began.elapsed();
    server.stop();
    let began = Instant::now();
    let server = home.start();
    println!(
        "{} receipts; start after a kill {after_kill:?}, after a stop {:?}; {memory}",
        sent.len(),
        began.elapsed()
    );
    assert!(after_kill.as_secs() < 10, "{after_kill:?}");
    let page = server.get("/api/v1/receipts?limit=200");
    assert_eq!(page["items"].as_array().unwrap().len(), 200);
}
