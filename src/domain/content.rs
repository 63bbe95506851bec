//! What may never stand in words that leave (K8.3, K8.5): an address, anything from the PNC.
//!
//! Refused, not warned; the words found are named. Conviction-like wording and the whole list of PNC codes come with the
//! complete decision; what is here is strict, and may refuse too much rather than too little.

use crate::refusal::Refusal;

/// Words that end a street's name.
const STREETS: [&str; 34] = [
    "road", "rd", "street", "st", "avenue", "ave", "lane", "ln", "close", "drive", "way", "gardens", "gdns",
    "crescent", "cres", "terrace", "place", "court", "grove", "square", "hill", "rise", "walk", "mews", "row",
    "parade", "park", "green", "view", "villas", "cottages", "flats", "house", "mansions",
];

/// Words that cannot stand inside a street's name, so that "3 thefts in High Street" is no address.
const NOT_IN_A_NAME: [&str; 32] = [
    "in",
    "on",
    "at",
    "near",
    "and",
    "to",
    "from",
    "by",
    "for",
    "with",
    "times",
    "thefts",
    "days",
    "people",
    "men",
    "women",
    "shops",
    "stores",
    "weeks",
    "months",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Everything in `text` that may not leave.
pub fn leaks(text: &str) -> Vec<Refusal> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '"' | ':'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found = Vec::new();
    for at in 0..words.len() {
        let rest = words.get(at..).unwrap_or(&[]);
        if let Some(words) = postcode(rest).or_else(|| house(rest)) {
            found.push(Refusal::AddressInText { words });
        }
        if let Some(words) = pnc(rest) {
            found.push(Refusal::PncInText { words });
        }
    }
    found.dedup();
    found
}

/// A full postcode, in one word or two (BS 7666: one or two letters, a digit, perhaps one more; then digit, letter, letter).
fn postcode(words: &[&str]) -> Option<String> {
    let first = words.first()?;
    if first.is_ascii() && (5..=7).contains(&first.len()) {
        let (outward, inward) = first.split_at(first.len() - 3);
        if is_outward(outward) && is_inward(inward) {
            return Some((*first).to_owned());
        }
    }
    let second = words.get(1)?;
    (is_outward(first) && is_inward(second)).then(|| format!("{first} {second}"))
}

fn is_outward(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let tail = bytes.get(letters..).unwrap_or(&[]);
    (1..=2).contains(&letters)
        && (1..=2).contains(&tail.len())
        && tail.first().is_some_and(u8::is_ascii_digit)
        && tail.iter().all(u8::is_ascii_alphanumeric)
}

fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [d, a, b] if d.is_ascii_digit() && a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

/// A house number with a street: `12 High Street`, `12a, Mill Lane`, `flat 3 Elm Court`.
fn house(words: &[&str]) -> Option<String> {
    let number = words.first()?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let tail = number.get(digits..)?;
    if !(1..=4).contains(&digits) || tail.len() > 1 || !tail.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    for (n, word) in words.iter().enumerate().skip(1).take(4) {
        let word = word.to_lowercase();
        if n >= 2 && STREETS.contains(&word.as_str()) {
            return Some(words.get(..=n)?.join(" "));
        }
        if NOT_IN_A_NAME.contains(&word.as_str()) || word.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
    }
    None
}

/// The PNC by name, a PNC identifier (`01/123456A`), or a warning signal.
fn pnc(words: &[&str]) -> Option<String> {
    let first = words.first()?;
    let lower = first.to_lowercase();
    if lower == "pnc" || lower == "pncid" || lower.starts_with("pnc/") {
        return Some((*first).to_owned());
    }
    let second = words.get(1).map(|word| word.to_lowercase());
    if lower == "warning" && second.as_deref().is_some_and(|s| s.starts_with("signal") || s.starts_with("marker")) {
        return words.get(..2).map(|pair| pair.join(" "));
    }
    let (year, number) = first.split_once('/')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (serial, check) = number.split_at_checked(number.len().checked_sub(1)?)?;
    let is_id = matches!(year.len(), 2 | 4)
        && digits(year)
        && digits(serial)
        && serial.len() <= 7
        && check.bytes().all(|b| b.is_ascii_alphabetic());
    is_id.then(|| (*first).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_pnc_data_are_found_however_typed() {
        for text in [
            "lives at 12 High Street",
            "12a Mill Lane, Ashford",
            "seen ME14 2NQ",
            "me142nq",
            "TN1 1AA.",
            "W1A 0AX",
            "flat 3 Elm Court",
            "27, Old Dover Road",
            "PNC shows",
            "ID 01/123456A",
            "1999/1234567Z",
            "warning signals: VI",
        ] {
            assert!(!leaks(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_pass() {
        for text in [
            "3 thefts in High Street since June",
            "Suspected of shop theft around Mill Lane and the station.",
            "He wears a size 12 coat",
            "Reference CZ/001/26",
            "Between 10 November and 20 November near King Street",
            "Works with 2 men in the Royal Star Arcade",
            "Do not approach. Call 999.",
            "Seen on the B2011 by the M20",
        ] {
            assert_eq!(leaks(text), vec![], "{text}");
        }
    }
}
