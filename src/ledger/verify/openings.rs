//! `records.jsonl`, read one line at a time, indexes rising.
//!
//! Promised: a line is either exactly an opening or a failure that names the line; nothing is skipped in silence.
//! Absent on purpose: holding more than one line. Proved by `tests/it/ledger.rs`.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Unreadable;
use super::findings::Findings;
use crate::ledger::layout;

/// The longest line, in bytes; a body is a small JSON object.
const LINE_LIMIT: u64 = 16 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    index: u64,
    #[serde(borrow)]
    salt: Cow<'a, str>,
    #[serde(borrow)]
    body: Cow<'a, str>,
}

/// What opens one commitment.
#[derive(Default)]
pub(crate) struct Opening {
    pub(crate) index: u64,
    pub(crate) salt: [u8; 32],
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Openings {
    path: PathBuf,
    reader: BufReader<File>,
    line: Vec<u8>,
    number: u64,
    /// The opening read last; valid while `waiting`.
    current: Opening,
    waiting: bool,
    highest: Option<u64>,
}

impl Openings {
    /// Opens `records.jsonl`; `None` if there is none.
    pub(crate) fn start(dir: &Path) -> Result<Option<Self>, Unreadable> {
        let path = dir.join(layout::RECORDS);
        let fault = |source| Unreadable::File { path: path.clone(), source };
        match std::fs::symlink_metadata(&path) {
            Ok(about) if about.is_file() => {}
            Ok(_) => return Err(fault(io::Error::other("it is not a regular file"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(fault(source)),
        }
        let reader = BufReader::with_capacity(1 << 16, File::open(&path).map_err(fault)?);
        let current = Opening::default();
        Ok(Some(Self { path, reader, line: Vec::new(), number: 0, current, waiting: false, highest: None }))
    }

    /// The opening of entry `index`, if it comes next. Openings left behind are failures.
    pub(crate) fn of(&mut self, index: u64, findings: &mut Findings) -> Result<Option<&Opening>, Unreadable> {
        if !self.waiting {
            self.advance(findings)?;
        }
        if !self.waiting || self.current.index != index {
            return Ok(None);
        }
        self.waiting = false;
        Ok(Some(&self.current))
    }

    /// Reads on to the end: openings beyond the last entry are failures.
    pub(crate) fn rest(&mut self, size: u64, findings: &mut Findings) -> Result<(), Unreadable> {
        loop {
            if !self.waiting {
                self.advance(findings)?;
            }
            if !self.waiting {
                return Ok(());
            }
            self.waiting = false;
            let index = self.current.index;
            findings.fail(
                Some(size),
                format!("{}: it opens entry {index}, but there are only {size} entries", self.here()),
            );
        }
    }

    fn here(&self) -> String {
        format!("{} line {}", layout::RECORDS, self.number)
    }

    /// Reads the next sound opening; leaves `waiting` false at the end of the file.
    fn advance(&mut self, findings: &mut Findings) -> Result<(), Unreadable> {
        loop {
            self.line.clear();
            let read = self.reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut self.line);
            let read = read.map_err(|source| Unreadable::File { path: self.path.clone(), source })?;
            if read == 0 {
                return Ok(());
            }
            self.number += 1;
            let wrong = match parse(&self.line, &mut self.current) {
                Ok(()) if self.highest.is_some_and(|highest| highest >= self.current.index) => {
                    "its index does not rise above the line before".to_owned()
                }
                Ok(()) => {
                    self.highest = Some(self.current.index);
                    self.waiting = true;
                    return Ok(());
                }
                Err(why) => why,
            };
            findings.fail(self.highest.map(|highest| highest + 1).or(Some(0)), format!("{}: {wrong}", self.here()));
        }
    }
}

fn parse(line: &[u8], into: &mut Opening) -> Result<(), String> {
    let object = line.strip_suffix(b"\n").ok_or("it does not end with a newline, or is longer than 16 MiB")?;
    // JSON would allow tabs and carriage returns between its parts; a changed byte must not pass as a blank.
    if !object.starts_with(b"{") || object.iter().any(u8::is_ascii_control) {
        return Err("it is not one JSON object".to_owned());
    }
    let line: Line<'_> = serde_json::from_slice(object).map_err(|error| error.to_string())?;
    let exact = STANDARD.decode_slice(line.salt.as_bytes(), &mut into.salt);
    if exact != Ok(32) {
        return Err("the salt is not base64 of 32 bytes".to_owned());
    }
    into.body.clear();
    STANDARD
        .decode_vec(line.body.as_bytes(), &mut into.body)
        .map_err(|error| format!("the body is not base64: {error}"))?;
    into.index = line.index;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_opening_or_says_what_is_wrong() {
        let salt = STANDARD.encode([7; 32]);
        let mut opening = Opening::default();
        for good in [
            format!("{{\"index\": 7, \"salt\": \"{salt}\", \"body\": \"e30=\"}}\n"),
            format!("{{\"body\":\"e30=\",\"index\":7,\"salt\":\"{salt}\"}}\n"),
        ] {
            parse(good.as_bytes(), &mut opening).unwrap();
            assert_eq!((opening.index, opening.salt, opening.body.as_slice()), (7, [7; 32], &b"{}"[..]));
        }
        let line = |index: &str, salt: &str, body: &str| {
            format!("{{\"index\": {index}, \"salt\": \"{salt}\", \"body\": \"{body}\"}}")
        };
        for bad in [
            String::new(),
            "\n".into(),
            line("7", &salt, "e30="),
            line("-7", &salt, "e30=") + "\n",
            line("7.0", &salt, "e30=") + "\n",
            line("7", &salt[..40], "e30=") + "\n",
            line("7", &STANDARD.encode([7; 33]), "e30=") + "\n",
            line("7", &salt, "e30") + "\n",
            line("7", &salt, "e31=") + "\n",
            line("7", &salt, "e30=").replace(", ", ",\t") + "\n",
            line("7", &salt, "e30=") + "\r\n",
            line("7, \"index\": 7", &salt, "e30=") + "\n",
            line("7, \"more\": 1", &salt, "e30=") + "\n",
            format!("[7, \"{salt}\", \"e30=\"]\n"),
            line("7", &salt, "e30=") + " {}\n",
        ] {
            assert!(parse(bad.as_bytes(), &mut opening).is_err(), "{bad}");
        }
    }
}
