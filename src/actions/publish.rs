//! The journal's publisher: what was committed is in the object store a second later, so that losing the database loses no leaf (P9).
//!
//! Promises: the new leaves are read again and hashed again before anything is published, and nothing is published that does not give
//! the signed root; doing it twice, or in two instances, is harmless. Safety hangs on it only after the database is lost: closings are
//! not its work but the sweep's, before a blob goes. Absent on purpose: anything personal. Proved by `tests/it/restore/journal.rs`.

use std::time::Duration;

use crate::actions::{Fault, No, Office, jobs};
use crate::domain::moment::Moment;
use crate::ledger::checkpoint::LogVerifier;
use crate::ledger::layout::{WIDTH, push_entry};
use crate::ledger::tree::{Edge, Hash, TreeError, edge_positions};
use crate::store::Conn;
use crate::store::journal::Journal;
use crate::store::log::{Entry, Head};

/// How late the journal may be.
const ROUND: Duration = Duration::from_secs(1);
/// How often old closings are looked for, milliseconds.
const CLEAN_MS: i64 = 3_600_000;
/// A day, milliseconds.
const DAY_MS: i64 = 86_400_000;
/// One bundle's entries.
const PAGE: u32 = 256;

/// What a publisher remembers between its rounds.
#[derive(Debug, Default)]
pub struct Publisher {
    published: Option<u64>,
    cleaned: Option<Moment>,
}

/// Publishes for as long as the portal runs.
pub async fn run(office: &Office) {
    let (mut publisher, mut rounds) = (Publisher::default(), tokio::time::interval(ROUND));
    loop {
        rounds.tick().await;
        if let Err(no) = jobs::run(office, "journal", publisher.round(office)).await {
            tracing::error!(cause = %no, "the journal is not up to date; the next round goes on");
        }
    }
}

impl Publisher {
    /// Publishes what is new, and once an hour takes away the closings that no backup can contradict any more.
    pub async fn round(&mut self, office: &Office) -> Result<(), No> {
        let journal = Journal::of(&office.vault);
        let mut conn = office.read().await?;
        let head = Head::read(&mut conn).await?.ok_or(No::NotFound)?;
        if self.published != Some(head.size()) {
            self.published = Some(publish(&mut conn, &journal, &head).await?);
        }
        drop(conn);
        let now = office.now();
        if self.cleaned.is_none_or(|last| now >= last.plus_millis(CLEAN_MS)) {
            journal
                .forget_closings(now.plus_millis(-DAY_MS * (i64::from(office.settings.store.backup_days) + 1)))
                .await?;
            self.cleaned = Some(now);
        }
        Ok(())
    }
}

/// Brings the journal up to `head`; answers the size that is published.
async fn publish(conn: &mut Conn, journal: &Journal, head: &Head) -> Result<u64, Fault> {
    let there = journal.newest_size().await?;
    if let Some(newer) = there.filter(|size| *size >= head.size()) {
        return Ok(newer);
    }
    let first = there.unwrap_or(0) / WIDTH * WIDTH;
    rehash(conn, head, first).await?;
    let mut from = first;
    while from < head.size() {
        let entries = page(conn, from, head.size()).await?;
        let mut bundle = Vec::new();
        for entry in &entries {
            if !push_entry(&mut bundle, &entry.leaf) {
                return Err(Fault::Log(format!("entry {} is too long for a bundle", entry.index)));
            }
        }
        let width = entries.len() as u64;
        journal.put_bundle(from / WIDTH, width, bundle).await?;
        from += width;
    }
    journal.put_checkpoint(head.size(), head.note()).await?;
    Ok(head.size())
}

/// The entries of one bundle, from its beginning, up to `size`.
async fn page(conn: &mut Conn, from: u64, size: u64) -> Result<Vec<Entry>, Fault> {
    let entries = conn.log_entries(from, size.min(from + WIDTH), PAGE).await?;
    let whole = entries.len() as u64 == (size - from).min(WIDTH);
    if whole { Ok(entries) } else { Err(Fault::Log(format!("entries from {from} on are missing from the store"))) }
}

/// The stored leaves from `first` on, hashed anew, must give the signed root: one flipped bit must not leave the house.
async fn rehash(conn: &mut Conn, head: &Head, first: u64) -> Result<(), Fault> {
    let log = |why: TreeError| Fault::Log(why.to_string());
    let stored = conn.log_nodes(&edge_positions(first).map_err(log)?).await?;
    let mut edge = Edge::of_stored(first, &stored).map_err(log)?;
    while edge.size() < head.size() {
        for entry in page(conn, edge.size(), head.size()).await? {
            edge.append(&entry.leaf);
        }
    }
    if edge.root() == head.root() {
        return Ok(());
    }
    Err(Fault::Log("the stored entries do not give the signed root: nothing is published; run `log fsck`".to_owned()))
}

/// Refuses a database that is older than what was published from it (it was put back, or somebody cut it), or of another history.
pub(super) async fn follows(conn: &mut Conn, journal: &Journal, vkeys: &str) -> Result<(), Fault> {
    // The journal first: whatever it holds was committed before.
    let Some((published, note)) = journal.newest().await? else { return Ok(()) };
    let size = Head::read(conn).await?.map_or(0, |head| head.size());
    let log = LogVerifier::new(vkeys).map_err(|why| Fault::Log(why.to_string()))?;
    let signed = log.open(&note).ok().filter(|signed| signed.size() == published);
    let same = match &signed {
        Some(signed) if published <= size => root_at(conn, published).await? == signed.root(),
        // Nobody signed it: not worth more than a warning where the next publishing takes its place.
        None if published <= size => {
            tracing::warn!(
                count = published,
                "the journal's newest checkpoint was not signed by this log: it will be replaced"
            );
            true
        }
        _ => false,
    };
    if same {
        return Ok(());
    }
    Err(Fault::Other(match signed {
        Some(_) if published <= size => format!(
            "the journal holds a signed checkpoint over {published} entries that is not of this database's history: two histories were \
             signed. Nothing is served: keep both, and tell the auditor"
        ),
        Some(_) => format!(
            "the database is older than what was published: it has {size} entries, the journal a signed checkpoint over {published}. \
             It was put back, or entries were cut off. Nothing is served: run `restore --begin`, then `restore --finish`"
        ),
        None => format!(
            "the journal holds a checkpoint over {published} entries that this log's key in force did not sign, and the database has \
             {size}. Somebody changed the journal, or the database is older than the log's key. Nothing is served: keep both, and \
             read \"Backup and restore\" in the operations guide"
        ),
    }))
}

async fn root_at(conn: &mut Conn, size: u64) -> Result<Hash, Fault> {
    let log = |why: TreeError| Fault::Log(why.to_string());
    let stored = conn.log_nodes(&edge_positions(size).map_err(log)?).await?;
    Ok(Edge::of_stored(size, &stored).map_err(log)?.root())
}
