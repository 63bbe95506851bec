//! `docs/POLICY.md`: each row of the policy, the rule that keeps it, the tests that prove it, the page where a person meets it.
//!
//! Promises: every row of `docs/policy/requirements.md` stands in `kept.txt` or, while it is not kept, in `later.txt`, which may only
//! shrink; every rule, test and page named is there. Absent on purpose: whether a test proves what it is named for, which a person reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use disclosure_portal::web::doors::DOORS;

use crate::harness::printed;
use crate::tidy::papers::tests_of_the_tree;

const ROWS: &str = include_str!("../../docs/policy/requirements.md");
const KEPT: &str = include_str!("../../docs/policy/kept.txt");
const LATER: &str = include_str!("../../docs/policy/later.txt");
const REFUSALS: &str = concat!(
    include_str!("../../src/domain/refusal.rs"),
    include_str!("../../src/domain/refusal/said.rs"),
    include_str!("../../src/domain/refusal/custody.rs")
);

/// How many rows may stand in `later.txt`: lowered whenever one goes, never raised.
const LATER_MOST: usize = 7;

/// A row of the policy.
struct Row {
    section: String,
    id: String,
    words: String,
}

/// The rows, in order; one that stands several times is numbered from its second.
fn rows() -> Vec<Row> {
    let (mut section, mut seen, mut all) = (String::new(), BTreeMap::<&str, usize>::new(), Vec::new());
    for line in ROWS.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut section);
        }
        let Some((id, words)) = line.strip_prefix("| ").and_then(|rest| rest.trim_end_matches(" |").split_once(" | "))
        else {
            continue;
        };
        if ["id", "---"].contains(&id) {
            continue;
        }
        let many = seen.entry(id).or_default();
        *many += 1;
        let id = if *many == 1 { id.to_owned() } else { format!("{id} ({many})") };
        all.push(Row { section: section.clone(), id, words: words.to_owned() });
    }
    all
}

fn lines(text: &'static str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut all = BTreeMap::new();
    for line in lines {
        let (id, rest) = line.split_once(" | ").unwrap_or_else(|| panic!("`{line}` has no parts"));
        let before = all.insert(id, rest.split(" | ").map(str::trim).collect::<Vec<_>>());
        assert!(before.is_none(), "{id} stands twice");
    }
    all
}

fn names(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(", ").map(str::trim).filter(|name| !name.is_empty())
}

/// What is wrong with the rule that a row names.
fn no_rule(rule: &str) -> Option<String> {
    let Some((file, name)) = rule.split_once("::") else {
        return (!REFUSALS.contains(&format!("(\"{rule}\", "))).then(|| format!("no refusal `{rule}`"));
    };
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default();
    let there = [
        format!("fn {name}("),
        format!("fn {name}<"),
        format!("enum {name} "),
        format!("struct {name} "),
        format!("    {name} = "),
    ];
    (!there.iter().any(|one| text.contains(one))).then(|| format!("no `{name}` in {file}"))
}

/// A refusal's sentence, as the code has it, and its clause.
fn said(code: &str) -> Option<(&'static str, String)> {
    let line = REFUSALS.lines().find(|line| line.contains(&format!("(\"{code}\", ")))?;
    let mut quoted = line.split('"').skip(1).step_by(2);
    let (_, clause) = (quoted.next()?, quoted.next()?);
    Some((clause, quoted.nth(1).unwrap_or_default().replace("{}", "…")))
}

#[test]
fn every_row_of_the_policy_is_kept_by_a_rule_a_test_and_a_page_as_printed() {
    let (rows, kept, later, tests) = (rows(), lines(KEPT), lines(LATER), tests_of_the_tree());
    let doors: BTreeSet<&str> = DOORS.iter().map(|door| door.path).collect();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut wrong = Vec::new();
    for id in kept.keys().chain(later.keys()).filter(|id| !ids.contains(*id)) {
        wrong.push(format!("{id} is no row of requirements.md"));
    }
    for id in kept.keys().filter(|id| later.contains_key(*id)) {
        wrong.push(format!("{id} stands both in kept.txt and in later.txt"));
    }
    assert!(later.len() <= LATER_MOST, "later.txt grew to {} rows: it may only shrink", later.len());
    let mut text = String::from(
        "# The policy, row by row\n\nPrinted by `tests/it/policy.rs` from [the rows](policy/requirements.md) and what keeps them. Each rule, test and page named here exists, or the\ntest fails; rows that are not kept yet stand at the end, and that list may only shrink.\n",
    );
    let mut section = "";
    for row in &rows {
        let Some(parts) = kept.get(row.id.as_str()) else {
            if !later.contains_key(row.id.as_str()) {
                wrong.push(format!("{} stands neither in kept.txt nor in later.txt", row.id));
            }
            continue;
        };
        let [rules, proofs, pages] = parts[..] else { panic!("{}: rules | tests | pages", row.id) };
        if [rules, proofs, pages].iter().any(|part| part.is_empty()) {
            wrong.push(format!("{} lacks a rule, a test or a page", row.id));
        }
        wrong.extend(names(rules).filter_map(no_rule).map(|why| format!("{}: {why}", row.id)));
        wrong.extend(
            names(proofs)
                .filter(|name| !tests.iter().any(|test| test == name))
                .map(|name| format!("{}: no test `{name}`", row.id)),
        );
        wrong.extend(
            names(pages).filter(|page| !doors.contains(page)).map(|page| format!("{}: no page {page}", row.id)),
        );
        if section != row.section {
            section = &row.section;
            write!(text, "\n## {section}\n").unwrap();
        }
        write!(text, "\n### {}\n{}\n\n", row.id, row.words).unwrap();
        for rule in names(rules) {
            match said(rule) {
                Some((clause, words)) => writeln!(text, "- rule `{rule}` ({clause}): {words}").unwrap(),
                None => writeln!(text, "- rule `{rule}`").unwrap(),
            }
        }
        let listed = |list| names(list).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        write!(text, "- proved by {}\n- met on {}\n", listed(proofs), listed(pages)).unwrap();
    }
    text.push_str("\n## Not kept yet, or not wholly\n\n| row | with | what is missing |\n| --- | --- | --- |\n");
    for row in &rows {
        if let Some(parts) = later.get(row.id.as_str()) {
            writeln!(text, "| {} | {} |", row.id, parts.join(" | ")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    printed("docs/POLICY.md", &text);
}

#[test]
fn a_rule_that_is_not_there_is_told() {
    assert!(no_rule("not-custody").is_none() && no_rule("no-such-refusal").is_some());
    assert!(
        no_rule("src/domain/limits.rs::closes_at").is_none() && no_rule("src/domain/limits.rs::opens_at").is_some()
    );
    assert_eq!(said("own-request").unwrap().0, "K7.7");
    assert!(rows().len() > 50);
}
