//! Photographs of a request: checked, sealed to the unit at once, stored before their rows (P4).
//!
//! Absent on purpose: opening one again; the unit alone can. What stays behind without a row goes with the sweep of orphans.

use std::sync::Arc;

use crate::actions::office::{slow, ten};
use crate::actions::{No, Office};
use crate::domain::ids::{PhotographId, ReleaseId};
use crate::sealing::age::Recipient;
use crate::sealing::{copy, image};
use crate::store::releases::Photograph;

/// Checks each file (bombs, truncation, foreign types), seals it to the unit, stores the blob. Blob first, then the row. `first`: the
/// place of the first among the request's photographs.
pub(super) async fn store(
    office: &Office,
    release: ReleaseId,
    unit: &Recipient,
    first: i64,
    files: Vec<Vec<u8>>,
) -> Result<Vec<Photograph>, No> {
    let mut rows = Vec::new();
    let many = files.len() > 1;
    for (n, bytes) in files.into_iter().enumerate() {
        let turn = Arc::clone(&office.decoding).acquire_owned().await.map_err(|_| No::Unavailable)?;
        let unit = unit.clone();
        let checked = slow(move || {
            let _turn = turn;
            let bytes = zeroize::Zeroizing::new(bytes);
            let admitted = image::admit(&bytes).map_err(|why| why.to_string())?;
            let sealed = copy::seal_original(&bytes, &unit).map_err(|why| why.to_string())?;
            Ok::<_, String>((admitted, sealed))
        })
        .await?;
        let (admitted, sealed) = match checked {
            Ok(ready) => ready,
            Err(why) => {
                let objects: Vec<String> = rows.iter().map(|row: &Photograph| row.object.clone()).collect();
                drop_blobs(office, &objects).await;
                let which = if many { format!("Photograph {}: ", n + 1) } else { String::new() };
                return Err(No::field("photographs", format!("{which}{why}")));
            }
        };
        rows.push(Photograph {
            id: PhotographId::fresh(office.now(), ten()).to_string(),
            release_id: release.to_string(),
            position: first + i64::try_from(n).unwrap_or(0),
            width: i64::from(admitted.width),
            height: i64::from(admitted.height),
            sha256: hex::encode(admitted.sha256),
            object: office.vault.put(sealed).await?,
        });
    }
    Ok(rows)
}

/// Takes back blobs whose rows were not written, because an act said no. Where it said "unavailable", nobody knows whether it was
/// committed: the blobs stay, and the sweep of orphans asks the store when it answers again.
pub(in crate::actions) async fn take_back(office: &Office, said: &No, objects: &[String]) {
    if !matches!(said, No::Unavailable) {
        drop_blobs(office, objects).await;
    }
}

/// Destroys blobs that no row names any more. What fails here is left to the sweep of orphans.
pub(in crate::actions) async fn drop_blobs(office: &Office, objects: &[String]) {
    for object in objects {
        match office.vault.destroy(object).await {
            Ok(()) => {}
            // The others would only wait as long for the same answer.
            Err(No::Unavailable) => break,
            Err(no) => tracing::warn!(cause = %no, "a sealed blob without a row stays behind"),
        }
    }
}
