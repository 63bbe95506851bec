//! What is on paper stays in the ledger (K8.2, O3.2.1): whatever becomes of keys, or of the electronic copy beside it.

use disclosure_portal::actions::demands;
use disclosure_portal::demo::releases::{confirm, copy_of, look};
use disclosure_portal::demo::reviews::{conclude, review, said};

use super::part;
use super::prints::{sheets, two_each};
use super::renewal::renew_priya;
use crate::harness::Scene;

#[actix_web::test]
async fn a_printed_sheet_is_owed_also_when_the_keys_it_was_sealed_to_are_lost() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, scene.who("Priya"));
    let id = two_each(&scene).await;
    let own = sheets(&scene, priya, id).await;
    look(office, priya, own[0].0).await.unwrap();
    let owed = async || {
        let lines = demands::owed(office, &priya.actor).await.unwrap();
        lines.into_iter().map(|line| line.row.copy_id).collect::<Vec<_>>()
    };
    assert!(!owed().await.contains(&own[0].0.to_string()));
    let other = copy_of(office, priya, scene.release("CZ/003/26").await).await.unwrap();
    let text = part(&scene, other, "text", 0).await;
    let before = scene.clock.now();
    renew_priya(&scene).await;
    // The printed one is owed from then on; the other was never on paper and waits to be made again.
    let now_owed = owed().await;
    assert!(now_owed.contains(&own[0].0.to_string()) && !now_owed.contains(&own[1].0.to_string()), "{now_owed:?}");
    // The gate of everything else of theirs knows it too.
    let asked = office.read().await.unwrap().wanted(other, text).await.unwrap().unwrap();
    assert!(asked.owes_from.is_some_and(|from| from >= before && from <= scene.clock.now()), "{:?}", asked.owes_from);
    let demanded = demands::open(office, &scene.who("Sam").actor, demands::Narrowed::default()).await.unwrap();
    assert!(demanded.iter().any(|line| line.row.copy_id == own[0].0.to_string()), "the police see it");
}

#[actix_web::test]
async fn a_review_ends_the_sheets_of_somebody_who_gave_up_the_copy_beside_them() {
    let scene = Scene::new().await;
    let (office, sam, jordan) = (&scene.office, scene.who("Sam"), scene.who("Jordan"));
    let (priya, morgan) = (scene.who("Priya"), scene.who("Morgan"));
    let id = two_each(&scene).await;
    let electronic = copy_of(office, priya, id).await.unwrap();
    confirm(office, priya, electronic, "PC 1042").await.unwrap();
    let standing =
        async |who| sheets(&scene, who, id).await.iter().filter(|(_, row)| row.key_gone_at.is_none()).count();
    assert_eq!((standing(priya).await, standing(morgan).await), (2, 2));
    scene.later(86_400_000);
    let asked = said(office, jordan, id, "continue", "INT/2027/0001").await.unwrap();
    review(office, jordan, id, &asked).await.unwrap();
    conclude(office, sam, id, "continue", &[]).await.unwrap();
    assert_eq!((standing(priya).await, standing(morgan).await), (0, 2), "nobody said that Priya needs them still");
    scene.log_is_whole().await;
}
