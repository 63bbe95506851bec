//! The page “Root of trust”: the administrator's alone, with a proof of who is there.

use disclosure_portal::cli::root::{self, Signing};
use disclosure_portal::demo;
use disclosure_portal::domain::ids::AreaId;
use disclosure_portal::sealing::age::Identity;
use disclosure_portal::store::people::Area;

use crate::harness::browser::{Browser, Got};
use crate::harness::{Scene, who};

const DEMO_ROOT: &str = "disclosure-portal.demo/root";

/// Posts one file as the page's form does.
async fn upload(browser: &Browser, text: &str, code: &str) -> Got {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"fresh_code\"\r\n\r\n{code}\r\n--x\r\nContent-Disposition: form-data; name=\"signed\"; filename=\"signed.json\"\r\nContent-Type: application/json\r\n\r\n{text}\r\n--x--\r\n"
    );
    browser.post_raw("/root", "multipart/form-data; boundary=x", body.into_bytes()).await
}

#[actix_web::test]
async fn the_request_is_downloaded_signed_and_brought_back() {
    let scene = Scene::new().await;
    let recipient = Identity::fresh().unwrap().recipient().to_string();
    let row = Area {
        id: AreaId::fresh(scene.office.now(), [7; 10]).to_string(),
        code: "EF".into(),
        name: "Elmfield".into(),
        unit_recipient: recipient,
        unit_box: Vec::new(),
        next_recipient: None,
        next_box: None,
        next_serial: 1,
    };
    let lee = Browser::of(&scene, Some("Lee")).await;
    let quiet = lee.get("/root").await.text();
    assert!(quiet.contains("Nothing waits for the root") && !quiet.contains("fresh_code"), "{quiet}");
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_area(&row).await?) })).await.unwrap();
    let page = lee.get("/root").await.text();
    let words =
        disclosure_portal::actions::root::waiting(&scene.office, &who("Lee").actor).await.unwrap()[0].words.clone();
    assert!(page.contains("Unit key: EF, Elmfield") && page.contains(&words), "{page}");
    let request = lee.get("/root-request.json").await;
    assert_eq!(request.status, 200);
    assert_eq!(scene.records("export").await.len(), 1);

    let at = &scene.folder.0;
    std::fs::write(at.join("request.json"), &request.body).unwrap();
    let signing = Signing {
        request: at.join("request.json"),
        key: at.join(demo::ROOT_KEY),
        name: DEMO_ROOT.into(),
        out: Some(at.join("signed.json")),
        accept: vec![words],
        json: false,
    };
    root::sign(&signing).unwrap().end().unwrap();
    let signed = std::fs::read_to_string(at.join("signed.json")).unwrap();

    // Without a fresh proof of who is there: asked for, and nothing kept.
    scene.later(6 * 60_000);
    let asked = upload(&lee, &signed, "").await;
    assert!(asked.status == 422 && asked.text().contains("id=\"fresh_code-error\""), "{}", asked.text());
    assert!(scene.records("approve").await.is_empty());
    let wrong = upload(&lee, "{}", "").await;
    assert_eq!(wrong.status, 422);

    let again = Browser::of(&scene, Some("Lee")).await;
    let kept = upload(&again, &signed, "").await;
    assert_eq!((kept.status, kept.location.as_str()), (303, "/root?kept=1"), "{}", kept.text());
    assert!(again.get("/root?kept=1").await.text().contains("Nothing waits for the root"));
    assert_eq!(scene.records("approve").await[0].1["by"], "root");
    let none = upload(&again, "{}", "").await;
    assert!(none.status == 422 && none.text().contains("id=\"signed-error\""), "{}", none.text());
    for name in ["Sam", "Robin", "Priya"] {
        let other = Browser::of(&scene, Some(name)).await;
        for path in ["/root", "/root-request.json"] {
            assert_eq!(other.get(path).await.status, 404, "{name}");
        }
        assert_eq!(upload(&other, &signed, "").await.status, 404, "{name}");
    }
    scene.log_is_whole().await;
}
