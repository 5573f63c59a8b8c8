//! Migrations: numbered files, applied in order, each in one transaction, never edited afterwards.

use countersign_store::StoreError;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// Migration n stands at place n − 1.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_receipts",
        sql: include_str!("../migrations/0001_receipts.sql"),
    },
    Migration {
        name: "0002_documents",
        sql: include_str!("../migrations/0002_documents.sql"),
    },
];

/// Says in the file's header whose database it is ("Csgn").
const APPLICATION_ID: i32 = 0x4373_676e;

/// Brings a database to the newest schema, or says why it must not be touched.
pub(crate) fn migrate(database: &mut Connection) -> Result<(), StoreError> {
    migrate_to(database, MIGRATIONS.len())
}

/// The same up to some version: a test makes what an older program left behind.
pub(crate) fn migrate_to(database: &mut Connection, newest: usize) -> Result<(), StoreError> {
    if !is_ours(database)? {
        return Err(StoreError::Corrupt {
            reason: "countersign.db is a database of another program".to_owned(),
        });
    }
    let applied = applied(database)?;
    if applied.len() > MIGRATIONS.len() {
        return Err(StoreError::Corrupt {
            reason: format!(
                "the database has schema {} and this version knows schemas up to {}: a newer \
                 Countersign wrote it; use that version, or restore a backup",
                applied.len(),
                MIGRATIONS.len()
            ),
        });
    }
    for (migration, checksum) in MIGRATIONS.iter().zip(&applied) {
        if checksum[..] != Sha256::digest(migration.sql)[..] {
            return Err(StoreError::Corrupt {
                reason: format!(
                    "migration {} is not the one that was applied",
                    migration.name
                ),
            });
        }
    }
    for (place, migration) in MIGRATIONS[..newest].iter().enumerate().skip(applied.len()) {
        apply(database, place + 1, migration)?;
    }
    Ok(())
}

fn is_ours(database: &Connection) -> Result<bool, Failure> {
    let id: i32 = database.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        database.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(id == APPLICATION_ID || tables == 0)
}

/// The checksums of the migrations that were applied, in order.
fn applied(database: &Connection) -> Result<Vec<Vec<u8>>, Failure> {
    let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'";
    if database
        .query_row(table, [], |_| Ok(()))
        .optional()?
        .is_none()
    {
        return Ok(Vec::new());
    }
    let mut statement = database.prepare("SELECT checksum FROM migrations ORDER BY version")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn apply(database: &mut Connection, version: usize, migration: &Migration) -> Result<(), Failure> {
    let transaction = database.transaction()?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (
             version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL
         ) STRICT",
    )?;
    transaction.execute_batch(migration.sql)?;
    transaction.execute(
        "INSERT INTO migrations (version, name, checksum) VALUES (?1, ?2, ?3)",
        (version, migration.name, &Sha256::digest(migration.sql)[..]),
    )?;
    Ok(transaction.commit()?)
}
