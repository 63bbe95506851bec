//! Jobs: they write down what the clock already decided and clear away what nothing can open any more. Safety hangs on none.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::actions::jobs::{idle, run};
use crate::actions::retention::nightly;
use crate::actions::{No, Office, orphans};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::store::journal::Journal;
use crate::store::leases::Lease;
use crate::store::log::Stamp;

/// After so long a failure ends a round: somebody may be waiting for their recall to be told.
const SLOW: Duration = Duration::from_secs(3);

pub(super) fn stamp() -> Stamp {
    Stamp { client: String::new(), request: "job".to_owned() }
}

/// How long a round's lease lasts without being taken anew, milliseconds: longer than any step.
pub(super) const LEASE_MS: i64 = 60_000;

/// One round: limits reached are written down and their keys destroyed; blobs without a key go; once an hour, blobs without a row. Of
/// several instances one does it.
pub async fn round(office: &Office) -> Result<(), No> {
    let done = what_waits(office).await;
    // What two people agreed to and the cleaning of free pages: neither keeps the other work, nor is kept by it.
    if let Err(no) = nightly::round(office).await {
        tracing::warn!(cause = %no, "the night's work did not finish; the next round tries again");
    }
    // Whatever became of that: one copy that cannot be destroyed keeps no orphan.
    orphans::hourly(office).await?;
    done
}

async fn what_waits(office: &Office) -> Result<(), No> {
    // A store that is away keeps this from being written, and nothing else from ending.
    let closed = run(office, "closings", write_closings(office)).await;
    let mut conn = office.read().await?;
    let waits =
        !conn.releases_past_limit(office.now()).await?.is_empty() || !conn.copies_to_destroy().await?.is_empty();
    drop(conn);
    let lease = if waits { lease(office, "sweep").await? } else { None };
    let Some(lease) = lease else {
        // Nothing to do here is a round that went well.
        for name in ["expire", "destroy"] {
            idle(office, name).await;
        }
        return closed;
    };
    run(office, "expire", expire(office, &lease)).await?;
    run(office, "destroy", destroy_blobs(office, Some(&lease))).await?;
    closed
}

/// Takes a job's lease for this instance; `None`: another one is at it.
pub async fn lease(office: &Office, name: &'static str) -> Result<Option<Lease>, No> {
    let holder = office.instance.clone();
    let act = office.act(move |tx| Box::pin(async move { Ok(tx.take_lease(name, &holder, LEASE_MS).await?) }));
    Ok(act.await?.into_inner())
}

/// How far the reading of recalls and removals reaches back behind the last one: another instance may be slower, milliseconds.
const OVERLAP_MS: i64 = 60_000;

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

async fn expire(office: &Office, lease: &Lease) -> Result<(), No> {
    let past = office.read().await?.releases_past_limit(office.now()).await?;
    for id in past {
        let lease = lease.clone();
        office
            .act(move |tx| {
                Box::pin(async move {
                    if !tx.still_holds(&lease).await? {
                        return Ok(());
                    }
                    let now = tx.now();
                    let filed = tx.release(id).await?.ok_or(No::NotFound)?;
                    let reached = filed
                        .release
                        .standing()
                        .closed(now)
                        .iter()
                        .any(|why| matches!(why, Refusal::LimitReached { .. }));
                    // Asked again here: a clock set forward and back must destroy nothing early.
                    // And whoever came first has written it down.
                    let keys = if reached { tx.destroy_keys(id).await? } else { 0 };
                    if keys > 0 {
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
    let cleared = async {
        write_closings(office).await?;
        destroy_blobs(office, None).await
    };
    if let Err(no) = cleared.await {
        tracing::warn!(cause = %no, "blobs whose keys are gone stay behind until the next round");
    }
}

/// Deletes the blobs of every copy whose key is gone, reads back that they are gone, then writes it down: one leaf a copy.
/// One that fails does not keep the others, unless the vault is slow to say no: then each would wait as long for the same. `lease`: of
/// the job that does it; an act's own clearing away has none, and two at the same copy leave one leaf.
pub(super) async fn destroy_blobs(office: &Office, lease: Option<&Lease>) -> Result<(), No> {
    let copies = office.read().await?.copies_to_destroy().await?;
    let (mut failed, began) = (None, Instant::now());
    for copy in copies {
        if let Err(no) = destroy_copy(office, copy, lease.cloned()).await {
            tracing::error!(%copy, cause = %no, "a copy's blobs could not be destroyed");
            failed = Some(no);
            if began.elapsed() > SLOW {
                break;
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn destroy_copy(office: &Office, copy: CopyId, lease: Option<Lease>) -> Result<(), No> {
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
                if let Some(lease) = lease
                    && !tx.still_holds(&lease).await?
                {
                    return Ok(());
                }
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
