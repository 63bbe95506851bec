//! Demands for surrender or destruction (K8.2): what is open, until when, who has not confirmed, and each round of one copy.
//!
//! Promises: a limit that was reached demands like a recall does, without anybody acting; what is told to a holder is told from here, and
//! nothing of the police's reasons but what a query asks them. Absent on purpose: making a demand (`make`), answering a confirmation
//! (`answer`), confirming ([`crate::actions::surrender`]). Proved by `tests/it/journeys/demands.rs`.

mod answer;
mod make;
mod subject;

pub use answer::{Visiting, accept, query, visit};
pub use make::{Proposal, Target, demand, latest, propose, recall};
pub use subject::{Hit, Subject, find, recall_subject};

use crate::actions::surrender::Confirming;
use crate::actions::{No, Office, answers, corrections, registers, statement};
use crate::domain::actor::Actor;
use crate::domain::demand::{Scope, State};
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId, SchemeId, StatementId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::numbers::Numbers;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Prose;
use crate::store::Conn;
pub use crate::store::demands::EndingRow;
use crate::store::demands::{Confirmation, Demand, Endings};
use crate::store::log::Stamp;

/// One copy whose end is not accepted yet.
#[derive(Clone, Debug)]
pub struct Line {
    /// The copy, its holder and its release.
    pub row: EndingRow,
    /// How far it is.
    pub state: State,
    /// Its deadline; `None`: it was confirmed without being demanded.
    pub due: Option<Moment>,
}

impl Line {
    fn of(row: EndingRow, numbers: &Numbers, now: Moment) -> Self {
        let ending = row.ending(now);
        Self { state: ending.state(numbers, now), due: ending.due(numbers), row }
    }

    /// Whether its deadline has passed.
    pub fn is_overdue(&self) -> bool {
        matches!(self.state, State::Overdue { .. })
    }
}

/// How a list of demands is narrowed. Empty fields ask for nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Narrowed {
    /// To a scheme.
    pub scheme: Option<SchemeId>,
    /// To a person.
    pub holder: Option<PersonId>,
    /// To a release.
    pub release: Option<ReleaseId>,
}

/// The areas in which `by` may do `act`.
async fn areas(conn: &mut Conn, by: &Actor, act: Act) -> Result<Vec<AreaId>, No> {
    let mut all = Vec::new();
    for area in conn.areas().await? {
        let id = area.id()?;
        if may(by, act, Thing::Area(id)) {
            all.push(id);
        }
    }
    Ok(all)
}

/// Whether `by` sees what is demanded in an area.
pub fn sees(by: &Actor, area: AreaId) -> bool {
    may(by, Act::SeeDemands, Thing::Area(area))
}

/// What is open in the areas of `by`: by deadline, so that overdue ones stand first; then what waits for the police.
pub async fn open(office: &Office, by: &Actor, to: Narrowed) -> Result<Vec<Line>, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let (numbers, _) = conn.numbers_in_force().await?;
    let mut all = Vec::new();
    for area in areas(&mut conn, by, Act::SeeDemands).await? {
        let Narrowed { scheme, holder, release } = to;
        let of = Endings { area: Some(area), scheme, holder, release, copy: None, open: true };
        let rows = conn.endings(&of, now).await?;
        all.extend(rows.into_iter().map(|row| Line::of(row, &numbers, now)));
    }
    all.sort_by_key(|line| (line.state == State::Confirmed, line.due.unwrap_or(now)));
    Ok(all)
}

/// What a holder has to confirm, by deadline: their own copies whose end is owed or overdue.
pub async fn owed(office: &Office, by: &Actor) -> Result<Vec<Line>, No> {
    let Some(holder) = by.person() else { return Ok(Vec::new()) };
    let (mut conn, now) = (office.read().await?, office.now());
    let (numbers, _) = conn.numbers_in_force().await?;
    let rows = conn.endings(&Endings { holder: Some(holder), open: true, ..Endings::default() }, now).await?;
    let lines = rows.into_iter().map(|row| Line::of(row, &numbers, now));
    let mut all: Vec<Line> =
        lines.filter(|line| matches!(line.state, State::Owed { .. } | State::Overdue { .. })).collect();
    all.sort_by_key(|line| line.due);
    Ok(all)
}

/// Every copy of a release that was supplied, with how far its end is. The caller has asked who may see it.
pub(super) async fn of_release(conn: &mut Conn, id: ReleaseId, now: Moment) -> Result<Vec<Line>, No> {
    let (numbers, _) = conn.numbers_in_force().await?;
    let rows = conn.endings(&Endings { release: Some(id), ..Endings::default() }, now).await?;
    Ok(rows.into_iter().map(|row| Line::of(row, &numbers, now)).collect())
}

/// A round as it is shown: what was confirmed, and the answer.
#[derive(Clone, Debug)]
pub struct Round {
    /// The row.
    pub row: Confirmation,
    /// As signed.
    pub confirming: Confirming,
    /// Why it was queried; empty: it was not.
    pub query: Prose,
}

/// A visit as it is shown.
#[derive(Clone, Debug)]
pub struct Visited {
    /// On which day.
    pub on: Option<Day>,
    /// Who recorded it, and when.
    pub recorded: (String, Moment),
    /// Who went, and what they found.
    pub said: Visiting,
}

/// Everything on record of one copy's end, for the police.
#[derive(Clone, Debug)]
pub struct Case {
    /// How it stands.
    pub line: Line,
    /// What was demanded, newest first, with the reasons.
    pub demands: Vec<(Demand, Scope, Prose)>,
    /// Each round, newest first.
    pub rounds: Vec<Round>,
    /// Visits, newest first.
    pub visits: Vec<Visited>,
    /// This person may answer, demand and record a visit.
    pub may: bool,
    /// The latest deadline that a query can set now.
    pub latest: Moment,
}

async fn row_of(conn: &mut Conn, copy: CopyId, now: Moment) -> Result<EndingRow, No> {
    let rows = conn.endings(&Endings { copy: Some(copy), ..Endings::default() }, now).await?;
    rows.into_iter().next().ok_or(No::NotFound)
}

/// The copy's row, if `by` may do `act` in its area; anything else is not found (P10).
async fn load(conn: &mut Conn, by: &Actor, act: Act, copy: CopyId, now: Moment) -> Result<EndingRow, No> {
    let row = row_of(conn, copy, now).await?;
    if may(by, act, Thing::Area(row.area()?)) { Ok(row) } else { Err(No::NotFound) }
}

/// Each round of a copy, newest first. The caller has asked whose business it is.
async fn rounds(office: &Office, conn: &mut Conn, copy: CopyId) -> Result<Vec<Round>, No> {
    let mut all = Vec::new();
    for row in conn.rounds(copy).await? {
        let id = StatementId::parse(&row.statement_id).ok_or(No::NotFound)?;
        let signed = conn.statement(id).await?.ok_or(No::NotFound)?;
        let said = answers::read(&statement::document(office, &signed)?).unwrap_or_default();
        let first =
            |name| said.iter().find(|(n, _)| n == name).and_then(|(_, all)| all.first()).map_or("", String::as_str);
        let query = match &row.body {
            Some(body) => corrections::opened(office, "confirmation", &row.id, "body", body)?,
            None => Prose::default(),
        };
        all.push(Round { confirming: Confirming::of(first), query, row });
    }
    Ok(all)
}

/// Everything on record of one copy's end, for its police and for auditors. Reading it is a consultation.
pub async fn case(office: &Office, by: &Actor, copy: CopyId, stamp: Stamp) -> Result<Case, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let row = load(&mut conn, by, Act::SeeDemands, copy, now).await?;
    registers::consulted(office, by, format!("release/{}", row.release_id), "demand", stamp).await?;
    let (numbers, _) = conn.numbers_in_force().await?;
    let mut demands = Vec::new();
    for one in conn.demands_of(copy).await? {
        let reason = corrections::opened(office, "demand", &one.id, "body", &one.body)?;
        let scope = Scope::parse(&one.scope).unwrap_or(Scope::Holder);
        demands.push((one, scope, reason));
    }
    let mut visits = Vec::new();
    for one in conn.demand_visits(copy).await? {
        let said = corrections::opened(office, "demand_visit", &one.id, "body", &one.body)?;
        let recorded = (one.recorder, Moment::from_millis(one.recorded_at));
        visits.push(Visited { on: parse_day(&one.visited_on), recorded, said });
    }
    Ok(Case {
        may: may(by, Act::Demand, Thing::Area(row.area()?)),
        rounds: rounds(office, &mut conn, copy).await?,
        line: Line::of(row, &numbers, now),
        demands,
        visits,
        latest: numbers.confirm_by(now),
    })
}

/// What a holder is told of their own copy: until when, what they confirmed before, and what was queried.
#[derive(Clone, Debug)]
pub struct Own {
    /// How it stands; `None`: nothing is demanded of it.
    pub line: Option<Line>,
    /// Each round, newest first.
    pub rounds: Vec<Round>,
}

/// The same for its holder, or for the police who print it for them. The caller has asked whose it is.
pub async fn own(office: &Office, by: &Actor, copy: CopyId) -> Result<Own, No> {
    let person = by.person().ok_or(No::NotFound)?.to_string();
    let (mut conn, now) = (office.read().await?, office.now());
    conn.copy(copy).await?.filter(|row| row.holder == person || row.opener() == person).ok_or(No::NotFound)?;
    let (numbers, _) = conn.numbers_in_force().await?;
    let line = match row_of(&mut conn, copy, now).await {
        Ok(row) => Some(Line::of(row, &numbers, now)),
        Err(No::NotFound) => None,
        Err(other) => return Err(other),
    };
    Ok(Own { line, rounds: rounds(office, &mut conn, copy).await? })
}
