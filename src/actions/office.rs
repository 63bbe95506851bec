//! What every action needs: the clock, the store, the vault, the keys; and how an action asks for a writing act.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::actions::board::Board;
use crate::actions::jobs::Noted;
use crate::actions::keyfiles::{self, Held, Hold};
use crate::actions::orphans::Hourly;
use crate::actions::post::Relay;
use crate::actions::ready::Readiness;
use crate::actions::{Fault, No, claim, publish, samekeys, texts};
use crate::clock::{self, Clock};
use crate::config::{self, Config, KeyFiles, Store};
use crate::domain::actor::Actor;
use crate::domain::event::Event;
use crate::domain::moment::Moment;
use crate::ledger::trust::Root;
use crate::sealing::lock::{Field, RecordsKey};
use crate::store::backup::QUARANTINE;
use crate::store::journal::Journal;
use crate::store::log::Stamp;
use crate::store::vault::Vault;
use crate::store::{Acked, Conn, Db, Tx, writer};
use crate::telemetry::Metrics;

/// Passphrases that are hashed at a time.
pub(super) const HASHING: usize = 2;
/// Photographs that are decoded at a time.
pub(super) const DECODING: usize = 2;
/// Originals that are in memory at a time.
pub(super) const ORIGINALS: usize = 3;

/// The portal's parts, shared by all requests.
pub struct Office {
    /// The portal's time.
    pub clock: Clock,
    /// How this portal is set up.
    pub settings: Settings,
    /// A random word for this instance: whose lease it is.
    pub instance: String,
    pub(crate) db: Db,
    pub(crate) vault: Vault,
    pub(crate) records: RecordsKey,
    /// Whom every key's chain leads to.
    pub root: Option<Root>,
    /// The verifier key of what the log signs now.
    pub log_vkey: String,
    /// All of the log's verifier keys, each with the size it signs from, to hand over.
    pub log_vkeys: String,
    /// What the web's cookies and form tokens are keyed with.
    pub web_secret: Zeroizing<[u8; 32]>,
    pub(crate) blind: hmac::Key,
    /// Releases closed while responses may be running.
    pub board: Arc<Board>,
    /// Argon2 takes 46 MiB and a core: few at once, so that sign-ins cannot starve views.
    pub(crate) hashing: Semaphore,
    /// Decoding takes up to some hundred MiB: few at once.
    pub(crate) decoding: Arc<Semaphore>,
    /// Opened originals in memory, waiting or being sealed: few at once, 25 MB each at most.
    pub(crate) originals: Arc<Semaphore>,
    /// Photographs whose original is in memory now, being sealed.
    pub(crate) in_hand: Mutex<HashSet<String>>,
    /// What this process tells a collector.
    pub metrics: Metrics,
    /// Whether this instance can serve, as of its last look.
    pub readiness: Readiness,
    /// When orphans were swept last.
    pub(crate) hourly: Hourly,
    /// Up to when recalls and removals are written into the journal, UTC milliseconds; 0: not looked yet.
    pub(crate) closings_until: AtomicI64,
    /// What this instance wrote down about its jobs last.
    pub(crate) noted: Noted,
    /// The relay, with what it takes to speak to it.
    pub(crate) relay: Option<Relay>,
    /// The folder's lock: says to whoever replaces a key that this office is open.
    _hold: Held,
}

/// How a portal is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `https://localhost:8443`: the one origin forms may come from and links point to.
    pub origin: String,
    /// A demo: synthetic people, an outbox page instead of mail, a clock that can be moved.
    pub demo: bool,
    /// Where everything lies.
    pub store: Store,
    /// The secret key files.
    pub keys: KeyFiles,
    /// The log's name, part of its verifier key.
    pub log_name: String,
    /// The root's verifier key: from the configuration, never from the database. `None`: a command that seals nothing.
    pub root: Option<String>,
    /// The recipient of the break-glass key, to which every unit's box is sealed too. `None`: a command that seals nothing.
    pub break_glass: Option<String>,
    /// The relay that mail is handed to; `None`: messages wait in the portal only.
    pub mail: Option<config::Mail>,
}

impl Settings {
    /// As a configuration says.
    pub fn of(config: &Config) -> Self {
        Self {
            origin: config.portal.origin.clone(),
            demo: false,
            store: config.store.clone(),
            keys: config.keys.files(),
            log_name: config.portal.log_name.clone(),
            root: Some(config.keys.root.clone()),
            break_glass: Some(config.keys.break_glass.clone()),
            mail: config.mail.clone(),
        }
    }
}

impl Office {
    /// Opens the portal's data; `create`: makes keys and database where there are none.
    pub async fn open(settings: Settings, clock: Clock, create: bool) -> Result<Self, Fault> {
        Self::open_as(settings, clock, create, Hold::Shared).await
    }

    /// The same, held as said: alone for replacing a key.
    pub async fn open_as(settings: Settings, clock: Clock, create: bool, how: Hold) -> Result<Self, Fault> {
        let store = settings.store.clone();
        let files = settings.keys.clone();
        if create {
            prepare(&store, &files)?;
        }
        let hold = keyfiles::hold(&store.data, how)?;
        let key = |file: &Path| secret(file, create);
        // Makes the file where there is none.
        key(&files.log)?;
        let log = keyfiles::log_key(&store, &files.log, &settings.log_name).await?;
        let log_vkey = log.vkey();
        let db = Db::open(&store, create, how, log, clock.clone()).await?;
        let records = RecordsKey::from_bytes(records_key(&db, &files.records, create).await?);
        let (web, blind) = (key(&files.web)?, key(&files.blind)?);
        samekeys::agree(&db, how, &web, &blind).await?;
        let log_vkeys = db.read().await?.setting(keyfiles::VKEYS).await?.unwrap_or_else(|| log_vkey.clone());
        let root =
            settings.root.as_deref().map(Root::parse).transpose().map_err(|why| Fault::Other(why.to_string()))?;
        let vault = Vault::open(&store)?;
        claim::claim(&db, &vault).await?;
        if how != Hold::Restoring {
            fit_to_open(&db, &vault, &log_vkeys).await?;
            texts::lay_down(&db).await?;
        }
        Ok(Self {
            root,
            metrics: Metrics::new(db.writer().meter(), vault.meter()),
            readiness: Readiness::default(),
            vault,
            records,
            closings_until: AtomicI64::new(0),
            _hold: hold,
            log_vkey,
            log_vkeys,
            instance: hex::encode(clock::random::<8>()),
            blind: hmac::Key::new(hmac::HMAC_SHA256, blind.as_ref()),
            web_secret: web,
            board: Arc::new(Board::default()),
            hashing: Semaphore::new(HASHING),
            decoding: Arc::new(Semaphore::new(DECODING)),
            originals: Arc::new(Semaphore::new(ORIGINALS)),
            in_hand: Mutex::default(),
            hourly: Hourly::default(),
            noted: Noted::default(),
            relay: settings.mail.as_ref().map(|mail| Relay::of(mail, &settings.origin)).transpose()?,
            clock,
            settings,
            db,
        })
    }

    /// The root's verifier key, to hand over; empty: none is configured.
    pub fn root_vkey(&self) -> String {
        self.root.as_ref().map_or_else(String::new, Root::vkey)
    }

    /// The portal's time: never before the newest leaf, so that a clock set back reopens nothing.
    pub fn now(&self) -> Moment {
        self.clock.now().max(self.db.writer().newest())
    }

    /// How far the clock is behind the log, milliseconds, when it is worth an alarm (more than two seconds).
    pub fn clock_behind(&self) -> Option<i64> {
        let behind = self.db.writer().newest().millis() - self.clock.now().millis();
        (behind > 2_000).then_some(behind)
    }

    /// Finishes the acts that wait and closes the database.
    pub async fn close(self) {
        self.db.close().await;
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Conn, No> {
        // A store that does not answer is "unavailable": nothing is served, and it heals by itself.
        let _waits = self.metrics.reader_waits();
        self.db.read().await.map_err(|fault| {
            tracing::error!(cause = %fault, "no connection to read with");
            No::Unavailable
        })
    }

    /// Carries out a writing act; see [`writer::Writer::act`].
    pub async fn act<T, F>(&self, act: F) -> Result<Acked<T>, No>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> writer::Act<'a, T> + Send + 'static,
    {
        self.db.writer().act(act).await.map_err(unwritten)
    }

    /// Leaves an act that nobody waits for; see [`writer::Writer::later`].
    pub fn later<F>(&self, act: F)
    where
        F: for<'a> FnOnce(&'a mut Tx) -> writer::Act<'a, ()> + Send + 'static,
    {
        self.db.writer().later(act);
    }

    /// Carries out an act on behalf of `by`, who must still be who they were when the request was read: not suspended since,
    /// and holding the roles they acted with. Asked inside the act, so that a slow body outlives nobody's authority (P3).
    pub async fn act_as<T, F>(&self, by: &Actor, act: F) -> Result<Acked<T>, No>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> writer::Act<'a, T> + Send + 'static,
    {
        let by = by.clone();
        self.act(move |tx| {
            Box::pin(async move {
                tx.still(&by).await?;
                act(tx).await
            })
        })
        .await
    }

    /// Writes one leaf down that the portal itself answers for, in an act of its own.
    pub(crate) async fn record(&self, event: Event, stamp: &Stamp) -> Result<(), No> {
        let stamp = stamp.clone();
        self.act(move |tx| {
            Box::pin(async move {
                tx.append(&event, &Actor::Portal, &stamp).await?;
                Ok(())
            })
        })
        .await?;
        Ok(())
    }

    /// A keyed hash of something personal, for looking it up without storing it in an index.
    pub fn blind(&self, what: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.blind);
        context.update(what.as_bytes());
        context.update(b"\n");
        context.update(text.as_bytes());
        hex::encode(context.sign())
    }

    /// Seals a field of the database to its place and version.
    pub(crate) fn seal_field(
        &self,
        table: &str,
        row: &str,
        column: &str,
        version: i64,
        plain: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        self.records
            .seal_field(&Field { table, row, column, version }, plain)
            .map_err(|why| Fault::Lock(why.to_string()))
    }

    /// Opens what [`Office::seal_field`] sealed at the same place and version.
    pub(crate) fn open_field(
        &self,
        table: &str,
        row: &str,
        column: &str,
        version: i64,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.records
            .open_field(&Field { table, row, column, version }, sealed)
            .map_err(|why| Fault::Lock(why.to_string()))
    }
}

/// A store or a log that cannot be written is "unavailable": nothing was served, and it heals by itself (P2). A broken rule of
/// the store's own (a unique value twice) stays a fault: that is ours to mend.
fn unwritten(no: No) -> No {
    match no {
        No::Broken(Fault::Store(sqlx_error)) if !crate::store::is_ours(&sqlx_error) => {
            tracing::error!(cause = %sqlx_error, "the store cannot be written: nothing was served");
            No::Unavailable
        }
        No::Broken(Fault::Log(why)) => {
            tracing::error!(cause = %why, "the log cannot be written: nothing was served");
            No::Unavailable
        }
        other => other,
    }
}

/// Ten random bytes for an identifier.
pub fn ten() -> [u8; 10] {
    clock::random()
}

/// Runs slow, CPU-bound work away from the threads that answer requests.
pub(crate) async fn slow<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|why| Fault::Other(format!("background work stopped: {why}")))
}

/// Refuses a database that was put back and not brought up to what happened since, and one that is older than what was published.
async fn fit_to_open(db: &Db, vault: &Vault, log_vkeys: &str) -> Result<(), Fault> {
    let mut conn = db.read().await?;
    if conn.setting(QUARANTINE).await?.is_some() {
        return Err(Fault::Other(
            "this portal was put back from a backup and is in quarantine: what was destroyed since may be in it. Nothing is served \
             or written before `restore --finish` has replayed it"
                .to_owned(),
        ));
    }
    publish::follows(&mut conn, &Journal::of(vault), log_vkeys).await
}

/// The records key in force. What a rotation left behind that was cut short is settled first.
async fn records_key(db: &Db, file: &Path, create: bool) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let named = db.read().await?.setting(keyfiles::IN_FORCE).await?;
    let key = match &named {
        None => secret(file, create)?,
        Some(id) => keyfiles::in_force(file, id)?,
    };
    keyfiles::settle(file, named.as_deref())?;
    Ok(key)
}

/// Folders that nobody else enters and a database file that nobody else reads: SQLite gives its other files the same mode.
fn prepare(store: &Store, keys: &KeyFiles) -> Result<(), Fault> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    let folder = |path: &Path| std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    folder(&store.data)?;
    if store.s3.is_none() {
        folder(&store.vault())?;
    }
    for (_, file) in keys.all() {
        file.parent().map(folder).transpose()?;
    }
    if store.postgres.is_none() {
        std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(store.database())?;
    }
    Ok(())
}

/// Reads a 32-byte key file, or makes it where there is none.
fn secret(file: &Path, create: bool) -> Result<Zeroizing<[u8; 32]>, Fault> {
    if !file.exists() && create {
        write_secret(file, &format!("{}\n", hex::encode(clock::random::<32>())))?;
    }
    config::key(file).map_err(|why| Fault::Other(why.to_string()))
}

/// Writes a file that only its owner can read, whole or not at all; durably, its name too.
pub fn write_secret(file: &Path, text: &str) -> Result<(), Fault> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let unfinished = file.with_extension(format!("new-{}", hex::encode(clock::random::<4>())));
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    std::fs::rename(&unfinished, file)?;
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
