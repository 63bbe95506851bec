//! What a directory needs beside `object_store`: files that nobody else reads, and the end of writes that were cut short.
//!
//! Absent on purpose: blobs.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::{Fault, PROBE, is_name};
use crate::domain::moment::Moment;

/// Writes a file that only its owner reads, whole or not at all: the library would give it the mode of everything else.
pub(super) fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let unfinished = dir.join(format!("{name}.new"));
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&unfinished, dir.join(name))?;
    Ok(File::open(dir)?.sync_all()?)
}

/// Deletes what writes and probes that were cut short left before `then`; how many.
pub(super) fn clear_unfinished(dir: &Path, then: Moment) -> Result<u64, Fault> {
    let mut cleared = 0;
    for folder in std::fs::read_dir(dir)? {
        let (folder, name) = folder.map(|folder| (folder.path(), folder.file_name()))?;
        if !folder.is_dir() {
            let probe = name.to_str().and_then(|name| name.strip_prefix(PROBE)).is_some_and(is_name);
            cleared += u64::from(probe && remove_old(&folder, then)?);
            continue;
        }
        for file in std::fs::read_dir(&folder)? {
            let (file, name) = file.map(|file| (file.path(), file.file_name()))?;
            // `<name>#<n>`: what `object_store` writes to before it takes the name.
            let unfinished = name
                .to_str()
                .and_then(|name| name.split_once('#'))
                .is_some_and(|(name, n)| is_name(name) && !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()));
            cleared += u64::from(unfinished && remove_old(&file, then)?);
        }
    }
    Ok(cleared)
}

/// Deletes a file that was last written before `then`; whether it was. One that went meanwhile is gone.
fn remove_old(file: &Path, then: Moment) -> Result<bool, Fault> {
    let gone = |why: &std::io::Error| why.kind() == std::io::ErrorKind::NotFound;
    let written = match std::fs::metadata(file).and_then(|about| about.modified()) {
        Ok(at) => at.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis()),
        Err(why) if gone(&why) => return Ok(false),
        Err(why) => return Err(why.into()),
    };
    if i64::try_from(written).unwrap_or(i64::MAX) >= then.millis() {
        return Ok(false);
    }
    match std::fs::remove_file(file) {
        Err(why) if !gone(&why) => Err(why.into()),
        _ => Ok(true),
    }
}
