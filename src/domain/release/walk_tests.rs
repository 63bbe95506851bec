//! No sequence of orders, by anybody, at any time, makes a release live against a rule: the code beside an independent table.
//!
//! Promises, each for every step of a random walk: `decide` refuses exactly what `law.rs` says, all of it at once; what it grants is
//! the stage and the record of the table; the same question has the same answer. Absent on purpose: the wording rules in depth
//! (`content_tests.rs`); here words come from a small pool whose faults are known.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate as domain;
use crate::actor::{Actor, Grant, Role};
use crate::limits::closes_at;
use crate::moment::{Moment, days_after};
use crate::refusal::Refusal;
use crate::release::review::{ReviewOutcome, Verdict};
use crate::release::{Authority, Case, Decision, Part, Release, Stage};
use crate::words::Line;

#[path = "walk_tests/breaches.rs"]
mod breaches;
#[path = "walk_tests/law.rs"]
mod law;
#[path = "walk_tests/reviews.rs"]
mod reviews;
#[path = "walk_tests/world.rs"]
mod world;

use breaches::BREACHES;
use law::{
    Codes, LIMITS, Row, STAGES, TABLE, Who, authorised_until, closes, london_day, midnight, refusals, row, unmet,
};
use reviews::{FLAWS, verdict};
use world::{Facts, SHAPES, actor, grant, lawful, order, other_area, own_area, person, release};

/// 1 January 2026 to 31 December 2028: six changes of the clocks, one 29 February.
const YEARS: std::ops::Range<i64> = 1_767_225_600_000..1_861_920_000_000;

fn noon() -> Moment {
    Moment::from_millis(1_795_262_400_000)
}

/// A release at the stage of this word, with facts that could be.
fn at(stage: &str, now: Moment) -> Release {
    let authority = Authority { by: person(2), at: now, urn: "CZ/009/26".into(), until: closes(now, None) };
    let by = person(2);
    release(match stage {
        "draft" => Stage::Draft,
        "requested" => Stage::Requested,
        "returned" => Stage::Returned { by, at: now },
        "closed" => Stage::Closed { by, at: now },
        "live" => Stage::Live(authority),
        "voided" => Stage::Voided { authority, by, at: now },
        _ => Stage::Recalled { authority, by, at: now },
    })
}

/// The codes of an answer; each once, each with its clause and a sentence that says what to do.
fn codes(why: &[Refusal]) -> Codes {
    let codes: Codes = why.iter().map(Refusal::code).collect();
    let distinct = why.iter().enumerate().all(|(n, one)| !why[..n].contains(one));
    assert!(distinct && !why.is_empty(), "each refusal once, and at least one: {why:?}");
    for one in why {
        let told = one.told();
        assert!(told.code != "refused" && told.clause.starts_with(['K', 'O', 'P']), "{one:?}");
        assert!(told.sentence.ends_with('.') && told.sentence.len() > 10, "{one:?}");
    }
    codes
}

/// The same case told in another order: nothing that is refused depends on it.
fn turned(facts: &Facts) -> Facts {
    let mut turned = facts.clone();
    turned.case.recipients.reverse();
    turned.case.consulted.reverse();
    turned.verdict.of.copies.reverse();
    turned.verdict.of.earlier.reverse();
    turned.case.request.purposes.reverse();
    turned.case.considered.recipients.areas.reverse();
    // Rulings are oldest first; those on different questions have nothing to do with each other.
    turned.case.rulings.sort_by_key(|one| std::cmp::Reverse(one.question.word()));
    turned
}

/// Asks once, and holds the answer against the table and the law.
fn step(now_at: &Release, row: &Row, by: &Actor, facts: &Facts, now: Moment) -> Result<Stage, Codes> {
    let ask = |facts: &Facts| now_at.decide(order(row.order, facts, now), by, now).map(Decision::into_parts);
    let (answer, want) = (ask(facts), refusals(row, now_at, by, facts, now));
    let told = || format!("{} ({}) at {} by {by:?} at {now}", row.order, row.clause, now_at.stage.word());
    assert_eq!(answer, ask(facts), "the same question has the same answer: {}", told());
    let (next, event) = match answer {
        Err(why) => {
            assert_eq!(codes(&why), want, "{}", told());
            let other = ask(&turned(facts)).map_err(|why| codes(&why)).unwrap_err();
            assert_eq!(other, want, "whatever the order of the facts: {}", told());
            return Err(want);
        }
        Ok(parts) => parts,
    };
    assert_eq!(want, Codes::new(), "{} was granted against the law", told());
    assert_eq!((event.kind.word(), event.object), (row.recorded, format!("release/{}", now_at.id)), "{}", told());
    match row.next {
        None => assert_eq!(next, now_at.stage, "{} moves nothing", told()),
        Some(word) => assert_eq!(next.word(), word, "{}", told()),
    }
    match (&now_at.stage, &next) {
        (Stage::Requested, Stage::Live(authority)) => {
            let (by, until) = (by.person().unwrap(), authorised_until(&facts.case, now));
            let urn = facts.case.urn.to_string();
            assert_eq!(event.more["urn"], urn.as_str());
            assert_eq!(*authority, Authority { by, at: now, urn, until });
            assert!(by != now_at.requested_by && !now_at.askers.contains(&by) && until > now);
            assert!(until <= closes(now, facts.case.considered.records.exclusion_ends));
            assert_eq!(unmet(&facts.case, now_at.requested_by, by, now), Codes::new(), "{}", told());
        }
        (Stage::Live(was), Stage::Voided { authority, by: who, at } | Stage::Recalled { authority, by: who, at }) => {
            assert_eq!((was, Some(*who), *at), (authority, by.person(), now));
            assert_eq!(event.more["urn"], was.urn.as_str());
        }
        (Stage::Live(was), Stage::Live(is)) if LIMITS.contains(&row.order) => {
            let until = reviews::limit(row.order, was.until, facts, now);
            assert_eq!(*is, Authority { until, ..was.clone() }, "{}", told());
            // It never moves past the formula, and forward by the decision of a review alone.
            let most = closes(now, facts.verdict.of.review.exclusion_ends);
            assert!(until <= if row.order == "continue" { most } else { was.until }, "{}", told());
            assert!(until > now || row.order == "notice ended" && until == now, "{}", told());
        }
        (_, Stage::Returned { by: who, at } | Stage::Closed { by: who, at })
            if *next.word() != *now_at.stage.word() =>
        {
            assert_eq!((Some(*who), *at), (by.person(), now));
        }
        (was, is) => assert_eq!(was.authority(), is.authority(), "a number comes with an authority alone: {}", told()),
    }
    let over = ["closed", "voided", "recalled"].contains(&now_at.stage.word());
    assert!(!over || next == now_at.stage, "what is over stays over: {}", told());
    Ok(next)
}

/// Somebody: whoever may do it, or anybody with any roles anywhere.
#[derive(Clone, Debug)]
enum Somebody {
    Apt(u8),
    Anybody(u8, Vec<Grant>),
    Portal,
}

impl Somebody {
    fn for_row(&self, row: &Row) -> Actor {
        match self {
            Self::Apt(n) => match row.whose[usize::from(*n) % row.whose.len()] {
                Who::Asked => actor(1, &[Grant::InArea(Role::Officer, own_area())]),
                Who::Holds(role) => actor(2 + n % 3, &[Grant::InArea(role, own_area())]),
            },
            Self::Anybody(n, grants) => actor(*n, grants),
            Self::Portal => Actor::Portal,
        }
    }
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let one = (prop::sample::select(Role::ALL.to_vec()), any::<bool>())
        .prop_map(|(role, own)| grant(role, if own { own_area() } else { other_area() }));
    prop::collection::vec(one, 0..5)
}

fn somebody() -> impl Strategy<Value = Somebody> {
    let anybody =
        (prop::sample::select(vec![1, 2, 3, 4, 7]), grants()).prop_map(|(n, grants)| Somebody::Anybody(n, grants));
    prop_oneof![6 => any::<u8>().prop_map(Somebody::Apt), 5 => anybody, 1 => Just(Somebody::Portal)]
}

/// Any instant, and the instants about midnight in London.
fn instant() -> impl Strategy<Value = Moment> {
    let any = YEARS.prop_map(Moment::from_millis);
    let edge = (YEARS, -1_i64..2).prop_map(|(ms, off)| midnight(london_day(Moment::from_millis(ms))).plus_millis(off));
    prop_oneof![any, edge]
}

/// A case at `now`: a lawful one of any shape, and often some of its rules broken.
fn case(now: Moment) -> impl Strategy<Value = Case> {
    let some = prop::collection::vec(0..BREACHES.len(), 1..5);
    let broken = prop_oneof![3 => Just(Vec::new()), 2 => some];
    (0..SHAPES, broken).prop_map(move |(shape, broken)| {
        let mut case = lawful(shape, now);
        for at in broken {
            (BREACHES[at].breaks)(&mut case, now);
        }
        case
    })
}

/// A review at `now`: a lawful one, often with some of its rules broken, and what is decided on it.
fn decided_review(now: Moment) -> impl Strategy<Value = Verdict> {
    let broken = prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(0..FLAWS.len(), 1..4)];
    let advised = prop::sample::select(vec![None, Some(ReviewOutcome::Shorten), Some(ReviewOutcome::Withdraw)]);
    let days =
        || prop::sample::select(vec![None, Some(-1), Some(0), Some(58), Some(59), Some(60), Some(90), Some(200)]);
    let who = (any::<bool>(), prop::sample::select(vec![5, 5, 5, 2, 3]));
    (broken, advised, (days(), days(), days()), who).prop_map(
        move |(broken, advised, (chosen, day, notice), (named, who))| {
            let mut of = verdict(now);
            of.of.review.advised = advised.or(of.of.review.advised);
            let day_of = |days: Option<i64>| days.map(|days| days_after(now.day(), days));
            (of.close_on, of.of.review.close_on, of.of.review.exclusion_ends) =
                (day_of(chosen), day_of(day), day_of(notice));
            of.reviewers = vec![person(who)];
            if !named {
                of.enactment = Line::default();
            }
            for at in broken {
                (FLAWS[at].breaks)(&mut of, now);
            }
            of
        },
    )
}

fn facts(now: Moment) -> impl Strategy<Value = Facts> {
    let flags = (0..6_u8, 0..4_u8, 0..4_u8, any::<bool>());
    let when = prop::sample::select(vec![0, 1, -60_000, -60_001, -3_600_000, -3_600_001]);
    let times = (when, prop::sample::select(vec![None, Some(0), Some(-3_540_000)]));
    let days = || prop::sample::select(vec![None, Some(-1), Some(0), Some(1), Some(30), Some(58), Some(59), Some(60)]);
    let limits = (decided_review(now), 0..6_u8, days(), days(), 0..130_i64);
    let flagged = (flags, times, 0..8_usize);
    (case(now), flagged, limits).prop_map(|(case, flagged, (verdict, waits, days, on_record, counted))| {
        let ((silent, opened, open, disclose), (when, decided), part) = flagged;
        let (silent, opened, open, nothing_waits) = (silent == 0, opened == 0, open != 0, waits == 0);
        let part = Part::ALL[part].0;
        Facts {
            case,
            silent,
            opened,
            open,
            disclose,
            when,
            decided,
            part,
            verdict,
            nothing_waits,
            days,
            on_record,
            counted,
        }
    })
}

/// One order at one time; authority is asked for most often.
fn ordered() -> impl Strategy<Value = (&'static str, Somebody, Moment, Facts)> {
    let any = (0..TABLE.len()).prop_map(|n| TABLE[n].order);
    let order = prop_oneof![7 => any, 2 => Just("submit"), 3 => Just("authorise"), 2 => Just("continue")];
    instant().prop_flat_map(move |now| (order.clone(), somebody(), Just(now), facts(now)))
}

#[test]
fn no_walk_reaches_a_live_release_with_an_unmet_rule() {
    let seen: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    // Most begin with a request; some with a release that went live late enough for what happens to a live one.
    let late = (YEARS.end - 200 * 86_400_000..YEARS.end).prop_map(Moment::from_millis);
    let walks = (prop::option::weighted(0.4, late), prop::collection::vec(ordered(), 1..40));
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let walked = runner.run(&walks, |(live, walk)| {
        let mut here = live.map_or_else(|| at("draft", noon()), |since| at("live", since));
        for (word, who, now, facts) in walk {
            let row = row(word);
            if let Ok(next) = step(&here, row, &who.for_row(row), &facts, now) {
                *seen.borrow_mut().entry(word).or_default() += 1;
                here = Release { stage: next, version: here.version + 1, ..here };
            }
        }
        Ok(())
    });
    walked.unwrap();
    // The walks are no promise about nothing: each order was carried out.
    let (seen, cases) = (seen.into_inner(), Config::default().cases);
    let all: BTreeSet<&str> = TABLE.iter().map(|row| row.order).collect();
    assert!(cases < 256 || seen.keys().copied().collect::<BTreeSet<_>>() == all, "in {cases} walks only {seen:?}");
}

#[test]
fn every_order_of_everybody_at_every_stage_is_as_the_table_says() {
    let everybody = || {
        let here = |role| grant(role, own_area());
        let two = Role::ALL.into_iter().flat_map(move |a| Role::ALL.map(|b| vec![here(a), here(b)]));
        let away = Role::ALL.map(|role| vec![grant(role, other_area())]);
        two.chain(away).chain([vec![]]).flat_map(|held| [1, 2, 4].map(|n| actor(n, &held))).chain([Actor::Portal])
    };
    let good = Facts::good(noon());
    for by in everybody() {
        for row in TABLE {
            for stage in STAGES {
                let _ = step(&at(stage, noon()), row, &by, &good, noon());
            }
        }
    }
}

#[test]
fn every_fact_of_an_order_counts_on_both_sides_of_its_edge() {
    let flags = || [false, true].into_iter();
    for row in TABLE.iter().filter(|row| !["submit", "authorise"].contains(&row.order)) {
        for (stage, silent) in row.stages.iter().flat_map(|stage| flags().map(move |silent| (stage, silent))) {
            for (opened, open) in flags().flat_map(|opened| flags().map(move |open| (opened, open))) {
                for decided in [None, Some(0), Some(-3_540_000)] {
                    for when in [1, 0, -60_000, -60_001, -3_600_000, -3_600_001] {
                        let facts = Facts { silent, opened, open, when, decided, ..Facts::good(noon()) };
                        let by = Somebody::Apt(0).for_row(row);
                        let _ = step(&at(stage, noon()), row, &by, &facts, noon());
                    }
                }
            }
        }
    }
}

#[test]
fn every_lawful_shape_goes_live_and_every_broken_rule_is_named_alone_and_beside_another() {
    let aic = actor(2, &[Grant::InArea(Role::Aic, own_area())]);
    let asked = at("requested", noon());
    let answer = |case: Case| step(&asked, row("authorise"), &aic, &Facts { case, ..Facts::good(noon()) }, noon());
    for shape in (0..SHAPES).filter(|bits| bits.count_ones() < 3 || *bits == SHAPES - 1) {
        assert!(answer(lawful(shape, noon())).is_ok(), "shape {shape:#b}");
    }
    for (n, one) in BREACHES.iter().enumerate() {
        let mut case = lawful(0, noon());
        (one.breaks)(&mut case, noon());
        assert_eq!(answer(case.clone()), Err(Codes::from([one.code])), "{}", one.rule);
        let (mut both, other) = (case, &BREACHES[(n * 7 + 3) % BREACHES.len()]);
        (other.breaks)(&mut both, noon());
        assert!(answer(both).is_err(), "{}, then {}", one.rule, other.rule);
    }
}

#[test]
fn every_broken_rule_of_a_review_is_named_alone_and_keeps_the_release_from_going_on() {
    let aic = actor(2, &[Grant::InArea(Role::Aic, own_area())]);
    let live = at("live", noon());
    let answer =
        |order, verdict: Verdict| step(&live, row(order), &aic, &Facts { verdict, ..Facts::good(noon()) }, noon());
    assert!(answer("continue", verdict(noon())).is_ok());
    for (n, flaw) in FLAWS.iter().enumerate() {
        let mut of = verdict(noon());
        (flaw.breaks)(&mut of, noon());
        assert_eq!(answer("continue", of.clone()), Err(Codes::from([flaw.code])), "{}", flaw.rule);
        // What ends the release, or ends it earlier, asks for none of it.
        for order in ["shorten on review", "withdraw on review", "send a review back"] {
            assert!(answer(order, of.clone()).is_ok(), "{order}: {}", flaw.rule);
        }
        (FLAWS[(n * 5 + 2) % FLAWS.len()].breaks)(&mut of, noon());
        assert!(answer("continue", of).is_err(), "{}", flaw.rule);
    }
}

#[test]
fn the_limit_is_the_policys_on_every_day_of_three_years_and_with_any_notice() {
    let (mut day, end) = (london_day(Moment::from_millis(YEARS.start)), london_day(Moment::from_millis(YEARS.end)));
    while day < end {
        assert_eq!((Moment::start_of(day), midnight(day).day()), (midnight(day), day));
        let next = day.succ_opt().unwrap();
        for authority in [midnight(day), midnight(next).plus_millis(-1)] {
            assert_eq!((authority.day(), london_day(authority)), (day, day));
            assert_eq!(closes_at(authority, None), closes(authority, None), "{authority}");
            for days in [-400, -1, 0, 1, 58, 59, 60, 61, 90, 118, 119, 120, 121, 400] {
                let ends = Some(day + chrono::TimeDelta::days(days));
                assert_eq!(closes_at(authority, ends), closes(authority, ends), "{authority}, {ends:?}");
            }
        }
        day = next;
    }
}
