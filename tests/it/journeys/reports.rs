//! K8.7 as people meet it: reports are their holders' alone and no flood; the pages tell holders what changed, and the police who and why.

use disclosure_portal::actions::{deliver, report};
use disclosure_portal::demo::releases::{recall, undertake};
use disclosure_portal::demo::stamp;

use super::corrections::{corrected, form, held};
use super::hidden;
use crate::harness::browser::Browser;
use crate::harness::{Scene, who, wrong_fields};

#[actix_web::test]
async fn reports_are_their_holders_and_no_flood() {
    let scene = Scene::new().await;
    let (office, priya) = (&scene.office, who("Priya"));
    let (_, copy) = held(&scene).await;
    for name in ["Ines", "Morgan", "Toby", "Sam", "Lee"] {
        hidden(report::report(office, &who(name).actor, copy, "Wrong.", stamp()).await);
        hidden(report::report(office, &who(name).actor, copy, "", stamp()).await);
    }
    let send = |words: String| async move { report::report(office, &priya.actor, copy, &words, stamp()).await };
    assert_eq!(wrong_fields(send(String::new()).await), ["report"]);
    assert_eq!(wrong_fields(send("x".repeat(300_000)).await), ["report"]);
    assert_eq!(wrong_fields(send("a\u{202E}b".into()).await), ["report"]);
    let outcomes = futures_util::future::join_all((0..4).map(|_| send("Wrong.".into()))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(wrong_fields(send("Wrong.".into()).await), ["report"]);
    for n in 0..4 {
        send(format!("Wrong in {n} places.")).await.unwrap();
    }
    assert_eq!(wrong_fields(send("Wrong once more.".into()).await), ["report"]);
    assert_eq!(scene.records("report").await.len(), 5);
    assert!(!scene.records("report").await[0].1.to_string().contains("Wrong"));
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_pages_tell_holders_what_changed_and_police_who_and_why() {
    let scene = Scene::new().await;
    let (id, copy) = held(&scene).await;
    if !deliver::lapses(&scene.office, &who("Morgan").actor).await.unwrap().is_empty() {
        undertake(&scene.office, who("Morgan")).await.unwrap();
    }
    let (priya, sam) = (Browser::of(&scene, Some("Priya")).await, Browser::of(&scene, Some("Sam")).await);
    let report_path = format!("/bulletins/{copy}/report");
    assert!(priya.get(&format!("/bulletins/{copy}")).await.text().contains(&report_path));
    let sent = priya.post(&report_path, &[("report", "It was a pharmacy.")]).await;
    assert_eq!((sent.status, sent.location), (303, report_path.clone()));
    assert!(priya.get(&report_path).await.text().contains("The police have not answered yet."));
    let sent = priya.post(&report_path, &[("report", "")]).await;
    assert_eq!(sent.status, 422);
    assert!(sam.get("/").await.text().contains("Holders report that something is wrong or incomplete"));
    assert!(sam.get(&format!("/releases/{id}")).await.text().contains("1 report of a holder waits for an answer."));

    // Refused with the words shown.
    let form = form(&scene, who("Sam"), id, &[("text", "Seen at 12 High Street.")]);
    let fields = form.fields_to_post();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let refused = sam.post(&format!("/releases/{id}/correct"), &fields).await;
    let shown = refused.text();
    assert_eq!(refused.status, 422, "{shown}");
    assert!(
        shown.contains("Remove “12 High Street”") && shown.contains("Seen at 12 High Street.</textarea>"),
        "{shown}"
    );
    corrected(&scene, id, &[]).await.unwrap();
    let told = "Corrected on 21 November 2026 at 12:00pm: The kind of shop";
    for path in ["/bulletins".to_owned(), format!("/bulletins/{copy}")] {
        let page = priya.get(&path).await.text();
        assert!(page.contains(told), "{path}: {page}");
        assert!(!page.contains("the officer agrees") && !page.contains("pharmacies"), "{path}: {page}");
    }
    let page = sam.get(&format!("/releases/{id}/corrections")).await.text();
    for words in ["Version 2, in force", "Version 1, withdrawn", "the officer agrees", "It was a pharmacy."] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // After the end a plain card stays: its reference, dates, and who held it.
    recall(&scene.office, who("Sam"), id, "Met.").await.unwrap();
    let page = priya.get("/bulletins").await.text();
    assert!(page.contains("CZ/") && !page.contains("The kind of shop") && !page.contains("Corrected on"));
    assert_eq!(sam.get(&format!("/releases/{id}/correct")).await.status, 404);
}
