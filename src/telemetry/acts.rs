//! What the writer tells of its acts: how many wait, how long, how they end, how long a batch and its commit take.

use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::book::Book;
use super::metrics::{One, times};

/// The figures of one writer; clones count into the same.
#[derive(Clone, Debug)]
pub struct Acts {
    ended: Family<One, Counter>,
    waiting: Gauge,
    wait: Histogram,
    size: Histogram,
    batch: Histogram,
    commit: Histogram,
    failed: Counter,
    entries: Gauge,
}

/// How an act ended.
#[derive(Clone, Copy, Debug)]
pub enum Ended {
    /// It stands, with its leaves.
    Committed,
    /// A rule or what was typed said no: undone.
    Refused,
    /// The store or the log could not: undone.
    Failed,
}

impl Ended {
    fn word(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// An act that never had its turn: no place, given up, or its batch failed before.
const NOT_BEGUN: &str = "not_begun";

impl Default for Acts {
    fn default() -> Self {
        Self {
            ended: Family::default(),
            waiting: Gauge::default(),
            wait: times(),
            size: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
            batch: times(),
            commit: times(),
            failed: Counter::default(),
            entries: Gauge::default(),
        }
    }
}

impl Acts {
    /// An act begins to wait for its turn.
    pub fn queued(&self) -> Turn {
        self.waiting.inc();
        Turn { acts: self.clone(), since: Instant::now(), begun: false, ended: None }
    }

    /// A batch of so many acts begins.
    pub fn batch(&self, acts: usize) -> Instant {
        self.size.observe(f64::from(u32::try_from(acts).unwrap_or(u32::MAX)));
        Instant::now()
    }

    /// The log has so many entries.
    pub fn log(&self, entries: u64) {
        self.entries.set(i64::try_from(entries).unwrap_or(i64::MAX));
    }

    /// A batch is over, and the log has so many entries.
    pub fn batch_over(&self, began: Instant, committed: bool, entries: u64) {
        self.batch.observe(began.elapsed().as_secs_f64());
        if !committed {
            self.failed.inc();
        }
        self.log(entries);
    }

    /// One commit took so long.
    pub fn commit(&self, took: Duration) {
        self.commit.observe(took.as_secs_f64());
    }

    pub(super) fn enter(&self, book: &mut Book) {
        let labels = "outcome: committed, refused, failed, not_begun";
        let alarm = "any `failed`; `not_begun` above 0 for 1 min: people are told to come back later";
        book.enter(["portal_acts_total", labels, "acts", "Acts by how they ended", alarm], self.ended.clone());
        let alarm = "above 256 for 1 min";
        book.enter(["portal_acts_waiting", "", "acts", "Acts that wait for their turn", alarm], self.waiting.clone());
        let words = "How long an act waited for its turn";
        book.enter(["portal_act_wait_seconds", "", "seconds", words, "p99 above 1 s for 5 min"], self.wait.clone());
        book.enter(["portal_batch_acts", "", "acts", "Acts that shared one commit", ""], self.size.clone());
        let words = "From the begin of a batch to its commit or failure";
        book.enter(["portal_batch_seconds", "", "seconds", words, "p99 above 1 s for 5 min"], self.batch.clone());
        let words = "How long the database took to make a batch durable";
        book.enter(
            ["portal_commit_seconds", "", "seconds", words, "p99 above 0.25 s: a slow disk"],
            self.commit.clone(),
        );
        let words = "Batches that were not committed: nobody in them was answered";
        book.enter(["portal_batches_failed_total", "", "batches", words, "any"], self.failed.clone());
        let words =
            "Entries of the log, as of this instance's start or last batch; each batch signs a checkpoint over all";
        book.enter(
            ["portal_log_entries", "", "entries", words, "lower than before: stop, see the guide"],
            self.entries.clone(),
        );
    }
}

/// One act's wait and end. Dropped before its end it counts as failed, before its turn as never begun.
#[derive(Debug)]
pub struct Turn {
    acts: Acts,
    since: Instant,
    begun: bool,
    ended: Option<Ended>,
}

impl Turn {
    /// Its turn has come.
    pub fn begins(&mut self) {
        self.begun = true;
        self.acts.waiting.dec();
        self.acts.wait.observe(self.since.elapsed().as_secs_f64());
    }

    /// It has ended.
    pub fn ends(mut self, how: Ended) {
        self.ended = Some(how);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.begun {
            self.acts.waiting.dec();
        }
        let how = if self.begun { self.ended.unwrap_or(Ended::Failed).word() } else { NOT_BEGUN };
        self.acts.ended.get_or_create(&[("outcome", how)]).inc();
    }
}
