//! The figures of one process, for a collector: what is counted, in one value that the office holds and hands down.
//!
//! Promises: labels are words of our own code (a door's pattern, a job's name), so that no series can name a person or a thing
//! and their number is bounded; each is in the [`Book`] with its alarm. Absent on purpose: a global; anything by person.

use std::fmt;
use std::time::{Duration, Instant};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::acts::Acts;
use super::book::Book;
use super::process;
use crate::clock::Clock;
use crate::domain::moment::Moment;

/// One label.
pub(super) type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];
type Three = [(&'static str, &'static str); 3];

/// Times in seconds; 10 ms and 50 ms are the bars of a page (median and p99).
pub(super) fn times() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
}

/// What the sealed bytes' store did; clones count into the same.
#[derive(Clone, Debug)]
pub struct Vault {
    operations: Family<Two, Counter>,
    took: Family<One, Histogram>,
}

impl Default for Vault {
    fn default() -> Self {
        Self { operations: Family::default(), took: Family::new_with_constructor(times) }
    }
}

impl Vault {
    /// One operation (`put`, `get`, …) that ended `ok`, `missing` or `failed`.
    pub fn done(&self, operation: &'static str, outcome: &'static str, began: Instant) {
        self.operations.get_or_create(&[("operation", operation), ("outcome", outcome)]).inc();
        self.took.get_or_create(&[("operation", operation)]).observe(began.elapsed().as_secs_f64());
    }
}

/// All figures.
#[derive(Debug)]
pub struct Metrics {
    book: Book,
    answers: Family<Three, Counter>,
    answer_time: Family<One, Histogram>,
    views: Family<One, Counter>,
    throttled: Counter,
    job_success: Family<One, Gauge>,
    job_failures: Family<One, Counter>,
    job_time: Family<One, Histogram>,
    parts: Family<One, Gauge>,
    readers: Family<One, Gauge>,
    waiting_readers: Gauge,
    seats: Family<One, Gauge>,
    checkpoint: Gauge,
    leaf_age: Gauge,
    behind: Gauge,
    memory: Gauge,
    files: Gauge,
}

impl Metrics {
    /// A new process's, with those of its writer and its vault.
    pub fn new(acts: &Acts, vault: &Vault) -> Self {
        let mut new = Self {
            book: Book::default(),
            answers: Family::default(),
            answer_time: Family::new_with_constructor(times),
            views: Family::default(),
            throttled: Counter::default(),
            job_success: Family::default(),
            job_failures: Family::default(),
            job_time: Family::new_with_constructor(times),
            parts: Family::default(),
            readers: Family::default(),
            waiting_readers: Gauge::default(),
            seats: Family::default(),
            checkpoint: Gauge::default(),
            leaf_age: Gauge::default(),
            behind: Gauge::default(),
            memory: Gauge::default(),
            files: Gauge::default(),
        };
        new.enter_answers();
        acts.enter(&mut new.book);
        new.enter_log();
        new.enter_vault(vault);
        new.enter_jobs();
        new.enter_room();
        new.enter_process();
        new
    }

    /// One answer: the door's pattern, its method's word, the status, what kind of door it is, how long it took.
    pub fn answered(&self, door: &'static str, method: &'static str, status: u16, kind: &'static str, took: Duration) {
        let class = match status {
            0..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.answers.get_or_create(&[("door", door), ("method", method), ("class", class)]).inc();
        self.answer_time.get_or_create(&[("kind", kind)]).observe(took.as_secs_f64());
    }

    /// A view was asked for and `opened`, `refused` or `failed`.
    pub fn view(&self, outcome: &'static str) {
        self.views.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// A try to sign in came too soon.
    pub fn throttled(&self) {
        self.throttled.inc();
    }

    /// A job ran.
    pub fn job(&self, job: &'static str, began: Instant, ok: bool) {
        self.job_time.get_or_create(&[("job", job)]).observe(began.elapsed().as_secs_f64());
        let failures = self.job_failures.get_or_create(&[("job", job)]);
        if ok {
            self.job_success.get_or_create(&[("job", job)]).set(Clock::real().millis() / 1000);
        } else {
            failures.inc();
        }
    }

    /// Whether one part of being ready is so.
    pub fn part(&self, part: &'static str, ready: bool) {
        self.parts.get_or_create(&[("part", part)]).set(i64::from(ready));
    }

    /// How many connections to read with are in use and idle.
    pub fn readers(&self, in_use: i64, idle: i64) {
        self.readers.get_or_create(&[("state", "in_use")]).set(in_use);
        self.readers.get_or_create(&[("state", "idle")]).set(idle);
    }

    /// A request waits for a connection to read with, until what is answered is dropped.
    pub fn reader_waits(&self) -> Waits {
        self.waiting_readers.inc();
        Waits(self.waiting_readers.clone())
    }

    /// The size of the newest checkpoint that is kept.
    pub fn checkpoint(&self, entries: u64) {
        self.checkpoint.set(i64::try_from(entries).unwrap_or(i64::MAX));
    }

    /// How many of a kind of seat are taken.
    pub fn seats(&self, kind: &'static str, taken: i64) {
        self.seats.get_or_create(&[("kind", kind)]).set(taken);
    }

    /// The newest leaf's time against the clock's.
    pub fn times(&self, newest: Moment, now: Moment) {
        let ahead = now.millis() - newest.millis();
        self.leaf_age.set(ahead.max(0) / 1000);
        self.behind.set((-ahead).max(0));
    }

    /// Everything as text, with the process as it is now.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.memory.set(whole(process::resident_bytes()));
        self.files.set(whole(process::open_files()));
        self.book.text()
    }

    /// The book, for the printed table.
    pub fn book(&self) -> &Book {
        &self.book
    }

    fn enter_answers(&mut self) {
        let book = &mut self.book;
        let labels = "door: a pattern of `docs/ACCESS.md` or `none`; method: GET, POST, other; class: 2xx to 5xx";
        let alarm = "5xx above 1 in 100 for 5 min";
        book.enter(["portal_answers_total", labels, "answers", "Answers by door", alarm], self.answers.clone());
        let labels = "kind: page, act, view, asset, probe, none";
        let words = "From a request's head to the head of its answer";
        let alarm = "`page` median above 0.01 s or p99 above 0.05 s for 15 min";
        book.enter(["portal_answer_seconds", labels, "seconds", words, alarm], self.answer_time.clone());
        let labels = "outcome: opened, refused, failed";
        let alarm = "`failed`: any; `refused`: far above the usual";
        book.enter(["portal_views_total", labels, "views", "Views of sealed parts", alarm], self.views.clone());
        let words = "Tries to sign in that came too soon after failures";
        let alarm = "above 10 a minute: somebody is guessing";
        book.enter(["portal_sign_ins_throttled_total", "", "tries", words, alarm], self.throttled.clone());
    }

    fn enter_log(&mut self) {
        let book = &mut self.book;
        let words = "Entries under the newest kept checkpoint";
        let alarm = "behind `portal_log_entries` for 2 h of traffic";
        book.enter(["portal_log_checkpoint_entries", "", "entries", words, alarm], self.checkpoint.clone());
        let words = "Since the newest leaf, as of this instance's last batch";
        let alarm = "above the quietest night's: is anybody let in?";
        book.enter(["portal_log_newest_age_seconds", "", "seconds", words, alarm], self.leaf_age.clone());
        let words = "How far the clock is behind the newest leaf";
        let alarm = "above 2000: set the clock";
        book.enter(["portal_clock_behind_milliseconds", "", "milliseconds", words, alarm], self.behind.clone());
    }

    fn enter_vault(&mut self, vault: &Vault) {
        let book = &mut self.book;
        let labels = "operation: put, get, head, delete, list, copy; outcome: ok, missing, failed";
        let words = "Operations of the store of sealed bytes";
        book.enter(
            ["portal_vault_operations_total", labels, "operations", words, "`failed`: any"],
            vault.operations.clone(),
        );
        let labels = "operation: put, get, head, delete, list, copy";
        let words = "How long they took, to the first byte";
        book.enter(["portal_vault_seconds", labels, "seconds", words, "p99 above 1 s for 5 min"], vault.took.clone());
    }

    fn enter_jobs(&mut self) {
        let book = &mut self.book;
        let labels = "job: its name in the code";
        let words = "When a job last did its work (Unix time)";
        let alarm = "older than 10 min on every instance";
        book.enter(["portal_job_success_timestamp_seconds", labels, "seconds", words, alarm], self.job_success.clone());
        let words = "Rounds of a job that did not finish";
        book.enter(
            ["portal_job_failures_total", labels, "rounds", words, "3 within 10 min"],
            self.job_failures.clone(),
        );
        let words = "How long a round took";
        book.enter(["portal_job_seconds", labels, "seconds", words, "p99 above 60 s"], self.job_time.clone());
    }

    fn enter_room(&mut self) {
        let book = &mut self.book;
        let labels = "part: store, schema, log, writer, vault, clock, stopping";
        let words = "Whether each part of being ready is so: 1 or 0";
        book.enter(["portal_ready", labels, "1 or 0", words, "0 for 1 min, but for `stopping`"], self.parts.clone());
        let words = "Connections to read with";
        book.enter(["portal_readers", "state: in_use, idle", "connections", words, ""], self.readers.clone());
        let words = "Requests that wait for one of them";
        let alarm = "above 0 for 1 min";
        book.enter(["portal_readers_waiting", "", "requests", words, alarm], self.waiting_readers.clone());
        let labels = "kind: originals (of 3), decoding (of 2), hashing (of 2), uploads (of 2)";
        let words = "Seats taken by what needs much memory or processor";
        book.enter(["portal_seats_in_use", labels, "seats", words, "all taken for 5 min"], self.seats.clone());
    }

    fn enter_process(&mut self) {
        let book = &mut self.book;
        let words = "Memory that is resident";
        book.enter(["process_resident_memory_bytes", "", "bytes", words, "above 1.5 GB"], self.memory.clone());
        let alarm = "above 80 % of the unit's limit";
        book.enter(["process_open_fds", "", "files", "Open files and sockets", alarm], self.files.clone());
        let start: Gauge = Gauge::default();
        start.set(Clock::real().millis() / 1000);
        let words = "When this process started (Unix time)";
        let alarm = "changes more than twice in an hour";
        book.enter(["process_start_time_seconds", "", "seconds", words, alarm], start);
        let build: Family<One, Gauge> = Family::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        let alarm = "two versions for longer than an upgrade";
        book.enter(["portal_build_info", "version: this program's", "1", "Which build answers", alarm], build);
    }
}

/// Somebody waits as long as this is held.
#[derive(Debug)]
pub struct Waits(Gauge);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.dec();
    }
}
