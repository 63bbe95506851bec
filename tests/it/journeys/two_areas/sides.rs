//! Each side for itself: no order of the other's, no more than its state, and a recall that is told and not followed.

use disclosure_portal::actions::unit::reseal;
use disclosure_portal::actions::{certificate, demands, desk, elsewhere, find, statements};

use super::*;

/// Everything the co-ordinator of one area can try on the other's release, through the actions: every answer is "not found".
async fn nothing_is_found(scene: &Scene, by: &str, id: ReleaseId, theirs: AreaId) {
    let (office, actor, me) = (&scene.office, &who(by).actor, who(by));
    hidden(desk::sheet(office, actor, id, stamp()).await.map(|_| ()));
    hidden(elsewhere::sheet(office, actor, id, stamp()).await.map(|_| ()));
    for (part, ..) in Part::ALL {
        hidden(decision::save(office, actor, id, part, &record(scene), 1, stamp()).await);
    }
    for order in ["authorise", "refuse"] {
        let said = vec![("answer".to_owned(), order.to_owned()), ("reason".to_owned(), "Because".to_owned())];
        let object = format!("release/{id}");
        let posted = disclosure_portal::actions::answers::Form::posted(&said);
        let form = plots::sign_form(office, me, "authority", &object, posted, &[]).unwrap();
        hidden(release::decide(office, actor, id, &form, stamp()).await);
    }
    hidden(release::send_back(office, actor, id, "More", stamp()).await);
    let reason = |kind| plots::sign_reason(office, me, kind, id, "Because").unwrap();
    hidden(demands::recall(office, actor, id, &reason("recall"), stamp()).await);
    hidden(release::void(office, actor, id, &reason("void"), stamp()).await);
    hidden(release::withdraw(office, actor, id, &reason("withdrawal"), stamp()).await);
    hidden(disclosure_portal::actions::plan::progress(office, actor, id).await.map(|_| ()));
    hidden(handover::plan(office, actor, id, theirs, &stamp()).await.map(|_| ()));
    hidden(handover::take_words(office, actor, id, theirs, b"x".to_vec(), stamp()).await);
    hidden(arrivals::plan(office, actor, id).await.map(|_| ()));
    hidden(disclosure_portal::actions::seal_words::original(office, actor, id, stamp()).await.map(|_| ()));
    for (photograph, _) in photographs(scene, id).await {
        hidden(seal::original(office, actor, photograph, stamp()).await.map(|_| ()));
        hidden(seal::take_whole(office, actor, id, photograph, vec![0; 9], stamp()).await);
        hidden(handover::take(office, actor, id, theirs, photograph, vec![0; 9], stamp()).await);
        hidden(arrivals::compared(office, actor, id, photograph, true, stamp()).await);
        hidden(reseal::original(office, actor, theirs, &photograph.to_string(), stamp()).await.map(|_| ()));
    }
    for copy in scene.office.read().await.unwrap().copies_of_release(id).await.unwrap() {
        let copy = disclosure_portal::domain::ids::CopyId::parse(&copy.id).unwrap();
        hidden(certificate::of_copy(office, actor, copy).await.map(|_| ()));
    }
    for signed in scene.office.read().await.unwrap().statements_about(id).await.unwrap() {
        let signed = disclosure_portal::domain::ids::StatementId::parse(&signed.id).unwrap();
        hidden(statements::one(office, actor, signed, "page", stamp()).await.map(|_| ()));
    }
    let listed = find::releases(office, actor, &find::Typed { page: 1, ..find::Typed::default() }).await.unwrap();
    assert!(listed.lines.iter().all(|line| line.filed.release.id != id), "{by} finds it in a list");
    let browser = Browser::of(scene, Some(by)).await;
    for path in [
        "",
        "/areas",
        "/decision",
        "/decision/grounds",
        "/decide",
        "/seal",
        "/sealing",
        "/recall",
        "/timeline",
        "/arrivals",
    ] {
        assert_eq!(browser.get(&format!("/releases/{id}{path}")).await.status, 404, "{by} {path}");
    }
}

#[actix_web::test]
async fn neither_acts_for_the_other_nor_learns_more_than_its_state() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    let linked = answered(&scene, asked).await;
    hand_over(&scene, id).await;
    nothing_is_found(&scene, "Sam", linked, norhaven()).await;
    nothing_is_found(&scene, "Dana", id, cantwell()).await;
    compare(&scene, linked).await;
    norhaven_releases(&scene, linked).await;
    cantwell_releases(&scene, id, &TWO).await;
    nothing_is_found(&scene, "Sam", linked, norhaven()).await;
    nothing_is_found(&scene, "Dana", id, cantwell()).await;
    // The consultation is the asked area's page alone; and nobody else's.
    for name in ["Sam", "Frankie", "Riley", "Kit", "Ines", "Robin", "Lee"] {
        let browser = Browser::of(&scene, Some(name)).await;
        assert_eq!(browser.get(&format!("/consultations/{asked}")).await.status, 404, "{name}");
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn norhaven_gives_it_to_its_own_schemes_and_sends_it_back_to_nobody() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    let linked = answered(&scene, asked).await;
    hand_over(&scene, id).await;
    compare(&scene, linked).await;
    let cantwells = [(who("Priya").id, world().schemes[0])];
    let chosen = plots::complete(&scene.office, &cantwells);
    assert_eq!(wrong_fields(saved(&scene, who("Dana"), linked, &chosen).await), ["recipients"]);
    let dana = &who("Dana").actor;
    let back = release::send_back(&scene.office, dana, linked, "More, please", stamp()).await;
    assert_eq!(codes(back), ["linked-not-returned"]);
    let page = Browser::of(&scene, Some("Dana")).await;
    let got = page.post(&format!("/releases/{linked}/return"), &[("more", "More, please")]).await;
    assert!(got.status < 500 && got.text().contains("there is no officer here to send it back to"), "{}", got.status);
    // What they can do is refuse: Cantwell sees that it ended, and not why.
    plots::refuse(&scene.office, who("Dana"), linked, "The person has moved away.").await.unwrap();
    let sheet = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}")).await.text();
    assert!(sheet.contains("Ended there without an authority") && !sheet.contains("moved away"));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_recall_on_either_side_is_told_on_the_other_which_decides_for_itself() {
    for by_cantwell in [true, false] {
        let scene = Scene::new().await;
        let text = Plot { portraits: &[], ..TWO };
        let (id, asked) = consulted(&scene, &text).await;
        let linked = answered(&scene, asked).await;
        norhaven_releases(&scene, linked).await;
        cantwell_releases(&scene, id, &text).await;
        let (recalled, stands) = if by_cantwell { (id, linked) } else { (linked, id) };
        let (who_recalls, told) = if by_cantwell { ("Sam", "Dana") } else { ("Dana", "Sam") };
        let browser = Browser::of(&scene, Some(told)).await;
        assert!(!browser.get("/").await.text().contains("Decide whether your own stands"));
        plots::recall(&scene.office, who(who_recalls), recalled, "The person was charged.").await.unwrap();
        let number = urn(&scene, recalled).await;
        let first = browser.get("/").await.text();
        assert!(
            first.contains(&format!("{number} was recalled on")) && first.contains("Decide whether your own stands")
        );
        let page = browser.get(&format!("/releases/{stands}/areas")).await.text();
        assert!(page.contains("is yours to decide") && !page.contains("charged"), "{page}");
        assert_eq!(filed(&scene, stands).await.release.stage.word(), "live", "nobody recalled it for them");
        plots::recall(&scene.office, who(told), stands, "We follow.").await.unwrap();
        assert!(!browser.get("/").await.text().contains("Decide whether your own stands"));
        scene.log_is_whole().await;
    }
}
