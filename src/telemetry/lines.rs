//! One line of the operator's log: a JSON object with fields from one list, each value cut down to what may stand there.
//!
//! Promises: `at`, `level`, `instance`, `target`, `message` are always there; any other field is on [`FIELDS`] or is left out,
//! whoever wrote the line; what looks like an identifier (32 hexadecimal digits, with or without hyphens) is cut to its first
//! eight, an address of mail to `…@…`; a line is one line, 2,000 characters a field at most.
//! Absent on purpose: spans, colours, source files and lines, thread names.

use std::fmt;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::Clock;

/// Every field that a line may have besides the five of all, and what it says.
pub const FIELDS: &[(&str, &str)] = &[
    ("request", "the request's own random word; on a problem page it is the incident's number"),
    ("method", "the request's method"),
    ("door", "the pattern of the door that was knocked at, never the path"),
    ("status", "the answer's status"),
    ("us", "how long it took, microseconds"),
    ("client", "the address the request came from"),
    ("incident", "the number on the page of somebody who met a fault"),
    ("cause", "why something did not go well"),
    ("place", "where in the program a panic began"),
    ("job", "a job's name"),
    ("copy", "a copy, by the beginning of its identifier"),
    ("release", "a release, by the beginning of its identifier"),
    ("record", "a record that falls due, by the beginning of its identifier"),
    ("count", "how many"),
    ("failed", "how many could not be"),
    ("behind_ms", "how far the clock is behind the log, milliseconds"),
    ("orphans", "how many blobs that no row names were deleted"),
    ("failed", "how many of them could not be"),
    ("unfinished", "how many writes that were cut short were cleared away"),
    ("seconds", "a time that was set, seconds"),
    ("summary", "the first words of a slow statement of the database (never its values)"),
    ("elapsed_secs", "how long that statement took, seconds"),
];

/// The longest value, characters.
const LONGEST: usize = 2_000;

/// Writes each event as one line of JSON.
#[derive(Clone, Debug)]
pub struct Lines {
    instance: String,
}

impl Lines {
    /// For the process with this word.
    pub fn of(instance: &str) -> Self {
        Self { instance: instance.to_owned() }
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let about = event.metadata();
        let mut line = Line(Map::new());
        line.0.insert("at".into(), json!(Clock::real().rfc3339()));
        line.0.insert("level".into(), json!(about.level().as_str()));
        line.0.insert("instance".into(), json!(self.instance));
        line.0.insert("target".into(), json!(about.target()));
        line.0.insert("message".into(), json!(""));
        event.record(&mut line);
        writeln!(writer, "{}", Value::Object(line.0))
    }
}

struct Line(Map<String, Value>);

impl Line {
    fn put(&mut self, field: &Field, value: Value) {
        let name = field.name();
        if name == "message" || FIELDS.iter().any(|(known, _)| *known == name) {
            self.0.insert(name.to_owned(), value);
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, json!(cut(&format!("{value:?}"))));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, json!(cut(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, json!(value));
    }
}

/// Text as it may stand in a line.
fn cut(text: &str) -> String {
    let no_mail = words(text, "-._+%@", |word| word.contains('@').then(|| "…@…".to_owned()));
    let short = words(&no_mail, "-", |word| {
        let digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
        let identifier = digits >= 32 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        identifier.then(|| format!("{}…", word.get(..8).unwrap_or_default()))
    });
    match short.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", short.get(..at).unwrap_or_default()),
        None => short,
    }
}

/// The text with some of its words changed. A word is letters, digits and what stands in `also`.
fn words(text: &str, also: &str, change: impl Fn(&str) -> Option<String>) -> String {
    let ends = |c: char| !(c.is_alphanumeric() || also.contains(c));
    let mut told = String::with_capacity(text.len());
    for piece in text.split_inclusive(ends) {
        let word = piece.trim_end_matches(ends);
        told.push_str(change(word).as_deref().unwrap_or(word));
        told.push_str(piece.get(word.len()..).unwrap_or_default());
    }
    told
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn identifiers_and_addresses_of_mail_are_cut_and_words_are_not() {
        for (text, told) in [
            ("no row for 0190a5b0-0000-7000-8000-000000000001.", "no row for 0190a5b0…."),
            ("ab/0123456789abcdef0123456789abcdef: gone", "ab/01234567…: gone"),
            ("(alex.doe+x@police.example)", "(…@…)"),
            ("incident 0123456789abcdef of the disk", "incident 0123456789abcdef of the disk"),
            ("UNIQUE constraint failed: person.email_blind", "UNIQUE constraint failed: person.email_blind"),
            ("", ""),
        ] {
            assert_eq!(cut(text), told);
        }
        assert_eq!(cut(&"é".repeat(3_000)).chars().count(), 2_001);
    }
}
