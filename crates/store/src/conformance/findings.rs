//! Findings: open while what is told does not add up, closed by what is told or decided later.

use countersign_domain::{
    ids::{ChangeId, DecisionId, FindingId},
    receipt::{Finding, FindingCode},
};

use super::{
    Home,
    fixtures::{ALL, accept, accepted, keep, quarantined, release_of, time},
    trade::{
        INVOICE, PAYMENT, invoice, lifecycles, name_of, of_invoice, of_payment, paying, saying,
    },
};
use crate::{
    Draft, FindingFilter, FindingRecord, Page, Refold, Release, Released, Resolution,
    ResolutionAnswer, Resolved, Store,
};

async fn found(store: &dyn Store, code: FindingCode, open: Option<bool>) -> Vec<FindingRecord> {
    let filter = FindingFilter {
        codes: vec![code],
        open,
        ..FindingFilter::default()
    };
    store.findings(&filter, ALL).await.expect("listed")
}

fn resolution(number: i64, finding: FindingId, answer: ResolutionAnswer) -> Resolution {
    Resolution {
        id: DecisionId::from_rowid(number),
        at: time(1000),
        finding,
        lifecycle: Some(invoice()),
        answer,
        reason: "asked the supplier".to_owned(),
    }
}

async fn is_sound(store: &dyn Store) {
    let refold = Refold {
        lifecycles: lifecycles(),
        after: 0,
        limit: 1000,
        mend: false,
    };
    let refolded = store.refold(refold).await.expect("refolded");
    assert_eq!(refolded.differences, []);
}

/// A finding opens with the message that shows the doubt and closes with the one that mends it.
pub async fn findings_open_and_close_with_the_state(home: &mut dyn Home) {
    let store = home.store();
    let wrong = saying(1, vec![of_payment("P1", 1, "INITIATED", "U1", false)]);
    keep(&*store, wrong.clone()).await;
    let code = FindingCode::TotalMismatch;
    let open = found(&*store, code, Some(true)).await;
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].document, Some(name_of(PAYMENT, "P1")));
    assert_eq!(open[0].receipt, wrong.id);
    assert_eq!(
        (open[0].opened_at, open[0].closed_at),
        (wrong.received_at, None)
    );
    assert!(open[0].message.contains("95.00"), "{}", open[0].message);

    let right = saying(2, vec![of_payment("P1", 2, "INITIATED", "U1", true)]);
    keep(&*store, right.clone()).await;
    assert!(found(&*store, code, Some(true)).await.is_empty());
    let closed = found(&*store, code, Some(false)).await;
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].closed_at, Some(right.received_at));
    let one = store.finding(closed[0].id).await.expect("read");
    assert_eq!(one.as_ref(), Some(&closed[0]));
    let of_document = FindingFilter {
        document: Some(name_of(PAYMENT, "P1")),
        ..FindingFilter::default()
    };
    let all = store.findings(&of_document, ALL).await.expect("listed");
    assert_eq!(all, closed);
    is_sound(&*store).await;
}

/// What is doubtful about a receipt is a finding of the document that it tells of.
pub async fn findings_of_receipts_name_their_document(home: &mut dyn Home) {
    let store = home.store();
    let first = paying(1, "P1", "I1");
    keep(&*store, first.clone()).await;
    let other = Draft {
        identity: first.identity,
        changes: vec![of_payment("P1", 2, "INITIATED", "UTRP1", true)],
        ..accepted(2)
    };
    accept(&*store, other).await.expect("kept");
    let failed = Draft {
        findings: vec![Finding {
            code: FindingCode::ResultFailure,
            message: "the request failed: errorCd U17".to_owned(),
        }],
        failed_subject: Some(name_of(INVOICE, "I1")),
        ..accepted(3)
    };
    keep(&*store, failed).await;
    let unknown = Draft {
        findings: vec![Finding {
            code: FindingCode::ResultFailure,
            message: "the request failed".to_owned(),
        }],
        failed_subject: Some(name_of(INVOICE, "I2")),
        ..accepted(4)
    };
    keep(&*store, unknown).await;
    let changed = found(&*store, FindingCode::ContentChanged, Some(true)).await;
    assert_eq!(changed[0].document, Some(name_of(PAYMENT, "P1")));
    let failed = found(&*store, FindingCode::ResultFailure, None).await;
    let documents: Vec<_> = failed.iter().map(|it| it.document.clone()).collect();
    assert_eq!(documents, [None, Some(name_of(INVOICE, "I1"))]);
    is_sound(&*store).await;
}

fn doubt(code: FindingCode) -> Finding {
    Finding {
        code,
        message: "what was seen".to_owned(),
    }
}

/// A total of a whole batch is not what one of its documents says: it stands alone, no change
/// closes it, and a note may.
pub async fn a_sum_of_a_whole_receipt_is_of_no_document_and_can_be_noted(home: &mut dyn Home) {
    let store = home.store();
    let batch = Draft {
        findings: vec![doubt(FindingCode::TotalMismatch)],
        ..paying(1, "P1", "I1")
    };
    keep(&*store, batch.clone()).await;
    is_sound(&*store).await;
    keep(&*store, paying(2, "P1", "I1")).await;
    let open = found(&*store, FindingCode::TotalMismatch, Some(true)).await;
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0].document, open[0].receipt), (&None, batch.id));
    let note = resolution(1, open[0].id, ResolutionAnswer::Noted);
    let noted = store.resolve(note).await.expect("asked");
    assert!(matches!(noted, Resolved::Now(it) if it.closed_at.is_some()));
    is_sound(&*store).await;
}

/// What is doubtful about a receipt in quarantine is a finding from its release on.
pub async fn findings_of_a_release_are_those_of_what_it_releases(home: &mut dyn Home) {
    let store = home.store();
    keep(&*store, paying(1, "P1", "I1")).await;
    let held = quarantined(2);
    keep(&*store, held.clone()).await;
    assert!(
        found(&*store, FindingCode::ResultFailure, None)
            .await
            .is_empty()
    );
    let doubts = [FindingCode::ResultFailure, FindingCode::TotalMismatch];
    let release = Release {
        findings: doubts.map(doubt).to_vec(),
        failed_subject: Some(name_of(INVOICE, "I1")),
        ..release_of(&held, 50)
    };
    for outcome in ["released", "released before"] {
        let released = store.release(release.clone()).await.expect(outcome);
        assert_eq!(released == Released::Now, outcome == "released");
    }
    let failed = found(&*store, FindingCode::ResultFailure, Some(true)).await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].document, Some(name_of(INVOICE, "I1")));
    assert_eq!(
        (failed[0].receipt, failed[0].opened_at),
        (held.id, time(50))
    );
    let whole = found(&*store, FindingCode::TotalMismatch, Some(true)).await;
    assert_eq!((whole.len(), &whole[0].document), (1, &None));
    is_sound(&*store).await;
}

/// Each filter lists exactly its findings, the newest first, whatever the size of the page.
pub async fn lists_of_findings_follow_document_code_and_open(home: &mut dyn Home) {
    let store = home.store();
    for number in 1..9 {
        let told = of_payment("P1", number, "INITIATED", "U1", number % 2 == 0);
        keep(&*store, saying(number, vec![told])).await;
    }
    let told = of_payment("P22", 20, "INITIATED", "U2", false);
    keep(&*store, saying(20, vec![told])).await;
    let told = of_payment("P1", 21, "NEVER SEEN", "U1", false);
    let whole = Draft {
        findings: vec![doubt(FindingCode::TotalMismatch)],
        ..saying(21, vec![told])
    };
    keep(&*store, whole).await;
    let all = store.findings(&FindingFilter::default(), ALL).await;
    let all = all.expect("listed");
    assert!(all.len() > 7 && all.is_sorted_by(|one, other| one.id > other.id));
    let codes = [
        vec![],
        vec![FindingCode::TotalMismatch],
        vec![FindingCode::StatusUnknown, FindingCode::StatusUnknown],
    ];
    for codes in codes {
        for document in [None, Some(name_of(PAYMENT, "P1"))] {
            for open in [None, Some(true), Some(false)] {
                let wanted = all.iter().filter(|it| {
                    (codes.is_empty() || codes.contains(&it.key.code))
                        && (document.is_none() || it.document == document)
                        && open.is_none_or(|open| it.closed_at.is_none() == open)
                });
                let wanted: Vec<_> = wanted.cloned().collect();
                let filter = FindingFilter {
                    codes: codes.clone(),
                    document: document.clone(),
                    open,
                };
                for limit in [1, 3, 1000] {
                    assert_eq!(paged(&*store, &filter, limit).await, wanted, "{filter:?}");
                }
            }
        }
    }
}

async fn paged(store: &dyn Store, filter: &FindingFilter, limit: u32) -> Vec<FindingRecord> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = Page { before, limit };
        let mut page = store.findings(filter, page).await.expect("listed");
        let Some(last) = page.last() else {
            return found;
        };
        before = Some(last.id.rowid());
        found.append(&mut page);
    }
}

/// Two payments with one UTR have the finding, both, until one of them is told otherwise.
pub async fn a_shared_number_is_a_finding_of_both_until_told_otherwise(home: &mut dyn Home) {
    let store = home.store();
    let tell = |number, id: &str, utr: &str| {
        saying(number, vec![of_payment(id, number, "INITIATED", utr, true)])
    };
    let code = FindingCode::UtrReused;
    let open = |records: Vec<FindingRecord>| {
        let ids = records
            .into_iter()
            .filter_map(|it| it.document)
            .map(|it| it.id);
        let mut ids: Vec<_> = ids.collect();
        ids.sort();
        ids
    };
    keep(&*store, tell(1, "P1", "U1")).await;
    keep(&*store, tell(2, "P2", "U2")).await;
    assert!(found(&*store, code, None).await.is_empty());
    keep(&*store, tell(3, "P3", "u1")).await;
    let shared = found(&*store, code, Some(true)).await;
    for finding in &shared {
        // Which one it is may change while the finding stays.
        assert_eq!(finding.message, "another payment has the same utr");
        assert_eq!(finding.key.about, "utr");
    }
    assert_eq!(open(shared), ["P1", "P3"]);
    home.reopen().await;
    let store = home.store();
    keep(&*store, tell(4, "P2", "U1 ")).await;
    assert_eq!(
        open(found(&*store, code, Some(true)).await),
        ["P1", "P2", "P3"]
    );
    keep(&*store, tell(5, "P1", "U5")).await;
    assert_eq!(open(found(&*store, code, Some(true)).await), ["P2", "P3"]);
    keep(&*store, tell(6, "P3", "U6")).await;
    assert!(found(&*store, code, Some(true)).await.is_empty());
    is_sound(&*store).await;
}

async fn rivals(store: &dyn Store) -> (ChangeId, ChangeId, FindingId) {
    let accept = of_invoice("I1", 1, ("CREATED", "ACCEPTED"), "A", None);
    let reject = of_invoice("I1", 2, ("CREATED", "REJECTED"), "B", None);
    let ids = (accept.id(), reject.id());
    keep(store, saying(1, vec![accept])).await;
    keep(store, saying(2, vec![reject])).await;
    let open = found(store, FindingCode::Conflict, Some(true)).await;
    assert_eq!(open.len(), 1);
    (ids.0, ids.1, open[0].id)
}

/// Picking one of two rivals closes the conflict and moves the document; so it stays, and a later
/// decision is stronger.
pub async fn a_decision_refolds_the_document(home: &mut dyn Home) {
    let store = home.store();
    let (accepted, rejected, finding) = rivals(&*store).await;
    let status = async |store: &dyn Store| {
        let told = store
            .document(&name_of(INVOICE, "I1"), 10)
            .await
            .expect("read");
        let told = told.expect("it was told of");
        (told.document.state.status(&invoice()), told.decisions.len())
    };
    let pick = resolution(1, finding, ResolutionAnswer::Pick(accepted));
    match store.resolve(pick).await.expect("decided") {
        Resolved::Now(now) => assert_eq!(now.closed_at, Some(time(1000))),
        other => panic!("{other:?}"),
    }
    assert_eq!(status(&*store).await, (Some("ACCEPTED".to_owned()), 1));
    is_sound(&*store).await;
    home.reopen().await;
    let store = home.store();
    let again = of_invoice("I1", 3, ("CREATED", "REJECTED"), "B", None);
    keep(&*store, saying(3, vec![again])).await;
    assert_eq!(status(&*store).await, (Some("ACCEPTED".to_owned()), 1));
    let pick = Resolution {
        at: time(2000),
        ..resolution(2, finding, ResolutionAnswer::Pick(rejected))
    };
    store.resolve(pick).await.expect("decided");
    assert_eq!(status(&*store).await, (Some("REJECTED".to_owned()), 2));
    let list = crate::DocumentFilter {
        status: Some("REJECTED".to_owned()),
        ..crate::DocumentFilter::default()
    };
    assert_eq!(
        store
            .documents(&list, ALL)
            .await
            .expect("listed")
            .items
            .len(),
        1
    );
    is_sound(&*store).await;
}

/// A decision that leaves a doubt standing leaves it in the words that are true now.
pub async fn a_decision_retells_what_stays_open(home: &mut dyn Home) {
    let store = home.store();
    let (_, _, finding) = rivals(&*store).await;
    let third = of_invoice("I1", 3, ("CREATED", "ACCEPTED"), "C", None);
    keep(&*store, saying(3, vec![third.clone()])).await;
    let open = found(&*store, FindingCode::Conflict, Some(true)).await;
    assert_eq!((open.len(), open[0].id), (1, finding));
    assert!(open[0].message.contains("(2 times)"), "{}", open[0].message);
    let void = resolution(1, finding, ResolutionAnswer::Void(third.id()));
    match store.resolve(void).await.expect("decided") {
        Resolved::Now(now) => {
            assert_eq!(now.closed_at, None);
            assert!(!now.message.contains("times"), "{}", now.message);
        }
        other => panic!("{other:?}"),
    }
    is_sound(&*store).await;
}

/// A doubt that follows from the changes is closed by changes or by a ruling, never by a note.
pub async fn a_note_closes_only_what_a_receipt_opened(home: &mut dyn Home) {
    let store = home.store();
    let (accepted_change, _, conflict) = rivals(&*store).await;
    let failed = Draft {
        findings: vec![Finding {
            code: FindingCode::ResultFailure,
            message: "the request failed".to_owned(),
        }],
        ..accepted(5)
    };
    keep(&*store, failed).await;
    let failure = found(&*store, FindingCode::ResultFailure, Some(true)).await[0].id;
    let note = |number, finding| resolution(number, finding, ResolutionAnswer::Noted);
    assert_eq!(
        store.resolve(note(1, conflict)).await.expect("asked"),
        Resolved::NeedsRuling
    );
    let noted = store.resolve(note(2, failure)).await.expect("asked");
    assert!(matches!(noted, Resolved::Now(it) if it.closed_at.is_some()));
    let nobody = FindingId::from_rowid(999_999);
    assert_eq!(
        store.resolve(note(3, nobody)).await.expect("asked"),
        Resolved::UnknownFinding
    );
    let stranger = ResolutionAnswer::Void(ChangeId::from_bytes([7; 16]));
    for (finding, answer) in [
        (conflict, stranger),
        (failure, ResolutionAnswer::Void(accepted_change)),
    ] {
        let asked = store.resolve(resolution(4, finding, answer)).await;
        assert_eq!(asked.expect("asked"), Resolved::UnknownChange);
    }
}
