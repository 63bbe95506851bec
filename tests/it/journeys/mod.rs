//! Stories, each in a file of its own, told through the actions that the pages call.

mod approvals;
mod at_rest;
mod breaks;
mod certificates;
mod consulted;
pub(crate) mod corrections;
mod decision;
pub(crate) mod demands;
mod duties;
mod end;
mod expiry;
mod inspections;
mod jobs;
mod lapses;
mod leavers;
pub(crate) mod leaving;
mod letters;
mod limit_doors;
mod limits;
pub(crate) mod mail;
mod mail_slow;
mod messages;
mod numbering;
mod oldest;
mod other_records;
mod paper;
mod papers;
mod passkey_refusals;
mod passkeys;
mod prints;
mod raw_files;
mod recall_race;
mod recovery;
mod registers;
mod renewal;
mod reports;
mod request;
mod resent;
pub(crate) mod retention;
mod review;
mod reworded;
mod roles;
mod rotation;
mod rulings;
mod search;
mod sheets;
mod sign_in;
mod standing;
mod statements;
mod statements_read;
mod step_up;
mod stranger;
mod swapped_keys;
mod texts;
mod two_areas;
mod units;
mod void;
mod waiting;

use disclosure_portal::actions::deliver::{self, Opened};
use disclosure_portal::actions::{No, Stamp};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::Plot;
use disclosure_portal::domain::ids::{CopyId, PartId};
use disclosure_portal::domain::release::request::Purpose;

pub(crate) use self::renewal::at_desk;
use crate::harness::Scene;

/// A text-only case that meets every rule.
const PLOT: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[],
    danger: false,
};

/// The part of a copy with this rendition, at this position.
pub(crate) async fn part(scene: &Scene, copy: CopyId, rendition: &str, position: i64) -> PartId {
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let found = parts.iter().find(|part| part.rendition == rendition && part.position == position).expect("the part");
    PartId::parse(&found.id).unwrap()
}

/// Opens a part as its holder's browser asks for it.
pub(crate) async fn open(scene: &Scene, who: &Somebody, copy: CopyId, part: PartId) -> Result<Opened, No> {
    let stamp = Stamp { client: "192.0.2.7".into(), request: "test".into() };
    deliver::open_part(&scene.office, &who.actor, copy, part, Purpose::Prevention, stamp).await
}

/// How many sealed blobs lie in the vault.
pub(crate) fn blobs(scene: &Scene) -> usize {
    fn count(dir: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        let entries = entries.filter(|path| !path.ends_with("journal"));
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&scene.folder.0.join("vault"))
}

/// Not found, the same as for something that does not exist (P10).
fn hidden<T: std::fmt::Debug>(result: Result<T, No>) {
    match result {
        Err(No::NotFound) => {}
        other => panic!("not hidden: {other:?}"),
    }
}

/// Whatever the demo's story left with its holders was confirmed: nobody owes anything but of what a test releases (K8.2).
fn nothing_owed(scene: &Scene) {
    let story = "SELECT id FROM release WHERE urn IN ('CZ/001/26', 'CZ/002/26', 'CZ/003/26', 'CZ/004/26', 'NH/001/26')";
    scene.sql(&format!("UPDATE copy SET confirmed_at = 1, outcome = 'destroyed' WHERE release_id IN ({story})"));
}
