//! What a message says about where a document stands, who is party to it, and what failed.

use serde_json::{Value as Json, json};

use super::{contract, judge, patched};
use crate::{
    document::Change,
    receipt::{FindingCode, Verdict},
};

const CONFIRM_ORDER: &str = "purchase_order.confirm.response";

fn order() -> Json {
    json!({
        "resp": {"reqMsgId": "r1", "result": "SUCCESS"},
        "b2bIds": {"buyerB2BId": "buyer@enk", "supplierB2BId": "supplier@enk"},
        "poConfirmation": {
            "objectId": "PUO1", "buyerPONumber": "7", "supplierResponse": "ACCEPT",
            "objectVersion": {"currentVersion": 1, "newVersion": 1},
            "poStatusTransition": {"currentStatus": "CREATED", "newStatus": "ACCEPTED"},
        },
    })
}

/// The change of an order in which some members were replaced.
fn changed(members: &[(&str, Json)]) -> Change {
    let mut body = order();
    for (pointer, value) in members {
        *body.pointer_mut(pointer).expect("the member is there") = value.clone();
    }
    let mut judged = judge(&contract(0), CONFIRM_ORDER, &body);
    assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.violations);
    judged.changes.pop().expect("there is a change")
}

const ACTION: &str = "/poConfirmation/supplierResponse";
const REACHED: &str = "/poConfirmation/poStatusTransition/newStatus";
const LEFT: &str = "/poConfirmation/poStatusTransition/currentStatus";
const VERSION: &str = "/poConfirmation/objectVersion";

#[test]
fn the_action_is_compared_with_the_status_that_is_reached() {
    let rejected = "the action REJECT leads to REJECTED, and ACCEPTED is reached";
    for (action, reached, expected) in [
        (json!("ACCEPT"), json!("ACCEPTED"), Some(None)),
        (json!(" accept"), json!("accepted"), Some(None)),
        (json!("REJECT"), json!("ACCEPTED"), Some(Some(rejected))),
        (json!("HOLD"), json!("ACCEPTED"), None),
        (json!(""), json!("ACCEPTED"), None),
        (Json::Null, json!("ACCEPTED"), None),
        (json!("ACCEPT"), Json::Null, None),
    ] {
        let case = format!("{action} {reached}");
        let change = changed(&[(ACTION, action), (REACHED, reached)]);
        let checks = change.checks.iter();
        let told: Vec<_> = checks
            .map(|it| (it.code, it.about.as_str(), it.broken.as_deref()))
            .collect();
        let code = FindingCode::ActionContradictsStatus;
        let expected: Vec<_> = expected.into_iter().map(|it| (code, "", it)).collect();
        assert_eq!(told, expected, "{case}");
    }
}

#[test]
fn a_step_needs_both_ends_and_both_versions_to_be_readable() {
    for (member, value) in [
        (REACHED, Json::Null),
        (LEFT, Json::Null),
        (LEFT, json!("")),
        (VERSION, Json::Null),
        (VERSION, json!({"currentVersion": 1})),
        (VERSION, json!({"currentVersion": 1, "newVersion": "one"})),
        (VERSION, json!({"currentVersion": 1.5, "newVersion": 2})),
    ] {
        let change = changed(&[(member, value.clone())]);
        let case = format!("{member} {value}");
        assert!(change.unreadable, "{case}");
        assert_eq!((change.from, change.to), (None, None), "{case}");
        assert_eq!(change.version.is_some(), member != VERSION, "{case}");
    }
    let change = changed(&[]);
    assert!(!change.unreadable && change.from.is_some() && change.to.is_some());
}

#[test]
fn a_document_that_begins_needs_only_the_end_that_it_reaches() {
    let creates = (
        "        - document: purchase_order\n",
        "        - document: purchase_order\n          creates: true\n",
    );
    let contract = patched(0, &[creates]).expect("the contract loads");
    let mut body = order();
    body["poConfirmation"]["poStatusTransition"] = json!({"newStatus": "CREATED"});
    body["poConfirmation"]["objectVersion"] = json!({"newVersion": 1});
    let judged = judge(&contract, CONFIRM_ORDER, &body);
    let change = &judged.changes[0];
    let to = change.to.as_ref().expect("the end that it reaches is told");
    assert_eq!((to.version, to.status.as_str()), (1, "CREATED"));
    assert!(change.from.is_none() && !change.unreadable);
    assert_eq!(change.version, Some(1));
    body["poConfirmation"]["poStatusTransition"] = json!({"currentStatus": "CREATED"});
    assert!(judge(&contract, CONFIRM_ORDER, &body).changes[0].unreadable);
}

fn parties(change: &Change) -> Vec<(&str, &str)> {
    let parties = change.parties.iter();
    parties.map(|(role, it)| (&**role, it.as_str())).collect()
}

#[test]
fn every_change_of_a_message_tells_its_parties() {
    let body = json!({
        "b2bIds": {"buyerB2BId": "buyer@enk", "supplierB2BId": "supplier@enk"},
        "paymentConfirmation": {
            "objectId": "PMT0123456789abcdef0123456789abcdef", "type": "ONPLATFORM",
            "supplierResponse": "ACCEPT", "invoiceInfos": [{"objectId": "INV1"}, {"objectId": "INV2"}],
        },
    });
    let judged = judge(&contract(0), "payment.confirm.request", &body);
    assert_eq!(judged.changes.len(), 3);
    for change in &judged.changes {
        let both = [("buyer", "buyer@enk"), ("supplier", "supplier@enk")];
        assert_eq!(parties(change), both, "{}", change.id);
    }
}

#[test]
fn a_party_that_is_missing_or_empty_is_left_out() {
    for none in [Json::Null, json!("")] {
        let change = changed(&[("/b2bIds/buyerB2BId", none)]);
        assert_eq!(parties(&change), [("supplier", "supplier@enk")]);
    }
    assert_eq!(parties(&changed(&[("/b2bIds", Json::Null)])), []);
}

#[test]
fn a_party_may_be_told_by_every_part() {
    let patch = (
        "      parts:\n        each: /items",
        "      parties:\n        client: /client_id\n        supplier: ./payload/supplier_id\n      parts:\n        each: /items",
    );
    let contract = patched(2, &[patch]).expect("the contract loads");
    let item = |id: &str, supplier: &str| {
        let payload = json!({"doc_no": id, "supplier_id": supplier});
        json!({"payload": payload.to_string(), "error": ""})
    };
    let body =
        json!({"client_id": 1, "group_key": "g", "items": [item("D1", "A"), item("D2", "")]});
    let judged = judge(&contract, "inbound.confirm.notification", &body);
    assert_eq!(
        parties(&judged.changes[0]),
        [("client", "1"), ("supplier", "A")]
    );
    assert_eq!(parties(&judged.changes[1]), [("client", "1")]);
}

#[test]
fn a_failed_request_names_its_document_and_changes_nothing() {
    let subject = |body: &Json| {
        let judged = judge(&contract(0), CONFIRM_ORDER, body);
        assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.violations);
        assert!(judged.changes.is_empty());
        let subject = judged.failed_subject;
        subject.map(|(kind, id)| (kind.to_string(), id))
    };
    let mut body = order();
    body["resp"]["result"] = json!("FAILURE");
    let named = ("purchase_order".to_owned(), "PUO1".to_owned());
    assert_eq!(subject(&body), Some(named));
    for none in [Json::Null, json!(""), json!({})] {
        body["poConfirmation"]["objectId"] = none;
        assert_eq!(subject(&body), None);
    }
    body["poConfirmation"] = Json::Null;
    assert_eq!(subject(&body), None);
}

#[test]
fn a_request_that_did_not_fail_has_no_failed_document() {
    let mut body = order();
    for result in ["SUCCESS", "DEEMED"] {
        body["resp"]["result"] = json!(result);
        assert_eq!(
            judge(&contract(0), CONFIRM_ORDER, &body).failed_subject,
            None,
            "{result}"
        );
    }
}
