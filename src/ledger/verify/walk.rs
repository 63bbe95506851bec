//! The tree, entry by entry: bundles are read and hashed, and the root is held against everything that was signed.
//!
//! Absent on purpose: what the leaves say; that is `entries`, on the other thread, which gets each bundle from here.
//! Proved by `tests/it/ledger.rs` at the sizes around every boundary.

use std::path::Path;
use std::sync::mpsc::SyncSender;

use super::Unreadable;
use super::claims::{self, Claims};
use super::files::{self, Read};
use super::findings::Findings;
use super::tiles::{Tiles, compare_partials};
use crate::ledger::checkpoint::LogVerifier;
use crate::ledger::layout::{self, Shelf, WIDTH};
use crate::ledger::proof;
use crate::ledger::tree::Edge;

/// An entry bundle, taken apart.
pub(crate) struct Bundle {
    /// The index of its first entry.
    pub(crate) first: u64,
    bytes: Vec<u8>,
    /// Where each entry ends in `bytes`; it begins two bytes behind the end of the one before.
    ends: Vec<usize>,
}

impl Bundle {
    /// Takes the bytes of a bundle apart; exactly `width` entries, nothing left over.
    fn split(first: u64, width: u64, bytes: Vec<u8>) -> Result<Self, (u64, String)> {
        let mut ends = Vec::with_capacity(256);
        let mut end = 0;
        for index in first..first + width {
            let next = bytes.get(end..).and_then(|rest| rest.split_first_chunk::<2>());
            let Some((length, rest)) = next else {
                return Err((index, format!("it ends before entry {index}")));
            };
            let length = usize::from(u16::from_be_bytes(*length));
            if rest.len() < length {
                return Err((index, format!("it ends inside entry {index}")));
            }
            end += 2 + length;
            ends.push(end);
        }
        if end != bytes.len() {
            let last = first + width - 1;
            return Err((last, format!("{} bytes follow behind entry {last}", bytes.len() - end)));
        }
        Ok(Self { first, bytes, ends })
    }

    /// The entries, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, end)| self.bytes.get(begin + 2..*end).unwrap_or_default())
    }

    fn end_of(&self, width: u64) -> Option<usize> {
        self.ends.get(usize::try_from(width.checked_sub(1)?).ok()?).copied()
    }
}

pub(crate) struct Walk {
    edge: Edge,
    pub(crate) claims: Claims,
    pub(crate) tiles: Tiles,
    pub(crate) receipts: u64,
    pub(crate) findings: Findings,
    /// Whether every bundle was there and could be taken apart.
    pub(crate) complete: bool,
}

impl Walk {
    /// Walks all entries below `size`, handing each bundle on.
    pub(crate) fn run(
        dir: &Path,
        size: u64,
        log: &LogVerifier,
        claims: Claims,
        to: &SyncSender<Bundle>,
    ) -> Result<Self, Unreadable> {
        let tiles = Tiles::new(dir)?;
        let findings = Findings::default();
        let mut walk = Self { edge: Edge::empty(), claims, tiles, receipts: 0, findings, complete: true };
        walk.claims.meet(0, || Edge::empty().root(), &mut walk.findings);
        for n in 0..size.div_ceil(WIDTH) {
            let first = n * WIDTH;
            let width = WIDTH.min(size - first);
            let Some(bundle) = walk.read(dir, n, width)? else {
                walk.complete = false;
                break;
            };
            walk.pass(dir, log, &bundle)?;
            if to.send(bundle).is_err() {
                // The other thread stopped; it says why.
                walk.complete = false;
                break;
            }
        }
        if walk.complete {
            walk.tiles.end(dir, &mut walk.findings)?;
        }
        Ok(walk)
    }

    fn read(&mut self, dir: &Path, n: u64, width: u64) -> Result<Option<Bundle>, Unreadable> {
        let name = layout::path(Shelf::Entries, n, width);
        let first = n * WIDTH;
        let wrong = match files::read(&dir.join(&name), files::BUNDLE_LIMIT)? {
            Read::Bytes(bytes) => match Bundle::split(first, width, bytes) {
                Ok(bundle) => {
                    let (bytes, end) = (&bundle.bytes, |width| bundle.end_of(width));
                    compare_partials(dir, Shelf::Entries, n, bytes, width, end, &mut self.findings)?;
                    return Ok(Some(bundle));
                }
                Err(wrong) => wrong,
            },
            Read::Missing => (first, "it is missing".to_owned()),
            Read::Unusable(why) => (first, why.to_owned()),
        };
        let (index, why) = wrong;
        let rest = format!("nothing from entry {first} on could be checked");
        self.findings.fail(Some(index), format!("{name}: {why}; {rest}"));
        Ok(None)
    }

    fn pass(&mut self, dir: &Path, log: &LogVerifier, bundle: &Bundle) -> Result<(), Unreadable> {
        for entry in bundle.entries() {
            let index = self.edge.size();
            for name in self.claims.receipts_of(index) {
                self.receipt(dir, log, &name, index, entry)?;
            }
            let tiles = &mut self.tiles;
            self.edge.grow(tlog_tiles::record_hash(entry), |level, hash| {
                tiles.put(level, hash);
            });
            self.tiles.settle(dir, &mut self.findings)?;
            let edge = &self.edge;
            self.claims.meet(edge.size(), || edge.root(), &mut self.findings);
        }
        Ok(())
    }

    fn receipt(
        &mut self,
        dir: &Path,
        log: &LogVerifier,
        name: &str,
        index: u64,
        entry: &[u8],
    ) -> Result<(), Unreadable> {
        let checked = claims::text(dir, name)?.and_then(|text| {
            let receipt = proof::parse(&text).map_err(|error| error.to_string())?;
            receipt.check(entry, log).map_err(|error| error.to_string())
        });
        match checked {
            Ok(_) => self.receipts += 1,
            Err(why) => self.findings.fail(Some(index), format!("{name}: entry {index}: {why}")),
        }
        Ok(())
    }
}
