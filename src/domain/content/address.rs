//! Addresses (K8.3): a full postcode, or a house's number with a street. A street or a place alone passes (K6.2.2).
//!
//! Strict over lax where in doubt: "12 High Street shops" is refused although a person may have meant a count. Absent on purpose:
//! a house known by a name alone ("Rose Cottage, Mill Lane"), and streets whose last word is on no list.

use std::ops::Range;

use super::lists::{
    AREA, COUNTED, DATED, HOUSE, LABEL, MEASURE, MONTH, NOT_IN_A_NAME, NUMBER, STREET, WEEKDAY, WHERE, WHOLE,
};
use super::words::{Word, is_known};

/// What says that a number is where a person lives.
const LIVES: [&str; 9] = ["lives", "living", "lived", "resides", "stays", "staying", "address", "home", "sleeps"];

/// The address that begins at `at`, or at the word before.
pub(super) fn address(words: &[Word], at: usize) -> Option<Range<usize>> {
    postcode(words, at)
        .or_else(|| parted_postcode(words, at))
        .or_else(|| house(words, at))
        .or_else(|| house_last(words, at))
}

impl Word<'_> {
    fn is_street(&self) -> bool {
        self.is(STREET)
    }

    /// A street's name in one word: `Broadway`, `HighStreet`.
    fn is_whole_street(&self) -> bool {
        let fused = |end: &str| self.lower.len() > end.len() + 2 && self.lower.ends_with(end);
        // `HardySt.jpg`
        let hump = self.text.rfind(char::is_uppercase).filter(|at| *at > 2).and_then(|at| self.text.get(at..));
        let humped = hump.is_some_and(|hump| is_known(&hump.to_lowercase(), STREET));
        self.is(WHOLE) || humped || ["street", "road", "avenue", "lane"].into_iter().any(fused)
    }

    /// A number a house may have: `12`, `12a`, `twelve`, `XII`.
    fn is_number(&self) -> bool {
        let roman = self.text.len() > 1 && self.text.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L'));
        self.figure().is_some() || roman || self.is(NUMBER)
    }
}

/// A full postcode, whole or in pieces (BS 7666: one or two letters, a digit, perhaps one more; then digit, letter, letter).
///
/// In more than two pieces only a real area and the letters the second half may have count, so that "me 4 30 pm" passes; so too
/// where a figure is written out or typed as a letter.
fn postcode(words: &[Word], at: usize) -> Option<Range<usize>> {
    let rest = words.get(at..)?;
    if rest.first()?.lower == "bfpo" && rest.get(1).is_some_and(|word| word.figure().is_some()) {
        return Some(at..at + 2);
    }
    let mut joined = String::new();
    for (n, word) in rest.iter().enumerate().take(7) {
        if n > 1 && apart(word) {
            return None;
        }
        let piece = piece(word);
        joined.push_str(&piece);
        if joined.len() > 7 {
            return None;
        }
        let Some((outward, inward)) = joined.len().checked_sub(3).and_then(|cut| joined.split_at_checked(cut)) else {
            continue;
        };
        let (outward, second) = halves(outward, inward);
        if !is_outward(&outward) || !is_inward(&second) {
            continue;
        }
        let sure = format!("{outward}{second}") == joined;
        let area = outward.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        let whole = n == 0 || (n == 1 && piece == inward);
        let real = is_area(area) && !second.contains(['c', 'i', 'k', 'm', 'o', 'v']);
        let unit = |units: &[&str]| units.iter().any(|unit| second.ends_with(unit));
        let clock = unit(&["am", "pm"]) || n > 1 && word.text == word.lower && unit(&["ft", "lb", "hr", "st"]);
        // `the A20 3rd exit`
        let road = ["a", "b", "m"].contains(&area);
        let exit = road && ["1st", "2nd", "3rd", "4th", "5th", "6th"].contains(&word.text.as_str());
        if !clock && !exit && (real || (whole && sure)) {
            return Some(at..at + n + 1);
        }
    }
    None
}

/// Both halves of a postcode with a few small words between: `ME14, then 2NQ`.
fn parted_postcode(words: &[Word], at: usize) -> Option<Range<usize>> {
    let first = words.get(at)?;
    let area = first.lower.split(|c: char| c.is_ascii_digit()).next()?;
    if !first.is_capitals() || !is_outward(&first.lower) || !is_area(area) {
        return None;
    }
    for n in 1..=4 {
        let word = words.get(at + n)?;
        if is_inward(&word.lower) {
            let ending = word.lower.get(1..).unwrap_or_default();
            let counted = ["st", "nd", "rd", "th", "am", "pm", "hr", "ft", "st", "lb"].contains(&ending);
            return (word.is_capitals() && !counted).then_some(at..at + n + 1);
        }
        if word.is_capitals() || word.has_figure() {
            return None;
        }
    }
    None
}

/// Whether a sentence ends before the word: a full stop with a space behind it.
fn apart(word: &Word) -> bool {
    word.ends_sentence_before() && word.gap.contains(char::is_whitespace)
}

fn is_area(letters: &str) -> bool {
    is_known(letters, AREA)
}

/// A word as a piece of a postcode: `four` is 4.
fn piece(word: &Word) -> String {
    const DIGITS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let digit = DIGITS.iter().position(|d| *d == word.lower);
    digit.map_or_else(|| word.lower.clone(), |digit| digit.to_string())
}

/// Both halves with `l`, `i` and `o` read as figures where only a figure can stand.
fn halves(outward: &str, inward: &str) -> (String, String) {
    let figure = |c: char| match c {
        'l' | 'i' => '1',
        'o' => '0',
        c => c,
    };
    let has = |half: &str| half.bytes().any(|b| b.is_ascii_digit());
    let second = inward.strip_prefix('l').map_or_else(|| inward.to_owned(), |rest| format!("1{rest}"));
    let first = outward.char_indices().map(|(at, c)| {
        let (before, from) = outward.split_at(at);
        // `MEl4`: a letter before a figure, behind the area's letters. Behind one, as in `ME1O`, a letter may stand.
        if is_area(before) && has(from) { figure(c) } else { c }
    });
    (first.collect(), second)
}

fn is_outward(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let tail = bytes.get(letters..).unwrap_or(&[]);
    (1..=2).contains(&letters)
        && (1..=2).contains(&tail.len())
        && tail.first().is_some_and(u8::is_ascii_digit)
        && tail.iter().all(u8::is_ascii_alphanumeric)
        || word == "gir"
}

fn is_inward(word: &str) -> bool {
    matches!(word.as_bytes(), [d, a, b] if d.is_ascii_digit() && a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
}

fn before<'w>(words: &'w [Word], at: usize) -> Option<&'w Word<'w>> {
    at.checked_sub(1).and_then(|n| words.get(n))
}

/// Whether the number at `at` is said to be a house's: `no 12`, `lives at 12`. "No one" is nobody.
fn is_said_to_be_a_house(words: &[Word], at: usize) -> bool {
    let before = words.get(at.saturating_sub(2)..at).unwrap_or(&[]);
    words.get(at).is_some_and(|word| word.figure().is_some()) && before.iter().any(|word| word.is(HOUSE))
}

/// Whether the number at `at` is a year, or part of a date or an hour: `12/03/2026`, `since 2024`, `10:30`, `on Friday 13`.
fn is_moment(words: &[Word], at: usize) -> bool {
    let Some(word) = words.get(at) else { return false };
    let last = before(words, at);
    let hour = word.gap == ":" && last.is_some_and(|b| b.figure().is_some_and(|n| n < 24)) && word.text.len() == 2;
    let opens_date =
        |n: usize| words.get(n).is_some_and(|w| matches!(w.gap.as_str(), "/" | "-" | ".") && w.figure().is_some());
    let year = word.figure().is_some_and(|n| (1900..2100).contains(&n)) && word.text.len() == 4;
    let dated = last.is_some_and(|b| b.is(DATED | MONTH));
    let in_date = year && opens_date(at) && at.checked_sub(1).is_some_and(opens_date);
    // `CZ/001/26`, `46/1234/26`
    let reference = word.gap == "/" && last.is_some_and(|b| b.gap == "/" && b.has_figure() && b.text.len() > 2);
    let weekday = last.is_some_and(|b| b.is(WEEKDAY))
        && at.checked_sub(2).and_then(|n| words.get(n)).is_some_and(|b| b.is(DATED));
    let day = weekday && word.gap == " " && word.text.parse::<u32>().is_ok_and(|n| (1..=31).contains(&n));
    // `2026-11-14`
    let dashed = |b: &Word| matches!(b.gap.as_str(), "/" | "-" | ".") && b.figure().is_some();
    let first = at.checked_sub(2).and_then(|n| words.get(n));
    let iso =
        dashed(word) && last.is_some_and(dashed) && first.is_some_and(|b| b.text.len() == 4 && b.figure().is_some());
    hour || in_date || day || iso || reference || (year && dated) || (opens_date(at + 1) && opens_date(at + 2))
}

/// Whether the number at `at` is that of a bus, a camera, a picture: `Image 2: side view`.
fn is_label(words: &[Word], at: usize) -> bool {
    let parted =
        words.get(at + 1).is_some_and(|next| next.gap.contains([':', '.', ',', ';']) || next.gap.starts_with(" -"));
    let carries = ["image", "photo", "photograph", "picture", "page", "scan", "still", "clip"];
    let named = |word: &Word| word.is(LABEL) && (parted || !word.among(&carries));
    words.get(at).is_some_and(|word| [" ", "", ".", "_", "-"].contains(&word.gap.as_str()))
        && before(words, at).is_some_and(named)
}

/// A house number with a street: `12 High Street`, `12a, Mill Lane`, `no. 12 in the High Street`; and `flat 3` by itself.
fn house(words: &[Word], at: usize) -> Option<Range<usize>> {
    let number = words.get(at)?;
    let from = at.saturating_sub(1);
    if before(words, at).is_some_and(|word| word.among(&["flat", "apartment", "apt", "box"])) {
        let lettered = number.text.len() == 1 && number.text.bytes().all(|b| b.is_ascii_uppercase());
        if number.is_number() || lettered {
            return Some(from..at + 1);
        }
    }
    if !number.is_number() || is_moment(words, at) || is_label(words, at) {
        return None;
    }
    let told = is_said_to_be_a_house(words, at);
    for n in 1..=6 {
        let word = words.get(at + n)?;
        if word.is_whole_street() || (n > 1 && word.is_street()) {
            return Some(at..street_end(words, at + n));
        }
        if word.has_figure() || parts(words, at, n, told) {
            return None;
        }
    }
    None
}

/// Where the street that ends at `at` really ends: `Old Orchard Close`.
fn street_end(words: &[Word], at: usize) -> usize {
    let more = words.get(at + 1).is_some_and(|word| word.is_street() && word.gap == " " && word.is_capitalised());
    at + 1 + usize::from(more)
}

/// Whether the word `n` after the number at `at` shows that what follows is not that number's street.
fn parts(words: &[Word], at: usize, n: usize, told: bool) -> bool {
    let (Some(word), Some(last)) = (words.get(at + n), words.get(at + n - 1)) else { return true };
    let street_next = words.get(at + n + 1).is_some_and(|next| next.is_street() && !next.gap.contains(','));
    if n == 1 && word.is(MONTH) {
        let day = words.get(at).and_then(Word::figure).is_some_and(|day| (1..=31).contains(&day));
        let dated = before(words, at).is_some_and(|b| b.is(DATED));
        // `14 March, Mill Lane` is a day and a place; `4 March Road` a house.
        let apart = words.get(at + 2).is_some_and(|next| next.gap.contains([',', ';', ':']));
        return day && (dated && !street_next || apart);
    }
    if n == 1
        && word.is_letter()
        && (matches!(word.gap.as_str(), "/" | "-") || word.is_capitals() && street_near(words, at + 1))
    {
        // `12/a High Street`, `12 A High Street`.
        return false;
    }
    let small = word.text == word.lower;
    if small && (word.is(MEASURE) || n == 1 && word.is(LABEL)) || is_a_shop(words, at, n) {
        return true;
    }
    let plural = last.lower.ends_with('s') && last.text == last.lower;
    if word.is(WHERE) {
        // `12 The Street`, `12 Duke of York Street` and `12 Rose and Crown Yard` are addresses; `12 of the shops` is not.
        let inner = (n == 1 && word.lower == "the") || (n > 1 && word.among(&["of", "and"]) && !plural);
        let inner = inner || (word.lower == "the" && last.is_capitalised() && !plural);
        return !(told || inner);
    }
    let sentence = n > 1 && word.ends_sentence_before() && last.text.len() > 3;
    let listed = n > 1 && word.gap.contains([',', ';']) && plural;
    sentence || listed || word.is(NOT_IN_A_NAME) || (word.is(COUNTED) && !street_next)
}

/// Whether the number at `at` begins a shop's or an inn's name: `Five Guys, Week Street`, `Three Horseshoes, Mill Lane`.
fn is_a_shop(words: &[Word], at: usize, n: usize) -> bool {
    let (Some(number), Some(word)) = (words.get(at), words.get(at + n)) else { return false };
    let name = words.get(at + 1..at + n).unwrap_or(&[]);
    let together = name.iter().all(|word| word.gap == " " && word.is_capitalised() && !word.is_capitals());
    n > 1 && number.is(NUMBER) && number.is_capitalised() && together && word.gap.contains(',')
}

/// Whether a street ends within two words after `at`.
fn street_near(words: &[Word], at: usize) -> bool {
    words.get(at + 2).is_some_and(Word::is_street) || words.get(at + 1).is_some_and(Word::is_whole_street)
}

/// A house number after its street: `High Street 12`, `High Street, no. 12`.
fn house_last(words: &[Word], at: usize) -> Option<Range<usize>> {
    let street = words.get(at)?;
    let from = at.saturating_sub(1);
    let named = words.get(from).is_some_and(|word| {
        from < at
            && !word.is(WHERE | NOT_IN_A_NAME)
            && !word.is_number()
            && (!word.is(COUNTED) || word.is_capitalised())
    });
    if !(street.is_whole_street() || (street.is_street() && named)) {
        return None;
    }
    let next = words.get(at + 1)?;
    let homely = words.get(at.saturating_sub(6)..at).unwrap_or(&[]).iter().any(|word| word.among(&LIVES));
    let skip = usize::from(next.lower == "at" && (homely || words.get(at + 2).is_some_and(|word| word.is(HOUSE))));
    let said_so =
        |word: &&Word| word.among(&["no", "nos", "nr", "num", "number", "numbers", "flat", "unit", "house", "door"]);
    let told =
        words.get(at + 1 + skip..words.len().min(at + 3 + skip)).unwrap_or(&[]).iter().take_while(said_so).count();
    if skip + told > 0 {
        let number = words.get(at + 1 + skip + told)?;
        let nobody = words.get(at + skip + told).is_some_and(|word| word.lower == "no") && number.figure().is_none();
        let past = words.get(at + 2 + skip);
        let hour = told == 0
            && past.is_some_and(|word| {
                matches!(word.gap.as_str(), "." | ":") && word.has_figure() || word.among(&["am", "pm", "noon"])
            });
        return (number.is_number() && !nobody && !hour).then_some(from..at + 2 + skip + told);
    }
    let short =
        street.among(&["st", "str", "rd", "ln", "av", "ave", "cl", "ct", "pl", "sq", "dr", "gdns", "terr", "cres"]);
    let stops = next.ends_sentence_before() && !short;
    let year = next.text.len() == 4 && next.figure().is_some_and(|n| (1900..2100).contains(&n));
    if !next.is_number() || stops || year || is_moment(words, at + 1) {
        return None;
    }
    // `High Street 10-12 June` counts days as `High Street 12 June` does.
    let ranged = words.get(at + 2).is_some_and(|word| word.is_number() && !word.gap.contains(':'));
    let counted = words.get(if ranged { at + 3 } else { at + 2 }).is_some_and(|word| {
        let spaced = word.gap.chars().all(|c| c.is_whitespace() || c == '-' || c == ':');
        let plural = word.lower.ends_with('s') && word.text == word.lower && word.text.len() > 3;
        let clock = word.gap == ":" || word.among(&["to", "until", "till"]) && word.gap == " ";
        spaced && (plural || clock || word.is(COUNTED | MONTH) || word.is_whole_street())
    });
    (!counted).then_some(from..at + 2)
}
