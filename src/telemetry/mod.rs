//! What the portal tells its operator: lines on standard error ([`lines`]) and figures for a collector ([`metrics`]).
//!
//! Promises: one line for each answer with the door's pattern, status and time taken; a figure's labels are words of our own code.
//! Absent on purpose: names, what was typed, query strings, identifiers in paths, the words of a panic (they may hold any of
//! these). Who did what to which release is in the access log, not here. Proved by `tests/it/operator/`.

pub mod acts;
pub mod book;
pub mod lines;
pub mod metrics;
pub mod process;

use std::time::Duration;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::clock;
use crate::config::{Level, Log, LogFormat};
pub use acts::{Acts, Ended};
pub use lines::Lines;
pub use metrics::Metrics;

/// Starts the operator's log for this process and answers the word that this process's lines carry; a second call changes
/// nothing. Panics are told by place only.
pub fn start(log: &Log) -> String {
    let instance = hex::encode(clock::random::<4>());
    let lines = registry().with(EnvFilter::new(filter(log.level)));
    // A second start (tests) finds a subscriber in place: that one stays.
    let _ = match log.format {
        LogFormat::Json => {
            let layer = fmt::layer().event_format(Lines::of(&instance)).with_writer(std::io::stderr);
            lines.with(layer.with_ansi(false)).try_init()
        }
        LogFormat::Pretty => lines.with(fmt::layer().compact().with_writer(std::io::stderr)).try_init(),
    };
    std::panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "panic");
    }));
    instance
}

/// What is written at a level. Other people's crates say only what goes wrong: at `debug` they print requests and rows.
pub fn filter(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "warn,disclosure_portal=info,portal=info",
        Level::Debug => "warn,disclosure_portal=debug,portal=debug",
    }
}

/// One answer, as the operator sees it.
pub struct Answered<'a> {
    /// The request's own random word, also on problem pages as the incident number.
    pub request: &'a str,
    /// `GET`, `POST` or `other`: what a stranger calls it is theirs.
    pub method: &'a str,
    /// The door's pattern or `none`, never the path itself.
    pub door: &'a str,
    /// HTTP status.
    pub status: u16,
    /// From the first byte of the head to the head of the answer.
    pub took: Duration,
    /// The address it came from.
    pub client: &'a str,
    /// A machine's check that went well: worth a line to developers only.
    pub quiet: bool,
}

/// Writes the line of one answer.
pub fn answered(line: &Answered<'_>) {
    let Answered { request, method, door, status, client, took, quiet } = *line;
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if quiet {
        tracing::debug!(target: "portal::access", request, method, door, status, us, client, "answer");
    } else {
        tracing::info!(target: "portal::access", request, method, door, status, us, client, "answer");
    }
}

/// Writes the cause of a failure beside its incident number; the page shows only the number.
pub fn incident(number: &str, door: &str, cause: &dyn std::fmt::Display) {
    tracing::error!(target: "portal::incident", incident = number, door, %cause, "incident");
}
