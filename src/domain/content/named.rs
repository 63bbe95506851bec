//! A person's name in words that have a field of their own for it (K8.3): so that no text carries it past the justification.
//!
//! Found: the whole name in either order, with an initial or a title between, run together (`JohnSmith.jpg`), and each part of it
//! that stands alone. A part that is a word or a place as well ("Will", "May", "Hill", "Kent") counts alone only with a capital
//! inside a sentence and where it belongs to no street, date or shop. Absent on purpose: nicknames, initials, misspellings.

use super::lists::{DATED, MONTH, NAME_TOO, NOT_IN_A_NAME, STREET, WHERE};
use super::words::{Word, is_known, read, said};

/// Titles and particles: never a name by themselves.
const SMALL: [&str; 34] = [
    "mr", "mrs", "ms", "miss", "mx", "dr", "sir", "prof", "rev", "jr", "snr", "jnr", "aka", "alias", "nee", "born",
    "dob", "also", "known", "as", "van", "von", "der", "den", "de", "da", "di", "la", "le", "el", "al", "bin", "ben",
    "mac",
];

/// What a person does: after a word that is also a name, it makes a name of it.
const ACTS: [&str; 26] = [
    "was", "is", "has", "had", "ran", "left", "lives", "wears", "took", "stole", "takes", "steals", "carries", "uses",
    "drives", "often", "usually", "may", "will", "can", "does", "did", "works", "targets", "comes", "went",
];

/// Where `name` stands in `text` although it has its own field, as typed.
pub fn named(text: &str, name: &str) -> Option<String> {
    let name: Vec<String> = read(name).into_iter().map(|word| word.lower).filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = name.iter().map(String::as_str).filter(|part| !SMALL.contains(part)).collect();
    if parts.is_empty() {
        return None;
    }
    let fused = fused(&parts);
    let words = read(text);
    (0..words.len()).find_map(|at| {
        let count = whole(&words, at, &parts)
            .or_else(|| run_together(&words, at, &fused))
            .or_else(|| alone(&words, at, &parts).then_some(1))?;
        words.get(at..at + count).map(said)
    })
}

/// The name in one piece, first name first and last name first; only where there are two parts.
fn fused(parts: &[&str]) -> Vec<String> {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return Vec::new() };
    let reversed: String = parts.iter().rev().copied().collect();
    let all = [parts.concat(), reversed, format!("{first}{last}"), format!("{last}{first}")];
    all.into_iter().filter(|one| parts.len() > 1 && one.len() > 5).collect()
}

/// Whether the word is this part of the name: `Smith`, `Smith's`.
fn is_part(word: &Word, part: &str) -> bool {
    let owned = word.has_apostrophe() && word.lower.strip_suffix('s') == Some(part);
    word.lower == part || owned
}

/// How many words from `at` say the first and the last part, in either order, with at most two words between.
fn whole(words: &[Word], at: usize, parts: &[&str]) -> Option<usize> {
    let (first, last) = (parts.first()?, parts.last()?);
    let here = words.get(at)?;
    let other = if is_part(here, first) {
        last
    } else if is_part(here, last) {
        first
    } else {
        return None;
    };
    if parts.len() < 2 {
        return None;
    }
    // `Will may …` is no name unless it is written as one.
    let words_too = is_known(first, NAME_TOO) && is_known(last, NAME_TOO);
    let between = |n: usize| {
        words.get(at..at + n).unwrap_or(&[]).iter().all(|word| {
            word.is_letter() || SMALL.contains(&word.lower.as_str()) || parts.iter().any(|part| is_part(word, part))
        })
    };
    (1..=3)
        .find(|n| {
            let fits =
                |word: &Word| is_part(word, other) && (!words_too || here.is_capitalised() && word.is_capitalised());
            words.get(at + n).is_some_and(fits) && between(*n)
        })
        .map(|n| n + 1)
}

/// How many words from `at` hold the name run together: `JohnSmith`, `johnsmith_front`, `Jo hn Smi th`.
fn run_together(words: &[Word], at: usize, fused: &[String]) -> Option<usize> {
    let here = words.get(at)?;
    if fused.iter().any(|name| here.lower.contains(name.as_str())) {
        return Some(1);
    }
    let mut joined = String::new();
    for (n, word) in words.get(at..)?.iter().take(5).enumerate() {
        joined.push_str(&word.lower);
        if fused.contains(&joined) {
            return Some(n + 1);
        }
        if !fused.iter().any(|name| name.starts_with(joined.as_str())) {
            return None;
        }
    }
    None
}

/// Whether the word at `at` is one part of the name and stands for the person.
fn alone(words: &[Word], at: usize, parts: &[&str]) -> bool {
    let Some(word) = words.get(at) else { return false };
    let Some(part) = parts.iter().find(|part| part.chars().count() > 1 && is_part(word, part)) else { return false };
    let last = at.checked_sub(1).and_then(|n| words.get(n));
    let next = words.get(at + 1);
    let street =
        |word: &Word| word.is(STREET) || word.among(&["town", "city", "county", "station", "store", "shop", "united"]);
    let in_a_place = next.is_some_and(|next| street(next) && !next.ends_sentence_before());
    let common = is_known(part, NAME_TOO | NOT_IN_A_NAME | WHERE | DATED | MONTH | STREET) || part.chars().count() < 3;
    if !common {
        // `Smith Street` is a street, `smith` the person.
        return !(in_a_place && word.is_capitalised());
    }
    let initial = last.is_some_and(|last| last.is_letter() && last.is_capitals());
    let starts = last.is_none() || !initial && word.gap.contains(['.', '!', '?', ':', '\n', '"', '\u{201c}', '-']);
    // `Hill was seen`: a verb follows, so the first word of the sentence is a person.
    let acts = next.is_some_and(|next| next.gap == " " && next.among(&ACTS)) && !is_known(part, MONTH);
    let opens = starts && !acts;
    let shouted = last.is_some_and(Word::is_capitals) && next.is_none_or(Word::is_capitals) && word.is_capitals();
    let dated = last.is_some_and(|last| last.is(DATED | MONTH) || last.has_figure()) && is_known(part, MONTH);
    let of_a_place = last.is_some_and(|last| last.is(WHERE) || last.is_capitalised() && !initial && !title(last));
    let placed = is_known(part, STREET) && of_a_place || last.is_some_and(|last| last.among(&["in", "at", "near"]));
    word.is_capitalised() && !opens && !shouted && !dated && !in_a_place && !placed
}

/// A title before a name: then it is a name whatever word it is.
fn title(word: &Word) -> bool {
    word.among(&["mr", "mrs", "ms", "miss", "mx", "dr", "called", "named", "is"])
}
