//! The heart: values and rules of the policy, in the policy's own words.
//!
//! Promises: pure functions of their arguments; a value that exists is valid; every refusal names its clause.
//! Absent on purpose: I/O, async, any clock (callers pass [`moment::Moment`]), randomness, SQL, HTTP.
//! Proved by the unit and property tests beside each file and by `tests/it/journeys`.

pub mod actor;
pub mod content;
pub mod demand;
pub mod duty;
pub mod event;
pub mod holding;
pub mod ids;
pub mod inspection;
pub mod limits;
pub mod message;
pub mod moment;
pub mod numbers;
pub mod policy;
pub mod print;
pub mod refusal;
pub mod release;
pub mod retention;
pub mod scheme;
pub mod texts;
pub mod urn;
pub mod words;
