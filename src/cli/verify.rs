//! `verify`: what the portal gave out, statements and certificates, checked without it. No database, no network, no clock.
//!
//! Exit codes: 0 it holds, 1 it does not, 2 unreadable.

use std::path::{Path, PathBuf};

use super::{Failure, say};
use crate::actions::fingerprint::fingerprint;
use crate::domain::actor::Role;
use crate::ledger::certificate::{CertificateFile, False as Uncertified};
use crate::ledger::checkpoint::LogVerifier;
use crate::ledger::statement_file::{False, StatementFile};
use crate::ledger::trust::Root;

/// The verify commands.
#[derive(clap::Subcommand, Debug)]
pub(super) enum Command {
    /// Verify a statement file: who signed what, when; the key's papers up to the root.
    Statement {
        /// The file, as downloaded from a statement's page.
        file: PathBuf,
        /// The root's verifier key, as handed over at installation; the one in the file is not believed.
        #[arg(long)]
        root: String,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Verify a certificate: who confirmed the end of which copies, and that it stands in the log.
    Certificate {
        /// The file, as downloaded from a certificate's page.
        file: PathBuf,
        /// The root's verifier key, as handed over at installation.
        #[arg(long)]
        root: String,
        /// The log's verifier key; after a change of keys all of them, oldest first, each later one as VKEY@SIZE.
        #[arg(long, required = true)]
        log: Vec<String>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Statement { file, root, json } => statement(&file, &root, json),
        Command::Certificate { file, root, log, json } => certificate(&file, &root, &log.join("\n"), json),
    }
}

fn certificate(file: &Path, root: &str, log: &str, json: bool) -> Result<(), Failure> {
    let root = Root::parse(root).map_err(Failure::unreadable)?;
    let log = LogVerifier::new(log).map_err(Failure::unreadable)?;
    let unreadable = |why: &dyn std::fmt::Display| Failure::unreadable(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|why| unreadable(&why))?;
    let read: CertificateFile = serde_json::from_str(&text).map_err(|why| unreadable(&why))?;
    let proved = match read.verify(&root, &log) {
        Ok(proved) => proved,
        Err(why @ Uncertified::Unreadable(_)) => return Err(unreadable(&why)),
        Err(why) => {
            if json {
                say(&serde_json::json!({ "ok": false, "why": why.to_string() }).to_string());
            }
            return Err(Failure { code: 1, sentence: format!("It does not hold: {why}.") });
        }
    };
    if json {
        let told =
            serde_json::json!({ "ok": true, "object": read.object, "reference": read.reference, "copies": proved });
        say(&told.to_string());
        return Ok(());
    }
    let line = |one: &crate::ledger::certificate::Proved| {
        let accepted = one.accepted_at.as_ref().map_or_else(String::new, |at| format!(", accepted {at}"));
        let gone = one.destroyed_at.as_ref().map_or_else(String::new, |at| format!(", files destroyed {at}"));
        format!(
            "Copy {}  {} by {}, confirmed {}, entry {}{gone}{accepted}",
            one.copy, one.outcome, one.holder, one.confirmed_at, one.index
        )
    };
    let lines: Vec<String> = proved.iter().map(line).collect();
    say(&format!("It holds.\nAbout {}\n{}", read.object, lines.join("\n")));
    Ok(())
}

fn statement(file: &Path, root: &str, json: bool) -> Result<(), Failure> {
    let root = Root::parse(root).map_err(Failure::unreadable)?;
    let unreadable = |why: &dyn std::fmt::Display| Failure::unreadable(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|why| unreadable(&why))?;
    let read: StatementFile = serde_json::from_str(&text).map_err(|why| unreadable(&why))?;
    let held = match read.verify(&root) {
        Ok(held) => held,
        Err(why @ False::Unreadable) => return Err(unreadable(&why)),
        Err(why) => {
            if json {
                say(&serde_json::json!({ "ok": false, "why": why.to_string() }).to_string());
            }
            return Err(Failure { code: 1, sentence: format!("It does not hold: {why}.") });
        }
    };
    let (said, keys) = (&held.statement, &held.signer.keys);
    let words = fingerprint(&keys.recipient, &keys.signing_key);
    if json {
        let told = serde_json::json!({
            "ok": true, "kind": said.kind, "object": said.object, "time": said.time, "document_sha256": said.document,
            "signer": { "person": keys.person, "name": keys.name, "role": keys.role, "area": held.area, "words": words,
                "signing_key": keys.signing_key, "certified_by": held.signer.by, "certified_at": held.signer.at },
        });
        say(&told.to_string());
        return Ok(());
    }
    let role = Role::parse(&keys.role).map_or(keys.role.as_str(), |role| role.title());
    let area = held.area.as_ref().map_or_else(String::new, |area| format!(", area {area}"));
    say(&format!(
        "It holds.\nSigned by {}, {role}{area}\nWhat      {}\nAbout     {}\nWhen      {}\nKey       {words}\nDocument  SHA-256 {}",
        keys.name, said.kind, said.object, said.time, said.document
    ));
    Ok(())
}
