//! P9 on the embedded database: once everything is destroyed, disposed of and cleaned, a search of the raw files finds neither the words
//! of a case, nor its pictures, nor the key of a copy.
//!
//! Promise: the search has power: every marker is found before, and keys that were destroyed by day still are before the night's work.

use disclosure_portal::actions::retention::nightly;
use disclosure_portal::actions::{prints, report, sweep};
use disclosure_portal::demo::releases::{Plot, acknowledge, ask, confirm, copy_of, look, recall};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::CopyId;
use disclosure_portal::domain::moment::Moment;

use super::prints::{authorise, sealed, sheets};
use super::retention::agreed;
use crate::harness::server::Backend;
use crate::harness::{Scene, who};

const PLOT: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[91],
    danger: false,
};

/// Every file of the portal, as another program reads it: closing one in this process would give up SQLite's locks.
fn raw(scene: &Scene) -> Vec<(String, Vec<u8>)> {
    let out = std::process::Command::new("find").arg(&scene.folder.0).args(["-type", "f"]).output().unwrap();
    let names = String::from_utf8(out.stdout).unwrap();
    // The list of the demo's accounts is the people's own paper; keys of the server are no data.
    let ours = names.lines().filter(|name| !name.contains("/keys/") && !name.contains("demo-"));
    let read = |name: &str| (name.to_owned(), std::process::Command::new("cat").arg(name).output().unwrap().stdout);
    ours.map(read).collect()
}

/// In which files the bytes stand.
fn found(files: &[(String, Vec<u8>)], marker: &[u8]) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(marker.len()).any(|window| window == marker);
    files.iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name.clone()).collect()
}

#[actix_web::test]
async fn after_disposal_and_cleaning_no_raw_file_holds_marker_or_key() {
    let scene = Scene::on(Backend::Embedded).await;
    let (office, sam, priya, toby) = (&scene.office, who("Sam"), who("Priya"), who("Toby"));
    let area = crate::harness::world().areas[0].to_string();
    let id = ask(office, who("Riley"), &area, &PLOT).await.unwrap();
    let one_print = [("prints", "1"), ("prints_why", "A door without a screen"), ("prints_by", "holder")];
    authorise(&scene, id, &[("Priya", 0), ("Toby", 1)], &one_print).await.unwrap();
    sealed(&scene, id, PLOT.portraits[0]).await;
    let mut copies = Vec::new();
    for holder in [priya, toby] {
        let copy = copy_of(office, holder, id).await.unwrap();
        acknowledge(office, holder, copy).await.unwrap();
        look(office, holder, copy).await.unwrap();
        copies.push((holder, copy));
        let sheet = sheets(&scene, holder, id).await[0].0;
        copies.push((holder, sheet));
    }
    // One sheet is printed, freed and printed again; the other never.
    let sheet = copies[1].1;
    look(office, priya, sheet).await.unwrap();
    prints::free(office, &sam.actor, id, sheet, "The printer jammed", stamp()).await.unwrap();
    look(office, priya, sheet).await.unwrap();
    report::report(office, &priya.actor, copies[0].1, "It was a pharmacy, not a café.", stamp()).await.unwrap();

    // Markers: every sealed field as its bytes stand, each copy's wrapped key, the identifiers, the references in the log's bodies, and
    // the beginning of every sealed file.
    let mut markers: Vec<(String, Vec<u8>)> = Vec::new();
    {
        let mut conn = office.read().await.unwrap();
        for copy in conn.copies_of_release(id).await.unwrap() {
            let what = if copy.is_electronic() { "key of" } else { "key of sheet" };
            markers.push((format!("{what} {}", copy.id), copy.wrapped_key.clone().unwrap()));
            markers.push((format!("mark of {}", copy.id), copy.mark.clone().into_bytes()));
            for part in conn.parts(CopyId::parse(&copy.id).unwrap()).await.unwrap() {
                markers.push((format!("part {}", part.id), office_blob(&scene, &part.object)));
            }
        }
        let filed = conn.release(id).await.unwrap().unwrap();
        markers.push(("case file".into(), filed.file[..48].to_vec()));
        for row in conn.photographs(id).await.unwrap() {
            markers.push(("original".into(), office_blob(&scene, &row.object)));
            markers.push(("digest".into(), row.sha256.into_bytes()));
        }
        for report in conn.reports_of_release(id).await.unwrap() {
            markers.push(("report".into(), report.body[..48].to_vec()));
        }
        for statement in conn.statements_about(id).await.unwrap() {
            markers.push((format!("statement {}", statement.kind), statement.document[..32].to_vec()));
            markers.push((format!("nonce {}", statement.kind), statement.nonce.into_bytes()));
        }
    }
    for (name, text) in [
        ("consideration", format!("SELECT hex(substr(body, 1, 32)) FROM consideration WHERE release_id = '{id}'")),
        ("print", format!("SELECT hex(substr(body, 1, 32)) FROM print_act WHERE copy_id = '{sheet}'")),
        ("salt", format!("SELECT hex(salt) FROM access_record WHERE object = 'release/{id}'")),
    ] {
        for line in scene.sql(&text).lines() {
            markers.push((name.to_owned(), hex::decode(line).unwrap()));
        }
    }
    assert!(markers.len() > 40, "{}", markers.len());
    for (of, many) in [("key of sheet ", 2), ("key of ", 4), ("print", 1)] {
        assert_eq!(markers.iter().filter(|(name, _)| name.starts_with(of)).count(), many, "{of}");
    }
    let before = raw(&scene);
    for (name, marker) in &markers {
        assert!(!found(&before, marker).is_empty(), "{name} stands nowhere before: it proves nothing");
    }

    recall(office, sam, id, "The purpose is met.").await.unwrap();
    for (holder, copy) in copies {
        confirm(office, holder, copy, "A. Witness").await.unwrap();
    }
    // Destroyed by day, and not cleaned yet: the search finds what it looks for, so that finding nothing later says something.
    let meanwhile = raw(&scene);
    let left = markers.iter().filter(|(_, marker)| !found(&meanwhile, marker).is_empty()).count();
    assert!(left > 10, "{left}");
    let keys = markers.iter().filter(|(name, _)| name.starts_with("key of"));
    assert!(
        keys.clone().any(|(_, key)| !found(&meanwhile, key).is_empty()),
        "a destroyed key stands in the log until the night"
    );
    let mut of_sheets = keys.filter(|(name, _)| name.starts_with("key of sheet"));
    assert!(of_sheets.any(|(_, key)| !found(&meanwhile, key).is_empty()), "a sheet’s too");
    scene.clock.set(Moment::parse_london("2036-11-22", "09:00").unwrap());
    agreed(&scene, id).await;
    sweep::round(office).await.unwrap();
    nightly::clean(office, Moment::from_millis(0), office.now()).await.unwrap();
    assert!(office.read().await.unwrap().release(id).await.unwrap().is_none());
    let after = raw(&scene);
    assert!(after.iter().any(|(name, _)| name.ends_with("portal.sqlite")));
    let left: Vec<String> = markers
        .iter()
        .flat_map(|(name, marker)| found(&after, marker).into_iter().map(move |file| format!("{name} in {file}")))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    scene.log_is_whole().await;
}

/// Some bytes of a sealed file that no other file has: behind its header.
fn office_blob(scene: &Scene, object: &str) -> Vec<u8> {
    let bytes = std::fs::read(scene.folder.0.join("vault").join(&object[..2]).join(object)).unwrap();
    bytes[bytes.len() - 48..].to_vec()
}
