//! The paired load bench: each of the portal's bars is measured beside something well known, in alternating short rounds of one run,
//! so that whatever else the machine does hits both alike. What counts is the ratio of each pair of rounds; absolute numbers are for orientation.
//!
//! `make bench` runs it all; `cargo bench --bench load -- view acts` runs parts of it. Needs Debian's nginx and PostgreSQL.
//! Absent on purpose: a bound that fails. This is never part of the suite: a timed test on a shared machine says nothing.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench that goes wrong stops")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and ticks far below 2^52"
)]
#![expect(clippy::print_stdout, reason = "what a bench finds is printed")]
#![expect(clippy::indexing_slicing, reason = "as in tests: its own numbers")]

mod acts;
mod bare;
mod client;
mod log;
mod pages;
mod portal;
mod stats;
mod view;
mod world;

#[path = "../../tests/it/harness/server.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod server;
#[path = "../../tests/it/harness/wait.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod wait;

/// What is measured, in this order.
const PARTS: [(&str, fn()); 4] = [("view", view::run), ("acts", acts::run), ("pages", pages::run), ("log", log::run)];

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for word in &asked {
        assert!(PARTS.iter().any(|(name, _)| name == word), "no part is called {word}: view, acts, pages, log");
    }
    println!("{}", stats::machine());
    for (name, part) in PARTS {
        if asked.is_empty() || asked.iter().any(|word| word == name) {
            part();
        }
    }
}
