//! The least that a durable group commit takes: one connection, what waits (256 at most) in one transaction, each row by one INSERT, and whoever
//! waits is told after the commit. No tree, no gate, no undoing of a single act: what the portal's writer is measured against.

use disclosure_portal::clock;
use disclosure_portal::config::Postgres;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{mpsc, oneshot};

/// About what one act keeps: leaf, hashes, salt, body and columns.
const ROW: usize = 640;
const BATCH: usize = 256;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare (idx BIGINT PRIMARY KEY, body BYTEA NOT NULL)";
const HEAD_TABLE: &str = "CREATE TABLE IF NOT EXISTS bare_head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL)";
const HEAD_ROW: &str = "INSERT INTO bare_head (id, size) VALUES (1, 0) ON CONFLICT (id) DO NOTHING";
const SIZE: &str = "SELECT size FROM bare_head WHERE id = 1";
const SIZE_LOCKED: &str = "SELECT size FROM bare_head WHERE id = 1 FOR UPDATE";
const ADD: &str = "INSERT INTO bare (idx, body) VALUES ($1, $2)";
const ADVANCE: &str = "UPDATE bare_head SET size = $1 WHERE id = 1";

type Waiting = (Vec<u8>, oneshot::Sender<()>);

/// Where rows are handed in.
#[derive(Clone)]
pub(crate) struct Bare(mpsc::Sender<Waiting>);

impl Bare {
    /// Hands one row in and waits until it is durable.
    pub(crate) async fn add(&self) {
        let (answer, answered) = oneshot::channel();
        let mut row = vec![7; ROW];
        row[..32].copy_from_slice(&clock::random::<32>());
        assert!(self.0.send((row, answer)).await.is_ok());
        answered.await.expect("committed");
    }

    pub(crate) async fn on_sqlite(file: &std::path::Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON");
        let mut conn: SqliteConnection = options.connect().await.unwrap();
        for text in [TABLE, HEAD_TABLE, HEAD_ROW] {
            sqlx::query(text).execute(&mut conn).await.unwrap();
        }
        let (sender, mut waiting) = mpsc::channel(4096);
        tokio::spawn(async move {
            let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                sqlx::query("BEGIN IMMEDIATE").execute(&mut conn).await.unwrap();
                let mut size: i64 = sqlx::query_scalar(SIZE).fetch_one(&mut conn).await.unwrap();
                for (row, _) in &batch {
                    sqlx::query(ADD).bind(size).bind(row.as_slice()).execute(&mut conn).await.unwrap();
                    size += 1;
                }
                sqlx::query(ADVANCE).bind(size).execute(&mut conn).await.unwrap();
                sqlx::query("COMMIT").execute(&mut conn).await.unwrap();
                batch.drain(..).for_each(|(_, answer)| answer.send(()).unwrap_or(()));
            }
            conn.close().await.unwrap();
        });
        Self(sender)
    }

    pub(crate) async fn on_postgres(at: &Postgres) -> Self {
        let password = std::fs::read_to_string(at.password_file.as_ref().unwrap()).unwrap();
        let options = PgConnectOptions::new_without_pgpass()
            .host(&at.host)
            .port(at.port)
            .database(&at.database)
            .username(&at.user)
            .password(password.trim());
        let mut conn: PgConnection = options.connect().await.unwrap();
        for text in [TABLE, HEAD_TABLE, HEAD_ROW] {
            sqlx::query(text).execute(&mut conn).await.unwrap();
        }
        let (sender, mut waiting) = mpsc::channel(4096);
        tokio::spawn(async move {
            let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                sqlx::query("BEGIN").execute(&mut conn).await.unwrap();
                let mut size: i64 = sqlx::query_scalar(SIZE_LOCKED).fetch_one(&mut conn).await.unwrap();
                for (row, _) in &batch {
                    sqlx::query(ADD).bind(size).bind(row.as_slice()).execute(&mut conn).await.unwrap();
                    size += 1;
                }
                sqlx::query(ADVANCE).bind(size).execute(&mut conn).await.unwrap();
                sqlx::query("COMMIT").execute(&mut conn).await.unwrap();
                batch.drain(..).for_each(|(_, answer)| answer.send(()).unwrap_or(()));
            }
            conn.close().await.unwrap();
        });
        Self(sender)
    }
}
