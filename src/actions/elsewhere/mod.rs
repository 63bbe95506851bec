//! Other areas (K7.6): the co-ordinator of an area asks another whether the person is active there too; that one answers, and may make
//! a release of its own out of what is handed over; each side sees the link and how the other stands.
//!
//! Promises: what the other area is told is exactly what was written for it, checked as words that leave are; a consultation stays on
//! record; of the other side's release a state is told and nothing else (P10). Absent on purpose: acting for the other area, which
//! no rule allows (`domain::policy`, `Thing::Linked`). Proved by `tests/it/journeys/two_areas.rs`.

pub mod answer;
pub mod arrivals;
mod ask;
mod follow;
pub mod handover;
mod work;

use serde::{Deserialize, Serialize};

use crate::actions::casefile;
use crate::actions::decision::record::{self, Section};
use crate::actions::{Fault, FieldError, No, Office, Stamp, registers};
use crate::domain::actor::Actor;
use crate::domain::content;
use crate::domain::ids::{AreaId, ConsultationId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Stage};
use crate::domain::words::{Line, Prose};
use crate::store::Conn;
use crate::store::consultations::Consultation;

pub(super) use ask::{ask, asking};
pub use follow::{Due, Since, renew};
pub(super) use follow::{awaited, origin_version};
pub use work::{Work, work};

const TABLE: &str = "consultation";

/// What the other area is told, sealed under the records key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The title of the request.
    pub title: Line,
    /// What the co-ordinator wrote for them.
    pub words: Prose,
    /// How many photographs there were.
    pub photographs: usize,
}

/// How a release of another area stands: all that is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not answered yet.
    Unanswered,
    /// They make no release.
    NotHere,
    /// It waits for its decision.
    Waits,
    /// It ended without an authority.
    Closed,
    /// Open to its recipients.
    Live {
        /// Under this number.
        urn: String,
        /// Until then.
        until: Moment,
    },
    /// Its limit was reached.
    Expired {
        /// Its number.
        urn: String,
        /// When.
        at: Moment,
    },
    /// It was recalled.
    Recalled {
        /// Its number.
        urn: String,
        /// When.
        at: Moment,
    },
    /// Its number was voided.
    Voided {
        /// Its number.
        urn: String,
        /// When.
        at: Moment,
    },
}

impl State {
    fn of(release: &Release, now: Moment) -> Self {
        match &release.stage {
            Stage::Draft | Stage::Requested | Stage::Returned { .. } => Self::Waits,
            Stage::Closed { .. } => Self::Closed,
            Stage::Live(one) if now >= one.until => Self::Expired { urn: one.urn.clone(), at: one.until },
            Stage::Live(one) => Self::Live { urn: one.urn.clone(), until: one.until },
            Stage::Recalled { authority, at, .. } => Self::Recalled { urn: authority.urn.clone(), at: *at },
            Stage::Voided { authority, at, .. } => Self::Voided { urn: authority.urn.clone(), at: *at },
        }
    }

    /// It was taken back by its own area: the other one has to think whether its own stands (K7.6).
    pub fn taken_back(&self) -> bool {
        matches!(self, Self::Recalled { .. } | Self::Voided { .. } | Self::Closed)
    }
}

/// One link of a release with another area.
#[derive(Clone, Debug)]
pub struct Link {
    /// The consultation.
    pub consultation: ConsultationId,
    /// The release at hand came from there; otherwise that area was asked from here.
    pub from: bool,
    /// The other area.
    pub area: AreaId,
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
    /// When it was asked.
    pub asked_at: Moment,
    /// How it stands there.
    pub state: State,
    /// What the linked release lacks or has too much of.
    pub due: Due,
    /// Some of that is taken over here, now.
    pub renews: bool,
    /// What changed there after the one here was authorised.
    pub since: Option<Since>,
}

/// Every link of a release, for whoever may see the release.
pub async fn links(office: &Office, conn: &mut Conn, release: &Release, now: Moment) -> Result<Vec<Link>, No> {
    let mut all = Vec::new();
    if let Some(row) = conn.consultation_of(release.id).await? {
        let origin = conn.release(row.release()?).await?.ok_or(No::NotFound)?.release;
        let state = State::of(&origin, now);
        let mut from = link(office, conn, &row, (origin.area, true), state).await?;
        from.renews = from.due.outdated > 0 && follow::settled(&origin);
        from.since = follow::since(conn, &origin, release).await?;
        all.push(from);
    }
    for row in conn.consultations(release.id).await? {
        let state = match (row.linked()?, row.makes_own) {
            (Some(linked), _) => State::of(&conn.release(linked).await?.ok_or(No::NotFound)?.release, now),
            (None, Some(_)) => State::NotHere,
            (None, None) => State::Unanswered,
        };
        all.push(link(office, conn, &row, (row.area()?, false), state).await?);
    }
    Ok(all)
}

async fn link(
    office: &Office,
    conn: &mut Conn,
    row: &Consultation,
    (area, from): (AreaId, bool),
    state: State,
) -> Result<Link, No> {
    let there = conn.area(area).await?.ok_or(No::NotFound)?;
    let due = match row.linked()? {
        Some(linked) => {
            let filed = conn.release(linked).await?.ok_or(No::NotFound)?;
            follow::due(office, conn, &filed).await?
        }
        None => Due::default(),
    };
    let (consultation, asked_at) = (row.id()?, Moment::from_millis(row.asked_at));
    let (name, code) = (there.name, there.code);
    Ok(Link { consultation, from, area, name, code, asked_at, state, due, renews: false, since: None })
}

/// The areas that were consulted about a release.
pub(super) async fn consulted(conn: &mut Conn, id: ReleaseId) -> Result<Vec<AreaId>, No> {
    let mut areas = Vec::new();
    for row in conn.consultations(id).await? {
        areas.push(row.area()?);
    }
    Ok(areas)
}

/// Refuses words that may not be told to another area, beside their field (K8.3, K8.5).
fn fit_to_tell(field: &'static str, words: &Prose) -> Result<(), No> {
    let leaks = content::leaks(words.as_str());
    if leaks.is_empty() {
        return Ok(());
    }
    Err(No::Invalid(leaks.iter().map(|one| FieldError::new(field, one.told().sentence)).collect()))
}

/// What another area was told.
pub(super) fn opened(office: &Office, row: &Consultation) -> Result<Asked, No> {
    let plain = office.open_field(TABLE, &row.id, "asked", 0, &row.asked)?;
    let corrupt = |_| Fault::Corrupt { table: TABLE, column: "asked", row: row.id.clone() };
    Ok(serde_json::from_slice(&plain).map_err(corrupt)?)
}

/// The reasons of an answer; empty: it was not answered.
pub(super) fn reasons(office: &Office, row: &Consultation) -> Result<String, No> {
    let Some(answer) = &row.answer else { return Ok(String::new()) };
    let plain = office.open_field(TABLE, &row.id, "answer", 0, answer)?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

/// A release's links, with what only its co-ordinators read: what was told, and the reasons of the answers.
pub struct Sheet {
    /// The release.
    pub release: Release,
    /// Its title.
    pub title: String,
    /// Each link with what was told and what was answered.
    pub links: Vec<(Link, Asked, String)>,
}

/// The links of a release, for a co-ordinator of its area. Reading what was told is a consultation (DPA 2018 s.62).
pub async fn sheet(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<Sheet, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    registers::consulted(office, by, filed.release.object(), "other areas", stamp).await?;
    let (file, _) = casefile::open(office, &filed)?;
    let mut told = Vec::new();
    for link in links(office, &mut conn, &filed.release, now).await? {
        let row = conn.consultation(link.consultation).await?.ok_or(No::NotFound)?;
        told.push((link, opened(office, &row)?, reasons(office, &row)?));
    }
    Ok(Sheet { title: file.request.title.as_str().to_owned(), release: filed.release, links: told })
}

/// What stands on the record of a release about other areas: what was asked and answered, not how it went on there.
pub(super) async fn recorded(office: &Office, conn: &mut Conn, id: ReleaseId) -> Result<Vec<Section>, No> {
    let mut all = Vec::new();
    let from = conn.consultation_of(id).await?;
    for one in from.iter().chain(&conn.consultations(id).await?) {
        let asked = opened(office, one)?;
        let answer = match one.makes_own {
            None => "Not answered when this was read",
            Some(true) => "They make a release of their own",
            Some(false) => "They make none",
        };
        let asking = conn.release(one.release()?).await?.ok_or(No::NotFound)?.release.area;
        let mut area = async |id| Ok::<_, No>(conn.area(id).await?.map_or_else(String::new, |area| area.name));
        let title = if one.linked()? == Some(id) {
            format!("At the request of {} (K7.6)", area(asking).await?)
        } else {
            format!("Consultation of {} (K7.6)", area(one.area()?).await?)
        };
        let mut rows = vec![
            record::row("What was told", asked.words.as_str()),
            record::row("Photographs then", asked.photographs.to_string()),
            record::row("Answer", answer),
        ];
        if let (Some(by), Some(at)) = (&one.answered_by, one.answered_at) {
            let by = record::name(conn, by).await?;
            rows.push(record::row("Answered", format!("{}, by {by}", Moment::from_millis(at).long())));
            rows.push(record::row("Reasons", reasons(office, one)?));
        }
        let by = record::name(conn, &one.asked_by).await?;
        let saved = format!("Asked by {by} on {}", Moment::from_millis(one.asked_at).long());
        all.push(Section { title, part: "", saved, rows });
    }
    Ok(all)
}

/// The release of this area that a consultation led to, or led from, refused where it may not be followed now.
pub(super) fn open_now(release: &Release, now: Moment) -> Result<(), No> {
    if matches!(release.word(now), "requested" | "live") {
        return Ok(());
    }
    Err(No::refused(Refusal::OriginEnded))
}
