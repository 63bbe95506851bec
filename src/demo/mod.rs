//! What only the demonstration needs: people and pictures that do not exist.

pub mod portrait;
