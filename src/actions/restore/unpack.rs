//! The first half of a restore: an archive is opened, held against its own list, and put in place, in quarantine.
//!
//! Promises: every byte is checked before the folder has its name; what is wrong, cut or changed leaves nothing; names are taken only
//! where an archive of ours has them, so that a forged one writes nowhere else; a killed restore is begun anew.
//! Absent on purpose: opening the database for serving, and any key but those the operator hands over.

use std::collections::HashMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType};

use crate::actions::Fault;
use crate::actions::backup::archive::{DATABASE, Hashing, MANIFEST, SUMS, VAULT};
use crate::actions::backup::{FORMAT, Manifest};
use crate::actions::office::write_secret;
use crate::config;
use crate::sealing::age::{Identity, opening};
use crate::store::backup::{QUARANTINE, open_copy};
use crate::store::log::Head;

/// Lists end here, in bytes: a line for each blob.
const LIST_LIMIT: u64 = 1 << 30;

/// What becomes of the sealed bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blobs {
    /// They are put in place from the archive.
    FromArchive,
    /// The vault survived and is newer: they are checked in the archive and left out.
    VaultIsCurrent,
}

/// What to put back, and where.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The archive.
    pub from: PathBuf,
    /// The portal's folder: absent or empty; where the vault survived, without a database.
    pub data: PathBuf,
    /// A folder with the portal's key files, to be put in place too.
    pub keys: Option<PathBuf>,
    /// Where the sealed bytes come from.
    pub blobs: Blobs,
}

fn told(sentence: impl Into<String>) -> Fault {
    Fault::Other(sentence.into())
}

/// Puts an archive in place, in quarantine.
pub async fn unpack(wanted: &Wanted, with: &Identity) -> Result<Manifest, Fault> {
    let Wanted { from, data, keys, blobs } = wanted;
    fit(data, *blobs)?;
    let staging = Staging::begin(data)?;
    let manifest = extract(from, with, &staging.0, *blobs)?;
    agrees(&staging.0.join(DATABASE), &manifest).await?;
    if let Some(keys) = keys {
        bring_keys(keys, &staging.0.join("keys"))?;
    }
    sync(&staging.0)?;
    place(&staging.0, data, *blobs)?;
    Ok(manifest)
}

/// Refuses a folder that holds anything a restore would cover or mix with.
fn fit(data: &Path, blobs: Blobs) -> Result<(), Fault> {
    let entries = match std::fs::read_dir(data) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound && blobs == Blobs::FromArchive => return Ok(()),
        Err(why) => return Err(told(format!("{}: {why}", data.display()))),
    };
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Beside a database put back, the leftovers of another one would be read as its own.
        if blobs == Blobs::FromArchive || name.starts_with(DATABASE) {
            let must = if blobs == Blobs::FromArchive { "be absent or empty" } else { "hold no database" };
            return Err(told(format!("{} holds {name}: the folder must {must}. Nothing was written", data.display())));
        }
    }
    Ok(())
}

/// The folder beside the portal's in which everything is checked; gone when something was wrong.
struct Staging(PathBuf);

impl Staging {
    fn begin(data: &Path) -> Result<Self, Fault> {
        let whole = std::path::absolute(data)?;
        let name = whole.file_name().ok_or_else(|| told("name the portal's folder"))?.to_string_lossy().into_owned();
        let dir = whole.with_file_name(format!(".{name}.restoring"));
        if dir.exists() {
            // A restore that was killed: begun anew.
            std::fs::remove_dir_all(&dir)?;
        }
        DirBuilder::new().mode(0o700).create(&dir)?;
        DirBuilder::new().mode(0o700).create(dir.join("vault"))?;
        Ok(Self(dir))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.0.exists()
            && let Err(why) = std::fs::remove_dir_all(&self.0)
        {
            tracing::error!(%why, dir = %self.0.display(), "what was unpacked stays behind: remove it");
        }
    }
}

/// Unpacks into `dir` and checks every digest; answers the manifest.
fn extract(from: &Path, with: &Identity, dir: &Path, blobs: Blobs) -> Result<Manifest, Fault> {
    let file = File::open(from).map_err(|why| told(format!("{}: {why}", from.display())))?;
    let opened = opening(BufReader::with_capacity(1 << 16, file), with).map_err(|_| {
        told(format!("{} cannot be opened with this identity: it is another one's, or no backup", from.display()))
    })?;
    let damaged =
        |why: io::Error| told(format!("{} is cut or changed ({why}): nothing was put in place", from.display()));
    let mut tar = Archive::new(opened);
    let (mut digests, mut manifest, mut sums) = (HashMap::new(), None, None);
    for entry in tar.entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap_or_default();
        let Some(kind) = kind_of(&name).filter(|_| entry.header().entry_type() == EntryType::Regular) else {
            return Err(told(format!("the archive holds {name:?}, which no backup has: nothing was put in place")));
        };
        if sums.is_some() || digests.contains_key(&name) {
            return Err(told(format!("the archive holds {name:?} twice or behind its end: nothing was put in place")));
        }
        let mut reader = Hashing::new(entry);
        match kind {
            Inside::Manifest => manifest = Some(small(&mut reader).map_err(damaged)?),
            Inside::Sums => {
                sums = Some(small(&mut reader).map_err(damaged)?);
                continue;
            }
            Inside::Blob if blobs == Blobs::VaultIsCurrent => {
                io::copy(&mut reader, &mut io::sink()).map_err(damaged)?;
            }
            Inside::Blob | Inside::Database => write(&mut reader, &dir.join(&name)).map_err(damaged)?,
        }
        digests.insert(name, reader.digest());
    }
    // The last chunk of the sealed file tells that it is whole.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(damaged)?;
    let (Some(manifest), Some(sums)) = (manifest, sums) else {
        return Err(told("the archive has no manifest or no list of digests: nothing was put in place"));
    };
    compare(&sums, &digests)?;
    let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|why| told(format!("the manifest: {why}")))?;
    if manifest.format != FORMAT {
        return Err(told(format!("the archive is of the format {:?}, this program reads {FORMAT:?}", manifest.format)));
    }
    let found = digests.keys().filter(|name| name.starts_with(VAULT)).count() as u64;
    if found != manifest.blobs || !digests.contains_key(DATABASE) {
        return Err(told("the archive does not hold what its manifest says: nothing was put in place"));
    }
    Ok(manifest)
}

#[derive(Clone, Copy)]
enum Inside {
    Database,
    Blob,
    Manifest,
    Sums,
}

/// What a name is in an archive of ours; `None`: it has no place in one.
fn kind_of(name: &str) -> Option<Inside> {
    match name {
        DATABASE => Some(Inside::Database),
        MANIFEST => Some(Inside::Manifest),
        SUMS => Some(Inside::Sums),
        _ => {
            let (shelf, blob) = name.strip_prefix(VAULT)?.split_once('/')?;
            let hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            (blob.len() == 32 && hex(blob) && shelf.len() == 2 && blob.starts_with(shelf)).then_some(Inside::Blob)
        }
    }
}

fn small(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LIST_LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn write(from: &mut impl Read, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(from, &mut out)?;
    out.sync_all()
}

/// Holds what was read against the archive's own list: the same names, the same digests.
fn compare(sums: &[u8], digests: &HashMap<String, String>) -> Result<(), Fault> {
    let text = std::str::from_utf8(sums).map_err(|_| told("the archive's list of digests cannot be read"))?;
    let mut listed = 0;
    for line in text.lines() {
        let fits = line.split_once("  ").is_some_and(|(digest, name)| digests.get(name).is_some_and(|d| d == digest));
        if !fits {
            return Err(told(format!(
                "the archive does not fit its list of digests: {line}. Nothing was put in place"
            )));
        }
        listed += 1;
    }
    if listed == digests.len() {
        return Ok(());
    }
    Err(told("the archive holds files that its list does not name: nothing was put in place"))
}

/// The database is the one that the manifest speaks of, whole, and in quarantine.
async fn agrees(database: &Path, manifest: &Manifest) -> Result<(), Fault> {
    let mut conn = open_copy(database).await?;
    if let Some(why) = conn.integrity().await? {
        return Err(told(format!("the database in the archive is damaged: {why}")));
    }
    let head = Head::read(&mut conn).await?.ok_or_else(|| told("the database in the archive has no log"))?;
    let fits = head.size() == manifest.size && head.note() == manifest.checkpoint && head.origin() == manifest.origin;
    if !fits || conn.setting(QUARANTINE).await?.is_none() {
        return Err(told("the database in the archive is not the one that its manifest speaks of"));
    }
    Ok(())
}

/// Copies the portal's key files, each read and checked.
fn bring_keys(from: &Path, to: &Path) -> Result<(), Fault> {
    DirBuilder::new().mode(0o700).create(to)?;
    for (_, file) in config::KeyFiles::below(Path::new("")).all() {
        let name = file.file_name().unwrap_or_default();
        let key = config::key(&from.join(name)).map_err(|why| told(why.to_string()))?;
        write_secret(&to.join(name), &zeroize::Zeroizing::new(format!("{}\n", hex::encode(*key))))?;
    }
    Ok(())
}

fn sync(dir: &Path) -> Result<(), Fault> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync(&entry.path())?;
        }
    }
    File::open(dir)?.sync_all()?;
    Ok(())
}

/// Gives what is checked its place; the database last.
fn place(staging: &Path, data: &Path, blobs: Blobs) -> Result<(), Fault> {
    let whole = std::path::absolute(data)?;
    if blobs == Blobs::FromArchive {
        // Over an empty folder, or none.
        std::fs::rename(staging, &whole)?;
    } else {
        let (keys, to) = (staging.join("keys"), whole.join("keys"));
        if keys.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(&to)?;
            for file in std::fs::read_dir(keys)? {
                let file = file?;
                std::fs::rename(file.path(), to.join(file.file_name()))?;
            }
            File::open(to)?.sync_all()?;
        }
        std::fs::rename(staging.join(DATABASE), whole.join(DATABASE))?;
        File::open(&whole)?.sync_all()?;
    }
    if let Some(parent) = whole.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}
