//! The bytes of a backup: a tar of plain files, with a list of their digests at its end, sealed with age as it is written.
//!
//! Promises: memory stays constant, however much there is; the file has its name only when it is whole and durable; a stranger opens it
//! with `age`, `tar` and `sha256sum` (`docs/formats/backup.md`). Absent on purpose: compression (what is inside is sealed already), and
//! anything of the file system: no owners, no links.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use tar::{Builder, Header};

use crate::actions::Fault;
use crate::clock;
use crate::sealing::age::{Recipient, Sealing};

/// The list of digests, as `sha256sum` reads it: the last file of an archive.
pub const SUMS: &str = "SHA256SUMS";
/// What the archive is: the file before it.
pub const MANIFEST: &str = "manifest.json";
/// The copy of the database: the first file.
pub const DATABASE: &str = "portal.sqlite";
/// What the names of sealed bytes begin with.
pub const VAULT: &str = "vault/";

/// A reader that hashes what passes.
pub struct Hashing<R> {
    inner: R,
    hash: Context,
}

impl<R: Read> Hashing<R> {
    /// Nothing read yet.
    pub fn new(inner: R) -> Self {
        Self { inner, hash: Context::new(&SHA256) }
    }

    /// The digest of all that was read, in lower-case hexadecimal.
    pub fn digest(self) -> String {
        hex::encode(self.hash.finish())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// An archive being written beside the name it will have.
pub(super) struct Archive {
    tar: Builder<Sealing<BufWriter<File>>>,
    sums: BufWriter<File>,
    unfinished: PathBuf,
    name: PathBuf,
    seconds: u64,
}

impl Archive {
    /// Begins; the list of digests is kept in the private folder `scratch` until the end.
    pub(super) fn begin(name: &Path, scratch: &Path, to: &[Recipient], seconds: u64) -> Result<Self, Fault> {
        let unfinished = unfinished(name);
        let out = private(&unfinished)?;
        let sealing = Sealing::to(BufWriter::new(out), to).map_err(|why| Fault::Other(why.to_string()))?;
        let sums = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(scratch.join(SUMS))?;
        let name = name.to_owned();
        Ok(Self { tar: Builder::new(sealing), sums: BufWriter::new(sums), unfinished, name, seconds })
    }

    /// Adds bytes under a name.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.add_stream(name, bytes, bytes.len() as u64)
    }

    /// Adds exactly `length` bytes of a reader under a name.
    pub(super) fn add_stream(&mut self, name: &str, from: impl Read, length: u64) -> Result<(), Fault> {
        let mut from = Hashing::new(from.take(length));
        self.put(name, &mut from, length)?;
        writeln!(self.sums, "{}  {name}", from.digest())?;
        Ok(())
    }

    fn put(&mut self, name: &str, from: impl Read, length: u64) -> Result<(), Fault> {
        let mut header = Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(self.seconds);
        header.set_uid(0);
        header.set_gid(0);
        Ok(self.tar.append_data(&mut header, name, from)?)
    }

    /// Ends the archive with its list, makes it durable, and gives it its name.
    pub(super) fn finish(mut self) -> Result<u64, Fault> {
        let mut sums = self.sums.into_inner().map_err(io::IntoInnerError::into_error)?;
        let length = sums.stream_position()?;
        sums.rewind()?;
        self.sums = BufWriter::new(sums.try_clone()?);
        self.put(SUMS, sums, length)?;
        let out = self.tar.into_inner()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        out.sync_all()?;
        let bytes = out.metadata()?.len();
        // Never over something that is there: a link fails where a rename would not.
        std::fs::hard_link(&self.unfinished, &self.name)?;
        std::fs::remove_file(&self.unfinished)?;
        File::open(folder(&self.name))?.sync_all()?;
        Ok(bytes)
    }
}

/// A new file that only its owner reads.
pub(super) fn private(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}

pub(super) fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How the name of an unfinished archive begins; what a killed backup left is known by it.
pub(super) const UNFINISHED: &str = ".unfinished-";

fn unfinished(name: &Path) -> PathBuf {
    folder(name).join(format!("{UNFINISHED}{}.backup", hex::encode(clock::random::<8>())))
}
