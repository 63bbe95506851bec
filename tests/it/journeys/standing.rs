//! P1, P3: an act is refused that began before its actor was suspended, and one that carries an address in a name.

use disclosure_portal::actions::request::Asked;
use disclosure_portal::actions::{No, administer, deliver, release, request, surrender};
use disclosure_portal::demo::releases::{ask, considered, copy_of, sign, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::CopyId;

use super::PLOT;

use crate::harness::{Scene, codes, who, world, wrong_fields};

#[actix_web::test]
async fn who_was_suspended_while_their_form_was_on_its_way_does_nothing() {
    let scene = Scene::new().await;
    let (sam, lee, office) = (who("Sam"), who("Lee"), &scene.office);
    let area = world().areas[0].to_string();
    let id = ask(office, who("Riley"), &area, &PLOT).await.unwrap();
    let recipients = to(world(), &[("Morgan", 0)]).unwrap();
    let live = scene.release("CZ/003/26").await;
    // The actor was read before; the act comes after.
    administer::suspend(office, &lee.actor, sam.id, true, stamp()).await.unwrap();
    administer::suspend(office, &lee.actor, who("Riley").id, true, stamp()).await.unwrap();
    let authorise = release::authorise(office, &sam.actor, id, considered(office).unwrap(), &recipients, stamp());
    assert_eq!(codes(authorise.await), ["own-account-suspended"]);
    assert_eq!(codes(release::recall(office, &sam.actor, live, "Why", stamp()).await), ["own-account-suspended"]);
    assert_eq!(codes(ask(office, who("Riley"), &area, &PLOT).await), ["own-account-suspended"]);
    administer::suspend(office, &lee.actor, sam.id, false, stamp()).await.unwrap();
    let authorise = release::authorise(office, &sam.actor, id, considered(office).unwrap(), &recipients, stamp());
    authorise.await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn everything_that_would_leave_is_screened_the_name_too() {
    let scene = Scene::new().await;
    for (name, text) in [("J. Smith, 12 High Street", "Thefts."), ("J. Smith PNC 01/123456A", ""), ("", "At ME14 2NQ.")]
    {
        let asked = Asked {
            area: world().areas[0].to_string(),
            title: "Thefts".into(),
            name: name.into(),
            text: text.into(),
            locality: "Cantwell".into(),
            reasons: "Reports".into(),
            purposes: vec!["prevention".into()],
            ..Asked::default()
        };
        let refused = request::ask(&scene.office, &who("Riley").actor, &asked, vec![], stamp()).await;
        let fields = wrong_fields(refused);
        assert!(!fields.is_empty() && fields.iter().all(|field| *field == "text"), "{name} {text}");
    }
}

/// Toby's confirmation of his copy, as his browser makes and signs it.
fn signed(scene: &Scene, copy: CopyId, day: &str, time: &str) -> (surrender::Confirming, String, String) {
    let form = surrender::Confirming {
        outcome: "destroyed".into(),
        method: "Shredded".into(),
        done_date: day.into(),
        done_time: time.into(),
        witness: "A. Witness".into(),
    };
    let document = surrender::canonical(&form);
    let object = deliver::object(copy);
    let note = sign(&scene.office, who("Toby"), "surrender", &object, document.as_bytes()).unwrap();
    (form, document, note)
}

#[actix_web::test]
async fn a_form_sent_twice_at_once_acts_once_and_is_no_fault() {
    let scene = Scene::new().await;
    let (toby, office) = (who("Toby"), &scene.office);
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let (form, document, note) = signed(&scene, copy, "2026-11-21", "11:30");
    let send = || surrender::confirm(office, &toby.actor, copy, &form, &document, &note, stamp());
    let outcomes = futures_util::future::join_all((0..6).map(|_| send())).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for no in outcomes.into_iter().filter_map(Result::err) {
        assert!(matches!(no, No::Invalid(_) | No::Refused(_)), "{no:?}");
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn nothing_is_confirmed_from_before_there_was_a_copy() {
    let scene = Scene::new().await;
    let (toby, office) = (who("Toby"), &scene.office);
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let (form, document, note) = signed(&scene, copy, "2026-11-01", "09:00");
    let sent = surrender::confirm(office, &toby.actor, copy, &form, &document, &note, stamp()).await;
    assert_eq!(wrong_fields(sent), ["done_date"]);
}
