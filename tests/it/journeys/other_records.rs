//! K9.1 beyond cases: a business that left a register, undertakings of somebody who receives no more, and the log's own bodies fall due by
//! their own periods, and go the same way: two people, a hold, the night after, a leaf.

use disclosure_portal::actions::registers::{self, MemberForm};
use disclosure_portal::actions::retention::holds;
use disclosure_portal::actions::{people, retention, sweep};
use disclosure_portal::demo::registers::pdf;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{HoldId, MemberId};
use disclosure_portal::domain::moment::{Moment, parse_day};
use disclosure_portal::domain::retention::Subject;

use super::hidden;
use super::retention::{AGREE, DISPOSE, agreed, decide, log_verifies, propose};
use super::roles::role;
use crate::harness::browser::Browser;
use crate::harness::{Scene, who, world, wrong_fields};

fn at(date: &str) -> Moment {
    Moment::parse_london(date, "00:00").unwrap()
}

/// The names of what is due to somebody, of their areas and of the log.
async fn due(scene: &Scene, name: &str) -> Vec<String> {
    let areas = retention::overview(&scene.office, &who(name).actor, stamp()).await.unwrap();
    areas.iter().flat_map(|of| &of.due).map(|term| term.name.clone()).collect()
}

/// Lifts the one hold there is.
async fn lift(scene: &Scene, name: &str) {
    let id = HoldId::parse(&scene.sql("SELECT id FROM legal_hold")).unwrap();
    holds::lift(&scene.office, &who(name).actor, id, "Settled", stamp()).await.unwrap();
}

fn listed(names: &[String], name: &str) -> bool {
    names.iter().any(|one| one.starts_with(name))
}

fn count(scene: &Scene, of: &str) -> u64 {
    scene.sql(&format!("SELECT COUNT(*) FROM {of}")).parse().unwrap()
}

/// A business with a paper and a place on an initiative's list, and its member's subject.
async fn business(scene: &Scene, name: &str) -> (MemberId, Subject) {
    let (office, sam, bcrp) = (&scene.office, &who("Sam").actor, world().schemes[0]);
    let form = MemberForm {
        business: name.into(),
        contact: "A. Fleet".into(),
        agreement: "AGR/77".into(),
        agreed_on: "2026-11-21".into(),
        ..MemberForm::default()
    };
    registers::add_member(office, sam, bcrp, &form, stamp()).await.unwrap();
    let entry = registers::scheme(office, sam, bcrp, stamp()).await.unwrap();
    let id = MemberId::parse(&entry.members.iter().find(|row| row.business == name).unwrap().id).unwrap();
    (id, Subject::Member(id))
}

#[actix_web::test]
async fn a_business_that_left_goes_with_its_papers_when_its_period_has_run() {
    let scene = Scene::new().await;
    let (office, sam, bcrp) = (&scene.office, who("Sam"), world().schemes[0]);
    let (member, subject) = business(&scene, "Fleet Books").await;
    let browser = Browser::of(&scene, Some("Sam")).await;
    let door = format!("/schemes/{bcrp}/members/{member}/documents");
    assert_eq!(browser.upload_as("document", &door, &[], &[("a.pdf", &pdf("Signed"))]).await.status, 303);
    let object = scene.sql(&format!("SELECT object FROM document WHERE subject_id = '{member}'"));
    let file = scene.folder.0.join("vault").join(&object[..2]).join(&object);
    assert!(file.exists());

    // A member still: never due.
    scene.clock.set(at("2040-01-01"));
    assert!(!listed(&due(&scene, "Sam").await, "Fleet Books"));
    hidden(retention::one(office, &sam.actor, subject, stamp()).await);
    hidden(propose(&scene, sam, subject, &DISPOSE).await);
    scene.clock.set(Moment::parse_london("2040-01-02", "12:00").unwrap());
    registers::remove_member(office, &sam.actor, bcrp, member, stamp()).await.unwrap();
    // Six years, through 2 January 2046.
    scene.clock.set(at("2046-01-03").plus_millis(-1));
    assert!(!listed(&due(&scene, "Sam").await, "Fleet Books"));
    assert_eq!(wrong_fields(propose(&scene, sam, subject, &DISPOSE).await), ["fate"]);
    scene.clock.set(at("2046-01-03"));
    assert!(listed(&due(&scene, "Sam").await, "Fleet Books"));
    assert!(!listed(&due(&scene, "Dana").await, "Fleet Books"), "another area");
    hidden(retention::one(office, &who("Dana").actor, subject, stamp()).await);

    // While a case that is kept instructs it, it has not ended.
    let release = scene.release("CZ/003/26").await;
    scene.sql(&format!("INSERT INTO instruction (release_id, member_id) VALUES ('{release}', '{member}')"));
    assert!(!listed(&due(&scene, "Sam").await, "Fleet Books"));
    hidden(propose(&scene, sam, subject, &DISPOSE).await);
    scene.sql(&format!("DELETE FROM instruction WHERE member_id = '{member}'"));

    // A hold on its scheme holds it, also after two have agreed.
    propose(&scene, sam, subject, &DISPOSE).await.unwrap();
    assert_eq!(wrong_fields(decide(&scene, sam, subject, &AGREE).await), ["agrees"], "one person twice");
    hidden(decide(&scene, who("Robin"), subject, &AGREE).await);
    decide(&scene, who("Casey"), subject, &AGREE).await.unwrap();
    holds::place(office, &sam.actor, release, (&format!("scheme/{bcrp}"), "Claim 17"), stamp()).await.unwrap();
    scene.later(27 * 3_600_000);
    sweep::round(office).await.unwrap();
    assert_eq!(count(&scene, &format!("member WHERE id = '{member}'")), 1);
    lift(&scene, "Sam").await;
    sweep::round(office).await.unwrap();

    for of in [
        format!("member WHERE id = '{member}'"),
        format!("document WHERE subject_id = '{member}'"),
        format!("initiative_entry WHERE member_id = '{member}'"),
    ] {
        assert_eq!(count(&scene, &of), 0, "{of}");
    }
    assert!(!file.exists());
    let (_, leaf) = scene.records("erase").await.pop().unwrap();
    assert_eq!((leaf["record"].as_str(), leaf["years"].as_i64()), (Some("entry"), Some(6)));
    let of = retention::one(office, &who("Robin").actor, subject, stamp()).await.unwrap();
    assert!(of.term.is_none() && of.name.is_empty() && of.reviews[0].row.gone_at.is_some());
    hidden(retention::one(office, &who("Dana").actor, subject, stamp()).await);
    let page = Browser::of(&scene, Some("Robin")).await.get(&format!("/retention/{subject}")).await.text();
    assert!(page.contains("These records were disposed of") && !page.contains("Fleet Books"));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn undertakings_go_so_many_years_after_their_signers_last_supply() {
    let scene = Scene::new().await;
    let (office, sam, priya) = (&scene.office, who("Sam"), who("Priya"));
    let subject = Subject::Signer(priya.id);
    hidden(propose(&scene, sam, subject, &DISPOSE).await);
    for scheme in world().schemes {
        let _ = people::take(office, &sam.actor, priya.id, &role("manager", &scheme.to_string()), stamp()).await;
    }
    assert_eq!(count(&scene, &format!("grant_held WHERE person_id = '{}'", priya.id)), 0);
    // It has not ended as long as a copy of theirs is on record.
    hidden(propose(&scene, sam, subject, &DISPOSE).await);

    // Their cases go one by one; the last supply of all is written down with them.
    let last = scene.sql(&format!("SELECT MAX(sealed_at) FROM copy WHERE holder = '{}'", priya.id));
    let releases = scene.sql(&format!("SELECT DISTINCT release_id FROM copy WHERE holder = '{}'", priya.id));
    for id in releases.lines() {
        let id = disclosure_portal::domain::ids::ReleaseId::parse(id).unwrap();
        office.act(move |tx| Box::pin(async move { Ok(tx.erase(id.into()).await?) })).await.unwrap();
    }
    let supplied = format!("SELECT supplied_at FROM person WHERE id = '{}'", priya.id);
    assert_eq!(scene.sql(&supplied), last);
    let day = Moment::from_millis(last.parse().unwrap()).day();
    let from = disclosure_portal::domain::retention::due(Moment::from_millis(last.parse().unwrap()), 10, None);
    assert!(from > parse_day("2036-11-01").unwrap(), "ten years after {day}");
    scene.clock.set(Moment::start_of(from).plus_millis(-1));
    assert!(!listed(&due(&scene, "Sam").await, &priya.account.name));
    scene.clock.set(Moment::start_of(from));
    assert!(listed(&due(&scene, "Sam").await, &priya.account.name));
    // Somebody who receives again is not due.
    let bcrp = world().schemes[0].to_string();
    people::give(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    assert!(!listed(&due(&scene, "Sam").await, &priya.account.name));
    people::take(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    assert!(listed(&due(&scene, "Sam").await, &priya.account.name));

    let mine = format!("statement WHERE person_id = '{}' AND object LIKE 'undertaking/%'", priya.id);
    let others = format!("statement WHERE person_id <> '{}' AND object LIKE 'undertaking/%'", priya.id);
    let (before, theirs) = (count(&scene, &mine), count(&scene, &others));
    assert!(before > 0 && theirs > 0);
    // Agreed, and they receive again before the night: what was agreed then is no word about now.
    agreed(&scene, subject).await;
    people::give(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    sweep::round(office).await.unwrap();
    people::take(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    sweep::round(office).await.unwrap();
    assert_eq!(count(&scene, &mine), before);
    agreed(&scene, subject).await;
    sweep::round(office).await.unwrap();
    assert_eq!((count(&scene, &mine), count(&scene, &others)), (0, theirs));
    assert_eq!(count(&scene, &format!("undertaking WHERE person_id = '{}'", priya.id)), 0);
    let (_, leaf) = scene.records("erase").await.pop().unwrap();
    assert_eq!((leaf["record"].as_str(), leaf["years"].as_i64()), (Some("undertaking"), Some(10)));
    assert!(!leaf["erased"].as_array().unwrap().is_empty(), "the bodies of its entries went with it");
}

#[actix_web::test]
async fn the_logs_bodies_go_by_the_month_and_never_those_of_a_case() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let subject = Subject::Month(parse_day("2026-09-01").unwrap());
    let of_september = "access_record WHERE at < 1790809200000";
    let (all, of_cases) = (
        count(&scene, of_september),
        "access_record WHERE at < 1790809200000 AND (object LIKE 'release/%' OR copy_id IS NOT NULL)",
    );
    let kept = count(&scene, of_cases);
    assert!(kept > 0 && all > kept);
    let keys =
        count(&scene, &format!("{of_september} AND (kind IN ('enrol', 'unit.key') OR kind LIKE 'undertaking.%')"));
    assert!(keys > 0 && count(&scene, &format!("{of_september} AND object LIKE 'scheme/%'")) > 0);
    scene.clock.set(at("2036-10-01").plus_millis(-1));
    assert!(!listed(&due(&scene, "Sam").await, "The log of September 2026"));
    assert_eq!(wrong_fields(propose(&scene, who("Sam"), subject, &DISPOSE).await), ["fate"]);
    scene.clock.set(at("2036-10-01"));
    // It is of all areas: both areas' co-ordinators see it, and one of the other area may be the second person.
    for name in ["Sam", "Dana", "Casey", "Alex", "Robin"] {
        assert!(listed(&due(&scene, name).await, "The log of September 2026"), "{name}");
    }
    for name in ["Riley", "Jordan", "Lee", "Priya"] {
        hidden(retention::one(office, &who(name).actor, subject, stamp()).await);
        hidden(decide(&scene, who(name), subject, &AGREE).await);
    }
    for name in ["Casey", "Robin", "Lee"] {
        hidden(propose(&scene, who(name), subject, &DISPOSE).await);
    }
    // Any hold, in whatever area, holds the log.
    let theirs = scene.release("NH/001/26").await;
    holds::place(office, &who("Dana").actor, theirs, ("release", "An inquiry"), stamp()).await.unwrap();
    assert_eq!(wrong_fields(propose(&scene, who("Sam"), subject, &DISPOSE).await), ["fate"]);
    lift(&scene, "Dana").await;
    propose(&scene, who("Sam"), subject, &DISPOSE).await.unwrap();
    hidden(decide(&scene, who("Robin"), subject, &AGREE).await);
    decide(&scene, who("Dana"), subject, &AGREE).await.unwrap();
    scene.later(27 * 3_600_000);
    sweep::round(office).await.unwrap();

    assert_eq!(count(&scene, of_cases), kept, "what is said of a case stays as long as the case");
    assert!(count(&scene, of_september) < all);
    assert_eq!(count(&scene, &format!("{of_september} AND object LIKE 'scheme/%'")), 0);
    // Which keys somebody has is what every signature of theirs is checked against; undertakings have a period of their own.
    let stays = format!("{of_september} AND (kind IN ('enrol', 'unit.key') OR kind LIKE 'undertaking.%')");
    assert_eq!(count(&scene, &stays), keys);
    assert!(!listed(&due(&scene, "Sam").await, "The log of September 2026"), "nothing of it is left to review");
    let of = retention::one(office, &who("Robin").actor, subject, stamp()).await.unwrap();
    assert!(of.reviews[0].row.area_id.is_none() && of.reviews[0].row.gone_at.is_some());
    log_verifies(&scene).await;
}

#[actix_web::test]
async fn what_is_proposed_about_an_earlier_end_is_answered_first_and_never_agreed_to() {
    let (scene, id) = super::retention::when_due().await;
    let (office, sam, casey) = (&scene.office, who("Sam"), who("Casey"));
    propose(&scene, sam, id, &DISPOSE).await.unwrap();
    // A copy is confirmed gone later than anybody knew of: it ended a day later.
    scene.sql(&format!("UPDATE copy SET confirmed_at = confirmed_at + 86400000 WHERE release_id = '{id}'"));
    scene.later(86_400_000);
    assert_eq!(wrong_fields(propose(&scene, sam, id, &DISPOSE).await), ["fate"]);
    assert_eq!(wrong_fields(decide(&scene, casey, id, &AGREE).await), ["agrees"]);
    decide(&scene, casey, id, &[("agrees", "no"), ("reason", "It ended later")]).await.unwrap();
    agreed(&scene, id).await;
    sweep::round(office).await.unwrap();
    assert!(office.read().await.unwrap().release(id).await.unwrap().is_none());
}

#[actix_web::test]
async fn what_cannot_be_disposed_of_keeps_nothing_from_being_cleaned() {
    let (scene, id) = super::retention::when_due().await;
    let office = &scene.office;
    sweep::round(office).await.unwrap();
    let cleaned = async || office.read().await.unwrap().setting("cleaned_at").await.unwrap();
    let before = cleaned().await;
    agreed(&scene, id).await;
    scene.sql("CREATE TABLE stuck (release_id TEXT REFERENCES release (id))");
    scene.sql(&format!("INSERT INTO stuck (release_id) VALUES ('{id}')"));
    sweep::round(office).await.unwrap();
    assert!(office.read().await.unwrap().release(id).await.unwrap().is_some(), "it is stuck");
    assert_ne!(cleaned().await, before);
    scene.sql("DROP TABLE stuck");
    sweep::round(office).await.unwrap();
    assert!(office.read().await.unwrap().release(id).await.unwrap().is_none());
}

#[actix_web::test]
async fn cases_and_requests_are_each_looked_for_by_their_own_period() {
    let scene = Scene::new().await;
    let (area, never) = (world().areas[0], Moment::from_millis(0));
    let (case, far) = (scene.release("CZ/002/26").await.to_string(), at("2099-01-01"));
    let found = async |cases, requests| {
        let all = scene.office.read().await.unwrap().ended_before(area, cases, requests).await.unwrap();
        (all.iter().any(|one| one.id == case), all.len())
    };
    let (cases, requests) = (found(far, never).await, found(never, far).await);
    assert!(cases.0 && !requests.0 && requests.1 > 0, "{cases:?} {requests:?}");
    assert_eq!(found(far, far).await.1, cases.1 + requests.1);
    assert_eq!(found(never, never).await.1, 0);
}
