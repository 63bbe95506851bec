//! K8.3: consecutive per area, never restarting, never reused, no gap, under 50 parallel authorisations too.

use disclosure_portal::actions::{registers, release};
use disclosure_portal::demo::releases::{ask, authorise, complete, sign_decision, to};
use disclosure_portal::demo::stamp;

use super::PLOT;

use crate::harness::{Scene, who, world, wrong_fields};

#[actix_web::test]
async fn fifty_parallel_authorisations_take_fifty_numbers_in_a_row_and_refusals_take_none() {
    let scene = Scene::new().await;
    let (riley, sam, office) = (who("Riley"), who("Sam"), &scene.office);
    let area = world().areas[0];
    let recipients = to(world(), &[("Morgan", 0)]).unwrap();
    let mut asked = Vec::new();
    for _ in 0..60 {
        asked.push(ask(office, riley, &area.to_string(), &PLOT).await.unwrap());
    }
    let mut forms = Vec::new();
    for (n, id) in asked.into_iter().enumerate() {
        let mut said = complete(office, &recipients);
        if n % 6 == 5 {
            said.retain(|(name, _)| name != "kmip_reference");
        }
        forms.push((id, sign_decision(office, sam, id, said).await.unwrap()));
    }
    let decide = forms.iter().map(|(id, form)| release::decide(office, &sam.actor, *id, form, stamp()));
    let outcomes = futures_util::future::join_all(decide).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 50);
    for refused in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(wrong_fields(refused), ["kmip_reference"]);
    }
    let issues = registers::issues(office, &sam.actor, area, stamp()).await.unwrap();
    let mut serials: Vec<i64> = issues.iter().map(|issue| issue.serial).collect();
    serials.sort_unstable();
    // The demo's story issued four numbers in this area.
    assert_eq!(serials, (1..=54).collect::<Vec<_>>());
    assert_eq!(issues[0].urn, "CZ/054/26");
    // Over the new year the series goes on.
    scene.clock.set(disclosure_portal::domain::moment::Moment::parse_london("2027-01-02", "09:00").unwrap());
    let id = ask(office, riley, &area.to_string(), &PLOT).await.unwrap();
    authorise(office, sam, id, &recipients).await.unwrap();
    assert_eq!(registers::issues(office, &sam.actor, area, stamp()).await.unwrap()[0].urn, "CZ/055/27");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_release_is_authorised_once_however_often_it_is_sent() {
    let scene = Scene::new().await;
    let (riley, sam, office) = (who("Riley"), who("Sam"), &scene.office);
    let area = world().areas[0];
    let recipients = to(world(), &[("Morgan", 0)]).unwrap();
    let id = ask(office, riley, &area.to_string(), &PLOT).await.unwrap();
    // Four signatures, so that it is the release's version that counts and not a nonce.
    let mut forms = Vec::new();
    for _ in 0..4 {
        forms.push(sign_decision(office, sam, id, complete(office, &recipients)).await.unwrap());
    }
    let send = forms.iter().map(|form| release::decide(office, &sam.actor, id, form, stamp()));
    let outcomes = futures_util::future::join_all(send).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(registers::issues(office, &sam.actor, area, stamp()).await.unwrap().len(), 5);
    scene.log_is_whole().await;
}
