//! What was closed while responses may be running: a response asks before each piece it sends (P3).
//!
//! Absent on purpose: any decision. The gate decided when the view began; this only ends it early. It forgets nothing, and
//! holds identifiers only.

use std::collections::HashSet;
use std::sync::RwLock;

/// The closed releases and copies.
#[derive(Debug, Default)]
pub struct Board(RwLock<HashSet<String>>);

impl Board {
    /// From now on no running response of this release or copy goes on.
    pub fn close(&self, what: impl Into<String>) {
        if let Ok(mut closed) = self.0.write() {
            closed.insert(what.into());
        }
    }

    /// Whether it was closed. A board that cannot be read counts as closed.
    pub fn is_closed(&self, what: &str) -> bool {
        self.0.read().map_or(true, |closed| closed.contains(what))
    }
}
