//! Whether a portal whose power failed still has every act that it had acknowledged, once, in its place; and whether it goes on.

use std::collections::BTreeSet;
use std::path::Path;

use disclosure_portal::actions::audit;
use disclosure_portal::actions::office::Office;
use disclosure_portal::domain::ids::{CopyId, ReleaseId};
use disclosure_portal::store::log::Entry;
use serde_json::Value;

use super::{acts, replay};
use crate::harness::{Folder, copy_folder, office_in};

/// What one portal after its power failed was found to be.
#[derive(Default)]
pub(super) struct Found {
    /// Acknowledged acts that are not there.
    pub(super) lost: usize,
    /// What contradicts itself.
    pub(super) corrupt: Vec<String>,
}

/// What was acknowledged before the power failed.
#[derive(Default)]
pub(super) struct Acked {
    /// The places of its leaves.
    pub(super) leaves: BTreeSet<usize>,
    /// The blobs that were destroyed by then: a recall and a confirmation say so.
    pub(super) destroyed: BTreeSet<String>,
}

/// The log as it became while the power held.
pub(super) struct Reference(Vec<Entry>);

async fn entries(office: &Office) -> Vec<Entry> {
    office.read().await.unwrap().log_entries(0, 1_000_000, 1_000_000).await.unwrap()
}

fn body(entry: &Entry) -> Value {
    serde_json::from_slice(&entry.opening.as_ref().expect("nothing was erased").1).unwrap()
}

impl Reference {
    /// Read from a copy of the portal that was played at.
    pub(super) async fn of(data: &Path) -> Self {
        let folder = Folder::new();
        copy_folder(data, &folder.0);
        let office = office_in(&folder.0, false).await.unwrap();
        let all = Self(entries(&office).await);
        office.close().await;
        all
    }

    /// Adds an acknowledgement.
    pub(super) fn acknowledge(&self, ack: &str, disk: &replay::Disk, acked: &mut Acked) {
        let said: Value = serde_json::from_str(ack).unwrap();
        assert!(acked.leaves.insert(self.place(&said)), "acknowledged twice: {ack}");
        if said["kind"] == "recall" || said["kind"] == "confirm" {
            acked.destroyed = disk.deleted();
        }
    }

    /// Where the leaf of an acknowledgement stands.
    fn place(&self, ack: &Value) -> usize {
        if let Some(index) = ack["index"].as_u64() {
            return usize::try_from(index).unwrap();
        }
        let says = |entry: &&Entry| ["kind", "object", "copy"].iter().all(|name| body(entry)[*name] == ack[*name]);
        let found: Vec<&Entry> = self.0.iter().filter(says).collect();
        assert_eq!(found.len(), 1, "one leaf for one acknowledgement: {ack}");
        usize::try_from(found[0].index).unwrap()
    }

    /// Opens the portal in `image` and looks for what was acknowledged. `rolled_back`: what was answered "unavailable" may stand at
    /// the end of the log, where it never stood while the power held.
    pub(super) async fn judge(&self, image: &Path, disk: &replay::Disk, acked: &Acked, rolled_back: bool) -> Found {
        // The journal's unfinished names hold what its finished ones say: only a blob must not come back.
        let blobs = acked.destroyed.iter().filter(|name| !name.starts_with("vault/journal/"));
        let back = blobs.filter(|name| image.join(name).exists());
        let back: Vec<String> = back.map(|name| format!("{name} was destroyed, and is back")).collect();
        let acked = &acked.leaves;
        let mut found = Found { lost: 0, corrupt: back };
        let office = match office_in(image, self.0.is_empty() || acked.is_empty()).await {
            Ok(office) => office,
            Err(why) => {
                found.lost = acked.len();
                found.corrupt.push(format!("it does not open: {why}"));
                return found;
            }
        };
        let there = entries(&office).await;
        found.lost = acked.iter().filter(|place| **place >= there.len()).count();
        let sure = if rolled_back { acked.last().map_or(0, |last| last + 1) } else { there.len() };
        for (is, was) in there.iter().zip(&self.0).take(sure) {
            if is.leaf != was.leaf || is.opening != was.opening {
                found.corrupt.push(format!("entry {} is another one", is.index));
            }
        }
        if !rolled_back && there.len() > self.0.len() {
            found.corrupt.push("there are entries that nobody wrote".to_owned());
        }
        for entry in &there {
            carried_out(&office, image, disk, &body(entry), &mut found).await;
        }
        if let Err(why) = acts::leaf(&office).await {
            found.corrupt.push(format!("it takes no more acts: {why:?}"));
        }
        let checked = audit::fsck(&mut office.read().await.unwrap(), &office.log_vkeys).await;
        found.corrupt.extend(checked.map_or_else(|why| vec![format!("{why:?}")], |checked| checked.failures));
        office.close().await;
        found
    }
}

/// Whether what a leaf says was done, acknowledged or not, stands in the other tables and in the vault too.
async fn carried_out(office: &Office, image: &Path, disk: &replay::Disk, said: &Value, found: &mut Found) {
    let mut conn = office.read().await.unwrap();
    let release = said["object"].as_str().and_then(|object| ReleaseId::parse(object.strip_prefix("release/")?));
    let copy = said["copy"].as_str().and_then(CopyId::parse);
    let stands = match (said["kind"].as_str(), release, copy) {
        (Some("recall"), Some(id), _) => {
            conn.release(id).await.unwrap().is_some_and(|filed| filed.release.word(office.now()) == "recalled")
        }
        (Some("confirm"), _, Some(id)) => {
            conn.copy(id).await.unwrap().is_some_and(|row| row.confirmed_at.is_some() && row.wrapped_key.is_none())
        }
        (Some("acknowledge"), _, Some(id)) => {
            conn.copy(id).await.unwrap().is_some_and(|row| row.acknowledged_at.is_some())
        }
        (Some("authorise"), Some(id), _) => {
            let copies = conn.copies_of_release(id).await.unwrap();
            let mut whole = !copies.is_empty();
            for row in copies.iter().filter(|row| row.wrapped_key.is_some()) {
                for part in conn.parts(CopyId::parse(&row.id).unwrap()).await.unwrap() {
                    let name = format!("vault/{}/{}", &part.object[..2], part.object);
                    let blob = std::fs::read(image.join(&name)).ok();
                    whole &= blob.is_some() && disk.written(&name).is_none_or(|was| Some(was) == blob);
                }
            }
            whole
        }
        _ => true,
    };
    if !stands {
        found.corrupt.push(format!("its leaf is there, but not what it says: {said}"));
    }
}
