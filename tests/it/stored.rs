//! The one file of the database when somebody else has it too: whoever changes a bit of the log in it, a reader that never ends, a
//! checkpoint by another program, another key.
//!
//! What is changed in an export is tried in `ledger::tamper`; what disks do, in `disk::faults`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use disclosure_portal::actions::{No, audit};
use disclosure_portal::demo::LOG_NAME;
use disclosure_portal::ledger::checkpoint::LogKey;
use disclosure_portal::ledger::tree::Hash;

use crate::disk::leaf;
use crate::harness::browser::Browser;
use crate::harness::{Scene, office_in};

async fn failures(scene: &Scene) -> Vec<String> {
    audit::fsck(&mut scene.office.read().await.unwrap(), &scene.office.log_vkeys)
        .await
        .map_or_else(|why| vec![format!("{why:?}")], |found| found.failures)
}

/// Takes away what keeps honest programs from changing the log.
fn unbuckled(scene: &Scene) {
    for trigger in ["log_leaf_never_changes", "log_leaf_never_goes", "log_node_never_changes", "log_node_never_goes"] {
        scene.sql(&format!("DROP TRIGGER {trigger}"));
    }
}

#[actix_web::test]
async fn a_flipped_bit_anywhere_in_the_stored_log_is_found() {
    let scene = Scene::new().await;
    unbuckled(&scene);
    let places = [
        ("log_leaf", "leaf", "BLOB", "idx = 5", "entry 5: "),
        ("log_node", "hash", "BLOB", "pos = 6", "a stored hash of the tree differs"),
        ("access_record", "body", "BLOB", "idx = 5", "entry 5: the record is not the one that was logged"),
        ("access_record", "salt", "BLOB", "idx = 5", "entry 5: the record is not the one that was logged"),
        ("log_head", "edge", "BLOB", "id = 1", "the stored right edge of the tree does not fit"),
        ("log_head", "note", "TEXT", "id = 1", ""),
        ("log_head", "origin", "TEXT", "id = 1", "the stored name of the log is not the signed one"),
        ("log_checkpoint", "note", "TEXT", "size = (SELECT MIN(size) FROM log_checkpoint)", "the kept checkpoint of "),
    ];
    for (table, column, kind, row, said) in places {
        let was = scene.sql(&format!("SELECT hex({column}) FROM {table} WHERE {row}"));
        let set = |hex: &str| scene.sql(&format!("UPDATE {table} SET {column} = CAST(X'{hex}' AS {kind}) WHERE {row}"));
        let bytes = hex::decode(&was).unwrap();
        // The first, the last and one in between.
        for bit in [0, bytes.len() * 4 + 3, bytes.len() * 8 - 2] {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            set(&hex::encode(flipped));
            let found = failures(&scene).await;
            assert!(found.iter().any(|why| why.contains(said)), "{table}.{column}, bit {bit}: {found:?}");
        }
        set(&was);
        assert_eq!(failures(&scene).await, Vec::<String>::new());
    }
}

#[actix_web::test]
async fn a_number_changed_in_the_head_and_a_row_gone_from_the_middle_are_found() {
    let scene = Scene::new().await;
    unbuckled(&scene);
    for (change, back, said) in [
        ("UPDATE log_head SET at = at - 1", "UPDATE log_head SET at = at + 1", "the head's time is not that"),
        ("UPDATE log_head SET size = size - 1", "UPDATE log_head SET size = size + 1", ""),
        (
            "CREATE TABLE kept AS SELECT idx, leaf FROM log_leaf WHERE idx = 7; DELETE FROM log_leaf WHERE idx = 7",
            "INSERT INTO log_leaf (idx, leaf) SELECT idx, leaf FROM kept; DROP TABLE kept",
            "entry 7 is missing",
        ),
        (
            "CREATE TABLE kept AS SELECT pos, hash FROM log_node WHERE pos = 9; DELETE FROM log_node WHERE pos = 9",
            "INSERT INTO log_node (pos, hash) SELECT pos, hash FROM kept; DROP TABLE kept",
            "a stored hash of the tree differs",
        ),
    ] {
        scene.sql(change);
        let found = failures(&scene).await;
        assert!(found.iter().any(|why| why.contains(said)), "{change}: {found:?}");
        scene.sql(back);
        assert_eq!(failures(&scene).await, Vec::<String>::new());
    }
}

/// The right edge with two of its hashes exchanged, a checkpoint of another log, one of ours over other entries.
#[actix_web::test]
async fn a_swapped_edge_and_a_checkpoint_of_another_origin_are_found_and_no_portal_starts_on_them() {
    let scene = Scene::new().await;
    // An edge of one hash has nothing to exchange.
    while scene.sql("SELECT length(edge) FROM log_head") == "32" {
        leaf(&scene.office).await.unwrap();
    }
    let starts = async || office_in(&scene.folder.0, false).await.map(drop).map_err(|why| why.to_string());
    let note = scene.sql("SELECT hex(note) FROM log_head");
    let edge = scene.sql("SELECT hex(edge) FROM log_head");
    let size: u64 = scene.sql("SELECT size FROM log_head").parse().unwrap();
    let swapped = format!("{}{}{}", &edge[edge.len() - 64..], &edge[64..edge.len() - 64], &edge[..64]);
    let set = |column: &str, kind: &str, hex: &str| {
        scene.sql(&format!("UPDATE log_head SET {column} = CAST(X'{hex}' AS {kind})"));
    };
    set("edge", "BLOB", &swapped);
    assert_eq!(failures(&scene).await, ["the stored right edge of the tree does not fit the stored entries"]);
    assert!(starts().await.unwrap_err().contains("differs from its signed checkpoint"));
    set("edge", "BLOB", &edge);
    let root = disclosure_portal::ledger::checkpoint::open(
        std::str::from_utf8(&hex::decode(&note).unwrap()).unwrap(),
        &scene.office.log_vkeys,
    )
    .unwrap()
    .root();
    let other = LogKey::from_seed("other.example/log", &[7; 32]).unwrap().sign(size, root).unwrap();
    set("note", "TEXT", &hex::encode(&other));
    assert!(failures(&scene).await[0].contains("the head's signature does not hold"));
    assert!(starts().await.is_err());
    set("note", "TEXT", &note);
    let seed = hex::decode(std::fs::read_to_string(scene.folder.0.join("keys/log.key")).unwrap().trim()).unwrap();
    let ours = LogKey::from_seed(LOG_NAME, &seed.try_into().unwrap()).unwrap().sign(4, Hash([1; 32])).unwrap();
    for (kept, said) in [(&other, "entries does not hold"), (&ours, "the kept checkpoint of 4 entries does not fit")] {
        let hex = hex::encode(kept);
        scene.sql(&format!("INSERT INTO log_checkpoint (size, at, note) VALUES (4, 0, CAST(X'{hex}' AS TEXT))"));
        let found = failures(&scene).await;
        assert!(found.len() == 1 && found[0].contains(said), "{found:?}");
        scene.sql("DELETE FROM log_checkpoint WHERE size = 4");
    }
    scene.log_is_whole().await;
    starts().await.unwrap();
}

#[actix_web::test]
async fn a_portal_with_another_log_key_does_not_start_on_this_log() {
    let scene = Scene::new().await;
    let file = scene.folder.0.join("keys/log.key");
    let was = std::fs::read(&file).unwrap();
    std::fs::write(&file, format!("{}\n", "5a".repeat(32))).unwrap();
    assert!(office_in(&scene.folder.0, false).await.is_err());
    std::fs::write(&file, was).unwrap();
    leaf(&scene.office).await.unwrap();
    scene.log_is_whole().await;
}

/// Debian's sqlite3 with the file open, speaking when spoken to.
struct Stranger {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Stranger {
    fn new(scene: &Scene) -> Self {
        let file = scene.folder.0.join("portal.sqlite");
        let mut child = Command::new("sqlite3")
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Debian's package sqlite3");
        let (asks, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, asks, answers }
    }

    /// Runs statements that answer one line.
    fn says(&mut self, sql: &str) -> String {
        writeln!(self.asks, "{sql}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// SQLite cannot empty its write-ahead log while somebody reads: it says so, acts go on, and it can once they are gone.
#[actix_web::test]
async fn a_reader_that_stays_keeps_the_log_from_being_emptied_and_nothing_else() {
    let scene = Scene::new().await;
    let wal = || std::fs::metadata(scene.folder.0.join("portal.sqlite-wal")).unwrap().len();
    let (mut reader, mut cleaner) = (Stranger::new(&scene), Stranger::new(&scene));
    for _ in 0..5 {
        leaf(&scene.office).await.unwrap();
    }
    let seen = reader.says("BEGIN; SELECT COUNT(*) FROM log_leaf;");
    let last = leaf(&scene.office).await.unwrap();
    let busy = cleaner.says("PRAGMA wal_checkpoint(TRUNCATE);");
    assert!(busy.starts_with("1|"), "{busy}");
    assert!(wal() > 0, "nothing was cut off under the reader");
    let next = leaf(&scene.office).await.unwrap();
    assert_eq!(next, last + 1);
    assert_eq!(reader.says("SELECT COUNT(*) FROM log_leaf;"), seen, "the reader sees what it saw");
    scene.log_is_whole().await;
    drop(reader);
    assert_eq!(cleaner.says("PRAGMA wal_checkpoint(TRUNCATE);"), "0|0|0");
    assert_eq!(wal(), 0);
    assert_eq!(leaf(&scene.office).await.unwrap(), next + 1);
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn with_every_connection_taken_whoever_reads_is_told_within_seconds_and_acts_go_on() {
    let scene = Scene::new().await;
    let browser = Browser::of(&scene, Some("Priya")).await;
    let mut taken = Vec::new();
    for _ in 0..8 {
        taken.push(scene.office.read().await.unwrap());
    }
    let began = Instant::now();
    let (page, read, act) = futures_util::join!(browser.get("/bulletins"), scene.office.read(), leaf(&scene.office));
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(page.status, 503);
    assert!(page.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "no Retry-After");
    assert!(matches!(read.map(drop), Err(No::Unavailable)));
    act.unwrap();
    drop(taken);
    assert_eq!(browser.get("/bulletins").await.status, 200);
    scene.log_is_whole().await;
}
