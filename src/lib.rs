//! The library.

pub mod ledger;
