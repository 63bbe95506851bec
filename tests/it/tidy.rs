//! The house rules, read off the source tree: a rule that nobody checks is a wish.
//!
//! Promises: every rule here has a bad example that it catches. Absent on purpose: what rustc, clippy and rustfmt already check.

mod alarms;
mod clauses;
mod lines;
mod pages;
pub(crate) mod papers;
mod rooms;
mod rust;
mod words;

use std::fs;
use std::path::Path;

/// The longest a source file may be, in lines.
const LONGEST: usize = 400;

/// Folders that hold what was built or fetched, and demo data.
const NOT_OURS: [&str; 9] =
    [".git", "target", "node_modules", "dist", "out", "data", "demo-data", "proptest-regressions", ".cache"];

/// A text file of the tree, by its path from the root.
struct File {
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn ends(&self, suffixes: &[&str]) -> bool {
        suffixes.iter().any(|suffix| self.path.ends_with(suffix))
    }

    fn below(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// What is wrong at a line, in one sentence.
    fn wrong(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every text file that is ours.
fn tree() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    gather(root, root, &mut files);
    assert!(files.iter().any(|file| file.path == "src/lib.rs"), "{} holds no source", root.display());
    files
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_symlink() || NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            gather(root, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push(File { path: path.strip_prefix(root).unwrap().to_string_lossy().into_owned(), text });
        }
    }
}

/// Applies a rule to the whole tree and lists every breach at once.
fn keep(rule: impl Fn(&File) -> Vec<String>) {
    none(&tree().iter().flat_map(rule).collect::<Vec<_>>());
}

fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "{} breaches of a house rule:\n{}", breaches.len(), breaches.join("\n"));
}

/// Asserts that a rule catches the bad example and lets the good one pass.
fn tells(rule: impl Fn(&File) -> Vec<String>, path: &str, bad: &str, good: &str) {
    assert!(!rule(&File::new(path, bad)).is_empty(), "not caught in {path}: {bad}");
    assert_eq!(rule(&File::new(path, good)), Vec::<String>::new(), "caught in {path}: {good}");
}

fn opens_with_its_promise(file: &File) -> Vec<String> {
    if file.ends(&[".rs"]) && !file.text.starts_with("//! ") {
        return vec![file.wrong(1, "opens without `//!` saying what it promises")];
    }
    Vec::new()
}

#[test]
fn every_rust_file_opens_with_what_it_promises() {
    tells(opens_with_its_promise, "src/a.rs", "use std::fs;\n", "//! Promises.\n");
    keep(opens_with_its_promise);
}

fn is_short(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    if file.ends(&[".rs", ".ts", ".mjs", ".html", ".css", ".sql"]) && lines > LONGEST {
        return vec![
            file.wrong(lines, format_args!("{lines} lines; {LONGEST} are the most: split it by what it is about")),
        ];
    }
    Vec::new()
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    tells(is_short, "src/a.rs", &"\n".repeat(401), &"\n".repeat(400));
    tells(is_short, "frontend/src/a.ts", &"\n".repeat(401), &"\n".repeat(400));
    keep(is_short);
}
