//! The vault: sealed bytes by random name, in a local directory (every write synced) or in an S3-compatible store, by one code.
//!
//! Promises: blob first, then the row that names it; deleting is read back; a store that is dead, slow or failing is told within
//! seconds as [`No::Unavailable`], with its cause in the operator's log alone, and nothing is taken for gone that was not looked for.
//! Absent on purpose: anything that could open a blob, and ranges: a blob is served whole. Proved by `tests/it/vault/`.

mod fit;
mod s3;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{Stream, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, PutResult};

use super::{Acked, Fault, No};
use crate::clock;
use crate::config::Store;
use crate::domain::moment::Moment;
use crate::store::copies::Grant;
use crate::telemetry::metrics;

/// The most names of a listing in memory at once.
pub const PAGE: usize = 500;
/// Says whose vault it is; no blob has such a name.
const OWNER: &str = "owner";
/// What the name of a probe in a folder begins with. In a bucket a probe has a blob's name, and one that stays is an orphan.
const PROBE: &str = "probe-";
/// How long an answer may let wait for its first byte, and a small one for all of it.
const PATIENCE: Duration = Duration::from_secs(5);
/// And for each of these bytes of a body a second more: 4 Mbit/s, below which a store is of no use for 25 MB photographs.
const A_SECOND: u64 = 512 << 10;

/// The sealed bytes' store.
#[derive(Clone, Debug)]
pub struct Vault {
    objects: Arc<dyn ObjectStore>,
    at: Where,
    meter: metrics::Vault,
}

#[derive(Clone, Debug)]
enum Where {
    Folder(PathBuf),
    Bucket(Arc<fit::Bucket>),
}

impl Vault {
    /// The vault of a portal. Speaks to nobody yet: see [`Vault::prove`].
    pub fn open(at: &Store) -> Result<Self, Fault> {
        match &at.s3 {
            None => Self::local(&at.vault()),
            Some(at) => {
                let (objects, bucket) = s3::open(at)?;
                Ok(Self { objects, at: Where::Bucket(Arc::new(bucket)), meter: metrics::Vault::default() })
            }
        }
    }

    /// Opens (and makes) a directory. Writes are fsynced: a logged copy never lacks its blob after a crash.
    pub fn local(dir: &Path) -> Result<Self, Fault> {
        std::fs::create_dir_all(dir)?;
        let objects = Arc::new(LocalFileSystem::new_with_prefix(dir)?.with_fsync(true));
        Ok(Self { objects, at: Where::Folder(dir.to_owned()), meter: metrics::Vault::default() })
    }

    /// The object store itself, for what lies beside the blobs.
    pub fn objects(&self) -> &dyn ObjectStore {
        &*self.objects
    }

    /// Proves that blobs can be kept, read back and destroyed here, and that what is destroyed does not stay as an old version.
    /// Answers the store's own time. Whatever is wrong is told as a sentence: a portal does not start on such a vault.
    pub async fn prove(&self) -> Result<Moment, Fault> {
        let (name, bytes) = (hex::encode(clock::random::<16>()), clock::random::<32>().to_vec());
        let place = match &self.at {
            // On no shelf, so that proving makes no folder.
            Where::Folder(_) => Name::from(format!("{PROBE}{name}")),
            Where::Bucket(_) => place(&name)?,
        };
        let put = self.timed("put", 32, self.objects.put(&place, PutPayload::from(bytes.clone()))).await;
        let put: PutResult = put.map_err(|why| self.unfit("cannot be written to", &why))?;
        let read = async {
            let meta = self.timed("head", 0, self.objects.head(&place)).await?;
            let got = self.timed("get", 0, self.objects.get(&place)).await?;
            Ok((meta, self.timed("get", 32, got.bytes()).await?))
        };
        let read: Result<(ObjectMeta, _), Error> = read.await;
        // Taken away whatever the reading said.
        let gone = self.remove(&place).await;
        let (meta, got) = read.map_err(|why| self.unfit("cannot be read from", &why))?;
        if got != bytes {
            return Err(Fault::Other(format!("{}: it does not give back what was put there", self.words())));
        }
        if !gone.map_err(|why| self.unfit("cannot be deleted from", &why))? {
            return Err(Fault::Other(format!("{}: what is deleted there is still there", self.words())));
        }
        if let Where::Bucket(bucket) = &self.at {
            bucket.fit(put.version.is_some_and(|version| version != "null")).await?;
        }
        Ok(Moment::from_millis(meta.last_modified.timestamp_millis()))
    }

    /// Stores sealed bytes under a fresh random name and answers the name.
    pub async fn put(&self, sealed: Vec<u8>) -> Result<String, No> {
        let name = hex::encode(clock::random::<16>());
        let place = place(&name)?;
        self.timed("put", sealed.len(), self.objects.put(&place, PutPayload::from(sealed))).await.map_err(failed)?;
        Ok(name)
    }

    /// The bytes of a granted view: only for the token that the writer makes once the view's leaf is durable (P2).
    pub async fn of_view(&self, grant: &Acked<Grant>) -> Result<Vec<u8>, No> {
        self.get(grant.get().object()).await
    }

    /// The bytes of an original, sealed to its unit: only for an acknowledged act.
    pub async fn of_original(&self, object: &Acked<String>) -> Result<Vec<u8>, No> {
        self.get(object.get()).await
    }

    /// The bytes of a register's document, under a lock of its own: only for an acknowledged act.
    pub async fn of_document(&self, object: &Acked<String>) -> Result<Vec<u8>, No> {
        self.get(object.get()).await
    }

    async fn get(&self, name: &str) -> Result<Vec<u8>, No> {
        let got = self.timed("get", 0, self.objects.get(&place(name)?)).await.map_err(failed)?;
        let size = usize::try_from(got.meta.size).unwrap_or(usize::MAX);
        Ok(self.timed("get", size, got.bytes()).await.map_err(failed)?.to_vec())
    }

    /// The sealed bytes as they lie there, for a backup; `None`: there are none. Nothing is opened with them.
    pub async fn sealed(&self, name: &str) -> Result<Option<Vec<u8>>, No> {
        match self.get(name).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(No::Broken(Fault::Vault(why))) if is_gone(&why) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Whether a blob is there.
    pub async fn has(&self, name: &str) -> Result<bool, No> {
        match self.timed("head", 0, self.objects.head(&place(name)?)).await {
            Ok(_) => Ok(true),
            Err(why) if is_gone(&why) => Ok(false),
            Err(why) => Err(failed(why)),
        }
    }

    /// Deletes a blob and reads back that it is gone. Deleting what is gone already is done.
    pub async fn destroy(&self, name: &str) -> Result<(), No> {
        if self.remove(&place(name)?).await.map_err(failed)? {
            return Ok(());
        }
        Err(Fault::Other("a deleted blob is still there".to_owned()).into())
    }

    /// Whether the store answers at all: asked for a name that no blob has.
    pub async fn answers(&self) -> Result<(), No> {
        match self.timed("head", 0, self.objects.head(&Name::from("ready"))).await {
            Ok(_) => Ok(()),
            Err(why) if is_gone(&why) => Ok(()),
            Err(why) => Err(failed(why)),
        }
    }

    /// What it did so far.
    pub fn meter(&self) -> &metrics::Vault {
        &self.meter
    }

    /// Lets the store no longer than is fit for so many bytes, its own tries and all; and counts what came of it.
    async fn timed<T>(
        &self,
        operation: &'static str,
        bytes: usize,
        asked: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let began = Instant::now();
        // Twice: the store's own limit is for one try of several.
        let done = match tokio::time::timeout(patience(bytes) * 2, asked).await {
            Ok(answer) => answer,
            Err(late) => Err(Error::Generic { store: "vault", source: Box::new(late) }),
        };
        let outcome = match &done {
            Ok(_) => "ok",
            Err(why) if is_gone(why) => "missing",
            Err(_) => "failed",
        };
        self.meter.done(operation, outcome, began);
        done
    }

    /// Whether it is gone.
    async fn remove(&self, place: &Name) -> Result<bool, Error> {
        match self.timed("delete", 0, self.objects.delete(place)).await {
            Ok(()) => {}
            Err(why) if is_gone(&why) => {}
            Err(why) => return Err(why),
        }
        match self.timed("head", 0, self.objects.head(place)).await {
            Err(why) if is_gone(&why) => Ok(true),
            Ok(_) => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// The names on one shelf (the first two digits, 00 to ff) of blobs stored before `then` by the store's own time, a page at
    /// a time. Whatever else lies there is passed over.
    pub fn shelf(&self, digits: u8, then: Moment) -> impl Stream<Item = Result<Vec<String>, No>> + use<> {
        let first = format!("{digits:02x}");
        let listed = self.objects.list(Some(&Name::from(first.clone())));
        let blobs = listed.map_err(failed).try_filter_map(move |meta| {
            let old = meta.last_modified.timestamp_millis() < then.millis();
            std::future::ready(Ok(blob(&meta.location, &first).filter(|_| old)))
        });
        blobs.try_chunks(PAGE).map_err(|why| why.1)
    }

    /// Whose vault it is; `None`: nobody's yet.
    pub async fn owner(&self) -> Result<Option<String>, Fault> {
        let got = match self.timed("get", 0, self.objects.get(&Name::from(OWNER))).await {
            Ok(got) => got,
            Err(why) if is_gone(&why) => return Ok(None),
            Err(why) => return Err(self.unfit("cannot be read from", &why)),
        };
        let bytes = self.timed("get", 0, got.bytes()).await.map_err(|why| self.unfit("cannot be read from", &why))?;
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

    /// Where it is, in words.
    pub fn words(&self) -> String {
        match &self.at {
            Where::Folder(dir) => format!("the vault {}", dir.display()),
            Where::Bucket(bucket) => bucket.words(),
        }
    }

    fn unfit(&self, cannot: &str, why: &Error) -> Fault {
        Fault::Other(format!("{} {cannot}: {}", self.words(), causes(why)))
    }
}

/// What a store that cannot be used means to whoever waits: nothing is served, nothing is lost, and it heals by itself. A blob that is
/// not there is another matter, and stays a fault.
fn failed(why: Error) -> No {
    if is_gone(&why) {
        return No::Broken(Fault::Vault(why));
    }
    tracing::error!(cause = causes(&why), "the vault cannot be used: nothing was served");
    No::Unavailable
}

/// An error with what caused it: libraries name the refused connection or the stranger's certificate only there.
fn causes(why: &(dyn std::error::Error + 'static)) -> String {
    let mut words = why.to_string();
    let mut cause = why.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = next.source();
    }
    words
}

/// Whether a blob is not there, and the place where it would lie is: a bucket that is not there says "not found" too.
fn is_gone(why: &Error) -> bool {
    matches!(why, Error::NotFound { .. }) && !why.to_string().contains("NoSuchBucket")
}

/// How long something of so many bytes may take.
fn patience(bytes: usize) -> Duration {
    PATIENCE + Duration::from_secs(u64::try_from(bytes).unwrap_or(u64::MAX) / A_SECOND)
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

fn is_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A listed blob's name; `None`: it is none of ours.
fn blob(at: &Name, shelf: &str) -> Option<String> {
    let (first, name) = at.as_ref().split_once('/')?;
    (first == shelf && is_name(name) && name.starts_with(shelf)).then(|| name.to_owned())
}

fn place(name: &str) -> Result<Name, Fault> {
    let (shelf, _) = name.split_at_checked(2).filter(|_| is_name(name)).ok_or_else(|| Fault::Corrupt {
        table: "part",
        column: "object",
        row: name.to_owned(),
    })?;
    Ok(Name::from(format!("{shelf}/{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_syncs_every_write() {
        let dir = std::env::temp_dir().join(format!("vault-{}", hex::encode(clock::random::<8>())));
        let vault = Vault::local(&dir).unwrap();
        // The library's own tests hold what the switch does; the power-loss harness holds it against the disk.
        assert!(format!("{:?}", vault.objects()).contains("fsync: true"), "{:?}", vault.objects());
        std::fs::remove_dir(dir).unwrap();
    }

    #[test]
    fn only_a_blobs_name_has_a_place_and_only_a_blob_is_listed() {
        let name = "ab".repeat(16);
        assert_eq!(place(&name).unwrap().as_ref(), format!("ab/{name}"));
        for wrong in ["", "ab", "../../etc/passwd", &"AB".repeat(16), &"ab".repeat(17), &"zz".repeat(16), "äb"] {
            assert!(matches!(place(wrong), Err(Fault::Corrupt { .. })), "{wrong}");
        }
        let listed = |at: &str, shelf: &str| blob(&Name::from(at), shelf);
        assert_eq!(listed(&format!("ab/{name}"), "ab"), Some(name.clone()));
        for wrong in [format!("ac/{name}"), format!("ab/x/{name}"), name.clone(), format!("ab/{name}.json")] {
            assert_eq!(listed(&wrong, &wrong[..2]), None, "{wrong}");
        }
    }

    #[test]
    fn a_bucket_that_is_not_there_is_not_a_blob_that_is_gone() {
        let said = |source: &str| Error::NotFound { path: "ab/cd".into(), source: source.to_owned().into() };
        assert!(is_gone(&said("404 Not Found: <Error><Code>NoSuchKey</Code></Error>")));
        assert!(is_gone(&said("404 Not Found")));
        assert!(!is_gone(&said("404 Not Found: <Error><Code>NoSuchBucket</Code></Error>")));
    }
}
