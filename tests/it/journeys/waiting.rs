//! K7.9, K8.2: whoever is responsible cannot miss what is due: a review that waits stands on the first page of a higher rank too; a copy
//! that a review ends is owed by its holder from that moment.

use disclosure_portal::actions::demands::{self, Narrowed};
use disclosure_portal::actions::{post, reviews};
use disclosure_portal::demo::releases::{acknowledge, confirm, copy_of, undertake};
use disclosure_portal::demo::reviews::{conclude, review, said, sign_form_of, write};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::actor::Role;
use disclosure_portal::domain::demand::State;
use disclosure_portal::domain::moment::Moment;
use disclosure_portal::domain::numbers::Numbers;
use disclosure_portal::domain::release::ReviewPart;

use super::corrections::held;
use super::messages::{told, unread};
use super::part;
use super::review::{also, reviewed};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who};

#[actix_web::test]
async fn a_review_that_waits_stands_on_the_first_page_of_a_higher_rank() {
    let scene = Scene::new().await;
    let (office, jordan) = (&scene.office, who("Jordan"));
    let (id, _) = held(&scene).await;
    let landing = async |name: &str| Browser::of(&scene, Some(name)).await.get("/").await.text();
    let decision = format!("/releases/{id}/review-decision");
    reviewed(&scene, id, "continue", "INT/2026/1001").await;
    for name in ["Alex", "Casey"] {
        let page = landing(name).await;
        assert!(page.contains("1 signed review waits for a co-ordinator"), "{name}: {page}");
        assert!(page.contains("you decide it only where an enactment says so"), "{name}: {page}");
        assert!(page.contains(&decision) && page.contains("href=\"/reviews\""), "{name}: {page}");
    }
    assert!(!landing("Dana").await.contains(&decision), "another area's");
    // Nobody else is left: each co-ordinator wrote in it.
    conclude(office, who("Frankie"), id, "again", &[]).await.unwrap();
    let (sam, frankie) = (also(&scene, "Sam", Role::Reviewer).await, also(&scene, "Frankie", Role::Reviewer).await);
    let said = said(office, &frankie, id, "continue", "INT/2026/1002").await.unwrap();
    write(office, &frankie, id, &said).await.unwrap();
    reviews::save(office, &sam.actor, id, ReviewPart::Risk, &said, 1, stamp()).await.unwrap();
    let form = sign_form_of(office, jordan, id).await.unwrap();
    reviews::sign(office, &jordan.actor, id, &form, stamp()).await.unwrap();
    let page = landing("Alex").await;
    assert!(page.contains("1 signed review waits for your rank: no co-ordinator of the area may decide it"), "{page}");
    assert!(!landing("Sam").await.contains(&decision), "whoever wrote in it does not decide");
    let named = [("enactment", "Police Act 1996, section 1")];
    conclude(office, who("Alex"), id, "continue", &named).await.unwrap();
    assert!(!landing("Alex").await.contains(&decision));
}

#[actix_web::test]
async fn a_copy_that_a_review_ends_is_owed_from_that_moment() {
    let scene = Scene::new().await;
    let (office, sam, jordan, morgan) = (&scene.office, who("Sam"), who("Jordan"), who("Morgan"));
    let (id, _) = held(&scene).await;
    let (also_held, _) = held(&scene).await;
    let (copy, other) = (copy_of(office, morgan, id).await.unwrap(), copy_of(office, morgan, also_held).await.unwrap());
    undertake(office, morgan).await.unwrap();
    acknowledge(office, morgan, other).await.unwrap();
    told(&scene).await;
    let mut one = said(office, jordan, id, "continue", "INT/2026/1001").await.unwrap();
    one.retain(|(_, value)| *value != copy.to_string());
    review(office, jordan, id, &one).await.unwrap();
    conclude(office, sam, id, "continue", &[]).await.unwrap();
    let ended = office.read().await.unwrap().copy(copy).await.unwrap().unwrap().key_gone_at.unwrap();
    let due = Numbers::shipped().confirm_by(Moment::from_millis(ended));
    let open = async || {
        let to = Narrowed { release: Some(id), ..Narrowed::default() };
        let all = demands::open(office, &sam.actor, to).await.unwrap();
        all.into_iter().map(|line| (line.row.copy_id, line.state)).collect::<Vec<_>>()
    };
    assert_eq!(open().await, [(copy.to_string(), State::Owed { due })]);
    let list = Browser::of(&scene, Some("Morgan")).await.get("/bulletins").await.text();
    assert!(
        list.contains("Your copy ended on") && list.contains(&format!("Confirm its end by {}", due.deadline())),
        "{list}"
    );
    let first = Browser::of(&scene, Some("Morgan")).await.get("/").await.text();
    assert!(first.contains(&format!("/bulletins/{copy}/confirm")) && first.contains("14 days left"), "{first}");
    post::round(office).await.unwrap();
    assert_eq!(unread(&scene, "Morgan").await, ["recall"]);
    assert_eq!(unread(&scene, "Priya").await, ["limit"]);
    // From the deadline's millisecond on nothing else opens.
    let text = part(&scene, other, "text", 0).await;
    scene.clock.set(due.plus_millis(-1));
    assert!(super::open(&scene, morgan, other, text).await.is_ok());
    scene.clock.set(due);
    assert_eq!(codes(super::open(&scene, morgan, other, text).await.map(|one| one.index)), ["confirm-first"]);
    assert_eq!(open().await, [(copy.to_string(), State::Overdue { due })]);
    confirm(office, morgan, copy, "A. Witness").await.unwrap();
    let first = Browser::of(&scene, Some("Morgan")).await.get("/").await.text();
    assert!(!first.contains("For you to confirm"), "{first}");
    assert_eq!(open().await, [(copy.to_string(), State::Confirmed)]);
    assert!(super::open(&scene, morgan, other, text).await.is_ok());
    scene.log_is_whole().await;
}
