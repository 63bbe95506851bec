//! Every instance has the same web and blind keys: the database names them, without telling them.
//!
//! Absent on purpose: the log's and the records key, which are checked against what they signed and sealed.
//! Proved by `tests/it/instances` and `tests/it/journeys/rotation.rs`.

use super::keyfiles::id_of;
use crate::actions::Fault;
use crate::store::{Db, Hold};

/// The setting that names the web and blind keys without telling them.
pub(super) const SAME_KEYS: &str = "instance_keys";

/// What that setting says of two keys.
pub(super) fn named_keys(web: &[u8; 32], blind: &[u8; 32]) -> String {
    format!("web {} blind {}", id_of(web), id_of(blind))
}

/// Every instance has the same keys: with another web key, visits begun at one end at the next; with another blind key nobody is found.
/// The first to open a database names its own there. (Log and records keys are checked against what they signed and sealed.)
/// Whoever has the database alone may come with another web key: that is how it is replaced.
pub(super) async fn agree(db: &Db, how: Hold, web: &[u8; 32], blind: &[u8; 32]) -> Result<(), Fault> {
    let mine = named_keys(web, blind);
    let named = db.read().await?.setting(SAME_KEYS).await?;
    let named = if let Some(named) = named {
        named
    } else {
        let name = mine.clone();
        let act = db.writer().act(move |tx| {
            Box::pin(async move {
                let first = tx.setting(SAME_KEYS).await?;
                if first.is_none() {
                    tx.set(SAME_KEYS, &name).await?;
                }
                Ok(first.unwrap_or(name))
            })
        });
        act.await.map_err(|no| Fault::Other(format!("this database cannot be written: {no:?}")))?.into_inner()
    };
    let half = |names: &str| names.rsplit(' ').next().map(str::to_owned);
    if named == mine || (how != Hold::Shared && half(&named) == half(&mine)) {
        return Ok(());
    }
    Err(Fault::Other(
        "the web or the blind key here is not the one that this database is used with: every instance has the same key files".to_owned(),
    ))
}
