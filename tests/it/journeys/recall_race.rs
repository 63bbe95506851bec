//! P3: a recall, and a demand of one holder's or one scheme's copies, racing with 64 readers. No view whose leaf would follow its leaf is
//! served.

use disclosure_portal::actions::demands::{self, Target};
use disclosure_portal::demo::releases::{acknowledge, copy_of, recall};
use disclosure_portal::demo::stamp;

use super::{open, part};
use crate::harness::{Scene, signed, who};

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

#[actix_web::test]
async fn no_view_of_a_demanded_copy_follows_the_demand_and_the_others_go_on() {
    for scheme in [false, true] {
        let scene = Scene::new().await;
        let (priya, toby, sam) = (who("Priya"), who("Toby"), who("Sam"));
        let id = scene.release("CZ/003/26").await;
        let target = if scheme { Target::Scheme(scene.world().schemes[0]) } else { Target::Holder(id, priya.id) };
        let [copy, other] =
            [copy_of(&scene.office, priya, id).await.unwrap(), copy_of(&scene.office, toby, id).await.unwrap()];
        acknowledge(&scene.office, toby, other).await.unwrap();
        let [screen, theirs] = [part(&scene, copy, "screen", 0).await, part(&scene, other, "screen", 0).await];
        let warm = tokio::sync::Semaphore::new(0);
        let reader = async || {
            let mut served = Vec::new();
            while let Ok(opened) = open(&scene, priya, copy, screen).await {
                served.push(opened.index);
                warm.add_permits(1);
            }
            served
        };
        let copies = demands::propose(&scene.office, &sam.actor, target).await.unwrap().copies();
        let mut fields: Vec<(&str, &str)> = copies.iter().map(|copy| ("copy", copy.as_str())).collect();
        fields.push(("reason", "Kept in the open."));
        let form = signed(&scene, sam, "demand", &target.object(), &fields);
        let reading = futures_util::future::join_all((0..64).map(|_| reader()));
        let demanding = async {
            let _hundred = warm.acquire_many(100).await.unwrap();
            demands::demand(&scene.office, &sam.actor, target, &form, stamp()).await
        };
        let (served, demanded) = futures_util::future::join(reading, demanding).await;
        demanded.unwrap();
        let served = served.concat();
        let leaf = scene.records("demand").await.into_iter().find(|(_, body)| body["copy"] == copy.to_string());
        let (demanded_at, _) = leaf.expect("a leaf of the copy");
        assert!(served.len() >= 100);
        assert!(served.iter().all(|index| *index < demanded_at), "a view was served after the demand at {demanded_at}");
        let views = scene.records("view").await;
        let after = views.iter().filter(|(_, body)| body["copy"] == copy.to_string());
        assert!(after.into_iter().all(|(index, _)| *index < demanded_at), "a view was logged after the demand");
        assert!(open(&scene, priya, copy, screen).await.is_err());
        // Toby holds his for the other scheme.
        assert!(open(&scene, toby, other, theirs).await.is_ok());
        scene.log_is_whole().await;
    }
}
