//! One function per thing a person can do: load, decide, carry out, record.
//!
//! Absent on purpose: rules (those are `domain`), SQL (`store`), pages (`web`).

pub mod administer;
pub mod answers;
pub mod approve;
pub mod areas;
pub mod audit;
pub mod board;
pub mod casefile;
mod claim;
pub mod consider;
pub mod deliver;
pub mod desk;
pub mod enrol;
pub mod figures;
pub mod fingerprint;
pub mod follow;
pub mod found;
pub mod home;
pub mod issues;
pub mod keyfiles;
pub mod known;
pub mod offers;
pub mod office;
pub mod orphans;
pub mod passkey;
pub mod people;
pub mod plan;
mod questions;
pub mod ready;
pub mod recover;
pub mod registers;
pub mod release;
pub mod renew;
pub mod request;
pub mod reseal;
pub mod root;
pub mod rotate;
pub mod seal;
pub mod seal_words;
pub mod session;
pub mod sign_in;
pub mod statement;
pub mod statements;
pub mod step_up;
pub mod surrender;
pub mod sweep;
pub mod trust;
pub mod undertaking;
pub mod unit;

pub use crate::store::log::Stamp;
pub use crate::store::{Fault, FieldError, No};
pub use office::Office;
