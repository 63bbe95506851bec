//! Disposal (K9.1): what two people agreed to goes in the night after, unless something stops it even then.
//!
//! Promises: rows, the bodies of log entries and the leaf that says so go in one act, or not at all; that it is gone stands in the journal
//! before any sealed file is deleted, so that no older backup brings it back; files are deleted and read back, and what a stop leaves
//! over the next round takes. Absent on purpose: a person: the portal carries out what people decided, and says who they were.
//! Proved by `tests/it/journeys/retention.rs`, `tests/it/kills`, `tests/it/restore`.

use crate::actions::retention::term::{Term, term_of};
use crate::actions::sweep::{stamp, write_closings};
use crate::actions::{No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::retention::Subject;
use crate::store::Tx;
use crate::store::erasing::Erased;
use crate::store::journal::Disposed;
use crate::store::leases::Lease;
use crate::store::retention::Disposal;

fn event(id: &str, erased: &Erased) -> Event {
    let spans: Vec<Vec<u64>> = erased.spans.iter().map(|span| span.to_vec()).collect();
    Event::new(Kind::Erased, format!("disposal/{id}")).with("erased", spans)
}

/// The leaf of an erasure: spans of indexes, and by which decision; nothing of what was erased but its reference (K8.3).
pub(crate) fn leaf(row: &Disposal, erased: &Erased) -> Event {
    event(&row.id, erased)
        .with("record", row.kind.clone())
        .with("urn", row.urn.clone())
        .with("years", row.years)
        .with("source", row.source.clone())
        .with("proposed_by", row.proposed_by.clone())
        .with("decided_by", row.decided_by.clone())
}

/// The leaf of an erasure that is done again in a database that was put back.
pub(crate) fn replayed(one: &Disposed, erased: &Erased) -> Event {
    event(&one.id, erased)
        .with("record", one.kind.clone())
        .with("urn", one.urn.clone())
        .with("years", one.years)
        .with("source", one.source.clone())
        .with("proposed_by", one.proposed_by.clone())
        .with("decided_by", one.decided_by.clone())
}

/// Erases in one act what two people agreed to, if nothing stops it now.
async fn erase(tx: &mut Tx, subject: Subject) -> Result<bool, No> {
    let now = tx.now();
    let term = term_of(tx, subject, now).await?;
    let review = term.as_ref().map(Term::review).transpose()?;
    if review.is_none_or(|review| review.moved) {
        // It has not ended any more, or ended anew: what was agreed then is no word about now.
        tx.disposal_lapsed(&subject.to_string()).await?;
    }
    if !review.is_some_and(|review| review.goes(now)) {
        return Ok(false);
    }
    let Some(row) = term.and_then(|term| term.newest) else { return Ok(false) };
    let erased = tx.erase(subject).await?;
    if !tx.disposal_erased(&row.id, now, &erased.objects).await? {
        return Ok(false);
    }
    tx.append(&leaf(&row, &erased), &Actor::Portal, &stamp()).await?;
    Ok(true)
}

/// Carries out every disposal whose night has come, then clears away their files. How many went. One that fails does not keep the others.
pub(crate) async fn round(office: &Office, lease: &Lease) -> Result<u64, No> {
    let (mut gone, mut failed) = (0, None);
    let due = office.read().await?.disposals_to_do(office.now()).await?;
    for subject in due.iter().filter_map(|id| Subject::parse(id)) {
        let lease = lease.clone();
        let act = office.act(move |tx| {
            Box::pin(async move { if tx.still_holds(&lease).await? { erase(tx, subject).await } else { Ok(false) } })
        });
        match act.await {
            Ok(done) => gone += u64::from(done.into_inner()),
            Err(no) => {
                tracing::error!(record = %subject, cause = %no, "what two people agreed to could not be disposed of");
                failed = Some(no);
            }
        }
    }
    clear(office).await?;
    failed.map_or(Ok(gone), Err)
}

async fn gone(office: &Office, id: String, objects: &[String]) -> Result<(), No> {
    for object in objects {
        office.vault.destroy(object).await?;
    }
    office.act(move |tx| Box::pin(async move { Ok(tx.disposal_gone(&id).await?) })).await?;
    Ok(())
}

/// Deletes the sealed files of what was erased and reads back that they are gone. Durably closed before: no older backup brings it back.
pub(crate) async fn clear(office: &Office) -> Result<(), No> {
    let waiting = office.read().await?.disposals_to_clear().await?;
    if waiting.is_empty() {
        return Ok(());
    }
    write_closings(office).await?;
    let mut failed = None;
    for (id, objects) in waiting {
        if let Err(no) = gone(office, id, &objects).await {
            failed = Some(no);
        }
    }
    failed.map_or(Ok(()), Err)
}
