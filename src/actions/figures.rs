//! The figures of this process, gathered when a collector asks.

use crate::actions::office::{DECODING, HASHING, ORIGINALS};
use crate::actions::{Fault, No, Office, ready};

/// Everything there is, as text; `uploads`: how many of the web's seats are taken. Looks at readiness on the way, so that its
/// figures are never older than some seconds.
pub async fn text(office: &Office, uploads: usize) -> Result<String, No> {
    ready::failing(office).await;
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let metrics = &office.metrics;
    let (in_use, idle) = office.db.readers();
    metrics.readers(whole(in_use), whole(idle));
    for (kind, taken) in [
        ("originals", ORIGINALS.saturating_sub(office.originals.available_permits())),
        ("decoding", DECODING.saturating_sub(office.decoding.available_permits())),
        ("hashing", HASHING.saturating_sub(office.hashing.available_permits())),
        ("uploads", uploads),
    ] {
        metrics.seats(kind, whole(taken));
    }
    metrics.times(office.db.writer().newest(), office.clock.now());
    metrics.text().map_err(|_| Fault::Other("the figures cannot be written".to_owned()).into())
}
