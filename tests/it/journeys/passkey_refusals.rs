//! Passkeys that must not work, each with the same words; and secrets that are refused with an alarm.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use disclosure_portal::actions::sign_in as phrase;
use serde_json::{Value, json};

use super::passkeys::{add, adding, begin, invited, keys, passkey, send, sign_in, touch};
use crate::harness::authenticator::Authenticator;
use crate::harness::browser::{Browser, Got};
use crate::harness::{ORIGIN, Scene, who};

/// Makes something wrong in what is sent.
type Spoil = fn(&mut Value);

/// Priya, signed in, with a passkey on her phone. It does not count its uses, as passkeys that are synchronised do not: so nothing
/// but the ceremony itself tells a replayed answer.
async fn priya(scene: &Scene) -> (Browser, Authenticator) {
    let (browser, mut phone) = (Browser::of(scene, Some("Priya")).await, Authenticator::new());
    phone.counter = 0;
    let got = add(&browser, &mut phone, true).await;
    assert_eq!((got.status, got.json()), (200, json!({})), "{}", got.text());
    (browser, phone)
}

/// A person as passkeys name them: the bytes of their identifier.
fn handle_of(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(hex::decode(who(name).id.to_string().replace('-', "")).unwrap())
}

fn refused(got: &Got) {
    assert_eq!(got.status, 422, "{}", got.text());
    assert!(got.session.is_none(), "no visit");
    let told = got.json();
    assert_eq!(
        told["detail"],
        "This passkey did not sign you in. Try again, or sign in with your email address and passphrase."
    );
}

#[actix_web::test]
async fn nothing_wrong_signs_in_and_every_wrong_has_the_same_words() {
    let scene = Scene::new().await;
    let (_browser, mut phone) = priya(&scene).await;
    let stranger = Browser::stranger(&scene);
    let post = async |ceremony: &Value, credential: &Value| {
        stranger.post_json("/sign-in/passkey", &json!({"ceremony": ceremony, "credential": credential})).await
    };
    // Replayed: the very same answer, which signed in a moment ago.
    let begun = begin(&stranger, "/sign-in/passkey/options").await;
    assert_eq!(begun["publicKey"]["userVerification"], "required");
    assert!(begun["publicKey"]["allowCredentials"].as_array().unwrap().is_empty(), "no address, no list");
    let shown = phone.show(&begun["publicKey"]);
    assert_eq!(post(&begun["ceremony"], &shown).await.status, 200);
    refused(&post(&begun["ceremony"], &shown).await);
    // An old answer to a new ceremony.
    let begun = begin(&stranger, "/sign-in/passkey/options").await;
    refused(&post(&begun["ceremony"], &shown).await);
    // Too late, to the millisecond.
    let begun = begin(&stranger, "/sign-in/passkey/options").await;
    scene.later(5 * 60_000);
    refused(&post(&begun["ceremony"], &phone.show(&begun["publicKey"])).await);
    // Another page of the same host, another host, no owner verified, somebody else's handle.
    for origin in ["https://localhost", "https://localhost:9999", "https://evil.example", "http://localhost:8443"] {
        phone.origin = origin.into();
        refused(&sign_in(&scene, &mut phone).await);
    }
    phone.origin = ORIGIN.into();
    phone.verifies = false;
    refused(&sign_in(&scene, &mut phone).await);
    phone.verifies = true;
    phone.says_handle = Some(handle_of("Toby"));
    refused(&sign_in(&scene, &mut phone).await);
    phone.says_handle = None;
    // A passkey that the portal has never seen.
    let mut unknown = Authenticator::new();
    let other = Browser::of(&scene, Some("Toby")).await;
    unknown.make(&begin(&other, "/account/passkeys/options").await["publicKey"]);
    refused(&sign_in(&scene, &mut unknown).await);
    let fails = scene.records("sign-in.fail").await;
    assert!(fails.len() == 10 && fails.iter().all(|(_, body)| body["step"] == "passkey"), "{}", fails.len());
    assert_eq!(sign_in(&scene, &mut phone).await.status, 200, "and the right one does");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn who_is_suspended_is_refused_in_the_same_words() {
    let scene = Scene::new().await;
    let (_browser, mut phone) = priya(&scene).await;
    let id = who("Priya").id;
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.suspend(id, true).await?) })).await.unwrap();
    refused(&sign_in(&scene, &mut phone).await);
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.suspend(id, false).await?) })).await.unwrap();
    assert_eq!(sign_in(&scene, &mut phone).await.status, 200);
}

#[actix_web::test]
async fn a_counter_that_went_back_is_refused_with_an_alarm() {
    let scene = Scene::new().await;
    let (_browser, mut phone) = priya(&scene).await;
    phone.counter = 7;
    assert_eq!(sign_in(&scene, &mut phone).await.status, 200);
    phone.counter = 3;
    refused(&sign_in(&scene, &mut phone).await);
    let alarms = scene.records("key.alarm").await;
    assert_eq!(alarms.last().unwrap().1["what"], json!(["passkey.counter"]));
    assert_eq!(alarms.last().unwrap().1["object"], format!("person/{}", who("Priya").id));
}

#[actix_web::test]
async fn a_source_that_fails_too_often_waits() {
    let scene = Scene::new().await;
    let stranger = Browser::stranger(&scene);
    let nothing = json!({"ceremony": "none", "credential": {}});
    for _ in 0..101 {
        assert_eq!(stranger.post_json("/sign-in/passkey", &nothing).await.status, 422);
    }
    assert_eq!(stranger.post_json("/sign-in/passkey", &nothing).await.status, 429);
    assert_eq!(stranger.post("/sign-in/passkey/options", &[]).await.status, 429);
}

#[actix_web::test]
async fn a_ceremony_is_of_one_person_and_one_purpose() {
    let scene = Scene::new().await;
    let (browser, mut phone) = priya(&scene).await;
    let toby = Browser::of(&scene, Some("Toby")).await;
    // Toby may not finish what Priya began; it is still hers.
    let begun = begin(&browser, "/account/passkeys/options").await;
    let mut second = Authenticator::new();
    let body = adding(&begun, &second.make(&begun["publicKey"]), true);
    assert_eq!(toby.post_json("/account/passkeys", &body).await.status, 422);
    assert_eq!(browser.post_json("/account/passkeys", &body).await.status, 200);
    let twice = browser.post_json("/account/passkeys", &body).await;
    assert!(twice.status == 422 && twice.text().contains("sent twice"), "{}", twice.text());
    // A sign-in's ceremony is no touch, nor a touch a sign-in's.
    let begun = begin(&browser, "/sign-in/passkey/options").await;
    let body = json!({"ceremony": begun["ceremony"], "credential": phone.show(&begun["publicKey"])});
    assert_eq!(browser.post_json("/account/touch", &body).await.status, 422);
    let begun = begin(&browser, "/account/touch/options").await;
    let body = json!({"ceremony": begun["ceremony"], "credential": phone.show(&begun["publicKey"])});
    refused(&Browser::stranger(&scene).post_json("/sign-in/passkey", &body).await);
    // One passkey is one person's: the phone answers Toby's ceremony, and is not his.
    let mut tobys = Authenticator::new();
    assert_eq!(add(&toby, &mut tobys, false).await.status, 200);
    assert_eq!(touch(&toby, &mut phone).await.status, 422);
    assert_eq!(touch(&toby, &mut tobys).await.status, 200);
    phone.verifies = false;
    assert_eq!(touch(&browser, &mut phone).await.status, 422, "nobody was verified");
    let none = Browser::of(&scene, Some("Sam")).await.post("/account/touch/options", &[]).await;
    assert!(none.status == 422 && none.text().contains("You have no passkey"), "{}", none.text());
}

#[actix_web::test]
async fn a_passkey_is_added_whole_or_not_at_all() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Priya")).await;
    let spoil: [(&str, Spoil); 6] = [
        ("another wrap's id", |body| body["wrap"] = json!("0190a5b0-0000-7000-8000-000000000009")),
        ("half the wraps", |body| body["signing_wrap"] = json!("")),
        ("a wrap of another size", |body| body["identity_wrap"] = json!("AAAA")),
        ("no name", |body| body["name"] = json!(" ")),
        ("no answer", |body| body["credential"] = json!({"id": "x"})),
        ("no member", |body| body["ceremony"] = Value::Null),
    ];
    for (what, spoil) in spoil {
        let begun = begin(&browser, "/account/passkeys/options").await;
        let mut body = adding(&begun, &Authenticator::new().make(&begun["publicKey"]), true);
        spoil(&mut body);
        let got = browser.post_json("/account/passkeys", &body).await;
        assert_eq!(got.status, 422, "{what}: {}", got.text());
        assert!(got.json()["title"].is_string() && got.json()["detail"].is_string(), "{what}");
    }
    for (what, spoil) in [("no verifying", true), ("another page", false)] {
        let begun = begin(&browser, "/account/passkeys/options").await;
        let mut device = Authenticator::new();
        if spoil {
            device.verifies = false;
        } else {
            device.origin = "https://localhost:9999".into();
        }
        let body = adding(&begun, &device.make(&begun["publicKey"]), true);
        assert_eq!(browser.post_json("/account/passkeys", &body).await.status, 422, "{what}");
    }
    let begun = begin(&browser, "/account/passkeys/options").await;
    let body = adding(&begun, &Authenticator::new().make(&begun["publicKey"]), true);
    scene.later(5 * 60_000);
    assert_eq!(browser.post_json("/account/passkeys", &body).await.status, 422, "too late");
    assert!(scene.records("passkey.add").await.is_empty());
    assert!(!browser.get("/account/keys").await.text().contains("\"passkey\""));
}

#[actix_web::test]
async fn a_secret_of_a_passkey_is_refused_at_every_door_with_an_alarm() {
    let scene = Scene::new().await;
    let (browser, mut phone) = priya(&scene).await;
    let marker = "c2VjcmV0LW1hcmtlci1vZi10aGUtdGVzdA";
    let leak = |credential: &mut Value| {
        credential["clientExtensionResults"] = json!({"prf": {"results": {"first": marker}}});
    };
    let told = |got: &Got| {
        assert_eq!(got.status, 400, "{}", got.text());
        assert!(got.text().contains("must never leave it") && !got.text().contains(marker), "{}", got.text());
    };
    let begun = begin(&browser, "/sign-in/passkey/options").await;
    let mut credential = phone.show(&begun["publicKey"]);
    leak(&mut credential);
    let body = json!({"ceremony": begun["ceremony"], "credential": credential, "next": "/"});
    let got = Browser::stranger(&scene).post_json("/sign-in/passkey", &body).await;
    assert!(got.session.is_none());
    told(&got);
    let begun = begin(&browser, "/account/touch/options").await;
    let mut credential = phone.show(&begun["publicKey"]);
    leak(&mut credential);
    told(&browser.post_json("/account/touch", &json!({"ceremony": begun["ceremony"], "credential": credential})).await);
    let begun = begin(&browser, "/account/passkeys/options").await;
    let mut credential = Authenticator::new().make(&begun["publicKey"]);
    leak(&mut credential);
    told(&browser.post_json("/account/passkeys", &adding(&begun, &credential, true)).await);
    let (path, stranger) = (invited(&scene).await, Browser::stranger(&scene));
    let begun = begin(&stranger, &format!("{path}/passkey/options")).await;
    let mut credential = Authenticator::new().make(&begun["publicKey"]);
    leak(&mut credential);
    told(&send(&stranger, &path, &[keys(), passkey(&begun, &credential, true)].concat()).await);
    let alarms = scene.records("key.alarm").await;
    assert_eq!(alarms.len(), 4);
    for (_, body) in alarms {
        assert_eq!(body["what"], json!(["prf.results"]));
        assert!(!body.to_string().contains(marker));
    }
    assert_eq!(scene.records("passkey.add").await.len(), 1, "only the one of the beginning");
    assert!(scene.records("sign-in").await.is_empty() && scene.records("step-up").await.is_empty());
    // Who joined without a passphrase is no address that any passphrase fits.
    let wrong = phrase::first(&scene.office, "new@demo.example", "", "", disclosure_portal::demo::stamp()).await;
    assert!(wrong.is_err());
}
