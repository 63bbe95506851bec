//! `log verify` of the release program over an export, beside the RFC 6962 tree over the same leaves in memory: processor time of one core each,
//! and the memory that verifying takes at two sizes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::{Stamp, audit};
use disclosure_portal::clock::Clock;
use disclosure_portal::demo;
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::leaf::Leaf;
use disclosure_portal::ledger::tree::Edge;

use crate::portal::{Folder, PROGRAM};
use crate::stats::{children_ms, cpu_ms, load, memory, spread};

const SIZES: [u64; 2] = [100_000, 400_000];
/// Leaves of one act, to fill a log quickly.
const AT_ONCE: u64 = 2_000;
const ROUNDS: usize = 5;

async fn grow(office: &Office, to: u64, from: u64) {
    let mut size = from;
    while size < to {
        let stamp = Stamp { client: "127.0.0.1".into(), request: "bench".into() };
        let act = office.act(move |tx| {
            Box::pin(async move {
                for _ in 0..AT_ONCE {
                    let event = Event::new(Kind::Viewed, "release/0190a5b0-0000-7000-8000-000000000001")
                        .for_purpose("Prevention of crime");
                    tx.append(&event, &Actor::Portal, &stamp).await?;
                }
                Ok(())
            })
        });
        act.await.expect("leaves");
        size += AT_ONCE;
    }
}

/// The tree over as many leaves, one core, milliseconds.
fn tree_ms(leaves: u64) -> f64 {
    let before = cpu_ms(std::process::id());
    let mut edge = Edge::empty();
    let leaf = Leaf::new(Kind::Viewed.word(), 1_700_000_000_000, [7; 32]).unwrap().to_bytes();
    for _ in 0..leaves {
        edge.append(&leaf);
    }
    assert_eq!(edge.size(), leaves);
    std::hint::black_box(edge.root());
    (cpu_ms(std::process::id()) - before) as f64
}

/// How fast `log verify` is over a tree of as many leaves, in pairs; and the most memory it took, mebibytes.
fn verified(dir: &Path, vkey: &str, leaves: u64) -> (Vec<f64>, f64) {
    let (mut ratios, mut most) = (Vec::new(), 0.0_f64);
    for _ in 0..ROUNDS {
        // Four times as many: the kernel counts in hundredths of a second.
        let tree = tree_ms(leaves * 4) / 4.0;
        let before = children_ms();
        let mut command = Command::new(PROGRAM);
        command.args(["log", "verify", "--vkey", vkey]).arg(dir).stdout(Stdio::null());
        let mut verify = command.spawn().unwrap();
        let status = loop {
            most = most.max(memory(verify.id(), "VmHWM"));
            if let Some(status) = verify.try_wait().unwrap() {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(status.success(), "verify: {status}");
        ratios.push(tree / (children_ms() - before) as f64);
    }
    (ratios, most)
}

pub(crate) fn run() {
    let folder = Folder::new("log");
    let data = folder.0.join("portal");
    std::fs::create_dir_all(&data).unwrap();
    let world = tokio::runtime::Runtime::new().unwrap();
    let settings = demo::settings(&data, "https://localhost:8443").unwrap();
    let office = world.block_on(Office::open(settings, Clock::system(), true)).unwrap();
    let mut from = 0;
    for size in SIZES {
        world.block_on(grow(&office, size, from));
        from = size;
        for (form, contents) in [("leaves only", Contents::LeavesOnly), ("with every record", Contents::Full)] {
            let out = folder.0.join(format!("export-{size}-{}", form.len()));
            let written = world.block_on(async {
                let mut conn = office.read().await.unwrap();
                audit::export(&mut conn, &out, contents).await
            });
            assert!(written.is_ok());
            let (ratios, most) = verified(&out, &office.log_vkey, size);
            println!("\n## log verify, {size} leaves, {form}, load average {}", load());
            println!("speed over an in-memory tree  {}; {most:.0} MiB at most", spread(&ratios));
        }
    }
    world.block_on(office.close());
}
