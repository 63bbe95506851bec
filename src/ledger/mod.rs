//! Tamper evidence: what the access log commits to, how it is signed, and how anybody checks it.
//!
//! Promised here: the exact bytes of leaves, checkpoints, proofs, cosignatures and of the export directory, after the public
//! C2SP and RFC 6962 texts, so that a stranger's verifier agrees (`tests/go/logcheck`).
//! Absent on purpose: any database, any clock, any network, any Merkle arithmetic that `tlog_tiles` already has.
//! Proved by the tests beside each file and by `tests/it/ledger.rs`.

pub mod certificate;
pub mod checkpoint;
pub mod cosignature;
pub mod export;
mod keys;
pub mod layout;
pub mod leaf;
pub mod proof;
pub mod root;
pub mod state;
pub mod statement;
pub mod statement_file;
pub mod tree;
pub mod trust;
pub mod verify;
