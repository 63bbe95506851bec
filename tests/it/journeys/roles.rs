//! People: roles and suspension close everything in the same act, within one's own places, never one's own (K7.7).

use disclosure_portal::actions::people::{self, RoleForm};
use disclosure_portal::actions::{No, desk, session};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::actor::{Grant, Role};
use disclosure_portal::domain::ids::SessionId;

use super::{hidden, open, part};
use crate::harness::browser::Browser;
use crate::harness::{Scene, who, world, wrong_fields};

pub(crate) fn role(word: &str, place: &str) -> RoleForm {
    RoleForm { role: word.into(), area: place.into(), scheme: place.into() }
}

/// A visit in progress.
async fn visit(scene: &Scene, one: &Somebody) -> SessionId {
    let (id, person) = (SessionId::fresh(scene.office.now(), disclosure_portal::clock::random()), one.id);
    let act = scene.office.act(move |tx| {
        Box::pin(async move {
            let version = tx.person(person).await?.ok_or(No::NotFound)?.version;
            Ok(tx.begin_visit(id, person, version, ("test", "")).await?)
        })
    });
    act.await.unwrap();
    id
}

#[actix_web::test]
async fn a_role_taken_or_an_account_suspended_closes_everything_at_once() {
    let scene = Scene::new().await;
    let (office, sam, lee, priya) = (&scene.office, who("Sam"), who("Lee"), who("Priya"));
    let bcrp = world().schemes[0].to_string();
    let copy = copy_of(office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    assert!(open(&scene, priya, copy, screen).await.is_ok());
    let begun = visit(&scene, priya).await;
    assert!(session::check(office, begun, priya.id, 1).await.unwrap().is_some());

    people::take(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    // The visit is over, and whoever had read the request before is not who they were (P3).
    assert!(session::check(office, begun, priya.id, 1).await.unwrap().is_none());
    assert!(open(&scene, priya, copy, screen).await.is_err());
    let (_, body) = scene.records("role").await.pop().unwrap();
    assert_eq!((body["role"].as_str(), body["held"].as_bool()), (Some("manager"), Some(false)));
    assert_eq!(body["place"], format!("scheme/{bcrp}"));

    // Given again, by the co-ordinator and not by the administrator: the earlier vetting does not count (K7.3).
    hidden(people::give(office, &lee.actor, priya.id, &role("manager", &bcrp), stamp()).await);
    people::give(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    let sheet = people::one(office, &sam.actor, priya.id).await.unwrap();
    assert!(sheet.receives[0].1.lapses(office.now()).iter().any(|refusal| refusal.code() == "vetting-lapsed"));
    assert!(open(&scene, priya, copy, screen).await.is_err());

    let morgan = who("Morgan");
    let begun = visit(&scene, morgan).await;
    let (before, asked) = (scene.records("suspend").await.len(), desk::account(office, &morgan.actor).await.unwrap());
    people::suspend(office, &sam.actor, morgan.id, true, stamp()).await.unwrap();
    assert!(session::check(office, begun, morgan.id, asked.version).await.unwrap().is_none());
    people::suspend(office, &sam.actor, morgan.id, true, stamp()).await.unwrap();
    assert_eq!(scene.records("suspend").await.len(), before + 1, "nothing changed the second time");
    people::suspend(office, &sam.actor, morgan.id, false, stamp()).await.unwrap();
    assert!(!desk::account(office, &morgan.actor).await.unwrap().suspended);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_visit_in_progress_is_refused_at_its_next_request() {
    let scene = Scene::new().await;
    for (name, act) in [("Kit", "role"), ("Riley", "suspend")] {
        let browser = Browser::of(&scene, Some(name)).await;
        assert_eq!(browser.get("/releases").await.status, 200);
        let lee = Browser::of(&scene, Some("Lee")).await;
        let (id, area) = (who(name).id, world().areas[usize::from(name == "Kit")].to_string());
        let done = match act {
            "role" => lee.post(&format!("/people/{id}/roles/take"), &[("role", "officer"), ("area", &area)]).await,
            _ => lee.post(&format!("/people/{id}/suspend"), &[("suspended", "yes")]).await,
        };
        assert_eq!(done.status, 303, "{}", done.text());
        let after = browser.get("/releases").await;
        assert_eq!((after.status, after.location.starts_with("/sign-in")), (303, true), "{name}");
    }
}

#[actix_web::test]
async fn roles_are_given_within_ones_own_places_and_never_to_oneself() {
    let scene = Scene::new().await;
    let (office, sam, dana, lee) = (&scene.office, who("Sam"), who("Dana"), who("Lee"));
    let [cz, nh] = world().areas.map(|id| id.to_string());
    let [bcrp, pubs, shops] = world().schemes.map(|id| id.to_string());
    let give = async |by: &Somebody, to: &Somebody, word: &str, place: &str| {
        people::give(office, &by.actor, to.id, &role(word, place), stamp()).await
    };
    // The administrator: areas and the force. Police roles in several areas go together.
    give(lee, who("Riley"), "officer", &nh).await.unwrap();
    give(lee, who("Riley"), "reviewer", &cz).await.unwrap();
    assert_eq!(wrong_fields(give(lee, who("Riley"), "officer", &nh).await), ["role"], "held already");
    hidden(give(lee, who("Priya"), "manager", &pubs).await);
    // Administrator and auditor stand alone; police and partners do not mix (K7.7).
    assert_eq!(wrong_fields(give(lee, who("Riley"), "administrator", &cz).await), ["role"]);
    assert_eq!(wrong_fields(give(lee, who("Robin"), "officer", &cz).await), ["role"]);
    assert_eq!(wrong_fields(give(lee, who("Priya"), "officer", &cz).await), ["role"]);
    // Nobody their own.
    assert_eq!(wrong_fields(give(lee, lee, "auditor", &cz).await), ["role"]);
    hidden(give(sam, sam, "commander", &cz).await);
    // The co-ordinator: schemes of their own area, people of their own area.
    give(sam, who("Priya"), "manager", &pubs).await.unwrap();
    assert_eq!(wrong_fields(give(sam, who("Priya"), "member", &bcrp).await), ["role"], "one role a scheme");
    hidden(give(sam, who("Priya"), "manager", &shops).await);
    hidden(give(sam, who("Toby"), "officer", &cz).await);
    hidden(give(dana, who("Toby"), "manager", &shops).await);
    hidden(give(sam, who("Ines"), "manager", &bcrp).await);
    hidden(give(who("Riley"), who("Toby"), "manager", &pubs).await);
    for (word, place) in [("", ""), ("king", &*cz), ("manager", ""), ("officer", "x")] {
        assert_eq!(wrong_fields(give(lee, who("Toby"), word, place).await), ["role"], "{word} {place}");
    }
    // She receives there without vetting: the footing says so.
    let sheet = people::one(office, &sam.actor, who("Priya").id).await.unwrap();
    assert_eq!(sheet.receives.len(), 2);
    let new = sheet.receives.iter().find(|(row, _)| row.scheme_id == pubs).unwrap();
    assert!(new.1.lapses(office.now()).iter().any(|refusal| refusal.code() == "vetting-lapsed"));
    assert_eq!(scene.records("role").await.len(), 3);
}

#[actix_web::test]
async fn suspending_and_restoring_stay_within_ones_own_places() {
    let scene = Scene::new().await;
    let (office, sam, dana, lee) = (&scene.office, who("Sam"), who("Dana"), who("Lee"));
    let set = async |by: &Somebody, to: &Somebody, suspended: bool| {
        people::suspend(office, &by.actor, to.id, suspended, stamp()).await
    };
    hidden(set(dana, who("Priya"), true).await);
    hidden(set(sam, who("Ines"), true).await);
    hidden(set(who("Priya"), who("Toby"), true).await);
    assert_eq!(wrong_fields(set(sam, who("Riley"), true).await), ["person"], "police accounts are the administrator's");
    assert_eq!(wrong_fields(set(lee, lee, true).await), ["person"]);
    // Ines receives in both areas: either co-ordinator closes, only the administrator opens again.
    let grant = Grant::InScheme(Role::Manager, world().schemes[0]);
    let ines = who("Ines").id;
    office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(ines, grant).await?) })).await.unwrap();
    set(dana, who("Ines"), true).await.unwrap();
    assert_eq!(wrong_fields(set(sam, who("Ines"), false).await), ["person"]);
    assert_eq!(wrong_fields(set(dana, who("Ines"), false).await), ["person"]);
    set(lee, who("Ines"), false).await.unwrap();
}

#[actix_web::test]
async fn whom_one_may_know_of_is_a_matter_of_place() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let names = async |by: &str, name: &str| {
        let list = people::list(office, &who(by).actor, name, 0).await.unwrap();
        assert_eq!(i64::try_from(list.people.len()).unwrap(), list.count);
        list.people.into_iter().map(|(person, _)| person.name).collect::<Vec<_>>()
    };
    assert_eq!(names("Lee", "").await.len(), 14);
    assert_eq!(names("Dana", "").await, ["Dana Quill", "Ines Holm", "Kit Farrow"]);
    assert!(!names("Sam", "").await.contains(&"Ines Holm".to_owned()));
    assert_eq!(names("Lee", "HOLM").await, ["Ines Holm"]);
    assert_eq!(names("Lee", "%").await.len(), 0, "taken literally");
    hidden(people::list(office, &who("Robin").actor, "", 0).await);
    hidden(people::one(office, &who("Dana").actor, who("Priya").id).await);
    hidden(people::one(office, &who("Priya").actor, who("Toby").id).await);
    let sheet = people::one(office, &who("Sam").actor, who("Riley").id).await.unwrap();
    assert_eq!(sheet.keys, people::Keys::Confirmed);
    assert!(sheet.takes.is_empty() && sheet.gives.roles.is_empty() && !sheet.may_suspend);
    // A key changed behind the portal's back shows.
    let toby = who("Toby").id.to_string();
    scene.sql(&format!("UPDATE person SET recipient = 'age1other' WHERE id = '{toby}'"));
    let sheet = people::one(office, &who("Sam").actor, who("Toby").id).await.unwrap();
    assert_eq!(sheet.keys, people::Keys::Changed);
}

#[actix_web::test]
async fn somebody_without_any_role_is_found_by_their_whole_address_alone() {
    let scene = Scene::new().await;
    let (office, sam, dana, priya, ines) = (&scene.office, who("Sam"), who("Dana"), who("Priya"), who("Ines"));
    let [bcrp, _, shops] = world().schemes.map(|id| id.to_string());
    let found = async |by: &Somebody, name: &str| {
        let list = people::list(office, &by.actor, name, 0).await.unwrap();
        assert_eq!(i64::try_from(list.people.len()).unwrap(), list.count);
        list.people.into_iter().map(|(person, _)| person.name).collect::<Vec<_>>()
    };
    let address = &priya.account.email;
    // As long as she has a role, her own area's co-ordinator finds her and no other does (P10).
    assert_eq!(found(sam, address).await, ["Priya Lowen"]);
    assert_eq!(found(dana, address).await.len(), 0);
    assert_eq!(found(sam, &ines.account.email).await.len(), 0);
    assert_eq!(found(who("Lee"), &ines.account.email).await, ["Ines Holm"]);
    hidden(people::give(office, &sam.actor, ines.id, &role("manager", &bcrp), stamp()).await);

    people::take(office, &sam.actor, priya.id, &role("manager", &bcrp), stamp()).await.unwrap();
    let known = format!(" {} ", address.to_uppercase());
    for (typed, count) in [("", 0), ("Priya", 0), ("@", 0), ("@demo.example", 0), ("priya.lowen@", 0), (&*known, 1)] {
        for by in [sam, dana] {
            let there = found(by, typed).await.iter().filter(|name| *name == "Priya Lowen").count();
            assert_eq!(there, count, "{typed}");
        }
    }
    hidden(people::one(office, &who("Riley").actor, priya.id).await);
    hidden(people::suspend(office, &sam.actor, priya.id, true, stamp()).await);
    // She comes back in whichever area gives her a role, and is out of the other's sight again.
    hidden(people::give(office, &dana.actor, priya.id, &role("manager", &bcrp), stamp()).await);
    people::give(office, &dana.actor, priya.id, &role("manager", &shops), stamp()).await.unwrap();
    assert_eq!(found(sam, address).await.len(), 0);
    hidden(people::one(office, &sam.actor, priya.id).await);
    // The page that leads there, and the refusal that says so.
    let browser = Browser::of(&scene, Some("Sam")).await;
    let fields =
        [("name", "Toby"), ("email", who("Toby").account.email.as_str()), ("role", "manager"), ("scheme", &*bcrp)];
    let told = browser.post("/invitations/new", &fields).await.text();
    assert!(told.contains("Look for the address under People"), "{told}");
    let page = browser.get("/people?name=toby.garrick%40demo.example").await.text();
    assert!(page.contains("Toby Garrick") && page.contains("toby.garrick@demo.example"), "{page}");
}

#[actix_web::test]
async fn the_sign_in_before_this_one_is_shown_to_its_owner() {
    let scene = Scene::new().await;
    let (office, riley) = (&scene.office, who("Riley").id);
    let sign_in =
        async || office.act(move |tx| Box::pin(async move { Ok(tx.note_sign_in(riley).await?) })).await.unwrap();
    sign_in().await;
    let first = office.now().millis();
    assert_eq!(desk::signed_in_before(office, &who("Riley").actor).await.unwrap(), None);
    scene.later(60_000);
    sign_in().await;
    assert_eq!(desk::signed_in_before(office, &who("Riley").actor).await.unwrap(), Some(first));
    let page = Browser::of(&scene, Some("Riley")).await.get("/account").await.text();
    assert!(page.contains("21 November 2026 at 12:01pm") && page.contains("Before that"), "{page}");
}
