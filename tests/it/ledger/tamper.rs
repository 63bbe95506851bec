//! Every way to falsify the tree of an export that we could think of, and what the verifier says to it (P3).
//! Bodies and erasures are in `openings`.

use std::os::unix::fs::symlink;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use disclosure_portal::ledger::leaf::Leaf;
use disclosure_portal::ledger::verify::verify;
use proptest::prelude::*;
use serde_json::json;

use super::log::{AT, Log, Scratch};

const BUNDLE: &str = "tile/entries/000.p/9";

fn nine() -> (Log, Scratch) {
    let log = Log::of(9);
    let dir = log.full_export();
    (log, dir)
}

/// The bytes of a bundle of these leaves.
fn bundle<'a>(leaves: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let one = |leaf: &'a Vec<u8>| [&u16::try_from(leaf.len()).unwrap().to_be_bytes()[..], leaf].concat();
    leaves.into_iter().flat_map(one).collect()
}

fn leaves(log: &Log) -> Vec<Vec<u8>> {
    log.entries.iter().map(|entry| entry.leaf.clone()).collect()
}

#[test]
fn an_edited_leaf_is_found() {
    let (log, dir) = nine();
    let mut leaves = leaves(&log);
    leaves[5] = Leaf::new("view", AT + 1250, [7; 32]).unwrap().to_bytes();
    dir.write(BUNDLE, bundle(&leaves));
    let (first, why) = log.refused(&dir);
    // The checkpoint at 4 still holds, so the difference lies behind it; the opening names the entry itself.
    assert!(why.contains("between entry 4 and entry 8") && why.contains("entry 5 (view): its body or salt"), "{why}");
    assert_eq!(first, Some(4));
}

#[test]
fn deleted_inserted_and_reordered_entries_are_found() {
    let (log, dir) = nine();
    let all = leaves(&log);
    let mut deleted = all.clone();
    deleted.remove(3);
    let mut inserted = all.clone();
    inserted.insert(3, all[3].clone());
    let mut swapped = all.clone();
    swapped.swap(2, 6);
    for (bad, words) in
        [(deleted, "ends before entry 8"), (inserted, "bytes follow behind entry 8"), (swapped, "is before")]
    {
        dir.write(BUNDLE, bundle(&bad));
        let (first, why) = log.refused(&dir);
        assert!(first.is_some() && why.contains(words), "{why}");
    }
    dir.write(BUNDLE, bundle(&all));
    assert!(log.verify(&dir).passed());
}

#[test]
fn a_truncated_missing_or_linked_bundle_is_named() {
    let log = Log::of(600);
    let dir = log.export();
    let good = dir.read("tile/entries/001");
    dir.write("tile/entries/001", &good[..good.len() - 1]);
    let (first, why) = log.refused(&dir);
    assert_eq!(first, Some(511));
    assert!(why.contains("tile/entries/001: it ends inside entry 511"), "{why}");
    dir.remove("tile/entries/001");
    let (first, why) = log.refused(&dir);
    assert_eq!(first, Some(256));
    assert!(why.contains("tile/entries/001: it is missing; nothing from entry 256 on could be checked"), "{why}");
    dir.write("elsewhere", &good);
    symlink(dir.path("elsewhere"), dir.path("tile/entries/001")).unwrap();
    assert!(log.refused(&dir).1.contains("not a regular file"));
    dir.remove("tile/entries/001");
    dir.write("tile/entries/001", vec![0; 17_000_000]);
    assert!(log.refused(&dir).1.contains("longer than such a file can be"));
}

#[test]
fn entries_behind_the_checkpoint_are_found() {
    let (log, dir) = (Log::of(9), Log::of(9).export());
    for name in
        ["tile/entries/000", "tile/entries/000.p/10", "tile/entries/001", "tile/entries/x001/000", "tile/entries/0"]
    {
        dir.write(name, bundle(&leaves(&log)));
        let (_, why) = log.refused(&dir);
        assert!(why.contains(&format!("{name}: the checkpoint over 9 entries does not cover this file")), "{why}");
        dir.remove(name);
    }
    dir.write("readme.txt", "not ours");
    let report = log.verify(&dir);
    assert!(report.passed() && report.warnings[0].starts_with("readme.txt"), "{:?}", report.warnings);
}

/// Writes each text in its turn over its file, and expects a failure that names the file and says these words.
fn each_is_named(log: &Log, dir: &Scratch, bad: &[(&str, String, &str)]) {
    for (name, text, words) in bad {
        let good = dir.read(name);
        dir.write(name, text);
        let (_, why) = log.refused(dir);
        assert!(why.contains(name) && why.contains(words), "{words}: {why}");
        dir.write(name, good);
    }
    assert!(log.verify(dir).passed());
}

#[test]
fn false_checkpoints_and_receipts_are_named() {
    let (log, dir) = nine();
    let mut later = Log::of(9);
    later.view();
    let older = "checkpoints/4";
    let first = "receipts/0.tlog-proof";
    each_is_named(
        &log,
        &dir,
        &[
            (older, log.note(4).replacen("\n4\n", "\n5\n", 1), "FALSE"),
            (older, "nonsense".to_owned(), "not a signed checkpoint"),
            (older, later.note(10), "ROLLBACK"),
            (first, "nonsense".to_owned(), "not a receipt"),
            (first, log.receipt(1, 4).replacen("index 1", "index 0", 1), "entry 0: the proof does not lead"),
            ("receipts/8.tlog-proof", later.receipt(9, 10), "proves entry 9"),
        ],
    );
    dir.write("checkpoint", log.note(8));
    assert!(log.refused(&dir).1.contains("ROLLBACK"), "receipt 8 speaks of nine entries");
    dir.write("checkpoint", [0xff, 0xfe]);
    assert!(log.refused(&dir).1.contains("checkpoint: it is not UTF-8 text"));
}

#[test]
fn a_second_history_under_the_same_key_is_named() {
    let (log, dir) = nine();
    let mut forked = Log::of(3);
    forked.push("view", &json!({ "actor": "nobody" }));
    (0..5).for_each(|_| forked.view());
    each_is_named(
        &log,
        &dir,
        &[
            ("checkpoints/4", forked.note(7), "SPLIT VIEW: the first 7 entries"),
            ("receipts/0.tlog-proof", forked.receipt(0, 9), "SPLIT VIEW: the first 9 entries"),
            ("receipts/8.tlog-proof", forked.receipt(8, 9), "SPLIT VIEW: the first 9 entries"),
        ],
    );
}

/// Whether the verifier is content with this directory.
fn passes(log: &Log, dir: &Scratch) -> bool {
    verify(&dir.0, &log.key.vkey(), None).is_ok_and(|report| report.passed())
}

#[test]
fn every_single_byte_of_a_small_export_counts() {
    let mut log = Log::of(2);
    log.entries[1].erased = true;
    log.push("erase", &json!({ "erased": [[1, 1]] }));
    let dir = log.full_export();
    assert!(passes(&log, &dir));
    for name in dir.files() {
        let good = dir.read(&name);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            dir.write(&name, &bad);
            assert!(!passes(&log, &dir), "{name} byte {at}");
        }
        dir.write(&name, good);
    }
    assert!(passes(&log, &dir));
}

/// The files of a directory, with their names.
type Files = Vec<(String, Vec<u8>)>;

/// One larger export, made once, with all that an export can have.
static LARGE: LazyLock<(Log, Files)> = LazyLock::new(|| {
    let mut log = Log::of(520);
    (100..300).for_each(|index| log.entries[index].erased = true);
    log.push("erase", &json!({ "erased": [[100, 299]] }));
    let dir = log.full_export();
    let files = dir.files().into_iter().map(|name| (name.clone(), dir.read(&name))).collect();
    (log, files)
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_changed_byte_anywhere_is_noticed(file: prop::sample::Index, at: prop::sample::Index, flip in 1..=255_u8, cut: bool) {
        let (log, files) = &*LARGE;
        let dir = Scratch::new();
        for (name, bytes) in files {
            dir.write(name, bytes);
        }
        let (name, mut bytes) = file.get(files).clone();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= flip;
        }
        dir.write(&name, &bytes);
        // Cutting whole lines off records.jsonl, or all of another file, is a change like any other.
        prop_assert!(!passes(log, &dir), "{} byte {} of digest {:?}", name, at, digest(&SHA256, &bytes));
    }
}
