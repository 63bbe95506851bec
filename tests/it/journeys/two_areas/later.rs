//! K7.6, K8.7: what Cantwell corrects or takes out after it was asked, answered or handed over reaches Norhaven's own release.

use disclosure_portal::actions::request::draft::{self, Change};
use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::{correct, seal_words};
use disclosure_portal::domain::policy::Act;
use disclosure_portal::domain::refusal::Refusal;

use super::*;
use crate::journeys::corrections;

const PLAIN: Plot = Plot { portraits: &[], danger: false, ..TWO };
/// The instructions of a careful record (`plots::complete`).
const SAME: &str = "Show it to security staff on duty at the doors. Do not print it.";

/// Sam corrects the words of a release, with some answers changed.
async fn correct_there(scene: &Scene, id: ReleaseId, changes: &[(&str, &str)]) {
    let mut all = vec![("text", PLAIN.text), ("instructions", SAME)];
    all.extend(changes);
    corrections::corrected(scene, id, &all).await.unwrap();
}

/// Dana's case: the codes of what is unmet now, and the words.
async fn unmet(scene: &Scene, linked: ReleaseId) -> (Vec<&'static str>, String, String) {
    let (mut conn, now) = (scene.office.read().await.unwrap(), scene.office.now());
    let of = decision::gather(&scene.office, &mut conn, &who("Dana").actor, Act::Decide, linked, now).await.unwrap();
    let draft = of.draft.clone().unwrap_or_default();
    let why = of.case.unmet(now).iter().map(Refusal::code).collect();
    (why, draft.name.as_str().to_owned(), draft.text.as_str().to_owned())
}

/// Sam's browser opens the words in force and hands them over, where they are due.
async fn hand_words(scene: &Scene, id: ReleaseId) {
    let sam = &who("Sam").actor;
    let plan = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap();
    assert!(plan.problem.is_none() && plan.text.is_some_and(|part| part.needed), "the words are due");
    let sealed = seal_words::original(&scene.office, sam, id, stamp()).await.unwrap();
    let words = open(&sealed, &unit(scene, "Sam", cantwell()).await).unwrap().to_vec();
    handover::take_words(&scene.office, sam, id, norhaven(), words, stamp()).await.unwrap();
    let plan = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap();
    assert!(plan.text.is_some_and(|part| !part.needed));
}

/// Sam asks for more; Riley takes these photographs out, writes this text, and sends it again.
async fn sent_again(scene: &Scene, id: ReleaseId, plot: &Plot, without: &[PhotographId]) {
    let (office, riley) = (&scene.office, who("Riley"));
    scene.later(60_000);
    release::send_back(office, &who("Sam").actor, id, "Look at it again", stamp()).await.unwrap();
    let mut posted = plots::asked(office, riley, &cantwell().to_string(), plot);
    posted.extend(without.iter().map(|one| ("remove".to_owned(), one.to_string())));
    let version = filed(scene, id).await.release.version;
    let change = Change { posted, photographs: Vec::new(), version };
    draft::save(office, &riley.actor, id, change, &stamp()).await.unwrap();
    let form = plots::sign_request(office, riley, id).await.unwrap();
    submit::submit(office, &riley.actor, id, &form, stamp()).await.unwrap();
}

async fn first_page(scene: &Scene, name: &str) -> String {
    Browser::of(scene, Some(name)).await.get("/").await.text()
}

/// Dana presses the button that the page of other areas offers.
async fn brought_up_to_date(scene: &Scene, linked: ReleaseId) {
    let dana = Browser::of(scene, Some("Dana")).await;
    let page = dana.get(&format!("/releases/{linked}/areas")).await.text();
    assert!(page.contains(&format!("action=\"/releases/{linked}/areas/renew\"")), "{page}");
    let got = dana.post(&format!("/releases/{linked}/areas/renew"), &[]).await;
    assert_eq!((got.status, got.location), (303, format!("/releases/{linked}/areas")));
    assert!(!dana.get(&format!("/releases/{linked}/areas")).await.text().contains("/areas/renew"));
}

#[actix_web::test]
async fn a_name_and_a_warning_that_a_correction_added_are_handed_over_as_such() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &PLAIN).await;
    cantwell_releases(&scene, id, &PLAIN).await;
    let more = [("name", "Alex Doe"), ("name_why", "Staff know them by name."), ("danger", "yes")];
    correct_there(&scene, id, &more).await;
    let linked = answered(&scene, asked).await;
    hand_words(&scene, id).await;
    let (why, name, text) = unmet(&scene, linked).await;
    assert_eq!((name.as_str(), text.as_str()), ("Alex Doe", PLAIN.text), "a name is no part of the text");
    assert!(why.contains(&"name-not-justified"), "Norhaven justifies the name for itself: {why:?}");
    assert!(filed(&scene, linked).await.danger, "the warning came along (K8.5)");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_name_and_a_warning_that_a_correction_took_away_are_gone_there_too() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &PLAIN).await;
    cantwell_releases(&scene, id, &PLAIN).await;
    let more = [("name", "Alex Doe"), ("name_why", "Staff know them by name."), ("danger", "yes")];
    correct_there(&scene, id, &more).await;
    let linked = answered(&scene, asked).await;
    hand_words(&scene, id).await;
    // Before Norhaven decides, Cantwell corrects again: no name, no warning, and a reason for a name that is not given.
    correct_there(&scene, id, &[("revision", "3"), ("name_why", "No longer.")]).await;
    assert!(unmet(&scene, linked).await.0.contains(&"originals-awaited"));
    assert!(first_page(&scene, "Sam").await.contains("hand over"));
    hand_words(&scene, id).await;
    let (why, name, _) = unmet(&scene, linked).await;
    assert!(name.is_empty() && !why.contains(&"name-not-justified") && !why.contains(&"originals-awaited"), "{why:?}");
    assert!(!filed(&scene, linked).await.danger);
    norhaven_releases(&scene, linked).await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn words_with_corrected_instructions_are_handed_over_without_them() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &PLAIN).await;
    cantwell_releases(&scene, id, &PLAIN).await;
    correct_there(&scene, id, &[("instructions", "Show it at the tills only.")]).await;
    let linked = answered(&scene, asked).await;
    hand_words(&scene, id).await;
    let (why, name, text) = unmet(&scene, linked).await;
    assert_eq!((name.as_str(), text.as_str()), ("", PLAIN.text));
    assert!(!why.contains(&"originals-awaited"), "{why:?}");
    norhaven_releases(&scene, linked).await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_photograph_that_was_taken_out_there_does_not_leave_here() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    let linked = answered(&scene, asked).await;
    hand_over(&scene, id).await;
    compare(&scene, linked).await;
    plots::consider(
        &scene.office,
        who("Dana"),
        linked,
        &plots::complete(&scene.office, &[(who("Ines").id, world().schemes[2])]),
    )
    .await
    .unwrap();
    assert!(!unmet(&scene, linked).await.0.contains(&"originals-awaited"));
    let wrong = photographs(&scene, id).await[1].clone();
    sent_again(&scene, id, &TWO, &[wrong.0]).await;
    let ines = [(who("Ines").id, world().schemes[2])];
    assert_eq!(codes(plots::authorise(&scene.office, who("Dana"), linked, &ines).await), ["originals-awaited"]);
    assert!(first_page(&scene, "Dana").await.contains("CZ changed what it handed over: bring yours up to date"));
    brought_up_to_date(&scene, linked).await;
    let left = photographs(&scene, linked).await;
    assert!(left.len() == 1 && left[0].1 != wrong.1, "the other one stays");
    assert!(!first_page(&scene, "Dana").await.contains("bring yours up to date"));
    norhaven_releases(&scene, linked).await;
    // Taken out of the other area's request after this one was authorised: told, and theirs to recall.
    let last = photographs(&scene, id).await[0].clone();
    sent_again(&scene, id, &Plot { portraits: &[], ..TWO }, &[last.0]).await;
    assert!(first_page(&scene, "Dana").await.contains("CZ took out a photograph that yours still holds"));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn words_rewritten_or_corrected_there_are_taken_over_before_and_told_after_authority() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &PLAIN).await;
    let linked = answered(&scene, asked).await;
    assert_eq!(unmet(&scene, linked).await.2, PLAIN.text);
    assert!(!unmet(&scene, linked).await.0.contains(&"originals-awaited"));
    // Rewritten by its officer.
    let other = Plot { text: "Suspected of thefts from chemists.", danger: true, ..PLAIN };
    sent_again(&scene, id, &other, &[]).await;
    let ines = [(who("Ines").id, world().schemes[2])];
    assert_eq!(codes(plots::authorise(&scene.office, who("Dana"), linked, &ines).await), ["originals-awaited"]);
    brought_up_to_date(&scene, linked).await;
    let (why, _, text) = unmet(&scene, linked).await;
    assert_eq!(text, other.text);
    assert!(!why.contains(&"originals-awaited") && why.contains(&"words-not-considered"), "{why:?}");
    assert!(filed(&scene, linked).await.danger);
    // Authorised there as they are: nothing is due. Corrected there: they are.
    plots::consider(&scene.office, who("Sam"), id, &record(&scene)).await.unwrap();
    cantwell_releases(&scene, id, &other).await;
    assert!(!unmet(&scene, linked).await.0.contains(&"originals-awaited"));
    correct_there(&scene, id, &[("danger", "yes")]).await;
    assert_eq!(codes(plots::authorise(&scene.office, who("Dana"), linked, &ines).await), ["originals-awaited"]);
    hand_words(&scene, id).await;
    assert_eq!(unmet(&scene, linked).await.2, PLAIN.text);
    // The warning alone is no words to be opened: Norhaven takes it over by itself.
    correct_there(&scene, id, &[("revision", "3"), ("danger", "")]).await;
    brought_up_to_date(&scene, linked).await;
    assert!(!filed(&scene, linked).await.danger);
    scene.later(60_000);
    norhaven_releases(&scene, linked).await;
    assert!(!first_page(&scene, "Dana").await.contains("CZ corrected its words"));
    // Corrected there once this one is authorised.
    scene.later(60_000);
    correct_there(&scene, id, &[("revision", "4"), ("text", "Suspected of one theft.")]).await;
    assert!(first_page(&scene, "Dana").await.contains("CZ corrected its words on"));
    let dana = Browser::of(&scene, Some("Dana")).await;
    for page in ["", "/areas"] {
        let page = dana.get(&format!("/releases/{linked}{page}")).await.text();
        assert!(page.contains("corrected its words on") && !page.contains("one theft"), "{page}");
    }
    // Norhaven corrects its own.
    scene.later(60_000);
    let changes = [("text", "Suspected of one theft."), ("instructions", SAME)];
    let form = corrections::form(&scene, who("Dana"), linked, &changes);
    correct::correct(&scene.office, &who("Dana").actor, linked, &form, stamp()).await.unwrap();
    assert!(!first_page(&scene, "Dana").await.contains("CZ corrected its words"));
    scene.log_is_whole().await;
}
