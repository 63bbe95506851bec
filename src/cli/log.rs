//! `log`: export, verify, prove; the auditor's side (`cosign`) too. Reading ones run beside a live portal.

use std::path::{Path, PathBuf};

use super::{Data, Failure, open_store, portal, runtime, said, say};
use crate::actions::Stamp;
use crate::actions::audit;
use crate::actions::keyfiles::{self, Hold};
use crate::clock::Clock;
use crate::config;
use crate::domain::actor::Actor;
use crate::ledger::checkpoint::LogVerifier;
use crate::ledger::cosignature::Cosigner;
use crate::ledger::export::Contents;
use crate::ledger::state::StateError;
use crate::ledger::verify::{self, State};
use crate::ledger::{proof, tree};
use crate::store::Conn;
use crate::store::log::Head;

/// The log commands.
#[derive(clap::Subcommand, Debug)]
pub(super) enum Command {
    /// Write the export directory: leaves, checkpoints, records. Itself an act.
    Export {
        /// Absent or empty.
        dir: PathBuf,
        /// No records: no personal data.
        #[arg(long)]
        leaves_only: bool,
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Verify an export offline, with nothing but it and the verifier key.
    Verify {
        /// The export directory.
        dir: PathBuf,
        /// The log's verifier key, as handed over; after a change of keys all of them, oldest first, each later one as VKEY@SIZE.
        #[arg(long, required = true)]
        vkey: Vec<String>,
        /// The auditor's own file of checkpoints accepted before; made if missing, and brought forward when all checks pass.
        #[arg(long)]
        state: Option<PathBuf>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the newest signed checkpoint.
    Head {
        #[command(flatten)]
        data: Data,
        /// Print the verifier key instead.
        #[arg(long)]
        vkey: bool,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the proof that an entry is in the log (C2SP tlog-proof).
    Prove {
        /// The entry, from 0.
        index: u64,
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a tlog-witness add-checkpoint body from an older size.
    Consistency {
        /// The older size.
        #[arg(long)]
        from: u64,
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// The auditor's side: take an add-checkpoint body, check it against the state file, print a cosignature line.
    Cosign {
        /// The add-checkpoint body.
        update: PathBuf,
        /// The log's verifier key; after a change of keys all of them, as for `verify`.
        #[arg(long, required = true)]
        vkey: Vec<String>,
        /// The auditor's own file of accepted checkpoints.
        #[arg(long)]
        state: PathBuf,
        /// The auditor's key file: 64 hexadecimal digits, mode 0600.
        #[arg(long)]
        key: PathBuf,
        /// The auditor's name in the cosignature.
        #[arg(long)]
        name: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check the stored log: every leaf, node, record and search column against each other and the signed head.
    Fsck {
        #[command(flatten)]
        data: Data,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Export { dir, leaves_only, data, json } => export(&dir, leaves_only, &data, json),
        Command::Verify { dir, vkey, state, json } => verify_export(&dir, &vkey.join("\n"), state.as_deref(), json),
        Command::Head { data, vkey, json } => head(&data, vkey, json),
        Command::Prove { index, data, json } => {
            tell("proof", &runtime()?.block_on(prove(index, &data))?, json);
            Ok(())
        }
        Command::Consistency { from, data, json } => {
            tell("update", &runtime()?.block_on(consistency(from, &data))?, json);
            Ok(())
        }
        Command::Cosign { update, vkey, state, key, name, json } => {
            tell("cosignature", &cosign(&update, &vkey.join("\n"), &state, &key, &name)?, json);
            Ok(())
        }
        Command::Fsck { data, json } => fsck(&data, json),
    }
}

/// One text, plain or as the only member of an object.
fn tell(name: &str, text: &str, json: bool) {
    if json {
        say(&serde_json::json!({ name: text }).to_string());
    } else {
        say(text.trim_end_matches('\n'));
    }
}

/// The log's verifier keys: as listed, or the one there has been.
async fn vkeys(data: &Data) -> Result<String, Failure> {
    let mut conn = reader(data).await?;
    let head = stored_head(&mut conn).await?;
    let listed = conn.setting("log_vkeys").await.map_err(Failure::unreadable)?;
    let found = data.found()?;
    match listed {
        Some(all) => Ok(all),
        None => keyfiles::log_vkey(&head, &found.keys.log, head.origin()).map_err(Failure::unreadable),
    }
}

async fn reader(data: &Data) -> Result<Conn, Failure> {
    open_store(&data.found()?.store).await
}

async fn stored_head(conn: &mut Conn) -> Result<Head, Failure> {
    let head = Head::read(conn).await.map_err(Failure::unreadable)?;
    head.ok_or_else(|| Failure::unreadable("this folder has no log"))
}

fn export(dir: &Path, leaves_only: bool, data: &Data, json: bool) -> Result<(), Failure> {
    let contents = if leaves_only { Contents::LeavesOnly } else { Contents::Full };
    let alarm = runtime()?.block_on(async {
        let office = portal(data, Hold::Shared).await?;
        let what = if leaves_only { "log leaves" } else { "log" };
        let stamp = Stamp { client: "command line".to_owned(), request: "log export".to_owned() };
        audit::exported(&office, &Actor::Portal, what, stamp).await.map_err(|no| said(&no))?;
        let mut conn = office.read().await.map_err(|no| said(&no))?;
        audit::export(&mut conn, dir, contents).await.map_err(|no| said(&no))
    })?;
    if let Some(alarm) = alarm {
        return Err(Failure { code: 1, sentence: alarm });
    }
    if json {
        say(&serde_json::json!({ "exported": dir, "leaves_only": leaves_only }).to_string());
    } else {
        say(&format!("Exported to {}. Verify it with `log verify`, or with any C2SP verifier.", dir.display()));
    }
    Ok(())
}

fn verify_export(dir: &Path, vkey: &str, state: Option<&Path>, json: bool) -> Result<(), Failure> {
    let log = LogVerifier::new(vkey).map_err(Failure::unreadable)?;
    let mut known = match state {
        Some(file) if file.exists() => Some(State::load(file, &log).map_err(Failure::unreadable)?),
        Some(_) => Some(State::empty()),
        None => None,
    };
    let report = verify::verify(dir, vkey, known.as_ref()).map_err(Failure::unreadable)?;
    if json {
        say(&serde_json::to_string_pretty(&report).map_err(Failure::unreadable)?);
    } else {
        say(&verify::render(&report));
    }
    if !report.passed() {
        return Err(Failure { code: 1, sentence: "A check failed. Keep these files: they are evidence.".to_owned() });
    }
    if let (Some(file), Some(known), Some(checkpoint)) = (state, known.as_mut(), report.checkpoint) {
        known.accept(checkpoint).and_then(|()| known.save(file)).map_err(Failure::unreadable)?;
    }
    Ok(())
}

fn head(data: &Data, vkey: bool, json: bool) -> Result<(), Failure> {
    let (head, keys) = runtime()?.block_on(async {
        let head = stored_head(&mut reader(data).await?).await?;
        Ok::<_, Failure>((head, vkeys(data).await?))
    })?;
    if vkey && !json {
        say(&keys);
        return Ok(());
    }
    if json {
        let (size, root) = (head.size(), head.root().to_string());
        // The one in force, without the size it signs from; and all of them.
        let last = keys.lines().last().and_then(|line| line.split('@').next()).unwrap_or_default();
        let all: Vec<&str> = keys.lines().collect();
        say(&serde_json::json!({ "vkey": last, "vkeys": all, "size": size, "root": root, "checkpoint": head.note() })
            .to_string());
    } else {
        say(head.note().trim_end_matches('\n'));
    }
    Ok(())
}

async fn prove(index: u64, data: &Data) -> Result<String, Failure> {
    let mut conn = reader(data).await?;
    let head = stored_head(&mut conn).await?;
    let needed = tree::needed_for_inclusion(head.size(), index).map_err(Failure::unreadable)?;
    let nodes = conn.log_nodes(&needed).await.map_err(Failure::unreadable)?;
    let path = tree::inclusion(head.size(), index, &nodes).map_err(Failure::unreadable)?;
    Ok(proof::make(index, &path, head.note()))
}

async fn consistency(from: u64, data: &Data) -> Result<String, Failure> {
    let mut conn = reader(data).await?;
    let head = stored_head(&mut conn).await?;
    let needed = tree::needed_for_consistency(from, head.size()).map_err(Failure::unreadable)?;
    let nodes = conn.log_nodes(&needed).await.map_err(Failure::unreadable)?;
    let path = tree::consistency(from, head.size(), &nodes).map_err(Failure::unreadable)?;
    Ok(proof::make_update(from, &path, head.note()))
}

fn cosign(update: &Path, vkey: &str, state: &Path, key: &Path, name: &str) -> Result<String, Failure> {
    let log = LogVerifier::new(vkey).map_err(Failure::unreadable)?;
    let mut known =
        if state.exists() { State::load(state, &log).map_err(Failure::unreadable)? } else { State::empty() };
    let text = std::fs::read_to_string(update).map_err(Failure::unreadable)?;
    let failed = |why: StateError| Failure { code: 1, sentence: why.to_string() };
    let checkpoint = known.advance(&text, &log).map_err(failed)?;
    known.save(state).map_err(Failure::unreadable)?;
    let seed = config::key(key).map_err(Failure::unreadable)?;
    let cosigner = Cosigner::from_seed(name, &seed).map_err(Failure::unreadable)?;
    let seconds = u64::try_from(Clock::real().millis() / 1000).unwrap_or(0);
    cosigner.cosign(&checkpoint, seconds).map_err(Failure::unreadable)
}

fn fsck(data: &Data, json: bool) -> Result<(), Failure> {
    let found = runtime()?.block_on(async {
        let mut conn = reader(data).await?;
        let keys = vkeys(data).await?;
        audit::fsck(&mut conn, &keys).await.map_err(|no| said(&no))
    })?;
    if json {
        say(&serde_json::to_string_pretty(&found).map_err(Failure::unreadable)?);
    } else if found.failures.is_empty() {
        for span in &found.lost {
            say(&format!(
                "LOST: entries {} to {}: their records were lost in a disaster, as the log says.",
                span.first, span.last
            ));
        }
        say(&format!("The stored log is whole: {} entries.", found.size));
    } else {
        say(&found.failures.join("\n"));
    }
    if found.failures.is_empty() { Ok(()) } else { Err(Failure { code: 1, sentence: "A check failed.".to_owned() }) }
}
