//! Documents: told by what is accepted, in the transaction of the receipt, and by nothing else.

use countersign_domain::{
    document::{Document, Label, Outcome as Told},
    receipt::{Part, Verdict},
};

use super::{
    Home,
    fixtures::{ALL, accept, accepted, again, digest, id, keep, quarantined, time},
    trade::{
        INVOICE, PAYMENT, confirming, invoice, lifecycles, name_of, of_payment, paying, payment,
        saying,
    },
};
use crate::{
    DocumentFilter, DocumentRecord, Draft, EventFilter, Outcome, Page, Refold, Release, Released,
    Store, claims::plain_part, conformance::fixtures::fresh_row,
};

async fn document(store: &dyn Store, kind: &str, id: &str) -> Option<DocumentRecord> {
    store
        .document(&name_of(kind, id), 1000)
        .await
        .expect("read")
}

async fn known(store: &dyn Store, kind: &str, id: &str) -> DocumentRecord {
    document(store, kind, id).await.expect("it was told of")
}

async fn events(store: &dyn Store) -> usize {
    let page = store.events(&EventFilter::default(), None, 1000).await;
    page.expect("listed").items.len()
}

/// Both documents of a message are there after its commit, whole, with what was said of them.
pub async fn an_accepted_receipt_tells_its_documents(home: &mut dyn Home) {
    let store = home.store();
    let (paid, confirmed) = (paying(1, "P1", "I1"), confirming(2, "P1", "I1"));
    keep(&*store, paid.clone()).await;
    keep(&*store, confirmed.clone()).await;

    let told = known(&*store, INVOICE, "I1").await;
    let state = &told.document.state;
    assert_eq!(state.status(&invoice()).as_deref(), Some("PAID"));
    assert_eq!(state.version(&invoice()), Some(1));
    let amounts = state.amounts(&invoice());
    let amount = |name: &str| amounts[name].to_string();
    assert_eq!(amount("paid"), "90.50");
    assert_eq!(amount("adjusted"), "9.50");
    assert_eq!(amount("due"), "150.00");
    assert_eq!(told.document.rows.len(), 1);
    assert_eq!(told.document.links.len(), 1);
    assert_eq!(told.summary.created_at, paid.received_at);
    assert_eq!(told.summary.updated_at, confirmed.received_at);
    assert_eq!(told.changes, 2);
    let entries: Vec<_> = told
        .timeline
        .iter()
        .map(|it| (it.receipt, it.outcome))
        .collect();
    assert_eq!(
        entries,
        [(paid.id, Told::Applied), (confirmed.id, Told::Applied)]
    );
    assert_eq!(told.timeline[0].change, paid.changes[1].change);
    assert_eq!(told.timeline[0].id, paid.changes[1].id());
    assert_eq!(told.timeline[1].operation, "payment.confirm.request");

    let paid = known(&*store, PAYMENT, "P1").await;
    let status = paid.document.state.status(&payment());
    assert_eq!(status.as_deref(), Some("CONFIRMED"));
    assert!(document(&*store, PAYMENT, "P2").await.is_none());
    assert!(document(&*store, INVOICE, "P1").await.is_none());
}

/// A duplicate and a receipt in quarantine are kept and say nothing.
pub async fn what_is_not_accepted_tells_nothing(home: &mut dyn Home) {
    let store = home.store();
    let first = paying(1, "P1", "I1");
    keep(&*store, first.clone()).await;
    let repeat = Draft {
        changes: first.changes.clone(),
        ..again(2, &first)
    };
    let outcome = accept(&*store, repeat).await.expect("kept");
    assert!(matches!(outcome, Outcome::Duplicate { .. }), "{outcome:?}");
    assert_eq!(known(&*store, INVOICE, "I1").await.changes, 1);
    let held = Draft {
        changes: paying(3, "P3", "I3").changes,
        ..quarantined(3)
    };
    keep(&*store, held).await;
    assert!(document(&*store, INVOICE, "I3").await.is_none());
    assert_eq!(events(&*store).await, 1);
}

fn two_parts(number: u32, second: Verdict) -> Draft {
    let mut other = of_payment("P22", number, "INITIATED", "UTR22", true);
    other.change.part = 1;
    let first = of_payment("P1", number, "INITIATED", "UTR1", true);
    let held = Part {
        verdict: second,
        event: second == Verdict::Accepted,
        violations: Vec::new(),
    };
    Draft {
        parts: vec![plain_part(Verdict::Accepted), held],
        ..saying(number, vec![first, other])
    }
}

/// Of a receipt that is accepted in part, only the accepted parts count.
pub async fn a_part_in_quarantine_tells_nothing(home: &mut dyn Home) {
    let store = home.store();
    let draft = two_parts(1, Verdict::Quarantined);
    keep(&*store, draft.clone()).await;
    known(&*store, PAYMENT, "P1").await;
    assert!(document(&*store, PAYMENT, "P22").await.is_none());
    assert_eq!(events(&*store).await, 1);

    let release = Release {
        receipt: draft.id,
        part: Some(1),
        row: fresh_row(),
        changes: vec![draft.changes[1].clone()],
        events: vec![1],
        at: time(50),
        identity: digest("part", 1),
        content: digest("part content", 1),
    };
    assert_eq!(store.release(release).await.expect("asked"), Released::Now);
    let told = known(&*store, PAYMENT, "P22").await;
    assert_eq!(told.timeline[0].receipt, draft.id);
    assert_eq!(events(&*store).await, 2);
}

/// What was in quarantine counts from its release on, once.
pub async fn a_release_tells_documents(home: &mut dyn Home) {
    let store = home.store();
    let held = Draft {
        changes: paying(1, "P1", "I1").changes,
        ..quarantined(1)
    };
    keep(&*store, held.clone()).await;
    let release = Release {
        receipt: held.id,
        part: None,
        row: fresh_row(),
        changes: held.changes.clone(),
        events: vec![0],
        at: time(50),
        identity: held.identity.expect("it has one"),
        content: held.content,
    };
    assert_eq!(
        store.release(release.clone()).await.expect("asked"),
        Released::Now
    );
    let again = Release {
        row: fresh_row(),
        ..release
    };
    let again = store.release(again).await.expect("asked");
    assert!(matches!(again, Released::Already { .. }), "{again:?}");
    home.reopen().await;
    let store = home.store();
    let told = known(&*store, INVOICE, "I1").await;
    assert_eq!((told.changes, told.timeline[0].receipt), (1, held.id));
    let event = countersign_domain::ids::EventId {
        receipt: held.id,
        part: 0,
    };
    let event = store
        .event(event)
        .await
        .expect("read")
        .expect("it was released");
    assert_eq!(event.received_at, held.received_at);
    assert_eq!(event.changes.len(), 2);
}

/// The same identity with other content is told to the documents, and makes no second event.
pub async fn other_content_is_told_without_an_event(home: &mut dyn Home) {
    let store = home.store();
    let first = paying(1, "P1", "I1");
    keep(&*store, first.clone()).await;
    let other = Draft {
        identity: first.identity,
        changes: vec![of_payment("P1", 2, "CONFIRMED", "UTR1", true)],
        ..accepted(2)
    };
    let outcome = accept(&*store, other).await.expect("kept");
    assert_eq!(outcome, Outcome::ContentChanged { first: first.id });
    let status = known(&*store, PAYMENT, "P1")
        .await
        .document
        .state
        .status(&payment());
    assert_eq!(status.as_deref(), Some("CONFIRMED"));
    assert_eq!(events(&*store).await, 1);
}

/// Whatever the order and however often, documents that were told the same are the same.
pub async fn any_order_and_repetition_ends_alike(home: &mut dyn Home) {
    let store = home.store();
    // The same five messages about two invoices, in other orders and with repetitions.
    let messages = |invoice: &'static str, number: u32| {
        let mut drafts = vec![
            paying(1, "P1", invoice),
            confirming(2, "P1", invoice),
            paying(3, "P22", invoice),
            confirming(4, "P22", invoice),
        ];
        for (place, draft) in (0..).zip(&mut drafts) {
            let number = number + place;
            draft.id = id(number);
            draft.identity = Some(digest("identity", number));
            draft.content = digest("content", number);
        }
        drafts
    };
    for draft in messages("I1", 100) {
        keep(&*store, draft).await;
    }
    let (mut batch, mut more) = (messages("I2", 200), messages("I2", 300));
    batch.reverse();
    batch.append(&mut more);
    let (last, rest) = batch.split_at_mut(4);
    rest.swap(0, 3);
    last.swap(1, 2);
    for result in store.accept(batch).await {
        assert_eq!(result.expect("kept"), Outcome::Kept);
    }
    let mut other = known(&*store, INVOICE, "I2").await.document;
    let number = other.state.facts.get_mut("number").expect("it was told");
    assert_eq!(number.value, "No I2");
    "No I1".clone_into(&mut number.value);
    let one: Document = known(&*store, INVOICE, "I1").await.document;
    assert_eq!(one, other);
    let amounts = one.state.amounts(&invoice());
    assert_eq!(amounts["due"].to_string(), "50.00");
}

/// A name is found after a restart, by what was told before and after it.
pub async fn a_restart_keeps_documents_and_finds_them(home: &mut dyn Home) {
    for number in 0..40 {
        let store = home.store();
        let invoice = format!("I{}", number % 20);
        let payment = format!("P{number}");
        keep(&*store, paying(number, &payment, &invoice)).await;
        if number % 8 == 7 {
            home.reopen().await;
        }
    }
    let store = home.store();
    for number in 0..20 {
        let told = known(&*store, INVOICE, &format!("I{number}")).await;
        assert_eq!(told.changes, 2, "{number}");
        assert_eq!(told.document.rows.len(), 2, "{number}");
    }
}

/// What fails alone leaves nothing behind that a document, or a later message, could show.
pub async fn a_poison_receipt_leaves_no_document(home: &mut dyn Home) {
    let store = home.store();
    let poison = Draft {
        verdict: Verdict::Duplicate,
        ..paying(2, "P2", "I2")
    };
    // The same id twice: the second cannot be written after its documents were looked up.
    let twice = Draft {
        id: id(1),
        ..paying(3, "P3", "I3")
    };
    let batch = vec![paying(1, "P1", "I1"), poison, twice, paying(4, "P4", "I3")];
    let results = store.accept(batch).await;
    let kept: Vec<_> = results.iter().map(Result::is_ok).collect();
    assert_eq!(kept, [true, false, false, true]);
    assert!(document(&*store, INVOICE, "I2").await.is_none());
    assert_eq!(known(&*store, INVOICE, "I3").await.changes, 1);
    assert!(document(&*store, PAYMENT, "P3").await.is_none());
}

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
            paying(
                number,
                &format!("P{:02}", number),
                &format!("I{:02}", number),
            ),
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
