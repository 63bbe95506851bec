//! A restore, in two halves. The first puts an archive in place, in quarantine; an operator of PostgreSQL puts the database in place by
//! its own means and calls [`begin`]. The second half, [`finish`](finish::finish), is the same for both: what happened since is
//! replayed, so that nothing that was destroyed comes back (P9), and only then the portal opens.
//!
//! Absent on purpose: a way to open without the second half; going on under the same name when more was signed than can be refilled.
//! Proved by `tests/it/restore`.

pub mod finish;
pub mod plan;
pub mod unpack;

use crate::actions::{No, Office};
use crate::store::backup::{PUT_BACK, QUARANTINE};

/// Puts the quarantine mark on a database that was put back by other means; harmless where it stands.
pub async fn begin(office: &Office) -> Result<(), No> {
    office
        .act(|tx| {
            Box::pin(async move {
                if tx.setting(QUARANTINE).await?.is_none() {
                    tx.set(QUARANTINE, PUT_BACK).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}
