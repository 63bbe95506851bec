//! K7.8: the limit at authority, brought forward, and pulled in by the early end of an exclusion notice; everywhere the same.

use disclosure_portal::actions::{deliver, find, sweep};
use disclosure_portal::demo::releases::{acknowledge, copy_of, look, sign_as_it_stands};
use disclosure_portal::demo::reviews::{conclude, gathered, notice_ended, review, said, shorten};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{CopyId, ReleaseId};
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::policy::Act;

use super::review::accounted;
use super::rulings::considered;
use super::{open, part};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world, wrong_fields};

pub(super) async fn authorised(scene: &Scene, other: &[(&str, &str)]) -> (ReleaseId, CopyId) {
    let (office, sam, priya) = (&scene.office, who("Sam"), who("Priya"));
    let to = format!("{}:{}", priya.id, world().schemes[0]);
    let id = considered(scene, &[other, &[("recipients", to.as_str())]].concat()).await;
    let form = sign_as_it_stands(office, sam, id, "authorise", "").await.unwrap();
    disclosure_portal::actions::release::decide(office, &sam.actor, id, &form, stamp()).await.unwrap();
    let copy = copy_of(office, priya, id).await.unwrap();
    acknowledge(office, priya, copy).await.unwrap();
    look(office, priya, copy).await.unwrap();
    (id, copy)
}

async fn until(scene: &Scene, id: ReleaseId) -> String {
    let filed = scene.office.read().await.unwrap().release(id).await.unwrap().unwrap();
    filed.release.stage.authority().unwrap().until.deadline()
}

async fn opens(scene: &Scene, copy: CopyId) -> &'static str {
    accounted(scene, copy).await;
    let text = part(scene, copy, "text", 0).await;
    match open(scene, who("Priya"), copy, text).await {
        Ok(_) => "open",
        no => codes(no.map(|one| one.index))[0],
    }
}

#[actix_web::test]
async fn the_coordinator_may_set_an_earlier_limit_at_authority_and_no_later_one() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    for (day, code) in [("2026-11-20", "limit-past"), ("2027-01-20", "limit-later")] {
        let id = considered(&scene, &[("close_on", day)]).await;
        let mut conn = office.read().await.unwrap();
        let of =
            disclosure_portal::actions::decision::gather(office, &mut conn, &sam.actor, Act::Decide, id, office.now());
        let unmet = of.await.unwrap().case.unmet(office.now());
        assert_eq!(unmet.iter().map(disclosure_portal::domain::refusal::Refusal::code).collect::<Vec<_>>(), [code]);
        let form = sign_as_it_stands(office, sam, id, "authorise", "").await.unwrap();
        let done = disclosure_portal::actions::release::decide(office, &sam.actor, id, &form, stamp()).await;
        assert_eq!(wrong_fields(done), ["close_on"]);
    }
    let (_, copy) = authorised(&scene, &[("close_on", "2026-12-01")]).await;
    let (same, _) = authorised(&scene, &[("close_on", "2027-01-19")]).await;
    assert_eq!(until(&scene, same).await, "11:59pm on 19 January 2027");
    let close = Moment::parse_london("2026-12-02", "00:00").unwrap();
    scene.clock.set(close.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, "open");
    scene.clock.set(close);
    assert_eq!(opens(&scene, copy).await, "limit");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_live_limit_is_brought_forward_to_the_millisecond_and_never_back() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (id, copy) = authorised(&scene, &[]).await;
    for day in ["2027-01-19", "2027-02-01", "2026-11-20", ""] {
        assert_eq!(wrong_fields(shorten(office, sam, id, day).await), ["close_on"], "{day}");
    }
    assert_eq!(until(&scene, id).await, "11:59pm on 19 January 2027");
    shorten(office, sam, id, "2026-12-05").await.unwrap();
    assert_eq!(wrong_fields(shorten(office, sam, id, "2026-12-06").await), ["close_on"]);
    // Everywhere the same.
    let shown = "5 December 2026";
    let page = async |who: &str, path: String| Browser::of(&scene, Some(who)).await.get(&path).await.text();
    assert!(page("Sam", format!("/releases/{id}")).await.contains(shown));
    assert!(page("Riley", format!("/releases/{id}")).await.contains(shown));
    assert!(page("Sam", format!("/releases/{id}/record")).await.contains(shown));
    assert!(page("Sam", format!("/releases/{id}/review")).await.contains(shown));
    assert!(page("Priya", format!("/bulletins/{copy}")).await.contains(shown));
    let close = Moment::parse_london("2026-12-06", "00:00").unwrap();
    let issued = office.read().await.unwrap().issues(world().areas[0]).await.unwrap();
    let row = issued.iter().find(|row| row.release_id == id.to_string()).unwrap();
    assert_eq!(row.until, Some(close.millis()));
    scene.clock.set(close.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, "open");
    scene.clock.set(close);
    assert_eq!(opens(&scene, copy).await, "limit");
    let sought = find::Typed { stage: "expired", page: 1, ..find::Typed::default() };
    let found = find::releases(office, &sam.actor, &sought).await.unwrap();
    assert!(found.lines.iter().any(|line| line.filed.release.id == id && line.word == "expired"));
    sweep::round(office).await.unwrap();
    assert!(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().wrapped_key.is_none());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_notice_that_ends_early_pulls_the_limit_in_by_the_formula() {
    let scene = Scene::new().await;
    let (office, sam, riley) = (&scene.office, who("Sam"), who("Riley"));
    // Authority on 21 November; the notice runs to 1 March: past day 60, before day 120.
    let (id, copy) = authorised(&scene, &[("exclusion_ends", "2027-03-01")]).await;
    assert_eq!(until(&scene, id).await, "11:59pm on 1 March 2027");
    for day in ["2026-11-22", "2027-03-01", "2027-03-02", ""] {
        assert_eq!(wrong_fields(notice_ended(office, sam, id, day).await), ["ended"], "{day}");
    }
    // It ended on day 75: the day after its end. By the officer who keeps the release's duties.
    scene.clock.set(Moment::parse_london("2027-02-04", "10:00").unwrap());
    notice_ended(office, riley, id, "2027-02-04").await.unwrap();
    assert_eq!(until(&scene, id).await, "11:59pm on 4 February 2027");
    let close = Moment::parse_london("2027-02-05", "00:00").unwrap();
    scene.clock.set(close.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, "open");
    scene.clock.set(close);
    assert_eq!(opens(&scene, copy).await, "limit");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_notice_that_ended_after_day_60_closes_it_at_once_and_before_it_leaves_60_days() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (early, _) = authorised(&scene, &[("exclusion_ends", "2027-03-01")]).await;
    let (late, copy) = authorised(&scene, &[("exclusion_ends", "2027-03-01")]).await;
    scene.clock.set(Moment::parse_london("2026-12-10", "10:00").unwrap());
    notice_ended(office, sam, early, "2026-12-09").await.unwrap();
    assert_eq!(until(&scene, early).await, "11:59pm on 19 January 2027");
    // A notice that is over is over: it ends no second time later.
    assert_eq!(wrong_fields(notice_ended(office, sam, early, "2026-12-10").await), ["ended"]);
    let now = Moment::parse_london("2027-02-10", "10:00").unwrap();
    scene.clock.set(now.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, "open");
    scene.clock.set(now);
    let text = part(&scene, copy, "text", 0).await;
    notice_ended(office, sam, late, "2027-02-03").await.unwrap();
    let refused = codes(open(&scene, who("Priya"), copy, text).await.map(|one| one.index));
    assert!(refused.contains(&"limit"), "{refused:?}");
    let row = office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
    assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some());
    assert_eq!(until(&scene, late).await, "10:00am on 10 February 2027");
    assert_eq!(
        scene.records("expire").await.iter().filter(|(_, body)| body["object"] == format!("release/{late}")).count(),
        1
    );
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_continuation_with_a_notice_counts_from_its_decision_over_both_clock_changes() {
    let scene = Scene::new().await;
    let (office, sam, jordan) = (&scene.office, who("Sam"), who("Jordan"));
    let (id, copy) = authorised(&scene, &[]).await;
    let of = async |reference: &str, notice: &str| {
        let mut all = said(office, jordan, id, "continue", reference).await.unwrap();
        all.push(("exclusion_ends".to_owned(), notice.to_owned()));
        review(office, jordan, id, &all).await.unwrap();
        conclude(office, sam, id, "continue", &[]).await.unwrap();
        acknowledge(office, who("Priya"), copy).await.unwrap();
    };
    // From 10 January: the notice's end in summer time, which begins on 28 March.
    scene.clock.set(Moment::parse_london("2027-01-10", "12:00").unwrap());
    of("INT/2027/1", "2027-04-20").await;
    assert_eq!(until(&scene, id).await, "11:59pm on 20 April 2027");
    let close = Moment::parse_rfc3339("2027-04-20T23:00:00.000Z").unwrap();
    scene.clock.set(close.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, "open");
    // Continued in that last millisecond; the notice is over, so it counts 60 days.
    of("INT/2027/2", "").await;
    assert_eq!(until(&scene, id).await, "11:59pm on 18 June 2027");
    assert_eq!(gathered(office, sam, Act::Decide, id).await.unwrap().notice().unwrap(), None);
    assert_eq!(codes(notice_ended(office, sam, id, "2027-04-20").await), ["no-notice"]);
    scene.clock.set(close);
    assert_eq!(opens(&scene, copy).await, "open");
    let card = deliver::one(office, &who("Priya").actor, copy).await.unwrap();
    assert_eq!(card.until.rfc3339(), "2027-06-18T23:00:00.000Z");
    scene.log_is_whole().await;
}
