//! `serve`, `health` and `doctor`, and the first steps of a new user.

use std::fs;

use super::{fails, shown};
use crate::support::{Client, Home, PAY, Request, SIMPLE, Server};

#[test]
fn the_curl_line_that_a_first_start_prints_gets_the_documented_answer() {
    let home = Home::new();
    let server = home.start();
    let log = home.log();
    let line = log
        .lines()
        .find_map(|it| it.trim().strip_prefix("curl "))
        .unwrap();
    let url = line
        .split(' ')
        .find(|it| it.starts_with("http://"))
        .unwrap();
    let path = url
        .strip_prefix(&format!("http://{}", server.public))
        .unwrap();
    let quoted: Vec<_> = line.split('\'').collect();
    let (headers, body) = (quoted[1].strip_prefix('@').unwrap(), quoted[3]);
    let mut request = Request::post(path).body(body);
    for header in fs::read_to_string(headers).unwrap().lines() {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    let answer = server.send(&request);
    assert_eq!((answer.status, answer.text().as_str()), (200, SIMPLE));
    let table = home.run(&["receipts", "list"]).good();
    assert!(table.contains("accepted"), "{table}");
}

#[test]
fn health_says_whether_the_server_is_alive_and_ready() {
    let home = Home::new();
    fails(&home.run(&["health"]), 1, &["countersign serve"]);
    let server = home.start();
    assert!(home.run(&["health"]).good().contains("ready"));
    let json = home.run(&["health", "--json"]).json();
    assert_eq!(
        json,
        serde_json::json!({"health": {"status": "alive"}, "ready": {"status": "ready"}})
    );
    server.kill();
    fails(&home.run(&["health"]), 1, &[]);
}

#[test]
fn doctor_finds_nothing_in_a_good_home_and_names_what_is_wrong_in_a_bad_one() {
    let home = Home::new();
    let server = home.start();
    let good = home.run(&["doctor", "--json"]).json();
    let checks = good["checks"].as_array().unwrap();
    assert!(checks.len() > 5, "{good}");
    assert!(checks.iter().all(|it| it["state"] != "fail"), "{good}");
    assert!(home.run(&["doctor"]).good().contains("ok"));
    server.stop();
    home.run(&["doctor"]).good();

    home.configure("[sources.mine]\ncontract = \"none-such\"\n");
    let bad = home.run(&["doctor", "--json"]);
    assert_eq!(bad.code, Some(1), "{bad:?}");
    let failed = shown(&bad).to_string();
    assert!(
        failed.contains("\"fail\"") && failed.contains("none-such"),
        "{failed}"
    );
    home.configure("listn = 1\n");
    assert_eq!(home.run(&["doctor"]).code, Some(1));
}

#[test]
fn one_data_folder_is_served_by_one_process() {
    let home = Home::new();
    let server = home.start();
    let second = home.run(&["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(
        second.err.contains("another process") || second.err.contains("in use"),
        "{}",
        second.err
    );
    assert_eq!(second.out, "");
    assert!(
        server.data().join("address").exists(),
        "the first is still found"
    );
    home.run(&["health"]).good();
}

#[test]
fn an_address_that_is_taken_is_said() {
    let home = Home::new();
    let server = home.start();
    let other = Home::new();
    let taken = server.public.to_string();
    let ran = other.run(&["serve", "--listen", &taken, "--admin", "127.0.0.1:0"]);
    fails(&ran, 1, &[&taken, "--listen"]);
}

#[test]
fn a_restart_keeps_secrets_receipts_and_their_order() {
    let home = Home::new();
    let server = home.start();
    let before = (server.credential(PAY), server.token().to_owned());
    server.post(PAY, crate::support::bodies::payment(1));
    let first = server.newest();
    server.stop();
    let server = home.start();
    assert_eq!((server.credential(PAY), server.token().to_owned()), before);
    assert_eq!(server.newest(), first);
    server.post(PAY, crate::support::bodies::payment(2));
    let second = server.newest();
    assert!(second["id"].as_str() > first["id"].as_str());
}

#[test]
fn a_contract_of_ones_own_is_served_without_rust() {
    let home = Home::configured(
        "contracts = \"contracts\"\n[sources.mine]\ncontract = \"my-provider\"\n\
         [[sources.mine.auth]]\ntype = \"bearer\"\ntokens = [\"t\"]\n",
    );
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../contracts/enkash-vendor-payment.yaml"
    );
    let text = fs::read_to_string(source).unwrap();
    let mine = text
        .replace("name: enkash-vendor-payment", "name: my-provider")
        .replace("path: /api/v0/payment/resp-pay", "path: /my/payments");
    fs::create_dir(home.path().join("contracts")).unwrap();
    fs::write(home.path().join("contracts/my-provider.yaml"), mine).unwrap();
    home.run(&["check-config"]).good();
    let server = home.start();
    let post = |server: &Server, path: &str| {
        let request = Request::post(path).header("authorization", "Bearer t");
        let body = crate::support::bodies::payment(1);
        Client::connect(server.public)
            .ask(&request.json(body))
            .unwrap()
    };
    assert_eq!(post(&server, "/my/payments").text(), SIMPLE);
    assert_eq!(post(&server, PAY).status, 404);
    assert_eq!(server.newest()["source"], "mine");
}
