//! The rules of checking that no single example shows: identity, content, masks, faults.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use crate::{
    contract::{
        Contract, Judgement, Policy, Received,
        embedded::{EXAMPLES, embedded},
    },
    ids::ReceiptId,
    receipt::{Verdict, ViolationCode},
};

fn contract(index: usize) -> Contract {
    Contract::load(embedded()[index].1).expect("an embedded contract loads")
}

fn received(body: &[u8]) -> Received<'_> {
    Received {
        receipt: ReceiptId::from_rowid(1),
        received_at: "2021-03-17T08:26:49Z".parse().expect("a time"),
        request_id: "req-1",
        source: "test",
        content_type: Some("application/json"),
        body,
    }
}

fn check(contract: &Contract, operation: &str, body: &[u8]) -> Judgement {
    let operation = contract
        .operation(operation)
        .expect("the operation is there");
    contract.check(operation, &Policy::default(), &received(body))
}

fn confirmation() -> Json {
    json!({
        "device": {"tag": {"name": "GEOCODE", "value": "19.0760,72.8777"}},
        "b2bIds": {"buyerB2BId": "buyer", "supplierB2BId": "supplier"},
        "paymentConfirmation": {
            "objectId": "PMT0123456789abcdef0123456789abcdef", "ts": "2025-07-06T10:00:00+05:30",
            "type": "ONPLATFORM", "supplierResponse": "ACCEPT", "supplierRemarks": "received",
            "invoiceInfos": [{"objectId": "INV0123456789abcdef0123456789abcdef",
                "supplierInvoiceNumber": "A-1",
                "objectVersion": {"currentVersion": 1, "newVersion": 1},
                "statusTransition": {"currentStatus": "PAYMENT INITIATED", "newStatus": "PAID"}}],
        },
    })
}

const CONFIRM: &str = "payment.confirm.request";

#[test]
fn a_volatile_member_changes_neither_identity_nor_content() {
    let contract = contract(0);
    let mut body = confirmation();
    let first = check(&contract, CONFIRM, body.to_string().as_bytes());
    body["device"]["tag"]["value"] = json!("28.6139,77.2090");
    let second = check(&contract, CONFIRM, body.to_string().as_bytes());
    assert_eq!(first.verdict, Verdict::Accepted);
    assert_eq!(first.identity, second.identity);
    assert_eq!(first.content, second.content);
}

#[test]
fn another_remark_is_the_same_message_with_other_content() {
    let contract = contract(0);
    let mut body = confirmation();
    let first = check(&contract, CONFIRM, body.to_string().as_bytes());
    body["paymentConfirmation"]["supplierRemarks"] = json!("received in full");
    let second = check(&contract, CONFIRM, body.to_string().as_bytes());
    assert_eq!(first.identity, second.identity);
    assert_ne!(first.content, second.content);
}

#[test]
fn what_moves_a_document_is_part_of_the_identity() {
    let contract = contract(0);
    let first = check(&contract, CONFIRM, confirmation().to_string().as_bytes());
    for (pointer, value) in [
        (
            "/paymentConfirmation/objectId",
            json!("PMT0123456789abcdef0123456789abcdeX"),
        ),
        (
            "/paymentConfirmation/invoiceInfos/0/objectVersion/newVersion",
            json!(2),
        ),
        (
            "/paymentConfirmation/invoiceInfos/0/statusTransition/newStatus",
            json!("PARTIALLY PAID"),
        ),
        (
            "/paymentConfirmation/invoiceInfos/0/objectId",
            json!("INV-other"),
        ),
    ] {
        let mut body = confirmation();
        *body.pointer_mut(pointer).expect("the member is there") = value;
        let other = check(&contract, CONFIRM, body.to_string().as_bytes());
        assert_ne!(first.identity, other.identity, "{pointer}");
    }
}

#[test]
fn a_source_is_part_of_the_identity() {
    let contract = contract(0);
    let operation = contract.operation(CONFIRM).expect("the operation is there");
    let body = confirmation().to_string();
    let here = received(body.as_bytes());
    let there = Received {
        source: "other",
        ..here
    };
    let judge = |it| contract.check(operation, &Policy::default(), it).identity;
    assert_ne!(judge(&here), judge(&there));
}

#[test]
fn a_spelling_of_a_number_is_content() {
    let contract = contract(1);
    let bill = |amount: &str| {
        let body = format!(r#"{{"utilityEnkashId": "UTIL-1", "amount": {amount}}}"#);
        check(
            &contract,
            "utility_bill.update.notification",
            body.as_bytes(),
        )
        .content
    };
    assert_eq!(bill("2400.00"), bill("2400.00"));
    assert_ne!(bill("2400.00"), bill("2400.0"));
}

#[test]
fn a_fault_of_ours_is_kept_and_answered_as_documented() {
    let contract = contract(0);
    let operation = contract
        .operation("payment.pay.response")
        .expect("the operation is there");
    let judgement = contract.fault(operation, &received(b"{}"));
    assert_eq!(judgement.verdict, Verdict::Quarantined);
    assert_eq!(judgement.violations[0].code, ViolationCode::OurFault);
    assert_eq!(judgement.answer.status, 200);
    let answer = json!({"payload": "SUCCESS", "response_code": 0, "response_message": "SUCCESS"});
    assert_eq!(
        serde_json::from_slice::<Json>(&judgement.answer.body).expect("JSON"),
        answer
    );
}

#[test]
fn no_message_holds_a_value_of_the_body() {
    let contract = contract(0);
    let mut body = confirmation();
    for pointer in ["objectId", "type", "supplierResponse", "supplierRemarks"] {
        body["paymentConfirmation"][pointer] = json!("secret\"\\9876543210");
    }
    let judgement = check(&contract, CONFIRM, body.to_string().as_bytes());
    assert_eq!(judgement.answer.status, 422);
    assert!(judgement.violations.len() >= 4);
    let answer = String::from_utf8_lossy(&judgement.answer.body);
    assert!(!answer.contains("9876543210"), "{answer}");
}

#[test]
fn a_masked_value_shows_its_last_four_characters_at_most() {
    let contract = contract(1);
    let operation = contract
        .operation("utility_bill.update.notification")
        .expect("it is there");
    let body = br#"{"consumerNumber": "CN123456789", "amount": 2400.00,
        "companyBiller": {"consumerNumber": "12", "billerParams": [{"value": "a\u0041bcdef"}]}}"#;
    let masked = operation.masked(body).expect("the body is JSON");
    assert!(
        masked.contains(r#""consumerNumber": "****6789""#),
        "{masked}"
    );
    assert!(masked.contains(r#""consumerNumber": "****""#), "{masked}");
    assert!(masked.contains("2400.00"), "{masked}");
    assert!(
        !masked.contains("bcdef") && !masked.contains("CN12345"),
        "{masked}"
    );
}

#[test]
fn an_id_of_another_type_than_the_page_says_is_a_missing_id() {
    let contract = contract(0);
    let mut body = confirmation();
    body["paymentConfirmation"]["invoiceInfos"][0]["objectId"] = json!(42);
    let judgement = check(&contract, CONFIRM, body.to_string().as_bytes());
    assert_eq!(judgement.answer.status, 422);
    let ids = judgement
        .violations
        .iter()
        .filter(|it| it.code == ViolationCode::Id);
    let ids: Vec<_> = ids.map(|it| it.pointer.as_str()).collect();
    assert_eq!(ids, ["/paymentConfirmation/invoiceInfos/0/objectId"]);
}

/// A body of many small elements, each of which breaks a rule.
fn many(count: usize) -> String {
    let elements = vec!["0"; count].join(",");
    format!(
        r#"{{"resp": {{"reqMsgId": "r", "result": "SUCCESS"}},
            "payment": {{"objectId": "p", "invoicesPayInfos": [{elements}]}}}}"#
    )
}

#[test]
fn a_body_that_breaks_countless_rules_is_refused_with_a_bounded_list() {
    let contract = contract(0);
    for count in [1_001, 10_000, 10_001, 500_000] {
        let judged = check(&contract, "payment.pay.response", many(count).as_bytes());
        assert_eq!(judged.verdict, Verdict::Quarantined, "{count}");
        assert_eq!(judged.answer.status, 422, "{count}");
        assert!(
            judged.violations.len() <= 1_002,
            "{count}: {}",
            judged.violations.len()
        );
        let told = judged
            .violations
            .iter()
            .any(|it| it.code == ViolationCode::TooMany);
        assert!(told, "{count}");
    }
}

#[test]
fn countless_parts_are_not_read() {
    let contract = contract(2);
    let items = vec!["0"; 400_000].join(",");
    let body = format!(r#"{{"client_id": 1, "group_key": "g", "items": [{items}]}}"#);
    let judged = check(&contract, "inbound.confirm.notification", body.as_bytes());
    assert_eq!(judged.answer.status, 422);
    assert!(judged.parts.len() <= 1 && judged.violations.len() <= 1_002);
}

#[test]
fn an_error_that_is_no_text_is_still_an_error() {
    let contract = contract(2);
    let legs = |error: &str| {
        let item = format!(r#"{{"payload": "{{\"doc_no\": \"D1\"}}", "error": {error}}}"#);
        let body = format!(r#"{{"client_id": 1, "group_key": "g", "items": [{item}]}}"#);
        let judged = check(&contract, "inbound.confirm.notification", body.as_bytes());
        assert_eq!(
            judged.verdict,
            Verdict::Accepted,
            "{error}: {:?}",
            judged.violations
        );
        judged.changes[0].legs["status"].clone()
    };
    for none in ["\"\"", "\" \"", "null"] {
        assert_eq!(legs(none), "ACCEPTED", "{none}");
    }
    for some in ["\"no such SKU\"", r#"{"code": 7}"#, "[1]", "false", "0"] {
        assert_eq!(legs(some), "REJECTED", "{some}");
    }
}

#[test]
fn a_release_claims_what_an_accepted_message_claims() {
    let contract = contract(0);
    let operation = contract.operation(CONFIRM).expect("the operation is there");
    let body = confirmation().to_string();
    let accepted = check(&contract, CONFIRM, body.as_bytes());
    let here = received(body.as_bytes());
    for part in [None, Some(0)] {
        let claim = contract.release_of(operation, &Policy::default(), &here, part);
        let claim = claim.expect("it can be released");
        assert_eq!(Some(claim.identity), accepted.identity);
        assert_eq!(claim.content, accepted.content);
    }
    let broken = received(b"{");
    assert!(
        contract
            .release_of(operation, &Policy::default(), &broken, None)
            .is_err()
    );
}

/// The same JSON with its members in another order.
fn reordered(json: &Json, seed: u64) -> Json {
    match json {
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            let turn = usize::try_from(seed).unwrap_or(0) % members.len().max(1);
            members.rotate_left(turn);
            let next = seed.rotate_right(7) ^ 0x9e37;
            let members = members
                .into_iter()
                .map(|(key, it)| (key.clone(), reordered(it, next)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        Json::Array(items) => items.iter().map(|it| reordered(it, seed)).collect(),
        other => other.clone(),
    }
}

/// The way to every value of a tree.
fn ways(json: &Json) -> Vec<String> {
    let mut ways = vec![String::new()];
    let below = |key: &str, value: &Json| {
        let key = key.replace('~', "~0").replace('/', "~1");
        self::ways(value)
            .into_iter()
            .map(|way| format!("/{key}{way}"))
            .collect::<Vec<_>>()
    };
    match json {
        Json::Object(members) => ways.extend(members.iter().flat_map(|(key, it)| below(key, it))),
        Json::Array(items) => {
            ways.extend(
                items
                    .iter()
                    .enumerate()
                    .flat_map(|(at, it)| below(&at.to_string(), it)),
            );
        }
        _ => {}
    }
    ways
}

/// Values that stand nowhere in a contract.
fn odd_value() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
        Just(json!("{\"doc_no\": [1")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[[{"a": [null, {}]}]]])),
        (0..40usize).prop_map(|count| json!(vec![json!({"objectId": "", "payload": "[]"}); count])),
    ]
}

proptest! {
    #[test]
    fn a_message_sent_again_in_another_order_is_the_same(seed: u64, pretty: bool) {
        let contract = contract(0);
        let first = check(&contract, CONFIRM, confirmation().to_string().as_bytes());
        let again = reordered(&confirmation(), seed);
        let text = if pretty { format!("{again:#}") } else { again.to_string() };
        let second = check(&contract, CONFIRM, text.as_bytes());
        prop_assert_eq!(first.identity, second.identity);
        prop_assert_eq!(first.content, second.content);
    }

    #[test]
    fn no_change_of_an_example_makes_the_check_fail(
        which: prop::sample::Index,
        places in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        values in prop::collection::vec(odd_value(), 4),
    ) {
        let example = which.get(EXAMPLES);
        let file: Json = serde_json::from_str(example.text).expect("an example is JSON");
        let mut body = file["body"].clone();
        for (place, value) in places.iter().zip(values) {
            let ways = ways(&body);
            let way = place.get(&ways);
            *body.pointer_mut(way).expect("the way leads somewhere") = value;
        }
        let contract = (0..3).map(contract).find(|it| it.operation(example.operation).is_some());
        let contract = contract.expect("an example belongs to an operation");
        let judgement = check(&contract, example.operation, body.to_string().as_bytes());
        prop_assert!(matches!(judgement.answer.status, 200 | 422));
        let refused = judgement.answer.status == 422;
        prop_assert!(!refused || judgement.verdict == Verdict::Quarantined);
        prop_assert!(judgement.verdict == Verdict::Quarantined || judgement.identity.is_some());
    }
}
