//! The main pages of each role by 8 clients; from starting the program to its first page; memory at rest and while sealing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::client::{Client, Crowd, get, header};
use crate::portal::{Folder, Portal, Visitor};
use crate::stats::{Round, load, memory, quantile};
use crate::wait::until;
use crate::world;

const CLIENTS: usize = 8;
const SPAN: Duration = Duration::from_secs(3);
/// What a light load is: each client rests after each page.
const REST: Duration = Duration::from_millis(50);

/// Whose pages: the beginning of a name, and where they go.
const PAGES: [(&str, &str, &[&str]); 6] = [
    ("nobody", "", &["/sign-in"]),
    ("officer", "Riley", &["/", "/releases", "/releases/new"]),
    ("co-ordinator", "Sam", &["/", "/releases", "/register", "/people", "/initiatives"]),
    ("manager", "Priya", &["/bulletins", "/schemes", "/account"]),
    ("auditor", "Robin", &["/", "/releases", "/log"]),
    ("administrator", "Lee", &["/", "/people", "/areas"]),
];

pub(crate) fn run() {
    let folder = Folder::new("pages");
    let data = folder.0.join("portal");
    let made = tokio::runtime::Runtime::new().unwrap().block_on(world::make(&data));
    let mut starts = Vec::new();
    for _ in 0..5 {
        starts.push(Portal::start(&data).start.as_secs_f64() * 1e3);
    }
    let portal = Portal::start(&data);
    println!("\n## pages, {CLIENTS} clients that rest {} ms after each, load average {}", REST.as_millis(), load());
    println!("start to first page: {:.0} ms (median of 5)", quantile(&starts, 0.5));
    println!("at rest: {:.0} MiB", memory(portal.pid(), "VmRSS"));
    for (role, name, paths) in PAGES {
        let cookie = if name.is_empty() { String::new() } else { portal.sign_in(name) };
        for path in paths {
            let mut request = get(portal.at.port, path, &cookie);
            // Whoever has one area alone is led to its register.
            let first = Client::to(&portal.at).send(&request, false);
            if let (303, Some(on)) = (first.status, header(&first.head, "location")) {
                request = get(portal.at.port, on, &cookie);
            }
            let mut crowd = Crowd::new(CLIENTS, &portal.at, request, None).resting(REST);
            crowd.round(SPAN / 5);
            let (latencies, took) = crowd.round(SPAN);
            let Round { rate, p50, p99, .. } = Round::of(latencies, took, 0);
            println!("{role:<14} {path:<16} p50 {p50:>6.2} ms  p99 {p99:>6.2} ms  {rate:>6.0}/s");
        }
    }
    println!("after the pages: {:.0} MiB", memory(portal.pid(), "VmRSS"));
    seal(&portal, &made);
}

/// The co-ordinator's browser hands a 12-megapixel original over; three copies are sealed.
fn seal(portal: &Portal, made: &world::Made) {
    let (release, photograph, bytes) = &made.unsealed;
    let mut sam = Visitor::to(&portal.at, portal.sign_in("Sam"));
    sam.get("/account");
    let done = AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut most = 0.0_f64;
            while !done.load(Ordering::SeqCst) {
                most = most.max(memory(portal.pid(), "VmRSS"));
                std::thread::sleep(Duration::from_millis(2));
            }
            most
        });
        let path = format!("/releases/{release}/photographs/{photograph}/sealing");
        let (status, body) = sam.post_raw(&path, "application/octet-stream", bytes);
        assert!(status < 300, "{status} {body}");
        // It is answered once it is checked; the sealing goes on.
        let progress = format!("/releases/{release}/sealing");
        until("the copies are sealed", || {
            let told: serde_json::Value = serde_json::from_str(&sam.get(&progress)).unwrap();
            told["sealed"] == told["total"]
        });
        done.store(true, Ordering::SeqCst);
        watching.join().unwrap()
    });
    println!("while sealing a 12-megapixel photograph to three: {most:.0} MiB at most");
}
