//! Stricter, never looser: by example and for every number that parses.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::moment::parse_day;

/// A form as shipped, with these fields typed over.
fn typed(over: &[(&str, &str)]) -> Result<Numbers, Vec<Refusal>> {
    let mut form: HashMap<&str, String> = HashMap::new();
    for &number in Number::ALL {
        form.insert(number.word(), number.shipped().to_string());
        form.insert(number.source_field(), number.shipped_source().to_owned());
    }
    for (field, value) in over {
        form.insert(field, (*value).to_owned());
    }
    Numbers::parse(|field| form.get(field).map_or("", String::as_str))
}

fn read(over: &[(Number, i64)]) -> Result<Numbers, Vec<Refusal>> {
    let words: Vec<(&str, String)> = over.iter().map(|(number, value)| (number.word(), value.to_string())).collect();
    typed(&words.iter().map(|(word, value)| (*word, value.as_str())).collect::<Vec<_>>())
}

#[test]
fn what_is_shipped_is_the_policy_and_the_loosest_there_is() {
    let shipped = Numbers::shipped();
    assert_eq!(shipped.get(Number::ReviewDays), 60);
    assert_eq!(shipped.get(Number::ExclusionDays), 120);
    assert_eq!(shipped.get(Number::RepresentationsHours), 72);
    assert_eq!(shipped.get(Number::CurrentIntelligenceDays), 180);
    assert_eq!((shipped.recipients_max(), shipped.photographs_max()), (500, 6));
    for &number in Number::ALL {
        let (least, at, most) = (number.least(), number.shipped(), number.most());
        // Paper alone may be forbidden altogether (O3.2.1).
        assert!(
            least >= i64::from(number != Number::PrintsMax) && least <= at && at <= most && (at == least || at == most),
            "{number:?}"
        );
        assert!(number.clause().starts_with(['K', 'O']) && !number.shipped_source().is_empty());
        assert_eq!(Number::parse(number.word()), Some(number));
    }
    assert_eq!(typed(&[]).unwrap().words(), shipped.words());
}

#[test]
fn one_looser_than_the_bound_is_refused_beside_its_field_with_bound_and_clause() {
    for (number, looser, bound) in [
        (Number::ReviewDays, 61, "60 days or fewer"),
        (Number::ExclusionDays, 121, "120 days or fewer"),
        (Number::RepresentationsHours, 71, "72 hours or more"),
        (Number::CurrentIntelligenceDays, 181, "180 days or fewer"),
        (Number::RecipientsMax, 501, "500 people or fewer"),
        (Number::PhotographsMax, 7, "6 photographs or fewer"),
        (Number::PrintsMax, 6, "5 prints or fewer"),
        (Number::CaseYears, 11, "6 to 10 years"),
        (Number::CaseYears, 5, "6 to 10 years"),
    ] {
        let why = read(&[(number, looser)]).unwrap_err();
        assert_eq!(why, [Refusal::NumberLooser { number }], "{looser}");
        let told = why[0].told();
        assert_eq!((told.field, told.clause), (Some(number.word()), number.clause()));
        assert!(told.sentence.contains(bound), "{}", told.sentence);
        let stricter = if looser < number.shipped() { looser + 1 } else { looser - 1 };
        assert_eq!(read(&[(number, stricter)]).unwrap().get(number), stricter, "the bound itself is accepted");
    }
    assert_eq!(typed(&[("review_days", "sixty")]).unwrap_err(), [Refusal::NumberUnread { number: Number::ReviewDays }]);
    assert_eq!(typed(&[("review_days", "0")]).unwrap_err(), [Refusal::NumberLooser { number: Number::ReviewDays }]);
    assert_eq!(
        typed(&[("case_years_source", " ")]).unwrap_err(),
        [Refusal::NumberUnsourced { number: Number::CaseYears }],
        "a period without its source (K9.1)"
    );
}

#[test]
fn what_is_kept_reads_back_and_a_looser_row_loosens_nothing() {
    let strict = read(&[(Number::ReviewDays, 30), (Number::RepresentationsHours, 96)]).unwrap();
    assert_eq!(Numbers::stored(&strict.words()).unwrap().words(), strict.words());
    assert_eq!(Numbers::stored("{}").unwrap(), Numbers::shipped());
    assert!(Numbers::stored("sixty").is_none());
    // The source that the force named goes with its number; a limit's own stays the policy's, whatever was typed (K9.1).
    let sourced = typed(&[("case_years_source", "Schedule, line 4"), ("review_days_source", "nobody asked")]).unwrap();
    let back = Numbers::stored(&sourced.words()).unwrap();
    assert_eq!(
        (sourced.source(Number::CaseYears), back.source(Number::CaseYears)),
        ("Schedule, line 4", "Schedule, line 4")
    );
    assert_eq!(back.source(Number::ReviewDays), "K10 paragraph 7.8");
    assert_eq!(Numbers::shipped().source(Number::LogYears), Number::LogYears.shipped_source());
    let forged = strict.words().replace("\"value\":30", "\"value\":600").replace("\"value\":96", "\"value\":1");
    let read = Numbers::stored(&forged).unwrap();
    assert_eq!((read.get(Number::ReviewDays), read.get(Number::RepresentationsHours)), (60, 72));
}

#[test]
fn the_rules_keep_to_the_numbers_in_force_to_the_millisecond() {
    let strict =
        read(&[(Number::ReviewDays, 30), (Number::ExclusionDays, 90), (Number::RepresentationsHours, 96)]).unwrap();
    let at = Moment::parse_london("2026-11-21", "18:00").unwrap();
    let told = |end: Option<&str>| strict.closes_at(at, end.map(|day| parse_day(day).unwrap())).deadline();
    assert_eq!(told(None), "11:59pm on 20 December 2026");
    assert_eq!(told(Some("2027-01-10")), "11:59pm on 10 January 2027");
    assert_eq!(told(Some("2028-01-01")), "11:59pm on 18 February 2027");
    assert_eq!(strict.representations_until(at), at.plus_millis(96 * 3_600_000));
    assert_eq!(Numbers::shipped().representations_until(at), at.plus_millis(limits::REPRESENTATIONS_MS));
}

proptest! {
    #[test]
    fn no_number_that_parses_keeps_a_release_open_longer_or_a_person_a_shorter_time(
        review in -10_i64..1_000, exclusion in -10_i64..1_000, hours in -10_i64..10_000, age in -10_i64..1_000,
        people in -10_i64..2_000, pictures in -10_i64..50, at in 0_i64..4_000_000_000_000, end in proptest::option::of(-400_i64..400),
    ) {
        let over = [
            (Number::ReviewDays, review), (Number::ExclusionDays, exclusion), (Number::RepresentationsHours, hours),
            (Number::CurrentIntelligenceDays, age), (Number::RecipientsMax, people), (Number::PhotographsMax, pictures),
        ];
        // Each alone, so that one that is refused hides no other; then all at once; then as a row that somebody wrote.
        let mut tried: Vec<Numbers> = over.iter().filter_map(|one| read(&[*one]).ok()).collect();
        tried.extend(read(&over).ok());
        let row = over.iter().map(|(n, v)| format!("\"{}\":{{\"value\":{v},\"source\":\"x\"}}", n.word())).collect::<Vec<_>>();
        tried.push(Numbers::stored(&format!("{{{}}}", row.join(","))).unwrap());
        let (shipped, at) = (Numbers::shipped(), Moment::from_millis(at));
        let end = end.map(|days| days_after(at.day(), days));
        for numbers in tried {
            prop_assert!(numbers.closes_at(at, end) <= shipped.closes_at(at, end));
            let most = if end.is_some() { limits::EXCLUSION_DAYS } else { limits::REVIEW_DAYS };
            prop_assert!(numbers.closes_at(at, end) <= Moment::start_of(days_after(at.day(), most)));
            prop_assert!(numbers.representations_until(at) >= shipped.representations_until(at));
            prop_assert!(numbers.oldest_current(at) >= shipped.oldest_current(at));
            prop_assert!(numbers.recipients_max() <= limits::RECIPIENTS_MAX && numbers.recipients_max() > 0);
            prop_assert!(numbers.photographs_max() <= limits::PHOTOGRAPHS_MAX && numbers.photographs_max() > 0);
        }
    }
}
