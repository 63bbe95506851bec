//! The one test binary: the promises, played through the same doors that people use.

mod ledger;
#[cfg(test)] // so that clippy knows helpers for tests
mod sealing;
