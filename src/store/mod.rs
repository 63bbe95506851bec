//! The only room that knows SQL; and the vault, where sealed bytes lie.

pub mod no;
pub use no::{Fault, FieldError, No};
