//! One function per thing a person can do: load, decide, carry out, record.

pub mod office;
pub mod session;

pub use crate::store::{Fault, FieldError, No};
pub use office::Office;
