//! What a portal's process and its watcher say to each other, a line of JSON each.
//!
//! A line is one write into a pipe, whole or not at all: whatever a process said before it was killed is heard. Absent on purpose: any
//! buffering.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use disclosure_portal::config::{Postgres, S3};
use disclosure_portal::demo::Account;
use serde::{Deserialize, Serialize};

use crate::harness::s3::{S3Server, settings_at};

/// What stands before each line, so that the test runner's own words are told apart.
const MARK: char = '>';

/// What a person does. Releases and copies by their identifiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Deed {
    Leaf,
    Ask(String),
    Authorise(String),
    Seal(String),
    Acknowledge(String),
    View(String),
    Thumbnail(String),
    Recall(String),
    Correct(String),
    Demand(String),
    Confirm(String),
    Sweep,
}

impl Deed {
    /// The word of the one leaf that this act has, if it has exactly one.
    pub(super) fn leaf(&self) -> Option<&'static str> {
        Some(match self {
            Self::Leaf => "consult",
            Self::Ask(_) => "request",
            Self::Authorise(_) => "authorise",
            Self::Acknowledge(_) => "acknowledge",
            Self::View(_) => "view",
            Self::Thumbnail(_) => "thumbnail",
            Self::Recall(_) => "recall",
            Self::Correct(_) => "correct",
            Self::Demand(_) => "demand",
            Self::Confirm(_) => "confirm",
            Self::Seal(_) | Self::Sweep => return None,
        })
    }

    /// What it is called in the table.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Seal(_) => "seal",
            Self::Sweep => "sweep",
            other => other.leaf().unwrap_or_default(),
        }
    }

    /// The copy it is about.
    pub(super) fn copy(&self) -> Option<&str> {
        match self {
            Self::Acknowledge(copy)
            | Self::View(copy)
            | Self::Thumbnail(copy)
            | Self::Demand(copy)
            | Self::Confirm(copy) => Some(copy),
            _ => None,
        }
    }

    /// The release it is about, where it names one.
    pub(super) fn release(&self) -> Option<&str> {
        match self {
            Self::Ask(release)
            | Self::Authorise(release)
            | Self::Seal(release)
            | Self::Recall(release)
            | Self::Correct(release) => Some(release),
            _ => None,
        }
    }
}

/// Why an act was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Why {
    /// A rule, or somebody was first.
    Refused,
    /// The portal said 503: it may have been done all the same.
    Away,
    /// A fault of ours.
    Broken,
}

/// What a process says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// Somebody is about to do this; `by` is the request that its leaf will name.
    About { by: String, what: Deed },
    /// The portal acknowledged it: for a view, its bytes are handed over. The leaf's index, where the answer has one.
    Done { by: String, leaf: Option<u64> },
    /// It was not done.
    Not { by: String, why: Why, told: String },
    /// A signed head of the log, as the auditor reads it.
    Head { note: String },
    /// The sealed parts that a copy has, each with the version of the words it is; 0: it is a picture.
    Parts { copy: String, objects: Vec<(String, i64)> },
    /// Nobody is at anything, until told to go on.
    Idle,
}

impl Said {
    /// Says it.
    pub(super) fn say(&self) {
        let line = format!("\n{MARK}{}\n", serde_json::to_string(self).unwrap());
        let mut out = std::io::stdout().lock();
        out.write_all(line.as_bytes()).and_then(|()| out.flush()).expect("the watcher listens");
    }

    /// Hears it; anything else on the line is the test runner's.
    pub(super) fn hear(line: &str) -> Option<Self> {
        line.strip_prefix(MARK).map(|said| serde_json::from_str(said).unwrap())
    }
}

/// What a process is told at its start.
#[derive(Serialize, Deserialize)]
pub(super) struct Orders {
    pub(super) data: PathBuf,
    postgres: Option<(String, u16, String, String, PathBuf)>,
    /// Port and secret of the S3 server that has its vault.
    bucket: Option<(u16, PathBuf)>,
    /// Its people do nothing but what ends copies.
    pub(super) destroying: bool,
    /// By how much the clock is moved.
    pub(super) clock: PathBuf,
    /// What the requests of this process begin with; no two processes ever have the same.
    pub(super) name: String,
    pub(super) seed: u64,
    pub(super) clients: usize,
    pub(super) areas: [String; 2],
    pub(super) schemes: [String; 3],
    /// Identifier, account and signing seed.
    pub(super) people: Vec<(String, Account, String)>,
    /// The photographs, by their digests.
    pub(super) photographs: BTreeMap<String, PathBuf>,
}

impl Orders {
    /// Orders about the data of a portal, without its people.
    pub(super) fn new(data: &Path, at: Option<&Postgres>, clock: &Path) -> Self {
        let file = |at: &Postgres| at.password_file.clone().expect("a password");
        let postgres = at.map(|at| (at.host.clone(), at.port, at.database.clone(), at.user.clone(), file(at)));
        Self {
            data: data.to_owned(),
            postgres,
            bucket: None,
            destroying: false,
            clock: clock.to_owned(),
            name: String::new(),
            seed: 0,
            clients: 8,
            areas: Default::default(),
            schemes: Default::default(),
            people: Vec::new(),
            photographs: BTreeMap::new(),
        }
    }

    /// The same with its vault on an S3 server.
    pub(super) fn in_bucket(&mut self, server: &S3Server) {
        self.bucket = Some((server.port, server.settings().secret_key_file));
    }

    /// The bucket, where there is one.
    pub(super) fn s3(&self) -> Option<S3> {
        self.bucket.clone().map(|(port, secret)| settings_at(port, secret))
    }

    /// The database, where it is on a server.
    pub(super) fn postgres(&self) -> Option<Postgres> {
        let (host, port, database, user, file) = self.postgres.clone()?;
        Some(Postgres { host, port, database, user, password_file: Some(file), ca_file: None })
    }
}

/// Draws numbers from a seed (`SplitMix64`), so that the choices of a run can be made again.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number below `n`, which is not 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    /// One of several, if there is any.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.below(of.len())) }
    }

    /// One of several, each with its weight.
    pub(super) fn weighed<'a, T>(&mut self, of: &'a [(T, usize)]) -> &'a T {
        let mut at = self.below(of.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in of {
            if at < *weight {
                return one;
            }
            at -= weight;
        }
        unreachable!("the weights' sum is not below itself")
    }
}
