//! A log in memory that can be exported, and scratch directories that vanish. Only public doors of the ledger are used.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use disclosure_portal::ledger::checkpoint::LogKey;
use disclosure_portal::ledger::export::{Contents, Finished, Writer};
use disclosure_portal::ledger::leaf::{Leaf, commitment, time_text};
use disclosure_portal::ledger::proof;
use disclosure_portal::ledger::state::State;
use disclosure_portal::ledger::tree::{Edge, Hash, inclusion};
use disclosure_portal::ledger::verify::{Report, verify};
use serde_json::{Value, json};

pub(super) const NAME: &str = "portal.example/log/1";
/// 2026-11-21T18:00:00.123Z.
pub(super) const AT: i64 = 1_795_284_000_123;

pub(super) struct Entry {
    pub(super) leaf: Vec<u8>,
    pub(super) salt: [u8; 32],
    pub(super) body: Vec<u8>,
    pub(super) erased: bool,
}

pub(super) struct Log {
    pub(super) key: LogKey,
    pub(super) entries: Vec<Entry>,
    pub(super) stored: HashMap<u64, Hash>,
    pub(super) roots: Vec<Hash>,
    edge: Edge,
}

impl Log {
    pub(super) fn new() -> Self {
        let edge = Edge::empty();
        let key = LogKey::from_seed(NAME, &[1; 32]).unwrap();
        Self { key, entries: Vec::new(), stored: HashMap::new(), roots: vec![edge.root()], edge }
    }

    /// A log of `size` views.
    pub(super) fn of(size: u64) -> Self {
        let mut log = Self::new();
        (0..size).for_each(|_| log.view());
        log
    }

    pub(super) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(super) fn view(&mut self) {
        let actor = format!("person-{}", self.size() % 7);
        self.push("view", &json!({ "actor": actor, "object": "CZ/001/26", "purpose": "prevention" }));
    }

    /// Appends an entry whose body has these fields besides `kind` and `at`.
    pub(super) fn push(&mut self, kind: &str, fields: &Value) {
        let at = AT + i64::try_from(self.size()).unwrap() * 250;
        self.push_at(kind, at, fields);
    }

    pub(super) fn push_at(&mut self, kind: &str, at: i64, fields: &Value) {
        let mut body = json!({ "kind": kind, "at": time_text(at).unwrap() });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let body = body.to_string().into_bytes();
        let mut salt = [0xa5; 32];
        salt[..8].copy_from_slice(&self.size().to_be_bytes());
        let leaf = Leaf::new(kind, at, commitment(&salt, &body)).unwrap().to_bytes();
        self.push_raw(Entry { leaf, salt, body, erased: false });
    }

    /// Appends an entry as it is, right or wrong.
    pub(super) fn push_raw(&mut self, entry: Entry) {
        self.stored.extend(self.edge.append(&entry.leaf));
        self.roots.push(self.edge.root());
        self.entries.push(entry);
    }

    pub(super) fn root(&self, size: u64) -> Hash {
        self.roots[usize::try_from(size).unwrap()]
    }

    /// The signed checkpoint over the first `size` entries.
    pub(super) fn note(&self, size: u64) -> String {
        self.key.sign(size, self.root(size)).unwrap()
    }

    /// The receipt of entry `index` in the tree of `size`.
    pub(super) fn receipt(&self, index: u64, size: u64) -> String {
        proof::make(index, &inclusion(size, index, &self.stored).unwrap(), &self.note(size))
    }

    /// Writes entries, openings and the newest checkpoint; what else goes in is up to `more`.
    pub(super) fn export_with(&self, dir: &Path, contents: Contents, more: impl FnOnce(&mut Writer)) -> Finished {
        let mut writer = Writer::create(dir, contents).unwrap();
        for entry in &self.entries {
            let opening = (!entry.erased).then_some((&entry.salt, entry.body.as_slice()));
            writer.push(&entry.leaf, opening).unwrap();
        }
        more(&mut writer);
        writer.finish(&self.note(self.size())).unwrap()
    }

    pub(super) fn export(&self) -> Scratch {
        let dir = Scratch::new();
        assert_eq!(self.export_with(&dir.0, Contents::Full, |_| ()).alarm, None);
        dir
    }

    /// An export with older checkpoints and receipts.
    pub(super) fn full_export(&self) -> Scratch {
        let (dir, size) = (Scratch::new(), self.size());
        let finished = self.export_with(&dir.0, Contents::Full, |writer| {
            for older in BTreeSet::from([0, 1, size / 2]) {
                writer.checkpoint(&self.note(older)).unwrap();
            }
            writer.receipt(0, &self.receipt(0, size / 2)).unwrap();
            writer.receipt(size - 1, &self.receipt(size - 1, size)).unwrap();
        });
        assert_eq!((finished.size, finished.root, finished.alarm), (size, self.root(size), None));
        dir
    }

    pub(super) fn verify(&self, dir: &Scratch) -> Report {
        self.verify_against(dir, None)
    }

    pub(super) fn verify_against(&self, dir: &Scratch, state: Option<&State>) -> Report {
        verify(&dir.0, &self.key.vkey(), state).unwrap()
    }

    /// Verifies, insists that it fails, and answers the first bad entry and all failures in one text.
    pub(super) fn refused(&self, dir: &Scratch) -> (Option<u64>, String) {
        let report = self.verify(dir);
        assert!(!report.passed());
        (report.first_bad, report.failures.join("\n"))
    }
}

/// A directory of its own for each test, removed at the end.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    /// A path that does not exist yet.
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("ledger-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(super) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Every file, as a path below the directory.
    pub(super) fn files(&self) -> Vec<String> {
        let (mut found, mut dirs) = (Vec::new(), vec![self.0.clone()]);
        while let Some(dir) = dirs.pop() {
            for inside in fs::read_dir(dir).unwrap() {
                let path = inside.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    found.push(path.strip_prefix(&self.0).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
