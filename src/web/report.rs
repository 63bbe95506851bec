//! A holder's report that something is wrong or incomplete (K8.7), and what became of earlier ones.
//!
//! Promises: open to whoever holds the copy, after its end too; what was typed is kept when something is wrong with it. Absent on
//! purpose: pictures, script, signatures, and the words of reports that were sent: they are for the police.

use serde::Serialize;

use crate::actions::{No, corrections, deliver, report};
use crate::domain::ids::CopyId;
use crate::web::{Answer, Page, Visit};

/// A report that was sent.
#[derive(Serialize, Clone)]
pub struct Reported {
    /// When.
    pub at: String,
    /// What became of it, and when; empty: not answered yet.
    pub outcome: String,
    /// What the police say.
    pub answer: String,
}

impl Reported {
    /// As its holder sees it.
    pub fn of(one: &corrections::Reported) -> Self {
        let (outcome, answer) = match &one.answered {
            Some((outcome, at, said)) => {
                (format!("{}, {}.", outcome.title(), at.long()), said.answer.as_str().to_owned())
            }
            None => (String::new(), String::new()),
        };
        Self { at: one.at.long(), outcome, answer }
    }

    /// Made-up reports, each kind once.
    pub fn samples() -> Vec<Self> {
        let at = || "21 November 2026 at 5:30pm".to_owned();
        vec![
            Self { at: at(), outcome: String::new(), answer: String::new() },
            Self {
                at: at(),
                outcome: "The words were corrected, 22 November 2026 at 9:00am.".into(),
                answer: "Thank you. The kind of shop was wrong.".into(),
            },
        ]
    }
}

/// The form.
#[derive(Serialize)]
pub struct Report {
    copy: String,
    urn: String,
    reports: Vec<Reported>,
}

impl Page for Report {
    const TEMPLATE: &'static str = "pages/bulletins/report.html";

    fn samples() -> Vec<Self> {
        let of =
            |reports| Self { copy: "0190a5b0-0000-7000-8000-00000000000a".into(), urn: "CZ/001/26".into(), reports };
        vec![of(Vec::new()), of(Reported::samples())]
    }
}

const TITLE: &str = "Report that something is wrong or incomplete";

async fn page(v: &Visit) -> Result<Report, No> {
    let bulletin = deliver::one(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    let reports = bulletin.reports.iter().map(Reported::of).collect();
    Ok(Report { copy: bulletin.copy.id, urn: bulletin.urn, reports })
}

/// `GET /bulletins/{id}/report`.
pub async fn form(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    v.page(TITLE, &page)
}

/// `POST /bulletins/{id}/report`.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    match report::report(&v.office, v.actor(), copy, v.field("report"), v.stamp()).await {
        Ok(()) => Answer::see(format!("/bulletins/{copy}/report")),
        Err(no) => {
            let page = page(&v).await?;
            v.again(no, TITLE, &page)
        }
    }
}
