//! Tests.

mod ledger;
#[cfg(test)] // so that clippy knows helpers for tests
mod sealing;
