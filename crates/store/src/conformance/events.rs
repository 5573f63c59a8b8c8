//! Events: one for each accepted part, listed in the order in which they were applied.

use std::sync::Arc;

use countersign_domain::{
    ids::EventId,
    receipt::{Part, Verdict},
};

use super::{
    Home,
    fixtures::{digest, fresh_row, keep, quarantined, time},
    trade::{INVOICE, PAYMENT, confirming, name_of, of_payment, paying, saying},
};
use crate::{Draft, EventFilter, EventRecord, Release, Released, Store};

async fn all(store: &dyn Store, filter: &EventFilter, limit: u32) -> Vec<EventRecord> {
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let page = store.events(filter, after, limit).await.expect("listed");
        events.extend(page.items);
        after = page.next;
        if after.is_none() {
            return events;
        }
    }
}

fn ids(events: &[EventRecord]) -> Vec<EventId> {
    events.iter().map(|it| it.id).collect()
}

fn of_parts(number: u32, parts: u32) -> Draft {
    let mut changes = Vec::new();
    let mut verdicts = Vec::new();
    for part in 0..parts {
        let mut told = of_payment(&format!("P{number}-{part}"), number, "INITIATED", "U", true);
        told.change.part = part;
        changes.push(told);
        let is_held = part % 4 == 3;
        verdicts.push(Part {
            verdict: if is_held {
                Verdict::Quarantined
            } else {
                Verdict::Accepted
            },
            event: !is_held,
            violations: Vec::new(),
        });
    }
    Draft {
        parts: verdicts,
        ..saying(number, changes)
    }
}

/// A part in quarantine makes none; each of the others is a view of what it said.
pub async fn each_accepted_part_is_an_event(home: &mut dyn Home) {
    let store = home.store();
    let draft = of_parts(1, 6);
    keep(&*store, draft.clone()).await;
    let events = all(&*store, &EventFilter::default(), 100).await;
    let parts: Vec<_> = events.iter().map(|it| it.id.part).collect();
    assert_eq!(parts, [5, 4, 2, 1, 0]);
    assert!(events.iter().all(|it| it.id.receipt == draft.id));
    assert_eq!(events[0].changes, [draft.changes[5].change.clone()]);
    assert_eq!(
        (&*events[0].source, &*events[0].operation),
        ("enkash", "payment.pay.response")
    );
    home.reopen().await;
    let store = home.store();
    let one = store.event(events[2].id).await.expect("read");
    assert_eq!(one.as_ref(), Some(&events[2]));
    for part in [3, 6] {
        let id = EventId {
            receipt: draft.id,
            part,
        };
        assert_eq!(store.event(id).await.expect("read"), None);
    }
}

/// Filters, each with the numbers of the drafts whose events it lists.
fn filters() -> Vec<(EventFilter, Vec<usize>)> {
    let none = EventFilter::default;
    vec![
        (none(), vec![4, 3, 2, 1]),
        (
            EventFilter {
                operations: vec!["payment.confirm.request".to_owned()],
                ..none()
            },
            vec![4, 2],
        ),
        (
            EventFilter {
                source: Some("other".to_owned()),
                ..none()
            },
            vec![3],
        ),
        (
            EventFilter {
                since: Some(time(2)),
                until: Some(time(4)),
                ..none()
            },
            vec![3, 2],
        ),
        (
            EventFilter {
                document: Some(name_of(INVOICE, "I1")),
                ..none()
            },
            vec![2, 1],
        ),
        (
            EventFilter {
                document: Some(name_of(PAYMENT, "P3")),
                operations: vec!["payment.pay.response".to_owned()],
                ..none()
            },
            vec![3],
        ),
        (
            EventFilter {
                document: Some(name_of(PAYMENT, "nobody")),
                ..none()
            },
            vec![],
        ),
    ]
}

/// Each filter lists exactly its events.
pub async fn events_are_listed_by_operation_source_time_and_document(home: &mut dyn Home) {
    let store = home.store();
    let elsewhere = Draft {
        source: Arc::from("other"),
        ..paying(3, "P3", "I3")
    };
    let drafts = [
        paying(1, "P1", "I1"),
        confirming(2, "P1", "I1"),
        elsewhere,
        confirming(4, "P3", "I3"),
    ];
    let wanted = |numbers: &[usize]| -> Vec<EventId> {
        let id = |number: &usize| EventId {
            receipt: drafts[number - 1].id,
            part: 0,
        };
        numbers.iter().map(id).collect()
    };
    for draft in &drafts {
        keep(&*store, draft.clone()).await;
    }
    for (filter, numbers) in filters() {
        for limit in [1, 100] {
            let events = all(&*store, &filter, limit).await;
            assert_eq!(ids(&events), wanted(&numbers), "{filter:?}");
        }
    }
}

fn told_of(events: &[EventRecord]) -> Vec<(&str, u32)> {
    let ids = events.iter().map(|it| (&*it.changes[0].id, it.id.part));
    ids.collect()
}

/// Of a receipt that tells of several documents, each has the events of its own parts alone.
pub async fn an_event_is_of_the_documents_of_its_part(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, of_parts(1, 3)).await;
    for part in 0..3 {
        let id = format!("P1-{part}");
        let filter = EventFilter {
            document: Some(name_of(PAYMENT, &id)),
            ..EventFilter::default()
        };
        for limit in [1, 100] {
            let events = all(&*store, &filter, limit).await;
            assert_eq!(told_of(&events), [(&*id, part)]);
        }
    }
}

/// What was released is listed with the rest: of a receipt in quarantine, and of a part of one that
/// was accepted. The receipt knows its parts that made an event.
pub async fn a_released_part_is_an_event_of_its_operation(home: &mut dyn Home) {
    let store = home.store();
    let in_part = of_parts(1, 4);
    let held = Draft {
        changes: of_parts(2, 1).changes,
        ..quarantined(2)
    };
    for draft in [&in_part, &held] {
        keep(&*store, draft.clone()).await;
    }
    let events = async |store: &dyn Store, draft: &Draft| {
        let record = store.receipt(draft.id).await.expect("read");
        record.expect("it was kept").events
    };
    assert_eq!(events(&*store, &in_part).await, [0, 1, 2]);
    assert_eq!(events(&*store, &held).await, [0; 0]);
    let release = |draft: &Draft, part: Option<u32>, number: u32| Release {
        receipt: draft.id,
        part,
        row: fresh_row(),
        changes: vec![draft.changes[number as usize].clone()],
        events: vec![number],
        findings: Vec::new(),
        failed_subject: None,
        at: time(50),
        identity: digest("released", number),
        content: digest("released content", number),
    };
    for release in [release(&in_part, Some(3), 3), release(&held, None, 0)] {
        assert_eq!(store.release(release).await.expect("asked"), Released::Now);
    }
    assert_eq!(events(&*store, &in_part).await, [0, 1, 2, 3]);
    assert_eq!(events(&*store, &held).await, [0]);
    let filter = EventFilter {
        operations: vec![in_part.operation.to_string()],
        ..EventFilter::default()
    };
    let listed = all(&*store, &filter, 2).await;
    let wanted = [
        ("P2-0", 0),
        ("P1-3", 3),
        ("P1-2", 2),
        ("P1-1", 1),
        ("P1-0", 0),
    ];
    assert_eq!(told_of(&listed), wanted);
}

/// A page may end in the middle of a receipt.
pub async fn pages_of_events_join_across_parts(home: &mut dyn Home) {
    let store = home.store();
    for number in 0..6 {
        keep(&*store, of_parts(number, 5)).await;
    }
    let whole = ids(&all(&*store, &EventFilter::default(), 1000).await);
    assert_eq!(whole.len(), 24);
    for limit in [1, 3, 4, 7] {
        let joined = ids(&all(&*store, &EventFilter::default(), limit).await);
        assert_eq!(joined, whole, "pages of {limit}");
    }
}
