//! The one test binary: the promises, played through the same doors that people use.
#![cfg(test)] // so that clippy knows helpers for tests

mod access;
mod backends;
mod disk;
mod documents;
mod founding;
mod harness;
mod hostile;
mod instances;
mod journeys;
mod kills;
mod ledger;
mod lifecycle;
mod operator;
mod packaging;
mod policy;
mod restore;
mod sealing;
mod storage;
mod stored;
mod tidy;
mod vault;
mod web_shell;
