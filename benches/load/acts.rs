//! Durable acts by 64 clients, each an act of its own with one leaf, beside the bare group commit of `bare` on the same kind of store:
//! SQLite, PostgreSQL, and PostgreSQL with two instances that take turns on the head row.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use disclosure_portal::actions::Stamp;
use disclosure_portal::actions::office::Office;
use disclosure_portal::clock::{self, Clock};
use disclosure_portal::config::Postgres;
use disclosure_portal::demo;
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::domain::ids::{CopyId, PersonId};

use crate::bare::Bare;
use crate::portal::Folder;
use crate::server::Server;
use crate::stats::{Round, compare, cpu_ms};

const CLIENTS: usize = 64;
const ROUNDS: usize = 10;
const SPAN: Duration = Duration::from_secs(2);

async fn office(data: &Path, database: Option<&Postgres>) -> Arc<Office> {
    std::fs::create_dir_all(data).unwrap();
    let mut settings = demo::settings(data, "https://localhost:8443").unwrap();
    settings.store.postgres = database.cloned();
    Arc::new(Office::open(settings, Clock::system(), true).await.unwrap())
}

/// One act with one leaf, as large as a view's.
async fn act(office: &Office, by: Actor, copy: CopyId) {
    let event = Event::new(Kind::Viewed, "release/0190a5b0-0000-7000-8000-000000000001")
        .of_copy(copy)
        .for_purpose("Prevention of crime")
        .with("part", "0190a5b0-0000-7000-8000-000000000002")
        .with("rendition", "screen");
    let stamp = Stamp { client: "127.0.0.1".into(), request: hex::encode(clock::random::<8>()) };
    office
        .act(move |tx| {
            Box::pin(async move {
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await
        .expect("an act");
}

/// Everybody acts again and again for a while.
async fn round<F: Future<Output = ()> + Send + 'static>(act: impl Fn(usize) -> F + Clone + Send + 'static) -> Round {
    let (began, before) = (Instant::now(), cpu_ms(std::process::id()));
    let mut running = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let act = act.clone();
        running.spawn(run_one(act, number, began));
    }
    let latencies: Vec<u32> = running.join_all().await.into_iter().flatten().collect();
    Round::of(latencies, began.elapsed(), cpu_ms(std::process::id()) - before)
}

async fn run_one<F: Future<Output = ()> + Send>(act: impl Fn(usize) -> F, number: usize, began: Instant) -> Vec<u32> {
    let mut latencies = Vec::with_capacity(1 << 12);
    while began.elapsed() < SPAN {
        let at = Instant::now();
        act(number).await;
        latencies.push(u32::try_from(at.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    latencies
}

/// The instances take the clients in turns.
async fn paired(title: &str, offices: Vec<Arc<Office>>, bare: Vec<Bare>) {
    let mut rounds = (Vec::new(), Vec::new());
    let by = Actor::Person { id: PersonId::fresh(Clock::real(), clock::random()), grants: Vec::new() };
    let copy = CopyId::fresh(Clock::real(), clock::random());
    for number in 0..=ROUNDS {
        let (offices, by) = (offices.clone(), by.clone());
        let ours = round(move |client| {
            let (office, by) = (Arc::clone(&offices[client % offices.len()]), by.clone());
            async move { act(&office, by, copy).await }
        })
        .await;
        let bare = bare.clone();
        let theirs = round(move |client| {
            let bare = bare[client % bare.len()].clone();
            async move { bare.add().await }
        })
        .await;
        if number > 0 {
            rounds.0.push(ours);
            rounds.1.push(theirs);
        }
    }
    compare(title, &rounds.0, &rounds.1);
    for office in offices {
        Arc::into_inner(office).expect("nobody is in the office").close().await;
    }
}

pub(crate) fn run() {
    let folder = Folder::new("acts");
    let here = |name: &str| folder.0.join(name);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let ours = office(&here("sqlite"), None).await;
        let bare = Bare::on_sqlite(&here("bare.sqlite")).await;
        paired("durable acts on SQLite, 64 clients, over a bare group commit", vec![ours], vec![bare]).await;

        let server = Server::start_in(&std::env::temp_dir());
        let (at, beside) = (server.create(None), server.create(None));
        let ours = office(&here("one"), Some(&at)).await;
        let bare = Bare::on_postgres(&beside).await;
        paired("durable acts on PostgreSQL, 64 clients, over a bare group commit", vec![ours], vec![bare]).await;

        let at = server.create(None);
        let ours = vec![office(&here("two"), Some(&at)).await, office(&here("two"), Some(&at)).await];
        let bare = vec![Bare::on_postgres(&beside).await, Bare::on_postgres(&beside).await];
        paired("durable acts on PostgreSQL, two instances, 64 clients, over two bare writers", ours, bare).await;
    });
}
