//! What only a server can suffer: it stops, is killed, cuts a session in the middle, or the network swallows everything. Nothing is served
//! (503 with Retry-After), nothing acknowledged is lost, and it heals without a restart of the portal.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use disclosure_portal::actions::{No, Office, deliver, follow, rotate};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::releases::copy_of;
use disclosure_portal::demo::stamp;
use tokio::net::{TcpListener, TcpStream};

use super::append;
use crate::harness::browser::Browser;
use crate::harness::server::{Backend, psql};
use crate::harness::wait::until_so;
use crate::harness::{Scene, noon};
use crate::journeys::{open, part};

/// Whether a page says that the portal is away for now, to people and to machines.
async fn away(browser: &Browser, door: &str) {
    let got = browser.get(door).await;
    assert_eq!(got.status, 503, "{door}: {}", got.text());
    assert!(got.header("retry-after").parse::<u32>().is_ok_and(|s| s > 0), "{door}: no Retry-After");
}

#[actix_web::test]
async fn a_server_that_stops_is_503_and_heals_by_itself() {
    let scene = Scene::on_own_server().await;
    let server = scene.database.as_ref().unwrap().own.as_ref().unwrap();
    let (priya, release) = (scene.who("Priya"), scene.release("CZ/003/26").await);
    let copy = copy_of(&scene.office, priya, release).await.unwrap();
    let screen = part(&scene, copy, "screen", 0).await;
    let door = format!("/copies/{copy}/parts/{screen}");
    let browser = Browser::of(&scene, Some("Priya")).await;
    assert_eq!(browser.get(&door).await.status, 200);
    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        acknowledged.insert(append(&scene.office, format!("before {round}")).await.unwrap());
        server.stop();
        away(&browser, &door).await;
        away(&browser, "/bulletins").await;
        assert!(matches!(append(&scene.office, "meanwhile".into()).await, Err(No::Unavailable)));
        server.start_again();
        until_so("it heals", async || browser.get(&door).await.status == 200).await;
        acknowledged.insert(append(&scene.office, format!("after {round}")).await.unwrap());
    }
    let kept: BTreeSet<u64> = scene.records("consult").await.into_iter().map(|(index, _)| index).collect();
    assert!(acknowledged.is_subset(&kept), "an acknowledged act is gone");
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn running_answers_stop_when_the_others_are_not_heard() {
    let scene = Scene::on_own_server().await;
    let server = scene.database.as_ref().unwrap().own.as_ref().unwrap();
    let (priya, release) = (scene.who("Priya"), scene.release("CZ/003/26").await);
    let copy = copy_of(&scene.office, priya, release).await.unwrap();
    let opened = open(&scene, priya, copy, part(&scene, copy, "screen", 0).await).await.unwrap();
    let stops = || deliver::must_stop(&scene.office, &priya.actor, release, copy, opened.until);
    let follower = tokio::spawn(follow::follow(Arc::clone(&scene.office)));
    until_so("it hears", async || !stops()).await;
    let cut = Instant::now();
    server.stop();
    until_so("it stops", async || stops()).await;
    assert!(cut.elapsed() < Duration::from_secs(4), "it was to stop within two seconds: {:?}", cut.elapsed());
    server.start_again();
    until_so("it hears again", async || !stops()).await;
    follower.abort();
}

#[actix_web::test]
async fn a_session_cut_in_the_middle_of_a_batch_loses_nothing_that_was_acknowledged() {
    let scene = Scene::on(Backend::Server).await;
    let at = &scene.database.as_ref().unwrap().at;
    let second = scene.beside().await;
    let done = AtomicBool::new(false);
    let client = async |scene: &Scene, name: usize| {
        let (mut kept, mut refused, mut n) = (BTreeSet::new(), 0, 0);
        while !done.load(Ordering::SeqCst) {
            n += 1;
            match append(&scene.office, format!("{name}/{n}")).await {
                Ok(index) => assert!(kept.insert(index)),
                Err(No::Unavailable) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        (kept, refused)
    };
    let both = [&scene, &second];
    let clients = futures_util::future::join_all((0..16).map(|n| client(both[n % 2], n)));
    let cutting = async {
        let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut cuts = 0;
        for _ in 0..12 {
            let at = at.clone();
            let killed = tokio::task::spawn_blocking(move || psql(&at, cut)).await.unwrap();
            cuts += killed.parse::<u32>().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        cuts
    };
    let (told, cuts) = futures_util::future::join(clients, cutting).await;
    assert!(cuts > 12, "{cuts} sessions were cut");
    let refused: i32 = told.iter().map(|(_, refused)| refused).sum();
    let acknowledged: Vec<u64> = told.iter().flat_map(|(kept, _)| kept).copied().collect();
    assert!(refused > 0 && acknowledged.len() > 30, "{refused} refused, {} acknowledged", acknowledged.len());
    assert_eq!(acknowledged.len(), acknowledged.iter().collect::<BTreeSet<_>>().len(), "an index was given twice");
    let kept: BTreeSet<u64> = scene.records("consult").await.into_iter().map(|(index, _)| index).collect();
    assert!(acknowledged.iter().all(|index| kept.contains(index)), "an acknowledged act is gone");
    scene.log_is_whole().await;
}

/// A network between portal and server that can begin to swallow everything.
struct Network {
    address: SocketAddr,
    swallows: Arc<AtomicBool>,
}

impl Network {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, swallows) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let lost = swallows.clone();
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let there = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let ((from, to), (back_from, back_to)) = (here.into_split(), there.into_split());
                tokio::spawn(pass(from, back_to, lost.clone()));
                tokio::spawn(pass(back_from, to, lost.clone()));
            }
        });
        Self { address, swallows }
    }
}

/// Passes bytes on; once the network swallows, they are read and gone, and no end is ever told.
async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    lost: Arc<AtomicBool>,
) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut bytes = [0; 16 << 10];
    loop {
        let Ok(count @ 1..) = from.read(&mut bytes).await else { return };
        if lost.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

#[actix_web::test]
async fn a_network_that_swallows_everything_is_503_in_bounded_time_and_gives_the_turn_back() {
    let scene = Scene::on_own_server().await;
    let server = scene.database.as_ref().unwrap().own.as_ref().unwrap();
    let network = Network::to(server.port()).await;
    let mut settings = scene.settings();
    settings.store.postgres.as_mut().unwrap().port = network.address.port();
    let far = Arc::new(Office::open(settings, Clock::manual(noon()), false).await.unwrap());
    append(&far, "over the network".into()).await.unwrap();
    network.swallows.store(true, Ordering::SeqCst);
    let lost = Instant::now();
    assert!(matches!(append(&far, "swallowed".into()).await, Err(No::Unavailable)));
    assert!(lost.elapsed() < Duration::from_secs(25), "{:?}", lost.elapsed());
    // The other instance goes on: the lock of the one that is gone is given back.
    append(&scene.office, "the other goes on".into()).await.unwrap();
    network.swallows.store(false, Ordering::SeqCst);
    until_so("it heals", async || append(&far, "back".into()).await.is_ok()).await;
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn an_instance_that_lost_its_session_while_a_key_was_replaced_asks_for_a_start() {
    let scene = Scene::on_own_server().await;
    let database = scene.database.clone().unwrap();
    let left_behind = scene.beside().await;
    let stopped = scene.stopped().await;
    // The server goes away and comes back: the writer's session is gone.
    let server = database.own.as_ref().unwrap();
    server.stop();
    server.start_again();
    // Nobody holds the database now; elsewhere the records key is replaced, in a copy of the key files.
    let keys = stopped.settings.keys.records.parent().unwrap();
    let elsewhere = crate::harness::Folder::new();
    let copied = std::process::Command::new("cp").arg("-a").arg(keys).arg(&elsewhere.0).status().unwrap();
    assert!(copied.success());
    let mut settings = stopped.settings.clone();
    settings.store.data.clone_from(&elsewhere.0);
    settings.keys = disclosure_portal::config::KeyFiles::below(&elsewhere.0);
    let office =
        Office::open_as(settings, Clock::manual(noon()), false, disclosure_portal::actions::keyfiles::Hold::Alone);
    rotate::records(office.await.unwrap(), stamp()).await.unwrap();
    for _ in 0..3 {
        assert!(matches!(append(&left_behind.office, "under the old key".into()).await, Err(No::Unavailable)));
    }
}
