//! What goes wrong, or is made to: a key exchanged in the database, a file sealed to somebody else, another picture, an area asked twice.

use super::*;
use crate::harness::sql;
use crate::journeys::blobs;

#[actix_web::test]
async fn a_key_exchanged_at_the_other_unit_stops_the_handing_over_with_an_alarm() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    answered(&scene, asked).await;
    let sam = &who("Sam").actor;
    let stranger = Identity::fresh().unwrap().recipient().to_string();
    let exchanged = format!("UPDATE area SET unit_recipient = '{stranger}' WHERE id = '{}'", norhaven());
    let plan = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap();
    let (photograph, _) = photographs(&scene, id).await.remove(0);
    let plain = opened(&scene, "Sam", cantwell(), photograph).await.unwrap();
    sql(&scene, &exchanged);
    let vault = blobs(&scene);
    // The plan says so before anything is opened; the browser's own check of the papers says the same.
    let after = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap();
    assert!(after.problem.is_some_and(|told| told.detail.contains("not one that the root signed")));
    assert_eq!(after.to_recipient, stranger);
    // Neither what was sealed to the stranger nor what was sealed to the right key is taken while the record is wrong.
    for key in [&stranger, &plan.to_recipient] {
        let done = handover::take(&scene.office, sam, id, norhaven(), photograph, to(key, &plain), stamp()).await;
        assert_eq!(codes(done), ["unit-key-changed"]);
    }
    assert_eq!((blobs(&scene), scene.records("area.hand-over").await.len()), (vault, 0));
    assert_eq!(scene.records("key.alarm").await.len(), 3);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_is_sealed_to_somebody_else_or_is_another_picture_goes_back_and_comes_again() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    let linked = answered(&scene, asked).await;
    let (sam, dana) = (&who("Sam").actor, &who("Dana").actor);
    let mine = photographs(&scene, id).await;
    let key = handover::plan(&scene.office, sam, id, norhaven(), &stamp()).await.unwrap().to_recipient;
    let stranger = Identity::fresh().unwrap().recipient().to_string();
    let take = async |n: usize, sealed: Vec<u8>| {
        handover::take(&scene.office, sam, id, norhaven(), mine[n].0, sealed, stamp()).await
    };
    // What is no age file, or has two recipients, is told at once.
    let both = [Recipient::parse(&key).unwrap(), Recipient::parse(&stranger).unwrap()];
    for bad in [b"plain".to_vec(), Vec::new(), seal_to_all(b"x", &both).unwrap()] {
        assert_eq!(wrong_fields(take(0, bad).await), ["photographs"]);
    }
    // To whom a file is sealed nobody can tell but who opens it.
    let vault = blobs(&scene);
    take(0, to(&stranger, &portrait::draw(TWO.portraits[0]))).await.unwrap();
    take(1, to(&key, &portrait::draw(99))).await.unwrap();
    for (photograph, sha256) in photographs(&scene, linked).await {
        let plain = opened(&scene, "Dana", norhaven(), photograph).await;
        let same = plain.is_some_and(|plain| hex::encode(image::sha256(&plain)) == sha256);
        assert!(!same);
        arrivals::compared(&scene.office, dana, linked, photograph, same, stamp()).await.unwrap();
    }
    assert_eq!((photographs(&scene, linked).await.len(), blobs(&scene)), (0, vault), "nothing of it is kept");
    let leaves = scene.records("area.compare").await;
    assert!(leaves.len() == 2 && leaves.iter().all(|(_, body)| body["same"] == false));
    let ines = [(who("Ines").id, world().schemes[2])];
    assert!(codes(plots::authorise(&scene.office, who("Dana"), linked, &ines).await).contains(&"originals-awaited"));
    // The right ones come, twice at once count once, and what was compared stays.
    hand_over(&scene, id).await;
    take(0, to(&key, &portrait::draw(TWO.portraits[0]))).await.unwrap();
    compare(&scene, linked).await;
    let (photograph, _) = photographs(&scene, linked).await.remove(0);
    hidden(arrivals::compared(&scene.office, dana, linked, photograph, false, stamp()).await);
    norhaven_releases(&scene, linked).await;
    // After the decision nothing more is handed over.
    assert_eq!(codes(take(0, to(&key, b"x")).await), ["wrong-stage"]);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_area_is_asked_once_stays_named_and_answers_once() {
    let scene = Scene::new().await;
    let (id, asked) = consulted(&scene, &TWO).await;
    let (sam, dana) = (who("Sam"), &who("Dana").actor);
    let said = |change: &dyn Fn(&mut Answers)| {
        let mut all = record(&scene);
        change(&mut all);
        all
    };
    // Saved again with other words: asked once, told what it was told.
    let other = said(&|all| all.push(("elsewhere_words".into(), "Other".into())));
    saved(&scene, sam, id, &other).await.unwrap();
    assert_eq!(scene.records("area.consult").await.len(), 1);
    // Unticked, or "no": it stays on record.
    for change in [&|all: &mut Answers| all.retain(|(name, _)| name != "areas"), &|all: &mut Answers| {
        all.retain(|(name, _)| name != "elsewhere");
        all.push(("elsewhere".into(), "no".into()));
    }] as [&dyn Fn(&mut Answers); 2]
    {
        assert_eq!(wrong_fields(saved(&scene, sam, id, &said(change)).await), ["areas"]);
    }
    // An answer without its parts is told beside each field; nothing is lost.
    let nothing = answer::answer(&scene.office, dana, asked, &Typed::default(), stamp()).await;
    assert_eq!(wrong_fields(nothing), ["answer", "reasons"]);
    let nowhere = Typed { locality: String::new(), ..own() };
    assert_eq!(wrong_fields(answer::answer(&scene.office, dana, asked, &nowhere, stamp()).await), ["locality"]);
    let leaking = Typed { reasons: "Lives at 12 High Street.".into(), ..own() };
    assert_eq!(wrong_fields(answer::answer(&scene.office, dana, asked, &leaking, stamp()).await), ["reasons"]);
    // Twice: the second one is refused, by whatever way it comes.
    answered(&scene, asked).await;
    let not_here = Typed { answer: "not_here".into(), ..own() };
    for again in [own(), not_here] {
        assert_eq!(codes(answer::answer(&scene.office, dana, asked, &again, stamp()).await), ["area-answered"]);
    }
    let got = Browser::of(&scene, Some("Dana")).await;
    let got = got.post(&format!("/consultations/{asked}"), &[("answer", "not_here"), ("reasons", "x")]).await;
    assert!(got.status < 500 && got.text().contains("This has been answered"), "{}", got.status);
    assert_eq!(scene.sql("SELECT count(*) FROM release WHERE origin_id IS NOT NULL"), "1");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_is_told_is_checked_and_ones_own_area_is_no_other() {
    let scene = Scene::new().await;
    let id = plots::ask(&scene.office, who("Riley"), &cantwell().to_string(), &TWO).await.unwrap();
    let sam = who("Sam");
    let with = |name: &str, value: String| {
        let mut all = record(&scene);
        all.retain(|(field, _)| field != name);
        all.push((name.to_owned(), value));
        all
    };
    let strange = AreaId::fresh(scene.office.now(), [7; 10]);
    for area in [cantwell(), strange] {
        assert_eq!(wrong_fields(saved(&scene, sam, id, &with("areas", area.to_string())).await), ["areas"]);
    }
    for words in ["Seen at 12 High Street, CT1 1AA.", "PNC warning: violent."] {
        let done = wrong_fields(saved(&scene, sam, id, &with("elsewhere_words", words.to_owned())).await);
        assert!(done.iter().all(|field| *field == "elsewhere_words"), "{done:?}");
    }
    assert_eq!(scene.records("area.consult").await.len(), 0);
    // Half done it is saved; without words nobody is asked, and nothing can be authorised.
    saved(&scene, sam, id, &with("elsewhere_words", String::new())).await.unwrap();
    assert_eq!(scene.records("area.consult").await.len(), 0);
    let mut half = record(&scene);
    half.retain(|(field, _)| field != "elsewhere_words");
    let form = plots::sign_decision(&scene.office, sam, id, half).await.unwrap();
    let refused = release::decide(&scene.office, &sam.actor, id, &form, stamp()).await;
    assert_eq!(wrong_fields(refused), ["areas"]);
    // What ended is not followed.
    plots::consider(&scene.office, sam, id, &record(&scene)).await.unwrap();
    let rows = scene.office.read().await.unwrap().consultations(id).await.unwrap();
    let asked = ConsultationId::parse(&rows[0].id).unwrap();
    plots::refuse(&scene.office, sam, id, "No longer needed.").await.unwrap();
    let late = answer::answer(&scene.office, &who("Dana").actor, asked, &own(), stamp()).await;
    assert_eq!(codes(late), ["origin-ended"]);
    let not_here = Typed { answer: "not_here".into(), ..own() };
    answer::answer(&scene.office, &who("Dana").actor, asked, &not_here, stamp()).await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_was_asked_and_answered_is_sealed_under_the_records_key_and_replaced_with_it() {
    let scene = Scene::new().await;
    let (_, asked) = consulted(&scene, &TWO).await;
    answered(&scene, asked).await;
    let stored = scene.stored();
    for words in ["pharmacies near your station", "Two reports here as well"] {
        assert!(
            stored.iter().all(|(_, bytes)| !bytes.windows(words.len()).any(|at| at == words.as_bytes())),
            "{words}"
        );
    }
    let dana = &who("Dana").actor;
    let closed = scene.stopped().await;
    let office = closed.open(disclosure_portal::actions::keyfiles::Hold::Alone).await;
    disclosure_portal::actions::rotate::records(office, stamp()).await.unwrap();
    let office = closed.open(disclosure_portal::actions::keyfiles::Hold::Shared).await;
    let read = answer::question(&office, dana, asked, stamp()).await.unwrap();
    assert_eq!(read.asked.words.as_str(), TOLD);
    assert!(read.answer.is_some_and(|(own, _, why)| own && why == "Two reports here as well."));
    closed.scene(office).log_is_whole().await;
}
