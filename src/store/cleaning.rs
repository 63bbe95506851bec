//! Free pages: what was deleted or overwritten is gone from the database's own files once a night (P9).
//!
//! Promises, measured (docs/THREATS.md): on SQLite deleted bytes are overwritten at once in the pages (`secure_delete`), but stand in the
//! write-ahead log and in the slack of index pages until the file is written anew (`VACUUM`) and the log cut to nothing; a reader that is
//! in the way is an error, never taken for done. On PostgreSQL the tables concerned are written anew; its own log keeps what it had until
//! its segments are recycled. Absent on purpose: doing it inside an act. Proved by `tests/it/journeys/raw_files.rs`.

use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Fault, postgres, sqlite};
use crate::config::Store;

const ANEW_SQLITE: &str = "VACUUM";
const CUT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
const PATIENT_POSTGRES: &str = "SET statement_timeout = 0";
const LOG_ANEW_POSTGRES: &str = "VACUUM (FULL) access_record";
/// What holds words, keys or references of cases. Each stops whoever reads that table for as long as it takes.
pub(super) const ANEW_POSTGRES: [&str; 35] = [
    "VACUUM (FULL) part",
    "VACUUM (FULL) copy",
    "VACUUM (FULL) report",
    "VACUUM (FULL) duty",
    "VACUUM (FULL) revision",
    "VACUUM (FULL) ruling",
    "VACUUM (FULL) consideration",
    "VACUUM (FULL) document",
    "VACUUM (FULL) representation",
    "VACUUM (FULL) instruction",
    "VACUUM (FULL) consultation",
    "VACUUM (FULL) handover",
    "VACUUM (FULL) photograph",
    "VACUUM (FULL) unit_sealed",
    "VACUUM (FULL) review_part",
    "VACUUM (FULL) limit_change",
    "VACUUM (FULL) review",
    "VACUUM (FULL) demand_visit",
    "VACUUM (FULL) confirmation",
    "VACUUM (FULL) ending",
    "VACUUM (FULL) demanded",
    "VACUUM (FULL) demand",
    "VACUUM (FULL) reminder",
    "VACUUM (FULL) message",
    "VACUUM (FULL) mail",
    "VACUUM (FULL) statement",
    "VACUUM (FULL) legal_hold",
    "VACUUM (FULL) disposal",
    "VACUUM (FULL) issue",
    "VACUUM (FULL) print_act",
    "VACUUM (FULL) member",
    "VACUUM (FULL) initiative_entry",
    "VACUUM (FULL) undertaking",
    "VACUUM (FULL) person",
    "VACUUM (FULL) release",
];

/// Whether bodies of the log were erased since the last time. They are very many, and are written anew on a server only then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bodies {
    /// Some were.
    Erased,
    /// None was.
    Untouched,
}

/// Cleans the free pages of a portal's database, beside whoever uses it.
pub async fn clean(at: &Store, bodies: Bodies) -> Result<(), Fault> {
    match &at.postgres {
        None => clean_file(at).await,
        Some(at) => clean_server(at, bodies).await,
    }
}

async fn clean_file(at: &Store) -> Result<(), Fault> {
    let mut conn: SqliteConnection = sqlite::options(&at.database())?.connect().await?;
    let done = write_anew(&mut conn).await;
    conn.close().await?;
    done
}

async fn write_anew(conn: &mut SqliteConnection) -> Result<(), Fault> {
    sqlx::query(ANEW_SQLITE).execute(&mut *conn).await?;
    let (busy, ..): (i64, i64, i64) = sqlx::query_as(CUT).fetch_one(&mut *conn).await?;
    if busy != 0 {
        return Err(Fault::Other("somebody reads the database: its log could not be cut".to_owned()));
    }
    Ok(())
}

async fn clean_server(at: &crate::config::Postgres, bodies: Bodies) -> Result<(), Fault> {
    let pool = postgres::writing(at).await?;
    let mut conn = pool.acquire().await?.detach();
    sqlx::query(PATIENT_POSTGRES).execute(&mut conn).await?;
    if bodies == Bodies::Erased {
        sqlx::query(LOG_ANEW_POSTGRES).execute(&mut conn).await?;
    }
    for anew in ANEW_POSTGRES {
        sqlx::query(anew).execute(&mut conn).await?;
    }
    conn.close().await?;
    pool.close().await;
    Ok(())
}
