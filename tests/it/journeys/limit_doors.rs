//! P3, K7.8: each limit at each door, one millisecond before it, at it, after it: the bulletin's page, its picture, its words, its small
//! picture. A clock set back reopens none. Limits of whatever origin, and over the clock changes of 2026 and 2027.
//!
//! Absent on purpose: numbered sheets, which have a journey of their own.

use std::sync::OnceLock;

use disclosure_portal::actions::{release, seal, sweep};
use disclosure_portal::demo::releases::{Plot, acknowledge, asked, complete, copy_of, send, sign_decision, to};
use disclosure_portal::demo::reviews::{notice_ended, shorten};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{CopyId, PhotographId, ReleaseId};
use disclosure_portal::domain::moment::Moment;

use super::{nothing_owed, part};
use crate::harness::browser::Browser;
use crate::harness::{Folder, Scene};
use crate::kills::photographs;

const PICTURED: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[1],
    danger: false,
};

/// A small picture: what is tried here is who gets it.
fn picture() -> Vec<u8> {
    static SMALL: OnceLock<Vec<u8>> = OnceLock::new();
    let small = || std::fs::read(photographs(&Folder::new()).values().next().unwrap()).unwrap();
    SMALL.get_or_init(small).clone()
}

/// Which of the four doors Priya comes through now: page, picture, words, small picture.
async fn doors(scene: &Scene, copy: CopyId, parts: &[String; 2]) -> [bool; 4] {
    let browser = Browser::of(scene, Some("Priya")).await;
    let page = browser.get(&format!("/bulletins/{copy}")).await;
    assert_eq!(page.status, 200, "a plain card stays");
    let small = browser.get(&format!("/thumbnails?copies={copy}")).await;
    assert_eq!(small.status, 200, "what may not be opened is left out");
    let small = small.json()["items"].as_array().unwrap().len();
    let mut open = [page.text().contains(&format!("/copies/{copy}/parts/")), false, false, small == 1];
    for (n, part) in parts.iter().enumerate() {
        let got = browser.get(&format!("/copies/{copy}/parts/{part}")).await;
        assert!(got.status == 200 || (400..500).contains(&got.status), "{}: {}", got.status, got.text());
        open[n + 1] = got.status == 200;
    }
    open
}

/// All four doors on both sides of a limit and at it; then set back, and after the sweep.
async fn closes_at(scene: &Scene, copy: CopyId, limit: Moment, why: &str) {
    let parts = [part(scene, copy, "screen", 0).await, part(scene, copy, "text", 0).await].map(|id| id.to_string());
    for (ms, opens) in [(-1, true), (0, false), (1, false)] {
        scene.clock.set(limit.plus_millis(ms));
        assert_eq!(doors(scene, copy, &parts).await, [opens; 4], "{why}: {ms} ms after {}", limit.rfc3339());
    }
    // Set back by an hour, as a wrong hand does at a clock change; and after the sweep has written it down.
    scene.clock.set(limit.plus_millis(-3_600_000));
    assert_eq!(doors(scene, copy, &parts).await, [false; 4], "{why}: reopened by a clock set back");
    scene.clock.set(limit.plus_millis(2));
    sweep::round(&scene.office).await.unwrap();
    scene.clock.set(limit.plus_millis(-1));
    assert_eq!(doors(scene, copy, &parts).await, [false; 4], "{why}: reopened after the sweep");
}

/// A release that Priya holds, decided with these answers beside the usual ones.
async fn held(scene: &Scene, more: &[(&str, &str)]) -> (ReleaseId, CopyId) {
    let (office, sam, priya) = (&scene.office, scene.who("Sam"), scene.who("Priya"));
    let (riley, area) = (scene.who("Riley"), scene.world().areas[0].to_string());
    let id = send(office, riley, &asked(office, riley, &area, &PICTURED), vec![picture()]).await.unwrap();
    let mut said = complete(office, &to(scene.world(), &[("Priya", 0)]).unwrap());
    said.retain(|(name, _)| more.iter().all(|(other, _)| name != other));
    said.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form = sign_decision(office, sam, id, said).await.unwrap();
    release::decide(office, &sam.actor, id, &form, stamp()).await.unwrap();
    let row = office.read().await.unwrap().photographs(id).await.unwrap().remove(0);
    let photograph = PhotographId::parse(&row.id).unwrap();
    seal::take_whole(office, &sam.actor, id, photograph, picture(), stamp()).await.unwrap();
    let copy = copy_of(office, priya, id).await.unwrap();
    acknowledge(office, priya, copy).await.unwrap();
    (id, copy)
}

#[actix_web::test]
async fn the_sixty_days_close_every_door_at_their_millisecond() {
    let scene = Scene::new().await;
    let (_, copy) = held(&scene, &[]).await;
    nothing_owed(&scene);
    closes_at(&scene, copy, Moment::parse_london("2027-01-20", "00:00").unwrap(), "sixty days").await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_earlier_limit_at_authority_closes_every_door_at_its_millisecond() {
    let scene = Scene::new().await;
    let (_, copy) = held(&scene, &[("close_on", "2026-12-01")]).await;
    nothing_owed(&scene);
    closes_at(&scene, copy, Moment::parse_london("2026-12-02", "00:00").unwrap(), "set at authority").await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_limit_brought_forward_closes_every_door_at_its_millisecond() {
    let scene = Scene::new().await;
    let (id, copy) = held(&scene, &[]).await;
    nothing_owed(&scene);
    shorten(&scene.office, scene.who("Sam"), id, "2026-12-05").await.unwrap();
    closes_at(&scene, copy, Moment::parse_london("2026-12-06", "00:00").unwrap(), "brought forward").await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_limit_that_a_notice_pulled_in_closes_every_door_at_its_millisecond() {
    let scene = Scene::new().await;
    let (id, copy) = held(&scene, &[("exclusion_ends", "2027-03-01")]).await;
    nothing_owed(&scene);
    scene.clock.set(Moment::parse_london("2027-02-04", "10:00").unwrap());
    notice_ended(&scene.office, scene.who("Riley"), id, "2027-02-04").await.unwrap();
    closes_at(&scene, copy, Moment::parse_london("2027-02-05", "00:00").unwrap(), "pulled in").await;
    scene.log_is_whole().await;
}

/// A world begun in a January, and for each day of authority the moment at which the sixtieth day after it has ended.
async fn over(january: &str, days: [(&str, &str, &str); 4]) {
    let scene = Scene::begun_at(Moment::parse_london(january, "09:00").unwrap()).await;
    // Two for each change: time never goes back before a leaf, so both are made before either ends.
    for pair in days.chunks(2) {
        let mut all = Vec::new();
        for (authorised, limit, shown) in pair {
            scene.clock.set(Moment::parse_london(authorised, "10:00").unwrap());
            let (id, copy) = held(&scene, &[]).await;
            let filed = scene.office.read().await.unwrap().release(id).await.unwrap().unwrap();
            let until = filed.release.stage.authority().unwrap().until;
            assert_eq!((until.rfc3339().as_str(), until.deadline().as_str()), (*limit, *shown), "{authorised}");
            all.push((id, copy, until, authorised));
        }
        for (id, copy, until, authorised) in all {
            closes_at(&scene, copy, until, authorised).await;
            scene.sql(&format!("UPDATE copy SET confirmed_at = 1, outcome = 'destroyed' WHERE release_id = '{id}'"));
        }
    }
    scene.log_is_whole().await;
}

/// Summer time begins on 29 March and ends on 25 October: limits at midnight before and after each of these nights.
#[actix_web::test]
async fn over_the_clock_changes_of_2026() {
    let days = [
        ("2026-01-28", "2026-03-29T00:00:00.000Z", "11:59pm on 28 March 2026"),
        ("2026-01-29", "2026-03-29T23:00:00.000Z", "11:59pm on 29 March 2026"),
        ("2026-08-26", "2026-10-24T23:00:00.000Z", "11:59pm on 24 October 2026"),
        ("2026-08-27", "2026-10-26T00:00:00.000Z", "11:59pm on 25 October 2026"),
    ];
    over("2026-01-20", days).await;
}

/// Summer time begins on 28 March and ends on 31 October.
#[actix_web::test]
async fn over_the_clock_changes_of_2027() {
    let days = [
        ("2027-01-27", "2027-03-28T00:00:00.000Z", "11:59pm on 27 March 2027"),
        ("2027-01-28", "2027-03-28T23:00:00.000Z", "11:59pm on 28 March 2027"),
        ("2027-09-01", "2027-10-30T23:00:00.000Z", "11:59pm on 30 October 2027"),
        ("2027-09-02", "2027-11-01T00:00:00.000Z", "11:59pm on 31 October 2027"),
    ];
    over("2027-01-20", days).await;
}
