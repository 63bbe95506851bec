//! The one test binary: the promises, played through the same doors that people use.

mod ledger;
mod sealing;
mod tidy;
