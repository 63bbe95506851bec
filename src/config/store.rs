//! `[store]`: where the database and the sealed bytes are kept.
//!
//! Promises: a server elsewhere is only spoken to over TLS whose certificate is checked; a password stands in a file of its own.
//! Absent on purpose: a connection string, which would hold a secret; any switch that leaves the check of a certificate out.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// `[store]`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The folder of the embedded database and vault; where both are elsewhere, of this instance's lock alone.
    pub data: PathBuf,
    /// A PostgreSQL server in place of the embedded database.
    pub postgres: Option<Postgres>,
    /// An S3-compatible store in place of the folder of sealed bytes.
    pub s3: Option<S3>,
    /// For how many days a backup is kept, 1 to 366: what was destroyed is gone from all of them after as many.
    #[serde(default = "backup_days")]
    pub backup_days: u16,
}

/// `[store.postgres]`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Postgres {
    /// The server's name or address; a path that begins with `/` is the folder of a local socket.
    pub host: String,
    /// Its port.
    #[serde(default = "port")]
    pub port: u16,
    /// The database's name.
    pub database: String,
    /// The role that owns it.
    pub user: String,
    /// A file with that role's password (0600), unless the server knows the role otherwise (a local socket).
    pub password_file: Option<PathBuf>,
    /// PEM: the authority that signed the server's certificate; without it, those of Mozilla’s list.
    pub ca_file: Option<PathBuf>,
}

/// `[store.s3]`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// The bucket.
    pub bucket: String,
    /// `https://host[:port]` of the store; plain `http` only to loopback.
    pub endpoint: String,
    /// The region, as the store calls it.
    #[serde(default = "region")]
    pub region: String,
    /// What every name in the bucket begins with; empty: the bucket is the portal's alone.
    #[serde(default)]
    pub prefix: String,
    /// The access key's identifier.
    pub access_key_id: String,
    /// A file with the access key's secret (0600).
    pub secret_key_file: PathBuf,
    /// PEM: the authority that signed the store's certificate; without it, those of Mozilla’s list.
    pub ca_file: Option<PathBuf>,
}

fn backup_days() -> u16 {
    30
}

fn port() -> u16 {
    5432
}

fn region() -> String {
    "us-east-1".to_owned()
}

impl Store {
    /// The embedded database and vault in a folder.
    pub fn embedded(data: &Path) -> Self {
        Self { data: data.to_owned(), postgres: None, s3: None, backup_days: backup_days() }
    }

    /// The embedded database's file.
    pub fn database(&self) -> PathBuf {
        self.data.join("portal.sqlite")
    }

    /// Where the database is, in words.
    pub fn database_words(&self) -> String {
        match &self.postgres {
            None => self.database().display().to_string(),
            Some(at) => format!("PostgreSQL database {} on {}:{}", at.database, at.host, at.port),
        }
    }

    /// The folder of sealed bytes.
    pub fn vault(&self) -> PathBuf {
        self.data.join("vault")
    }

    /// Reads the sections `[store.postgres]` and `[store.s3]` alone; the error is a sentence.
    pub fn elsewhere(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Sections {
            store: Parts,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            postgres: Option<Postgres>,
            s3: Option<S3>,
        }
        let Sections { store: Parts { postgres, s3 } } = toml::from_str(text).map_err(|why| why.to_string())?;
        let store = Self { postgres, s3, ..Self::embedded(Path::new("")) };
        store.check().map(|()| store)
    }

    /// Every file and folder that is named here.
    pub fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let postgres = self.postgres.as_mut().map(|at| [at.password_file.as_mut(), at.ca_file.as_mut()]);
        let s3 = self.s3.as_mut().map(|at| [Some(&mut at.secret_key_file), at.ca_file.as_mut()]);
        std::iter::once(&mut self.data).chain(postgres.into_iter().chain(s3).flatten().flatten())
    }

    /// The files that hold a password or a key of a server elsewhere.
    pub fn secrets(&self) -> impl Iterator<Item = PathBuf> {
        let password = self.postgres.as_ref().and_then(|at| at.password_file.clone());
        password.into_iter().chain(self.s3.as_ref().map(|at| at.secret_key_file.clone()))
    }

    /// Refuses what would send anything over a network that others can read, and a promise about backups that nobody can keep.
    pub(super) fn check(&self) -> Result<(), String> {
        if !(1..=366).contains(&self.backup_days) {
            let said = self.backup_days;
            return Err(format!("store.backup_days must be from 1 to 366: it is {said}"));
        }
        let Some(s3) = &self.s3 else { return Ok(()) };
        let said = &s3.endpoint;
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let loopback = local.iter().any(|host| {
            said.strip_prefix(host).is_some_and(|rest| {
                rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
            })
        });
        if loopback || (said.starts_with("https://") && !said.trim_start_matches("https://").contains('/')) {
            return Ok(());
        }
        Err(format!(
            "store.s3.endpoint must look like https://s3.example.org (no path; http only to loopback): it is {said:?}"
        ))
    }
}

impl Postgres {
    /// Whether the server is on this machine, where no network is between.
    pub fn is_local(&self) -> bool {
        self.host.starts_with('/')
            || self.host == "localhost"
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}
