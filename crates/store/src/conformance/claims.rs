//! First, repeat or change: what `accept` makes of each draft.

use std::sync::Arc;

use countersign_domain::receipt::{Answer, FindingCode, Verdict};

use super::{
    Home,
    fixtures::{accept, accepted, again, answer, digest, duplicate_of, id, keep, quarantined},
};
use crate::{Draft, Outcome, StoreError};

/// A draft that nothing stands against is kept as drafted.
pub async fn a_first_receipt_is_kept(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, accepted(1)).await;
    let record = store.receipt(id(1)).await.expect("read").expect("there");
    assert_eq!(record.summary.verdict, Verdict::Accepted);
    assert_eq!(record.answer, answer(1));
    assert_eq!(record.summary.duplicate_of, None);
    assert!(record.summary.findings.is_empty());
    assert!(record.parts[0].event);
}

/// A repeat is kept with its own bytes, answered with the first answer, and makes no event.
pub async fn the_same_identity_and_content_is_a_duplicate(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    keep(&*store, first.clone()).await;
    for number in [2, 3] {
        let repeat = again(number, &first);
        let body = repeat.body.clone();
        assert_eq!(
            accept(&*store, repeat).await.expect("kept"),
            duplicate_of(&first)
        );
        let record = store
            .receipt(id(number))
            .await
            .expect("read")
            .expect("there");
        assert_eq!(record.summary.verdict, Verdict::Duplicate);
        assert_eq!(
            record.summary.duplicate_of,
            Some(first.id),
            "the first, not another duplicate"
        );
        assert_eq!(record.answer, first.answer);
        assert_eq!(record.parts[0].verdict, Verdict::Duplicate);
        assert!(!record.parts[0].event);
        assert_eq!(store.body(id(number)).await.expect("read"), Some(body));
    }
}

/// A contract that became stricter does not turn repeats of accepted messages into quarantine.
pub async fn a_quarantined_draft_of_an_accepted_message_is_its_duplicate(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    keep(&*store, first.clone()).await;
    let repeat = Draft {
        identity: first.identity,
        content: first.content,
        ..quarantined(2)
    };
    assert_eq!(
        accept(&*store, repeat).await.expect("kept"),
        duplicate_of(&first)
    );
    let record = store.receipt(id(2)).await.expect("read").expect("there");
    assert_eq!(record.summary.verdict, Verdict::Duplicate);
    assert_eq!(
        record.summary.violations.len(),
        1,
        "its own violations stay"
    );
}

/// Other content is accepted with a finding and no event, and its copies are copies of it.
pub async fn other_content_under_an_identity_is_content_changed(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    keep(&*store, first.clone()).await;
    let changed = Draft {
        identity: first.identity,
        ..accepted(2)
    };
    let outcome = accept(&*store, changed.clone()).await.expect("kept");
    assert_eq!(outcome, Outcome::ContentChanged { first: first.id });
    let record = store
        .receipt(changed.id)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(record.summary.verdict, Verdict::Accepted);
    assert_eq!(record.answer, changed.answer);
    assert_eq!(record.summary.findings.len(), 1);
    assert_eq!(record.summary.findings[0].code, FindingCode::ContentChanged);
    assert!(
        record.summary.findings[0]
            .message
            .contains(&first.id.to_string())
    );
    assert_eq!(record.parts[0].verdict, Verdict::Accepted);
    assert!(!record.parts[0].event, "there is no second business event");

    let copies = [(again(3, &changed), &changed), (again(4, &first), &first)];
    for (copy, of) in copies {
        assert_eq!(accept(&*store, copy).await.expect("kept"), duplicate_of(of));
    }
    let third = Draft {
        identity: first.identity,
        ..accepted(5)
    };
    let outcome = accept(&*store, third).await.expect("kept");
    assert_eq!(outcome, Outcome::ContentChanged { first: first.id });
}

/// What cannot be applied is told apart by its content.
pub async fn the_same_content_in_quarantine_is_a_duplicate(home: &mut dyn Home) {
    let store = home.store();
    let first = Draft {
        identity: None,
        ..quarantined(1)
    };
    keep(&*store, first.clone()).await;
    let repeat = Draft {
        identity: None,
        content: first.content,
        ..quarantined(2)
    };
    assert_eq!(
        accept(&*store, repeat).await.expect("kept"),
        duplicate_of(&first)
    );
    let record = store.receipt(id(2)).await.expect("read").expect("there");
    assert_eq!(
        record.answer,
        Answer {
            status: 422,
            ..answer(1)
        }
    );
}

/// The same bytes at another place are another message.
pub async fn quarantine_is_told_apart_by_source_operation_and_content(home: &mut dyn Home) {
    let store = home.store();
    let first = quarantined(1);
    keep(&*store, first.clone()).await;
    let same = |number| Draft {
        content: first.content,
        ..quarantined(number)
    };
    keep(
        &*store,
        Draft {
            source: Arc::from("other"),
            ..same(2)
        },
    )
    .await;
    keep(
        &*store,
        Draft {
            operation: Arc::from("payment.confirm.request"),
            ..same(3)
        },
    )
    .await;
    keep(
        &*store,
        Draft {
            content: digest("other", 4),
            ..same(4)
        },
    )
    .await;
    assert_eq!(
        accept(&*store, same(5)).await.expect("kept"),
        duplicate_of(&first)
    );
}

/// A corrected contract accepts the next try of what was in quarantine.
pub async fn quarantine_leaves_the_identity_free(home: &mut dyn Home) {
    let store = home.store();
    let first = quarantined(1);
    keep(&*store, first.clone()).await;
    let corrected = again(2, &first);
    keep(&*store, corrected.clone()).await;
    let repeat = Draft {
        identity: first.identity,
        content: first.content,
        ..quarantined(3)
    };
    assert_eq!(
        accept(&*store, repeat).await.expect("kept"),
        duplicate_of(&corrected),
        "what was accepted counts before what is in quarantine"
    );
}

/// A refused draft under a taken identity is no change of content: it is in quarantine.
pub async fn other_content_under_a_taken_identity_can_be_quarantined(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    keep(&*store, first.clone()).await;
    let other = Draft {
        identity: first.identity,
        ..quarantined(2)
    };
    keep(&*store, other.clone()).await;
    let record = store.receipt(other.id).await.expect("read").expect("there");
    assert_eq!(record.summary.verdict, Verdict::Quarantined);
    assert!(record.summary.findings.is_empty());
}

/// One batch gives the same outcomes as the same drafts one by one.
pub async fn look_ups_see_the_drafts_before_them_in_the_batch(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    let changed = Draft {
        identity: first.identity,
        ..accepted(3)
    };
    let unreadable = Draft {
        identity: None,
        ..quarantined(5)
    };
    let batch = vec![
        first.clone(),
        again(2, &first),
        changed.clone(),
        again(4, &changed),
        unreadable.clone(),
        Draft {
            identity: None,
            content: unreadable.content,
            ..quarantined(6)
        },
        accepted(7),
    ];
    let results = store.accept(batch).await;
    let outcomes: Vec<_> = results.into_iter().map(|it| it.expect("kept")).collect();
    let expected = [
        Outcome::Kept,
        duplicate_of(&first),
        Outcome::ContentChanged { first: first.id },
        duplicate_of(&changed),
        Outcome::Kept,
        duplicate_of(&unreadable),
        Outcome::Kept,
    ];
    assert_eq!(outcomes, expected);
}

/// One receipt of a hundred that cannot be kept (its id is taken) fails, and the others are kept.
pub async fn a_poison_receipt_fails_alone(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, accepted(1000)).await;
    let mut batch: Vec<_> = (0..100).map(accepted).collect();
    batch[57].id = id(1000);
    let results = store.accept(batch).await;
    for (number, result) in (0..).zip(results) {
        let kept = store.receipt(id(number)).await.expect("read").is_some();
        if number == 57 {
            assert!(
                matches!(result, Err(StoreError::Refused { .. })),
                "{result:?}"
            );
            assert!(!kept);
        } else {
            assert_eq!(result.expect("kept"), Outcome::Kept, "{number}");
            assert!(kept, "{number}");
        }
    }
    let whole = store.body(id(1000)).await.expect("read").expect("there");
    assert_eq!(
        whole,
        accepted(1000).body,
        "the receipt whose id it took is untouched"
    );
}

/// What was not kept does not stand in the way of its next try.
pub async fn a_poison_receipt_leaves_no_claim(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, accepted(1)).await;
    let poison = Draft {
        id: id(1),
        ..accepted(2)
    };
    let next_try = accepted(2);
    let results = store
        .accept(vec![accepted(3), poison.clone(), next_try.clone()])
        .await;
    assert!(
        matches!(results[1], Err(StoreError::Refused { .. })),
        "{:?}",
        results[1]
    );
    assert_eq!(results[2].clone().expect("kept"), Outcome::Kept);
    let results = store.accept(vec![poison]).await;
    assert!(
        matches!(results[0], Err(StoreError::Refused { .. })),
        "{:?}",
        results[0]
    );
    assert_eq!(
        accept(&*store, again(4, &next_try)).await.expect("kept"),
        duplicate_of(&next_try)
    );
}

/// A draft that claims to be a duplicate is a mistake of its caller.
pub async fn only_the_store_says_duplicate(home: &mut dyn Home) {
    let store = home.store();
    let draft = Draft {
        verdict: Verdict::Duplicate,
        ..accepted(1)
    };
    let result = accept(&*store, draft).await;
    assert!(
        matches!(result, Err(StoreError::Refused { .. })),
        "{result:?}"
    );
    assert_eq!(store.receipt(id(1)).await.expect("read"), None);
}
