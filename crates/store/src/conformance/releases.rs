//! Releases: a decision is a row of its own, and it claims what an accepted receipt would.

use countersign_domain::receipt::{Part, Verdict};

use super::{
    Home,
    fixtures::{
        accept, accepted, again, digest, duplicate_of, fresh_row, id, keep, quarantined,
        release_of, time,
    },
};
use crate::{Draft, Outcome, Release, Released, ReleasedPart, claims::plain_part};

/// Released before, and it was applied then.
fn already(at: u32) -> Released {
    Released::Already {
        at: time(at),
        duplicate_of: None,
    }
}

/// The first decision stands; the receipt itself does not change.
pub async fn a_release_is_written_once(home: &mut dyn Home) {
    let store = home.store();
    let held = quarantined(1);
    keep(&*store, held.clone()).await;
    let before = store.receipt(held.id).await.expect("read").expect("there");
    assert_eq!(before.summary.released_at, None);
    assert_eq!(
        store.release(release_of(&held, 10)).await.expect("asked"),
        Released::Now
    );
    let again = store.release(release_of(&held, 20)).await.expect("asked");
    assert_eq!(again, already(10));
    let mut after = store.receipt(held.id).await.expect("read").expect("there");
    assert_eq!(after.summary.released_at.take(), Some(time(10)));
    assert_eq!(after, before);
}

/// After a release, the same message is a duplicate of what was released.
pub async fn a_release_claims_the_identity(home: &mut dyn Home) {
    let store = home.store();
    let held = quarantined(1);
    keep(&*store, held.clone()).await;
    assert_eq!(
        store.release(release_of(&held, 10)).await.expect("asked"),
        Released::Now
    );
    let outcome = accept(&*store, again(2, &held)).await.expect("kept");
    assert_eq!(outcome, duplicate_of(&held));
    let changed = Draft {
        identity: held.identity,
        ..accepted(3)
    };
    let outcome = accept(&*store, changed).await.expect("kept");
    assert_eq!(outcome, Outcome::ContentChanged { first: held.id });
}

/// Nothing is left to apply; the decision is written down all the same.
pub async fn a_release_of_what_was_accepted_meanwhile_is_a_duplicate(home: &mut dyn Home) {
    let store = home.store();
    let held = quarantined(1);
    let corrected = again(2, &held);
    keep(&*store, held.clone()).await;
    keep(&*store, corrected.clone()).await;
    let released = store.release(release_of(&held, 10)).await.expect("asked");
    assert_eq!(
        released,
        Released::DuplicateOf {
            first: corrected.id
        }
    );
    let again = store.release(release_of(&held, 20)).await.expect("asked");
    assert_eq!(
        again,
        Released::Already {
            at: time(10),
            duplicate_of: Some(corrected.id)
        }
    );
    home.reopen().await;
    let record = home.store().receipt(held.id).await.expect("read");
    let record = record.expect("there");
    assert_eq!(record.summary.released_at, Some(time(10)));
    assert_eq!(record.released_duplicate_of, Some(corrected.id));
    assert_eq!(record.released_changed_from, None);
}

/// A release under a taken identity is a change of content; only one of each is applied.
pub async fn a_release_of_other_content_claims_the_change(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    keep(&*store, first.clone()).await;
    let held = Draft {
        identity: first.identity,
        ..quarantined(2)
    };
    keep(&*store, held.clone()).await;
    assert_eq!(
        store.release(release_of(&held, 10)).await.expect("asked"),
        Released::ContentChanged { first: first.id }
    );
    let again_released = store.release(release_of(&held, 15)).await.expect("asked");
    assert_eq!(again_released, already(10));
    let record = store.receipt(held.id).await.expect("read").expect("there");
    assert_eq!(record.summary.released_at, Some(time(10)));
    assert_eq!(record.released_duplicate_of, None);
    assert_eq!(record.released_changed_from, Some(first.id));
    let outcome = accept(&*store, again(3, &held)).await.expect("kept");
    assert_eq!(outcome, duplicate_of(&held));

    let changed = Draft {
        identity: first.identity,
        ..accepted(4)
    };
    accept(&*store, changed.clone()).await.expect("kept");
    let late = Draft {
        content: digest("late", 5),
        ..quarantined(5)
    };
    keep(&*store, late.clone()).await;
    let release = Release {
        content: changed.content,
        identity: changed.identity.expect("it has one"),
        ..release_of(&late, 20)
    };
    let released = store.release(release).await.expect("asked");
    assert_eq!(released, Released::DuplicateOf { first: changed.id });
}

/// A corrected contract may see other content in the same bytes; that one is compared with.
pub async fn a_release_knows_its_own_content(home: &mut dyn Home) {
    let store = home.store();
    let held = Draft {
        identity: None,
        ..quarantined(1)
    };
    keep(&*store, held.clone()).await;
    let seen = accepted(2);
    let release = Release {
        receipt: held.id,
        part: None,
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        findings: Vec::new(),
        failed_subject: None,
        at: time(10),
        identity: seen.identity.expect("it has one"),
        content: seen.content,
    };
    assert_eq!(store.release(release).await.expect("asked"), Released::Now);
    home.reopen().await;
    let outcome = accept(&*home.store(), seen).await.expect("kept");
    assert_eq!(outcome, duplicate_of(&held));
}

/// Accepted receipts, duplicates and unknown ones are told apart.
pub async fn only_quarantine_is_released(home: &mut dyn Home) {
    let store = home.store();
    let (first, held) = (accepted(1), quarantined(3));
    keep(&*store, first.clone()).await;
    accept(&*store, again(2, &first)).await.expect("kept");
    keep(&*store, held.clone()).await;
    accept(
        &*store,
        Draft {
            content: held.content,
            ..quarantined(4)
        },
    )
    .await
    .expect("kept");
    for number in [1, 2, 4] {
        let release = release_of(&accepted(number), 10);
        let released = store.release(release).await.expect("asked");
        assert_eq!(released, Released::NotQuarantined, "{number}");
        assert_eq!(
            store
                .receipt(id(number))
                .await
                .expect("read")
                .expect("there")
                .summary
                .released_at,
            None
        );
    }
    let released = store
        .release(release_of(&accepted(5), 10))
        .await
        .expect("asked");
    assert_eq!(released, Released::Unknown);
    let no_such_part = Release {
        part: Some(1),
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        ..release_of(&held, 10)
    };
    assert_eq!(
        store.release(no_such_part).await.expect("asked"),
        Released::Unknown
    );
}

/// A part, too, may be other content under an identity that is taken.
pub async fn a_released_part_can_be_changed_content(home: &mut dyn Home) {
    let store = home.store();
    let first = accepted(1);
    keep(&*store, first.clone()).await;
    let held = Draft {
        identity: None,
        parts: vec![plain_part(Verdict::Quarantined)],
        ..accepted(2)
    };
    keep(&*store, held.clone()).await;
    let release = Release {
        receipt: held.id,
        part: Some(0),
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        findings: Vec::new(),
        failed_subject: None,
        at: time(10),
        identity: first.identity.expect("it has one"),
        content: held.content,
    };
    assert_eq!(
        store.release(release).await.expect("asked"),
        Released::ContentChanged { first: first.id }
    );
    let record = store.receipt(held.id).await.expect("read").expect("there");
    let expected = ReleasedPart {
        part: 0,
        at: time(10),
        duplicate_of: None,
        changed_from: Some(first.id),
    };
    assert_eq!(record.released_parts, [expected]);
    assert_eq!(record.released_changed_from, None);
}

/// One part of an accepted receipt is released; the others were applied when it came.
pub async fn a_part_is_released_alone(home: &mut dyn Home) {
    let store = home.store();
    let held = plain_part(Verdict::Quarantined);
    let parts = vec![plain_part(Verdict::Accepted), held.clone(), held];
    let draft = Draft {
        parts,
        ..accepted(1)
    };
    keep(&*store, draft.clone()).await;
    let part = |part, identity| Release {
        part: Some(part),
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        findings: Vec::new(),
        failed_subject: None,
        identity: digest("part", identity),
        content: digest("part content", identity),
        ..release_of(&draft, 10 + part)
    };
    assert_eq!(
        store.release(part(0, 0)).await.expect("asked"),
        Released::NotQuarantined
    );
    assert_eq!(
        store.release(part(1, 1)).await.expect("asked"),
        Released::Now
    );
    let again = store.release(part(1, 1)).await.expect("asked");
    assert_eq!(again, already(11));
    let same = store.release(part(2, 1)).await.expect("asked");
    assert_eq!(
        same,
        Released::DuplicateOf { first: draft.id },
        "two parts say the same"
    );
    assert_eq!(
        store.release(part(3, 3)).await.expect("asked"),
        Released::Unknown
    );
    let record = store.receipt(draft.id).await.expect("read").expect("there");
    assert_eq!(record.summary.released_at, None);
    let released = |part, duplicate_of| ReleasedPart {
        part,
        at: time(10 + part),
        duplicate_of,
        changed_from: None,
    };
    assert_eq!(
        record.released_parts,
        [released(1, None), released(2, Some(draft.id))]
    );
    assert_eq!(
        record.parts[1].verdict,
        Verdict::Quarantined,
        "the receipt never changes"
    );
}

/// Whoever releases the whole has released each part.
pub async fn a_part_of_a_released_receipt_is_released(home: &mut dyn Home) {
    let store = home.store();
    let broken = Part {
        verdict: Verdict::Quarantined,
        event: false,
        violations: Vec::new(),
    };
    let held = Draft {
        parts: vec![broken.clone(), broken],
        ..quarantined(1)
    };
    keep(&*store, held.clone()).await;
    let alone = Release {
        part: Some(1),
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        findings: Vec::new(),
        failed_subject: None,
        identity: digest("part", 1),
        ..release_of(&held, 10)
    };
    assert_eq!(store.release(alone).await.expect("asked"), Released::Now);
    assert_eq!(
        store.release(release_of(&held, 20)).await.expect("asked"),
        Released::Now
    );
    let other = Release {
        part: Some(0),
        row: fresh_row(),
        changes: Vec::new(),
        events: Vec::new(),
        ..release_of(&held, 30)
    };
    let released = store.release(other).await.expect("asked");
    assert_eq!(released, already(20));
}
