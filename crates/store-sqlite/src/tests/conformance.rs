//! The suite that every store passes, on SQLite in a folder of its own.

use async_trait::async_trait;
use countersign_store::{conformance::Home, conformance_tests};

use super::*;

struct Folder {
    store: Arc<SqliteStore>,
    options: SqliteOptions,
    dir: TempDir,
}

impl Folder {
    fn new(options: SqliteOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(dir.path(), &options).unwrap());
        Self {
            store,
            options,
            dir,
        }
    }
}

#[async_trait]
impl Home for Folder {
    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as _
    }

    async fn reopen(&mut self) {
        self.store.close().await;
        self.store = Arc::new(SqliteStore::open(self.dir.path(), &self.options).unwrap());
    }
}

mod with_the_usual_limits {
    use super::*;

    conformance_tests!(Folder::new(SqliteOptions::default()));
}

/// The same answers while claims move from the journal to their table and the log begins anew.
mod with_small_limits {
    use super::*;

    conformance_tests!(Folder::new(small()));
}
