//! P2, P7: kill -9 at any moment of sealing, viewing, correcting, recalling, confirming, destroying; of one process, of two on one database, of the
//! database's server; or a process falls dead by itself at the very word. No act that was acknowledged is lost or doubled, no view is
//! without its leaf, and the log verifies after each (docs/decisions/0028-killed-at-any-moment.md).
//!
//! `KILLS=200` for another number than the twenty of every day, `KILL_SEED=7` for other choices. The seed fixes what is chosen: who does
//! what, what is killed and how far into which act. When exactly the machine gets there is its own affair. Absent on purpose: the loss of
//! power, at which the page cache goes too (`tests/it/disk`).

mod acts;
mod crowd;
mod destroy;
mod disposal;
mod judge;
mod log;
mod mail;
mod strike;
mod table;
mod told;
mod worker;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use disclosure_portal::actions::office::{Office, Settings};
use disclosure_portal::actions::{audit, sweep};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::portrait;
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::verify::verify;
use disclosure_portal::store::open_reader;

use self::crowd::Crowd;
use self::judge::{At, judge};
use self::strike::{Strike, strike};
use self::table::Table;
use self::told::{Dice, Orders};
use self::worker::Worker;
use crate::harness::scene::Database;
use crate::harness::server::{Backend, psql};
use crate::harness::{Folder, Scene, noon};
use crate::ledger::stranger::logcheck;

/// What is killed of two instances and their server, one after the other.
const ROUND: [Strike; 12] = [
    Strike::One(0),
    Strike::Both,
    Strike::Postmaster,
    Strike::One(1),
    Strike::Session,
    Strike::Both,
    Strike::One(0),
    Strike::Backend,
    Strike::One(1),
    Strike::Postmaster,
    Strike::Both,
    Strike::One(1),
];

/// The choices of every day.
const SEED: u64 = 0x0911_2026;
/// How far the clock goes on with each kill, milliseconds: nine days, so that releases reach their limit on the way.
const STEP: i64 = 9 * 86_400_000;
/// A portal is replaced by a fresh one after so many kills: its log is read whole after each.
const EACH: usize = 12;

fn number(name: &str) -> Option<u64> {
    std::env::var_os(name).map(|n| n.to_str().unwrap().parse().expect("a number"))
}

/// How many kills: of twenty so many, in all `KILLS`.
fn kills(of_twenty: usize) -> usize {
    number("KILLS").map_or(of_twenty, |all| (usize::try_from(all).unwrap() * of_twenty).div_ceil(20))
}

#[test]
fn kills_of_a_portal_on_sqlite_lose_nothing_and_double_nothing() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::kills_of_a_portal_on_sqlite_lose_nothing_and_double_nothing";
    killed(test, Backend::Embedded, 1, kills(8), |_| Strike::One(0));
}

#[test]
fn kills_of_two_instances_and_of_their_server_lose_nothing_and_double_nothing() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::kills_of_two_instances_and_of_their_server_lose_nothing_and_double_nothing";
    killed(test, Backend::Server, 2, kills(12), |n| ROUND[n % ROUND.len()]);
}

/// A correction (K8.7) makes one version, for every holder, or none: at ten points and more from its beginning to just after its answer.
#[test]
fn kills_of_a_correction_leave_the_old_words_or_the_new_ones_for_every_holder() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::kills_of_a_correction_leave_the_old_words_or_the_new_ones_for_every_holder";
    let all = kills(10);
    let points = u32::try_from(all).unwrap();
    let table =
        struck(test, Backend::Embedded, 1, all, |n| Strike::Correcting(u32::try_from(n).unwrap() * 1_100 / points));
    assert!(table.corrected > 0 && table.cut("correct") > 0, "no correction was struck");
}

/// Kills `all` times, on as many portals as that takes, and judges each time.
fn killed(test: &'static str, backend: Backend, processes: usize, all: usize, what: impl Fn(usize) -> Strike) {
    let table = struck(test, backend, processes, all, what);
    assert!(table.acknowledged > 5 * all && table.views > all, "too little was done to prove anything");
}

/// The same, with what was done.
fn struck(test: &'static str, backend: Backend, processes: usize, all: usize, what: impl Fn(usize) -> Strike) -> Table {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (seed, mut table) = (number("KILL_SEED").unwrap_or(SEED), Table::new(backend));
    for first in (0..all).step_by(EACH) {
        let seed = seed.wrapping_add(first as u64);
        let (mut portal, mut dice) = (Portal::new(test, backend, processes, seed, &runtime), Dice(seed));
        for n in first..all.min(first + EACH) {
            let (what, database) = (what(n), portal.database.clone());
            let blow = strike(&mut portal.crowd, what, database.as_deref(), &mut dice);
            portal.later(n - first + 1);
            let found = runtime.block_on(portal.judge());
            table.add(what, &blow, &found);
        }
        let found = runtime.block_on(portal.ends());
        table.ends(&found);
    }
    table.tell();
    assert_eq!(table.faults, Vec::<String>::new());
    table
}

/// A portal and those who work at it.
struct Portal {
    crowd: Crowd,
    settings: Settings,
    vkey: String,
    clock: PathBuf,
    /// Where its sealed blobs lie as files.
    files: PathBuf,
    database: Option<Arc<Database>>,
    _folder: Arc<Folder>,
}

impl Portal {
    fn new(test: &'static str, backend: Backend, many: usize, seed: u64, runtime: &tokio::runtime::Runtime) -> Self {
        let scene = runtime.block_on(async {
            if backend == Backend::Server { Scene::on_own_server().await } else { Scene::on(backend).await }
        });
        Self::of(scene, test, many, seed, runtime, |_| ())
    }

    /// With a scene that is there, and more orders.
    fn of(
        scene: Scene,
        test: &'static str,
        many: usize,
        seed: u64,
        runtime: &tokio::runtime::Runtime,
        more: impl FnOnce(&mut Orders),
    ) -> Self {
        let desk = Folder::new();
        let clock = desk.0.join("clock");
        let at = scene.database.as_ref().map(|one| &one.at);
        if let Some(at) = at {
            // As on a disk that takes a while: a commit is under way for 5 ms before it is durable.
            let slow = |what| format!("ALTER DATABASE {} SET {what}", at.database);
            psql(at, &format!("{}; {}", slow("commit_delay = 5000"), slow("commit_siblings = 0")));
        }
        let mut orders = Orders::new(&scene.folder.0, at, &clock);
        let world = scene.world();
        orders.seed = seed;
        orders.areas = world.areas.map(|id| id.to_string());
        orders.schemes = world.schemes.map(|id| id.to_string());
        orders.people = world
            .people
            .iter()
            .map(|one| (one.id.to_string(), one.account.clone(), hex::encode(one.seed.as_slice())))
            .collect();
        orders.photographs = photographs(&desk);
        more(&mut orders);
        let (folder, database) = (Arc::clone(&scene.folder), scene.database.clone());
        let files = scene.settings().store.vault();
        let (settings, vkey) = (scene.settings(), scene.office.log_vkey.clone());
        runtime.block_on(scene.stopped());
        let crowd = Crowd::new(test, many, orders, desk);
        let mut portal = Self { crowd, settings, vkey, clock, files, database, _folder: folder };
        portal.later(0);
        portal.crowd.start(&(0..many).collect::<Vec<_>>());
        portal
    }

    /// Moves the clock of all processes to so many steps after noon, to go on from there.
    fn later(&self, steps: usize) {
        self.moved(noon().millis() - Clock::real().millis() + STEP * i64::try_from(steps).unwrap());
    }

    /// Sets by how much the clock of all processes is moved.
    fn moved(&self, by: i64) {
        let new = self.clock.with_extension("new");
        std::fs::write(&new, by.to_string()).unwrap();
        std::fs::rename(new, &self.clock).unwrap();
    }

    async fn judge(&self) -> judge::Found {
        judge(At { store: &self.settings.store, files: &self.files }, &self.vkey, &self.crowd.book).await
    }

    /// Kills all for good, opens the portal anew, lets it clear away, and judges it for the last time: strangers verify its export.
    async fn ends(mut self) -> judge::Found {
        let all = self.crowd.running();
        self.crowd.kill(&all);
        let clock = Clock::moved_by(self.clock.clone());
        let office = Office::open(self.settings.clone(), clock, false).await.unwrap();
        sweep::round(&office).await.unwrap();
        office.close().await;
        let mut found = self.judge().await;
        if found.waiting > 0 {
            found.wrong.push(format!("{} copies without a key keep their blobs after a sweep", found.waiting));
        }
        let dir = Folder::new();
        let export = dir.0.join("export");
        audit::export(&mut open_reader(&self.settings.store).await.unwrap(), &export, Contents::Full).await.unwrap();
        let report = verify(&export, &self.vkey, None).unwrap();
        found.wrong.extend(report.failures);
        if logcheck(&export, &self.vkey) != 0 {
            found.wrong.push("Go's check refuses the export".to_owned());
        }
        found
    }
}

/// Two photographs, drawn and made small, as files by their digests.
pub(crate) fn photographs(desk: &Folder) -> BTreeMap<String, PathBuf> {
    let one = |seed: u64| {
        let drawn = image::load_from_memory(&portrait::draw(seed)).unwrap().thumbnail(320, 320);
        let mut bytes = Cursor::new(Vec::new());
        drawn.to_rgb8().write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
        let bytes = bytes.into_inner();
        let digest = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes));
        let file = desk.0.join(&digest);
        std::fs::write(&file, bytes).unwrap();
        (digest, file)
    };
    [71, 72].map(one).into_iter().collect()
}
