//! Where the files of an export and of the journal lie (C2SP tlog-tiles names), shared by writers and readers; and a bundle's bytes.
//!
//! Absent on purpose: reading and writing. Proved by the tests below and by every export of `tests/it/ledger.rs`.

use super::proof::decimal;

/// Entries in a full bundle, hashes in a full tile.
pub const WIDTH: u64 = 256;

/// The newest signed checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// Older signed checkpoints.
pub(crate) const CHECKPOINTS: &str = "checkpoints";
/// The openings.
pub(crate) const RECORDS: &str = "records.jsonl";
/// Receipts, one file each.
pub(crate) const RECEIPTS: &str = "receipts";
/// How the name of a receipt ends.
pub(crate) const RECEIPT_END: &str = ".tlog-proof";
/// Entry bundles and hash tiles.
pub(crate) const TILE: &str = "tile";

/// What a file under `tile/` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Entry bundles.
    Entries,
    /// Hashes of this tile level.
    Level(u8),
}

/// The path of a bundle or tile: number `n`, holding `width` of at most 256.
pub fn path(shelf: Shelf, n: u64, width: u64) -> String {
    let whole = whole_path(shelf, n);
    if width == WIDTH { whole } else { format!("{whole}.p/{width}") }
}

/// The path of the full bundle or tile number `n`; with `.p` behind it, of the directory of its partial versions.
pub(crate) fn whole_path(shelf: Shelf, n: u64) -> String {
    let mut number = format!("{:03}", n % 1000);
    let mut rest = n / 1000;
    while rest > 0 {
        number = format!("x{:03}/{number}", rest % 1000);
        rest /= 1000;
    }
    match shelf {
        Shelf::Entries => format!("{TILE}/entries/{number}"),
        Shelf::Level(level) => format!("{TILE}/{level}/{number}"),
    }
}

/// Adds an entry to a bundle: its length in two bytes, high byte first, then its bytes. False: it is too long for a bundle.
#[must_use]
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// The entries of a bundle, in order; `None`: these bytes are no bundle.
pub fn entries_of(mut bundle: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        bundle = rest;
    }
    bundle.is_empty().then_some(entries)
}

/// Reads such a path back; `None` for any other name.
pub fn parse(text: &str) -> Option<(Shelf, u64, u64)> {
    let (shelf, rest) = text.strip_prefix(TILE)?.strip_prefix('/')?.split_once('/')?;
    let shelf = if shelf == "entries" { Shelf::Entries } else { Shelf::Level(u8::try_from(decimal(shelf)?).ok()?) };
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, decimal(width)?),
        None => (rest, WIDTH),
    };
    let mut n = 0_u64;
    for part in number.split('/') {
        let digits = part.strip_prefix('x').unwrap_or(part);
        n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // Writing it again settles every question of leading zeros and of where an x belongs.
    (width >= 1 && path(shelf, n, width) == text).then_some((shelf, n, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_tlog_tiles() {
        assert_eq!(path(Shelf::Entries, 0, 256), "tile/entries/000");
        assert_eq!(path(Shelf::Entries, 1_234_067, 256), "tile/entries/x001/x234/067");
        assert_eq!(path(Shelf::Entries, 1_000, 7), "tile/entries/x001/000.p/7");
        assert_eq!(path(Shelf::Level(2), 5, 255), "tile/2/005.p/255");
    }

    #[test]
    fn a_bundle_gives_back_its_entries_and_half_of_one_is_none() {
        let mut bundle = Vec::new();
        assert!(push_entry(&mut bundle, b"one") && push_entry(&mut bundle, b"") && push_entry(&mut bundle, b"three"));
        assert_eq!(entries_of(&bundle).unwrap(), [&b"one"[..], b"", b"three"]);
        assert_eq!(entries_of(&bundle[..bundle.len() - 1]), None);
        assert_eq!(entries_of(&[&bundle[..], &[0]].concat()), None);
        assert!(!push_entry(&mut bundle, &vec![0; 65_536]));
    }

    #[test]
    fn paths_read_back_and_other_names_do_not() {
        for n in [0, 1, 255, 999, 1000, 999_999, 1_234_067, u64::MAX] {
            for width in [1, 9, 255, 256] {
                for shelf in [Shelf::Entries, Shelf::Level(0), Shelf::Level(7)] {
                    assert_eq!(parse(&path(shelf, n, width)), Some((shelf, n, width)));
                }
            }
        }
        for bad in [
            "tile/entries/1",
            "tile/entries/0001",
            "tile/entries/x000/001",
            "tile/entries/001.p/0",
            "tile/entries/001.p/256",
            "tile/entries/001.p/07",
            "tile/entries/001.p",
            "tile/entries",
            "tile/00/001",
            "tile/256/001",
            "tile/-1/001",
            "tile/entries/+01",
            "tile/entries/x001/x002",
            "checkpoint",
            "tile/entries/000/001",
            "tile/entries/000~",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
