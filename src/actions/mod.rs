//! One function per thing a person can do: load, decide, carry out, record.

pub use crate::store::{Fault, FieldError, No};
