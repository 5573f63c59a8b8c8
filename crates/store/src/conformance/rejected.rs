//! Bodies whose credential failed: kept for a while, bounded in every direction.

use std::sync::Arc;

use bytes::Bytes;
use countersign_domain::ids::{RejectedId, first_rowid_at};

use super::{
    Home,
    fixtures::{ALL, START_MS, id, time},
};
use crate::{Page, RefusalCount, Refusals, Rejected, Store};

pub(super) fn rejected(number: u32) -> Rejected {
    Rejected {
        id: RejectedId::from_rowid(first_rowid_at(START_MS + i64::from(number))),
        source: Arc::from("enkash"),
        operation: Arc::from("payment.pay.response"),
        received_at: time(number),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Bytes::from(vec![b'x'; 100]),
        released_as: None,
    }
}

pub(super) fn refusals(bodies: Vec<Rejected>) -> Refusals {
    Refusals {
        bodies,
        counts: Vec::new(),
        keep_since: time(0),
        max_rows: 1000,
        max_bytes: 1 << 20,
    }
}

async fn kept(store: &dyn Store) -> Vec<RejectedId> {
    store
        .rejected(ALL)
        .await
        .expect("listed")
        .into_iter()
        .map(|it| it.id)
        .collect()
}

fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<RejectedId> {
    numbers.into_iter().map(|it| rejected(it).id).collect()
}

/// Everything that was kept of it comes back.
pub async fn a_rejected_body_reads_back_whole(home: &mut dyn Home) {
    let store = home.store();
    let body = Bytes::from_static(b"\x00\xff{}");
    let one = Rejected {
        body: body.clone(),
        ..rejected(1)
    };
    store
        .keep_rejected(refusals(vec![one.clone()]))
        .await
        .expect("kept");
    let listed = store.rejected(ALL).await.expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].id, listed[0].bytes, listed[0].released_as),
        (one.id, 4, None)
    );
    assert_eq!(
        (&*listed[0].source, &*listed[0].operation),
        (&*one.source, &*one.operation)
    );
    let whole = store
        .rejected_one(one.id)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(whole.body, body);
    assert_eq!(whole.headers, one.headers);
    assert_eq!(whole.received_at, one.received_at);
}

/// The oldest go first, within one call as well as from call to call.
pub async fn rejected_bodies_are_bounded_by_rows(home: &mut dyn Home) {
    let store = home.store();
    let bounded = |bodies| Refusals {
        max_rows: 3,
        ..refusals(bodies)
    };
    store
        .keep_rejected(bounded((0..5).map(rejected).collect()))
        .await
        .expect("kept");
    assert_eq!(kept(&*store).await, ids([4, 3, 2]));
    store
        .keep_rejected(bounded(vec![rejected(5)]))
        .await
        .expect("kept");
    assert_eq!(kept(&*store).await, ids([5, 4, 3]));
    let none = Refusals {
        max_rows: 0,
        ..refusals(Vec::new())
    };
    store.keep_rejected(none).await.expect("kept");
    assert!(kept(&*store).await.is_empty());
}

/// A large one pushes out several small ones; one that is too large by itself stays not.
pub async fn rejected_bodies_are_bounded_by_bytes(home: &mut dyn Home) {
    let store = home.store();
    let bounded = |bodies| Refusals {
        max_bytes: 350,
        ..refusals(bodies)
    };
    store
        .keep_rejected(bounded((0..3).map(rejected).collect()))
        .await
        .expect("kept");
    assert_eq!(kept(&*store).await, ids([2, 1, 0]));
    let large = Rejected {
        body: Bytes::from(vec![b'y'; 200]),
        ..rejected(3)
    };
    store
        .keep_rejected(bounded(vec![large]))
        .await
        .expect("kept");
    assert_eq!(kept(&*store).await, ids([3, 2]));
    let too_large = Rejected {
        body: Bytes::from(vec![b'z'; 351]),
        ..rejected(4)
    };
    store
        .keep_rejected(bounded(vec![too_large]))
        .await
        .expect("kept");
    assert!(kept(&*store).await.is_empty());
}

/// Nothing older than the batch says stays, and what is as old does.
pub async fn rejected_bodies_are_bounded_by_age(home: &mut dyn Home) {
    let store = home.store();
    store
        .keep_rejected(refusals((0..5).map(rejected).collect()))
        .await
        .expect("kept");
    let later = Refusals {
        keep_since: time(3),
        ..refusals(Vec::new())
    };
    store.keep_rejected(later).await.expect("kept");
    assert_eq!(kept(&*store).await, ids([4, 3]));
}

/// Counts of one source and minute are one row, however often they come.
pub async fn refusals_add_up_by_source_and_minute(home: &mut dyn Home) {
    let store = home.store();
    let count = |source: &str, minute, count| RefusalCount {
        source: Arc::from(source),
        minute: time(minute),
        count,
    };
    let minute = 60_000;
    let first = vec![count("enkash", 0, 3), count("shipper", 0, 1)];
    let second = vec![count("enkash", 0, 4), count("enkash", minute, 1)];
    for counts in [first, second] {
        store
            .keep_rejected(Refusals {
                counts,
                ..refusals(Vec::new())
            })
            .await
            .expect("kept");
    }
    let mut all = store.refusal_counts(time(0)).await.expect("listed");
    assert_eq!(
        all[0],
        count("enkash", minute, 1),
        "the newest minute comes first"
    );
    all.sort_by_key(|it| (it.source.clone(), it.minute));
    let expected = [
        count("enkash", 0, 7),
        count("enkash", minute, 1),
        count("shipper", 0, 1),
    ];
    assert_eq!(all, expected);
    let later = store.refusal_counts(time(1)).await.expect("listed");
    assert_eq!(later, [count("enkash", minute, 1)]);
}

/// As receipts are.
pub async fn rejected_bodies_are_listed_by_page(home: &mut dyn Home) {
    let store = home.store();
    store
        .keep_rejected(refusals((0..5).map(rejected).collect()))
        .await
        .expect("kept");
    let page = Page {
        before: Some(rejected(3).id.rowid()),
        limit: 2,
    };
    let listed = store.rejected(page).await.expect("listed");
    assert_eq!(
        listed.iter().map(|it| it.id).collect::<Vec<_>>(),
        ids([2, 1])
    );
}

/// Which receipt was made of it is shown from then on.
pub async fn a_rejected_body_remembers_its_release(home: &mut dyn Home) {
    let store = home.store();
    let one = rejected(1);
    store
        .keep_rejected(refusals(vec![one.clone()]))
        .await
        .expect("kept");
    store
        .mark_rejected_released(one.id, id(9))
        .await
        .expect("marked");
    store
        .mark_rejected_released(rejected(2).id, id(9))
        .await
        .expect("no such body, no error");
    home.reopen().await;
    let store = home.store();
    assert_eq!(
        store.rejected(ALL).await.expect("listed")[0].released_as,
        Some(id(9))
    );
    let whole = store
        .rejected_one(one.id)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(whole.released_as, Some(id(9)));
}
