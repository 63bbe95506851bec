//! The only room that knows SQL; and the vault, where sealed bytes lie.
//!
//! One writer task owns the writing connection and the log's head ([`writer`]); readers are a read-only pool. Every SQL text
//! is a constant above its method, with `$1` placeholders that both backends take. SQLite: WAL, `synchronous=FULL`, read back
//! at start: much advice says NORMAL, which loses acknowledged acts on power loss (measured).
//! Absent on purpose: opening anything sealed. The store holds what other rooms sealed; it has no key but the log's.

pub mod accounts;
pub mod blobs;
pub mod copies;
pub mod documents;
pub mod initiatives;
pub mod log;
pub mod no;
pub mod passkeys;
pub mod people;
pub mod recovery;
pub mod registers;
pub mod rekey;
pub mod releases;
pub mod schema;
pub mod statements;
pub mod trust;
pub mod units;
pub mod vault;
pub mod visits;
pub mod writer;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::clock::Clock;
use crate::config::Store;
use crate::ledger::checkpoint::LogKey;
pub use no::{Fault, FieldError, No};
pub use writer::{Acked, Tx};

/// Runs one query on whichever backend the connection is. The only place that knows which there are.
macro_rules! on {
    ($conn:expr, |$c:ident| $work:expr) => {
        match &mut $conn.0 {
            $crate::store::Link::Sqlite(link) => {
                let $c = &mut **link;
                $work
            }
        }
    };
}
pub(crate) use on;

/// A connection to read with; the writer's [`Tx`] is one too.
pub struct Conn(pub(crate) Link);

pub(crate) enum Link {
    Sqlite(PoolConnection<Sqlite>),
}

impl Conn {
    /// Closes the connection, and with the last one the files.
    async fn close(self) {
        let Link::Sqlite(link) = self.0;
        if let Err(error) = link.close().await {
            tracing::warn!(%error, "the database was not closed in order");
        }
    }
}

/// The database: one writer, several readers.
#[derive(Clone)]
pub struct Db {
    readers: SqlitePool,
    writer: writer::Writer,
}

impl Db {
    /// Opens (and, when `create`, makes) the database file, brings the schema up, checks the log's head, starts the writer.
    pub async fn open(at: &Store, create: bool, key: LogKey, clock: Clock) -> Result<Self, Fault> {
        let options = options(&at.database())?.create_if_missing(create);
        let single = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let writing = single.connect_with(options.clone()).await?;
        schema::bring_up(&writing).await?;
        let mut conn = Conn(Link::Sqlite(writing.acquire().await?));
        read_back(&mut conn).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.read_only(true))
            .await?;
        let writer = writer::Writer::start(conn, key, clock).await?;
        Ok(Self { readers, writer })
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn, Fault> {
        Ok(Conn(Link::Sqlite(self.readers.acquire().await?)))
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

/// Opens the database of a running or stopped portal for reading only: the log commands beside a live portal.
pub async fn open_reader(at: &Store) -> Result<Conn, Fault> {
    let pool =
        SqlitePoolOptions::new().max_connections(1).connect_with(options(&at.database())?.read_only(true)).await?;
    Ok(Conn(Link::Sqlite(pool.acquire().await?)))
}

fn options(file: &Path) -> Result<SqliteConnectOptions, Fault> {
    Ok(SqliteConnectOptions::from_str("sqlite::memory:")?
        .filename(file)
        .in_memory(false)
        .shared_cache(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "ON"))
}

const JOURNAL_MODE: &str = "SELECT journal_mode FROM pragma_journal_mode";
const SYNCHRONOUS: &str = "SELECT synchronous FROM pragma_synchronous";
const SECURE_DELETE: &str = "SELECT secure_delete FROM pragma_secure_delete";
const FOREIGN_KEYS: &str = "SELECT foreign_keys FROM pragma_foreign_keys";

/// Refuses to run on settings that would lose acknowledged acts or keep deleted ones.
async fn read_back(conn: &mut Conn) -> Result<(), Fault> {
    let mode: String = on!(conn, |c| sqlx::query_scalar(JOURNAL_MODE).fetch_one(c).await)?;
    if mode != "wal" {
        return Err(Fault::Other(format!("the database's journal mode is {mode}, not wal: refusing to run")));
    }
    for (query, name, wanted) in
        [(SYNCHRONOUS, "synchronous", 2), (SECURE_DELETE, "secure_delete", 1), (FOREIGN_KEYS, "foreign_keys", 1)]
    {
        let have: i64 = on!(conn, |c| sqlx::query_scalar(query).fetch_one(c).await)?;
        if have != wanted {
            return Err(Fault::Other(format!("the database's {name} is {have}, not {wanted}: refusing to run")));
        }
    }
    Ok(())
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

/// Answers [`Fault::Corrupt`] for a stored value that cannot be read back.
pub(crate) fn whole<T>(value: Option<T>, table: &'static str, column: &'static str, row: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::Corrupt { table, column, row: row.to_owned() })
}
