//! The library.
pub mod sealing;
