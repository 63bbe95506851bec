//! What the portal tells its operator, on standard error: JSON lines or, for a terminal, plain ones.
//!
//! Promises: one line for each answer with the door's pattern, status and time taken. Absent on purpose: names, what was typed,
//! query strings, identifiers in paths, the words of a panic (they may hold any of these).
//! Who did what to which release is in the access log, not here.

use std::time::Duration;

use tracing_subscriber::EnvFilter;

use crate::config::{Level, Log, LogFormat};

/// Starts the operator's log for this process; a second call changes nothing. Panics are told by place only.
pub fn start(log: &Log) {
    let level = match log.level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info,actix_server=warn",
        Level::Debug => "debug",
    };
    let lines = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(level)).with_writer(std::io::stderr);
    // A second start (tests) finds a subscriber in place: that one stays.
    let _ = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Pretty => lines.compact().try_init(),
    };
    std::panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "panic");
    }));
}

/// One answer, as the operator sees it.
pub struct Answered<'a> {
    /// The request's own random word, also on problem pages as the incident number.
    pub request: &'a str,
    /// `GET`, `POST`, or another word as it came (bounded by the parser).
    pub method: &'a str,
    /// The door's pattern, never the path itself.
    pub door: &'a str,
    /// HTTP status.
    pub status: u16,
    /// From the first byte of the head to the head of the answer.
    pub took: Duration,
    /// The address it came from.
    pub client: &'a str,
}

/// Writes the line of one answer.
pub fn answered(line: &Answered<'_>) {
    let Answered { request, method, door, status, client, took } = *line;
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(target: "portal::access", request, method, door, status, us, client);
}

/// Writes the cause of a failure beside its incident number; the page shows only the number.
pub fn incident(number: &str, door: &str, cause: &dyn std::fmt::Display) {
    tracing::error!(target: "portal::incident", incident = number, door, cause = %cause);
}
