//! Documents that the code prints: the kinds of log records.

use std::fmt::Write as _;

use disclosure_portal::domain::event::Kind;

use crate::harness::{Scene, printed};

#[test]
fn the_kinds_of_records_are_as_printed() {
    let mut text = String::from(
        "# Kinds of log records\n\nPrinted by `tests/it/documents.rs` from `src/domain/event.rs`. The list is closed: no other kind is ever appended.\n\n\
Every body is a JSON object with `kind` and `at` (equal to lines 2 and 3 of its leaf), `actor` (`person/<id>` or `portal`), `object`\n\
(`release/<id>`, `scheme/<id>`, `person/<id>`, `area/<id>`, `log`, …), `copy` (an id or null), `purpose` (words or null), `client` (an address) and\n\
`request_id`; and what its kind adds. Bodies hold identifiers and references: no name, no offence, no word of a case.\n\n| kind | what happened |\n| --- | --- |\n",
    );
    for (_, word, meaning) in Kind::ALL {
        writeln!(text, "| `{word}` | {} |", meaning.trim()).unwrap();
    }
    printed("docs/formats/log-kinds.md", &text);
}

#[actix_web::test]
async fn every_record_of_the_story_is_of_a_known_kind_and_has_the_fields_of_all() {
    let scene = Scene::new().await;
    let records = scene.records("").await;
    assert!(records.len() > 40);
    for (index, body) in records {
        let text = |field: &str| body[field].as_str();
        assert!(text("kind").and_then(Kind::parse).is_some(), "record {index}: {body}");
        for field in ["at", "actor", "object", "client", "request_id"] {
            assert!(text(field).is_some(), "record {index} lacks {field}: {body}");
        }
        for field in ["copy", "purpose"] {
            assert!(body.get(field).is_some(), "record {index} lacks {field}: {body}");
        }
        let words = body.to_string();
        for private in ["Riley", "Priya", "threaten", "Suspected", "@demo"] {
            assert!(!words.contains(private), "record {index} holds {private}: {body}");
        }
    }
}
