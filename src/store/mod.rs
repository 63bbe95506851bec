//! The only room that knows SQL; and the vault, where sealed bytes lie.
//!
//! One writer task owns the writing connection and the log's head ([`writer`]); readers are a read-only pool. Every SQL text
//! is a constant above its method, with `$1` placeholders that both backends take (`sqlite`, `postgres`).
//! Absent on purpose: opening anything sealed. The store holds what other rooms sealed; it has no key but the log's.

pub mod accounts;
pub mod backup;
pub mod blobs;
pub mod cleaning;
pub mod closings;
pub mod consultations;
pub mod copies;
pub mod corrections;
pub mod decisions;
pub mod demands;
pub mod documents;
pub mod duties;
pub mod erasing;
pub mod initiatives;
pub mod inspections;
pub mod jobs;
pub mod journal;
pub mod leases;
pub mod log;
pub mod mails;
pub mod messages;
pub mod no;
mod origins;
pub mod papers;
pub mod passkeys;
pub mod people;
pub mod postgres;
pub mod prints;
pub mod recovery;
pub mod registers;
pub mod rekey;
pub mod releases;
pub mod retention;
pub mod reviews;
pub mod schema;
pub mod search;
mod sqlite;
pub mod statements;
pub mod texts;
pub mod trust;
pub mod units;
mod unwritten;
pub mod vault;
pub mod views;
pub mod visits;
pub mod writer;

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};

use crate::clock::Clock;
use crate::config::Store;
use crate::ledger::checkpoint::LogKey;
pub use no::{Fault, FieldError, No};
pub use writer::{Acked, Tx};

/// How long a reader waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Runs one query on whichever backend the connection is. With [`run`] the only place that knows which there are.
macro_rules! on {
    ($conn:expr, |$c:ident| $work:expr) => {
        match &mut $conn.0 {
            $crate::store::Link::Sqlite(link) => {
                let $c = &mut **link;
                $work
            }
            $crate::store::Link::Postgres(link) => {
                let $c = &mut **link;
                $crate::store::postgres::in_time(async { $work }).await
            }
        }
    };
}
pub(crate) use on;

/// Carries out one statement that writes, on whichever backend the connection is; answers how many rows it changed. Inside an act its
/// savepoint comes first ([`Conn::mark`]).
macro_rules! run {
    ($conn:expr, $query:expr) => {
        match ($conn.mark().await, &mut $conn.0) {
            (Err(error), _) => Err(error),
            (Ok(()), $crate::store::Link::Sqlite(link)) => {
                $query.execute(&mut **link).await.map(|done| done.rows_affected())
            }
            (Ok(()), $crate::store::Link::Postgres(link)) => {
                let done = $crate::store::postgres::in_time($query.execute(&mut **link)).await;
                done.map(|done| done.rows_affected())
            }
        }
    };
}
pub(crate) use run;

/// A connection to read with; the writer's [`Tx`] is one too.
pub struct Conn(pub(crate) Link, unwritten::Unwritten);

impl From<Link> for Conn {
    fn from(link: Link) -> Self {
        Self(link, unwritten::Unwritten::default())
    }
}

pub(crate) enum Link {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Conn {
    /// Closes the connection, and with the last one the files.
    async fn close(self) {
        let closed = match self.0 {
            Link::Sqlite(link) => link.close().await,
            Link::Postgres(link) => link.close().await,
        };
        if let Err(error) = closed {
            tracing::warn!(cause = %error, "the database was not closed in order");
        }
    }
}

/// How a portal's keys and data are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// Beside others: a portal, a command that reads or appends.
    Shared,
    /// Alone: nothing else may have it open.
    Alone,
    /// Alone, to finish a restore: the only way to open what is under quarantine.
    Restoring,
}

/// Where connections come from.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    async fn acquire(&self) -> Result<Conn, Fault> {
        Ok(Conn::from(match self {
            Self::Sqlite(pool) => Link::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Link::Postgres(pool.acquire().await?),
        }))
    }

    /// The writer's connection.
    async fn writer(&self, how: Hold) -> Result<Conn, Fault> {
        Ok(Conn::from(match self {
            Self::Sqlite(pool) => Link::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Link::Postgres(postgres::writer(pool, how).await?),
        }))
    }

    async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The database: one writer, several readers.
#[derive(Clone)]
pub struct Db {
    readers: Pool,
    writer: writer::Writer,
}

impl Db {
    /// Opens (and, when `create`, makes the file of) the database, brings the schema up, checks the log's head, starts the writer.
    pub async fn open(at: &Store, create: bool, how: Hold, key: LogKey, clock: Clock) -> Result<Self, Fault> {
        let writing = match &at.postgres {
            None => Pool::Sqlite(sqlite::writing(&at.database(), create).await?),
            Some(at) => Pool::Postgres(postgres::writing(at).await?),
        };
        schema::bring_up(&writing).await?;
        let mut conn = writing.writer(how).await?;
        match &mut conn.0 {
            Link::Sqlite(link) => sqlite::read_back(link).await?,
            Link::Postgres(link) => postgres::read_back(link).await?,
        }
        let readers = reading(at, None).await?;
        let writer = writer::Writer::start(conn, writing, how, key, clock).await?;
        Ok(Self { readers, writer })
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn, Fault> {
        self.readers.acquire().await
    }

    /// How many connections to read with are in use, and how many are open and idle.
    pub fn readers(&self) -> (usize, usize) {
        let (open, idle) = match &self.readers {
            Pool::Sqlite(pool) => (pool.size(), pool.num_idle()),
            Pool::Postgres(pool) => (pool.size(), pool.num_idle()),
        };
        let open = usize::try_from(open).unwrap_or(usize::MAX);
        (open.saturating_sub(idle), idle)
    }

    /// Finishes the acts that wait and closes the files.
    pub async fn close(self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    /// The one writer.
    pub fn writer(&self) -> &writer::Writer {
        &self.writer
    }
}

/// Whether the database holds nothing yet: no portal is made over another one.
pub async fn is_vacant(at: &Store) -> Result<bool, Fault> {
    match &at.postgres {
        None => Ok(!at.database().exists()),
        Some(at) => postgres::is_vacant(at).await,
    }
}

async fn reading(at: &Store, most: Option<u32>) -> Result<Pool, Fault> {
    Ok(match &at.postgres {
        None => Pool::Sqlite(sqlite::reading(&at.database(), most).await?),
        Some(at) => Pool::Postgres(postgres::reading(at, most).await?),
    })
}

/// Opens the database of a running or stopped portal for reading only: the log commands beside a live portal.
pub async fn open_reader(at: &Store) -> Result<Conn, Fault> {
    reading(at, Some(1)).await?.acquire().await
}

/// Whether a database error is a mistake of this code (a constraint of the schema), not of the machine.
pub fn is_ours(error: &sqlx::Error) -> bool {
    use sqlx::error::ErrorKind;
    let kind = error.as_database_error().map(sqlx::error::DatabaseError::kind);
    matches!(
        kind,
        Some(
            ErrorKind::UniqueViolation
                | ErrorKind::ForeignKeyViolation
                | ErrorKind::NotNullViolation
                | ErrorKind::CheckViolation
        )
    )
}

/// SQLite's primary codes for busy, locked, no memory, read-only, I/O, full and cannot open.
const AWAY_SQLITE: [u32; 7] = [5, 6, 7, 8, 10, 13, 14];
/// PostgreSQL's classes and codes for connections, resources, a server that stops or starts, its system; a lock or a session that
/// took too long; a deadlock; a server that only reads.
const AWAY_POSTGRES: [&str; 8] = ["08", "53", "57", "58", "55P03", "25P03", "25006", "40P01"];

/// Whether the database is away (gone, full, too slow), rather than asked something it cannot answer. It heals by itself.
pub fn is_away(error: &sqlx::Error) -> bool {
    use sqlx::Error;
    let told = match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => return true,
        Error::Database(told) => told,
        // A protocol error is a connection that broke in the middle of an answer.
        other => return matches!(other, Error::Protocol(_)),
    };
    let code = told.code().unwrap_or_default();
    if told.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return AWAY_POSTGRES.iter().any(|away| code.starts_with(away));
    }
    code.parse::<u32>().is_ok_and(|code| AWAY_SQLITE.contains(&(code & 0xff)))
}

/// Answers [`Fault::Corrupt`] for a stored value that cannot be read back.
pub(crate) fn whole<T>(value: Option<T>, table: &'static str, column: &'static str, row: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::Corrupt { table, column, row: row.to_owned() })
}
