//! Tests.

mod ledger;
mod sealing;
