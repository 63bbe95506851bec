//! When the end of a copy has to be confirmed, and how far that is (K8.2): by a demand, or because its limit was reached (K7.8).
//!
//! Promises: all of it is computed from the clock and what is on record, so that nobody has to act for a deadline to begin or to pass; a
//! deadline is never later than the number in force allows, and a second demand never gives more time. Absent on purpose: sending
//! anything (`crate::message` has the stages of a date). Proved by the tests below and `tests/it/journeys/demands.rs`.

use crate::moment::{Day, Moment, days_after};
use crate::numbers::{Number, Numbers};
use crate::refusal::Refusal;
use crate::words::{Line, Unfit};

/// Whose copies a demand is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// A release is recalled.
    Release,
    /// One holder's copies of a release.
    Holder,
    /// Everything that is held for a scheme.
    Scheme,
    /// Everything that a person holds.
    Person,
    /// Every release of one subject is recalled (K5.1.1).
    Subject,
}

impl Scope {
    /// All, with their stored words and the words of a page.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Release, "release", "The release was recalled"),
        (Self::Holder, "holder", "The copies of one holder"),
        (Self::Scheme, "scheme", "Everything that is held for the scheme"),
        (Self::Person, "person", "Everything that the person holds"),
        (Self::Subject, "subject", "Every release of the person concerned was recalled"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(scope, ..)| *scope == self).map_or("", |(_, word, _)| word)
    }

    /// The words of a page.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(scope, ..)| *scope == self).map_or("", |(_, _, title)| title)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(scope, ..)| *scope)
    }
}

impl Numbers {
    /// The latest deadline for confirming a copy whose access ended then: whole days after the last day on which it opened.
    pub fn confirm_by(&self, ended: Moment) -> Moment {
        let last = ended.plus_millis(-1).day();
        Moment::start_of(days_after(last, self.get(Number::ConfirmDays) + 1))
    }
}

/// The deadline of a demand made at `now`: the end of the chosen day, or the latest there may be where none was chosen.
pub fn deadline(chosen: Option<Day>, numbers: &Numbers, now: Moment) -> Result<Moment, Refusal> {
    let latest = numbers.confirm_by(now);
    let due = chosen.map_or(latest, |day| Moment::start_of(days_after(day, 1)));
    if due <= now {
        Err(Refusal::DeadlinePast)
    } else if due > latest {
        Err(Refusal::DeadlineTooLate { latest })
    } else {
        Ok(due)
    }
}

/// What is on record of one copy's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// When its release ended: recalled, or the limit reached; `None`: it is live.
    pub ended_at: Option<Moment>,
    /// The deadline of a demand or of a query; `None`: there was neither.
    pub due_at: Option<Moment>,
    /// When its end was confirmed; `None`: it was not, or the confirmation was queried.
    pub confirmed_at: Option<Moment>,
    /// When the police accepted that.
    pub accepted_at: Option<Moment>,
}

/// How far the end of a copy is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It opens, and nothing is demanded.
    Held,
    /// To be confirmed by then.
    Owed {
        /// The deadline.
        due: Moment,
    },
    /// It should have been confirmed by then.
    Overdue {
        /// The deadline.
        due: Moment,
    },
    /// Confirmed; the police have not answered.
    Confirmed,
    /// Accepted by the police: it is over.
    Accepted,
}

impl Ending {
    /// By when it has to be confirmed, whether or not it is; `None`: nothing is demanded.
    pub fn due(&self, numbers: &Numbers) -> Option<Moment> {
        // What was set for this copy counts: it was never set later than what follows from the release's end.
        self.due_at.or_else(|| self.ended_at.map(|at| numbers.confirm_by(at)))
    }

    /// How far it is at `now`.
    pub fn state(&self, numbers: &Numbers, now: Moment) -> State {
        match (self.accepted_at, self.confirmed_at, self.due(numbers)) {
            (Some(_), ..) => State::Accepted,
            (None, Some(_), _) => State::Confirmed,
            (None, None, Some(due)) if now >= due => State::Overdue { due },
            (None, None, Some(due)) => State::Owed { due },
            (None, None, None) => State::Held,
        }
    }

    /// The deadline after a further demand until `demanded`: it never becomes later.
    pub fn sooner(&self, demanded: Moment, numbers: &Numbers) -> Moment {
        self.due(numbers).map_or(demanded, |due| due.min(demanded))
    }

    /// Whether the police may accept or query what was confirmed at `seen`: once, and what they read.
    pub fn may_answer(&self, seen: Moment) -> Result<(), Refusal> {
        match (self.accepted_at, self.confirmed_at) {
            (None, Some(at)) if at == seen => Ok(()),
            _ => Err(Refusal::ConfirmationAnswered),
        }
    }
}

/// What became of whatever was shown or given onward (K7.4.1), as the holder says: a line, or expressly that there was nothing.
pub fn onward(answer: &str, told: &str) -> Result<Line, Option<Unfit>> {
    match answer {
        "none" => Line::parse("what was given onward", "None").map_err(Some),
        "some" => Line::parse("what was shown or given onward, and what became of it", told).map_err(Some),
        _ => Err(None),
    }
}

#[cfg(test)]
#[path = "demand_tests.rs"]
mod tests;
