//! The figures: printed with their alarms, bounded in number, and without a name or an identifier in any label.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use disclosure_portal::actions::{figures, sweep};
use disclosure_portal::web::doors::DOORS;

use super::ready::Holding;
use crate::harness::browser::Browser;
use crate::harness::things::Things;
use crate::harness::{Scene, printed, sql, who};

#[actix_web::test]
async fn the_figures_are_as_printed() {
    let scene = Scene::new().await;
    let mut text = String::from(
        "# Figures for a collector\n\nPrinted by `tests/it/operator/metrics.rs` from `src/telemetry/`. `[listen] operator = \"127.0.0.1:9464\"` serves them at\n\
`/metrics` to a collector on the same machine, as Prometheus reads them; no label holds a name, an identifier or a path.\n\
An alarm is a threshold worth having; what to do is in the guide for operators.\n\n\
| name | type | labels | unit | what it says | alarm |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for one in scene.office.metrics.book().entries() {
        let alarm = if one.alarm.is_empty() { "·" } else { one.alarm };
        let labels = if one.labels.is_empty() { "·" } else { one.labels };
        writeln!(text, "| `{}` | {} | {labels} | {} | {} | {alarm} |", one.name, one.kind, one.unit, one.words)
            .unwrap();
    }
    printed("docs/METRICS.md", &text);
}

type Series = BTreeMap<String, f64>;

/// Each series with its value.
async fn read(scene: &Scene) -> Series {
    let text = figures::text(&scene.office, 0).await.unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        })
        .collect()
}

/// The labels of a series: `name{a="b",c="d"}`.
fn labels(series: &str) -> Vec<(&str, &str)> {
    let Some((_, inside)) = series.split_once('{') else { return Vec::new() };
    let inside = inside.strip_suffix('}').unwrap().strip_suffix('"').unwrap();
    inside.split("\",").map(|pair| pair.split_once("=\"").unwrap()).collect()
}

fn value(series: &Series, name: &str) -> f64 {
    *series.get(name).unwrap_or_else(|| panic!("no {name} in {:#?}", series.keys()))
}

#[actix_web::test]
async fn every_door_knocked_at_by_many_adds_a_bounded_number_of_series_and_no_name() {
    let scene = Scene::new().await;
    let of = Things::of(&scene, "CZ/003/26").await;
    let mut counts = Vec::new();
    for _ in 0..2 {
        for name in [None, Some("Priya"), Some("Sam"), Some("Robin"), Some("Lee")] {
            let browser = Browser::of(&scene, name).await;
            for door in DOORS.iter().filter(|door| door.path != "/sign-out") {
                browser.knock(door, &of.path(door)).await;
            }
            browser.get("/no/such/place/riley-marlow").await;
        }
        sweep::round(&scene.office).await.unwrap();
        counts.push(read(&scene).await.len());
    }
    let series = read(&scene).await;
    // What may stand in each label: patterns of doors, and words of the book.
    let patterns: BTreeSet<&str> = DOORS.iter().map(|door| door.path).chain(["none"]).collect();
    let book = scene.office.metrics.book().entries();
    for one in series.keys() {
        let name = one.split('{').next().unwrap();
        let about = |entry: &&disclosure_portal::telemetry::book::Entry| {
            let histogram = ["_bucket", "_sum", "_count"].iter().any(|end| name.strip_suffix(end) == Some(entry.name));
            entry.name == name || (entry.kind == "histogram" && histogram)
        };
        let entry = book.iter().find(about).unwrap_or_else(|| panic!("{name} is not in the book"));
        for (label, value) in labels(one) {
            let known = match label {
                "door" => patterns.contains(value),
                "le" => entry.kind == "histogram",
                "version" => value == env!("CARGO_PKG_VERSION"),
                "job" => value.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "class" => ["2xx", "3xx", "4xx", "5xx"].contains(&value),
                _ => entry.labels.contains(label) && entry.labels.split([' ', ',', ':', ';']).any(|word| word == value),
            };
            assert!(known, "{one}: {label}");
        }
    }
    // Four classes for each door and method at most, and some dozen for each histogram.
    let most = (DOORS.len() + 3) * 4 + 400;
    assert!(counts[1] < most, "{} series, {most} at most", counts[1]);
    assert!(counts[1] - counts[0] < 40, "a second walk adds next to nothing: {counts:?}");
    let all: String = series.keys().map(String::as_str).collect();
    for private in ["riley", "Priya", "CZ/003", &of.release, &who("Toby").id.to_string()] {
        assert!(!all.contains(private), "{private}");
    }
}

#[actix_web::test]
async fn acts_answers_views_and_the_vault_are_counted() {
    let scene = Scene::new().await;
    let before = read(&scene).await;
    let priya = Browser::of(&scene, Some("Priya")).await;
    let release = scene.release("CZ/003/26").await;
    let copy = disclosure_portal::demo::releases::copy_of(&scene.office, who("Priya"), release).await.unwrap();
    let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
    let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
    assert_eq!(priya.get(&format!("/copies/{copy}/parts/{}", part.id)).await.status, 200);
    scene.later(400 * 86_400_000);
    let again = Browser::of(&scene, Some("Priya")).await;
    assert_eq!(again.get(&format!("/copies/{copy}/parts/{}", part.id)).await.status, 403);
    let after = read(&scene).await;
    let grown = |name: &str| value(&after, name) - before.get(name).copied().unwrap_or(0.0);
    let door = "portal_answers_total{door=\"/copies/{id}/parts/{part}\",method=\"GET\",class=";
    for (name, by) in [
        (format!("{door}\"2xx\"}}"), 1.0),
        (format!("{door}\"4xx\"}}"), 1.0),
        ("portal_views_total{outcome=\"opened\"}".into(), 1.0),
        ("portal_views_total{outcome=\"refused\"}".into(), 1.0),
        ("portal_vault_operations_total{operation=\"get\",outcome=\"ok\"}".into(), 1.0),
        ("portal_answer_seconds_count{kind=\"view\"}".into(), 2.0),
    ] {
        assert!((grown(&name) - by).abs() < 0.1, "{name} grew by {}", grown(&name));
    }
    assert!(grown("portal_acts_total{outcome=\"committed\"}") >= 4.0);
    assert!(grown("portal_log_entries") >= 2.0 && value(&before, "portal_log_entries") > 40.0);
    assert!(value(&after, "portal_commit_seconds_count") >= 1.0);
    assert!((value(&after, "portal_acts_waiting")).abs() < 0.1);
}

#[actix_web::test]
async fn throttled_tries_and_rounds_of_jobs_are_counted() {
    let scene = Scene::new().await;
    let stranger = Browser::stranger(&scene);
    let auth = "ab".repeat(32);
    let mut last = 0;
    for _ in 0..8 {
        last = stranger.post("/sign-in", &[("email", "priya@demo.example"), ("auth", &auth)]).await.status;
    }
    assert_eq!(last, 429);
    sweep::round(&scene.office).await.unwrap();
    sql(&scene, "UPDATE release SET area_id = 'nowhere', until = 1 WHERE stage = 'live'");
    sql(&scene, "UPDATE copy SET wrapped_key = x'00' WHERE id IN (SELECT id FROM copy LIMIT 1)");
    assert!(sweep::round(&scene.office).await.is_err());
    let series = read(&scene).await;
    assert!(value(&series, "portal_sign_ins_throttled_total") >= 1.0);
    assert!((value(&series, "portal_job_failures_total{job=\"expire\"}") - 1.0).abs() < 0.1);
    let at = value(&series, "portal_job_success_timestamp_seconds{job=\"destroy\"}");
    let now = f64::from(i32::try_from(disclosure_portal::clock::Clock::real().millis() / 1000).unwrap());
    assert!((now - at).abs() < 120.0, "{at} against {now}");
}

#[actix_web::test]
async fn figures_are_told_in_time_also_when_the_store_hangs() {
    let scene = Scene::new().await;
    let held = Holding::of(&scene);
    let began = std::time::Instant::now();
    let series = read(&scene).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(8), "{:?}", began.elapsed());
    assert!((value(&series, "portal_ready{part=\"writer\"}")).abs() < 0.1);
    assert!((value(&series, "portal_ready{part=\"store\"}") - 1.0).abs() < 0.1);
    drop(held);
}
