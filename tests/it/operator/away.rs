//! When something the portal needs is away: an answer in time that says when to come back, nothing half done, nothing typed lost.

use std::time::{Duration, Instant};

use disclosure_portal::actions::{No, Stamp, figures};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use futures_util::future::join_all;

use super::ready::Holding;
use crate::harness::browser::{Browser, Got};
use crate::harness::{Scene, sql, who, world};

async fn append(scene: &Scene, words: String) -> Result<u64, No> {
    let act = scene.office.act(move |tx| {
        Box::pin(async move {
            let event = Event::new(Kind::Consulted, "log").with("query", words);
            Ok(tx.append(&event, &Actor::Portal, &Stamp::default()).await?)
        })
    });
    Ok(act.await?.into_inner())
}

/// Makes every new leaf fail in the database, as a full disk would, until undone.
fn break_log(scene: &Scene) {
    sql(scene, "CREATE TRIGGER no_more BEFORE INSERT ON log_leaf BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END");
}

fn mend_log(scene: &Scene) {
    sql(scene, "DROP TRIGGER no_more");
}

/// A 503 says when to come back.
fn unavailable(got: &Got) {
    assert_eq!(got.status, 503, "{}", got.text());
    let after: u32 = got.header("retry-after").parse().unwrap();
    assert!((10..=20).contains(&after), "{after}");
}

#[actix_web::test]
async fn an_act_without_a_turn_in_five_seconds_is_refused_and_never_carried_out() {
    let scene = Scene::new().await;
    let before = scene.records("consult").await.len();
    let held = Holding::of(&scene);
    let began = Instant::now();
    assert!(matches!(append(&scene, "given up".into()).await, Err(No::Unavailable)));
    assert!((4..9).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    drop(held);
    append(&scene, "after it".into()).await.unwrap();
    let records = scene.records("consult").await;
    assert_eq!(records.len(), before + 1);
    assert!(records.iter().all(|(_, body)| body["query"] != "given up"));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_full_queue_takes_nobody_and_empties_without_a_trace() {
    let scene = Scene::new().await;
    let before = scene.records("consult").await.len();
    let held = Holding::of(&scene);
    let began = Instant::now();
    // A batch of 256 that waits for the database, a queue of 4,096, and some for whom there is no place.
    let told = join_all((0..4_600).map(|number| append(&scene, number.to_string()))).await;
    assert!(told.iter().all(|one| matches!(one, Err(No::Unavailable))));
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    drop(held);
    append(&scene, "after them".into()).await.unwrap();
    assert_eq!(scene.records("consult").await.len(), before + 1);
    let text = figures::text(&scene.office, 0).await.unwrap();
    assert!(text.contains("\nportal_acts_waiting 0\n"), "{text}");
    assert!(text.contains("\nportal_acts_total{outcome=\"not_begun\"} 4600\n"), "{text}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_form_that_could_not_be_written_comes_back_with_all_that_was_typed() {
    let scene = Scene::new().await;
    let lee = Browser::of(&scene, Some("Lee")).await;
    let sam = Browser::of(&scene, Some("Sam")).await;
    let scheme = world().schemes[0].to_string();
    let invited =
        [("name", "Quill Ostrander"), ("email", "quill@ostrander.example"), ("role", "manager"), ("scheme", &scheme)];
    break_log(&scene);
    for (browser, path, fields) in
        [(&lee, "/areas", &[("code", "QX"), ("name", "Quoxley North")][..]), (&sam, "/invitations/new", &invited[..])]
    {
        let got = browser.post(path, fields).await;
        unavailable(&got);
        let text = got.text();
        assert!(text.contains("<title>Error: ") && text.contains("look whether it arrived"), "{path}: {text}");
        for (_, typed) in fields.iter().filter(|(name, _)| !["role", "scheme"].contains(name)) {
            assert!(text.contains(&format!("value=\"{typed}\"")), "{path}: {typed} is lost: {text}");
        }
    }
    mend_log(&scene);
    assert_eq!(lee.post("/areas", &[("code", "QX"), ("name", "Quoxley North")]).await.status, 303);
    assert_eq!(sam.post("/invitations/new", &invited).await.status, 200);
    scene.log_is_whole().await;
}

/// The hidden fields of the form that a problem page holds.
fn kept(text: &str) -> Vec<(String, String)> {
    let form = text.split("<form method=\"post\"").nth(1).unwrap().split("</form>").next().unwrap();
    let read = |piece: &str| {
        let (name, rest) = piece.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split('"').next().unwrap().replace("&lt;", "<").replace("&gt;", ">"))
    };
    form.split("<input type=\"hidden\" name=\"").skip(1).map(read).collect()
}

#[actix_web::test]
async fn a_form_whose_sender_cannot_be_looked_up_is_kept_on_the_page_and_can_be_sent_again() {
    let scene = Scene::new().await;
    let lee = Browser::of(&scene, Some("Lee")).await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    // Every connection to read with is taken, as when the database hangs.
    let mut taken = Vec::new();
    for _ in 0..8 {
        taken.push(scene.office.read().await.unwrap());
    }
    let typed = [("code", "QX"), ("name", "Quoxley <b>North</b>"), ("fresh_code", "123456")];
    let began = Instant::now();
    let (form, upload, page, strange) = futures_util::join!(
        lee.post("/areas?x=1", &typed),
        riley.upload("/releases/new", &[("title", "Quoxley market")], &[("a.jpg", b"bytes")]),
        lee.get("/areas"),
        lee.post_raw("/areas", "text/plain", b"name=Quoxley".to_vec())
    );
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    for got in [&form, &upload, &page, &strange] {
        unavailable(got);
    }
    let text = form.text();
    assert!(text.contains("action=\"/areas?x=1\"") && text.contains("What you typed is kept on this page"), "{text}");
    assert!(!text.contains("<b>") && !text.contains("123456"), "{text}");
    let fields = kept(&text);
    assert_eq!(fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["token", "code", "name"]);
    let text = upload.text();
    assert!(text.contains("enctype=\"multipart/form-data\"") && text.contains("choose files again"), "{text}");
    assert!(kept(&text).contains(&("title".into(), "Quoxley market".into())));
    assert!(!page.text().contains("<form method=\"post\"") && !strange.text().contains("Quoxley"));
    drop(taken);
    let again: Vec<_> = fields
        .iter()
        .filter(|(name, _)| name != "token")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(lee.post("/areas", &again).await.status, 303);
}

#[actix_web::test]
async fn a_script_is_told_in_words_and_when_to_come_back() {
    let scene = Scene::new().await;
    let priya = Browser::of(&scene, Some("Priya")).await;
    let copy = copy_of(&scene.office, who("Priya"), scene.release("CZ/003/26").await).await.unwrap();
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
    let path = format!("/copies/{copy}/parts/{}", part.id);
    break_log(&scene);
    let got = priya.get_json(&path).await;
    unavailable(&got);
    assert_eq!(got.json()["title"], "Sorry, the portal is not available");
    assert!(got.json()["detail"].as_str().unwrap().contains("Try again in a few minutes"));
    mend_log(&scene);
    assert_eq!(priya.get_json(&path).await.status, 200);
}

#[actix_web::test]
async fn a_vault_that_does_not_answer_is_503_and_no_incident_of_ours() {
    let scene = Scene::new().await;
    let priya = Browser::of(&scene, Some("Priya")).await;
    let copy = copy_of(&scene.office, who("Priya"), scene.release("CZ/003/26").await).await.unwrap();
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
    // Where the blob's shelf was there is a file: reading fails otherwise than by "not found".
    let shelf = scene.folder.0.join("vault").join(&part.object[..2]);
    let aside = scene.folder.0.join("aside");
    std::fs::rename(&shelf, &aside).unwrap();
    std::fs::write(&shelf, b"").unwrap();
    let path = format!("/copies/{copy}/parts/{}", part.id);
    let got = priya.get(&path).await;
    unavailable(&got);
    assert!(got.text().contains("cannot reach its records") && !got.text().contains("vault"), "{}", got.text());
    std::fs::remove_file(&shelf).unwrap();
    std::fs::rename(&aside, &shelf).unwrap();
    assert_eq!(priya.get(&path).await.status, 200);
}

#[actix_web::test]
async fn a_page_that_writes_nothing_is_shown_while_the_store_cannot_be_written() {
    let scene = Scene::new().await;
    let lee = Browser::of(&scene, Some("Lee")).await;
    // So long after the last request that the next one writes down the visit's use.
    scene.later(120_000);
    sql(&scene, "CREATE TRIGGER no_seen BEFORE UPDATE ON visit BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END");
    assert_eq!(lee.get("/areas").await.status, 200);
}
