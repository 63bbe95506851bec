//! P3, K7.8: the limit bites at its millisecond, whether or not any job has run, and a clock set back reopens nothing.

use disclosure_portal::actions::{deliver, sweep};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::domain::moment::Moment;

use super::{open, part};
use crate::harness::{Scene, codes, who};

#[actix_web::test]
async fn the_manager_cannot_open_it_from_the_millisecond_of_the_limit() {
    let scene = Scene::new().await;
    let priya = who("Priya");
    let id = scene.release("CZ/003/26").await;
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let [screen, thumbnail, text] = [
        part(&scene, copy, "screen", 1).await,
        part(&scene, copy, "thumbnail", 0).await,
        part(&scene, copy, "text", 0).await,
    ];
    // The demo's vetting runs 300 days and its agreement 365, both longer than the release.
    let until = deliver::one(&scene.office, &priya.actor, copy).await.unwrap().until;
    assert_eq!(until, Moment::parse_london("2027-01-15", "00:00").unwrap());
    scene.clock.set(until.plus_millis(-1));
    for part in [screen, thumbnail, text] {
        assert!(open(&scene, priya, copy, part).await.is_ok());
    }
    scene.clock.set(until);
    for part in [screen, thumbnail, text] {
        assert_eq!(codes(open(&scene, priya, copy, part).await.map(|o| o.index)), ["limit"]);
    }
    // Set back by an hour: time never goes below the newest leaf, so it stays closed.
    scene.later(-3_600_000);
    assert_eq!(codes(open(&scene, priya, copy, screen).await.map(|o| o.index)), ["limit"]);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_sweep_only_writes_down_what_the_clock_decided() {
    let scene = Scene::new().await;
    let priya = who("Priya");
    let id = scene.release("CZ/003/26").await;
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let until = deliver::one(&scene.office, &priya.actor, copy).await.unwrap().until;
    scene.clock.set(until.plus_millis(-1));
    sweep::round(&scene.office).await.unwrap();
    assert!(scene.office.read().await.unwrap().copy(copy).await.unwrap().unwrap().wrapped_key.is_some());
    scene.clock.set(until);
    sweep::round(&scene.office).await.unwrap();
    let row = scene.office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
    assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some());
    let card = deliver::one(&scene.office, &priya.actor, copy).await.unwrap();
    assert_eq!((card.word, card.parts.len()), ("expired", 0));
    let before = scene.records("expire").await.len();
    sweep::round(&scene.office).await.unwrap();
    assert_eq!(scene.records("expire").await.len(), before, "written down once");
    scene.log_is_whole().await;
}
