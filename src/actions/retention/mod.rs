//! Retention: what is due for review, what is held, what was disposed of (K6.4.1, K7.11, K9.1).
//!
//! Promises: everybody who may decide sees the period, where it comes from, and every hold; nothing here names a person of a case on the
//! list but what two people need to decide on. Absent on purpose: what is due when ([`term`]), deciding ([`review`]), holds ([`holds`]), erasing ([`dispose`]), the night's work ([`nightly`]).
//! Proved by `tests/it/journeys/retention.rs`.

pub mod dispose;
pub mod holds;
pub mod nightly;
pub mod review;
pub mod term;

use serde::{Deserialize, Serialize};

use crate::actions::{Fault, No, Office, casefile, corrections, registers};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::{AreaId, PersonId, ReleaseId};
use crate::domain::moment::{Moment, long_day, parse_day};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::retention::{Fate, Step, Subject};
use crate::domain::words::Prose;
use crate::store::log::Stamp;
use crate::store::people::Area;
pub use crate::store::retention::{Disposal, LegalHold};
use crate::store::{Conn, whole};
pub use term::Term;
use term::{due_in, months_due, term_of};

/// What a row's sealed words are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Why {
    /// The reason.
    pub(super) reason: Prose,
}

/// How far a review has come.
pub(super) fn step(newest: Option<&Disposal>) -> Result<Step, Fault> {
    let Some(row) = newest else { return Ok(Step::Open) };
    let fate = match &row.keep_until {
        None => Fate::Dispose,
        Some(day) => Fate::Keep(whole(parse_day(day), "disposal", "keep_until", &row.id)?),
    };
    Ok(match (row.agreed, row.erased_at, row.goes_from) {
        (_, Some(_), _) => Step::Gone,
        (None, ..) => {
            Step::Proposed { by: whole(PersonId::parse(&row.proposed_by), "disposal", "proposed_by", &row.id)?, fate }
        }
        (Some(true), None, Some(from)) => Step::Agreed { from: Moment::from_millis(from) },
        (Some(_), None, _) => Step::Open,
    })
}

/// An area's part of the page, or the log's, which is of all areas.
#[derive(Clone, Debug)]
pub struct OfArea {
    /// The area; `None`: the log.
    pub area: Option<Area>,
    /// What is due, the longest ended first.
    pub due: Vec<Term>,
    /// Holds: those that stand first.
    pub holds: Vec<(LegalHold, String)>,
    /// What was disposed of, newest first.
    pub disposed: Vec<Disposal>,
}

/// The areas whose retention somebody may see.
async fn areas(conn: &mut Conn, by: &Actor) -> Result<Vec<(AreaId, Area)>, No> {
    let mut seen = Vec::new();
    for area in conn.areas().await? {
        let id = whole(AreaId::parse(&area.id), "area", "id", &area.id)?;
        if may(by, Act::SeeRetention, Thing::Area(id)) {
            seen.push((id, area));
        }
    }
    Ok(seen)
}

/// Everything due, held and disposed of in the areas of `by`.
pub async fn overview(office: &Office, by: &Actor, stamp: Stamp) -> Result<Vec<OfArea>, No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let areas = areas(&mut conn, by).await?;
    if areas.is_empty() {
        return Err(No::NotFound);
    }
    if by.is(Role::Auditor) {
        registers::consulted(office, by, "retention".to_owned(), "retention", stamp).await?;
    }
    let numbers = conn.numbers_in_force().await?.0;
    let mut all = Vec::new();
    for (id, area) in areas {
        let mut holds = Vec::new();
        for hold in conn.holds_of_area(id).await? {
            let why = words(office, "legal_hold", "body", &hold.id, &hold.body)?;
            holds.push((hold, why));
        }
        let due = due_in(&mut conn, id, &numbers, now).await?;
        all.push(OfArea { area: Some(area), due, holds, disposed: conn.disposed_in(Some(id)).await? });
    }
    if may(by, Act::SeeRetention, Thing::Force) {
        let due = months_due(&mut conn, &numbers, now).await?;
        all.push(OfArea { area: None, due, holds: Vec::new(), disposed: conn.disposed_in(None).await? });
    }
    Ok(all)
}

/// How many reviews wait for somebody: proposals that are not their own, and what nobody has looked at.
pub async fn waiting(office: &Office, by: &Actor) -> Result<usize, No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let numbers = conn.numbers_in_force().await?.0;
    let mut due = Vec::new();
    for (id, _) in areas(&mut conn, by).await? {
        due.extend(due_in(&mut conn, id, &numbers, now).await?);
    }
    if may(by, Act::SeeRetention, Thing::Force) {
        due.extend(months_due(&mut conn, &numbers, now).await?);
    }
    let mut count = 0;
    for term in due {
        count += usize::from(match term.review()?.stands() {
            Step::Open => may(by, Act::ProposeDisposal, term.place()) && term.beside.holds == 0,
            Step::Proposed { by: other, .. } => may(by, Act::AgreeDisposal, term.place()) && by.person() != Some(other),
            Step::Agreed { .. } | Step::Gone => false,
        });
    }
    Ok(count)
}

/// Opens the words of a row; none where they were lost in a disaster.
pub(super) fn words(
    office: &Office,
    table: &'static str,
    column: &'static str,
    row: &str,
    sealed: &[u8],
) -> Result<String, Fault> {
    if sealed.is_empty() {
        return Ok("Not known: lost in a disaster".to_owned());
    }
    let why: Why = corrections::opened(office, table, row, column, sealed)?;
    Ok(why.reason.as_str().to_owned())
}

/// A person's name; empty: there is none, or they are not on record.
async fn name(conn: &mut Conn, id: Option<&String>) -> Result<String, Fault> {
    let Some(id) = id.and_then(|id| PersonId::parse(id)) else { return Ok(String::new()) };
    Ok(conn.person(id).await?.map_or_else(String::new, |person| person.name))
}

/// A review on record, in words.
#[derive(Clone, Debug)]
pub struct Told {
    /// The row.
    pub row: Disposal,
    /// Who proposed.
    pub proposer: String,
    /// Why.
    pub reason: String,
    /// Who decided; empty: nobody yet.
    pub decider: String,
    /// What they said.
    pub answer: String,
}

async fn told(office: &Office, conn: &mut Conn, row: Disposal) -> Result<Told, No> {
    Ok(Told {
        proposer: name(conn, Some(&row.proposed_by)).await?,
        reason: words(office, "disposal", "body", &row.id, &row.body)?,
        decider: name(conn, row.decided_by.as_ref()).await?,
        answer: match &row.answer {
            Some(answer) => words(office, "disposal", "answer", &row.id, answer)?,
            None => String::new(),
        },
        row,
    })
}

/// What a release's page says about its disposal: in one sentence each, the holds that stand and how the review stands.
pub async fn in_short(office: &Office, id: ReleaseId) -> Result<Vec<String>, No> {
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for hold in conn.holds_on(id).await?.into_iter().filter(|hold| hold.lifted_at.is_none()) {
        let since = Moment::from_millis(hold.placed_at).long();
        let why = words(office, "legal_hold", "body", &hold.id, &hold.body)?;
        all.push(format!("Legal hold since {since}, placed by {}: {why}", hold.placer));
    }
    if let Some(term) = term_of(&mut conn, Subject::Release(id), office.now()).await? {
        all.push(match term.review()?.stands() {
            Step::Agreed { from } => format!("Two people have agreed to dispose of it: on {}.", from.long()),
            Step::Proposed { .. } => "Its disposal, or that it is kept on, waits for a second person.".to_owned(),
            Step::Open | Step::Gone => {
                format!("Kept for {} years; due for review from {}.", term.years, long_day(term.due))
            }
        });
    }
    Ok(all)
}

/// Whether somebody may see an area's retention.
pub fn may_see(by: &Actor, area: AreaId) -> bool {
    may(by, Act::SeeRetention, Thing::Area(area))
}

/// One review's page.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is reviewed.
    pub subject: Subject,
    /// Its area; `None`: the log's, which is of all areas.
    pub area: Option<Area>,
    /// What it is called; empty: it was disposed of, or has not ended.
    pub name: String,
    /// A release's title, which stays with the police; empty: it was disposed of, or is no release.
    pub title: String,
    /// Its term; `None`: it has not ended, or was disposed of.
    pub term: Option<Term>,
    /// Every review, newest first.
    pub reviews: Vec<Told>,
    /// Every hold on it, with why it was placed and lifted. Holds on what is no release stand on the list.
    pub holds: Vec<(LegalHold, String, String)>,
    /// This person may propose now.
    pub proposes: bool,
    /// This person may decide on what was proposed.
    pub decides: bool,
    /// This person may place and lift holds on it.
    pub keeps_holds: bool,
}

/// One review, for whoever may see its area's retention. Reading it is a consultation.
pub async fn one(office: &Office, by: &Actor, subject: Subject, stamp: Stamp) -> Result<Case, No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let term = term_of(&mut conn, subject, now).await?;
    let (place, object, title) = match subject {
        Subject::Release(id) => {
            let Some(filed) = conn.release(id).await? else { return disposed(office, by, subject).await };
            if filed.release.stage.word() == "draft" {
                return Err(No::NotFound);
            }
            let title = casefile::open(office, &filed)?.0.request.title.as_str().to_owned();
            (Thing::Area(filed.release.area), filed.release.object(), title)
        }
        _ => match &term {
            Some(term) => (term.place(), term.object(), String::new()),
            None => return disposed(office, by, subject).await,
        },
    };
    if !may(by, Act::SeeRetention, place) {
        return Err(No::NotFound);
    }
    registers::consulted(office, by, object, "retention", stamp).await?;
    let reviews = reviews(office, &mut conn, subject).await?;
    let held = match subject {
        Subject::Release(id) => conn.holds_on(id).await?,
        _ => Vec::new(),
    };
    let mut holds = Vec::new();
    for hold in held {
        let why = words(office, "legal_hold", "body", &hold.id, &hold.body)?;
        let lift = match &hold.lift {
            Some(lift) => words(office, "legal_hold", "lift", &hold.id, lift)?,
            None => String::new(),
        };
        holds.push((hold, why, lift));
    }
    let review = term.as_ref().map(Term::review).transpose()?;
    let proposed = review.and_then(|review| match review.stands() {
        Step::Proposed { by, .. } => Some(by),
        _ => None,
    });
    let due = review.is_some_and(|review| review.propose(Fate::Keep(now.day()), now).is_ok());
    Ok(Case {
        subject,
        area: area_at(&mut conn, place).await?,
        name: term.as_ref().map_or_else(String::new, |term| term.name.clone()),
        title,
        proposes: due && may(by, Act::ProposeDisposal, place),
        decides: proposed.is_some_and(|other| by.person() != Some(other)) && may(by, Act::AgreeDisposal, place),
        keeps_holds: matches!(subject, Subject::Release(_)) && may(by, Act::KeepLegalHold, place),
        term,
        reviews,
        holds,
    })
}

async fn reviews(office: &Office, conn: &mut Conn, subject: Subject) -> Result<Vec<Told>, No> {
    let mut reviews = Vec::new();
    for row in conn.disposals_of(&subject.to_string()).await? {
        reviews.push(told(office, conn, row).await?);
    }
    Ok(reviews)
}

async fn area_at(conn: &mut Conn, place: Thing) -> Result<Option<Area>, No> {
    let Thing::Area(id) = place else { return Ok(None) };
    Ok(Some(conn.area(id).await?.ok_or(No::NotFound)?))
}

/// Where somebody has to be entitled to see what became of a row.
pub(crate) fn place_of(row: &Disposal) -> Result<Thing, Fault> {
    let Some(id) = &row.area_id else { return Ok(Thing::Force) };
    Ok(Thing::Area(whole(AreaId::parse(id), "disposal", "area_id", &row.id)?))
}

/// What is on record of something that was disposed of.
async fn disposed(office: &Office, by: &Actor, subject: Subject) -> Result<Case, No> {
    let mut conn = office.read().await?;
    let rows = conn.disposals_of(&subject.to_string()).await?;
    let gone = rows.iter().find(|row| row.erased_at.is_some()).ok_or(No::NotFound)?;
    let place = place_of(gone)?;
    if !may(by, Act::SeeRetention, place) && !may(by, Act::SeeIssues, place) {
        return Err(No::NotFound);
    }
    let reviews = reviews(office, &mut conn, subject).await?;
    let (proposes, decides, keeps_holds) = (false, false, false);
    let (name, title, area) = (String::new(), String::new(), area_at(&mut conn, place).await?);
    Ok(Case { subject, area, name, title, term: None, reviews, holds: Vec::new(), proposes, decides, keeps_holds })
}

/// Whether a release was disposed of and `by` may know it: its page leads to the record then.
pub async fn is_disposed(office: &Office, by: &Actor, id: ReleaseId) -> Result<bool, No> {
    let mut conn = office.read().await?;
    if conn.release(id).await?.is_some() {
        return Ok(false);
    }
    drop(conn);
    match disposed(office, by, Subject::Release(id)).await {
        Ok(_) => Ok(true),
        Err(No::NotFound) => Ok(false),
        Err(no) => Err(no),
    }
}
