//! Words that may not be in the source: unfinished work, tests that wait or are skipped, SQL that is put together, this or that machine.

use super::rust::{Kind, pieces, tokens};
use super::{File, keep, tells};

fn nothing_unfinished(file: &File) -> Vec<String> {
    if !file.ends(&[".rs"]) {
        return Vec::new();
    }
    let tokens = tokens(&file.text);
    let mut breaches = Vec::new();
    for trio in tokens.windows(3) {
        let line = trio[0].1;
        match [trio[0].0, trio[1].0, trio[2].0] {
            [name @ ("todo" | "unimplemented" | "dbg"), "!", _] => {
                breaches.push(file.wrong(line, format_args!("`{name}!`")));
            }
            ["#", "[", "ignore"] => {
                breaches.push(file.wrong(line, "a test that is skipped proves nothing: mend it or delete it"));
            }
            [_, "sleep" | "sleep_until", "("] if is_test(&file.path) && file.path != THE_WAIT => {
                breaches.push(
                    file.wrong(
                        line,
                        "a test that sleeps is slow and flaky: move the clock, or wait for the thing itself",
                    ),
                );
            }
            _ => {}
        }
    }
    breaches
}

/// The one place that waits: it polls for the thing itself, in bounded time.
const THE_WAIT: &str = "tests/it/harness/wait.rs";

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("tests.rs")
}

#[test]
fn nothing_is_unfinished_skipped_or_slept_through() {
    tells(nothing_unfinished, "src/a.rs", "fn f() { todo!() }", "// todo!()\nfn f() { g(\"todo!()\") }");
    tells(nothing_unfinished, "src/a.rs", "let x = dbg!(y);", "let dbg = y;");
    tells(nothing_unfinished, "tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}", "#[test]\nfn ignore() {}");
    tells(nothing_unfinished, "tests/it/a.rs", "std::thread::sleep(one);", "let sleep = one;");
    tells(
        nothing_unfinished,
        "tests/it/harness/waits.rs",
        "std::thread::sleep(one);",
        "until(\"it is there\", there);",
    );
    keep(nothing_unfinished);
}

fn browser_tests_do_not_wait(file: &File) -> Vec<String> {
    if !file.ends(&[".mjs", ".ts"]) || !(file.below(&["tests/browser/"]) || file.path.contains("/test/")) {
        return Vec::new();
    }
    let banned = ["waitForTimeout", ".only(", "test.skip", "it.skip", "{ skip:"];
    let found = |line: &str| banned.iter().copied().find(|word| line.contains(word));
    file.text
        .lines()
        .enumerate()
        .filter_map(|(at, line)| found(line).map(|word| file.wrong(at + 1, format_args!("`{word}` in a browser test"))))
        .collect()
}

#[test]
fn browser_tests_neither_wait_nor_skip() {
    let path = "tests/browser/story.test.mjs";
    tells(browser_tests_do_not_wait, path, "await page.waitForTimeout(500);", "await page.waitForURL(url);");
    tells(browser_tests_do_not_wait, path, "test.only(\"a\", f);", "test(\"a\", f);");
    keep(browser_tests_do_not_wait);
}

/// How a statement that reads or changes rows begins.
const STATEMENTS: [&str; 6] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "WITH ", "REPLACE INTO "];

fn sql_is_constant(file: &File) -> Vec<String> {
    if !file.ends(&[".rs"]) || !file.below(&["src/"]) {
        return Vec::new();
    }
    let (mut breaches, mut code) = (Vec::new(), String::new());
    for piece in pieces(&file.text) {
        match piece.kind {
            Kind::Comment => {}
            Kind::Code => code.push_str(piece.text),
            Kind::Text => {
                let text = piece.text.trim_start_matches(['\\', '\n', ' ']);
                if STATEMENTS.iter().any(|start| text.starts_with(start)) {
                    let said = code.rsplit([';', '}', '{']).next().unwrap_or_default();
                    if !said.contains("const ") {
                        breaches.push(file.wrong(piece.line, "SQL is a `const`, with binds; nothing is put together"));
                    }
                    if !file.below(&["src/store/"]) {
                        breaches.push(file.wrong(piece.line, "SQL lives in src/store only"));
                    }
                    if text.starts_with("SELECT *") || text.contains(".* FROM") {
                        breaches.push(file.wrong(piece.line, "columns are named, not `*`"));
                    }
                }
                code.push_str("\"\"");
            }
        }
    }
    breaches
}

#[test]
fn sql_is_a_constant_of_the_store() {
    let good = "const ONE: &str = \"SELECT id FROM person WHERE id = $1\";\nlet said = \"SELECTED\";";
    tells(sql_is_constant, "src/store/a.rs", "let q = format!(\"SELECT id FROM {table}\");", good);
    tells(sql_is_constant, "src/store/a.rs", "sqlx::query(\"DELETE FROM person\")", good);
    tells(sql_is_constant, "src/store/a.rs", "const A: &str = \"SELECT * FROM person\";", good);
    tells(sql_is_constant, "src/actions/a.rs", good, "let said = \"Select one\";");
    tells(sql_is_constant, "src/store/a.rs", "const A: u8 = 1; run(\"\\\n  UPDATE person SET a = 1\");", good);
    keep(sql_is_constant);
}

/// Traces of one machine or one registry; put together here, so that this file does not hold them.
const PLACES: [&str; 12] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/fa", "rm/"),
    concat!("bash_", "jobs"),
    concat!(".lib", "rary/"),
    concat!("registry.npm", "js.org"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("deb.debian", ".org"),
    concat!("files.python", "hosted"),
];

fn names_no_machine(file: &File) -> Vec<String> {
    let mut breaches = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for place in PLACES {
            let starts = |found: &(usize, &str)| {
                !place.starts_with('/')
                    || !line[..found.0].ends_with(|c: char| c.is_alphanumeric() || "_.}$-".contains(c))
            };
            if line.match_indices(place).any(|found| starts(&found)) {
                breaches.push(file.wrong(at + 1, format_args!("`{place}` belongs to one machine or registry")));
            }
        }
    }
    breaches
}

#[test]
fn no_file_names_a_machine_or_a_registry() {
    let bad = format!("let path = \"{}x\";", PLACES[0]);
    tells(names_no_machine, "src/a.rs", &bad, "let url = \"pages/work/case\"; let f = \"frame\";");
    let bad = format!("\"resolved\": \"https://{}/esbuild\"", PLACES[7]);
    tells(names_no_machine, "frontend/package-lock.json", &bad, "\"version\": \"1.0.0\"");
    keep(names_no_machine);
}
