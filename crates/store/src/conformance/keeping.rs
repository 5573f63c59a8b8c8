//! What is kept is what came, and it outlives the process.

use bytes::Bytes;
use countersign_domain::{
    ids::RejectedId,
    receipt::{Answer, Finding, FindingCode, Part, Verdict, Violation, ViolationCode},
};
use jiff::Timestamp;

use super::{
    Home,
    fixtures::{
        ALL, accept, accepted, again, answer, duplicate_of, id, keep, quarantined, release_of,
        time, violation,
    },
    rejected::{refusals, rejected},
};
use crate::{
    Draft, ReceiptFilter, ReceiptRecord, ReceiptSummary, Released, StoreError, claims::plain_part,
};

fn odd_bodies() -> Vec<Bytes> {
    let mut bodies: Vec<Bytes> = [
        &b""[..],
        b"\0",
        b"\xff\xfe\x00\x80",
        b"\xef\xbb\xbf{}",
        br#"{"id":123456789012345678,"amount":1.10,"b":1e2,"a":"\u00e9\/\ud83d\ude00"}"#,
        "{\"z\" : 1,\r\n\t\"a\" :\u{a0}\"\u{202e}é\u{1f600}\"}".as_bytes(),
        b"'; DROP TABLE receipts; --",
    ]
    .into_iter()
    .map(Bytes::from_static)
    .collect();
    // Around the sizes at which a page of a database ends, and far beyond.
    for length in [4000_usize, 4095, 4096, 4097, 16_384, 65_537, 3 << 20] {
        bodies.push((0..=250_u8).cycle().take(length).collect());
    }
    bodies
}

/// The bytes that come back are the bytes that went in, whatever they are.
pub async fn bodies_are_kept_to_the_byte(home: &mut dyn Home) {
    let bodies = odd_bodies();
    for (number, body) in (0..).zip(&bodies) {
        keep(
            &*home.store(),
            Draft {
                body: body.clone(),
                ..accepted(number)
            },
        )
        .await;
    }
    home.reopen().await;
    for (number, body) in (0..).zip(bodies) {
        let kept = home
            .store()
            .body(id(number))
            .await
            .expect("read")
            .expect("there");
        assert!(kept == body, "body {number} differs");
    }
}

/// Every field of a draft comes back.
pub async fn a_receipt_reads_back_whole(home: &mut dyn Home) {
    let store = home.store();
    let unreadable = Violation {
        code: ViolationCode::PartUnreadable,
        pointer: "/items/1/payload".to_owned(),
        message: "expected JSON".to_owned(),
    };
    let broken = Part {
        verdict: Verdict::Quarantined,
        event: false,
        violations: vec![unreadable.clone()],
    };
    let failed = Part {
        verdict: Verdict::Accepted,
        event: false,
        violations: Vec::new(),
    };
    let draft = Draft {
        received_at: Timestamp::from_nanosecond(1_700_000_000_123_456_789).expect("a time"),
        headers: vec![
            ("x-request-id".to_owned(), "a\"b é".to_owned()),
            ("x-request-id".to_owned(), String::new()),
        ],
        violations: vec![violation(1), unreadable],
        findings: vec![Finding {
            code: FindingCode::ResultFailure,
            message: "errorCd B2B001".to_owned(),
        }],
        parts: vec![plain_part(Verdict::Accepted), broken, failed],
        answer: Answer {
            status: 202,
            body: Bytes::from_static(b"\x00odd\xff"),
        },
        ..accepted(1)
    };
    keep(&*store, draft.clone()).await;
    let expected = ReceiptRecord {
        summary: ReceiptSummary {
            id: draft.id,
            source: draft.source.to_string(),
            operation: draft.operation.to_string(),
            verdict: draft.verdict,
            received_at: draft.received_at,
            violations: draft.violations,
            findings: draft.findings,
            duplicate_of: None,
            released_at: None,
        },
        headers: draft.headers,
        edition: draft.edition.map(|it| it.to_string()),
        parts: draft.parts,
        answer: draft.answer,
        released_duplicate_of: None,
        released_changed_from: None,
        released_parts: Vec::new(),
        events: vec![0],
    };
    assert_eq!(
        store.receipt(id(1)).await.expect("read"),
        Some(expected.clone())
    );
    assert_eq!(
        store
            .receipts(&ReceiptFilter::default(), ALL)
            .await
            .expect("listed"),
        [expected.summary]
    );
}

/// A body that cannot be read has no parts, no headers, no edition and an empty answer.
pub async fn a_receipt_with_nothing_optional_reads_back(home: &mut dyn Home) {
    let store = home.store();
    let draft = Draft {
        headers: Vec::new(),
        body: Bytes::new(),
        edition: None,
        violations: Vec::new(),
        parts: Vec::new(),
        identity: None,
        answer: Answer {
            status: 400,
            body: Bytes::new(),
        },
        ..quarantined(1)
    };
    keep(&*store, draft).await;
    let record = store.receipt(id(1)).await.expect("read").expect("there");
    assert!(record.parts.is_empty() && record.headers.is_empty() && record.edition.is_none());
    assert_eq!(
        record.answer,
        Answer {
            status: 400,
            body: Bytes::new()
        }
    );
    assert_eq!(store.body(id(1)).await.expect("read"), Some(Bytes::new()));
}

/// Asking for what was never kept is no error.
pub async fn what_is_not_there_is_none(home: &mut dyn Home) {
    let store = home.store();
    assert_eq!(store.receipt(id(1)).await.expect("read"), None);
    assert_eq!(store.body(id(1)).await.expect("read"), None);
    assert!(
        store
            .rejected_one(RejectedId::from_rowid(1))
            .await
            .expect("read")
            .is_none()
    );
    assert!(
        store
            .receipts(&ReceiptFilter::default(), ALL)
            .await
            .expect("listed")
            .is_empty()
    );
    assert!(store.rejected(ALL).await.expect("listed").is_empty());
}

/// Receipts, claims, releases and rejected bodies are there after a restart, again and again.
pub async fn a_restart_keeps_everything(home: &mut dyn Home) {
    let first = accepted(1);
    let changed = Draft {
        identity: first.identity,
        ..accepted(2)
    };
    let held = quarantined(3);
    let store = home.store();
    for draft in [first.clone(), changed.clone(), held.clone()] {
        accept(&*store, draft).await.expect("kept");
    }
    let many: Vec<_> = (1000..2000).map(accepted).collect();
    assert!(store.accept(many).await.iter().all(Result::is_ok));
    let release = release_of(&held, 50);
    assert_eq!(
        store.release(release.clone()).await.expect("released"),
        Released::Now
    );
    store
        .keep_rejected(refusals(vec![rejected(4)]))
        .await
        .expect("kept");
    drop(store);

    for round in 0..3 {
        home.reopen().await;
        let store = home.store();
        let repeats = [(100, &first), (200, &changed), (300, &held)];
        for (number, of) in repeats {
            let outcome = accept(&*store, again(number + round, of))
                .await
                .expect("kept");
            assert_eq!(outcome, duplicate_of(of), "round {round}");
        }
        let all = (1000..2000)
            .map(|it| again(it + 1000 * (round + 1), &accepted(it)))
            .collect();
        for (number, result) in (1000..).zip(store.accept(all).await) {
            assert_eq!(
                result.expect("kept"),
                duplicate_of(&accepted(number)),
                "{number}"
            );
        }
        let record = store.receipt(held.id).await.expect("read").expect("there");
        assert_eq!(record.summary.released_at, Some(time(50)));
        assert_eq!(
            record.answer,
            Answer {
                status: 422,
                ..answer(3)
            }
        );
        let again = store.release(release.clone()).await.expect("asked");
        assert_eq!(
            again,
            Released::Already {
                at: time(50),
                duplicate_of: None
            }
        );
        assert_eq!(store.rejected(ALL).await.expect("listed").len(), 1);
    }
}

/// New ids rise above every id in use, receipts' and rejected bodies' alike.
pub async fn the_newest_row_id_is_known(home: &mut dyn Home) {
    assert_eq!(home.store().newest_rowid().await.expect("read"), 0);
    keep(&*home.store(), accepted(7)).await;
    keep(&*home.store(), accepted(5)).await;
    assert_eq!(
        home.store().newest_rowid().await.expect("read"),
        id(7).rowid()
    );
    home.store()
        .keep_rejected(refusals(vec![rejected(9)]))
        .await
        .expect("kept");
    home.reopen().await;
    assert_eq!(
        home.store().newest_rowid().await.expect("read"),
        rejected(9).id.rowid()
    );
}

/// A probe commits, and nothing of it is seen.
pub async fn a_probe_leaves_no_trace(home: &mut dyn Home) {
    let store = home.store();
    store.probe().await.expect("it can write");
    store.probe().await.expect("it can write again");
    assert_eq!(store.newest_rowid().await.expect("read"), 0);
    assert!(
        store
            .receipts(&ReceiptFilter::default(), ALL)
            .await
            .expect("listed")
            .is_empty()
    );
}

/// After `close`, nothing is promised any more, and closing again is no error.
pub async fn a_closed_store_is_unavailable(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, accepted(1)).await;
    store.close().await;
    store.close().await;
    let unavailable = |error: StoreError| matches!(error, StoreError::Unavailable { .. });
    assert!(unavailable(
        accept(&*store, accepted(2)).await.expect_err("closed")
    ));
    assert!(unavailable(store.receipt(id(1)).await.expect_err("closed")));
    assert!(unavailable(store.probe().await.expect_err("closed")));
    drop(store);
    home.reopen().await;
    assert!(home.store().receipt(id(1)).await.expect("read").is_some());
    assert!(home.store().receipt(id(2)).await.expect("read").is_none());
}
