//! Verifying an export: one pass, two threads, memory that does not grow with the number of entries.
//!
//! Promised: edit, deletion, reordering, insertion, truncation and a swapped body are failures that name the first bad entry as
//! closely as the evidence allows; with an auditor's state also ROLLBACK and SPLIT VIEW.
//! What does grow, by some tens of bytes each: separate gaps and erased spans, older checkpoints, receipts.
//! Absent on purpose: any trust input from the export itself; what a person did with a screen; the tail since the last witness.
//! Proved by `tests/it/ledger.rs`, where also Go's `sumdb` judges the same directories.

mod claims;
mod entries;
mod files;
mod findings;
mod openings;
mod render;
pub(crate) mod spans;
mod tiles;
mod walk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use serde::Serialize;

use self::claims::Claims;
use self::entries::Entries;
use self::files::Read;
use self::findings::Findings;
pub use self::render::render;
use self::walk::Walk;
use super::checkpoint::{Checkpoint, KeyError, LogVerifier};
use super::layout;
pub use super::state::State;

/// Why nothing could be judged (exit code 2). Not evidence of anything.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The verifier key is unusable.
    #[error(transparent)]
    Vkey(#[from] KeyError),
    /// The directory has no checkpoint.
    #[error("{0} holds no file `checkpoint`: name the directory that `log export` wrote, whole")]
    NotAnExport(PathBuf),
    /// The machine could not read a file.
    #[error("{path}: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The state file remembers another log.
    #[error("the state file is of the log {state:?}, the verifier key of {vkey:?}: use the state file of this log")]
    OtherLog {
        /// The origin in the state file.
        state: String,
        /// The name in the verifier key.
        vkey: String,
    },
    /// One of the two checking threads could not be started or stopped early.
    #[error("the check itself stopped early; run it again")]
    Stopped,
}

/// Consecutive entries, both ends inclusive, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first entry.
    pub first: u64,
    /// The last entry.
    pub last: u64,
}

/// What a verification found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The log, as named by the verifier key.
    pub origin: String,
    /// How many entries the newest checkpoint covers; 0 if that checkpoint was not accepted.
    pub size: u64,
    /// The signed root, base64; empty if the newest checkpoint was not accepted.
    pub root: String,
    /// True if the export holds no openings at all: only the leaves were checked.
    pub leaves_only: bool,
    /// Entries whose salt and body were there and right.
    pub opened: u64,
    /// Missing openings that a logged erasure covers.
    pub erased: Vec<Span>,
    /// Missing openings that a logged restore after a disaster covers.
    pub lost: Vec<Span>,
    /// Older checkpoints in the export that are prefixes of the newest.
    pub older_checkpoints: u64,
    /// Receipts in the export that hold.
    pub receipts: u64,
    /// Hash tiles in the export that match.
    pub hash_tiles: u64,
    /// Checkpoints of the auditor's state that are prefixes of the newest.
    pub accepted_before: u64,
    /// Time of the first entry.
    pub first_at: Option<String>,
    /// Time of the last entry.
    pub last_at: Option<String>,
    /// The first entry known to be bad, or the first that may be if only a range can be told.
    pub first_bad: Option<u64>,
    /// What failed, in plain words. Empty = everything that was there is right.
    pub failures: Vec<String>,
    /// What passed but must be seen.
    pub warnings: Vec<String>,
    /// The newest checkpoint, for the auditor's state; absent if it was not accepted.
    #[serde(skip)]
    pub checkpoint: Option<Checkpoint>,
}

impl Report {
    /// Whether every check passed (exit code 0, else 1).
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Verifies the export in `dir` against the log's verifier key and, if given, what the auditor accepted before.
pub fn verify(dir: &Path, vkey: &str, state: Option<&State>) -> Result<Report, Unreadable> {
    let log = LogVerifier::new(vkey)?;
    let accepted = state.map_or(&[][..], State::accepted);
    if let Some(other) = accepted.iter().find(|checkpoint| checkpoint.origin() != log.name()) {
        return Err(Unreadable::OtherLog { state: other.origin().to_owned(), vkey: log.name().to_owned() });
    }
    let mut findings = Findings::default();
    let Some(last) = newest(dir, &log, &mut findings)? else {
        return Ok(rejected(log.name(), findings));
    };
    let claims = Claims::gather(dir, &log, &last, accepted, &mut findings)?;
    let (walk, entries) = both(dir, &last, &log, claims)?;
    files::strays(dir, last.size(), &mut findings)?;
    Ok(report(last, findings, walk, entries))
}

fn newest(dir: &Path, log: &LogVerifier, findings: &mut Findings) -> Result<Option<Checkpoint>, Unreadable> {
    let note = match files::read(&dir.join(layout::CHECKPOINT), files::NOTE_LIMIT)? {
        Read::Bytes(bytes) => String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned()),
        Read::Missing => return Err(Unreadable::NotAnExport(dir.to_owned())),
        Read::Unusable(why) => Err(why.to_owned()),
    };
    match note.and_then(|note| log.open(&note).map_err(|error| error.to_string())) {
        Ok(checkpoint) => Ok(Some(checkpoint)),
        Err(why) => {
            findings.fail(None, format!("checkpoint: {why}"));
            Ok(None)
        }
    }
}

/// The tree on this thread, leaf form and openings on another, one bundle behind the other.
fn both(dir: &Path, last: &Checkpoint, log: &LogVerifier, claims: Claims) -> Result<(Walk, Entries), Unreadable> {
    let (to, from) = sync_channel(2);
    thread::scope(|scope| {
        let reading = thread::Builder::new().spawn_scoped(scope, move || {
            let mut entries = Entries::start(dir)?;
            for bundle in from {
                entries.bundle(&bundle)?;
            }
            Ok::<_, Unreadable>(entries)
        });
        let reading = reading.map_err(|_| Unreadable::Stopped)?;
        let walk = Walk::run(dir, last.size(), log, claims, &to);
        drop(to);
        let mut entries = reading.join().map_err(|_| Unreadable::Stopped)??;
        let walk = walk?;
        if walk.complete {
            entries.settle(last.size())?;
        }
        Ok((walk, entries))
    })
}

fn report(newest: Checkpoint, mut findings: Findings, walk: Walk, entries: Entries) -> Report {
    findings.join(walk.findings);
    let older_checkpoints = walk.claims.older;
    let (receipts, hash_tiles, accepted_before) = (walk.receipts, walk.tiles.checked, walk.claims.accepted);
    let (erased, lost) = (entries.erased.into_spans(), entries.lost.into_spans());
    let leaves_only = entries.leaves_only;
    findings.join(entries.findings);
    let first_bad = findings.first_bad;
    let (failures, warnings) = findings.into_words();
    Report {
        origin: newest.origin().to_owned(),
        size: newest.size(),
        root: newest.root().to_string(),
        leaves_only,
        opened: entries.opened,
        erased,
        lost,
        older_checkpoints,
        receipts,
        hash_tiles,
        accepted_before,
        first_at: entries.first_at,
        last_at: entries.last_at,
        first_bad,
        failures,
        warnings,
        checkpoint: Some(newest),
    }
}

fn rejected(origin: &str, findings: Findings) -> Report {
    let (failures, warnings) = findings.into_words();
    Report {
        origin: origin.to_owned(),
        size: 0,
        root: String::new(),
        leaves_only: false,
        opened: 0,
        erased: Vec::new(),
        lost: Vec::new(),
        older_checkpoints: 0,
        receipts: 0,
        hash_tiles: 0,
        accepted_before: 0,
        first_at: None,
        last_at: None,
        first_bad: None,
        failures,
        warnings,
        checkpoint: None,
    }
}
