//! Several instances on one database (P3, P7): writers take turns, visits and throttles are shared, a recall anywhere ends running answers
//! everywhere, a job is done once, and an instance that does not fit is refused. On whichever backend the run is about; what only a
//! server can suffer is in [`faults`], readers that race with what ends their copies in [`races`].

mod faults;
mod races;

use std::collections::BTreeSet;
use std::sync::Arc;

use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::{No, Office, Stamp, deliver, follow, seal, sweep};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::releases::{Plot, ask, authorise, copy_of, recall, to};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::domain::ids::{CopyId, PhotographId};
use futures_util::future::join_all;

use crate::harness::browser::Browser;
use crate::harness::server::Backend;
use crate::harness::{Scene, noon};
use crate::journeys::{blobs, open, part};

pub(crate) async fn append(office: &Office, words: String) -> Result<u64, No> {
    let act = office.act(move |tx| {
        Box::pin(async move {
            let event = Event::new(Kind::Consulted, "log").with("query", words);
            Ok(tx.append(&event, &Actor::Portal, &Stamp::default()).await?)
        })
    });
    Ok(act.await?.into_inner())
}

#[actix_web::test]
async fn three_instances_append_at_once_without_losing_doubling_or_leaving_a_gap() {
    let scene = Scene::on(Backend::Server).await;
    let (second, third) = (scene.beside().await, scene.beside().await);
    let from = append(&scene.office, "first".into()).await.unwrap() + 1;
    let all = [&scene, &second, &third];
    let appends = (0..240).map(|n| append(&all[n % 3].office, format!("act {n}")));
    let mut indexes: Vec<u64> = join_all(appends).await.into_iter().map(Result::unwrap).collect();
    indexes.sort_unstable();
    assert_eq!(indexes, (from..from + 240).collect::<Vec<_>>());
    let words: BTreeSet<String> =
        scene.records("consult").await.iter().map(|(_, body)| body["query"].to_string()).collect();
    assert!((0..240).all(|n| words.contains(&format!("\"act {n}\""))));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_visit_begun_at_one_instance_goes_on_and_ends_at_another() {
    let scene = Scene::new().await;
    let second = scene.beside().await;
    let here = Browser::of(&scene, Some("Priya")).await;
    let there = here.at(&second);
    assert_eq!(there.get("/bulletins").await.status, 200);
    assert_eq!(there.post("/sign-out", &[]).await.status, 303);
    assert_eq!(here.get("/bulletins").await.status, 303, "signed out everywhere");
}

#[actix_web::test]
async fn an_original_handed_to_two_instances_at_once_is_sealed_once_and_stops_neither() {
    let scene = Scene::on(Backend::Server).await;
    let second = scene.beside().await;
    let (riley, sam, area) = (scene.who("Riley"), scene.who("Sam"), scene.world().areas[0].to_string());
    let plot = Plot { title: "Thefts", text: "", locality: "Cantwell", portraits: &[71], danger: false };
    let id = ask(&scene.office, riley, &area, &plot).await.unwrap();
    let holders = to(scene.world(), &[("Priya", 0), ("Toby", 1), ("Morgan", 0)]).unwrap();
    authorise(&scene.office, sam, id, &holders).await.unwrap();
    let before = blobs(&scene);
    let row = scene.office.read().await.unwrap().photographs(id).await.unwrap().remove(0);
    let photograph = PhotographId::parse(&row.id).unwrap();
    let hand = |at: &Scene| {
        let office = Arc::clone(&at.office);
        async move { seal::take_whole(&office, &sam.actor, id, photograph, portrait::draw(71), stamp()).await }
    };
    let (here, there) = futures_util::future::join(hand(&scene), hand(&second)).await;
    assert!(here.is_ok() && there.is_ok(), "{here:?}, {there:?}");
    let mut conn = scene.office.read().await.unwrap();
    for copy in conn.copies_of_release(id).await.unwrap() {
        assert!(copy.sealed_at.is_some());
        let parts = conn.parts(CopyId::parse(&copy.id).unwrap()).await.unwrap();
        assert_eq!(
            parts.iter().map(|part| part.rendition.as_str()).collect::<Vec<_>>(),
            ["screen", "text", "thumbnail"]
        );
    }
    drop(conn);
    let sealed = scene.records("seal").await.into_iter().filter(|(_, body)| body["object"] == format!("release/{id}"));
    assert_eq!(sealed.count(), 3, "one leaf a copy");
    assert_eq!(blobs(&scene), before + 6, "what the second one made is taken back");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_running_answer_elsewhere_hears_of_the_recall() {
    let scene = Scene::new().await;
    let second = scene.beside().await;
    let (priya, sam) = (scene.who("Priya"), scene.who("Sam"));
    let id = scene.release("CZ/003/26").await;
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let opened = open(&second, priya, copy, part(&second, copy, "screen", 0).await).await.unwrap();
    let stops = || deliver::must_stop(&second.office, &priya.actor, id, copy, opened.until);
    let since = follow::hear(&second.office, None).await.unwrap();
    assert!(!stops());
    recall(&scene.office, sam, id, "The purpose is met.").await.unwrap();
    follow::hear(&second.office, Some(since)).await.unwrap();
    assert!(stops(), "the next half second's asking tells");
}

#[actix_web::test]
async fn the_clock_of_the_newest_leaf_holds_at_every_instance() {
    let scene = Scene::new().await;
    let second = scene.beside().await;
    scene.later(60_000);
    append(&scene.office, "a minute on".into()).await.unwrap();
    scene.later(-60_000);
    follow::hear(&second.office, None).await.unwrap();
    assert_eq!(second.office.now(), noon().plus_millis(60_000), "a clock behind reopens nothing there either");
}

#[actix_web::test]
async fn a_job_is_done_once_however_many_instances_run_it() {
    let scene = Scene::on(Backend::Server).await;
    let second = scene.beside().await;
    let before = (scene.records("expire").await.len(), scene.records("destroy").await.len());
    scene.later(200 * 86_400_000);
    let rounds = (0..6).map(|n| sweep::round(if n % 2 == 0 { &scene.office } else { &second.office }));
    for done in join_all(rounds).await {
        done.unwrap();
    }
    let (expired, destroyed) = (scene.records("expire").await, scene.records("destroy").await);
    assert!(expired.len() > before.0 && destroyed.len() > before.1, "there was something to do");
    let once = |records: &[(u64, serde_json::Value)], from: usize, field: &str| {
        let all: Vec<String> = records[from..].iter().map(|(_, body)| body[field].to_string()).collect();
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len(), "done twice: {all:?}");
    };
    once(&expired, before.0, "object");
    once(&destroyed, 0, "copy");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_holder_that_stalled_past_its_lease_changes_nothing_any_more() {
    let scene = Scene::new().await;
    let second = scene.beside().await;
    let first = sweep::lease(&scene.office, "test").await.unwrap().expect("free");
    assert_eq!(sweep::lease(&second.office, "test").await.unwrap(), None, "one holder at a time");
    assert_eq!(
        sweep::lease(&scene.office, "test").await.unwrap().unwrap().fence(),
        first.fence(),
        "it goes on holding"
    );
    scene.later(60_001);
    let next = sweep::lease(&second.office, "test").await.unwrap().expect("it ran out");
    assert!(next.fence() > first.fence());
    let holds = async |lease| scene.office.read().await.unwrap().still_holds(lease).await.unwrap();
    assert!(!holds(&first).await && holds(&next).await);
    scene.later(60_001);
    let again = sweep::lease(&scene.office, "test").await.unwrap().expect("it ran out again");
    assert!(again.fence() > next.fence() && !holds(&first).await && !holds(&next).await);
}

#[actix_web::test]
async fn an_instance_with_other_keys_is_refused() {
    let scene = Scene::new().await;
    for (file, says) in
        [("web.key", "every instance has the same key files"), ("blind.key", "every instance"), ("log.key", "log:")]
    {
        let mut settings = scene.settings();
        let other = scene.folder.0.join(format!("other-{file}"));
        disclosure_portal::actions::office::write_secret(&other, &format!("{}\n", "ab".repeat(32))).unwrap();
        match file {
            "web.key" => settings.keys.web = other,
            "blind.key" => settings.keys.blind = other,
            _ => settings.keys.log = other,
        }
        let told = Office::open(settings, Clock::manual(noon()), false).await.err().expect(file).to_string();
        assert!(told.contains(says), "{file}: {told}");
    }
    scene.beside().await;
}

#[actix_web::test]
async fn replacing_a_key_wants_the_database_alone() {
    let scene = Scene::on(Backend::Server).await;
    // Another machine: a folder, and so a lock file, of its own.
    let mut settings = scene.settings();
    let elsewhere = crate::harness::Folder::new();
    settings.store.data.clone_from(&elsewhere.0);
    let open = |how| Office::open_as(settings.clone(), Clock::manual(noon()), false, how);
    let told = open(Hold::Alone).await.err().unwrap().to_string();
    assert!(told.contains("stop all instances first"), "{told}");
    let stopped = scene.stopped().await;
    let alone = open(Hold::Alone).await.unwrap();
    let told = Office::open(stopped.settings.clone(), Clock::manual(noon()), false).await.err().unwrap().to_string();
    assert!(told.contains("is being replaced"), "{told}");
    alone.close().await;
    stopped.open(Hold::Shared).await.close().await;
}

#[actix_web::test]
async fn readers_that_are_all_taken_are_503_in_bounded_time_and_it_heals() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Priya")).await;
    let mut taken = Vec::new();
    for _ in 0..8 {
        taken.push(scene.office.read().await.unwrap());
    }
    let began = std::time::Instant::now();
    let got = browser.get("/bulletins").await;
    assert_eq!(got.status, 503);
    assert!(got.header("retry-after").parse::<u32>().is_ok_and(|s| s > 0));
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    drop(taken);
    assert_eq!(browser.get("/bulletins").await.status, 200);
}
