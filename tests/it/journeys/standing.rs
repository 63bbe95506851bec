//! P1, P3: an act is refused that began before its actor was suspended, and one that carries an address in a name.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::{No, administer, deliver, surrender};
use disclosure_portal::demo::releases::{ask, asked, authorise, copy_of, recall, send, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::CopyId;

use super::PLOT;

use crate::harness::{Scene, codes, signed, who, world, wrong_fields};

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
    assert_eq!(codes(authorise(office, sam, id, &recipients).await), ["own-account-suspended"]);
    assert_eq!(codes(recall(office, sam, live, "Why").await), ["own-account-suspended"]);
    assert_eq!(codes(ask(office, who("Riley"), &area, &PLOT).await), ["own-account-suspended"]);
    administer::suspend(office, &lee.actor, sam.id, false, stamp()).await.unwrap();
    authorise(office, sam, id, &recipients).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn everything_that_would_leave_is_screened_the_name_too() {
    let scene = Scene::new().await;
    for (name, text) in [("J. Smith, 12 High Street", "Thefts."), ("J. Smith PNC 01/123456A", ""), ("", "At ME14 2NQ.")]
    {
        let mut answers = asked(&scene.office, who("Riley"), &world().areas[0].to_string(), &PLOT);
        for (field, value) in &mut answers {
            match field.as_str() {
                "name" => *value = name.into(),
                "text" => *value = text.into(),
                _ => {}
            }
        }
        let refused = send(&scene.office, who("Riley"), &answers, vec![]).await;
        let fields = wrong_fields(refused);
        assert!(!fields.is_empty() && fields.iter().all(|field| *field == "text"), "{name} {text}");
    }
}

/// Toby's confirmation of his copy, as his browser makes and signs it.
fn confirmed(scene: &Scene, copy: CopyId, day: &str, time: &str) -> Form {
    let said = [
        ("outcome", "destroyed"),
        ("method", "Shredded"),
        ("done_date", day),
        ("done_time", time),
        ("witness", "A. Witness"),
        ("onward", "none"),
    ];
    signed(scene, who("Toby"), "surrender", &deliver::object(copy), &said)
}

#[actix_web::test]
async fn a_form_sent_twice_at_once_acts_once_and_is_no_fault() {
    let scene = Scene::new().await;
    let (toby, office) = (who("Toby"), &scene.office);
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let form = confirmed(&scene, copy, "2026-11-21", "11:30");
    let send = || surrender::confirm(office, &toby.actor, copy, &form, stamp());
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
    let form = confirmed(&scene, copy, "2026-11-01", "09:00");
    let sent = surrender::confirm(office, &toby.actor, copy, &form, stamp()).await;
    assert_eq!(wrong_fields(sent), ["done_date"]);
}
