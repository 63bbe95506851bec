//! Mail to a real SMTP server on loopback: what it says, when it goes, what becomes of it when the relay is away, slow, refuses, or we are
//! killed in between.

use std::sync::Arc;

use disclosure_portal::actions::office::{Office, Settings};
use disclosure_portal::actions::{home, messages, post};
use disclosure_portal::config::{Mail, Tls};
use disclosure_portal::demo::releases::{ask, recall, release_to, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::PersonId;
use disclosure_portal::domain::moment::Moment;

use super::{PLOT, hidden};
use crate::harness::browser::Browser;
use crate::harness::relay::{Relay, USER};
use crate::harness::{Scene, wait, wrong_fields};

/// A portal with a relay, after a day on which everybody was told everything.
pub(crate) async fn with(relay: &Relay) -> Scene {
    with_settings(relay.settings()).await
}

/// The same with a relay that is set up so.
pub(super) async fn with_settings(relay: Mail) -> Scene {
    let scene = Scene::new().await;
    super::messages::told(&scene).await;
    // A job's lease outlasts whoever held it by as long.
    scene.later(60_000);
    scene.set_up(|set| (set.demo, set.mail) = (false, Some(relay))).await
}

fn people(relay: &Relay) -> Vec<String> {
    relay.taken().iter().map(|one| one["to"][0].as_str().unwrap().to_owned()).collect()
}

/// How each mail stands.
pub(super) fn states(scene: &Scene) -> Vec<String> {
    let text = scene.sql("SELECT state FROM mail WHERE state <> 'shown' ORDER BY created_at, id");
    text.lines().map(str::to_owned).collect()
}

/// How the mail to somebody stands.
pub(super) fn mail_of(person: PersonId) -> String {
    format!(
        "SELECT state || '|' || attempts FROM mail WHERE person_id = '{person}' AND state <> 'shown' AND state <> 'sent'"
    )
}

pub(super) async fn recalled(scene: &Scene) {
    let id = scene.release("CZ/003/26").await;
    recall(&scene.office, scene.who("Sam"), id, "The purpose is met.").await.unwrap();
}

#[actix_web::test]
async fn a_recall_is_mailed_at_once_over_tls_whatever_was_chosen_and_says_nothing_of_the_case() {
    for tls in [Tls::Starttls, Tls::Implicit, Tls::Off] {
        let relay = Relay::start(tls);
        let scene = with(&relay).await;
        messages::choose(&scene.office, &scene.who("Priya").actor, "none").await.unwrap();
        recalled(&scene).await;
        post::round(&scene.office).await.unwrap();
        post::round(&scene.office).await.unwrap();
        let (taken, priya) = (relay.taken(), &scene.who("Priya").account.email);
        let mine: Vec<_> = taken.iter().filter(|one| one["to"][0] == **priya).collect();
        assert_eq!(mine.len(), 1, "{taken:?}");
        assert_eq!(mine[0]["tls"], tls != Tls::Off);
        assert_eq!(mine[0]["user"], if tls == Tls::Off { "" } else { USER });
        let data = mine[0]["data"].as_str().unwrap();
        for part in ["A recall. Please act on it today.", "https://localhost:8443", "Auto-Submitted: auto-generated"] {
            assert!(data.contains(part), "{part}: {data}");
        }
        for never in ["CZ/003/26", "Priya", "Shah", "theft", "Theft", "pharmac", "Sam"] {
            assert!(!data.replace(priya.as_str(), "").contains(never), "{never}: {data}");
        }
        assert!(states(&scene).iter().all(|state| state == "sent"));
    }
}

#[actix_web::test]
async fn the_rest_waits_for_the_days_digest_unless_somebody_chose_otherwise() {
    let relay = Relay::start(Tls::Off);
    let scene = with(&relay).await;
    let (office, riley, sam) = (&scene.office, scene.who("Riley"), scene.who("Sam"));
    let area = scene.world().areas[0].to_string();
    messages::choose(office, &riley.actor, "at-once").await.unwrap();
    messages::choose(office, &scene.who("Morgan").actor, "none").await.unwrap();
    let id = ask(office, riley, &area, &PLOT).await.unwrap();
    release_to(office, sam, id, &PLOT, &to(scene.world(), &[("Priya", 0), ("Morgan", 0)]).unwrap()).await.unwrap();
    post::round(office).await.unwrap();
    assert_eq!(people(&relay), std::slice::from_ref(&riley.account.email), "who wants it at once");
    scene.clock.set(Moment::parse_london("2026-11-22", "06:59").unwrap());
    post::round(office).await.unwrap();
    assert_eq!(people(&relay).len(), 1);
    scene.clock.set(Moment::parse_london("2026-11-22", "07:00").unwrap());
    for _ in 0..3 {
        post::round(office).await.unwrap();
    }
    let all = people(&relay);
    assert_eq!(all.iter().filter(|one| **one == scene.who("Priya").account.email).count(), 1, "{all:?}");
    assert!(!all.contains(&scene.who("Morgan").account.email), "only in the portal");
    let digest = relay.taken().into_iter().find(|one| one["to"][0] == *sam.account.email).unwrap();
    assert!(digest["data"].as_str().unwrap().contains("A request to decide."));
}

#[actix_web::test]
async fn a_relay_that_is_down_is_tried_again_and_the_mail_goes_when_it_is_up() {
    let mut relay = Relay::start(Tls::Starttls);
    let scene = with(&relay).await;
    relay.down();
    recalled(&scene).await;
    assert!(post::round(&scene.office).await.is_err(), "the job says that it failed");
    assert!(states(&scene).iter().all(|state| state == "waiting"));
    // What waits survives a restart.
    let scene = scene.restarted().await;
    relay.up();
    let before = people(&relay).len();
    for _ in 0..2 {
        scene.later(60_000);
        post::round(&scene.office).await.unwrap();
    }
    assert!(people(&relay).len() > before);
    assert!(states(&scene).iter().all(|state| state == "sent"), "{:?}", states(&scene));
    let all = people(&relay);
    let mut each = all.clone();
    each.sort();
    each.dedup();
    assert_eq!(all.len(), each.len(), "one mail a person");
}

#[actix_web::test]
async fn not_now_is_tried_later_and_later_and_never_is_seen_by_administrator_and_co_ordinator() {
    let relay = Relay::start(Tls::Off);
    let scene = with(&relay).await;
    let (office, priya) = (&scene.office, scene.who("Priya"));
    relay.say("451 4.3.0 later");
    recalled(&scene).await;
    post::round(office).await.unwrap();
    let tries = |scene: &Scene| scene.sql(&mail_of(priya.id));
    assert_eq!(tries(&scene).trim(), "waiting|1");
    scene.later(59_000);
    post::round(office).await.unwrap();
    assert_eq!(tries(&scene).trim(), "waiting|1", "not before its time");
    scene.later(1_000);
    post::round(office).await.unwrap();
    assert_eq!(tries(&scene).trim(), "waiting|2");
    relay.say("550 5.1.1 no such user");
    scene.later(120_000);
    post::round(office).await.unwrap();
    assert_eq!(tries(&scene).trim(), "undeliverable|3");
    scene.later(86_400_000);
    relay.say("");
    post::round(office).await.unwrap();
    assert_eq!(tries(&scene).trim(), "undeliverable|3", "given up");
    // Seen, mended, sent again.
    let administrator = home::waiting(office, &scene.who("Lee").actor).await.unwrap();
    assert!(administrator.iter().any(|one| matches!(one, home::Waiting::Troubles(_, lost) if *lost > 0)));
    let sheet = Browser::of(&scene, Some("Sam")).await.get(&format!("/people/{}", priya.id)).await;
    assert!(sheet.text().contains("could not be delivered"));
    let wrong = messages::send_again(office, &scene.who("Sam").actor, priya.id, "nobody", stamp()).await;
    assert_eq!(wrong_fields(wrong), ["address"]);
    hidden(messages::send_again(office, &scene.who("Dana").actor, priya.id, "new@example.org", stamp()).await);
    let own = messages::send_again(office, &scene.who("Sam").actor, scene.who("Sam").id, "x@example.org", stamp());
    assert_eq!(wrong_fields(own.await), ["address"]);
    let again = messages::send_again(office, &scene.who("Sam").actor, priya.id, "new@example.org", stamp());
    assert!(again.await.unwrap() > 0);
    post::round(office).await.unwrap();
    assert!(people(&relay).contains(&"new@example.org".to_owned()));
    assert!(!states(&scene).contains(&"undeliverable".to_owned()) || scene.sql(&mail_of(priya.id)).is_empty());
    assert_eq!(scene.records("mail.again").await.len(), 1);
    let leaf = scene.records("mail.address").await.pop().unwrap().1;
    assert!(!leaf.to_string().contains("new@example.org"), "no address in the log");
}

#[actix_web::test]
async fn what_is_wrong_with_the_relay_is_never_held_against_a_recipient() {
    let relay = Relay::start(Tls::Starttls);
    let scene = with(&relay).await;
    recalled(&scene).await;
    // It lets nobody in, or does not let us send: both say "5xx".
    for words in ["greet 5xx", "mail 550 sender refused"] {
        relay.say(words);
        assert!(post::round(&scene.office).await.is_err(), "{words}");
        assert!(states(&scene).iter().all(|state| state == "waiting"), "{words}");
        scene.later(600_000);
    }
    relay.say("");
    std::fs::remove_file(relay.file("password")).unwrap();
    disclosure_portal::actions::office::write_secret(&relay.file("password"), "wrong").unwrap();
    let scene = scene.restarted().await;
    assert!(post::round(&scene.office).await.is_err(), "a wrong password");
    assert!(states(&scene).iter().all(|state| state == "waiting"));
    assert!(relay.taken().is_empty());
}

#[actix_web::test]
async fn nothing_is_said_to_a_relay_whose_certificate_is_not_the_right_one_or_that_knows_no_tls() {
    let (right, other, open) = (Relay::start(Tls::Starttls), Relay::start(Tls::Starttls), Relay::start(Tls::Off));
    let scene = with(&right).await;
    recalled(&scene).await;
    let stranger = Mail { ca_file: Some(other.file("tls/ca.pem")), ..right.settings() };
    let known = Mail { ca_file: None, ..right.settings() };
    let stripped = Mail { port: open.port, ..right.settings() };
    let mut scene = scene;
    for mail in [stranger, known, stripped] {
        scene = scene.set_up(|set| (set.demo, set.mail) = (false, Some(mail))).await;
        assert!(post::round(&scene.office).await.is_err());
        scene.later(3_600_000);
    }
    assert!(right.taken().is_empty() && open.taken().is_empty());
    assert!(states(&scene).iter().all(|state| state == "waiting"));
}

#[actix_web::test]
async fn cut_off_between_the_relays_yes_and_ours_a_mail_goes_once_more_under_the_same_number() {
    let relay = Relay::start(Tls::Off);
    let scene = with(&relay).await;
    relay.say("hold");
    recalled(&scene).await;
    // The relay has it and does not answer; we are gone, as after a kill.
    let cut = {
        let office = Arc::clone(&scene.office);
        tokio::select! {
            _ = async move { post::round(&office).await } => false,
            () = wait::until_so("the relay has it", async || !relay.taken().is_empty()) => true,
        }
    };
    assert!(cut);
    let first = relay.taken().remove(0);
    let scene = scene.restarted().await;
    relay.say("");
    post::round(&scene.office).await.unwrap();
    let to = |one: &serde_json::Value| one["to"] == first["to"];
    assert_eq!(relay.taken().iter().filter(|one| to(one)).count(), 1, "not before its time");
    scene.later(60_000);
    post::round(&scene.office).await.unwrap();
    scene.later(86_400_000);
    post::round(&scene.office).await.unwrap();
    let number = |one: &serde_json::Value| {
        let data = one["data"].as_str().unwrap();
        data.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned()
    };
    let same: Vec<_> = relay.taken().into_iter().filter(|one| number(one) == number(&first)).collect();
    assert_eq!(same.len(), 2, "at least once, and once more after the cut");
    assert!(states(&scene).iter().all(|state| state == "sent"));
}

#[actix_web::test]
async fn two_instances_send_each_mail_once() {
    let relay = Relay::start(Tls::Off);
    let scene = with(&relay).await;
    let second = scene.beside().await;
    recalled(&scene).await;
    for _ in 0..3 {
        let both = Box::pin(futures_util::future::join(post::round(&scene.office), post::round(&second.office))).await;
        both.0.and(both.1).unwrap();
    }
    let all = people(&relay);
    let mut each = all.clone();
    each.sort();
    each.dedup();
    assert!(!all.is_empty());
    assert_eq!(all.len(), each.len(), "{all:?}");
    assert!(states(&scene).iter().all(|state| state == "sent"));
}

#[actix_web::test]
async fn without_a_relay_messages_wait_in_the_portal_and_no_old_mail_goes_when_there_is_one() {
    let scene = Scene::new().await;
    super::messages::told(&scene).await;
    scene.later(60_000);
    let scene = scene.set_up(|set| set.demo = false).await;
    recalled(&scene).await;
    post::round(&scene.office).await.unwrap();
    assert!(super::messages::topics(&scene, scene.who("Priya")).await.contains(&"recall".to_owned()));
    let relay = Relay::start(Tls::Off);
    scene.later(60_000);
    let scene = scene.set_up(|set| (set.demo, set.mail) = (false, Some(relay.settings()))).await;
    post::round(&scene.office).await.unwrap();
    assert!(relay.taken().is_empty());
}

#[actix_web::test]
async fn in_the_demo_mails_are_shown_and_handed_to_nobody() {
    let scene = Scene::new().await;
    super::messages::told(&scene).await;
    recalled(&scene).await;
    post::round(&scene.office).await.unwrap();
    let page = Browser::stranger(&scene).get("/outbox").await.text();
    assert!(page.contains("Please look at the disclosure portal now"), "{page}");
    assert!(scene.sql("SELECT COUNT(*) FROM mail WHERE state <> 'shown'").trim() == "0");
}

#[actix_web::test]
async fn settings_that_cannot_be_used_stop_the_start_with_a_sentence() {
    let relay = Relay::start(Tls::Starttls);
    let scene = Scene::new().await;
    let settings = scene.settings();
    for (mail, named) in [
        (Mail { ca_file: Some(relay.file("none.pem")), ..relay.settings() }, "mail.ca_file"),
        (Mail { ca_file: Some(relay.file("say")), ..relay.settings() }, "mail.ca_file"),
        (Mail { password_file: Some(relay.file("none")), ..relay.settings() }, "mail.password_file"),
    ] {
        let settings = Settings { demo: false, mail: Some(mail), ..settings.clone() };
        let why = Office::open(settings, scene.clock.clone(), false).await.err().expect("refused").to_string();
        assert!(why.contains(named), "{why}");
    }
}
