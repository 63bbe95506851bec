//! Alarms: whatever the portal says to its operator at error or warn, and each line of `check`, has a row in docs/OPERATIONS.md that
//! says what it means and what to do, and no row speaks of what is never said.

use std::collections::BTreeMap;

use super::rust::{Kind, pieces};
use super::{File, none, tree};

const GUIDE: &str = "docs/OPERATIONS.md";

/// What is told by `error!` and `warn!` in a source, each as `level words`: the last text among its arguments (a line without
/// words is known by its target).
fn alarms(file: &File) -> Vec<(String, usize)> {
    let (mut found, mut inside) = (Vec::new(), None);
    for piece in pieces(&file.text) {
        match (piece.kind, &mut inside) {
            (Kind::Text, Some((_, _, _, words))) => *words = piece.text,
            (Kind::Code, _) => {
                let mut rest = piece.text;
                while !rest.is_empty() {
                    let Some((level, line, depth, words)) = &mut inside else {
                        let next = ["error", "warn"].map(|level| (rest.find(&format!("tracing::{level}!(")), level));
                        let first = next.into_iter().filter_map(|(at, level)| Some((at?, level))).min();
                        let Some((at, level)) = first else { break };
                        let line = piece.line + piece.text[..piece.text.len() - rest.len() + at].matches('\n').count();
                        inside = Some((level, line, 1_i32, ""));
                        rest = &rest[at + "tracing::!(".len() + level.len()..];
                        continue;
                    };
                    let Some(at) = rest.find(['(', ')']) else { break };
                    *depth += if rest[at..].starts_with('(') { 1 } else { -1 };
                    if *depth == 0 {
                        found.push((format!("{level} {words}"), *line));
                        inside = None;
                    }
                    rest = &rest[at + 1..];
                }
            }
            _ => {}
        }
    }
    found
}

/// Macros of tracing that [`alarms`] does not read.
fn other_ways(file: &File) -> Vec<String> {
    let unread = |line: &&str| {
        ["event!(", "Level::ERROR", "Level::WARN", "use tracing::{", "use tracing::error", "use tracing::warn"]
            .iter()
            .any(|word| line.contains(word))
    };
    let lines = file.text.lines().enumerate().filter(|(_, line)| unread(line));
    lines
        .map(|(at, _)| file.wrong(at + 1, "an alarm is `tracing::error!` or `tracing::warn!`, by its whole name"))
        .collect()
}

/// The lines of `check`: the first text of each `lines.add("…"`.
fn checks(file: &File) -> Vec<(String, usize)> {
    let pieces = pieces(&file.text);
    let added = pieces.windows(2).filter(|two| two[0].kind == Kind::Code && two[1].kind == Kind::Text);
    let added = added.filter(|two| two[0].text.trim_end().ends_with("lines.add("));
    added.map(|two| (two[1].text.to_owned(), two[1].line)).collect()
}

/// The rows of the table below a heading: what stands in backticks first, and whether the other cells say something.
fn rows(guide: &str, heading: &str) -> BTreeMap<String, bool> {
    let below = guide.split_once(&format!("\n## {heading}\n")).map_or("", |(_, rest)| rest);
    let section = below.split_once("\n## ").map_or(below, |(section, _)| section);
    let row = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.trim_end_matches([' ', '|']).split(" | ").collect();
        let whole = cells.len() >= 3 && cells.iter().all(|cell| !cell.trim().is_empty());
        Some((cells[0].strip_suffix('`').unwrap_or_default().to_owned(), whole))
    };
    section.lines().filter_map(row).collect()
}

fn compared(said: &[(String, String)], rows: &BTreeMap<String, bool>) -> Vec<String> {
    let mut breaches = Vec::new();
    for (words, place) in said {
        match rows.get(words) {
            None => breaches
                .push(format!("{place}: `{words}` has no row in {GUIDE}: what does it mean, what is to be done?")),
            Some(false) => {
                breaches.push(format!("{GUIDE}: the row of `{words}` does not say what it means and what to do"));
            }
            Some(true) => {}
        }
    }
    let stale = rows.keys().filter(|row| !said.iter().any(|(words, _)| words == *row));
    breaches.extend(stale.map(|row| format!("{GUIDE}: nothing says `{row}` any more")));
    breaches
}

fn all(files: &[File], told: impl Fn(&File) -> Vec<(String, usize)>) -> Vec<(String, String)> {
    let of = |file: &File| {
        told(file).into_iter().map(|(words, line)| (words, format!("{}:{line}", file.path))).collect::<Vec<_>>()
    };
    files.iter().filter(|file| file.below(&["src/"]) && file.ends(&[".rs"])).flat_map(of).collect()
}

#[test]
fn each_alarm_of_the_source_says_in_the_guide_what_to_do() {
    let example = "fn f() { tracing::warn!(a = g(\"x\"), %b, \"it is\\n late\"); tracing::info!(\"no\"); }\n// tracing::warn!(\"no\")\nfn g() {\n  tracing::error!(target: \"t\", c = %d());\n}";
    let told = alarms(&File::new("src/a.rs", example));
    assert_eq!(told, [("warn it is\\n late".to_owned(), 1), ("error t".to_owned(), 4)]);
    let said = [("error t".to_owned(), "src/a.rs:4".to_owned())];
    let guide = |row: &str| rows(&format!("a\n## B\n{row}\n## C\n"), "B");
    assert_eq!(compared(&said, &guide("| `error t` | means | do |")), Vec::<String>::new());
    assert_eq!(compared(&said, &guide("| `error t` | means | |")).len(), 1);
    assert_eq!(compared(&said, &guide("| `error u` | means | do |")).len(), 2);
    assert!(!other_ways(&File::new("src/a.rs", "use tracing::{error, warn};")).is_empty());

    let files = tree();
    let guide = files.iter().find(|file| file.path == GUIDE).expect(GUIDE);
    let said = all(&files, alarms);
    assert!(said.len() > 10, "{said:?}");
    none(&compared(&said, &rows(&guide.text, "What each alarm means")));
    none(&files.iter().filter(|file| file.below(&["src/"])).flat_map(other_ways).collect::<Vec<_>>());
}

#[test]
fn each_line_of_check_says_in_the_guide_what_to_do() {
    let example = File::new("src/cli/check.rs", "lines.add(\"vault\", vault(\"x\")); other.add(\"y\", z);");
    assert_eq!(checks(&example), [("vault".to_owned(), 1)]);
    let files = tree();
    let guide = files.iter().find(|file| file.path == GUIDE).expect(GUIDE);
    let said = all(&files, checks);
    assert!(said.len() > 7, "{said:?}");
    none(&compared(&said, &rows(&guide.text, "What `check` says")));
}

/// What pages, commands and the access log show, as the guide quotes it: still said by them.
#[test]
fn what_the_guide_quotes_from_pages_and_commands_is_still_said() {
    let files = tree();
    let guide = files.iter().find(|file| file.path == GUIDE).expect(GUIDE);
    let quoted = rows(&guide.text, "Alarms on pages, in the access log and at the start");
    assert!(quoted.len() > 7, "{quoted:?}");
    let tight = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sources: Vec<_> =
        files.iter().filter(|file| file.below(&["src/", "templates/"])).map(|file| tight(&file.text)).collect();
    let lost = |words: &&String| !sources.iter().any(|text| text.contains(words.trim_end_matches(" …")));
    none(
        &quoted.keys().filter(lost).map(|words| format!("{GUIDE}: nobody says `{words}` any more")).collect::<Vec<_>>(),
    );
}
