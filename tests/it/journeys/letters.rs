//! O3.2.3: documents of a case, the notice and the result as letters.

use disclosure_portal::actions::documents;
use disclosure_portal::demo::registers::pdf;
use disclosure_portal::demo::releases::consider;
use disclosure_portal::demo::rulings::represent;
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::DocumentId;

use super::PLOT;
use super::rulings::{answers, considered, waiting};
use crate::harness::browser::Browser;
use crate::harness::{Scene, who};

#[actix_web::test]
async fn documents_of_a_case_open_to_whoever_works_on_it_and_each_opening_is_a_leaf() {
    let scene = Scene::new().await;
    let office = &scene.office;
    let id = considered(&scene, &[]).await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let door = format!("/releases/{id}/documents");
    assert_eq!(riley.upload_as("document", &door, &[], &[("a.pdf", &pdf("RECEIPT"))]).await.status, 303);
    assert_eq!(riley.upload_as("document", &door, &[], &[("a.pdf", b"words")]).await.status, 422);
    assert_eq!(riley.upload_as("document", &door, &[], &[]).await.status, 422);
    represent(office, who("Riley"), id, "No.", vec![pdf("ALIBI")]).await.unwrap();
    let all = office.read().await.unwrap().documents_of(id).await.unwrap();
    let mut subjects: Vec<_> = all.iter().map(|one| one.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["receipt", "representation"]);
    for row in &all {
        let one = DocumentId::parse(&row.id).unwrap();
        for (name, opens) in [
            ("Riley", true),
            ("Sam", true),
            ("Jordan", true),
            ("Alex", true),
            ("Casey", true),
            ("Robin", false),
            ("Lee", false),
            ("Dana", false),
            ("Kit", false),
            ("Morgan", false),
            ("Toby", false),
        ] {
            let before = scene.records("consult").await.len();
            let got = documents::fetch(office, &who(name).actor, one, stamp()).await;
            assert_eq!(got.is_ok(), opens, "{name}");
            assert_eq!(scene.records("consult").await.len(), before + usize::from(opens), "{name}");
        }
        // No co-ordinator takes one away again.
        let sam = Browser::of(&scene, Some("Sam")).await;
        assert_eq!(sam.post(&format!("/documents/{one}/remove"), &[("remove_reason", "x")]).await.status, 404);
    }
    // The auditor reads that it is there, and what it hashes to.
    let sheet = Browser::of(&scene, Some("Robin")).await.get(&format!("/releases/{id}")).await.text();
    assert!(all.iter().all(|row| sheet.contains(&row.sha256)));
    assert_eq!(Browser::of(&scene, Some("Robin")).await.get(&door).await.status, 404);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_notice_says_what_it_must_and_what_it_lacks_is_told() {
    let scene = Scene::new().await;
    let id = waiting(&scene, &PLOT).await;
    let riley = Browser::of(&scene, Some("Riley")).await;
    let path = format!("/releases/{id}/letters/notice");
    let typed = [("name", "A <b>Person"), ("offence", "Theft, 3 March"), ("contact", "1 Example Road")];
    let page = riley.get(&path).await.text();
    assert!(page.contains("The letter cannot be made yet") && page.contains("No recipient is chosen yet"));
    assert_eq!(riley.post(&path, &typed).await.status, 422);
    consider(&scene.office, who("Sam"), id, &answers(&scene, &[])).await.unwrap();
    let got = riley.post(&path, &[]).await;
    for field in ["name", "offence", "contact"] {
        assert!(got.status == 422 && got.text().contains(&format!("href=\"#{field}\"")), "{field}");
    }
    let letter = riley.post(&path, &typed).await;
    assert_eq!(letter.status, 200);
    for words in [
        "To A &lt;b&gt;Person",
        "co-ordinator of Cantwell Business Crime Reduction Partnership",
        "details of this offence: Theft, 3 March",
        "exclude you from the premises of all its members",
        "the right to make representations",
        "It was served on 17 November 2026",
        "72 hours",
        "Send or bring your representations to: 1 Example Road",
        "the district commander decides, and you are told the result in writing",
        "I have received this notice",
    ] {
        assert!(letter.text().contains(words), "{words}: {}", letter.text());
    }
    assert_eq!(scene.records("export").await.pop().unwrap().1["what"], "letter.notice");
    for (name, bytes) in scene.everything() {
        assert!(!bytes.windows(10).any(|window| window == b"A <b>Perso"), "the name is kept in {name}");
    }
    // No result before there is one.
    let none = riley.get(&format!("/releases/{id}/letters/result")).await.text();
    assert!(none.contains("has not decided on representations yet"));
    assert_eq!(Browser::of(&scene, Some("Casey")).await.get(&path).await.status, 404);
    scene.log_is_whole().await;
}
