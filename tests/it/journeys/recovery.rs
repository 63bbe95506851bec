//! The printed code: it works once, says the same to everybody else, and everything but the keys is new afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use disclosure_portal::actions::recover::{self, Renewed};
use disclosure_portal::actions::sign_in::{self, Half};
use disclosure_portal::actions::{No, Stamp, desk, session};
use disclosure_portal::clock::{self, Clock};
use disclosure_portal::demo::keys::derive;
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::domain::ids::SessionId;

use crate::harness::browser::Browser;
use crate::harness::{Scene, who, wrong_fields};

fn from(client: &str) -> Stamp {
    Stamp { client: client.into(), request: "test".into() }
}

/// The half of a printed code that the server may know (`docs/formats/sign-in.md` clause 6).
fn proof(who: &Somebody) -> String {
    let symbols = who.account.recovery_code.replace('-', "");
    let value = |c: char| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(c).unwrap() as u64;
    let mut secret = Vec::new();
    for eight in symbols.as_bytes().chunks(8) {
        let bits = eight.iter().fold(0_u64, |bits, symbol| (bits << 5) | value(char::from(*symbol)));
        secret.extend_from_slice(&bits.to_be_bytes()[3..]);
    }
    hex::encode(derive(&secret, b"", b"disclosure-portal/recovery-auth/v1").unwrap())
}

pub(super) fn code(secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(Clock::real().millis() / 1000).unwrap()).to_string()
}

/// A wrap as the server sees it: 76 bytes that open with nothing it has.
pub(super) fn sealed(byte: u8) -> String {
    STANDARD.encode([byte; 76])
}

fn made(ticket: &str, code: &str) -> Renewed {
    Renewed {
        ticket: ticket.into(),
        auth: "0a".repeat(32),
        recovery_auth: "0b".repeat(32),
        identity_wrap: sealed(1),
        signing_wrap: sealed(2),
        recovery_identity_wrap: sealed(3),
        recovery_signing_wrap: sealed(4),
        code: code.into(),
    }
}

async fn first(scene: &Scene, email: &str, proof: &str, client: &str) -> Result<Half, No> {
    recover::first(&scene.office, email, proof, from(client)).await
}

fn words(no: No) -> String {
    match no {
        No::Invalid(errors) => errors[0].sentence.clone(),
        other => panic!("{other:?}"),
    }
}

async fn mails_to(scene: &Scene, address: &str) -> Vec<String> {
    let mails = scene.office.read().await.unwrap().mails().await.unwrap();
    mails.into_iter().filter(|mail| mail.address == address).map(|mail| mail.subject).collect()
}

/// Begins a visit of somebody's, as of their first version.
async fn visit(scene: &Scene, who: &Somebody) -> SessionId {
    let (id, session) = (who.id, SessionId::fresh(scene.clock.now(), clock::random()));
    let act = scene.office.act(move |tx| Box::pin(async move { Ok(tx.begin_visit(session, id, 1, ("t", "")).await?) }));
    act.await.unwrap();
    session
}

#[actix_web::test]
async fn the_code_works_once_and_everything_but_the_keys_is_new() {
    let scene = Scene::new().await;
    let (priya, office) = (who("Priya"), &scene.office);
    let session = visit(&scene, priya).await;
    let passkey = format!(
        "INSERT INTO passkey (id, person_id, wrap_id, name, credential, created_at) VALUES ('cred', '{}', NULL, 'Phone', '{{}}', 1)",
        priya.id
    );
    scene.sql(&passkey);
    let before = office.read().await.unwrap().person(priya.id).await.unwrap().unwrap();
    let half = first(&scene, &priya.account.email.to_uppercase(), &proof(priya), "192.0.2.1").await.unwrap();
    assert_eq!(
        mails_to(&scene, &priya.account.email).await,
        ["Your recovery code was used"],
        "told before anything else"
    );

    // Only the wrap that the code opens.
    let given = recover::keys(office, half).await.unwrap();
    let kinds: Vec<&str> =
        given["wraps"].as_array().unwrap().iter().map(|wrap| wrap["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["recovery"]);

    let attempt = SessionId::fresh(scene.clock.now(), clock::random());
    let page = recover::begin(office, half, attempt, None).await.unwrap();
    let again = recover::begin(office, half, attempt, Some(&page.ticket)).await.unwrap();
    assert_eq!(
        (&again.totp_secret, &again.wrap),
        (&page.totp_secret, &page.wrap),
        "a refused code keeps what was made"
    );
    let wrong = recover::finish(office, half, attempt, &made(&page.ticket, "000000"), from("192.0.2.1")).await;
    assert_eq!(wrong_fields(wrong), ["code"]);
    // Another attempt's ticket, and a wrap that is none.
    let other = SessionId::fresh(scene.clock.now(), clock::random());
    let right = made(&page.ticket, &code(&page.totp_secret));
    assert_eq!(wrong_fields(recover::finish(office, half, other, &right, from("192.0.2.1")).await), ["code"]);
    let short = Renewed { signing_wrap: "AAAA".into(), ..right.clone() };
    assert_eq!(wrong_fields(recover::finish(office, half, attempt, &short, from("192.0.2.1")).await), ["code"]);
    assert!(scene.records("recover").await.is_empty());

    recover::finish(office, half, attempt, &right, from("192.0.2.1")).await.unwrap();
    let mut conn = office.read().await.unwrap();
    let after = conn.person(priya.id).await.unwrap().unwrap();
    assert_eq!((&after.recipient, &after.signing_key), (&before.recipient, &before.signing_key), "the keys stay");
    assert_eq!(after.version, before.version + 1);
    assert!(after.auth_hash != before.auth_hash && after.recovery_hash != before.recovery_hash);
    assert!(after.totp_secret != before.totp_secret);
    let mut wraps: Vec<[String; 4]> = Vec::new();
    for wrap in conn.wraps(priya.id).await.unwrap() {
        wraps.push([wrap.id, wrap.kind, wrap.identity, wrap.signing]);
    }
    wraps.sort_by(|a, b| a[1].cmp(&b[1]));
    assert_eq!(
        wraps,
        [
            [page.wrap, "passphrase".into(), sealed(1), sealed(2)],
            [page.recovery_wrap, "recovery".into(), sealed(3), sealed(4)]
        ]
    );
    drop(conn);
    assert_eq!(scene.sql("SELECT COUNT(*) FROM passkey"), "0");
    assert!(session::check(office, session, priya.id, 1).await.unwrap().is_none(), "every visit ends");

    // Once: neither the old code, nor the rest of the attempt, nor the old passphrase.
    assert_eq!(wrong_fields(first(&scene, &priya.account.email, &proof(priya), "192.0.2.2").await), ["recovery"]);
    assert!(matches!(recover::keys(office, half).await, Err(No::NotFound)));
    assert!(matches!(recover::begin(office, half, attempt, None).await, Err(No::NotFound)));
    let twice = recover::finish(office, half, attempt, &right, from("192.0.2.1")).await;
    assert!(matches!(twice, Err(No::NotFound)), "{twice:?}");
    let old = sign_in::first(office, &priya.account.email, &priya.account.auth, "", from("192.0.2.3")).await;
    assert_eq!(wrong_fields(old), ["passphrase"]);
    sign_in::first(office, &priya.account.email, &right.auth, "", from("192.0.2.3")).await.unwrap();
    first(&scene, &priya.account.email, &right.recovery_auth, "192.0.2.3").await.expect("the new code");

    // Her own bulletins open as before: nothing was sealed anew.
    assert_eq!(scene.records("recover").await.len(), 1);
    assert_eq!(scene.records("recover").await[0].1["object"], format!("person/{}", priya.id));
    let told = mails_to(&scene, &who("Sam").account.email).await;
    assert!(told.contains(&"An account was recovered".to_owned()), "{told:?}");
    assert!(mails_to(&scene, &who("Dana").account.email).await.is_empty(), "another area's co-ordinator");
    assert!(desk::keys(office, &priya.actor).await.unwrap()["wraps"].as_array().unwrap().len() == 2);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn known_unknown_and_suspended_get_the_same_words_and_the_same_waiting() {
    let scene = Scene::new().await;
    let (priya, toby) = (who("Priya"), who("Toby"));
    let unknown = words(first(&scene, "nobody@demo.example", &proof(priya), "192.0.2.9").await.unwrap_err());
    let id = toby.id;
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.suspend(id, true).await?) })).await.unwrap();
    assert_eq!(words(first(&scene, &toby.account.email, &proof(toby), "192.0.2.8").await.unwrap_err()), unknown);
    assert!(scene.records("step-up").await.is_empty());
    for n in 0..6 {
        let wrong = first(&scene, &priya.account.email, &proof(toby), &format!("192.0.2.{}", 10 + n)).await;
        assert_eq!(words(wrong.unwrap_err()), unknown);
    }
    // The throttle is that of signing in: the one cannot be used to go round the other.
    let soon = first(&scene, &priya.account.email, &proof(priya), "192.0.2.30").await.unwrap_err();
    assert!(matches!(soon, No::Throttled(2)), "{soon:?}");
    let other = sign_in::first(&scene.office, &priya.account.email, &priya.account.auth, "", from("192.0.2.31")).await;
    assert!(matches!(other, Err(No::Throttled(2))), "{other:?}");
    scene.later(2_000);
    first(&scene, &priya.account.email, &proof(priya), "192.0.2.30").await.expect("never a lock");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn suspended_meanwhile_is_too_late_and_a_half_sign_in_is_no_recovery() {
    let scene = Scene::new().await;
    let (priya, office) = (who("Priya"), &scene.office);
    let half = first(&scene, &priya.account.email, &proof(priya), "192.0.2.1").await.unwrap();
    let attempt = SessionId::fresh(scene.clock.now(), clock::random());
    let page = recover::begin(office, half, attempt, None).await.unwrap();
    let id = priya.id;
    office.act(move |tx| Box::pin(async move { Ok(tx.suspend(id, true).await?) })).await.unwrap();
    let late = made(&page.ticket, &code(&page.totp_secret));
    assert!(matches!(recover::finish(office, half, attempt, &late, from("x")).await, Err(No::NotFound)));
    assert!(matches!(recover::keys(office, half).await, Err(No::NotFound)));
    // At the doors: signed in or not, nobody is there without the code.
    for name in [None, Some("Toby")] {
        let browser = Browser::of(&scene, name).await;
        for path in ["/recover/new", "/recover/keys"] {
            let got = browser.get(path).await;
            assert!(got.status == 303 && got.location.starts_with("/sign-in"), "{path}: {}", got.status);
        }
    }
    scene.log_is_whole().await;
}
