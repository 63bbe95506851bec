//! The process that is killed: a portal with eight people at it, who do at random what people do there.
//!
//! It is this test binary once more, playing the test that started it ([`Worker::here`]), on a real [`Office`] over the same data. Each
//! act is announced before it is begun and told once it is acknowledged, before the same person begins another. It stops with its input.
//! Absent on purpose: HTTP, which only comes after what is told here; a clock that stands still.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::sync::{Arc, Mutex};

use disclosure_portal::actions::audit::Search;
use disclosure_portal::actions::office::Office;
use disclosure_portal::clock::Clock;
use disclosure_portal::demo::people::{Somebody, World};
use disclosure_portal::domain::event::Kind;
use disclosure_portal::domain::ids::{AreaId, PersonId, SchemeId};
use disclosure_portal::domain::moment::Moment;
use futures_util::future::join_all;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, mpsc};

use super::acts::{CHOICES, Client, DESTROYING, Falls};
use super::told::{Dice, Orders, Said};
use crate::harness::settings;
use crate::harness::wait::until_so;

/// Set in the process that is to be killed: the file with its orders.
pub(super) const ORDERS: &str = "PORTAL_TO_BE_KILLED";

/// Falls dead when a copy is first seen to be sealed, in place of an act's name.
pub(super) const FIRST_SIGHT: &str = "first sight";

/// Whether this is the process to be killed.
pub(super) struct Worker(Orders);

impl Worker {
    pub(super) fn here() -> Option<Self> {
        let file = std::env::var_os(ORDERS)?;
        Some(Self(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()))
    }

    /// Works until it is killed, or its input ends.
    pub(super) fn work(self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(self.run());
    }

    async fn run(self) {
        let Self(orders) = self;
        let mut settings = settings(&orders.data, None);
        (settings.store.postgres, settings.store.s3) = (orders.postgres(), orders.s3());
        let office = Office::open(settings, Clock::moved_by(orders.clock.clone()), false).await.unwrap();
        // For as long as this process lives.
        let world: &'static World = Box::leak(Box::new(world(&office, &orders).await));
        let photographs: BTreeMap<String, Vec<u8>> =
            orders.photographs.iter().map(|(digest, file)| (digest.clone(), std::fs::read(file).unwrap())).collect();
        let (office, photographs) = (Arc::new(office), Arc::new(photographs));
        // Whoever does something holds it; whoever stops everybody takes it alone.
        let turns = Arc::new(RwLock::new(()));
        let stopped = Arc::clone(&turns).write_owned().await;
        let falls = Arc::new(Mutex::new(None));
        let client = |n| Client {
            falls: Arc::clone(&falls),
            choices: if orders.destroying { &DESTROYING } else { &CHOICES },
            office: Arc::clone(&office),
            world,
            photographs: Arc::clone(&photographs),
            name: format!("{}/{n}", orders.name),
            dice: Dice(orders.seed.wrapping_mul(0x0100_0193).wrapping_add(n as u64)),
            acts: 0,
        };
        let clients = join_all((0..orders.clients).map(|n| at_it(client(n), &turns)));
        Said::Idle.say();
        tokio::spawn(obey(Arc::clone(&turns), stopped, Arc::clone(&falls), Arc::clone(&office)));
        clients.await;
    }
}

/// Lets everybody go on and stops them, as it is told.
async fn obey(turns: Arc<RwLock<()>>, stopped: OwnedRwLockWriteGuard<()>, falls: Falls, office: Arc<Office>) {
    let mut stopped = Some(stopped);
    let mut told = input();
    while let Some(line) = told.recv().await {
        if line.ends_with(FIRST_SIGHT) {
            tokio::spawn(at_first_sight(Arc::clone(&office)));
        } else if let Some(name) = line.strip_prefix("fall ") {
            *falls.lock().unwrap() = Some(name.to_owned());
        } else if line == "go" {
            stopped = None;
        } else if stopped.is_none() {
            stopped = Some(Arc::clone(&turns).write_owned().await);
            Said::Idle.say();
        }
    }
    // Its watcher is gone, or has seen enough: the acts under way are cut off like by any other end.
    std::process::exit(0);
}

/// Falls dead as soon as one more sealed copy can be seen: what anybody can see must be whole, acknowledged or not.
async fn at_first_sight(office: Arc<Office>) {
    let mut first = None;
    let seals = Search {
        actor: String::new(),
        object: String::new(),
        kind: Kind::Sealed.word().into(),
        from: Moment::from_millis(0),
        to: Moment::from_millis(i64::MAX),
        limit: 1,
        skip: 0,
    };
    loop {
        let Ok(mut conn) = office.read().await else { continue };
        let Ok((_, there)) = conn.log_search(&seals).await else { continue };
        if *first.get_or_insert(there) < there {
            std::process::abort();
        }
    }
}

/// Lines of the input, until it ends.
fn input() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if line.map_or(true, |line| sender.send(line).is_err()) {
                return;
            }
        }
    });
    lines
}

async fn at_it(mut client: Client, turns: &RwLock<()>) {
    loop {
        let turn = turns.read().await;
        let answered = client.turn().await;
        drop(turn);
        if !answered {
            until_so("the store is back", async || client.office.read().await.is_ok()).await;
        }
    }
}

async fn world(office: &Office, orders: &Orders) -> World {
    let mut conn = office.read().await.unwrap();
    let mut people = Vec::new();
    for (id, account, seed) in &orders.people {
        let seed = hex::decode(seed).unwrap().try_into().unwrap();
        people.push(Somebody::again(&mut conn, PersonId::parse(id).unwrap(), account.clone(), seed).await.unwrap());
    }
    World {
        areas: orders.areas.each_ref().map(|id| AreaId::parse(id).unwrap()),
        schemes: orders.schemes.each_ref().map(|id| SchemeId::parse(id).unwrap()),
        people,
    }
}
