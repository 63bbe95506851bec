//! The PNC's two-letter warning signals (K8.5), where they stand as codes and not as words.
//!
//! A code counts beside another (`VI WE`, `VI/DR`, `FI and ES`), after a word that announces codes (`markers: VI`,
//! `flagged WE`), and alone in brackets (`(VI)`). Codes that are words too (`WE`, `AT`, `CO`, `AL`, `DR`) need more: a mark
//! of its own kind beside them, or another code that is no word; in a sentence all in capitals they are words.
//! Absent on purpose: a single code with nothing about it ("ES", "VI" alone is a language, a number), and codes in small letters
//! except on both sides of a stroke.

use std::ops::Range;

use super::words::Word;

/// Codes that are no English word, so that two of them, or one beside any other, can be nothing else.
const PLAIN: [&str; 15] = ["VI", "FI", "ES", "MN", "MH", "SF", "SH", "SU", "XP", "AG", "CT", "OC", "OV", "DV", "SX"];

/// Codes that are words, titles or names as well.
const WORDS: [&str; 9] = ["WE", "AT", "CO", "AL", "DR", "IF", "IM", "AS", "EX"];

/// What announces codes, and nothing else.
const MARKERS: [&str; 10] = ["marker", "markers", "signal", "signals", "flag", "flags", "flagged", "ws", "wm", "sigs"];

/// What may announce codes, or words.
const WARNINGS: [&str; 9] = ["warning", "warnings", "warns", "sign", "signs", "sig", "code", "codes", "marked"];

/// What may stand between an announcement and its code.
const BETWEEN: [&str; 16] = [
    "is", "are", "for", "of", "as", "with", "shown", "shows", "show", "held", "include", "includes", "on", "record",
    "the", "him",
];

/// What says of a person that a code is his: `is VI`, `known ES`.
const SAYS: [&str; 10] = ["is", "as", "known", "shows", "has", "marked", "flagged", "recorded", "carries", "shown"];

/// The codes that begin at `at`.
pub(super) fn signals(words: &[Word], at: usize) -> Option<Range<usize>> {
    let announced = announced(words, at);
    let run = run(words, at, announced.is_some())?;
    let first = words.get(at)?;
    let after = words.get(at + run.words);
    let ends =
        after.is_none_or(|next| next.gap.contains([',', ';', '.', ')', ']', '/', '!', ':', '\n', '-', '\u{2013}']));
    let capitals = all_capitals(words, at, run.words);
    let bracketed =
        first.gap.ends_with(['(', '[', '{']) && after.is_none_or(|next| next.gap.starts_with([')', ']', '}']));
    let told = if run.small {
        // Only a stroke or an announcement tells them from words.
        run.plain && (run.struck || announced.as_ref().is_some_and(|by| *by == By::Marker || ends))
    } else if run.codes > 1 {
        run.plain || run.struck || announced.is_some() || bracketed || is_alone(words, at, run.words)
    } else if bracketed {
        run.plain || !capitals
    } else {
        match announced {
            Some(By::Marker) => run.plain || ends || !capitals,
            Some(By::Warning) => run.plain && !follows_as_name(after) || ends && !capitals,
            None => is_said(words, at, after, run.plain, capitals),
        }
    };
    told.then_some(at..at + run.words)
}

/// Whether the words beside a single code make it one: `a VI marker`, `known VI`.
fn is_said(words: &[Word], at: usize, after: Option<&Word>, plain: bool, capitals: bool) -> bool {
    let head = |few: &[&str]| after.is_some_and(|next| next.among(few) && next.gap == " ");
    let marker = head(&["marker", "markers", "signal", "signals"]) && (plain || !capitals);
    let said = before(words, at, 1).is_some_and(|word| word.among(&SAYS)) && !capitals;
    marker || plain && (said || head(&["flag", "flags", "warning", "warnings"]))
}

/// Codes that stand in a row.
struct Run {
    words: usize,
    codes: usize,
    /// One of them is no English word.
    plain: bool,
    /// A stroke stands between two of them.
    struck: bool,
    /// One of them is typed in small letters.
    small: bool,
}

/// Whether the codes fill their line.
fn is_alone(words: &[Word], at: usize, count: usize) -> bool {
    let line = |n: usize| words.get(n).is_none_or(|word| word.gap.contains('\n'));
    (at == 0 || line(at)) && line(at + count)
}

/// The codes in a row from `at`.
fn run(words: &[Word], at: usize, announced: bool) -> Option<Run> {
    let mut run = Run { words: 0, codes: 0, plain: false, struck: false, small: false };
    for _ in 0..12 {
        let here = at + run.words;
        let linked = run.codes == 0 || words.get(here).is_some_and(|word| links(&word.gap));
        let skip = usize::from(run.codes > 0 && words.get(here).is_some_and(|word| word.among(&["and", "or", "plus"])));
        let Some((length, codes, plain)) = code(words, here + skip, announced).filter(|_| linked) else { break };
        run.struck |= run.codes > 0 && words.get(here).is_some_and(|word| word.gap.contains(['/', '|', '+', '&']));
        run.small |= words.get(here + skip).is_some_and(|word| !word.is_capitals());
        run.plain |= plain;
        run.words += skip + length;
        run.codes += codes;
    }
    (run.codes > 0).then_some(run)
}

/// Whether what stands between two codes keeps them together.
fn links(gap: &str) -> bool {
    gap.len() <= 4 && !gap.contains(['!', '?', '"', '\u{201c}'])
}

/// One code at `at`: how many words it takes, how many codes it holds, and whether one is no English word.
fn code(words: &[Word], at: usize, announced: bool) -> Option<(usize, usize, bool)> {
    let word = words.get(at)?;
    let letters = |text: &str| PLAIN.contains(&text) || WORDS.contains(&text);
    // `CO-OP`, `I'M`
    let goes_on = words.get(at + 1).is_some_and(|next| next.gap == "-" && !letters(&next.text));
    if word.text.len() == 2 && !goes_on && !word.has_apostrophe() {
        let stroke = |word: &Word| word.gap.contains('/');
        let small = announced || stroke(word) || words.get(at + 1).is_some_and(stroke);
        let text = if small { word.text.to_uppercase() } else { word.text.clone() };
        return letters(&text).then(|| (1, 1, PLAIN.contains(&text.as_str())));
    }
    if (announced || word.spaced) && (4..=16).contains(&word.text.len()) && word.text.is_ascii() {
        // `V I  W E`, `V.I. W.E.`; `markers VIWE`.
        let pairs: Vec<&str> =
            word.text.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
        return (pairs.iter().all(|pair| letters(pair)))
            .then(|| (1, pairs.len(), pairs.iter().any(|pair| PLAIN.contains(pair))));
    }
    let next = words.get(at + 1)?;
    let pair = format!("{}{}", word.text, next.text);
    // `V.I.`, `V I`
    (next.gap.len() <= 1 && letters(&pair)).then(|| (2, 1, PLAIN.contains(&pair.as_str())))
}

fn before<'w>(words: &'w [Word], at: usize, n: usize) -> Option<&'w Word<'w>> {
    at.checked_sub(n).and_then(|at| words.get(at))
}

/// By what codes are announced: a marker, after which nothing else can stand, or a warning, which may be one in words.
#[derive(PartialEq)]
enum By {
    Marker,
    Warning,
}

/// By what codes are announced before `at`.
fn announced(words: &[Word], at: usize) -> Option<By> {
    for back in 1..=4 {
        let word = before(words, at, back)?;
        let stroked =
            word.lower == "s" && word.gap == "/" && before(words, at, back + 1).is_some_and(|w| w.lower == "w");
        if stroked || word.among(&MARKERS) {
            return Some(By::Marker);
        }
        if word.among(&WARNINGS) {
            return Some(By::Warning);
        }
        if !word.among(&BETWEEN) {
            return None;
        }
    }
    None
}

/// `code ES 400`, `warning: ES Motors`: a number or a name goes on from it.
fn follows_as_name(after: Option<&Word>) -> bool {
    after.is_some_and(|next| next.gap == " " && (next.has_figure() || next.is_capitalised() && !next.is_capitals()))
}

/// Whether the words about the codes are all in capitals, so that `WE` and `AT` are words.
fn all_capitals(words: &[Word], at: usize, count: usize) -> bool {
    let long = |word: &&Word| word.text.chars().filter(|c| c.is_alphabetic()).count() > 2;
    let near = words.get(at.saturating_sub(6)..at).unwrap_or(&[]).iter();
    let mut near = near.chain(words.iter().skip(at).skip(count).take(6)).filter(long).peekable();
    near.peek().is_some() && near.all(Word::is_capitals)
}
