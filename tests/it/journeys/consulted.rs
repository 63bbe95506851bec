//! DPA 2018 s.62, decision 0014: whoever opens a page of a case leaves one leaf, at every door that shows words of one.

use std::collections::BTreeSet;

use disclosure_portal::actions::corrections::waiting;
use disclosure_portal::actions::report;
use disclosure_portal::demo::releases::{ask, release_to, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::event::Kind;
use disclosure_portal::web::doors::{DOORS, Method};

use super::PLOT;
use super::corrections::{corrected, held};
use super::prints::{sheets, two_each};
use super::rulings::considered;
use super::two_areas::{TWO, answered, consulted};
use crate::harness::browser::Browser;
use crate::harness::{Scene, who, world};

/// What opening a door leaves.
enum Leaves {
    /// One leaf, where this person opens this.
    One(&'static str, String),
    /// None, and why.
    None(&'static str),
}

use Leaves::{None as Bare, One};

const DIGESTS: &str =
    "digests, keys and addresses for a script: no words of a case, and each opening of a file is its own leaf";
const ACCOUNTED: &str = "its number, who held a copy, and how that ended: no words of a case";
const WRITING: &str = "what one writes oneself and goes on with: nobody else's record yet (P10)";

#[actix_web::test]
async fn every_page_of_a_case_that_is_read_is_one_leaf() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, who("Priya"));
    let (live, copy) = held(&scene).await;
    report::report(office, &priya.actor, copy, "It was a pharmacy.", stamp()).await.unwrap();
    let report = waiting(office, &who("Sam").actor).await.unwrap()[0].id.clone();
    corrected(&scene, live, &[]).await.unwrap();
    let unopened = ask(office, who("Riley"), &world().areas[0].to_string(), &PLOT).await.unwrap();
    release_to(office, who("Sam"), unopened, &PLOT, &to(world(), &[("Morgan", 0)]).unwrap()).await.unwrap();
    let asked = considered(&scene, &[]).await;
    let noticed = super::limits::noticed(&scene).await;
    let (both, consultation) = consulted(&scene, &TWO).await;
    answered(&scene, consultation).await;
    let printed = two_each(&scene).await;
    let sheet = sheets(&scene, who("Priya"), printed).await[0].0;
    let at = |who: &'static str, id: &dyn ToString, rest: &str| One(who, format!("/releases/{}{rest}", id.to_string()));
    let doors = [
        ("/consultations/{id}", One("Dana", format!("/consultations/{consultation}"))),
        ("/releases/{id}", at("Riley", &live, "")),
        ("/releases/{id}/areas", at("Sam", &both, "/areas")),
        ("/releases/{id}/areas/{area}/plan", Bare(DIGESTS)),
        ("/releases/{id}/arrivals", Bare(DIGESTS)),
        ("/releases/{id}/bundle", at("Riley", &live, "/bundle")),
        ("/releases/{id}/certificate", Bare(ACCOUNTED)),
        ("/releases/{id}/certificate/file", Bare(ACCOUNTED)),
        ("/releases/{id}/check", Bare(WRITING)),
        ("/releases/{id}/correct", at("Sam", &live, "/correct")),
        ("/releases/{id}/corrections", at("Riley", &live, "/corrections")),
        ("/releases/{id}/decide", at("Sam", &asked, "/decide")),
        ("/releases/{id}/decision", at("Sam", &asked, "/decision")),
        ("/releases/{id}/decision/{part}", at("Sam", &asked, "/decision/grounds")),
        ("/releases/{id}/documents", at("Riley", &asked, "/documents")),
        ("/releases/{id}/duties/{duty}", Bare("the duty, the number and the wording of MG6E: no words of the case")),
        ("/releases/{id}/holders/{person}/demand", Bare("numbers, marks and who holds them: no words of a case")),
        ("/releases/{id}/letters/{letter}", at("Sam", &asked, "/letters/notice")),
        ("/releases/{id}/limit", at("Sam", &live, "/limit")),
        ("/releases/{id}/notice-ended", at("Sam", &noticed, "/notice-ended")),
        ("/releases/{id}/prints", at("Riley", &printed, "/prints")),
        ("/releases/{id}/prints/{copy}", at("Sam", &printed, &format!("/prints/{sheet}"))),
        ("/releases/{id}/recall", at("Sam", &live, "/recall")),
        ("/releases/{id}/record", at("Sam", &live, "/record")),
        ("/releases/{id}/reports/{report}", at("Sam", &live, &format!("/reports/{report}"))),
        ("/releases/{id}/representations", at("Riley", &asked, "/representations")),
        ("/releases/{id}/request", Bare(WRITING)),
        ("/releases/{id}/review", at("Sam", &live, "/review")),
        (
            "/releases/{id}/review-check",
            Bare("the same reading as a release's reviews, whose door is above: it leads there until all is answered"),
        ),
        (
            "/releases/{id}/review-decision",
            Bare("the same reading as a release's reviews, whose door is above: it leads there while none waits"),
        ),
        ("/releases/{id}/review/{part}", at("Jordan", &live, "/review/grounds")),
        ("/releases/{id}/revisions/{version}/text", at("Sam", &live, "/revisions/1/text")),
        ("/releases/{id}/ruling/{question}", at("Casey", &asked, "/ruling/representations")),
        ("/releases/{id}/seal", at("Sam", &live, "/seal")),
        ("/releases/{id}/sealing", Bare(DIGESTS)),
        ("/releases/{id}/text", at("Sam", &live, "/text")),
        ("/releases/{id}/timeline", at("Sam", &live, "/timeline")),
        ("/releases/{id}/told", at("Sam", &asked, "/told")),
        ("/releases/{id}/void", at("Sam", &unopened, "/void")),
    ];
    let of_a_case = |path: &str| path.starts_with("/releases/{id}") || path.starts_with("/consultations/{id}");
    let there: BTreeSet<&str> =
        DOORS.iter().filter(|door| door.method == Method::Get && of_a_case(door.path)).map(|door| door.path).collect();
    let here: BTreeSet<&str> = doors.iter().map(|(path, _)| *path).collect();
    assert_eq!(here, there, "each door says what reading it leaves");
    // A bundle or a record that is taken away is an `export` too, which is another matter.
    let leaves = async || {
        let kinds = [Kind::Consulted, Kind::Original];
        scene.records(kinds[0].word()).await.len() + scene.records(kinds[1].word()).await.len()
    };
    for (door, expected) in doors {
        match expected {
            Bare(why) => assert!(why.len() > 20, "{door}"),
            One(name, path) => {
                let browser = Browser::of(&scene, Some(name)).await;
                let before = leaves().await;
                let got = browser.get(&path).await;
                // The bundle shows the record too, and says so.
                let many = if door.ends_with("/bundle") { 2 } else { 1 };
                assert_eq!((got.status, leaves().await - before), (200, many), "{door} by {name}");
            }
        }
    }
    scene.log_is_whole().await;
}
