//! Both sides of each edge: ends, periods in UK days, and what two people may decide.

use super::*;
use crate::ids::PersonId;
use crate::moment::parse_day;
use crate::release::Authority;

fn at(date: &str, time: &str) -> Moment {
    Moment::parse_london(date, time).unwrap()
}

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn person(n: u8) -> PersonId {
    PersonId::fresh(Moment::from_millis(0), [n; 10])
}

fn live(until: Moment) -> Stage {
    Stage::Live(Authority { by: person(1), at: at("2026-11-21", "12:00"), urn: "CZ/001/26".into(), until })
}

#[test]
fn a_case_ends_with_its_limit_and_not_a_millisecond_before() {
    let until = at("2027-01-20", "00:00");
    assert_eq!(ended(&live(until), None, until.plus_millis(-1)), None);
    assert_eq!(ended(&live(until), None, until), Some((Kept::Case, until)));
    // A copy that was confirmed later ends it; one that was confirmed before does not.
    let later = until.plus_millis(1);
    assert_eq!(ended(&live(until), Some(later), later), Some((Kept::Case, later)));
    assert_eq!(ended(&live(until), Some(until.plus_millis(-1)), later), Some((Kept::Case, until)));
}

#[test]
fn each_other_end_counts_from_its_own_moment() {
    let (now, then) = (at("2027-01-20", "00:00"), at("2026-12-01", "14:00"));
    let authority = || Authority { by: person(1), at: then, urn: String::new(), until: now };
    let by = person(1);
    assert_eq!(ended(&Stage::Closed { by, at: then }, None, now), Some((Kept::Request, then)));
    for stage in [
        Stage::Recalled { authority: authority(), by, at: then },
        Stage::Voided { authority: authority(), by, at: then },
    ] {
        assert_eq!(ended(&stage, None, now), Some((Kept::Case, then)));
    }
    for stage in [Stage::Draft, Stage::Requested, Stage::Returned { by, at: then }] {
        assert_eq!(ended(&stage, None, now), None);
    }
}

#[test]
fn the_whole_period_runs_in_uk_days() {
    // 11:59pm on 19 January: kept through 19 January ten years on, due the day after.
    assert_eq!(due(at("2027-01-20", "00:00"), 10, None), day("2037-01-20"));
    assert_eq!(due(at("2027-01-20", "00:00").plus_millis(1), 10, None), day("2037-01-21"));
    assert_eq!(due(at("2026-11-21", "14:00"), 6, None), day("2032-11-22"));
    // Half past midnight in summer is the day before in UTC: the UK day counts.
    assert_eq!(due(at("2027-07-02", "00:30"), 10, None), day("2037-07-03"));
    // No 29 February: a day later, never a day earlier.
    assert_eq!(due(at("2028-02-29", "12:00"), 6, None), day("2034-03-02"));
    assert_eq!(due(at("2028-02-28", "12:00"), 6, None), day("2034-03-01"));
    assert_eq!(due(at("2028-02-29", "12:00"), 8, None), day("2036-03-01"));
}

#[test]
fn what_was_kept_on_is_due_after_that_day_and_never_before_its_period() {
    let end = at("2026-11-21", "14:00");
    assert_eq!(due(end, 6, Some(day("2034-05-01"))), day("2034-05-02"));
    assert_eq!(due(end, 6, Some(day("2030-05-01"))), day("2032-11-22"));
}

#[test]
fn each_kind_has_its_own_period_as_it_is_in_force() {
    let end = at("2026-11-21", "14:00");
    assert_eq!(falls_due(Kept::Case, end, None, &Numbers::shipped()), day("2036-11-22"));
    assert_eq!(falls_due(Kept::Request, end, None, &Numbers::shipped()), day("2032-11-22"));
    let shorter = Numbers::stored(r#"{"case_years":{"value":7,"source":"B18"}}"#).unwrap();
    assert_eq!(falls_due(Kept::Case, end, None, &shorter), day("2033-11-22"));
    for (kept, word, title) in Kept::ALL {
        assert_eq!((Kept::parse(word), kept.word(), kept.title()), (Some(kept), word, title));
    }
    assert_eq!(Kept::parse(""), None);
    for (kept, number) in [
        (Kept::Entry, Number::RegisterYears),
        (Kept::Undertaking, Number::UndertakingYears),
        (Kept::Log, Number::LogYears),
    ] {
        assert_eq!(kept.period(), number);
    }
}

#[test]
fn a_subject_is_read_from_its_own_word_and_no_other() {
    let id = person(7);
    let release = ReleaseId::parse(&id.to_string()).unwrap();
    for (subject, word) in [
        (Subject::Release(release), id.to_string()),
        (Subject::Member(MemberId::parse(&id.to_string()).unwrap()), format!("member-{id}")),
        (Subject::Signer(id), format!("signer-{id}")),
        (Subject::Month(day("2026-11-01")), "log-2026-11".to_owned()),
    ] {
        assert_eq!((Subject::parse(&word), subject.to_string()), (Some(subject), word));
    }
    for wrong in
        ["", "log", "log-", "log-2026", "log-2026-1", "log-2026-13", "log-2026-11-01", "member-", "signer-x", "case-1"]
    {
        assert_eq!(Subject::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_month_of_the_log_is_a_month_of_uk_days() {
    assert_eq!(month(day("2026-11-01")), (at("2026-11-01", "00:00"), at("2026-12-01", "00:00")));
    // Summer: its first moment is 11pm UTC of the day before.
    let (from, to) = month(day("2026-07-01"));
    assert_eq!((from, to), (at("2026-07-01", "00:00"), at("2026-08-01", "00:00")));
    assert_eq!(Subject::month_of(from), Subject::Month(day("2026-07-01")));
    assert_eq!(Subject::month_of(from.plus_millis(-1)), Subject::Month(day("2026-06-01")));
    assert_eq!(month(day("2026-12-01")).1, at("2027-01-01", "00:00"));
    assert_eq!(month(day("2028-02-01")).1, at("2028-03-01", "00:00"));
    // Kept through 30 November ten years on.
    assert_eq!(due(month(day("2026-11-01")).1, 10, None), day("2036-12-01"));
}

#[test]
fn whatever_is_due_ended_before_the_bound_that_it_is_looked_for_by() {
    let numbers = Numbers::shipped();
    for end in ["2026-11-21", "2028-02-28", "2028-02-29", "2028-03-01", "2027-03-28", "2027-10-31"] {
        for time in ["00:00", "12:00", "23:59"] {
            let due = falls_due(Kept::Request, at(end, time), None, &numbers);
            assert!(at(end, time) < ended_before(&[Kept::Case, Kept::Request], due, &numbers), "{end} {time}");
            assert!(
                at(end, time) >= ended_before(&[Kept::Case, Kept::Request], days_after(due, -4), &numbers),
                "{end} {time}: not far wider than needed"
            );
        }
    }
}

#[test]
fn what_is_agreed_goes_the_night_after_and_nights_begin_at_two() {
    let from = carried_out_from(at("2036-11-22", "09:00"));
    assert_eq!(from, at("2036-11-23", "02:00"));
    assert_eq!(carried_out_from(at("2036-11-22", "23:59")), from);
    assert_eq!(carried_out_from(at("2036-11-23", "00:00")), at("2036-11-24", "02:00"));
    assert_eq!(last_night(from), from);
    assert_eq!(last_night(from.plus_millis(-1)), at("2036-11-22", "02:00"));
    assert_eq!(last_night(at("2036-11-23", "23:00")), from);
}

#[test]
fn a_fate_is_read_from_one_to_ten_years() {
    let today = day("2036-11-22");
    assert_eq!(Fate::parse("dispose", "", today), Ok(Fate::Dispose));
    assert_eq!(Fate::parse("keep", "1", today), Ok(Fate::Keep(day("2037-11-22"))));
    assert_eq!(Fate::parse("keep", " 10 ", today), Ok(Fate::Keep(day("2046-11-22"))));
    for years in ["0", "11", "", "one"] {
        assert_eq!(Fate::parse("keep", years, today), Err(Refusal::KeepYearsUnread), "{years}");
    }
    assert_eq!(Fate::parse("", "1", today), Err(Refusal::NoFate));
}

const DUE: &str = "2036-11-22";

fn review(step: Step) -> Review {
    Review { due: parse_day(DUE), held: false, followed: false, step, moved: false }
}

fn proposed(fate: Fate) -> Review {
    review(Step::Proposed { by: person(1), fate })
}

#[test]
fn nothing_is_proposed_a_millisecond_before_it_is_due_or_while_something_stops_it() {
    let from = Moment::start_of(day(DUE));
    let before = from.plus_millis(-1);
    let keep = Fate::Keep(day("2040-01-01"));
    assert_eq!(review(Step::Open).propose(Fate::Dispose, from), Ok(()));
    for fate in [Fate::Dispose, keep] {
        assert_eq!(review(Step::Open).propose(fate, before), Err(vec![Refusal::NotDue { from: day(DUE) }]));
    }
    let open = Review { due: None, ..review(Step::Open) };
    assert_eq!(open.propose(Fate::Dispose, from), Err(vec![Refusal::NotEnded]));
    let stopped = Review { held: true, followed: true, ..review(Step::Open) };
    assert_eq!(stopped.propose(Fate::Dispose, from), Err(vec![Refusal::LegalHold, Refusal::FollowerKept]));
    assert_eq!(stopped.propose(keep, from), Ok(()), "what is held may be kept on");
    for step in [Step::Proposed { by: person(1), fate: keep }, Step::Agreed { from }] {
        assert_eq!(review(step).propose(Fate::Dispose, from), Err(vec![Refusal::ProposedAlready]));
    }
    assert_eq!(review(Step::Gone).propose(keep, from), Err(vec![Refusal::DisposedAlready]));
}

#[test]
fn the_second_person_is_another_one_and_a_hold_stops_agreement_alone() {
    let now = Moment::start_of(day(DUE));
    let keep = Fate::Keep(day("2040-01-01"));
    for fate in [Fate::Dispose, keep] {
        for agrees in [true, false] {
            assert_eq!(proposed(fate).decide(agrees, person(2), now), Ok(fate));
            assert_eq!(proposed(fate).decide(agrees, person(1), now), Err(vec![Refusal::OnePersonTwice]));
        }
    }
    let held = Review { held: true, ..proposed(Fate::Dispose) };
    assert_eq!(held.decide(true, person(2), now), Err(vec![Refusal::LegalHold]));
    assert_eq!(held.decide(false, person(2), now), Ok(Fate::Dispose));
    assert_eq!(Review { held: true, ..proposed(keep) }.decide(true, person(2), now), Ok(keep));
    for step in [Step::Open, Step::Agreed { from: now }] {
        assert_eq!(review(step).decide(true, person(2), now), Err(vec![Refusal::NothingProposed]));
    }
    assert_eq!(review(Step::Gone).decide(true, person(2), now), Err(vec![Refusal::DisposedAlready]));
}

#[test]
fn it_goes_when_its_night_has_come_unless_something_stops_it_even_then() {
    let from = carried_out_from(Moment::start_of(day(DUE)));
    let agreed = review(Step::Agreed { from });
    assert!(!agreed.goes(from.plus_millis(-1)));
    assert!(agreed.goes(from));
    assert!(!Review { held: true, ..agreed }.goes(from));
    assert!(!Review { followed: true, ..agreed }.goes(from));
    // A period that was made longer meanwhile counts.
    assert!(!Review { due: parse_day("2036-12-01"), ..agreed }.goes(from));
    for step in [Step::Open, Step::Gone, Step::Proposed { by: person(1), fate: Fate::Dispose }] {
        assert!(!review(step).goes(from));
    }
}

#[test]
fn what_was_said_about_an_earlier_end_is_no_word_about_this_one() {
    let (now, keep) = (Moment::start_of(day(DUE)), Fate::Keep(day("2040-01-01")));
    let moved = |step: Step| Review { moved: true, ..review(step) };
    for step in [Step::Agreed { from: now }, Step::Gone] {
        assert_eq!(moved(step).stands(), Step::Open);
        assert!(!moved(step).goes(now));
        assert_eq!(moved(step).propose(Fate::Dispose, now), Ok(()));
        assert_eq!(moved(step).decide(true, person(2), now), Err(vec![Refusal::NothingProposed]));
    }
    // What still waits is answered first, and only one answer is left.
    for fate in [Fate::Dispose, keep] {
        let waits = moved(Step::Proposed { by: person(1), fate });
        assert_eq!(waits.stands(), waits.step);
        assert_eq!(waits.propose(fate, now), Err(vec![Refusal::ProposedAlready]));
        assert_eq!(waits.decide(true, person(2), now), Err(vec![Refusal::EndedAnew]));
        assert_eq!(waits.decide(false, person(2), now), Ok(fate));
        assert_eq!(waits.decide(false, person(1), now), Err(vec![Refusal::OnePersonTwice]));
    }
}
