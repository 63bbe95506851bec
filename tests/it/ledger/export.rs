//! Exports as they should be: every size around a boundary, leaves only, hash tiles, and what the writer refuses.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use aws_lc_rs::digest::{SHA256, digest};
use disclosure_portal::ledger::export::{Contents, ExportError, Writer};
use disclosure_portal::ledger::tree::Hash;
use disclosure_portal::ledger::verify::{Unreadable, render, verify};
use tlog_tiles::{HashReader, Tile};

use super::log::{Log, Scratch};

/// The Merkle tree hash as RFC 6962 §2.1 defines it, by recursion: the oracle.
fn rfc_6962(leaves: &[Vec<u8>]) -> [u8; 32] {
    let hashed = match leaves {
        [] => digest(&SHA256, b""),
        [leaf] => digest(&SHA256, &[&[0], leaf.as_slice()].concat()),
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            digest(&SHA256, &[&[1], &rfc_6962(left)[..], &rfc_6962(right)].concat())
        }
    };
    hashed.as_ref().try_into().unwrap()
}

#[test]
fn an_export_of_every_size_around_a_boundary_verifies() {
    for size in
        [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513]
    {
        let log = Log::of(size);
        let leaves: Vec<_> = log.entries.iter().map(|entry| entry.leaf.clone()).collect();
        assert_eq!(log.root(size), Hash(rfc_6962(&leaves)));
        let dir = log.export();
        let report = log.verify(&dir);
        assert_eq!((report.size, report.opened, report.failures), (size, size, vec![]));
        assert!(
            report.warnings.is_empty() && !report.leaves_only && report.erased.is_empty() && report.lost.is_empty()
        );
        assert_eq!(report.root, log.root(size).to_string());
        let whole = dir.files().iter().filter(|name| name.starts_with("tile/") && !name.contains(".p/")).count() as u64;
        assert_eq!(whole, size / 256);
        assert_eq!(dir.path(&format!("tile/entries/{:03}.p/{}", size / 256, size % 256)).exists(), size % 256 > 0);
    }
}

#[test]
fn a_level_of_tiles_more_verifies_too() {
    let mut log = Log::of(65_534);
    for size in 65_535..=65_537 {
        log.view();
        let leaves: Vec<_> = log.entries.iter().map(|entry| entry.leaf.clone()).collect();
        assert_eq!(log.root(size), Hash(rfc_6962(&leaves)));
        let dir = Scratch::new();
        let contents = if size == 65_536 { Contents::Full } else { Contents::LeavesOnly };
        assert_eq!(log.export_with(&dir.0, contents, |_| ()).alarm, None);
        let report = log.verify(&dir);
        assert_eq!((report.size, report.failures), (size, vec![]));
        assert_eq!(report.opened, if contents == Contents::Full { size } else { 0 });
    }
}

#[test]
fn older_checkpoints_and_receipts_are_counted() {
    let log = Log::of(300);
    let report = log.verify(&log.full_export());
    assert_eq!((report.older_checkpoints, report.receipts, report.failures.as_slice()), (3, 2, &[][..]));
    assert_eq!(report.first_at.as_deref(), Some("2026-11-21T18:00:00.123Z"));
    assert_eq!(report.last_at.as_deref(), Some("2026-11-21T18:01:14.873Z"));
    let text = render(&report);
    assert!(text.ends_with("PASSED       every check on 300 entries\n"), "{text}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((json["size"].as_u64(), json["failures"].as_array().map(Vec::len)), (Some(300), Some(0)));
}

#[test]
fn leaves_only_holds_no_body_and_says_so() {
    let (log, dir) = (Log::of(20), Scratch::new());
    assert_eq!(log.export_with(&dir.0, Contents::LeavesOnly, |_| ()).alarm, None);
    assert!(!dir.path("records.jsonl").exists());
    for name in dir.files() {
        assert!(!dir.text(&name).contains("person-"), "{name}");
    }
    let report = log.verify(&dir);
    assert!(report.passed() && report.leaves_only && report.opened == 0);
    assert!(report.warnings[0].contains("only the leaves were checked"), "{:?}", report.warnings);
    assert!(render(&report).contains("leaves only"));
}

struct Stored<'a>(&'a Log);

impl HashReader for Stored<'_> {
    fn read_hashes(&self, positions: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(positions.iter().map(|at| self.0.stored[at]).collect())
    }
}

/// An export of leaves with all its hash tiles, and partial ones of an older size, as a log that serves tiles keeps them.
fn tiled(log: &Log) -> Scratch {
    let dir = Scratch::new();
    assert_eq!(log.export_with(&dir.0, Contents::LeavesOnly, |_| ()).alarm, None);
    let tiles = Tile::new_tiles(8, 0, log.size()).into_iter().chain(Tile::new_tiles(8, 0, 300));
    for tile in tiles {
        dir.write(&tile.path().replacen("tile/8/", "tile/", 1), tile.read_data(&Stored(log)).unwrap());
    }
    let first = &log.entries[0].leaf;
    let length = u16::try_from(first.len()).unwrap();
    dir.write("tile/entries/000.p/1", [&length.to_be_bytes()[..], first].concat());
    dir
}

#[test]
fn hash_tiles_match_where_there_are_any() {
    let log = Log::of(66_000);
    let dir = tiled(&log);
    let report = log.verify(&dir);
    assert_eq!(report.failures, Vec::<String>::new());
    let tiles = dir.files().iter().filter(|name| name.starts_with("tile/") && !name.contains("entries")).count();
    assert_eq!(report.hash_tiles, tiles as u64);
    for name in ["tile/0/257.p/208", "tile/1/000", "tile/2/000.p/1", "tile/0/001.p/44"] {
        assert!(dir.path(name).exists(), "{name}");
    }
}

#[test]
fn a_hash_tile_that_differs_or_belongs_to_no_such_tree_is_named() {
    let log = Log::of(600);
    let dir = tiled(&log);
    for name in
        ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000.p/1"]
    {
        let good = dir.read(name);
        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        dir.write(name, bad);
        let (_, why) = log.refused(&dir);
        assert!(why.contains(name) && why.contains("does not match"), "{why}");
        dir.write(name, good);
    }
    for name in ["tile/0/003", "tile/0/002.p/89", "tile/1/000.p/3", "tile/2/000.p/1", "tile/0/3", "tile/notes.txt"] {
        dir.write(name, "x");
        let (_, why) = log.refused(&dir);
        assert!(why.contains(name), "{why}");
        dir.remove(name);
    }
    assert!(log.verify(&dir).passed());
}

#[test]
fn the_writer_overwrites_nothing() {
    let dir = Scratch::new();
    fs::create_dir_all(&dir.0).unwrap();
    drop(Writer::create(&dir.0, Contents::LeavesOnly).unwrap());
    dir.write("notes.txt", "mine");
    assert!(matches!(Writer::create(&dir.0, Contents::Full), Err(ExportError::NotEmpty(_))));
    assert!(matches!(Writer::create(&dir.path("notes.txt"), Contents::Full), Err(ExportError::NotEmpty(_))));
    let mut writer = Writer::create(&dir.path("deep/er"), Contents::Full).unwrap();
    let log = Log::of(3);
    writer.checkpoint(&log.note(2)).unwrap();
    assert!(matches!(writer.checkpoint(&log.note(2)), Err(ExportError::File { .. })));
    assert!(matches!(writer.checkpoint("no checkpoint"), Err(ExportError::NotACheckpoint)));
    assert!(matches!(writer.push(&vec![0; 65_536], None), Err(ExportError::TooLong { index: 0, bytes: 65_536 })));
    assert!(matches!(writer.finish("no checkpoint"), Err(ExportError::NotACheckpoint)));
    assert_eq!(dir.text("notes.txt"), "mine");
}

#[test]
fn only_the_owner_may_read_an_export() {
    let dir = Log::of(3).full_export();
    for name in dir.files() {
        assert_eq!(fs::metadata(dir.path(&name)).unwrap().permissions().mode() & 0o077, 0, "{name}");
    }
    assert_eq!(fs::metadata(&dir.0).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn a_damaged_store_is_written_as_it_is_and_raises_the_alarm() {
    let (log, dir) = (Log::of(5), Scratch::new());
    let mut writer = Writer::create(&dir.0, Contents::LeavesOnly).unwrap();
    for entry in &log.entries[1..] {
        writer.push(&entry.leaf, None).unwrap();
    }
    let finished = writer.finish(&log.note(5)).unwrap();
    assert!(finished.alarm.unwrap().contains("the store holds 4"));
    assert_ne!(finished.root, log.root(5));
    log.refused(&dir);
}

#[test]
fn what_is_no_export_is_unreadable_and_no_evidence() {
    let (log, dir) = (Log::of(3), Scratch::new());
    let vkey = log.key.vkey();
    assert!(matches!(verify(&dir.0, &vkey, None), Err(Unreadable::NotAnExport(_))));
    dir.write("notes.txt", "x");
    assert!(matches!(verify(&dir.0, &vkey, None), Err(Unreadable::NotAnExport(_))));
    assert!(matches!(verify(&dir.path("notes.txt"), &vkey, None), Err(Unreadable::NotAnExport(_))));
    assert!(matches!(verify(&log.export().0, "portal.example", None), Err(Unreadable::Vkey(_))));
}
