//! Another records key: every field under it and none under the one before, whatever moment the machine stops at. Another log key: the
//! same log goes on, and strangers follow it with the keys they were handed.

use std::sync::Arc;

use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{audit, rotate};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::verify::verify;
use disclosure_portal::sealing::lock::RecordsKey;
use disclosure_portal::store::rekey::SOURCES;
use zeroize::Zeroizing;

use super::{open, part};
use crate::harness::{Folder, Scene, Stopped, noon, who};
use crate::ledger::stranger::logcheck;

fn key_file(folder: &Folder) -> RecordsKey {
    let text = std::fs::read_to_string(folder.0.join("keys/records.key")).unwrap();
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), key.as_mut()).unwrap();
    RecordsKey::from_bytes(key)
}

/// How many fields there are, and how many this key opens.
async fn count(office: &Office, key: &RecordsKey) -> (usize, usize) {
    let (mut all, mut opened) = (0, 0);
    let mut conn = office.read().await.unwrap();
    for source in SOURCES {
        let fields = conn.sealed_fields(source).await.unwrap();
        // The demo's story has no open invitation; nobody objected, reported, corrected or was asked elsewhere in it.
        let none = [
            "invitation",
            "issue",
            "representation",
            "ruling",
            "consultation",
            "duty",
            "report",
            "revision",
            "review",
            "review_part",
            "limit_change",
            "demand",
            "demand_visit",
            "confirmation",
            "inspection",
            "disposal",
            "legal_hold",
            "print_act",
            "leaving",
        ]
        .contains(&source.table);
        assert!(!fields.is_empty() || none, "{}.{}", source.table, source.column);
        all += fields.len();
        opened += fields.iter().filter(|field| rotate::opens(source, field, key)).count();
    }
    (all, opened)
}

async fn stopped() -> Stopped {
    let scene = Scene::new().await;
    super::corrections::one_made(&scene).await;
    super::demands::one_made(&scene).await;
    scene.stopped().await
}

fn files(folder: &Folder) -> Vec<String> {
    let names = std::fs::read_dir(folder.0.join("keys")).unwrap();
    let mut names: Vec<String> = names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const USUAL: [&str; 4] = ["blind.key", "log.key", "records.key", "web.key"];

#[actix_web::test]
async fn every_field_is_under_the_new_key_and_none_under_the_old_one() {
    let closed = stopped().await;
    let old = key_file(&closed.folder);
    let before = closed.open(Hold::Alone).await;
    let (all, opened) = count(&before, &old).await;
    assert_eq!(all, opened);
    let changed = rotate::records(before, stamp()).await.unwrap();
    assert_eq!(changed, all);
    assert_eq!(files(&closed.folder), USUAL);
    let new = key_file(&closed.folder);
    let after = closed.open(Hold::Shared).await;
    assert_eq!((count(&after, &new).await, count(&after, &old).await), ((all, all), (all, 0)));
    let scene = closed.scene(after);
    let leaves = scene.records("key.records").await;
    assert_eq!((leaves.len(), leaves[0].1["fields"].as_u64()), (1, Some(all as u64)));
    // The portal does what it did: a view opens its second lock.
    let priya = who("Priya");
    let copy = copy_of(&scene.office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    assert!(open(&scene, priya, copy, screen).await.is_ok());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_stop_at_any_step_leaves_a_portal_that_opens() {
    let closed = stopped().await;
    let first = key_file(&closed.folder);
    // After the new key is written, before anything is under it.
    let office_1 = closed.open(Hold::Alone).await;
    drop(rotate::prepare(&office_1).unwrap());
    office_1.close().await;
    assert_eq!(files(&closed.folder).len(), 5);
    let again = closed.open(Hold::Shared).await;
    let (all, opened) = count(&again, &first).await;
    assert_eq!(all, opened);
    again.close().await;
    assert_eq!(files(&closed.folder), USUAL, "the key that never came into force is gone");
    // After the commit, before the file has its usual name; twice, so that the second one begins where the first stopped.
    let mut before = first;
    for _ in 0..2 {
        let office_2 = closed.open(Hold::Alone).await;
        let next = rotate::prepare(&office_2).unwrap();
        rotate::commit(&office_2, &next, stamp()).await.unwrap();
        office_2.close().await;
        let again = closed.open(Hold::Shared).await;
        let new = key_file(&closed.folder);
        assert_eq!((count(&again, &new).await, count(&again, &before).await), ((all, all), (all, 0)));
        again.close().await;
        assert_eq!(files(&closed.folder), USUAL);
        before = new;
    }
    // Without the key in force the portal says which one it wants, and does not make another.
    std::fs::remove_file(closed.folder.0.join("keys/records.key")).unwrap();
    let told = Office::open(closed.settings.clone(), Clock::manual(noon()), true).await.err().unwrap().to_string();
    assert!(told.contains("records key") && told.contains("is not in"), "{told}");
}

#[actix_web::test]
async fn another_web_key_is_the_one_that_every_instance_must_have() {
    let closed = stopped().await;
    let file = &closed.settings.keys.web;
    let before = std::fs::read(file).unwrap();
    // Cut short after the file was written: a shared start is refused, doing it again is not.
    std::fs::write(file, format!("{}\n", "cd".repeat(32))).unwrap();
    let told = Office::open(closed.settings.clone(), Clock::manual(noon()), false).await.err().unwrap().to_string();
    assert!(told.contains("every instance has the same key files"), "{told}");
    rotate::web(closed.open(Hold::Alone).await, stamp()).await.unwrap();
    assert!(std::fs::read(file).unwrap() != before);
    let scene = closed.open(Hold::Shared).await;
    let scene = closed.scene(scene);
    assert_eq!(scene.records("key.web").await.len(), 1);
    // The key before is refused from here on.
    let mut settings = scene.settings();
    settings.keys.web = scene.folder.0.join("web-before.key");
    disclosure_portal::actions::office::write_secret(&settings.keys.web, &String::from_utf8(before).unwrap()).unwrap();
    assert!(Office::open(settings, Clock::manual(noon()), false).await.is_err());
}

#[actix_web::test]
async fn a_running_portal_is_noticed() {
    let scene = Scene::new().await;
    let settings = scene.settings();
    let open = |how| Office::open_as(settings.clone(), Clock::manual(noon()), false, how);
    let told = open(Hold::Alone).await.err().unwrap().to_string();
    assert!(told.contains("stop it first"), "{told}");
    open(Hold::Shared).await.unwrap().close().await;
    Arc::try_unwrap(scene.office).ok().unwrap().close().await;
    let alone = open(Hold::Alone).await.unwrap();
    let told = open(Hold::Shared).await.err().unwrap().to_string();
    assert!(told.contains("is being replaced"), "{told}");
    alone.close().await;
}

/// Columns of bytes that are not under the records key, and whose they are.
const OTHER: [(&str, &str); 9] = [
    ("access_record", "body"),
    ("access_record", "salt"),
    ("approval", "document"),
    ("area", "next_box"),
    ("area", "unit_box"),
    ("log_head", "edge"),
    ("log_leaf", "leaf"),
    ("log_node", "hash"),
    ("unit_key", "box"),
];

#[actix_web::test]
async fn no_column_of_bytes_is_forgotten() {
    let scene = Scene::new().await;
    let found = scene.office.read().await.unwrap().byte_columns().await.unwrap();
    let own = |name: &(String, String)| !name.0.starts_with("_sqlx") && !name.0.starts_with("sqlite_");
    let found: Vec<(String, String)> = found.into_iter().filter(own).collect();
    let pair = |table: &str, column: &str| (table.to_owned(), column.to_owned());
    let mut known: Vec<(String, String)> = SOURCES.iter().map(|source| pair(source.table, source.column)).collect();
    known.extend(OTHER.map(|(table, column)| pair(table, column)));
    known.sort();
    assert_eq!(found, known, "say in store::rekey::SOURCES, or in OTHER here, whether the records key seals it");
}

#[actix_web::test]
async fn the_log_goes_on_under_another_key_and_strangers_follow_it() {
    let closed = stopped().await;
    let before = closed.open(Hold::Alone).await;
    let (old, name) = (before.log_vkey.clone(), before.settings.log_name.clone());
    let all = rotate::log(before, stamp()).await.unwrap();
    assert_eq!(files(&closed.folder), USUAL);
    let after = closed.open(Hold::Shared).await;
    assert_ne!(after.log_vkey, old);
    assert_eq!(after.log_vkeys, all);
    assert!(all.starts_with(&format!("{old}\n{}@", after.log_vkey)) && old.starts_with(&name), "{all}");
    let scene = closed.scene(after);
    let leaf = scene.records("key.log").await.pop().unwrap();
    assert_eq!(leaf.1["vkey"].as_str(), Some(scene.office.log_vkey.as_str()));
    assert!(all.ends_with(&format!("@{}", leaf.0 + 1)), "the last checkpoint of the old key covers the leaf");
    // The portal's own check, then more entries under the new key, then strangers.
    let report = audit::verify(&scene.office, &who("Robin").actor, stamp()).await.unwrap();
    assert!(report.passed(), "{:?}", report.failures);
    scene.log_is_whole().await;
    let dir = scene.folder.0.join("export");
    audit::export(&mut scene.office.read().await.unwrap(), &dir, Contents::Full).await.unwrap();
    let ours = |vkeys: &str| verify(&dir, vkeys, None).unwrap().passed();
    assert!(ours(&all));
    assert!(!ours(&old), "the newest checkpoint is not the old key's");
    assert!(!ours(&scene.office.log_vkey), "nor are the oldest the new key's");
    assert!(!ours(&format!("{old} {}@2", scene.office.log_vkey)), "nor was it in force before it was");
    assert_eq!(logcheck(&dir, &all.replace('\n', " ")), 0);
    assert_eq!(logcheck(&dir, &old), 1);
    assert_eq!(logcheck(&dir, &format!("{old} {}@2", scene.office.log_vkey)), 1);
}

#[actix_web::test]
async fn a_stop_at_any_step_of_another_log_key_leaves_a_log_that_goes_on() {
    let closed = stopped().await;
    let mut vkey = String::new();
    for step in 1..=3 {
        let office_1 = closed.open(Hold::Alone).await;
        vkey = office_1.log_vkey.clone();
        let next = rotate::prepare_log(&office_1).unwrap();
        if step > 1 {
            rotate::announce_log(&office_1, &next, stamp()).await.unwrap();
        }
        if step > 2 {
            rotate::hand_over_log(&office_1, next).await.unwrap();
        }
        office_1.close().await;
        assert_eq!(files(&closed.folder).len(), 5, "step {step}");
        let again = closed.open(Hold::Shared).await;
        assert_eq!(files(&closed.folder), USUAL);
        assert_eq!(again.log_vkey == vkey, step < 3, "step {step}");
        let report = audit::verify(&again, &who("Robin").actor, stamp()).await.unwrap();
        assert!(report.passed(), "step {step}: {:?}", report.failures);
        again.close().await;
    }
    // And once more, so that three keys follow each other.
    let third = rotate::log(closed.open(Hold::Alone).await, stamp()).await.unwrap();
    assert_eq!(third.lines().count(), 3);
    assert!(third.starts_with(&vkey));
    let again = closed.open(Hold::Shared).await;
    assert!(audit::verify(&again, &who("Robin").actor, stamp()).await.unwrap().passed());
    again.close().await;
}
