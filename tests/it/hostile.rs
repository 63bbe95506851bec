//! Bad input at every door: a sentence and a 4xx, never a 5xx, a panic or an empty page; what was typed is kept.

use disclosure_portal::demo::portrait;
use disclosure_portal::domain::ids::AreaId;
use disclosure_portal::web::doors::{Body, DOORS, Method};

use crate::harness::browser::{Browser, Got};
use crate::harness::things::Things;
use crate::harness::{Scene, world};

/// Every field name that any form of the portal has.
const FIELDS: [&str; 97] = [
    "email",
    "auth",
    "recovery_auth",
    "code",
    "recipient",
    "signing_key",
    "identity_wrap",
    "signing_wrap",
    "recovery_identity_wrap",
    "recovery_signing_wrap",
    "name",
    "role",
    "area",
    "scheme",
    "title",
    "text",
    "locality",
    "reasons",
    "purposes",
    "purpose",
    "source",
    "justice",
    "image_reference",
    "danger",
    "basis",
    "grounds_kind",
    "grounds",
    "intelligence_reference",
    "intelligence_date",
    "prejudice",
    "risk_confidentiality",
    "risk_level",
    "risk_purpose",
    "risk_conditions",
    "risk_harm",
    "risk_found",
    "risk_plan",
    "japan_justified",
    "notice_date",
    "notice_time",
    "notice_by",
    "notice_how",
    "notice_document",
    "representations",
    "outcome",
    "name_why",
    "kmip_reference",
    "athena_reference",
    "athena_date",
    "exclusion_ends",
    "close_on",
    "ended",
    "advised",
    "still_need",
    "enactment",
    "recipients",
    "reason",
    "statement",
    "document",
    "method",
    "done_date",
    "done_time",
    "witness",
    "onward",
    "onward_told",
    "due",
    "seen",
    "query",
    "visited_on",
    "who",
    "findings",
    "reference",
    "vetting_ends",
    "isa_ends",
    "version",
    "suspended",
    "business",
    "kind_reason",
    "ico_reference",
    "ico_ends",
    "isa_reference",
    "isa_parties",
    "isa_starts",
    "isa_review",
    "duties_told",
    "duties_version",
    "eia_reference",
    "kind",
    "contact",
    "agreement",
    "agreed_on",
    "member_told",
    "member_version",
    "remove_reason",
    "about",
    "entry",
    "fresh_code",
];

fn values() -> Vec<String> {
    vec![
        "<script>alert(1)</script>".into(),
        "' OR 1=1 --".into(),
        "\u{202e}gnp.exe".into(),
        "\0\u{7}\u{1b}[31m".into(),
        "{{ 7*7 }}{% raw %}".into(),
        "9".repeat(40),
        "-1".into(),
        "2026-02-30".into(),
        "\u{fffd}\u{10ffff}é日本".into(),
        "x".repeat(6_000),
    ]
}

fn sensible(door: &str, got: &Got) {
    assert!(got.status < 500, "{door}: {}\n{}", got.status, got.text());
    assert!(got.status == 303 || got.status == 204 || !got.body.is_empty(), "{door}: an empty page ({})", got.status);
    assert!(!got.text().contains("<script>alert(1)"), "{door}: script came back alive");
    assert!(!got.text().contains("panicked"), "{door}");
}

#[actix_web::test]
async fn hostile_words_in_every_field_of_every_form_are_answered_with_a_sentence() {
    for name in ["Riley", "Sam", "Priya", "Robin", "Lee"] {
        let scene = Scene::new().await;
        let browser = Browser::of(&scene, Some(name)).await;
        let things = Things::waiting(&scene).await;
        for door in DOORS.iter().filter(|door| door.method == Method::Post && door.path != "/sign-out") {
            let path = things.path(door);
            for value in values() {
                let fields: Vec<(&str, &str)> = FIELDS.iter().map(|field| (*field, value.as_str())).collect();
                let got = match door.body {
                    Body::Upload => browser.upload(&path, &fields, &[]).await,
                    Body::Form | Body::Empty => browser.post(&path, &fields).await,
                    Body::Bytes(_) => {
                        browser.post_raw(&path, "application/octet-stream", value.clone().into_bytes()).await
                    }
                };
                sensible(&format!("{name} {} {:.20}", door.path, value), &got);
            }
        }
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn hostile_identifiers_and_queries_are_not_found() {
    let scene = Scene::new().await;
    for name in ["Sam", "Priya", "Robin"] {
        let browser = Browser::of(&scene, Some(name)).await;
        for door in DOORS.iter().filter(|door| door.method == Method::Get) {
            for bad in [
                "0",
                "..",
                "%00",
                "%ff%fe",
                "a%2fb",
                "%27%20OR%201=1",
                &"9".repeat(3000),
                "0190a5b0-0000-7000-8000-000000000001",
            ] {
                let path: String = door
                    .path
                    .split('/')
                    .map(|part| if part.starts_with('{') { format!("/{bad}") } else { format!("/{part}") })
                    .collect();
                let path = path.trim_start_matches('/');
                let path =
                    format!("/{path}?q={bad}&page={bad}&from={bad}&kind={bad}&person={bad}&copies={bad}&object={bad}");
                if path.parse::<actix_web::http::Uri>().is_err() {
                    continue;
                }
                sensible(&path, &browser.get(&path).await);
            }
        }
    }
}

fn asked(area: AreaId) -> Vec<(&'static str, String)> {
    [
        ("area", area.to_string()),
        ("title", "Thefts <b>".to_owned()),
        ("text", "Suspected of shop theft.".to_owned()),
        ("locality", "Cantwell".to_owned()),
        ("reasons", "A series of reports.".to_owned()),
        ("purposes", "prevention".to_owned()),
        ("source", "custody".to_owned()),
        ("justice", "yes".to_owned()),
        ("image_reference", "G/1".to_owned()),
    ]
    .to_vec()
}

#[actix_web::test]
async fn a_file_that_is_no_good_photograph_is_refused_beside_its_field_and_what_was_typed_is_kept() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Riley")).await;
    let good = portrait::draw(5);
    let cut = &good[..good.len() / 2];
    let files: [(&str, &[u8], &str); 5] = [
        ("text.jpg", b"just words, with a picture's name", "photograph"),
        ("cut.jpg", cut, "photograph"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photograph"),
        ("../../etc/passwd", b"%PDF-1.7", "photograph"),
        ("bomb.png", &bomb(), "photograph"),
    ];
    let fields = asked(world().areas[0]);
    for (name, bytes, _) in files {
        let got = browser.upload("/releases/new", &borrowed(&fields), &[(name, bytes)]).await;
        assert_eq!(got.status, 422, "{name}: {}", got.text());
        let page = got.text();
        assert!(page.contains("There is a problem"), "{name}: no summary");
        assert!(
            page.contains("id=\"photographs-error\"") || page.contains("href=\"#photographs\""),
            "{name}: not beside its field"
        );
        assert!(
            page.contains("Suspected of shop theft.") && page.contains("Thefts &lt;b&gt;"),
            "{name}: what was typed is lost"
        );
    }
    let got = browser.upload("/releases/new", &borrowed(&fields), &[("portrait.jpg", &good)]).await;
    assert_eq!(got.status, 303, "{}", got.text());
    scene.log_is_whole().await;
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// A PNG of a few bytes that claims 30,000 by 30,000 pixels.
fn bomb() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend_from_slice(&30_000_u32.to_be_bytes());
    png.extend_from_slice(&30_000_u32.to_be_bytes());
    png.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
    png.extend_from_slice(b"\0\0\0\0IEND\xaeB`\x82");
    png
}

#[actix_web::test]
async fn three_hundred_thousand_characters_get_a_sentence_with_their_number() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Riley")).await;
    let long = "é".repeat(300_000);
    let mut fields = asked(world().areas[0]);
    for field in &mut fields {
        if field.0 == "text" {
            field.1.clone_from(&long);
        }
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let got = browser.upload("/releases/new", &fields, &[]).await;
    assert_eq!(got.status, 422);
    assert!(got.text().contains("you have 300000"), "the sentence says how many there are");
    assert!(got.text().contains(&long), "what was typed is kept");
}
