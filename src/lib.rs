//! The library.
pub mod demo;
pub mod sealing;
