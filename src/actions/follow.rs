//! What the other instances did that this one must know within two seconds: copies that ended, who is suspended, and how far the log's time
//! is.
//!
//! Absent on purpose: anything that the gate of a view relies on; it asks the store itself, inside its act. This only ends answers that
//! are already running (P3). Proved by `tests/it/instances.rs`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::actions::{No, Office};
use crate::domain::moment::Moment;

/// How often the store is asked.
const EVERY: Duration = Duration::from_millis(500);

/// Asks once: closes on the board whatever ended at or after `since`, and answers from when to ask next. The first time that is the
/// newest leaf: no answer of this process began before it, and whatever ends later does so at its time or after, whoever's clock it is.
pub async fn hear(office: &Office, since: Option<Moment>) -> Result<Moment, No> {
    let asked = Instant::now();
    let mut conn = office.read().await?;
    let newest = conn.log_at().await?;
    let since = since.unwrap_or(newest);
    let ended = conn.copies_ended_since(since).await?;
    let suspended = conn.suspended().await?;
    let next = ended.last().map_or(since, |(_, at)| *at);
    for (copy, _) in ended {
        office.board.close(copy);
    }
    office.board.suspended_are(suspended.into_iter().collect());
    office.db.writer().saw(newest);
    office.board.heard(asked);
    Ok(next)
}

/// For ever. Where nobody else writes to the database there is nobody to follow.
pub async fn follow(office: Arc<Office>) {
    if office.settings.store.postgres.is_none() {
        return;
    }
    office.board.heard(Instant::now());
    let mut since = None;
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        match tokio::time::timeout(EVERY * 2, hear(&office, since)).await {
            Ok(Ok(next)) => since = Some(next),
            Ok(Err(no)) => tracing::warn!(cause = %no, "the other instances were not heard: running answers stop"),
            Err(_) => tracing::warn!("the database does not answer: running answers stop"),
        }
    }
}
