//! Every example file is a test: the verdict, the violations, the changes and the answer that it
//! expects are what the check gives, and every operation has the page's own example.

use serde_json::{Value as Json, json};

use crate::{
    contract::{
        Contract, Judgement, Policy, Received,
        embedded::{self, embedded, examples},
        parse_zone,
    },
    document::Change,
    ids::ReceiptId,
    reader,
    receipt::Violation,
};

fn contracts() -> Vec<Contract> {
    embedded()
        .into_iter()
        .map(|(name, text)| match Contract::load(text) {
            Ok(contract) => contract,
            Err(mistakes) => {
                let lines: Vec<_> = mistakes.iter().map(|it| format!("{name}:{it}")).collect();
                panic!("{}", lines.join("\n"));
            }
        })
        .collect()
}

#[test]
fn every_example_gets_what_it_expects() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for contract in contracts() {
        for operation in &contract.operations {
            for example in examples(&operation.name) {
                count += 1;
                let place = format!("{}/{}", example.operation, example.name);
                let file = reader::read(example.text.as_bytes()).expect("an example is JSON");
                let judgement = judge(&contract, &operation.name, &file.root().to_json(), &file);
                let expected = &file.root().to_json()["expect"];
                for difference in differences(expected, &judgement) {
                    wrong.push(format!("{place}: {difference}"));
                }
            }
        }
    }
    assert!(count > 50, "only {count} examples were found");
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_operation_has_the_example_of_its_page() {
    for contract in contracts() {
        for operation in &contract.operations {
            let examples = examples(&operation.name);
            assert!(
                examples.iter().any(|it| it.name == "page-example"),
                "{} has no page-example",
                operation.name
            );
            assert!(examples.len() >= 5, "{} has few examples", operation.name);
        }
    }
}

#[test]
fn every_example_belongs_to_an_operation() {
    let contracts = contracts();
    for example in embedded::EXAMPLES {
        assert!(
            contracts
                .iter()
                .any(|it| it.operation(example.operation).is_some()),
            "{} is no operation",
            example.operation
        );
    }
}

/// Checks the body of an example: its literal source, or its `text`.
fn judge(
    contract: &Contract,
    operation: &str,
    file: &Json,
    source: &reader::Document<'_>,
) -> Judgement {
    let body = match source.root().get("body") {
        Some(value) => value.literal().to_owned(),
        None => file["text"]
            .as_str()
            .expect("an example has `body` or `text`")
            .to_owned(),
    };
    let policy = Policy {
        strict: file["policy"]["strict"].as_bool().unwrap_or(false),
        never_refuse: file["policy"]["refuse"] == "never"
            || file["policy"]["never_refuse"].as_bool().unwrap_or(false),
        zone: file["policy"]["zone"].as_str().and_then(parse_zone),
    };
    let received = Received {
        receipt: ReceiptId::from_rowid(1),
        received_at: "2021-03-17T08:26:49Z".parse().expect("a time"),
        request_id: "req-1",
        source: "test",
        content_type: match &file["content_type"] {
            Json::Null => Some("application/json"),
            given => given.as_str(),
        },
        body: body.as_bytes(),
    };
    let operation = contract
        .operation(operation)
        .expect("the operation is there");
    contract.check(operation, &policy, &received)
}

fn differences(expected: &Json, judgement: &Judgement) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, given: Json| {
        let Some(expected) = expected.get(what) else {
            return;
        };
        if *expected != given {
            found.push(format!("{what}: expected {expected}, got {given}"));
        }
    };
    compare("status", json!(judgement.answer.status));
    compare("verdict", json!(judgement.verdict));
    compare("edition", json!(judgement.edition));
    let findings = judgement.findings.iter().map(|it| json!({"code": it.code}));
    compare("findings", findings.collect());
    compare(
        "parts",
        codes(judgement.parts.iter().map(|it| it.verdict.as_str())),
    );
    let answer = serde_json::from_slice(&judgement.answer.body).expect("an answer is JSON");
    compare("answer", answer);
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    let told = sorted(judgement.violations.iter().map(told).collect());
    let wanted = expected["violations"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let wanted = sorted(
        wanted
            .iter()
            .map(|it| format!("{} {}", text(&it["code"]), text(&it["pointer"])))
            .collect(),
    );
    if let Some(changes) = expected.get("changes") {
        found.extend(changed(changes, &judgement.changes));
    }
    if told != wanted {
        found.push(format!("violations: expected {wanted:?}, got {told:?}"));
    }
    found
}

/// The differences between the changes that an example expects and those that were read. They are
/// compared as changes, so a file may write `null` and `{}` or leave out what is empty.
fn changed(expected: &Json, given: &[Change]) -> Vec<String> {
    let expected: Vec<Change> = match serde_json::from_value(expected.clone()) {
        Ok(expected) => expected,
        Err(error) => return vec![format!("changes: they cannot be read: {error}")],
    };
    if expected.len() != given.len() {
        let (expected, given) = (expected.len(), given.len());
        return vec![format!("changes: expected {expected}, got {given}")];
    }
    let pairs = expected.iter().zip(given);
    pairs
        .enumerate()
        .filter(|(_, (expected, given))| expected != given)
        .map(|(at, (expected, given))| {
            let (expected, given) = (json!(expected), json!(given));
            format!("changes/{at}: expected {expected}, got {given}")
        })
        .collect()
}

fn told(violation: &Violation) -> String {
    format!("{} {}", violation.code, violation.pointer)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

fn codes<'c>(codes: impl Iterator<Item = &'c str>) -> Json {
    json!(codes.collect::<Vec<_>>())
}
