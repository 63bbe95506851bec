//! Tests.
mod sealing;
