//! Lists of documents: each filter shows exactly its own, and pages join.

use countersign_domain::document::Label;

use super::{
    Home,
    fixtures::{ALL, keep},
    trade::{INVOICE, PAYMENT, confirming, invoice, of_payment, paying, payment, saying},
};
use crate::{DocumentFilter, Page, Store};

async fn listed(store: &dyn Store, filter: &DocumentFilter) -> Vec<String> {
    let page = store.documents(filter, ALL).await.expect("listed");
    page.items.into_iter().map(|it| it.name.id).collect()
}

/// Each filter lists exactly its documents, the newest first, and follows what was told last.
pub async fn lists_follow_kind_status_party_and_number(home: &mut dyn Home) {
    let store = home.store();
    for number in 1..4 {
        keep(
            &*store,
            paying(number, &format!("P{number}"), &format!("I{number}")),
        )
        .await;
    }
    keep(&*store, confirming(10, "P2", "I2")).await;
    keep(
        &*store,
        saying(11, vec![of_payment("P3", 11, "INITIATED", "OTHER", true)]),
    )
    .await;
    let filter = |kind: Option<&str>, status: Option<&str>| DocumentFilter {
        kind: kind.map(str::to_owned),
        status: status.map(str::to_owned),
        ..DocumentFilter::default()
    };
    let all = listed(&*store, &DocumentFilter::default()).await;
    assert_eq!(all, ["I3", "P3", "I2", "P2", "I1", "P1"]);
    assert_eq!(
        listed(&*store, &filter(Some(INVOICE), None)).await,
        ["I3", "I2", "I1"]
    );
    let paid = filter(Some(INVOICE), Some("PAID"));
    assert_eq!(listed(&*store, &paid).await, ["I2"]);
    let begun = filter(None, Some("INITIATED"));
    assert_eq!(listed(&*store, &begun).await, ["P3", "P1"]);
    let none = filter(Some("credit_note"), None);
    assert!(listed(&*store, &none).await.is_empty());

    let party = DocumentFilter {
        party: Some(Label::of_party(" BUYER2@net ")),
        ..DocumentFilter::default()
    };
    assert_eq!(listed(&*store, &party).await, ["P3", "P2", "P1"]);
    let party = DocumentFilter {
        status: Some("CONFIRMED".to_owned()),
        ..party
    };
    assert_eq!(listed(&*store, &party).await, ["P2"]);
    let numbered = |utr: &str, party: Option<&str>| DocumentFilter {
        numbers: vec![
            Label::of_number(&payment(), "utr", utr),
            Label::of_number(&invoice(), "number", utr),
        ],
        party: party.map(Label::of_party),
        ..DocumentFilter::default()
    };
    assert_eq!(listed(&*store, &numbered("utrp2", None)).await, ["P2"]);
    assert_eq!(listed(&*store, &numbered("no i1", None)).await, ["I1"]);
    assert_eq!(
        listed(&*store, &numbered("OTHER", Some("buyer2@net"))).await,
        ["P3"]
    );
    assert!(listed(&*store, &numbered("UTRP3", None)).await.is_empty());
    assert!(
        listed(&*store, &numbered("utrp2", Some("x")))
            .await
            .is_empty()
    );
}

/// Pages join without gap or overlap, under every kind of filter.
pub async fn pages_of_documents_join(home: &mut dyn Home) {
    let store = home.store();
    for number in 0..30 {
        keep(
            &*store,
            paying(number, &format!("P{number:02}"), &format!("I{number:02}")),
        )
        .await;
    }
    let filters = [
        DocumentFilter::default(),
        DocumentFilter {
            kind: Some(PAYMENT.to_owned()),
            ..DocumentFilter::default()
        },
        DocumentFilter {
            party: Some(Label::of_party("buyer3@net")),
            ..DocumentFilter::default()
        },
    ];
    for filter in filters {
        let whole = listed(&*store, &filter).await;
        assert!(whole.len() >= 30, "{filter:?}");
        let (mut joined, mut before) = (Vec::new(), None);
        loop {
            let page = Page { before, limit: 7 };
            let page = store.documents(&filter, page).await.expect("listed");
            joined.extend(page.items.into_iter().map(|it| it.name.id));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole, "{filter:?}");
    }
}
