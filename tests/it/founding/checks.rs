//! `check` finds each broken thing, on its own line.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use disclosure_portal::cli::check::{self, Finding};
use disclosure_portal::clock::Clock;

use super::{Fresh, sql};
use crate::harness::Folder;

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Changes the configuration's text.
fn edit(dir: &Path, from: &str, to: &str) {
    let file = dir.join("portal.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&file, text.replace(from, to)).unwrap();
}

/// Breaks one thing; days to move the clock; the lines that must fail.
type Case = (&'static str, fn(&Path), i64, &'static [&'static str]);

/// What a newer program leaves behind.
const NEWER: &str = "INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";

const CASES: &[Case] = &[
    ("nothing", |_| (), 0, &[]),
    ("the portal is stopped for a year", |_| (), 370, &[]),
    (
        "mail",
        |d| edit(d, "[log]", "[mail]\nhost = \"mail.example.org\"\nport = 587\nfrom = \"portal@example.org\"\n[log]"),
        0,
        &[],
    ),
    ("no words", |d| edit(d, "the unit on 01632 960001", " "), 0, &["settings"]),
    ("an open folder", |d| chmod(d, 0o755), 0, &["permissions"]),
    ("an open configuration", |d| chmod(&d.join("portal.toml"), 0o644), 0, &["permissions"]),
    ("an open database", |d| chmod(&d.join("portal.sqlite"), 0o644), 0, &["permissions"]),
    ("an open vault", |d| chmod(&d.join("vault"), 0o750), 0, &["permissions"]),
    ("an open key", |d| chmod(&d.join("keys/web.key"), 0o640), 0, &["permissions"]),
    ("a key that is none", |d| fs::write(d.join("keys/blind.key"), "ab").unwrap(), 0, &["permissions"]),
    ("a missing key", |d| fs::remove_file(d.join("keys/records.key")).unwrap(), 0, &["permissions"]),
    ("a root's letter", |d| edit(d, "root = \"localhost", "root = \"lokalhost"), 0, &["root"]),
    ("a break-glass letter", |d| edit(d, "break_glass = \"age1", "break_glass = \"age1q"), 0, &["break-glass"]),
    (
        "another's TLS key",
        |d| {
            fs::copy(d.join("tls/ca.key"), d.join("tls/server.key")).unwrap();
        },
        0,
        &["certificate"],
    ),
    ("an open TLS key", |d| chmod(&d.join("tls/server.key"), 0o644), 0, &["permissions", "certificate"]),
    ("another host", |d| edit(d, "https://localhost", "https://portal.example.org"), 0, &["certificate"]),
    ("a certificate near its end", |_| (), 380, &["certificate"]),
    ("a certificate out of date", |_| (), 400, &["certificate"]),
    ("no database", |d| fs::remove_file(d.join("portal.sqlite")).unwrap(), 0, &["permissions", "database"]),
    ("a demo's database", |d| sql(d, "INSERT INTO setting VALUES ('demo', 'yes', 0)"), 0, &["database"]),
    ("a demo's accounts", |d| fs::write(d.join("demo-accounts.json"), "").unwrap(), 0, &["database"]),
    ("a step missing", |d| sql(d, "DELETE FROM _sqlx_migrations WHERE version = 3"), 0, &["schema"]),
    (
        "a step of another build",
        |d| sql(d, "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2"),
        0,
        &["schema"],
    ),
    ("a newer program's step that only adds", |d| sql(d, NEWER), 0, &[]),
    (
        "a newer program's step that takes something away",
        |d| {
            sql(d, NEWER);
            sql(d, "UPDATE setting SET value = '99' WHERE name = 'schema_floor'");
        },
        0,
        &["schema"],
    ),
    (
        "a head that was changed",
        |d| {
            sql(
                d,
                "UPDATE log_head SET note = replace(note, char(10) || '1' || char(10), char(10) || '2' || char(10))",
            );
        },
        0,
        &["log"],
    ),
    ("another log's name", |d| edit(d, "localhost/log/1", "localhost/log/2"), 0, &["log"]),
    ("a clock behind the log", |_| (), -3, &["certificate", "clock"]),
    ("a clock of long ago", |_| (), -400, &["certificate", "clock"]),
    ("a clock years ahead", |_| (), 900, &["certificate", "clock"]),
];

#[test]
fn each_broken_thing_fails_its_line_and_no_other() {
    let fresh = Fresh::new();
    let mut wrong = Vec::new();
    for (name, break_it, days, expected) in CASES {
        let folder = Folder::new();
        let copied = Command::new("cp").arg("-a").arg(fresh.dir()).arg(&folder.0).status().unwrap();
        assert!(copied.success());
        let dir = folder.0.join("portal");
        break_it(&dir);
        let now = Clock::real().plus_millis(days * 86_400_000);
        let found = check::check(&dir.join("portal.toml"), now).map_err(|no| no.sentence).unwrap();
        let failed: Vec<&Finding> = found.iter().filter(|one| !one.ok).collect();
        let names: Vec<&str> = failed.iter().map(|one| one.what).collect();
        if names != *expected || failed.iter().any(|one| one.why.is_empty()) {
            wrong.push(format!("{name}: {failed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_configuration_that_cannot_be_read_is_unreadable() {
    let fresh = Fresh::new();
    edit(&fresh.dir(), "[store]", "[stores]");
    assert_eq!(check::check(&fresh.made.config, Clock::real()).unwrap_err().code, 2);
    assert_eq!(check::check(&fresh.dir().join("none.toml"), Clock::real()).unwrap_err().code, 2);
}
