//! K8.2, P9: surrender or destruction is signed; key first, then the blobs, read back; nothing opens it again.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::{certificate, deliver, surrender};
use disclosure_portal::demo::releases::{acknowledge, confirm, copy_of};
use disclosure_portal::demo::stamp;
use disclosure_portal::ledger::statement::Statement;

use super::{open, part};
use crate::harness::{Scene, codes, posted, signed, who, wrong_fields};

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
    let found = certificate::of_copy(&scene.office, &toby.actor, copy).await.unwrap();
    assert_eq!(found.confirming.witness, "A. Witness");
    let key = scene.office.read().await.unwrap().person(toby.id).await.unwrap().unwrap().signing_key;
    let statement = Statement::open(&found.statement.note, &toby.id.to_string(), &key).unwrap();
    assert!(statement.covers(&found.statement.document));
    // Somebody else's certificate is not found; the auditor and the co-ordinator see it.
    assert!(certificate::of_copy(&scene.office, &priya.actor, copy).await.is_err());
    for name in ["Robin", "Sam"] {
        assert!(certificate::of_copy(&scene.office, &who(name).actor, copy).await.is_ok(), "{name}");
    }
    assert!(certificate::of_copy(&scene.office, &who("Dana").actor, copy).await.is_err(), "another area");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_confirmation_is_signed_over_what_the_form_says_once_and_not_in_the_future() {
    let scene = Scene::new().await;
    let (toby, office) = (who("Toby"), &scene.office);
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let said = |time: &'static str, witness: &'static str| {
        [
            ("outcome", "surrendered"),
            ("method", "Handed to PC 1042"),
            ("done_date", "2026-11-21"),
            ("done_time", time),
            ("witness", witness),
            ("onward", "none"),
        ]
    };
    let object = deliver::object(copy);
    let by = |name: &str, time, witness| signed(&scene, who(name), "surrender", &object, &said(time, witness));
    let send = async |form: &Form| surrender::confirm(office, &toby.actor, copy, form, stamp()).await;
    let right = by("Toby", "11:30", "A. Witness");
    // Other answers under the same signature, and the same answers under somebody else's or none.
    let other = by("Toby", "11:30", "Nobody");
    let [document, note] = ["document", "statement"].map(|name| posted(&right, name));
    assert_eq!(wrong_fields(send(&other.clone().signed(document.clone(), note.clone())).await), ["statement"]);
    assert_eq!(wrong_fields(send(&other.clone().signed(posted(&other, "document"), note)).await), ["statement"]);
    assert_eq!(wrong_fields(send(&right.clone().signed(document, String::new())).await), ["statement"]);
    assert_eq!(wrong_fields(send(&by("Priya", "11:30", "A. Witness")).await), ["statement"]);
    assert_eq!(wrong_fields(send(&by("Toby", "12:01", "A. Witness")).await), ["done_date"]);
    send(&right).await.unwrap();
    // The same statement again is refused: its nonce is used up.
    assert_eq!(wrong_fields(send(&right).await), ["statement"]);
    scene.log_is_whole().await;
}
