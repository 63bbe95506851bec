//! What lies in a vault beside the blobs: whose it is, and what a write that was cut short left behind.
//!
//! Absent on purpose: deciding whether a vault is ours; that is `actions::claim`.

use std::path::Path;

use object_store::path::Path as Name;
use object_store::{ObjectStoreExt as _, PutPayload};

use super::{PROBE, Vault, Where, is_gone, is_name};
use crate::domain::moment::Moment;
use crate::store::Fault;

/// Says whose vault it is; no blob has such a name.
const OWNER: &str = "owner";

impl Vault {
    /// Whose vault it is; `None`: nobody's yet.
    pub async fn owner(&self) -> Result<Option<String>, Fault> {
        let got = match self.timed("get", 0, self.objects.get(&Name::from(OWNER))).await {
            Ok(got) => got,
            Err(why) if is_gone(&why) => return Ok(None),
            Err(why) => return Err(self.unfit("cannot be read from", &why)),
        };
        let bytes = self.timed("body", 0, got.bytes()).await.map_err(|why| self.unfit("cannot be read from", &why))?;
        Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned()))
    }

    /// Writes down whose vault it is.
    pub async fn own(&self, owner: &str) -> Result<(), Fault> {
        let words = format!("{owner}\n").into_bytes();
        if let Where::Folder(dir) = &self.at {
            // With the mode of a file that nobody else reads, which the library would not give it; whole or not at all.
            use std::os::unix::fs::OpenOptionsExt as _;
            let (unfinished, file) = (dir.join(format!("{OWNER}.new")), dir.join(OWNER));
            let mut opening = std::fs::OpenOptions::new();
            let mut out = opening.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
            std::io::Write::write_all(&mut out, &words)?;
            out.sync_all()?;
            std::fs::rename(&unfinished, &file)?;
            return Ok(std::fs::File::open(dir)?.sync_all()?);
        }
        let words = PutPayload::from(words);
        let put = self.timed("put", 0, self.objects.put(&Name::from(OWNER), words)).await;
        put.map(drop).map_err(|why| self.unfit("cannot be written to", &why))
    }

    /// Deletes what a write that was cut short left in a directory before `then`; how many. An S3 store keeps nothing of such.
    pub fn clear_unfinished(&self, then: Moment) -> Result<u64, Fault> {
        let Where::Folder(dir) = &self.at else { return Ok(0) };
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
                let unfinished = name.to_str().and_then(|name| name.split_once('#')).is_some_and(|(name, n)| {
                    is_name(name) && !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit())
                });
                cleared += u64::from(unfinished && remove_old(&file, then)?);
            }
        }
        Ok(cleared)
    }
}

/// Deletes a file that was last written before `then`; whether it was.
fn remove_old(file: &Path, then: Moment) -> Result<bool, Fault> {
    let since = std::fs::metadata(file)?.modified()?.duration_since(std::time::UNIX_EPOCH);
    let written = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    let old = written < then.millis();
    if old {
        std::fs::remove_file(file)?;
    }
    Ok(old)
}
