//! The commands about documents, findings and events: text for people, with `--json` what the
//! resource says, and the exit codes.

use serde_json::{Value, json};

use super::{
    INVOICE, PAYMENT, PURCHASE, contradict, document, example, order_says, take, take_bytes, told,
};
use crate::support::{CONFIRM, Home, INBOUND, ORDER, PAY, Server, examples, home::Ran};

fn with_documents(home: &Home) -> Server {
    let server = home.start();
    take_bytes(
        &server,
        PAY,
        examples::read("payment.pay.response", "accepted").body,
    );
    take(
        &server,
        CONFIRM,
        &example("payment.confirm.request", "accepted"),
    );
    take_bytes(
        &server,
        INBOUND,
        examples::read("inbound.confirm.notification", "accepted").body,
    );
    contradict(&server);
    server
}

fn fails(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, Some(code), "{ran:?}");
    assert!(ran.err.contains(says), "{says}: {ran:?}");
}

#[test]
fn lists_with_json_are_what_the_resource_says() {
    let home = Home::new();
    let server = with_documents(&home);
    for (arguments, path) in [
        (&["documents", "list"][..], "documents?limit=50"),
        (
            &["documents", "list", "--kind", "invoice", "--status", "paid"],
            "documents?limit=50&kind=invoice&status=paid",
        ),
        (
            &[
                "documents",
                "list",
                "--party",
                "kaveri.components@enk",
                "--limit",
                "2",
            ],
            "documents?limit=2&party=kaveri.components@enk",
        ),
        (
            &["documents", "list", "--number", "KC/25-26/0093"],
            "documents?limit=50&number=KC/25-26/0093",
        ),
        (
            &["findings", "list"],
            "findings?limit=50&open=true&severity=warning",
        ),
        (
            &["findings", "list", "--open"],
            "findings?limit=50&open=true&severity=warning",
        ),
        (&["findings", "list", "--all"], "findings?limit=50"),
        (
            &["findings", "list", "--closed", "--code", "gap"],
            "findings?limit=50&open=false&code=gap",
        ),
        (
            &["findings", "list", "--document", PURCHASE],
            &format!("findings?limit=50&open=true&document={PURCHASE}"),
        ),
        (&["events", "list"], "events?limit=50"),
        (
            &["events", "list", "--type", "payment.*"],
            "events?limit=50&type=payment.*",
        ),
        (
            &["events", "list", "--source", "shipper", "--since", "1h"],
            "events?limit=50&source=shipper",
        ),
        (
            &["events", "list", "--document", INVOICE],
            &format!("events?limit=50&document={INVOICE}"),
        ),
    ] {
        let told = home.run(&[arguments, &["--json"]].concat()).json();
        assert_eq!(
            told,
            server.get(&format!("/api/v1/{path}")),
            "{arguments:?}"
        );
        let table = home.run(arguments).good();
        for item in told["items"].as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            assert!(table.contains(id), "{arguments:?}: {table}");
        }
    }
}

#[test]
fn a_document_is_shown_as_a_finance_person_reads_it() {
    let home = Home::new();
    let server = with_documents(&home);
    let shown = home.run(&["documents", "show", INVOICE]).good();
    for expected in [
        "status                 PAID, version 1\n",
        "since                  2025-07-08T05:11:07Z\n",
        "supplier               kaveri.components@enk\n",
        "supplierInvoiceNumber  KC/25-26/0093\n",
        "\nMoney, INR\ntotal       2400.00\npaid        2400.00\nadjusted       0.00\ndue            0.00\n",
        "\nPayments\nKEY ",
        "ACCEPTED → PAYMENT INITIATED",
        "PAYMENT INITIATED → PAID",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    assert!(shown.contains("\nWorth knowing\ninfo adopted: "), "{shown}");
    assert!(!shown.contains("add up"), "{shown}");
    let id = INVOICE.split_once('/').unwrap().1;
    assert_eq!(
        home.run(&["documents", "show", "invoice", id]).good(),
        shown
    );
    let json = home.run(&["documents", "show", INVOICE, "--json"]).json();
    assert_eq!(json, document(&server, INVOICE));
    let inbound = home.run(&["documents", "show", "inbound/11223344/KPI-PO-251209-001"]);
    assert!(inbound.good().contains("KPI-ROBUSTA-1KG"));
    fails(
        &home.run(&["documents", "show", "invoice"]),
        2,
        "documents show",
    );
    fails(
        &home.run(&["documents", "show", "invoyce/1"]),
        1,
        "`invoice`",
    );
    fails(
        &home.run(&["documents", "list", "--kind", "x"]),
        1,
        "`invoice`",
    );
}

#[test]
fn a_conflict_is_shown_with_what_to_type_and_typing_it_decides() {
    let home = Home::new();
    let server = with_documents(&home);
    let shown = home.run(&["documents", "show", PURCHASE]).good();
    let order = document(&server, PURCHASE);
    let id = order["findings"][0]["id"].as_str().unwrap();
    let change = order["timeline"][0]["change"].as_str().unwrap();
    for expected in [
        "REJECTED, version 1 (in conflict, see below)\n",
        "What does not add up\nerror conflict: ",
        &format!("    {change}  CREATED → ACCEPTED  ("),
        &format!("    countersign findings resolve {id} --pick CHANGE --reason TEXT\n"),
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    let finding = home.run(&["findings", "show", id]).good();
    assert!(
        finding.contains(&format!("countersign documents show {PURCHASE}")),
        "{finding}"
    );
    let json = home.run(&["findings", "show", id, "--json"]).json();
    assert_eq!(json, server.get(&format!("/api/v1/findings/{id}")));
    fails(
        &home.run(&["findings", "resolve", id, "--pick", change]),
        2,
        "--reason",
    );
    fails(
        &home.run(&[
            "findings", "resolve", id, "--pick", change, "--void", change, "--reason", "r",
        ]),
        2,
        "--void",
    );
    fails(
        &home.run(&["findings", "resolve", id, "--reason", "r"]),
        1,
        "countersign explain needs_ruling",
    );
    let ran = home.run(&[
        "findings", "resolve", id, "--pick", change, "--reason", "agreed", "--json",
    ]);
    assert!(ran.json()["closed_at"].is_string());
    let shown = home.run(&["documents", "show", PURCHASE]).good();
    assert!(
        shown.contains("status         ACCEPTED, version 1\n"),
        "{shown}"
    );
    assert!(
        shown.contains("\nDecisions\n") && shown.contains("agreed"),
        "{shown}"
    );
    assert!(shown.contains("pick CREATED → ACCEPTED  chg_"), "{shown}");
    assert!(
        shown.contains("CREATED → REJECTED  void (was conflict)  chg_"),
        "{shown}"
    );
    let order = document(&server, PURCHASE);
    let void: Vec<_> = (0..2).map(|it| &order["timeline"][it]["void"]).collect();
    assert_eq!(void, [&json!(false), &json!(true)]);
    assert!(!shown.contains("add up"), "{shown}");
}

#[test]
fn a_gap_is_shown_with_the_step_that_skipped_it_and_voiding_that_closes_it() {
    let home = Home::new();
    let server = home.start();
    for (message, version, from, to) in [
        ("M1", (1, 1), "CREATED", "RETURNED"),
        ("M2", (2, 2), "CREATED", "ACCEPTED"),
    ] {
        take(
            &server,
            ORDER,
            &order_says(message, version, from, to, "RETURN"),
        );
    }
    let order = document(&server, PURCHASE);
    let gap = order["findings"].as_array().unwrap();
    let gap = gap.iter().find(|it| it["code"] == "gap").unwrap();
    let skipped = &order["timeline"][1]["change"];
    assert_eq!(gap["candidates"], json!([skipped]));
    let (id, skipped) = (gap["id"].as_str().unwrap(), skipped.as_str().unwrap());
    let shown = home.run(&["documents", "show", PURCHASE]).good();
    for expected in [
        format!("    {skipped}  CREATED → ACCEPTED  ("),
        format!("    countersign findings resolve {id} --void CHANGE --reason TEXT\n"),
    ] {
        assert!(shown.contains(&expected), "{expected}\n{shown}");
    }
    let ran = home.run(&[
        "findings",
        "resolve",
        id,
        "--void",
        skipped,
        "--reason",
        "never sent",
        "--json",
    ]);
    assert!(ran.json()["closed_at"].is_string());
    assert_eq!(document(&server, PURCHASE)["status"], "RETURNED");
}

#[test]
fn only_the_rivals_of_a_leg_are_offered() {
    let home = Home::new();
    let server = with_documents(&home);
    let mut refused = example("payment.confirm.request", "accepted");
    refused["paymentConfirmation"]["type"] = json!("OFFPLATFORM");
    refused["paymentConfirmation"]["supplierResponse"] = json!("REJECT");
    take(&server, CONFIRM, &refused);
    let payment = document(&server, PAYMENT);
    let findings = payment["findings"].as_array().unwrap();
    let conflict = findings.iter().find(|it| it["code"] == "conflict");
    let conflict = conflict.unwrap_or_else(|| panic!("{payment}"));
    let said: Vec<_> = told(&payment, "change");
    assert_eq!(conflict["candidates"], json!([said[1], said[2]]));
}

#[test]
fn an_empty_list_says_so_beside_the_data() {
    let home = Home::new();
    let _server = home.start();
    for list in ["documents", "findings", "events", "receipts", "rejected"] {
        let ran = home.run(&[list, "list"]);
        assert_eq!(ran.err, "nothing found\n");
        assert_eq!(ran.good(), "");
    }
}

#[test]
fn a_list_shows_totals_and_what_is_due() {
    let home = Home::new();
    let server = with_documents(&home);
    let listed = server.documents("&kind=invoice");
    let invoice = format!("invoice/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(listed[0]["money"], document(&server, &invoice)["money"]);
    let table = home.run(&["documents", "list", "--kind", "invoice"]).good();
    assert!(table.contains("TOTAL       DUE"), "{table}");
    assert!(table.contains("21800.50  10000.00"), "{table}");
}

#[test]
fn an_event_is_shown_with_the_literals_that_came() {
    let home = Home::new();
    let server = with_documents(&home);
    let events = server.events("&type=payment.pay.response");
    let id = events[0]["id"].as_str().unwrap();
    let shown = home.run(&["events", "show", id]).good();
    let sent = examples::read("payment.pay.response", "accepted").body;
    let sent = String::from_utf8(sent).unwrap();
    assert!(shown.contains(sent.trim()), "{shown}");
    let json = home.run(&["events", "show", id, "--json"]).good();
    assert!(json.contains("14200.50"), "{json}");
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told, server.get(&format!("/api/v1/events/{id}")));
    fails(
        &home.run(&["events", "show", "evt_0000000000001_0"]),
        1,
        "evt_0000000000001_0",
    );
    fails(
        &home.run(&["events", "list", "--type", "paiment.*"]),
        1,
        "contracts list",
    );
}

#[test]
fn a_rebuild_that_finds_nothing_is_good() {
    let home = Home::new();
    let _server = with_documents(&home);
    for arguments in [
        &["documents", "rebuild", "--check"][..],
        &["documents", "rebuild"],
    ] {
        let ran = home.run(arguments);
        assert!(
            ran.err.contains("what their changes make of them"),
            "{ran:?}"
        );
        assert_eq!(ran.good(), "");
        let json = home.run(&[arguments, &["--json"]].concat()).json();
        assert_eq!(
            (&json["documents"], &json["differences"]),
            (&json!(6), &json!([]))
        );
    }
}

#[test]
fn a_corrected_contract_is_found_by_a_check_and_applied_by_a_rebuild() {
    let home = Home::configured("contracts = \"contracts\"\n");
    let folder = home.path().join("contracts");
    std::fs::create_dir(&folder).unwrap();
    let server = with_documents(&home);
    assert_eq!(document(&server, INVOICE)["money"]["due"], "0.00");
    server.stop();
    let text = include_str!("../../contracts/enkash-vendor-payment.yaml");
    let corrected = text.replace("accepted: [ACCEPT]", "accepted: [TAKEN]");
    assert_ne!(corrected, text);
    std::fs::write(folder.join("enkash.yaml"), corrected).unwrap();
    let server = home.start();
    let check = home.run(&["documents", "rebuild", "--check"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert!(
        check.out.contains(&format!("{INVOICE}: state")),
        "{check:?}"
    );
    assert!(
        check.err.contains("`countersign documents rebuild` mends"),
        "{check:?}"
    );
    assert_eq!(
        document(&server, INVOICE)["money"]["due"],
        "0.00",
        "a check mends nothing"
    );
    let mended = home.run(&["documents", "rebuild"]);
    assert!(mended.err.contains("mended"), "{mended:?}");
    assert!(mended.good().contains(INVOICE));
    assert_eq!(document(&server, INVOICE)["money"]["due"], "2400.00");
    home.run(&["documents", "rebuild", "--check"]).good();
}
