//! What runs in the background: the one list of jobs, how a round is counted and written down, and what the page of jobs shows.
//!
//! Promises: a round is written down by the instance that ran it, so that the page is the truth across instances and restarts; a failure
//! has a number, which stands in the operator's log beside its cause, and keeps since when. Nothing depends on a job for safety: what
//! has ended is refused by the clock alone (P3; `tests/it/journeys/jobs.rs`, `tests/it/journeys/expiry.rs`).
//! Absent on purpose: starting or stopping a job from a page.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::actions::{No, Office};
use crate::clock;
use crate::domain::actor::Actor;
use crate::domain::event::Kind;
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::store::log::Search;
pub use crate::store::mails::Undelivered;

/// A job: its name in the code and the figures, what it does, how often.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Its name.
    pub name: &'static str,
    /// What it does, for people.
    pub what: &'static str,
    /// From one round to the next.
    pub every: Duration,
}

const fn job(name: &'static str, what: &'static str, seconds: u64) -> Job {
    Job { name, what, every: Duration::from_secs(seconds) }
}

/// Every job, one line each.
pub const JOBS: &[Job] = &[
    job("closings", "Writes recalls and removals beside the vault, so that no backup brings them back", 5),
    job("expire", "Writes down limits that the clock has reached, and destroys the keys of their copies", 5),
    job("destroy", "Deletes the sealed bytes of copies whose keys are gone, and reads back that they are", 5),
    job("dispose", "Erases what two people agreed to dispose of, in the night after", 5),
    job("clean", "Cleans the database’s free pages once a night", 5),
    job("orphans", "Clears away sealed bytes that no record names", 3_600),
    job("journal", "Publishes the log’s new entries beside the vault", 1),
    job("messages", "Turns what happened into messages", 5),
    job("reminders", "Tells people of dates that come near, once a day", 5),
    job("letters", "Puts messages into mails: at once, or into the day’s digest", 5),
    job("mail", "Hands waiting mail to the relay", 5),
];

/// How often a job that goes on as before is written down again.
const AGAIN: Duration = Duration::from_mins(1);

/// What this instance wrote down last of each job: when, and whether it went well.
#[derive(Debug, Default)]
pub struct Noted(Mutex<HashMap<&'static str, (Instant, bool)>>);

impl Noted {
    /// Whether a round has to be written down: the first, one that turned out otherwise than the one before, and one a minute.
    fn due(&self, name: &'static str, well: bool, now: Instant) -> bool {
        let Ok(mut noted) = self.0.lock() else { return true };
        let due = noted.get(name).is_none_or(|(at, was)| *was != well || now.duration_since(*at) >= AGAIN);
        if due {
            noted.insert(name, (now, well));
        }
        due
    }
}

/// Does a job's work, counts it, and writes down how it went.
pub(super) async fn run(
    office: &Office,
    name: &'static str,
    work: impl Future<Output = Result<(), No>>,
) -> Result<(), No> {
    let (began, at) = (Instant::now(), office.now());
    let done = work.await;
    office.metrics.job(name, began, done.is_ok());
    note(office, name, at, began, done.as_ref().err()).await;
    done
}

/// Nothing to do is a round that went well.
pub(super) async fn idle(office: &Office, name: &'static str) {
    let began = Instant::now();
    office.metrics.job(name, began, true);
    note(office, name, office.now(), began, None).await;
}

async fn note(office: &Office, name: &'static str, at: Moment, began: Instant, failed: Option<&No>) {
    if !office.noted.due(name, failed.is_none(), Instant::now()) {
        return;
    }
    let incident = failed.map(|_| hex::encode(clock::random::<4>()));
    if let (Some(no), Some(incident)) = (failed, &incident) {
        tracing::error!(job = name, incident, cause = %no, "a job failed");
    }
    let took = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    let instance = office.instance.clone();
    let act = office.act(move |tx| {
        Box::pin(async move { Ok(tx.note_job(name, &instance, at.millis(), took, incident.as_deref()).await?) })
    });
    if let Err(no) = act.await {
        tracing::warn!(job = name, cause = %no, "how a job went could not be written down");
    }
}

/// One line of the page.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which.
    pub job: Job,
    /// When a round began last; `None`: none has.
    pub ran: Option<Moment>,
    /// How long it took, milliseconds.
    pub took_ms: i64,
    /// When the next is due.
    pub due: Option<Moment>,
    /// When it went well last.
    pub well: Option<Moment>,
    /// Since when it fails, and the number of the last failure.
    pub failing: Option<(Moment, String)>,
}

/// Everything the page of jobs shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Each job.
    pub lines: Vec<Line>,
    /// When a backup was begun last; `None`: never.
    pub backup: Option<Moment>,
    /// Mails that wait, and since when the oldest does.
    pub waiting: (i64, Option<Moment>),
    /// How many could not be delivered.
    pub undeliverable: i64,
    /// To whom; empty for who may not know addresses.
    pub undelivered: Vec<Undelivered>,
}

/// How every job stands: for the administrator, and the auditor, who reads no address.
pub async fn overview(office: &Office, by: &Actor) -> Result<Overview, No> {
    let keeps = may(by, Act::Administer, Thing::Force);
    if !keeps && !may(by, Act::ReadLog, Thing::Force) {
        return Err(No::NotFound);
    }
    let mut conn = office.read().await?;
    let ran = conn.jobs().await?;
    let line = |job: &Job| {
        let row = ran.iter().find(|row| row.name == job.name);
        let at = row.map(|row| Moment::from_millis(row.began_at));
        let every = i64::try_from(job.every.as_millis()).unwrap_or(i64::MAX);
        Line {
            job: *job,
            ran: at,
            took_ms: row.map_or(0, |row| row.took_ms),
            due: at.map(|at| at.plus_millis(every)),
            well: row.and_then(|row| row.well_at).map(Moment::from_millis),
            failing: row.and_then(|row| {
                Some((Moment::from_millis(row.failed_since?), row.incident.clone().unwrap_or_default()))
            }),
        }
    };
    let lines = JOBS.iter().map(line).collect();
    let backups = Search {
        actor: String::new(),
        object: String::new(),
        kind: Kind::BackedUp.word().to_owned(),
        from: Moment::from_millis(0),
        to: office.now().plus_millis(1),
        limit: 1,
        skip: 0,
    };
    let (found, _) = conn.log_search(&backups).await?;
    let backup = found.first().and_then(|(_, body)| Moment::parse_rfc3339(body.get("at")?.as_str()?));
    let oldest = conn.oldest_mail().await?.map(Moment::from_millis);
    Ok(Overview {
        lines,
        backup,
        waiting: (conn.count_mails("waiting").await?, oldest),
        undeliverable: conn.count_mails("undeliverable").await?,
        undelivered: if keeps { conn.undelivered("").await? } else { Vec::new() },
    })
}

/// What the administrator's first page says: how many jobs fail, and how many mails could not be delivered.
pub async fn troubles(office: &Office) -> Result<(usize, i64), No> {
    let mut conn = office.read().await?;
    let failing = conn.jobs().await?.iter().filter(|row| row.failed_since.is_some()).count();
    Ok((failing, conn.count_mails("undeliverable").await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_written_down_first_when_it_turns_and_once_a_minute() {
        let (noted, now) = (Noted::default(), Instant::now());
        let at = |ms| now + Duration::from_millis(ms);
        assert!(noted.due("expire", true, now));
        assert!(!noted.due("expire", true, at(59_999)));
        assert!(noted.due("destroy", true, at(1)), "another job");
        assert!(noted.due("expire", true, at(60_000)));
        assert!(noted.due("expire", false, at(60_001)), "it failed");
        assert!(!noted.due("expire", false, at(65_000)));
        assert!(noted.due("expire", true, at(65_001)), "it went well again");
    }

    #[test]
    fn no_job_is_listed_twice() {
        for job in JOBS {
            assert_eq!(JOBS.iter().filter(|other| other.name == job.name).count(), 1, "{}", job.name);
        }
    }
}
