//! A backup beside a running portal: one moment of the database, checked whole, and every sealed blob it names, sealed to whoever
//! keeps backups.
//!
//! Promises: nothing that was destroyed is in it, no key of the portal is in it, and it restores only into quarantine; the act is a leaf,
//! written before anything leaves. Backups in a folder are kept as many days as the setting says and no longer (P9).
//! Absent on purpose: a backup of PostgreSQL's database (its own base backup and WAL do that); compression; a schedule (that is a timer's).
//! Proved by `tests/it/restore`.

pub mod archive;

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use self::archive::{Archive, DATABASE, MANIFEST, UNFINISHED, VAULT, folder};
use crate::actions::publish::Publisher;
use crate::actions::{Fault, No, Office, audit};
use crate::clock;
use crate::domain::event::{Event, Kind};
use crate::domain::moment::Moment;
use crate::sealing::age::Recipient;
use crate::store::backup::{copy_database, mark_copy, open_copy};
use crate::store::log::{Head, Stamp};

/// The format of an archive.
pub const FORMAT: &str = "disclosure-portal/backup/v1";
/// How the name of a folder with a copy of the database begins; what a killed backup left is known by it.
const SCRATCH: &str = "backup-";
/// How the name of a backup in a folder ends.
const ENDS: &str = ".backup.age";
/// Names read at a time.
const PAGE: u16 = 1_024;

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The program that made it.
    pub program: String,
    /// When, RFC 3339: the moment of the database.
    pub made_at: String,
    /// The log's name.
    pub origin: String,
    /// Its entries.
    pub size: u64,
    /// Their root, base64.
    pub root: String,
    /// The signed checkpoint of that size.
    pub checkpoint: String,
    /// The newest migration of the database.
    pub schema: i64,
    /// How many sealed blobs are in it.
    pub blobs: u64,
    /// Their bytes.
    pub blob_bytes: u64,
    /// Blobs that the database names and that were not in the vault any more: destroyed while the backup was made.
    pub missing: Vec<String>,
}

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub struct Made {
    /// The file.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Older backups of the folder that were removed.
    pub removed: Vec<PathBuf>,
}

/// One backup at a time in a portal's folder; what an earlier one left when it was killed is gone.
struct Scratch {
    dir: PathBuf,
    _alone: File,
}

impl Scratch {
    fn begin(data: &Path) -> Result<Self, Fault> {
        let alone = alone(data)?.ok_or_else(|| Fault::Other("another backup is being made: wait for it".to_owned()))?;
        remove_stale(data)?;
        let dir = data.join(format!("{SCRATCH}{}", hex::encode(clock::random::<8>())));
        DirBuilder::new().mode(0o700).create(&dir)?;
        Ok(Self { dir, _alone: alone })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.dir) {
            tracing::error!(%why, dir = %self.dir.display(), "a copy of the database stays behind: remove it");
        }
    }
}

fn alone(data: &Path) -> Result<Option<File>, Fault> {
    let file = File::options().create(true).truncate(false).write(true).open(data.join("backup.lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(why)) => Err(why.into()),
    }
}

fn remove_stale(data: &Path) -> Result<(), Fault> {
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name.to_str().and_then(|name| name.strip_prefix(SCRATCH)).is_some_and(|id| id.len() == 16);
        if ours && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Removes the copy of the database that a killed backup left behind: it may hold what is destroyed since. Called when a portal starts.
pub fn clear_stale(data: &Path) {
    let cleared = alone(data).and_then(|alone| alone.map_or(Ok(()), |_alone| remove_stale(data)));
    if let Err(why) = cleared {
        tracing::error!(%why, "what a killed backup left behind could not be removed");
    }
}

/// Makes a backup at `out`: a file that does not exist yet; or a folder, where it gets a name by its time and those older than the
/// setting's days are removed once it is whole.
pub async fn make(office: &Office, out: &Path, to: &[Recipient], stamp: &Stamp) -> Result<Made, No> {
    if office.settings.store.postgres.is_some() {
        return Err(Fault::Other(
            "this portal's database is PostgreSQL: back it up with a base backup and its WAL, and the bucket with its store's own \
             means (the operations guide, \"Backup and restore\")"
                .to_owned(),
        )
        .into());
    }
    let keep = out.is_dir();
    let file = if keep { out.join(name_at(office.now())) } else { out.to_owned() };
    if file.exists() {
        return Err(Fault::Other(format!("{} is there already: a backup never replaces one", file.display())).into());
    }
    clear_unfinished(folder(&file))?;
    let scratch = Scratch::begin(&office.settings.store.data)?;
    let recipients: Vec<String> = to.iter().map(ToString::to_string).collect();
    office.record(Event::new(Kind::BackedUp, "log").with("recipients", recipients), stamp).await?;
    Publisher::default().round(office).await?;
    let made = write(office, &file, &scratch.dir, to).await;
    if made.is_err() {
        clear_unfinished(folder(&file))?;
    }
    let (bytes, manifest) = made?;
    let removed = if keep { remove_old(out, office.now(), office.settings.store.backup_days)? } else { Vec::new() };
    Ok(Made { file, bytes, manifest, removed })
}

async fn write(office: &Office, file: &Path, scratch: &Path, to: &[Recipient]) -> Result<(u64, Manifest), No> {
    let now = office.now();
    let copy = scratch.join(DATABASE);
    drop(archive::private(&copy)?);
    copy_database(&office.settings.store, &copy).await?;
    mark_copy(&copy, now).await?;
    let mut conn = open_copy(&copy).await?;
    if let Some(why) = conn.integrity().await? {
        return Err(Fault::Other(format!("the copy of the database is damaged, nothing was written: {why}")).into());
    }
    let checked = audit::fsck(&mut conn, &office.log_vkeys).await?;
    if let Some(why) = checked.failures.first() {
        return Err(Fault::Log(format!("the log in the database is not whole, nothing was written: {why}")).into());
    }
    let head = Head::read(&mut conn).await?.ok_or(No::NotFound)?;
    let seconds = u64::try_from(now.millis() / 1_000).unwrap_or(0);
    let mut archive = Archive::begin(file, scratch, to, seconds)?;
    let database = File::open(&copy)?;
    let length = database.metadata()?.len();
    archive.add_stream(DATABASE, database, length)?;
    let (mut blobs, mut blob_bytes, mut missing, mut last) = (0, 0, Vec::new(), String::new());
    loop {
        let names = conn.objects(&last, PAGE).await?;
        let Some(end) = names.last() else { break };
        last.clone_from(end);
        for name in names {
            match office.vault.sealed(&name).await? {
                Some(bytes) => {
                    archive.add(&place(&name), &bytes)?;
                    blobs += 1;
                    blob_bytes += bytes.len() as u64;
                }
                None => missing.push(name),
            }
        }
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        program: concat!("disclosure-portal ", env!("CARGO_PKG_VERSION")).to_owned(),
        made_at: now.rfc3339(),
        origin: head.origin().to_owned(),
        size: head.size(),
        root: head.root().to_string(),
        checkpoint: head.note().to_owned(),
        schema: conn.schema_level().await?,
        blobs,
        blob_bytes,
        missing,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|why| Fault::Other(why.to_string()))?;
    archive.add(MANIFEST, &text)?;
    Ok((archive.finish()?, manifest))
}

/// Where a blob lies in an archive: as in the vault's folder.
fn place(name: &str) -> String {
    format!("{VAULT}{}/{name}", name.get(..2).unwrap_or_default())
}

/// `portal-20261121T120000Z.backup.age`
fn name_at(now: Moment) -> String {
    let second: String = now.rfc3339().chars().take(19).filter(|c| !"-:".contains(*c)).collect();
    format!("portal-{second}Z{ENDS}")
}

/// When a backup of a folder was made, by its name; `None`: the file is not one of ours.
fn made_at(name: &str) -> Option<Moment> {
    let said = name.strip_prefix("portal-")?.strip_suffix(ENDS)?;
    let part = |range| said.get(range);
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(9..11)?, part(11..13)?, part(13..15)?);
    let at = Moment::parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}.000Z"))?;
    (name_at(at) == name).then_some(at)
}

/// The backups of a folder that are past their days, oldest first.
pub fn overdue(dir: &Path, now: Moment, days: u16) -> Result<Vec<PathBuf>, Fault> {
    let first_kept = now.plus_millis(-86_400_000 * i64::from(days));
    let mut old = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let at = path.file_name().and_then(|name| name.to_str()).and_then(made_at);
        if at.is_some_and(|at| at < first_kept) {
            old.push(path);
        }
    }
    old.sort();
    Ok(old)
}

fn remove_old(dir: &Path, now: Moment, days: u16) -> Result<Vec<PathBuf>, Fault> {
    let old = overdue(dir, now, days)?;
    for file in &old {
        std::fs::remove_file(file)?;
    }
    File::open(dir)?.sync_all()?;
    Ok(old)
}

/// What a killed backup left of an archive.
fn clear_unfinished(dir: &Path) -> Result<(), Fault> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED)) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_backup_tells_its_time_and_other_names_tell_none() {
        let at = Moment::parse_rfc3339("2026-11-21T12:00:07.000Z").unwrap();
        assert_eq!(name_at(at), "portal-20261121T120007Z.backup.age");
        assert_eq!(made_at(&name_at(at)), Some(at));
        for other in
            ["portal-20261121T120007Z.backup", "portal-20261321T120007Z.backup.age", "notes.txt", "portal-.backup.age"]
        {
            assert_eq!(made_at(other), None, "{other}");
        }
    }
}
