//! What was closed while responses may be running: a response asks before each piece it sends (P3).
//!
//! Absent on purpose: any decision. The gate decided when the view began; this only ends it early. It forgets nothing, and
//! holds identifiers only. Where there are several instances, what another one closed is heard by asking the store
//! ([`super::follow`]); who has not heard for too long counts everything as closed.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use crate::domain::moment::Moment;

/// A board that has not heard from the others for this long is deaf: with the half second between two askings and the time of a
/// piece, a running answer ends within two seconds of a recall anywhere (P3).
const DEAF: Duration = Duration::from_millis(1_400);

/// The closed releases and copies.
#[derive(Debug, Default)]
pub struct Board {
    closed: RwLock<HashSet<String>>,
    /// People whose account is suspended: what is on its way to them stops.
    suspended: RwLock<HashSet<String>>,
    /// Limits that were brought forward while responses may be running (K7.8).
    limits: RwLock<HashMap<String, Moment>>,
    /// When the others were last heard; absent: there are no others.
    heard: Mutex<Option<Instant>>,
}

impl Board {
    /// From now on no running response of this release or copy goes on.
    pub fn close(&self, what: impl Into<String>) {
        if let Ok(mut closed) = self.closed.write() {
            closed.insert(what.into());
        }
    }

    /// A running response of this release stops at this limit, if it has no earlier one.
    pub fn bring_forward(&self, release: impl Into<String>, until: Moment) {
        if let Ok(mut limits) = self.limits.write() {
            limits.insert(release.into(), until);
        }
    }

    /// Whether a limit that was brought forward is reached. A board that cannot be read counts as reached.
    pub fn is_over(&self, release: &str, now: Moment) -> bool {
        self.limits.read().map_or(true, |limits| limits.get(release).is_some_and(|until| now >= *until))
    }

    /// Whether it was closed. A board that cannot be read, or is deaf, counts as closed.
    pub fn is_closed(&self, what: &str) -> bool {
        self.is_deaf() || self.closed.read().map_or(true, |closed| closed.contains(what))
    }

    /// Suspends or restores somebody: a running response to them goes on only when they are not suspended.
    pub fn suspend(&self, person: &str, suspended: bool) {
        if let Ok(mut all) = self.suspended.write() {
            if suspended {
                all.insert(person.to_owned())
            } else {
                all.remove(person)
            };
        }
    }

    /// Exactly these people are suspended, as the store says.
    pub fn suspended_are(&self, people: HashSet<String>) {
        if let Ok(mut all) = self.suspended.write() {
            *all = people;
        }
    }

    /// Whether somebody is suspended. A board that cannot be read counts as yes.
    pub fn is_suspended(&self, person: &str) -> bool {
        self.suspended.read().map_or(true, |all| all.contains(person))
    }

    /// What the others had closed up to `asked` is on the board.
    pub fn heard(&self, asked: Instant) {
        if let Ok(mut heard) = self.heard.lock() {
            *heard = Some(asked);
        }
    }

    fn is_deaf(&self) -> bool {
        self.heard.lock().map_or(true, |heard| heard.is_some_and(|at| at.elapsed() > DEAF))
    }
}
