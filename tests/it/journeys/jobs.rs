//! The page of jobs: what ran, what failed and since when, over instances and restarts; and that nothing depends on a job for safety.

use disclosure_portal::actions::{deliver, home, jobs, post, sweep};
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::domain::moment::Moment;

use super::{hidden, open, part};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes};

async fn line(scene: &Scene, name: &str) -> jobs::Line {
    let all = jobs::overview(&scene.office, &scene.who("Lee").actor).await.unwrap().lines;
    all.into_iter().find(|line| line.job.name == name).unwrap()
}

#[actix_web::test]
async fn a_job_that_fails_says_since_when_until_it_goes_well_and_a_restart_forgets_nothing() {
    let scene = Scene::new().await;
    let second = scene.beside().await;
    sweep::round(&scene.office).await.unwrap();
    post::round(&scene.office).await.unwrap();
    for name in ["closings", "expire", "destroy", "messages", "reminders", "letters", "mail"] {
        let one = line(&scene, name).await;
        assert!(one.ran.is_some() && one.failing.is_none() && one.well == one.ran, "{name}: {one:?}");
    }
    // The cursor cannot be moved any more: telling people fails.
    scene.later(60_000);
    let began = scene.office.now();
    scene.sql("DROP TABLE reminder");
    scene.sql("ALTER TABLE message_cursor RENAME TO gone");
    assert!(post::round(&second.office).await.is_err());
    let failing = line(&scene, "messages").await;
    let (since, incident) = failing.failing.clone().expect("it fails");
    assert_eq!((since, incident.len()), (began, 8));
    assert!(failing.well.is_some_and(|well| well < began));
    assert!(matches!(home::waiting(&scene.office, &scene.who("Lee").actor).await.unwrap().as_slice(),
        [.., home::Waiting::Troubles(failing, _), home::Waiting::Accounts] if *failing > 0));
    let page = Browser::of(&scene, Some("Lee")).await.get("/jobs").await.text();
    assert!(page.contains("Failing") && page.contains(&incident), "{page}");
    drop(second);
    let scene = scene.restarted().await;
    assert_eq!(line(&scene, "messages").await.failing, Some((since, incident)));
    scene.sql("ALTER TABLE gone RENAME TO message_cursor");
    scene.later(60_000);
    // Reminders still fail; telling goes well again.
    let _ = post::round(&scene.office).await;
    assert_eq!(line(&scene, "messages").await.failing, None);
}

#[actix_web::test]
async fn the_page_is_the_administrators_and_the_auditors_who_reads_no_address() {
    let scene = Scene::new().await;
    post::round(&scene.office).await.unwrap();
    scene.sql(&format!(
        "UPDATE mail SET state = 'undeliverable', ended_at = 1, refusal = 'no such user', person_id = '{}' WHERE id = (SELECT MIN(id) FROM mail)",
        scene.who("Priya").id
    ));
    let address = scene.sql("SELECT address FROM mail WHERE state = 'undeliverable'");
    for (name, status) in [("Lee", 200), ("Robin", 200), ("Sam", 404), ("Priya", 404), ("Riley", 404)] {
        let got = Browser::of(&scene, Some(name)).await.get("/jobs").await;
        assert_eq!(got.status, status, "{name}");
        assert_eq!(got.text().contains(address.trim()), name == "Lee", "{name}");
        if status == 200 {
            assert!(got.text().contains("Nothing depends on them for safety"));
            assert!(got.text().contains("1 is undeliverable"));
        }
    }
    hidden(jobs::overview(&scene.office, &scene.who("Sam").actor).await);
}

#[actix_web::test]
async fn with_every_job_stopped_what_has_ended_is_refused_all_the_same() {
    let scene = Scene::new().await;
    let (priya, id) = (scene.who("Priya"), scene.release("CZ/003/26").await);
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let until = deliver::one(&scene.office, &priya.actor, copy).await.unwrap().until;
    scene.clock.set(until.plus_millis(-1));
    assert!(open(&scene, priya, copy, screen).await.is_ok());
    scene.clock.set(Moment::from_millis(until.millis()));
    // Not one round has run since: the key is still there, and opens nothing.
    assert!(scene.office.read().await.unwrap().copy(copy).await.unwrap().unwrap().wrapped_key.is_some());
    assert_eq!(codes(open(&scene, priya, copy, screen).await.map(|opened| opened.index)), ["limit"]);
}
