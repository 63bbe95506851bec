//! The one writer: every act of the portal goes through here, one after the other, and is in the log before it is answered.
//!
//! An act is an owned closure sent to the writer's task. There it gets `now = max(clock, newest leaf)`, loads, decides,
//! writes and appends its leaf, in a savepoint of one batch transaction; the head advances once and one commit answers the
//! whole batch (group commit). A request that goes away does not cancel its act. A commit whose outcome is unknown
//! answers nobody, and the head is read anew before the next batch.
//! Proved by `tests/it/storage.rs`, `tests/it/journeys/recall_race.rs`.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::log::Head;
use super::{Conn, Fault, No, on};
use crate::clock::Clock;
use crate::domain::moment::Moment;
use crate::ledger::checkpoint::LogKey;

/// The most acts in one commit.
const BATCH: usize = 256;
/// The most acts waiting; beyond it a caller waits for a place.
const QUEUE: usize = 4_096;
/// How long a caller waits for a place, and then for its turn, before it hears "unavailable": its act will never be run.
const PATIENCE: Duration = Duration::from_secs(5);
/// The clock may lag the newest leaf by this before it is worth an alarm, milliseconds.
const LAG_MS: i64 = 2_000;

/// A future that need not leave the writer's task.
pub type Act<'a, T> = Pin<Box<dyn Future<Output = Result<T, No>> + Send + 'a>>;

/// What the writer alone can make: proof that the act which answered `T` is durably committed, with its leaves.
#[derive(Debug)]
pub struct Acked<T>(T);

impl<T> Acked<T> {
    /// What the act answered.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// What the act answered.
    pub fn get(&self) -> &T {
        &self.0
    }
}

impl<T, E> Acked<Result<T, E>> {
    /// An acknowledged act that answered a refusal is a refusal.
    pub fn transpose(self) -> Result<Acked<T>, E> {
        self.0.map(Acked)
    }
}

impl<A, B> Acked<(A, B)> {
    /// Keeps the proof on the first, takes the second.
    pub fn split(self) -> (Acked<A>, B) {
        let (first, second) = self.0;
        (Acked(first), second)
    }
}

type Finish = Box<dyn FnOnce(bool) + Send>;
type Job = Box<dyn for<'a> FnOnce(&'a mut Tx) -> Pin<Box<dyn Future<Output = (bool, Finish)> + Send + 'a>> + Send>;

/// Where acts are sent.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    over: watch::Receiver<()>,
    newest: Arc<AtomicI64>,
}

/// The writing transaction an act runs in. Reads as a [`Conn`]; writes are its own methods.
pub struct Tx {
    conn: Conn,
    now: Moment,
    /// The log's head as of this batch's last finished act.
    pub(super) head: Head,
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Writer {
    /// Reads and checks the log's head (beginning the log if there is none) and starts the task.
    pub(super) async fn start(mut conn: Conn, key: LogKey, clock: Clock) -> Result<Self, Fault> {
        let head = Head::load_or_begin(&mut conn, &key, clock.now()).await?;
        let (sender, jobs) = mpsc::channel(QUEUE);
        let newest = Arc::new(AtomicI64::new(head.at().millis()));
        let tx = Tx { conn, now: head.at(), head };
        let (running, over) = watch::channel(());
        let told = Arc::clone(&newest);
        tokio::spawn(async move {
            run(tx, key, clock, jobs, &told).await;
            drop(running);
        });
        Ok(Self { jobs: sender, over, newest })
    }

    /// The newest leaf's time, as far as this process knows: no reading of the clock counts as earlier.
    pub fn newest(&self) -> Moment {
        Moment::from_millis(self.newest.load(Ordering::SeqCst))
    }

    /// Takes no more acts, finishes those that wait, and closes the connection.
    pub(super) async fn close(self) {
        let Self { jobs, mut over, newest: _ } = self;
        drop(jobs);
        // Nothing is ever sent: the only change is that the task is over.
        let _ = over.changed().await;
    }

    /// Carries out one act. `Ok` means committed and durable, together with every leaf it appended.
    pub async fn act<T, F>(&self, act: F) -> Result<Acked<T>, No>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Act<'a, T> + Send + 'static,
    {
        let (answer, mut answered) = oneshot::channel();
        // Taken by whichever comes first, the act's turn or the end of its caller's patience: it is run or refused, never both.
        let taken = Arc::new(AtomicBool::new(false));
        let began = Arc::clone(&taken);
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                if began.swap(true, Ordering::SeqCst) {
                    return (false, Box::new(|_| {}) as Finish);
                }
                let result = act(tx).await;
                let ok = result.is_ok();
                let finish: Finish = Box::new(move |committed| {
                    let told = if ok && !committed { Err(No::Unavailable) } else { result.map(Acked) };
                    // The caller may be gone; the act stands all the same.
                    drop(answer.send(told));
                });
                (ok, finish)
            })
        });
        self.jobs.send_timeout(job, PATIENCE).await.map_err(|_| No::Unavailable)?;
        match timeout(PATIENCE, &mut answered).await {
            Ok(told) => told.map_err(|_| No::Unavailable)?,
            Err(_) if !taken.swap(true, Ordering::SeqCst) => Err(No::Unavailable),
            // It runs: whoever asked for it must hear how it ended.
            Err(_) => answered.await.map_err(|_| No::Unavailable)?,
        }
    }
}

async fn run(mut tx: Tx, key: LogKey, clock: Clock, mut jobs: mpsc::Receiver<Job>, newest: &AtomicI64) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut finishes = Vec::with_capacity(batch.len());
        let committed = match tx.run_batch(&mut batch, &mut finishes, &key, &clock).await {
            Ok(()) => true,
            Err(fault) => {
                tracing::error!(%fault, "a batch of acts was not committed; nothing of it was answered");
                tx.recover(&key).await;
                false
            }
        };
        newest.store(tx.head.at().millis(), Ordering::SeqCst);
        // Acts that never ran in a failed batch are dropped here: their callers hear "unavailable".
        batch.clear();
        for finish in finishes {
            finish(committed);
        }
    }
    tx.conn.close().await;
}

const BEGIN: &str = "BEGIN IMMEDIATE";
const SAVEPOINT: &str = "SAVEPOINT act";
const KEEP: &str = "RELEASE act";
const UNDO: &str = "ROLLBACK TO act";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

impl Tx {
    /// The moment of this act: never before the newest leaf.
    pub fn now(&self) -> Moment {
        self.now
    }

    async fn run_batch(
        &mut self,
        batch: &mut Vec<Job>,
        finishes: &mut Vec<Finish>,
        key: &LogKey,
        clock: &Clock,
    ) -> Result<(), Fault> {
        self.plain(BEGIN).await?;
        // Another process (a command beside the portal) may have appended: the stored head is the truth.
        if Head::stored_note(&mut self.conn).await? != self.head.note() {
            let stored = Head::load(&mut self.conn, key).await?;
            self.head = stored.ok_or_else(|| Fault::Log("the log has no head".to_owned()))?;
        }
        let before = self.head.size();
        for job in batch.drain(..) {
            let now = clock.now();
            if now.plus_millis(LAG_MS) < self.head.at() {
                tracing::warn!(
                    behind_ms = self.head.at().millis() - now.millis(),
                    "the clock is behind the log: held at the newest leaf"
                );
            }
            self.now = now.max(self.head.at());
            self.plain(SAVEPOINT).await?;
            let kept = self.head.clone();
            // An act that panics is undone like one that fails; its caller hears "unavailable", the writer goes on.
            let outcome = AssertUnwindSafe(job(self)).catch_unwind().await;
            let ok = outcome.as_ref().is_ok_and(|(ok, _)| *ok);
            finishes.extend(outcome.ok().map(|(_, finish)| finish));
            if !ok {
                self.plain(UNDO).await?;
                self.head = kept;
            }
            self.plain(KEEP).await?;
        }
        if self.head.size() != before {
            self.advance_head(before, key).await?;
        }
        self.plain(COMMIT).await
    }

    /// After a failed batch: leave the transaction and read the head that is really stored.
    async fn recover(&mut self, key: &LogKey) {
        drop(self.plain(ROLLBACK).await);
        match Head::load(&mut self.conn, key).await {
            Ok(Some(head)) => self.head = head,
            Ok(None) => tracing::error!("the log has no head"),
            Err(fault) => tracing::error!(%fault, "the log's head cannot be read"),
        }
    }

    async fn plain(&mut self, sql: &'static str) -> Result<(), Fault> {
        on!(self.conn, |c| sqlx::query(sql).execute(c).await)?;
        Ok(())
    }
}
