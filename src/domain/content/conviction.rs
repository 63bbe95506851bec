//! Conviction-like wording (K8.4): found and shown, for the co-ordinator to confirm as an indication or as the notice's own offence.
//!
//! A pattern is a row of words: `a|b` either, `word*` whatever begins so, `word?` or without, `#` a number, `@o` an offence, `@t`
//! a stretch of time, `_` any word, `.` the end of a clause, `!a|b` not followed by these, `~a|b` not after these. The longest that
//! fits is shown with what belongs to it ("convicted of burglary in 2019"). Absent on purpose: whether it is true, or whose it is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::lists::{MONTH, NUMBER, OFFENCE, PERIOD};
use super::phrases::PHRASES;
use super::words::{Word, read};

/// Words that join what follows to the phrase.
const JOINING: [&str; 11] = ["of", "for", "in", "at", "on", "from", "and", "since", "until", "including", "to"];

/// One place of a pattern.
enum Place {
    Word { any: Vec<&'static str>, optional: bool },
    End,
    NotNext(Vec<&'static str>),
    NotAfter(Vec<&'static str>),
}

/// The patterns by the first two letters of the word they begin with; those that begin with a kind stand under nothing.
static PATTERNS: LazyLock<HashMap<String, Vec<Vec<Place>>>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vec<Vec<Place>>> = HashMap::new();
    for phrase in PHRASES {
        for key in keys(phrase) {
            all.entry(key).or_default().push(phrase.split_ascii_whitespace().map(place).collect());
        }
    }
    all
});

fn place(token: &'static str) -> Place {
    let list = |text: &'static str| text.split('|').collect();
    match (token, token.split_at_checked(1)) {
        (".", _) => Place::End,
        (_, Some(("!", rest))) => Place::NotNext(list(rest)),
        (_, Some(("~", rest))) => Place::NotAfter(list(rest)),
        _ => Place::Word { any: list(token.trim_end_matches('?')), optional: token.ends_with('?') },
    }
}

/// Under which letters a pattern stands: those of each word it may begin with.
fn keys(phrase: &'static str) -> HashSet<String> {
    let mut keys = HashSet::new();
    for place in phrase.split_ascii_whitespace().map(place) {
        let Place::Word { any, optional } = place else { continue };
        let kind = |word: &str| word.starts_with(['#', '@', '_']);
        keys.extend(any.iter().map(|word| if kind(word) { String::new() } else { key(word) }));
        if !optional {
            break;
        }
    }
    keys
}

fn key(word: &str) -> String {
    word.chars().take(2).collect()
}

/// The phrases of `text` that read like a previous conviction or record, as typed, each once, in order.
pub fn conviction_like(text: &str) -> Vec<String> {
    let words = read(text);
    let (mut found, mut seen, mut past) = (Vec::new(), HashSet::new(), 0);
    for at in 0..words.len() {
        let Some(end) = (at >= past).then(|| longest(&words, at)).flatten() else { continue };
        let end = extended(&words, end);
        let span = words.get(at).map(|first| first.span.0).zip(words.get(end - 1).map(|last| last.span.1));
        if let Some(phrase) = span.and_then(|(from, to)| text.get(from..to))
            && seen.insert(phrase.to_lowercase())
        {
            found.push(phrase.to_owned());
        }
        past = end;
    }
    found
}

/// Where the longest pattern that begins at `at` ends. Each takes a word at least, which a test of the table proves.
fn longest(words: &[Word], at: usize) -> Option<usize> {
    let here = PATTERNS.get(&key(&words.get(at)?.lower));
    let kinds = PATTERNS.get("");
    here.into_iter().chain(kinds).flatten().filter_map(|pattern| ends(pattern, words, at, at)).max()
}

/// Where `pattern` ends if it fits from `at`; `start` is where the whole of it began.
fn ends(pattern: &[Place], words: &[Word], at: usize, start: usize) -> Option<usize> {
    let Some((place, rest)) = pattern.split_first() else { return Some(at) };
    let word = words.get(at);
    match place {
        Place::End => parted(words, at).then(|| ends(rest, words, at, start))?,
        Place::NotNext(none) => {
            let next = word.is_some_and(|word| !parted(words, at) && fits(word, none));
            (!next).then(|| ends(rest, words, at, start))?
        }
        Place::NotAfter(none) => {
            let last = at.checked_sub(1).and_then(|n| words.get(n)).filter(|_| !parted(words, at));
            (!last.is_some_and(|last| fits(last, none))).then(|| ends(rest, words, at, start))?
        }
        Place::Word { any, optional } => {
            let taken = word.filter(|word| fits(word, any) && (at == start || !apart(words, at)));
            let with = taken.and_then(|_| ends(rest, words, at + 1, start));
            let without = if *optional { ends(rest, words, at, start) } else { None };
            with.max(without)
        }
    }
}

/// Whether a word is one of `any`: a word, the beginning of one, or a kind.
fn fits(word: &Word, any: &[&str]) -> bool {
    any.iter().any(|like| match *like {
        "_" => true,
        "#" => word.has_figure() || word.is(NUMBER) || word.lower == "several" || word.lower == "many",
        "@o" => word.is(OFFENCE),
        "@t" => word.is(PERIOD),
        like => like.strip_suffix('*').map_or_else(|| word.lower == like, |begins| word.lower.starts_with(begins)),
    })
}

/// Whether a clause ends before `at`.
fn parted(words: &[Word], at: usize) -> bool {
    words
        .get(at)
        .is_none_or(|word| word.gap.contains(['.', ',', ';', ':', '!', '?', '\n', '(', ')', '\u{2013}', '\u{2014}']))
}

/// Whether a sentence ends before `at`; the stop of `St.` or of `pre.cons` ends none.
fn apart(words: &[Word], at: usize) -> bool {
    words.get(at).is_some_and(|word| word.ends_sentence_before() && word.gap.contains(char::is_whitespace))
}

/// Where the phrase ends with its offence, its time and its number: `of burglary in 2019`.
fn extended(words: &[Word], mut end: usize) -> usize {
    let belongs = |at: usize| {
        words.get(at).is_some_and(|word| word.is(OFFENCE | PERIOD | MONTH | NUMBER) || word.has_figure())
            && !parted(words, at)
    };
    for _ in 0..6 {
        let joins = words.get(end).is_some_and(|word| word.among(&JOINING)) && !parted(words, end);
        if belongs(end) {
            end += 1;
        } else if joins && belongs(end + 1) {
            end += 2;
        } else {
            break;
        }
    }
    end
}
