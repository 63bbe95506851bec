//! K8.3: a number issued in error is voided while nobody has opened a copy; it stays in the register with its reason.

use disclosure_portal::actions::{issues, registers, release};
use disclosure_portal::demo::releases::{acknowledge, ask, authorise, copy_of, look, sign_reason, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::ReleaseId;

use super::{PLOT, open, part};
use crate::harness::browser::Browser;
use crate::harness::{Scene, posted, who, world, wrong_fields};

const REASON: &str = "Issued twice by mistake.";

/// A live text-only release to Priya, who may open it and has not.
async fn issued(scene: &Scene) -> ReleaseId {
    let (riley, sam, priya, office) = (who("Riley"), who("Sam"), who("Priya"), &scene.office);
    let id = ask(office, riley, &world().areas[0].to_string(), &PLOT).await.unwrap();
    authorise(office, sam, id, &to(world(), &[("Priya", 0)]).unwrap()).await.unwrap();
    acknowledge(office, priya, copy_of(office, priya, id).await.unwrap()).await.unwrap();
    id
}

#[actix_web::test]
async fn a_voided_number_stays_with_its_reason_and_nobody_opens_it_again() {
    let scene = Scene::new().await;
    let (sam, priya, office) = (who("Sam"), who("Priya"), &scene.office);
    let id = issued(&scene).await;
    let copy = copy_of(office, priya, id).await.unwrap();
    let text = part(&scene, copy, "text", 0).await;
    let browser = Browser::of(&scene, Some("Sam")).await;
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains(&format!("/releases/{id}/void")));
    let asked = browser.get(&format!("/releases/{id}/void")).await;
    assert!(asked.status == 200 && asked.text().contains("Void CZ/005/26?"), "{}", asked.text());
    let empty =
        release::void(office, &sam.actor, id, &sign_reason(office, sam, "void", id, "").unwrap(), stamp()).await;
    assert_eq!(wrong_fields(empty), ["reason"]);
    // The register is read by every rank and leaves as a table: it holds no address.
    let told = sign_reason(office, sam, "void", id, "Wrong man: he lives at 12 High Street").unwrap();
    assert_eq!(wrong_fields(release::void(office, &sam.actor, id, &told, stamp()).await), ["reason"]);
    let form = sign_reason(office, sam, "void", id, REASON).unwrap();
    let fields = [
        ("reason", REASON.to_owned()),
        ("statement", posted(&form, "statement")),
        ("document", posted(&form, "document")),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = browser.post(&format!("/releases/{id}/void"), &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(open(&scene, priya, copy, text).await.is_err());
    let area = world().areas[0];
    let voided = issues::Typed { stage: "voided", ..issues::Typed::default() };
    let (rows, _) = issues::find(office, &sam.actor, area, voided, stamp()).await.unwrap();
    assert_eq!((rows.len(), rows[0].0.urn.as_str(), rows[0].1.as_str()), (1, "CZ/005/26", REASON));
    let register = browser.get(&format!("/register/{area}")).await.text();
    assert!(register.contains("CZ/005/26") && register.contains(REASON), "{register}");
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("issued in error and voided") && !page.contains(&format!("/releases/{id}/void\"")), "{page}");
    for (name, bytes) in scene.everything() {
        let open = bytes.windows(REASON.len()).any(|window| window == REASON.as_bytes());
        assert!(!open, "why a number was voided lies open in {name}");
    }
    // The next number is the next one.
    let next = issued(&scene).await;
    let filed = office.read().await.unwrap().release(next).await.unwrap().unwrap();
    assert_eq!(filed.release.stage.authority().unwrap().urn, "CZ/006/26");
    assert_eq!(registers::issues(office, &sam.actor, area, stamp()).await.unwrap().len(), 6);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn opened_between_the_page_and_the_act_it_is_not_voided_and_the_page_says_what_to_do() {
    let scene = Scene::new().await;
    let (sam, priya, office) = (who("Sam"), who("Priya"), &scene.office);
    let id = issued(&scene).await;
    let browser = Browser::of(&scene, Some("Sam")).await;
    assert_eq!(browser.get(&format!("/releases/{id}/void")).await.status, 200);
    let form = sign_reason(office, sam, "void", id, REASON).unwrap();
    look(office, priya, copy_of(office, priya, id).await.unwrap()).await.unwrap();
    let fields = [
        ("reason", REASON.to_owned()),
        ("statement", posted(&form, "statement")),
        ("document", posted(&form, "document")),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let got = browser.post(&format!("/releases/{id}/void"), &fields).await;
    assert_eq!(got.status, 422, "{}", got.text());
    for part in ["A recipient has opened it", REASON, &format!("/releases/{id}/recall")] {
        assert!(got.text().contains(part), "{part}: {}", got.text());
    }
    assert_eq!(browser.get(&format!("/releases/{id}/void")).await.status, 404, "no longer offered");
}

#[actix_web::test]
async fn a_void_that_races_with_an_opening_never_wins_after_it() {
    let scene = Scene::new().await;
    let (sam, priya, office) = (who("Sam"), who("Priya"), &scene.office);
    let (mut voided, mut opened) = (0, 0);
    for round in 0..8 {
        let id = issued(&scene).await;
        let copy = copy_of(office, priya, id).await.unwrap();
        let text = part(&scene, copy, "text", 0).await;
        let form = sign_reason(office, sam, "void", id, REASON).unwrap();
        let looking = async {
            // Later and later, so that it comes before, between and after.
            for _ in 0..round * 2 {
                office.read().await.unwrap().release(id).await.unwrap();
            }
            open(&scene, priya, copy, text).await.is_ok()
        };
        let (void, looked) =
            futures_util::future::join(release::void(office, &sam.actor, id, &form, stamp()), looking).await;
        let views =
            scene.records("view").await.into_iter().filter(|(_, body)| body["object"] == format!("release/{id}"));
        assert_eq!(views.count(), usize::from(looked));
        assert_ne!(void.is_ok(), looked, "voided, or opened: never both, never neither");
        if looked {
            assert_eq!(wrong_fields(void), ["reason"]);
        }
        (voided, opened) = (voided + usize::from(!looked), opened + usize::from(looked));
    }
    assert_eq!(voided + opened, 8);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn voiding_is_the_areas_co_ordinators_and_never_the_requesters() {
    let scene = Scene::new().await;
    let id = issued(&scene).await;
    for name in ["Riley", "Dana", "Jordan", "Alex", "Casey", "Robin", "Lee", "Priya"] {
        let browser = Browser::of(&scene, Some(name)).await;
        assert_eq!(browser.get(&format!("/releases/{id}/void")).await.status, 404, "{name}");
        assert_eq!(browser.post(&format!("/releases/{id}/void"), &[("reason", REASON)]).await.status, 404, "{name}");
    }
}
