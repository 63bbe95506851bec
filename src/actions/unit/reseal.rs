//! After a unit's key was followed by another: the originals of requested and live releases are sealed to the new one, in a
//! co-ordinator's browser, one by one, and whenever somebody comes back to it.
//!
//! Promise: an original is never without a sealed file: the new one lies beside the old one until a browser has fetched it back, opened
//! it with the new key and compared; only then do they change places, and the old one is destroyed. Absent on purpose: opening
//! either. Originals of ended releases stay as they are, under the key they were sealed to.

use super::{boxes, proven_keeper};
use crate::actions::request::{drop_blobs, take_back};
use crate::actions::{No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::AreaId;
use crate::store::log::Stamp;
use crate::store::people::Area;
use crate::store::units::Original;
use crate::store::{Conn, Tx};

/// An original that is due, and the area as it stands.
async fn due(
    conn: &mut Conn,
    area: AreaId,
    id: &str,
    now: crate::domain::moment::Moment,
) -> Result<(Area, Original), No> {
    let row = conn.area(area).await?.ok_or(No::NotFound)?;
    let all = conn.unit_originals(area, now).await?;
    let found = all.into_iter().find(|one| one.id == id && one.unit != row.unit_recipient);
    found.map(|one| (row, one)).ok_or(No::NotFound)
}

async fn due_in(tx: &mut Tx, area: AreaId, id: &str) -> Result<(Area, Original), No> {
    let now = tx.now();
    due(tx, area, id, now).await
}

fn about(original: &Original, kind: Kind) -> Event {
    let event = Event::new(kind, format!("release/{}", original.release_id));
    if original.words { event.with("text", true) } else { event.with("photograph", original.id.clone()) }
}

/// The original as it lies, under the key that was: an opening of it, and logged as one.
pub async fn original(office: &Office, by: &Actor, area: AreaId, id: &str, stamp: Stamp) -> Result<Vec<u8>, No> {
    proven_keeper(office, by, area).await?;
    let (actor, id) = (by.clone(), id.to_owned());
    let object = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let (_, original) = due_in(tx, area, &id).await?;
                tx.append(&about(&original, Kind::Original), &actor, &stamp).await?;
                Ok(original.object)
            })
        })
        .await?;
    office.vault.of_original(&object).await
}

/// Keeps the same original sealed to the key in force, beside the old one.
pub async fn take(office: &Office, by: &Actor, area: AreaId, id: &str, sealed: Vec<u8>) -> Result<(), No> {
    proven_keeper(office, by, area).await?;
    if boxes::recipients(&sealed) != Some(1) {
        return Err(No::field(
            "original",
            "This is not an original sealed to the unit. Reload the page and try again.",
        ));
    }
    let (row, _) = due(&mut office.read().await?, area, id, office.now()).await?;
    let object = office.vault.put(sealed).await?;
    let (new, id, unit) = (object.clone(), id.to_owned(), row.unit_recipient);
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let (row, original) = due_in(tx, area, &id).await?;
                if row.unit_recipient != unit {
                    return Err(No::NotFound);
                }
                let dropped = tx.unit_pending(&original.object).await?;
                for object in &dropped {
                    tx.forget_unit_object(object).await?;
                }
                tx.under_unit(&new, area, &unit, Some(&original.object)).await?;
                Ok(dropped)
            })
        })
        .await;
    match done {
        Ok(dropped) => {
            drop_blobs(office, dropped.get()).await;
            Ok(())
        }
        Err(no) => {
            take_back(office, &no, &[object]).await;
            Err(no)
        }
    }
}

/// What was kept beside the old one, to be opened and compared.
pub async fn kept(office: &Office, by: &Actor, area: AreaId, id: &str) -> Result<Vec<u8>, No> {
    proven_keeper(office, by, area).await?;
    let id = id.to_owned();
    let object = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let (_, original) = due_in(tx, area, &id).await?;
                tx.unit_pending(&original.object).await?.pop().ok_or(No::NotFound)
            })
        })
        .await?;
    office.vault.of_original(&object).await
}

/// The browser has compared: the new one takes the old one's place, and the old one is destroyed.
pub async fn confirm(office: &Office, by: &Actor, area: AreaId, id: &str, stamp: Stamp) -> Result<(), No> {
    proven_keeper(office, by, area).await?;
    let (actor, id) = (by.clone(), id.to_owned());
    let old = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let (row, original) = due_in(tx, area, &id).await?;
                let new = tx.unit_pending(&original.object).await?.pop().ok_or(No::NotFound)?;
                // Another key may have come into force since: then it is due once more.
                if tx.unit_of(&new).await?.as_ref() != Some(&row.unit_recipient) {
                    return Err(No::NotFound);
                }
                if !tx.swap_original(&original, &new).await? {
                    return Err(No::NotFound);
                }
                let event = about(&original, Kind::OriginalResealed).with("unit", row.unit_recipient);
                tx.append(&event, &actor, &stamp).await?;
                Ok(original.object)
            })
        })
        .await?;
    drop_blobs(office, &[old.into_inner()]).await;
    Ok(())
}
