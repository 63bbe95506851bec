//! Documents that speak of the code: the tests, files and decisions they name are there.

use super::rust::tokens;
use super::{File, keep, none, tells, tree};

/// Promises of DESIGN §2: each has a row in docs/ARCHITECTURE.md.
const PROMISES: usize = 10;

/// Names of functions under `#[test]` or `#[tokio::test]`, and titles of browser tests.
fn tests(files: &[File]) -> Vec<String> {
    let mut names = Vec::new();
    for file in files {
        if file.ends(&[".rs"]) {
            let words: Vec<_> =
                tokens(&file.text).iter().map(|token| token.0).filter(|word| *word != "async").collect();
            let proofs = words.windows(4).filter(|four| four[..3] == ["test", "]", "fn"]);
            names.extend(proofs.map(|four| four[3].to_owned()));
        } else if file.ends(&[".test.mjs"]) {
            let titles = file.text.lines().filter_map(|line| line.trim().strip_prefix("test(\""));
            names.extend(titles.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    names
}

/// All tests of the tree, by name.
pub(crate) fn tests_of_the_tree() -> Vec<String> {
    tests(&tree())
}

/// What is wrong with the table of promises: rows missing, rows without proof, tests that are not there.
fn unproved(page: &str, tests: &[String]) -> Vec<String> {
    let mut breaches = Vec::new();
    for number in 1..=PROMISES {
        let row = page.lines().find(|line| line.starts_with(&format!("| P{number} |")));
        let Some(proof) = row.and_then(|row| row.trim_end_matches([' ', '|']).rsplit('|').next()) else {
            breaches.push(format!("docs/ARCHITECTURE.md: no row for P{number}"));
            continue;
        };
        let named: Vec<_> = proof.split('`').skip(1).step_by(2).collect();
        if named.is_empty() && !proof.trim().starts_with("open:") {
            breaches.push(format!("docs/ARCHITECTURE.md: P{number} names neither a test nor what is `open:`"));
        }
        let lost =
            named.iter().filter(|name| !tests.iter().any(|test| test == name.rsplit("::").next().unwrap_or_default()));
        breaches.extend(
            lost.map(|name| format!("docs/ARCHITECTURE.md: P{number} is proved by `{name}`, which is no test")),
        );
    }
    breaches
}

#[test]
fn each_promise_names_a_test_that_exists() {
    let files = tree();
    let tests = tests(&files);
    let page = files.iter().find(|file| file.path == "docs/ARCHITECTURE.md").expect("docs/ARCHITECTURE.md");
    let bad = page.text.replace("| P1 |", "| Q1 |");
    assert_eq!(unproved(&bad, &tests).len(), 1);
    assert_eq!(unproved("| P1 | x | `no_such_test` |", &tests).len(), PROMISES);
    none(&unproved(&page.text, &tests));
}

/// What is wrong with the table of faults: rows without a reason, tests that are not there.
fn untried(page: &str, tests: &[String]) -> Vec<String> {
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| fault ") && !line.starts_with("| --"));
    let mut breaches = Vec::new();
    for row in rows {
        let (fault, proof) = row.trim_matches(['|', ' ']).split_once(" | ").unwrap_or((row, ""));
        let named: Vec<_> = proof.split('`').skip(1).step_by(2).filter(|name| !name.contains('=')).collect();
        if named.is_empty() && !proof.starts_with("none: ") && !proof.starts_with("elsewhere: ") {
            breaches.push(format!("docs/FAULTS.md: {fault} has neither a test nor a reason why there is none"));
        }
        let lost = named.iter().filter(|name| !tests.iter().any(|test| test == *name));
        breaches.extend(lost.map(|name| format!("docs/FAULTS.md: {fault} is tried by `{name}`, which is no test")));
    }
    breaches
}

#[test]
fn each_fault_names_a_test_that_exists_or_says_why_there_is_none() {
    let files = tree();
    let tests = tests(&files);
    let page = files.iter().find(|file| file.path == "docs/FAULTS.md").expect("docs/FAULTS.md");
    assert_eq!(untried("| fault | test |\n| --- | --- |\n| fire | |\n| water | `no_such_test` |", &tests).len(), 2);
    assert!(page.text.matches("\n| ").count() > 20, "docs/FAULTS.md has lost its tables");
    none(&untried(&page.text, &tests));
}

/// Decisions are numbered without gaps, dated, and say why and what it costs.
fn decisions_in_order(files: &[File]) -> Vec<String> {
    let mut breaches = Vec::new();
    let decisions: Vec<_> = files.iter().filter(|file| file.below(&["docs/decisions/"])).collect();
    for (at, file) in decisions.iter().enumerate() {
        let number = format!("{:04}", at + 1);
        if !file.path.starts_with(&format!("docs/decisions/{number}-")) {
            breaches.push(file.wrong(1, format_args!("the next decision is {number}")));
        }
        if !file.text.starts_with(&format!("# {number} ")) || !file.text.contains("\nDate: 20") {
            breaches.push(file.wrong(1, format_args!("opens with `# {number} …`, then `Date:`")));
        }
        for part in ["## Why", "## What it costs"] {
            if !file.text.contains(part) {
                breaches.push(file.wrong(1, format_args!("has no `{part}`")));
            }
        }
    }
    breaches
}

#[test]
fn decisions_are_numbered_and_dated() {
    let bad = [File::new("docs/decisions/0002-a.md", "# 0002 A\n")];
    assert_eq!(decisions_in_order(&bad).len(), 4);
    let good = [File::new("docs/decisions/0001-a.md", "# 0001 A\nDate: 2026-11-21\n## Why\n## What it costs\n")];
    none(&decisions_in_order(&good));
    none(&decisions_in_order(&tree()));
}

/// Links from one document to another, and to pictures.
fn links_lead_somewhere(file: &File) -> Vec<String> {
    if !file.ends(&[".md"]) || file.path.contains("node_modules") {
        return Vec::new();
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join(&file.path).parent().map(std::path::Path::to_owned).unwrap_or_default();
    let mut breaches = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for rest in line.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty()
                && !target.contains("://")
                && !target.starts_with("mailto:")
                && !folder.join(target).exists()
            {
                breaches.push(file.wrong(at + 1, format_args!("the link `{target}` leads nowhere")));
            }
        }
    }
    breaches
}

#[test]
fn links_between_documents_lead_somewhere() {
    tells(links_lead_somewhere, "README.md", "see [it](docs/nothing.md)", "see [it](Cargo.toml#x), [b](#here)");
    tells(links_lead_somewhere, "docs/A.md", "![p](pictures/none.png)", "[up](../Cargo.toml)");
    keep(links_lead_somewhere);
}
