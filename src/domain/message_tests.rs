//! Texts of mails hold nothing but kinds and the address; choices, stages and waits on both sides of their edges.

use super::*;
use crate::moment::parse_day;

fn portal() -> Address {
    Address::parse("https://portal.example.org").unwrap()
}

fn at(text: &str) -> Moment {
    Moment::parse_rfc3339(text).unwrap()
}

#[test]
fn every_word_reads_back_and_no_two_topics_share_one() {
    for topic in Topic::ALL {
        assert_eq!(Topic::parse(topic.word()), Some(*topic));
        assert!(!topic.title().is_empty());
    }
    for (choice, word, ..) in Choice::ALL {
        assert_eq!((Choice::parse(word), choice.word()), (Some(choice), word));
    }
    for (stage, word, title) in Stage::ALL {
        assert_eq!((Stage::parse(word), stage.word(), stage.title()), (Some(stage), word, title));
    }
    assert_eq!((Topic::parse("x"), Choice::parse("x"), Stage::parse("x")), (None, None, None));
}

#[test]
fn a_mail_says_kinds_and_how_many_and_the_portals_address_only() {
    let words = letter(&[Topic::Bulletin, Topic::Request, Topic::Bulletin], &portal());
    assert_eq!(words.subject(), "Something waits for you in the disclosure portal");
    assert!(words.words().contains("- 2 new bulletins.\n- A request to decide.\n"), "{}", words.words());
    assert!(words.words().contains("\nhttps://portal.example.org\n"));
    for topic in Topic::ALL {
        for many in [1, 3] {
            let letter = letter(&vec![*topic; many], &portal());
            let text = format!("{} {}", letter.subject(), letter.words());
            assert!(text.is_ascii(), "{topic:?}");
            // A reference has a slash between digits; a clause of the policy has no place in a mail either.
            let rest = text.replace("https://portal.example.org", "").replace(&format!("- {many} "), "");
            assert!(!rest.chars().any(|c| c.is_ascii_digit() || c == '/' || c == '@'), "{topic:?}: {text}");
            assert_eq!(text.matches("https://").count(), 1);
        }
    }
    assert_eq!(letter(&[Topic::Recall], &portal()).subject(), "Please look at the disclosure portal now");
    assert_eq!(letter(&[Topic::Reminder], &portal()).subject(), "Reminder from the disclosure portal");
}

#[test]
fn an_address_with_anything_behind_the_host_is_none() {
    assert!(Address::parse("https://localhost:8443").is_some());
    for wrong in [
        "http://portal.example.org",
        "https://",
        "https://portal.example.org/enrol/0123",
        "https://portal.example.org CZ",
        "https://Portal.example.org",
    ] {
        assert_eq!(Address::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn recalls_and_limits_go_at_once_whatever_was_chosen_and_nothing_else_does() {
    for (choice, ..) in Choice::ALL {
        for topic in Topic::ALL {
            let expected = match topic {
                Topic::Recall | Topic::Left | Topic::Expiry => Choice::AtOnce,
                Topic::Alarm | Topic::Recovered | Topic::Watch | Topic::Query | Topic::Limit
                    if choice != Choice::PortalOnly =>
                {
                    Choice::AtOnce
                }
                _ => choice,
            };
            assert_eq!(choice.post(*topic), expected, "{choice:?} {topic:?}");
        }
    }
    assert_eq!(Choice::default(), Choice::Digest);
}

#[test]
fn whatever_ends_access_tells_the_holders() {
    for kind in [Kind::Recalled, Kind::Voided, Kind::Expired] {
        let told: Vec<_> = EVENTS.iter().filter(|(of, ..)| *of == kind).collect();
        assert!(told.iter().any(|(_, topic, to)| topic.pace() == Pace::Always && *to == Audience::Holders), "{kind:?}");
    }
    assert!(EVENTS.contains(&(Kind::Left, Topic::Left, Audience::Leaver)));
    assert_eq!(Topic::Left.pace(), Pace::Always);
    // Whoever keeps the scheme hears of it too, and whoever follows; their own access is as it was.
    for (topic, to) in [(Topic::Departed, Audience::SchemeKeepers), (Topic::Follow, Audience::Follower)] {
        assert!(EVENTS.contains(&(Kind::Left, topic, to)), "{topic:?}");
        assert_eq!(topic.pace(), Pace::Chosen);
    }
    // Reading tells nobody.
    for kind in [Kind::Viewed, Kind::Thumbnail, Kind::SignedIn, Kind::Consulted] {
        assert!(EVENTS.iter().all(|(of, ..)| *of != kind), "{kind:?}");
    }
}

#[test]
fn a_limit_is_told_fourteen_seven_and_two_days_before_and_from_its_millisecond_on() {
    // It ends at the midnight after 19 January.
    let until = Moment::start_of(parse_day("2027-01-20").unwrap());
    let noon = |day: &str| Moment::parse_london(day, "12:00").unwrap();
    for (day, stage) in [
        ("2027-01-04", None),
        ("2027-01-05", Some(Stage::Fortnight)),
        ("2027-01-11", Some(Stage::Fortnight)),
        ("2027-01-12", Some(Stage::Week)),
        ("2027-01-16", Some(Stage::Week)),
        ("2027-01-17", Some(Stage::TwoDays)),
        ("2027-01-19", Some(Stage::TwoDays)),
        ("2027-01-20", Some(Stage::Passed)),
    ] {
        assert_eq!(limit_stage(until, noon(day)), stage, "{day}");
    }
    assert_eq!(limit_stage(until, until.plus_millis(-1)), Some(Stage::TwoDays));
    assert_eq!(limit_stage(until, until), Some(Stage::Passed));
    // Over the end of summer time in 2026 a day is 25 hours long, and counts as one.
    let until = Moment::start_of(parse_day("2026-10-26").unwrap());
    assert_eq!(limit_stage(until, at("2026-10-22T22:59:59.999Z")), Some(Stage::Week));
    assert_eq!(limit_stage(until, at("2026-10-22T23:00:00.000Z")), Some(Stage::TwoDays));
}

#[test]
fn a_day_is_overdue_only_when_it_is_over() {
    let day = |text: &str| parse_day(text).unwrap();
    let due = day("2026-11-30");
    assert_eq!(day_stage(due, day("2026-11-15")), None);
    assert_eq!(day_stage(due, day("2026-11-16")), Some(Stage::Fortnight));
    assert_eq!(day_stage(due, due), Some(Stage::TwoDays));
    assert_eq!(day_stage(due, day("2026-12-01")), Some(Stage::Passed));
}

#[test]
fn a_digest_is_due_once_a_day_from_its_hour_in_the_united_kingdom() {
    let summer = |time: &str| at(&format!("2026-07-01T{time}Z"));
    let day = parse_day("2026-07-01");
    assert_eq!(due_day(summer("05:59:59.999"), 7, None), None, "6:59 and 59 seconds in London");
    assert_eq!(due_day(summer("06:00:00.000"), 7, None), day);
    assert_eq!(due_day(summer("06:00:00.000"), 7, parse_day("2026-06-30")), day);
    assert_eq!(due_day(summer("20:00:00.000"), 7, day), None, "this day's went");
    assert_eq!(next_digest(summer("05:59:59.999"), 7), summer("06:00:00.000"));
    assert_eq!(next_digest(summer("06:00:00.000"), 7), at("2026-07-02T06:00:00.000Z"));
}

#[test]
fn waits_double_up_to_four_hours_and_end_after_about_three_days() {
    let now = at("2026-11-21T12:00:00.000Z");
    let wait = |tries| again(now, tries).map(|next| (next.millis() - now.millis()) / 60_000);
    assert_eq!([1, 2, 3, 8, 9, 23].map(wait), [Some(1), Some(2), Some(4), Some(128), Some(240), Some(240)]);
    assert_eq!(wait(TRIES), None);
    let all: i64 = (1..TRIES).filter_map(wait).sum();
    assert!((2 * 1440..4 * 1440).contains(&all), "{all} minutes");
}
