//! Operator commands: arguments in, exit code out.
//!
//! Exit codes of the log commands: 0 all checks passed, 1 a check failed, 2 unreadable (DESIGN §10). Absent on purpose:
//! anything a page could decide otherwise; commands use the same actions.

mod backup;
pub mod check;
mod demo;
pub mod init;
mod keys;
mod log;
mod restore;
pub mod root;
pub mod serve;
mod unit;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::actions::No;
use crate::actions::keyfiles::Hold;
use crate::actions::office::{Office, Settings};
use crate::clock::Clock;
use crate::config::{Config, KeyFiles, Store};
use crate::store::log::Head;
use crate::store::{Conn, open_reader};

/// Lawful release of custody photographs and intelligence to business crime reduction partnerships.
#[derive(Parser, Debug)]
#[command(name = "disclosure-portal", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Start the demonstration: synthetic people, its own certificate, everything else real.
    Demo(demo::Options),
    /// Make a portal from nothing: keys, database, configuration, and the first administrator's invitation.
    Init(init::Options),
    /// Check a portal's set-up, line by line.
    Check(check::Options),
    /// Serve a portal.
    Serve(serve::Options),
    /// The root of trust, on a machine that is kept off the network.
    #[command(subcommand)]
    Root(root::Command),
    /// The access log: export, verify, prove.
    #[command(subcommand)]
    Log(log::Command),
    /// Check what the portal gave out, without it.
    #[command(subcommand)]
    Verify(verify::Command),
    /// The portal's own keys: replace one.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The break-glass key of the units: its drill, and a unit's box to open by hand.
    #[command(subcommand)]
    Unit(unit::Command),
    /// Back a portal up beside its running, sealed to whoever keeps backups.
    Backup(backup::Options),
    /// Put a portal back from a backup, so that nothing that was destroyed comes back.
    Restore(restore::Options),
}

/// What a command that failed says.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// The sentence.
    pub sentence: String,
}

impl Failure {
    /// Input that cannot be read.
    pub fn unreadable(why: impl std::fmt::Display) -> Self {
        Self { code: 2, sentence: why.to_string() }
    }
}

/// Where a command that reads the store finds it.
#[derive(clap::Args, Debug, Clone)]
#[group(required = true, multiple = false)]
pub struct Data {
    /// The folder of the portal's data.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The portal's configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The store of a portal.
pub(crate) struct Found {
    /// Where everything lies.
    pub(crate) store: Store,
    /// The secret key files.
    pub(crate) keys: KeyFiles,
}

impl Data {
    /// What the configuration says; a folder with a `portal.toml` of its own is read by it, another one (a demo's) by its usual names.
    pub(crate) fn found(&self) -> Result<Found, Failure> {
        let folder = self.data.clone().unwrap_or_default();
        let own = Some(folder.join(init::CONFIG)).filter(|file| file.exists());
        let Some(file) = self.config.clone().or(own) else {
            return Ok(Found { keys: KeyFiles::below(&folder), store: Store::embedded(&folder) });
        };
        let config = Config::read(&file).map_err(Failure::unreadable)?;
        Ok(Found { store: config.store.clone(), keys: config.keys.files() })
    }
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Demo(options) => demo::run(&options),
        Command::Init(options) => init::run(&options),
        Command::Check(options) => check::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Root(command) => root::run(&command),
        Command::Log(command) => log::run(command),
        Command::Verify(command) => verify::run(command),
        Command::Keys(command) => keys::run(command),
        Command::Unit(command) => unit::run(command),
        Command::Backup(options) => backup::run(&options),
        Command::Restore(options) => restore::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_to_stderr(&failure.sentence);
            ExitCode::from(failure.code)
        }
    }
}

/// What a command answers goes to standard output; a closed pipe is no fault.
pub(crate) fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// What went wrong goes to standard error.
pub(crate) fn say_to_stderr(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What an action refused, as a command says it.
pub(crate) fn said(no: &No) -> Failure {
    match no {
        No::Broken(fault) => Failure::unreadable(fault),
        other => Failure::unreadable(format!("{other:?}")),
    }
}

/// The database of a portal, running or stopped, for reading alone.
pub(crate) async fn open_store(store: &Store) -> Result<Conn, Failure> {
    open_reader(store).await.map_err(|why| Failure::unreadable(format!("{}: {why}", store.database_words())))
}

/// The office of a portal's folder, for a command. No page is served here, so neither origin nor demo matter.
async fn portal(data: &Data, how: Hold) -> Result<Office, Failure> {
    let Found { store, keys } = data.found()?;
    let mut conn = open_store(&store).await?;
    let head = Head::read(&mut conn).await.map_err(Failure::unreadable)?;
    let log_name = head.ok_or_else(|| Failure::unreadable("this folder has no log"))?.origin().to_owned();
    drop(conn);
    let settings = Settings {
        origin: String::new(),
        demo: false,
        store,
        keys,
        log_name,
        root: None,
        break_glass: None,
        mail: None,
    };
    Office::open_as(settings, Clock::system(), false, how).await.map_err(Failure::unreadable)
}

/// A runtime for one command.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Failure::unreadable)
}
