//! Each rule of a correction and of the answer to a report, on both sides of its edge.

use super::*;
use crate::actor::{Actor, Grant, Role};
use crate::ids::{AreaId, PersonId, ReleaseId};
use crate::moment::Moment;
use crate::release::{Authority, Order, Release, Stage};

fn now() -> Moment {
    Moment::parse_london("2026-11-21", "12:00").unwrap()
}

fn prose(text: &str) -> Prose {
    Prose::parse("x", text).unwrap()
}

fn person(n: u8) -> PersonId {
    PersonId::fresh(now(), [n; 10])
}

fn area() -> AreaId {
    AreaId::fresh(now(), [1; 10])
}

fn holding(n: u8, role: Role) -> Actor {
    Actor::Person { id: person(n), grants: vec![Grant::InArea(role, area())] }
}

fn authority() -> Authority {
    Authority { by: person(2), at: now(), urn: "CZ/001/26".into(), until: now().plus_millis(1_000) }
}

fn release(stage: Stage) -> Release {
    let id = ReleaseId::fresh(now(), [2; 10]);
    Release {
        id,
        area: area(),
        requested_by: person(1),
        requested_at: now(),
        stage,
        origin: None,
        askers: vec![],
        version: 1,
    }
}

fn correction() -> Correction {
    Correction {
        revision: 2,
        words: "Suspected of thefts from pharmacies.\n".into(),
        name: Line::default(),
        name_why: Prose::default(),
        indication: None,
        noticed: true,
        instructions_lost: false,
        changed: prose("The kind of shop"),
        reason: prose("The report named pharmacies only"),
        same: false,
    }
}

fn answer() -> ReportAnswer {
    ReportAnswer {
        report: "1".into(),
        outcome: Some(ReportOutcome::Unchanged),
        reason: prose("Checked with the officer"),
        answer: prose("The words are right as they are."),
        answered: false,
        corrected_since: false,
        recalled: false,
    }
}

fn codes(why: Result<crate::release::Decision, Vec<Refusal>>) -> Vec<&'static str> {
    why.map_or_else(|why| why.iter().map(Refusal::code).collect(), |_| Vec::new())
}

#[test]
fn each_rule_of_a_correction_says_no_alone() {
    type Break = fn(&mut Correction);
    let broken: [(&[&str], Break); 11] = [
        (&[], |_| ()),
        (&["no-words-left"], |c| c.words.clear()),
        (&["nothing-corrected"], |c| c.same = true),
        (&["address"], |c| c.words = "Seen at 12 High Street.\n".into()),
        (&["pnc"], |c| c.words = "Known to the PNC.\n".into()),
        (&["name-not-justified"], |c| c.name = Line::parse("x", "Joe Smith").unwrap()),
        (&["conviction-like"], |c| c.words = "Was convicted of theft.\n".into()),
        (&["no-instructions"], |c| c.instructions_lost = true),
        (&["change-not-told"], |c| c.changed = Prose::default()),
        (&["not-for-holders"], |c| c.changed = prose("Not 12 High Street any more")),
        (&["no-reason"], |c| c.reason = Prose::default()),
    ];
    for (expected, change) in broken {
        let mut one = correction();
        change(&mut one);
        let found: Vec<&str> = one.check().iter().map(Refusal::code).collect();
        assert_eq!(found, expected);
    }
    let justified = Correction {
        name: Line::parse("x", "Joe Smith").unwrap(),
        name_why: prose("Staff know the name"),
        ..correction()
    };
    assert!(justified.check().is_empty());
    let beside = Correction { changed: prose("It is not Smith who did it"), ..justified };
    assert_eq!(beside.check(), [Refusal::NotForHolders { field: "changed", words: "Smith".into() }]);
    let meant = Correction {
        words: "Was convicted of theft.\n".into(),
        indication: Some(Indication::NoticeOffence),
        ..correction()
    };
    assert!(meant.check().is_empty());
    let untold = Correction { noticed: false, ..meant.clone() };
    assert_eq!(untold.check(), [Refusal::ConvictionInText { words: "convicted of theft".into() }]);
    assert!(Correction { indication: Some(Indication::Likely), ..untold }.check().is_empty());
    // What holders are told has no such answer.
    let told = Correction { changed: prose("No longer: convicted"), indication: meant.indication, ..correction() };
    assert_eq!(told.check(), [Refusal::NotForHolders { field: "changed", words: "convicted".into() }]);
}

#[test]
fn only_a_live_release_is_corrected_up_to_its_last_millisecond_and_the_limit_does_not_move() {
    let aic = holding(2, Role::Aic);
    let order = || Order::Correct(Box::new(correction()));
    let live = release(Stage::Live(authority()));
    let (next, event) = live.decide(order(), &aic, now().plus_millis(999)).unwrap().into_parts();
    assert_eq!((next, event.kind), (Stage::Live(authority()), crate::event::Kind::Corrected));
    let at = |stage: Stage, ms: i64| release(stage).decide(order(), &aic, now().plus_millis(ms)).unwrap_err();
    assert_eq!(at(Stage::Live(authority()), 1_000), [Refusal::WrongStage { stage: "expired" }]);
    let ended = |at| (authority(), person(2), at);
    let (authority, by, moment) = ended(now());
    assert_eq!(
        at(Stage::Recalled { authority: authority.clone(), by, at: moment }, 0),
        [Refusal::WrongStage { stage: "recalled" }]
    );
    assert_eq!(at(Stage::Voided { authority, by, at: moment }, 0), [Refusal::WrongStage { stage: "voided" }]);
    assert_eq!(at(Stage::Requested, 0), [Refusal::WrongStage { stage: "requested" }]);
}

#[test]
fn the_areas_coordinator_corrects_and_answers_and_never_on_their_own_request() {
    let live = release(Stage::Live(authority()));
    let orders = || [Order::Correct(Box::new(correction())), Order::AnswerReport(Box::new(answer()))];
    for order in orders() {
        live.decide(order, &holding(3, Role::Aic), now()).unwrap();
    }
    for role in [Role::Reviewer, Role::Inspector, Role::Commander] {
        for order in orders() {
            assert_eq!(codes(live.decide(order, &holding(3, role), now())), ["not-coordinator"], "{role:?}");
        }
    }
    let own = Actor::Person {
        id: person(1),
        grants: vec![Grant::InArea(Role::Officer, area()), Grant::InArea(Role::Aic, area())],
    };
    for order in orders() {
        assert_eq!(codes(live.decide(order, &own, now())), ["own-request"]);
    }
    let elsewhere = AreaId::fresh(now(), [9; 10]);
    let other = Actor::Person { id: person(4), grants: vec![Grant::InArea(Role::Aic, elsewhere)] };
    for order in orders() {
        assert_eq!(codes(live.decide(order, &other, now())), ["not-found"]);
    }
}

#[test]
fn each_rule_of_an_answer_says_no_alone_and_a_report_is_answered_once() {
    type Break = fn(&mut ReportAnswer);
    let broken: [(&[&str], Break); 11] = [
        (&[], |_| ()),
        (&["no-report-outcome"], |a| a.outcome = None),
        (&["not-corrected-yet"], |a| a.outcome = Some(ReportOutcome::Corrected)),
        (&[], |a| (a.outcome, a.corrected_since) = (Some(ReportOutcome::Corrected), true)),
        (&["not-recalled-yet"], |a| a.outcome = Some(ReportOutcome::Recalled)),
        (&[], |a| (a.outcome, a.recalled) = (Some(ReportOutcome::Recalled), true)),
        (&["no-reason"], |a| a.reason = Prose::default()),
        (&["no-answer-to-holder"], |a| a.answer = Prose::default()),
        (&["not-for-holders"], |a| a.answer = prose("They live at ME14 2NQ.")),
        (&["not-for-holders"], |a| a.answer = prose("They have a criminal record.")),
        (&["report-answered"], |a| (a.answered, a.reason) = (true, Prose::default())),
    ];
    for (expected, change) in broken {
        let mut one = answer();
        change(&mut one);
        let found: Vec<&str> = one.check().iter().map(Refusal::code).collect();
        assert_eq!(found, expected);
    }
    // A report may come after the end, and is answered then too.
    let recalled = Stage::Recalled { authority: authority(), by: person(2), at: now() };
    for stage in [Stage::Live(authority()), recalled] {
        let late = now().plus_millis(86_400_000);
        release(stage).decide(Order::AnswerReport(Box::new(answer())), &holding(2, Role::Aic), late).unwrap();
    }
    let requested = release(Stage::Requested);
    let asked = requested.decide(Order::AnswerReport(Box::new(answer())), &holding(2, Role::Aic), now());
    assert_eq!(codes(asked), ["wrong-stage"]);
}

#[test]
fn the_words_of_an_outcome_read_back() {
    for (outcome, word, title) in ReportOutcome::ALL {
        assert_eq!((outcome.word(), outcome.title(), ReportOutcome::parse(word)), (word, title, Some(outcome)));
    }
    assert_eq!(ReportOutcome::parse("ignored"), None);
}
