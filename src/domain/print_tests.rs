//! Prints on both sides of each edge: how many, carried when, freed why, and who follows a leaver.

use super::*;
use crate::actor::Role;
use crate::ids::SchemeId;
use crate::moment::parse_day;
use crate::scheme::Footing;

fn at(ms: i64) -> Moment {
    Moment::parse_london("2026-11-21", "12:00").unwrap().plus_millis(ms)
}

fn who(n: u8) -> PersonId {
    PersonId::fresh(at(0), [n; 10])
}

fn prose(text: &str) -> Prose {
    Prose::optional("it", text).unwrap()
}

fn line(text: &str) -> Line {
    Line::parse("it", text).unwrap()
}

#[test]
fn prints_are_off_and_what_is_allowed_has_a_reason_a_printer_and_a_bound() {
    let numbers = Numbers::shipped();
    let none = Prints::default();
    assert_eq!((none.check(&numbers), none.sheets(who(1))), (vec![], vec![]));
    let bare = |allowed| Prints { allowed, ..Prints::default() }.check(&numbers);
    assert_eq!(bare(1), [Refusal::PrintsNotJustified, Refusal::NoPrinter]);
    assert_eq!(bare(6), [Refusal::TooManyPrints { most: 5 }, Refusal::PrintsNotJustified, Refusal::NoPrinter]);
    let said = |allowed| Prints { allowed, why: prose("A door without a screen"), by: Some(Printer::Holder) };
    assert_eq!((said(5).check(&numbers), said(6).check(&numbers)), (vec![], vec![Refusal::TooManyPrints { most: 5 }]));
    let stricter = Numbers::stored(r#"{"prints_max":{"value":0,"source":"Force order 4"}}"#).unwrap();
    assert_eq!(said(1).check(&stricter), [Refusal::TooManyPrints { most: 0 }]);
    assert_eq!(said(0).check(&stricter), []);
}

#[test]
fn sheets_are_numbered_from_one_and_printed_by_their_holder_or_by_the_police() {
    let of = |by| Prints { allowed: 2, why: prose("x"), by }.sheets(who(7));
    let titles: Vec<String> = of(Some(Printer::Holder)).into_iter().map(Sheet::title).collect();
    assert_eq!(titles, ["Sheet 1 of 2", "Sheet 2 of 2"]);
    assert!(of(Some(Printer::Holder)).iter().all(|sheet| sheet.printer.is_none() && !sheet.printed));
    assert!(of(Some(Printer::Police)).iter().all(|sheet| sheet.printer == Some(who(7))));
    assert_eq!(Printer::parse("holder").zip(Printer::parse("police")), Some((Printer::Holder, Printer::Police)));
    assert_eq!(Printer::parse("anybody"), None);
}

#[test]
fn a_sheet_is_carried_after_it_was_printed_received_after_it_left_and_not_in_the_future() {
    let carried = |left, received| {
        let (carrier, how, receiver) = (line("PC 1042"), line("By hand"), line("Priya Shah"));
        Carried { carrier, how, receiver, left: at(left), received: at(received) }
    };
    assert_eq!(carried(0, 0).check(None, at(9)), [Refusal::NotPrintedYet]);
    for (left, received) in [(-60_000, 5_000), (0, 0), (5_000, 5_000)] {
        assert_eq!(carried(left, received).check(Some(at(0)), at(5_000)), [], "{left} {received}");
    }
    for (left, received) in [(-60_001, 5_000), (0, -1), (5_001, 5_001), (0, 5_001)] {
        assert_eq!(
            carried(left, received).check(Some(at(0)), at(5_000)),
            [Refusal::CarriedOutOfTime],
            "{left} {received}"
        );
    }
}

#[test]
fn only_a_sheet_that_was_opened_for_printing_is_freed_and_only_with_a_reason() {
    let reason = prose("The printer jammed");
    assert_eq!(free(true, false, false, &reason), Ok(()));
    assert_eq!(free(false, false, false, &reason), Err(vec![Refusal::NotPrintedYet]));
    assert_eq!(free(true, true, false, &reason), Err(vec![Refusal::SheetCarried]));
    assert_eq!(free(true, true, true, &reason), Err(vec![Refusal::KeyDestroyed]));
    assert_eq!(free(true, false, false, &prose("")), Err(vec![Refusal::ReasonMissing]));
    for (is_holder, carried) in [(true, true), (true, false), (false, false)] {
        assert_eq!(confirms(is_holder, carried), Ok(()));
    }
    assert_eq!(confirms(false, true), Err(vec![Refusal::SheetCarried]));
}

#[test]
fn a_leaver_is_followed_by_somebody_else_who_may_receive_or_by_nobody() {
    let footing = |person, ends| Footing {
        person,
        scheme: SchemeId::fresh(at(0), [2; 10]),
        role: Role::Manager,
        person_suspended: false,
        scheme_suspended: false,
        vetting_ends: parse_day(ends),
        isa_starts: None,
        isa_ends: parse_day("2026-12-31"),
        scheme_has_manager: true,
        undertaking_signed: None,
        undertaking_current: 1,
    };
    assert_eq!(follows(who(1), Some(&footing(who(2), "2026-11-21")), at(0)), []);
    assert_eq!(follows(who(1), Some(&footing(who(1), "2026-11-21")), at(0)), [Refusal::NoSuccessor]);
    assert_eq!(follows(who(1), None, at(0)), [Refusal::NoSuccessor]);
    let lapsed = follows(who(1), Some(&footing(who(2), "2026-11-20")), at(0));
    assert_eq!(lapsed, [Refusal::VettingLapsed { last: parse_day("2026-11-20") }]);
}
