//! Whose keys these are: a newcomer waits for a co-ordinator who heard the six words; nothing is sealed to them and nothing they
//! sign counts before; words, area, role and account of whoever approves are asked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use disclosure_portal::actions::approve::{self, State};
use disclosure_portal::actions::enrol::{self, Enrolment, Invite};
use disclosure_portal::actions::fingerprint::fingerprint;
use disclosure_portal::actions::registers::{self, ReceiverForm};
use disclosure_portal::actions::{No, administer, statement};
use disclosure_portal::clock::{self, Clock};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{self as plots, sign};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::ids::{PersonId, ReleaseId};
use disclosure_portal::ledger::statement::{Lines, sign as sign_lines};
use disclosure_portal::ledger::trust::Root;
use disclosure_portal::sealing::age::Identity;

use super::PLOT;
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, sql, who, world, wrong_fields};

/// Somebody who has just joined as a manager of the partnership in Cantwell, with vetting on record.
struct Newcomer {
    id: PersonId,
    seed: [u8; 32],
    words: String,
}

fn public(seed: &[u8; 32]) -> String {
    let vkey = Root::of_seed("x", seed).unwrap().vkey();
    STANDARD.encode(&STANDARD.decode(vkey.splitn(3, '+').nth(2).unwrap()).unwrap()[1..])
}

async fn newcomer(scene: &Scene) -> Newcomer {
    let office = &scene.office;
    let scheme = world().schemes[0];
    let form = Invite {
        email: "noor@demo.example".into(),
        name: "Noor Avery".into(),
        role: "manager".into(),
        scheme: scheme.to_string(),
        ..Invite::default()
    };
    let path = enrol::invite(office, &who("Sam").actor, &form, stamp()).await.unwrap();
    let token = path.rsplit('/').next().unwrap();
    let invited = enrol::invited(office, token).await.unwrap();
    let secret = totp_rs::Secret::try_from_base32(&invited.totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(Clock::real().millis() / 1000).unwrap()).to_string();
    let (seed, half, wrap) = (clock::random::<32>(), "ab".repeat(32), STANDARD.encode([0_u8; 76]));
    let recipient = Identity::fresh().unwrap().recipient().to_string();
    let words = fingerprint(&recipient, &public(&seed));
    let made = Enrolment {
        auth: half.clone(),
        recovery_auth: half,
        recipient,
        signing_key: public(&seed),
        identity_wrap: wrap.clone(),
        signing_wrap: wrap.clone(),
        recovery_identity_wrap: wrap.clone(),
        recovery_signing_wrap: wrap,
        code,
        ..Enrolment::default()
    };
    enrol::enrol(office, token, &made, stamp()).await.unwrap();
    let id = PersonId::parse(&invited.person).unwrap();
    let vetted = ReceiverForm {
        vetting_reference: "VET/26/77".into(),
        vetting_ends: "2027-11-21".into(),
        responsible_person: "Noor Avery".into(),
        storage_place: "Portal only".into(),
    };
    registers::change_receiver(office, &who("Sam").actor, scheme, id, &vetted, stamp()).await.unwrap();
    Newcomer { id, seed, words }
}

async fn actor(scene: &Scene, id: PersonId) -> Actor {
    scene.office.read().await.unwrap().actor(id).await.unwrap()
}

/// Approves as the page does: the document as offered, signed with the approver's own key.
async fn approve_as(scene: &Scene, by: &Somebody, person: PersonId, words: &str) -> Result<(), No> {
    approve_holding(scene, by, &by.actor, person, words).await
}

/// The same with the roles they hold now.
async fn approve_holding(scene: &Scene, by: &Somebody, actor: &Actor, person: PersonId, words: &str) -> Result<(), No> {
    let one = approve::one(&scene.office, actor, person).await?;
    let document = one.document().unwrap();
    let note = sign(&scene.office, by, "approve", &approve::object(person), document.as_bytes())?;
    approve::approve(&scene.office, actor, person, words, &note, stamp()).await
}

async fn asked(scene: &Scene) -> ReleaseId {
    plots::ask(&scene.office, who("Riley"), &world().areas[0].to_string(), &PLOT).await.unwrap()
}

async fn authorise(scene: &Scene, id: ReleaseId, to: &[PersonId]) -> Result<(), No> {
    let to: Vec<_> = to.iter().map(|id| (*id, world().schemes[0])).collect();
    plots::authorise(&scene.office, who("Sam"), id, &to).await
}

#[actix_web::test]
async fn nothing_is_sealed_to_a_newcomer_and_nothing_they_sign_counts_until_their_six_words_were_heard() {
    let scene = Scene::new().await;
    let (noor, sam) = (newcomer(&scene).await, who("Sam"));
    let release = asked(&scene).await;
    let Err(No::Invalid(told)) = authorise(&scene, release, &[noor.id, who("Priya").id]).await else {
        panic!("authorised")
    };
    assert_eq!(told.len(), 1, "Priya's keys are confirmed: {told:?}");
    assert_eq!(told[0].field, "recipients");
    assert!(told[0].sentence.contains("Noor Avery") && told[0].sentence.contains("(K7.3)"), "{told:?}");
    let note = |object: &str, document: &[u8]| {
        let fresh = statement::nonce(&scene.office, noor.id, "undertaking", object).unwrap();
        let signer = noor.id.to_string();
        let kind = "undertaking";
        let lines = Lines { kind, document, object, signer: &signer, nonce: &fresh.nonce, time: &fresh.time };
        sign_lines(&noor.seed, &lines).unwrap()
    };
    let by = actor(&scene, noor.id).await;
    let words = disclosure_portal::actions::undertaking::open(&scene.office, &by, 1, stamp()).await.unwrap();
    let signed = note("undertaking/1", words.as_bytes());
    let signing = || disclosure_portal::actions::undertaking::sign(&scene.office, &by, 1, &signed, stamp());
    assert_eq!(codes(signing().await), ["own-keys-unconfirmed"]);

    let waiting = approve::waiting(&scene.office, &sam.actor).await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.held.name.as_str()).collect::<Vec<_>>(), ["Noor Avery"]);
    assert_eq!(waiting[0].state, State::New);
    approve_as(&scene, sam, noor.id, &format!(" {} ", noor.words.to_uppercase())).await.unwrap();

    signing().await.unwrap();
    authorise(&scene, release, &[noor.id]).await.unwrap();
    assert!(approve::waiting(&scene.office, &sam.actor).await.unwrap().is_empty());
    let own = approve::own(&scene.office, &by).await.unwrap();
    let chain: Vec<(&str, &str)> =
        own.links.iter().map(|link| (link.paper.keys.name.as_str(), link.by.as_str())).collect();
    assert_eq!(chain, [("Noor Avery", "Sam Hollis"), ("Sam Hollis", "")]);
    assert_eq!(own.words, noor.words);
    let leaves = scene.records("approve").await;
    let leaf = &leaves.last().unwrap().1;
    assert_eq!(leaf["object"], format!("person/{}", noor.id));
    assert_eq!(leaf["by"], sam.actor.word());
    assert!(leaf["statement"].is_string() && leaf["recipient"].as_str().unwrap().starts_with("age1"), "{leaf}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn other_words_are_refused_and_recorded_and_a_slip_of_the_pen_is_only_told() {
    let scene = Scene::new().await;
    let (noor, sam) = (newcomer(&scene).await, who("Sam"));
    let before = scene.records("approve").await.len();
    for slip in ["", "home practice tuna", "home practise tuna lens aware tape"] {
        assert_eq!(wrong_fields(approve_as(&scene, sam, noor.id, slip).await), ["words"], "{slip}");
    }
    assert_eq!(scene.records("key.alarm").await.len(), 0);
    let other = fingerprint("age1another", "key");
    let Err(No::Invalid(told)) = approve_as(&scene, sam, noor.id, &other).await else { panic!("approved") };
    assert!(told[0].sentence.starts_with("These are not the words of the key on record. Do not approve"), "{told:?}");
    let alarms = scene.records("key.alarm").await;
    assert_eq!(alarms.len(), 1);
    assert_eq!(alarms[0].1["what"], serde_json::json!(["words"]));
    assert_eq!(scene.records("approve").await.len(), before);
    assert_eq!(approve::waiting(&scene.office, &sam.actor).await.unwrap().len(), 1);
    // A signature over other keys than those on record, with the right words.
    let document = approve::one(&scene.office, &sam.actor, noor.id).await.unwrap().document().unwrap();
    let forged = document.replace("\"manager\"", "\"aic\"");
    let note = sign(&scene.office, sam, "approve", &approve::object(noor.id), forged.as_bytes()).unwrap();
    let done = approve::approve(&scene.office, &sam.actor, noor.id, &noor.words, &note, stamp()).await;
    assert_eq!(wrong_fields(done), ["statement"]);
    // The same signature twice: the second is not fresh, and there is nobody to approve any more.
    approve_as(&scene, sam, noor.id, &noor.words).await.unwrap();
    assert!(matches!(approve_as(&scene, sam, noor.id, &noor.words).await, Err(No::NotFound)));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn only_a_co_ordinator_of_the_area_approves_and_nobody_themself_or_while_suspended() {
    let scene = Scene::new().await;
    let noor = newcomer(&scene).await;
    for other in ["Dana", "Riley", "Jordan", "Robin", "Lee", "Priya"] {
        let done = approve::approve(&scene.office, &who(other).actor, noor.id, &noor.words, "", stamp()).await;
        assert!(matches!(done, Err(No::NotFound)), "{other}: {done:?}");
        assert!(!approve::waiting(&scene.office, &who(other).actor).await.is_ok_and(|all| !all.is_empty()), "{other}");
        let browser = Browser::of(&scene, Some(other)).await;
        let statuses = [format!("/approvals/{}", noor.id), format!("/approvals/{}/document", noor.id)];
        for path in statuses {
            assert_eq!(browser.get(&path).await.status, 404, "{other} {path}");
        }
        assert_eq!(browser.post(&format!("/approvals/{}", noor.id), &[("words", &noor.words)]).await.status, 404);
    }
    // Themself: not even one whose own paper is gone.
    let sam = who("Sam");
    sql(&scene, &format!("DELETE FROM approval WHERE object = 'person/{}'", sam.id));
    assert!(matches!(approve::one(&scene.office, &sam.actor, sam.id).await, Err(No::NotFound)));
    assert!(matches!(approve_as(&scene, sam, sam.id, "").await, Err(No::NotFound)));
    // Without a chain of their own they approve nobody either.
    assert_eq!(codes(approve_as(&scene, sam, noor.id, &noor.words).await), ["own-keys-unconfirmed"]);
    // Frankie is a co-ordinator of the area too, but has been suspended.
    let scene = Scene::new().await;
    let noor = newcomer(&scene).await;
    let frankie = who("Frankie");
    administer::suspend(&scene.office, &who("Lee").actor, frankie.id, true, stamp()).await.unwrap();
    assert_eq!(codes(approve_as(&scene, frankie, noor.id, &noor.words).await), ["own-account-suspended"]);
    administer::suspend(&scene.office, &who("Lee").actor, frankie.id, false, stamp()).await.unwrap();
    approve_as(&scene, frankie, noor.id, &noor.words).await.unwrap();
    let own = approve::own(&scene.office, &actor(&scene, noor.id).await).await.unwrap();
    let names: Vec<&str> = own.links.iter().map(|link| link.paper.keys.name.as_str()).collect();
    assert_eq!(names, ["Noor Avery", "Frankie Moor", "Sam Hollis"]);
}

#[actix_web::test]
async fn whoever_becomes_a_co_ordinator_later_signs_for_nobody_before_a_paper_says_so() {
    let scene = Scene::new().await;
    let (noor, sam) = (newcomer(&scene).await, who("Sam"));
    let jordan = who("Jordan").id;
    sql(&scene, &format!("UPDATE grant_held SET role = 'aic' WHERE person_id = '{jordan}'"));
    // Their keys were confirmed, as a reviewer's.
    let now = actor(&scene, jordan).await;
    let done = approve_holding(&scene, who("Jordan"), &now, noor.id, &noor.words).await;
    assert_eq!(wrong_fields(done), ["statement"]);
    let waiting = approve::waiting(&scene.office, &sam.actor).await.unwrap();
    let states: Vec<_> = waiting.iter().map(|one| (one.held.name.as_str(), one.state)).collect();
    assert_eq!(states, [("Jordan Pike", State::Role), ("Noor Avery", State::New)]);
    let own = approve::own(&scene.office, &now).await.unwrap();
    approve_as(&scene, sam, jordan, &own.words).await.unwrap();
    approve_holding(&scene, who("Jordan"), &now, noor.id, &noor.words).await.unwrap();
    assert!(approve::waiting(&scene.office, &sam.actor).await.unwrap().is_empty());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_pages_tell_the_newcomer_their_words_and_the_co_ordinator_never_sees_them_before() {
    let scene = Scene::new().await;
    let noor = newcomer(&scene).await;
    let (sam, robin) = (Browser::of(&scene, Some("Sam")).await, Browser::of(&scene, Some("Robin")).await);
    assert!(sam.get("/").await.text().contains("1 person waits for their keys to be confirmed."));
    assert!(sam.get("/approvals").await.text().contains("Noor Avery"));
    let path = format!("/approvals/{}", noor.id);
    let page = sam.get(&path).await;
    assert_eq!(page.status, 200);
    for word in [noor.words.as_str(), "age1"] {
        assert!(!page.text().contains(word), "{word} is on the page");
    }
    assert!(page.text().contains("data-words=\"words\"") && page.text().contains("name=\"portal-root\""));
    // What was typed stays; nothing typed is lost; the words on record are not told.
    let typed = "home practice tuna lens aware tape";
    let again = sam.post(&path, &[("words", typed)]).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains(typed) && again.text().contains("Do not approve this person"));
    assert!(!again.text().contains(&noor.words));
    let record = format!("{path}/record");
    assert_eq!((sam.get(&record).await.status, robin.get(&record).await.status), (404, 404), "nothing to read yet");
    let document = sam.get(&format!("{path}/document")).await;
    let note = sign(&scene.office, who("Sam"), "approve", &approve::object(noor.id), &document.body).unwrap();
    let done = sam.post(&path, &[("words", &noor.words), ("statement", &note)]).await;
    assert_eq!((done.status, done.location), (303, record.clone()));
    for browser in [&sam, &robin] {
        let page = browser.get(&record).await.text();
        for part in ["Noor Avery", "Sam Hollis", noor.words.as_str(), "sign/v1", "root key"] {
            assert!(page.contains(part), "{part}");
        }
    }
    assert_eq!(Browser::of(&scene, Some("Dana")).await.get(&record).await.status, 404);
    let priya = Browser::of(&scene, Some("Priya")).await;
    assert!(priya.get("/account").await.text().contains("Sam Hollis confirmed the keys of Priya Lowen"));
    sql(&scene, &format!("DELETE FROM approval WHERE object = 'person/{}'", who("Priya").id));
    for page in ["/", "/account", "/undertaking", "/undertaking/1"] {
        // A signed undertaking asks for nothing more, but says that the keys are not confirmed.
        let text = priya.get(page).await.text();
        let row = scene.office.read().await.unwrap().person(who("Priya").id).await.unwrap().unwrap();
        assert!(page == "/undertaking/1" || text.contains("Your keys are not confirmed yet"), "{page}");
        assert!(page == "/undertaking/1" || text.contains(&fingerprint(&row.recipient, &row.signing_key)), "{page}");
    }
}

#[actix_web::test]
async fn a_stale_visit_proves_who_is_there_before_it_approves() {
    let scene = Scene::new().await;
    let noor = newcomer(&scene).await;
    let sam = Browser::of(&scene, Some("Sam")).await;
    scene.later(6 * 60_000);
    let path = format!("/approvals/{}", noor.id);
    let document = sam.get(&format!("{path}/document")).await;
    let note = sign(&scene.office, who("Sam"), "approve", &approve::object(noor.id), &document.body).unwrap();
    let done = sam.post(&path, &[("words", &noor.words), ("statement", &note)]).await;
    assert_eq!(done.status, 422);
    assert!(done.text().contains("name=\"fresh_code\"") && done.text().contains(&noor.words), "nothing typed is lost");
    assert_eq!(approve::waiting(&scene.office, &who("Sam").actor).await.unwrap().len(), 1);
    let secret = totp_rs::Secret::try_from_base32(&who("Sam").account.totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(Clock::real().millis() / 1000).unwrap()).to_string();
    let note = sign(&scene.office, who("Sam"), "approve", &approve::object(noor.id), &document.body).unwrap();
    let fields = [("words", noor.words.as_str()), ("statement", note.as_str()), ("fresh_code", code.as_str())];
    assert_eq!(sam.post(&path, &fields).await.status, 303);
}

#[actix_web::test]
async fn an_original_is_taken_only_under_a_unit_key_that_the_root_signed() {
    let scene = Scene::new().await;
    let area = world().areas[0];
    let vault = super::blobs(&scene);
    let other = Identity::fresh().unwrap().recipient().to_string();
    sql(&scene, &format!("UPDATE area SET unit_recipient = '{other}' WHERE id = '{area}'"));
    let plot = plots::Plot { portraits: &[7], ..PLOT };
    let done = plots::ask(&scene.office, who("Riley"), &area.to_string(), &plot).await;
    assert_eq!(codes(done), ["unit-key-changed"]);
    sql(&scene, &format!("UPDATE area SET unit_recipient = '' WHERE id = '{area}'"));
    let done = plots::ask(&scene.office, who("Riley"), &area.to_string(), &plot).await;
    assert_eq!(codes(done), ["no-unit-key"]);
    assert_eq!(super::blobs(&scene), vault, "something was stored");
    assert_eq!(scene.records("key.alarm").await.len(), 1, "a unit without a key is no alarm");
}
