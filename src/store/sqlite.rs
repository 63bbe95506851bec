//! The embedded database: one file, one writing connection, read-only readers.
//!
//! Promise: WAL, `synchronous=FULL`, deleted bytes overwritten, read back at start: much advice says NORMAL, which loses acknowledged
//! acts on power loss (measured). Absent on purpose: a switch for any of these.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::Fault;

/// Connections to read with.
const READERS: u32 = 8;

pub(super) fn options(file: &Path) -> Result<SqliteConnectOptions, Fault> {
    Ok(SqliteConnectOptions::from_str("sqlite::memory:")?
        .filename(file)
        .in_memory(false)
        .shared_cache(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .statement_cache_capacity(512)
        .pragma("secure_delete", "ON"))
}

/// The one connection that writes; makes the file where `create` says so.
pub(super) async fn writing(file: &Path, create: bool) -> Result<SqlitePool, Fault> {
    let single = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    Ok(single.connect_with(options(file)?.create_if_missing(create)).await?)
}

/// Connections that only read.
pub(super) async fn reading(file: &Path, most: Option<u32>) -> Result<SqlitePool, Fault> {
    let pool = SqlitePoolOptions::new().max_connections(most.unwrap_or(READERS)).acquire_timeout(super::ACQUIRE);
    // There is no server that could have gone away: asking first whether the file answers costs each reader a turn.
    let pool = pool.test_before_acquire(false);
    Ok(pool.connect_with(options(file)?.read_only(true)).await?)
}

const JOURNAL_MODE: &str = "SELECT journal_mode FROM pragma_journal_mode";
const SYNCHRONOUS: &str = "SELECT synchronous FROM pragma_synchronous";
const SECURE_DELETE: &str = "SELECT secure_delete FROM pragma_secure_delete";
const FOREIGN_KEYS: &str = "SELECT foreign_keys FROM pragma_foreign_keys";

/// Refuses to run on settings that would lose acknowledged acts or keep deleted ones.
pub(super) async fn read_back(conn: &mut PoolConnection<Sqlite>) -> Result<(), Fault> {
    let mode: String = sqlx::query_scalar(JOURNAL_MODE).fetch_one(&mut **conn).await?;
    if mode != "wal" {
        return Err(Fault::Other(format!("the database's journal mode is {mode}, not wal: refusing to run")));
    }
    for (query, name, wanted) in
        [(SYNCHRONOUS, "synchronous", 2), (SECURE_DELETE, "secure_delete", 1), (FOREIGN_KEYS, "foreign_keys", 1)]
    {
        let have: i64 = sqlx::query_scalar(query).fetch_one(&mut **conn).await?;
        if have != wanted {
            return Err(Fault::Other(format!("the database's {name} is {have}, not {wanted}: refusing to run")));
        }
    }
    Ok(())
}
