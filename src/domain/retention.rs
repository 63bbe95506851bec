//! How long records are kept, when they fall due for review, and what two people may decide then (K6.4.1, K7.11, K9.1).
//!
//! Promises: nothing falls due before its whole period has run, counted in UK days; nothing is disposed of before it is due, while a
//! legal hold stands, or on one person's word. Absent on purpose: a disposal by the clock alone: time makes something due, people
//! decide. Proved by the tests beside this file and `tests/it/journeys/retention.rs`.

use std::fmt;

use chrono::Datelike as _;

use crate::ids::{MemberId, PersonId, ReleaseId};
use crate::moment::{Day, Moment, days_after, parse_day};
use crate::numbers::{Number, Numbers};
use crate::refusal::Refusal;
use crate::release::Stage;

/// A kind of record with a period of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kept {
    /// The case file of a release, with everything that belongs to it.
    Case,
    /// A request that was refused or withdrawn.
    Request,
    /// A business that left its scheme's register of members (K7.2).
    Entry,
    /// What somebody who receives no more signed about receiving (K8.2.1).
    Undertaking,
    /// Bodies of the log's entries that belong to no case: a month of them.
    Log,
}

impl Kept {
    /// All, with their stored words and the words of a page.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Case, "case", "Release"),
        (Self::Request, "request", "Refused or withdrawn request"),
        (Self::Entry, "entry", "Business that left the register of members"),
        (Self::Undertaking, "undertaking", "Undertakings of somebody who receives no more"),
        (Self::Log, "log", "Entries of the log that belong to no case"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kept, ..)| *kept == self).map_or("", |(_, word, _)| word)
    }

    /// What a page calls it.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(kept, ..)| *kept == self).map_or("", |(.., title)| title)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(kept, ..)| *kept)
    }

    /// The period that counts for it.
    pub fn period(self) -> Number {
        match self {
            Self::Case => Number::CaseYears,
            Self::Request => Number::RefusedYears,
            Self::Entry => Number::RegisterYears,
            Self::Undertaking => Number::UndertakingYears,
            Self::Log => Number::LogYears,
        }
    }
}

/// What a review is about. Its word stands in addresses, statements and rows; a release's is its bare identifier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Subject {
    /// A release or a request.
    Release(ReleaseId),
    /// A business that left.
    Member(MemberId),
    /// Somebody who signed.
    Signer(PersonId),
    /// A month of the log, by its first day.
    Month(Day),
}

impl Subject {
    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        match word.split_once('-') {
            Some(("member", id)) => MemberId::parse(id).map(Self::Member),
            Some(("signer", id)) => PersonId::parse(id).map(Self::Signer),
            Some(("log", month)) => parse_day(&format!("{month}-01"))
                .filter(|first| Self::Month(*first).to_string() == word)
                .map(Self::Month),
            _ => ReleaseId::parse(word).map(Self::Release),
        }
    }

    /// The month of the log that a moment belongs to, in UK days.
    pub fn month_of(at: Moment) -> Self {
        Self::Month(first_of(at.day()))
    }
}

impl From<ReleaseId> for Subject {
    fn from(id: ReleaseId) -> Self {
        Self::Release(id)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Release(id) => id.fmt(f),
            Self::Member(id) => write!(f, "member-{id}"),
            Self::Signer(id) => write!(f, "signer-{id}"),
            Self::Month(first) => write!(f, "log-{}", first.format("%Y-%m")),
        }
    }
}

fn first_of(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

/// From when to when a month of the log runs; its end is the first moment of the next.
pub fn month(first: Day) -> (Moment, Moment) {
    (Moment::start_of(first), Moment::start_of(first_of(days_after(first, 31))))
}

/// What a release is kept as and when it ended; `None`: it has not ended at `now`. A case ends with its last copy that was confirmed
/// gone, where that came after its limit or recall.
pub fn ended(stage: &Stage, confirmed: Option<Moment>, now: Moment) -> Option<(Kept, Moment)> {
    let case = |end: Moment| (Kept::Case, confirmed.map_or(end, |last| last.max(end)));
    match stage {
        Stage::Draft | Stage::Requested | Stage::Returned { .. } => None,
        Stage::Closed { at, .. } => Some((Kept::Request, *at)),
        Stage::Live(authority) => (authority.until <= now).then(|| case(authority.until)),
        Stage::Voided { at, .. } | Stage::Recalled { at, .. } => Some(case(*at)),
    }
}

/// The last day of something that ended at this moment: a limit at 00:00 ended the day before (K7.8).
pub fn last_day(end: Moment) -> Day {
    end.plus_millis(-1).day()
}

/// The same day so many years on; 29 February becomes 1 March, so that no period is cut short.
pub fn years_after(day: Day, years: i64) -> Day {
    let year = i32::try_from(i64::from(day.year()).saturating_add(years)).unwrap_or(i32::MAX);
    day.with_year(year).or_else(|| Day::from_ymd_opt(year, 3, 1)).unwrap_or(Day::MAX)
}

/// The first day on which something is due for review: the day after its whole period, or after the day to which two people kept it.
pub fn due(end: Moment, years: i64, keep_until: Option<Day>) -> Day {
    let period = years_after(last_day(end), years);
    days_after(keep_until.map_or(period, |kept| kept.max(period)), 1)
}

/// Whatever of these kinds is due by the numbers in force on a day ended before this; so did some that are not.
pub fn ended_before(kinds: &[Kept], today: Day, numbers: &Numbers) -> Moment {
    let shortest = kinds.iter().map(|kept| numbers.get(kept.period())).min().unwrap_or_default();
    Moment::start_of(days_after(years_after(today, -shortest), 1))
}

/// When something is due by the numbers in force.
pub fn falls_due(kept: Kept, end: Moment, keep_until: Option<Day>, numbers: &Numbers) -> Day {
    due(end, numbers.get(kept.period()), keep_until)
}

/// The hour of the night at which what was decided is carried out and free pages are cleaned, milliseconds from midnight.
const NIGHT_MS: i64 = 2 * 3_600_000;

/// From when on an agreed disposal is carried out: the night after, so that a hold still stops it.
pub fn carried_out_from(decided: Moment) -> Moment {
    Moment::start_of(days_after(decided.day(), 1)).plus_millis(NIGHT_MS)
}

/// The newest quiet hour that has begun at `now`.
pub fn last_night(now: Moment) -> Moment {
    let today = Moment::start_of(now.day()).plus_millis(NIGHT_MS);
    if now < today { Moment::start_of(days_after(now.day(), -1)).plus_millis(NIGHT_MS) } else { today }
}

/// The longest for which two people may keep something on at once, years.
pub const KEEP_YEARS_MAX: i64 = 10;

/// What is to become of something that is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It goes.
    Dispose,
    /// It is kept to the end of this day, then reviewed again.
    Keep(Day),
}

impl Fate {
    /// Reads a form's answer: `dispose`, or `keep` and the years from `today`.
    pub fn parse(word: &str, years: &str, today: Day) -> Result<Self, Refusal> {
        match word {
            "dispose" => Ok(Self::Dispose),
            "keep" => match years.trim().parse::<i64>() {
                Ok(years) if (1..=KEEP_YEARS_MAX).contains(&years) => Ok(Self::Keep(years_after(today, years))),
                _ => Err(Refusal::KeepYearsUnread),
            },
            _ => Err(Refusal::NoFate),
        }
    }
}

/// A review as far as it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Nobody has proposed anything, or what was proposed was not agreed to.
    Open,
    /// Somebody has proposed this.
    Proposed {
        /// Who.
        by: PersonId,
        /// What.
        fate: Fate,
    },
    /// Two people have agreed to dispose of it: it goes from this moment on.
    Agreed {
        /// When.
        from: Moment,
    },
    /// It is gone.
    Gone,
}

/// What the rules look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Review {
    /// The first day on which it is due; `None`: it has not ended.
    pub due: Option<Day>,
    /// A legal hold stands.
    pub held: bool,
    /// Another area's release follows this one and is still kept (K7.6).
    pub followed: bool,
    /// How far the newest review has come.
    pub step: Step,
    /// That review is about an earlier end: somebody receives again, or a copy was confirmed gone later.
    pub moved: bool,
}

impl Review {
    /// How far the review of this end has come: what was agreed or carried out about an earlier one is no word about it; what still waits
    /// for a second person has to be answered first.
    pub fn stands(&self) -> Step {
        match self.step {
            Step::Agreed { .. } | Step::Gone if self.moved => Step::Open,
            step => step,
        }
    }

    /// Why it cannot be disposed of at `now`, whoever decides.
    fn kept(&self, now: Moment) -> Vec<Refusal> {
        let mut why = self.not_due(now);
        why.extend(self.held.then_some(Refusal::LegalHold));
        why.extend(self.followed.then_some(Refusal::FollowerKept));
        why
    }

    fn not_due(&self, now: Moment) -> Vec<Refusal> {
        match self.due {
            None => vec![Refusal::NotEnded],
            Some(day) if now < Moment::start_of(day) => vec![Refusal::NotDue { from: day }],
            Some(_) => Vec::new(),
        }
    }

    /// Whether somebody may propose this now.
    pub fn propose(&self, fate: Fate, now: Moment) -> Result<(), Vec<Refusal>> {
        let mut why = if fate == Fate::Dispose { self.kept(now) } else { self.not_due(now) };
        why.extend(match self.stands() {
            Step::Open => None,
            Step::Proposed { .. } | Step::Agreed { .. } => Some(Refusal::ProposedAlready),
            Step::Gone => Some(Refusal::DisposedAlready),
        });
        if why.is_empty() { Ok(()) } else { Err(why) }
    }

    /// Whether this person may agree or disagree now; answers what was proposed. Disagreeing needs no more than a proposal of
    /// somebody else's.
    pub fn decide(&self, agrees: bool, by: PersonId, now: Moment) -> Result<Fate, Vec<Refusal>> {
        let (proposer, fate) = match self.stands() {
            Step::Proposed { by, fate } => (by, fate),
            Step::Open | Step::Agreed { .. } => return Err(vec![Refusal::NothingProposed]),
            Step::Gone => return Err(vec![Refusal::DisposedAlready]),
        };
        let mut why = if agrees && fate == Fate::Dispose { self.kept(now) } else { Vec::new() };
        why.extend((agrees && self.moved).then_some(Refusal::EndedAnew));
        why.extend((by == proposer).then_some(Refusal::OnePersonTwice));
        if why.is_empty() { Ok(fate) } else { Err(why) }
    }

    /// Whether it goes at `now`: agreed, its night has come, and nothing stops it.
    pub fn goes(&self, now: Moment) -> bool {
        matches!(self.stands(), Step::Agreed { from } if now >= from) && self.kept(now).is_empty()
    }
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
