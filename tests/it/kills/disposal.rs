//! K9.1, P7: kill -9 in the middle of a disposal leaves every case whole or gone, never half; each that is gone has exactly one erasure,
//! and what a kill left over the next round takes.
//!
//! The process that is killed is this test binary once more, playing this test with [`DATA`] set: it opens the portal and carries out what
//! two people agreed to, round after round. How far it gets is the machine's affair; the delays grow so that early and late moments are
//! met. `KILLS=200` kills more often.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{audit, retention, sweep};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::releases::{Plot, ask, recall, release_to, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::ReleaseId;
use disclosure_portal::domain::moment::Moment;

use super::kills;
use crate::harness::server::Backend;
use crate::harness::{Scene, settings};
use crate::journeys::retention::{decide, propose};

/// Set in the process that is to be killed: the portal's folder.
const DATA: &str = "PORTAL_DISPOSING";
/// The how-manyth process it is: each begins two minutes later, when the lease of the one before has run out.
const TURN: &str = "PORTAL_DISPOSING_TURN";
const TEST: &str = "kills::disposal::a_kill_in_the_middle_leaves_one_erasure_and_no_half_of_a_case";

const PLOT: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[],
    danger: false,
};

/// How many cases are disposed of.
const CASES: usize = 12;

/// The hour at which they go.
fn night(turn: i64) -> Moment {
    Moment::parse_london("2040-01-02", "02:00").unwrap().plus_millis(turn * 120_000)
}

/// What the process does that is killed.
fn dispose(folder: &std::path::Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let turn: i64 = std::env::var_os(TURN).unwrap().to_str().unwrap().parse().unwrap();
    runtime.block_on(async {
        let office = Office::open(settings(folder, None), Clock::manual(night(turn)), false).await.unwrap();
        println!("open");
        loop {
            sweep::round(&office).await.unwrap();
            println!("round");
        }
    });
}

/// Cases that two people agreed to dispose of.
async fn cases(scene: &Scene) -> Vec<ReleaseId> {
    let (office, sam) = (&scene.office, scene.who("Sam"));
    let area = scene.world().areas[0].to_string();
    let mut all = Vec::new();
    for _ in 0..CASES {
        let id = ask(office, scene.who("Riley"), &area, &PLOT).await.unwrap();
        release_to(office, sam, id, &PLOT, &to(scene.world(), &[("Priya", 0)]).unwrap()).await.unwrap();
        recall(office, sam, id, "The purpose is met.").await.unwrap();
        all.push(id);
    }
    scene.clock.set(night(0).plus_millis(-20 * 3_600_000));
    let said = [("fate", "dispose"), ("years", ""), ("reason", "Nothing depends on it")];
    for id in &all {
        propose(scene, sam, *id, &said).await.unwrap();
        decide(scene, scene.who("Casey"), *id, &[("agrees", "yes"), ("reason", "")]).await.unwrap();
    }
    all
}

/// Each case is there with all that belongs to it, or gone with one erasure; how many are gone.
async fn judge(office: &Office, all: &[ReleaseId], whole: &[i64]) -> usize {
    let mut gone = 0;
    let mut conn = office.read().await.unwrap();
    for (id, copies) in all.iter().zip(whole) {
        let rows = conn.disposals_of(&id.to_string()).await.unwrap();
        let objects = conn.objects_of_case(&id.to_string()).await.unwrap();
        if conn.release(*id).await.unwrap().is_some() {
            assert_eq!(rows[0].erased_at, None, "{id} is there and said to be erased");
            assert_eq!(
                i64::try_from(conn.copies_of_release(*id).await.unwrap().len()).unwrap(),
                *copies,
                "half of {id}"
            );
            assert!(!objects.is_empty() && !conn.statements_about(*id).await.unwrap().is_empty(), "half of {id}");
        } else {
            assert!(rows[0].erased_at.is_some(), "{id} is gone and nothing says so");
            assert!(objects.is_empty() && conn.copies_of_release(*id).await.unwrap().is_empty(), "half of {id}");
            gone += 1;
        }
    }
    drop(conn);
    let found = audit::fsck(&mut office.read().await.unwrap(), &office.log_vkeys).await.unwrap();
    assert_eq!(found.failures, Vec::<String>::new());
    gone
}

#[test]
fn a_kill_in_the_middle_leaves_one_erasure_and_no_half_of_a_case() {
    if let Some(folder) = std::env::var_os(DATA) {
        return dispose(std::path::Path::new(&folder));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (scene, all, whole) = runtime.block_on(async {
        let scene = Scene::on(Backend::Embedded).await;
        let all = cases(&scene).await;
        let mut whole = Vec::new();
        for id in &all {
            let copies = scene.office.read().await.unwrap().copies_of_release(*id).await.unwrap();
            whole.push(i64::try_from(copies.len()).unwrap());
        }
        (scene, all, whole)
    });
    let (folder, settings) = (scene.folder.clone(), scene.settings());
    runtime.block_on(scene.stopped());
    let (mut between, mut delay) = (0, Duration::ZERO);
    let all_kills = i64::try_from(kills(8)).unwrap();
    for turn in 0..all_kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", TEST, "--nocapture"])
            .env(DATA, &folder.0)
            .env(TURN, turn.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("open")), "the portal was opened");
        let began = Instant::now();
        while began.elapsed() < delay {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        delay += Duration::from_millis(12);
        let gone = runtime.block_on(async {
            let office = Office::open(settings.clone(), Clock::manual(night(turn)), false).await.unwrap();
            let gone = judge(&office, &all, &whole).await;
            office.close().await;
            gone
        });
        between += usize::from(gone > 0 && gone < CASES);
    }
    println!("{between} kills came between the first and the last disposal");
    runtime.block_on(async {
        let office = Office::open(settings, Clock::manual(night(all_kills)), false).await.unwrap();
        sweep::round(&office).await.unwrap();
        assert_eq!(judge(&office, &all, &whole).await, CASES);
        for id in &all {
            let rows = office.read().await.unwrap().disposals_of(&id.to_string()).await.unwrap();
            assert!(rows[0].gone_at.is_some(), "{id}: files are left");
            let of = retention::one(&office, &crate::harness::who("Robin").actor, (*id).into(), stamp()).await.unwrap();
            assert_eq!(of.reviews.len(), 1);
        }
        let erasures = crate::harness::scene::erasures(&office).await;
        assert_eq!(erasures, CASES, "exactly one erasure a case");
        office.close().await;
    });
}
