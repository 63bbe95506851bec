//! What people see while the vault is away: 503 with Retry-After where its bytes were wanted, everything else as ever.

use std::time::{Duration, Instant};

use disclosure_portal::actions::registers::{self, Subject};
use disclosure_portal::actions::{No, deliver};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{DocumentId, PartId};
use disclosure_portal::domain::release::request::Purpose;
use disclosure_portal::store::copies::Part;

use super::{file, scenes};
use crate::harness::browser::Browser;
use crate::harness::s3::S3Server;
use crate::harness::{Scene, codes, signed, who, world};

const URN: &str = "CZ/003/26";

/// Priya's screen part of the release, and its door.
async fn part(scene: &Scene) -> (Part, String) {
    let copy = copy_of(&scene.office, who("Priya"), scene.release(URN).await).await.unwrap();
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let part = parts.into_iter().find(|part| part.rendition == "screen").unwrap();
    let door = format!("/copies/{copy}/parts/{}", part.id);
    (part, door)
}

#[actix_web::test]
async fn with_the_store_gone_a_view_says_come_back_the_rest_goes_on_and_it_heals() {
    let mut server = S3Server::start();
    let scene = Scene::in_bucket(&server).await;
    let (_, door) = part(&scene).await;
    let (priya, sam) = (Browser::of(&scene, Some("Priya")).await, Browser::of(&scene, Some("Sam")).await);
    let well = priya.get(&door).await;
    assert_eq!(well.status, 200, "{}", well.text());
    let aborted = scene.records("aborted").await.len();
    server.gone();
    let got = priya.get(&door).await;
    assert_eq!(got.status, 503, "{}", got.text());
    assert!(got.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{:?}", got.headers);
    assert!(got.text().contains("not available") && !got.text().contains("Incident"), "{}", got.text());
    for page in ["/", "/bulletins", "/account"] {
        assert_eq!(priya.get(page).await.status, 200, "{page}");
    }
    for page in ["/", "/releases", "/schemes"] {
        assert_eq!(sam.get(page).await.status, 200, "{page}");
    }
    crate::harness::wait::until_so("the leaf of the view stands; so does that nothing left", async || {
        scene.records("aborted").await.len() == aborted + 1
    })
    .await;
    server.back();
    assert_eq!(priya.get(&door).await.body, well.body);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn with_a_silent_store_a_view_ends_within_seconds_and_a_recall_too() {
    let server = S3Server::start();
    let scene = Scene::in_bucket(&server).await;
    let (row, door) = part(&scene).await;
    let (priya, sam) = (Browser::of(&scene, Some("Priya")).await, who("Sam"));
    let before = scene.records("destroy").await.len();
    server.is(|how| how.silent = true);
    let began = Instant::now();
    let got = priya.get(&door).await;
    assert_eq!(got.status, 503);
    assert!(got.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{:?}", got.headers);
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    let release = scene.release(URN).await;
    let form = signed(&scene, sam, "recall", &format!("release/{release}"), &[("reason", "New intelligence")]);
    let began = Instant::now();
    disclosure_portal::actions::demands::recall(&scene.office, &sam.actor, release, &form, stamp()).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(12), "however many copies: {:?}", began.elapsed());
    assert_eq!(scene.records("destroy").await.len(), before, "nothing is said to be destroyed that is not");
    server.is(|how| how.silent = false);
    let refused = priya.get(&door).await.status;
    assert!(refused == 403 || refused == 404, "{refused}");
    disclosure_portal::actions::sweep::round(&scene.office).await.unwrap();
    assert!(!file(&server.files(), &row.object).exists());
    assert!(scene.records("destroy").await.len() > before);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_reaches_its_limit_while_the_store_is_away_ends_all_the_same() {
    let mut server = S3Server::start();
    let scene = Scene::in_bucket(&server).await;
    let keys = "SELECT count(*) FROM copy WHERE wrapped_key IS NOT NULL";
    assert_ne!(scene.sql(keys), "0");
    server.gone();
    scene.later(400 * 86_400_000);
    // Something that has to be written into the store before anything else of the round.
    let sam = &who("Sam").actor;
    let entry = registers::scheme(&scene.office, sam, world().schemes[0], stamp()).await.unwrap();
    let paper = DocumentId::parse(&entry.papers[0].id).unwrap();
    registers::detach(&scene.office, sam, paper, "Signed anew", stamp()).await.unwrap();
    assert!(disclosure_portal::actions::sweep::round(&scene.office).await.is_err(), "not all of it was done");
    assert_eq!(scene.sql(keys), "0");
    server.back();
    disclosure_portal::actions::sweep::round(&scene.office).await.unwrap();
    assert_eq!(scene.sql("SELECT count(*) FROM part"), "0");
}

#[actix_web::test]
async fn a_row_whose_blob_is_missing_is_refused_and_not_called_unavailable() {
    for (scene, files, _server) in scenes().await {
        let (row, door) = part(&scene).await;
        std::fs::remove_file(file(&files, &row.object)).unwrap();
        let (priya, release) = (who("Priya"), scene.release(URN).await);
        let copy = copy_of(&scene.office, priya, release).await.unwrap();
        let id = PartId::parse(&row.id).unwrap();
        let opened = deliver::open_part(&scene.office, &priya.actor, copy, id, Purpose::Prevention, stamp()).await;
        assert_eq!(codes(opened.map(|opened| opened.index)), ["key-destroyed"]);
        assert_eq!(Browser::of(&scene, Some("Priya")).await.get(&door).await.status, 403);
    }
}

#[actix_web::test]
async fn an_upload_while_the_store_is_away_is_not_taken_and_nothing_is_half_there() {
    let mut server = S3Server::start();
    let scene = Scene::in_bucket(&server).await;
    let before = scene.sql("SELECT count(*) FROM document");
    server.gone();
    let (sam, scheme) = (&who("Sam").actor, world().schemes[0]);
    let attach =
        || registers::attach(&scene.office, sam, scheme, Subject::Agreement, b"%PDF-1.7\n%%EOF\n".to_vec(), stamp());
    assert!(matches!(attach().await, Err(No::Unavailable)));
    assert_eq!(scene.sql("SELECT count(*) FROM document"), before);
    server.back();
    attach().await.unwrap();
}
