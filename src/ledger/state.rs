//! What an auditor has accepted so far: the memory outside the operator's reach that makes ROLLBACK and SPLIT VIEW visible.
//!
//! The file: UTF-8, one JSON object a line, sizes rising: `{"note": "<signed checkpoint, verbatim>"}`. Each line is signed by the
//! log, so that a false line is noticed; a *removed* line is not, hence it is kept where only the auditor writes.
//! Promised: a smaller size, or a second root for one size, is never accepted.
//! Absent on purpose: creating the file by reading a wrong path; a first use is said in so many words ([`State::empty`]).
//! Proved by the tests below and by `tests/it/ledger.rs`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, CheckpointError, LogVerifier};
use super::proof::{self, ProofError};

/// Why a state file, or a checkpoint against it, is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A line of the file is not what was written.
    #[error("line {line} of the state file is not a checkpoint of this log: {why}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The file could not be read or written.
    #[error("the state file {path}: {source}")]
    File {
        /// Where.
        path: String,
        /// What the machine said.
        source: io::Error,
    },
    /// The log is smaller than what was accepted before.
    #[error(
        "ROLLBACK: the log now has {offered} entries, but a checkpoint over {accepted} was accepted before. Entries were cut off: keep both files"
    )]
    Rollback {
        /// The largest accepted size, in entries.
        accepted: u64,
        /// The size now shown.
        offered: u64,
    },
    /// The log does not contain what was accepted before.
    #[error(
        "SPLIT VIEW: the log has signed two histories that differ within the first {size} entries: keep both files"
    )]
    SplitView {
        /// The size at which the two differ, in entries.
        size: u64,
    },
    /// The update starts from another size than the one accepted last.
    #[error(
        "the update starts at {offered} entries, but {accepted} were accepted last: ask the log for an update from {accepted}"
    )]
    Start {
        /// The largest accepted size, in entries.
        accepted: u64,
        /// Where the update starts.
        offered: u64,
    },
    /// The update itself is not accepted.
    #[error(transparent)]
    Update(#[from] ProofError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    note: String,
}

/// The checkpoints accepted so far, sizes rising.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    accepted: Vec<Checkpoint>,
}

impl State {
    /// Nothing accepted yet: the first checkpoint will be believed.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Reads the text of a state file; every line is checked against the log's verifier key.
    pub fn parse(text: &str, log: &LogVerifier) -> Result<Self, StateError> {
        let mut state = Self::empty();
        for (at, line) in text.lines().enumerate() {
            let fault = |why: String| StateError::Line { line: at + 1, why };
            let line: Line = serde_json::from_str(line).map_err(|error| fault(error.to_string()))?;
            let checkpoint = log.open(&line.note).map_err(|error| fault(error.to_string()))?;
            if state.newest().is_some_and(|newest| newest.size() >= checkpoint.size()) {
                return Err(fault("the sizes must rise from line to line".to_owned()));
            }
            state.accepted.push(checkpoint);
        }
        Ok(state)
    }

    /// The text of the state file.
    pub fn to_text(&self) -> String {
        let line = |checkpoint: &Checkpoint| serde_json::json!({ "note": checkpoint.note() }).to_string() + "\n";
        self.accepted.iter().map(line).collect()
    }

    /// Reads a state file. A missing file is an error.
    pub fn load(path: &Path, log: &LogVerifier) -> Result<Self, StateError> {
        let text = fs::read_to_string(path).map_err(|source| at_file(path, source))?;
        Self::parse(&text, log)
    }

    /// Replaces the state file as a whole, and durably: written beside it, synced, renamed.
    pub fn save(&self, path: &Path) -> Result<(), StateError> {
        self.write(path).map_err(|source| at_file(path, source))
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let beside = path.with_file_name(format!(".{name}.new"));
        let mut file = File::create(&beside)?;
        file.write_all(self.to_text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent)?.sync_all()
    }

    /// All accepted checkpoints, sizes rising.
    pub fn accepted(&self) -> &[Checkpoint] {
        &self.accepted
    }

    /// The largest accepted checkpoint.
    pub fn newest(&self) -> Option<&Checkpoint> {
        self.accepted.last()
    }

    /// Remembers a checkpoint whose history was checked against the accepted ones (by [`super::verify::verify`] with this
    /// state, or by [`State::advance`]). Refuses a smaller size and a second root for one size.
    pub fn accept(&mut self, checkpoint: Checkpoint) -> Result<(), StateError> {
        if let Some(newest) = self.newest() {
            if checkpoint.size() < newest.size() {
                return Err(StateError::Rollback { accepted: newest.size(), offered: checkpoint.size() });
            }
            if checkpoint.size() == newest.size() {
                let same = checkpoint.root() == newest.root();
                return if same { Ok(()) } else { Err(StateError::SplitView { size: newest.size() }) };
            }
        }
        self.accepted.push(checkpoint);
        Ok(())
    }

    /// The auditor's step: an `add-checkpoint` body is checked against the newest accepted checkpoint and, if it extends it,
    /// accepted. Save the state before handing out a cosignature (C2SP tlog-witness).
    pub fn advance(&mut self, update: &str, log: &LogVerifier) -> Result<Checkpoint, StateError> {
        let update = proof::parse_update(update)?;
        let offered = log.open(&update.note).map_err(ProofError::from)?;
        let (size, root) = self.newest().map_or((0, tlog_tiles::EMPTY_HASH), |newest| (newest.size(), newest.root()));
        if offered.size() < size {
            return Err(StateError::Rollback { accepted: size, offered: offered.size() });
        }
        if offered.size() == size && offered.root() != root {
            return Err(StateError::SplitView { size });
        }
        if update.old != size {
            return Err(StateError::Start { accepted: size, offered: update.old });
        }
        let checkpoint = update.check(root, log).map_err(|error| match error {
            ProofError::Tree(_) => StateError::SplitView { size },
            other => StateError::Update(other),
        })?;
        self.accept(checkpoint.clone())?;
        Ok(checkpoint)
    }
}

fn at_file(path: &Path, source: io::Error) -> StateError {
    StateError::File { path: path.display().to_string(), source }
}

impl From<CheckpointError> for StateError {
    fn from(error: CheckpointError) -> Self {
        Self::Update(ProofError::Checkpoint(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::checkpoint::LogKey;
    use crate::ledger::tree::{Edge, Hash, consistency};
    use std::collections::HashMap;

    fn key() -> LogKey {
        LogKey::from_seed("log.example", &[1; 32]).unwrap()
    }

    fn verifier() -> LogVerifier {
        LogVerifier::new(&key().vkey()).unwrap()
    }

    fn grown(size: u64, salt: &str) -> (Edge, HashMap<u64, Hash>) {
        let (mut edge, mut stored) = (Edge::empty(), HashMap::new());
        for index in 0..size {
            stored.extend(edge.append(format!("{index}{salt}").as_bytes()));
        }
        (edge, stored)
    }

    fn update(old: u64, size: u64, salt: &str) -> String {
        let (edge, stored) = grown(size, salt);
        let note = key().sign(size, edge.root()).unwrap();
        proof::make_update(old, &consistency(old, size, &stored).unwrap(), &note)
    }

    #[test]
    fn the_auditor_follows_the_log_and_the_file_reads_back() {
        let mut state = State::empty();
        for (old, size) in [(0, 3), (3, 3), (3, 8), (8, 21)] {
            assert_eq!(state.advance(&update(old, size, ""), &verifier()).unwrap().size(), size);
        }
        assert_eq!(state.accepted().len(), 3);
        assert_eq!(State::parse(&state.to_text(), &verifier()).unwrap(), state);
    }

    #[test]
    fn rollback_and_split_view_are_called_by_their_names() {
        let mut state = State::empty();
        state.advance(&update(0, 8, ""), &verifier()).unwrap();
        let before = state.clone();
        assert!(matches!(
            state.advance(&update(0, 5, ""), &verifier()),
            Err(StateError::Rollback { accepted: 8, offered: 5 })
        ));
        assert!(matches!(state.advance(&update(8, 8, "x"), &verifier()), Err(StateError::SplitView { size: 8 })));
        assert!(matches!(state.advance(&update(8, 13, "x"), &verifier()), Err(StateError::SplitView { size: 8 })));
        assert!(matches!(
            state.advance(&update(5, 13, ""), &verifier()),
            Err(StateError::Start { accepted: 8, offered: 5 })
        ));
        assert!(matches!(state.advance("old 8\n", &verifier()), Err(StateError::Update(_))));
        assert_eq!(state, before);
    }

    #[test]
    fn a_false_line_is_named() {
        let mut state = State::empty();
        state.advance(&update(0, 3, ""), &verifier()).unwrap();
        state.advance(&update(3, 8, ""), &verifier()).unwrap();
        let text = state.to_text();
        let (first, second) = text.split_once('\n').unwrap();
        let swapped = format!("{second}{first}\n");
        let changed = text.replacen("\\n8\\n", "\\n9\\n", 1);
        for bad in [swapped, changed, format!("{text}\n")] {
            assert!(matches!(State::parse(&bad, &verifier()), Err(StateError::Line { .. })), "{bad}");
        }
        assert_eq!(State::parse("", &verifier()).unwrap(), State::empty());
    }
}
