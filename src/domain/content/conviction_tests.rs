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
