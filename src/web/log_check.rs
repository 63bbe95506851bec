//! Whether the log is whole, its newest signed head, and the story of one release.
//!
//! Promises: the answer of a verification is one plain sentence, with what failed below it. Absent on purpose: mending anything.

use std::collections::HashMap;

use serde::Serialize;

use crate::actions::No;
use crate::actions::audit::Report;
use crate::actions::audit::{self, Record};
use crate::domain::ids::ReleaseId;
use crate::web::account::{Row, row};
use crate::web::log::{Names, line};
use crate::web::{Answer, Page, Visit};

/// The page with the button, and its answer.
#[derive(Serialize)]
pub struct Verify {
    /// Whether it has been verified now.
    pub done: bool,
    /// Whether every check passed.
    pub whole: bool,
    /// The answer in one sentence.
    pub answer: String,
    /// What failed.
    pub failures: Vec<String>,
    /// What passed but must be seen.
    pub warnings: Vec<String>,
    /// The figures behind the answer.
    pub rows: Vec<Row>,
}

impl Page for Verify {
    const TEMPLATE: &'static str = "pages/log/verify.html";

    fn samples() -> Vec<Self> {
        let rows = || vec![row("Entries", "12")];
        let of = |done, whole, failures: &[&str]| Self {
            done,
            whole,
            answer: "The log is whole: 12 entries.".into(),
            failures: failures.iter().map(|&one| one.to_owned()).collect(),
            warnings: failures.iter().map(|&one| one.to_owned()).collect(),
            rows: rows(),
        };
        vec![of(false, false, &[]), of(true, true, &[]), of(true, false, &["entry 7 was changed"])]
    }
}

const VERIFY: &str = "Verify the log";

/// `GET /log/verify`: the button.
pub fn verify_form(v: &Visit) -> Result<Answer, No> {
    let empty =
        Verify { done: false, whole: false, answer: String::new(), failures: vec![], warnings: vec![], rows: vec![] };
    v.page(VERIFY, &empty)
}

fn verdict(report: &Report) -> Verify {
    let times = match (&report.first_at, &report.last_at) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "none".to_owned(),
    };
    let answer = match (report.passed(), report.first_bad) {
        (true, _) => {
            format!("The log is whole: {} entries, none changed, none missing, none out of order.", report.size)
        }
        (false, Some(bad)) => format!("The log is not whole. The first entry that is wrong, or may be, is {bad}."),
        (false, None) => "The log is not whole.".to_owned(),
    };
    let rows = vec![
        row("Log", report.origin.clone()),
        row("Entries", report.size.to_string()),
        row("Entries with their full record", report.opened.to_string()),
        row("Older signed heads that agree", report.older_checkpoints.to_string()),
        row("First and last entry (UTC)", times),
        row("Root", report.root.clone()),
    ];
    Verify {
        done: true,
        whole: report.passed(),
        answer,
        failures: report.failures.clone(),
        warnings: report.warnings.clone(),
        rows,
    }
}

/// `POST /log/verify`: as a stranger would, with the offline verifier over an export.
pub async fn verify(v: Visit) -> Result<Answer, No> {
    let report = audit::verify(&v.office, v.actor(), v.stamp()).await?;
    v.page(VERIFY, &verdict(&report))
}

/// The newest signed head, to keep elsewhere.
#[derive(Serialize)]
pub struct Head {
    /// Entries it covers.
    pub size: u64,
    /// The signed checkpoint.
    pub note: String,
    /// The key that verifies it.
    pub vkey: String,
}

impl Page for Head {
    const TEMPLATE: &'static str = "pages/log/head.html";

    fn samples() -> Vec<Self> {
        vec![Self { size: 12, note: "portal\n12\nroot=\n".into(), vkey: "portal+00112233+AQ==".into() }]
    }
}

/// `GET /log/head`.
pub async fn head(v: Visit) -> Result<Answer, No> {
    let newest = audit::head(&v.office, v.actor()).await?;
    v.page("Head of the log", &Head { size: newest.size, note: newest.note, vkey: newest.vkey })
}

/// One step of a release's story.
#[derive(Serialize)]
pub struct Step {
    /// When.
    pub at: String,
    /// What happened.
    pub title: String,
    /// Who.
    pub by: String,
    /// What else is recorded.
    pub text: String,
}

/// The story of one release.
#[derive(Serialize)]
pub struct Timeline {
    /// The reference, or empty before there is one.
    pub urn: String,
    /// Newest first.
    pub events: Vec<Step>,
}

impl Page for Timeline {
    const TEMPLATE: &'static str = "pages/log/timeline.html";

    fn samples() -> Vec<Self> {
        let step = |text: &str| Step {
            at: "21 November 2026 at 5:30:09.123pm".into(),
            title: "The release was recalled".into(),
            by: "Alex Doe".into(),
            text: text.into(),
        };
        vec![
            Self { urn: String::new(), events: vec![] },
            Self { urn: "CZ/001/26".into(), events: vec![step("outcome: destroyed"), step("")] },
        ]
    }
}

/// `GET /releases/{id}/timeline`: for the release's own police and auditors.
pub async fn timeline(v: Visit) -> Result<Answer, No> {
    let records = audit::timeline(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    let names = Names { people: audit::names(&v.office).await?, releases: HashMap::new() };
    let urn = records.iter().find_map(|record| record.body.get("urn")?.as_str()).unwrap_or_default().to_owned();
    let step = |record: &Record| {
        let line = line(record, &names);
        Step { at: line.at, title: line.what, by: line.who, text: line.more.join("\n") }
    };
    let events = records.iter().rev().map(step).collect();
    let title = if urn.is_empty() { "Timeline".to_owned() } else { format!("Timeline of {urn}") };
    v.page(&title, &Timeline { urn, events })
}
