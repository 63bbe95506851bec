//! K7.7: a request that came back is mended and sent again; one that was refused is asked for anew.

use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::{find, release, seal};
use disclosure_portal::demo::releases::{
    Answers, asked, authorise, complete, consider, copy_of, refuse, send, sign_request, to,
};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::policy::Act;

use super::{PLOT, blobs, hidden};
use crate::harness::browser::Browser;
use crate::harness::{Scene, codes, who, world};

use super::request::{field, led_to, lent, whole};

#[actix_web::test]
async fn a_request_that_was_sent_back_is_mended_and_sent_again_and_its_new_words_are_read_anew() {
    let scene = Scene::new().await;
    let (office, riley, sam) = (&scene.office, who("Riley"), who("Sam"));
    let plot = disclosure_portal::demo::releases::Plot { portraits: &[7], ..PLOT };
    let answers = asked(office, riley, &world().areas[0].to_string(), &plot);
    let id = send(office, riley, &answers, vec![portrait::draw(7)]).await.unwrap();
    let asked_at = office.read().await.unwrap().release(id).await.unwrap().unwrap().release.requested_at;
    let recipients = to(world(), &[("Priya", 0)]).unwrap();
    consider(office, sam, id, &complete(office, &recipients)).await.unwrap();
    scene.later(3_600_000);
    release::send_back(office, &sam.actor, id, "Which <shops>?", stamp()).await.unwrap();

    let browser = Browser::of(&scene, Some("Riley")).await;
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("sent it back to you") && page.contains("Change it and send it again"), "{page}");
    let door = format!("/releases/{id}/request");
    let page = browser.get(&door).await.text();
    assert!(page.contains("Which &lt;shops&gt;?") && page.contains("Suspected of thefts from shops."), "{page}");
    // Saved and not sent: the co-ordinator reads what was sent to them.
    let mut mended = answers.clone();
    for (name, value) in &mut mended {
        if name == "text" {
            *value = "Suspected of thefts from chemists.".to_owned();
        }
    }
    mended.push(("version".to_owned(), field(&page, "version")));
    let removed = office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    mended.push(("remove".to_owned(), removed.clone()));
    let fields: Vec<(&str, &str)> = mended.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let before = blobs(&scene);
    let got = browser.upload(&door, &fields, &[("b.jpg", &portrait::draw(8))]).await;
    assert_eq!((got.status, got.location.as_str()), (303, format!("/releases/{id}/check").as_str()), "{}", got.text());
    assert_eq!(blobs(&scene), before + 1, "what was sent once is kept, though it is no part of the request now");
    let seen = Browser::of(&scene, Some("Sam")).await.get(&format!("/releases/{id}")).await.text();
    assert!(seen.contains("thefts from shops") && !seen.contains("chemists"), "{seen}");
    let form = sign_request(office, riley, id).await.unwrap();
    submit::submit(office, &riley.actor, id, &form, stamp()).await.unwrap();

    let mut conn = office.read().await.unwrap();
    let of = disclosure_portal::actions::decision::gather(office, &mut conn, &sam.actor, Act::Decide, id, office.now())
        .await
        .unwrap();
    drop(conn);
    assert_eq!(of.filed.release.requested_at, asked_at, "asked for when it was first sent");
    assert_eq!(of.saved.len(), 8, "the co-ordinator's parts stay");
    assert_eq!(of.photographs.len(), 1);
    let unmet: Vec<&str> =
        of.case.unmet(office.now()).iter().map(disclosure_portal::domain::refusal::Refusal::code).collect();
    assert_eq!(unmet, ["words-not-considered"]);
    authorise(office, sam, id, &recipients).await.unwrap();
    // What was taken out is on record, and is sealed to nobody, whoever hands it in (K5).
    let photograph = |id: &str| disclosure_portal::domain::ids::PhotographId::parse(id).unwrap();
    hidden(seal::take_whole(office, &sam.actor, id, photograph(&removed), portrait::draw(7), stamp()).await);
    let copy = copy_of(office, who("Priya"), id).await.unwrap();
    assert_eq!(office.read().await.unwrap().parts(copy).await.unwrap().len(), 1, "the words alone");
    seal::take_whole(office, &sam.actor, id, photograph(&of.photographs[0].id), portrait::draw(8), stamp())
        .await
        .unwrap();
    assert!(office.read().await.unwrap().copy(copy).await.unwrap().unwrap().sealed_at.is_some());
    let page = browser.get(&format!("/releases/{id}")).await.text();
    assert!(page.contains("was authorised under CZ/") && page.contains("open to its recipients until"), "{page}");
    // What was typed is gone with the draft (P4).
    let filed = office.read().await.unwrap().release(id).await.unwrap().unwrap();
    assert!(filed.draft.is_none());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn a_refused_request_stays_refused_and_is_asked_for_again_as_a_new_one() {
    let scene = Scene::new().await;
    let (office, riley, sam) = (&scene.office, who("Riley"), who("Sam"));
    let answers: Answers = whole().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let first = send(office, riley, &answers, vec![portrait::draw(7)]).await.unwrap();
    let recipients = to(world(), &[("Priya", 0)]).unwrap();
    consider(office, sam, first, &complete(office, &recipients)).await.unwrap();
    refuse(office, sam, first, "Not enough yet.").await.unwrap();

    // The refused one is neither written nor sent any more: not from its pages, not by a form signed before.
    let browser = Browser::of(&scene, Some("Riley")).await;
    let page = browser.get(&format!("/releases/{first}")).await.text();
    assert!(page.contains("It was refused on") && !page.contains(&format!("/releases/{first}/request")), "{page}");
    let late = browser.upload(&format!("/releases/{first}/request"), &lent(&whole()), &[]).await;
    assert_eq!(late.status, 403, "{}", late.text());
    assert_eq!(codes(sign_request(office, riley, first).await.map(|_| ())), ["wrong-stage"]);

    // The same words again, under the same own reference, by the way of every request.
    assert!(page.contains("ask for another release") && page.contains("href=\"/releases\""), "{page}");
    assert!(browser.get("/releases").await.text().contains("href=\"/releases/new\""));
    let got = browser.upload("/releases/new", &lent(&whole()), &[("a.jpg", &portrait::draw(7))]).await;
    let second = led_to(&got);
    assert_ne!(second, first);
    let form = sign_request(office, riley, second).await.unwrap();
    submit::submit(office, &riley.actor, second, &form, stamp()).await.unwrap();
    // Nothing that was considered for the first counts for the second: it is decided anew, and by its own number.
    let mut conn = office.read().await.unwrap();
    let of =
        disclosure_portal::actions::decision::gather(office, &mut conn, &sam.actor, Act::Decide, second, office.now())
            .await
            .unwrap();
    drop(conn);
    assert_eq!((of.saved.len(), of.photographs.len()), (0, 1));
    assert!(!of.case.unmet(office.now()).is_empty());
    authorise(office, sam, second, &recipients).await.unwrap();
    let stage = async |id| office.read().await.unwrap().release(id).await.unwrap().unwrap().release.stage.word();
    assert_eq!((stage(first).await, stage(second).await), ("closed", "live"));
    let page = browser.get(&format!("/releases/{first}")).await.text();
    assert!(page.contains("Not enough yet.") && !page.contains("was authorised"), "{page}");
    // Both are found by the reference that they share, each in its own state.
    let sought = find::Typed { q: "42-123456", page: 1, ..find::Typed::default() };
    let found = find::releases(office, &sam.actor, &sought).await.unwrap();
    let mut ids: Vec<_> = found.lines.iter().map(|line| line.filed.release.id).collect();
    ids.sort();
    let mut both = [first, second];
    both.sort();
    assert_eq!(ids, both);
    scene.log_is_whole().await;
}
