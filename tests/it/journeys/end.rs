//! K8.2, P9: surrender or destruction is signed; key first, then the blobs, read back; nothing opens it again.

use disclosure_portal::actions::{deliver, surrender};
use disclosure_portal::demo::releases::{acknowledge, confirm, copy_of, sign};
use disclosure_portal::demo::stamp;
use disclosure_portal::ledger::statement::Statement;

use super::{open, part};
use crate::harness::{Scene, codes, who, wrong_fields};

#[actix_web::test]
async fn a_confirmed_copy_is_gone_and_has_a_certificate() {
    let scene = Scene::new().await;
    let (toby, priya) = (who("Toby"), who("Priya"));
    let id = scene.release("CZ/003/26").await;
    let copy = copy_of(&scene.office, toby, id).await.unwrap();
    acknowledge(&scene.office, toby, copy).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let objects: Vec<String> =
        scene.office.read().await.unwrap().parts(copy).await.unwrap().into_iter().map(|part| part.object).collect();
    assert!(open(&scene, toby, copy, screen).await.is_ok());
    confirm(&scene.office, toby, copy, "A. Witness").await.unwrap();
    assert_eq!(codes(open(&scene, toby, copy, screen).await.map(|o| o.index)), ["already-confirmed"]);
    for object in objects {
        assert!(!scene.folder.0.join("vault").join(&object[..2]).join(&object).exists(), "{object}");
    }
    let row = scene.office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
    assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some());
    let certificate = surrender::certificate(&scene.office, &toby.actor, copy).await.unwrap();
    assert_eq!(certificate.confirming.witness, "A. Witness");
    let key = scene.office.read().await.unwrap().person(toby.id).await.unwrap().unwrap().signing_key;
    let statement = Statement::open(&certificate.statement.note, &toby.id.to_string(), &key).unwrap();
    assert!(statement.covers(&certificate.statement.document));
    // Somebody else's certificate is not found; the auditor and the co-ordinator see it.
    assert!(surrender::certificate(&scene.office, &priya.actor, copy).await.is_err());
    for name in ["Robin", "Sam"] {
        assert!(surrender::certificate(&scene.office, &who(name).actor, copy).await.is_ok(), "{name}");
    }
    assert!(surrender::certificate(&scene.office, &who("Dana").actor, copy).await.is_err(), "another area");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_confirmation_is_signed_over_what_the_form_says_once_and_not_in_the_future() {
    let scene = Scene::new().await;
    let (toby, office) = (who("Toby"), &scene.office);
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let form = surrender::Confirming {
        outcome: "surrendered".into(),
        method: "Handed to PC 1042".into(),
        done_date: "2026-11-21".into(),
        done_time: "11:30".into(),
        witness: "A. Witness".into(),
    };
    let document = surrender::canonical(&form);
    let object = deliver::object(copy);
    let note = sign(office, toby, "surrender", &object, document.as_bytes()).unwrap();
    let send = async |form: &surrender::Confirming, document: &str, note: &str| {
        surrender::confirm(office, &toby.actor, copy, form, document, note, stamp()).await
    };
    let other = surrender::Confirming { witness: "Nobody".into(), ..form.clone() };
    assert_eq!(wrong_fields(send(&other, &document, &note).await), ["statement"]);
    assert_eq!(wrong_fields(send(&other, &surrender::canonical(&other), &note).await), ["statement"]);
    assert_eq!(wrong_fields(send(&form, &document, "").await), ["statement"]);
    let foreign = sign(office, who("Priya"), "surrender", &object, document.as_bytes()).unwrap();
    assert_eq!(wrong_fields(send(&form, &document, &foreign).await), ["statement"]);
    let future = surrender::Confirming { done_time: "12:01".into(), ..form.clone() };
    assert_eq!(wrong_fields(send(&future, &surrender::canonical(&future), &note).await), ["done_date"]);
    send(&form, &document, &note).await.unwrap();
    // The same statement again is refused: its nonce is used up.
    assert_eq!(wrong_fields(send(&form, &document, &note).await), ["statement"]);
    scene.log_is_whole().await;
}
