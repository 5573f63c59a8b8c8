//! A contract file with mistakes: each is named with its line, all of them at once.

use crate::contract::{Contract, embedded};

/// The vendor-payment contract with one text replaced, and the line of the replacement.
fn planted(from: &str, to: &str) -> (String, u32) {
    let text = embedded()[0].1;
    let at = text
        .find(from)
        .unwrap_or_else(|| panic!("`{from}` is in the contract"));
    let line = text[..at].matches('\n').count() + 1;
    (
        text.replacen(from, to, 1),
        u32::try_from(line).expect("a file has few lines"),
    )
}

#[test]
fn each_planted_mistake_is_named_with_its_line() {
    for (from, to, said) in [
        ("openapi: 3.1.0", "openapi: 3.0.3", "3.1"),
        ("zone: \"+05:30\"", "zone: IST", "offset"),
        (
            "  namespace: bharat-connect",
            "  namespaze: bharat-connect",
            "did you mean `namespace`",
        ),
        (
            "refuse: [id, match, pattern",
            "refuse: [id, match, patern",
            "patern",
        ),
        (
            "answer: simple",
            "answer: simpel",
            "there is no answer `simpel`",
        ),
        (
            "provenance: confirmed",
            "provenance: certain",
            "not a provenance",
        ),
        (
            "identity: [/resp/reqMsgId]",
            "identity: [/resp/reqMsgID]",
            "anything at this pointer",
        ),
        (
            "path: /api/v0/purchase-order/resp-confirm",
            "path: api/v0/x/",
            "begins with `/`",
        ),
        ("main: true", "main: yes", "true or false"),
        (
            "document: purchase_order",
            "document: purchase_ordr",
            "no lifecycle",
        ),
        ("volatile: [/device]", "volatile: [/*]", "reads many values"),
        ("\"${receipt}\"", "\"${receit}\"", "no placeholder"),
        (
            "  purchase_order.confirm.response:",
            "  purchase_order.confirm:",
            "is named",
        ),
        (
            "    purchase_order:\n      assumed: true",
            "    purchase_order:\n      asumed: true",
            "asumed",
        ),
    ] {
        let (text, line) = planted(from, to);
        let mistakes = Contract::load(&text).expect_err(from);
        let hit = mistakes.iter().find(|it| it.message.contains(said));
        let hit = hit.unwrap_or_else(|| panic!("{to}: {mistakes:?}"));
        // A mistake inside a block is named at its own line, at most a few below the replacement.
        assert!(
            hit.line >= line && hit.line <= line + 2,
            "{to}: line {line}, got {hit}"
        );
    }
}

#[test]
fn two_mistakes_are_both_told() {
    let (text, _) = planted("zone: \"+05:30\"", "zone: IST");
    let text = text.replacen("answer: simple", "answer: simpel", 1);
    let mistakes = Contract::load(&text).expect_err("two mistakes");
    assert!(mistakes.len() >= 2, "{mistakes:?}");
    assert!(
        mistakes.windows(2).all(|it| it[0].line <= it[1].line),
        "in the order of the file"
    );
}

#[test]
fn what_is_not_a_contract_is_told_where() {
    for (text, line, said) in [
        ("", 1, "empty"),
        ("a: [1,\n", 2, "not YAML"),
        ("openapi: 3.1.0\nopenapi: 3.1.0\n", 2, "twice"),
        ("- a\n", 1, "mapping"),
        ("a: &x 1\nb: *x\n", 2, "aliases"),
    ] {
        let mistakes = Contract::load(text).expect_err(text);
        assert!(
            mistakes
                .iter()
                .any(|it| it.line == line && it.message.contains(said)),
            "{text:?}: {mistakes:?}"
        );
    }
}

#[test]
fn an_invalid_schema_is_named_with_its_line() {
    let (text, _) = planted("pattern: ", "pattern: '(' #");
    let mistakes = Contract::load(&text).expect_err("a pattern that is no regular expression");
    assert!(
        mistakes
            .iter()
            .any(|it| it.message.contains("not a JSON Schema")),
        "{mistakes:?}"
    );
}
