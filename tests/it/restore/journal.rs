//! The journal beside the vault: published late by a second at most, never backwards, never anything that does not give the signed
//! root; and closings before anything is destroyed.

use std::collections::BTreeSet;
use std::path::Path;

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::publish::Publisher;
use disclosure_portal::actions::{Stamp, release, sweep};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::releases::{copy_of, recall, sign_reason};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::ledger::checkpoint::{LogKey, open};
use disclosure_portal::ledger::layout::entries_of;
use disclosure_portal::ledger::tree::Hash;
use disclosure_portal::store::journal::{Closing, Journal};
use disclosure_portal::store::vault::Vault;

use super::{note, objects, publish, size, there};
use crate::harness::{Scene, noon, who};

/// The journal's files.
fn files(scene: &Scene) -> BTreeSet<String> {
    fn below(dir: &Path, prefix: &str, all: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten().map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                below(&entry.path(), &format!("{name}/"), all);
            } else {
                all.insert(name);
            }
        }
    }
    let mut all = BTreeSet::new();
    below(&scene.folder.0.join("vault/journal"), "", &mut all);
    all.retain(|name| !name.starts_with("closings/"));
    all
}

/// Appends until the log has `to` entries.
async fn grow(office: &Office, to: u64) {
    let from = size(office).await;
    let act = office.act(move |tx| {
        Box::pin(async move {
            for _ in from..to {
                tx.append(&Event::new(Kind::Consulted, "log"), &Actor::Portal, &Stamp::default()).await?;
            }
            Ok(())
        })
    });
    act.await.unwrap();
}

#[actix_web::test]
async fn bundles_and_checkpoint_follow_the_log_and_hold_nothing_of_the_records() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let checkpoint = |size: u64| format!("checkpoint/{size:020}");
    let mut publisher = Publisher::default();
    for (grown, bundles) in [
        (200, vec!["tile/entries/000.p/200"]),
        (250, vec!["tile/entries/000.p/250"]),
        (256, vec!["tile/entries/000"]),
        (520, vec!["tile/entries/000", "tile/entries/001", "tile/entries/002.p/8"]),
        (530, vec!["tile/entries/000", "tile/entries/001", "tile/entries/002.p/18"]),
    ] {
        grow(office, grown).await;
        publisher.round(office).await.unwrap();
        // Twice, and by another instance that knows nothing: the same.
        publisher.round(office).await.unwrap();
        publish(office).await;
        let mut expected: BTreeSet<String> = bundles.into_iter().map(str::to_owned).collect();
        expected.insert(checkpoint(grown));
        assert_eq!(files(&scene), expected);
    }
    let dir = scene.folder.0.join("vault/journal");
    let published = std::fs::read_to_string(dir.join(checkpoint(530))).unwrap();
    assert_eq!(published, note(office).await);
    assert_eq!(open(&published, &office.log_vkey).unwrap().size(), 530);
    let entries = entries_of(&std::fs::read(dir.join("tile/entries/000")).unwrap()).unwrap();
    let stored = office.read().await.unwrap().log_entries(0, 256, 256).await.unwrap();
    assert!(stored.iter().map(|entry| &entry.leaf).eq(entries.iter()));
    // An older writer that comes late replaces nothing.
    let journal = Journal::of(&Vault::local(&scene.folder.0.join("vault")).unwrap());
    journal.put_checkpoint(7, "late").await.unwrap();
    assert_eq!(journal.newest().await.unwrap(), Some((530, published)));
    assert_eq!(journal.leaves(250, 530).await.unwrap().unwrap().len(), 280);
    assert_eq!(journal.leaves(0, 531).await.unwrap(), None);
}

#[actix_web::test]
async fn a_flipped_bit_does_not_leave_the_house() {
    let scene = Scene::new().await;
    publish(&scene.office).await;
    let before = files(&scene);
    grow(&scene.office, size(&scene.office).await + 3).await;
    let newest = size(&scene.office).await - 1;
    scene.sql(&format!(
        "DROP TRIGGER log_leaf_never_changes; UPDATE log_leaf SET leaf = CAST(replace(CAST(leaf AS TEXT), 'consult', 'consulx') AS BLOB) WHERE idx = {newest}"
    ));
    let refused = Publisher::default().round(&scene.office).await;
    assert!(format!("{refused:?}").contains("nothing is published"), "{refused:?}");
    assert_eq!(files(&scene), before);
}

#[actix_web::test]
async fn nothing_is_destroyed_before_it_is_durably_closed() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, who("Priya"));
    let id = scene.release("CZ/004/26").await;
    let copy = copy_of(office, priya, id).await.unwrap();
    let blobs = objects(office, copy).await;
    // A journal that cannot be written.
    let journal = scene.folder.0.join("vault/journal");
    std::fs::remove_dir_all(&journal).unwrap();
    std::fs::write(&journal, "in the way").unwrap();
    let destroyed = scene.records("destroy").await.len();
    recall(office, who("Sam"), id, "Met.").await.unwrap();
    assert!(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().wrapped_key.is_none(), "closed at once");
    assert_eq!(there(&scene.folder.0, &blobs), blobs.len(), "destroyed without a closing");
    assert_eq!(scene.records("destroy").await.len(), destroyed);
    assert!(sweep::round(office).await.is_err());
    std::fs::remove_file(&journal).unwrap();
    sweep::round(office).await.unwrap();
    assert_eq!(there(&scene.folder.0, &blobs), 0);
    assert_eq!(scene.records("destroy").await.len(), destroyed + 2, "Morgan's copy too");
    let closings = Journal::at(&journal).unwrap().closings().await.unwrap();
    let (id, sam) = (id.to_string(), who("Sam").id.to_string());
    let of_copies = closings.iter().filter(|closing| {
        matches!(closing, Closing::Copy { release, why, outcome: None, .. } if *release == id && why == "recalled")
    });
    assert_eq!(of_copies.count(), 2);
    let of_release =
        |closing: &Closing| matches!(closing, Closing::Release { id: release, by, .. } if *release == id && *by == sam);
    assert!(closings.iter().any(of_release));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_voided_release_is_closed_in_the_journal_as_a_recalled_one_is() {
    let scene = Scene::new().await;
    let (office, sam, id) = (&scene.office, who("Sam"), scene.release("CZ/004/26").await);
    let form = sign_reason(office, sam, "void", id, "Issued in error.").unwrap();
    release::void(office, &sam.actor, id, &form, stamp()).await.unwrap();
    sweep::round(office).await.unwrap();
    publish(office).await;
    let closings = Journal::at(&scene.folder.0.join("vault/journal")).unwrap().closings().await.unwrap();
    let id = id.to_string();
    assert!(closings.iter().any(|closing| matches!(closing, Closing::Release { id: release, .. } if *release == id)));
    let copies = |closing: &&Closing| matches!(closing, Closing::Copy { release, .. } if *release == id);
    assert_eq!(closings.iter().filter(copies).count(), 2);
}

#[actix_web::test]
async fn closings_go_once_no_backup_can_hold_what_they_close() {
    let scene = Scene::new().await;
    recall(&scene.office, who("Sam"), scene.release("CZ/004/26").await, "Met.").await.unwrap();
    let count = async || Journal::at(&scene.folder.0.join("vault/journal")).unwrap().closings().await.unwrap().len();
    // The template's own recall was twenty days before.
    let all = count().await;
    assert!(all >= 3, "{all}");
    let mut publisher = Publisher::default();
    scene.later(31 * 86_400_000);
    publisher.round(&scene.office).await.unwrap();
    assert_eq!(count().await, 3, "thirty days, and the day they were written");
    scene.later(86_400_000);
    publisher.round(&scene.office).await.unwrap();
    assert_eq!(count().await, 0);
}

#[actix_web::test]
async fn a_database_older_than_what_was_published_is_not_opened() {
    let scene = Scene::new().await;
    // As an operator would who puts a file back by hand.
    let older = scene.folder.0.join("older.sqlite");
    scene.sql(&format!("VACUUM INTO '{}'", older.display()));
    grow(&scene.office, size(&scene.office).await + 5).await;
    publish(&scene.office).await;
    let settings = scene.office.settings.clone();
    let (folder, published) = (scene.folder.0.clone(), size(&scene.office).await);
    let scene = scene.restarted().await;
    let crate::harness::Scene { office, folder: kept, .. } = scene;
    std::sync::Arc::into_inner(office).unwrap().close().await;
    std::fs::rename(&older, folder.join("portal.sqlite")).unwrap();
    for rest in ["portal.sqlite-wal", "portal.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.join(rest));
    }
    let refused =
        |settings| async { Office::open(settings, Clock::manual(noon()), false).await.err().unwrap().to_string() };
    let why = refused(settings.clone()).await;
    assert!(why.contains("older than what was published") && why.contains(&published.to_string()), "{why}");
    // Of another history: signed, and of no more entries than the database has.
    let seed = std::fs::read_to_string(folder.join("keys/log.key")).unwrap();
    let seed: [u8; 32] = hex::decode(seed.trim()).unwrap().try_into().unwrap();
    let other = LogKey::from_seed(disclosure_portal::demo::LOG_NAME, &seed).unwrap().sign(9, Hash([7; 32])).unwrap();
    let checkpoints = folder.join("vault/journal/checkpoint");
    std::fs::remove_dir_all(&checkpoints).unwrap();
    std::fs::create_dir(&checkpoints).unwrap();
    std::fs::write(checkpoints.join(format!("{:020}", 9)), other).unwrap();
    let why = refused(settings.clone()).await;
    assert!(why.contains("two histories"), "{why}");
    // A checkpoint that the log's key did not sign is told apart.
    std::fs::write(folder.join("vault/journal/checkpoint").join(format!("{:020}", 999_999)), "made up").unwrap();
    let why = refused(settings).await;
    assert!(why.contains("did not sign"), "{why}");
    drop(kept);
}
