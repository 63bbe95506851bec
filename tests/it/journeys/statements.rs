//! DESIGN §5: each act that is signed is refused without the signature of who acts, over exactly this document, fresh.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::{No, deliver, demands, release, statement, undertaking};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{
    Answers, ask, asked, begin, complete, copy_of, sign, sign_decision, sign_reason, sign_request, to,
};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::ReleaseId;

use super::PLOT;
use crate::harness::browser::Browser;
use crate::harness::{Scene, posted, who, world, wrong_fields};

/// A form under every wrong signature is refused beside the signature; under its own it is accepted once.
async fn only_as_signed(send: impl AsyncFn(Form) -> Result<(), No>, right: Form, foreign: Form, other: Form) {
    let [document, note] = ["document", "statement"].map(|name| posted(&right, name));
    let wrong = [
        ("none", right.clone().signed(document.clone(), String::new())),
        ("somebody else's", foreign),
        ("over another document", right.clone().signed(document.clone(), posted(&other, "statement"))),
        ("with another document", right.clone().signed(posted(&other, "document"), posted(&other, "statement"))),
        ("other answers", other.signed(document.clone(), note.clone())),
        ("a changed note", right.clone().signed(document, note.replace("T12:", "T13:"))),
    ];
    for (what, form) in wrong {
        assert_eq!(wrong_fields(send(form).await), ["statement"], "{what}");
    }
    send(right.clone()).await.unwrap();
    send(right).await.unwrap_err();
}

async fn waiting(scene: &Scene) -> ReleaseId {
    ask(&scene.office, who("Riley"), &world().areas[0].to_string(), &PLOT).await.unwrap()
}

#[actix_web::test]
async fn a_request_is_signed_with_its_words_and_photographs() {
    let scene = Scene::new().await;
    let (office, riley) = (&scene.office, who("Riley"));
    let plot = disclosure_portal::demo::releases::Plot { portraits: &[61], ..PLOT };
    let area = world().areas[0].to_string();
    let draft = async |plot: &_| {
        let photographs = vec![disclosure_portal::demo::portrait::draw(61)];
        begin(office, riley, &asked(office, riley, &area, plot), photographs).await.unwrap()
    };
    let id = draft(&plot).await;
    let object = format!("release/{id}");
    let send = async |form: Form| submit::submit(office, &riley.actor, id, &form, stamp()).await;
    let right = sign_request(office, riley, id).await.unwrap();
    // Everything in order, but signed about another record, other words, or a photograph that is not there.
    for (name, value) in [("record", "Another record"), ("words", "sha256:00"), ("photograph", "sha256:00")] {
        let mut said: Answers = right.fields_to_post();
        said.retain(|(field, _)| !["document", "statement"].contains(&field.as_str()) && field != name);
        said.push((name.to_owned(), value.to_owned()));
        let fields: Vec<(&str, &str)> = said.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let form = crate::harness::signed(&scene, riley, "request", &object, &fields);
        assert_eq!(wrong_fields(send(form).await), ["statement"], "{name}");
    }
    let by = |who: &Somebody, object: &str| {
        let said: Answers = right.fields_to_post();
        let fields: Vec<(&str, &str)> = said.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let fields: Vec<_> = fields.into_iter().filter(|(n, _)| !["document", "statement"].contains(n)).collect();
        crate::harness::signed(&scene, who, "request", object, &fields)
    };
    let elsewhere = format!("release/{}", draft(&plot).await);
    assert_eq!(wrong_fields(send(by(riley, &elsewhere)).await), ["statement"], "about another request");
    // Another draft's form: other words, rightly signed.
    let other = draft(&disclosure_portal::demo::releases::Plot { text: "Other words.", ..plot }).await;
    let other = sign_request(office, riley, other).await.unwrap();
    only_as_signed(send, right.clone(), by(who("Kit"), &object), other).await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_decision_is_signed_over_the_record_the_words_and_the_photographs() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let recipients = to(world(), &[("Morgan", 0)]).unwrap();
    for word in ["authorise", "refuse"] {
        let id = waiting(&scene).await;
        let of = |reason: &str| {
            let mut said = complete(office, &recipients);
            said.retain(|(name, _)| name != "answer" && name != "reason");
            said.push(("answer".to_owned(), word.to_owned()));
            said.push(("reason".to_owned(), reason.to_owned()));
            said
        };
        let send = async |form: Form| release::decide(office, &sam.actor, id, &form, stamp()).await;
        let right = sign_decision(office, sam, id, of("Why")).await.unwrap();
        // Everything in order, but signed about other words, or a photograph that is not there.
        for (name, value) in [("words", "sha256:00"), ("photograph", "sha256:00")] {
            let mut said: Answers = right.fields_to_post();
            said.retain(|(field, _)| !["document", "statement"].contains(&field.as_str()));
            if name == "words" {
                said.retain(|(field, _)| field != name);
            }
            said.push((name.to_owned(), value.to_owned()));
            let fields: Vec<(&str, &str)> = said.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let form = crate::harness::signed(&scene, sam, "authority", &format!("release/{id}"), &fields);
            assert_eq!(wrong_fields(send(form).await), ["statement"], "{name}");
        }
        let foreign = sign_decision(office, who("Frankie"), id, of("Why")).await.unwrap();
        let other = sign_decision(office, sam, id, of("Why not")).await.unwrap();
        only_as_signed(send, right, foreign, other).await;
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn recall_and_withdrawal_are_signed_each_under_its_own_word() {
    let scene = Scene::new().await;
    let (office, sam, riley) = (&scene.office, who("Sam"), who("Riley"));
    let live = scene.release("CZ/003/26").await;
    let by = |name: &str, kind: &str, id, reason: &str| sign_reason(office, who(name), kind, id, reason).unwrap();
    let send = async |form: Form| demands::recall(office, &sam.actor, live, &form, stamp()).await;
    let (right, foreign) = (by("Sam", "recall", live, "Charged."), by("Frankie", "recall", live, "Charged."));
    let elsewhere = by("Sam", "recall", scene.release("CZ/004/26").await, "Charged.");
    assert_eq!(wrong_fields(send(elsewhere).await), ["statement"], "about another release");
    assert_eq!(wrong_fields(send(by("Sam", "withdrawal", live, "Charged.")).await), ["statement"], "of another kind");
    only_as_signed(send, right, foreign, by("Sam", "recall", live, "Other.")).await;

    let id = waiting(&scene).await;
    let send = async |form: Form| release::withdraw(office, &riley.actor, id, &form, stamp()).await;
    let (right, foreign) = (by("Riley", "withdrawal", id, "Solved."), by("Kit", "withdrawal", id, "Solved."));
    only_as_signed(send, right, foreign, by("Riley", "withdrawal", id, "Other.")).await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn receipt_and_undertaking_are_signed_over_their_text_once() {
    let scene = Scene::new().await;
    let (office, toby, ines) = (&scene.office, who("Toby"), who("Ines"));
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let words = deliver::conditions(&deliver::one(office, &toby.actor, copy).await.unwrap());
    let by = |who, text: &str| sign(office, who, "acknowledge", &deliver::object(copy), text.as_bytes()).unwrap();
    let send = async |note: String| deliver::acknowledge(office, &toby.actor, copy, &note, stamp()).await;
    for wrong in [String::new(), by(who("Priya"), &words), by(toby, "Other conditions")] {
        assert_eq!(wrong_fields(send(wrong).await), ["statement"]);
    }
    let right = by(toby, &words);
    send(right.clone()).await.unwrap();
    assert_eq!(wrong_fields(send(right).await), ["statement"]);

    let version = undertaking::standing(office, &ines.actor).await.unwrap().version;
    let words = undertaking::open(office, &ines.actor, version, stamp()).await.unwrap();
    let object = undertaking::object(version);
    let by = |who, text: &str| sign(office, who, "undertaking", &object, text.as_bytes()).unwrap();
    let send = async |note: String| undertaking::sign(office, &ines.actor, version, &note, stamp()).await;
    for wrong in [String::new(), by(who("Priya"), &words), by(ines, "Other words")] {
        assert_eq!(wrong_fields(send(wrong).await), ["statement"]);
    }
    let right = by(ines, &words);
    send(right.clone()).await.unwrap();
    assert_eq!(wrong_fields(send(right).await), ["statement"]);
}

#[actix_web::test]
async fn a_signature_is_good_for_half_an_hour_and_no_nonce_is_given_for_other_words() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let live = scene.release("CZ/003/26").await;
    let form = sign_reason(office, sam, "recall", live, "Charged.").unwrap();
    scene.later(30 * 60_000 + 1);
    let late = demands::recall(office, &sam.actor, live, &form, stamp()).await;
    assert_eq!(wrong_fields(late), ["statement"]);
    for kind in ["", "Recall", "unit", "anything"] {
        assert_eq!(wrong_fields(statement::nonce(office, sam.id, kind, "release/1")), ["kind"], "{kind}");
    }
}

#[actix_web::test]
async fn what_was_typed_survives_a_refused_signature() {
    let scene = Scene::new().await;
    let id = waiting(&scene).await;
    let recipients = to(world(), &[("Morgan", 0)]).unwrap();
    let mut said = complete(&scene.office, &recipients);
    said.iter_mut().filter(|(name, _)| name == "reason").for_each(|(_, value)| *value = "Not needed <here>.".into());
    let form = sign_decision(&scene.office, who("Sam"), id, said).await.unwrap();
    let unsigned: Vec<_> = form.fields_to_post().into_iter().filter(|(name, _)| name != "statement").collect();
    let fields: Vec<(&str, &str)> = unsigned.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let browser = Browser::of(&scene, Some("Sam")).await;
    let got = browser.post(&format!("/releases/{id}/decide"), &fields).await;
    let page = got.text();
    assert_eq!(got.status, 422, "{page}");
    for part in [
        "This needs your signature.",
        "href=\"#statement\"",
        "Three current reports place the person",
        "K-MIP/2026/118",
        "Not needed &lt;here&gt;.",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // Signed after all, through the same door.
    let fields = form.fields_to_post();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let got = browser.post(&format!("/releases/{id}/decide"), &fields).await;
    assert_eq!((got.status, got.location), (303, format!("/releases/{id}")));
    scene.log_is_whole().await;
}
