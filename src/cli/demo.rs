//! `demo`: the whole portal on this machine, for looking at and for outside checks (DESIGN §10).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Failure, runtime, say};
use crate::actions::office::write_secret;
use crate::clock::Clock;
use crate::config::{Log, LogFormat, Portal};
use crate::demo::{self, Account, Told};
use crate::telemetry;
use crate::web::{Desk, serve, tls};

/// Options of `demo`.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// The folder the demo keeps everything in.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address and port; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Writes address, certificate authority and accounts here (0600) once connections are accepted.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A file with milliseconds added to the clock at every reading; missing or empty is 0.
    #[arg(long, value_name = "FILE")]
    clock: Option<PathBuf>,
    /// Throws the folder's earlier demo away first.
    #[arg(long)]
    reset: bool,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    telemetry::start(&Log { format: LogFormat::Pretty, level: crate::config::Level::Warn });
    if options.reset {
        reset(&options.data)?;
    }
    let (socket, bound) = serve::bind(options.listen).map_err(|why| {
        Failure::unreadable(format!(
            "cannot listen on {}: {why}. Choose another address with --listen.",
            options.listen
        ))
    })?;
    let origin = format!("https://localhost:{}", bound.port());
    let clock = options.clock.clone().map_or_else(Clock::system, Clock::moved_by);
    say("Preparing the demo (the first start makes its people and their keys)…");
    let world = runtime()?;
    let (office, accounts) = world.block_on(demo::open(&options.data, &origin, clock)).map_err(Failure::unreadable)?;
    let office = Arc::new(office);
    let files = tls::demo(&options.data.join("tls"), Clock::real()).map_err(Failure::unreadable)?;
    let config = tls::configuration(&files.certificate, &files.key).map_err(Failure::unreadable)?;
    let desk =
        Desk::new(Arc::clone(&office), portal(&origin), Vec::new(), &office.web_secret).map_err(Failure::unreadable)?;
    world.spawn(super::serve::jobs(Arc::clone(&office)));
    let root_vkey = office.root.as_ref().map(crate::ledger::trust::Root::vkey).unwrap_or_default();
    let log_vkey = office.log_vkey.clone();
    let told = Told { base_url: origin, ca_file: absolute(&files.ca), log_vkey, root_vkey, accounts };
    let served = actix_web::rt::System::new().block_on(async move {
        let signals = serve::Signals::listen()?;
        let server = serve::serve(Arc::new(desk), socket, config, 2)?;
        // The socket listens already and the workers start with the first poll of the server: connections are accepted.
        tell(&told, options.json.as_deref());
        serve::until_stopped(server, None, signals, &office, Duration::ZERO).await
    });
    served.map(drop).map_err(Failure::unreadable)
}

fn portal(origin: &str) -> Portal {
    Portal {
        service: "Disclosure portal".to_owned(),
        force: "Demo Constabulary".to_owned(),
        log_name: demo::LOG_NAME.to_owned(),
        origin: origin.to_owned(),
        contact: "the Area Intelligence Unit on 01632 960001".to_owned(),
        handling: None,
        demo: true,
    }
}

/// Only a folder that a demo made, or an empty one, is thrown away.
fn reset(data: &Path) -> Result<(), Failure> {
    let foreign = data.join("portal.sqlite").exists() && !data.join(demo::ACCOUNTS).exists();
    if foreign {
        return Err(Failure::unreadable(format!(
            "{} was not made by a finished demo: not touched. Remove it yourself if you are sure.",
            data.display()
        )));
    }
    let own = ["portal.sqlite", "portal.sqlite-wal", "portal.sqlite-shm", "portal.lock"];
    for name in own.into_iter().chain([demo::ACCOUNTS, demo::ROOT_KEY, demo::BREAK_GLASS]) {
        let file = data.join(name);
        if file.exists() {
            std::fs::remove_file(&file).map_err(Failure::unreadable)?;
        }
    }
    for name in ["vault", "keys", "tls"] {
        let dir = data.join(name);
        if dir.exists() {
            std::fs::remove_dir_all(&dir).map_err(Failure::unreadable)?;
        }
    }
    Ok(())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn tell(told: &Told, json: Option<&Path>) {
    say(&format!("\nThe demo is at {}\nIts certificate authority: {}\n", told.base_url, told.ca_file.display()));
    say("Who can sign in (email, passphrase, and the secret for an authenticator app):");
    for Account { role, name, email, passphrase, totp_secret, area, scheme, .. } in &told.accounts {
        let place = scheme.as_ref().or(area.as_ref()).map_or("", String::as_str);
        say(&format!("  {role:<13} {name:<14} {place}\n      {email}\n      {passphrase}\n      {totp_secret}"));
    }
    say("\nA code for somebody: oathtool --totp -b SECRET. Stop with Ctrl-C.");
    let Some(file) = json else { return };
    let written = serde_json::to_string_pretty(told)
        .map_err(|why| why.to_string())
        .and_then(|text| write_secret(&absolute(file), &format!("{text}\n")).map_err(|why| why.to_string()));
    if let Err(why) = written {
        super::say_to_stderr(&format!("{} was not written: {why}", file.display()));
    }
}
