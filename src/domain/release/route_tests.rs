//! The routes of O3.2.3–3.2.5 and K6.3, and what happens before and after an authority, each rule on both sides of its edge.

use super::*;
use crate::release::material::Indication;

#[test]
fn representations_are_the_commanders_alone_and_the_result_is_told_first() {
    let with = |rulings: Vec<Ruling>| {
        move |c: &mut Case| {
            c.represented = Some(now().plus_millis(-7_200_000));
            c.rulings = rulings;
        }
    };
    assert_eq!(refused(with(vec![ruling(Question::NoPositiveOutcome, true)])), ["representations"]);
    assert_eq!(refused(with(vec![ruling(Question::Representations, false)])), ["representations-upheld"]);
    assert_eq!(refused(with(vec![ruling(Question::Representations, true)])), ["result-not-told"]);
    let told = Ruling { told_at: Some(now()), ..ruling(Question::Representations, true) };
    assert!(authorise(with(vec![told.clone()])).is_ok());
    // What comes after the decision is to be decided anew; what stood a millisecond before it is covered.
    let late = |ms: i64| {
        let told = told.clone();
        move |c: &mut Case| {
            c.represented = Some(told.at.plus_millis(ms));
            c.rulings = vec![told];
        }
    };
    assert!(authorise(late(-1)).is_ok());
    assert_eq!(refused(late(0)), ["representations"]);
}

#[test]
fn without_a_positive_outcome_an_inspector_decides_and_a_picture_needs_another_offence() {
    let none = |rulings: Vec<Ruling>| {
        move |c: &mut Case| {
            c.considered.outcome.positive = Some(false);
            c.considered.outcome.other_offence = true;
            c.rulings = rulings;
        }
    };
    assert_eq!(refused(none(Vec::new())), ["no-positive-outcome"]);
    assert_eq!(refused(none(vec![ruling(Question::NoPositiveOutcome, false)])), ["outcome-ruled-against"]);
    assert!(authorise(none(vec![ruling(Question::NoPositiveOutcome, true)])).is_ok());
    let pictured = refused(|c| {
        none(vec![ruling(Question::NoPositiveOutcome, true)])(c);
        c.considered.outcome.other_offence = false;
    });
    assert_eq!(pictured, ["photograph-of-this-offence"]);
    let text_only = authorise(|c| {
        none(vec![ruling(Question::NoPositiveOutcome, true)])(c);
        c.considered.outcome.other_offence = false;
        c.photographs = 0;
    });
    assert!(text_only.is_ok());
    // Whoever ruled does not authorise.
    let own = refused(none(vec![Ruling { by: person(2), ..ruling(Question::NoPositiveOutcome, true) }]));
    assert_eq!(own, ["own-ruling"]);
}

#[test]
fn a_wanted_person_goes_by_their_own_route_and_untold_only_by_dispensation() {
    let wanted = |c: &mut Case| {
        c.considered.outcome.wanted = Some(true);
        c.considered.outcome.c02 = line("C02/1");
        c.considered.outcome.identification = Some(false);
        c.considered.notice = Notice {
            telling: Some(Telling::LeftOut),
            left_out_by: line("DI One"),
            left_out_why: prose("They would flee."),
            ..Notice::default()
        };
    };
    assert!(authorise(wanted).is_ok());
    let but = |change: fn(&mut Case)| {
        refused(|c| {
            wanted(c);
            change(c);
        })
    };
    assert_eq!(but(|c| c.considered.outcome.c02 = Line::default()), ["no-wanted-reference"]);
    assert_eq!(but(|c| c.considered.outcome.identification = None), ["identification-not-answered"]);
    assert_eq!(but(|c| c.considered.outcome.identification = Some(true)), ["no-cps"]);
    assert_eq!(but(|c| c.considered.notice.telling = None), ["wanted-not-told"]);
    assert_eq!(but(|c| c.considered.notice.left_out_why = Prose::default()), ["dispensation-incomplete"]);
    assert_eq!(but(|c| c.considered.notice.left_out_by = Line::default()), ["dispensation-incomplete"]);
}

#[test]
fn wording_like_a_conviction_passes_once_the_coordinator_says_what_it_is() {
    for indication in [Indication::Likely, Indication::NoticeOffence] {
        let named = |c: &mut Case| {
            c.words = "He was convicted of theft.".into();
            c.considered.material.indication = Some(indication);
        };
        assert!(authorise(named).is_ok());
    }
}

#[test]
fn a_number_is_voided_only_while_nobody_has_opened_it() {
    let live = release(authorise(|_| ()).unwrap().into_parts().0);
    let void = |opened| live.decide(Order::Void { reason: prose("Wrong area"), opened }, &actor(2, Role::Aic), now());
    assert_eq!(void(true).unwrap_err(), vec![Refusal::OpenedAlready]);
    let (next, event) = void(false).unwrap().into_parts();
    assert_eq!((next.word(), event.kind), ("voided", Kind::Voided));
    assert_eq!(release(next).standing(), Standing::Recalled { at: now() });
}

#[test]
fn a_draft_is_its_writers_alone_and_goes_back_and_forth_until_it_is_decided() {
    let draft = release(Stage::Draft);
    let sent = || {
        let case = case();
        Order::Submit(Box::new(Submission { request: case.request, words: case.words, photographs: 1 }))
    };
    for other in [actor(2, Role::Aic), actor(3, Role::Officer), actor(4, Role::Auditor)] {
        assert_eq!(draft.decide(sent(), &other, now()).unwrap_err(), vec![Refusal::NotFound]);
    }
    let mine = actor(1, Role::Officer);
    let asked = release(draft.decide(sent(), &mine, now()).unwrap().into_parts().0);
    let more = |reason: &str| Order::Return { reason: Prose::optional("x", reason).unwrap() };
    assert_eq!(asked.decide(more("Which shops?"), &mine, now()).unwrap_err(), vec![Refusal::NotAreaCoordinator]);
    assert_eq!(asked.decide(more(""), &actor(2, Role::Aic), now()).unwrap_err(), vec![Refusal::ReasonMissing]);
    let back = release(asked.decide(more("Which shops?"), &actor(2, Role::Aic), now()).unwrap().into_parts().0);
    assert_eq!(back.word(now()), "returned");
    let early = back.decide(Order::Authorise(Box::new(case())), &actor(2, Role::Aic), now()).unwrap_err();
    assert_eq!(early, vec![Refusal::WrongStage { stage: "returned" }]);
    assert!(matches!(back.decide(sent(), &mine, now()).unwrap().into_parts().0, Stage::Requested));
}

#[test]
fn each_question_is_answered_by_its_rank_and_never_by_whoever_asked() {
    let asked = release(Stage::Requested);
    let rule = |question, open| Order::Rule { question, disclose: true, reasons: prose("Why"), open };
    let table = [
        (Question::Representations, Role::Inspector, Err(Refusal::NotCommander)),
        (Question::Representations, Role::Aic, Err(Refusal::NotCommander)),
        (Question::Representations, Role::Commander, Ok(())),
        (Question::NoPositiveOutcome, Role::Aic, Err(Refusal::NotInspector)),
        (Question::NoPositiveOutcome, Role::Inspector, Ok(())),
        (Question::NoPositiveOutcome, Role::Commander, Ok(())),
    ];
    for (question, role, want) in table {
        let got = asked.decide(rule(question, true), &actor(7, role), now()).map(|_| ());
        assert_eq!(got, want.map_err(|refusal| vec![refusal]), "{question:?} by {role:?}");
    }
    let closed = asked.decide(rule(Question::Representations, false), &actor(7, Role::Commander), now());
    assert_eq!(closed.unwrap_err(), vec![Refusal::NothingToRule]);
    let own = asked.decide(rule(Question::Representations, true), &actor(1, Role::Commander), now());
    assert_eq!(own.unwrap_err(), vec![Refusal::AuthorisedByRequester]);
}

#[test]
fn a_case_asks_what_only_a_higher_rank_may_answer_until_it_is_answered() {
    let asked = |case: &Case| Question::ALL.map(|(question, ..)| case.asks(question));
    assert_eq!(asked(&case()), [false, false]);
    let represented = Case { represented: Some(now().plus_millis(-7_200_000)), ..case() };
    assert_eq!(asked(&represented), [true, false]);
    let ruled = Case { rulings: vec![ruling(Question::Representations, false)], ..represented };
    assert_eq!(asked(&ruled), [false, false]);
    let mut none = case();
    none.considered.outcome.positive = Some(false);
    assert_eq!(asked(&none), [false, true]);
    none.rulings.push(ruling(Question::NoPositiveOutcome, true));
    assert_eq!(asked(&none), [false, false]);
}

#[test]
fn members_are_ticked_only_with_their_own_manager() {
    let of = |scheme| move |c: &mut Case| c.member_schemes = vec![scheme];
    let own = footing().scheme;
    assert!(authorise(of(own)).is_ok());
    assert_eq!(refused(of(SchemeId::fresh(now(), [7; 10]))), ["members-unmanaged"]);
    // One of two, and one whose only recipient is a member like them.
    assert_eq!(refused(|c| c.member_schemes = vec![own, SchemeId::fresh(now(), [7; 10])]), ["members-unmanaged"]);
    let member = |c: &mut Case| {
        c.member_schemes = vec![own];
        c.recipients = vec![Footing { role: Role::Member, scheme_has_manager: false, ..footing() }];
    };
    assert_eq!(refused(member), ["members-unmanaged"]);
    assert_eq!(Refusal::MembersUnmanaged.told().field, Some("members"));
}

#[test]
fn a_request_is_written_by_its_writer_alone_and_while_it_is_with_them() {
    let (by, at) = (person(2), now());
    let officer = |n| actor(n, Role::Officer);
    for stage in [Stage::Draft, Stage::Returned { by, at }] {
        let writing = release(stage);
        assert_eq!(writing.write(&officer(1), now()), Ok(()));
        for other in [officer(3), actor(2, Role::Aic), Actor::Portal] {
            assert_eq!(writing.write(&other, now()), Err(vec![Refusal::NotFound]), "{:?}", writing.stage);
        }
    }
    for (stage, word) in [(Stage::Requested, "requested"), (Stage::Closed { by, at }, "closed")] {
        assert_eq!(release(stage).write(&officer(1), now()), Err(vec![Refusal::WrongStage { stage: word }]));
    }
}
