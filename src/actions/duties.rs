//! A release's duties in one list: towards a court (K7.12), an identification procedure (K7.13), the record of sharing (O3.2.2).
//!
//! Promises: what was recorded is never taken back; references and notes are under the records key, the log has neither. Absent on
//! purpose: sending anything to a court. Proved by `tests/it/journeys/duties.rs`.

use serde::{Deserialize, Serialize};

use crate::actions::decision::Gathered;
use crate::actions::office::ten;
use crate::actions::{Fault, FieldError, No, Office, casefile};
use crate::domain::actor::Actor;
use crate::domain::duty::{Duty, kmip_is_due};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{DutyId, PersonId, ReleaseId};
use crate::domain::moment::{Moment, long_day, parse_day};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Stage};
use crate::domain::words::{Line, Prose};
use crate::store::Conn;
use crate::store::duties::Duty as Row;
use crate::store::log::Stamp;

const TABLE: &str = "duty";
const COLUMN: &str = "body";

/// What was written about a duty, under the records key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Body {
    /// Why it was marked.
    note: Prose,
    /// The reference of what was done: court file, form 2380H, confirmation.
    reference: Line,
    /// By whom or to whom.
    who: Line,
    /// On which day; empty: not done.
    on: String,
}

/// How a duty stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum State {
    /// Recorded as done.
    Done,
    /// To be done.
    Open,
    /// It will be.
    Later,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The duty; `None`: the record on Genesis/Athena, which is complete before authority (K7.7.2).
    pub duty: Option<Duty>,
    /// Its title.
    pub title: &'static str,
    /// What is done about it.
    pub what: &'static str,
    /// How it stands.
    pub state: State,
    /// What is on record, line by line.
    pub told: Vec<String>,
}

/// What was filled in; the fields of both forms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filled<'a> {
    /// Why it is marked.
    pub note: &'a str,
    /// The day it has to be done by, where one is known.
    pub due: &'a str,
    /// The reference of what was done.
    pub reference: &'a str,
    /// By whom or to whom.
    pub who: &'a str,
    /// On which day.
    pub on: &'a str,
}

fn opened(office: &Office, row: &Row) -> Result<Body, Fault> {
    let plain = office.open_field(TABLE, &row.id, COLUMN, row.version, &row.body)?;
    serde_json::from_slice(&plain).map_err(|_| Fault::Corrupt { table: TABLE, column: COLUMN, row: row.id.clone() })
}

fn sealed(office: &Office, id: &str, version: i64, body: &Body) -> Result<Vec<u8>, Fault> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(body).map_err(|why| Fault::Other(why.to_string()))?);
    office.seal_field(TABLE, id, COLUMN, version, &plain)
}

async fn name(conn: &mut Conn, id: Option<&String>) -> Result<String, Fault> {
    let Some(id) = id.and_then(|id| PersonId::parse(id)) else { return Ok(String::new()) };
    Ok(conn.person(id).await?.map_or_else(String::new, |person| person.name))
}

/// Whether the record of sharing is used: the release is over.
fn used(release: &Release, now: Moment) -> bool {
    let until = release.stage.authority().map(|authority| authority.until);
    match release.stage {
        Stage::Live(_) | Stage::Recalled { .. } => {
            kmip_is_due(matches!(release.stage, Stage::Recalled { .. }), until, now)
        }
        _ => false,
    }
}

/// Every duty of a release with how it stands; none before authority.
pub(super) async fn listed(office: &Office, conn: &mut Conn, of: &Gathered, now: Moment) -> Result<Vec<Listed>, No> {
    let release = &of.filed.release;
    if release.stage.authority().is_none() {
        return Ok(Vec::new());
    }
    let records = &of.case.considered.records;
    let dated = records.athena_dated.map_or_else(String::new, |day| format!(", {}", long_day(day)));
    let mut all = vec![Listed {
        duty: None,
        title: "Genesis/Athena record (K7.7.2)",
        what: "The release is recorded on Genesis/Athena",
        state: State::Done,
        told: vec![format!("Reference {}{dated}", records.athena.as_str())],
    }];
    let rows = conn.duties(release.id).await?;
    for row in &rows {
        let Some(duty) = Duty::parse(&row.kind) else { continue };
        all.push(told(office, conn, duty, row).await?);
    }
    let kmip = rows.iter().any(|row| row.kind == Duty::Kmip.word());
    if !kmip && !matches!(release.stage, Stage::Voided { .. }) {
        let state = if used(release, now) { State::Open } else { State::Later };
        let told = vec![format!("K-MIP record {}", records.kmip.as_str())];
        all.push(Listed { duty: Some(Duty::Kmip), title: Duty::Kmip.title(), what: Duty::Kmip.what(), state, told });
    }
    Ok(all)
}

async fn told(office: &Office, conn: &mut Conn, duty: Duty, row: &Row) -> Result<Listed, No> {
    let body = opened(office, row)?;
    let mut told = Vec::new();
    let due = row.due.as_deref().and_then(parse_day);
    if duty.is_marked() {
        let by = name(conn, Some(&row.raised_by)).await?;
        told.push(format!("Marked by {by} on {}", Moment::from_millis(row.raised_at).long()));
    }
    told.extend(Some(body.note.as_str().to_owned()).filter(|note| !note.is_empty()));
    told.extend(due.map(|day| format!("To be done by {}", long_day(day))));
    if let Some(at) = row.done_at {
        let on = parse_day(&body.on);
        let day = on.map_or_else(String::new, long_day);
        let late = on.zip(due).is_some_and(|(on, due)| on > due);
        let late = if late { ", after the day it had to be done by" } else { "" };
        told.push(format!("Done on {day}{late}: {}, reference {}", body.who.as_str(), body.reference.as_str()));
        let by = name(conn, row.done_by.as_ref()).await?;
        told.push(format!("Recorded by {by} on {}", Moment::from_millis(at).long()));
    }
    let state = if row.done_at.is_some() { State::Done } else { State::Open };
    Ok(Listed { duty: Some(duty), title: duty.title(), what: duty.what(), state, told })
}

/// The release, if `by` keeps its duties and it has been authorised.
async fn load(conn: &mut Conn, by: &Actor, id: ReleaseId, now: Moment) -> Result<Release, No> {
    let filed = casefile::load(conn, by, Act::KeepDuties, id).await?;
    if filed.release.stage.authority().is_none() {
        return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
    }
    Ok(filed.release)
}

/// The open duty of this kind, if there is one.
fn open(rows: Vec<Row>, duty: Duty) -> Option<Row> {
    rows.into_iter().find(|row| row.kind == duty.word() && row.done_at.is_none())
}

/// Whether this duty waits for what was done about it to be recorded; `false`: it would be marked first.
pub async fn is_open(office: &Office, by: &Actor, id: ReleaseId, duty: Duty) -> Result<bool, No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, id, office.now()).await?;
    Ok(!duty.is_marked() || open(conn.duties(id).await?, duty).is_some())
}

/// Marks a release: the person is prosecuted, or identification is an issue.
pub async fn mark(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    duty: Duty,
    said: Filled<'_>,
    stamp: Stamp,
) -> Result<(), No> {
    let mut wrong = Vec::new();
    let note = Prose::optional("the note", said.note);
    let note = note.unwrap_or_else(|why| {
        wrong.push(FieldError::new("note", why.to_string()));
        Prose::default()
    });
    let due = said.due.trim();
    if !due.is_empty() && parse_day(due).is_none() {
        wrong.push(FieldError::new("due", "Enter a real date, like 27 3 2027, or leave it empty"));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let row_id = DutyId::fresh(office.now(), ten()).to_string();
    let body = sealed(office, &row_id, 1, &Body { note, ..Body::default() })?;
    let due = parse_day(due).map(|day| day.to_string());
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let release = load(tx, &acting, id, now).await?;
                if open(tx.duties(id).await?, duty).is_some() {
                    return Err(No::field("note", "This is marked already, and still open."));
                }
                let row = row(&release, duty, (row_id, body), &acting, now)?;
                tx.add_duty(&Row { due, ..row }).await?;
                tx.append(&event(&release, duty, false), &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// A new row, open.
fn row(release: &Release, duty: Duty, (id, body): (String, Vec<u8>), by: &Actor, now: Moment) -> Result<Row, No> {
    Ok(Row {
        id,
        release_id: release.id.to_string(),
        kind: duty.word().to_owned(),
        due: None,
        raised_by: by.person().ok_or(No::NotFound)?.to_string(),
        raised_at: now.millis(),
        done_by: None,
        done_at: None,
        body,
        version: 1,
    })
}

fn event(release: &Release, duty: Duty, done: bool) -> Event {
    Event::new(Kind::Duty, release.object()).with("duty", duty.word()).with("done", done)
}

/// What was filled in about what was done; everything wrong with it at once.
fn read_done(said: Filled<'_>, now: Moment) -> Result<Body, No> {
    let mut wrong = Vec::new();
    let mut line = |field: &'static str, what: &'static str, typed: &str| match Line::parse(what, typed) {
        Ok(line) => line,
        Err(why) => {
            wrong.push(FieldError::new(field, why.to_string()));
            Line::default()
        }
    };
    let reference = line("reference", "the reference", said.reference);
    let who = line("who", "the name", said.who);
    match parse_day(said.on.trim()) {
        None => wrong.push(FieldError::new("on", "Enter a real date, like 27 3 2027")),
        Some(day) if day > now.day() => {
            wrong.push(FieldError::new("on", "This day is in the future. Enter the day it was done."));
        }
        Some(_) => {}
    }
    if wrong.is_empty() {
        Ok(Body { reference, who, on: said.on.trim().to_owned(), ..Body::default() })
    } else {
        Err(No::Invalid(wrong))
    }
}

/// Records what was done: the MG6E endorsed, the Identification Officer told, the destruction confirmed.
pub async fn done(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    duty: Duty,
    said: Filled<'_>,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, id, office.now()).await?;
    let body = read_done(said, office.now())?;
    let rows = conn.duties(id).await?;
    drop(conn);
    let before = open(rows, duty);
    if before.is_none() && duty.is_marked() {
        return Err(already());
    }
    let (row_id, read) = match &before {
        Some(row) => (row.id.clone(), row.version),
        None => (DutyId::fresh(office.now(), ten()).to_string(), 0),
    };
    let note = before.as_ref().map(|row| opened(office, row)).transpose()?.unwrap_or_default().note;
    let body = sealed(office, &row_id, read + 1, &Body { note, ..body })?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let release = load(tx, &acting, id, now).await?;
                let person = acting.person().ok_or(No::NotFound)?.to_string();
                if read > 0 {
                    if !tx.do_duty(&row_id, read, &person, now, &body).await? {
                        return Err(already());
                    }
                } else {
                    if tx.duties(id).await?.iter().any(|row| row.kind == duty.word()) {
                        return Err(already());
                    }
                    if !used(&release, now) {
                        return Err(not_used());
                    }
                    let row = row(&release, duty, (row_id, body), &acting, now)?;
                    tx.add_duty(&Row { done_by: Some(person), done_at: Some(now.millis()), ..row }).await?;
                }
                tx.append(&event(&release, duty, true), &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

fn already() -> No {
    No::field("reference", "Nothing of this kind is open: it was recorded already. Look at the release again.")
}

fn not_used() -> No {
    No::field(
        "reference",
        "The release is still live, so the record of sharing is in use (O3.2.2). Record its destruction once the release is over.",
    )
}
