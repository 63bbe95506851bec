//! Retention: what is due for review, what is held, what was disposed of (K6.4.1, K7.11, K9.1).
//!
//! Promises: everybody who may decide sees the period, where it comes from, and every hold; nothing here names a person of a case on the
//! list. Absent on purpose: deciding ([`review`]), holds ([`holds`]), erasing ([`dispose`]), the night's work ([`nightly`]).
//! Proved by `tests/it/journeys/retention.rs`.

pub mod dispose;
pub mod holds;
pub mod nightly;
pub mod review;

use serde::{Deserialize, Serialize};

use crate::actions::{Fault, No, Office, casefile, corrections, registers};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::{AreaId, PersonId, ReleaseId};
use crate::domain::moment::{Day, Moment, long_day, parse_day};
use crate::domain::numbers::Numbers;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::retention::{Fate, Kept, Review, Step, due, ended, ended_before, last_day};
use crate::domain::words::Prose;
use crate::store::log::Stamp;
use crate::store::people::Area;
use crate::store::releases::Filed;
use crate::store::retention::Ended;
pub use crate::store::retention::{Disposal, LegalHold};
use crate::store::{Conn, whole};

/// What a row's sealed words are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Why {
    /// The reason.
    pub(super) reason: Prose,
}

/// Something that has ended, with its period.
#[derive(Clone, Debug)]
pub struct Term {
    /// The release.
    pub filed: Filed,
    /// As what it is kept.
    pub kept: Kept,
    /// Its last day.
    pub ended: Day,
    /// For how many years it is kept.
    pub years: i64,
    /// Where that comes from.
    pub source: String,
    /// The first day on which it is due.
    pub due: Day,
    /// What stands in its way, and counts beside it.
    pub beside: Ended,
    /// The newest review.
    pub newest: Option<Disposal>,
}

impl Term {
    /// What the rules look at.
    pub fn review(&self) -> Result<Review, Fault> {
        Ok(Review {
            due: Some(self.due),
            held: self.beside.holds > 0,
            followed: self.beside.followers > 0,
            step: step(self.newest.as_ref())?,
        })
    }

    /// Its reference; empty: it never had one.
    pub fn urn(&self) -> String {
        self.filed.release.stage.authority().map_or_else(String::new, |authority| authority.urn.clone())
    }
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

/// The term of a release; `None`: it has not ended.
pub(super) async fn term(
    conn: &mut Conn,
    filed: Filed,
    beside: Ended,
    numbers: &Numbers,
    now: Moment,
) -> Result<Option<Term>, No> {
    let confirmed = beside.confirmed_at.map(Moment::from_millis);
    let Some((kept, end)) = ended(&filed.release.stage, confirmed, now) else { return Ok(None) };
    let years = numbers.get(kept.period());
    let keep_until = beside.keep_until.as_deref().and_then(parse_day);
    let newest = conn.disposals_of(&beside.id).await?.into_iter().next();
    Ok(Some(Term {
        kept,
        ended: last_day(end),
        years,
        source: numbers.source(kept.period()).to_owned(),
        due: due(end, years, keep_until),
        beside,
        newest,
        filed,
    }))
}

/// The same by the release's identifier, asked where it is decided.
pub(super) async fn term_of(conn: &mut Conn, id: ReleaseId, now: Moment) -> Result<Option<Term>, No> {
    let (Some(filed), Some(beside)) = (conn.release(id).await?, conn.ending_of(id).await?) else { return Ok(None) };
    let numbers = conn.numbers_in_force().await?.0;
    term(conn, filed, beside, &numbers, now).await
}

/// An area's part of the page.
#[derive(Clone, Debug)]
pub struct OfArea {
    /// The area.
    pub area: Area,
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
        all.push(OfArea { area, due, holds, disposed: conn.disposed_in(id).await? });
    }
    Ok(all)
}

/// What is due in one area at `now`.
async fn due_in(conn: &mut Conn, area: AreaId, numbers: &Numbers, now: Moment) -> Result<Vec<Term>, No> {
    let mut due = Vec::new();
    for beside in conn.ended_before(area, ended_before(now.day(), numbers)).await? {
        let Some(id) = ReleaseId::parse(&beside.id) else { continue };
        let Some(filed) = conn.release(id).await? else { continue };
        let term = term(conn, filed, beside, numbers, now).await?;
        due.extend(term.filter(|term| Moment::start_of(term.due) <= now));
    }
    Ok(due)
}

/// How many reviews wait for somebody: proposals that are not their own, and what nobody has looked at.
pub async fn waiting(office: &Office, by: &Actor) -> Result<usize, No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let numbers = conn.numbers_in_force().await?.0;
    let mut count = 0;
    for (id, _) in areas(&mut conn, by).await? {
        let place = Thing::Area(id);
        for term in due_in(&mut conn, id, &numbers, now).await? {
            count += usize::from(match step(term.newest.as_ref())? {
                Step::Open => may(by, Act::ProposeDisposal, place) && term.beside.holds == 0,
                Step::Proposed { by: other, .. } => may(by, Act::AgreeDisposal, place) && by.person() != Some(other),
                Step::Agreed { .. } | Step::Gone => false,
            });
        }
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
    if let Some(term) = term_of(&mut conn, id, office.now()).await? {
        all.push(match step(term.newest.as_ref())? {
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

/// A case's review page.
#[derive(Clone, Debug)]
pub struct Case {
    /// The release.
    pub id: ReleaseId,
    /// Its area.
    pub area: Area,
    /// Its title, which stays with the police; empty: it was disposed of, or an auditor reads.
    pub title: String,
    /// Its term; `None`: it has not ended, or was disposed of.
    pub term: Option<Term>,
    /// Every review, newest first.
    pub reviews: Vec<Told>,
    /// Every hold on it, with why it was placed and lifted.
    pub holds: Vec<(LegalHold, String, String)>,
    /// This person may propose now.
    pub proposes: bool,
    /// This person may decide on what was proposed.
    pub decides: bool,
    /// This person may place and lift holds.
    pub keeps_holds: bool,
}

/// One case, for whoever may see its area's retention. Reading it is a consultation.
pub async fn one(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<Case, No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let Some(filed) = conn.release(id).await? else { return disposed(office, by, id).await };
    let place = Thing::Area(filed.release.area);
    let kept = filed.release.stage.word() != "draft";
    if !kept || !may(by, Act::SeeRetention, place) {
        return Err(No::NotFound);
    }
    registers::consulted(office, by, filed.release.object(), "retention", stamp).await?;
    let (file, _) = casefile::open(office, &filed)?;
    let (area, area_id) = (conn.area(filed.release.area).await?.ok_or(No::NotFound)?, filed.release.area);
    let term = term_of(&mut conn, id, now).await?;
    let mut reviews = Vec::new();
    for row in conn.disposals_of(&id.to_string()).await? {
        reviews.push(told(office, &mut conn, row).await?);
    }
    let mut holds = Vec::new();
    for hold in conn.holds_on(id).await? {
        let why = words(office, "legal_hold", "body", &hold.id, &hold.body)?;
        let lift = match &hold.lift {
            Some(lift) => words(office, "legal_hold", "lift", &hold.id, lift)?,
            None => String::new(),
        };
        holds.push((hold, why, lift));
    }
    let review = term.as_ref().map(Term::review).transpose()?;
    let proposed = review.and_then(|review| match review.step {
        Step::Proposed { by, .. } => Some(by),
        _ => None,
    });
    let due = review.is_some_and(|review| review.propose(Fate::Keep(now.day()), now).is_ok());
    Ok(Case {
        id,
        area,
        title: file.request.title.as_str().to_owned(),
        proposes: due && may(by, Act::ProposeDisposal, Thing::Area(area_id)),
        decides: proposed.is_some_and(|other| by.person() != Some(other)) && may(by, Act::AgreeDisposal, place),
        keeps_holds: may(by, Act::KeepLegalHold, place),
        term,
        reviews,
        holds,
    })
}

/// What is on record of something that was disposed of.
async fn disposed(office: &Office, by: &Actor, id: ReleaseId) -> Result<Case, No> {
    let mut conn = office.read().await?;
    let rows = conn.disposals_of(&id.to_string()).await?;
    let gone = rows.iter().find(|row| row.erased_at.is_some()).ok_or(No::NotFound)?;
    let area = whole(AreaId::parse(&gone.area_id), "disposal", "area_id", &gone.id)?;
    if !may(by, Act::SeeRetention, Thing::Area(area)) && !may(by, Act::SeeIssues, Thing::Area(area)) {
        return Err(No::NotFound);
    }
    let area = conn.area(area).await?.ok_or(No::NotFound)?;
    let mut reviews = Vec::new();
    for row in rows {
        reviews.push(told(office, &mut conn, row).await?);
    }
    let (proposes, decides, keeps_holds) = (false, false, false);
    Ok(Case { id, area, title: String::new(), term: None, reviews, holds: Vec::new(), proposes, decides, keeps_holds })
}

/// Whether a release was disposed of and `by` may know it: its page leads to the record then.
pub async fn is_disposed(office: &Office, by: &Actor, id: ReleaseId) -> Result<bool, No> {
    let mut conn = office.read().await?;
    if conn.release(id).await?.is_some() {
        return Ok(false);
    }
    drop(conn);
    match disposed(office, by, id).await {
        Ok(_) => Ok(true),
        Err(No::NotFound) => Ok(false),
        Err(no) => Err(no),
    }
}
