//! K7.12, K7.13, O3.2.2, K7.7.2: a release's duties in one list, marked, done, counted; the disclosure bundle; the printed record.

use disclosure_portal::actions::bundle;
use disclosure_portal::actions::duties::{self, Filled};
use disclosure_portal::actions::find::{self, Waits};
use disclosure_portal::demo::releases::{copy_of, look, recall};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::duty::Duty;

use crate::harness::browser::Browser;
use crate::harness::{Scene, sql, who, world, wrong_fields};

const DONE: Filled<'static> = Filled { note: "", due: "", reference: "46XY0012326", who: "PC 1042", on: "2026-11-20" };

async fn waiting(scene: &Scene, name: &str) -> i64 {
    find::waiting(&scene.office, &who(name).actor, Waits::Duties, 8).await.unwrap().count
}

#[actix_web::test]
async fn a_prosecution_is_marked_worded_endorsed_and_counted_meanwhile() {
    let scene = Scene::new().await;
    let (riley, sam, office) = (who("Riley"), who("Sam"), &scene.office);
    let id = scene.release("CZ/003/26").await;
    let before = (waiting(&scene, "Riley").await, waiting(&scene, "Sam").await);
    let marked = Filled { note: "Charged on Friday.", due: "2026-12-01", ..Filled::default() };
    duties::mark(office, &riley.actor, id, Duty::Prosecution, marked, stamp()).await.unwrap();
    let twice = duties::mark(office, &sam.actor, id, Duty::Prosecution, Filled::default(), stamp()).await;
    assert_eq!(wrong_fields(twice), ["note"]);
    assert_eq!((waiting(&scene, "Riley").await, waiting(&scene, "Sam").await), (before.0 + 1, before.1 + 1));
    let browser = Browser::of(&scene, Some("Riley")).await;
    let page = browser.get(&format!("/releases/{id}/duties/prosecution")).await.text();
    let copies = office.read().await.unwrap().copies_of_release(id).await.unwrap();
    let wording = page.split("id=\"wording\">").nth(1).unwrap().split("</div>").next().unwrap();
    for part in [
        "A custody photograph of the defendant was circulated on 16 November 2026",
        "CZ/003/26",
        &copies[0].scheme_name,
    ] {
        assert!(wording.contains(part), "{part}: {wording}");
    }
    for copy in &copies {
        let first = copy.holder_name.split(' ').next().unwrap();
        assert!(!wording.contains(&copy.holder_name) && !wording.contains(first), "names nobody: {wording}");
    }
    let empty = duties::done(office, &riley.actor, id, Duty::Prosecution, Filled::default(), stamp()).await;
    assert_eq!(wrong_fields(empty), ["reference", "who", "on"]);
    let future = Filled { on: "2026-11-22", ..DONE };
    assert_eq!(wrong_fields(duties::done(office, &riley.actor, id, Duty::Prosecution, future, stamp()).await), ["on"]);
    // Two at once: one records it, the other is told.
    let both = futures_util::future::join(
        duties::done(office, &riley.actor, id, Duty::Prosecution, DONE, stamp()),
        duties::done(office, &sam.actor, id, Duty::Prosecution, DONE, stamp()),
    )
    .await;
    assert_ne!(both.0.is_ok(), both.1.is_ok());
    assert_eq!((waiting(&scene, "Riley").await, waiting(&scene, "Sam").await), before);
    let page = browser.get(&format!("/releases/{id}")).await.text();
    for part in [
        "Prosecution (K7.12)",
        "reference 46XY0012326",
        "Charged on Friday.",
        "Duty done",
        "Genesis/Athena record (K7.7.2)",
        "Not due yet",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // The log says what and when; no word and no reference.
    let records = scene.records("duty").await;
    assert_eq!(records.len(), 2);
    assert!(
        records.iter().all(|(_, body)| !body.to_string().contains("46XY") && !body.to_string().contains("Charged"))
    );
    let stored = office.read().await.unwrap().duties(id).await.unwrap();
    let plain = |row: &disclosure_portal::store::duties::Duty| {
        let text = String::from_utf8_lossy(&row.body).into_owned();
        text.contains("46XY") || text.contains("Charged")
    };
    assert!(stored.len() == 1 && !stored.iter().any(plain), "under the records key");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_identification_officer_is_told_before_any_procedure_and_a_late_one_is_said() {
    let scene = Scene::new().await;
    let (sam, office) = (who("Sam"), &scene.office);
    let id = scene.release("CZ/003/26").await;
    let browser = Browser::of(&scene, Some("Sam")).await;
    let page = format!("/releases/{id}/duties/identification");
    assert!(browser.get(&page).await.text().contains("before any identification procedure"));
    let wrong = browser.post(&page, &[("step", "mark"), ("due", "tomorrow"), ("note", "Two witnesses")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("Two witnesses") && wrong.text().contains("tomorrow"));
    let marked = browser.post(&page, &[("step", "mark"), ("due", "2026-11-19"), ("note", "")]).await;
    assert_eq!((marked.status, marked.location.as_str()), (303, page.as_str()));
    let wrong =
        browser.post(&page, &[("step", "done"), ("reference", "2380H/7"), ("who", ""), ("on", "2026-11-20")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("2380H/7") && wrong.text().contains("who-error"));
    let filled = [("step", "done"), ("reference", "2380H/7"), ("who", "Insp. Vale"), ("on", "2026-11-20")];
    assert_eq!(browser.post(&page, &filled).await.status, 303);
    let told = browser.get(&format!("/releases/{id}")).await.text();
    assert!(told.contains("after the day it had to be done by") && told.contains("reference 2380H/7"), "{told}");
    // A second one is another duty of its own.
    duties::mark(office, &sam.actor, id, Duty::Identification, Filled::default(), stamp()).await.unwrap();
    assert_eq!(scene.records("duty").await.len(), 3);
}

#[actix_web::test]
async fn the_record_of_sharing_is_destroyed_once_used_and_confirmed_once() {
    let scene = Scene::new().await;
    let (sam, office) = (who("Sam"), &scene.office);
    let id = scene.release("CZ/003/26").await;
    let early = duties::done(office, &sam.actor, id, Duty::Kmip, DONE, stamp()).await;
    assert_eq!(wrong_fields(early), ["reference"]);
    let before = waiting(&scene, "Sam").await;
    recall(office, sam, id, "The purpose is met.").await.unwrap();
    assert_eq!(waiting(&scene, "Sam").await, before + 1);
    duties::done(office, &sam.actor, id, Duty::Kmip, DONE, stamp()).await.unwrap();
    assert_eq!(waiting(&scene, "Sam").await, before);
    assert_eq!(wrong_fields(duties::done(office, &sam.actor, id, Duty::Kmip, DONE, stamp()).await), ["reference"]);
}

#[actix_web::test]
async fn the_bundle_says_who_was_supplied_and_who_saw_it_when_and_is_for_the_case_alone() {
    let scene = Scene::new().await;
    let (priya, office) = (who("Priya"), &scene.office);
    let id = scene.release("CZ/003/26").await;
    look(office, priya, copy_of(office, priya, id).await.unwrap()).await.unwrap();
    for (name, status) in
        [("Riley", 200), ("Sam", 200), ("Kit", 404), ("Dana", 404), ("Jordan", 404), ("Robin", 404), ("Priya", 404)]
    {
        let got = Browser::of(&scene, Some(name)).await.get(&format!("/releases/{id}/bundle")).await;
        assert_eq!(got.status, status, "{name}");
        if status == 200 {
            let page = got.text();
            for part in ["Opened on screen", "Who saw it, and when", "Wording for form MG6E", "JAPAN"] {
                assert!(page.contains(part), "{part}");
            }
            assert!(!page.contains("<canvas") && !page.contains("/original"), "no picture");
        }
        let duty = Browser::of(&scene, Some(name)).await.get(&format!("/releases/{id}/duties/prosecution")).await;
        assert_eq!(duty.status, status, "{name}");
    }
    let read = scene.records("consult").await;
    assert!(read.iter().any(|(_, body)| body["query"] == "disclosure bundle"), "reading it is a leaf");
}

#[actix_web::test]
async fn the_printed_record_is_what_was_signed_whatever_the_registers_say_since() {
    let scene = Scene::new().await;
    let (sam, office) = (who("Sam"), &scene.office);
    let id = scene.release("CZ/003/26").await;
    let whole = bundle::authority(office, &sam.actor, id, stamp()).await.unwrap();
    assert_eq!(whole.signed, "", "the record reads as it was signed");
    let page = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}/record")).await.text();
    let statement = whole.signatures.iter().find(|one| one.title.starts_with("Decision")).unwrap();
    for part in
        ["forms 3795 and 3796", "CZ/003/26", &statement.id, &statement.words, "up to the root key", "JAPAN", "sha256:"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    // A recipient's name is changed in the register: what was signed is printed, unchanged.
    sql(&scene, &format!("UPDATE scheme SET name = 'Another name' WHERE id = '{}'", world().schemes[0]));
    let changed = bundle::authority(office, &sam.actor, id, stamp()).await.unwrap();
    assert!(changed.signed.contains("Record of authority") && !changed.signed.contains("Another name"));
    for (name, status) in
        [("Jordan", 200), ("Alex", 200), ("Casey", 200), ("Robin", 200), ("Riley", 404), ("Dana", 404), ("Priya", 404)]
    {
        let got = Browser::of(&scene, Some(name)).await.get(&format!("/releases/{id}/record")).await;
        assert_eq!(got.status, status, "{name}");
    }
}

#[actix_web::test]
async fn the_release_reads_as_a_story() {
    let scene = Scene::new().await;
    let id = scene.release("CZ/003/26").await;
    let page = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}")).await.text();
    let order = [
        "is open to its 3 recipients until",
        "The request",
        "Copies",
        "Duties",
        "What happened",
        "Authorised as CZ/003/26",
        "Asked for",
        "The decision on record",
    ];
    let mut at = 0;
    for part in order {
        let found = page[at..].find(part).unwrap_or_else(|| panic!("{part} after {at}: {page}"));
        at += found;
    }
}
