//! The files of the portal's own keys, and the lock that says whether a portal is running.
//!
//! Promise: which records key is in force stands in the database, changed in the very transaction that seals everything under it; so
//! a machine that stops at any step of a rotation opens again, with the one key that fits. Absent on purpose: a passphrase on these
//! files, and any copy of them in a backup. Proved by `tests/it/journeys/rotation.rs`.

use std::fs::{File, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::actions::Fault;
use crate::actions::office::write_secret;
use crate::config::Store;
use crate::ledger::checkpoint::{self, LogKey};
pub use crate::store::Hold;
use crate::store::log::Head;
use crate::store::open_reader;
use crate::{clock, config};

/// The setting that names the records key in force; absent: none has followed the first.
pub(super) const IN_FORCE: &str = "records_key";

/// Takes the folder's lock, which the system gives back when the process ends, however it ends.
pub(super) fn hold(data: &Path, how: Hold) -> Result<File, Fault> {
    let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(data.join("portal.lock"))?;
    let taken = match how {
        Hold::Shared => file.try_lock_shared(),
        Hold::Alone | Hold::Restoring => file.try_lock(),
    };
    match (taken, how) {
        (Ok(()), _) => Ok(file),
        (Err(TryLockError::WouldBlock), Hold::Alone | Hold::Restoring) => {
            Err(Fault::Other("a portal, or a command of its, has this folder open: stop it first".to_owned()))
        }
        (Err(TryLockError::WouldBlock), Hold::Shared) => {
            Err(Fault::Other("a key is being replaced in this folder: try again when that is done".to_owned()))
        }
        (Err(TryLockError::Error(why)), _) => Err(why.into()),
    }
}

/// The setting that lists the log's verifier keys, as verifiers take them; absent: there has been one.
pub(super) const VKEYS: &str = "log_vkeys";

/// Makes a new log key and writes it beside the one in force, durably.
pub(super) fn write_next_log(usual: &Path, name: &str) -> Result<LogKey, Fault> {
    let seed = Zeroizing::new(clock::random::<32>());
    let key = LogKey::from_seed(name, &seed).map_err(|why| Fault::Log(why.to_string()))?;
    let file = beside(usual, &hex::encode(clock::random::<8>()));
    write_secret(&file, &Zeroizing::new(format!("{}\n", hex::encode(*seed))))?;
    sync(usual)?;
    Ok(key)
}

/// The keys that a rotation has written beside the one with the usual name.
fn next_logs(usual: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder(usual))? {
        let file = entry?;
        if another(usual, &file.path()) {
            found.push(file.path());
        }
    }
    Ok(found)
}

fn read_log(file: &Path, name: &str) -> Result<LogKey, Fault> {
    let seed = config::key(file).map_err(|why| Fault::Other(why.to_string()))?;
    LogKey::from_seed(name, &seed).map_err(|why| Fault::Log(why.to_string()))
}

/// The verifier key of what signed `head`, for commands that only read: a rotation under way beside them is left alone.
pub fn log_vkey(head: &Head, usual: &Path, name: &str) -> Result<String, Fault> {
    for file in next_logs(usual)? {
        let vkey = read_log(&file, name)?.vkey();
        if checkpoint::open(head.note(), &vkey).is_ok() {
            return Ok(vkey);
        }
    }
    Ok(read_log(usual, name)?.vkey())
}

/// The log's key: the one that signed the stored head. A rotation that was cut short is settled: the key that followed gets the usual
/// name, one that never signed goes. Only for whoever holds the folder's lock: a rotation under way would lose its key.
pub(super) async fn log_key(store: &Store, usual: &Path, name: &str) -> Result<LogKey, Fault> {
    let beside = next_logs(usual)?;
    if !beside.is_empty() {
        let head = Head::read(&mut open_reader(store).await?).await?;
        let note = head.ok_or_else(|| Fault::Log("the log has no head".to_owned()))?;
        for file in beside {
            if checkpoint::open(note.note(), &read_log(&file, name)?.vkey()).is_ok() {
                std::fs::rename(&file, usual)?;
            } else {
                std::fs::remove_file(&file)?;
            }
        }
        sync(usual)?;
    }
    read_log(usual, name)
}

/// What names a records key without telling it.
pub(super) fn id_of(key: &[u8; 32]) -> String {
    let text = [&b"disclosure-portal/records-key/v1\n"[..], key].concat();
    hex::encode(digest(&SHA256, &text).as_ref()).chars().take(16).collect()
}

/// The usual file's name without its end: what a rotation writes beside it begins with the same.
fn stem(usual: &Path) -> &str {
    usual.file_stem().and_then(|stem| stem.to_str()).unwrap_or("key")
}

fn beside(usual: &Path, id: &str) -> PathBuf {
    usual.with_file_name(format!("{}-{id}.key", stem(usual)))
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes what was renamed or removed beside a file durable.
fn sync(file: &Path) -> Result<(), Fault> {
    Ok(File::open(folder(file))?.sync_all()?)
}

/// Makes a new key and writes it beside the one in force, durably.
pub(super) fn write_next(usual: &Path) -> Result<(Zeroizing<[u8; 32]>, String), Fault> {
    let key = Zeroizing::new(clock::random::<32>());
    let id = id_of(&key);
    write_secret(&beside(usual, &id), &Zeroizing::new(format!("{}\n", hex::encode(*key))))?;
    sync(usual)?;
    Ok((key, id))
}

/// Whether this is a key file that a rotation wrote beside the usual one: by its whole name, so that neither the usual file, whatever
/// it is called, nor another portal's, nor a copy that somebody laid there is ever taken for one.
fn another(usual: &Path, file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let id = name.strip_prefix(stem(usual)).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".key"));
    id.is_some_and(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

/// Gives the key in force its usual name, which ends the one before; and ends those that never came into force.
pub(super) fn settle(usual: &Path, in_force: Option<&str>) -> Result<(), Fault> {
    let mut changed = false;
    if let Some(next) = in_force.map(|id| beside(usual, id)).filter(|file| file.exists()) {
        std::fs::rename(&next, usual)?;
        changed = true;
    }
    for entry in std::fs::read_dir(folder(usual))? {
        let file = entry?;
        if another(usual, &file.path()) {
            std::fs::remove_file(file.path())?;
            changed = true;
        }
    }
    if changed {
        sync(usual)?;
    }
    Ok(())
}

/// The records key that the database says is in force.
pub(super) fn in_force(usual: &Path, id: &str) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let read = |file: &Path| config::key(file).map_err(|why| Fault::Other(why.to_string()));
    for file in [beside(usual, id), usual.to_owned()] {
        if file.exists() {
            let key = read(&file)?;
            if id_of(&key) == id {
                return Ok(key);
            }
        }
    }
    Err(Fault::Other(format!(
        "the records key {id} is not in {}: bring it back from where it is kept",
        usual.display()
    )))
}
