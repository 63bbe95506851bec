//! Whether this instance can serve: looked at part by part, each within two seconds, and kept for some, so that a flood of
//! checks costs one look.
//!
//! Promises: a part that hangs is a part that fails; what fails is one word of a closed list. Absent on purpose: causes (they go to
//! the operator's log), any write: the writer shows that it can begin and commit a batch with nothing in it.
//! Proved by `tests/it/operator/ready.rs`.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::actions::{Fault, No, Office};
use crate::store::log::Head;
use crate::store::schema;

/// A part has this long to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A look is kept this long.
const KEPT: Duration = Duration::from_secs(3);

/// What must be so for an instance to serve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The database answers a reader.
    Store,
    /// Its schema has every step of this program.
    Schema,
    /// The log's head can be read.
    Log,
    /// The writer commits.
    Writer,
    /// The store of sealed bytes answers.
    Vault,
    /// The clock is not behind the log.
    Clock,
    /// Nobody has asked this process to stop.
    Stopping,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Store, Self::Schema, Self::Log, Self::Writer, Self::Vault, Self::Clock, Self::Stopping];

    /// The one word that anybody is told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Schema => "schema",
            Self::Log => "log",
            Self::Writer => "writer",
            Self::Vault => "vault",
            Self::Clock => "clock",
            Self::Stopping => "stopping",
        }
    }
}

/// The last look, and whether this process is stopping.
#[derive(Debug, Default)]
pub struct Readiness {
    stopping: AtomicBool,
    last: Mutex<Option<(Instant, Vec<Part>)>>,
}

impl Readiness {
    /// From here on the instance is not ready, so that a balancer sends nobody any more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

/// The parts that fail now; none: this instance can serve. Answers within some seconds, whatever hangs.
pub async fn failing(office: &Office) -> Vec<Part> {
    let readiness = &office.readiness;
    // One look at a time: whoever asks meanwhile gets what it finds.
    let mut last = readiness.last.lock().await;
    let kept = last.as_ref().filter(|(at, _)| at.elapsed() < KEPT).map(|(_, parts)| parts.clone());
    let mut parts = match kept {
        Some(parts) => parts,
        None => last.insert((Instant::now(), look(office).await)).1.clone(),
    };
    drop(last);
    if office.clock_behind().is_some() {
        parts.push(Part::Clock);
    }
    if readiness.is_stopping() {
        parts.push(Part::Stopping);
    }
    for part in Part::ALL {
        office.metrics.part(part.word(), !parts.contains(&part));
    }
    parts
}

async fn look(office: &Office) -> Vec<Part> {
    let (read, written, vault) = futures_util::join!(
        within(Part::Store, read(office)),
        within(Part::Writer, async {
            office.act(|_| Box::pin(async { Ok(()) })).await.map(drop).map_err(|no| (Part::Writer, no))
        }),
        within(Part::Vault, async { vault(office).await.map_err(|no| (Part::Vault, no)) }),
    );
    [read, written, vault].into_iter().flatten().collect()
}

/// A part of what was looked at that failed, and how.
type Failed = (Part, No);

/// The part that fails, or none; `late` is to blame when nothing answers in time.
async fn within(late: Part, looking: impl Future<Output = Result<(), Failed>>) -> Option<Part> {
    let (part, cause) = match timeout(PATIENCE, looking).await {
        Ok(Ok(())) => return None,
        Ok(Err((part, no))) => (part, no.to_string()),
        Err(_) => (late, "no answer in time".to_owned()),
    };
    tracing::error!(cause = %cause, job = part.word(), "this instance is not ready");
    Some(part)
}

async fn read(office: &Office) -> Result<(), Failed> {
    let mut conn = office.read().await.map_err(|no| (Part::Store, no))?;
    if !schema::fits(&mut conn).await.map_err(|fault| (Part::Store, No::Broken(fault)))? {
        return Err((Part::Schema, No::Broken(Fault::Other("steps are missing or are another build's".to_owned()))));
    }
    let log = |fault| (Part::Log, No::Broken(fault));
    if Head::read(&mut conn).await.map_err(log)?.is_none() {
        return Err(log(Fault::Log("the log has no head".to_owned())));
    }
    office.metrics.checkpoint(conn.log_kept().await.map_err(log)?);
    Ok(())
}

async fn vault(office: &Office) -> Result<(), No> {
    let store = &office.settings.store;
    if store.s3.is_none() && !tokio::fs::metadata(store.vault()).await?.is_dir() {
        // Asked for a name in a folder that is gone, the local store says "not found", as if all were well.
        return Err(Fault::Other("the folder of sealed bytes is no folder".to_owned()).into());
    }
    office.vault.answers().await
}
