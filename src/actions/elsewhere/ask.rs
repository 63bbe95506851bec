//! Consulting another area (K7.6): in the act that saves the part in which it is named.
//!
//! Promises: an area is asked once, with the words written for it then; one that was asked stays named. Absent on purpose: the area's own.

use super::{Asked, TABLE, consulted, fit_to_tell};
use crate::actions::casefile::CaseFile;
use crate::actions::office::ten;
use crate::actions::{Fault, No, Office, Stamp};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, ConsultationId, ReleaseId};
use crate::domain::release::recipients::Recipients;
use crate::store::consultations::Consultation;
use crate::store::releases::Filed;
use crate::store::{Conn, Tx};

/// What saving the part with the other areas asks of them: a consultation for each area ticked and not asked before, once there are
/// words for it. An area that was asked stays ticked.
pub(in crate::actions) async fn asking(
    office: &Office,
    conn: &mut Conn,
    filed: &Filed,
    file: &CaseFile,
    said: &Recipients,
) -> Result<Vec<Consultation>, No> {
    let id = filed.release.id;
    let before = consulted(conn, id).await?;
    for area in &said.areas {
        if *area == filed.release.area || conn.area(*area).await?.is_none() {
            return Err(No::field("areas", "Choose from the areas shown"));
        }
    }
    for area in &before {
        if said.elsewhere != Some(true) || !said.areas.contains(area) {
            let name = conn.area(*area).await?.map_or_else(String::new, |area| area.name);
            return Err(No::field(
                "areas",
                format!("{name} was consulted, and that stays on record: leave “Yes” and the area ticked (K7.6)"),
            ));
        }
    }
    fit_to_tell("elsewhere_words", &said.told)?;
    if said.elsewhere != Some(true) || said.told.is_empty() {
        return Ok(Vec::new());
    }
    let photographs = conn.photographs(id).await?.len();
    let asked = Asked { title: file.request.title.clone(), words: said.told.clone(), photographs };
    said.areas.iter().filter(|area| !before.contains(area)).map(|area| row(office, id, *area, &asked)).collect()
}

/// A consultation's row but for who asks and when.
fn row(office: &Office, release: ReleaseId, area: AreaId, asked: &Asked) -> Result<Consultation, No> {
    let id = ConsultationId::fresh(office.now(), ten()).to_string();
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(asked).map_err(|why| Fault::Other(why.to_string()))?);
    Ok(Consultation {
        asked: office.seal_field(TABLE, &id, "asked", 0, &plain)?,
        id,
        release_id: release.to_string(),
        area_id: area.to_string(),
        asked_by: String::new(),
        asked_at: 0,
        makes_own: None,
        answered_by: None,
        answered_at: None,
        answer: None,
        linked_id: None,
    })
}

/// Asks, inside the act that saves the part.
pub(in crate::actions) async fn ask(
    tx: &mut Tx,
    asking: Vec<Consultation>,
    by: &Actor,
    stamp: &Stamp,
) -> Result<(), No> {
    let person = by.person().ok_or(No::NotFound)?.to_string();
    for mut row in asking {
        (row.asked_by, row.asked_at) = (person.clone(), tx.now().millis());
        tx.ask_area(&row).await?;
        let event = Event::new(Kind::AreaConsulted, format!("release/{}", row.release_id))
            .with("area", row.area_id.clone())
            .with("consultation", row.id.clone());
        tx.append(&event, by, stamp).await?;
    }
    Ok(())
}
