//! O3.2.3: the question that was asked first has the least time left, and is found first.

use disclosure_portal::actions::rulings::waits::What;
use disclosure_portal::demo::rulings::represent;
use disclosure_portal::domain::release::Question;

use super::PLOT;
use super::rulings::{considered, waiting, waits};
use crate::harness::browser::Browser;
use crate::harness::{Scene, who};

const SAID: Question = Question::Representations;

#[actix_web::test]
async fn the_oldest_question_is_on_the_first_page_however_many_requests_came_after() {
    let scene = Scene::new().await;
    let (office, casey) = (&scene.office, who("Casey"));
    let id = considered(&scene, &[]).await;
    represent(office, who("Riley"), id, "It was not me.", vec![]).await.unwrap();
    // A page of a list has 50.
    for _ in 0..50 {
        scene.later(1_000);
        waiting(&scene, &PLOT).await;
    }
    assert_eq!(waits(&scene, &casey.actor, id).await, [What::Answer(SAID, None)]);
    let page = Browser::of(&scene, Some("Casey")).await.get("/").await.text();
    assert!(page.contains(&format!("/releases/{id}/ruling/representations")), "{page}");
    // What is another area's is not theirs, and nothing waits for who may answer nothing.
    assert!(waits(&scene, &who("Dana").actor, id).await.is_empty());
    assert!(waits(&scene, &who("Riley").actor, id).await.is_empty());
}
