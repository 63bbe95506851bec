//! What a disk holds after losing power, from the trace that `tests/disk/watch.c` made.
//!
//! A sync of a file makes its bytes and its length durable, not its name; a sync of a folder makes the names in it durable (a name
//! made, taken away or changed); that is the least that POSIX promises, and less than ext4 gives. Bytes are kept or lost by sectors
//! of 512. A change of name within a folder is whole or not at all. After a sync that failed, each sector it was about is on the
//! disk or lost for ever, as Linux does it: what was lost is clean in memory and never written again.
//! Absent on purpose: rubbish in sectors that were never written (they read as zeros), and mending by a file system's journal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The size of what a disk writes whole.
const SECTOR: u64 = 512;

/// One record of a trace.
#[derive(Debug)]
pub(super) enum Record {
    Opened { file: u32, fresh: bool, name: String },
    Write { file: u32, at: u64, bytes: Vec<u8> },
    Length { file: u32, len: u64 },
    Synced(u32),
    NotSynced(u32),
    Renamed(String, String),
    Linked(String, String),
    Gone(String),
    Folder(String),
    Ack(String),
}

/// Reads a trace; one with anything in it that is not understood is refused.
pub(super) fn read(trace: &Path) -> Vec<Record> {
    let all = std::fs::read(trace).unwrap();
    let (mut rest, mut records) = (all.as_slice(), Vec::new());
    while !rest.is_empty() {
        let (head, after) = rest.split_at(20);
        let file = u32::from_le_bytes(head[4..8].try_into().unwrap());
        let at = u64::from_le_bytes(head[8..16].try_into().unwrap());
        let (name, after) = after.split_at(u16::from_le_bytes([head[2], head[3]]).into());
        let (bytes, after) = after.split_at(u32::from_le_bytes(head[16..20].try_into().unwrap()) as usize);
        let name = String::from_utf8(name.to_vec()).unwrap();
        let text = || String::from_utf8(bytes.to_vec()).unwrap();
        rest = after;
        records.push(match head[0] {
            b'O' => Record::Opened { file, fresh: at == 1, name },
            b'W' => Record::Write { file, at, bytes: bytes.to_vec() },
            b'T' => Record::Length { file, len: at },
            b'S' => Record::Synced(file),
            b'F' => Record::NotSynced(file),
            b'R' => Record::Renamed(name, text()),
            b'L' => Record::Linked(name, text()),
            b'U' => Record::Gone(name),
            b'M' => Record::Folder(name),
            b'A' => Record::Ack(text()),
            other => panic!("{name}: {} is not understood", char::from(other)),
        });
    }
    records
}

/// Draws numbers from a seed (`SplitMix64`), so that a failure can be played again.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number below `n`.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn heads(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// What of the unsynced is on the disk when the power is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Nothing of it.
    Nothing,
    /// All but the last write, which is torn.
    Torn,
    /// Each sector and each change of name by the toss of a coin.
    Half,
    /// All: the power did not fail.
    All,
}

#[derive(Clone, Debug)]
enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Length(u64),
}

#[derive(Clone, Debug, Default)]
struct File {
    durable: Vec<u8>,
    /// Since the last sync, each with its place in the trace.
    unsynced: Vec<(usize, Change)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Node {
    Folder,
    File(u32),
    /// As it was when the trace began.
    Untouched,
}

#[derive(Clone, Debug)]
enum Naming {
    Put(String, Node),
    Moved(String, String),
    Gone(String),
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Naming {
    fn folder(&self) -> &str {
        let (Self::Put(name, _) | Self::Moved(_, name) | Self::Gone(name)) = self;
        folder_of(name)
    }

    fn apply(&self, names: &mut BTreeMap<String, Node>) {
        match self {
            Self::Put(name, node) => drop(names.insert(name.clone(), *node)),
            Self::Gone(name) => drop(names.remove(name)),
            Self::Moved(from, to) => drop(names.remove(from).map(|node| names.insert(to.clone(), node))),
        }
    }
}

fn write(into: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let at = usize::try_from(at).unwrap();
    into.resize(into.len().max(at + bytes.len()), 0);
    into[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Writes a file that only its owner reads, as the portal makes all of its files.
fn private(file: &Path, bytes: &[u8]) {
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).unwrap();
    out.write_all(bytes).unwrap();
}

/// The pieces of a write, by sectors.
fn sectors(at: u64, bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let (mut at, mut rest, mut pieces) = (at, bytes, Vec::new());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(usize::try_from(SECTOR - at % SECTOR).unwrap().min(rest.len()));
        pieces.push((at, piece));
        at += piece.len() as u64;
        rest = after;
    }
    pieces
}

impl Change {
    fn apply(&self, to: &mut Vec<u8>, mut keep: impl FnMut(usize) -> bool) {
        match self {
            Self::Write { at, bytes } => {
                let kept = sectors(*at, bytes).into_iter().enumerate().filter(|(n, _)| keep(*n));
                kept.for_each(|(_, (at, piece))| write(to, at, piece));
            }
            Self::Length(len) if keep(0) => to.resize(usize::try_from(*len).unwrap(), 0),
            Self::Length(_) => {}
        }
    }
}

/// A disk at some point of a trace.
pub(super) struct Disk {
    base: PathBuf,
    files: BTreeMap<u32, File>,
    folders: BTreeMap<u32, String>,
    now: BTreeMap<String, Node>,
    durable: BTreeMap<String, Node>,
    unsynced: Vec<Naming>,
    /// Names that ever were; what lies under them is what was written.
    ever: BTreeMap<String, u32>,
    /// Names that were taken away.
    gone: BTreeSet<String>,
    dice: Dice,
    at: usize,
}

impl Disk {
    /// As the trace began: what lies in `base` is durable.
    pub(super) fn new(base: &Path, seed: u64) -> Self {
        let mut now = BTreeMap::new();
        let mut folders = vec![base.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let name = entry.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
                now.insert(name, if entry.is_dir() { Node::Folder } else { Node::Untouched });
                folders.extend(entry.is_dir().then_some(entry));
            }
        }
        let (base, durable, dice) = (base.to_owned(), now.clone(), Dice(seed));
        let (files, folders, ever, gone) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { base, files, folders, now, durable, unsynced: Vec::new(), ever, gone, dice, at: 0 }
    }

    /// What happens next on it.
    pub(super) fn play(&mut self, record: &Record) {
        self.at += 1;
        match record {
            Record::Opened { file, fresh, name } => self.opened(*file, *fresh, name),
            Record::Write { file, at, bytes } => {
                self.changed(*file, Change::Write { at: *at, bytes: bytes.clone() });
            }
            Record::Length { file, len } => self.changed(*file, Change::Length(*len)),
            Record::Synced(file) => self.synced(*file),
            Record::NotSynced(file) => {
                let file = self.files.get_mut(file).expect("a file, not a folder");
                for (_, change) in std::mem::take(&mut file.unsynced) {
                    change.apply(&mut file.durable, |_| self.dice.heads());
                }
            }
            Record::Renamed(from, to) => {
                assert_eq!(folder_of(from), folder_of(to), "a file that moves between folders is not understood");
                self.ever.extend(self.ever.get(from).map(|file| (to.clone(), *file)));
                self.named(Naming::Moved(from.clone(), to.clone()));
            }
            Record::Linked(from, to) => {
                let node = *self.now.get(from).expect("a name that is there");
                self.ever.extend(self.ever.get(from).map(|file| (to.clone(), *file)));
                self.named(Naming::Put(to.clone(), node));
            }
            Record::Gone(name) => {
                self.gone.insert(name.clone());
                self.named(Naming::Gone(name.clone()));
            }
            Record::Folder(name) => self.named(Naming::Put(name.clone(), Node::Folder)),
            Record::Ack(_) => {}
        }
    }

    fn opened(&mut self, file: u32, fresh: bool, name: &str) {
        let folder = name.is_empty() || self.now.get(name) == Some(&Node::Folder);
        if folder {
            self.folders.insert(file, name.to_owned());
            return;
        }
        self.ever.insert(name.to_owned(), file);
        let mut was = File::default();
        if fresh {
            self.named(Naming::Put(name.to_owned(), Node::File(file)));
        } else {
            assert_eq!(self.now.get(name), Some(&Node::Untouched), "{name} was made by nobody");
            was.durable = std::fs::read(self.base.join(name)).unwrap();
            for names in [&mut self.now, &mut self.durable] {
                names.insert(name.to_owned(), Node::File(file));
            }
        }
        self.files.insert(file, was);
    }

    fn changed(&mut self, file: u32, change: Change) {
        self.files.get_mut(&file).expect("an open file").unsynced.push((self.at, change));
    }

    fn named(&mut self, naming: Naming) {
        naming.apply(&mut self.now);
        self.unsynced.push(naming);
    }

    fn synced(&mut self, file: u32) {
        if let Some(folder) = self.folders.get(&file) {
            let (done, rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.unsynced).into_iter().partition(|one| one.folder() == folder);
            for one in done {
                one.apply(&mut self.durable);
            }
            self.unsynced = rest;
            return;
        }
        let file = self.files.get_mut(&file).expect("an open file");
        for (_, change) in std::mem::take(&mut file.unsynced) {
            change.apply(&mut file.durable, |_| true);
        }
    }

    /// Lays out in `to` what is on the disk when the power is back.
    pub(super) fn lay_out(&self, to: &Path, kept: Kept, dice: &mut Dice) {
        let mut names = self.durable.clone();
        for one in &self.unsynced {
            if !matches!(kept, Kept::Nothing) && (kept != Kept::Half || dice.heads()) {
                one.apply(&mut names);
            }
        }
        let last = self.files.values().filter_map(|file| file.unsynced.last()).map(|(at, _)| *at).max();
        let whole: BTreeSet<&str> =
            names.iter().filter(|(_, n)| **n == Node::Folder).map(|(name, _)| &**name).collect();
        for (name, node) in &names {
            // What lies in a folder that is lost is lost.
            if !std::iter::successors(Some(folder_of(name)), |f| Some(folder_of(f)).filter(|_| !f.is_empty()))
                .all(|folder| folder.is_empty() || whole.contains(folder))
            {
                continue;
            }
            let target = to.join(name);
            match node {
                Node::Folder => std::fs::create_dir_all(target).unwrap(),
                Node::Untouched => drop(std::fs::copy(self.base.join(name), target).unwrap()),
                Node::File(file) => private(&target, &self.content(*file, kept, last, dice)),
            }
        }
    }

    fn content(&self, file: u32, kept: Kept, last: Option<usize>, dice: &mut Dice) -> Vec<u8> {
        let file = &self.files[&file];
        let mut content = file.durable.clone();
        for (at, change) in &file.unsynced {
            let torn = match change {
                Change::Write { at: from, bytes } if kept == Kept::Torn && Some(*at) == last => {
                    dice.below(sectors(*from, bytes).len() as u64)
                }
                _ => u64::MAX,
            };
            change.apply(&mut content, |n| match kept {
                Kept::Nothing => false,
                Kept::Torn => (n as u64) < torn,
                Kept::Half => dice.heads(),
                Kept::All => true,
            });
        }
        content
    }

    /// All that was ever written under this name.
    pub(super) fn written(&self, name: &str) -> Option<Vec<u8>> {
        let file = self.ever.get(name)?;
        Some(self.content(*file, Kept::All, None, &mut Dice(0)))
    }

    /// The sealed blobs that were deleted so far: no name of a blob is ever used again.
    pub(super) fn deleted(&self) -> BTreeSet<String> {
        self.gone.iter().filter(|name| name.starts_with("vault/")).cloned().collect()
    }

    /// The names of all files there are, were the power never to fail.
    pub(super) fn files(&self) -> Vec<&str> {
        self.now.iter().filter(|(_, node)| **node != Node::Folder).map(|(name, _)| &**name).collect()
    }
}
