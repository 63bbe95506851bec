//! One file, and what disks do to it: full, failing, read-only, slow, stuck. Whoever is there is told to come back (503 with
//! Retry-After), nothing acknowledged is lost, and the portal goes on by itself once the disk does.
//!
//! Which test stands for which fault: `docs/FAULTS.md`.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use disclosure_portal::actions::No;
use disclosure_portal::demo::releases::copy_of;
use futures_util::future::join_all;

use super::{Disk, acts, went_well};
use crate::harness::browser::{Browser, Got};
use crate::harness::{Scene, office_in, who, world};

/// A portal on the watched disk, with Priya at the door of a photograph that she holds.
struct Portal {
    scene: Scene,
    priya: Browser,
    door: String,
    /// How many views and plain leaves were acknowledged.
    acked: usize,
}

impl Portal {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let copy = copy_of(&scene.office, who("Priya"), scene.release("CZ/003/26").await).await.unwrap();
        let parts = scene.office.read().await.unwrap().parts(copy).await.unwrap();
        let part = parts.iter().find(|part| part.rendition == "screen").unwrap();
        let door = format!("/copies/{copy}/parts/{}", part.id);
        let priya = Browser::of(&scene, Some("Priya")).await;
        let delivered = scene.records("delivered").await.len();
        assert_eq!(priya.get(&door).await.status, 200);
        // The last word about the view is written too: nothing is under way.
        let began = Instant::now();
        while scene.records("delivered").await.len() == delivered {
            assert!(began.elapsed() < Duration::from_secs(30), "the end of the view was not written down");
        }
        let mut portal = Self { scene, priya, door, acked: 0 };
        portal.acked = portal.taken().await;
        portal
    }

    /// Where a file of this portal lies, for an order.
    fn at(&self, file: &str) -> String {
        format!("{}/{file}", self.scene.folder.0.file_name().unwrap().to_str().unwrap())
    }

    /// How many views and plain leaves the log has. (The last word about a view comes when it comes.)
    async fn taken(&self) -> usize {
        taken(&self.scene).await
    }

    /// Nothing is served, nothing is taken, and whoever asked is told when to come back.
    async fn is_closed(&self) {
        told_to_come_back(&self.priya.get(&self.door).await);
        assert!(matches!(acts::leaf(&self.scene.office).await, Err(No::Unavailable)));
    }

    /// It goes on by itself: what was refused left no leaf, what was acknowledged stands, and everything fits.
    async fn goes_on(&mut self) {
        assert_eq!(self.taken().await, self.acked, "what was refused left a leaf, or what was acknowledged has none");
        acts::leaf(&self.scene.office).await.unwrap();
        let got = self.priya.get(&self.door).await;
        assert_eq!(got.status, 200, "{}", got.text());
        assert!(got.body.starts_with(b"age-encryption.org"));
        self.acked += 2;
        assert_eq!(self.taken().await, self.acked);
        self.scene.log_is_whole().await;
    }

    /// The same after a new start.
    async fn starts_anew(self) {
        let Self { scene, priya, acked, .. } = self;
        drop(priya);
        // The last word about a view may still be on its way.
        let began = Instant::now();
        while Arc::strong_count(&scene.office) > 1 && began.elapsed() < Duration::from_secs(10) {
            tokio::task::yield_now().await;
        }
        let scene = scene.restarted().await;
        assert_eq!(taken(&scene).await, acked);
        scene.log_is_whole().await;
    }
}

async fn taken(scene: &Scene) -> usize {
    scene.records("view").await.len() + scene.records("consult").await.len()
}

fn told_to_come_back(got: &Got) {
    assert_eq!(got.status, 503);
    assert!(got.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "no Retry-After");
    assert!(got.text().contains("cannot reach its records") && !got.text().contains("age-encryption.org"));
}

#[actix_web::test]
async fn a_full_disk_under_the_log_serves_nothing_and_heals() {
    let Some(disk) = Disk::here() else {
        went_well("faults::a_full_disk_under_the_log_serves_nothing_and_heals");
        return;
    };
    let mut portal = Portal::new().await;
    // No room at all; for the head of a frame; for half of one, for one and for some.
    for room in [0, 24, 2_000, 4_120, 20_000] {
        disk.order("full", &portal.at("portal.sqlite-wal"), room);
        portal.is_closed().await;
        portal.is_closed().await;
        let pages = ["/", "/bulletins", "/account"].map(|page| portal.priya.get(page));
        assert!(join_all(pages).await.iter().all(|got| got.status == 200), "what only reads goes on");
        disk.honest();
        portal.goes_on().await;
    }
    portal.starts_anew().await;
}

#[actix_web::test]
async fn a_full_disk_under_the_vault_takes_no_upload_and_leaves_nothing_half_there() {
    let Some(disk) = Disk::here() else {
        went_well("faults::a_full_disk_under_the_vault_takes_no_upload_and_leaves_nothing_half_there");
        return;
    };
    let mut portal = Portal::new().await;
    let sam = Browser::of(&portal.scene, Some("Sam")).await;
    let door = format!("/schemes/{}/documents", world().schemes[0]);
    let attach = || sam.upload_as("document", &door, &[], &[("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")]);
    let vault = portal.scene.folder.0.join("vault");
    let blobs = || files(&vault);
    let before = (blobs(), portal.scene.sql("SELECT count(*) FROM document"));
    for room in [0, 20] {
        disk.order("full", &portal.at("vault/"), room);
        told_to_come_back(&attach().await);
        assert_eq!((blobs(), portal.scene.sql("SELECT count(*) FROM document")), before);
        assert_eq!(portal.priya.get(&portal.door).await.status, 200, "views go on: they write to the log alone");
        portal.acked += 1;
        disk.honest();
        portal.goes_on().await;
    }
    assert_eq!(attach().await.status, 303);
    assert_eq!(blobs(), before.0 + 1);
}

fn files(dir: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// What became of the commit is not known: nobody is answered, SQLite takes it back, the head is read anew (decision 0025). That the next commit is
/// sound on a disk that forgot the last one is proved by `power::no_acknowledged_act_is_lost_when_syncs_fail_before_the_power_does`.
#[actix_web::test]
async fn a_sync_that_fails_acknowledges_nothing_and_the_next_one_stands() {
    let Some(disk) = Disk::here() else {
        went_well("faults::a_sync_that_fails_acknowledges_nothing_and_the_next_one_stands");
        return;
    };
    let mut portal = Portal::new().await;
    for file in ["portal.sqlite-wal", "portal.sqlite"] {
        disk.order("error", &portal.at(file), 1);
        portal.is_closed().await;
        portal.is_closed().await;
        disk.honest();
        portal.goes_on().await;
    }
    portal.starts_anew().await;
}

#[actix_web::test]
async fn a_disk_that_turns_read_only_serves_what_only_reads_and_heals() {
    let Some(disk) = Disk::here() else {
        went_well("faults::a_disk_that_turns_read_only_serves_what_only_reads_and_heals");
        return;
    };
    let mut portal = Portal::new().await;
    disk.order("read-only", &portal.at(""), 0);
    portal.is_closed().await;
    for page in ["/", "/bulletins", "/account"] {
        assert_eq!(portal.priya.get(page).await.status, 200, "{page}");
    }
    let second = office_in(&portal.scene.folder.0, false).await.map(drop).unwrap_err().to_string();
    assert!(second.contains("Read-only file system"), "a start on such a disk says what is wrong: {second}");
    portal.is_closed().await;
    disk.honest();
    portal.goes_on().await;
    portal.starts_anew().await;
}

/// 50 ms a sync: one commit an act would take longer than all of these together.
#[actix_web::test]
async fn on_a_slow_disk_many_are_answered_by_one_sync() {
    let Some(disk) = Disk::here() else {
        went_well("faults::on_a_slow_disk_many_are_answered_by_one_sync");
        return;
    };
    let mut portal = Portal::new().await;
    disk.order("slow", &portal.at("portal.sqlite"), 50);
    let began = Instant::now();
    for _ in 0..10 {
        let views = join_all((0..2).map(|_| portal.priya.get(&portal.door)));
        let acts = join_all((0..62).map(|_| acts::leaf(&portal.scene.office)));
        let (views, acts) = futures_util::future::join(views, acts).await;
        assert!(views.iter().all(|got| got.status == 200) && acts.iter().all(Result::is_ok));
    }
    let taken = began.elapsed();
    assert!(taken < Duration::from_millis(50) * 640, "640 acts one by one take longer: {taken:?}");
    disk.honest();
    portal.acked += 640;
    portal.goes_on().await;
}

/// More than wait for a place in any case: 4,096 wait, and 256 may be under way.
const ASKED: usize = 5_000;

/// A sync that does not come back: what waits is bounded in number and in time, and what was refused is never carried out.
#[actix_web::test]
async fn on_a_stuck_disk_nobody_waits_for_ever_and_what_was_refused_is_not_done() {
    let Some(disk) = Disk::here() else {
        went_well("faults::on_a_stuck_disk_nobody_waits_for_ever_and_what_was_refused_is_not_done");
        return;
    };
    let mut portal = Portal::new().await;
    disk.order("stuck", &portal.at("portal.sqlite-wal"), 60_000);
    let began = Instant::now();
    let (refused, told) = (Cell::new(0), Cell::new(None));
    // When all who wait were told, the disk is well again: those under way, a batch at most, hear how it ended.
    let over = || {
        if refused.get() >= ASKED - 256 && told.get().is_some() {
            disk.honest();
        }
    };
    let counted = async |act| {
        let answer: Result<u64, No> = act.await;
        refused.set(refused.get() + usize::from(answer.is_err()));
        over();
        answer
    };
    let asked = (0..ASKED).map(|_| counted(acts::leaf(&portal.scene.office)));
    let door = async {
        told_to_come_back(&portal.priya.get(&portal.door).await);
        told.set(Some(began.elapsed()));
        over();
    };
    let (answers, ()) = futures_util::future::join(join_all(asked), door).await;
    assert!(told.get().unwrap() < Duration::from_secs(20), "told after {told:?}");
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!((1..=256).contains(&done), "{done} were under way");
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(No::Unavailable))));
    portal.acked += done;
    portal.goes_on().await;
}
