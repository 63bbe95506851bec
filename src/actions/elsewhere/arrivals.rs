//! What another area handed over, compared here (K7.6): a co-ordinator's browser opens each photograph with this unit's key and compares
//! its digest with the record. Only then can the release be authorised.
//!
//! Promise: a file that does not open with this unit's key, or holds something else, never becomes part of a decision: it is given back
//! with a leaf, its blob destroyed, and the other area hands it over again. Absent on purpose: opening it, which the server cannot.

use serde::Serialize;

use super::handover::Part;
use crate::actions::casefile;
use crate::actions::request::drop_blobs;
use crate::actions::unit::{self, Key};
use crate::actions::{No, Office, Stamp};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{PhotographId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Release, Stage};
use crate::ledger::trust::Paper;
use crate::store::Conn;
use crate::store::consultations::Handover;

/// What the browser needs to compare.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// This area.
    pub area: String,
    /// Where its unit's box is fetched.
    pub unit_box: String,
    /// Whose box it must be.
    pub unit_recipient: String,
    /// The boxes of earlier keys.
    pub older: Vec<Key>,
    /// What the root signed about the unit.
    pub papers: Vec<Paper>,
    /// The photographs; `upload` is where it is said that one is the same, and that with `/strange` behind it, that it is not.
    pub photographs: Vec<Part>,
    /// Compared so far.
    pub sealed: usize,
    /// Of how many that came.
    pub total: usize,
}

async fn arrived(conn: &mut Conn, by: &Actor, id: ReleaseId) -> Result<(Release, Vec<Handover>), No> {
    let release = casefile::load(conn, by, Act::Decide, id).await?.release;
    if release.origin.is_none() {
        return Err(No::NotFound);
    }
    let rows = conn.handovers(id).await?;
    Ok((release, rows))
}

/// The plan.
pub async fn plan(office: &Office, by: &Actor, id: ReleaseId) -> Result<Plan, No> {
    let mut conn = office.read().await?;
    let (release, rows) = arrived(&mut conn, by, id).await?;
    let area = release.area;
    let unit = conn.area(area).await?.ok_or(No::NotFound)?;
    let part = |row: &Handover| Part {
        original: format!("/photographs/{}/original", row.photograph_id),
        upload: format!("/releases/{id}/arrivals/{}", row.photograph_id),
        sha256: row.sha256.clone(),
        needed: row.compared_at.is_none(),
    };
    Ok(Plan {
        area: area.to_string(),
        unit_box: format!("/areas/{area}/unit-box"),
        unit_recipient: unit.unit_recipient,
        older: conn.older_unit_keys(area).await?.into_iter().map(|key| unit::key(area, key.recipient)).collect(),
        papers: conn.papers_for(&[], &[area]).await?,
        sealed: rows.iter().filter(|row| row.compared_at.is_some()).count(),
        total: rows.len(),
        photographs: rows.iter().map(part).collect(),
    })
}

/// A browser here has compared: it is the same, or it is not, and is given back.
pub async fn compared(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    photograph: PhotographId,
    same: bool,
    stamp: Stamp,
) -> Result<(), No> {
    let actor = by.clone();
    let dropped = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let (release, rows) = arrived(tx, &actor, id).await?;
                if release.stage != Stage::Requested {
                    return Err(No::refused(Refusal::WrongStage { stage: release.word(tx.now()) }));
                }
                let wanted = photograph.to_string();
                let row = rows.into_iter().find(|row| row.photograph_id == wanted).ok_or(No::NotFound)?;
                let done = if same {
                    tx.compared(photograph, actor.person().ok_or(No::NotFound)?).await?
                } else {
                    tx.hand_back(photograph, &row.object).await?
                };
                if !done {
                    return Err(No::NotFound);
                }
                let event = Event::new(Kind::Compared, release.object()).with("photograph", wanted).with("same", same);
                tx.append(&event, &actor, &stamp).await?;
                Ok((!same).then_some(row.object))
            })
        })
        .await?
        .into_inner();
    drop_blobs(office, &dropped.into_iter().collect::<Vec<_>>()).await;
    Ok(())
}
