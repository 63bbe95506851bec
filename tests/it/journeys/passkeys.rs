//! Passkeys that work: joining with one, signing in, touching, adding, removing (DESIGN §5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use disclosure_portal::actions::enrol::{self, Invite};
use disclosure_portal::clock;
use disclosure_portal::demo::stamp;
use disclosure_portal::sealing::age::Identity;
use serde_json::{Value, json};

use crate::harness::authenticator::Authenticator;
use crate::harness::browser::{Browser, Got};
use crate::harness::{Scene, who, world};

const FIVE_MINUTES: i64 = 5 * 60_000;

/// A wrap that has the right size.
pub(super) fn wrap() -> String {
    STANDARD.encode([clock::random::<38>(), clock::random::<38>()].concat())
}

/// The path of a new invitation.
pub(super) async fn invited(scene: &Scene) -> String {
    let form = Invite {
        email: "new@demo.example".into(),
        name: "New Person".into(),
        role: "manager".into(),
        scheme: world().schemes[0].to_string(),
        ..Invite::default()
    };
    enrol::invite(&scene.office, &who("Sam").actor, &form, stamp()).await.unwrap()
}

/// What a joining browser sends besides passkey and passphrase.
pub(super) fn keys() -> Vec<(&'static str, String)> {
    vec![
        ("recovery_auth", hex::encode(clock::random::<32>())),
        ("recipient", Identity::fresh().unwrap().recipient().to_string()),
        ("signing_key", STANDARD.encode(clock::random::<32>())),
        ("recovery_identity_wrap", wrap()),
        ("recovery_signing_wrap", wrap()),
    ]
}

/// What it sends of a passkey; `unlocks`: with wraps.
pub(super) fn passkey(begun: &Value, credential: &Value, unlocks: bool) -> Vec<(&'static str, String)> {
    let text = |name: &str| begun[name].as_str().unwrap().to_owned();
    let mut fields = vec![
        ("ceremony", text("ceremony")),
        ("credential", credential.to_string()),
        ("passkey_name", "Work phone".to_owned()),
    ];
    if unlocks {
        fields.extend([
            ("passkey_wrap", text("wrap")),
            ("passkey_identity_wrap", wrap()),
            ("passkey_signing_wrap", wrap()),
        ]);
    }
    fields
}

pub(super) async fn send(browser: &Browser, path: &str, fields: &[(&'static str, String)]) -> Got {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

pub(super) async fn begin(browser: &Browser, path: &str) -> Value {
    let got = browser.post(path, &[]).await;
    assert_eq!(got.status, 200, "{path}: {}", got.text());
    got.json()
}

/// Adds a passkey to the account of whoever is signed in.
pub(super) async fn add(browser: &Browser, device: &mut Authenticator, unlocks: bool) -> Got {
    let begun = begin(browser, "/account/passkeys/options").await;
    let credential = device.make(&begun["publicKey"]);
    browser.post_json("/account/passkeys", &adding(&begun, &credential, unlocks)).await
}

pub(super) fn adding(begun: &Value, credential: &Value, unlocks: bool) -> Value {
    let or = |text: String| if unlocks { text } else { String::new() };
    json!({
        "ceremony": begun["ceremony"], "credential": credential, "name": "Desk key",
        "wrap": or(begun["wrap"].as_str().unwrap().to_owned()), "identity_wrap": or(wrap()), "signing_wrap": or(wrap()),
    })
}

/// Tries to sign in from a browser of a stranger.
pub(super) async fn sign_in(scene: &Scene, device: &mut Authenticator) -> Got {
    let browser = Browser::stranger(scene);
    let begun = begin(&browser, "/sign-in/passkey/options").await;
    let credential = device.show(&begun["publicKey"]);
    let body = json!({"ceremony": begun["ceremony"], "credential": credential, "next": "/account"});
    browser.post_json("/sign-in/passkey", &body).await
}

pub(super) async fn touch(browser: &Browser, device: &mut Authenticator) -> Got {
    let begun = begin(browser, "/account/touch/options").await;
    let credential = device.show(&begun["publicKey"]);
    browser.post_json("/account/touch", &json!({"ceremony": begun["ceremony"], "credential": credential})).await
}

/// The identifier of the first passkey on the page that can be removed.
fn removable(page: &str) -> Option<String> {
    let rest = page.split("/account/passkeys/").find(|part| part.contains("/remove\""))?;
    rest.split('/').next().map(str::to_owned)
}

#[actix_web::test]
async fn somebody_joins_with_a_passkey_alone_and_one_touch_signs_them_in() {
    let scene = Scene::new().await;
    let (path, browser, mut phone) = (invited(&scene).await, Browser::stranger(&scene), Authenticator::new());
    let begun = begin(&browser, &format!("{path}/passkey/options")).await;
    let options = &begun["publicKey"];
    let choice = &options["authenticatorSelection"];
    assert_eq!(
        [&choice["residentKey"], &choice["requireResidentKey"], &choice["userVerification"], &options["rp"]["id"]],
        [&json!("required"), &json!(true), &json!("required"), &json!("localhost")]
    );
    assert!(begun.get("mediation").is_none() && options.get("mediation").is_none());
    let credential = phone.make(options);
    let sent = [keys(), passkey(&begun, &credential, true)].concat();
    let got = send(&browser, &path, &sent).await;
    assert_eq!((got.status, got.location.as_str()), (303, "/enrolled"), "{}", got.text());

    let got = sign_in(&scene, &mut phone).await;
    assert_eq!((got.status, got.json()), (200, json!({"next": "/account"})), "{}", got.text());
    let mut browser = Browser::stranger(&scene);
    browser.holds(&scene, &got);
    let account = browser.get("/account/keys").await.json();
    let kinds: Vec<(&str, bool)> = account["wraps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wrap| (wrap["kind"].as_str().unwrap(), wrap["credential"] == credential["id"]))
        .collect();
    assert_eq!(kinds.len(), 2, "{account}");
    assert!(kinds.contains(&("passkey", true)) && kinds.contains(&("recovery", false)), "{kinds:?}");

    assert_eq!(scene.records("passkey.add").await.last().unwrap().1["unlocks"], true);
    assert_eq!(scene.records("sign-in").await.last().unwrap().1["by"], "passkey");
    // Neither a passphrase nor a code is theirs, and they are told to touch instead.
    scene.later(FIVE_MINUTES);
    let told = browser.post("/account/passkeys/prove", &[("fresh_code", "123456")]).await;
    assert!(told.status == 422 && told.text().contains("touch your passkey"), "{}", told.text());
    assert_eq!(touch(&browser, &mut phone).await.status, 200);
    let page = browser.get("/account/passkeys").await.text();
    assert!(page.contains("your only way to sign in") && removable(&page).is_none(), "{page}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_passkey_that_cannot_unlock_needs_a_passphrase_and_a_mistyped_code_does_not_waste_it() {
    let scene = Scene::new().await;
    let (path, browser, mut phone) = (invited(&scene).await, Browser::stranger(&scene), Authenticator::new());
    let begun = begin(&browser, &format!("{path}/passkey/options")).await;
    let credential = phone.make(&begun["publicKey"]);
    let bare = [keys(), passkey(&begun, &credential, false)].concat();
    assert_eq!(send(&browser, &path, &bare).await.status, 422, "nothing would unlock");
    let page = browser.get(&path).await.text();
    let secret = page.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let phrase = |code: &str| {
        vec![
            ("auth", hex::encode([7; 32])),
            ("identity_wrap", wrap()),
            ("signing_wrap", wrap()),
            ("code", code.to_owned()),
        ]
    };
    let got = send(&browser, &path, &[bare.clone(), phrase("000000")].concat()).await;
    assert_eq!(got.status, 422);
    assert!(got.text().contains(begun["ceremony"].as_str().unwrap()), "the page keeps the passkey");
    let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap()).build().unwrap();
    let code = totp.generate(u64::try_from(clock::Clock::real().millis() / 1000).unwrap()).to_string();
    let got = send(&browser, &path, &[bare.clone(), phrase(&code)].concat()).await;
    assert_eq!(got.status, 303, "{}", got.text());
    assert_eq!(scene.records("passkey.add").await.last().unwrap().1["unlocks"], false);
    let mut signed_in = Browser::stranger(&scene);
    signed_in.holds(&scene, &sign_in(&scene, &mut phone).await);
    let page = signed_in.get("/account/passkeys").await.text();
    assert!(page.contains("This passkey can sign you in but not unlock"), "{page}");
    assert!(removable(&page).is_some(), "the passphrase signs in and unlocks");
    // The link is used up, and so is its ceremony.
    assert_eq!(send(&browser, &path, &[bare, phrase(&code)].concat()).await.status, 404);
}

#[actix_web::test]
async fn a_second_and_third_passkey_are_added_on_proof_and_removed_but_never_the_last_way() {
    let scene = Scene::new().await;
    let (mut phone, mut key, mut spare) = (Authenticator::new(), Authenticator::new(), Authenticator::new());
    let (path, browser) = (invited(&scene).await, Browser::stranger(&scene));
    let begun = begin(&browser, &format!("{path}/passkey/options")).await;
    let credential = phone.make(&begun["publicKey"]);
    assert_eq!(send(&browser, &path, &[keys(), passkey(&begun, &credential, true)].concat()).await.status, 303);
    let mut browser = Browser::stranger(&scene);
    browser.holds(&scene, &sign_in(&scene, &mut phone).await);

    scene.later(FIVE_MINUTES);
    let late = browser.post("/account/passkeys/options", &[]).await;
    assert_eq!((late.status, late.json()["field"].as_str().unwrap()), (422, "fresh_code"), "{}", late.text());
    assert_eq!(touch(&browser, &mut phone).await.status, 200);
    assert_eq!(scene.records("step-up").await.last().unwrap().1["by"], "touch");
    let begun = begin(&browser, "/account/passkeys/options").await;
    assert_eq!(
        begun["publicKey"]["excludeCredentials"][0]["id"], credential["id"],
        "the same device is not asked twice"
    );
    assert_eq!(add(&browser, &mut key, false).await.status, 200);

    // The phone alone unlocks: it must stay, the key may go.
    let page = browser.get("/account/passkeys").await.text();
    assert!(page.contains("your only way to unlock your keys"), "{page}");
    let first = credential["id"].as_str().unwrap();
    let refused = browser.post(&format!("/account/passkeys/{first}/remove"), &[]).await;
    assert!(refused.status == 422 && refused.text().contains("your only way to unlock"), "{}", refused.text());
    assert_eq!(add(&browser, &mut spare, true).await.status, 200);
    let mut elsewhere = Browser::stranger(&scene);
    elsewhere.holds(&scene, &sign_in(&scene, &mut key).await);
    assert_eq!(elsewhere.get("/account").await.status, 200);

    let got = browser.post(&format!("/account/passkeys/{first}/remove"), &[]).await;
    assert_eq!((got.status, got.location.as_str()), (303, "/account/passkeys"), "{}", got.text());
    assert_eq!(elsewhere.get("/account").await.status, 303, "signed out everywhere else");
    assert_eq!(browser.get("/account").await.status, 303, "the cookie of before is no more");
    browser.holds(&scene, &got);
    assert_eq!(browser.get("/account").await.status, 200, "this visit goes on");
    assert_eq!(scene.records("passkey.remove").await.len(), 1);
    let kinds = browser.get("/account/keys").await.json()["wraps"].to_string();
    assert!(!kinds.contains(first) && kinds.matches("\"passkey\"").count() == 1, "its wrap is gone: {kinds}");
    assert_eq!(sign_in(&scene, &mut phone).await.status, 422, "a removed passkey signs nobody in");
    assert_eq!(sign_in(&scene, &mut spare).await.status, 200);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn with_a_passphrase_every_passkey_may_go_on_proof_by_code_too() {
    let scene = Scene::new().await;
    let (browser, mut phone) = (Browser::of(&scene, Some("Priya")).await, Authenticator::new());
    assert_eq!(add(&browser, &mut phone, true).await.status, 200);
    let page = browser.get("/account/passkeys").await.text();
    let id = removable(&page).expect("a remove form");
    scene.later(FIVE_MINUTES);
    let path = format!("/account/passkeys/{id}/remove");
    let got = browser.post(&path, &[]).await;
    assert!(got.status == 422 && got.text().contains("id=\"fresh_code\""), "{}", got.text());
    assert_eq!(browser.post(&path, &[("fresh_code", "000000")]).await.status, 422);
    let other = Browser::of(&scene, Some("Toby")).await;
    assert_eq!(other.post(&path, &[]).await.status, 404, "somebody else's is not there");
    let secret = totp_rs::Secret::try_from_base32(&who("Priya").account.totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(clock::Clock::real().millis() / 1000).unwrap()).to_string();
    assert_eq!(browser.post("/account/passkeys/prove", &[("fresh_code", &code)]).await.status, 303);
    assert_eq!(browser.post(&path, &[]).await.status, 303);
    assert_eq!(scene.records("passkey.remove").await.len(), 1);
}
