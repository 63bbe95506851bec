//! Hash tiles (C2SP tlog-tiles), where the export has any: each one present must match what the entries give.
//!
//! Absent on purpose: believing a tile, or asking for one that is not there.
//! Proved by `tests/it/ledger.rs` with tiles made by the crate.

use std::path::Path;

use super::Unreadable;
use super::files::{self, Read};
use super::findings::Findings;
use crate::ledger::layout::{self, Shelf, WIDTH};
use crate::ledger::proof::decimal;
use crate::ledger::tree::Hash;

/// The largest hash tile, in bytes.
const LIMIT: u64 = WIDTH * 32;

/// The right-most, still growing tile of each level.
pub(crate) struct Tiles {
    present: bool,
    levels: Vec<Growing>,
    /// Tiles that were there and matched.
    pub(crate) checked: u64,
}

#[derive(Default)]
struct Growing {
    n: u64,
    hashes: Vec<u8>,
}

impl Tiles {
    pub(crate) fn new(dir: &Path) -> Result<Self, Unreadable> {
        let present = files::names(&dir.join(layout::TILE))?.iter().any(|name| name != "entries");
        Ok(Self { present, levels: Vec::new(), checked: 0 })
    }

    /// A completed node; every eighth level of the tree is a level of tiles.
    pub(crate) fn put(&mut self, level: u8, hash: Hash) {
        if !self.present || !level.is_multiple_of(8) {
            return;
        }
        let level = usize::from(level / 8);
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Growing::default);
        }
        if let Some(growing) = self.levels.get_mut(level) {
            growing.hashes.extend_from_slice(&hash.0);
        }
    }

    /// Compares the tiles that have just become full.
    pub(crate) fn settle(&mut self, dir: &Path, findings: &mut Findings) -> Result<(), Unreadable> {
        for (level, growing) in (0..).zip(&mut self.levels) {
            if growing.hashes.len() as u64 == LIMIT {
                self.checked += compare(dir, Shelf::Level(level), growing.n, &growing.hashes, findings)?;
                growing.n += 1;
                growing.hashes.clear();
            }
        }
        Ok(())
    }

    /// Compares the tiles that stay partial.
    pub(crate) fn end(&mut self, dir: &Path, findings: &mut Findings) -> Result<(), Unreadable> {
        for (level, growing) in (0..).zip(&self.levels) {
            self.checked += compare(dir, Shelf::Level(level), growing.n, &growing.hashes, findings)?;
        }
        Ok(())
    }
}

/// Compares tile `n` and its partial versions with the hashes the entries give. Answers how many were there and matched.
fn compare(dir: &Path, shelf: Shelf, n: u64, hashes: &[u8], findings: &mut Findings) -> Result<u64, Unreadable> {
    let width = hashes.len() as u64 / 32;
    let mut checked = 0;
    if width == WIDTH {
        checked += same(dir, &layout::path(shelf, n, WIDTH), hashes, LIMIT, findings)?;
    }
    let end = |width| usize::try_from(width * 32).ok();
    checked += compare_partials(dir, shelf, n, hashes, width, end, findings)?;
    Ok(checked)
}

/// Compares every partial version of bundle or tile `n` that is there with the beginning of `whole`, which holds `width`.
pub(crate) fn compare_partials(
    dir: &Path,
    shelf: Shelf,
    n: u64,
    whole: &[u8],
    width: u64,
    end: impl Fn(u64) -> Option<usize>,
    findings: &mut Findings,
) -> Result<u64, Unreadable> {
    let partials = format!("{}.p", layout::whole_path(shelf, n));
    let mut checked = 0;
    for name in files::names(&dir.join(&partials))? {
        // A name that is no width of this tree is found among the strays.
        let Some(beginning) =
            decimal(&name).filter(|one| *one <= width).and_then(&end).and_then(|end| whole.get(..end))
        else {
            continue;
        };
        checked += same(dir, &format!("{partials}/{name}"), beginning, files::BUNDLE_LIMIT, findings)?;
    }
    Ok(checked)
}

fn same(dir: &Path, name: &str, expected: &[u8], limit: u64, findings: &mut Findings) -> Result<u64, Unreadable> {
    match files::read(&dir.join(name), limit)? {
        Read::Bytes(bytes) if bytes == expected => return Ok(1),
        Read::Bytes(_) => findings.fail(None, format!("{name}: it does not match the entries")),
        Read::Unusable(why) => findings.fail(None, format!("{name}: {why}")),
        Read::Missing => {}
    }
    Ok(0)
}
