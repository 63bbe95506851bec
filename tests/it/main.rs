//! The one test binary: the promises, played through the same doors that people use.
#![cfg(test)] // so that clippy knows helpers for tests

mod access;
mod disk;
mod documents;
mod founding;
mod harness;
mod hostile;
mod journeys;
mod ledger;
mod sealing;
mod storage;
mod stored;
mod tidy;
mod vault;
mod web_shell;
