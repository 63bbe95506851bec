//! The numbers of the policy as they are in force: the limits of [`crate::limits`] or stricter, and how long records are kept.
//!
//! Promises: a value that exists lies within the policy's bounds, whoever wrote it and wherever it was read from; a looser number is
//! refused beside its field with the bound and the clause. Every period names its source (K9.1). Absent on purpose: a number that a
//! setting could make looser. Proved by the property tests beside this file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits;
use crate::moment::{Day, Moment, days_after};
use crate::refusal::Refusal;
use crate::words::Line;

macro_rules! numbers {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $source_field:literal, $title:literal, $unit:literal,
        $least:expr, $shipped:expr, $most:expr, $clause:literal, $source:literal;)+) => {
        /// One number.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Number { $($(#[doc = $doc])+ $name),+ }

        impl Number {
            /// Every number, in the order pages show them.
            pub const ALL: &'static [Number] = &[$(Number::$name),+];

            /// The stored word and the form's field.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The form's field for its source.
            pub fn source_field(self) -> &'static str {
                match self { $(Self::$name => $source_field),+ }
            }

            /// What it is.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What it counts.
            pub fn unit(self) -> &'static str {
                match self { $(Self::$name => $unit),+ }
            }

            /// The clause it rests on.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause),+ }
            }

            /// Least, shipped and most. What is shipped is the loosest there is.
            fn bounds(self) -> (i64, i64, i64) {
                match self { $(Self::$name => ($least, $shipped, $most)),+ }
            }

            /// Where the shipped number comes from.
            pub fn shipped_source(self) -> &'static str {
                match self { $(Self::$name => $source),+ }
            }
        }
    };
}

numbers! {
    /// Days from authority to the end or the next review.
    ReviewDays = "review_days", "review_days_source", "From authority to review", "days",
        1, limits::REVIEW_DAYS, limits::REVIEW_DAYS, "K7.8", "K10 paragraph 7.8";
    /// The same while an exclusion notice is in force.
    ExclusionDays = "exclusion_days", "exclusion_days_source", "From authority to review, with an exclusion notice in force", "days",
        1, limits::EXCLUSION_DAYS, limits::EXCLUSION_DAYS, "K7.8", "K10 paragraph 7.8";
    /// Hours between service of the notice and any authority.
    RepresentationsHours = "representations_hours", "representations_hours_source", "For representations, from service of the notice", "hours",
        REPRESENTATIONS_HOURS, REPRESENTATIONS_HOURS, 720, "O3.2.3", "O31a paragraph 3.2.3";
    /// Days after which intelligence is no longer current.
    CurrentIntelligenceDays = "current_intelligence_days", "current_intelligence_days_source", "Age at which intelligence is no longer current", "days",
        1, limits::CURRENT_INTELLIGENCE_DAYS, limits::CURRENT_INTELLIGENCE_DAYS, "K6.2.2",
        "Ours: the policy says current and gives no number";
    /// Recipients of one release.
    RecipientsMax = "recipients_max", "recipients_max_source", "Recipients of one release", "people",
        1, RECIPIENTS, RECIPIENTS, "K6.2.4", "Ours: the policy says only those who need it";
    /// Photographs in one release.
    PhotographsMax = "photographs_max", "photographs_max_source", "Photographs in one release", "photographs",
        1, PHOTOGRAPHS, PHOTOGRAPHS, "K6.2.4", "Ours: the policy gives no number";
    /// Numbered prints for one recipient of a release.
    PrintsMax = "prints_max", "prints_max_source", "Numbered prints for one recipient of a release", "prints",
        0, PRINTS, PRINTS, "O3.2.1", "Ours: the policy gives no number";
    /// Years that the case file of a release is kept.
    CaseYears = "case_years", "case_years_source", "Case file of a release, with its copies' records, after its end", "years",
        6, 10, 10, "K9.1", "Force retention and disposal schedule (B18); code of practice under the Criminal Procedure and Investigations Act 1996";
    /// Years that a request is kept which came to nothing.
    RefusedYears = "refused_years", "refused_years_source", "Request that was refused or withdrawn, after its end", "years",
        1, 6, 6, "K9.1", "Force retention and disposal schedule (B18)";
    /// Years that undertakings are kept.
    UndertakingYears = "undertaking_years", "undertaking_years_source", "Signed undertaking, after its signer’s last supply", "years",
        6, 10, 10, "K9.1", "Force retention and disposal schedule (B18); Limitation Act 1980";
    /// Years that what left a register is kept.
    RegisterYears = "register_years", "register_years_source", "Entry of a register, after it ended", "years",
        1, 6, 6, "K9.1", "Force retention and disposal schedule (B18)";
    /// Years that exclusion notices are kept.
    ExclusionYears = "exclusion_years", "exclusion_years_source", "Exclusion notice, after its end", "years",
        1, 3, 3, "O3.3.6", "Force retention and disposal schedule (B18)";
    /// Years that the bodies of the log are kept.
    LogYears = "log_years", "log_years_source", "Body of an entry of the log", "years",
        6, 10, 10, "K6.4.1", "Force retention and disposal schedule (B18); Data Protection Act 2018, section 62";
    // Demands
    /// Days in which a holder confirms what was done with a copy, after the last day on which it opened.
    ConfirmDays = "confirm_days", "confirm_days_source", "To confirm surrender or destruction, after a copy’s end", "days",
        1, limits::CONFIRM_DAYS, limits::CONFIRM_DAYS, "K8.2", "Ours: the policy says on demand and gives no number";
}

const REPRESENTATIONS_HOURS: i64 = limits::REPRESENTATIONS_MS / 3_600_000;
#[expect(clippy::cast_possible_wrap, reason = "hundreds")]
const RECIPIENTS: i64 = limits::RECIPIENTS_MAX as i64;
const PRINTS: i64 = limits::PRINTS_MAX;
#[expect(clippy::cast_possible_wrap, reason = "a handful")]
const PHOTOGRAPHS: i64 = limits::PHOTOGRAPHS_MAX as i64;

impl Number {
    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|number| number.word() == word)
    }

    /// The least it may be.
    pub fn least(self) -> i64 {
        self.bounds().0
    }

    /// What the program comes with: the policy's own bound.
    pub fn shipped(self) -> i64 {
        self.bounds().1
    }

    /// The most it may be.
    pub fn most(self) -> i64 {
        self.bounds().2
    }

    /// Whether it is a period of retention, whose source the force names (K9.1).
    pub fn is_retention(self) -> bool {
        self.unit() == "years"
    }

    /// The policy's bound in words.
    pub fn bound(self) -> String {
        let (least, shipped, most) = self.bounds();
        match shipped {
            _ if self.is_retention() => format!("{least} to {most} {}", self.unit()),
            _ if shipped == most => format!("{most} {} or fewer", self.unit()),
            _ => format!("{least} {} or more", self.unit()),
        }
    }
}

/// A number with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    value: i64,
    source: Line,
}

/// The numbers in force. What is not in it is as shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers(BTreeMap<Number, Held>);

impl Numbers {
    /// As the program comes: the policy's own.
    pub fn shipped() -> Self {
        Self(BTreeMap::new())
    }

    /// Reads an administrator's form: `field` gives what was typed in a number's field and its source's. Every number has to be there.
    pub fn parse<'a>(field: impl Fn(&str) -> &'a str) -> Result<Self, Vec<Refusal>> {
        let (mut all, mut why) = (BTreeMap::new(), Vec::new());
        for &number in Number::ALL {
            let value = field(number.word()).trim().parse::<i64>();
            match value {
                Ok(value) if (number.least()..=number.most()).contains(&value) => {
                    match source(number, field(number.source_field())) {
                        Some(source) => drop(all.insert(number, Held { value, source })),
                        None => why.push(Refusal::NumberUnsourced { number }),
                    }
                }
                Ok(_) => why.push(Refusal::NumberLooser { number }),
                Err(_) => why.push(Refusal::NumberUnread { number }),
            }
        }
        if why.is_empty() { Ok(Self(all)) } else { Err(why) }
    }

    /// The canonical words that are kept: every number in full, so that a later program's defaults change no earlier version.
    pub fn words(&self) -> String {
        let held = |number: Number| Held { value: self.get(number), source: line(self.source(number)) };
        let all: BTreeMap<&str, Held> = Number::ALL.iter().map(|number| (number.word(), held(*number))).collect();
        serde_json::to_string(&all).unwrap_or_default()
    }

    /// Reads kept words. A number outside its bounds is taken as the nearest one within: nothing stored makes a limit looser.
    pub fn stored(words: &str) -> Option<Self> {
        let all: BTreeMap<String, Held> = serde_json::from_str(words).ok()?;
        let known = all.into_iter().filter_map(|(word, held)| {
            let number = Number::parse(&word)?;
            Some((number, Held { value: held.value.clamp(number.least(), number.most()), ..held }))
        });
        Some(Self(known.collect()))
    }

    /// One number.
    pub fn get(&self, number: Number) -> i64 {
        self.0.get(&number).map_or_else(|| number.shipped(), |held| held.value)
    }

    /// Where it comes from.
    pub fn source(&self, number: Number) -> &str {
        self.0.get(&number).map_or_else(|| number.shipped_source(), |held| held.source.as_str())
    }

    /// The instant a release closes (K7.8): 00:00 in London on the authority's day + 60, or fewer. With an exclusion notice in force
    /// `max(day + 60, min(day + 120, the day after the notice's end))`, each number as it is in force.
    pub fn closes_at(&self, authority: Moment, notice_ends: Option<Day>) -> Moment {
        let day = authority.day();
        let plain = days_after(day, self.get(Number::ReviewDays));
        let longest = days_after(day, self.get(Number::ExclusionDays));
        let closing = notice_ends.map_or(plain, |end| plain.max(longest.min(days_after(end, 1))));
        Moment::start_of(closing)
    }

    /// The end of the time for representations on a notice served then (O3.2.3).
    pub fn representations_until(&self, served: Moment) -> Moment {
        served.plus_millis(self.get(Number::RepresentationsHours).saturating_mul(3_600_000))
    }

    /// The oldest day of intelligence that is current at `now` (K6.2.2).
    pub fn oldest_current(&self, now: Moment) -> Day {
        days_after(now.day(), -self.get(Number::CurrentIntelligenceDays))
    }

    /// Recipients of one release, at most.
    pub fn recipients_max(&self) -> usize {
        usize::try_from(self.get(Number::RecipientsMax)).unwrap_or_default()
    }

    /// Photographs in one release, at most.
    pub fn photographs_max(&self) -> usize {
        usize::try_from(self.get(Number::PhotographsMax)).unwrap_or_default()
    }
}

/// Where a number comes from: asked for a period of retention; a limit's own stays as the policy has it.
fn source(number: Number, typed: &str) -> Option<Line> {
    let typed = if number.is_retention() { typed } else { number.shipped_source() };
    Line::parse("the source", typed).ok()
}

fn line(source: &str) -> Line {
    Line::optional("The source", source).unwrap_or_default()
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
