//! Text that may be stored: trimmed, bounded, and without characters that hide or reverse it.
//!
//! Absent on purpose: silent cleaning. What cannot be stored as typed is refused with a sentence, so nothing typed is lost unseen.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a piece of text was refused; the sentence stands beside its field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// Nothing but white space.
    #[error("Enter {0}")]
    Empty(&'static str),
    /// Longer than its bound, in characters.
    #[error("{what} must be {max} characters or fewer: you have {have}")]
    TooLong {
        /// What the field holds, as a sentence's first words.
        what: &'static str,
        /// The bound, in characters.
        max: usize,
        /// What was typed, in characters.
        have: usize,
    },
    /// A control, direction or zero-width character.
    #[error("{0} has a hidden control character (it may have come with pasted text): retype that part")]
    Hidden(&'static str),
}

/// One line, at most 200 characters.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Line(String);

/// Several lines, at most 5,000 characters; line ends are `\n`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Prose(String);

/// The longest [`Line`], in characters.
pub const LINE_MAX: usize = 200;
/// The longest [`Prose`], in characters.
pub const PROSE_MAX: usize = 5_000;

impl Line {
    /// Reads a required line; `what` names it in the refusal ("the scheme's name").
    pub fn parse(what: &'static str, raw: &str) -> Result<Self, Unfit> {
        let line = Self::optional(what, raw)?;
        if line.0.is_empty() { Err(Unfit::Empty(what)) } else { Ok(line) }
    }

    /// Reads a line that may be left empty.
    pub fn optional(what: &'static str, raw: &str) -> Result<Self, Unfit> {
        let text = bounded(what, raw.trim(), LINE_MAX)?;
        if text.chars().any(hides) { Err(Unfit::Hidden(what)) } else { Ok(Self(text)) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Prose {
    /// Reads required text; `what` names it in the refusal.
    pub fn parse(what: &'static str, raw: &str) -> Result<Self, Unfit> {
        let text = Self::optional(what, raw)?;
        if text.0.is_empty() { Err(Unfit::Empty(what)) } else { Ok(text) }
    }

    /// Reads text that may be left empty.
    pub fn optional(what: &'static str, raw: &str) -> Result<Self, Unfit> {
        let text = bounded(what, raw.replace("\r\n", "\n").trim(), PROSE_MAX)?;
        if text.chars().any(|c| c != '\n' && c != '\t' && hides(c)) {
            return Err(Unfit::Hidden(what));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn bounded(what: &'static str, text: &str, max: usize) -> Result<String, Unfit> {
    let have = text.chars().count();
    if have > max { Err(Unfit::TooLong { what, max, have }) } else { Ok(text.to_owned()) }
}

/// Controls, bidirectional overrides and isolates, zero-width characters, line and paragraph separators, the byte-order mark.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

macro_rules! personal {
    ($($name:ident),+) => { $(
        // What people type is personal: it never reaches a log line by way of `{:?}`.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "(… {} characters)"), self.0.chars().count())
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )+ };
}
personal!(Line, Prose);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_refused_not_dropped() {
        for c in ['\u{202E}', '\u{200B}', '\0', '\u{7}', '\u{FEFF}', '\u{2066}', '\u{1b}'] {
            assert_eq!(Line::parse("A name", &format!("a{c}b")), Err(Unfit::Hidden("A name")));
            assert_eq!(Prose::parse("Text", &format!("a{c}b")), Err(Unfit::Hidden("Text")));
        }
        assert!(Line::parse("A name", "a\nb").is_err());
        assert_eq!(Prose::parse("Text", "a\r\nb").unwrap().as_str(), "a\nb");
        assert!(Line::parse("A name", "Siân O’Brien-Łuczak").is_ok());
    }

    #[test]
    fn the_bound_is_in_characters_and_says_how_many_there_are() {
        assert!(Line::parse("It", &"é".repeat(200)).is_ok());
        let Err(why) = Line::parse("It", &"é".repeat(201)) else { panic!("accepted") };
        assert_eq!(why.to_string(), "It must be 200 characters or fewer: you have 201");
        assert_eq!(Line::parse("a name", "  ").unwrap_err().to_string(), "Enter a name");
    }

    #[test]
    fn what_was_typed_stays_out_of_debug() {
        let line = Line::parse("a name", "Secret").unwrap();
        assert!(!format!("{line:?}").contains("Secret"));
    }

    #[test]
    fn what_was_typed_is_kept_and_prose_keeps_its_lines_and_tabs() {
        let (line, prose) = (Line::parse("It", " a b ").unwrap(), Prose::parse("It", "a\n\tb").unwrap());
        assert_eq!((line.as_str(), prose.as_str()), ("a b", "a\n\tb"));
        assert_eq!((line.to_string(), prose.to_string()), ("a b".to_owned(), "a\n\tb".to_owned()));
        assert!(!line.is_empty() && !prose.is_empty());
        assert!(Line::optional("It", " ").unwrap().is_empty() && Prose::optional("It", "").unwrap().is_empty());
        assert_eq!(Prose::parse("It", " \r\n"), Err(Unfit::Empty("It")));
        assert!(Line::parse("It", "a\tb").is_err());
        assert!(Prose::parse("It", &"é".repeat(5_000)).is_ok() && Prose::parse("It", &"é".repeat(5_001)).is_err());
        assert!(Prose::parse("It", "Siân said: “no”, and left.").is_ok());
    }
}
