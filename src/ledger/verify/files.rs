//! Reading an export that may be hostile: only regular files, only to a limit, and nothing that lies where nothing belongs.
//!
//! Absent on purpose: following links, and reading more than one bundle at a time.
//! Proved by `tests/it/ledger.rs` (links, oversize files, strays).

use std::fs;
use std::io;
use std::path::Path;

use super::Unreadable;
use super::findings::Findings;
use crate::ledger::layout::{self, Shelf, WIDTH};

/// Signed notes and receipts end here, in bytes (C2SP signed-note allows 1 MB).
pub(crate) const NOTE_LIMIT: u64 = 1_000_000;
/// The largest entry bundle, in bytes: 256 entries of 65,535 bytes with their length prefixes.
pub(crate) const BUNDLE_LIMIT: u64 = WIDTH * 65_537;

/// A file of the export.
pub(crate) enum Read {
    Bytes(Vec<u8>),
    Missing,
    Unusable(&'static str),
}

/// Reads a regular file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Read, Unreadable> {
    // A link or a pipe in an export is no evidence, and opening a pipe would wait for ever.
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if absent(&error) => return Ok(Read::Missing),
        Err(source) => {
            return Err(Unreadable::File { path: path.to_owned(), source });
        }
    };
    if !about.is_file() {
        return Ok(Read::Unusable("it is not a regular file"));
    }
    if about.len() > limit {
        return Ok(Read::Unusable("it is longer than such a file can be"));
    }
    match fs::read(path) {
        Ok(bytes) => Ok(Read::Bytes(bytes)),
        Err(source) => Err(Unreadable::File { path: path.to_owned(), source }),
    }
}

fn absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The names in a directory, sorted; none if it is absent.
pub(crate) fn names(dir: &Path) -> Result<Vec<String>, Unreadable> {
    let fault = |source| Unreadable::File { path: dir.to_owned(), source };
    let inside = match fs::read_dir(dir) {
        Ok(inside) => inside,
        Err(error) if absent(&error) => return Ok(Vec::new()),
        Err(source) => return Err(fault(source)),
    };
    let mut names = Vec::new();
    for one in inside {
        names.push(one.map_err(fault)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// Looks for what lies beyond the checkpoint: entries added behind the end, or files that no tree of this size has.
pub(crate) fn strays(dir: &Path, size: u64, findings: &mut Findings) -> Result<(), Unreadable> {
    for name in names(dir)? {
        let known = [layout::CHECKPOINT, layout::CHECKPOINTS, layout::RECORDS, layout::RECEIPTS, layout::TILE];
        if !known.contains(&name.as_str()) {
            findings.warn(format!("{name}: not part of an export; it was not looked at"));
        }
    }
    below(dir, layout::TILE, size, findings)
}

fn below(dir: &Path, at: &str, size: u64, findings: &mut Findings) -> Result<(), Unreadable> {
    for name in names(&dir.join(at))? {
        let path = format!("{at}/{name}");
        if fs::symlink_metadata(dir.join(&path)).is_ok_and(|about| about.is_dir()) {
            below(dir, &path, size, findings)?;
        } else if !layout::parse(&path).is_some_and(|(shelf, n, width)| covered(shelf, n, width, size)) {
            findings.fail(None, format!("{path}: the checkpoint over {size} entries does not cover this file"));
        }
    }
    Ok(())
}

/// Whether a tree of `size` has the first `width` of bundle or tile `n`.
fn covered(shelf: Shelf, n: u64, width: u64, size: u64) -> bool {
    let count = match shelf {
        Shelf::Entries => size,
        Shelf::Level(level) => size.checked_shr(u32::from(level) * 8).unwrap_or(0),
    };
    n.checked_mul(WIDTH).and_then(|first| first.checked_add(width)).is_some_and(|end| end <= count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_of_70_000_has_the_tiles_of_the_c2sp_text() {
        assert!(covered(Shelf::Level(0), 272, 256, 70_000));
        assert!(covered(Shelf::Level(0), 273, 112, 70_000) && !covered(Shelf::Level(0), 273, 113, 70_000));
        assert!(covered(Shelf::Level(1), 0, 256, 70_000));
        assert!(covered(Shelf::Level(1), 1, 17, 70_000) && !covered(Shelf::Level(1), 1, 18, 70_000));
        assert!(covered(Shelf::Level(2), 0, 1, 70_000) && !covered(Shelf::Level(2), 0, 2, 70_000));
        assert!(!covered(Shelf::Level(3), 0, 1, 70_000) && !covered(Shelf::Level(255), 0, 1, 70_000));
        assert!(!covered(Shelf::Entries, u64::MAX, 1, 70_000));
    }
}
