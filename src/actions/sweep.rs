//! Jobs: they write down what the clock already decided and clear away what nothing can open any more. Safety hangs on none.

use std::time::{Duration, Instant};

use crate::actions::{No, Office, orphans};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::CopyId;
use crate::domain::refusal::Refusal;
use crate::store::log::Stamp;

/// After so long a failure ends a round: somebody may be waiting for their recall to be told.
const SLOW: Duration = Duration::from_secs(3);

fn stamp() -> Stamp {
    Stamp { client: String::new(), request: "job".to_owned() }
}

/// One round: limits reached are written down and their keys destroyed; blobs without a key go; once an hour, blobs without a row.
pub async fn round(office: &Office) -> Result<(), No> {
    expire(office).await?;
    destroy_blobs(office).await?;
    orphans::hourly(office).await
}

async fn expire(office: &Office) -> Result<(), No> {
    let past = office.read().await?.releases_past_limit(office.now()).await?;
    for id in past {
        office
            .act(move |tx| {
                Box::pin(async move {
                    let now = tx.now();
                    let filed = tx.release(id).await?.ok_or(No::NotFound)?;
                    let reached = filed
                        .release
                        .standing()
                        .closed(now)
                        .iter()
                        .any(|why| matches!(why, Refusal::LimitReached { .. }));
                    // Asked again here: a clock set forward and back must destroy nothing early.
                    if reached {
                        let keys = tx.destroy_keys(id).await?;
                        let event = Event::new(Kind::Expired, filed.release.object()).with("copies", keys);
                        tx.append(&event, &Actor::Portal, &stamp()).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
    Ok(())
}

/// Clears away after an act that is already committed: what fails here is left to the next round, and says so.
pub(super) async fn clear_away(office: &Office) {
    if let Err(no) = destroy_blobs(office).await {
        tracing::warn!(?no, "blobs whose keys are gone stay behind until the next round");
    }
}

/// Deletes the blobs of every copy whose key is gone, reads back that they are gone, then writes it down: one leaf a copy.
/// One that fails does not keep the others, unless the vault is slow to say no: then each would wait as long for the same.
async fn destroy_blobs(office: &Office) -> Result<(), No> {
    let copies = office.read().await?.copies_to_destroy().await?;
    let (mut failed, began) = (None, Instant::now());
    for copy in copies {
        if let Err(no) = destroy_copy(office, copy).await {
            tracing::error!(%copy, ?no, "a copy's blobs could not be destroyed");
            failed = Some(no);
            if began.elapsed() > SLOW {
                break;
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn destroy_copy(office: &Office, copy: CopyId) -> Result<(), No> {
    let parts = office.read().await?.parts(copy).await?;
    for part in &parts {
        office.vault.destroy(&part.object).await?;
    }
    let gone: Vec<String> = parts.into_iter().map(|part| part.id).collect();
    office
        .act(move |tx| {
            Box::pin(async move {
                let row = tx.copy(copy).await?.ok_or(No::NotFound)?;
                // A part that was stored meanwhile keeps the copy on the list for the next round.
                let all = tx.parts(copy).await?.iter().all(|part| gone.contains(&part.id));
                if all && tx.copy_destroyed(copy).await? {
                    let event = Event::new(Kind::Destroyed, format!("release/{}", row.release_id))
                        .of_copy(copy)
                        .with("parts", gone.len());
                    tx.append(&event, &Actor::Portal, &stamp()).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}
