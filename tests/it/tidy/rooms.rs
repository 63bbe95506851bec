//! The arrows between rooms, and who may name which crate (DESIGN §4).
//!
//! `main, cli -> web -> actions -> { store, sealing, ledger } -> domain`; the store may use the ledger; the clock, the settings and
//! telemetry are leaves: any room may name them, they name none but the heart and each other. Absent on purpose: a list of exceptions.

use super::rust::paths;
use super::{File, keep, tells};

/// A room and the rooms it may name besides itself. `domain` is a crate of its own, so that rustc keeps it from naming any.
const ARROWS: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("clock", &["domain"]),
    ("config", &["domain", "clock"]),
    ("telemetry", &["domain", "clock", "config"]),
    ("ledger", &["domain"]),
    ("sealing", &["domain"]),
    ("store", &["domain", "ledger", "clock", "config", "telemetry"]),
    ("actions", &["domain", "ledger", "sealing", "store", "clock", "config", "telemetry"]),
    ("web", &["domain", "actions", "clock", "config", "telemetry"]),
    ("demo", &["domain", "ledger", "sealing", "store", "actions", "clock", "config"]),
    ("cli", &["domain", "ledger", "sealing", "store", "actions", "web", "demo", "clock", "config", "telemetry"]),
];

/// What the heart may not name: no I/O, no async, no clock, no SQL, no HTTP.
const NOT_IN_THE_HEART: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::time",
    "std::env",
    "std::process",
    "SystemTime",
    "tokio",
    "tera",
    "sqlx",
    "chrono::Utc::now",
];

/// The room of a file of `src`: `src/store/log.rs` and `src/store.rs` are both in `store`.
fn room(path: &str) -> Option<&str> {
    path.strip_prefix("src/").and_then(|rest| rest.split(['/', '.']).next())
}

fn arrows_point_down(file: &File) -> Vec<String> {
    let Some(here) = room(&file.path).filter(|_| file.ends(&[".rs"])) else { return Vec::new() };
    if ["lib", "main", "domain"].contains(&here) {
        return Vec::new();
    }
    let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == here) else {
        return vec![file.wrong(1, format_args!("the room `{here}` has no arrows in tests/it/tidy/rooms.rs"))];
    };
    let mut breaches = Vec::new();
    for (path, line) in paths(&file.text) {
        let ["crate" | "disclosure_portal", to, ..] = path[..] else { continue };
        let known = ARROWS.iter().any(|(name, _)| *name == to);
        if known && to != here && !may.contains(&to) {
            breaches.push(file.wrong(line, format_args!("`{here}` may not use `{to}`; it may use {}", may.join(", "))));
        }
    }
    breaches
}

#[test]
fn arrows_point_down_only() {
    tells(
        arrows_point_down,
        "src/store/log.rs",
        "use crate::{domain::ids, actions::seal};",
        "use crate::ledger::tree;",
    );
    tells(arrows_point_down, "src/sealing/copy.rs", "fn f() { crate::store::read() }", "use crate::domain::ids;");
    tells(arrows_point_down, "src/actions/mod.rs", "pub use crate::web::Visit;", "pub use crate::store::No;");
    tells(arrows_point_down, "src/web/app.rs", "use crate::store::Db;", "// crate::store\nuse crate::web::page;");
    tells(arrows_point_down, "src/config.rs", "use crate::web::doors;", "use crate::domain::ids;");
    assert!(!arrows_point_down(&File::new("src/attic/mod.rs", "")).is_empty(), "a room without arrows is caught");
    keep(arrows_point_down);
}

fn crates_keep_to_their_rooms(file: &File) -> Vec<String> {
    if !file.ends(&[".rs"]) || !file.below(&["src/"]) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (path, line) in paths(&file.text) {
        let home: &[&str] = match &path[..] {
            ["sqlx", _, ..] | ["", "sqlx", ..] => &["src/store/"],
            ["", "age", ..] | ["age", "Encryptor" | "Decryptor" | "x25519" | "secrecy" | "scrypt" | "armor", ..] => {
                &["src/sealing/age.rs"]
            }
            ["tera", ..] | ["", "tera", ..] => &["src/web/"],
            [name, ..] if name.starts_with("actix") => &["src/web/", "src/cli/", "src/cli.rs", "src/main.rs"],
            ["anyhow", ..] => &["src/main.rs", "src/cli/", "src/cli.rs"],
            _ => continue,
        };
        if !file.below(home) {
            breaches
                .push(file.wrong(line, format_args!("`{}` may be named only in {}", path.join("::"), home.join(", "))));
        }
    }
    breaches
}

#[test]
fn each_crate_is_named_only_in_its_room() {
    let rule = crates_keep_to_their_rooms;
    tells(rule, "src/actions/seal.rs", "use sqlx::FromRow;", "let sqlx = 1;");
    tells(rule, "src/actions/seal.rs", "use ::age::Encryptor;", "use crate::sealing::age::Recipient; age::open(x);");
    tells(rule, "src/actions/seal.rs", "let e = age::Encryptor::with(r);", "let age = years;");
    tells(rule, "src/actions/seal.rs", "fn f(q: actix_web::HttpRequest) {}", "/// actix_web\nfn f() {}");
    tells(rule, "src/actions/a.rs", "tera::Tera::default()", "use crate::store::No;");
    tells(rule, "src/store/mod.rs", "use anyhow::Result;", "use sqlx::Pool;");
    keep(rule);
}

fn the_heart_is_pure(file: &File) -> Vec<String> {
    if !file.ends(&[".rs"]) || !file.below(&["src/domain/"]) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (path, line) in paths(&file.text) {
        let written = format!("{}::", path.join("::"));
        let broken = |banned: &&str| written.starts_with(&format!("{banned}::")) || path.contains(banned);
        let banned = NOT_IN_THE_HEART.iter().find(|banned| broken(banned)).copied();
        if let Some(banned) = banned.or_else(|| path.iter().find(|name| name.starts_with("actix")).copied()) {
            breaches.push(file.wrong(line, format_args!("the heart may not name `{banned}`")));
        }
    }
    breaches
}

#[test]
fn the_heart_names_no_machine() {
    let path = "src/domain/urn.rs";
    tells(the_heart_is_pure, path, "use std::{fmt, fs};", "use std::fmt;");
    tells(the_heart_is_pure, path, "let t = std::time::Instant::now();", "let time = 3;");
    tells(the_heart_is_pure, path, "let t = SystemTime::now();", "//! SystemTime\n");
    tells(the_heart_is_pure, path, "async fn f() { tokio::task::yield_now().await }", "let net = 1;");
    tells(the_heart_is_pure, path, "use actix_web::web;", "use crate::ids::PersonId;");
    keep(the_heart_is_pure);
}
