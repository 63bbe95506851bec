//! Deadlines, how far the end of a copy is, and who may answer it: on both sides of each edge.

use super::*;
use crate::moment::parse_day;

const DAY: i64 = 86_400_000;

fn london(day: &str, time: &str) -> Moment {
    Moment::parse_london(day, time).unwrap()
}

#[test]
fn whole_days_are_given_after_the_last_day_on_which_it_opened_over_a_clock_change_too() {
    let numbers = Numbers::shipped();
    // The limit is midnight: the last day is the one before. 14 days after it.
    assert_eq!(numbers.confirm_by(london("2027-01-15", "00:00")), london("2027-01-29", "00:00"));
    assert_eq!(numbers.confirm_by(london("2027-01-15", "00:00").plus_millis(1)), london("2027-01-30", "00:00"));
    assert_eq!(numbers.confirm_by(london("2027-01-14", "14:00")), london("2027-01-29", "00:00"));
    // The clocks go forward on 28 March 2027.
    let over = numbers.confirm_by(london("2027-03-20", "00:00"));
    assert_eq!(over, london("2027-04-03", "00:00"));
    assert_eq!(over.millis() - london("2027-03-20", "00:00").millis(), 14 * DAY - 3_600_000);
}

#[test]
fn a_deadline_lies_ahead_and_within_the_number_in_force() {
    let numbers = Numbers::shipped();
    let now = london("2026-11-21", "14:00");
    let of = |day: &str| deadline(parse_day(day), &numbers, now);
    assert_eq!(deadline(None, &numbers, now), Ok(london("2026-12-06", "00:00")));
    assert_eq!(of("2026-11-21"), Ok(london("2026-11-22", "00:00")));
    assert_eq!(of("2026-11-20"), Err(Refusal::DeadlinePast));
    assert_eq!(of("2026-12-05"), Ok(london("2026-12-06", "00:00")));
    assert_eq!(of("2026-12-06"), Err(Refusal::DeadlineTooLate { latest: london("2026-12-06", "00:00") }));
    // At midnight the day before is over.
    assert_eq!(deadline(parse_day("2026-11-20"), &numbers, london("2026-11-21", "00:00")), Err(Refusal::DeadlinePast));
}

#[test]
fn the_deadline_passes_at_its_millisecond_and_a_confirmation_ends_it() {
    let numbers = Numbers::shipped();
    let ended = london("2027-01-15", "00:00");
    let due = numbers.confirm_by(ended);
    let expired = Ending { ended_at: Some(ended), ..Ending::default() };
    assert_eq!(Ending::default().state(&numbers, due), State::Held);
    assert_eq!(expired.state(&numbers, due.plus_millis(-1)), State::Owed { due });
    assert_eq!(expired.state(&numbers, due), State::Overdue { due });
    let confirmed = Ending { confirmed_at: Some(due), ..expired };
    assert_eq!(confirmed.state(&numbers, due.plus_millis(1)), State::Confirmed);
    let accepted = Ending { accepted_at: Some(due), ..confirmed };
    assert_eq!(accepted.state(&numbers, due.plus_millis(1)), State::Accepted);
    // A query has a deadline of its own, later than the first.
    let later = due.plus_millis(DAY);
    let queried = Ending { due_at: Some(later), ..expired };
    assert_eq!(queried.state(&numbers, due), State::Owed { due: later });
    assert_eq!(queried.state(&numbers, later), State::Overdue { due: later });
}

#[test]
fn a_further_demand_never_gives_more_time() {
    let numbers = Numbers::shipped();
    let ended = london("2027-01-15", "00:00");
    let due = numbers.confirm_by(ended);
    let expired = Ending { ended_at: Some(ended), ..Ending::default() };
    assert_eq!(expired.sooner(due.plus_millis(1), &numbers), due);
    assert_eq!(expired.sooner(due.plus_millis(-1), &numbers), due.plus_millis(-1));
    assert_eq!(Ending::default().sooner(due, &numbers), due);
    let demanded = Ending { due_at: Some(ended), ..expired };
    assert_eq!(demanded.sooner(due, &numbers), ended);
}

#[test]
fn only_what_was_read_is_answered_and_once() {
    let at = Moment::from_millis;
    let confirmed = Ending { confirmed_at: Some(at(5)), ..Ending::default() };
    assert_eq!(confirmed.may_answer(at(5)), Ok(()));
    for (ending, seen) in [
        (confirmed, at(4)),
        (confirmed, at(6)),
        (Ending::default(), at(5)),
        (Ending { accepted_at: Some(at(6)), ..confirmed }, at(5)),
    ] {
        assert_eq!(ending.may_answer(seen), Err(Refusal::ConfirmationAnswered), "{ending:?}");
    }
}

#[test]
fn that_nothing_was_given_onward_has_to_be_said() {
    assert_eq!(onward("none", "").unwrap().as_str(), "None");
    assert_eq!(onward("some", "Shown to two guards").unwrap().as_str(), "Shown to two guards");
    assert!(matches!(onward("", "Shown to two guards"), Err(None)));
    assert!(matches!(onward("some", " "), Err(Some(Unfit::Empty(_)))));
}

#[test]
fn every_scope_reads_back() {
    for (scope, word, title) in Scope::ALL {
        assert_eq!((Scope::parse(word), scope.word(), scope.title()), (Some(scope), word, title));
    }
    assert_eq!(Scope::parse("area"), None);
}
