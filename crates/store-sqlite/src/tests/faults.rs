//! Faults: damaged rows, panics and a ROLLBACK that fails concern as few receipts as they can.

use std::sync::atomic::{AtomicBool, Ordering};

use countersign_domain::{document::Ruling, ids::ChangeId};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization, TransactionOperation};

use super::*;
use crate::{
    connection,
    failure::Failure,
    refold, schema,
    writer::{Known, Writer},
};

async fn execute(store: &SqliteStore, sql: &'static str) {
    let done = store.write(move |writer| writer.database.execute_batch(sql));
    done.await.unwrap().unwrap();
}

/// The message of draft 0 once more, between two that nobody sent before.
fn a_repeat_of_the_first_among_others() -> Vec<Draft> {
    let repeat = Draft {
        id: draft(11, 0).id,
        ..draft(0, 10)
    };
    vec![draft(10, 10), repeat, draft(12, 10)]
}

async fn only_the_repeat_fails(damage: &'static str) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    accept(&store, draft(0, 10)).await.unwrap();
    execute(&store, damage).await;
    let results = store.accept(a_repeat_of_the_first_among_others()).await;
    assert!(
        matches!(
            &results[..],
            [
                Ok(Outcome::Kept),
                Err(StoreError::Corrupt { .. }),
                Ok(Outcome::Kept)
            ]
        ),
        "{results:?}"
    );
    assert!(store.receipt(draft(12, 0).id).await.unwrap().is_some());
    assert_eq!(store.receipt(draft(11, 0).id).await.unwrap(), None);
}

#[tokio::test]
async fn a_damaged_row_fails_only_what_repeats_it() {
    only_the_repeat_fails("UPDATE receipts SET content = x'00'").await;
}

#[tokio::test]
async fn a_missing_row_fails_only_what_repeats_it() {
    only_the_repeat_fails("DELETE FROM receipts").await;
}

#[tokio::test]
async fn a_panic_fails_only_its_draft() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let batch: Vec<_> = (0..3).map(|it| draft(it, 10)).collect();
    let poison = batch[1].id;
    let accepting = store.write(move |writer| {
        writer.accept_by(&batch, |writer, draft| {
            assert_ne!(draft.id, poison, "the panic of this test");
            writer.keep(draft)
        })
    });
    let results = accepting.await.unwrap();
    assert!(
        matches!(
            &results[..],
            [
                Ok(Outcome::Kept),
                Err(StoreError::Refused { .. }),
                Ok(Outcome::Kept)
            ]
        ),
        "{results:?}"
    );
    assert_eq!(store.receipt(poison).await.unwrap(), None);
    assert_eq!(accept(&store, draft(1, 10)).await.unwrap(), Outcome::Kept);
    assert!(store.receipt(draft(2, 0).id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_panic_in_a_job_leaves_nothing_and_the_next_job_works() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let panicked = store
        .write(|writer| {
            let _ = writer.transaction(|writer| -> Result<(), _> {
                writer.keep(&draft(1, 10))?;
                writer.run("INSERT INTO probe (id) VALUES (1)")?;
                panic!("in the middle of a transaction");
            });
        })
        .await;
    assert!(
        matches!(panicked, Err(StoreError::Unavailable { .. })),
        "{panicked:?}"
    );
    store.probe().await.unwrap();
    assert_eq!(accept(&store, draft(1, 10)).await.unwrap(), Outcome::Kept);
}

#[test]
fn a_rollback_that_fails_is_made_up_for_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("countersign.db");
    std::fs::write(&path, []).unwrap();
    let mut database = connection::writer(&path, &small()).unwrap();
    schema::migrate(&mut database).unwrap();
    let is_broken = Arc::new(AtomicBool::new(true));
    let broken = Arc::clone(&is_broken);
    let refuse_rollback = move |asked: AuthContext<'_>| match asked.action {
        AuthAction::Transaction {
            operation: TransactionOperation::Rollback,
        } if broken.load(Ordering::Relaxed) => Authorization::Deny,
        _ => Authorization::Allow,
    };
    database.authorizer(Some(refuse_rollback)).unwrap();
    let known = Known::read(&database, &path, &small()).unwrap();
    let mut writer = Writer::new(&database, known, Arc::default());

    let failed = writer.transaction(|writer| -> Result<(), _> {
        writer.keep(&draft(1, 10))?;
        Err(Failure::Refused("for the test"))
    });
    assert!(matches!(failed, Err(Failure::Refused(_))), "{failed:?}");
    for _ in 0..2 {
        let results = writer.accept(&[draft(1, 10), draft(2, 10)]);
        assert!(
            results
                .iter()
                .all(|it| matches!(it, Err(StoreError::Unavailable { .. }))),
            "{results:?}"
        );
    }
    is_broken.store(false, Ordering::Relaxed);
    let results = writer.accept(&[draft(1, 10), draft(2, 10)]);
    assert!(
        results.iter().all(|it| matches!(it, Ok(Outcome::Kept))),
        "{results:?}"
    );
    assert!(database.is_autocommit());
}

#[test]
fn a_pick_of_a_change_that_is_gone_is_no_void() {
    let change = ChangeId::from_bytes([7; 16]);
    let picked = refold::ruling(true, change, &[]);
    assert!(matches!(picked, Err(Failure::Corrupt(_))), "{picked:?}");
    // What is void need not be there.
    let void = refold::ruling(false, change, &[]);
    assert!(matches!(void, Ok(Ruling::Void)), "{void:?}");
}
