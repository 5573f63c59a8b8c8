//! The plans of lists and look-ups are pinned: a full scan, or a sort, would be found out only at a
//! million receipts.

use super::*;
use crate::{
    document_lists, document_rows, documents, events, finding_lists, findings, labels, lists,
    refold, rejected, resolve,
};

async fn plan(store: &SqliteStore, sql: &'static str) -> String {
    let read = move |database: &rusqlite::Connection| {
        let mut statement = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let parameters = vec![1_i64; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(parameters), |row| {
            row.get::<_, String>(3)
        })?;
        Ok(steps.collect::<Result<Vec<_>, _>>()?.join("; "))
    };
    store.readers.read(read).await.unwrap()
}

#[tokio::test]
async fn every_list_is_a_search_and_none_sorts() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let plans = [
        (
            lists::ROWS,
            "SEARCH receipts USING INTEGER PRIMARY KEY (rowid>? AND rowid<?); \
             CORRELATED SCALAR SUBQUERY 1; \
             SEARCH releases USING PRIMARY KEY (receipt=? AND part=?)",
        ),
        (
            lists::IDS,
            "SEARCH receipts USING COVERING INDEX receipts_by_class \
             (class=? AND rowid>? AND rowid<?)",
        ),
        (
            lists::IDS_WITHIN,
            "SEARCH receipts USING INDEX receipts_by_class (class=? AND rowid>? AND rowid<?)",
        ),
        (
            lists::ROW,
            "SEARCH receipts USING INTEGER PRIMARY KEY (rowid=?); \
             CORRELATED SCALAR SUBQUERY 1; \
             SEARCH releases USING PRIMARY KEY (receipt=? AND part=?)",
        ),
        (
            rejected::LIST,
            "SEARCH rejected USING INTEGER PRIMARY KEY (rowid<?)",
        ),
        (
            rejected::COUNTS,
            "SEARCH refusals USING PRIMARY KEY (minute>?)",
        ),
    ];
    are_pinned(&store, &plans).await;
}

async fn are_pinned(store: &SqliteStore, plans: &[(&'static str, &str)]) {
    for (sql, expected) in plans {
        assert_eq!(plan(store, sql).await, *expected, "{sql}");
    }
}

#[tokio::test]
async fn documents_are_searched_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let plans = [
        (
            document_lists::ROWS,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid<?)",
        ),
        (
            document_lists::IDS,
            "SEARCH documents USING COVERING INDEX documents_by_class (class=? AND rowid<?)",
        ),
        (
            document_lists::ENTRIES,
            "SEARCH labels USING PRIMARY KEY (entry>? AND entry<?)",
        ),
        (
            document_lists::ROW,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            document_lists::CLASS,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid=?)",
        ),
    ];
    are_pinned(&store, &plans).await;
}

#[tokio::test]
async fn what_is_kept_of_a_document_is_searched_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let plans = [
        (
            document_rows::STATE,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            document_rows::NAMED_ROW,
            "SEARCH document_rows USING PRIMARY KEY (document=? AND name=? AND key=?)",
        ),
        (
            document_rows::IS_IN_TIMELINE,
            "SEARCH timeline USING PRIMARY KEY (document=? AND change=?)",
        ),
        (
            documents::TIMELINE,
            "SEARCH timeline USING PRIMARY KEY (document=?)",
        ),
        (
            documents::TOLD,
            "SEARCH c USING INTEGER PRIMARY KEY (rowid=?); \
             SEARCH k USING INTEGER PRIMARY KEY (rowid=?); \
             SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            documents::ROWS,
            "SEARCH document_rows USING PRIMARY KEY (document=?)",
        ),
        (
            documents::LINKS,
            "SEARCH document_links USING PRIMARY KEY (document=?)",
        ),
        (
            documents::NAME,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            documents::UPDATED_AT,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            // A document has few decisions, and their order is that of the times.
            documents::DECISIONS,
            "SEARCH decisions USING INDEX decisions_by_document (document=?); \
             USE TEMP B-TREE FOR ORDER BY",
        ),
        (
            labels::BETWEEN,
            "SEARCH labels USING PRIMARY KEY (entry>? AND entry<?)",
        ),
        (
            labels::IS_MERGED,
            "SEARCH labels USING PRIMARY KEY (entry=?)",
        ),
        (
            refold::IDS,
            "SEARCH documents USING INTEGER PRIMARY KEY (rowid>?)",
        ),
        (
            resolve::RECEIPT,
            "SEARCH changes USING INTEGER PRIMARY KEY (rowid=?)",
        ),
    ];
    are_pinned(&store, &plans).await;
}

#[tokio::test]
async fn findings_are_searched_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let plans = [
        (
            finding_lists::ROWS,
            "SEARCH f USING INTEGER PRIMARY KEY (rowid<?); \
             SEARCH d USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        ),
        (
            finding_lists::OPEN_OF_DOCUMENT,
            "SEARCH f USING INDEX findings_open_of (document=?); \
             SEARCH d USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        ),
        (
            finding_lists::CLOSED_OF_DOCUMENT,
            "SEARCH f USING INDEX findings_closed_of (document=? AND rowid<?); \
             SEARCH d USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        ),
        (
            finding_lists::OPEN_IDS,
            "SEARCH findings USING INDEX findings_open (code=? AND rowid<?)",
        ),
        (
            finding_lists::CLOSED_IDS,
            "SEARCH findings USING INDEX findings_closed (code=? AND rowid<?)",
        ),
        (
            finding_lists::ROW,
            "SEARCH f USING INTEGER PRIMARY KEY (rowid=?); \
             SEARCH d USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        ),
        (
            finding_lists::DOCUMENT,
            "SEARCH findings USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            findings::RETELL,
            "SEARCH findings USING INDEX findings_open_of (document=? AND code=? AND about=?)",
        ),
        (
            findings::CLOSE,
            "SEARCH findings USING INDEX findings_open_of (document=? AND code=? AND about=?)",
        ),
        (
            findings::CLOSE_NOTED,
            "SEARCH findings USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            findings::IS_OPEN,
            "SEARCH findings USING INDEX findings_open_of (document=? AND code=? AND about=?)",
        ),
    ];
    are_pinned(&store, &plans).await;
}

#[tokio::test]
async fn events_are_searched_for() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let plans = [
        (
            events::IDS,
            "SEARCH changes USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        ),
        (
            events::IDS_OF_CLASS,
            "SEARCH r USING COVERING INDEX receipts_by_class \
             (class=? AND rowid>? AND rowid<?); \
             SEARCH c USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            events::RELEASES_OF_CLASS,
            "SEARCH changes USING INDEX releases_by_class (class=? AND rowid>? AND rowid<?)",
        ),
        (
            events::ROW,
            "SEARCH c USING INTEGER PRIMARY KEY (rowid=?); \
             SEARCH k USING INTEGER PRIMARY KEY (rowid=?); \
             SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            events::ROWS_OF_RECEIPT,
            "COMPOUND QUERY; LEFT-MOST SUBQUERY; \
             SEARCH changes USING INTEGER PRIMARY KEY (rowid=?); UNION ALL; \
             SEARCH changes USING COVERING INDEX releases_by_receipt (receipt=?)",
        ),
        (
            events::PARTS_OF_RECEIPT,
            "COMPOUND QUERY; LEFT-MOST SUBQUERY; \
             SEARCH changes USING INTEGER PRIMARY KEY (rowid=?); UNION ALL; \
             SEARCH changes USING INDEX releases_by_receipt (receipt=?)",
        ),
    ];
    are_pinned(&store, &plans).await;
}
