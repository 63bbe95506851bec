//! Where the files of an export lie (C2SP tlog-tiles names), shared by the writer and the verifier.
//!
//! Absent on purpose: reading and writing. Proved by the tests below and by every export of `tests/it/ledger.rs`.

use super::proof::decimal;

/// Entries in a full bundle, hashes in a full tile.
pub(crate) const WIDTH: u64 = 256;

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
pub(crate) enum Shelf {
    /// Entry bundles.
    Entries,
    /// Hashes of this tile level.
    Level(u8),
}

/// The path of a bundle or tile: number `n`, holding `width` of at most 256.
pub(crate) fn path(shelf: Shelf, n: u64, width: u64) -> String {
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

/// Reads such a path back; `None` for any other name.
pub(crate) fn parse(text: &str) -> Option<(Shelf, u64, u64)> {
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
