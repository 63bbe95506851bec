//! The journal: what must survive the loss of the database, in the object store beside the sealed bytes, below `journal/`.
//!
//! Entry bundles of the log (leaves alone: commitments, no personal data), its newest signed checkpoint, and closings: one object for
//! each copy, release or document whose bytes may never come back. Promises: all of it is idempotent, so that several instances may
//! do it; a checkpoint is named by its size and an older writer never replaces a newer one; a bundle is there before the checkpoint
//! that covers it, and a narrower one goes only once a wider one is there.
//! Absent on purpose: names, reasons, any word of a case; a signature of its own (a closing that was made up can only keep something
//! shut). Proved by `tests/it/restore`.

use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path as Name;
use object_store::{ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};

use super::vault::Vault;
use super::{Fault, whole};
use crate::domain::moment::Moment;
use crate::domain::retention::Subject;
use crate::ledger::layout::{self, Shelf, WIDTH};

/// Something that was closed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum Closing {
    /// A copy whose second lock was destroyed.
    Copy {
        /// The copy.
        id: String,
        /// Of which release.
        release: String,
        /// `recalled`, `expired`, `confirmed` or `replaced`.
        why: String,
        /// When, RFC 3339.
        at: String,
        /// What the holder confirmed; absent: they did not.
        #[serde(skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
    /// A release that was recalled.
    Release {
        /// The release.
        id: String,
        /// The person who recalled it.
        by: String,
        /// When, RFC 3339.
        at: String,
    },
    /// A record that two people disposed of (K9.1), with what the record of it needs.
    Disposal(Box<Disposed>),
    /// A register's document that was removed.
    Document {
        /// The document.
        id: String,
        /// The person who removed it.
        by: String,
        /// When, RFC 3339.
        at: String,
    },
}

/// A disposal: identifiers, days and the period; no word of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns of `disposal`, described in the migration")]
pub struct Disposed {
    pub id: String,
    /// When it was erased, RFC 3339.
    pub at: String,
    /// What it was: a release's identifier, or the word of another record ([`crate::domain::retention::Subject`]).
    pub subject: String,
    pub kind: String,
    pub area: Option<String>,
    pub urn: String,
    pub ended: String,
    pub due: String,
    pub years: i64,
    pub source: String,
    pub proposed_by: String,
    pub proposed_at: i64,
    pub decided_by: String,
    pub decided_at: i64,
}

impl Disposed {
    /// What was disposed of.
    pub fn about(&self) -> Result<Subject, Fault> {
        whole(Subject::parse(&self.subject), "journal", "subject", &self.id)
    }
}

impl Closing {
    fn parts(&self) -> (&'static str, &str, &str) {
        match self {
            Self::Copy { id, at, .. } => ("copy", id, at),
            Self::Release { id, at, .. } => ("release", id, at),
            Self::Disposal(one) => ("disposal", &one.id, &one.at),
            Self::Document { id, at, .. } => ("document", id, at),
        }
    }

    /// When it was closed.
    pub fn at(&self) -> Result<Moment, Fault> {
        let (_, id, at) = self.parts();
        Moment::parse_rfc3339(at).ok_or_else(|| Fault::Corrupt { table: "journal", column: "at", row: id.to_owned() })
    }

    /// Its place: by the UTC day, so that old ones go by the day and a second writer writes the same.
    fn name(&self) -> Result<String, Fault> {
        let (what, id, _) = self.parts();
        Ok(format!("closings/{}/{what}-{id}.json", utc_day(self.at()?)))
    }
}

fn utc_day(at: Moment) -> String {
    at.rfc3339().chars().take(10).collect()
}

/// The journal of a portal, or a copy of it elsewhere.
#[derive(Clone, Debug)]
pub struct Journal {
    store: Vault,
    below: &'static str,
}

impl Journal {
    /// The journal beside the sealed bytes.
    pub fn of(vault: &Vault) -> Self {
        Self { store: vault.clone(), below: "journal/" }
    }

    /// A copy of the folder `journal`.
    pub fn at(dir: &Path) -> Result<Self, Fault> {
        if !dir.is_dir() {
            return Err(Fault::Other(format!(
                "{} is not a folder: name the copy of the folder `journal`",
                dir.display()
            )));
        }
        Ok(Self { store: Vault::local(dir)?, below: "" })
    }

    fn name(&self, name: &str) -> Name {
        Name::from(format!("{}{name}", self.below))
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.store.objects().put(&self.name(name), PutPayload::from(bytes)).await?;
        Ok(())
    }

    async fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Fault> {
        match self.store.objects().get(name).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    async fn forget(&self, name: &Name) -> Result<(), Fault> {
        match self.store.objects().delete(name).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// The names below a folder, each with its last part.
    async fn names(&self, folder: &str) -> Result<Vec<(Name, String)>, Fault> {
        let all: Vec<_> = self.store.objects().list(Some(&self.name(folder))).try_collect().await?;
        let last = |name: &Name| name.filename().unwrap_or_default().to_owned();
        Ok(all.into_iter().map(|meta| (meta.location.clone(), last(&meta.location))).collect())
    }

    /// The size of the newest checkpoint that was published; `None`: nothing was.
    pub async fn newest_size(&self) -> Result<Option<u64>, Fault> {
        let names = self.names("checkpoint").await?;
        Ok(names.iter().filter_map(|(_, name)| name.parse().ok()).max())
    }

    /// The newest checkpoint that was published, with the size in its name. Its signature is the caller's to check.
    pub async fn newest(&self) -> Result<Option<(u64, String)>, Fault> {
        // A newer one may take its place between the two readings.
        for _ in 0..8 {
            let Some(size) = self.newest_size().await? else { return Ok(None) };
            if let Some(note) = self.get(&self.name(&checkpoint_name(size))).await? {
                let note = String::from_utf8(note).map_err(|_| broken("checkpoint", size))?;
                return Ok(Some((size, note)));
            }
        }
        Err(Fault::Other("the journal's newest checkpoint is listed and cannot be read".to_owned()))
    }

    /// Publishes a signed checkpoint; those of smaller sizes go.
    pub async fn put_checkpoint(&self, size: u64, note: &str) -> Result<(), Fault> {
        self.put(&checkpoint_name(size), note.as_bytes().to_vec()).await?;
        for (name, last) in self.names("checkpoint").await? {
            if last.parse().is_ok_and(|older: u64| older < size) {
                self.forget(&name).await?;
            }
        }
        Ok(())
    }

    /// Publishes entry bundle `n` with its first `width` entries; narrower ones of the same number go.
    pub async fn put_bundle(&self, n: u64, width: u64, bytes: Vec<u8>) -> Result<(), Fault> {
        self.put(&layout::path(Shelf::Entries, n, width), bytes).await?;
        for (name, last) in self.names(&partial(n)).await? {
            if last.parse().is_ok_and(|other: u64| other < width) {
                self.forget(&name).await?;
            }
        }
        Ok(())
    }

    /// The published leaves `from..to`; `None`: they are not all there.
    pub async fn leaves(&self, from: u64, to: u64) -> Result<Option<Vec<Vec<u8>>>, Fault> {
        let mut leaves = Vec::new();
        let mut n = from / WIDTH;
        while n * WIDTH < to {
            let Some(bundle) = self.bundle(n).await? else { return Ok(None) };
            let entries = layout::entries_of(&bundle).ok_or_else(|| broken("bundle", n))?;
            if n * WIDTH + (entries.len() as u64) < to.min((n + 1) * WIDTH) {
                return Ok(None);
            }
            let within = (n * WIDTH..).zip(entries).filter(|(index, _)| (from..to).contains(index));
            leaves.extend(within.map(|(_, entry)| entry));
            n += 1;
        }
        Ok(Some(leaves))
    }

    /// The widest version of a bundle.
    async fn bundle(&self, n: u64) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(whole) = self.get(&self.name(&layout::path(Shelf::Entries, n, WIDTH))).await? {
            return Ok(Some(whole));
        }
        let names = self.names(&partial(n)).await?;
        let widest = names.into_iter().filter_map(|(name, last)| Some((last.parse::<u64>().ok()?, name))).max();
        match widest {
            Some((_, name)) => self.get(&name).await,
            None => Ok(None),
        }
    }

    /// Writes down that something is closed for good; what stands there already stays.
    pub async fn close(&self, closing: &Closing) -> Result<(), Fault> {
        let bytes = serde_json::to_vec(closing).map_err(|why| Fault::Other(why.to_string()))?;
        let once = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.objects().put_opts(&self.name(&closing.name()?), PutPayload::from(bytes), once).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Every closing that stands.
    pub async fn closings(&self) -> Result<Vec<Closing>, Fault> {
        let names = self.names("closings").await?;
        let read = futures_util::stream::iter(names).then(|(name, last)| async move {
            let Some(bytes) = self.get(&name).await? else { return Ok(None) };
            let closing = serde_json::from_slice(&bytes).ok();
            closing.map(Some).ok_or_else(|| Fault::Corrupt { table: "journal", column: "closings", row: last })
        });
        Ok(read.try_collect::<Vec<Option<Closing>>>().await?.into_iter().flatten().collect())
    }

    /// Takes closings away that were made before the UTC day of `before`.
    pub async fn forget_closings(&self, before: Moment) -> Result<u64, Fault> {
        let (first_kept, mut gone) = (utc_day(before), 0);
        for (name, _) in self.names("closings").await? {
            // …/closings/<day>/<name>
            let day = name.parts().rev().nth(1);
            if day.is_some_and(|day| day.as_ref() < first_kept.as_str()) {
                self.forget(&name).await?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

fn checkpoint_name(size: u64) -> String {
    format!("checkpoint/{size:020}")
}

/// The folder of the partial versions of a bundle.
fn partial(n: u64) -> String {
    let whole = layout::path(Shelf::Entries, n, WIDTH);
    format!("{whole}.p")
}

fn broken(what: &'static str, number: u64) -> Fault {
    Fault::Corrupt { table: "journal", column: what, row: number.to_string() }
}
