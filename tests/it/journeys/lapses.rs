//! K7.3, O2.1, K6.2.1, K8.2.1: whatever lapses closes the door with the same commit, or at the millisecond of its day's end.

use disclosure_portal::actions::registers::{self, ReceiverForm, SchemeForm};
use disclosure_portal::actions::{administer, texts};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::texts::Text;

use super::{open, part};
use crate::harness::{Scene, codes, who, world};

fn scheme_form(entry: &registers::Entry) -> SchemeForm {
    let scheme = entry.scheme.clone();
    SchemeForm {
        kind: scheme.kind,
        name: scheme.name,
        ico_reference: scheme.ico_reference,
        isa_reference: scheme.isa_reference,
        isa_ends: scheme.isa_ends.unwrap_or_default(),
        version: scheme.version.to_string(),
        ..SchemeForm::default()
    }
}

#[actix_web::test]
async fn lapsed_agreement_vetting_and_suspension_close_at_once() {
    let scene = Scene::new().await;
    let (priya, sam, office) = (who("Priya"), who("Sam"), &scene.office);
    let copy = copy_of(office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let look = async || open(&scene, priya, copy, screen).await.map(|opened| opened.index);
    let bcrp = world().schemes[0];
    let entry = async || registers::scheme(office, &sam.actor, bcrp, stamp()).await.unwrap();
    let change =
        async |form: SchemeForm| registers::change_scheme(office, &sam.actor, bcrp, &form, stamp()).await.unwrap();
    assert!(look().await.is_ok());

    change(SchemeForm { isa_ends: "2026-11-21".into(), ..scheme_form(&entry().await) }).await;
    assert!(look().await.is_ok(), "it runs to the end of its last day");
    change(SchemeForm { isa_ends: "2026-11-20".into(), ..scheme_form(&entry().await) }).await;
    assert_eq!(codes(look().await), ["agreement-lapsed"]);
    change(SchemeForm { isa_ends: "2027-11-20".into(), suspended: "yes".into(), ..scheme_form(&entry().await) }).await;
    assert_eq!(codes(look().await), ["scheme-suspended"]);
    change(SchemeForm { isa_ends: "2027-11-20".into(), ..scheme_form(&entry().await) }).await;
    assert!(look().await.is_ok());

    let vetted = |ends: &str| ReceiverForm {
        vetting_reference: "I11/9".into(),
        vetting_ends: ends.into(),
        responsible_person: "Priya Lowen".into(),
        storage_place: "Cabinet".into(),
    };
    let set = async |form: ReceiverForm| {
        registers::change_receiver(office, &sam.actor, bcrp, priya.id, &form, stamp()).await.unwrap();
    };
    set(vetted("2026-11-21")).await;
    scene.clock.set(Moment::parse_london("2026-11-22", "00:00").unwrap().plus_millis(-1));
    assert!(look().await.is_ok());
    scene.later(1);
    assert_eq!(codes(look().await), ["vetting-lapsed"]);
    set(vetted("")).await;
    assert_eq!(codes(look().await), ["vetting-lapsed"]);
    set(vetted("2027-01-01")).await;
    administer::suspend(office, &sam.actor, priya.id, true, stamp()).await.unwrap();
    assert_eq!(codes(look().await), ["person-suspended"]);
    // A form opened before the suspension does not undo it.
    set(vetted("2027-01-01")).await;
    assert_eq!(codes(look().await), ["person-suspended"]);
    administer::suspend(office, &who("Lee").actor, priya.id, false, stamp()).await.unwrap();
    assert!(look().await.is_ok());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_new_version_of_the_undertaking_must_be_signed_anew() {
    let scene = Scene::new().await;
    let priya = who("Priya");
    let copy = copy_of(&scene.office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    assert!(open(&scene, priya, copy, screen).await.is_ok());
    let words = Text::Undertaking.shipped().replace("I understand", "I have read, understand");
    texts::change(&scene.office, &who("Lee").actor, Text::Undertaking, &words, "1", stamp()).await.unwrap();
    assert_eq!(codes(open(&scene, priya, copy, screen).await.map(|o| o.index)), ["undertaking"]);
    disclosure_portal::demo::releases::undertake(&scene.office, priya).await.unwrap();
    assert!(open(&scene, priya, copy, screen).await.is_ok());
}

#[actix_web::test]
async fn nothing_opens_before_the_undertaking_and_the_conditions() {
    let scene = Scene::new().await;
    let morgan = who("Morgan");
    let copy = copy_of(&scene.office, morgan, scene.release("CZ/003/26").await).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let look = async || open(&scene, morgan, copy, screen).await.map(|opened| opened.index);
    assert_eq!(codes(look().await), ["undertaking", "conditions"]);
    disclosure_portal::demo::releases::undertake(&scene.office, morgan).await.unwrap();
    assert_eq!(codes(look().await), ["conditions"]);
    disclosure_portal::demo::releases::acknowledge(&scene.office, morgan, copy).await.unwrap();
    let index = look().await.unwrap();
    let (logged, body) = scene.records("view").await.pop().unwrap();
    assert_eq!((logged, body["actor"].as_str().unwrap()), (index, format!("person/{}", morgan.id).as_str()));
    assert_eq!(body["purpose"], "Prevention of crime");
    assert_eq!(scene.records("view.refused").await.len(), 2, "refused attempts are on the log too");
}
