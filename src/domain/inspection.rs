//! Inspections of where a holder keeps what they hold (K8.2): planned, made, put right, or called off.
//!
//! Promises: what was made is never unmade; a follow-up has a day and is closed by somebody; only what is open can change.
//! Absent on purpose: findings, which are words of the case file. Proved below and by `tests/it/journeys/inspections.rs`.

use crate::moment::{Day, days_after};

/// The longest time ahead that an inspection is planned, or something is left to be put right, days.
pub const AHEAD: i64 = 366;

/// Where an inspection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inspection {
    /// Somebody will go.
    Planned {
        /// On this day.
        on: Day,
    },
    /// It was made; something is to be put right.
    Made {
        /// By the end of this day.
        follow_up: Day,
    },
    /// It was made and nothing is left to do.
    Closed,
    /// It was not made.
    CalledOff,
}

/// What somebody does about one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Records that it was made.
    Make {
        /// On this day.
        on: Day,
        /// By when something is to be put right; `None`: nothing is.
        follow_up: Option<Day>,
    },
    /// Records that what was to be put right is.
    Close,
    /// Calls it off.
    CallOff,
}

/// Why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// Somebody was first: it does not stand where this step begins.
    Stage,
    /// The day it was made is still to come.
    Future,
    /// The day is over, or too far ahead.
    Due,
}

/// Plans one.
pub fn plan(on: Day, today: Day) -> Result<Inspection, Wrong> {
    if fits(on, today) { Ok(Inspection::Planned { on }) } else { Err(Wrong::Due) }
}

fn fits(day: Day, today: Day) -> bool {
    (today..=days_after(today, AHEAD)).contains(&day)
}

impl Inspection {
    /// The step taken.
    pub fn take(self, step: Step, today: Day) -> Result<Self, Wrong> {
        match (self, step) {
            (Self::Planned { .. }, Step::Make { on, .. }) if on > today => Err(Wrong::Future),
            (Self::Planned { .. }, Step::Make { follow_up: Some(due), .. }) if !fits(due, today) => Err(Wrong::Due),
            (Self::Planned { .. }, Step::Make { follow_up: Some(follow_up), .. }) => Ok(Self::Made { follow_up }),
            (Self::Planned { .. }, Step::Make { follow_up: None, .. }) | (Self::Made { .. }, Step::Close) => {
                Ok(Self::Closed)
            }
            (Self::Planned { .. }, Step::CallOff) => Ok(Self::CalledOff),
            _ => Err(Wrong::Stage),
        }
    }

    /// The day by which somebody has to act; `None`: nobody has.
    pub fn due(self) -> Option<Day> {
        match self {
            Self::Planned { on: day } | Self::Made { follow_up: day } => Some(day),
            Self::Closed | Self::CalledOff => None,
        }
    }

    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned { .. } => "planned",
            Self::Made { .. } => "made",
            Self::Closed => "closed",
            Self::CalledOff => "called-off",
        }
    }

    /// From its stored word and days; `None`: they contradict each other.
    pub fn read(word: &str, planned_for: Day, follow_up: Option<Day>) -> Option<Self> {
        match (word, follow_up) {
            ("planned", None) => Some(Self::Planned { on: planned_for }),
            ("made", Some(follow_up)) => Some(Self::Made { follow_up }),
            ("closed", _) => Some(Self::Closed),
            ("called-off", None) => Some(Self::CalledOff),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::parse_day;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    #[test]
    fn it_is_planned_from_today_to_a_year_ahead() {
        let today = day("2026-11-21");
        assert_eq!(plan(today, today), Ok(Inspection::Planned { on: today }));
        assert_eq!(plan(day("2026-11-20"), today), Err(Wrong::Due));
        assert!(plan(days_after(today, AHEAD), today).is_ok());
        assert_eq!(plan(days_after(today, AHEAD + 1), today), Err(Wrong::Due));
    }

    #[test]
    fn it_was_made_today_or_before_and_what_is_left_has_a_day_to_come() {
        let today = day("2026-11-21");
        let planned = Inspection::Planned { on: day("2026-11-25") };
        let made = |on: &str, follow_up: Option<&str>| {
            planned.take(Step::Make { on: day(on), follow_up: follow_up.map(day) }, today)
        };
        assert_eq!(made("2026-11-21", None), Ok(Inspection::Closed));
        assert_eq!(made("2026-11-22", None), Err(Wrong::Future));
        assert_eq!(made("2026-11-20", Some("2026-11-21")), Ok(Inspection::Made { follow_up: today }));
        assert_eq!(made("2026-11-20", Some("2026-11-20")), Err(Wrong::Due));
        assert_eq!(planned.take(Step::CallOff, today), Ok(Inspection::CalledOff));
        assert_eq!(planned.take(Step::Close, today), Err(Wrong::Stage));
    }

    #[test]
    fn what_was_made_is_never_unmade_and_what_ended_never_changes() {
        let today = day("2026-11-21");
        let after = Inspection::Made { follow_up: today };
        let make = Step::Make { on: today, follow_up: None };
        assert_eq!(after.take(Step::Close, today), Ok(Inspection::Closed));
        assert_eq!(after.take(make, today), Err(Wrong::Stage));
        assert_eq!(after.take(Step::CallOff, today), Err(Wrong::Stage));
        for ended in [Inspection::Closed, Inspection::CalledOff] {
            for step in [make, Step::Close, Step::CallOff] {
                assert_eq!(ended.take(step, today), Err(Wrong::Stage));
            }
            assert_eq!(ended.due(), None);
        }
        assert_eq!(after.due(), Some(today));
    }

    #[test]
    fn it_reads_back_and_contradictions_do_not() {
        let today = day("2026-11-21");
        for (one, follow_up) in [
            (Inspection::Planned { on: today }, None),
            (Inspection::Made { follow_up: today }, Some(today)),
            (Inspection::Closed, Some(today)),
            (Inspection::Closed, None),
            (Inspection::CalledOff, None),
        ] {
            assert_eq!(Inspection::read(one.word(), today, follow_up), Some(one));
        }
        assert_eq!(Inspection::read("made", today, None), None);
        assert_eq!(Inspection::read("other", today, None), None);
    }
}
