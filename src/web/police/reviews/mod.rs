//! The pages of reviews (K7.9): the queue, one release's reviews as a task list, check and sign, the decision; and earlier limits (K7.8).
//!
//! Promise: whoever signs has all of it on one page; what is signed is what is shown. Absent on purpose: pictures.

pub mod conclude;
pub mod limits;
pub mod part;
pub mod queue;

use serde::Serialize;

use crate::actions::No;
use crate::actions::decision::record::Section;
use crate::actions::reviews::{self, Gathered, record};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::{Act, may};
use crate::domain::release::review::Reviewed;
use crate::domain::release::{Order, ReviewOutcome, ReviewPart};
use crate::web::police::tasks::told;
use crate::web::police::{Row, Tag, row, stage_tag};
use crate::web::{Answer, Page, Visit};

/// One release's reviews: the one being written as a task list, and what came of each.
#[derive(Serialize, Default)]
pub struct Reviews {
    id: String,
    title: String,
    tag: Option<Tag>,
    facts: Vec<Row>,
    /// Where it stands, in a sentence or two.
    standing: String,
    /// The parts, for whoever writes them.
    parts: Vec<Task>,
    done: usize,
    missing: Vec<Missing>,
    /// The review can be signed.
    ready: bool,
    /// It waits for this person's decision.
    decides: bool,
    /// Everything on record, oldest first.
    record: Vec<Section>,
}

#[derive(Serialize)]
struct Task {
    text: &'static str,
    href: String,
    hint: String,
    status: &'static str,
    colour: &'static str,
}

#[derive(Serialize)]
struct Missing {
    title: &'static str,
    href: String,
    sentences: Vec<String>,
}

impl Page for Reviews {
    const TEMPLATE: &'static str = "pages/police/review.html";

    fn samples() -> Vec<Self> {
        let task = |status, colour| Task {
            text: "Risk, assessed again",
            href: "/releases/1/review/risk".into(),
            hint: "K7.9".into(),
            status,
            colour,
        };
        let missing = Missing {
            title: "Risk, assessed again",
            href: "/releases/1/review/risk".into(),
            sentences: vec!["Complete the risk assessment. (K6.2.5)".into()],
        };
        let section = Section {
            title: "Review 1: the decision (K7.8, K7.9)".into(),
            part: "",
            saved: "Decided by Sam Roe on 21 November 2026 at 5:30pm".into(),
            rows: vec![("Decision".into(), "Continue".into())],
        };
        let writing = Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            tag: Some(stage_tag("live")),
            facts: vec![row("Reference", "CZ/001/26"), row("Time limit", "11:59pm on 19 January 2027")],
            standing: "Nobody has begun a review.".into(),
            parts: vec![task("Incomplete", "yellow"), task("Complete", "")],
            done: 1,
            missing: vec![missing],
            ..Self::default()
        };
        let signed = Self { decides: true, record: vec![section], ..Self::default() };
        let ready = Self { parts: vec![task("Complete", "")], done: 1, ready: true, ..Self::default() };
        vec![writing, signed, ready]
    }
}

/// What the rules see of the review that is being written, or would be.
pub(super) fn reviewed(of: &Gathered) -> Reviewed {
    let review = of.open().map(|round| round.review.clone()).unwrap_or_default();
    of.reviewed(&review, of.open().map_or(of.next_round(), |round| round.row.round))
}

pub(super) async fn gathered(v: &Visit, act: Act) -> Result<Gathered, No> {
    let mut conn = v.office.read().await?;
    reviews::gather(&v.office, &mut conn, v.actor(), act, v.id(ReleaseId::parse)?, v.now).await
}

/// Whether this person could save a part now; the rules that would refuse it.
fn writes(v: &Visit, of: &Gathered) -> bool {
    of.of.filed.release.decide(Order::SaveReview(ReviewPart::Grounds), v.actor(), v.now).is_ok()
        && of.waiting().is_none()
        && of.of.filed.release.stage.authority().is_some_and(|one| v.actor().person() != Some(one.by))
}

/// Whether the review that waits is this person's to decide now, under an enactment or without.
fn decides(v: &Visit, of: &Gathered) -> bool {
    of.waiting().is_some() && reviews::decide::would_be(of, v.actor(), ReviewOutcome::Again, v.now).is_ok()
}

fn standing(of: &Gathered, word: &str, until: &str) -> String {
    if word == "expired" {
        return format!(
            "Its time limit was {until}. It is over: nobody can open it, and its keys are destroyed. No review can bring it back. If it is \
             still needed, ask for a new release."
        );
    }
    if word != "live" {
        return "It has ended, so it is not reviewed any more.".to_owned();
    }
    let must = format!("It closes by itself at {until}. It can be continued only before then (K7.8).");
    match (of.waiting(), of.open()) {
        (Some(round), _) => format!("Review {} is signed and waits for a decision. {must}", round.row.round),
        (_, Some(round)) => format!("Review {} is being written. {must}", round.row.round),
        _ => format!("No review is under way. {must}"),
    }
}

fn tasks(of: &Gathered, page: &mut Reviews, v: &Visit) {
    let (id, facts) = (page.id.clone(), reviewed(of));
    for (part, word, title, clause) in ReviewPart::ALL {
        let saved = of.open().and_then(|round| round.answers(part));
        let unmet = facts.unmet_in(part, facts.advised(), v.now);
        let href = format!("/releases/{id}/review/{word}");
        let (status, colour) = match (saved.is_some(), unmet.is_empty()) {
            (false, true) => ("Not needed", ""),
            (false, false) => ("Not started", "grey"),
            (true, false) => ("Incomplete", "yellow"),
            (true, true) => ("Complete", ""),
        };
        page.done += usize::from(unmet.is_empty());
        let by = saved.map_or_else(String::new, |one| format!(". Saved by {} on {}", one.by_name, one.at.long()));
        page.parts.push(Task { text: title, href: href.clone(), hint: format!("{clause}{by}"), status, colour });
        if saved.is_some() && !unmet.is_empty() {
            page.missing.push(Missing { title, href, sentences: unmet.iter().map(told).collect() });
        }
    }
    page.ready = of.open().is_some() && page.done == page.parts.len();
}

/// `GET /releases/{id}/review`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let of = reviews::look(&v.office, v.actor(), Act::ReadAuthority, v.id(ReleaseId::parse)?, v.stamp()).await?;
    let release = &of.of.filed.release;
    let Some(authority) = release.stage.authority() else { return Err(No::NotFound) };
    let (id, word, until) = (release.id, release.word(v.now), authority.until.deadline());
    let mut conn = v.office.read().await?;
    let record = record::sections(&v.office, &mut conn, id).await?;
    drop(conn);
    let mut page = Reviews {
        id: id.to_string(),
        title: of.of.file.request.title.as_str().to_owned(),
        tag: Some(stage_tag(word)),
        standing: standing(&of, word, &until),
        facts: vec![
            row("Reference", authority.urn.as_str()),
            row(if word == "live" { "Open to its recipients until" } else { "Time limit" }, until),
            row("Counted from", of.counted_from().map_or_else(String::new, crate::domain::moment::Moment::long)),
        ],
        decides: may(v.actor(), Act::DecideReview, release.thing()) && decides(&v, &of),
        record,
        ..Reviews::default()
    };
    if writes(&v, &of) {
        tasks(&of, &mut page, &v);
    }
    v.page("Reviews (form 3796)", &page)
}

/// The review as it stands, to be checked and signed by the reviewing officer.
#[derive(Serialize, Default)]
pub struct Check {
    id: String,
    title: String,
    sections: Vec<Section>,
    /// The same as words, which are signed.
    record: String,
    /// Every rule that is not met; empty: it can be signed.
    unmet: Vec<String>,
}

impl Page for Check {
    const TEMPLATE: &'static str = "pages/police/review-check.html";

    fn samples() -> Vec<Self> {
        let section = Section {
            title: "Recommendation (K7.8, K7.9)".into(),
            part: "recommendation",
            saved: "Saved by Jordan Lee on 21 November 2026 at 5:30pm".into(),
            rows: vec![("What do you recommend? (K7.9)".into(), "Continue".into())],
        };
        let whole = Self {
            id: "1".into(),
            title: "Thefts".into(),
            sections: vec![section],
            record: "Review of a release (form 3796)".into(),
            ..Self::default()
        };
        vec![whole, Self { unmet: vec!["Choose what you recommend. (K7.9)".into()], ..Self::default() }]
    }
}

const CHECK: &str = "Check the review and sign";

/// The page; `None`: nobody writes a review now.
async fn checking(v: &Visit) -> Result<Option<Check>, No> {
    let of = gathered(v, Act::Review).await?;
    let Some(round) = of.open() else { return Ok(None) };
    let sections = record::shown(&of, round)?;
    let decided = of.of.filed.release.decide(Order::Review(Box::new(reviewed(&of))), v.actor(), v.now);
    Ok(Some(Check {
        id: of.of.filed.release.id.to_string(),
        title: of.of.file.request.title.as_str().to_owned(),
        record: record::text(&sections),
        sections,
        unmet: decided.err().unwrap_or_default().iter().map(told).collect(),
    }))
}

/// `GET /releases/{id}/review-check`; where nothing is being written it leads to the reviews.
pub async fn check(v: Visit) -> Result<Answer, No> {
    match checking(&v).await? {
        Some(page) => v.page(CHECK, &page),
        None => Answer::see(format!("/releases/{}/review", v.path("id"))),
    }
}

/// `POST /releases/{id}/review-check`: signed.
pub async fn sign(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    match reviews::sign(&v.office, v.actor(), id, &v.form(), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}/review")),
        Err(no) => match checking(&v).await? {
            Some(page) => v.again(no, CHECK, &page),
            // Sent twice: it is signed.
            None => Answer::see(format!("/releases/{id}/review")),
        },
    }
}
