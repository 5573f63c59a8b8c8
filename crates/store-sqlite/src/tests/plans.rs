//! The plans of the lists are pinned: a full scan would be found out only at a million receipts.

use super::*;
use crate::{lists, rejected};

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
    for (sql, expected) in plans {
        assert_eq!(plan(&store, sql).await, expected, "{sql}");
    }
}
