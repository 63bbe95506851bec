//! P2, P7: the power fails at any moment, and no acknowledged act is lost, doubled or moved.
//!
//! The acts are played on the watched disk; then the disk is laid out as it would be after losing power at random points of the
//! trace, in three ways (nothing unsynced kept; all kept but the last write torn; half of the unsynced sectors kept), and a portal
//! is opened on each. The same with the syncs left out that `synchronous=NORMAL` leaves out must lose acts, which proves the harness.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};

use super::acts::{self, Acks};
use super::judge::{Acked, Found, Reference};
use super::replay::{self, Dice, Kept, Record};
use super::{Disk, went_well};
use crate::harness::{Folder, copy_world, office_in};

/// How often the acts go round: enough for several checkpoints of the write-ahead log.
const ROUNDS: usize = 60;
const SEED: u64 = 0x0905_2026;
const WAYS: [Kept; 3] = [Kept::Nothing, Kept::Torn, Kept::Half];

/// How many points of a trace are tried, each in three ways.
fn points() -> usize {
    std::env::var_os("POWER_POINTS").map_or(4, |n| n.to_str().unwrap().parse().expect("a number of points"))
}

/// Where a run begins, and where it is played.
fn folders(disk: &Disk, run: &str) -> PathBuf {
    let run = disk.root.join(run);
    for name in ["base", "data"] {
        std::fs::create_dir_all(run.join(name)).unwrap();
    }
    run
}

/// Plays the acts on the watched disk, in a folder of this name.
async fn played(disk: &Disk, run: &str, trouble: Option<(&str, &str, u64)>) {
    let run = folders(disk, run);
    copy_world(&run.join("base"));
    copy_world(&run.join("data"));
    let acks = Acks::begin(&run);
    let office = Arc::new(office_in(&run.join("data"), false).await.unwrap());
    if let Some((what, at, n)) = trouble {
        disk.order(what, at, n);
    }
    acts::play(&office, &acks, ROUNDS).await;
    disk.honest();
    Arc::into_inner(office).expect("nobody is in the office").close().await;
}

/// What was tried and found over one trace.
#[derive(Default)]
struct Tally {
    acked: usize,
    images: usize,
    /// Images that lost something, and how many acts in all.
    lossy: usize,
    lost: usize,
    corrupt: Vec<String>,
}

impl Tally {
    fn add(&mut self, way: Kept, at: usize, found: Found) {
        self.images += 1;
        self.lossy += usize::from(found.lost > 0);
        self.lost += found.lost;
        self.corrupt.extend(found.corrupt.into_iter().map(|why| format!("record {at}, {way:?}: {why}")));
    }

    fn tell(&self, run: &str) {
        let Self { acked, images, lossy, lost, corrupt } = self;
        // Past the capture of the tests, so that a long run shows its figures.
        writeln!(
            std::io::stderr(),
            "power loss, {run}: {acked} acknowledged, {} points, {images} images: {lossy} lost acts ({lost} in all), {} corrupt",
            images / WAYS.len(),
            corrupt.len(),
        )
        .unwrap();
    }
}

/// Lets the power fail at random points of a trace.
async fn tried(run: &Path, rolled_back: bool, from: &[usize]) -> Tally {
    let records = replay::read(&run.join("trace"));
    let reference = Reference::of(&run.join("data")).await;
    let mut dice = Dice(SEED);
    let mut disk = replay::Disk::new(&run.join("base"), SEED);
    let random = (0..points()).map(|_| usize::try_from(dice.below(records.len() as u64 + 1)).unwrap());
    let at: BTreeSet<usize> = random.chain(from.iter().copied()).collect();
    let (mut acked, mut tally) = (Acked::default(), Tally::default());
    for (n, record) in records.iter().enumerate() {
        if at.contains(&n) {
            fail(&disk, n, &acked, &reference, rolled_back, &mut dice, &mut tally).await;
        }
        disk.play(record);
        if let Record::Ack(ack) = record {
            reference.acknowledge(ack, &disk, &mut acked);
        }
    }
    fail(&disk, records.len(), &acked, &reference, rolled_back, &mut dice, &mut tally).await;
    tally.acked = acked.leaves.len();
    tally.tell(run.file_name().unwrap().to_str().unwrap());
    if !rolled_back {
        the_trace_is_whole(&disk, &run.join("data"));
    }
    tally
}

async fn fail(
    disk: &replay::Disk,
    at: usize,
    acked: &Acked,
    reference: &Reference,
    rolled_back: bool,
    dice: &mut Dice,
    tally: &mut Tally,
) {
    for way in WAYS {
        let image = Folder::new();
        disk.lay_out(&image.0, way, dice);
        tally.add(way, at, reference.judge(&image.0, disk, acked, rolled_back).await);
    }
}

/// Nothing was written that the trace does not have: played to its end without a failure it gives the very files.
fn the_trace_is_whole(disk: &replay::Disk, data: &Path) {
    let image = Folder::new();
    disk.lay_out(&image.0, Kept::All, &mut Dice(0));
    // What is shared between processes is made anew at each start, whatever it held.
    for name in disk.files().into_iter().filter(|name| *name != "portal.sqlite-shm") {
        let same = std::fs::read(image.0.join(name)).ok() == std::fs::read(data.join(name)).ok();
        assert!(same, "{name} is not what the trace says");
    }
}

/// Where the file of the database itself was synced: each time at the end of a checkpoint of the write-ahead log.
fn checkpoints(run: &Path) -> Vec<usize> {
    let records = replay::read(&run.join("trace"));
    let file = records.iter().find_map(|record| match record {
        Record::Opened { file, name, .. } if name == "portal.sqlite" => Some(*file),
        _ => None,
    });
    let synced = |record: &Record| matches!(record, Record::Synced(synced) if Some(*synced) == file);
    records.iter().enumerate().filter(|(_, record)| synced(record)).map(|(n, _)| n).collect()
}

#[actix_web::test]
async fn no_acknowledged_act_is_lost_when_the_power_fails() {
    if let Some(disk) = Disk::here() {
        return played(&disk, "full", None).await;
    }
    let run = went_well("power::no_acknowledged_act_is_lost_when_the_power_fails").join("full");
    // Around checkpoints too, where the log is copied into the database.
    let copied = checkpoints(&run);
    assert!(copied.len() >= 2, "{} checkpoints", copied.len());
    let around: Vec<usize> = copied.iter().flat_map(|n| [n - 1, *n, n + 1]).take(points()).collect();
    let tally = tried(&run, false, &around).await;
    assert_eq!((tally.lost, tally.corrupt), (0, vec![]));
    assert!(tally.images >= 3 * points() && tally.acked >= 8 * ROUNDS, "{}", tally.acked);
}

#[actix_web::test]
async fn without_a_sync_at_each_commit_acts_are_lost_and_it_is_noticed() {
    if let Some(disk) = Disk::here() {
        return played(&disk, "normal", Some(("normal", "-wal", 0))).await;
    }
    let run = went_well("power::without_a_sync_at_each_commit_acts_are_lost_and_it_is_noticed").join("normal");
    let tally = tried(&run, false, &[]).await;
    assert!(tally.lossy * 3 >= tally.images, "{} of {} images lost acts", tally.lossy, tally.images);
}

/// Linux forgets what a failed sync was about; SQLite takes the commit back and writes all of it anew with the next one.
#[actix_web::test]
async fn no_acknowledged_act_is_lost_when_syncs_fail_before_the_power_does() {
    if let Some(disk) = Disk::here() {
        return played(&disk, "failing", Some(("error", "portal.sqlite", 5))).await;
    }
    let run = went_well("power::no_acknowledged_act_is_lost_when_syncs_fail_before_the_power_does").join("failing");
    let records = replay::read(&run.join("trace"));
    let failed = records.iter().enumerate().filter(|(_, record)| matches!(record, Record::NotSynced(_)));
    // Where it is most dangerous: right after a sync that failed.
    let after: Vec<usize> = failed.map(|(n, _)| n + 1).collect();
    assert!(after.len() >= 10, "{} syncs failed", after.len());
    let some: Vec<usize> = after.iter().step_by(after.len() / points().min(after.len())).copied().collect();
    let tally = tried(&run, true, &some).await;
    assert_eq!((tally.lost, tally.corrupt), (0, vec![]));
    assert!(tally.acked >= 2 * ROUNDS, "{}", tally.acked);
}

#[actix_web::test]
async fn a_portal_whose_power_fails_at_its_birth_opens_with_what_it_acknowledged() {
    if let Some(disk) = Disk::here() {
        let run = folders(&disk, "birth");
        let acks = Acks::begin(&run);
        let office = office_in(&run.join("data"), true).await.unwrap();
        for _ in 0..5 {
            acks.leaf(acts::leaf(&office).await.unwrap());
        }
        office.close().await;
        return;
    }
    let run = went_well("power::a_portal_whose_power_fails_at_its_birth_opens_with_what_it_acknowledged").join("birth");
    let acks = replay::read(&run.join("trace"));
    let acks = acks.iter().enumerate().filter(|(_, record)| matches!(record, Record::Ack(_)));
    let after: Vec<usize> = acks.map(|(n, _)| n + 1).collect();
    let tally = tried(&run, false, &after).await;
    assert_eq!((tally.lost, tally.corrupt, tally.acked), (0, vec![], 5));
}

/// A database of nothing but rows, on the watched disk; what was called on its files, without the bytes.
async fn rows(disk: &Disk, run: &str, synchronous: SqliteSynchronous) -> Vec<String> {
    let run = folders(disk, run);
    let acks = Acks::begin(&run);
    let file = SqliteConnectOptions::new().filename(run.join("data/portal.sqlite")).create_if_missing(true);
    let mut link = file.journal_mode(SqliteJournalMode::Wal).synchronous(synchronous).connect().await.unwrap();
    sqlx::query("CREATE TABLE row (bytes BLOB NOT NULL)").execute(&mut link).await.unwrap();
    for n in 0..600 {
        sqlx::query("INSERT INTO row (bytes) VALUES (zeroblob($1))").bind(n * 40).execute(&mut link).await.unwrap();
    }
    link.close().await.unwrap();
    drop(acks);
    let told = |record: &Record| match record {
        Record::Write { file, at, bytes } => format!("write {file} {at} {}", bytes.len()),
        other => format!("{other:?}"),
    };
    replay::read(&run.join("trace")).iter().map(told).collect()
}

#[actix_web::test]
async fn what_the_lying_disk_leaves_out_is_what_normal_leaves_out() {
    let Some(disk) = Disk::here() else {
        went_well("power::what_the_lying_disk_leaves_out_is_what_normal_leaves_out");
        return;
    };
    let full = rows(&disk, "rows-full", SqliteSynchronous::Full).await;
    let normal = rows(&disk, "rows-normal", SqliteSynchronous::Normal).await;
    disk.order("normal", "-wal", 0);
    let lying = rows(&disk, "rows-lying", SqliteSynchronous::Full).await;
    assert_eq!(lying, normal);
    assert!(full.len() >= normal.len() + 600, "{} and {} calls", full.len(), normal.len());
    assert!(normal.iter().filter(|call| call.starts_with("Synced")).count() >= 6, "checkpoints are synced in either");
}
