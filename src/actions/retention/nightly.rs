//! The night's work: once a night the database's free pages are cleaned, so that what was destroyed by day is gone from its files (P9).
//!
//! Promises: of several instances one does it, after its quiet hour has begun, also when nobody was up at that hour; one that failed is
//! tried again in the next round, and its failure is counted; how long it took is told. Absent on purpose: safety hanging on it: what was
//! destroyed opens for nobody from its own moment on. Proved by `tests/it/journeys/raw_files.rs`.

use std::time::Instant;

use crate::actions::jobs::{idle, run};
use crate::actions::retention::dispose;
use crate::actions::sweep::lease;
use crate::actions::{No, Office};
use crate::domain::moment::Moment;
use crate::domain::retention::last_night;
use crate::store::cleaning::{self, Bodies};

/// When free pages were cleaned last, milliseconds.
const CLEANED: &str = "cleaned_at";

/// What is due of the night's work.
pub async fn round(office: &Office) -> Result<(), No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let goes = !conn.disposals_to_do(now).await?.is_empty() || !conn.disposals_to_clear().await?.is_empty();
    let last = conn.setting(CLEANED).await?.and_then(|text| text.parse().ok()).map(Moment::from_millis);
    drop(conn);
    // A portal that never cleaned begins tonight.
    let Some(last) = last else { return mark(office, now).await };
    let cleans = last < last_night(now);
    // Nothing to do is a round that went well: by day there is nothing.
    for (name, due) in [("dispose", goes), ("clean", cleans)] {
        if !due {
            idle(office, name).await;
        }
    }
    if !goes && !cleans {
        return Ok(());
    }
    let Some(lease) = lease(office, "night").await? else { return Ok(()) };
    // What cannot be disposed of keeps nothing else from being cleaned away.
    let disposed = if goes {
        run(office, "dispose", async { dispose::round(office, &lease).await.map(drop) }).await
    } else {
        Ok(())
    };
    if cleans {
        run(office, "clean", clean(office, last, now)).await?;
    }
    disposed
}

/// Cleans the database's free pages now, for the first time since `last`, and writes down that it was done.
pub async fn clean(office: &Office, last: Moment, now: Moment) -> Result<(), No> {
    let began = Instant::now();
    // A round may have ended between erasing and cleaning: a day more is looked at than has to be.
    let erased = office.read().await?.disposed_since(last.plus_millis(-86_400_000)).await?;
    let bodies = if erased { Bodies::Erased } else { Bodies::Untouched };
    cleaning::clean(&office.settings.store, bodies).await?;
    let us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(us, "the database's free pages were cleaned");
    mark(office, now).await
}

async fn mark(office: &Office, now: Moment) -> Result<(), No> {
    office.act(move |tx| Box::pin(async move { Ok(tx.set(CLEANED, &now.millis().to_string()).await?) })).await?;
    Ok(())
}
