//! The list of documents, and what is asked for wrongly.

use serde_json::{Value, json};

use super::{INVOICE, example, order_says, take};
use crate::support::{CONFIRM, Home, ORDER, PAY, bodies, until};

fn names(items: &[Value]) -> Vec<String> {
    let name = |it: &Value| {
        format!(
            "{}/{}",
            it["kind"].as_str().unwrap(),
            it["id"].as_str().unwrap()
        )
    };
    items.iter().map(name).collect()
}

#[test]
fn documents_are_listed_by_kind_status_party_and_number() {
    let home = Home::new();
    let server = home.start();
    take(&server, PAY, &example("payment.pay.response", "accepted"));
    take(
        &server,
        CONFIRM,
        &example("payment.confirm.request", "accepted"),
    );
    take(
        &server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    let all = server.documents("");
    assert_eq!(all.len(), 4, "{all:?}");
    let invoice = all
        .iter()
        .find(|it| names(&[(*it).clone()]) == [INVOICE])
        .unwrap();
    for member in ["created_at", "updated_at"] {
        assert!(invoice[member].is_string(), "{invoice}");
    }
    assert_eq!(
        (
            &invoice["version"],
            &invoice["status"],
            &invoice["namespace"]
        ),
        (&json!(1), &json!("PAID"), &json!("bharat-connect"))
    );
    assert_eq!(invoice["parties"]["supplier"], "kaveri.components@enk");
    for (query, count) in [
        ("&kind=invoice", 2),
        ("&kind=invoice&status=paid", 1),
        ("&status=partially_paid", 1),
        ("&kind=utility_bill", 0),
        ("&party=kaveri.components@enk", 4),
        ("&party=KAVERI.Components@enk&kind=payment", 1),
        ("&party=nobody@enk", 0),
        ("&number=KC/25-26/0093", 1),
        ("&number=kc/25-26/0093&kind=invoice", 1),
        ("&number=KC/25-26/0093&kind=purchase_order", 0),
        ("&number=MER/PO/2025-26/00417", 1),
    ] {
        let found = until("the index is merged", || {
            let found = server.documents(query);
            (found.len() == count).then_some(found)
        });
        assert_eq!(found.len(), count, "{query}");
    }
}

#[test]
fn a_list_of_documents_goes_on_where_its_page_ended() {
    let home = Home::new();
    let server = home.start();
    for number in 0..8 {
        server.post(PAY, bodies::payment(number));
    }
    let all = names(&server.documents(""));
    assert_eq!(all.len(), 16);
    for query in [
        "",
        "&kind=invoice",
        "&party=kaveri.components@enk",
        "&status=initiated",
    ] {
        let whole = names(&server.documents(query));
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.get(&format!("/api/v1/documents?limit=3{query}{cursor}"));
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 3);
            paged.extend(names(items));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, whole, "{query}");
    }
}

#[test]
fn what_is_asked_for_wrongly_is_a_problem_that_names_what_there_is() {
    let home = Home::new();
    let server = home.start();
    for (query, says) in [
        ("kind=invoyce", "`purchase_order`"),
        ("status=x&colour=red", "?colour"),
        ("q=x", "?q"),
        ("limit=0", "?limit"),
        ("kind=x&limit=0", "?kind"),
    ] {
        let answer = server.ask("GET", &format!("/api/v1/documents?{query}"), "");
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (400, &json!("invalid_query"))
        );
        assert!(answer.text().contains(says), "{query}: {}", answer.text());
    }
    for (path, says) in [
        ("invoyce/1", "`invoice`"),
        ("invoice/INV-1", "invoice/INV-1"),
        ("invoice/INV-1?namespace=bharat-connect", "invoice/INV-1"),
        ("invoice/INV-1?namespace=shipper", "shipper"),
    ] {
        let answer = server.ask("GET", &format!("/api/v1/documents/{path}"), "");
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (404, &json!("not_found")),
            "{path}"
        );
        assert!(answer.text().contains(says), "{path}: {}", answer.text());
    }
    for path in ["invoice/INV-1?colour=red", "invoice/INV-1?namespace=x"] {
        let answer = server.ask("GET", &format!("/api/v1/documents/{path}"), "");
        assert_eq!(answer.status, 400, "{path}");
    }
}

#[test]
fn a_rebuild_tells_slice_by_slice_that_all_is_as_it_was() {
    let home = Home::new();
    let server = home.start();
    for number in 0..6 {
        server.post(PAY, bodies::payment(number));
        server.post(CONFIRM, bodies::confirmation(number));
    }
    let before = server.documents("");
    for check in [true, false] {
        let wish = json!({"check": check, "after": null}).to_string();
        let answer = server.ask("POST", "/api/v1/documents/rebuild", &wish);
        let expected =
            json!({"documents": 12, "changes": 24, "mended": 0, "differences": [], "next": null});
        assert_eq!((answer.status, answer.json()), (200, expected));
    }
    assert_eq!(server.documents(""), before);
    for wish in ["{\"after\": \"x\"}", "{\"colour\": 1}", "[]", "{"] {
        let answer = server.ask("POST", "/api/v1/documents/rebuild", wish);
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (400, &json!("invalid_body")),
            "{wish}"
        );
    }
}
