//! PostgreSQL: several instances on one database. The head row's lock is the order of all acts.
//!
//! Promises: a connection goes back to its pool only after `ROLLBACK` (sqlx 0.9: a cancelled `begin` left a transaction open there, and
//! 5 of 60 acknowledged INSERTs were gone; measured, and tested here); the server must answer a commit only once it is durable; a lost
//! network gives the head row's lock back within seconds. Absent on purpose: a transaction-pooling proxy, session state besides one
//! advisory lock, an unencrypted connection that leaves this machine.

use std::future::Future;
use std::time::Duration;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};

use super::{Fault, Hold};
use crate::config;

/// Connections to read with, of one instance.
const READERS: u32 = 8;
/// The number of the lock that every writer shares and that replacing a key wants alone.
const KEYS_LOCK: i64 = 0x6469_7363_6c6f_7365;

/// How a connection is made: who it is, how long a statement may take, and when the server gives up on a client that is gone.
fn options(at: &config::Postgres) -> Result<PgConnectOptions, Fault> {
    let mode = match (at.host.starts_with('/'), at.is_local()) {
        (true, _) => PgSslMode::Disable,
        (_, true) => PgSslMode::Prefer,
        _ => PgSslMode::VerifyFull,
    };
    let mut options = PgConnectOptions::new_without_pgpass()
        .port(at.port)
        .database(&at.database)
        .username(&at.user)
        .application_name("disclosure-portal")
        .ssl_mode(mode)
        .statement_cache_capacity(512);
    options = if at.host.starts_with('/') { options.socket(&at.host) } else { options.host(&at.host) };
    if let Some(file) = &at.password_file {
        let password = config::secret(file).map_err(|why| Fault::Other(why.to_string()))?;
        options = options.password(password.strip_suffix('\n').unwrap_or(&password));
    }
    if let Some(ca) = &at.ca_file {
        options = options.ssl_root_cert(ca);
    }
    Ok(options.options([
        ("statement_timeout", "8000"),
        ("lock_timeout", "8000"),
        ("idle_in_transaction_session_timeout", "15000"),
        ("tcp_user_timeout", "15000"),
        ("timezone", "UTC"),
    ]))
}

/// A statement that takes longer has lost its server, or a lock that nobody gives back: the server is told the same.
const STATEMENT_TIME: Duration = Duration::from_secs(8);
/// A connection that does not come back from its last statement within this time is thrown away.
const RELEASE_TIME: Duration = Duration::from_secs(2);

/// One statement in bounded time: a network that swallows everything would else hold its reader for a quarter of an hour.
pub(super) async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(STATEMENT_TIME, work).await.unwrap_or_else(|_| Err(late()))
}

fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database server does not answer"))
}

/// A pool as this store makes them all: what comes back into it has no transaction open.
fn pool(most: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(most).acquire_timeout(super::ACQUIRE).after_release(|conn, _| {
        Box::pin(async move {
            let rolled_back = tokio::time::timeout(RELEASE_TIME, sqlx::query("ROLLBACK").execute(conn));
            rolled_back.await.unwrap_or_else(|_| Err(late()))?;
            Ok(true)
        })
    })
}

/// Where the writer gets its connection, and another one when that one broke.
pub(super) async fn writing(at: &config::Postgres) -> Result<PgPool, Fault> {
    Ok(pool(4).idle_timeout(None).max_lifetime(None).connect_with(options(at)?).await?)
}

/// Connections that only read: the server refuses anything else on them.
pub(super) async fn reading(at: &config::Postgres, most: Option<u32>) -> Result<PgPool, Fault> {
    let options = options(at)?.options([("default_transaction_read_only", "on")]);
    Ok(pool(most.unwrap_or(READERS)).connect_with(options).await?)
}

/// The writing pool by itself, for the test of what goes back into it.
pub async fn pool_of(at: &config::Postgres) -> Result<PgPool, Fault> {
    writing(at).await
}

const KEEP_OUT: &str = "SELECT pg_try_advisory_lock_shared($1)";
const ALONE: &str = "SELECT pg_try_advisory_lock($1)";

/// A connection for the writer, holding the keys' lock as long as it lives. It never goes back into the pool.
pub(super) async fn writer(pool: &PgPool, how: Hold) -> Result<PoolConnection<Postgres>, Fault> {
    let mut conn = tokio::time::timeout(Duration::from_secs(3), pool.acquire())
        .await
        .map_err(|_| Fault::Store(sqlx::Error::PoolTimedOut))??;
    conn.close_on_drop();
    let (lock, sentence) = match how {
        Hold::Shared => (KEEP_OUT, "a key is being replaced in this database: try again when that is done"),
        Hold::Alone | Hold::Restoring => {
            (ALONE, "a portal, or a command of its, has this database open: stop all instances first")
        }
    };
    let held: bool = sqlx::query_scalar(lock).bind(KEYS_LOCK).fetch_one(&mut *conn).await?;
    if held { Ok(conn) } else { Err(Fault::Other(sentence.to_owned())) }
}

const TABLES: &str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()";

/// Whether the database has no table yet.
pub(super) async fn is_vacant(at: &config::Postgres) -> Result<bool, Fault> {
    let pool = reading(at, Some(1)).await?;
    let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(&pool).await?;
    pool.close().await;
    Ok(tables == 0)
}

const SETTING: &str = "SELECT CAST(current_setting($1) AS TEXT)";
const COLLATION: &str =
    "SELECT CAST(datcollate AS TEXT), CAST(datlocprovider AS TEXT) FROM pg_database WHERE datname = current_database()";

/// Refuses a server that would acknowledge what it could lose, or that sorts and compares otherwise than the embedded database.
pub(super) async fn read_back(conn: &mut PoolConnection<Postgres>) -> Result<(), Fault> {
    for (name, fit, also) in [
        ("fsync", "on", ""),
        ("full_page_writes", "on", ""),
        ("synchronous_commit", "on", "remote_apply"),
        ("server_encoding", "UTF8", ""),
        ("standard_conforming_strings", "on", ""),
    ] {
        let have: String = sqlx::query_scalar(SETTING).bind(name).fetch_one(&mut **conn).await?;
        if have != fit && have != also {
            return Err(Fault::Other(format!("the database server's {name} is {have}, not {fit}: refusing to run")));
        }
    }
    let (collation, provider): (String, String) = sqlx::query_as(COLLATION).fetch_one(&mut **conn).await?;
    let plain = ["C", "POSIX", "C.UTF-8", "C.utf8"].contains(&collation.as_str());
    if !plain || provider == "i" {
        let sorts = if provider == "i" { "icu" } else { collation.as_str() };
        return Err(Fault::Other(format!(
            "the database sorts by {sorts}, not by C: make it with `createdb -T template0 -E UTF8 --locale=C`"
        )));
    }
    Ok(())
}
