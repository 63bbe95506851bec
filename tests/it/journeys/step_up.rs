//! Proving again who is there before an act of weight; one's own visits; a stranger's guesses slow down strangers only.

use disclosure_portal::actions::{known, session, sign_in};
use disclosure_portal::domain::limits::FRESH_MS;

use super::sign_in::{code, first, from};
use crate::harness::browser::Browser;
use crate::harness::{Scene, posted, signed, who};

/// A reason that a recall accepts.
const REASON: (&str, &str) = ("reason", "The person was wrongly named");

async fn recall_with(scene: &Scene, browser: &Browser, code: &str) -> crate::harness::browser::Got {
    let release = scene.release("CZ/001/26").await;
    let form = signed(scene, who("Sam"), "recall", &format!("release/{release}"), &[REASON]);
    let (statement, document) = (posted(&form, "statement"), posted(&form, "document"));
    let fields = [REASON, ("fresh_code", code), ("statement", statement.as_str()), ("document", document.as_str())];
    browser.post(&format!("/releases/{release}/recall"), &fields).await
}

#[actix_web::test]
async fn a_recall_asks_again_who_is_there_keeps_what_was_typed_and_counts_for_five_minutes() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Sam")).await;
    scene.later(FRESH_MS);
    for (typed, told) in [("", "Show that it is you"), ("000000", "A code works once")] {
        let got = recall_with(&scene, &browser, typed).await;
        assert_eq!(got.status, 422, "{}", got.text());
        assert!(got.text().contains(told) && got.text().contains(REASON.1), "{}", got.text());
        assert!(!got.text().contains("value=\"000000\""), "a code is not repeated");
    }
    let before = scene.records("recall").await.len();
    let got = recall_with(&scene, &browser, &code(who("Sam"))).await;
    assert_eq!(got.status, 303, "{}", got.text());
    assert_eq!(scene.records("recall").await.len(), before + 1);
    assert_eq!(scene.records("step-up").await.last().unwrap().1["by"], "code");
}

#[actix_web::test]
async fn a_table_to_keep_is_handed_out_only_after_a_fresh_proof() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Robin")).await;
    assert_eq!(browser.get("/log/csv?kind=view").await.status, 200);
    scene.later(FRESH_MS);
    let asked = browser.get("/log/csv?kind=view").await;
    assert_eq!((asked.status, asked.location.as_str()), (303, "/account/fresh?next=/log/csv%3Fkind%3Dview"));
    assert_eq!(browser.get(&asked.location).await.status, 200);
    let exports = scene.records("export").await.len();
    let wrong = browser.post("/account/fresh", &[("next", "//evil.example"), ("fresh_code", "12")]).await;
    assert_eq!(wrong.status, 422);
    let shown =
        browser.post("/account/fresh", &[("next", "/log/csv?kind=view"), ("fresh_code", &code(who("Robin")))]).await;
    assert_eq!((shown.status, shown.location.as_str()), (303, "/log/csv?kind=view"));
    assert_eq!(browser.get(&shown.location).await.status, 200);
    assert_eq!(scene.records("export").await.len(), exports + 1, "one export, not three");
}

#[actix_web::test]
async fn one_ends_ones_other_visits_and_nobody_elses() {
    let scene = Scene::new().await;
    let (here, elsewhere) = (Browser::of(&scene, Some("Sam")).await, Browser::of(&scene, Some("Sam")).await);
    let other = Browser::of(&scene, Some("Frankie")).await;
    assert!(here.get("/account/visits").await.text().contains("Sign out everywhere else"));
    assert_eq!(here.post("/account/visits/end", &[]).await.status, 303);
    assert_eq!(elsewhere.get("/account").await.status, 303, "to the sign-in page");
    assert_eq!(here.get("/account").await.status, 200);
    assert_eq!(other.get("/account").await.status, 200);
    assert!(here.get("/account/visits").await.text().contains("You are signed in nowhere else"));
    assert_eq!(scene.records("sign-out").await.last().unwrap().1["elsewhere"], 1);
}

#[actix_web::test]
async fn a_strangers_guesses_do_not_slow_the_owner_down_on_their_own_device() {
    let scene = Scene::new().await;
    let (sam, priya) = (who("Sam"), who("Priya"));
    let half = first(&scene, &sam.account.email, &sam.account.auth, "192.0.2.1").await.unwrap();
    let visit = sign_in::second(&scene.office, half, &code(sam), from("192.0.2.1")).await.unwrap();
    let device = session::begun(&scene.office, sam.id, visit, "Edge on Windows", "").await.unwrap();
    for n in 0..8 {
        first(&scene, &sam.account.email, &priya.account.auth, &format!("198.51.100.{n}")).await.unwrap_err();
    }
    assert!(first(&scene, &sam.account.email, &sam.account.auth, "192.0.2.1").await.is_err(), "a strange device waits");
    let known = |cookie: &str| {
        let (cookie, office) = (cookie.to_owned(), scene.office.clone());
        async move { sign_in::first(&office, &sam.account.email, &sam.account.auth, &cookie, from("192.0.2.1")).await }
    };
    assert!(known(&device).await.is_ok());
    assert!(known(&device.replace('.', ".0")).await.is_err(), "a forged device waits");
    assert!(
        known::device(&scene.office, &device, &priya.account.email).is_none(),
        "a device knows its own accounts only"
    );
}
