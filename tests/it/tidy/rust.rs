//! Just enough of Rust's grammar to tell code from comments and strings, and to read paths.
//!
//! Absent on purpose: a parser. Macros are read as the tokens they hold, which is what the rules want.

/// What a piece of source is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Code,
    Comment,
    /// A string literal, without its quotes.
    Text,
}

/// A piece of source and the line it starts on.
#[derive(Debug, PartialEq)]
pub(super) struct Piece<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) line: usize,
}

/// The source in pieces.
pub(super) fn pieces(source: &str) -> Vec<Piece<'_>> {
    let (mut found, mut at, mut code_from) = (Vec::new(), 0, 0);
    let mut push = |kind, from: usize, to: usize| {
        if from < to {
            let line = 1 + source[..from].matches('\n').count();
            found.push(Piece { kind, text: &source[from..to], line });
        }
    };
    while at < source.len() {
        let rest = &source[at..];
        let Some((kind, skip, length, whole)) = literal_or_comment(&source[..at], rest) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        push(Kind::Code, code_from, at);
        push(kind, at + skip, at + skip + length);
        at += whole;
        code_from = at;
    }
    push(Kind::Code, code_from, source.len());
    found
}

/// Kind, where its text starts, how long that is, and the length of the whole with its marks.
fn literal_or_comment(before: &str, rest: &str) -> Option<(Kind, usize, usize, usize)> {
    if rest.starts_with("//") {
        let length = rest.find('\n').unwrap_or(rest.len());
        return Some((Kind::Comment, 0, length, length));
    }
    if rest.starts_with("/*") {
        let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
        return Some((Kind::Comment, 0, length, length));
    }
    let in_a_word = before.chars().last().is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with('r') && !in_a_word {
        let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        if rest[1 + hashes..].starts_with('"') {
            let (open, close) = (hashes + 2, format!("\"{}", "#".repeat(hashes)));
            let length = rest[open..].find(&close).unwrap_or(rest.len() - open);
            return Some((Kind::Text, open, length, (open + length + close.len()).min(rest.len())));
        }
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let length = quoted(inside, '"');
        return Some((Kind::Text, 1, length, (length + 2).min(rest.len())));
    }
    // A character, but not a lifetime.
    if let Some(inside) = rest.strip_prefix('\'') {
        let mut chars = inside.chars();
        let (first, second) = (chars.next()?, chars.next()?);
        if first == '\\' || second == '\'' {
            let length = quoted(inside, '\'');
            return Some((Kind::Text, 1, length, (length + 2).min(rest.len())));
        }
    }
    None
}

fn quoted(rest: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == end => return at,
            _ => {}
        }
    }
    rest.len()
}

/// A token of code and its line: a word, `::`, or one other character.
pub(super) type Token<'a> = (&'a str, usize);

/// The tokens of the code, without comments and strings.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for piece in pieces(source).iter().filter(|piece| piece.kind == Kind::Code) {
        let (mut rest, mut line) = (piece.text, piece.line);
        while let Some(first) = rest.chars().next() {
            let end = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                found.push((&rest[..end], line));
            }
            line += usize::from(first == '\n');
            rest = &rest[end..];
        }
    }
    found
}

/// A path as written, each group of a `use` multiplied out (`use a::{b, c::d}` gives `a::b` and `a::c::d`). A leading `::` is kept as "".
pub(super) type PathAt<'a> = (Vec<&'a str>, usize);

/// Every path in the code, names of one segment among them.
pub(super) fn paths(source: &str) -> Vec<PathAt<'_>> {
    let tokens = tokens(source);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        at = path(&tokens, at, &[], &mut found);
    }
    found
}

/// Keywords that stand before a path and are no part of it.
const KEYWORDS: [&str; 16] = [
    "use", "pub", "return", "dyn", "impl", "as", "in", "mut", "ref", "for", "where", "let", "match", "if", "else",
    "move",
];

fn is_word(token: &str) -> bool {
    !KEYWORDS.contains(&token) && token.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
}

fn path<'a>(tokens: &[Token<'a>], mut at: usize, prefix: &[&'a str], found: &mut Vec<PathAt<'a>>) -> usize {
    let (start, mut here, line) = (at, prefix.to_vec(), tokens[at].1);
    if tokens[at].0 == "::" && prefix.is_empty() {
        here.push("");
    } else if is_word(tokens[at].0) {
        here.push(tokens[at].0);
        at += 1;
    } else {
        return at + 1;
    }
    while at + 1 < tokens.len() && tokens[at].0 == "::" {
        match tokens[at + 1].0 {
            "{" => {
                at += 2;
                while at < tokens.len() && tokens[at].0 != "}" {
                    at = path(tokens, at, &here, found);
                }
                return at + 1;
            }
            word if is_word(word) => here.push(word),
            _ => break,
        }
        at += 2;
    }
    if at == start {
        return at + 1;
    }
    found.push((here, line));
    at
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let source = "let a = \"x // \\\" y\"; // \"no\"\nlet b: &'a str = r#\"raw \"q\" \"#; let c = '\"'; /* d */ e";
    let of =
        |kind| pieces(source).iter().filter(|piece| piece.kind == kind).map(|piece| piece.text).collect::<Vec<_>>();
    assert_eq!(of(Kind::Text), ["x // \\\" y", "raw \"q\" ", "\""]);
    assert_eq!(of(Kind::Comment), ["// \"no\"", "/* d */"]);
    assert_eq!(of(Kind::Code).concat(), "let a = ; \nlet b: &'a str = ; let c = ;  e");
    assert_eq!(pieces(source).last().map(|piece| piece.line), Some(2));
}

#[test]
fn paths_are_multiplied_out() {
    let written =
        |source| paths(source).iter().map(|(path, line)| format!("{}@{line}", path.join("::"))).collect::<Vec<_>>();
    assert_eq!(
        written("use crate::{store::{self, log::Tx},\n web};\nuse ::age::open; x.y"),
        ["crate::store::self@1", "crate::store::log::Tx@1", "crate::web@2", "::age::open@3", "x@3", "y@3"]
    );
    assert_eq!(written("Vec::<u8>::new()"), ["Vec@1", "u8@1", "::new@1"]);
}
