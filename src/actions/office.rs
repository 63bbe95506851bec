//! What every action needs: the clock, the settings, the store.
//!
//! LEAD: this file and `session.rs` are the least that `web` needs; replace both, keeping `Office::clock`,
//! `session::{check, Person}`.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::actions::session::Person;
use crate::clock::Clock;
use crate::domain::ids::SessionId;

/// The portal's parts, shared by all requests.
pub struct Office {
    /// The portal's time.
    pub clock: Clock,
    /// Open visits, with the version of the person each was opened for.
    pub(crate) visits: Mutex<HashMap<SessionId, (Person, i64)>>,
}

impl Office {
    /// An office in which nobody is signed in.
    pub fn new(clock: Clock) -> Self {
        Self { clock, visits: Mutex::default() }
    }
}
