//! P9, K8.2: workers killed and stalled in the middle of destruction. Each copy has exactly one leaf that ended it and exactly one that
//! says it is gone; no blob is left, no key; wherever the database and the vault are.
//!
//! Two processes on one portal end copies in every way there is: by a limit, a recall, a demand, a confirmation, the sweep. One is
//! struck as blobs vanish: killed, killed together with the other, or stopped (SIGSTOP) until its lease has run out and the other has
//! taken over, then let go on. All is judged anew after each. `DESTRUCTIONS=300` for more than the few of every day.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use disclosure_portal::demo::stamp;

use super::acts::{CHOICES, Client};
use super::judge::{At, Found};
use super::told::{Deed, Dice, Said, Why};
use super::worker::Worker;
use super::{Portal, SEED, number, photographs};
use crate::harness::s3::S3Server;
use crate::harness::server::Backend;
use crate::harness::{Folder, Scene};

/// How many copies are destroyed every day, at least, on each backend with each vault.
const EVERY_DAY: usize = 8;
/// How many releases a portal has for it at most: its log is read whole after each blow.
const RELEASES: usize = 14;
/// Longer than a job's lease, milliseconds.
const LEASE: i64 = 61_000;
/// Past every limit, milliseconds.
const LIMITS: i64 = 130 * 86_400_000;
/// After so many blows everything that still opens reaches its limit.
const BY_HAND: usize = 2;
/// The longest that blobs are waited for to vanish.
const AIM: Duration = Duration::from_secs(3);

/// What is done to whoever is at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Blow {
    Stalled,
    Killed,
    BothKilled,
}

/// What comes next: while there is much to destroy kills, in every other portal a stall among them; then stalls, for the other takes all.
fn next(portal: usize, blows: usize, few: bool) -> Blow {
    match (portal % 2, blows) {
        (0, 0) | (1, 1) => Blow::Killed,
        (0, 2) | (1, 0) => Blow::Stalled,
        (0, 1) | (1, 2) => Blow::BothKilled,
        _ if few => Blow::Stalled,
        (_, n) if n % 3 == 0 => Blow::BothKilled,
        _ => Blow::Killed,
    }
}

#[test]
fn destruction_on_sqlite_and_in_a_folder_leaves_one_intent_and_one_end_a_copy() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::destroy::destruction_on_sqlite_and_in_a_folder_leaves_one_intent_and_one_end_a_copy";
    destroyed(test, Backend::Embedded, false);
}

#[test]
fn destruction_on_sqlite_and_in_a_bucket_leaves_one_intent_and_one_end_a_copy() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::destroy::destruction_on_sqlite_and_in_a_bucket_leaves_one_intent_and_one_end_a_copy";
    destroyed(test, Backend::Embedded, true);
}

#[test]
fn destruction_on_postgresql_and_in_a_folder_leaves_one_intent_and_one_end_a_copy() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::destroy::destruction_on_postgresql_and_in_a_folder_leaves_one_intent_and_one_end_a_copy";
    destroyed(test, Backend::Server, false);
}

#[test]
fn destruction_on_postgresql_and_in_a_bucket_leaves_one_intent_and_one_end_a_copy() {
    if let Some(worker) = Worker::here() {
        return worker.work();
    }
    let test = "kills::destroy::destruction_on_postgresql_and_in_a_bucket_leaves_one_intent_and_one_end_a_copy";
    destroyed(test, Backend::Server, true);
}

/// What was done and seen.
#[derive(Default)]
struct Tally {
    portals: usize,
    blows: BTreeMap<Blow, usize>,
    /// Blows at which a copy had lost its key and a blob, and no leaf said that it was gone.
    midst: usize,
    /// Stalls during which the other took over, and the copies that it destroyed in that time.
    taken_over: usize,
    meanwhile: usize,
    destroyed: usize,
    away: usize,
    faults: Vec<String>,
}

impl Tally {
    /// Past the capture of the tests, so that a long run shows its figures.
    fn tell(&self, backend: Backend, bucket: bool) {
        let backend = if backend == Backend::Server { "PostgreSQL" } else { "SQLite" };
        let vault = if bucket { "S3" } else { "a folder" };
        let text = format!(
            "\n{backend}, vault in {vault}: {} copies destroyed on {} portals under {:?}; {} of these with a blob gone and no leaf yet; \
            {} stalls in which the other took over and destroyed {}; {} acts were told to come again; faults: {}\n",
            self.destroyed,
            self.portals,
            self.blows,
            self.midst,
            self.taken_over,
            self.meanwhile,
            self.away,
            self.faults.len()
        );
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
}

/// Destroys as many copies as are wanted, on as many portals as that takes.
fn destroyed(test: &'static str, backend: Backend, in_bucket: bool) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wanted = number("DESTRUCTIONS").map_or(EVERY_DAY, |all| usize::try_from(all).unwrap());
    let seed = number("KILL_SEED").unwrap_or(SEED);
    let mut tally = Tally::default();
    // Everything may go before each blow was struck: then one portal more.
    while (tally.destroyed < wanted || tally.blows.len() < 3) && tally.faults.is_empty() && tally.portals < 60 {
        let bucket = in_bucket.then(S3Server::start);
        let seed = seed.wrapping_add(tally.portals as u64);
        let releases = RELEASES.min(wanted.saturating_sub(tally.destroyed).div_ceil(2).max(4));
        let scene = runtime.block_on(async {
            let scene = Scene::placed(backend, bucket.as_ref()).await;
            prepare(&scene, releases, seed).await;
            scene
        });
        let mut portal = Portal::of(scene, test, 2, seed, &runtime, |orders| {
            (orders.destroying, orders.clients) = (true, 2);
            if let Some(bucket) = &bucket {
                orders.in_bucket(bucket);
            }
        });
        if let Some(bucket) = &bucket {
            portal.files = bucket.files();
        }
        one(portal, backend, seed, &runtime, &mut tally);
    }
    tally.tell(backend, in_bucket);
    assert_eq!(tally.faults, Vec::<String>::new());
    assert!(tally.destroyed >= wanted && tally.blows.len() == 3, "too little was done to prove anything");
    assert!(tally.midst > 0, "no blow came in the middle");
    if backend == Backend::Server {
        assert_eq!(tally.taken_over, tally.blows[&Blow::Stalled], "nobody took over from one that stalled");
    }
}

/// Releases, each with its holders' sealed copies: some with a picture.
async fn prepare(scene: &Scene, releases: usize, seed: u64) {
    let desk = Folder::new();
    let files = photographs(&desk);
    let photographs = files.into_iter().map(|(digest, file)| (digest, std::fs::read(file).unwrap())).collect();
    let mut client = Client {
        office: Arc::clone(&scene.office),
        world: scene.world(),
        photographs: Arc::new(photographs),
        name: String::new(),
        dice: Dice(seed),
        acts: 0,
        falls: Arc::new(Mutex::new(None)),
        choices: &CHOICES,
    };
    for _ in 0..releases {
        let id = disclosure_portal::actions::statement::draft(&scene.office, scene.who("Riley").id).to_string();
        for deed in [Deed::Ask(id.clone()), Deed::Authorise(id.clone()), Deed::Seal(id)] {
            client.does(&deed, stamp()).await.unwrap_or_else(|no| panic!("{deed:?}: {no:?}"));
        }
    }
}

/// One portal, until nothing of it is left to destroy.
fn one(mut portal: Portal, backend: Backend, seed: u64, runtime: &tokio::runtime::Runtime, tally: &mut Tally) {
    let (before, all) = (portal.count(GONE), portal.count(LEFT));
    let objects = portal.at().rows(OBJECTS);
    assert!(objects.len() > all, "each copy has its blobs");
    let mut dice = Dice(seed);
    let mut blows = 0;
    // The rounds of a loop that does not end are bounded by the copies: each blow waits for blobs to vanish.
    while portal.count(LEFT) > 0 && blows < 40 {
        if blows == BY_HAND {
            portal.pass(LIMITS);
        }
        let blow = next(tally.portals, blows, portal.count(LEFT) * 2 <= all);
        strike(&mut portal, backend, blow, &mut dice, tally);
        *tally.blows.entry(blow).or_default() += 1;
        portal.pass(LEASE);
        let found = runtime.block_on(portal.judge());
        note(tally, &format!("after {blow:?}"), &found);
        blows += 1;
    }
    let (left, keys) = (portal.count(LEFT), portal.count(KEYS));
    let left_over = objects.iter().filter(|row| portal.at().length(&row[0]).is_some()).count();
    if left_over > 0 || keys > 0 {
        tally.faults.push(format!("{left_over} of {} blobs are left, and {keys} keys", objects.len()));
    }
    let found = runtime.block_on(portal.ends());
    note(tally, "at the end", &found);
    if left > 0 || found.paired != found.destroyed {
        tally.faults.push(format!("{left} copies are left, {} of {} are paired", found.paired, found.destroyed));
    }
    tally.away += found.away;
    tally.portals += 1;
    tally.destroyed += found.destroyed - before;
}

fn note(tally: &mut Tally, when: &str, found: &Found) {
    tally.faults.extend(found.faults().into_iter().map(|why| format!("{when}: {why}")));
    // What is wrong is told at once: a long run is not waited for.
    assert!(tally.faults.len() < 50, "{:#?}", tally.faults);
}

const GONE: &str = "SELECT COUNT(*) FROM copy WHERE destroyed_at IS NOT NULL";
const LEFT: &str = "SELECT COUNT(*) FROM copy WHERE destroyed_at IS NULL AND sealed_at IS NOT NULL";
const KEYS: &str = "SELECT COUNT(*) FROM copy WHERE wrapped_key IS NOT NULL AND sealed_at IS NOT NULL";
/// What lies in the vault of the copies that are there.
const OBJECTS: &str = "SELECT p.object FROM part p JOIN copy c ON c.id = p.copy_id WHERE c.destroyed_at IS NULL";
const MIDST: &str = "SELECT p.object FROM part p JOIN copy c ON c.id = p.copy_id WHERE c.key_gone_at IS NOT NULL";

impl Portal {
    fn at(&self) -> At<'_> {
        At { store: &self.settings.store, files: &self.files }
    }

    fn count(&self, words: &str) -> usize {
        self.at().rows(words)[0][0].parse().unwrap()
    }

    /// Whether a copy has lost its key and a blob, and still has its rows.
    fn is_in_the_midst(&self) -> bool {
        let rows = self.at().rows(MIDST);
        rows.iter().any(|row| self.at().length(&row[0]).is_none())
    }

    /// Moves the clock on: it never goes back, however long the run is.
    fn pass(&self, ms: i64) {
        let by: i64 = std::fs::read_to_string(&self.clock).unwrap().parse().unwrap();
        self.moved(by + ms);
    }

    /// How many sealed blobs there are.
    fn blobs(&self) -> usize {
        let shelves = std::fs::read_dir(&self.files).unwrap().flatten().map(|entry| entry.path());
        let shelves = shelves.filter(|path| path.file_name().is_some_and(|name| name.len() == 2));
        shelves.map(|shelf| std::fs::read_dir(shelf).into_iter().flatten().count()).sum()
    }

    /// Waits until so many blobs have vanished.
    fn until_gone(&mut self, many: usize) {
        let (before, began) = (self.blobs(), Instant::now());
        while self.blobs() + many > before && began.elapsed() < AIM {
            self.crowd.listen(Duration::from_micros(500), |_, _, _| false);
        }
    }
}

/// Strikes whoever is longest at something as blobs vanish; afterwards both are there again, and at nothing.
fn strike(portal: &mut Portal, backend: Backend, blow: Blow, dice: &mut Dice, tally: &mut Tally) {
    portal.crowd.go();
    portal.until_gone(1 + dice.below(4));
    let seat = portal.crowd.book.longest().unwrap_or_else(|| dice.below(2));
    match blow {
        Blow::Stalled => stall(portal, backend, seat, tally),
        Blow::Killed | Blow::BothKilled => {
            let seats = if blow == Blow::Killed { vec![seat] } else { vec![0, 1] };
            portal.crowd.kill(&seats);
            tally.midst += usize::from(portal.is_in_the_midst());
            portal.crowd.pause();
            portal.crowd.start(&seats);
        }
    }
}

/// Stops it past its lease, until the other has swept, and lets it go on with what it was at.
fn stall(portal: &mut Portal, backend: Backend, seat: usize, tally: &mut Tally) {
    portal.crowd.stall(seat);
    let stopped = Instant::now();
    tally.midst += usize::from(portal.is_in_the_midst());
    let before = portal.count(GONE);
    portal.pass(LEASE);
    // Who stopped with the turn of the embedded database in hand keeps it; a server takes it back after 15 seconds.
    let (mut taken_over, embedded) = (false, backend == Backend::Embedded);
    portal.crowd.listen(Duration::from_secs(40), |book, from, said| match said {
        Said::Done { by, .. } if from != seat => {
            taken_over = book.about[by].what == Deed::Sweep && book.about[by].at > stopped;
            taken_over
        }
        Said::Not { why, .. } => embedded && *why == Why::Away,
        _ => false,
    });
    tally.taken_over += usize::from(taken_over);
    tally.meanwhile += portal.count(GONE) - before;
    portal.crowd.wake(seat);
    portal.crowd.pause();
}
