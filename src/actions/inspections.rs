//! Inspections of where holders keep what they hold (K8.2): planned, made with findings, put right, closed.
//!
//! Promises: co-ordinators of the scheme's area plan and record; an auditor reads that and when, never the findings; what was found and
//! done is under the records key, the log has neither. Absent on purpose: telling the holder beforehand (that is the police's choice).
//! Proved by `tests/it/journeys/inspections.rs`.

use serde::{Deserialize, Serialize};

use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{Fault, FieldError, No, Office};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{InspectionId, PersonId, SchemeId};
use crate::domain::inspection::{Inspection, Step, Wrong, plan as planned};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::{Line, Prose};
use crate::store::inspections::Row;
use crate::store::log::Stamp;
pub use crate::store::registers::Receiver;
use crate::store::registers::Scheme;
use crate::store::{Conn, Tx};

const TABLE: &str = "inspection";
const COLUMN: &str = "body";

/// What is written about an inspection, under the records key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Body {
    /// Who goes, or went.
    pub who: Line,
    /// The responsible person and the place on record when it was made.
    pub storage: Line,
    /// What was found.
    pub findings: Prose,
    /// What is to be put right.
    pub wanted: Prose,
    /// How it was put right, or why it was called off.
    pub ending: Prose,
}

/// An inspection with its words.
#[derive(Clone, Debug)]
pub struct One {
    /// The row.
    pub row: Row,
    /// Where it stands.
    pub state: Inspection,
    /// `None`: this reader sees that it is, and when.
    pub body: Option<Body>,
    /// Whether this reader may record.
    pub keeps: bool,
}

/// A scheme's inspections.
#[derive(Clone, Debug)]
pub struct List {
    /// The scheme.
    pub scheme: Scheme,
    /// Newest first.
    pub all: Vec<One>,
    /// Who receives for it, with the responsible person and the place of storage on record.
    pub receivers: Vec<Receiver>,
    /// Whether this reader may plan.
    pub keeps: bool,
}

fn thing(scheme: &Scheme) -> Result<Thing, Fault> {
    Ok(Thing::Scheme { area: scheme.area()?, scheme: scheme.id()? })
}

fn opened(office: &Office, row: &Row) -> Result<Body, Fault> {
    let plain = office.open_field(TABLE, &row.id, COLUMN, row.version, &row.body)?;
    serde_json::from_slice(&plain).map_err(|_| Fault::Corrupt { table: TABLE, column: COLUMN, row: row.id.clone() })
}

fn sealed(office: &Office, id: &str, version: i64, body: &Body) -> Result<Vec<u8>, Fault> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(body).map_err(|why| Fault::Other(why.to_string()))?);
    office.seal_field(TABLE, id, COLUMN, version, &plain)
}

async fn scheme(conn: &mut Conn, by: &Actor, act: Act, id: SchemeId) -> Result<Scheme, No> {
    let scheme = conn.scheme(id).await?.ok_or(No::NotFound)?;
    if may(by, act, thing(&scheme)?) { Ok(scheme) } else { Err(No::NotFound) }
}

fn one(office: &Office, keeps: bool, row: Row) -> Result<One, Fault> {
    let body = if keeps { Some(opened(office, &row)?) } else { None };
    Ok(One { state: row.state()?, body, keeps, row })
}

/// A scheme's inspections and places of storage. An auditor's reading is a leaf.
pub async fn list(office: &Office, by: &Actor, id: SchemeId, stamp: Stamp) -> Result<List, No> {
    let mut conn = office.read().await?;
    let scheme = scheme(&mut conn, by, Act::Inspect, id).await?;
    let keeps = may(by, Act::KeepRegister, thing(&scheme)?);
    let rows = conn.inspections(id).await?;
    let receivers = conn.receivers(id).await?;
    drop(conn);
    let all = rows.into_iter().map(|row| one(office, keeps, row)).collect::<Result<_, _>>()?;
    if by.is(Role::Auditor) {
        super::registers::consulted(office, by, format!("scheme/{id}"), "inspections", stamp).await?;
    }
    Ok(List { scheme, all, receivers, keeps })
}

/// One inspection, to those who may read that it is.
pub async fn show(office: &Office, by: &Actor, id: InspectionId) -> Result<One, No> {
    let mut conn = office.read().await?;
    let row = conn.inspection(id).await?.ok_or(No::NotFound)?;
    let of = SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?;
    let scheme = scheme(&mut conn, by, Act::Inspect, of).await?;
    let keeps = may(by, Act::KeepRegister, thing(&scheme)?);
    drop(conn);
    Ok(one(office, keeps, row)?)
}

/// What somebody has to act on in the areas that they co-ordinate, the most pressing first.
pub async fn waiting(office: &Office, by: &Actor) -> Result<Vec<Row>, No> {
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for area in by.areas() {
        if may(by, Act::KeepRegister, Thing::Area(area)) {
            all.extend(conn.inspections_open(Some(area)).await?);
        }
    }
    Ok(all)
}

fn day(wrong: &mut Vec<FieldError>, field: &'static str, typed: &str) -> Option<Day> {
    let day = parse_day(typed);
    if day.is_none() {
        wrong.push(FieldError::new(field, "Enter a real date, like 27 3 2027"));
    }
    day
}

fn refused(why: Wrong, future: &'static str, due: &'static str) -> No {
    match why {
        Wrong::Stage => No::field("", "Somebody has recorded this meanwhile. Open the inspection again and look."),
        Wrong::Future => No::field(future, "This day is in the future. Enter the day it was made."),
        Wrong::Due => No::field(due, "Enter a day from today to a year ahead."),
    }
}

fn event(row: &Row, due: Option<Day>) -> Event {
    let event = Event::new(Kind::Inspected, format!("scheme/{}", row.scheme_id))
        .with("inspection", row.id.clone())
        .with("holder", format!("person/{}", row.holder))
        .with("stage", row.stage.clone());
    match due {
        Some(due) => event.with("due", due.to_string()),
        None => event,
    }
}

/// Plans one: whose storage, on which day, who goes.
pub async fn plan<'a>(
    office: &Office,
    by: &Actor,
    id: SchemeId,
    said: impl Fn(&'static str) -> &'a str,
    stamp: Stamp,
) -> Result<InspectionId, No> {
    let mut conn = office.read().await?;
    let scheme = scheme(&mut conn, by, Act::KeepRegister, id).await?;
    let receivers = conn.receivers(id).await?;
    drop(conn);
    let mut wrong = Vec::new();
    let holder = receivers.into_iter().find(|row| row.person_id == said("holder"));
    if holder.is_none() {
        wrong.push(FieldError::new("holder", "Select whose storage is inspected"));
    }
    let on = day(&mut wrong, "on", said("on"));
    let who = read(&mut wrong, "who", Line::parse("who goes", said("who")));
    let (Some(holder), Some(on), Some(who), true) = (holder, on, who, wrong.is_empty()) else {
        return Err(No::Invalid(wrong));
    };
    let inspection = InspectionId::fresh(office.now(), ten());
    let body = sealed(office, &inspection.to_string(), 1, &Body { who, ..Body::default() })?;
    let acting = by.clone();
    let act = office.act_as(by, move |tx| {
        Box::pin(async move {
            let now = tx.now();
            let state = planned(on, now.day()).map_err(|why| refused(why, "on", "on"))?;
            let row = new(inspection, &scheme, &holder, (on, body), &acting, (state, now))?;
            tx.add_inspection(&row).await?;
            tx.append(&event(&row, state.due()), &acting, &stamp).await?;
            Ok(())
        })
    });
    act.await?;
    Ok(inspection)
}

fn new(
    id: InspectionId,
    scheme: &Scheme,
    holder: &Receiver,
    (on, body): (Day, Vec<u8>),
    by: &Actor,
    (state, now): (Inspection, Moment),
) -> Result<Row, No> {
    Ok(Row {
        id: id.to_string(),
        scheme_id: scheme.id.clone(),
        scheme_name: scheme.name.clone(),
        area_id: scheme.area_id.clone(),
        holder: holder.person_id.clone(),
        holder_name: holder.name.clone(),
        stage: state.word().to_owned(),
        planned_for: on.to_string(),
        planned_by: own(by)?.to_string(),
        planner: String::new(),
        planned_at: now.millis(),
        made_on: None,
        made_by: None,
        maker: None,
        made_at: None,
        follow_up: None,
        ended_by: None,
        ender: None,
        ended_at: None,
        body,
        version: 1,
    })
}

fn own(by: &Actor) -> Result<PersonId, No> {
    by.person().ok_or(No::NotFound)
}

/// The words of a step that was typed, beside what was written before.
fn words<'a>(
    row: &Row,
    before: Body,
    word: &str,
    storage: Line,
    said: &impl Fn(&'static str) -> &'a str,
) -> Result<(Step, Body), No> {
    let mut wrong = Vec::new();
    let (step, body) = match word {
        "made" => {
            let on = day(&mut wrong, "on", said("on"));
            let who = read(&mut wrong, "who", Line::parse("who went", said("who")));
            let findings = read(&mut wrong, "findings", Prose::parse("what you found", said("findings")));
            let wanted = read(&mut wrong, "wanted", Prose::optional("what is to be put right", said("wanted")));
            let wanted = wanted.unwrap_or_default();
            let follow_up = match (wanted.is_empty(), said("follow_up").trim().is_empty()) {
                (true, true) => None,
                (false, _) => day(&mut wrong, "follow_up", said("follow_up")),
                (true, false) => {
                    wrong.push(FieldError::new("wanted", "Enter what is to be put right by this day"));
                    None
                }
            };
            let on = on.unwrap_or_default();
            let body = Body {
                who: who.unwrap_or_default(),
                findings: findings.unwrap_or_default(),
                wanted,
                storage,
                ..before
            };
            (Step::Make { on, follow_up }, body)
        }
        "closed" | "called-off" => {
            let step = if word == "closed" { Step::Close } else { Step::CallOff };
            let what = if word == "closed" { "how it was put right" } else { "why it is called off" };
            let ending = read(&mut wrong, "ending", Prose::parse(what, said("ending"))).unwrap_or_default();
            (step, Body { ending, ..before })
        }
        _ => return Err(No::field("", "Choose what to record about this inspection.")),
    };
    if said("version") != row.version.to_string() {
        return Err(refused(Wrong::Stage, "on", "follow_up"));
    }
    if wrong.is_empty() { Ok((step, body)) } else { Err(No::Invalid(wrong)) }
}

/// Records that it was made, that what was to be put right is, or that it is called off: `word` is the stage it comes to.
pub async fn record<'a>(
    office: &Office,
    by: &Actor,
    id: InspectionId,
    word: &str,
    said: impl Fn(&'static str) -> &'a str,
    stamp: Stamp,
) -> Result<(), No> {
    let One { row, body, keeps, .. } = show(office, by, id).await?;
    let (Some(before), true) = (body, keeps) else { return Err(No::NotFound) };
    let of = SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?;
    let receivers = office.read().await?.receivers(of).await?;
    let storage = receivers.iter().find(|one| one.person_id == row.holder).map_or_else(String::new, |one| {
        let parts = [one.responsible_person.as_str(), one.storage_place.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    });
    let storage = Line::optional("the storage on record", &storage).unwrap_or_default();
    let (step, body) = words(&row, before, word, storage, &said)?;
    let body = sealed(office, &row.id, row.version + 1, &body)?;
    let acting = by.clone();
    office.act_as(by, move |tx| Box::pin(async move { take(tx, row, step, body, &acting, &stamp).await })).await?;
    Ok(())
}

async fn take(tx: &mut Tx, row: Row, step: Step, body: Vec<u8>, by: &Actor, stamp: &Stamp) -> Result<(), No> {
    let now = tx.now();
    let next = row.state()?.take(step, now.day()).map_err(|why| refused(why, "on", "follow_up"))?;
    let (me, mut row) = (own(by)?.to_string(), row);
    if let Step::Make { on, follow_up } = step {
        row.made_on = Some(on.to_string());
        (row.made_by, row.made_at) = (Some(me.clone()), Some(now.millis()));
        row.follow_up = follow_up.map(|day| day.to_string());
    }
    if next.due().is_none() {
        (row.ended_by, row.ended_at) = (Some(me), Some(now.millis()));
    }
    next.word().clone_into(&mut row.stage);
    row.body = body;
    if !tx.step_inspection(&row).await? {
        return Err(refused(Wrong::Stage, "on", "follow_up"));
    }
    tx.append(&event(&row, next.due()), by, stamp).await?;
    Ok(())
}
