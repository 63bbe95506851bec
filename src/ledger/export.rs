//! Writing an export directory: what `log export DIR` hands to an auditor.
//!
//! Promised: the bytes of the access-log page, in constant memory (one bundle at a time), synced at the end, the checkpoint
//! last. It writes what it is given, also when the store was tampered with, because that is evidence; [`Finished`] says so.
//! Absent on purpose: judging (that is [`super::verify`]); overwriting anything.
//! Proved by the tests of `tests/it/ledger.rs`, read back by our verifier and by Go.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::layout::{self, Shelf, WIDTH};
use super::tree::{Edge, Hash};

/// Whether the openings, which hold personal data, are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Leaves and openings.
    Full,
    /// Leaves only: no `records.jsonl`, no personal data.
    LeavesOnly,
}

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The target holds something already.
    #[error("{0} is not an empty directory: name one that does not exist yet, or empty it")]
    NotEmpty(PathBuf),
    /// The machine refused.
    #[error("{path}: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// An entry beyond what a bundle can hold.
    #[error("entry {index} has {bytes} bytes; an entry bundle holds at most 65535 for one entry")]
    TooLong {
        /// The entry, from 0.
        index: u64,
        /// Its length.
        bytes: usize,
    },
    /// The note is not a checkpoint, so its size cannot be told.
    #[error("this is not a signed checkpoint")]
    NotACheckpoint,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a checkpoint that does not cover what was written is an alarm"]
pub struct Finished {
    /// Entries written.
    pub size: u64,
    /// The root over them, computed anew from what was written.
    pub root: Hash,
    /// What is wrong if the final checkpoint does not say the same: the store was damaged or tampered with.
    pub alarm: Option<String>,
}

/// Writes one export. Entries in order of index; older checkpoints and receipts at any time; then `finish`.
pub struct Writer {
    dir: PathBuf,
    edge: Edge,
    bundle: Vec<u8>,
    records: Option<BufWriter<File>>,
}

impl Writer {
    /// Starts an export in `dir`, which must be absent or an empty directory. A new one is readable by its owner only.
    pub fn create(dir: &Path, contents: Contents) -> Result<Self, ExportError> {
        let mut writer = Self { dir: dir.to_owned(), edge: Edge::empty(), bundle: Vec::new(), records: None };
        match fs::read_dir(dir) {
            Ok(mut inside) => {
                if inside.next().is_some() {
                    return Err(ExportError::NotEmpty(dir.to_owned()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make_dir(dir)?,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(ExportError::NotEmpty(dir.to_owned()));
            }
            Err(source) => {
                return Err(ExportError::File { path: dir.to_owned(), source });
            }
        }
        if contents == Contents::Full {
            writer.records = Some(BufWriter::new(writer.new_file(layout::RECORDS)?));
        }
        Ok(writer)
    }

    /// The next entry: its leaf bytes and, unless erased or lost, salt and body. For `LeavesOnly` the opening is not written.
    pub fn push(&mut self, leaf_bytes: &[u8], opening: Option<(&[u8; 32], &[u8])>) -> Result<(), ExportError> {
        let index = self.edge.size();
        if !layout::push_entry(&mut self.bundle, leaf_bytes) {
            return Err(ExportError::TooLong { index, bytes: leaf_bytes.len() });
        }
        self.edge.grow(tlog_tiles::record_hash(leaf_bytes), |_, _| ());
        if let (Some(records), Some((salt, body))) = (&mut self.records, opening) {
            let (salt, body) = (STANDARD.encode(salt), STANDARD.encode(body));
            writeln!(records, r#"{{"index": {index}, "salt": "{salt}", "body": "{body}"}}"#)
                .map_err(|source| ExportError::File { path: self.dir.join(layout::RECORDS), source })?;
        }
        if self.edge.size().is_multiple_of(WIDTH) {
            self.put_bundle(index / WIDTH, WIDTH)?;
        }
        Ok(())
    }

    /// An older signed checkpoint, into `checkpoints/<size>`.
    pub fn checkpoint(&mut self, older_note: &str) -> Result<(), ExportError> {
        let size = unchecked(older_note)?.size();
        self.put(&format!("{}/{size}", layout::CHECKPOINTS), older_note.as_bytes())
    }

    /// A receipt, into `receipts/<index>.tlog-proof`.
    pub fn receipt(&mut self, index: u64, text: &str) -> Result<(), ExportError> {
        self.put(&format!("{}/{index}{}", layout::RECEIPTS, layout::RECEIPT_END), text.as_bytes())
    }

    /// Ends the export with the newest signed checkpoint, and syncs it to the disk.
    pub fn finish(mut self, final_note: &str) -> Result<Finished, ExportError> {
        let signed = unchecked(final_note)?;
        let (size, root) = (self.edge.size(), self.edge.root());
        if !size.is_multiple_of(WIDTH) {
            self.put_bundle(size / WIDTH, size % WIDTH)?;
        }
        if let Some(records) = self.records.take() {
            let path = self.dir.join(layout::RECORDS);
            let sync = || records.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all();
            sync().map_err(|source| ExportError::File { path, source })?;
        }
        // Everything else first: a directory without a checkpoint is not an export.
        sync_dirs(&self.dir)?;
        self.put(layout::CHECKPOINT, final_note.as_bytes())?;
        sync_dir(&self.dir)?;
        let agrees = signed.size() == size && *signed.hash() == root;
        let alarm = (!agrees).then(|| {
            let signed = format!("the checkpoint signs {} entries with root {}", signed.size(), signed.hash());
            format!("{signed}, but the store holds {size} with root {root}: it was damaged or changed")
        });
        Ok(Finished { size, root, alarm })
    }

    fn put_bundle(&mut self, n: u64, width: u64) -> Result<(), ExportError> {
        let bundle = std::mem::take(&mut self.bundle);
        self.put(&layout::path(Shelf::Entries, n, width), &bundle)?;
        self.bundle = bundle;
        self.bundle.clear();
        Ok(())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let mut file = self.new_file(name)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.map_err(|source| ExportError::File { path: self.dir.join(name), source })
    }

    fn new_file(&self, name: &str) -> Result<File, ExportError> {
        let path = self.dir.join(name);
        if let Some(parent) = path.parent() {
            Self::make_dir(parent)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file.map_err(|source| ExportError::File { path, source })
    }

    fn make_dir(dir: &Path) -> Result<(), ExportError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|source| ExportError::File { path: dir.to_owned(), source })
    }
}

/// Reads size and root without checking the signature: the writer holds no key, and the verifier will look.
fn unchecked(note: &str) -> Result<tlog_tiles::Checkpoint, ExportError> {
    let note = signed_note::Note::from_bytes(note.as_bytes()).map_err(|_| ExportError::NotACheckpoint)?;
    tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| ExportError::NotACheckpoint)
}

fn sync_dirs(dir: &Path) -> Result<(), ExportError> {
    let fault = |source| ExportError::File { path: dir.to_owned(), source };
    for inside in fs::read_dir(dir).map_err(fault)? {
        let inside = inside.map_err(fault)?;
        if inside.file_type().map_err(fault)?.is_dir() {
            sync_dirs(&inside.path())?;
        }
    }
    sync_dir(dir)
}

fn sync_dir(dir: &Path) -> Result<(), ExportError> {
    let synced = File::open(dir).and_then(|handle| handle.sync_all());
    synced.map_err(|source| ExportError::File { path: dir.to_owned(), source })
}
