//! Bodies: swapped, changed, missing, erased with a trace, erased without, lost (P3, P6).

use disclosure_portal::ledger::leaf::{Leaf, commitment};
use disclosure_portal::ledger::verify::Span;
use serde_json::json;

use super::log::{AT, Entry, Log, Scratch};

fn lines(dir: &Scratch) -> Vec<String> {
    dir.text("records.jsonl").lines().map(|line| format!("{line}\n")).collect()
}

#[test]
fn swapped_changed_repeated_and_foreign_bodies_are_found() {
    let log = Log::of(9);
    let dir = log.export();
    let good = lines(&dir);
    let body_of = |line: &str| line.split("\"salt\"").nth(1).unwrap().to_owned();
    let mut swapped = good.clone();
    swapped[2] = format!("{{\"index\": 2, \"salt\"{}", body_of(&good[6]));
    swapped[6] = format!("{{\"index\": 6, \"salt\"{}", body_of(&good[2]));
    let mut reordered = good.clone();
    reordered.swap(2, 6);
    let mut doubled = good.clone();
    doubled.insert(3, good[2].clone());
    let mut beyond = good.clone();
    beyond.push(good[8].replacen("\"index\": 8", "\"index\": 9", 1));
    let mut cut = good.clone();
    cut[8].pop();
    let mut garbage = good.clone();
    garbage[4] = "{\"index\": 4}\n".into();
    for (bad, first, words) in [
        (swapped, 2, "entry 2 (view): its body or salt is not the one that was committed to"),
        (reordered, 2, "records.jsonl line 4: its index does not rise above the line before"),
        (doubled, 3, "records.jsonl line 4: its index does not rise"),
        (beyond, 9, "records.jsonl line 10: it opens entry 9, but there are only 9 entries"),
        (cut, 8, "records.jsonl line 9: it does not end with a newline"),
        (garbage, 4, "records.jsonl line 5: missing field"),
    ] {
        dir.write("records.jsonl", bad.concat());
        let (at, why) = log.refused(&dir);
        assert!(why.contains(words), "{words}: {why}");
        assert_eq!(at, Some(first), "{why}");
    }
}

#[test]
fn a_missing_opening_needs_a_logged_erasure() {
    let mut log = Log::of(9);
    for index in [2, 3, 4] {
        log.entries[index].erased = true;
    }
    let (first, why) = log.refused(&log.export());
    assert_eq!(first, Some(2));
    assert!(why.contains("entries 2 to 4: not in records.jsonl, and no erase or restored record covers them"), "{why}");
    // An erasure of less does not cover the rest; one of all does.
    log.push("erase", &json!({ "erased": [[2, 3]] }));
    let (first, why) = log.refused(&log.export());
    assert!(first == Some(4) && why.contains("entry 4: not in records.jsonl"), "{why}");
    log.push("erase", &json!({ "erased": [[4, 4]] }));
    let report = log.verify(&log.export());
    assert_eq!(report.failures, Vec::<String>::new());
    assert_eq!((report.opened, report.erased, report.lost), (8, vec![Span { first: 2, last: 4 }], vec![]));
    // Logged as erased, but still here: seen, not a failure.
    log.entries[3].erased = false;
    let report = log.verify(&log.export());
    assert!(report.passed() && report.warnings[0].contains("entry 3: logged as erased, but"), "{:?}", report.warnings);
}

#[test]
fn an_erase_record_is_never_erased_and_speaks_only_of_what_came_before() {
    let mut log = Log::of(5);
    log.entries[1].erased = true;
    log.push("erase", &json!({ "erased": [[1, 1]] }));
    log.push("erase", &json!({ "erased": [[0, 5]] }));
    assert!(log.verify(&log.export()).passed(), "a span over an erase record that is still there does no harm");
    log.entries[5].erased = true;
    let (first, why) = log.refused(&log.export());
    assert!(first == Some(5) && why.contains("entry 5: erase records that are missing"), "{why}");
    for spans in [json!([[7, 7]]), json!([[3, 2]]), json!([[0, 9]]), json!([[0]]), json!("all"), json!([[-1, 2]])] {
        let mut log = Log::of(7);
        log.push("erase", &json!({ "erased": spans }));
        assert_eq!(log.refused(&log.export()).0, Some(7), "{spans}");
    }
    let mut log = Log::of(2);
    log.push("erase", &json!({ "reason": "no spans" }));
    assert!(log.refused(&log.export()).1.contains("entry 2 (erase): its body: missing field `erased`"));
    // Only a record of that kind covers anything.
    let mut log = Log::of(3);
    log.entries[1].erased = true;
    log.push("view", &json!({ "erased": [[1, 1]], "lost": [[1, 1]] }));
    assert_eq!(log.refused(&log.export()).0, Some(1));
}

#[test]
fn bodies_lost_in_a_disaster_are_reported_loudly() {
    let mut log = Log::of(6);
    log.push("erase", &json!({ "erased": [[0, 0]] }));
    for index in [0, 3, 4, 6] {
        log.entries[index].erased = true;
    }
    log.push("restored", &json!({ "lost": [[0, 0], [3, 4], [6, 6]] }));
    let report = log.verify(&log.export());
    assert_eq!(report.failures, Vec::<String>::new());
    let spans = [(0, 0), (3, 4), (6, 6)].map(|(first, last)| Span { first, last });
    assert_eq!((report.lost.as_slice(), report.erased.len()), (&spans[..], 0));
    assert!(report.warnings.iter().any(|words| words.starts_with("LOST: entries 3 to 4")), "{:?}", report.warnings);
    log.entries[7].erased = true;
    assert_eq!(log.refused(&log.export()).0, Some(0));
}

/// An entry whose leaf commits to this body, whatever it says.
fn entry(kind: &str, at: i64, body: &[u8]) -> Entry {
    let leaf = Leaf::new(kind, at, commitment(&[3; 32], body)).unwrap().to_bytes();
    Entry { leaf, salt: [3; 32], body: body.to_vec(), erased: false }
}

#[test]
fn a_body_must_say_what_its_leaf_says() {
    let at = "2026-11-21T18:00:00.123Z";
    for (body, words) in [
        (format!(r#"{{"kind":"export","at":"{at}"}}"#), "its body says export"),
        (r#"{"kind":"view","at":"2026-11-21T18:00:00.124Z"}"#.to_owned(), "at 2026-11-21T18:00:00.124Z, its leaf view"),
        (r#"{"kind":"view"}"#.to_owned(), "missing field `at`"),
        (format!(r#"{{"kind":"view","kind":"view","at":"{at}"}}"#), "duplicate field"),
        (format!(r#"["view","{at}"]"#), "not a JSON object"),
        ("not json".to_owned(), "its body:"),
        (String::new(), "its body:"),
    ] {
        let mut log = Log::of(0);
        log.push_raw(entry("view", AT, body.as_bytes()));
        let (first, why) = log.refused(&log.export());
        assert!(first == Some(0) && why.contains(words), "{body}: {why}");
    }
}

#[test]
fn leaves_out_of_form_or_stepping_back_in_time_are_named_though_signed() {
    let mut log = Log::of(2);
    log.push_at("view", AT - 1, &json!({}));
    log.view();
    let (first, why) = log.refused(&log.export());
    assert!(first == Some(2) && why.contains("entry 2: its time 2026-11-21T18:00:00.122Z is before"), "{why}");
    let mut log = Log::of(2);
    let mut free = entry("view", AT + 500, b"{}");
    free.leaf = b"whatever\n".to_vec();
    log.push_raw(free);
    let (first, why) = log.refused(&log.export());
    assert!(first == Some(2) && why.contains("entry 2: a leaf is four lines"), "{why}");
}
