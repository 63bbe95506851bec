//! The log of a portal as a stranger reads it: every leaf with what it says, and the tree's root at every size.

use std::collections::BTreeMap;

use disclosure_portal::actions::audit;
use disclosure_portal::config::Store;
use disclosure_portal::ledger::checkpoint::LogVerifier;
use disclosure_portal::ledger::tree::{Edge, Hash};
use disclosure_portal::store::log::Head;
use disclosure_portal::store::open_reader;
use serde_json::Value;

/// What a leaf says.
pub(super) struct Leaf {
    pub(super) index: u64,
    pub(super) kind: String,
    pub(super) at: String,
    pub(super) object: String,
    pub(super) copy: String,
    pub(super) request: String,
    /// Which version of the words was seen.
    pub(super) revision: Option<i64>,
    /// How many copies it says that it ended.
    pub(super) copies: Option<u64>,
}

impl Leaf {
    /// The release it is about.
    pub(super) fn release(&self) -> &str {
        self.object.strip_prefix("release/").unwrap_or_default()
    }
}

/// The whole log.
pub(super) struct Log {
    pub(super) leaves: Vec<Leaf>,
    /// The root over the first so many leaves.
    roots: Vec<Hash>,
    /// The signed heads that the database keeps.
    kept: Vec<String>,
    /// What does not fit in it.
    pub(super) failures: Vec<String>,
}

impl Log {
    pub(super) async fn read(store: &Store, vkey: &str) -> Self {
        let mut conn = open_reader(store).await.unwrap();
        let found = audit::fsck(&mut conn, vkey).await.unwrap();
        let head = Head::read(&mut conn).await.unwrap().expect("a head");
        let mut edge = Edge::empty();
        let (mut leaves, mut roots) = (Vec::new(), vec![edge.root()]);
        for entry in conn.log_entries(0, head.size(), u32::MAX).await.unwrap() {
            edge.append(&entry.leaf);
            roots.push(edge.root());
            let (_, body) = entry.opening.expect("nothing was erased");
            let body: Value = serde_json::from_slice(&body).unwrap();
            let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
            leaves.push(Leaf {
                index: entry.index,
                kind: text("kind"),
                at: text("at"),
                object: text("object"),
                copy: text("copy"),
                request: text("request_id"),
                revision: body["revision"].as_i64(),
                copies: body["copies"].as_u64(),
            });
        }
        let mut kept = conn.log_checkpoints(head.size()).await.unwrap();
        kept.push(head.note().to_owned());
        Self { leaves, roots, kept, failures: found.failures }
    }

    /// Whether this log is what each signed head said; how many there were.
    pub(super) fn fits<'a>(
        &'a self,
        heads: impl Iterator<Item = &'a String>,
        vkey: &str,
        wrong: &mut Vec<String>,
    ) -> usize {
        let verifier = LogVerifier::new(vkey).unwrap();
        let mut compared = 0;
        for note in heads.chain(&self.kept) {
            compared += 1;
            let head = verifier.open(note).expect("signed by the log");
            match usize::try_from(head.size()).ok().and_then(|size| self.roots.get(size)) {
                None => wrong.push(format!(
                    "a head over {} leaves was signed; there are {}",
                    head.size(),
                    self.leaves.len()
                )),
                Some(root) if *root != head.root() => {
                    wrong.push(format!("the head over {} leaves that was signed is not this log's", head.size()));
                }
                Some(_) => {}
            }
        }
        compared
    }

    /// How many leaves of each kind there are about each copy, and about each release.
    pub(super) fn counts(&self) -> BTreeMap<(&str, &str), usize> {
        let mut counts = BTreeMap::new();
        for leaf in &self.leaves {
            let about = if leaf.copy.is_empty() { leaf.release() } else { &leaf.copy };
            *counts.entry((leaf.kind.as_str(), about)).or_default() += 1;
        }
        counts
    }

    /// The leaves of each request.
    pub(super) fn by_request(&self) -> BTreeMap<&str, Vec<&Leaf>> {
        let mut requests: BTreeMap<&str, Vec<&Leaf>> = BTreeMap::new();
        for leaf in &self.leaves {
            requests.entry(&leaf.request).or_default().push(leaf);
        }
        requests
    }
}
