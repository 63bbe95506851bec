//! P3: a recall racing with 64 readers. No view whose leaf would follow the recall's leaf is served.

use disclosure_portal::demo::releases::{copy_of, recall};

use super::{open, part};
use crate::harness::{Scene, who};

#[actix_web::test]
async fn no_view_follows_the_recall() {
    let scene = Scene::new().await;
    let (priya, sam) = (who("Priya"), who("Sam"));
    let id = scene.release("CZ/003/26").await;
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let warm = tokio::sync::Semaphore::new(0);
    // Each of 64 readers reads on until it is refused.
    let reader = async || {
        let mut served = Vec::new();
        loop {
            match open(&scene, priya, copy, screen).await {
                Ok(opened) => served.push(opened.index),
                Err(_) => return served,
            }
            warm.add_permits(1);
        }
    };
    let reading = futures_util::future::join_all((0..64).map(|_| reader()));
    let recalling = async {
        let _hundred = warm.acquire_many(100).await.unwrap();
        recall(&scene.office, sam, id, "The purpose is met.").await
    };
    let (served, recalled) = futures_util::future::join(reading, recalling).await;
    recalled.unwrap();
    let served = served.concat();
    assert!(served.len() >= 100);
    let (recall_at, _) = scene.records("recall").await.pop().unwrap();
    assert!(
        served.iter().all(|index| *index < recall_at),
        "a view was served after the recall at {recall_at}: {served:?}"
    );
    let views = scene.records("view").await;
    assert!(views.iter().all(|(index, _)| *index < recall_at), "a view was logged after the recall");
    assert!(open(&scene, priya, copy, screen).await.is_err());
    scene.log_is_whole().await;
}
