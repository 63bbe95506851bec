//! Limits and reviews on both sides of each edge (K7.8, K7.9).

use super::*;
use crate::moment::parse_day;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn at(day: &str, time: &str) -> Moment {
    Moment::parse_london(day, time).unwrap()
}

#[test]
fn a_reminder_is_due_from_the_first_millisecond_of_its_day_and_at_the_limit_it_is_overdue() {
    let until = at("2027-01-20", "00:00");
    assert_eq!(until.deadline(), "11:59pm on 19 January 2027");
    let edges = [
        ("2027-01-05", None, Some(Near::Fortnight)),
        ("2027-01-12", Some(Near::Fortnight), Some(Near::Week)),
        ("2027-01-17", Some(Near::Week), Some(Near::TwoDays)),
        ("2027-01-20", Some(Near::TwoDays), Some(Near::Passed)),
    ];
    for (first, before, from) in edges {
        let edge = at(first, "00:00");
        assert_eq!(limit_stage(until, edge.plus_millis(-1)), before, "before {first}");
        assert_eq!(limit_stage(until, edge), from, "at {first}");
        assert_eq!(limit_stage(until, edge.plus_millis(1)), from, "after {first}");
    }
}

#[test]
fn reminders_keep_londons_days_over_each_clock_change_of_two_years() {
    for change in ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"] {
        // The last day is two days after the change: its night has 23 or 25 hours.
        let until = Moment::start_of(days_after(day(change), 3));
        let edge = Moment::start_of(day(change));
        assert_eq!(limit_stage(until, edge.plus_millis(-1)), Some(Near::Week), "{change}");
        assert_eq!(limit_stage(until, edge), Some(Near::TwoDays), "{change}");
        assert_eq!(limit_stage(until, until.plus_millis(-1)), Some(Near::TwoDays), "{change}");
        assert_eq!(limit_stage(until, until), Some(Near::Passed), "{change}");
    }
}

#[test]
fn a_day_that_is_chosen_ends_at_midnight_in_london_over_each_clock_change() {
    let now = at("2026-01-10", "12:00");
    let latest = Moment::start_of(day("2028-01-01"));
    for (last, closes) in [
        ("2026-03-28", "2026-03-29T00:00:00.000Z"),
        ("2026-03-29", "2026-03-29T23:00:00.000Z"),
        ("2026-10-24", "2026-10-24T23:00:00.000Z"),
        ("2026-10-25", "2026-10-26T00:00:00.000Z"),
        ("2027-03-27", "2027-03-28T00:00:00.000Z"),
        ("2027-03-28", "2027-03-28T23:00:00.000Z"),
        ("2027-10-30", "2027-10-30T23:00:00.000Z"),
        ("2027-10-31", "2027-11-01T00:00:00.000Z"),
    ] {
        let until = closing(Some(day(last)), latest, now).unwrap();
        assert_eq!(until.rfc3339(), closes, "{last}");
        assert_eq!(until.deadline(), format!("11:59pm on {}", crate::moment::long_day(day(last))));
        // Its own last millisecond still chooses it; the next does not.
        assert_eq!(closing(Some(day(last)), latest, until.plus_millis(-1)), Ok(until));
        assert_eq!(closing(Some(day(last)), latest, until), Err(Refusal::LimitInPast));
        assert_eq!(closing(Some(day(last)), until, now), Ok(until));
        let before = until.plus_millis(-1);
        assert_eq!(closing(Some(day(last)), before, now), Err(Refusal::LimitLater { until: before }));
    }
    assert_eq!(closing(None, latest, now), Err(Refusal::NoLimitDay));
}

#[test]
fn words_of_parts_and_outcomes_are_pinned_and_read_back() {
    assert_eq!(ReviewPart::ALL.map(|(part, ..)| part.word()), ["grounds", "risk", "recipients", "recommendation"]);
    for (part, word, title, clause) in ReviewPart::ALL {
        assert_eq!((ReviewPart::parse(word), part.title(), part.clause()), (Some(part), title, clause));
        assert!(clause.starts_with('K'));
    }
    assert_eq!(ReviewPart::parse("japan"), None);
    assert_eq!(ReviewOutcome::ALL.map(|(one, ..)| one.word()), ["continue", "shorten", "withdraw", "again"]);
    for (one, word, title) in ReviewOutcome::ALL {
        assert_eq!((ReviewOutcome::parse(word), one.title()), (Some(one), title));
    }
    assert_eq!(ReviewOutcome::parse("lengthen"), None);
}
