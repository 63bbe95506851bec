//! Orphans: blobs that nothing speaks of, left behind by acts that failed after they had stored them. Sealed, and opened by nobody; but
//! kept for nothing, and a removed document's bytes must go (P9).
//!
//! Promises: deletes only what is older than a day by the store's own clock and what neither a reader nor the writer knows, so that no
//! act under way loses its blob; touches nothing that is not named as a blob; holds one shelf of names (a 256th) and one page of a
//! listing in memory. At most once an hour, and not in the first one: an operator who started on the wrong database has time to see it.
//! Absent on purpose: a leaf. What was never recorded has nothing to say, and a removed document's removal is on the log already.
//! Proved by `tests/it/vault/orphans.rs`.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;

use crate::actions::jobs::run;
use crate::actions::office::slow;
use crate::actions::sweep::{lease, write_closings};
use crate::actions::{No, Office};
use crate::domain::moment::Moment;

/// How old a blob is before anybody asks for its row, milliseconds: a blob is stored seconds before its row.
const AGE_MS: i64 = 24 * 3_600_000;
/// How long from one sweep to the next, and from the start to the first.
const EVERY: Duration = Duration::from_hours(1);

/// After so many that could not be deleted a sweep ends, until the next one.
const FAILURES: u64 = 10;

/// Whose turn it is: once an hour.
#[derive(Debug)]
pub struct Hourly(Mutex<Instant>);

impl Default for Hourly {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Hourly {
    /// Whether an hour has gone since the last turn; if so, this is one.
    fn turn(&self, now: Instant) -> bool {
        let Ok(mut last) = self.0.lock() else { return false };
        let due = now.duration_since(*last) >= EVERY;
        if due {
            *last = now;
        }
        due
    }
}

/// Sweeps if an hour has gone since the last time; proves the vault anew at the same time, because a bucket can be changed under us.
pub(super) async fn hourly(office: &Office) -> Result<(), No> {
    if !office.hourly.turn(Instant::now()) {
        return Ok(());
    }
    // Two at once would do no harm, only the same work.
    match lease(office, "orphans").await? {
        Some(_) => run(office, "orphans", async { sweep(office).await.map(drop) }).await,
        None => Ok(()),
    }
}

/// Deletes every orphan; how many there were.
pub async fn sweep(office: &Office) -> Result<u64, No> {
    // A removed document's bytes go here too: its removal is in the journal first.
    write_closings(office).await?;
    let now = office.vault.prove().await.map_err(|fault| {
        tracing::error!(cause = %fault, "the vault is not fit to be used");
        No::Unavailable
    })?;
    let then = now.plus_millis(-AGE_MS);
    let mut swept = Swept::default();
    for shelf in 0..=u8::MAX {
        sweep_shelf(office, shelf, then, &mut swept).await?;
    }
    let vault = office.vault.clone();
    let unfinished = slow(move || vault.clear_unfinished(then)).await??;
    let all = swept.gone + unfinished;
    if all > 0 || swept.failed > 0 {
        tracing::warn!(count = all, failed = swept.failed, "blobs that nothing spoke of were deleted");
    }
    Ok(all)
}

#[derive(Default)]
struct Swept {
    gone: u64,
    failed: u64,
}

async fn sweep_shelf(office: &Office, shelf: u8, then: Moment, swept: &mut Swept) -> Result<(), No> {
    let mut pages = std::pin::pin!(office.vault.shelf(shelf, then));
    while let Some(mut page) = pages.try_next().await? {
        let known = office.read().await?.blobs_on_shelf(shelf).await?;
        page.retain(|name| !known.contains(name));
        if page.is_empty() {
            continue;
        }
        // Asked again where nothing is written meanwhile: a reader may be behind.
        let asked = office.act(move |tx| {
            Box::pin(async move {
                let mut unknown = Vec::new();
                for name in page {
                    if !tx.blob_is_named(&name).await? {
                        unknown.push(name);
                    }
                }
                Ok(unknown)
            })
        });
        for name in asked.await?.into_inner() {
            match office.vault.destroy(&name).await {
                Ok(()) => swept.gone += 1,
                // One that cannot be deleted does not keep the others; a vault that fails does.
                Err(no) if swept.failed >= FAILURES => return Err(no),
                Err(_) => swept.failed += 1,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_an_hour_and_not_in_the_first_one() {
        let hourly = Hourly::default();
        let start = *hourly.0.lock().unwrap();
        let turns = [0, 3_599, 3_600, 3_601, 7_199, 7_200, 7_205].map(|s| hourly.turn(start + Duration::from_secs(s)));
        assert_eq!(turns, [false, false, true, false, false, true, false]);
    }
}
