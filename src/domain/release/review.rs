//! A review of a live release (form 3796, K7.9), and what moves a time limit after authority (K7.8): the facts and their rules.
//!
//! Promises: a review that continues a release meets the rules of its authority again, on intelligence that was not there before; a
//! limit moves past the formula of K7.8 in no way. Absent on purpose: a way to continue what has reached its limit: its keys are gone,
//! and a new request is made; who may order what, which is `decide`'s.

use crate::ids::{CopyId, PersonId};
use crate::message::{Stage as Near, limit_stage};
use crate::moment::{Day, Moment, days_after};
use crate::numbers::Numbers;
use crate::refusal::Refusal;
use crate::release::grounds::Grounds;
use crate::release::risk::Risk;
use crate::release::{Release, Stage};
use crate::scheme::runs;
use crate::words::{Line, Prose};

/// One part of a review; the clauses it answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum ReviewPart {
    /// The grounds restated on current intelligence (K7.9, K6.2.2).
    Grounds,
    /// The risk reassessed (K6.2.5, K6.2.6).
    Risk,
    /// Whether each recipient still needs it (K6.2.4).
    Recipients,
    /// What the reviewer advises, with reasons (K7.9).
    Recommendation,
}

impl ReviewPart {
    /// Every part, in the order of the task list: stored word, title, clauses.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Grounds, "grounds", "Grounds on current intelligence", "K7.9, K6.1, K6.2.2, K6.2.3"),
        (Self::Risk, "risk", "Risk, assessed again", "K7.9, K6.2.5, K6.2.6"),
        (Self::Recipients, "recipients", "Who still needs it", "K7.9, K6.2.4"),
        (Self::Recommendation, "recommendation", "Recommendation", "K7.8, K7.9"),
    ];

    fn row(self) -> (&'static str, &'static str, &'static str) {
        let row = Self::ALL.iter().find(|(part, ..)| *part == self);
        row.map_or(("", "", ""), |(_, word, title, clause)| (word, title, clause))
    }

    /// The stored word, and the last piece of its page's address.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// The clauses it answers.
    pub fn clause(self) -> &'static str {
        self.row().2
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, ..)| *w == word).map(|(part, ..)| *part)
    }
}

/// What a reviewer advises, and what is decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReviewOutcome {
    /// It goes on, to a new limit.
    Continue,
    /// It closes earlier.
    Shorten,
    /// It is called back.
    Withdraw,
    /// Reviewed again: the decision needs more. Nobody advises that.
    Again,
}

impl ReviewOutcome {
    /// Each with its stored word and what a page says.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Continue, "continue", "Continue"),
        (Self::Shorten, "shorten", "Close it earlier"),
        (Self::Withdraw, "withdraw", "Withdraw: call every copy back"),
        (Self::Again, "again", "Sent back: to be reviewed again"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(_, word, _)| word)
    }

    /// What a page says.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(.., title)| title)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(one, ..)| *one)
    }
}

/// What the reviewer recorded, part by part. A part that was not saved is empty, and so unmet.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Review {
    /// The grounds, restated.
    pub grounds: Grounds,
    /// The risk, assessed again.
    pub risk: Risk,
    /// The copies whose holders still need it (K6.2.4).
    pub still_need: Vec<CopyId>,
    /// Why they do, and the others do not.
    pub need: Prose,
    /// What is advised.
    pub advised: Option<ReviewOutcome>,
    /// The last day, where it is to close earlier.
    pub close_on: Option<Day>,
    /// The last day of an exclusion notice in force now (K7.8).
    pub exclusion_ends: Option<Day>,
    /// Why.
    pub reasons: Prose,
}

/// A review with the facts its rules need.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// What was recorded.
    pub review: Review,
    /// References of the intelligence that the release rested on until now.
    pub earlier: Vec<Line>,
    /// The copies that stand.
    pub copies: Vec<CopyId>,
    /// Who authorised it, or decided an earlier review.
    pub authorisers: Vec<PersonId>,
    /// The day on which destruction of the photographs falls due (K5.1.1).
    pub destroy_on: Option<Day>,
    /// The last day of the force's data protection registration (K8.1).
    pub registration_ends: Option<Day>,
    /// The policy's numbers in force.
    pub numbers: Numbers,
}

impl Reviewed {
    /// Every unmet rule of one part at `now`, if the release should come out of it so. What is withdrawn needs no grounds to go on.
    pub fn unmet_in(&self, part: ReviewPart, outcome: ReviewOutcome, now: Moment) -> Vec<Refusal> {
        let of = &self.review;
        let goes_on = matches!(outcome, ReviewOutcome::Continue | ReviewOutcome::Shorten);
        match part {
            ReviewPart::Grounds if goes_on => self.grounds(now),
            ReviewPart::Grounds if of.grounds.words.is_empty() => vec![Refusal::NoFindings],
            ReviewPart::Risk if goes_on => of.risk.check(),
            ReviewPart::Recipients if goes_on => self.recipients(),
            ReviewPart::Grounds | ReviewPart::Risk | ReviewPart::Recipients => Vec::new(),
            ReviewPart::Recommendation => {
                let mut why = Vec::new();
                if of.advised.is_none() {
                    why.push(Refusal::NothingAdvised);
                }
                if of.reasons.is_empty() {
                    why.push(Refusal::ReasonMissing);
                }
                why
            }
        }
    }

    /// Every unmet rule at `now`, once each.
    pub fn unmet(&self, outcome: ReviewOutcome, now: Moment) -> Vec<Refusal> {
        let mut why: Vec<Refusal> = Vec::new();
        for refusal in ReviewPart::ALL.into_iter().flat_map(|(part, ..)| self.unmet_in(part, outcome, now)) {
            if !why.contains(&refusal) {
                why.push(refusal);
            }
        }
        why
    }

    /// What the reviewer advised; nothing yet counts as going on, which asks for most.
    pub fn advised(&self) -> ReviewOutcome {
        self.review.advised.unwrap_or(ReviewOutcome::Continue)
    }

    fn grounds(&self, now: Moment) -> Vec<Refusal> {
        let of = &self.review.grounds;
        let mut why = of.check(&self.numbers, now);
        let same = |one: &Line| one.as_str().eq_ignore_ascii_case(of.reference.as_str());
        if !of.reference.is_empty() && self.earlier.iter().any(same) {
            why.push(Refusal::IntelligenceNotNew);
        }
        if !runs(self.registration_ends, now) {
            why.push(Refusal::RegistrationLapsed);
        }
        // From that day on nothing of the photograph may be out (K5.1.1).
        if let Some(since) = self.destroy_on.filter(|day| *day <= now.day()) {
            why.push(Refusal::ImageDestructionDue { since });
        }
        why
    }

    fn recipients(&self) -> Vec<Refusal> {
        let mut why = Vec::new();
        if !self.copies.iter().any(|copy| self.review.still_need.contains(copy)) {
            why.push(Refusal::NobodyNeedsIt);
        }
        if self.review.need.is_empty() {
            why.push(Refusal::NoNeedToKnow);
        }
        why
    }
}

/// A decision on a review, with the facts its rules need.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What was chosen; `None`: nothing.
    pub outcome: Option<ReviewOutcome>,
    /// Which review of this release it is.
    pub round: i64,
    /// It is signed, and waits for a decision.
    pub waits: bool,
    /// Whoever signed it or wrote in it.
    pub reviewers: Vec<PersonId>,
    /// The review.
    pub of: Reviewed,
    /// The last day, where it closes earlier than the formula says.
    pub close_on: Option<Day>,
    /// Why; kept.
    pub reasons: Prose,
    /// The enactment by which a higher rank decides in the co-ordinator's place; empty: the co-ordinator decides.
    pub enactment: Line,
}

/// An earlier limit, ordered by the co-ordinator outside a review (K7.8).
#[derive(Clone, Debug)]
pub struct Shortening {
    /// The last day.
    pub close_on: Option<Day>,
    /// Why; kept.
    pub reason: Prose,
}

/// An exclusion notice ended before its day (K7.8), with the facts the formula needs.
#[derive(Clone, Debug)]
pub struct NoticeEnd {
    /// The last day on which it was in force.
    pub ended: Option<Day>,
    /// The last day that was on record; `None`: no notice was.
    pub on_record: Option<Day>,
    /// The authority, or the newest decision on a review, from which the limit is counted.
    pub counted_from: Moment,
    /// The policy's numbers in force.
    pub numbers: Numbers,
}

/// The instant after the day that was chosen, if it is neither past nor after `latest`.
pub fn closing(close_on: Option<Day>, latest: Moment, now: Moment) -> Result<Moment, Refusal> {
    let day = close_on.ok_or(Refusal::NoLimitDay)?;
    let until = Moment::start_of(days_after(day, 1));
    if until <= now {
        Err(Refusal::LimitInPast)
    } else if until > latest {
        Err(Refusal::LimitLater { until: latest })
    } else {
        Ok(until)
    }
}

/// How near the limit of a release is at `now` (K7.9): only one that is live, or ran out, has any. At the limit it is over.
pub fn near(release: &Release, now: Moment) -> Option<Near> {
    match &release.stage {
        Stage::Live(authority) => limit_stage(authority.until, now),
        _ => None,
    }
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
