//! Made-up leaks, typed in every way, are found and shown; made-up near-misses pass (K8.3, K8.4, K8.5).
//!
//! `PROPTEST_CASES` raises the number of cases; `make soak` runs twenty thousand of each.

use proptest::prelude::*;
use proptest::sample::select;

use super::{conviction_like, leaks, named};
use crate::refusal::Refusal;

const STREETS: &[&str] = &[
    "High",
    "Church",
    "Mill",
    "Station",
    "Old Dover",
    "Queen's",
    "St Mary's",
    "King",
    "Upper Stone",
    "Acacia",
    "Victoria",
    "Long Acre",
    "Bower Mount",
    "Pudding",
    "Week",
    "Sutton",
    "Duke of York",
];
const ENDS: &[&str] = &[
    "Street", "St", "Road", "Rd", "Lane", "Ln", "Avenue", "Ave", "Close", "Drive", "Court", "Gardens", "Terrace",
    "Crescent", "Grove", "Square", "Mews", "Place", "Walk", "Way", "Parade", "Villas", "Rise", "Wharf",
];
const AREAS: &[&str] =
    &["ME", "TN", "CT", "DA", "BR", "SE", "E", "EC", "W", "SW", "M", "B", "L", "G", "LS", "NE", "BT", "CF", "EH"];
const PLAIN: &[&str] = &["VI", "FI", "ES", "MN", "MH", "SF", "SH", "SU", "XP", "AG", "CT", "OC", "OV", "DV", "SX"];
const CODES: &[&str] = &["VI", "FI", "ES", "MN", "SF", "SU", "XP", "AG", "CT", "WE", "AT", "CO", "AL", "DR"];

/// Ways to type the same words, which a reader does not see or reads all the same.
fn typed(text: &str, way: usize) -> String {
    let between = |mark: char| text.chars().flat_map(|c| [c, mark]).collect();
    match way {
        1 => text.to_uppercase(),
        2 => between('\u{200b}'),
        3 => between('\u{ad}'),
        4 => between('\u{301}'),
        5 => text.replace(' ', "\u{a0}"),
        6 => text.replace(' ', "\n"),
        7 => text
            .chars()
            .map(|c| if matches!(c, '!'..='~') { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c })
            .collect(),
        8 => text
            .chars()
            .map(|c| "АВЕКМНОРСТХаеорсух".chars().nth("ABEKMHOPCTXaeopcyx".find(c).unwrap_or(99)).unwrap_or(c))
            .collect(),
        9 => text
            .chars()
            .map(|c| if c.is_ascii_digit() { format!("{c}\u{fe0f}\u{20e3}") } else { c.to_string() })
            .collect(),
        10 => text.chars().map(|c| c.to_digit(10).map_or(c, |d| char::from_u32(0x1D7EC + d).unwrap())).collect(),
        11 => text
            .chars()
            .map(|c| match c {
                'A'..='Z' => char::from_u32(0x24B6 + u32::from(c) - 0x41).unwrap(),
                'a'..='z' => char::from_u32(0x24D0 + u32::from(c) - 0x61).unwrap(),
                c => c,
            })
            .collect(),
        _ => text.to_owned(),
    }
}

const WAYS: std::ops::Range<usize> = 0..12;

fn street() -> impl Strategy<Value = String> {
    (select(STREETS), select(ENDS)).prop_map(|(name, end)| format!("{name} {end}"))
}

fn house() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (1..400u32).prop_map(|n| n.to_string()),
        2 => (1..99u32, select(&["a", "B", "c"][..])).prop_map(|(n, letter)| format!("{n}{letter}")),
        1 => (1..99u32).prop_map(|n| format!("{n}-{}", n + 2)),
        1 => (1..99u32).prop_map(|n| format!("No. {n}")),
        1 => (1..99u32).prop_map(|n| format!("Flat {n}, {}", n + 3)),
        1 => select(&["seven", "Twelve", "Twenty-one", "NINETY"][..]).prop_map(str::to_owned),
    ]
}

fn postcode() -> impl Strategy<Value = (String, String)> {
    let end = "ABDEFGHJLNPQRSTUWXYZ".chars().collect::<Vec<_>>();
    let district =
        prop_oneof![(1..100u32).prop_map(|n| n.to_string()), select(&["1A", "2N", "4W"][..]).prop_map(str::to_owned)];
    (select(AREAS), district, 0..10u32, select(end.clone()), select(end))
        .prop_map(|(area, district, n, a, b)| (format!("{area}{district}"), format!("{n}{a}{b}")))
        .prop_filter("an exit of a road", |(_, inward)| !["ST", "ND", "RD", "TH"].contains(&&inward[1..]))
}

/// An ordinary sentence before and after, or nothing.
fn about() -> impl Strategy<Value = (String, String)> {
    let lines: Vec<&str> = include_str!("ordinary.txt").lines().filter(|line| line.ends_with('.')).collect();
    let before = prop_oneof![
        Just(String::new()),
        select(&["Lives at ", "Seen near ", "He stays at ", "Address: ", "(", "photo - ", "went to "][..])
            .prop_map(str::to_owned),
        select(lines.clone()).prop_map(|line| format!("{line} ")),
    ];
    let after = prop_oneof![
        select(&["", ".", ", Maidstone.", " in Ashford.", ")", "\n", " (rear)"][..]).prop_map(str::to_owned),
        select(lines).prop_map(|line| format!(". {line}")),
    ];
    (before, after)
}

/// The shape with its places filled.
fn filled(shape: &str, with: &[(&str, &str)]) -> String {
    with.iter().fold(shape.to_owned(), |text, (place, words)| text.replace(&format!("<{place}>"), words))
}

/// The address found; each piece shown stands in the text as typed.
fn address(text: &str) -> Option<String> {
    let found = leaks(text)
        .into_iter()
        .find_map(|found| if let Refusal::AddressInText { words } = found { Some(words) } else { None })?;
    found.split(' ').all(|piece| text.contains(piece)).then_some(found)
}

fn pnc(text: &str) -> Option<String> {
    let found = leaks(text)
        .into_iter()
        .find_map(|found| if let Refusal::PncInText { words } = found { Some(words) } else { None })?;
    found.split(' ').all(|piece| text.contains(piece)).then_some(found)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_house_with_its_street_is_found(
        house in house(), street in street(), way in WAYS, (before, after) in about(),
        gap in select(&[" ", ", ", "  ", "\n", " - ", "; ", "\u{2003}"][..]),
    ) {
        let text = format!("{before}{}{after}", typed(&format!("{house}{gap}{street}"), way));
        prop_assert!(address(&text).is_some(), "{text:?}: {:?}", leaks(&text));
    }

    #[test]
    fn a_house_after_its_street_is_found(
        n in 1..400u32, street in street(), way in WAYS, gap in select(&[" ", ", ", ", no. ", " number ", " No", ", at number "][..]),
        before in select(&["", "Lives in ", "He stays in ", "near "][..]),
    ) {
        let text = format!("{before}{}", typed(&format!("{street}{gap}{n}"), way));
        prop_assert!(address(&text).is_some(), "{text:?}: {:?}", leaks(&text));
    }

    #[test]
    fn a_postcode_is_found(
        (outward, inward) in postcode(), way in WAYS, (before, after) in about(), small in any::<bool>(),
        gap in select(&["", " ", "  ", "-", ".", "/", "\n", ", ", "_", "&nbsp;", "\u{2009}"][..]),
    ) {
        let code = format!("{outward}{gap}{inward}");
        let code = if small { code.to_lowercase() } else { code };
        // The entity would be no entity in other letters.
        let code = typed(&code, if gap == "&nbsp;" { 0 } else { way });
        let text = format!("{before}{code}{after}");
        prop_assert!(address(&text).is_some(), "{text:?}: {:?}", leaks(&text));
    }

    #[test]
    fn a_postcode_typed_letter_by_letter_is_found((outward, inward) in postcode(), gap in select(&[" ", ".", "-", "\u{a0}"][..])) {
        let text = format!("{outward}{inward}").chars().map(|c| c.to_string()).collect::<Vec<_>>().join(gap);
        prop_assert!(address(&text).is_some(), "{text:?}: {:?}", leaks(&text));
    }

    #[test]
    fn an_identifier_of_the_pnc_is_found(
        year in prop_oneof![(0..100u32).prop_map(|n| format!("{n:02}")), (1950..2030u32).prop_map(|n| n.to_string())],
        serial in 10_000..10_000_000u32, check in select("ABCDEFGHJKLMNPQRTUVWXYZ".chars().collect::<Vec<_>>()),
        gap in select(&["/", "-", ".", " / ", " ", "", "\\", "_", "\u{2013}"][..]), apart in select(&["", " "][..]), way in WAYS,
        (before, after) in about(),
    ) {
        let text = format!("{before}{}{after}", typed(&format!("{year}{gap}{serial}{apart}{check}"), way));
        let whole = gap.is_empty() && !apart.is_empty();
        prop_assert!(whole || pnc(&text).is_some(), "{text:?}: {:?}", leaks(&text));
    }

    #[test]
    fn a_warning_code_is_found_in_each_context(
        code in select(PLAIN), other in select(CODES), third in select(CODES), way in WAYS,
        shape in select(&[
            "<a> <b>", "<a>/<b>", "<b>/<a>", "<a>, <b> and <c>", "<a> <b> <c>", "<a> & <b>", "markers: <a>", "Markers <a>",
            "markers <b>", "warning <a>", "Warning: <a>, <b>", "flagged <a>", "(<a>)", "he has (<a> <b>) now", "[<a>]",
            "signals: <b>, <a>", "W/S <a>", "WS: <a>", "PNC <a>", "code: <a>", "He is <a>.", "known <a>", "seen with <a> <b> today",
            "<a>-<b>-<c>", "<a>.<b>.<c>", "<a>\n<b>",
        ][..]),
    ) {
        let text = filled(shape, &[("a", &typed(code, way)), ("b", &typed(other, way)), ("c", &typed(third, way))]);
        prop_assert!(pnc(&text).is_some(), "{text:?}: {:?}", leaks(&text));
    }

    #[test]
    fn a_conviction_is_found_as_typed(
        shape in select(&[
            "convicted of <o>", "previous for <o>", "served 6 months for <o>", "cautioned for <o>", "arrested for <o> in <y>", "3 previous for <o>",
            "known for <o>", "has a record of <o>", "on bail for <o>", "jailed for <o> in <y>", "sentenced for <o>", "found guilty of <o>",
            "charged with <o>", "dealt with for <o>", "on licence for <o>", "fined for <o>", "precons for <o>", "previous convictions for <o>",
        ][..]),
        offence in select(&["theft", "burglary", "robbery", "assault", "fraud", "shoplifting"][..]), year in 1990..2026u32,
        way in (0..12usize).prop_filter("a line break ends a clause", |way| *way != 6), (before, after) in about(),
    ) {
        let phrase = typed(&filled(shape, &[("o", offence), ("y", &year.to_string())]), way);
        let text = format!("{before}He {phrase}{after}");
        let found = conviction_like(&text);
        prop_assert!(!found.is_empty() && found.iter().all(|words| text.contains(words.as_str())), "{text:?}: {found:?}");
    }

    #[test]
    fn a_name_is_found_in_any_sentence(
        first in select(&["John", "Anna", "Mark", "Will", "José", "Zoë", "Abdul"][..]),
        last in select(&["Smith", "Hill", "May", "O'Brien", "Núñez", "Okafor", "Green"][..]), way in WAYS, (before, after) in about(),
        gap in select(&[" ", "  ", " A. ", "-", "_"][..]), turned in any::<bool>(),
    ) {
        let typed = typed(&if turned { format!("{last}, {first}") } else { format!("{first}{gap}{last}") }, way);
        let text = format!("{before}{typed}{after}");
        prop_assert!(named(&text, &format!("{first} {last}")).is_some(), "{text:?}");
    }

    #[test]
    fn near_misses_pass(
        street in street(), n in 1..31u32, hour in 1..12u32, minute in 10..60u32, year in 2020..2030u32, pounds in 1..3000u32,
        month in select(&["January", "March", "May", "June", "October"][..]), extension in 1000..9999u32,
        shape in select(&[
            "Seen in <s> on <n> <m>.", "Seen on <n> <m> in <s>.", "On <n> <m> <y> in <s> he ran.", "At <h>:<t> in <s>.",
            "In <s> at <h>.<t>pm.", "In <s>, <h>:<t>, two men.", "Took <n> bottles worth £<p> from a shop in <s>.",
            "Goods worth £<p> were taken in <s>.", "£<p>.<t> in cash, <s>.", "Aged <n>, seen in <s>.",
            "Wears size <n> shoes.", "Takes bus <n> along <s>.", "The <n> bus to <s>.",
            "Ring extension <e> for the <s> office.", "He is 5ft <n> in height.", "<n>% off in <s>.", "Phase <n> in <s>.",
            "Bar <n> on <s>.", "The <n>p shop in <s>.", "Between <h> and <n> in <s>.", "In <s> between <h> and <n>.",
            "In <y> <s> traders met.", "Since <y> <s> has been quiet.", "<n> times in <s>.", "<n> of the shops in <s>.",
            "Photo <n>: <s>.", "Camera <n>, <s>.", "Platform <n> for <s>.", "Reference CZ/<e>/26, <s>.",
            "Product AX<e> found in <s>.", "Seen in <s>.", "<s>.", "Works in <s> and beyond.", "Lost in <s>: <n> bags.",
            "In <s> <n> men ran.", "About <n> miles from <s>.", "Heard at <h> pm in <s>.", "<n>/10/<y> in <s>.",
            "<y>-10-12 <s>.", "Level <n> of the car park by <s>.", "Model <e> phone, taken in <s>.", "<n> x 70cl gin, <s>.",
            "He is <n> years old, <s> area.", "Junction <n>, near <s>.",
        ][..]),
    ) {
        let [n, h, t, y, p, e] = [n, hour, minute, year, pounds, extension].map(|n| n.to_string());
        let with = [("s", street.as_str()), ("m", month), ("n", &n), ("h", &h), ("t", &t), ("y", &y), ("p", &p), ("e", &e)];
        let text = filled(shape, &with);
        prop_assert!(leaks(&text).is_empty(), "{text:?}: {:?}", leaks(&text));
        prop_assert!(conviction_like(&text).is_empty(), "{text:?}: {:?}", conviction_like(&text));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "(\\PC|[0-9A-Za-z ./:,'&;()-]){0,80}") {
        for phrase in conviction_like(&text) {
            prop_assert!(text.contains(&phrase));
        }
        let _ = leaks(&text);
    }
}
