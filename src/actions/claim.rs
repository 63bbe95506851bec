//! Whose vault it is: the database and the vault each hold the same random word, so that no other portal's blobs are taken for orphans.
//!
//! Promise: a portal does not start on a vault that another one's word stands in. Absent on purpose: making it ours by a command;
//! whoever moves a vault moves its word along. Proved by `tests/it/vault/`.

use crate::actions::{Fault, No};
use crate::clock;
use crate::store::Db;
use crate::store::vault::Vault;

/// Where the word stands in the settings.
const WORD: &str = "vault.owner";

/// Proves that a vault is fit and ours; one that is nobody's becomes ours.
pub(super) async fn claim(db: &Db, vault: &Vault) -> Result<(), Fault> {
    vault.prove().await?;
    let there = vault.owner().await?;
    let here = db.read().await?.setting(WORD).await?;
    match (here, there) {
        (Some(here), Some(there)) if here == there => Ok(()),
        (here, None) => {
            let fresh = here.unwrap_or_else(|| hex::encode(clock::random::<16>()));
            vault.own(&word(db, fresh).await?).await
        }
        (_, Some(_)) => Err(Fault::Other(format!(
            "{} is another portal's: its file `owner` does not fit this database. Starting here could delete what is that portal's. \
             Name a place of this portal's own, or restore the database that belongs to it",
            vault.words()
        ))),
    }
}

/// The word in force: two instances that start at once agree on one.
async fn word(db: &Db, fresh: String) -> Result<String, Fault> {
    let act = db.writer().act(move |tx| {
        Box::pin(async move {
            if let Some(word) = tx.setting(WORD).await? {
                return Ok(word);
            }
            tx.set(WORD, &fresh).await?;
            Ok(fresh)
        })
    });
    match act.await {
        Ok(word) => Ok(word.into_inner()),
        Err(No::Broken(fault)) => Err(fault),
        Err(_) => Err(Fault::Other("the database could not be written to".to_owned())),
    }
}
