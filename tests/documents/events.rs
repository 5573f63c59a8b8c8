//! Events: CloudEvents of what accepted parts say, with the provider's own bytes.

use serde_json::{Value, json};

use super::{INVOICE, PAYMENT, PURCHASE, order_says, take, take_bytes};
use crate::support::{CONFIRM, Home, INBOUND, ORDER, PAY, Server, examples};

/// A payment, its confirmation, an order and two inbounds.
fn happened(server: &Server) {
    take_bytes(
        server,
        PAY,
        examples::read("payment.pay.response", "accepted").body,
    );
    take_bytes(
        server,
        CONFIRM,
        examples::read("payment.confirm.request", "accepted").body,
    );
    take(
        server,
        ORDER,
        &order_says("M1", (1, 1), "CREATED", "ACCEPTED", "ACCEPT"),
    );
    take_bytes(
        server,
        INBOUND,
        examples::read("inbound.confirm.notification", "accepted").body,
    );
}

fn types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|it| it["type"].as_str().unwrap())
        .collect()
}

#[test]
fn events_are_cloud_events_newest_first_and_filtered() {
    let home = Home::new();
    let server = home.start();
    happened(&server);
    let all = server.events("");
    assert_eq!(
        types(&all),
        [
            "inbound.confirm.notification",
            "inbound.confirm.notification",
            "purchase_order.confirm.response",
            "payment.confirm.request",
            "payment.pay.response",
        ]
    );
    let payment = &all[4];
    let receipt = server.receipts("").last().unwrap().clone();
    let id = receipt["id"].as_str().unwrap().replacen("rcp_", "evt_", 1) + "_0";
    assert_eq!(
        *payment,
        json!({
            "specversion": "1.0", "id": id, "source": "/sources/enkash", "type": "payment.pay.response",
            "subject": PAYMENT, "time": "2025-07-06T06:23:03Z", "datacontenttype": "application/json",
            "recordedtime": receipt["received_at"],
        })
    );
    assert_eq!(all[2]["subject"], PURCHASE);
    assert_eq!(all[2]["time"], all[2]["recordedtime"], "no time of its own");
    for (query, count) in [
        ("&type=payment.*", 2),
        ("&type=*.response", 2),
        ("&type=payment.pay.response", 1),
        ("&type=*", 5),
        ("&source=shipper", 2),
        ("&source=nobody", 0),
        ("&type=payment.*&source=shipper", 0),
        ("&until=2020-01-01T00:00:00Z", 0),
        ("&since=2020-01-01T00:00:00Z", 5),
    ] {
        assert_eq!(server.events(query).len(), count, "{query}");
    }
    for (name, count) in [
        (PAYMENT, 2),
        (INVOICE, 2),
        (PURCHASE, 1),
        ("inbound/1/2", 0),
    ] {
        let found = server.events(&format!("&document={name}"));
        assert_eq!(found.len(), count, "{name}: {found:?}");
    }
    for (query, pointer) in [
        ("type=paiment.*", "?type"),
        ("document=x", "?document"),
        ("since=now", "?since"),
        ("cursor=x", "?cursor"),
        ("kind=invoice", "?kind"),
    ] {
        let answer = server.ask("GET", &format!("/api/v1/events?{query}"), "");
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["violations"][0]["pointer"], pointer);
    }
}

#[test]
fn a_list_of_events_goes_on_where_its_page_ended() {
    let home = Home::new();
    let server = home.start();
    happened(&server);
    let all = server.events("");
    for limit in 1..4 {
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.get(&format!("/api/v1/events?limit={limit}{cursor}"));
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            paged.extend(items.clone());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, all, "{limit}");
    }
}

#[test]
fn an_event_has_the_providers_own_bytes_and_what_they_say() {
    let home = Home::new();
    let server = home.start();
    happened(&server);
    let all = server.events("");
    let show = |at: usize| {
        let id = all[at]["id"].as_str().unwrap();
        server.ask("GET", &format!("/api/v1/events/{id}"), "")
    };
    let answer = show(4);
    let sent = examples::read("payment.pay.response", "accepted").body;
    let sent = String::from_utf8(sent).unwrap();
    assert!(
        answer.text().contains(sent.trim()),
        "the literals are as they came"
    );
    let event = answer.json();
    let data = &event["data"];
    assert_eq!(data["part"], 0);
    assert_eq!(data["changes"].as_array().unwrap().len(), 3);
    assert_eq!(data["changes"][0]["money"]["total"], "14200.50");
    let parties = json!({"buyer": "meridian.buying@enk", "supplier": "kaveri.components@enk"});
    assert_eq!(data["parties"], parties);
    let part = |subject: &str| {
        let at = all.iter().position(|it| it["subject"] == subject).unwrap();
        show(at).json()["data"].clone()
    };
    let second = part("inbound/11223344/KPI-PO-251209-002");
    let sent: Value =
        serde_json::from_slice(&examples::read("inbound.confirm.notification", "accepted").body)
            .unwrap();
    assert_eq!(
        (&second["part"], &second["body"]),
        (&json!(1), &sent["items"][1])
    );
    assert_eq!(second["changes"].as_array().unwrap().len(), 1);
    for id in ["evt_0000000000001_0", "x", "evt_0000000000001"] {
        let answer = server.ask("GET", &format!("/api/v1/events/{id}"), "");
        assert_eq!(answer.status, 404, "{id}");
    }
}
