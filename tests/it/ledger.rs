//! The ledger from outside: exports written by the `Writer`, judged by our verifier and by a stranger's.
//!
//! Promised: what an auditor relies on (P3, P4, P5, P8 of the log design) is tried here on real directories.
#![cfg(test)]

mod auditor;
mod export;
mod log;
mod openings;
pub(crate) mod stranger;
mod tamper;
