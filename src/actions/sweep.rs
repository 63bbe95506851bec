//! Jobs: they write down what the clock already decided and clear away what nothing can open any more. Safety hangs on none.

use std::sync::atomic::Ordering;

use crate::actions::{No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::store::journal::Journal;
use crate::store::log::Stamp;

fn stamp() -> Stamp {
    Stamp { client: String::new(), request: "job".to_owned() }
}

/// How far the reading of recalls and removals reaches back behind the last one: another instance may be slower, milliseconds.
const OVERLAP_MS: i64 = 60_000;

/// One round: limits reached are written down and their keys destroyed; blobs without a key go.
pub async fn round(office: &Office) -> Result<(), No> {
    expire(office).await?;
    write_closings(office).await?;
    destroy_blobs(office).await
}

/// Writes recalls and removals into the journal, so that no older backup brings them back (P9): before anybody is answered.
pub(super) async fn write_closings(office: &Office) -> Result<(), No> {
    let (now, last) = (office.now(), office.closings_until.load(Ordering::SeqCst));
    let kept = now.plus_millis(-86_400_000 * i64::from(office.settings.store.backup_days));
    let since = kept.max(Moment::from_millis(last).plus_millis(-OVERLAP_MS));
    let journal = Journal::of(&office.vault);
    for closing in office.read().await?.closed_since(since).await? {
        journal.close(&closing).await?;
    }
    office.closings_until.store(now.millis(), Ordering::SeqCst);
    Ok(())
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
    let closed = write_closings(office).await;
    if let Err(no) = closed.and(destroy_blobs(office).await) {
        tracing::warn!(?no, "blobs whose keys are gone stay behind until the next round");
    }
}

/// Deletes the blobs of every copy whose key is gone, reads back that they are gone, then writes it down: one leaf a copy.
/// One that fails does not keep the others.
pub(super) async fn destroy_blobs(office: &Office) -> Result<(), No> {
    let copies = office.read().await?.copies_to_destroy().await?;
    let mut failed = None;
    for copy in copies {
        if let Err(no) = destroy_copy(office, copy).await {
            tracing::error!(%copy, ?no, "a copy's blobs could not be destroyed");
            failed = Some(no);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn destroy_copy(office: &Office, copy: CopyId) -> Result<(), No> {
    let mut conn = office.read().await?;
    let parts = conn.parts(copy).await?;
    let closing = conn.closing_of(copy).await?.ok_or(No::NotFound)?;
    drop(conn);
    // Durably closed before anything is destroyed: what is acknowledged as destroyed no older backup brings back.
    Journal::of(&office.vault).close(&closing).await?;
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
