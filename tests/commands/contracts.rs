//! `contracts`, `explain` and `completions`: commands that need no server.

use std::fs;

use super::{fails, shown};
use crate::support::{Home, examples};

const OPERATIONS: [&str; 5] = [
    "purchase_order.confirm.response",
    "payment.confirm.request",
    "payment.pay.response",
    "inbound.confirm.notification",
    "utility_bill.update.notification",
];

#[test]
fn contracts_are_listed_and_shown_with_their_paths() {
    let home = Home::new();
    let table = home.run(&["contracts", "list"]).good();
    let list = home.run(&["contracts", "list", "--json"]).json();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    for operation in OPERATIONS {
        assert!(table.contains(operation), "{table}");
        let shown = home.run(&["contracts", "show", operation, "--json"]).json();
        assert_eq!(shown["operation"], operation);
        assert_eq!(shown["provenance"], "confirmed");
        let path = shown["path"].as_str().unwrap();
        assert!(
            home.run(&["contracts", "show", operation])
                .good()
                .contains(path)
        );
    }
    let unknown = home.run(&["contracts", "show", "payment.pay.respons"]);
    fails(
        &unknown,
        2,
        &["payment.pay.respons", "payment.pay.response"],
    );
}

#[test]
fn an_example_is_printed_to_the_byte() {
    let home = Home::new();
    for operation in OPERATIONS {
        let printed = home.run(&["contracts", "example", operation]).good();
        let accepted = examples::read(operation, "accepted").body;
        assert_eq!(
            printed.trim_end_matches('\n').as_bytes(),
            accepted,
            "{operation}"
        );
        let printed = home
            .run(&["contracts", "example", operation, "page-example"])
            .good();
        let page = examples::page(operation).body;
        assert_eq!(
            printed.trim_end_matches('\n').as_bytes(),
            page,
            "{operation}"
        );
    }
    let unknown = home.run(&["contracts", "example", OPERATIONS[0], "none"]);
    fails(&unknown, 2, &["page-example"]);
}

#[test]
fn a_contract_file_is_checked_and_each_mistake_has_its_line() {
    let home = Home::new();
    let source = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../contracts/shipper-fulfilment.yaml"
    );
    let good = fs::read_to_string(source).unwrap();
    let file = home.path().join("mine.yaml");
    fs::write(&file, &good).unwrap();
    home.run(&["contracts", "check", "mine.yaml"]).good();

    let bad = good
        .replacen("zone: \"+07:00\"", "zone: \"seven\"", 1)
        .replacen(
            "identity: [/client_id, /group_key]",
            "identity: [client_id]",
            1,
        );
    assert_ne!(good, bad);
    fs::write(&file, &bad).unwrap();
    let line = |needle: &str| bad.lines().position(|it| it.contains(needle)).unwrap() + 1;
    let ran = home.run(&["contracts", "check", "mine.yaml"]);
    assert_eq!(ran.code, Some(1));
    for line in [line("\"seven\""), line("[client_id]")] {
        assert!(
            ran.out.contains(&format!("mine.yaml:{line}: ")),
            "{line}: {ran:?}"
        );
    }
    let told = home.run(&["contracts", "check", "mine.yaml", "--json"]);
    assert_eq!(told.code, Some(1));
    let mistakes = shown(&told);
    assert_eq!(
        mistakes["mistakes"].as_array().unwrap().len(),
        2,
        "{mistakes}"
    );

    fs::write(&file, "webhooks: [\n").unwrap();
    assert_eq!(home.run(&["contracts", "check", "mine.yaml"]).code, Some(1));
    fails(
        &home.run(&["contracts", "check", "none.yaml"]),
        1,
        &["none.yaml"],
    );
}

#[test]
fn every_code_is_explained_and_an_unknown_one_gets_the_nearest() {
    let home = Home::new();
    for code in ["pattern", "content_changed", "not_releasable", "our_fault"] {
        let text = home.run(&["explain", code]).good();
        assert!(
            text.contains("meaning") && text.contains("what to do"),
            "{text}"
        );
        let json = home.run(&["explain", code, "--json"]).json();
        assert_eq!(json["code"], code);
    }
    fails(&home.run(&["explain", "patern"]), 2, &["`pattern`"]);
}

#[test]
fn completions_are_scripts() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = home.run(&["completions", shell]).good();
        assert!(
            script.contains("check-config") && script.contains("countersign"),
            "{shell}"
        );
    }
    assert_eq!(home.run(&["completions", "abacus"]).code, Some(2));
}

#[test]
fn wrong_arguments_are_usage_and_help_is_data() {
    let home = Home::new();
    for arguments in [
        &["receive"][..],
        &["receipts"],
        &["receipts", "show", "rcp_1"],
        &["receipts", "list", "--verdict", "fine"],
        &["receipts", "list", "--limit", "201"],
        &["send"],
        &["send", "payment.pay.response", "--count", "0"],
        &["serve", "--colour"],
        &[],
    ] {
        let ran = home.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert_eq!(ran.out, "", "{arguments:?}");
        assert_ne!(ran.err, "", "{arguments:?}");
    }
    assert!(home.run(&["--help"]).good().contains("serve"));
    assert!(home.run(&["--version"]).good().starts_with("countersign "));
}
