//! K8.2.1, K8.2, O3.2.3, K8.5, K8.3, K9.1: the policy's texts and numbers are versions; the administrator makes a new one, never an old
//! one different; numbers become stricter, never looser; what was decided keeps the versions it was decided under.

use disclosure_portal::actions::{casefile, deliver, desk, request, texts};
use disclosure_portal::demo::releases::{acknowledge, ask, authorise, copy_of, release_to, sign, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::limits::FRESH_MS;
use disclosure_portal::domain::numbers::{Number, Numbers};
use disclosure_portal::domain::texts::Text;

use super::sign_in::code;
use super::{PLOT, hidden};
use crate::harness::browser::{Browser, Got};
use crate::harness::{Scene, who, world, wrong_fields};

/// Words that meet the clause, told from the shipped ones by their end.
fn reworded(text: Text, end: &str) -> String {
    format!("{}\n{end}", text.shipped())
}

async fn change(scene: &Scene, text: Text, words: &str, read: &str) -> Result<(), disclosure_portal::actions::No> {
    texts::change(&scene.office, &who("Lee").actor, text, words, read, stamp()).await
}

/// The numbers' form as shipped, with these fields typed over.
fn form<'a>(version: &'a str, over: &'a [(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut all = vec![("version", version.to_owned())];
    for &number in Number::ALL {
        all.push((number.word(), number.shipped().to_string()));
        all.push((number.source_field(), number.shipped_source().to_owned()));
    }
    for (field, value) in over {
        all.retain(|(name, _)| name != field);
        all.push((field, (*value).to_owned()));
    }
    all
}

async fn post_numbers(browser: &Browser, version: &str, over: &[(&str, &str)]) -> Got {
    let form = form(version, over);
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post("/settings/numbers", &fields).await
}

#[actix_web::test]
async fn a_new_version_is_put_in_force_on_the_page_with_fresh_proof_and_the_old_words_stay() {
    let scene = Scene::new().await;
    let lee = Browser::of(&scene, Some("Lee")).await;
    let path = "/settings/texts/danger";
    let page = lee.get(path).await.text();
    assert!(page.contains("Do not approach. Call the police immediately.") && page.contains("K8.5"), "{page}");
    let words = "Do not approach: call the police at once on 999.";
    scene.later(FRESH_MS);
    let asked = lee.post(path, &[("version", "1"), ("words", words)]).await;
    assert_eq!(asked.status, 422);
    assert!(asked.text().contains("Show that it is you") && asked.text().contains(words), "{}", asked.text());
    let done = lee.post(path, &[("version", "1"), ("words", words), ("fresh_code", &code(who("Lee")))]).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/settings/texts/danger?saved=yes"), "{}", done.text());
    let page = lee.get(&done.location).await.text();
    for part in ["The new version is in force", "Version 2: ", "by Lee", "Version 1: ", "came with the program", words]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("Do not approach. Call the police immediately."), "the old words stay readable");
    let (_, body) = scene.records("register").await.pop().unwrap();
    assert_eq!((body["object"].as_str(), body["version"].as_u64()), (Some("text/danger"), Some(2)));
    assert_eq!(body["actor"], format!("person/{}", who("Lee").id));
    assert!(!body.to_string().contains("approach"), "the log holds the digest, not the words");
    // It stands on the bulletin at once.
    let priya = Browser::of(&scene, Some("Priya")).await;
    let list = priya.get("/bulletins").await.text();
    assert!(list.contains(words) && !list.contains("Do not approach. Call"), "{list}");
    let copy = copy_of(&scene.office, who("Priya"), scene.release("CZ/003/26").await).await.unwrap();
    let bulletin = deliver::one(&scene.office, &who("Priya").actor, copy).await.unwrap();
    assert_eq!(bulletin.danger.as_deref(), Some(words));
    assert!(bulletin.names.starts_with("Refer to this person by the reference CZ/003/26 only."), "{}", bulletin.names);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn words_that_lack_what_the_clause_requires_are_refused_beside_the_field_and_kept() {
    let scene = Scene::new().await;
    let lee = Browser::of(&scene, Some("Lee")).await;
    let without = |part: &str| Text::Notice.shipped().replace(part, "");
    for (words, told) in [
        (without("{hours}"), "give the time from service, with {hours} (O3.2.3)"),
        (without("{contact}"), "say to whom representations go and how, with {contact}"),
        (without("all its members"), "exclusion from the premises of all members"),
        (reworded(Text::Notice, "Yours, {officer}"), "Remove “{officer}”"),
        ("x".repeat(5_001), "5000 characters or fewer"),
        ("a\u{202e}b".to_owned(), "hidden control character"),
        (String::new(), "Enter the text"),
        (Text::Notice.shipped().to_owned(), "Nothing is different"),
    ] {
        let got = lee.post("/settings/texts/notice", &[("version", "1"), ("words", &words)]).await;
        assert_eq!(got.status, 422, "{told}");
        let page = got.text();
        assert!(page.contains(&told.replace(" (O3.2.3)", "")), "{told}: {page}");
        assert!(page.contains("govuk-error-summary") && page.contains("words-error"), "{told}");
    }
    let history = texts::versions(&scene.office, &who("Lee").actor, Text::Notice).await.unwrap();
    assert_eq!(history.len(), 1, "nothing was changed");
}

#[actix_web::test]
async fn two_who_change_at_once_do_not_overwrite_each_other() {
    let scene = Scene::new().await;
    change(&scene, Text::Mg6e, &reworded(Text::Mg6e, "One."), "1").await.unwrap();
    let late = change(&scene, Text::Mg6e, &reworded(Text::Mg6e, "Another."), "1").await;
    assert_eq!(wrong_fields(late), ["words"]);
    let (left, right) = (reworded(Text::Mg6e, "Two."), reworded(Text::Mg6e, "Three."));
    let (one, two) =
        futures_util::join!(change(&scene, Text::Mg6e, &left, "2"), change(&scene, Text::Mg6e, &right, "2"));
    assert!(one.is_ok() != two.is_ok());
    let history = texts::versions(&scene.office, &who("Lee").actor, Text::Mg6e).await.unwrap();
    assert_eq!(history.iter().map(|(row, _)| row.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(history[2].0.words, Text::Mg6e.shipped());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn auditors_read_them_and_only_administrators_change_them() {
    let scene = Scene::new().await;
    let (robin, sam) = (Browser::of(&scene, Some("Robin")).await, Browser::of(&scene, Some("Sam")).await);
    for path in ["/settings", "/settings/texts", "/settings/texts/undertaking", "/settings/numbers"] {
        let page = robin.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text().contains("action=\"/settings"), "{path} offers a form");
        assert_eq!(sam.get(path).await.status, 404, "{path}");
    }
    assert_eq!(robin.get("/settings/texts/nothing").await.status, 404);
    assert_eq!(robin.get("/settings/registration").await.status, 404);
    assert_eq!(robin.post("/settings/texts/danger", &[("version", "1"), ("words", "x")]).await.status, 404);
    assert_eq!(post_numbers(&robin, "1", &[("review_days", "30")]).await.status, 404);
    for name in ["Robin", "Sam", "Riley", "Priya"] {
        let by = &who(name).actor;
        hidden(texts::change(&scene.office, by, Text::Danger, "Do not approach. Call the police.", "1", stamp()).await);
        hidden(texts::change_numbers(&scene.office, by, |_| "1", stamp()).await);
    }
}

#[actix_web::test]
async fn conditions_are_acknowledged_as_they_are_in_force_and_the_record_says_which() {
    let scene = Scene::new().await;
    let (office, toby) = (&scene.office, who("Toby"));
    let copy = copy_of(office, toby, scene.release("CZ/003/26").await).await.unwrap();
    let before = deliver::conditions(&deliver::one(office, &toby.actor, copy).await.unwrap());
    let old = sign(office, toby, "acknowledge", &deliver::object(copy), before.as_bytes()).unwrap();
    change(&scene, Text::Conditions, &reworded(Text::Conditions, "Ask us if you are not sure."), "1").await.unwrap();
    assert_eq!(wrong_fields(deliver::acknowledge(office, &toby.actor, copy, &old, stamp()).await), ["statement"]);
    let page = Browser::of(&scene, Some("Toby")).await.get(&format!("/bulletins/{copy}/conditions")).await.text();
    assert!(page.contains("Ask us if you are not sure.") && page.contains("Reference: CZ/003/26"), "{page}");
    acknowledge(office, toby, copy).await.unwrap();
    assert_eq!(scene.records("acknowledge").await.pop().unwrap().1["version"], 2);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_looser_number_is_refused_beside_its_field_with_its_bound_and_a_stricter_one_holds() {
    let scene = Scene::new().await;
    let lee = Browser::of(&scene, Some("Lee")).await;
    for (field, value, told) in [
        ("review_days", "61", "the policy’s bound is 60 days or fewer"),
        ("exclusion_days", "121", "the policy’s bound is 120 days or fewer"),
        ("representations_hours", "71", "the policy’s bound is 72 hours or more"),
        ("recipients_max", "501", "the policy’s bound is 500 people or fewer"),
        ("photographs_max", "7", "the policy’s bound is 6 photographs or fewer"),
        ("current_intelligence_days", "181", "the policy’s bound is 180 days or fewer"),
        ("case_years", "30", "the policy’s bound is 6 to 10 years"),
        ("review_days", "sixty", "enter a whole number of days"),
        ("case_years_source", "", "enter the source of this period"),
    ] {
        let got = post_numbers(&lee, "1", &[(field, value)]).await;
        assert_eq!(got.status, 422, "{field} {value}");
        let page = got.text();
        assert!(page.contains(told) && page.contains(&format!("{field}-error")), "{field}: {page}");
        assert!(page.contains(&format!("value=\"{value}\"")), "what was typed is kept: {field}");
    }
    assert_eq!(office_numbers(&scene).await, (Numbers::shipped().words(), 1));
    let strict = [("review_days", "30"), ("recipients_max", "1"), ("photographs_max", "1"), ("case_years", "7")];
    let done = post_numbers(&lee, "1", &strict).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/settings/numbers?saved=yes"), "{}", done.text());
    let page = lee.get("/settings/numbers").await.text();
    assert!(page.contains("30 days") && page.contains("In force: version 2") && page.contains("60 days ("), "{page}");
    let (_, body) = scene.records("register").await.pop().unwrap();
    assert_eq!((body["object"].as_str(), body["version"].as_u64()), (Some("text/numbers"), Some(2)));
    // The rules keep to them.
    let (office, riley, sam) = (&scene.office, who("Riley"), who("Sam"));
    assert_eq!(request::photographs_max(office).await.unwrap(), 1);
    let id = ask(office, riley, &world().areas[0].to_string(), &PLOT).await.unwrap();
    let two = to(world(), &[("Morgan", 0), ("Priya", 0)]).unwrap();
    assert_eq!(wrong_fields(authorise(office, sam, id, &two).await), ["recipients"]);
    scene.log_is_whole().await;
}

async fn office_numbers(scene: &Scene) -> (String, u32) {
    let (numbers, version) = scene.office.read().await.unwrap().numbers_in_force().await.unwrap();
    (numbers.words(), version)
}

#[actix_web::test]
async fn a_decision_keeps_the_versions_it_was_made_under() {
    let scene = Scene::new().await;
    let (office, riley, sam) = (&scene.office, who("Riley"), who("Sam"));
    let area = world().areas[0].to_string();
    change(&scene, Text::Notice, &reworded(Text::Notice, "One."), "1").await.unwrap();
    let id = ask(office, riley, &area, &PLOT).await.unwrap();
    let recipients = to(world(), &[("Morgan", 0)]).unwrap();
    release_to(office, sam, id, &PLOT, &recipients).await.unwrap();
    let (_, body) = scene.records("authorise").await.pop().unwrap();
    assert_eq!(body["versions"]["notice"], 2);
    assert_eq!((&body["versions"]["numbers"], &body["versions"]["undertaking"]), (&1.into(), &1.into()));
    // A later change leaves what was decided as it was.
    change(&scene, Text::Notice, &reworded(Text::Notice, "Two."), "2").await.unwrap();
    let sheet = desk::sheet(office, &sam.actor, id, stamp()).await.unwrap();
    let casefile::CaseFile { versions: Some(versions), .. } = sheet.file else {
        panic!("no versions on the case file")
    };
    assert_eq!((versions.text(Text::Notice), versions.numbers), (2, 1));
    let page = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}")).await.text();
    let after =
        |title: &str| page.rsplit_once(title).map_or("", |(_, rest)| rest).chars().take(120).collect::<String>();
    assert!(page.contains("Texts and numbers in force"), "{page}");
    assert!(after("Notice to the person").contains("Version 2") && after("Limits and periods").contains("Version 1"));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_portal_of_before_keeps_its_undertaking_and_begins_with_the_rest_as_shipped() {
    let scene = Scene::new().await;
    change(&scene, Text::Undertaking, &reworded(Text::Undertaking, "Ours."), "1").await.unwrap();
    scene.sql("DELETE FROM policy_text WHERE kind <> 'undertaking'");
    let scene = scene.restarted().await;
    let mut conn = scene.office.read().await.unwrap();
    for &text in Text::ALL {
        let row = conn.text_in_force(text).await.unwrap();
        let own = text == Text::Undertaking;
        assert_eq!((row.number(), row.words == text.shipped()), (if own { 2 } else { 1 }, !own), "{text:?}");
    }
    assert_eq!(conn.numbers_in_force().await.unwrap().0.words(), Numbers::shipped().words());
    drop(conn);
    // A row that somebody loosened loosens nothing.
    let words = Numbers::shipped().words().replace("\"value\":60", "\"value\":600");
    scene.sql(&format!("UPDATE policy_text SET words = '{words}' WHERE kind = 'numbers'"));
    assert_eq!(office_numbers(&scene).await.0, Numbers::shipped().words());
    scene.log_is_whole().await;
}
