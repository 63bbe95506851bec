//! The second half of a restore: what was published is refilled, what was closed is closed again, the rest is said; then the mark goes.
//!
//! Promises: the replay is one transaction with its leaf; a stop at any moment leaves the quarantine, and running it again goes on from
//! there; nothing that was acknowledged as destroyed opens afterwards. Absent on purpose: accepting a loss by itself.

use serde::Serialize;

use super::plan::{self, Given, Lost, Plan};
use crate::actions::publish::Publisher;
use crate::actions::retention::dispose;
use crate::actions::{Fault, No, Office, audit, sweep};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::retention::carried_out_from;
use crate::ledger::verify::Span;
use crate::store::Tx;
use crate::store::backup::{PUT_BACK, QUARANTINE, REPLAYED};
use crate::store::journal::{Closing, Journal};
use crate::store::log::Stamp;

/// What a restore's second half came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The database bears no mark: there was nothing to do.
    NotInQuarantine,
    /// Something is lost: nothing was changed, and somebody has to accept it first.
    Asks(Account),
    /// The portal may be served.
    Open(Account),
}

/// What a restore made good, and what it could not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Account {
    /// Entries in the database before.
    pub size: u64,
    /// Entries put back from the journal; their records are lost.
    pub refilled: u64,
    /// Closings replayed: copies, releases, documents.
    pub closings: usize,
    /// There was no journal at all: what was destroyed since the backup is not known.
    pub no_journal: bool,
    /// Copies destroyed and releases recalled since the backup that no closing names: they are open again.
    pub unnamed: u64,
    /// Blobs that are gone.
    pub missing: Vec<String>,
    /// What is lost, in words.
    pub lost: Vec<Lost>,
    /// All entries whose records are lost, of earlier disasters too.
    pub spans: Vec<Span>,
}

impl Account {
    fn of(plan: &Plan) -> Self {
        Self {
            size: plan.size,
            refilled: plan.leaves.len() as u64,
            closings: plan.closings.len(),
            no_journal: !plan.journal,
            unnamed: plan.unnamed,
            missing: plan.missing.clone(),
            lost: plan.lost.clone(),
            spans: Vec::new(),
        }
    }
}

/// Finishes a restore.
pub async fn finish(office: &Office, given: &Given, stamp: &Stamp) -> Result<Outcome, No> {
    let Some(state) = office.read().await?.setting(QUARANTINE).await? else { return Ok(Outcome::NotInQuarantine) };
    let plan = plan::look(office, given).await?;
    let mut account = Account::of(&plan);
    if state == PUT_BACK {
        if plan.loses() && !given.accept_lost {
            return Ok(Outcome::Asks(account));
        }
        keep_closings(office, &plan.closings).await?;
        replay(office, plan.clone(), stamp).await?;
    }
    end_blobs(office, &plan.closings).await?;
    let checked = audit::fsck(&mut office.read().await?, &office.log_vkeys).await?;
    if let Some(why) = checked.failures.first() {
        return Err(Fault::Log(format!("the restored log is not whole, the portal stays in quarantine: {why}")).into());
    }
    account.spans = checked.lost;
    Publisher::default().round(office).await?;
    office.act(|tx| Box::pin(async move { Ok(tx.unset(QUARANTINE).await?) })).await?;
    Ok(Outcome::Open(account))
}

/// Closings that came from a copy elsewhere stand in the portal's own journal too: an older backup may still be put back.
async fn keep_closings(office: &Office, closings: &[Closing]) -> Result<(), Fault> {
    let journal = Journal::of(&office.vault);
    for closing in closings {
        journal.close(closing).await?;
    }
    Ok(())
}

/// Everything that happened since, and the leaf that says so, in one transaction.
async fn replay(office: &Office, plan: Plan, stamp: &Stamp) -> Result<(), No> {
    let stamp = stamp.clone();
    let act = office.act(move |tx| {
        Box::pin(async move {
            if tx.setting(QUARANTINE).await?.as_deref() != Some(PUT_BACK) || tx.size() != plan.size {
                return Err(Fault::Other("somebody else is finishing this restore: try again".to_owned()).into());
            }
            tx.refill(&plan.leaves).await?;
            close_all(tx, &plan.closings, &stamp).await?;
            let night = carried_out_from(tx.now());
            tx.disposals_put_off(night).await?;
            tx.skip_serials(plan.authorised()).await?;
            let event = Event::new(Kind::Restored, "log")
                .with("lost", spans(&plan))
                .with("closed", plan.closings.len())
                .with("skipped", plan.authorised());
            tx.append(&event, &Actor::Portal, &stamp).await?;
            tx.set(QUARANTINE, REPLAYED).await?;
            Ok(())
        })
    });
    act.await?;
    Ok(())
}

async fn close_all(tx: &mut Tx, closings: &[Closing], stamp: &Stamp) -> Result<(), Fault> {
    for closing in closings {
        tx.close_again(closing).await?;
        let Closing::Disposal(one) = closing else { continue };
        if let Some(erased) = tx.dispose_again(one).await? {
            // The entries that this database still had are erased by a leaf of their own: the first one's record is lost.
            tx.append(&dispose::replayed(one, &erased), &Actor::Portal, stamp).await?;
        }
    }
    Ok(())
}

/// The entries that this restore lost: those it refilled.
fn spans(plan: &Plan) -> serde_json::Value {
    let count = plan.leaves.len() as u64;
    if count == 0 { serde_json::json!([]) } else { serde_json::json!([[plan.size, plan.size + count - 1]]) }
}

/// Blobs whose keys are gone are deleted and read back, by the same sweep as ever; a removed document's too.
async fn end_blobs(office: &Office, closings: &[Closing]) -> Result<(), No> {
    while !office.read().await?.copies_to_destroy().await?.is_empty() {
        sweep::destroy_blobs(office, None).await?;
    }
    dispose::clear(office).await?;
    for closing in closings.iter().filter(|closing| matches!(closing, Closing::Document { .. })) {
        let objects = office.read().await?.objects_closed_by(closing).await?;
        for object in objects {
            office.vault.destroy(&object).await?;
        }
    }
    Ok(())
}
