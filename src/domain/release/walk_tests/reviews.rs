//! Reviews in the walks: a lawful one, each way to break one of its rules, and the law of limits and reviews a second time (K7.8, K7.9).
//!
//! Promises: each row of [`FLAWS`] breaks one rule of a plain review and no other. Absent on purpose: any call of the rules under test.

use chrono::{Days, NaiveDate};

use super::domain::actor::{Actor, Role};
use super::domain::ids::CopyId;
use super::domain::moment::{Day, Moment, days_after};
use super::domain::numbers::Numbers;
use super::domain::release::grounds::{Basis, Grounds, GroundsKind};
use super::domain::release::review::{Review, ReviewOutcome, Reviewed, Verdict};
use super::domain::release::risk::Risk;
use super::domain::release::{Authority, Order, Release};
use super::domain::words::Prose;
use super::law::{Codes, closes, holds, london_day, midnight};
use super::world::{Facts, line, person, prose, told};

fn copy(n: u8) -> CopyId {
    CopyId::fresh(Moment::from_millis(1_790_000_000_000), [n; 10])
}

/// A review to which no rule objects at `now`, at the edge of each; signed by person 5 and waiting.
pub(super) fn verdict(now: Moment) -> Verdict {
    let grounds = Grounds {
        basis: Some(Basis::CommonLaw),
        kind: Some(GroundsKind::Intelligence),
        words: told(),
        reference: line("INT/2"),
        dated: Some(days_after(now.day(), -180)),
        prejudice: told(),
    };
    let (confidentiality, level, purpose, conditions, harm) = (told(), told(), told(), told(), told());
    let found = Some(false);
    let risk = Risk { confidentiality, level, purpose, conditions, harm, found, ..Risk::default() };
    let review = Review {
        grounds,
        risk,
        still_need: vec![copy(1)],
        need: told(),
        advised: Some(ReviewOutcome::Continue),
        close_on: None,
        exclusion_ends: None,
        reasons: told(),
    };
    let of = Reviewed {
        review,
        earlier: vec![line("INT/0"), line("INT/1")],
        copies: vec![copy(1), copy(2)],
        authorisers: vec![person(7)],
        destroy_on: Some(days_after(now.day(), 1)),
        registration_ends: Some(now.day()),
        numbers: Numbers::shipped(),
    };
    let (reviewers, enactment) = (vec![person(5)], line("Police Act 1996, section 1"));
    Verdict { outcome: None, round: 1, waits: true, reviewers, of, close_on: None, reasons: told(), enactment }
}

impl Facts {
    /// The day that is chosen.
    pub(super) fn day(&self, now: Moment) -> Option<Day> {
        self.days.map(|days| days_after(now.day(), days))
    }

    /// The authority that the limit is counted from.
    pub(super) fn counted(&self, now: Moment) -> Moment {
        now.plus_millis(-86_400_000 * self.counted)
    }

    /// The order that decides the review so.
    pub(super) fn conclude(&self, outcome: ReviewOutcome, reasons: Prose, now: Moment) -> Order {
        let close_on = if outcome == ReviewOutcome::Shorten { self.day(now) } else { self.verdict.close_on };
        let (outcome, waits) = (Some(outcome), !self.nothing_waits);
        Order::Conclude(Box::new(Verdict { outcome, waits, close_on, reasons, ..self.verdict.clone() }))
    }
}

/// A way to break one rule of a review that continues a release.
pub(super) struct Flaw {
    pub(super) rule: &'static str,
    pub(super) code: &'static str,
    pub(super) breaks: fn(&mut Verdict, Moment),
}

macro_rules! flaws {
    ($($rule:literal => $code:literal: |$of:ident, $now:pat_param| $how:expr;)+) => {
        /// Every rule of a release that goes on after a review, broken at its edge.
        pub(super) const FLAWS: &[Flaw] =
            &[$(Flaw { rule: $rule, code: $code, breaks: |$of, $now| { $how; } }),+];
    };
}

flaws! {
    "the grounds are restated in words" => "no-intelligence": |v, _| v.of.review.grounds.words = prose("");
    "on intelligence" => "no-intelligence": |v, _| v.of.review.grounds.kind = None;
    "that has a reference" => "no-intelligence": |v, _| v.of.review.grounds.reference = line("");
    "and a date" => "no-intelligence": |v, _| v.of.review.grounds.dated = None;
    "not on a past conviction alone" => "past-conviction-alone": |v, _| v.of.review.grounds.kind = Some(GroundsKind::PastOnly);
    "the intelligence is at most 180 days old" => "intelligence-stale": |v, now| v.of.review.grounds.dated = Some(days_after(now.day(), -181));
    "it is not of the future" => "intelligence-future": |v, now| v.of.review.grounds.dated = Some(days_after(now.day(), 1));
    "the release did not rest on it before" => "intelligence-not-new": |v, _| v.of.review.grounds.reference = line("int/1");
    "there is a legal basis" => "no-legal-basis": |v, _| v.of.review.grounds.basis = None;
    "not disclosing would prejudice the purpose" => "no-prejudice": |v, _| v.of.review.grounds.prejudice = prose("");
    "the force's registration runs" => "registration-lapsed": |v, now| v.of.registration_ends = Some(days_after(now.day(), -1));
    "destruction of the photograph is not due" => "image-destruction-due": |v, now| v.of.destroy_on = Some(now.day());
    "the risk is assessed again" => "risk-incomplete": |v, _| v.of.review.risk.harm = prose("");
    "a risk that was found has a plan" => "no-risk-plan": |v, _| v.of.review.risk.found = Some(true);
    "somebody still needs it" => "nobody-needs-it": |v, _| v.of.review.still_need = vec![copy(9)];
    "why they do is written" => "no-need": |v, _| v.of.review.need = prose("");
    "the reviewer advised something" => "nothing-advised": |v, _| v.of.review.advised = None;
    "with reasons" => "no-reason": |v, _| v.of.review.reasons = prose("");
}

/// Every rule of a review that this one breaks, if the release should go on (or only end) by it.
fn reviewed(of: &Reviewed, goes_on: bool, now: Moment) -> Vec<(&'static str, bool)> {
    let (r, g, risk, today) = (&of.review, &of.review.grounds, &of.review.risk, london_day(now));
    let said = [&risk.confidentiality, &risk.level, &risk.purpose, &risk.conditions, &risk.harm];
    let documented = g.kind == Some(GroundsKind::Intelligence) && !g.words.is_empty() && !g.reference.is_empty();
    let (past_only, days_old) = (g.kind == Some(GroundsKind::PastOnly), g.dated.map(|day| (today - day).num_days()));
    let known = |one: &str| one.to_lowercase() == g.reference.as_str().to_lowercase();
    let rests = !g.reference.is_empty() && of.earlier.iter().any(|one| known(one.as_str()));
    let needed = of.copies.iter().filter(|one| r.still_need.contains(one)).count();
    let mut rules = vec![
        ("no-findings", !goes_on && g.words.is_empty()),
        ("nothing-advised", r.advised.is_none()),
        ("no-reason", r.reasons.is_empty()),
    ];
    let on = [
        ("no-intelligence", (!documented && !past_only) || g.dated.is_none()),
        ("past-conviction-alone", past_only),
        ("intelligence-stale", days_old.is_some_and(|days| days > 180)),
        ("intelligence-future", days_old.is_some_and(|days| days < 0)),
        ("intelligence-not-new", rests),
        ("no-legal-basis", g.basis.is_none()),
        ("no-prejudice", g.prejudice.is_empty()),
        ("registration-lapsed", of.registration_ends.is_none_or(|last| last < today)),
        ("image-destruction-due", of.destroy_on.is_some_and(|day| day <= today)),
        ("risk-incomplete", risk.found.is_none() || said.iter().any(|one| one.is_empty())),
        ("no-risk-plan", risk.found == Some(true) && risk.plan.is_empty()),
        ("nobody-needs-it", needed == 0),
        ("no-need", r.need.is_empty()),
    ];
    rules.extend(on.into_iter().map(|(code, broken)| (code, goes_on && broken)));
    rules
}

/// K7.8: a day that is chosen is not past, and not after what the formula, or the limit before, says.
pub(super) fn day_rules(day: Option<NaiveDate>, latest: NaiveDate, now: Moment) -> [(&'static str, bool); 3] {
    let past = day.is_some_and(|day| day < london_day(now));
    [
        ("no-limit-day", day.is_none()),
        ("limit-past", past),
        ("limit-later", !past && day.is_some_and(|day| day > latest)),
    ]
}

fn last_day(until: Moment) -> NaiveDate {
    london_day(until.plus_millis(-1))
}

/// The last day before the last day of a limit; a limit within a day leaves no day before it.
fn day_before(authority: &Authority) -> NaiveDate {
    london_day(authority.until)
        - Days::new(if midnight(london_day(authority.until)) == authority.until { 2 } else { 1 })
}

/// What keeps an order about the limit of this live release from being carried out.
pub(super) fn refusals(
    order: &str,
    of: &Release,
    authority: &Authority,
    by: &Actor,
    facts: &Facts,
    now: Moment,
) -> Codes {
    if now >= authority.until {
        return Codes::from(["over-at-limit"]);
    }
    let (v, today, day) = (&facts.verdict, london_day(now), facts.day(now));
    let mut why: Vec<(&'static str, bool)> = Vec::new();
    match order {
        "save a review" => {}
        "review" => {
            let advised = v.of.review.advised.unwrap_or(ReviewOutcome::Continue);
            why.extend(reviewed(&v.of, advised != ReviewOutcome::Withdraw, now));
            let authorised = [authority.by].into_iter().chain(v.of.authorisers.iter().copied());
            why.push(("own-authority", authorised.into_iter().any(|one| by.person() == Some(one))));
            if advised == ReviewOutcome::Shorten {
                why.extend(day_rules(v.of.review.close_on, day_before(authority), now));
            }
        }
        "shorten" => {
            why.push(("no-reason", facts.silent));
            why.extend(day_rules(day, day_before(authority), now));
        }
        "notice ended" => {
            let Some(on_record) = facts.on_record.map(|days| days_after(today, days)) else {
                return Codes::from(["no-notice"]);
            };
            why.push(("notice-end-missing", day.is_none()));
            let future = day.is_some_and(|day| day > today);
            why.push(("notice-end-future", future));
            why.push(("notice-end-not-earlier", !future && day.is_some_and(|day| day >= on_record)));
        }
        _ if facts.nothing_waits => return Codes::from(["no-review-waits"]),
        _ => {
            why.push(("no-reason", facts.silent));
            why.push(("own-review", v.reviewers.iter().any(|one| by.person() == Some(*one))));
            why.push(("no-enactment", v.enactment.is_empty() && !holds(by, Role::Aic, of)));
            match order {
                "continue" => {
                    why.extend(reviewed(&v.of, true, now));
                    let latest = last_day(closes(now, v.of.review.exclusion_ends));
                    why.extend(v.close_on.map(|day| day_rules(Some(day), latest, now)).into_iter().flatten());
                }
                "shorten on review" => why.extend(day_rules(day, day_before(authority), now)),
                _ => {}
            }
        }
    }
    why.into_iter().filter(|(_, broken)| *broken).map(|(code, _)| code).collect()
}

/// The limit after an order about it that was carried out.
pub(super) fn limit(order: &str, before: Moment, facts: &Facts, now: Moment) -> Moment {
    let after = |day: NaiveDate| midnight(day + Days::new(1));
    match order {
        "continue" => facts.verdict.close_on.map_or_else(|| closes(now, facts.verdict.of.review.exclusion_ends), after),
        "shorten" | "shorten on review" => facts.day(now).map_or(before, after),
        "notice ended" => before.min(closes(facts.counted(now), facts.day(now)).max(now)),
        _ => before,
    }
}
