//! The one writer: every act of the portal goes through here, one after the other, and is in the log before it is answered.
//!
//! An act is an owned closure sent to the writer's task. There it gets `now = max(clock, newest leaf)`, loads, decides,
//! writes and appends its leaf, undone alone if it fails, in one batch transaction; the head advances once and one commit answers the
//! whole batch (group commit). A request that goes away does not cancel its act. A commit whose outcome is unknown
//! answers nobody, and the head is read anew before the next batch. Several instances on one PostgreSQL take turns on the head row,
//! whose lock is the first thing a batch takes; a connection that broke is replaced, and the keys are checked again then.
//! Proved by `tests/it/storage.rs`, `tests/it/instances.rs`, `tests/it/journeys/recall_race.rs`.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;

use tokio::sync::{mpsc, oneshot, watch};

use super::log::Head;
use super::{Conn, Fault, Hold, Link, No, Pool, on, run};
use crate::clock::Clock;
use crate::domain::moment::Moment;
use crate::ledger::checkpoint::LogKey;

/// The most acts in one commit.
const BATCH: usize = 256;
/// The most acts waiting; beyond it a caller waits for a place.
const QUEUE: usize = 4_096;
/// A batch that takes longer has lost its server: nothing of it is answered and the connection is replaced.
const BATCH_TIME: Duration = Duration::from_secs(20);
/// An act that nobody waits for goes with the next batch, and begins one after this.
const LATER: Duration = Duration::from_millis(250);
/// How long a caller waits for a place in the queue.
const PLACE_TIME: Duration = Duration::from_secs(5);
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

/// Acts that nobody waits for.
type Later = Arc<Mutex<Vec<Job>>>;

/// Where acts are sent.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    later: Later,
    over: watch::Receiver<()>,
    newest: Arc<AtomicI64>,
}

/// What a writer is made of: where its connection comes from, and the key that signs.
struct Desk {
    pool: Pool,
    how: Hold,
    key: LogKey,
    clock: Clock,
    /// Which records key was in force when this writer began.
    records: Option<String>,
}

/// The writing transaction an act runs in. Reads as a [`Conn`]; writes are its own methods.
pub struct Tx {
    conn: Conn,
    now: Moment,
    /// The log's head as of this batch's last finished act.
    pub(super) head: Head,
    /// The connection broke and was not replaced yet.
    broken: bool,
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
    pub(super) async fn start(mut conn: Conn, pool: Pool, how: Hold, key: LogKey, clock: Clock) -> Result<Self, Fault> {
        let head = Head::load_or_begin(&mut conn, &key, clock.now()).await?;
        let records = in_force(&mut conn).await?;
        let desk = Desk { pool, how, key, clock, records };
        let (sender, jobs) = mpsc::channel(QUEUE);
        let newest = Arc::new(AtomicI64::new(head.at().millis()));
        let tx = Tx { conn, now: head.at(), head, broken: false };
        let (running, over) = watch::channel(());
        let (later, told) = (Later::default(), Arc::clone(&newest));
        let waiting = Arc::clone(&later);
        tokio::spawn(async move {
            run(tx, &desk, jobs, &waiting, &told).await;
            drop(running);
        });
        Ok(Self { jobs: sender, later, over, newest })
    }

    /// The newest leaf's time, as far as this process knows: no reading of the clock counts as earlier.
    pub fn newest(&self) -> Moment {
        Moment::from_millis(self.newest.load(Ordering::SeqCst))
    }

    /// Another instance's leaf of this time was seen.
    pub fn saw(&self, at: Moment) {
        self.newest.fetch_max(at.millis(), Ordering::SeqCst);
    }

    /// Takes no more acts, finishes those that wait, and closes the connection.
    pub(super) async fn close(self) {
        let Self { jobs, mut over, later: _, newest: _ } = self;
        drop(jobs);
        // Nothing is ever sent: the only change is that the task is over.
        let _ = over.changed().await;
    }

    /// Leaves an act that nobody waits for: it is carried out with the next batch, soon and as well as can be.
    pub fn later<F>(&self, act: F)
    where
        F: for<'a> FnOnce(&'a mut Tx) -> Act<'a, ()> + Send + 'static,
    {
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let ok = act(tx).await.is_ok();
                let finish: Finish = Box::new(move |committed| {
                    if !(ok && committed) {
                        tracing::warn!("something that nobody waits for was not written down");
                    }
                });
                (ok, finish)
            })
        });
        match self.later.lock() {
            Ok(mut later) if later.len() < QUEUE => later.push(job),
            _ => tracing::warn!("too much waits to be written down: something that nobody waits for is left out"),
        }
    }

    /// Carries out one act. `Ok` means committed and durable, together with every leaf it appended.
    pub async fn act<T, F>(&self, act: F) -> Result<Acked<T>, No>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Act<'a, T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
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
        self.jobs.send_timeout(job, PLACE_TIME).await.map_err(|_| No::Unavailable)?;
        answered.await.map_err(|_| No::Unavailable)?
    }
}

async fn run(mut tx: Tx, desk: &Desk, mut jobs: mpsc::Receiver<Job>, later: &Mutex<Vec<Job>>, newest: &AtomicI64) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let none_comes = tokio::time::timeout(LATER, jobs.recv_many(&mut batch, BATCH)).await == Ok(0);
        if let Ok(mut later) = later.lock() {
            let rides = later.len().min(BATCH);
            batch.extend(later.drain(..rides));
        }
        match (batch.is_empty(), none_comes) {
            (true, true) => break,
            (true, false) => continue,
            _ => {}
        }
        let mut finishes = Vec::with_capacity(batch.len());
        let committed = match tx.whole_batch(&mut batch, &mut finishes, desk).await {
            Ok(()) => true,
            Err(fault) => {
                tracing::error!(%fault, "a batch of acts was not committed; nothing of it was answered");
                tx.recover(desk).await;
                false
            }
        };
        newest.fetch_max(tx.head.at().millis(), Ordering::SeqCst);
        // Acts that never ran in a failed batch are dropped here: their callers hear "unavailable".
        batch.clear();
        for finish in finishes {
            finish(committed);
        }
    }
    tx.conn.close().await;
}

const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";
const BEGIN_POSTGRES: &str = "BEGIN";
const IN_FORCE: &str = "SELECT value FROM setting WHERE name = 'records_key'";
const PROBE: &str = "SELECT 1";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

async fn in_force(conn: &mut Conn) -> Result<Option<String>, Fault> {
    Ok(on!(conn, |c| sqlx::query_scalar(IN_FORCE).fetch_optional(c).await)?)
}

impl Tx {
    /// The moment of this act: never before the newest leaf.
    pub fn now(&self) -> Moment {
        self.now
    }

    /// A batch from a whole connection to its commit, in bounded time. The embedded database has no network to lose.
    async fn whole_batch(
        &mut self,
        batch: &mut Vec<Job>,
        finishes: &mut Vec<Finish>,
        desk: &Desk,
    ) -> Result<(), Fault> {
        if self.broken {
            self.replace(desk).await?;
        }
        if matches!(self.conn.0, Link::Sqlite(_)) {
            return self.run_batch(batch, finishes, desk).await;
        }
        let late = |_| Fault::Other("the database server does not answer".to_owned());
        tokio::time::timeout(BATCH_TIME, self.run_batch(batch, finishes, desk)).await.map_err(late)?
    }

    async fn run_batch(&mut self, batch: &mut Vec<Job>, finishes: &mut Vec<Finish>, desk: &Desk) -> Result<(), Fault> {
        let Desk { key, clock, .. } = desk;
        let begin = if matches!(self.conn.0, Link::Sqlite(_)) { BEGIN_SQLITE } else { BEGIN_POSTGRES };
        self.plain(begin).await?;
        // Another instance, or a command beside the portal, may have appended: the stored head is the truth.
        if Head::take_turn(&mut self.conn).await? != self.head.note() {
            self.reload(key).await?;
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
            let entries = self.conn.begin_act();
            let kept = self.head.clone();
            // An act that panics is undone like one that fails; its caller hears "unavailable", the writer goes on.
            let outcome = AssertUnwindSafe(job(self)).catch_unwind().await;
            let ok = outcome.as_ref().is_ok_and(|(ok, _)| *ok);
            finishes.extend(outcome.ok().map(|(_, finish)| finish));
            if !ok {
                self.head = kept;
            }
            self.conn.end_act(entries, ok).await?;
        }
        if self.head.size() == before {
            // PostgreSQL answers COMMIT with success after a statement failed that no savepoint was before: any other is refused then.
            self.plain(PROBE).await?;
        } else {
            self.conn.settle().await?;
            self.advance_head(before, key).await?;
        }
        self.plain(COMMIT).await?;
        self.conn.batch_is_over();
        Ok(())
    }

    async fn reload(&mut self, key: &LogKey) -> Result<(), Fault> {
        let stored = Head::load(&mut self.conn, key).await?;
        self.head = stored.ok_or_else(|| Fault::Log("the log has no head".to_owned()))?;
        Ok(())
    }

    /// After a failed batch: leave the transaction and read the head that is really stored. A server's connection is not trusted
    /// again: what it still holds ends with it.
    async fn recover(&mut self, desk: &Desk) {
        if self.broken {
            return;
        }
        let done = match self.conn.0 {
            Link::Postgres(_) => self.replace(desk).await,
            Link::Sqlite(_) => {
                self.conn.batch_is_over();
                drop(self.plain(ROLLBACK).await);
                self.reload(&desk.key).await
            }
        };
        if let Err(fault) = done {
            tracing::error!(%fault, "the log's head cannot be read");
        }
    }

    /// Another connection in place of a broken one. Whatever was true when this writer began is asked again: a key that was replaced
    /// meanwhile needs a start.
    async fn replace(&mut self, desk: &Desk) -> Result<(), Fault> {
        self.broken = true;
        self.conn = desk.pool.writer(desk.how).await?;
        if in_force(&mut self.conn).await? != desk.records {
            return Err(Fault::Other("the records key was replaced meanwhile: start this instance anew".to_owned()));
        }
        self.reload(&desk.key).await?;
        self.broken = false;
        Ok(())
    }

    async fn plain(&mut self, sql: &'static str) -> Result<(), Fault> {
        run!(self.conn, sqlx::query(sql))?;
        Ok(())
    }
}
