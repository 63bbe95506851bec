//! `check`: a portal's set-up line by line, beside a live portal or before its first start. It changes nothing
//! (in a bucket a probe is put and taken away).
//!
//! Promises: each line says what was looked at and, where it failed, what is wrong; a line that needs one that failed is left out
//! rather than guessed. Exit codes: 0 all right, 1 a line failed, 2 the configuration cannot be read.
//! Absent on purpose: the whole log (`log fsck`), mending anything. Proved by `tests/it/founding/checks.rs`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Failure, runtime, say, serve};
use crate::actions::{found, post};
use crate::clock::Clock;
use crate::config::{self, Config, Store};
use crate::domain::moment::Moment;
use crate::ledger::checkpoint::LogKey;
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::store::log::Head;
use crate::store::vault::Vault;
use crate::store::{Conn, open_reader, schema};
use crate::web::tls;

/// No machine of this portal has a clock before this: 1 January 2026.
const EARLIEST: i64 = 1_767_225_600_000;
/// How far a clock may be behind the newest leaf, milliseconds.
const BEHIND: i64 = 2_000;
/// The log of a portal in use is never this old, milliseconds: a year and a half.
const AHEAD: i64 = 550 * 86_400_000;

/// Options of `check`.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// The portal's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names of `--json`")]
pub struct Finding {
    pub what: &'static str,
    pub ok: bool,
    /// What is wrong; empty where nothing is.
    pub why: String,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let found = check(&options.config, Clock::real())?;
    if options.json {
        say(&serde_json::to_string_pretty(&found).map_err(Failure::unreadable)?);
    } else {
        for one in &found {
            let end = if one.ok { "ok".to_owned() } else { format!("failed: {}", one.why) };
            say(&format!("{:<12} {end}", one.what));
        }
    }
    if found.iter().all(|one| one.ok) {
        return Ok(());
    }
    Err(Failure { code: 1, sentence: "A check failed.".to_owned() })
}

/// Looks at everything that `config` names. The error: it cannot be read at all.
pub fn check(config: &Path, now: Moment) -> Result<Vec<Finding>, Failure> {
    let read = Config::read(config).map_err(Failure::unreadable)?;
    let mut lines = Lines(Vec::new());
    lines.add("settings", settings(&read));
    lines.add("permissions", permissions(config, &read));
    lines.add("root", Root::parse(&read.keys.root).map(drop).map_err(|why| format!("keys.root: {why}")));
    let break_glass = Recipient::parse(&read.keys.break_glass).map(drop);
    lines.add("break-glass", break_glass.map_err(|why| format!("keys.break_glass: {why}")));
    let listen = &read.listen;
    lines.add("certificate", tls::fits(&listen.certificate, &listen.key, read.portal.name(), now));
    runtime()?.block_on(async {
        lines.add("vault", vault(&read.store).await);
        stored(&read, now, &mut lines).await;
    });
    Ok(lines.0)
}

struct Lines(Vec<Finding>);

impl Lines {
    fn add(&mut self, what: &'static str, found: Result<(), String>) {
        self.0.push(Finding { what, ok: found.is_ok(), why: found.err().unwrap_or_default() });
    }
}

fn settings(config: &Config) -> Result<(), String> {
    if let Some(mail) = &config.mail {
        post::Relay::of(mail, &config.portal.origin).map_err(|why| why.to_string())?;
    }
    let odd = |text: &str| text.trim().is_empty() || text.chars().any(char::is_control);
    match [("force", &config.portal.force), ("contact", &config.portal.contact)].iter().find(|(_, text)| odd(text)) {
        Some((name, _)) => Err(format!("portal.{name} must be one line that people can read")),
        None => Ok(()),
    }
}

/// Whatever is secret is closed to everybody else, and every key file holds a key; all that is wrong at once.
fn permissions(file: &Path, config: &Config) -> Result<(), String> {
    let mut wrong = Vec::new();
    let store = &config.store;
    let database = store.postgres.is_none().then(|| store.database());
    let vault = store.s3.is_none().then(|| store.vault());
    let mail = config.mail.as_ref().and_then(|mail| mail.password_file.clone());
    let closed = [file, &store.data, &config.listen.key].into_iter().map(Path::to_owned);
    for path in closed.chain(database).chain(vault).chain(store.secrets()).chain(mail) {
        wrong.extend(config::private(&path).err().map(|why| why.to_string()));
    }
    for (_, key) in config.keys.files().all() {
        wrong.extend(config::key(key).err().map(|why| why.to_string()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// A folder is only looked at: whoever asks may be somebody else than the portal's own account, and would leave files of theirs.
/// A bucket is tried: a probe is put, read and taken away.
async fn vault(at: &Store) -> Result<(), String> {
    if at.s3.is_none() {
        let folder = at.vault();
        return if folder.is_dir() { Ok(()) } else { Err(format!("there is no folder {}", folder.display())) };
    }
    let vault = Vault::open(at).map_err(|why| why.to_string())?;
    vault.prove().await.map(drop).map_err(|why| why.to_string())
}

/// What lies in the database; each line needs the one before.
async fn stored(config: &Config, now: Moment, lines: &mut Lines) {
    let opened = database(config).await;
    lines.add("database", opened.as_ref().map(drop).map_err(Clone::clone));
    let Ok(mut conn) = opened else { return };
    let schema = match schema::differs(&mut conn).await {
        Ok(None) => Ok(()),
        Ok(Some(why)) => Err(why),
        Err(why) => Err(why.to_string()),
    };
    let current = schema.is_ok();
    lines.add("schema", schema);
    if !current {
        return;
    }
    let head = head(config, &mut conn).await;
    let newest = head.as_ref().ok().map(Head::at);
    lines.add("log", head.map(drop));
    if let Some(newest) = newest {
        lines.add("clock", clock(now, newest));
    }
}

async fn database(config: &Config) -> Result<Conn, String> {
    serve::is_no_demo(&config.store).await.map_err(|failure| failure.sentence)?;
    open_reader(&config.store).await.map_err(|why| why.to_string())
}

/// The head as this portal's key signed it, under the name that the configuration and the database agree on.
async fn head(config: &Config, conn: &mut Conn) -> Result<Head, String> {
    let name = &config.portal.log_name;
    let seed = config::key(&config.keys.log).map_err(|why| why.to_string())?;
    let key = LogKey::from_seed(name, &seed).map_err(|why| format!("portal.log_name: {why}"))?;
    let kept = conn.setting(found::LOG_NAME).await.map_err(|why| why.to_string())?.unwrap_or_default();
    if kept != *name {
        return Err(format!("portal.log_name is {name:?}, the database's log is {kept:?}"));
    }
    let head = Head::load(conn, &key).await.map_err(|why| why.to_string())?;
    head.ok_or_else(|| "the log has no head".to_owned())
}

fn clock(now: Moment, newest: Moment) -> Result<(), String> {
    if now.millis() < EARLIEST {
        return Err(format!("the machine's clock says {}: set it", now.long()));
    }
    let ahead = now.millis() - newest.millis();
    if ahead < -BEHIND {
        return Err(format!(
            "the machine's clock ({}) is behind the newest entry of the log ({})",
            now.long(),
            newest.long()
        ));
    }
    if ahead > AHEAD {
        return Err(format!(
            "the machine's clock ({}) is far ahead of the newest entry of the log ({})",
            now.long(),
            newest.long()
        ));
    }
    Ok(())
}
