//! Lists by keyset: exact under every filter, and joined without gap or overlap.

use std::sync::Arc;

use countersign_domain::receipt::Verdict;
use jiff::{SignedDuration, Timestamp};

use super::{
    Home,
    fixtures::{ALL, accept, accepted, again, id, quarantined, time},
};
use crate::{Draft, Outcome, Page, ReceiptFilter, ReceiptSummary, Store};

const COUNT: u32 = 120;

/// A mixture in which every source has every operation and every verdict.
async fn fill(store: &dyn Store) -> Vec<ReceiptSummary> {
    let sources: [Arc<str>; 2] = [Arc::from("enkash"), Arc::from("shipper")];
    let operations: [Arc<str>; 3] = [
        Arc::from("payment.pay.response"),
        Arc::from("payment.confirm.request"),
        Arc::from("x"),
    ];
    let mut all = Vec::new();
    for number in 0..COUNT {
        let verdict = Verdict::ALL[(number / 6 % 3) as usize];
        let first = accepted(0);
        let draft = match verdict {
            Verdict::Duplicate => again(number, &first),
            Verdict::Quarantined => quarantined(number),
            Verdict::Accepted => accepted(number),
        };
        let draft = Draft {
            source: Arc::clone(&sources[(number % 2) as usize]),
            operation: Arc::clone(&operations[(number % 3) as usize]),
            ..draft
        };
        let outcome = accept(store, draft.clone()).await.expect("kept");
        all.push(ReceiptSummary {
            id: draft.id,
            source: draft.source.to_string(),
            operation: draft.operation.to_string(),
            verdict,
            received_at: draft.received_at,
            violations: draft.violations,
            findings: draft.findings,
            duplicate_of: match outcome {
                Outcome::Duplicate { first, .. } => Some(first),
                Outcome::Kept | Outcome::ContentChanged { .. } => None,
            },
            released_at: None,
        });
    }
    all.reverse();
    all
}

fn holds(filter: &ReceiptFilter, item: &ReceiptSummary) -> bool {
    filter.source.as_ref().is_none_or(|it| *it == item.source)
        && filter
            .operation
            .as_ref()
            .is_none_or(|it| *it == item.operation)
        && filter.verdict.is_none_or(|it| it == item.verdict)
        && filter.since.is_none_or(|it| item.received_at >= it)
        && filter.until.is_none_or(|it| item.received_at < it)
}

/// Every combination of what a filter can say.
fn filters() -> Vec<ReceiptFilter> {
    let mut filters = Vec::new();
    for source in [None, Some("enkash"), Some("shipper"), Some("nobody")] {
        for operation in [None, Some("payment.confirm.request"), Some("none")] {
            for verdict in [None, Some(Verdict::Accepted), Some(Verdict::Duplicate)] {
                for (since, until) in [(None, None), (Some(30), None), (Some(30), Some(95))] {
                    filters.push(ReceiptFilter {
                        source: source.map(str::to_owned),
                        operation: operation.map(str::to_owned),
                        verdict,
                        since: since.map(time),
                        until: until.map(time),
                    });
                }
            }
        }
    }
    filters
}

/// The newest comes first, and `limit` holds.
pub async fn lists_run_from_the_newest_to_the_oldest(home: &mut dyn Home) {
    let store = home.store();
    let all = fill(&*store).await;
    let none = ReceiptFilter::default();
    assert_eq!(store.receipts(&none, ALL).await.expect("listed"), all);
    let two = store
        .receipts(
            &none,
            Page {
                before: None,
                limit: 2,
            },
        )
        .await
        .expect("listed");
    assert_eq!(two, all[..2]);
    let zero = store
        .receipts(
            &none,
            Page {
                before: None,
                limit: 0,
            },
        )
        .await
        .expect("listed");
    assert!(zero.is_empty());
}

/// No receipt too many, none too few.
pub async fn every_filter_lists_exactly_its_receipts(home: &mut dyn Home) {
    let store = home.store();
    let all = fill(&*store).await;
    for filter in filters() {
        let expected: Vec<_> = all
            .iter()
            .filter(|it| holds(&filter, it))
            .cloned()
            .collect();
        let listed = store.receipts(&filter, ALL).await.expect("listed");
        assert_eq!(listed, expected, "{filter:?}");
    }
}

/// Page after page gives the whole list, whatever the filter and the size of a page.
pub async fn pages_join_without_gap_or_overlap(home: &mut dyn Home) {
    let store = home.store();
    fill(&*store).await;
    for filter in filters() {
        let whole = store.receipts(&filter, ALL).await.expect("listed");
        for limit in [1, 7, 40] {
            let mut joined = Vec::new();
            let mut before = None;
            loop {
                let page = Page { before, limit };
                let listed = store.receipts(&filter, page).await.expect("listed");
                let Some(last) = listed.last() else { break };
                assert!(listed.len() <= limit as usize);
                before = Some(last.id.rowid());
                joined.extend(listed);
            }
            assert_eq!(joined, whole, "{filter:?} by {limit}");
        }
    }
}

/// `since` is included, `until` is not, and neither is rounded.
pub async fn times_are_bounds_to_the_nanosecond(home: &mut dyn Home) {
    let store = home.store();
    let at = time(10) + SignedDuration::from_nanos(500);
    let draft = Draft {
        received_at: at,
        ..accepted(10)
    };
    assert!(store.accept(vec![draft]).await[0].is_ok());
    let nanosecond = SignedDuration::from_nanos(1);
    let listed =
        async |source: Option<&str>, since: Option<Timestamp>, until: Option<Timestamp>| {
            let source = source.map(str::to_owned);
            let filter = ReceiptFilter {
                source,
                since,
                until,
                ..ReceiptFilter::default()
            };
            !store
                .receipts(&filter, ALL)
                .await
                .expect("listed")
                .is_empty()
        };
    for source in [None, Some("enkash")] {
        assert!(listed(source, Some(at), None).await);
        assert!(!listed(source, Some(at + nanosecond), None).await);
        assert!(!listed(source, None, Some(at)).await);
        assert!(listed(source, None, Some(at + nanosecond)).await);
        assert!(listed(source, Some(Timestamp::MIN), Some(Timestamp::MAX)).await);
        assert!(!listed(source, Some(at), Some(at)).await);
    }
    assert_eq!(store.newest_rowid().await.expect("read"), id(10).rowid());
}
