//! Settings, read once from one TOML file and handed down as arguments.
//!
//! Promises: an unknown key, a missing file or a key file that others can read is refused with a sentence that names it; nothing
//! secret has a default or stands in the file itself; the listener is on loopback unless told otherwise.
//! Absent on purpose: environment variables, a global, reloading. Proved by the tests below.

mod files;
mod mail;
#[cfg(test)]
mod reference;
mod store;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

pub use files::{KeyFiles, key, private, secret};
pub use mail::{DIGEST_HOUR, Mail, Tls};
pub use store::{Postgres, S3, Store};

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file that is not there or cannot be read.
    #[error("cannot read {path}: {why}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// Not TOML, a value of the wrong kind, or an unknown key.
    #[error("{path}: {why}")]
    Misfit {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
    /// A secret that others could read.
    #[error("{path} can be read by others: run `chmod go-rwx {path}` and consider what it holds known")]
    Open {
        /// Which file.
        path: PathBuf,
    },
    /// A key file that does not hold 64 hexadecimal digits.
    #[error("{path} must hold 64 hexadecimal digits (32 bytes) and a line end, nothing else")]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What the portal calls itself and where people find it.
    pub portal: Portal,
    /// Where it listens.
    pub listen: Listen,
    /// Where it keeps things.
    pub store: Store,
    /// Its keys: files for what is secret, values for what is public.
    pub keys: Keys,
    /// Where mail goes; without it notices stay on the portal's own pages.
    pub mail: Option<Mail>,
    /// Its own log of events for operators (not the access log of releases).
    #[serde(default)]
    pub log: Log,
}

/// `[portal]`: names, addresses and words on every page.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// The service's name.
    #[serde(default = "service")]
    pub service: String,
    /// The force, in words: no crest is shipped.
    pub force: String,
    /// The log's name: it begins with the host and is part of the log's verifier key.
    pub log_name: String,
    /// `https://host[:port]`, exactly as people type it: links in mails and the Origin check use nothing else.
    pub origin: String,
    /// Whom people ask for help: a telephone number or an address, shown on each page.
    pub contact: String,
    /// A second line of marking, such as `RECIPIENTS ONLY`.
    pub handling: Option<String>,
    /// Whether this is the demo. No file can say so; only the `demo` command does.
    #[serde(skip)]
    pub demo: bool,
}

/// `[listen]`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port; loopback unless told otherwise.
    #[serde(default = "loopback")]
    pub address: SocketAddr,
    /// PEM: the certificate and its chain.
    pub certificate: PathBuf,
    /// PEM: its private key, readable by the portal alone.
    pub key: PathBuf,
    /// The two are of the portal's own making, beside their authority, and are made anew at a start before they run out.
    #[serde(default)]
    pub self_signed: bool,
    /// Threads that answer; 0 means one for each processor.
    #[serde(default)]
    pub workers: usize,
    /// A second listener for machines on this one: `/health`, `/ready`, `/metrics` without TLS, such as `127.0.0.1:9464`. It must
    /// be a loopback address; none unless told.
    pub operator: Option<SocketAddr>,
    /// After a stop signal the instance says "not ready" and serves on for this long, seconds, so that balancers notice; 300 at most.
    #[serde(default = "drain")]
    pub drain: u64,
    /// Reverse proxies whose `X-Forwarded-For` is believed; none unless told.
    #[serde(default)]
    pub proxies: Vec<IpAddr>,
}

/// `[keys]`: files for what is secret, values for what is public.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// 32 bytes in hex: signs the log's heads.
    pub log: PathBuf,
    /// 32 bytes in hex: the records key.
    pub records: PathBuf,
    /// 32 bytes in hex: cookies and form tokens are derived from it. The same on all instances.
    pub web: PathBuf,
    /// 32 bytes in hex: addresses are looked up by a hash keyed with it.
    pub blind: PathBuf,
    /// The public half of the offline root key, as a note verifier line (`name+hash+key`).
    pub root: String,
    /// The age recipient of the break-glass key, to which each unit's key is sealed too.
    pub break_glass: String,
}

impl Keys {
    /// The files alone.
    pub fn files(&self) -> KeyFiles {
        let Self { log, records, web, blind, .. } = self.clone();
        KeyFiles { log, records, web, blind }
    }
}

/// `[log]`.
#[derive(Clone, Debug, Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `json` for machines (the default) or `pretty` for people.
    #[serde(default)]
    pub format: LogFormat,
    /// The least level written; `info` unless told otherwise.
    #[serde(default)]
    pub level: Level,
}

/// How operator log lines look.
#[derive(Clone, Copy, Debug, Deserialize, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For a terminal.
    Pretty,
}

/// The least level of operator log lines.
#[derive(Clone, Copy, Debug, Deserialize, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Failures only.
    Error,
    /// And what should be looked at.
    Warn,
    /// And each answer.
    #[default]
    Info,
    /// And what a developer wants.
    Debug,
}

fn service() -> String {
    "Disclosure portal".to_owned()
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8443))
}

fn drain() -> u64 {
    5
}

impl Listen {
    /// Refuses figures for anybody but this machine, and a stop that would not end.
    fn check(&self) -> Result<(), String> {
        if let Some(operator) = self.operator.filter(|operator| !operator.ip().is_loopback()) {
            return Err(format!(
                "listen.operator must be a loopback address such as 127.0.0.1:9464, for a collector on this machine: it is {operator}"
            ));
        }
        if self.drain > 300 {
            return Err(format!("listen.drain must be 300 seconds at most: it is {}", self.drain));
        }
        Ok(())
    }
}

impl Config {
    /// Reads and checks `path`; relative paths inside mean beside the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|why| ConfigError::Unreadable { path: path.to_owned(), why })?;
        let misfit = |why: String| ConfigError::Misfit { path: path.to_owned(), why };
        let mut config: Self = toml::from_str(&text).map_err(|why| misfit(why.to_string()))?;
        config
            .portal
            .check()
            .and_then(|()| config.listen.check())
            .and_then(|()| config.store.check())
            .and_then(|()| config.mail.as_ref().map_or(Ok(()), Mail::check))
            .map_err(misfit)?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let (listen, store, keys) = (&mut config.listen, &mut config.store, &mut config.keys);
        let mail = config.mail.as_mut().map(|mail| [mail.password_file.as_mut(), mail.ca_file.as_mut()]);
        let mail = mail.into_iter().flatten().flatten();
        let named = [&mut listen.certificate, &mut listen.key];
        let secret = [&mut keys.log, &mut keys.records, &mut keys.web, &mut keys.blind];
        for file in named.into_iter().chain(secret).chain(mail).chain(store.files()) {
            // Cleaned of `.`, so that sentences about a file name it as people would.
            *file = beside.join(&*file).components().collect();
        }
        Ok(config)
    }
}

impl Portal {
    /// Checks the origin's form: it is compared byte for byte with what browsers send.
    pub fn check(&self) -> Result<(), String> {
        let host = self.origin.strip_prefix("https://").unwrap_or_default();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        if host.is_empty() || !host.chars().all(fits) || host.ends_with(":443") {
            let said = &self.origin;
            return Err(format!(
                "portal.origin must look like https://portal.example.org (lower case, no path, no :443): it is {said:?}"
            ));
        }
        Ok(())
    }

    /// The host alone, without port and brackets: what a certificate is for.
    pub fn name(&self) -> &str {
        let host = self.host();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        name.trim_start_matches('[').trim_end_matches(']')
    }

    /// `host[:port]` of the origin: the only value of `Host` that is answered.
    pub fn host(&self) -> &str {
        self.origin.strip_prefix("https://").unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const GOOD: &str = r#"
        [portal]
        force = "Example Constabulary"
        origin = "https://portal.example.org"
        contact = "01632 960001"
        log_name = "portal.example.org/log/1"
        [listen]
        certificate = "tls/cert.pem"
        key = "tls/key.pem"
        [store]
        data = "/var/lib/portal"
        [keys]
        log = "keys/log.key"
        records = "records.key"
        web = "/run/credentials/web.key"
        blind = "./blind.key"
        root = "root+0+key"
        break_glass = "age1"
    "#;

    fn folder() -> PathBuf {
        let at = std::env::temp_dir().join(format!("config-{}", hex::encode(crate::clock::random::<8>())));
        std::fs::create_dir(&at).unwrap();
        at
    }

    pub(super) fn read(text: &str) -> Result<Config, ConfigError> {
        let file = folder().join("portal.toml");
        std::fs::write(&file, text).unwrap();
        let read = Config::read(&file);
        std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
        read
    }

    #[test]
    fn a_plain_file_is_read_and_listens_on_loopback() {
        let config = read(GOOD).unwrap();
        assert!(config.listen.address.ip().is_loopback());
        assert!(config.listen.proxies.is_empty());
        assert_eq!((config.listen.operator, config.listen.drain), (None, 5));
        let watched = read(&GOOD.replace("[listen]", "[listen]\noperator = \"[::1]:9464\"\ndrain = 0")).unwrap().listen;
        assert_eq!((watched.operator.map(|at| at.port()), watched.drain), (Some(9464), 0));
        assert_eq!(config.portal.host(), "portal.example.org");
        for (host, name) in [("a.example:8443", "a.example"), ("[2001:db8::1]:443", "2001:db8::1"), ("[::1]", "::1")] {
            let portal = Portal { origin: format!("https://{host}"), ..config.portal.clone() };
            assert_eq!((portal.host(), portal.name()), (host, name));
        }
        assert!(config.keys.log.is_absolute() && config.keys.log.ends_with("keys/log.key"));
        assert_eq!(config.keys.web, Path::new("/run/credentials/web.key"));
        assert!(config.keys.blind.to_string_lossy().split('/').all(|part| part != "."), "{:?}", config.keys.blind);
        assert!(config.store.data.ends_with("portal") && !config.listen.self_signed);
        assert!(!config.portal.demo);
    }

    #[test]
    fn unknown_keys_and_foreign_origins_are_refused_by_name() {
        for (from, to, named) in [
            ("[listen]", "[listen]\nadress = \"0.0.0.0:443\"", "adress"),
            ("[listen]", "[listen]\noperator = \"0.0.0.0:9464\"", "listen.operator must be a loopback address"),
            ("[listen]", "[listen]\noperator = \"10.0.0.1:9464\"", "it is 10.0.0.1:9464"),
            ("[listen]", "[listen]\ndrain = 301", "listen.drain must be 300 seconds at most"),
            ("[store]", "[debug]\nx = 1\n[store]", "debug"),
            ("[store]", "[store]\npostgres_file = \"a\"", "postgres_file"),
            ("force =", "demo = true\nforce =", "demo"),
            ("https://portal.example.org", "http://portal.example.org", "portal.origin"),
            ("https://portal.example.org", "https://portal.example.org/", "portal.origin"),
            ("https://portal.example.org", "https://Portal.example.org", "portal.origin"),
        ] {
            let why = read(&GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(why.contains(named), "{why}");
        }
    }
}
