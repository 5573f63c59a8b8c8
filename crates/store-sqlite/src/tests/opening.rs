//! Opening: what a folder and a database must be like, and what is refused.

use rusqlite::Connection;

use super::*;
use crate::{connection, folder, schema};

fn refusal(dir: &TempDir) -> String {
    SqliteStore::open(dir.path(), &small())
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    open(&dir).close().await;
    let database = Connection::open(dir.path().join("countersign.db")).unwrap();
    let newer = "INSERT INTO migrations (version, name, checksum) VALUES (3, 'later', x'00')";
    database.execute_batch(newer).unwrap();
    drop(database);
    let said = refusal(&dir);
    assert!(said.contains("schema 3"), "{said}");
    assert!(
        said.contains("use that version, or restore a backup"),
        "{said}"
    );
}

/// What the first schema kept is there after the second one, and its claims still hold.
#[tokio::test]
async fn a_database_of_the_first_schema_is_brought_to_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let mut database =
        connection::writer(&folder::database(dir.path()).unwrap(), &small()).unwrap();
    schema::migrate_to(&mut database, 1).unwrap();
    let key: Vec<u8> = ClaimKey::of_identity(&draft(1, 10).identity.unwrap())
        .to_bytes()
        .to_vec();
    let first = draft(1, 10);
    database
        .execute_batch(
            "INSERT INTO classes VALUES (1, 'enkash', 'payment.pay.response', 'accepted')",
        )
        .unwrap();
    database
        .execute(
            "INSERT INTO receipts (id, class, received_at, status, content, answer, body)
             VALUES (?1, 1, 5, 200, ?2, x'7b7d', x'7b7d')",
            (first.id.rowid(), first.content),
        )
        .unwrap();
    database
        .execute(
            "INSERT INTO claims (key, receipt) VALUES (?1, ?2)",
            (key, first.id.rowid()),
        )
        .unwrap();
    drop(database);

    let store = open(&dir);
    let again = Draft {
        id: draft(9, 0).id,
        ..draft(1, 10)
    };
    let outcome = accept(&store, again).await.unwrap();
    assert!(matches!(outcome, Outcome::Duplicate { first: it, .. } if it == first.id));
    assert_eq!(&store.body(first.id).await.unwrap().unwrap()[..], b"{}");
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    open(&dir).close().await;
    let database = Connection::open(dir.path().join("countersign.db")).unwrap();
    database
        .execute_batch("UPDATE migrations SET checksum = x'00'")
        .unwrap();
    drop(database);
    assert!(refusal(&dir).contains("0001_receipts is not the one that was applied"));
}

#[test]
fn a_database_of_another_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("countersign.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    assert!(refusal(&dir).contains("a database of another program"));
    std::fs::write(&path, "this is no database, whatever its name says").unwrap();
    let error = SqliteStore::open(dir.path(), &small()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_belongs_to_one_store_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let said = refusal(&dir);
    assert!(
        said.contains("another process has the data folder"),
        "{said}"
    );
    assert!(said.contains("--data"), "{said}");
    store.close().await;
    open(&dir).close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn folder_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("new/data");
    let store = SqliteStore::open(&dir, &small()).unwrap();
    accept(&store, draft(1, 10)).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for file in std::fs::read_dir(&dir).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    store.close().await;
}
