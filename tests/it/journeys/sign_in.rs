//! Signing in: same words for every mistake, a code that works once, and waiting that grows, never a lock.

use disclosure_portal::actions::sign_in::{self, Half};
use disclosure_portal::actions::{No, Stamp};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::people::Somebody;

use crate::harness::{Scene, who, wrong_fields};

pub(super) fn from(client: &str) -> Stamp {
    Stamp { client: client.into(), request: "test".into() }
}

/// The code that an authenticator app shows now, by the machine's own time.
pub(super) fn code(who: &Somebody) -> String {
    let secret = totp_rs::Secret::try_from_base32(&who.account.totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(Clock::real().millis() / 1000).unwrap()).to_string()
}

pub(super) async fn first(scene: &Scene, email: &str, auth: &str, client: &str) -> Result<Half, No> {
    sign_in::first(&scene.office, email, auth, "", from(client)).await
}

#[actix_web::test]
async fn a_code_works_once_and_the_visit_is_on_the_log() {
    let scene = Scene::new().await;
    let sam = who("Sam");
    let half = first(&scene, &sam.account.email.to_uppercase(), &sam.account.auth, "192.0.2.1").await.unwrap();
    assert_eq!(wrong_fields(sign_in::second(&scene.office, half, "000000", from("192.0.2.1")).await), ["code"]);
    let code = code(sam);
    sign_in::second(&scene.office, half, &code, from("192.0.2.1")).await.unwrap();
    assert_eq!(wrong_fields(sign_in::second(&scene.office, half, &code, from("192.0.2.1")).await), ["code"]);
    assert_eq!(scene.records("sign-in").await.len(), 1);
    assert_eq!(scene.records("sign-in.fail").await.len(), 2);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn every_mistake_gets_the_same_words_and_the_sixth_must_wait_longer_each_time() {
    let scene = Scene::new().await;
    let (sam, priya) = (who("Sam"), who("Priya"));
    let words = |no: No| match no {
        No::Invalid(errors) => errors[0].sentence.clone(),
        other => panic!("{other:?}"),
    };
    let unknown = words(first(&scene, "nobody@demo.example", &sam.account.auth, "192.0.2.9").await.unwrap_err());
    for n in 0..6 {
        let wrong = first(&scene, &sam.account.email, &priya.account.auth, &format!("192.0.2.{}", 10 + n)).await;
        assert_eq!(words(wrong.unwrap_err()), unknown);
    }
    let wait = |no: No| match no {
        No::Throttled(seconds) => seconds,
        other => panic!("{other:?}"),
    };
    let rightful = async || first(&scene, &sam.account.email, &sam.account.auth, "192.0.2.30").await;
    let soon = wait(rightful().await.unwrap_err());
    assert_eq!(soon, 2);
    scene.later(2_000);
    first(&scene, &sam.account.email, &priya.account.auth, "192.0.2.31").await.unwrap_err();
    assert_eq!(wait(rightful().await.unwrap_err()), 4, "it grows");
    scene.later(4_000);
    let half = rightful().await.expect("never a lock: after the wait the rightful owner gets in");
    // Everybody else signs in meanwhile, from elsewhere.
    first(&scene, &priya.account.email, &priya.account.auth, "192.0.2.40").await.unwrap();
    sign_in::second(&scene.office, half, &code(sam), from("192.0.2.30")).await.unwrap();
    first(&scene, &sam.account.email, &sam.account.auth, "192.0.2.30").await.expect("forgiven");
}

#[actix_web::test]
async fn a_suspended_account_gets_the_same_words_as_a_wrong_passphrase() {
    let scene = Scene::new().await;
    let sam = who("Sam");
    let id = sam.id;
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.suspend(id, true).await?) })).await.unwrap();
    assert_eq!(wrong_fields(first(&scene, &sam.account.email, &sam.account.auth, "192.0.2.1").await), ["passphrase"]);
}
