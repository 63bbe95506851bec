//! Jobs: they write down what the clock already decided and clear away what nothing can open any more. Safety hangs on none.

use std::time::Instant;

use crate::actions::{No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::CopyId;
use crate::domain::refusal::Refusal;
use crate::store::log::Stamp;

fn stamp() -> Stamp {
    Stamp { client: String::new(), request: "job".to_owned() }
}

/// One round: limits reached are written down and their keys destroyed; blobs without a key go.
pub async fn round(office: &Office) -> Result<(), No> {
    job(office, "expire", expire(office)).await?;
    job(office, "destroy", destroy_blobs(office)).await
}

/// Does a job's work and counts it.
async fn job(office: &Office, name: &'static str, work: impl Future<Output = Result<(), No>>) -> Result<(), No> {
    let began = Instant::now();
    let done = work.await;
    office.metrics.job(name, began, done.is_ok());
    done
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
        tracing::warn!(cause = %no, "blobs whose keys are gone stay behind until the next round");
    }
}

/// Deletes the blobs of every copy whose key is gone, reads back that they are gone, then writes it down: one leaf a copy.
/// One that fails does not keep the others.
async fn destroy_blobs(office: &Office) -> Result<(), No> {
    let copies = office.read().await?.copies_to_destroy().await?;
    let mut failed = None;
    for copy in copies {
        if let Err(no) = destroy_copy(office, copy).await {
            tracing::error!(%copy, cause = %no, "a copy's blobs could not be destroyed");
            failed = Some(no);
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
