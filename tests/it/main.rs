//! Tests.

mod ledger;
mod sealing;
mod tidy;
