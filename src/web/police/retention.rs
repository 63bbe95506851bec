//! Retention (K9.1): what is due, what is held, what was disposed of; the review before disposal; legal holds.
//!
//! Promises: the period and its source stand beside each thing that is due; whoever cannot decide sees how it stands. Absent on purpose:
//! deciding: two people do that, signed ([`crate::actions::retention::review`]).

use serde::Serialize;

use crate::actions::retention::{self, Case, Disposal, OfArea, Term, Told, review};
use crate::actions::{No, step_up};
use crate::domain::moment::long_day;
use crate::domain::retention::{Kept, Step, Subject};
use crate::web::police::legal_holds::{Held, held};
use crate::web::police::{Choice, Row, Tag, choice, day, long, ordered, row};
use crate::web::{Answer, Page, Visit};

/// How far something has come, as a tag.
fn state(term: &Term) -> Tag {
    let step = term.review().map_or(Step::Open, |review| review.stands());
    let (text, colour) = match step {
        _ if term.beside.holds > 0 => ("Held", "red"),
        Step::Open => ("To review", "yellow"),
        Step::Proposed { .. } => ("Waits for a second person", "blue"),
        Step::Agreed { .. } => ("Goes tonight", "orange"),
        Step::Gone => ("Disposed of", "grey"),
    };
    Tag { text, colour }
}

/// Something that is due.
#[derive(Serialize, Clone)]
#[expect(clippy::struct_field_names, reason = "the day on which it is due")]
struct Due {
    id: String,
    /// Its reference, or the day it was asked for.
    name: String,
    kind: &'static str,
    ended: String,
    due: String,
    period: String,
    tag: Tag,
}

fn due(term: &Term) -> Due {
    Due {
        id: term.subject.to_string(),
        name: term.name.clone(),
        kind: term.kept.title(),
        ended: long_day(term.ended),
        due: long_day(term.due),
        period: format!("{} years: {}", term.years, term.source),
        tag: state(term),
    }
}

/// Something that was disposed of.
#[derive(Serialize, Clone)]
struct Gone {
    id: String,
    name: String,
    at: String,
    period: String,
}

fn gone(row: &Disposal) -> Gone {
    let kind = Kept::parse(&row.kind).map_or("", Kept::title);
    Gone {
        id: row.subject_id.clone(),
        name: if row.urn.is_empty() { format!("{kind}, ended {}", day(Some(&row.ended))) } else { row.urn.clone() },
        at: row.erased_at.map_or_else(String::new, long),
        period: format!("{} years: {}", row.years, row.source),
    }
}

/// One area's part.
#[derive(Serialize)]
struct Area {
    name: String,
    /// The log's: no area's, and held by any hold.
    log: bool,
    due: Vec<Due>,
    holds: Vec<Held>,
    gone: Vec<Gone>,
}

/// Everything.
#[derive(Serialize)]
pub struct List {
    areas: Vec<Area>,
}

fn area(of: &OfArea) -> Area {
    Area {
        name: of.area.as_ref().map_or_else(|| "The log".to_owned(), |area| area.name.clone()),
        log: of.area.is_none(),
        due: of.due.iter().map(due).collect(),
        holds: of.holds.iter().map(|(hold, why)| held(hold, why, "")).collect(),
        gone: of.disposed.iter().map(gone).collect(),
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "pages/police/retention.html";

    fn samples() -> Vec<Self> {
        let due = Due {
            id: "1".into(),
            name: "CZ/001/26".into(),
            kind: "Release",
            ended: "19 January 2027".into(),
            due: "20 January 2037".into(),
            period: "10 years: Force retention and disposal schedule (B18)".into(),
            tag: Tag { text: "To review", colour: "yellow" },
        };
        let gone = Gone {
            id: "2".into(),
            name: "CZ/002/26".into(),
            at: "23 January 2037 at 2:00am".into(),
            period: "10 years: Force retention and disposal schedule (B18)".into(),
        };
        let holds = vec![Held::sample(""), Held::sample("Lifted on 22 November 2036 at 9:00am, by Sam Hollis")];
        let month = Due { id: "log-2026-11".into(), name: "The log of November 2026".into(), ..due.clone() };
        let full = Area { name: "Cantwell".into(), log: false, due: vec![due], holds, gone: vec![gone] };
        let empty = Area { name: "Norhaven".into(), log: false, due: vec![], holds: vec![], gone: vec![] };
        let log = Area { name: "The log".into(), log: true, due: vec![month], holds: vec![], gone: vec![] };
        vec![Self { areas: vec![full, empty, log] }]
    }
}

/// `GET /retention`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let areas = retention::overview(&v.office, v.actor(), v.stamp()).await?;
    v.page("Retention and disposal", &List { areas: areas.iter().map(area).collect() })
}

/// One review on record.
#[derive(Serialize, Clone)]
struct Past {
    what: String,
    proposed: String,
    reason: String,
    proposal: String,
    /// Empty: nobody has decided yet.
    decided: String,
    answer: String,
    decision: String,
    /// What became of it; empty: nothing yet, or it was not agreed to.
    carried: String,
}

fn past(told: &Told) -> Past {
    let row = &told.row;
    let what = match &row.keep_until {
        None => "Dispose of it".to_owned(),
        Some(until) => format!("Keep it on to {}", day(Some(until))),
    };
    let signed = |id: &str| if id.is_empty() { String::new() } else { format!("/statements/{id}") };
    let decided = match (row.agreed, row.decided_at) {
        (Some(agreed), Some(at)) => {
            format!("{} by {}, {}", if agreed { "Agreed" } else { "Not agreed" }, told.decider, long(at))
        }
        _ => String::new(),
    };
    let carried = match (row.erased_at, row.gone_at, row.goes_from) {
        (Some(at), Some(_), _) => format!("Disposed of on {}: records, log bodies and sealed files are gone", long(at)),
        (Some(at), None, _) => format!("Disposed of on {}; its sealed files are being deleted", long(at)),
        (None, _, Some(from)) => format!("It goes on {}, unless a hold stops it", long(from)),
        _ => String::new(),
    };
    Past {
        what,
        proposed: format!("Proposed by {}, {}", told.proposer, long(row.proposed_at)),
        reason: told.reason.clone(),
        proposal: signed(&row.proposal),
        decided,
        answer: told.answer.clone(),
        decision: signed(row.decision.as_deref().unwrap_or_default()),
        carried,
    }
}

/// One case's review.
#[derive(Serialize, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each part of a page")]
pub struct Review {
    id: String,
    /// It is a release or request, with a page of its own.
    release: bool,
    /// It is the log's, which is of all areas.
    whole: bool,
    heading: String,
    title: String,
    facts: Vec<Row>,
    /// What to know before deciding, in sentences.
    warnings: Vec<String>,
    holds: Vec<Held>,
    past: Vec<Past>,
    /// It is disposed of.
    disposed: bool,
    proposes: bool,
    /// A hold stands: it can only be kept on.
    stopped: bool,
    decides: bool,
    /// What the second person decides on.
    proposed: String,
    /// Its row: what is signed names it.
    proposal: String,
    keeps_holds: bool,
    fates: Vec<Choice>,
    agrees: Vec<Choice>,
}

fn fates() -> Vec<Choice> {
    vec![
        choice("dispose", "Dispose of it", "Everything but its reference and the record of disposal is erased"),
        choice("keep", "Keep it on", "It is reviewed again after that"),
    ]
}

fn agrees() -> Vec<Choice> {
    vec![choice("yes", "I agree", ""), choice("no", "I do not agree", "It can be proposed anew")]
}

fn facts(of: &Case) -> Vec<Row> {
    let area = of.area.as_ref().map(|area| format!("{} ({})", area.name, area.code));
    let mut rows = vec![row("Area", area.unwrap_or_else(|| "Of all areas".to_owned()))];
    if let Some(term) = &of.term {
        rows.push(row("Kind of record", term.kept.title()));
        rows.push(row("Ended", long_day(term.ended)));
        rows.push(row("Kept for", format!("{} years", term.years)));
        rows.push(row("Source of the period", term.source.as_str()));
        rows.push(row("Due for review from", long_day(term.due)));
    } else if let Some(gone) = of.reviews.iter().map(|told| &told.row).find(|row| row.erased_at.is_some()) {
        rows.push(row("Disposed of", gone.erased_at.map_or_else(String::new, long)));
        rows.push(row("Ended", day(Some(&gone.ended))));
        rows.push(row("Kept for", format!("{} years", gone.years)));
        rows.push(row("Source of the period", gone.source.as_str()));
        rows.push(row("Was due from", day(Some(&gone.due))));
    }
    rows
}

fn warnings(term: &Term) -> Vec<String> {
    let mut all = Vec::new();
    let beside = &term.beside;
    if beside.unconfirmed > 0 {
        all.push(format!("Copies that were opened and never confirmed gone: {}.", beside.unconfirmed));
    }
    if beside.duties > 0 {
        all.push(format!("Duties still open: {}.", beside.duties));
    }
    if beside.followers > 0 {
        all.push(
            "Another area’s release follows this one and is still kept (K7.6). It is disposed of first.".to_owned(),
        );
    }
    all
}

fn heading(of: &Case) -> String {
    let gone = of.reviews.first().map(|told| gone(&told.row).name);
    let name = Some(of.name.clone()).filter(|name| !name.is_empty());
    name.or(gone).unwrap_or_else(|| "Request".to_owned())
}

impl Review {
    fn of(of: &Case) -> Self {
        let waits = of.reviews.first().filter(|told| told.row.agreed.is_none());
        Self {
            id: of.subject.to_string(),
            release: matches!(of.subject, Subject::Release(_)),
            whole: matches!(of.subject, Subject::Month(_)),
            heading: heading(of),
            title: of.title.clone(),
            facts: facts(of),
            warnings: of.term.as_ref().map(warnings).unwrap_or_default(),
            holds: of.holds.iter().map(|(hold, why, lift)| held(hold, why, lift)).collect(),
            past: of.reviews.iter().map(past).collect(),
            disposed: of.term.is_none() && of.reviews.iter().any(|told| told.row.erased_at.is_some()),
            proposes: of.proposes,
            stopped: of.term.as_ref().is_some_and(|term| term.beside.holds > 0),
            decides: of.decides,
            proposal: waits.map_or_else(String::new, |told| told.row.id.clone()),
            proposed: waits.map_or_else(String::new, |told| past(told).what),
            keeps_holds: of.keeps_holds,
            fates: fates(),
            agrees: agrees(),
        }
    }
}

impl Page for Review {
    const TEMPLATE: &'static str = "pages/police/retention-review.html";

    fn samples() -> Vec<Self> {
        let past = |decided: &str, carried: &str| Past {
            what: "Dispose of it".into(),
            proposed: "Proposed by Sam Hollis, 21 January 2037 at 9:00am".into(),
            reason: "Nothing depends on it".into(),
            proposal: "/statements/1".into(),
            decided: decided.into(),
            answer: decided.into(),
            decision: if decided.is_empty() { String::new() } else { "/statements/2".into() },
            carried: carried.into(),
        };
        let due = Self {
            id: "1".into(),
            release: true,
            heading: "CZ/001/26".into(),
            title: "Thefts from pharmacies".into(),
            facts: vec![row("Kept for", "10 years")],
            warnings: vec!["Duties still open: 1.".into()],
            holds: vec![Held::sample(""), Held::sample("Lifted on 22 November 2036 at 9:00am, by Sam Hollis")],
            proposes: true,
            stopped: true,
            keeps_holds: true,
            fates: fates(),
            agrees: agrees(),
            ..Self::default()
        };
        let waits = Self {
            id: "2".into(),
            past: vec![past("", "")],
            decides: true,
            proposed: "Dispose of it".into(),
            fates: fates(),
            agrees: agrees(),
            ..Self::default()
        };
        let gone = Self {
            id: "3".into(),
            heading: "CZ/003/26".into(),
            past: vec![past("Agreed by Casey Wren, 21 January 2037", "Disposed of on 22 January 2037 at 2:00am")],
            disposed: true,
            ..Self::default()
        };
        let month = Self {
            id: "log-2026-11".into(),
            whole: true,
            heading: "The log of November 2026".into(),
            facts: vec![row("Kept for", "10 years")],
            proposes: true,
            fates: fates(),
            ..Self::default()
        };
        vec![due, waits, gone, month]
    }
}

async fn reviewed(v: &Visit) -> Result<Review, No> {
    let of = retention::one(&v.office, v.actor(), v.id(Subject::parse)?, v.stamp()).await?;
    Ok(Review::of(&of))
}

fn title(page: &Review) -> String {
    if page.disposed { format!("{}: disposed of", page.heading) } else { format!("{}: retention", page.heading) }
}

/// `GET /retention/{id}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let page = reviewed(&v).await?;
    v.page(&title(&page), &page)
}

/// `POST /retention/{id}/propose`.
pub async fn propose(v: Visit) -> Result<Answer, No> {
    let id = v.id(Subject::parse)?;
    match review::propose(&v.office, v.actor(), id, &v.form(), v.stamp()).await {
        Ok(()) => Answer::see(format!("/retention/{id}")),
        Err(no) => {
            let page = reviewed(&v).await?;
            v.again(ordered(no, &["fate", "years", "reason", "statement"]), &title(&page), &page)
        }
    }
}

/// `POST /retention/{id}/decide`.
pub async fn decide(v: Visit) -> Result<Answer, No> {
    let id = v.id(Subject::parse)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => review::decide(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/retention/{id}")),
        Err(no) => {
            let page = reviewed(&v).await?;
            v.again(ordered(no, &["agrees", "reason", "statement"]), &title(&page), &page)
        }
    }
}
