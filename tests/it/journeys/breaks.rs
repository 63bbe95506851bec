//! What hostile hands tried: a key of before put back by the database, an account taken over by a renewal, a passkey slipped in while its
//! owner recovers, originals destroyed by a role alone, key files that lie beside others.

use disclosure_portal::actions::enrol::{self, Invite};
use disclosure_portal::actions::keyfiles::Hold;
use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::passkey::own::{self, NewPasskey};
use disclosure_portal::actions::unit::{self, reseal};
use disclosure_portal::actions::{No, post, renew, trust};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::{releases as plots, stamp};
use disclosure_portal::domain::actor::{Grant, Role};
use disclosure_portal::sealing::age::Identity;

use super::passkeys::{add, begin, keys, passkey, send, sign_in};
use super::renewal::{approve, at_desk, join, renew_priya};
use super::{PLOT, hidden, units};
use crate::harness::authenticator::Authenticator;
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, noon, who, world, wrong_fields};

#[actix_web::test]
async fn keys_that_ended_do_not_come_back_by_the_database_though_their_paper_holds() {
    let scene = Scene::new().await;
    let priya = who("Priya").id;
    let column = |name: &str| scene.sql(&format!("SELECT {name} FROM person WHERE id = '{priya}'"));
    let (recipient, signing) = (column("recipient"), column("signing_key"));
    join(&scene.office, &renew_priya(&scene).await).await;
    approve(&scene.office).await;
    let id = plots::ask(&scene.office, who("Riley"), &world().areas[0].to_string(), &PLOT).await.unwrap();
    scene.sql(&format!("UPDATE person SET recipient = '{recipient}', signing_key = '{signing}' WHERE id = '{priya}'"));
    let done = plots::authorise(&scene.office, who("Sam"), id, &[(priya, world().schemes[0])]).await;
    let Err(No::Invalid(errors)) = done else { panic!("sealed to a key that was lost: {done:?}") };
    assert!(errors[0].sentence.starts_with("Stop"), "{errors:?}");
    assert_eq!(scene.records("key.alarm").await.len(), 1);
}

#[actix_web::test]
async fn a_units_earlier_key_does_not_come_back_by_the_database() {
    let scene = Scene::new().await;
    let area = units::cantwell();
    let old = units::plan(&scene).await.unit;
    let new = Identity::fresh().unwrap();
    units::make_for(&scene, &new, &units::holders(&scene).await).await.unwrap();
    units::root_signs(&scene, &new.recipient().to_string()).await;
    assert_eq!(units::plan(&scene).await.unit, new.recipient().to_string());
    let check = async |key: &str| {
        let mut conn = scene.office.read().await.unwrap();
        trust::unit(&scene.office, &mut conn, area, key).await
    };
    check(&new.recipient().to_string()).await.unwrap();
    scene.sql(&format!("UPDATE area SET unit_recipient = '{old}' WHERE id = '{area}'"));
    assert_eq!(codes(check(&old).await), ["unit-key-changed"]);
    // Nor as the one that waits: the root's paper about it is there already.
    scene.sql(&format!(
        "UPDATE area SET unit_recipient = '{}', next_recipient = '{old}', next_box = unit_box WHERE id = '{area}'",
        new.recipient()
    ));
    let shown = unit::unit(&scene.office, &who("Sam").actor, area).await.unwrap();
    assert_eq!(shown.area.unit_recipient, new.recipient().to_string());
}

#[actix_web::test]
async fn a_role_alone_destroys_no_original() {
    let scene = Scene::new().await;
    units::give(&scene, "Alex", Role::Aic).await;
    let alex = units::actor(&scene, "Alex").await;
    let area = units::cantwell();
    let told = ["own-keys-unconfirmed"];
    assert_eq!(codes(reseal::take(&scene.office, &alex, area, "x", Vec::new()).await), told);
    assert_eq!(codes(reseal::confirm(&scene.office, &alex, area, "x", stamp()).await), told);
    hidden(reseal::confirm(&scene.office, &who("Sam").actor, area, "x", stamp()).await);
}

#[actix_web::test]
async fn whoever_lost_everything_joins_again_with_a_passkey_alone() {
    let scene = Scene::new().await;
    let path = renew_priya(&scene).await;
    let (browser, mut phone) = (Browser::stranger(&scene), Authenticator::new());
    let begun = begin(&browser, &format!("{path}/passkey/options")).await;
    let credential = phone.make(&begun["publicKey"]);
    let got = send(&browser, &path, &[keys(), passkey(&begun, &credential, true)].concat()).await;
    assert_eq!(got.status, 303, "{}", got.text());
    let got = sign_in(&scene, &mut phone).await;
    assert_eq!(got.status, 200, "{}", got.text());
    assert_eq!(scene.records("passkey.add").await.last().unwrap().1["unlocks"], true);
}

#[actix_web::test]
async fn a_co_ordinator_does_not_come_into_another_area_by_a_renewal() {
    let scene = Scene::new().await;
    let (priya, here, there) = (who("Priya").id, world().areas[0], world().areas[1]);
    let riley = who("Riley").id;
    let grant = Grant::InArea(Role::Aic, there);
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(riley, grant).await?) })).await.unwrap();
    let sam = at_desk(who("Sam"), &scene);
    assert!(sam.actor.is_in(Role::Aic, here) && !sam.actor.is_in(Role::Aic, there));
    let refused = renew::renew(&scene.office, &sam, riley, "In person", stamp()).await;
    assert_eq!(wrong_fields(refused), ["verified"]);
    assert!(scene.records("keys.renew").await.is_empty());
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.take_grant(riley, grant).await?) })).await.unwrap();
    renew::renew(&scene.office, &sam, riley, "In person", stamp()).await.unwrap();
    renew::renew(&scene.office, &sam, priya, "In person", stamp()).await.unwrap();
}

#[actix_web::test]
async fn a_passkey_is_not_slipped_in_while_its_owner_recovers() {
    let scene = Scene::new().await;
    let (browser, mut phone) = (Browser::of(&scene, Some("Priya")).await, Authenticator::new());
    let begun = begin(&browser, "/account/passkeys/options").await;
    let credential = phone.make(&begun["publicKey"]);
    let mut thief = at_desk(who("Priya"), &scene);
    thief.session = browser.session.unwrap();
    // The request had passed the door when the owner's recovery, or a renewal, was acknowledged.
    scene.sql(&format!("UPDATE person SET version = version + 1 WHERE id = '{}'", thief.id));
    let sent = NewPasskey {
        ceremony: begun["ceremony"].as_str().unwrap().into(),
        credential,
        name: "Mine now".into(),
        wrap: String::new(),
        identity_wrap: String::new(),
        signing_wrap: String::new(),
    };
    hidden(own::add(&scene.office, &thief, &sent, stamp()).await);
    assert_eq!(scene.sql("SELECT COUNT(*) FROM passkey"), "0");
}

#[actix_web::test]
async fn opening_a_portal_removes_no_key_file_that_a_rotation_did_not_write() {
    let closed = Scene::new().await.stopped().await;
    let at = |name: &str| closed.folder.0.join("keys").join(name);
    for word in ["records", "log"] {
        std::fs::rename(at(&format!("{word}.key")), at(&format!("{word}-main.key"))).unwrap();
        std::fs::copy(at(&format!("{word}-main.key")), at(&format!("{word}-backup.key"))).unwrap();
    }
    let mut settings = closed.settings.clone();
    (settings.keys.records, settings.keys.log) = (at("records-main.key"), at("log-main.key"));
    for _ in 0..2 {
        let office = Office::open_as(settings.clone(), Clock::manual(noon()), false, Hold::Shared).await.unwrap();
        office.close().await;
        for name in ["records-main.key", "records-backup.key", "log-main.key", "log-backup.key"] {
            assert!(at(name).exists(), "{name} is gone");
        }
    }
}

#[actix_web::test]
async fn the_link_of_a_renewal_is_not_in_the_database_of_a_real_portal() {
    let mut closed = Scene::new().await.stopped().await;
    closed.settings.demo = false;
    let office = closed.open(Hold::Shared).await;
    let scene = closed.scene(office);
    let path = renew_priya(&scene).await;
    post::round(&scene.office).await.unwrap();
    let priya = who("Priya").id;
    assert_eq!(
        scene.sql(&format!("SELECT COUNT(*) FROM message WHERE topic = 'recovered' AND person_id = '{priya}'")),
        "1"
    );
    let words = scene.sql("SELECT words FROM mail");
    assert!(!words.contains(&path), "{words}");
}

#[actix_web::test]
async fn an_invitation_alone_reads_no_case_and_renews_nobody() {
    let scene = Scene::new().await;
    let area = world().areas[0].to_string();
    let id = plots::ask(&scene.office, who("Riley"), &area, &PLOT).await.unwrap();
    for role in ["inspector", "aic", "auditor"] {
        let form = Invite {
            email: format!("{role}@demo.example"),
            name: "Sock Puppet".into(),
            role: role.into(),
            area: if role == "auditor" { String::new() } else { area.clone() },
            ..Invite::default()
        };
        let path = enrol::invite(&scene.office, &who("Lee").actor, &form, stamp()).await.unwrap();
        let (mut browser, mut phone) = (Browser::stranger(&scene), Authenticator::new());
        let begun = begin(&browser, &format!("{path}/passkey/options")).await;
        let credential = phone.make(&begun["publicKey"]);
        assert_eq!(send(&browser, &path, &[keys(), passkey(&begun, &credential, true)].concat()).await.status, 303);
        let got = sign_in(&scene, &mut phone).await;
        browser.holds(&scene, &got);
        let home = browser.get("/").await;
        assert!(home.status == 200 && home.text().contains("Your keys"), "{role}: told what they wait for");
        assert!(!home.text().contains(PLOT.title), "{role}");
        for path in [format!("/releases/{id}"), "/log".into(), "/people".into(), "/approvals".into()] {
            assert_eq!(browser.get(&path).await.status, 404, "{role} {path}");
        }
        let renew = format!("/people/{}/renew", who("Priya").id);
        assert_eq!(browser.post(&renew, &[("verified", "I say so")]).await.status, 404, "{role}");
        assert_eq!(add(&browser, &mut Authenticator::new(), true).await.status, 200, "{role}: their account is theirs");
    }
}

#[actix_web::test]
async fn a_co_ordinators_role_counts_once_a_paper_says_so() {
    let scene = Scene::new().await;
    units::give(&scene, "Alex", Role::Aic).await;
    let browser = Browser::of(&scene, Some("Alex")).await;
    assert_eq!(browser.get("/approvals").await.status, 404);
    assert_eq!(browser.get("/releases").await.status, 200, "an inspector as before");
    units::sam_approves(&scene, "Alex", Role::Aic).await;
    assert_eq!(browser.get("/approvals").await.status, 200);
}
