//! What grows stays bounded: the log, the journal of claims, and the claims in memory.

use super::*;

async fn count(store: &SqliteStore, table: &'static str) -> i64 {
    let read = move |database: &rusqlite::Connection| {
        Ok(
            database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })?,
        )
    };
    store.readers.read(read).await.unwrap()
}

#[tokio::test]
async fn claims_move_to_their_table_and_their_journal_goes() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    for number in 0..2000 {
        assert_eq!(
            accept(&store, draft(number, 10)).await.unwrap(),
            Outcome::Kept
        );
    }
    let merged = count(&store, "claims").await;
    let journalled = count(&store, "claim_batches").await;
    assert!(merged > 1800, "{merged} are merged");
    assert!(
        journalled < 200,
        "{journalled} rows of the journal are left"
    );
    store.close().await;

    let store = open(&dir);
    for number in 0..2000 {
        let again = Draft {
            id: draft(10_000 + number, 0).id,
            ..draft(number, 10)
        };
        let outcome = accept(&store, again).await.unwrap();
        assert!(
            matches!(outcome, Outcome::Duplicate { .. }),
            "{number}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn the_log_begins_anew_under_constant_load() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    for number in 0..3000 {
        accept(&store, draft(number, 4000)).await.unwrap();
    }
    let log = dir
        .path()
        .join("countersign.db-wal")
        .metadata()
        .unwrap()
        .len();
    let database = dir.path().join("countersign.db").metadata().unwrap().len();
    assert!(log < 8 << 20, "the log has {log} bytes");
    assert!(database > 8 << 20, "the database has {database} bytes");
    store.close().await;
}
