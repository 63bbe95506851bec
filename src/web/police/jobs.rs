//! The page of jobs, and the mail of one person that could not be delivered.
//!
//! Promises: an auditor reads the jobs and no address. Absent on purpose: starting or stopping a job.

use std::time::Duration;

use serde::Serialize;

use crate::actions::jobs::{self, Line, Overview, Undelivered};
use crate::actions::{No, messages, step_up};
use crate::domain::ids::PersonId;
use crate::domain::moment::Moment;
use crate::web::frame::Typed;
use crate::web::police::{Tag, long};
use crate::web::{Answer, Page, Visit};

/// How every job stands.
#[derive(Serialize)]
pub struct Jobs {
    lines: Vec<Shown>,
    backup: String,
    waiting: i64,
    oldest: String,
    undeliverable: i64,
    lost: Vec<Lost>,
}

#[derive(Serialize)]
struct Shown {
    name: &'static str,
    what: &'static str,
    every: String,
    ran: String,
    took: String,
    due: String,
    tag: Tag,
    /// Since when it fails, with the incident's number; empty: it does not.
    failing: String,
}

/// One mail that could not be delivered.
#[derive(Serialize)]
struct Lost {
    person: String,
    name: String,
    address: String,
    at: String,
    tries: i64,
    why: String,
}

impl Lost {
    fn of(row: &Undelivered) -> Self {
        Self {
            person: row.person_id.clone(),
            name: row.name.clone(),
            address: row.address.clone(),
            at: long(row.ended_at),
            tries: row.attempts,
            why: row.refusal.clone().unwrap_or_default(),
        }
    }

    fn sample() -> Self {
        Self::of(&Undelivered {
            person_id: "1".into(),
            name: "Priya Shah".into(),
            address: "priya@example.org".into(),
            ended_at: 1_795_370_400_000,
            attempts: 1,
            refusal: Some("permanent error (550): no such user".into()),
        })
    }
}

fn every(span: Duration) -> String {
    match span.as_secs() {
        1 => "every second".to_owned(),
        3_600 => "every hour".to_owned(),
        seconds => format!("every {seconds} seconds"),
    }
}

fn took(ms: i64) -> String {
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms % 1_000 / 100) }
}

/// So late, beside its time, a job is said to be late: rounds that go on as before are written down once a minute.
const LATE_MS: i64 = 300_000;

fn shown(line: &Line, now: Moment) -> Shown {
    let late = line.due.is_some_and(|due| now >= due.plus_millis(LATE_MS));
    let tag = match (&line.failing, line.ran) {
        (Some(_), _) => Tag { text: "Failing", colour: "red" },
        (None, None) => Tag { text: "Not yet", colour: "grey" },
        (None, Some(_)) if late => Tag { text: "Late", colour: "yellow" },
        (None, Some(_)) => Tag { text: "Well", colour: "green" },
    };
    let failing = line.failing.as_ref().map_or_else(String::new, |(since, incident)| {
        let well = line.well.map_or_else(|| "never".to_owned(), Moment::long);
        format!("Since {}, incident {incident}. It went well last: {well}.", since.long())
    });
    Shown {
        name: line.job.name,
        what: line.job.what,
        every: every(line.job.every),
        ran: line.ran.map_or_else(|| "Never".to_owned(), Moment::precise),
        took: line.ran.map_or_else(String::new, |_| took(line.took_ms)),
        due: line.due.map_or_else(String::new, Moment::precise),
        tag,
        failing,
    }
}

impl Jobs {
    fn of(found: &Overview, now: Moment) -> Self {
        let (waiting, oldest) = found.waiting;
        Self {
            lines: found.lines.iter().map(|line| shown(line, now)).collect(),
            backup: found.backup.map_or_else(String::new, Moment::long),
            waiting,
            oldest: oldest.map_or_else(String::new, Moment::long),
            undeliverable: found.undeliverable,
            lost: found.undelivered.iter().map(Lost::of).collect(),
        }
    }
}

impl Page for Jobs {
    const TEMPLATE: &'static str = "pages/police/jobs.html";

    fn samples() -> Vec<Self> {
        let at = Moment::from_millis(1_795_370_400_000);
        let line = |n: usize, failing, ran: Option<Moment>, due| Line {
            job: jobs::JOBS.iter().cycle().nth(n).copied().unwrap_or(jobs::Job {
                name: "",
                what: "",
                every: Duration::ZERO,
            }),
            ran,
            took_ms: if n == 0 { 12 } else { 1_234 },
            due,
            well: ran,
            failing,
        };
        let full = Overview {
            lines: vec![
                line(0, None, Some(at), Some(at)),
                line(1, Some((at, "0123abcd".into())), Some(at), Some(at)),
                line(3, Some((at, "0123abcd".into())), None, None),
                line(4, None, Some(at.plus_millis(-900_000)), Some(at.plus_millis(-899_000))),
                line(5, None, None, None),
            ],
            backup: Some(at),
            waiting: (2, Some(at)),
            undeliverable: 1,
            undelivered: Vec::new(),
        };
        let bare =
            Overview { lines: Vec::new(), backup: None, waiting: (0, None), undeliverable: 0, undelivered: Vec::new() };
        let mut all = vec![Self::of(&full, at), Self::of(&full, at), Self::of(&bare, at)];
        if let Some(first) = all.first_mut() {
            first.lost.push(Lost::sample());
        }
        all
    }
}

/// `GET /jobs`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let found = jobs::overview(&v.office, v.actor()).await?;
    v.page("Jobs", &Jobs::of(&found, v.now))
}

/// Where somebody's mail goes, and what could not be delivered to them.
#[derive(Serialize)]
pub struct PersonMail {
    id: String,
    name: String,
    email: String,
    address: String,
    lost: Vec<Lost>,
}

impl Page for PersonMail {
    const TEMPLATE: &'static str = "pages/police/person-mail.html";

    fn samples() -> Vec<Self> {
        let one = |address: &str, lost| Self {
            id: "1".into(),
            name: "Priya Shah".into(),
            email: "priya@example.org".into(),
            address: address.into(),
            lost,
        };
        vec![one("shah@example.org", vec![Lost::sample()]), one("priya@example.org", Vec::new())]
    }
}

const TITLE: &str = "Mail to this person";

async fn of(v: &Visit) -> Result<(PersonId, PersonMail), No> {
    let id = v.id(PersonId::parse)?;
    let post = messages::of(&v.office, v.actor(), id).await?;
    let lost = post.undelivered.iter().map(Lost::of).collect();
    Ok((id, PersonMail { id: id.to_string(), name: post.name, email: post.email, address: post.address, lost }))
}

/// `GET /people/{id}/mail`.
pub async fn mail(v: Visit) -> Result<Answer, No> {
    let (_, page) = of(&v).await?;
    let notice = match v.query("sent") {
        "" => "",
        "0" => "The address is saved",
        _ => "The address is saved, and what could not be delivered is sent again",
    };
    let typed = Typed::default().with("address", page.address.clone());
    v.show(TITLE, &page).filled(typed).noticed(notice).done()
}

/// `POST /people/{id}/mail`: where mail goes decides who learns of a recall, so it is asked who is there.
pub async fn mend(v: Visit) -> Result<Answer, No> {
    let (id, page) = of(&v).await?;
    let proved = step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await;
    let done = match proved {
        Ok(()) => messages::send_again(&v.office, v.actor(), id, v.field("address"), v.stamp()).await,
        Err(no) => Err(no),
    };
    match done {
        Ok(mails) => Answer::see(format!("/people/{id}/mail?sent={mails}")),
        Err(no) => v.again(no, TITLE, &page),
    }
}
