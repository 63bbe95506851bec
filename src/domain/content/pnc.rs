//! The PNC (K8.5): its name, its identifiers, and anything called a warning signal. The codes stand in `signals.rs`.
//!
//! Absent on purpose: other forces' numbers (an Athena or crime reference may leave).

use std::ops::Range;

use super::words::{Word, as_figures, figures};

/// What the PNC holds that begins at `at`.
pub(super) fn pnc(words: &[Word], at: usize) -> Option<Range<usize>> {
    let rest = words.get(at..)?;
    let count = name(rest).or_else(|| marked_for(rest)).or_else(|| identifier(rest)).or_else(|| office_number(rest))?;
    Some(at..at + count)
}

/// The PNC by name, or a warning signal.
fn name(words: &[Word]) -> Option<usize> {
    if words.first()?.lower.contains("pnc") {
        return Some(1);
    }
    let mut joined = String::new();
    for (n, word) in words.iter().enumerate().take(4) {
        joined.push_str(&word.lower);
        let whole =
            ["pnc", "policenationalcomputer", "nationalcomputer", "thepolicecomputer"].contains(&joined.as_str());
        if whole || is_signal(&joined) {
            return Some(n + 1);
        }
    }
    None
}

/// The kinds of signal, as people write them out.
const KINDS: [&str; 19] = [
    "warning",
    "warnings",
    "violent",
    "violence",
    "weapon",
    "weapons",
    "firearm",
    "firearms",
    "drugs",
    "escaper",
    "escape",
    "ailment",
    "conceals",
    "suicidal",
    "suicide",
    "selfharm",
    "mental",
    "contagious",
    "risk",
];

/// `warning signal`, `violence marker`: whatever it is called, with its kind before it.
fn is_signal(joined: &str) -> bool {
    let what = ["signal", "marker", "flag", "code"];
    KINDS
        .iter()
        .any(|kind| joined.strip_prefix(kind).is_some_and(|rest| what.iter().any(|what| rest.starts_with(what))))
}

/// `markers for violence`, `flagged as escaper`: with its kind after it.
fn marked_for(words: &[Word]) -> Option<usize> {
    if !words.first()?.among(&["marker", "markers", "signal", "signals", "flagged", "flag", "flags"]) {
        return None;
    }
    let between = words
        .iter()
        .skip(1)
        .take(2)
        .take_while(|word| word.among(&["for", "of", "as", "a", "an", "is", "are", "include"]));
    let count = between.count() + 1;
    let kind = words.get(count)?;
    let told =
        kind.among(&KINDS) || kind.lower == "self" && words.get(count + 1).is_some_and(|word| word.lower == "harm");
    (told && !kind.ends_sentence_before()).then_some(count + 1)
}

/// A PNC identifier: `01/123456A`, `1999-1234567Z`, `01 123456 A`, `01123456A`; `O` and `l` beside figures are read as figures.
fn identifier(words: &[Word]) -> Option<usize> {
    let lettered = |text: &str| text.len() == 1 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let next = words.get(1);
    let typed = &words.first()?.text;
    let first = if next.is_some_and(|next| next.gap == "/") { all_figures(typed, 0) } else { as_figures(typed) };
    let (year, tail) = figures(&first);
    if (7..=11).contains(&year.len()) && lettered(tail) {
        return Some(1);
    }
    let second = next?;
    let text = if second.gap == "/" { all_figures(&second.text, 1) } else { as_figures(&second.text) };
    let (serial, check) = figures(&text);
    if !matches!(year.len(), 2 | 4) || !tail.is_empty() || !(1..=7).contains(&serial.len()) {
        return None;
    }
    let apart = second.gap.chars().any(char::is_whitespace);
    // `10 1500w heaters` is a measure.
    let measured = apart && serial.len() < 6 && second.text.ends_with(|c: char| c.is_lowercase());
    // `L1 0LA` is a postcode: a short number must be typed in figures.
    let guessed = serial.len() < 4 && (typed.contains(char::is_alphabetic) || !second.text.starts_with(serial));
    if guessed {
        return None;
    }
    if lettered(check) && (!apart || serial.len() > 3 || second.gap.contains('/')) && !measured {
        return Some(2);
    }
    // Letters of the next sentence may have been read on: `01/123456 A. H&M …`.
    let third = words.get(2).is_some_and(|word| (lettered(&word.text) || word.spaced) && !word.ends_sentence_before());
    (check.is_empty() && third && serial.len() > 4).then_some(3)
}

/// A word mostly of figures with the letters that stand for figures read as such, all but the last `keep` of them.
fn all_figures(text: &str, keep: usize) -> String {
    if text.bytes().filter(u8::is_ascii_digit).count() * 2 < text.len() {
        return text.to_owned();
    }
    let like = |(at, c): (usize, char)| match c {
        _ if at + keep >= text.len() => c,
        'l' | 'I' => '1',
        'O' | 'o' => '0',
        'S' => '5',
        'B' => '8',
        c => c,
    };
    text.char_indices().map(like).collect()
}

/// A criminal record office number, which the PNC holds too: `CRO 12345/99A`, `123456/99A`.
fn office_number(words: &[Word]) -> Option<usize> {
    let first = words.first()?;
    let next = words.get(1)?;
    let office = first.lower == "cro" && next.has_figure();
    if office && words.get(2).is_some_and(|word| word.gap == "/" && word.has_figure()) {
        return Some(3);
    }
    if office || first.lower == "cro" && next.among(&["no", "number", "ref", "reference"]) {
        return Some(2);
    }
    let (serial, rest) = figures(&first.text);
    let (year, check) = figures(&next.text);
    let shaped = (3..=7).contains(&serial.len()) && rest.is_empty() && year.len() == 2 && check.len() == 1;
    (shaped && next.gap == "/" && check.bytes().all(|b| b.is_ascii_uppercase())).then_some(2)
}
