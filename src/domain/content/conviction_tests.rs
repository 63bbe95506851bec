//! Conviction-like wording: what is found, as typed, and what is not (K8.4).

use super::conviction_like;

#[test]
fn each_conviction_like_sentence_of_the_held_list_is_found_as_typed() {
    let lines: Vec<_> = include_str!("convictions.txt").lines().collect();
    assert!(lines.len() >= 80, "{}", lines.len());
    let missed: Vec<_> = lines
        .iter()
        .filter(|text| {
            let found = conviction_like(text);
            found.is_empty() || found.iter().any(|phrase| !text.contains(phrase.as_str()))
        })
        .collect();
    assert!(missed.is_empty(), "{} of {}: {missed:#?}", missed.len(), lines.len());
}

#[test]
fn the_held_list_of_ordinary_sentences_asks_nothing() {
    let lines = include_str!("ordinary.txt").lines();
    let asked: Vec<_> =
        lines.map(|text| (text, conviction_like(text))).filter(|(_, found)| !found.is_empty()).collect();
    assert!(asked.is_empty(), "{}: {asked:#?}", asked.len());
}

#[test]
fn the_phrases_are_shown_as_typed_in_order_and_once() {
    let found = conviction_like("On bail. Convicted  of burglary in 2019, on\nlicence; CONVICTED of theft; on bail.");
    assert_eq!(found, ["On bail", "Convicted  of burglary in 2019", "on\nlicence", "CONVICTED of theft"]);
}

#[test]
fn a_number_may_be_written_or_only_meant() {
    assert_eq!(
        conviction_like("several arrests; many arrests; 3 arrests"),
        ["several arrests", "many arrests", "3 arrests"]
    );
}

#[test]
fn each_pattern_takes_a_word() {
    for phrase in super::phrases::PHRASES {
        let takes = |token: &str| token != "." && !token.starts_with(['!', '~']) && !token.ends_with('?');
        assert!(phrase.split_ascii_whitespace().any(takes), "{phrase}");
    }
}

#[test]
fn an_indication_of_likely_offences_is_not_asked_about() {
    for text in [
        "It is suspected that this subject may engage in street robbery in your area",
        "Believed to be responsible for burglaries in the town centre.",
        "May be arrested if he returns. Can be arrested. Do not arrest him. No arrests have been made.",
    ] {
        assert!(conviction_like(text).is_empty(), "{text}: {:?}", conviction_like(text));
    }
}

#[test]
fn an_arrest_or_a_charge_that_has_been_made_is_asked_about() {
    for text in ["He has been arrested.", "Arrested for theft in 2018", "arrested 3 times", "Charged with robbery"] {
        assert!(!conviction_like(text).is_empty(), "{text}");
    }
}
