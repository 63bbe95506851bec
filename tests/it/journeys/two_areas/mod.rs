//! A person active in two areas (K7.6): Cantwell asks Norhaven, Norhaven makes a release of its own out of what Cantwell's browser hands
//! over, and each side sees how the other stands and nothing else. The browsers' halves are played with age itself.

mod later;
mod own;
mod sides;
mod tamper;

use disclosure_portal::actions::elsewhere::answer::{self, Typed};
use disclosure_portal::actions::elsewhere::{arrivals, handover};
use disclosure_portal::actions::{No, decision, release, seal};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{self as plots, Answers, Plot};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::ids::{AreaId, ConsultationId, PhotographId, ReleaseId};
use disclosure_portal::domain::release::Part;
use disclosure_portal::sealing::age::{Identity, Recipient, open, seal_to_all};
use disclosure_portal::sealing::image;
use disclosure_portal::store::releases::Filed;

use super::hidden;
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world, wrong_fields};

pub(super) const TWO: Plot = Plot {
    title: "Pharmacy thefts",
    text: "Suspected of thefts from pharmacies.",
    locality: "Cantwell",
    portraits: &[71, 72],
    danger: true,
};
const TOLD: &str = "We think that this person also takes from pharmacies near your station.";

fn cantwell() -> AreaId {
    world().areas[0]
}

fn norhaven() -> AreaId {
    world().areas[1]
}

/// A careful record that says the person is active in Norhaven too.
fn record(scene: &Scene) -> Answers {
    let mut all = plots::complete(&scene.office, &[(who("Priya").id, world().schemes[0])]);
    all.retain(|(name, _)| name != "elsewhere");
    let more =
        [("elsewhere", "yes".to_owned()), ("areas", norhaven().to_string()), ("elsewhere_words", TOLD.to_owned())];
    all.extend(more.map(|(name, value)| (name.to_owned(), value)));
    all
}

/// A request of Riley's in Cantwell, every part saved by Sam, Norhaven consulted.
pub(super) async fn consulted(scene: &Scene, plot: &Plot) -> (ReleaseId, ConsultationId) {
    let id = plots::ask(&scene.office, who("Riley"), &cantwell().to_string(), plot).await.unwrap();
    plots::consider(&scene.office, who("Sam"), id, &record(scene)).await.unwrap();
    let rows = scene.office.read().await.unwrap().consultations(id).await.unwrap();
    assert_eq!(rows.len(), 1);
    (id, ConsultationId::parse(&rows[0].id).unwrap())
}

fn own() -> Typed {
    Typed { answer: "own".into(), locality: "Norhaven station".into(), reasons: "Two reports here as well.".into() }
}

/// Dana answers that Norhaven makes its own.
pub(super) async fn answered(scene: &Scene, asked: ConsultationId) -> ReleaseId {
    answer::answer(&scene.office, &who("Dana").actor, asked, &own(), stamp()).await.unwrap().expect("a release")
}

async fn filed(scene: &Scene, id: ReleaseId) -> Filed {
    scene.office.read().await.unwrap().release(id).await.unwrap().unwrap()
}

/// A unit's identity, as somebody's browser opens it out of the box.
async fn unit(scene: &Scene, name: &str, area: AreaId) -> Identity {
    let boxed = seal::unit_box(&scene.office, &who(name).actor, area).await.unwrap();
    let line = open(&boxed, &Identity::parse(&who(name).account.age_identity).unwrap()).unwrap();
    Identity::parse(std::str::from_utf8(&line).unwrap()).unwrap()
}

/// Opens one original as somebody's browser does.
async fn opened(scene: &Scene, name: &str, area: AreaId, photograph: PhotographId) -> Option<Vec<u8>> {
    let sealed = seal::original(&scene.office, &who(name).actor, photograph, stamp()).await.unwrap();
    open(&sealed, &unit(scene, name, area).await).ok().map(|plain| plain.to_vec())
}

fn to(key: &str, plain: &[u8]) -> Vec<u8> {
    seal_to_all(plain, &[Recipient::parse(key).unwrap()]).unwrap()
}

async fn photographs(scene: &Scene, id: ReleaseId) -> Vec<(PhotographId, String)> {
    let rows = scene.office.read().await.unwrap().photographs(id).await.unwrap();
    rows.into_iter().map(|row| (PhotographId::parse(&row.id).unwrap(), row.sha256)).collect()
}

/// Sam's browser hands everything over that is due.
async fn hand_over(scene: &Scene, id: ReleaseId) {
    let sam = &who("Sam").actor;
    let plan = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap();
    assert!(plan.problem.is_none());
    for ((photograph, sha256), part) in photographs(scene, id).await.into_iter().zip(&plan.photographs) {
        let bytes = opened(scene, "Sam", cantwell(), photograph).await.unwrap();
        assert_eq!((hex::encode(image::sha256(&bytes)), &sha256), (part.sha256.clone(), &part.sha256));
        if part.needed {
            let sealed = to(&plan.to_recipient, &bytes);
            handover::take(&scene.office, sam, id, norhaven(), photograph, sealed, stamp()).await.unwrap();
        }
    }
}

/// Dana's browser compares everything that came.
async fn compare(scene: &Scene, linked: ReleaseId) {
    for (photograph, sha256) in photographs(scene, linked).await {
        let plain = opened(scene, "Dana", norhaven(), photograph).await.expect("it opens with Norhaven's key");
        assert_eq!(hex::encode(image::sha256(&plain)), sha256);
        arrivals::compared(&scene.office, &who("Dana").actor, linked, photograph, true, stamp()).await.unwrap();
    }
}

/// Dana authorises for Ines, and her browser seals the copies.
async fn norhaven_releases(scene: &Scene, linked: ReleaseId) {
    let dana = who("Dana");
    plots::authorise(&scene.office, dana, linked, &[(who("Ines").id, world().schemes[2])]).await.unwrap();
    for (photograph, _) in photographs(scene, linked).await {
        let plain = opened(scene, "Dana", norhaven(), photograph).await.unwrap();
        seal::take_whole(&scene.office, &dana.actor, linked, photograph, plain, stamp()).await.unwrap();
    }
}

/// Sam authorises as the record stands, and his browser seals the copies.
async fn cantwell_releases(scene: &Scene, id: ReleaseId, plot: &Plot) {
    let form = plots::sign_as_it_stands(&scene.office, who("Sam"), id, "authorise", "").await.unwrap();
    release::decide(&scene.office, &who("Sam").actor, id, &form, stamp()).await.unwrap();
    for ((photograph, _), seed) in photographs(scene, id).await.into_iter().zip(plot.portraits) {
        let drawn = portrait::draw(*seed);
        seal::take_whole(&scene.office, &who("Sam").actor, id, photograph, drawn, stamp()).await.unwrap();
    }
}

async fn urn(scene: &Scene, id: ReleaseId) -> String {
    filed(scene, id).await.release.stage.authority().expect("an authority").urn.clone()
}

async fn saved(scene: &Scene, by: &Somebody, id: ReleaseId, said: &Answers) -> Result<(), No> {
    let mut conn = scene.office.read().await.unwrap();
    let rows = conn.considerations(id).await.unwrap();
    let version = rows.iter().find(|row| row.part == "recipients").map_or(0, |row| row.version);
    drop(conn);
    decision::save(&scene.office, &by.actor, id, Part::Recipients, said, version, stamp()).await
}

#[actix_web::test]
async fn the_other_area_is_asked_answers_and_runs_the_whole_path_on_its_own_request() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    // Dana finds it on her first page, and reads what was written for her: not the officer's reasons, not the words, no picture.
    let dana = Browser::of(&scene, Some("Dana")).await;
    let first = dana.get("/").await.text();
    assert!(first.contains("CZ asks whether you disclose too") && first.contains(&format!("/consultations/{asked}")));
    let page = dana.get(&format!("/consultations/{asked}")).await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains(TOLD) && text.contains(TWO.title) && text.contains("Sam Hollis"), "{text}");
    assert!(!text.contains(TWO.text) && !text.contains("staff cannot act") && !text.contains("Riley"), "{text}");
    // Reading it stands in the log.
    assert!(scene.records("consult").await.iter().any(|(_, body)| body["query"] == "consultation"));

    let fields = [("answer", "own"), ("locality", "Norhaven station"), ("reasons", "Two reports here as well.")];
    let got = dana.post(&format!("/consultations/{asked}"), &fields).await;
    assert_eq!(got.status, 303, "{}", got.text());
    let linked = ReleaseId::parse(got.location.rsplit('/').next().unwrap()).unwrap();
    let begun = filed(&scene, linked).await.release;
    assert_eq!((begun.area, begun.requested_by, begun.origin), (norhaven(), who("Sam").id, Some(id)));

    // Until everything is here and compared, nothing is authorised.
    let ines = [(who("Ines").id, world().schemes[2])];
    let refused = plots::authorise(&scene.office, who("Dana"), linked, &ines).await;
    assert!(codes(refused).contains(&"originals-awaited"));
    let sam = Browser::of(&scene, Some("Sam")).await;
    assert!(sam.get("/").await.text().contains("NH makes a release of its own: hand over"));
    assert!(sam.get(&format!("/releases/{id}/areas")).await.text().contains("data-deed=\"handOver\""));
    hand_over(&scene, id).await;
    assert!(!sam.get(&format!("/releases/{id}/areas")).await.text().contains("data-deed"));
    assert_eq!(codes(plots::authorise(&scene.office, who("Dana"), linked, &ines).await), ["originals-awaited"]);
    assert!(dana.get("/").await.text().contains("CZ handed photographs over: compare"));
    assert!(dana.get(&format!("/releases/{linked}/areas")).await.text().contains("data-deed=\"compare\""));
    compare(&scene, linked).await;
    norhaven_releases(&scene, linked).await;
    cantwell_releases(&scene, id, &TWO).await;

    // Two numbers, two schemes, one link; each page says how the other stands.
    let (here, there) = (urn(&scene, id).await, urn(&scene, linked).await);
    assert!(here.starts_with("CZ/") && there.starts_with("NH/"));
    let until = filed(&scene, linked).await.release.stage.authority().unwrap().until.deadline();
    let sheet = sam.get(&format!("/releases/{id}")).await.text();
    assert!(sheet.contains(&format!("Live under {there} until {until}")), "{sheet}");
    assert!(!sheet.contains(&linked.to_string()) && !sheet.contains("Ines"), "only the state is told");
    let sheet = dana.get(&format!("/releases/{linked}")).await.text();
    assert!(sheet.contains("From Cantwell (CZ)") && sheet.contains(&format!("Live under {here} until")), "{sheet}");
    assert!(!sheet.contains(&format!("/releases/{id}")) && !sheet.contains("Priya"));
    let copies = scene.office.read().await.unwrap().copies_of_release(linked).await.unwrap();
    assert!(copies.len() == 1 && copies[0].sealed_at.is_some() && copies[0].holder == who("Ines").id.to_string());
    // Each step is a leaf: asked, answered, two photographs handed over, two compared.
    for (kind, many) in [("area.consult", 1), ("area.answer", 1), ("area.hand-over", 2), ("area.compare", 2)] {
        assert_eq!(scene.records(kind).await.len(), many, "{kind}");
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_words_of_an_authorised_release_are_handed_over_by_its_own_browser() {
    let scene = Scene::new().await;
    let text = Plot { portraits: &[], ..TWO };
    let (id, asked) = consulted(&scene, &text).await;
    cantwell_releases(&scene, id, &text).await;
    let linked = answered(&scene, asked).await;
    assert!(filed(&scene, linked).await.draft.is_none());
    let ines = [(who("Ines").id, world().schemes[2])];
    assert!(codes(plots::authorise(&scene.office, who("Dana"), linked, &ines).await).contains(&"originals-awaited"));
    let sam = &who("Sam").actor;
    let plan = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap();
    assert!(plan.text.as_ref().is_some_and(|part| part.needed) && plan.photographs.is_empty());
    let sealed = disclosure_portal::actions::seal_words::original(&scene.office, sam, id, stamp()).await.unwrap();
    let words = open(&sealed, &unit(&scene, "Sam", cantwell()).await).unwrap().to_vec();
    let strange = handover::take_words(&scene.office, sam, id, norhaven(), b"Other words.".to_vec(), stamp()).await;
    assert_eq!(wrong_fields(strange), ["text"]);
    for _ in 0..2 {
        handover::take_words(&scene.office, sam, id, norhaven(), words.clone(), stamp()).await.unwrap();
    }
    assert_eq!(scene.records("area.hand-over").await.len(), 1, "once, however often it is posted");
    // Instructions to Cantwell's managers stay with Cantwell.
    let mut conn = scene.office.read().await.unwrap();
    let act = disclosure_portal::domain::policy::Act::Decide;
    let now = scene.office.now();
    let of = decision::gather(&scene.office, &mut conn, &who("Dana").actor, act, linked, now).await.unwrap();
    drop(conn);
    assert_eq!(of.draft.unwrap().text.as_str(), TWO.text);
    norhaven_releases(&scene, linked).await;
    assert!(urn(&scene, linked).await.starts_with("NH/"));
    scene.log_is_whole().await;
}
