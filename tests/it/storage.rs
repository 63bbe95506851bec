//! The writer and the log: all or nothing (P2, P7), beside a second process, and with a log that cannot be written.

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{No, Stamp, deliver};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::domain::ids::PartId;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::release::request::Purpose;
use disclosure_portal::store::log::Search;

use crate::harness::browser::Browser;
use crate::harness::{Scene, noon, who};

async fn append(office: &Office, words: &'static str) -> Result<u64, No> {
    let act = office.act(move |tx| {
        Box::pin(async move {
            let event = Event::new(Kind::Consulted, "log").with("query", words);
            Ok(tx.append(&event, &Actor::Portal, &Stamp::default()).await?)
        })
    });
    Ok(act.await?.into_inner())
}

#[actix_web::test]
async fn a_log_that_cannot_be_written_serves_nothing_and_heals_by_itself() {
    let scene = Scene::new().await;
    let priya = who("Priya");
    let copy = copy_of(&scene.office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
    let browser = Browser::of(&scene, Some("Priya")).await;
    let door = format!("/copies/{copy}/parts/{}", part.id);
    assert_eq!(browser.get(&door).await.status, 200);
    scene.break_log(true);
    let id = PartId::parse(&part.id).unwrap();
    let opened = deliver::open_part(&scene.office, &priya.actor, copy, id, Purpose::Prevention, stamp()).await;
    assert!(matches!(opened.map(|o| o.index), Err(No::Unavailable)));
    let got = browser.get(&door).await;
    assert_eq!(got.status, 503);
    assert!(!got.text().contains("age-encryption.org"), "bytes left without a leaf");
    scene.break_log(false);
    assert_eq!(browser.get(&door).await.status, 200);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_act_that_fails_leaves_no_leaf_and_its_neighbours_in_the_batch_stand() {
    let scene = Scene::new().await;
    let before = scene.records("consult").await.len();
    let failing = scene.office.act::<(), _>(|tx| {
        Box::pin(async move {
            let event = Event::new(Kind::Consulted, "log").with("query", "undone");
            tx.append(&event, &Actor::Portal, &Stamp::default()).await?;
            Err(No::NotFound)
        })
    });
    let good = || append(&scene.office, "kept");
    let (first, second, failed, third) = futures_util::join!(good(), good(), failing, good());
    assert!(matches!(failed, Err(No::NotFound)));
    let mut indexes = [first.unwrap(), second.unwrap(), third.unwrap()];
    indexes.sort_unstable();
    assert!(indexes.windows(2).all(|pair| pair[1] == pair[0] + 1), "no gap where the failed act was: {indexes:?}");
    let after = scene.records("consult").await;
    assert_eq!(after.len(), before + 3);
    assert!(after.iter().all(|(_, body)| body["query"] != "undone"));
    scene.log_is_whole().await;
}

/// What an act sees of the log inside its own batch, and what goes when it is undone: its own leaves, not those before it, wherever each is by then.
#[actix_web::test]
async fn an_act_reads_the_leaves_before_it_and_takes_away_only_its_own() {
    let scene = Scene::new().await;
    let before = scene.records("consult").await.len();
    let failing = |writes: bool| {
        scene.office.act::<(), _>(move |tx| {
            Box::pin(async move {
                let event = Event::new(Kind::Consulted, "log").with("query", "undone");
                tx.append(&event, &Actor::Portal, &Stamp::default()).await?;
                if writes {
                    tx.set("undone", "yes").await?;
                }
                let what = Search { kind: "consult".into(), limit: 2, ..everything() };
                let (seen, _) = tx.log_search(&what).await?;
                let words: Vec<&str> = seen.iter().map(|(_, body)| body["query"].as_str().unwrap()).collect();
                assert_eq!(words, ["undone", "kept"]);
                Err(No::NotFound)
            })
        })
    };
    let good = || append(&scene.office, "kept");
    let (first, one, second, two, third) = futures_util::join!(good(), failing(true), good(), failing(false), good());
    assert!(matches!((one, two), (Err(No::NotFound), Err(No::NotFound))));
    let indexes = [first.unwrap(), second.unwrap(), third.unwrap()];
    assert!(indexes.windows(2).all(|pair| pair[1] == pair[0] + 1), "{indexes:?}");
    let after = scene.records("consult").await;
    assert_eq!(after.len(), before + 3);
    assert!(after.iter().all(|(_, body)| body["query"] != "undone"));
    assert_eq!(scene.office.read().await.unwrap().setting("undone").await.unwrap(), None);
    scene.log_is_whole().await;
}

fn everything() -> Search {
    let (from, to) = (Moment::from_millis(0), Moment::from_millis(i64::MAX));
    Search { actor: String::new(), object: String::new(), kind: String::new(), from, to, limit: 10_000, skip: 0 }
}

/// More leaves than one statement takes, and more than wait.
#[actix_web::test]
async fn an_act_of_many_leaves_is_whole() {
    let scene = Scene::new().await;
    let before = scene.records("consult").await.len();
    let act = scene.office.act(|tx| {
        Box::pin(async move {
            for _ in 0..1_500 {
                tx.append(&Event::new(Kind::Consulted, "log"), &Actor::Portal, &Stamp::default()).await?;
            }
            Ok(())
        })
    });
    act.await.unwrap();
    assert_eq!(scene.records("consult").await.len(), before + 1_500);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_request_that_goes_away_does_not_cancel_its_act() {
    let scene = Scene::new().await;
    let before = scene.records("consult").await.len();
    {
        let act = append(&scene.office, "left alone");
        futures_util::pin_mut!(act);
        // Polled once, so that it is sent; then dropped.
        assert!(futures_util::poll!(act).is_pending());
    }
    append(&scene.office, "after it").await.unwrap();
    assert_eq!(scene.records("consult").await.len(), before + 2);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn two_processes_on_one_file_take_turns_without_losing_or_doubling() {
    let scene = Scene::new().await;
    let other = Office::open(scene.settings(), Clock::manual(noon()), false).await.unwrap();
    let mut indexes = Vec::new();
    for _ in 0..20 {
        indexes.push(append(&scene.office, "one").await.unwrap());
        indexes.push(append(&other, "other").await.unwrap());
    }
    assert!(indexes.windows(2).all(|pair| pair[1] == pair[0] + 1), "{indexes:?}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn time_never_steps_back_in_the_log() {
    let scene = Scene::new().await;
    append(&scene.office, "now").await.unwrap();
    scene.later(-3_600_000);
    append(&scene.office, "set back").await.unwrap();
    assert_eq!(scene.office.now(), noon(), "held at the newest leaf");
    let page = Browser::of(&scene, Some("Sam")).await.get("/account").await.text();
    assert!(page.contains("clock is behind its log"), "the alarm is shown");
    let records = scene.records("").await;
    let times: Vec<Moment> =
        records.iter().map(|(_, body)| Moment::parse_rfc3339(body["at"].as_str().unwrap()).unwrap()).collect();
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_act_acknowledged_is_there_after_opening_anew() {
    let scene = Scene::new().await;
    let index = append(&scene.office, "kept").await.unwrap();
    let again = Office::open(scene.settings(), Clock::manual(noon()), false).await.unwrap();
    let entries = again.read().await.unwrap().log_entries(index, index + 1, 1).await.unwrap();
    let (_, body) = entries[0].opening.clone().unwrap();
    assert!(String::from_utf8(body).unwrap().contains("kept"));
}

#[actix_web::test]
async fn an_act_that_panics_is_undone_and_the_writer_goes_on() {
    let scene = Scene::new().await;
    let before = scene.records("").await.len();
    let panicking = scene.office.act::<(), _>(|tx| {
        Box::pin(async move {
            let event = Event::new(Kind::Consulted, "log").with("query", "undone");
            tx.append(&event, &Actor::Portal, &Stamp::default()).await?;
            panic!("a mistake of ours")
        })
    });
    let (neighbour, panicked) = futures_util::join!(append(&scene.office, "kept"), panicking);
    neighbour.unwrap();
    assert!(matches!(panicked, Err(No::Unavailable)));
    append(&scene.office, "and on").await.unwrap();
    assert_eq!(scene.records("").await.len(), before + 2);
    scene.log_is_whole().await;
}

/// PostgreSQL takes COMMIT after a failed statement that was never undone, answers success and keeps nothing: nobody is told "done" then.
#[actix_web::test]
async fn an_overlooked_failure_costs_no_acknowledged_act() {
    let scene = Scene::new().await;
    let keeps = scene.office.act(|tx| Box::pin(async move { Ok(tx.set("kept", "yes").await?) }));
    let overlooks = scene.office.act(|tx| {
        Box::pin(async move {
            // SQLite takes it for "all"; PostgreSQL refuses.
            drop(tx.log_search(&Search { limit: -1, ..everything() }).await);
            Ok(())
        })
    });
    let (kept, overlooked) = futures_util::join!(keeps, overlooks);
    let stored = scene.office.read().await.unwrap().setting("kept").await.unwrap();
    assert_eq!((kept.is_ok(), overlooked.is_ok()), (stored.is_some(), stored.is_some()));
    append(&scene.office, "and on").await.unwrap();
    scene.log_is_whole().await;
}
