//! K7.9: a live release is reviewed on current intelligence, signed, and decided: continued with a new acknowledgement, closed earlier,
//! withdrawn, sent back; any number of times; never from its limit on.

use disclosure_portal::actions::home::{Waiting, waiting};
use disclosure_portal::actions::reviews::queue::{self, Due, Step, Whose};
use disclosure_portal::actions::reviews::{self, decide};
use disclosure_portal::actions::{No, bundle, deliver, desk, sweep};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{acknowledge, copy_of, sign};
use disclosure_portal::demo::reviews::{conclude, gathered, review, said, shorten, sign_decision, sign_form_of, write};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::actor::{Grant, Role};
use disclosure_portal::domain::ids::{CopyId, ReleaseId};
use disclosure_portal::domain::message::Stage as Near;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::policy::Act;
use disclosure_portal::domain::refusal::Refusal;
use disclosure_portal::domain::release::ReviewPart;

use super::corrections::held;
use super::{hidden, nothing_owed, open, part};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world, wrong_fields};

/// The limit of a release.
async fn until(scene: &Scene, id: ReleaseId) -> Moment {
    let filed = scene.office.read().await.unwrap().release(id).await.unwrap().unwrap();
    filed.release.stage.authority().unwrap().until
}

/// A refusal as it stands beside a field, or not.
fn says(result: Result<(), No>, refusal: &Refusal) {
    let sentence = refusal.told().sentence;
    match result {
        Err(No::Refused(why)) => assert!(why.contains(refusal), "{why:?}"),
        Err(No::Invalid(errors)) => {
            assert!(errors.iter().any(|error| error.sentence.starts_with(&sentence)), "{errors:?}");
        }
        other => panic!("not refused: {other:?}"),
    }
}

/// Jordan reviews it, and it waits for a decision.
pub(super) async fn reviewed(scene: &Scene, id: ReleaseId, advised: &str, reference: &str) {
    let said = said(&scene.office, who("Jordan"), id, advised, reference).await.unwrap();
    review(&scene.office, who("Jordan"), id, &said).await.unwrap();
}

/// Gives somebody one more role, in Cantwell.
pub(super) async fn also(scene: &Scene, name: &str, role: Role) -> Somebody {
    let (grant, person) = (Grant::InArea(role, world().areas[0]), who(name));
    let id = person.id;
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(id, grant).await?) })).await.unwrap();
    let mut conn = scene.office.read().await.unwrap();
    let mut again = Somebody::again(&mut conn, id, person.account.clone(), *person.seed).await.unwrap();
    again.actor = conn.actor(id).await.unwrap();
    again
}

async fn opens(scene: &Scene, copy: CopyId) -> Vec<&'static str> {
    let mut all = Vec::new();
    for (rendition, position) in [("screen", 0), ("thumbnail", 0), ("text", 0)] {
        let part = part(scene, copy, rendition, position).await;
        all.push(match open(scene, who("Priya"), copy, part).await {
            Ok(_) => "open",
            no => codes(no.map(|one| one.index))[0],
        });
    }
    all
}

#[actix_web::test]
async fn a_continued_release_gets_a_new_limit_and_opens_only_after_a_new_acknowledgement() {
    let scene = Scene::new().await;
    let (office, priya, sam) = (&scene.office, who("Priya"), who("Sam"));
    let (id, copy) = held(&scene).await;
    nothing_owed(&scene);
    let first = until(&scene, id).await;
    assert_eq!(first.deadline(), "11:59pm on 19 January 2027");
    // Signed before the decision, sent after it: it opens nothing.
    scene.clock.set(Moment::parse_london("2027-01-10", "09:00").unwrap());
    let words = deliver::conditions(&deliver::one(office, &priya.actor, copy).await.unwrap());
    let old = sign(office, priya, "acknowledge", &deliver::object(copy), words.as_bytes()).unwrap();
    reviewed(&scene, id, "continue", "INT/2027/0007").await;
    conclude(office, sam, id, "continue", &[]).await.unwrap();
    // Sixty days from the decision, not from the authority.
    assert_eq!(until(&scene, id).await, Moment::parse_london("2027-03-11", "00:00").unwrap());
    assert_eq!(opens(&scene, copy).await, ["conditions"; 3]);
    assert_eq!(wrong_fields(deliver::acknowledge(office, &priya.actor, copy, &old, stamp()).await), ["statement"]);
    assert_eq!(opens(&scene, copy).await, ["conditions"; 3]);
    let words = deliver::conditions(&deliver::one(office, &priya.actor, copy).await.unwrap());
    assert!(words.contains("Continued on 10 January 2027 at 9:00am") && words.contains("10 March 2027"), "{words}");
    acknowledge(office, priya, copy).await.unwrap();
    assert_eq!(opens(&scene, copy).await, ["open"; 3]);
    // Past the old limit it is open; at the new one it is not, with the clock set back neither.
    scene.clock.set(first);
    assert_eq!(opens(&scene, copy).await, ["open"; 3]);
    let last = until(&scene, id).await;
    scene.clock.set(last.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, ["open"; 3]);
    scene.clock.set(last);
    assert_eq!(opens(&scene, copy).await, ["limit"; 3]);
    scene.clock.set(last.plus_millis(1));
    assert_eq!(opens(&scene, copy).await, ["limit"; 3]);
    scene.clock.set(first);
    assert_eq!(opens(&scene, copy).await, ["limit"; 3]);
    let told = scene.records("review.continue").await;
    assert_eq!((told.len(), told[0].1["as"].as_str(), told[0].1["round"].as_i64()), (1, Some("aic"), Some(1)));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn at_its_limit_a_release_is_over_and_nothing_of_a_review_is_done_any_more() {
    let scene = Scene::new().await;
    let (office, sam, jordan) = (&scene.office, who("Sam"), who("Jordan"));
    let (id, _) = held(&scene).await;
    let last = until(&scene, id).await;
    scene.clock.set(last.plus_millis(-60_000));
    reviewed(&scene, id, "continue", "INT/2027/0007").await;
    let late = sign_decision(office, sam, id, "continue", &[]).await.unwrap();
    scene.clock.set(last);
    let over = Refusal::OverAtLimit { at: last };
    says(decide::conclude(office, &sam.actor, id, &late, stamp()).await, &over);
    says(shorten(office, sam, id, "2027-02-01").await, &over);
    let saved = reviews::save(office, &jordan.actor, id, ReviewPart::Risk, &Vec::new(), 0, stamp()).await;
    says(saved, &over);
    // Set back: time stands at the newest leaf, which the sweep writes.
    sweep::round(office).await.unwrap();
    scene.clock.set(last.plus_millis(-60_000));
    says(decide::conclude(office, &sam.actor, id, &late, stamp()).await, &over);
    let page = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}/review")).await.text();
    assert!(page.contains("No review can bring it back") && page.contains("11:59pm on 19 January 2027"), "{page}");
    let due = queue::queue(office, &jordan.actor).await.unwrap();
    let due = due.iter().find(|due| due.release == id).unwrap();
    assert_eq!((due.step, due.near, due.whose), (Step::Over, Some(Near::Passed), Whose::Others));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn one_millisecond_before_the_limit_it_can_still_be_continued() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (id, copy) = held(&scene).await;
    let last = until(&scene, id).await;
    scene.clock.set(last.plus_millis(-60_000));
    reviewed(&scene, id, "continue", "INT/2027/0007").await;
    let form = sign_decision(office, sam, id, "continue", &[]).await.unwrap();
    scene.clock.set(last.plus_millis(-1));
    decide::conclude(office, &sam.actor, id, &form, stamp()).await.unwrap();
    scene.clock.set(last);
    assert_eq!(opens(&scene, copy).await, ["conditions"; 3]);
    // 19 January + 60 days, over no change of the clocks.
    assert_eq!(until(&scene, id).await.deadline(), "11:59pm on 19 March 2027");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn withdrawn_by_a_review_it_is_recalled_with_the_decisions_reason() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let (id, copy) = held(&scene).await;
    // No new grounds are asked for.
    let words = [("grounds", "Nothing since."), ("advised", "withdraw"), ("reason", "The person has moved away.")];
    let words: Vec<_> = words.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    review(office, who("Jordan"), id, &words).await.unwrap();
    says(conclude(office, sam, id, "continue", &[]).await, &Refusal::NoCurrentIntelligence);
    conclude(office, sam, id, "withdraw", &[("reason", "Moved away.")]).await.unwrap();
    let sheet = desk::sheet(office, &sam.actor, id, stamp()).await.unwrap();
    assert_eq!((sheet.word, sheet.file.reason.unwrap().as_str()), ("recalled", "Moved away."));
    let row = office.read().await.unwrap().copy(copy).await.unwrap().unwrap();
    assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some());
    assert_eq!(deliver::one(office, &who("Priya").actor, copy).await.unwrap().word, "recalled");
    let told = scene.records("recall").await;
    assert_eq!(told.iter().filter(|(_, body)| body["round"] == 1).count(), 1);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn rounds_are_kept_and_each_rests_on_newer_intelligence_and_who_needs_it_no_more_loses_it() {
    let scene = Scene::new().await;
    let (office, sam, jordan) = (&scene.office, who("Sam"), who("Jordan"));
    let (id, copy) = held(&scene).await;
    let other = copy_of(office, who("Morgan"), id).await.unwrap();
    // What the release rests on already is no new intelligence.
    let stale = said(office, jordan, id, "continue", "int/2026/0931").await.unwrap();
    says(review(office, jordan, id, &stale).await, &Refusal::IntelligenceNotNew);
    // Morgan needs it no more.
    let mut one = said(office, jordan, id, "continue", "INT/2026/1001").await.unwrap();
    one.retain(|(_, value)| *value != other.to_string());
    review(office, jordan, id, &one).await.unwrap();
    conclude(office, sam, id, "continue", &[]).await.unwrap();
    let row = office.read().await.unwrap().copy(other).await.unwrap().unwrap();
    assert!(row.wrapped_key.is_none() && row.destroyed_at.is_some());
    assert!(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().wrapped_key.is_some());
    // A second round, sent back, and a third; each by another reference.
    scene.later(86_400_000);
    let again = said(office, jordan, id, "continue", "INT/2026/1001").await.unwrap();
    says(review(office, jordan, id, &again).await, &Refusal::IntelligenceNotNew);
    reviewed(&scene, id, "continue", "INT/2026/1002").await;
    conclude(office, sam, id, "again", &[]).await.unwrap();
    let mut third = said(office, jordan, id, "shorten", "INT/2026/1002").await.unwrap();
    third.push(("close_on".to_owned(), "2026-12-24".to_owned()));
    review(office, jordan, id, &third).await.unwrap();
    // Whoever decides is not bound to the advice, but to the rules.
    let late = conclude(office, sam, id, "shorten", &[("close_on", "2027-06-01")]).await;
    assert_eq!(wrong_fields(late), ["close_on"]);
    assert_eq!(wrong_fields(conclude(office, sam, id, "shorten", &[]).await), ["close_on"]);
    conclude(office, sam, id, "shorten", &[("close_on", "2026-12-24")]).await.unwrap();
    let close = Moment::parse_london("2026-12-25", "00:00").unwrap();
    assert_eq!(until(&scene, id).await, close);
    // Every round is kept, on the page and in the printed record.
    let printed = bundle::authority(office, &sam.actor, id, stamp()).await.unwrap();
    let titles: Vec<&str> = printed.reviews.iter().map(|section| section.title.as_str()).collect();
    for round in 1..4 {
        assert!(titles.contains(&format!("Review {round}: signed (form 3796, K7.9)").as_str()), "{titles:?}");
        assert!(titles.contains(&format!("Review {round}: the decision (K7.8, K7.9)").as_str()), "{titles:?}");
    }
    assert_eq!(printed.signatures.iter().filter(|one| one.title.ends_with("(form 3796)")).count(), 6);
    let sheet = desk::sheet(office, &sam.actor, id, stamp()).await.unwrap();
    assert!(sheet.record.iter().any(|section| section.title == "Time limit brought forward (K7.8)"));
    acknowledge(office, who("Priya"), copy).await.unwrap();
    scene.clock.set(close.plus_millis(-1));
    assert_eq!(opens(&scene, copy).await, ["open"; 3]);
    scene.clock.set(close);
    assert_eq!(opens(&scene, copy).await, ["limit"; 3]);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn whoever_reviewed_asked_or_authorised_does_not_decide_and_a_higher_rank_names_the_enactment() {
    let scene = Scene::new().await;
    let (office, jordan) = (&scene.office, who("Jordan"));
    let (id, _) = held(&scene).await;
    // Who authorised it does not review it.
    let sam = also(&scene, "Sam", Role::Reviewer).await;
    let answers = said(office, &sam, id, "continue", "INT/2026/1001").await.unwrap();
    says(review(office, &sam, id, &answers).await, &Refusal::ReviewedByAuthoriser);
    // Sam wrote in it, Jordan signed it: neither decides on it.
    let form = sign_form_of(office, jordan, id).await.unwrap();
    reviews::sign(office, &jordan.actor, id, &form, stamp()).await.unwrap();
    says(conclude(office, &sam, id, "continue", &[]).await, &Refusal::DecidedByReviewer);
    let jordan = also(&scene, "Jordan", Role::Aic).await;
    says(conclude(office, &jordan, id, "continue", &[]).await, &Refusal::DecidedByReviewer);
    // The officer who asked is an inspector too.
    let riley = also(&scene, "Riley", Role::Inspector).await;
    let named = [("enactment", "Police Act 1996, section 1")];
    assert_eq!(codes(conclude(office, &riley, id, "continue", &named).await), ["own-request"]);
    // A higher rank: only with the enactment named. The reviewing officer's area alone knows of it.
    let alex = who("Alex");
    assert_eq!(wrong_fields(conclude(office, alex, id, "continue", &[]).await), ["enactment"]);
    hidden(gathered(office, who("Dana"), Act::DecideReview, id).await.map(|_| ()));
    hidden(gathered(office, who("Alex"), Act::Review, id).await.map(|_| ()));
    conclude(office, alex, id, "continue", &named).await.unwrap();
    let told = scene.records("review.continue").await;
    assert_eq!(told[0].1["as"], "inspector");
    let sheet = desk::sheet(office, &who("Frankie").actor, id, stamp()).await.unwrap();
    let rows = sheet.record.iter().flat_map(|section| &section.rows);
    assert!(rows.into_iter().any(|(_, value)| value == named[0].1));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn two_deciders_at_once_are_one_decision_and_what_changed_meanwhile_is_refused() {
    let scene = Scene::new().await;
    let (office, sam, frankie, jordan) = (&scene.office, who("Sam"), who("Frankie"), who("Jordan"));
    let (id, _) = held(&scene).await;
    // Two reviewers at one part: the second is told, and nothing is overwritten.
    let answers = said(office, jordan, id, "continue", "INT/2026/1001").await.unwrap();
    write(office, jordan, id, &answers).await.unwrap();
    let stale = reviews::save(office, &jordan.actor, id, ReviewPart::Risk, &answers, 0, stamp()).await;
    assert_eq!(wrong_fields(stale), ["part"]);
    let form = sign_form_of(office, jordan, id).await.unwrap();
    let mut other = answers.clone();
    other.iter_mut().filter(|(name, _)| name == "risk_level").for_each(|(_, value)| value.push_str(" Or less."));
    reviews::save(office, &jordan.actor, id, ReviewPart::Risk, &other, 1, stamp()).await.unwrap();
    assert_eq!(codes(reviews::sign(office, &jordan.actor, id, &form, stamp()).await), ["review-changed"]);
    let form = sign_form_of(office, jordan, id).await.unwrap();
    reviews::sign(office, &jordan.actor, id, &form, stamp()).await.unwrap();
    assert_eq!(codes(reviews::sign(office, &jordan.actor, id, &form, stamp()).await), ["review-changed"]);
    // Signed, it is not written in any more.
    let after = reviews::save(office, &jordan.actor, id, ReviewPart::Risk, &answers, 2, stamp()).await;
    assert_eq!(codes(after), ["review-changed"]);
    let yes = sign_decision(office, sam, id, "continue", &[]).await.unwrap();
    let no = sign_decision(office, frankie, id, "withdraw", &[]).await.unwrap();
    let (one, other) = futures_util::future::join(
        Box::pin(decide::conclude(office, &sam.actor, id, &yes, stamp())),
        Box::pin(decide::conclude(office, &frankie.actor, id, &no, stamp())),
    )
    .await;
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let lost = if one.is_ok() { other } else { one };
    assert!(matches!(lost, Err(No::Invalid(_) | No::Refused(_))), "{lost:?}");
    let reviews = office.read().await.unwrap().reviews(id).await.unwrap();
    assert_eq!((reviews.len(), reviews[0].decided_at.is_some()), (1, true));
    let decided = scene.records("review.continue").await.len()
        + scene.records("recall").await.iter().filter(|(_, body)| body["round"] == 1).count();
    assert_eq!(decided, 1);
    // A signature counts once.
    let again = decide::conclude(office, &sam.actor, id, &yes, stamp()).await;
    assert!(matches!(again, Err(No::Refused(_))), "{again:?}");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_queue_and_the_first_page_say_what_is_due_and_for_whom() {
    let scene = Scene::new().await;
    let (office, sam, jordan) = (&scene.office, who("Sam"), who("Jordan"));
    let (id, _) = held(&scene).await;
    let due = async |who: &Somebody| {
        let all = queue::queue(office, &who.actor).await.unwrap();
        all.into_iter().find(|due| due.release == id).map(|due| (due.step, due.near, due.whose))
    };
    assert_eq!(due(jordan).await, None);
    for (day, near) in [("2027-01-05", Near::Fortnight), ("2027-01-12", Near::Week), ("2027-01-17", Near::TwoDays)] {
        let edge = Moment::parse_london(day, "00:00").unwrap();
        scene.clock.set(edge.plus_millis(-1));
        assert_ne!(due(jordan).await.and_then(|due| due.1), Some(near), "{day}");
        scene.clock.set(edge);
        assert_eq!(due(jordan).await, Some((Step::ToReview, Some(near), Whose::Mine)), "{day}");
    }
    assert_eq!(due(sam).await, Some((Step::ToReview, Some(Near::TwoDays), Whose::Others)));
    assert_eq!(due(who("Dana")).await, None, "another area's");
    reviewed(&scene, id, "continue", "INT/2027/0007").await;
    assert_eq!(due(sam).await, Some((Step::ToDecide, Some(Near::TwoDays), Whose::Mine)));
    assert_eq!(due(jordan).await, Some((Step::ToDecide, Some(Near::TwoDays), Whose::Others)));
    let landing = waiting(office, &sam.actor).await.unwrap();
    assert!(landing.iter().any(|one| matches!(one, Waiting::Reviews(due) if due.iter().any(Due::waits))));
    let page = Browser::of(&scene, Some("Sam")).await.get("/").await.text();
    assert!(page.contains("1 signed review waits for your decision.") && page.contains("href=\"/reviews\""), "{page}");
    let page = Browser::of(&scene, Some("Sam")).await.get("/reviews").await.text();
    assert!(page.contains("Within 2 days") && page.contains(&format!("/releases/{id}/review-decision")), "{page}");
    conclude(office, sam, id, "continue", &[]).await.unwrap();
    assert_eq!(due(sam).await, None);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn bad_input_is_told_beside_its_field_and_nothing_typed_is_lost() {
    let scene = Scene::new().await;
    let (id, _) = held(&scene).await;
    let jordan = Browser::of(&scene, Some("Jordan")).await;
    let door = |part: &str| format!("/releases/{id}/review/{part}");
    let got = jordan
        .post(&door("grounds"), &[("version", "0"), ("intelligence_date", "yesterday"), ("grounds", "Seen")])
        .await;
    assert!(got.status == 422 && got.text().contains("href=\"#intelligence_date\"") && got.text().contains("Seen"));
    let got = jordan.post(&door("recipients"), &[("version", "0"), ("still_need", "x"), ("need", "They do")]).await;
    assert!(got.status == 422 && got.text().contains("href=\"#still_need\"") && got.text().contains("They do"));
    let long = "x".repeat(6_000);
    let got = jordan.post(&door("recommendation"), &[("version", "0"), ("reason", &long)]).await;
    assert!(got.status == 422 && got.text().contains("href=\"#reason\""));
    assert!(scene.office.read().await.unwrap().reviews(id).await.unwrap().is_empty());
    // Half of a part may be saved; what is missing is said on the list.
    assert_eq!(jordan.post(&door("grounds"), &[("version", "0"), ("grounds", "Seen")]).await.status, 303);
    let page = jordan.get(&format!("/releases/{id}/review")).await.text();
    assert!(page.contains("Incomplete") && page.contains("Still missing"), "{page}");
    let sam = Browser::of(&scene, Some("Sam")).await;
    let got = sam.post(&format!("/releases/{id}/limit"), &[("close_on", "soon"), ("reason", "Why")]).await;
    assert!(
        got.status == 422 && got.text().contains("href=\"#close_on\"") && got.text().contains("Why"),
        "{}",
        got.text()
    );
    scene.log_is_whole().await;
}
