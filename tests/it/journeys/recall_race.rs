//! P3: a recall racing with 64 readers. No view whose leaf would follow the recall's leaf is served.

use disclosure_portal::actions::release;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;

use super::{open, part};
use crate::harness::Scene;

#[actix_web::test]
async fn no_view_follows_the_recall() {
    let scene = Scene::new().await;
    let (priya, sam) = (scene.who("Priya"), scene.who("Sam"));
    let id = scene.release("CZ/003/26").await;
    let copy = copy_of(&scene.office, priya, id).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let readers = (0..64).map(|_| async { (0..4).map(|_| open(&scene, priya, copy, screen)).collect::<Vec<_>>() });
    let reading = async {
        let mut served = Vec::new();
        let mut refused = 0;
        let all = futures_util::future::join_all(readers).await.into_iter().flatten();
        for outcome in futures_util::future::join_all(all).await {
            match outcome {
                Ok(opened) => served.push(opened.index),
                Err(_) => refused += 1,
            }
        }
        (served, refused)
    };
    let recalling = release::recall(&scene.office, &sam.actor, id, "The purpose is met.", stamp());
    let ((served, refused), recalled) = futures_util::future::join(reading, async {
        // Let some readers through first, so that the race is one.
        for _ in 0..40 {
            tokio::task::yield_now().await;
        }
        recalling.await
    })
    .await;
    recalled.unwrap();
    let (recall_at, _) =
        *scene.records("recall").await.iter().map(|(n, _)| (*n, ())).collect::<Vec<_>>().last().unwrap();
    assert_eq!(served.len() + refused, 256);
    assert!(
        served.iter().all(|index| *index < recall_at),
        "a view was served after the recall at {recall_at}: {served:?}"
    );
    let views = scene.records("view").await;
    assert!(views.iter().all(|(index, _)| *index < recall_at), "a view was logged after the recall");
    assert!(open(&scene, priya, copy, screen).await.is_err());
    scene.log_is_whole().await;
}
