//! Who is told of what in the portal: from the log, once, over restarts and two instances; dates that come near; one's own page.

use disclosure_portal::actions::{home, messages, post};
use disclosure_portal::demo::people::Somebody;
use disclosure_portal::demo::releases::{ask, copy_of, recall, release_to, to};
use disclosure_portal::domain::actor::Role;
use disclosure_portal::domain::ids::MessageId;
use disclosure_portal::domain::message::Topic;
use disclosure_portal::domain::moment::Moment;

use super::PLOT;
use super::review::also;
use crate::harness::browser::Browser;
use crate::harness::{Scene, wrong_fields};

/// The topics of somebody's messages, newest first.
pub(super) async fn topics(scene: &Scene, who: &Somebody) -> Vec<String> {
    let mine = messages::mine(&scene.office, &who.actor).await.unwrap();
    mine.messages.into_iter().map(|row| row.topic).collect()
}

/// What was told before is read, and out of the way.
pub(super) async fn told(scene: &Scene) {
    post::round(&scene.office).await.unwrap();
    for name in ["Riley", "Sam", "Dana", "Priya", "Morgan", "Robin"] {
        let now = scene.office.now().millis().to_string();
        messages::read_all(&scene.office, &scene.who(name).actor, &now).await.unwrap();
    }
}

pub(super) async fn unread(scene: &Scene, name: &str) -> Vec<String> {
    let mine = messages::mine(&scene.office, &scene.who(name).actor).await.unwrap();
    assert_eq!(mine.unread, i64::try_from(mine.messages.iter().filter(|row| row.read_at.is_none()).count()).unwrap());
    let mut topics: Vec<_> =
        mine.messages.into_iter().filter(|row| row.read_at.is_none()).map(|row| row.topic).collect();
    topics.sort();
    topics
}

#[actix_web::test]
async fn everybody_concerned_is_told_once_and_nobody_else() {
    let scene = Scene::new().await;
    told(&scene).await;
    let (office, riley, sam) = (&scene.office, scene.who("Riley"), scene.who("Sam"));
    let area = scene.world().areas[0].to_string();
    let id = ask(office, riley, &area, &PLOT).await.unwrap();
    post::round(office).await.unwrap();
    assert_eq!(unread(&scene, "Sam").await, ["request"]);
    assert!(unread(&scene, "Riley").await.is_empty(), "nobody is told what they did themself");
    assert!(unread(&scene, "Dana").await.is_empty(), "another area");
    release_to(office, sam, id, &PLOT, &to(scene.world(), &[("Priya", 0)]).unwrap()).await.unwrap();
    post::round(office).await.unwrap();
    post::round(office).await.unwrap();
    assert_eq!(unread(&scene, "Riley").await, ["decided"]);
    assert_eq!(unread(&scene, "Priya").await, ["bulletin"]);
    assert!(unread(&scene, "Morgan").await.is_empty(), "no copy of theirs");
    recall(office, sam, id, "The purpose is met.").await.unwrap();
    // Another instance tells the same at the same time.
    let second = scene.beside().await;
    let both = Box::pin(futures_util::future::join(post::round(office), post::round(&second.office))).await;
    both.0.and(both.1).unwrap();
    assert_eq!(unread(&scene, "Priya").await, ["bulletin", "recall"]);
    drop(second);
    let scene = scene.restarted().await;
    scene.later(60_000);
    post::round(&scene.office).await.unwrap();
    assert_eq!(unread(&scene, "Priya").await, ["bulletin", "recall"], "nothing is told twice");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_teller_cut_off_at_any_point_loses_nothing_and_doubles_nothing() {
    let scene = Scene::new().await;
    told(&scene).await;
    let sam = scene.who("Sam");
    let id = scene.release("CZ/003/26").await;
    recall(&scene.office, sam, id, "The purpose is met.").await.unwrap();
    // The store refuses each message: neither it nor the cursor is kept, as after a kill inside the act.
    let fails =
        if scene.database.is_none() { "SELECT RAISE(FAIL, 'disk I/O error')" } else { "RAISE 'disk I/O error'" };
    scene.leave_trigger("no_message", "BEFORE", "message", fails);
    assert!(post::round(&scene.office).await.is_err());
    scene.take_trigger("no_message");
    assert!(unread(&scene, "Priya").await.is_empty());
    let scene = scene.restarted().await;
    // The lease of the one that is gone runs out first.
    scene.later(60_000);
    post::round(&scene.office).await.unwrap();
    assert_eq!(unread(&scene, "Priya").await, ["recall"]);
    post::round(&scene.office).await.unwrap();
    assert_eq!(unread(&scene, "Priya").await, ["recall"]);
}

#[actix_web::test]
async fn ones_own_page_lists_counts_and_marks_and_nobody_elses() {
    let scene = Scene::new().await;
    told(&scene).await;
    let (priya, id) = (scene.who("Priya"), scene.release("CZ/003/26").await);
    recall(&scene.office, scene.who("Sam"), id, "The purpose is met.").await.unwrap();
    post::round(&scene.office).await.unwrap();
    let waits = home::waiting(&scene.office, &priya.actor).await.unwrap();
    assert!(waits.iter().any(|one| matches!(one, home::Waiting::Messages(1))));
    let (mine, other) = (Browser::of(&scene, Some("Priya")).await, Browser::of(&scene, Some("Riley")).await);
    let page = mine.get("/messages").await.text();
    assert!(page.contains("1 message is not read") && page.contains(Topic::Recall.title()), "{page}");
    let row = messages::mine(&scene.office, &priya.actor).await.unwrap().messages.remove(0);
    assert!(page.contains(&format!("/bulletins/{}", row.object.strip_prefix("copy/").unwrap())));
    let path = format!("/messages/{}/read", row.id);
    assert_eq!(other.post(&path, &[]).await.status, 404, "another person's");
    assert_eq!(unread(&scene, "Priya").await, ["recall"]);
    assert_eq!(mine.post(&path, &[]).await.status, 303);
    assert_eq!(mine.post(&path, &[]).await.status, 303, "twice is no harm");
    assert!(unread(&scene, "Priya").await.is_empty());
    assert!(mine.get("/messages").await.text().contains("You have read everything"));
    let nobody = MessageId::fresh(scene.office.now(), [9; 10]);
    assert_eq!(mine.post(&format!("/messages/{nobody}/read"), &[]).await.status, 404);
    assert_eq!(mine.post("/messages/read", &[("shown", "soon")]).await.status, 422);
}

#[actix_web::test]
async fn what_came_after_the_page_was_shown_stays_unread() {
    let scene = Scene::new().await;
    told(&scene).await;
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let shown = office.now().millis();
    scene.later(60_000);
    let id = scene.release("CZ/003/26").await;
    recall(office, scene.who("Sam"), id, "The purpose is met.").await.unwrap();
    post::round(office).await.unwrap();
    messages::read_all(office, &priya.actor, &shown.to_string()).await.unwrap();
    assert_eq!(unread(&scene, "Priya").await, ["recall"]);
    messages::read_all(office, &priya.actor, &office.now().millis().to_string()).await.unwrap();
    assert!(unread(&scene, "Priya").await.is_empty());
    assert!(wrong_fields(messages::choose(office, &priya.actor, "").await) == ["choice"]);
}

#[actix_web::test]
async fn dates_are_merged_into_one_message_a_day_and_each_stage_is_told_once() {
    let scene = Scene::new().await;
    told(&scene).await;
    let (office, sam) = (&scene.office, scene.who("Sam"));
    let reminders = async || topics(&scene, sam).await.iter().filter(|topic| *topic == "reminder").count();
    let before = reminders().await;
    // The limit is the midnight before 15 January: 14 days are counted from 14 January.
    let at = |day: &str, time: &str| Moment::parse_london(day, time).unwrap();
    let about = async |day: &str| {
        let mine = messages::mine(office, &sam.actor).await.unwrap();
        let of = mine.messages.iter().find(|row| row.source == format!("dates/{day}")).map(|row| row.id.clone());
        let told = mine.reminders.iter().filter(|one| Some(&one.message_id) == of.as_ref());
        told.map(|one| one.stage.clone()).collect::<Vec<_>>()
    };
    scene.clock.set(at("2026-12-31", "06:59"));
    post::round(office).await.unwrap();
    let early = reminders().await;
    assert!(about("2026-12-31").await.is_empty(), "before the hour");
    scene.clock.set(at("2026-12-31", "07:00"));
    post::round(office).await.unwrap();
    post::round(office).await.unwrap();
    assert_eq!(reminders().await, early + 1, "one message, whatever it is about");
    assert!(about("2026-12-31").await.contains(&"14".to_owned()));
    scene.clock.set(at("2027-01-01", "07:00"));
    post::round(office).await.unwrap();
    assert!(!about("2027-01-01").await.contains(&"14".to_owned()), "that stage was told");
    // Days on which nothing ran are made up for by the stage that counts then.
    scene.clock.set(at("2027-01-13", "09:00"));
    post::round(office).await.unwrap();
    assert!(about("2027-01-13").await.contains(&"2".to_owned()));
    scene.clock.set(at("2027-01-15", "09:00"));
    post::round(office).await.unwrap();
    assert!(about("2027-01-15").await.contains(&"passed".to_owned()));
    assert!(reminders().await <= before + 5, "one a day at most");
}

#[actix_web::test]
async fn a_reminder_of_an_overdue_copy_leads_each_to_a_page_of_theirs() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, scene.who("Sam"));
    let id = ask(office, scene.who("Riley"), &scene.world().areas[0].to_string(), &PLOT).await.unwrap();
    release_to(office, sam, id, &PLOT, &to(scene.world(), &[("Priya", 0)]).unwrap()).await.unwrap();
    let copy = copy_of(office, scene.who("Priya"), id).await.unwrap();
    recall(office, sam, id, "The purpose is met.").await.unwrap();
    scene.clock.set(Moment::parse_london("2026-12-06", "09:00").unwrap());
    post::round(office).await.unwrap();
    for (name, path) in [("Priya", format!("/bulletins/{copy}")), ("Sam", format!("/demands/{copy}"))] {
        let browser = Browser::of(&scene, Some(name)).await;
        let page = browser.get("/messages").await.text();
        let line =
            page.lines().find(|line| line.contains("Confirm the end of a copy") && line.contains(&copy.to_string()));
        assert!(line.is_some_and(|line| line.contains(&format!("href=\"{path}\""))), "{name}: {line:?}");
        assert_eq!(browser.get(&path).await.status, 200, "{name}: {path}");
    }
}

#[actix_web::test]
async fn somebody_of_two_roles_is_reminded_once_and_each_of_an_overdue_copy_where_they_answer_for_it() {
    let scene = Scene::new().await;
    let (office, jordan) = (&scene.office, also(&scene, "Jordan", Role::Aic).await);
    recall(office, scene.who("Sam"), scene.release("CZ/003/26").await, "The purpose is met.").await.unwrap();
    scene.later(60 * 86_400_000);
    post::round(office).await.unwrap();
    let objects = async |who: &Somebody| {
        let mine = messages::mine(office, &who.actor).await.unwrap();
        let passed = mine.reminders.into_iter().filter(|one| one.source == "demand" && one.stage == "passed");
        passed.map(|one| one.object).collect::<Vec<_>>()
    };
    for (who, kind) in [(&jordan, "demand/"), (scene.who("Sam"), "demand/"), (scene.who("Priya"), "copy/")] {
        let told = objects(who).await;
        assert!(!told.is_empty() && told.iter().all(|one| one.starts_with(kind)), "{}: {told:?}", who.account.name);
    }
    let limits = messages::mine(office, &jordan.actor).await.unwrap().reminders;
    let mut about: Vec<&str> =
        limits.iter().filter(|one| one.source == "limit").map(|one| one.object.as_str()).collect();
    let all = about.len();
    about.sort_unstable();
    about.dedup();
    assert!(all > 0 && all == about.len(), "as reviewer and as co-ordinator: {about:?}");
    let page = Browser::of(&scene, Some("Sam")).await.get("/messages").await.text();
    let at = objects(scene.who("Sam")).await[0].replace("demand/", "/demands/");
    assert!(page.contains(&format!("href=\"{at}\"")), "{at}");
}
