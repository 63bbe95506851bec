//! Corrections of one release (K8.7): the versions of its words, with who, when and why; what holders reported; the answer to a report.
//!
//! Absent on purpose: the words in the page itself: they come sealed to the unit, version by version, and are opened in the browser.

use serde::Serialize;

use crate::actions::corrections::{self, History, Reported};
use crate::actions::{No, desk, report};
use crate::domain::ids::{ReleaseId, ReportId};
use crate::domain::moment::long_day;
use crate::domain::release::correction::ReportOutcome;
use crate::web::police::{Choice, Tag, choice, ordered, stage_tag, yes};
use crate::web::{Answer, Page, Visit};

/// One version of the words.
#[derive(Serialize, Clone)]
struct Version {
    number: i64,
    /// When and by whom it was made; of the first: with the authority.
    made: String,
    /// What holders read; empty: the first.
    changed: String,
    /// Why; stays with the police.
    reason: String,
    /// Why the person is named; empty: they are not.
    name_why: String,
    danger: &'static str,
    /// Its words' address; empty: it has none.
    url: String,
    /// Where the signature is read; empty: the first.
    signed: String,
}

/// One report.
#[derive(Serialize, Clone)]
struct Line {
    id: String,
    by: String,
    at: String,
    words: String,
    /// What became of it, and when; empty: it waits.
    outcome: String,
    reason: String,
    answer: String,
}

impl Line {
    fn of(one: &Reported) -> Self {
        let (outcome, reason, answer) = match &one.answered {
            Some((outcome, at, said)) => (
                format!("{}, {}", outcome.title(), at.long()),
                said.reason.as_str().to_owned(),
                said.answer.as_str().to_owned(),
            ),
            None => Default::default(),
        };
        Self {
            id: one.row.id.clone(),
            by: one.row.reporter.clone(),
            at: one.at.long(),
            words: one.words.as_str().to_owned(),
            outcome,
            reason,
            answer,
        }
    }

    fn samples() -> Vec<Self> {
        let waits = Self {
            id: "1".into(),
            by: "Priya Shah".into(),
            at: "21 November 2026 at 5:30pm".into(),
            words: "It was a pharmacy,\nnot a café.".into(),
            outcome: String::new(),
            reason: String::new(),
            answer: String::new(),
        };
        let answered = Self {
            outcome: "The words were corrected, 22 November 2026 at 9:00am".into(),
            reason: "The officer agrees".into(),
            answer: "Thank you.".into(),
            ..waits.clone()
        };
        vec![waits, answered]
    }
}

/// Everything on record.
#[derive(Serialize, Default)]
pub struct Corrections {
    id: String,
    urn: String,
    title: String,
    tag: Option<Tag>,
    /// Newest first.
    versions: Vec<Version>,
    reports: Vec<Line>,
    /// Whether this person may correct the words now.
    correct: bool,
    /// Whether they may answer reports.
    answers: bool,
    /// Whether they may open the words.
    reads: bool,
    area: String,
    unit_box: String,
    unit_recipient: String,
    email: String,
    overlay: String,
}

/// Every version, newest first: each correction's row holds what was before it.
fn versions(of: &History) -> Vec<Version> {
    let id = of.filed.release.id;
    let url = |number: i64, has: bool| {
        if has { format!("/releases/{id}/revisions/{number}/text") } else { String::new() }
    };
    let (mut danger, mut has) = (of.filed.danger, of.filed.text_object.is_some());
    let mut all = Vec::new();
    for one in &of.versions {
        all.push(Version {
            number: one.row.number,
            made: format!("{}, by {}", one.at.long(), one.row.corrector),
            changed: one.said.changed.as_str().to_owned(),
            reason: one.said.reason.as_str().to_owned(),
            name_why: one.said.name_why.as_str().to_owned(),
            danger: yes(danger),
            url: url(one.row.number, has),
            signed: format!("/statements/{}", one.row.statement_id),
        });
        (danger, has) = (one.row.danger, one.row.text_object.is_some());
    }
    let authority = of.filed.release.stage.authority();
    all.push(Version {
        number: 1,
        made: authority.map_or_else(String::new, |authority| format!("{}, with the authority", authority.at.long())),
        changed: String::new(),
        reason: String::new(),
        name_why: String::new(),
        danger: yes(danger),
        url: url(1, has),
        signed: String::new(),
    });
    all
}

impl Page for Corrections {
    const TEMPLATE: &'static str = "pages/police/corrections.html";

    fn samples() -> Vec<Self> {
        let version = |number| Version {
            number,
            made: "21 November 2026 at 5:30pm, by Sam Roe".into(),
            changed: if number > 1 { "The kind of shop".into() } else { String::new() },
            reason: if number > 1 { "Reported by a holder".into() } else { String::new() },
            name_why: if number > 2 { "Staff know the name".into() } else { String::new() },
            danger: "No",
            url: if number > 1 { "/releases/1/revisions/2/text".into() } else { String::new() },
            signed: if number > 1 { "/statements/1".into() } else { String::new() },
        };
        let bare = Self {
            id: "1".into(),
            urn: "CZ/001/26".into(),
            title: "Thefts from pharmacies".into(),
            tag: Some(stage_tag("expired")),
            versions: vec![version(1)],
            ..Self::default()
        };
        let full = Self {
            versions: vec![version(3), version(2), version(1)],
            reports: Line::samples(),
            correct: true,
            answers: true,
            reads: true,
            ..Self { id: "2".into(), urn: "CZ/002/26".into(), tag: Some(stage_tag("live")), ..Self::default() }
        };
        vec![bare, full]
    }
}

fn urn(of: &History) -> String {
    of.filed.release.stage.authority().map_or_else(String::new, |authority| authority.urn.clone())
}

/// `GET /releases/{id}/corrections`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let of = corrections::history(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    let area = of.filed.release.area.to_string();
    let place = |unit: &String| format!("/areas/{area}/unit/boxes/{unit}");
    let page = Corrections {
        id: of.filed.release.id.to_string(),
        urn: urn(&of),
        title: of.title.clone(),
        tag: Some(stage_tag(of.filed.release.word(v.now))),
        versions: versions(&of),
        reports: of.reports.iter().map(Line::of).collect(),
        correct: of.corrects && corrections::is_live(&of.filed, v.now),
        answers: of.corrects,
        reads: of.reads && !of.units.is_empty(),
        unit_box: of.units.iter().map(place).collect::<Vec<_>>().join(" "),
        unit_recipient: of.units.join(" "),
        area,
        email: desk::account(&v.office, v.actor()).await?.email,
        overlay: format!("{} · {}", v.person()?.name, long_day(v.now.day())),
    };
    v.page(&format!("Corrections of {}", page.urn), &page)
}

/// `GET /releases/{id}/revisions/{version}/text`: sealed to the unit, a logged act.
pub async fn words(v: Visit) -> Result<Answer, No> {
    let version = v.path("version").parse().map_err(|_| No::NotFound)?;
    let sealed = corrections::words(&v.office, v.actor(), v.id(ReleaseId::parse)?, version, v.stamp()).await?;
    Ok(Answer::bytes("application/octet-stream", sealed).header("cache-control", "no-store"))
}

/// The form that answers a report.
#[derive(Serialize)]
pub struct Consider {
    id: String,
    urn: String,
    report: Line,
    outcomes: Vec<Choice>,
    /// Whether the words can still be corrected, and the release recalled.
    live: bool,
}

fn outcomes() -> Vec<Choice> {
    let hint = |outcome| match outcome {
        ReportOutcome::Corrected => "Correct them first: the outcome can then be recorded",
        ReportOutcome::Unchanged => "The words stand",
        ReportOutcome::Recalled => "Recall it first: the outcome can then be recorded",
    };
    ReportOutcome::ALL.iter().map(|(outcome, word, title)| choice(*word, *title, hint(*outcome))).collect()
}

impl Page for Consider {
    const TEMPLATE: &'static str = "pages/police/report.html";

    fn samples() -> Vec<Self> {
        let of = |(report, live): (Line, bool)| Self {
            id: "1".into(),
            urn: "CZ/001/26".into(),
            report,
            outcomes: outcomes(),
            live,
        };
        Line::samples().into_iter().zip([true, false]).map(of).collect()
    }
}

const TITLE: &str = "A holder’s report";

async fn considering(v: &Visit) -> Result<Consider, No> {
    let (release, id) = (v.id(ReleaseId::parse)?, ReportId::parse(v.path("report")).ok_or(No::NotFound)?);
    let (of, one) = report::one(&v.office, v.actor(), release, id, v.stamp()).await?;
    if !of.corrects {
        return Err(No::NotFound);
    }
    Ok(Consider {
        id: release.to_string(),
        urn: urn(&of),
        report: Line::of(&one),
        outcomes: outcomes(),
        live: corrections::is_live(&of.filed, v.now),
    })
}

/// `GET /releases/{id}/reports/{report}`.
pub async fn consider(v: Visit) -> Result<Answer, No> {
    let page = considering(&v).await?;
    v.page(TITLE, &page)
}

/// `POST /releases/{id}/reports/{report}`.
pub async fn answer(v: Visit) -> Result<Answer, No> {
    let (release, id) = (v.id(ReleaseId::parse)?, ReportId::parse(v.path("report")).ok_or(No::NotFound)?);
    match report::answer(&v.office, v.actor(), release, id, |name| v.field(name), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{release}/corrections")),
        Err(no) => {
            let page = considering(&v).await?;
            v.again(ordered(no, &["outcome", "reason", "answer"]), TITLE, &page)
        }
    }
}
