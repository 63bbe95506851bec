//! Clause ids: whatever cites the policy cites a clause that exists, and no clause once kept is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::{File, keep, none, tells, tree};

/// The ids of docs/policy-rows.txt; true where a rule keeps the row.
static ROWS: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let text = include_str!("../../../docs/policy-rows.txt");
    let rows =
        text.lines().filter(|line| !line.starts_with('#')).map(
            |line| match line.split(" | ").collect::<Vec<_>>()[..] {
                [id, state @ ("kept" | "later"), words] if !words.is_empty() => (id.to_owned(), state == "kept"),
                _ => panic!("docs/policy-rows.txt: `{line}` is not `id | kept or later | words`"),
            },
        );
    rows.collect()
});

/// The ids that a text cites, with their lines. `K7Q4-2M` is a mark, not a clause; so may a bare `K7` be.
fn cited(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(['K', 'O']) {
        let before = text[..at].chars().last();
        if before.is_some_and(|c| c.is_alphanumeric() || "_-+/.#".contains(c)) {
            continue;
        }
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let id = rest[..end].trim_end_matches('.');
        let after = rest[id.len()..].chars().next();
        if !id.starts_with(|c: char| c.is_ascii_digit())
            || after.is_some_and(|c| c.is_alphanumeric() || "_+/=".contains(c))
        {
            continue;
        }
        found.push((&text[at..=at + id.len()], 1 + text[..at].matches('\n').count()));
    }
    found
}

fn cites_what_exists(file: &File) -> Vec<String> {
    if !file.below(&["src/", "tests/it/", "templates/", "migrations/", "docs/", "frontend/src/"])
        || file.path.contains("/tidy/")
    {
        return Vec::new();
    }
    cited(&file.text)
        .iter()
        .filter(|(id, _)| id.contains('.') && !ROWS.contains_key(*id))
        .map(|(id, line)| file.wrong(*line, format_args!("clause {id} is not in docs/policy-rows.txt")))
        .collect()
}

#[test]
fn every_clause_cited_exists() {
    let good = "/// Sixty days (K7.8), O3.2.3; see K8.2. Mark K7Q4-2M, KEK_P, `K+5/`, OK";
    tells(cites_what_exists, "src/domain/limits.rs", "/// Sixty days (K7.88).", good);
    tells(cites_what_exists, "templates/pages/a.html", "<p>O9.1</p>", "<p>O2.1</p>");
    assert_eq!(cited(good), [("K7.8", 1), ("O3.2.3", 1), ("K8.2", 1)]);
    keep(cites_what_exists);
}

fn lost<'a>(kept: impl Iterator<Item = &'a String>, cited: &BTreeSet<String>) -> Vec<String> {
    kept.filter(|id| !cited.contains(*id))
        .map(|id| format!("clause {id} is marked kept, but nothing in src/ cites it"))
        .collect()
}

#[test]
fn no_clause_once_kept_is_lost() {
    let sources: Vec<_> = tree().into_iter().filter(|file| file.below(&["src/"])).collect();
    let cited: BTreeSet<_> = sources.iter().flat_map(|file| cited(&file.text)).map(|(id, _)| id.to_owned()).collect();
    let kept = || ROWS.iter().filter(|(_, kept)| **kept).map(|(id, _)| id);
    assert_eq!(lost(["K7.8".to_owned(), "K9.99".to_owned()].iter(), &cited).len(), 1);
    none(&lost(kept(), &cited));
}
