//! Loss of everything: keys and copies end in one act, the person makes new keys, and once those are approved their copies are sealed
//! again, to the new keys only, in as many sittings as it takes.

use std::str::FromStr as _;

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::enrol::{self, Enrolment};
use disclosure_portal::actions::office::{Office, ten};
use disclosure_portal::actions::session::Person;
use disclosure_portal::actions::{No, deliver, plan, renew, reseal, seal, seal_words, session, surrender, sweep};
use disclosure_portal::clock;
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{Plot, acknowledge, ask, copy_of, recall, release_to, to, undertake};
use disclosure_portal::demo::{keys, portrait, stamp};
use disclosure_portal::domain::actor::{Grant, Role};
use disclosure_portal::domain::ids::{CopyId, PhotographId, ReleaseId, SessionId, StatementId};
use disclosure_portal::domain::refusal::Refusal;
use disclosure_portal::ledger::statement::{Lines, sign as sign_lines};
use disclosure_portal::ledger::trust::{APPROVE, PersonKeys};
use disclosure_portal::sealing::age::{self as portal_age, Identity};
use disclosure_portal::sealing::image;
use disclosure_portal::store::trust::Row;

use super::recovery::{code, sealed};
use super::{open, part};
use crate::harness::{Scene, codes, who, world, wrong_fields};

const FACE: u64 = 77;
const FACES: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[FACE],
    danger: false,
};
/// What leaves in words: the text, and the instructions of a careful co-ordinator.
const WORDS: &str = "Suspected of thefts from shops.\n\nInstructions: Show it to security staff on duty at the doors. Do not print it.\n";

pub(crate) fn at_desk(who: &Somebody, scene: &Scene) -> Person {
    Person {
        id: who.id,
        session: SessionId::fresh(scene.clock.now(), clock::random()),
        name: who.account.name.clone(),
        actor: who.actor.clone(),
        fresh_at: scene.clock.now(),
        purpose: None,
    }
}

/// A release that Priya and Morgan hold, sealed; Priya has opened hers.
async fn held(scene: &Scene) -> (ReleaseId, CopyId) {
    let (office, priya) = (&scene.office, who("Priya"));
    let id = ask(office, who("Riley"), &world().areas[0].to_string(), &FACES).await.unwrap();
    release_to(office, who("Sam"), id, &FACES, &to(world(), &[("Priya", 0), ("Morgan", 0)]).unwrap()).await.unwrap();
    if copy_of(office, priya, id).await.is_ok() && deliver::lapses(office, &priya.actor).await.unwrap().len() == 1 {
        undertake(office, priya).await.unwrap();
    }
    let copy = copy_of(office, priya, id).await.unwrap();
    acknowledge(office, priya, copy).await.unwrap();
    (id, copy)
}

pub(super) async fn renew_priya(scene: &Scene) -> String {
    let how = "Called back on the number in I11/2026/41";
    renew::renew(&scene.office, &at_desk(who("Sam"), scene), who("Priya").id, how, stamp()).await.unwrap()
}

/// Joins by the link, as a new browser would; answers the new identity.
pub(super) async fn join(office: &Office, path: &str) -> (Identity, [u8; 32]) {
    let token = path.rsplit('/').next().unwrap();
    let invited = enrol::invited(office, token).await.unwrap();
    let (identity, seed) = (Identity::fresh().unwrap(), clock::random::<32>());
    let form = Enrolment {
        auth: "0c".repeat(32),
        recovery_auth: "0d".repeat(32),
        recipient: identity.recipient().to_string(),
        signing_key: keys::signing_key(&seed).unwrap(),
        identity_wrap: sealed(5),
        signing_wrap: sealed(6),
        recovery_identity_wrap: sealed(7),
        recovery_signing_wrap: sealed(8),
        code: code(&invited.totp_secret),
        ..Enrolment::default()
    };
    enrol::enrol(office, token, &form, stamp()).await.unwrap();
    let again = enrol::enrol(office, token, &form, stamp()).await;
    assert!(matches!(again, Err(No::NotFound)), "a link works once");
    (identity, seed)
}

/// Sam confirms Priya's six words.
pub(super) async fn approve(office: &Office) {
    let (sam, priya) = (who("Sam"), who("Priya"));
    let row = office.read().await.unwrap().person(priya.id).await.unwrap().unwrap();
    let document = serde_json::to_string(&PersonKeys {
        area: world().areas[0].to_string(),
        name: row.name.clone(),
        person: row.id.clone(),
        recipient: row.recipient.clone(),
        role: "manager".into(),
        scheme: world().schemes[0].to_string(),
        signing_key: row.signing_key.clone(),
    })
    .unwrap();
    let object = format!("person/{}", row.id);
    let (signer, time, nonce) = (sam.id.to_string(), office.now().rfc3339(), hex::encode(clock::random::<16>()));
    let document_bytes = document.as_bytes();
    let lines =
        Lines { kind: APPROVE, document: document_bytes, object: &object, signer: &signer, nonce: &nonce, time: &time };
    let note = sign_lines(&sam.seed, &lines).unwrap();
    let paper = Row {
        id: StatementId::fresh(office.now(), ten()).to_string(),
        kind: APPROVE.into(),
        object: object.clone(),
        signer: signer.clone(),
        document: document.clone().into_bytes(),
        note,
        added_at: office.now().millis(),
    };
    office.act(move |tx| Box::pin(async move { Ok(tx.add_paper(&paper).await?) })).await.unwrap();
}

async fn hand_photograph(office: &Office, id: ReleaseId) -> Result<(), No> {
    let photograph = office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    let photograph = PhotographId::parse(&photograph).unwrap();
    seal::take_whole(office, &who("Sam").actor, id, photograph, portrait::draw(FACE), stamp()).await
}

async fn hand_words(office: &Office, id: ReleaseId, words: &str) -> Result<(), No> {
    seal_words::take(office, &who("Sam").actor, id, words.as_bytes().to_vec(), stamp()).await
}

#[actix_web::test]
async fn keys_and_copies_end_in_one_act_and_only_by_whoever_answers_for_them() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, who("Priya"));
    let (_, copy) = held(&scene).await;
    let text = part(&scene, copy, "text", 0).await;
    open(&scene, priya, copy, text).await.unwrap();
    let session = SessionId::fresh(scene.clock.now(), clock::random());
    let id = priya.id;
    office.act(move |tx| Box::pin(async move { Ok(tx.begin_visit(session, id, 1, ("t", "")).await?) })).await.unwrap();

    let try_as = async |name: &str, whom: &str, how: &str| {
        renew::renew(office, &at_desk(who(name), &scene), who(whom).id, how, stamp()).await
    };
    for (name, whom) in [
        ("Dana", "Priya"),
        ("Lee", "Priya"),
        ("Riley", "Priya"),
        ("Sam", "Sam"),
        ("Sam", "Robin"),
        ("Sam", "Lee"),
        ("Lee", "Lee"),
    ] {
        assert!(matches!(try_as(name, whom, "In person").await, Err(No::NotFound)), "{name} renews {whom}");
    }
    assert_eq!(wrong_fields(try_as("Sam", "Priya", "  ").await), ["verified"]);
    assert!(scene.records("keys.renew").await.is_empty());
    open(&scene, priya, copy, text).await.expect("nothing has happened yet");

    let held_before = office.read().await.unwrap().copies_with_key(priya.id).await.unwrap();
    let log = scene.sql("SELECT size FROM log_head");
    renew_priya(&scene).await;
    let mut conn = office.read().await.unwrap();
    let row = conn.person(priya.id).await.unwrap().unwrap();
    let empty = [&row.auth_hash, &row.recovery_hash, &row.recipient, &row.signing_key];
    assert!(empty.iter().all(|field| field.is_empty()), "{row:?}");
    assert!(conn.wraps(priya.id).await.unwrap().is_empty());
    for id in &held_before {
        let row = conn.copy(*id).await.unwrap().unwrap();
        assert!(
            row.wrapped_key.is_none() && row.key_gone_at.is_some() && row.replaced_at == row.key_gone_at,
            "{row:?}"
        );
    }
    let morgan = conn.copies_with_key(who("Morgan").id).await.unwrap();
    assert!(!morgan.is_empty(), "nobody else's");
    assert_eq!(conn.actor(priya.id).await.unwrap(), priya.actor, "roles stay");
    let renewals = conn.renewals(priya.id).await.unwrap();
    assert_eq!(renewals[0].verified, "Called back on the number in I11/2026/41");
    drop(conn);
    let records = scene.records("keys.renew").await;
    assert_eq!((records.len(), records[0].1["copies"].as_u64()), (1, Some(held_before.len() as u64)));
    assert_eq!(records[0].1["verified"], renewals[0].id);
    assert_eq!(records[0].0.to_string(), log, "its leaf is the next one: the same act");
    assert!(session::check(office, session, priya.id, 1).await.unwrap().is_none());
    assert!(codes(open(&scene, priya, copy, text).await.map(drop)).contains(&"key-destroyed"));
    assert!(held_before.iter().all(|id| office.board.is_closed(&id.to_string())), "running answers break off");
    // The blobs went with the first clearing away.
    assert!(office.read().await.unwrap().parts(copy).await.unwrap().is_empty());
    // Somebody with a role of the force besides one of the area: not the area's to take over.
    let (robin, area) = (who("Robin").id, world().areas[0]);
    let grant = Grant::InArea(Role::Officer, area);
    office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(robin, grant).await?) })).await.unwrap();
    assert!(matches!(try_as("Sam", "Robin", "In person").await, Err(No::NotFound)));
    assert!(
        matches!(try_as("Lee", "Robin", "In person, warrant card 1042").await, Ok(path) if path.starts_with("/enrol/"))
    );
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn new_keys_get_new_copies_that_the_old_ones_never_open() {
    let scene = Scene::new().await;
    let (office, priya, sam) = (&scene.office, who("Priya"), &who("Sam").actor);
    let (id, old) = held(&scene).await;
    let was = office.read().await.unwrap().copy(old).await.unwrap().unwrap();
    let path = renew_priya(&scene).await;
    // No keys, then keys that nobody has confirmed: it waits, and is no alarm.
    assert_eq!(waits(&scene, id).await, ["keys-unconfirmed"]);
    assert_eq!(reseal::begin(office, sam, &stamp()).await.unwrap(), 0);
    let (identity, seed) = join(office, &path).await;
    assert_eq!(waits(&scene, id).await, ["keys-unconfirmed"]);
    assert_eq!(reseal::begin(office, sam, &stamp()).await.unwrap(), 0);
    assert!(scene.records("key.alarm").await.is_empty());
    approve(office).await;
    assert_eq!(waits(&scene, id).await, Vec::<&str>::new());
    let waiting = office.read().await.unwrap().lost_copies(world().areas[0], scene.clock.now().millis()).await.unwrap();
    assert_eq!(reseal::begin(office, sam, &stamp()).await.unwrap(), waiting.len());
    assert_eq!(reseal::begin(office, sam, &stamp()).await.unwrap(), 0, "never twice");

    let far = plan::progress(office, sam, id).await.unwrap();
    assert_eq!((far.sealed, far.total), (1, 3), "Morgan's picture; Priya's picture and words to come");
    let words = far.text.unwrap();
    assert!(words.needed && far.photographs[0].needed);
    // What the unit opens is what the record says.
    let box_ = seal::unit_box(office, sam, world().areas[0]).await.unwrap();
    let own = age::x25519::Identity::from_str(&who("Sam").account.age_identity).unwrap();
    let unit = String::from_utf8(age::decrypt(&own, &box_).unwrap()).unwrap();
    let unit = age::x25519::Identity::from_str(unit.trim()).unwrap();
    let original = seal_words::original(office, sam, id, stamp()).await.unwrap();
    assert_eq!(age::decrypt(&unit, &original).unwrap(), WORDS.as_bytes());
    assert_eq!(hex::encode(image::sha256(WORDS.as_bytes())), words.sha256);
    assert_eq!(scene.records("original").await.last().unwrap().1["text"], true, "a logged act");
    assert!(matches!(
        seal_words::original(office, &who("Dana").actor, id, stamp()).await,
        Err(No::NotFound | No::Refused(_))
    ));

    assert_eq!(wrong_fields(hand_words(office, id, "Other words.\n").await), ["text"]);
    hand_words(office, id, WORDS).await.unwrap();
    hand_words(office, id, WORDS).await.expect("again is nothing");
    let far = plan::progress(office, sam, id).await.unwrap();
    assert_eq!((far.sealed, far.total, far.text.unwrap().needed), (2, 3, false));

    // The portal stops here and starts anew: nothing is lost, and the rest is all that is asked for.
    let scene = scene.restarted().await;
    let office = &scene.office;
    let far = plan::progress(office, sam, id).await.unwrap();
    assert_eq!((far.sealed, far.total, far.photographs[0].needed), (2, 3, true));
    hand_photograph(office, id).await.unwrap();
    let far = plan::progress(office, sam, id).await.unwrap();
    assert_eq!((far.sealed, far.total, far.photographs[0].needed), (3, 3, false));

    let new = copy_of(office, priya, id).await.unwrap();
    let row = office.read().await.unwrap().copy(new).await.unwrap().unwrap();
    assert!(new != old && row.mark != was.mark && row.sealed_at.is_some() && row.acknowledged_at.is_none());
    let limit = deliver::one(office, &priya.actor, old).await.unwrap().until;
    let bulletin = deliver::one(office, &priya.actor, new).await.unwrap();
    assert_eq!(bulletin.until, limit, "the same limit");
    assert_eq!(bulletin.closed, [Refusal::ConditionsUnacknowledged], "accepted anew; the undertaking stays signed");
    let note =
        sign_with(office, &seed, "acknowledge", &deliver::object(new), deliver::conditions(&bulletin).as_bytes());
    deliver::acknowledge(office, &priya.actor, new, &note, stamp()).await.unwrap();
    for (rendition, starts) in
        [("text", WORDS.as_bytes()), ("screen", &[0xff, 0xd8, 0xff]), ("thumbnail", &[0xff, 0xd8, 0xff])]
    {
        let one = part(&scene, new, rendition, 0).await;
        let bytes = open(&scene, priya, new, one).await.unwrap().bytes;
        assert!(portal_age::open(&bytes, &identity).unwrap().starts_with(starts), "{rendition}");
        let lost = age::x25519::Identity::from_str(&priya.account.age_identity).unwrap();
        assert!(age::decrypt(&lost, &bytes).is_err(), "{rendition} opens with the lost key");
    }
    let replaced = scene.records("copy.replace").await;
    let mine = replaced.iter().find(|(_, body)| body["copy"] == new.to_string()).unwrap();
    assert_eq!(mine.1["of"], old.to_string());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_lost_copy_is_still_confirmed_by_its_holder_for_their_prints() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, who("Priya"));
    let (id, old) = held(&scene).await;
    let path = renew_priya(&scene).await;
    let (_, seed) = join(office, &path).await;
    // Unconfirmed keys sign nothing yet.
    let early = confirm_old(office, old, &seed).await;
    assert_eq!(codes(early), ["own-keys-unconfirmed"]);
    approve(office).await;
    confirm_old(office, old, &seed).await.unwrap();
    assert_eq!(waits(&scene, id).await, Vec::<&str>::new(), "another copy may still follow");
    // What was signed with the old key is still on record, and its paper too.
    let papers = office.read().await.unwrap().papers_of(&format!("person/{}", priya.id)).await.unwrap();
    assert_eq!(papers.len(), 2);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn nothing_is_sealed_again_after_recall_or_limit_or_to_an_exchanged_key() {
    for end in ["recall", "limit", "exchanged", "lapsed"] {
        let scene = Scene::new().await;
        let (office, sam) = (&scene.office, &who("Sam").actor);
        let (id, _) = held(&scene).await;
        let path = renew_priya(&scene).await;
        let (_, _) = join(office, &path).await;
        approve(office).await;
        let mine = |all: Vec<reseal::Waiting>| all.into_iter().find(|one| one.release == id);
        assert!(mine(reseal::queue(office, sam).await.unwrap()).is_some());
        let priya = who("Priya").id;
        let expected = match end {
            "recall" => {
                recall(office, who("Sam"), id, "Wrong person").await.unwrap();
                None
            }
            "limit" => {
                scene.later(130 * 86_400_000);
                None
            }
            "exchanged" => {
                let thief = Identity::fresh().unwrap().recipient();
                scene.sql(&format!("UPDATE person SET recipient = '{thief}' WHERE id = '{priya}'"));
                Some("keys-changed")
            }
            _ => {
                scene.sql(&format!("UPDATE membership SET vetting_ends = '2026-01-01' WHERE person_id = '{priya}'"));
                Some("vetting-lapsed")
            }
        };
        let why = mine(reseal::queue(office, sam).await.unwrap());
        assert_eq!(why.map(|one| one.lost[0].1[0].code()), expected, "{end}");
        let made = reseal::begin(office, sam, &stamp()).await;
        match end {
            "exchanged" => {
                assert_eq!(codes(made), ["keys-changed"]);
                assert_eq!(scene.records("key.alarm").await.len(), 1);
            }
            _ => drop(made.unwrap()),
        }
        assert!(copy_of(office, who("Priya"), id).await.is_err(), "{end}: no copy was made");
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn a_new_copy_that_is_recalled_while_it_waits_is_never_sealed() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, &who("Sam").actor);
    let (id, _) = held(&scene).await;
    let path = renew_priya(&scene).await;
    join(office, &path).await;
    approve(office).await;
    assert!(reseal::begin(office, sam, &stamp()).await.unwrap() > 0);
    // Between making and sealing somebody exchanges the key.
    let (priya, thief) = (who("Priya").id, Identity::fresh().unwrap().recipient());
    let row = office.read().await.unwrap().person(priya).await.unwrap().unwrap();
    scene.sql(&format!("UPDATE person SET recipient = '{thief}' WHERE id = '{priya}'"));
    assert_eq!(codes(hand_words(office, id, WORDS).await), ["keys-changed"]);
    scene.sql(&format!("UPDATE person SET recipient = '{}' WHERE id = '{priya}'", row.recipient));
    recall(office, who("Sam"), id, "Wrong person").await.unwrap();
    assert_eq!(codes(hand_words(office, id, WORDS).await), ["wrong-stage"]);
    assert_eq!(codes(hand_photograph(office, id).await), ["wrong-stage"]);
    sweep::round(office).await.unwrap();
    scene.log_is_whole().await;
}

/// Why Priya's copy of a release waits; fails where it does not.
async fn waits(scene: &Scene, id: ReleaseId) -> Vec<&'static str> {
    let queue = reseal::queue(&scene.office, &who("Sam").actor).await.unwrap();
    let one = queue.into_iter().find(|one| one.release == id).expect("it waits");
    one.lost[0].1.iter().map(Refusal::code).collect()
}

/// Priya confirms that no print of a lost copy is left.
async fn confirm_old(office: &Office, old: CopyId, seed: &[u8; 32]) -> Result<(), No> {
    let mut said: Vec<(String, String)> = [
        ("outcome", "destroyed"),
        ("method", "Cross-cut shredded"),
        ("done_date", "2026-11-21"),
        ("done_time", "12:00"),
        ("witness", "PC 1042"),
        ("onward", "none"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let document = Form::posted(&said).canonical(&[]);
    let note = sign_with(office, seed, "surrender", &deliver::object(old), document.as_bytes());
    said.extend([("document".to_owned(), document), ("statement".to_owned(), note)]);
    surrender::confirm(office, &who("Priya").actor, old, &Form::posted(&said), stamp()).await
}

fn sign_with(office: &Office, seed: &[u8; 32], kind: &str, object: &str, document: &[u8]) -> String {
    let priya = who("Priya").id;
    let fresh = disclosure_portal::actions::statement::nonce(office, priya, kind, object).unwrap();
    let signer = priya.to_string();
    let lines = Lines { kind, document, object, signer: &signer, nonce: &fresh.nonce, time: &fresh.time };
    sign_lines(seed, &lines).unwrap()
}
