//! K8.2: inspections of a holder's storage, planned, made with findings, put right, closed; who reads what of them.

use disclosure_portal::actions::{home, inspections, post};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::{InspectionId, SchemeId};
use disclosure_portal::domain::inspection::Inspection;
use disclosure_portal::domain::moment::Moment;

use super::{hidden, messages};
use crate::harness::browser::Browser;
use crate::harness::{Scene, wrong_fields};

async fn planned(scene: &Scene, on: &'static str) -> (SchemeId, InspectionId) {
    let scheme = scene.world().schemes[0];
    let priya = scene.who("Priya").id.to_string();
    let say = |name: &str| match name {
        "holder" => priya.as_str(),
        "on" => on,
        "who" => "PS Grey, 1042",
        _ => "",
    };
    let id = inspections::plan(&scene.office, &scene.who("Sam").actor, scheme, say, stamp()).await.unwrap();
    (scheme, id)
}

fn made(version: &'static str) -> impl Fn(&'static str) -> &'static str {
    move |name| match name {
        "version" => version,
        "on" => "2026-11-21",
        "who" => "PS Grey, 1042",
        "findings" => "A cabinet stood open.",
        "wanted" => "A lock.",
        "follow_up" => "2026-11-28",
        "ending" => "The lock is there.",
        _ => "",
    }
}

#[actix_web::test]
async fn from_the_plan_over_the_findings_to_the_lock_that_is_there() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, scene.who("Sam"));
    let (scheme, id) = planned(&scene, "2026-11-21").await;
    let waits = async || {
        let all = home::waiting(office, &sam.actor).await.unwrap();
        all.iter().any(|one| matches!(one, home::Waiting::Inspections(open) if open[0].id == id.to_string()))
    };
    assert!(waits().await);
    let page = Browser::of(&scene, Some("Sam")).await.get("/").await.text();
    assert!(page.contains(&format!("/inspections/{id}")));
    // Nothing half said is kept.
    let empty = |name: &'static str| if name == "version" { "1" } else { "" };
    let wrong = inspections::record(office, &sam.actor, id, "made", empty, stamp()).await;
    assert_eq!(wrong_fields(wrong), ["on", "who", "findings"]);
    let future = |name: &'static str| if name == "on" { "2026-11-22" } else { made("1")(name) };
    assert_eq!(wrong_fields(inspections::record(office, &sam.actor, id, "made", future, stamp()).await), ["on"]);
    let past = |name: &'static str| if name == "follow_up" { "2026-11-20" } else { made("1")(name) };
    assert_eq!(wrong_fields(inspections::record(office, &sam.actor, id, "made", past, stamp()).await), ["follow_up"]);
    let no_day = |name: &'static str| if name == "follow_up" { "" } else { made("1")(name) };
    assert_eq!(wrong_fields(inspections::record(office, &sam.actor, id, "made", no_day, stamp()).await), ["follow_up"]);
    // Two at once: one records it, the other is told.
    let both = futures_util::future::join(
        inspections::record(office, &sam.actor, id, "made", made("1"), stamp()),
        inspections::record(office, &sam.actor, id, "made", made("1"), stamp()),
    )
    .await;
    assert_ne!(both.0.is_ok(), both.1.is_ok());
    let one = inspections::show(office, &sam.actor, id).await.unwrap();
    assert_eq!(one.state.due().unwrap().to_string(), "2026-11-28");
    assert_eq!(one.body.unwrap().findings.as_str(), "A cabinet stood open.");
    assert!(waits().await);
    inspections::record(office, &sam.actor, id, "closed", made("2"), stamp()).await.unwrap();
    let late = inspections::record(office, &sam.actor, id, "called-off", made("3"), stamp()).await;
    assert_eq!(wrong_fields(late), [""]);
    assert!(!waits().await);
    let leaves = scene.records("inspect").await;
    let stages: Vec<_> = leaves.iter().map(|(_, body)| body["stage"].as_str().unwrap().to_owned()).collect();
    assert_eq!(stages, ["planned", "made", "closed"]);
    for (_, body) in &leaves {
        assert_eq!(body["object"], format!("scheme/{scheme}"));
        assert!(!body.to_string().contains("cabinet") && !body.to_string().contains("Grey"), "{body}");
    }
    for (name, bytes) in scene.stored() {
        assert!(!bytes.windows(14).any(|window| window == b"A cabinet stoo"), "{name}");
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_auditor_reads_that_it_was_made_and_nobody_else_that_it_is() {
    let scene = Scene::new().await;
    let (scheme, id) = planned(&scene, "2026-11-21").await;
    inspections::record(&scene.office, &scene.who("Sam").actor, id, "made", made("1"), stamp()).await.unwrap();
    let (list, one) = (format!("/schemes/{scheme}/inspections"), format!("/inspections/{id}"));
    for (name, status) in [("Sam", 200), ("Robin", 200), ("Dana", 404), ("Priya", 404), ("Riley", 404), ("Lee", 404)] {
        let browser = Browser::of(&scene, Some(name)).await;
        for path in [&list, &one] {
            let got = browser.get(path).await;
            assert_eq!(got.status, status, "{name} {path}");
            assert_eq!(got.text().contains("21 November 2026"), status == 200, "{name} {path}");
        }
        let shown = browser.get(&one).await.text();
        assert_eq!(shown.contains("A cabinet stood open."), name == "Sam", "{name}");
    }
    let (robin, dana) = (scene.who("Robin"), scene.who("Dana"));
    for other in [robin, dana] {
        let done = inspections::record(&scene.office, &other.actor, id, "closed", made("2"), stamp()).await;
        hidden(done);
    }
    assert!(scene.records("consult").await.iter().any(|(_, body)| body["query"] == "inspections"));
}

#[actix_web::test]
async fn a_day_that_is_over_is_no_plan_and_one_that_comes_near_is_reminded_of() {
    let scene = Scene::new().await;
    messages::told(&scene).await;
    let (office, sam, scheme) = (&scene.office, scene.who("Sam"), scene.world().schemes[0]);
    let wrong = inspections::plan(office, &sam.actor, scheme, |_| "", stamp()).await;
    assert_eq!(wrong_fields(wrong), ["holder", "on", "who"]);
    let priya = scene.who("Priya").id.to_string();
    let over = |name: &str| match name {
        "holder" => priya.as_str(),
        "on" => "2026-11-20",
        _ => "PS Grey",
    };
    assert_eq!(wrong_fields(inspections::plan(office, &sam.actor, scheme, over, stamp()).await), ["on"]);
    hidden(inspections::plan(office, &scene.who("Dana").actor, scheme, over, stamp()).await);
    let (_, id) = planned(&scene, "2026-11-23").await;
    scene.clock.set(Moment::parse_london("2026-11-22", "08:00").unwrap());
    post::round(office).await.unwrap();
    let mine = disclosure_portal::actions::messages::mine(office, &sam.actor).await.unwrap();
    let told: Vec<_> = mine.reminders.iter().filter(|one| one.object == format!("inspection/{id}")).collect();
    assert_eq!(told.iter().map(|one| one.stage.as_str()).collect::<Vec<_>>(), ["2"]);
    let called_off = |name: &'static str| match name {
        "version" => "1",
        "ending" => "Nobody is there",
        _ => "",
    };
    inspections::record(office, &sam.actor, id, "called-off", called_off, stamp()).await.unwrap();
    let one = inspections::show(office, &sam.actor, id).await.unwrap();
    assert_eq!((one.state, one.state.due()), (Inspection::CalledOff, None));
}
