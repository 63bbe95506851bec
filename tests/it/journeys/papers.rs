//! Copies of signed agreements (K7.2): by content, locked, each opening a leaf; vetting papers; removed with the record kept.

use disclosure_portal::actions::documents;
use disclosure_portal::actions::registers::{self, Subject};
use disclosure_portal::demo::registers::pdf;
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::ids::MemberId;

use super::hidden;
use crate::harness::browser::Browser;
use crate::harness::{Scene, who, world, wrong_fields};

#[actix_web::test]
async fn papers_are_attached_by_content_and_open_to_inspection() {
    let scene = Scene::new().await;
    let (office, bcrp) = (&scene.office, world().schemes[0]);
    let sam = Browser::of(&scene, Some("Sam")).await;
    let door = format!("/schemes/{bcrp}/documents");
    let post = async |bytes: &[u8]| sam.upload_as("document", &door, &[], &[("a.pdf", bytes)]).await;
    let large = [b"%PDF-1.7\n".as_slice(), &vec![b' '; 10_000_000], b"%%EOF"].concat();
    let wrong: [&[u8]; 8] = [
        b"words",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"PK\x03\x04",
        b"%PDF-1.7 cut off",
        &portrait::draw(5)[..4000],
        &bomb(),
        &large,
        &vec![0; 26 << 20],
    ];
    let before = blobs(&scene);
    for bytes in wrong {
        let got = post(bytes).await;
        assert_eq!(got.status, 422, "{:?}", &bytes[..8]);
        assert!(got.text().contains("href=\"#document\"") && got.text().contains("id=\"document-error\""));
    }
    assert_eq!(post(b"").await.status, 422, "nothing chosen");
    assert_eq!(blobs(&scene), before, "nothing of what was refused is kept");

    let paper = pdf("MARKER-OF-A-SIGNED-PAPER");
    assert_eq!(post(&paper).await.status, 303);
    let entry = registers::scheme(office, &who("Sam").actor, bcrp, stamp()).await.unwrap();
    let row = entry.papers.last().unwrap();
    let path = format!("/documents/{}", row.id);
    for (name, opens) in [
        ("Sam", true),
        ("Robin", true),
        ("Priya", true),
        ("Dana", false),
        ("Ines", false),
        ("Toby", false),
        ("Lee", false),
        ("Riley", false),
    ] {
        let consults = scene.records("consult").await.len();
        let got = Browser::of(&scene, Some(name)).await.get(&path).await;
        assert_eq!(got.status, if opens { 200 } else { 404 }, "{name}");
        if opens {
            assert_eq!(got.body, paper, "the bytes that were uploaded");
            assert_eq!(got.header("content-type"), "application/octet-stream");
            assert!(got.header("content-disposition").starts_with("attachment; filename=\"agreement-"));
            assert_eq!(got.header("x-content-type-options"), "nosniff");
            let (_, body) = scene.records("consult").await.pop().unwrap();
            assert_eq!((body["query"].as_str(), body["document"].as_str()), (Some("document"), Some(row.id.as_str())));
        }
        assert_eq!(scene.records("consult").await.len(), consults + usize::from(opens), "{name}");
    }
    // At rest: nowhere in the clear, and another place's lock does not fit.
    let marker = b"MARKER-OF-A-SIGNED-PAPER";
    for (name, bytes) in scene.everything() {
        assert!(!bytes.windows(marker.len()).any(|window| window == marker), "it lies open in {name}");
    }
    swapped_papers_do_not_open(&scene, &row.id).await;

    // Removed: its key is gone, its bytes too; the record stays.
    let sam = Browser::of(&scene, Some("Sam")).await;
    assert_eq!(sam.post(&format!("{path}/remove"), &[]).await.status, 422, "why?");
    assert_eq!(
        Browser::of(&scene, Some("Dana")).await.post(&format!("{path}/remove"), &[("remove_reason", "x")]).await.status,
        404
    );
    let blob = scene.folder.0.join("vault").join(&row.object[..2]).join(&row.object);
    assert!(blob.exists());
    assert_eq!(sam.post(&format!("{path}/remove"), &[("remove_reason", "Renewed")]).await.status, 303);
    assert!(!blob.exists());
    assert_eq!(sam.get(&path).await.status, 404);
    let entry = registers::scheme(office, &who("Robin").actor, bcrp, stamp()).await.unwrap();
    let row = entry.papers.iter().find(|paper| paper.id == row.id).unwrap();
    assert!(
        row.wrapped_key.is_none()
            && row.removed_at.is_some()
            && row.remove_reason == "Renewed"
            && row.sha256.len() == 64
    );
    scene.log_is_whole().await;
}

/// A small file that would open to billions of pixels.
fn bomb() -> Vec<u8> {
    let mut png = portrait_png();
    // Width and height in IHDR; its checksum is checked after them, and pixels never allocated.
    png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    png
}

fn portrait_png() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(300, 300).write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

fn blobs(scene: &Scene) -> usize {
    fn count(dir: &std::path::Path) -> usize {
        std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.ends_with("journal"))
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    count(&scene.folder.0.join("vault"))
}

/// Another document's blob under this one's name, by the hand of somebody with the database: it does not open.
async fn swapped_papers_do_not_open(scene: &Scene, id: &str) {
    // A copy of each row's two columns under a name of its own, so that no bytes pass through words.
    let from = |object: &str, key: &str| {
        scene.sql(&format!(
            "UPDATE document SET object = (SELECT o.object FROM document_was o WHERE o.id = '{object}'), \
             wrapped_key = (SELECT o.wrapped_key FROM document_was o WHERE o.id = '{key}') WHERE id = '{id}'"
        ));
    };
    scene.sql("CREATE TABLE document_was AS SELECT id, object, wrapped_key FROM document");
    let other = scene.sql(&format!("SELECT id FROM document WHERE id <> '{id}' AND removed_at IS NULL LIMIT 1"));
    let sam = Browser::of(scene, Some("Sam")).await;
    for (object, key) in [(other.as_str(), id), (id, &other), (&other, &other)] {
        from(object, key);
        assert_eq!(sam.get(&format!("/documents/{id}")).await.status, 500);
    }
    from(id, id);
    assert_eq!(sam.get(&format!("/documents/{id}")).await.status, 200);
}

#[actix_web::test]
async fn a_vetting_paper_opens_to_the_police_and_to_whom_it_is_about() {
    let scene = Scene::new().await;
    let (office, bcrp, priya) = (&scene.office, world().schemes[0], who("Priya"));
    let attach = async |by: &str, subject| {
        registers::attach(office, &who(by).actor, bcrp, subject, portrait_png(), stamp()).await
    };
    let id = attach("Sam", Subject::Vetting(priya.id)).await.unwrap();
    hidden(attach("Sam", Subject::Vetting(who("Toby").id)).await);
    hidden(attach("Dana", Subject::Vetting(priya.id)).await);
    hidden(attach("Priya", Subject::Vetting(priya.id)).await);
    let fresh = MemberId::fresh(office.now(), [1; 10]);
    hidden(attach("Sam", Subject::Member(fresh)).await);
    for (name, opens) in
        [("Sam", true), ("Robin", true), ("Priya", true), ("Morgan", false), ("Ines", false), ("Lee", false)]
    {
        let got = documents::fetch(office, &who(name).actor, id, stamp()).await;
        assert_eq!(got.is_ok(), opens, "{name}");
    }
    let morgan = registers::scheme(office, &who("Morgan").actor, bcrp, stamp()).await.unwrap();
    assert!(morgan.papers.iter().all(|paper| paper.subject != "vetting"));
    for _ in 1..20 {
        attach("Sam", Subject::Vetting(priya.id)).await.unwrap();
    }
    let before = blobs(&scene);
    assert_eq!(wrong_fields(attach("Sam", Subject::Vetting(priya.id)).await), ["document"], "20 stand");
    assert_eq!(blobs(&scene), before);
}
