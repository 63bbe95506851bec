//! Lines of the operator's log: each field is on the list that the log keeps to, so that none is left out unnoticed, and nothing is
//! printed as a programmer sees it (`?`), which shows what was typed.

use disclosure_portal::telemetry::lines::FIELDS;

use super::rust::tokens;
use super::{File, keep, tells};

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

fn fields_are_known(file: &File) -> Vec<String> {
    if !file.ends(&[".rs"]) || !file.below(&["src/"]) {
        return Vec::new();
    }
    let tokens = tokens(&file.text);
    let mut breaches = Vec::new();
    for (at, five) in tokens.windows(5).enumerate() {
        let [("tracing", line), ("::", _), (level, _), ("!", _), ("(", _)] = five[..] else { continue };
        if !LEVELS.contains(&level) {
            continue;
        }
        // At depth 1, a field stands at the beginning or after a comma: `name = …`, `%name`, `?name`, `name`.
        let (mut depth, mut first) = (1, true);
        let mut rest = tokens[at + 5..].iter().map(|token| token.0).peekable();
        while let Some(token) = rest.next().filter(|_| depth > 0) {
            match token {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                "," if depth == 1 => first = true,
                "?" if depth == 1 => {
                    breaches.push(file.wrong(line, "`?` in a line of the log shows what was typed: use `%`"));
                }
                "%" => {}
                // Where the line comes from, not a field.
                "target" if first && rest.peek() == Some(&":") => first = false,
                name if first && depth == 1 => {
                    first = false;
                    let word = name.starts_with(|c: char| c.is_ascii_lowercase());
                    if word && !FIELDS.iter().any(|(known, _)| *known == name) {
                        breaches.push(file.wrong(line, format_args!("`{name}` is not on telemetry::lines::FIELDS")));
                    }
                }
                _ => {}
            }
        }
    }
    breaches
}

#[test]
fn every_field_of_the_operators_log_is_known() {
    let rule = fields_are_known;
    tells(rule, "src/a.rs", "tracing::warn!(person = %id, \"gone\");", "tracing::warn!(cause = %f(a, b), \"gone\");");
    tells(rule, "src/a.rs", "tracing::warn!(cause = ?no, \"gone\");", "let x = f()?; tracing::info!(\"gone\"); g()?;");
    tells(
        rule,
        "src/a.rs",
        "tracing::info!(target: \"a\", %name);",
        "tracing::info!(target: \"a\", door, status, %cause);",
    );
    keep(rule);
}
