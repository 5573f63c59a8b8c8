//! Documents: told by what is accepted, in the transaction of the receipt, and by nothing else.

use countersign_domain::{
    document::{Document, Outcome as Told},
    receipt::{Part, Verdict},
};

use super::{
    Home,
    fixtures::{accept, accepted, again, digest, id, keep, quarantined, release_of, time},
    trade::{
        INVOICE, PAYMENT, confirming, invoice, lifecycles, name_of, of_invoice, of_payment, paying,
        payment, saying,
    },
};
use crate::{
    Difference, DocumentRecord, Draft, EventFilter, Outcome, Refold, Release, Released, Store,
    claims::plain_part, conformance::fixtures::fresh_row,
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
        findings: Vec::new(),
        failed_subject: None,
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
        changes: held.changes.clone(),
        events: vec![0],
        ..release_of(&held, 50)
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

/// A message that tells one document many things is one entry each, and what the document becomes
/// is what so many messages would make of it.
pub async fn a_message_may_tell_one_document_often(home: &mut dyn Home) {
    let store = home.store();
    let steps = |invoice: &str| {
        let step = |from: &'static str, to: &'static str, payment: &str, at: u32| {
            let outcome = (at.is_multiple_of(2)).then_some("ACCEPT");
            of_invoice(invoice, at, (from, to), payment, outcome)
        };
        let mut steps = vec![
            step("CREATED", "ACCEPTED", "P1", 1),
            step("ACCEPTED", "PAYMENT INITIATED", "P1", 2),
            step("PAYMENT INITIATED", "PAID", "P2", 3),
        ];
        // The last one is told twice.
        steps.push(steps[2].clone());
        steps
    };
    keep(&*store, saying(1, vec![steps("I1")[0].clone()])).await;
    let mut together = vec![of_payment("P1", 2, "INITIATED", "U1", false)];
    together.extend(steps("I1"));
    together.push(of_payment("P1", 3, "INITIATED", "U1", true));
    keep(&*store, saying(2, together.clone())).await;
    let alone = steps("I2");
    for (number, told) in (10..).zip([&alone[..1], &alone[..]].concat()) {
        keep(&*store, saying(number, vec![told])).await;
    }

    let one = known(&*store, INVOICE, "I1").await;
    let other = known(&*store, INVOICE, "I2").await;
    assert_eq!(one.document.rows.len(), 2);
    assert_eq!(one.document.rows, other.document.rows);
    assert_eq!(one.document.state.balance, other.document.state.balance);
    let told =
        |it: &DocumentRecord| -> Vec<_> { it.timeline.iter().map(|it| it.outcome).collect() };
    let outcomes = [
        Told::Applied,
        Told::Repeat,
        Told::Applied,
        Told::Applied,
        Told::Repeat,
    ];
    assert_eq!(told(&one), outcomes);
    assert_eq!(told(&other), outcomes);
    let changes: Vec<_> = one.timeline[1..].iter().map(|it| &it.change).collect();
    let wanted: Vec<_> = together[1..5].iter().map(|it| &it.change).collect();
    assert_eq!(changes, wanted);
    let payment = known(&*store, PAYMENT, "P1").await;
    assert_eq!(payment.changes, 2);
    assert!(payment.findings.is_empty(), "{:?}", payment.findings);
    assert_eq!(differences(&*store).await, []);
}

async fn differences(store: &dyn Store) -> Vec<Difference> {
    let refold = Refold {
        lifecycles: lifecycles(),
        after: 0,
        limit: 1000,
        mend: false,
    };
    store.refold(refold).await.expect("refolded").differences
}
