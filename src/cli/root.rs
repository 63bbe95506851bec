//! `root key`, `root sign`: the offline machine's side of the root of trust (`docs/formats/approval.md` clause 4). Files in, files out.
//!
//! Promises: what is signed was shown with its six words, and those words were given back; the root key is written to one file
//! of mode 0600 and shown nowhere. Absent on purpose: the network, the database, signing everything at once, any role but the
//! co-ordinator's. Proved by `tests/it/founding/offline.rs`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, say, say_to_stderr};
use crate::actions::fingerprint::{fingerprint, root_fingerprint, unit_fingerprint};
use crate::clock::{self, Clock};
use crate::config;
use crate::domain::actor::Role;
use crate::ledger::root::{Certified, Request, Signed};
use crate::ledger::trust::{Paper, Root};

/// The root's commands.
#[derive(clap::Subcommand, Debug)]
pub(super) enum Command {
    /// Make the root signing key. Do this on a machine that is never on a network.
    Key {
        /// Where to write it (0600); it must not exist yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The root's name, such as `portal.example.org/root`.
        #[arg(long)]
        name: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what a request asks for; sign the items whose six words are given.
    Sign(Signing),
}

/// Options of `root sign`.
#[derive(clap::Args, Debug, Clone)]
pub struct Signing {
    /// The file from the portal's page “Root of trust”.
    pub request: PathBuf,
    /// The root's key file.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The root's name, as when its key was made.
    #[arg(long)]
    pub name: String,
    /// Where to write the signed file; it must not exist yet.
    #[arg(long, value_name = "SIGNED")]
    pub out: Option<PathBuf>,
    /// The six words of an item, as its holder read them out. Once for each item.
    #[arg(long, value_name = "SIX WORDS", requires = "out")]
    pub accept: Vec<String>,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Key { out, name, json } => {
            let root = key(out, name)?;
            tell_key(out, &root, *json);
            Ok(())
        }
        Command::Sign(signing) => {
            let done = sign(signing)?;
            done.tell(signing);
            done.end()
        }
    }
}

/// Makes a root key at `out`; answers its public half.
pub fn key(out: &Path, name: &str) -> Result<Root, Failure> {
    let seed = zeroize::Zeroizing::new(clock::random::<32>());
    let root = Root::of_seed(name, &seed).map_err(Failure::unreadable)?;
    let told = |why: std::io::Error| match why.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::unreadable(format!(
            "{} exists already: nothing was written. A root key is never overwritten; choose another file.",
            out.display()
        )),
        _ => Failure::unreadable(format!("{}: {why}", out.display())),
    };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out).map_err(told)?;
    let text = zeroize::Zeroizing::new(format!("{}\n", hex::encode(*seed)));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(told)?;
    Ok(root)
}

fn tell_key(out: &Path, root: &Root, json: bool) {
    let (vkey, words) = (root.vkey(), root_fingerprint(&root.vkey()));
    if json {
        say(&serde_json::json!({ "key": out, "vkey": vkey, "fingerprint": words }).to_string());
        return;
    }
    say(&format!("The root key is in {}. Nobody else has it: keep it, and a copy, locked away.", out.display()));
    say(&format!("Its public half, for `init --root`:\n  {vkey}\nIts six words:\n  {words}"));
}

/// One item of a request, as shown.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names of `--json`")]
pub struct Shown {
    pub kind: &'static str,
    pub name: String,
    pub role: String,
    pub area: String,
    pub fingerprint: String,
    pub signed: bool,
    /// Why it was left out; empty when it was signed.
    pub why: String,
    /// Whether it is the root's to sign.
    #[serde(skip)]
    may: bool,
}

/// What came of a request.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names of `--json`")]
pub struct Done {
    pub origin: String,
    pub items: Vec<Shown>,
    /// Words that belong to no item, or were given too often or too seldom.
    pub unmatched: Vec<String>,
}

/// Reads the request, signs what was accepted, writes the answer.
pub fn sign(signing: &Signing) -> Result<Done, Failure> {
    let unreadable =
        |path: &Path, why: &dyn std::fmt::Display| Failure::unreadable(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(&signing.request).map_err(|why| unreadable(&signing.request, &why))?;
    let request = Request::read(&text).map_err(|why| unreadable(&signing.request, &why))?;
    let seed = config::key(&signing.key).map_err(Failure::unreadable)?;
    let root = Root::of_seed(&signing.name, &seed).map_err(Failure::unreadable)?;
    if root.vkey() != request.root {
        return Err(Failure::unreadable(format!(
            "the portal trusts another root than this key and name.\n  the portal: {}\n  this key:   {}",
            plain(&request.root),
            root.vkey()
        )));
    }
    let mut asked = Vec::new();
    for (at, item) in request.items.iter().enumerate() {
        let read = Certified::read(&item.kind, &item.document)
            .map_err(|why| unreadable(&signing.request, &format!("item {}: {why}", at + 1)))?;
        asked.push(read);
    }
    let mut shown: Vec<Shown> = asked.iter().map(show).collect();
    let unmatched = choose(&mut shown, &signing.accept);
    let chosen = asked.iter().zip(&shown).filter(|(_, shown)| shown.signed);
    let papers = chosen.map(|(item, _)| paper(&root, &seed, item)).collect::<Result<Vec<_>, _>>()?;
    if let (Some(out), false) = (&signing.out, papers.is_empty()) {
        let text = serde_json::to_string_pretty(&Signed::of(papers)).map_err(Failure::unreadable)?;
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(out)
            .and_then(|mut file| writeln!(file, "{text}").and_then(|()| file.sync_all()));
        written.map_err(|why| unreadable(out, &why))?;
    }
    Ok(Done { origin: plain(&request.origin), items: shown, unmatched })
}

fn paper(root: &Root, seed: &[u8; 32], item: &Certified) -> Result<Paper, Failure> {
    let (time, nonce) = (Clock::real().rfc3339(), hex::encode(clock::random::<16>()));
    let document = item.document().map_err(Failure::unreadable)?;
    root.sign(seed, item.kind(), &item.object(), document, &time, &nonce).map_err(Failure::unreadable)
}

/// What a terminal may show of a stranger's text: no control characters, which could paint over what stands above.
fn plain(text: &str) -> String {
    let odd = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    text.chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect()
}

fn show(item: &Certified) -> Shown {
    let (kind, name, role, area, fingerprint) = match item {
        Certified::Unit(unit) => {
            let name = format!("Unit of area {}", plain(&unit.code));
            ("unit", name, String::new(), &unit.area, unit_fingerprint(&unit.recipient))
        }
        Certified::Person(keys) => {
            let words = fingerprint(&keys.recipient, &keys.signing_key);
            let role = Role::parse(&keys.role).map_or_else(|| plain(&keys.role), |role| role.title().to_owned());
            ("approve", plain(&keys.name), role, &keys.area, words)
        }
    };
    let may = match item {
        Certified::Unit(_) => true,
        Certified::Person(keys) => Role::parse(&keys.role) == Some(Role::Aic),
    };
    let why = if may {
        "its six words were not given"
    } else {
        "the root signs units and co-ordinators; a co-ordinator signs everybody else"
    };
    Shown { kind, name, role, area: plain(area), fingerprint, signed: false, why: why.to_owned(), may }
}

fn tidy(words: &str) -> String {
    words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Marks the items whose words were given; answers the words that fit none. The same keys can stand under two items (one person in
/// two areas): then the words must be given once for each, so that nobody signs an item they have not seen.
fn choose(shown: &mut [Shown], accept: &[String]) -> Vec<String> {
    let mut given: Vec<String> = accept.iter().map(|words| tidy(words)).collect();
    given.sort();
    let mut unmatched = Vec::new();
    for same in given.chunk_by(|one, next| one == next) {
        let Some(words) = same.first() else { continue };
        let may = |one: &&mut Shown| one.may && one.fingerprint == *words;
        let mut fitting: Vec<&mut Shown> = shown.iter_mut().filter(may).collect();
        if fitting.is_empty() || fitting.len() != same.len() {
            let count = fitting.len();
            for one in fitting {
                one.why = format!("{count} items have these words: give them {count} times to sign them all");
            }
            unmatched.push(words.clone());
            continue;
        }
        for one in &mut fitting {
            one.signed = true;
            one.why.clear();
        }
    }
    unmatched
}

impl Done {
    fn tell(&self, signing: &Signing) {
        if signing.json {
            match serde_json::to_string_pretty(self) {
                Ok(text) => say(&text),
                Err(why) => say_to_stderr(&why.to_string()),
            }
            return;
        }
        let items = match self.items.len() {
            1 => "1 item".to_owned(),
            many => format!("{many} items"),
        };
        say(&format!("A request of {}, {items}:\n", self.origin));
        for one in &self.items {
            let role = if one.role.is_empty() { String::new() } else { format!(", {}", one.role) };
            let end = if one.signed { "SIGNED".to_owned() } else { format!("left out: {}", one.why) };
            say(&format!("  {}{role}\n      area {}\n      {}\n      {end}", one.name, one.area, one.fingerprint));
        }
        let signed = self.items.iter().filter(|one| one.signed).count();
        match (&signing.out, signed) {
            (Some(out), 1..) => say(&format!("\n{signed} signed: carry {} back to the portal.", out.display())),
            _ => say("\nNothing was signed. Hear the words from each holder, then give them with --accept."),
        }
    }

    /// 0: every accepted item was signed; 1: words were given that fit nothing.
    pub fn end(&self) -> Result<(), Failure> {
        if self.unmatched.is_empty() {
            return Ok(());
        }
        let list = self.unmatched.join("\n  ");
        Err(Failure {
            code: 1,
            sentence: format!("These words fit no item, or not as often as they were given:\n  {list}"),
        })
    }
}
