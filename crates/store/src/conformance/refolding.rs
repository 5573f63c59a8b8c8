//! Refolding: what is kept is compared with what the changes make of it, and mended.

use std::sync::Arc;

use countersign_domain::{
    document::{Label, Lifecycle},
    receipt::FindingCode,
};

use super::{
    Home,
    fixtures::{ALL, keep},
    trade::{PAYMENT, confirming, lifecycles, of_payment, paying, payment, saying},
};
use crate::{DocumentFilter, FindingFilter, Lifecycles, Refold, Refolded, Store};

/// What is kept is what the changes make of it.
pub async fn refolding_finds_no_difference(home: &mut dyn Home) {
    let store = home.store();
    for number in 0..25 {
        let (payment, invoice) = (format!("P{}", number % 10), format!("I{}", number % 4));
        let draft = if number % 3 == 0 {
            confirming(number, &payment, &invoice)
        } else {
            paying(number, &payment, &invoice)
        };
        keep(&*store, draft).await;
    }
    let (mut after, mut documents, mut changes) = (0, 0, 0);
    loop {
        let refold = Refold {
            lifecycles: lifecycles(),
            after,
            limit: 4,
            mend: false,
        };
        let refolded = store.refold(refold).await.expect("refolded");
        assert_eq!(refolded.differences, []);
        documents += refolded.documents;
        changes += refolded.changes;
        match refolded.next {
            Some(next) => after = next,
            None => break,
        }
    }
    assert_eq!((documents, changes), (14, 50));
}

async fn refolded(store: &dyn Store, lifecycles: &Arc<Lifecycles>, mend: bool) -> Refolded {
    let refold = Refold {
        lifecycles: Arc::clone(lifecycles),
        after: 0,
        limit: 1000,
        mend,
    };
    store.refold(refold).await.expect("refolded")
}

async fn with_utr(store: &dyn Store, utr: &str) -> Vec<String> {
    let filter = DocumentFilter {
        numbers: vec![Label::of_number(&payment(), "utr", utr)],
        ..DocumentFilter::default()
    };
    let page = store.documents(&filter, ALL).await.expect("listed");
    page.items.into_iter().map(|it| it.name.id).collect()
}

/// A contract that names numbers, and facts that no two documents should share, only later, finds
/// what was told before.
pub async fn a_corrected_contract_finds_what_was_told_before(home: &mut dyn Home) {
    let store = home.store();
    let blind = Arc::new(Lifecycle {
        numbers: Vec::new(),
        unique: Vec::new(),
        ..Arc::into_inner(payment()).expect("nobody else has it")
    });
    for (number, id) in [(1, "P1"), (2, "P2"), (3, "P3")] {
        let utr = if number == 3 { "U3" } else { "U1" };
        let mut told = of_payment(id, number, "INITIATED", utr, true);
        told.lifecycle = Arc::clone(&blind);
        keep(&*store, saying(number, vec![told])).await;
    }
    let before: Arc<Lifecycles> = Arc::new([blind].into_iter().collect());
    assert_eq!(refolded(&*store, &before, false).await.differences, []);
    let corrected = lifecycles();
    let found = refolded(&*store, &corrected, false).await;
    let what: Vec<_> = found.differences.iter().map(|it| &it.what[..]).collect();
    assert_eq!(what, [["labels"]; 3]);
    assert_eq!(found.mended, 0);
    assert!(with_utr(&*store, "U1").await.is_empty());

    assert_eq!(refolded(&*store, &corrected, true).await.mended, 3);
    for reopens in [true, false] {
        let store = home.store();
        assert_eq!(refolded(&*store, &corrected, false).await.differences, []);
        assert_eq!(with_utr(&*store, "U1").await, ["P2", "P1"]);
        let open = FindingFilter {
            codes: vec![FindingCode::UtrReused],
            open: Some(true),
            ..FindingFilter::default()
        };
        let open = store.findings(&open, ALL).await.expect("listed");
        let ids = open.iter().filter_map(|it| it.document.as_ref());
        let mut ids: Vec<_> = ids.map(|it| it.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["P1", "P2"]);
        if reopens {
            home.reopen().await;
        }
    }
}

/// A document that no contract knows any more is told of, and left alone.
pub async fn an_unknown_kind_is_told_and_not_mended(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, paying(1, "P1", "I1")).await;
    let only: Arc<Lifecycles> = Arc::new([payment()].into_iter().collect());
    let found = refolded(&*store, &only, true).await;
    assert_eq!((found.documents, found.mended), (2, 0));
    assert_eq!(found.differences.len(), 1);
    assert_eq!(found.differences[0].what, ["kind"]);
    assert_ne!(&*found.differences[0].document.kind, PAYMENT);
}
