//! Words as they look: one reading for every rule, however a text is spaced, punctuated, cased or typed.
//!
//! A word typed letter by letter, or broken at the end of a line, is one word; `12high` and `No12` are two; `&nbsp;` is a space. Each word keeps what was typed,
//! so that a refusal shows it. Absent on purpose: any meaning; the rules stand in the files beside this one.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lists::KINDS;
use super::looks::plain;

static KNOWN: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (kind, words) in KINDS {
        for word in words.split_ascii_whitespace() {
            *known.entry(word).or_default() |= kind;
        }
    }
    known
});

/// Whether a word in small letters is on one of the lists of `kinds`.
pub(super) fn is_known(lower: &str, kinds: u32) -> bool {
    KNOWN.get(lower).is_some_and(|kind| kind & kinds != 0)
}

/// One word as read: letters and figures only, with what stood between it and the word before.
#[derive(Clone)]
pub(super) struct Word<'a> {
    /// The letters and figures, as they look.
    pub(super) text: String,
    /// The same in small letters.
    pub(super) lower: String,
    /// What stood between this word and the one before, as it looks.
    pub(super) gap: String,
    /// What was typed.
    pub(super) typed: &'a str,
    /// Where in the text it begins and ends.
    pub(super) span: (usize, usize),
    /// It was typed letter by letter.
    pub(super) spaced: bool,
    kinds: u32,
}

impl Word<'_> {
    /// Whether the word is on one of the lists of `kinds`.
    pub(super) fn is(&self, kinds: u32) -> bool {
        self.kinds & kinds != 0
    }

    /// Whether the word is one of these, for lists of a few.
    pub(super) fn among(&self, few: &[&str]) -> bool {
        few.contains(&self.lower.as_str())
    }

    /// The number of `12` and `12a`; letters typed for figures (`l2`, `1O`) count as figures beside one.
    pub(super) fn figure(&self) -> Option<u32> {
        let text = as_figures(&self.text);
        let (digits, tail) = figures(&text);
        let fits = digits.len() <= 4 && tail.len() <= 1 && tail.bytes().all(|b| b.is_ascii_alphabetic());
        if fits { digits.parse().ok() } else { None }
    }

    /// Whether any figure stands in it.
    pub(super) fn has_figure(&self) -> bool {
        self.text.bytes().any(|b| b.is_ascii_digit())
    }

    /// Whether it is one letter of ours.
    pub(super) fn is_letter(&self) -> bool {
        self.text.len() == 1 && self.text.bytes().all(|b| b.is_ascii_alphabetic())
    }

    /// Whether it is typed in capitals throughout.
    pub(super) fn is_capitals(&self) -> bool {
        !self.text.chars().any(char::is_lowercase) && self.text.chars().any(char::is_uppercase)
    }

    /// Whether it begins with a capital.
    pub(super) fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether a sentence ended before it.
    pub(super) fn ends_sentence_before(&self) -> bool {
        self.gap.contains(['.', '!', '?'])
    }

    /// Whether an apostrophe stands in it: `I'M`, `Smith's`.
    pub(super) fn has_apostrophe(&self) -> bool {
        let mut found = false;
        self.typed.chars().for_each(|c| plain(c, |c| found |= c == '\''));
        found
    }
}

/// `l`, `I` and `O` beside a figure are figures: `l2` is 12, `1O` is 10. A word without a figure stays as it is.
pub(super) fn as_figures(text: &str) -> String {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return text.to_owned();
    }
    let end = text.rfind(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (before, from) = text.split_at(end);
    let like = |c: char, one: bool| match c {
        'l' | 'I' if one => '1',
        'O' | 'o' => '0',
        c => c,
    };
    // Before a figure it is always one; behind the last of `2l` it is a measure.
    before.chars().map(|c| like(c, true)).chain(from.chars().map(|c| like(c, text.len() > 2))).collect()
}

/// The figures a word opens with, and the rest.
pub(super) fn figures(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The words as typed, for a refusal.
pub(super) fn said(words: &[Word]) -> String {
    words.iter().map(|word| word.typed).collect::<Vec<_>>().join(" ")
}

/// A character as it looks, and where the typed one begins and ends.
type Seen = (char, usize, usize);

/// The words of `text`.
pub(super) fn read(text: &str) -> Vec<Word<'_>> {
    let (mut words, mut gap, mut word): (Vec<Word>, String, Vec<Seen>) = Default::default();
    let mut skip = 0;
    for (at, typed) in text.char_indices() {
        if at < skip {
            continue;
        }
        if let Some(past) = hyphenated(text, at).filter(|_| word.last().is_some_and(|(c, ..)| c.is_alphabetic())) {
            skip = past;
            continue;
        }
        if let Some(past) = entity(text, at) {
            add(text, &mut words, &mut gap, &mut word);
            gap.push(' ');
            skip = past;
            continue;
        }
        plain(typed, |c| {
            if c.is_alphabetic() || c.is_ascii_digit() {
                word.push((c, at, at + typed.len_utf8()));
            } else if c != '\'' {
                add(text, &mut words, &mut gap, &mut word);
                gap.push(c);
            }
        });
    }
    add(text, &mut words, &mut gap, &mut word);
    joined(text, &words)
}

/// Where a word broken by a hyphen at the end of a line goes on: `con-`, `victed`.
fn hyphenated(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(['-', '\u{2010}', '\u{2011}'])?;
    let next = rest.char_indices().take(4).find(|(_, c)| !matches!(c, '\r' | '\n' | ' '))?;
    let broken = rest.get(..next.0)?.contains('\n') && next.1.is_lowercase();
    broken.then_some(text.len() - rest.len() + next.0)
}

/// Where an entity typed out (`&nbsp;`, `&#160;`) at `at` ends: a reader takes it for a space.
fn entity(text: &str, at: usize) -> Option<usize> {
    let name = text.get(at..)?.strip_prefix('&')?;
    let end = name.bytes().take(10).position(|b| b == b';').filter(|end| *end > 1)?;
    let fits = name.get(..end)?.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#');
    fits.then_some(at + end + 2)
}

/// Makes a word of what was seen.
fn one<'a>(text: &'a str, seen: &[Seen], gap: String) -> Option<Word<'a>> {
    let span = (seen.first()?.1, seen.last()?.2);
    let word: String = seen.iter().map(|(c, ..)| *c).collect();
    let lower = word.to_lowercase();
    let kinds = KNOWN.get(lower.as_str()).copied().unwrap_or_default();
    Some(Word { text: word, lower, gap, typed: text.get(span.0..span.1)?, span, spaced: false, kinds })
}

/// Ends a word; `12high` and `No12` are two.
fn add<'a>(text: &'a str, words: &mut Vec<Word<'a>>, gap: &mut String, word: &mut Vec<Seen>) {
    let seen = std::mem::take(word);
    if seen.is_empty() {
        return;
    }
    let digits = seen.iter().take_while(|(c, ..)| c.is_ascii_digit()).count();
    let letters = seen.iter().take_while(|(c, ..)| !c.is_ascii_digit()).count();
    let (number, tail) = seen.split_at(digits);
    let (name, rest) = seen.split_at(letters);
    let gap = std::mem::take(gap);
    let unit = one(text, tail, String::new()).is_some_and(|tail| tail.is(super::lists::COUNTED));
    if digits > 0 && tail.len() > 2 && tail.iter().all(|(c, ..)| c.is_alphabetic()) && !unit {
        words.extend(one(text, number, gap));
        words.extend(one(text, tail, String::new()));
    } else if !rest.is_empty() && one(text, name, String::new()).is_some_and(|name| name.is(super::lists::HOUSE)) {
        words.extend(one(text, name, gap));
        words.extend(one(text, rest, String::new()));
    } else {
        words.extend(one(text, &seen, gap));
    }
}

/// Three letters or more that stand alone are one word.
fn joined<'a>(text: &'a str, words: &[Word<'a>]) -> Vec<Word<'a>> {
    let mut whole = Vec::new();
    for run in words.chunk_by(|a, b| a.is_letter() && b.is_letter()) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        if run.len() < 3 {
            whole.extend_from_slice(run);
            continue;
        }
        let letters: String = run.iter().map(|word| word.text.as_str()).collect();
        let seen: Vec<Seen> = letters.chars().map(|c| (c, first.span.0, last.span.1)).collect();
        whole.extend(one(text, &seen, first.gap.clone()).map(|word| Word { spaced: true, ..word }));
    }
    whole
}
