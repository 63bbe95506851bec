//! The end of one copy (K8.2): what was demanded until when, each round of the holder's confirmation, the police's answer, visits.
//!
//! Promises: an answer is about what the page showed; every round stays. Absent on purpose: pictures and words of the case; changing what
//! a holder confirmed. Proved by `tests/it/journeys/demands.rs`.

use serde::Serialize;

use crate::actions::No;
use crate::actions::demands::{self, Case, Round};
use crate::domain::demand::State;
use crate::domain::ids::CopyId;
use crate::domain::moment::{Moment, long_day};
use crate::web::police::demands::tag;
use crate::web::police::{Row, Tag, long, row};
use crate::web::{Answer, Page, Visit};

/// One round.
#[derive(Serialize, Clone)]
pub struct RoundLine {
    title: String,
    rows: Vec<Row>,
    signed: String,
}

/// Whether something was shown or given onward, in words.
pub(crate) fn onward(answer: &str, told: &str) -> String {
    match answer {
        "none" => "Nothing".to_owned(),
        "some" => told.to_owned(),
        _ => "Not asked then".to_owned(),
    }
}

impl RoundLine {
    pub(crate) fn of(round: &Round, number: usize) -> Self {
        let said = &round.confirming;
        let done = Moment::parse_london(&said.done_date, &said.done_time).map(Moment::long).unwrap_or_default();
        let what = if said.outcome == "surrendered" { "Surrendered to the police" } else { "Destroyed" };
        let mut rows = vec![
            row("What was done", what),
            row("How", said.method.clone()),
            row("When", done),
            row("Before whom", said.witness.clone()),
            row("Shown or given onward", onward(&said.onward, &said.onward_told)),
            row("Confirmed and signed", long(round.row.confirmed_at)),
        ];
        let at = round.row.answered_at.map_or_else(String::new, long);
        let by = round.row.answerer.clone().unwrap_or_default();
        match round.row.answer.as_deref() {
            Some("accepted") => rows.push(row("Accepted", format!("{at}, by {by}"))),
            Some(_) => {
                rows.push(row("Queried", format!("{at}, by {by}")));
                rows.push(row("What was asked", round.query.as_str()));
                rows.extend(
                    round.row.due_at.map(|due| row("To be confirmed anew by", Moment::from_millis(due).deadline())),
                );
            }
            None => rows.push(row("The police’s answer", "Not answered yet")),
        }
        let signed = format!("/statements/{}", round.row.statement_id);
        Self { title: format!("Confirmation {number}"), rows, signed }
    }

    pub(crate) fn samples() -> Vec<Self> {
        let rows = vec![row("What was done", "Destroyed"), row("How", "Cross-cut shredder")];
        vec![Self { title: "Confirmation 1".into(), rows, signed: "/statements/1".into() }]
    }

    /// All, newest first, numbered from the first.
    pub(crate) fn all(rounds: &[Round]) -> Vec<Self> {
        rounds.iter().enumerate().map(|(at, round)| Self::of(round, rounds.len() - at)).collect()
    }
}

#[derive(Serialize, Clone)]
struct Demanded {
    rows: Vec<Row>,
    signed: String,
}

/// The page.
#[derive(Serialize)]
pub struct Ending {
    id: String,
    release: String,
    holder: String,
    urn: String,
    facts: Vec<Row>,
    tag: Tag,
    demands: Vec<Demanded>,
    rounds: Vec<RoundLine>,
    visits: Vec<Vec<Row>>,
    /// What a page was made about; empty: nothing waits for an answer.
    seen: String,
    /// The latest day of a query's deadline.
    latest: String,
    /// A visit can be recorded.
    visit: bool,
    /// The copy can still be demanded of its holder.
    demand: bool,
    /// There is a certificate.
    certificate: bool,
}

impl Ending {
    fn of(case: &Case) -> Self {
        let (row_, state) = (&case.line.row, case.line.state);
        let mut facts = vec![
            row("Reference", row_.urn.clone()),
            row("Mark of the copy", row_.named()),
            row("Holder", format!("{}\n{}", row_.holder_name, row_.scheme_name)),
            row("First opened", row_.opened_at.map_or_else(|| "Never".to_owned(), long)),
            row("Key destroyed", row_.key_gone_at.map_or_else(|| "Not yet".to_owned(), long)),
        ];
        let review = "A review: the holder needs it no more (K6.2.4)";
        facts.extend(row_.ended_alone().map(|_| row("Ended by", review)));
        facts.extend(case.line.due.map(|due| row("To be confirmed by", due.deadline())));
        facts.extend(row_.accepted_at.map(|at| row("Accepted", long(at))));
        let demands = case.demands.iter().map(|(one, scope, reason)| Demanded {
            rows: vec![
                row("What", scope.title()),
                row("Made", format!("{}, by {}", long(one.made_at), one.maker)),
                row("Until", Moment::from_millis(one.due_at).deadline()),
                row("Why", reason.as_str()),
            ],
            signed: format!("/statements/{}", one.statement_id),
        });
        let visits = case.visits.iter().map(|one| {
            vec![
                row("Day", one.on.map_or_else(String::new, long_day)),
                row("Who went", one.said.who.as_str()),
                row("What they found", one.said.findings.as_str()),
                row("Recorded", format!("{}, by {}", one.recorded.1.long(), one.recorded.0)),
            ]
        });
        let answers = case.may && state == State::Confirmed;
        Self {
            id: row_.copy_id.clone(),
            release: row_.release_id.clone(),
            holder: row_.holder.clone(),
            urn: row_.urn.clone(),
            facts,
            tag: tag(state),
            demands: demands.collect(),
            rounds: RoundLine::all(&case.rounds),
            visits: visits.collect(),
            seen: row_.confirmed_at.filter(|_| answers).map_or_else(String::new, |at| at.to_string()),
            latest: long_day(case.latest.plus_millis(-1).day()),
            visit: case.may && !matches!(state, State::Held | State::Accepted),
            demand: case.may && state == State::Held,
            certificate: row_.confirmed_at.is_some(),
        }
    }
}

impl Page for Ending {
    const TEMPLATE: &'static str = "pages/police/ending.html";

    fn samples() -> Vec<Self> {
        let due = Moment::from_millis(1_795_370_400_000);
        let one = |state: State, seen: &str| Self {
            id: "1".into(),
            release: "1".into(),
            holder: "1".into(),
            urn: "CZ/001/26".into(),
            facts: vec![row("Reference", "CZ/001/26"), row("Holder", "Priya Shah\nCantwell Retail Watch")],
            tag: tag(state),
            demands: vec![Demanded { rows: vec![row("Why", "The purpose is met.")], signed: "/statements/1".into() }],
            rounds: RoundLine::samples(),
            visits: vec![vec![row("Day", "21 November 2026"), row("What they found", "Nothing\nin the cabinet")]],
            seen: seen.into(),
            latest: "5 December 2026".into(),
            visit: state != State::Accepted,
            demand: state == State::Held,
            certificate: state == State::Accepted,
        };
        let bare = Self { demands: Vec::new(), rounds: Vec::new(), visits: Vec::new(), ..one(State::Held, "") };
        vec![one(State::Confirmed, "1"), one(State::Overdue { due }, ""), one(State::Accepted, ""), bare]
    }
}

async fn page(v: &Visit) -> Result<(String, Ending), No> {
    let case = demands::case(&v.office, v.actor(), v.id(CopyId::parse)?, v.stamp()).await?;
    let page = Ending::of(&case);
    Ok((format!("End of a copy of {}", page.urn), page))
}

/// `GET /demands/{id}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let (title, page) = page(&v).await?;
    v.page(&title, &page)
}

async fn after(v: &Visit, done: Result<(), No>) -> Result<Answer, No> {
    match done {
        Ok(()) => Answer::see(format!("/demands/{}", v.path("id"))),
        Err(no) => {
            let (title, page) = page(v).await?;
            v.again(no, &title, &page)
        }
    }
}

/// `POST /demands/{id}/accept`.
pub async fn accept(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    let done = demands::accept(&v.office, v.actor(), copy, v.field("seen"), v.stamp()).await;
    after(&v, done).await
}

/// `POST /demands/{id}/query`.
pub async fn query(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    let done = demands::query(&v.office, v.actor(), copy, |name| v.field(name), v.stamp()).await;
    after(&v, done).await
}

/// `POST /demands/{id}/visits`.
pub async fn visit(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    let done = demands::visit(&v.office, v.actor(), copy, |name| v.field(name), v.stamp()).await;
    after(&v, done).await
}
