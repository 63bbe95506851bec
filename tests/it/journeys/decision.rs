//! P1, K7.7.1: the decision part by part, two co-ordinators at once, and what changes between reading and signing.

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::decision::{self, Answers};
use disclosure_portal::actions::registers::{self, ReceiverForm};
use disclosure_portal::actions::{administer, release};
use disclosure_portal::demo::releases::{ask, complete, consider, recall, sign_as_it_stands, sign_reason, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::policy::Act;
use disclosure_portal::domain::refusal::Refusal;
use disclosure_portal::domain::release::Part;

use super::{PLOT, hidden};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world, wrong_fields};

async fn waiting(scene: &Scene) -> ReleaseId {
    ask(&scene.office, who("Riley"), &world().areas[0].to_string(), &PLOT).await.unwrap()
}

/// A request with every part saved for Morgan.
async fn considered(scene: &Scene) -> ReleaseId {
    let id = waiting(scene).await;
    let said = complete(&scene.office, &to(world(), &[("Morgan", 0)]).unwrap());
    consider(&scene.office, who("Sam"), id, &said).await.unwrap();
    id
}

async fn save(
    scene: &Scene,
    by: &str,
    id: ReleaseId,
    part: Part,
    said: &[(&str, &str)],
    version: i64,
) -> Result<(), disclosure_portal::actions::No> {
    let said: Answers = said.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    decision::save(&scene.office, &who(by).actor, id, part, &said, version, stamp()).await
}

async fn signed(scene: &Scene, id: ReleaseId) -> Form {
    sign_as_it_stands(&scene.office, who("Sam"), id, "authorise", "").await.unwrap()
}

async fn authorise(scene: &Scene, id: ReleaseId, form: &Form) -> Result<(), disclosure_portal::actions::No> {
    release::decide(&scene.office, &who("Sam").actor, id, form, stamp()).await
}

#[actix_web::test]
async fn each_part_is_saved_on_its_own_in_any_order_and_the_list_says_what_is_missing() {
    let scene = Scene::new().await;
    let id = waiting(&scene).await;
    let sam = Browser::of(&scene, Some("Sam")).await;
    let list = async || sam.get(&format!("/releases/{id}/decision")).await.text();
    assert!(list().await.contains("0 of 8 are complete"));
    // Through the page, half done: kept, and told.
    let got = sam.post(&format!("/releases/{id}/decision/risk"), &[("version", "0"), ("risk_level", "Low <b>")]).await;
    assert_eq!((got.status, got.location), (303, format!("/releases/{id}/decision/japan")), "the next part");
    let page = list().await;
    assert!(page.contains("Incomplete") && page.contains("Complete the risk assessment") && page.contains("(K6.2.5)"));
    assert!(sam.get(&format!("/releases/{id}/decision/risk")).await.text().contains("Low &lt;b&gt;"));
    let said = complete(&scene.office, &to(world(), &[("Morgan", 0)]).unwrap());
    consider(&scene.office, who("Sam"), id, &said).await.unwrap();
    assert!(list().await.contains("8 of 8 are complete"));
    let page = sam.get(&format!("/releases/{id}/decide")).await.text();
    assert!(page.contains("Sign and authorise") && page.contains("INT/2026/0931"), "{page}");
    authorise(&scene, id, &signed(&scene, id).await).await.unwrap();
    let kinds =
        scene.records("consider").await.into_iter().filter(|(_, body)| body["object"] == format!("release/{id}"));
    assert_eq!(kinds.count(), 9, "each saving is a leaf");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn two_co_ordinators_at_once_never_overwrite_each_other() {
    let scene = Scene::new().await;
    let id = considered(&scene).await;
    let (one, other) = (
        save(&scene, "Sam", id, Part::Risk, &[("risk_level", "One")], 1),
        save(&scene, "Frankie", id, Part::Risk, &[("risk_level", "Other")], 1),
    );
    let both = futures_util::future::join(one, other).await;
    let kept = [both.0.is_ok(), both.1.is_ok()];
    assert_eq!(kept.iter().filter(|ok| **ok).count(), 1, "{both:?}");
    for lost in [both.0, both.1].into_iter().filter(Result::is_err) {
        assert_eq!(wrong_fields(lost), ["part"]);
    }
    // Different parts do not disturb each other.
    save(&scene, "Frankie", id, Part::Japan, &[("japan_justified", "Why")], 1).await.unwrap();
    // Nobody else of the force saves anything, and whoever may not know of it is told nothing.
    for name in ["Riley", "Robin", "Dana", "Priya"] {
        hidden(save(&scene, name, id, Part::Japan, &[], 2).await);
    }
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_changed_between_reading_and_signing_stops_the_signature() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let id = considered(&scene).await;
    let form = signed(&scene, id).await;
    // Another co-ordinator saves a part: the record is not what was signed.
    let mut conn = office.read().await.unwrap();
    let of = decision::gather(office, &mut conn, &who("Sam").actor, Act::Decide, id, office.now()).await.unwrap();
    drop(conn);
    let mut grounds = of.answers(Part::Grounds).unwrap().answers.clone();
    grounds.iter_mut().filter(|(name, _)| name == "grounds").for_each(|(_, words)| words.push_str(" More."));
    decision::save(office, &who("Frankie").actor, id, Part::Grounds, &grounds, 1, stamp()).await.unwrap();
    assert_eq!(wrong_fields(authorise(&scene, id, &form).await), ["statement"]);
    // The scheme is suspended between choosing and authorising.
    let bcrp = world().schemes[0];
    let form = signed(&scene, id).await;
    scene.sql(&format!("UPDATE scheme SET suspended = {} WHERE id = '{bcrp}'", truth(true)));
    assert_eq!(wrong_fields(authorise(&scene, id, &form).await), ["recipients"]);
    scene.sql(&format!("UPDATE scheme SET suspended = {} WHERE id = '{bcrp}'", truth(false)));
    // A recipient is suspended.
    administer::suspend(office, &who("Lee").actor, who("Morgan").id, true, stamp()).await.unwrap();
    assert_eq!(wrong_fields(authorise(&scene, id, &form).await), ["recipients"]);
    administer::suspend(office, &who("Lee").actor, who("Morgan").id, false, stamp()).await.unwrap();
    authorise(&scene, id, &form).await.unwrap();
    // Back after authorising, and sent again: nothing happens twice.
    let sam = Browser::of(&scene, Some("Sam")).await;
    for path in ["decision", "decide", "decision/risk"] {
        let got = sam.get(&format!("/releases/{id}/{path}")).await;
        assert_eq!((got.status, got.location), (303, format!("/releases/{id}")), "{path}");
    }
    assert_eq!(codes(authorise(&scene, id, &form).await), ["wrong-stage"]);
    let late = save(&scene, "Sam", id, Part::Risk, &[("risk_level", "Other")], 1).await;
    assert_eq!(codes(late), ["wrong-stage"]);
    scene.log_is_whole().await;
}

fn truth(value: bool) -> &'static str {
    match (crate::harness::server::backend(), value) {
        (crate::harness::server::Backend::Embedded, true) => "1",
        (crate::harness::server::Backend::Embedded, false) => "0",
        (_, true) => "TRUE",
        (_, false) => "FALSE",
    }
}

#[actix_web::test]
async fn vetting_that_ends_tonight_counts_until_midnight_and_no_longer() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let id = considered(&scene).await;
    let vetted = ReceiverForm {
        vetting_reference: "I11/9".into(),
        vetting_ends: "2026-11-21".into(),
        responsible_person: "Morgan".into(),
        storage_place: "Cabinet".into(),
    };
    registers::change_receiver(office, &sam.actor, world().schemes[0], who("Morgan").id, &vetted, stamp())
        .await
        .unwrap();
    let midnight = Moment::parse_london("2026-11-22", "00:00").unwrap();
    scene.clock.set(midnight);
    assert_eq!(wrong_fields(authorise(&scene, id, &signed(&scene, id).await).await), ["recipients"]);
    // A clock put back opens nothing: time never goes below the newest leaf.
    save(&scene, "Sam", id, Part::Risk, &[("risk_level", "Noted after midnight")], 1).await.unwrap();
    scene.clock.set(midnight.plus_millis(-3_600_000));
    let said = complete(office, &to(world(), &[("Morgan", 0)]).unwrap());
    consider(office, sam, id, &said).await.unwrap();
    authorise(&scene, id, &signed(&scene, id).await).await.unwrap_err();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn bad_input_is_told_beside_its_field_and_nothing_typed_is_lost() {
    let scene = Scene::new().await;
    let id = waiting(&scene).await;
    let sam = Browser::of(&scene, Some("Sam")).await;
    let long = "x".repeat(300_000);
    let post =
        async |part: &str, fields: &[(&str, &str)]| sam.post(&format!("/releases/{id}/decision/{part}"), fields).await;
    let got = post("risk", &[("version", "0"), ("risk_harm", &long), ("risk_level", "kept")]).await;
    assert_eq!(got.status, 422);
    let page = got.text();
    assert!(page.contains("must be 5000 characters or fewer: you have 300000") && page.contains(">\nkept</textarea>"));
    assert!(page.contains(&long), "all of it is still there");
    for hidden in ["a\u{202E}b", "a\u{0}b", "a\u{200B}b"] {
        let got = post("risk", &[("version", "0"), ("risk_level", hidden)]).await;
        assert!(got.status == 422 && got.text().contains("hidden control character"), "{hidden:?}");
    }
    // Nobody's, somebody else's area, a part that does not exist.
    for (part, field, value) in [
        ("recipients", "recipients", format!("{}:{}", who("Ines").id, world().schemes[2])),
        ("recipients", "recipients", "x".into()),
        ("recipients", "members", who("Priya").id.to_string()),
        ("records", "athena_date", "32/13/2026".into()),
        ("notice", "notice_date", "2026-11-20".into()),
    ] {
        let got = post(part, &[("version", "0"), (field, &value)]).await;
        assert_eq!(got.status, 422, "{field}");
        assert!(got.text().contains(&format!("href=\"#{field}\"")), "{field}");
    }
    assert_eq!(post("nothing", &[("version", "0")]).await.status, 404);
    assert_eq!(post("risk", &[("version", "x"), ("risk_level", "a")]).await.status, 303);
    assert_eq!(post("risk", &[("version", "7"), ("risk_level", "b")]).await.status, 422, "a version that never was");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_number_is_voided_with_its_reason_unless_somebody_opened_it() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let id = considered(&scene).await;
    authorise(&scene, id, &signed(&scene, id).await).await.unwrap();
    let form = sign_reason(office, sam, "void", id, "Wrong scheme").unwrap();
    release::void(office, &sam.actor, id, &form, stamp()).await.unwrap();
    let issues = registers::issues(office, &sam.actor, world().areas[0], stamp()).await.unwrap();
    assert!(issues[0].voided_at.is_some() && issues[0].void_words.is_some());
    assert_eq!(issues.iter().map(|one| one.serial).max(), Some(5), "the number stays in the series");
    // CZ/003/26 was opened by Priya? It was acknowledged; what was opened is CZ/001/26 and CZ/002/26, which are over.
    let live = scene.release("CZ/003/26").await;
    let copy = disclosure_portal::demo::releases::copy_of(office, who("Priya"), live).await.unwrap();
    disclosure_portal::demo::releases::look(office, who("Priya"), copy).await.unwrap();
    let form = sign_reason(office, sam, "void", live, "Wrong").unwrap();
    assert_eq!(wrong_fields(release::void(office, &sam.actor, live, &form, stamp()).await), ["reason"]);
    recall(office, sam, live, "So it is recalled").await.unwrap();
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn what_the_officer_is_asked_for_goes_back_with_its_reason() {
    let scene = Scene::new().await;
    let id = considered(&scene).await;
    let sam = Browser::of(&scene, Some("Sam")).await;
    let got = sam.post(&format!("/releases/{id}/return"), &[("more", " ")]).await;
    assert!(got.status == 422 && got.text().contains("Enter what is missing"));
    let got = sam.post(&format!("/releases/{id}/return"), &[("more", "Which shops, and when?")]).await;
    assert_eq!((got.status, got.location), (303, format!("/releases/{id}")));
    let riley = Browser::of(&scene, Some("Riley")).await;
    assert!(riley.get(&format!("/releases/{id}")).await.text().contains("Which shops, and when?"));
    assert_eq!(codes(authorise(&scene, id, &signed(&scene, id).await).await), ["wrong-stage"]);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_manager_is_told_which_members_may_be_shown_it_and_signs_for_it() {
    let scene = Scene::new().await;
    let (office, morgan) = (&scene.office, who("Morgan"));
    let id = considered(&scene).await;
    let bcrp = world().schemes[0];
    let member = office.read().await.unwrap().members(bcrp).await.unwrap().remove(0);
    let mut said = complete(office, &to(world(), &[("Morgan", 0)]).unwrap());
    said.push(("members".to_owned(), member.id.clone()));
    consider(office, who("Sam"), id, &said).await.unwrap();
    authorise(&scene, id, &signed(&scene, id).await).await.unwrap();
    let copy = disclosure_portal::demo::releases::copy_of(office, morgan, id).await.unwrap();
    let bulletin = disclosure_portal::actions::deliver::one(office, &morgan.actor, copy).await.unwrap();
    assert_eq!(bulletin.shown_to, std::slice::from_ref(&member.business));
    let words = disclosure_portal::actions::deliver::conditions(&bulletin);
    assert!(words.contains(&format!("members and no others (K7.4): {}", member.business)), "{words}");
    // Whoever leaves the register is nobody it may be shown to, before authority and after (K7.2).
    let other = waiting(&scene).await;
    consider(office, who("Sam"), other, &said).await.unwrap();
    scene.sql(&format!("UPDATE member SET removed_at = 1 WHERE id = '{}'", member.id));
    assert_eq!(wrong_fields(authorise(&scene, other, &signed(&scene, other).await).await), ["members"]);
    let bulletin = disclosure_portal::actions::deliver::one(office, &morgan.actor, copy).await.unwrap();
    assert!(bulletin.shown_to.is_empty());
}

#[actix_web::test]
async fn what_would_leave_is_confirmed_as_the_page_showed_it() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let id = considered(&scene).await;
    let gathered = async || {
        let mut conn = office.read().await.unwrap();
        decision::gather(office, &mut conn, &sam.actor, Act::Decide, id, office.now()).await.unwrap()
    };
    let shown = gathered().await.case.subject;
    let said = |subject: &str| {
        let mut said: Answers = vec![("words_considered".to_owned(), "yes".to_owned())];
        said.push((decision::SUBJECT.to_owned(), subject.to_owned()));
        said
    };
    for other in ["", "sha256:00"] {
        let no = decision::save(office, &sam.actor, id, Part::Material, &said(other), 1, stamp()).await;
        assert_eq!(wrong_fields(no), ["part"], "{other}");
    }
    decision::save(office, &sam.actor, id, Part::Material, &said(&shown), 1, stamp()).await.unwrap();
    // Instructions come after, and may not say what nobody confirmed (K8.4).
    save(&scene, "Sam", id, Part::Recipients, &[("instructions", "He was convicted of burglary in 2019.")], 1)
        .await
        .unwrap();
    let of = gathered().await;
    let unmet: Vec<&str> = of.case.unmet_in(Part::Recipients, office.now()).iter().map(Refusal::code).collect();
    assert!(unmet.contains(&"conviction-in-instructions"), "{unmet:?}");
}
