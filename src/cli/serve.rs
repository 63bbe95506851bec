//! `serve`: a real portal, as its configuration says.
//!
//! Promises: a demo's data is refused before anything is opened for writing; whatever is missing stops the start with a sentence;
//! a stop signal lets balancers notice, then running answers and acts end; a second one stops at once. Absent on purpose: a clock
//! that can be moved, an outbox page.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Failure, open_store, runtime, say};
use crate::actions::office::{Office, Settings};
use crate::actions::{backup, follow, post, publish, sweep};
use crate::clock::Clock;
use crate::config::{Config, Store};
use crate::sealing::age::Recipient;
use crate::web::{Desk, operator, serve, tls};
use crate::{demo, telemetry};

/// How often jobs run. Nothing waits for them.
const ROUND: Duration = Duration::from_secs(5);

/// Options of `serve`.
#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// The portal's configuration.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Say where it listens in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let config = Config::read(&options.config).map_err(Failure::unreadable)?;
    telemetry::start(&config.log);
    let world = runtime()?;
    let office = Arc::new(world.block_on(open(&config, Clock::system()))?);
    let tls = certificate(&config)?;
    let proxies = config.listen.proxies.clone();
    let desk = Desk::new(Arc::clone(&office), config.portal.clone(), proxies, &office.web_secret);
    let desk = Arc::new(desk.map_err(Failure::unreadable)?);
    let address = config.listen.address;
    let (socket, bound) =
        serve::bind(address).map_err(|why| Failure::unreadable(format!("listen.address {address}: {why}")))?;
    let follower = world.spawn(follow::follow(Arc::clone(&office)));
    let operator = config.listen.operator.map(serve::bind).transpose();
    let operator = operator.map_err(|why| Failure::unreadable(format!("listen.operator: {why}")))?;
    let watched = operator.as_ref().map(|(_, bound)| *bound);
    let jobs = world.spawn(jobs(Arc::clone(&office)));
    let (workers, drain) = (config.listen.workers, Duration::from_secs(config.listen.drain));
    let serving = Arc::clone(&office);
    let served = actix_web::rt::System::new().block_on(async move {
        let signals = serve::Signals::listen()?;
        let beside = operator.map(|(socket, _)| operator::serve(Arc::clone(&desk), socket)).transpose()?;
        let server = serve::serve(desk, socket, tls, workers)?;
        if options.json {
            let operator = watched.map(|address| address.to_string());
            let said = serde_json::json!({ "listening": bound.to_string(), "origin": config.portal.origin, "operator": operator });
            say(&said.to_string());
        } else {
            say(&format!("{} is served on {bound}.", config.portal.origin));
        }
        serve::until_stopped(server, beside, signals, &serving, drain).await
    });
    for task in [jobs, follower] {
        task.abort();
        // Ended by its abort, or with it.
        let _ = world.block_on(task);
    }
    if let Ok(office) = Arc::try_unwrap(office) {
        world.block_on(office.close());
    } else {
        tracing::warn!("an answer was cut off by the stop; every act that was acknowledged is durable");
    }
    tracing::info!("stopped");
    match served.map_err(Failure::unreadable)? {
        serve::Ended::InOrder => Ok(()),
        serve::Ended::AtOnce => Err(Failure {
            code: 1,
            sentence:
                "Stopped at once: answers that were running were cut off. Every act that was acknowledged is durable."
                    .to_owned(),
        }),
    }
}

/// Opens a real portal; refuses a demo's.
pub async fn open(config: &Config, clock: Clock) -> Result<Office, Failure> {
    Recipient::parse(&config.keys.break_glass)
        .map_err(|why| Failure::unreadable(format!("keys.break_glass: {why}")))?;
    is_no_demo(&config.store).await?;
    Office::open(Settings::of(config), clock, false).await.map_err(Failure::unreadable)
}

/// Refuses a folder or a database that a demo made.
pub async fn is_no_demo(store: &Store) -> Result<(), Failure> {
    let data = &store.data;
    let made = || Failure::unreadable(format!("{} was made by the demo: it is never served", data.display()));
    if data.join(demo::ACCOUNTS).exists() || data.join(demo::ROOT_KEY).exists() {
        return Err(made());
    }
    match open_store(store).await?.setting(demo::MARK).await.map_err(Failure::unreadable)? {
        Some(_) => Err(made()),
        None => Ok(()),
    }
}

/// The listener's certificate; one of our own is made anew first when it is near its end.
fn certificate(config: &Config) -> Result<rustls::ServerConfig, Failure> {
    let listen = &config.listen;
    if listen.self_signed {
        let folder = listen.certificate.parent().unwrap_or(Path::new("."));
        tls::self_signed(folder, config.portal.name(), Clock::real()).map_err(Failure::unreadable)?;
    }
    tls::configuration(&listen.certificate, &listen.key).map_err(Failure::unreadable)
}

/// The jobs of a running portal, for ever.
pub(super) async fn jobs(office: Arc<Office>) {
    backup::clear_stale(&office.settings.store.data);
    tokio::join!(sweeps(&office), publish::run(&office), telling(&office));
}

async fn sweeps(office: &Office) {
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        rounds.tick().await;
        if let Err(no) = sweep::round(office).await {
            tracing::warn!(cause = %no, "a round of jobs did not finish; the next one goes on");
        }
    }
}

/// Beside the sweeps, because a relay may be slow.
async fn telling(office: &Office) {
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        rounds.tick().await;
        if let Err(no) = Box::pin(post::round(office)).await {
            tracing::warn!(cause = %no, "a round of telling people did not finish; the next one goes on");
        }
    }
}
