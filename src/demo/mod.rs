//! The demonstration: synthetic people, releases in several stages, portraits drawn by code; real parts everywhere else.
//!
//! Its secrets lie in one file of its own folder, so that a restart shows the same ones. Absent on purpose: any of this in
//! a real portal: `serve` refuses a folder that a demo made.

pub mod keys;
pub mod people;
pub mod portrait;
pub mod registers;
pub mod releases;
pub mod reviews;
pub mod rulings;
pub mod story;
mod trust;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::actions::office::{Office, Settings, write_secret};
use crate::actions::unit::drill;
use crate::actions::{Fault, No, Stamp};
use crate::clock::{self, Clock};
use crate::config::{self, KeyFiles, Store};
use crate::domain::moment::Moment;
use crate::ledger::trust::Root;
use crate::sealing::age::Identity;

/// The setting that marks a demo's database.
pub const MARK: &str = "demo";

/// How long before the demo's first start its story begins, milliseconds: 75 days.
const BEGAN_MS: i64 = 75 * 86_400_000;

/// Who can sign in and how; one of `accounts` in the demo's JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the contract of DESIGN §10, field by field")]
pub struct Account {
    pub role: String,
    pub name: String,
    pub email: String,
    pub passphrase: String,
    pub auth: String,
    pub totp_secret: String,
    pub recovery_code: String,
    pub age_identity: String,
    pub area: Option<String>,
    pub scheme: Option<String>,
}

/// What `--json FILE` holds.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the contract of DESIGN §10, field by field")]
pub struct Told {
    pub base_url: String,
    pub ca_file: PathBuf,
    pub log_vkey: String,
    pub root_vkey: String,
    pub accounts: Vec<Account>,
}

/// The log's name of every demo.
pub const LOG_NAME: &str = "disclosure-portal.demo/log";

/// The file that a finished demo has.
pub const ACCOUNTS: &str = "demo-accounts.json";
/// The file of a demo's root key.
pub const ROOT_KEY: &str = "demo-root.key";

fn accounts_file(data: &Path) -> PathBuf {
    data.join(ACCOUNTS)
}

/// The file of the demo's break-glass key.
pub const BREAK_GLASS: &str = "demo-break-glass.txt";

/// The root's name in every demo.
const ROOT_NAME: &str = "disclosure-portal.demo/root";

/// A demo's settings; makes its root key where there is none. In a real portal that key never comes near the server.
pub fn settings(data: &Path, origin: &str) -> Result<Settings, Fault> {
    let seed = root_seed(data)?;
    let root = Root::of_seed(ROOT_NAME, &seed).map_err(|why| Fault::Other(why.to_string()))?;
    Ok(Settings {
        origin: origin.to_owned(),
        demo: true,
        store: Store::embedded(data),
        keys: KeyFiles::below(data),
        log_name: LOG_NAME.to_owned(),
        root: Some(root.vkey()),
        break_glass: Some(break_glass(data)?.recipient().to_string()),
        mail: None,
    })
}

/// The demo's break-glass key, made where there is none. In a real portal it lies in a safe and never comes near the server.
pub fn break_glass(data: &Path) -> Result<Identity, Fault> {
    let file = data.join(BREAK_GLASS);
    if !file.exists() {
        let fresh = Identity::fresh().map_err(|why| Fault::Other(why.to_string()))?;
        let (recipient, secret) = (fresh.recipient(), fresh.secret());
        write_secret(&file, &format!("# public key: {recipient}\n{}\n", secret.as_str()))?;
    }
    let text = Zeroizing::new(std::fs::read_to_string(&file)?);
    drill::identity(&text).ok_or_else(|| Fault::Other(format!("{} holds no age identity", file.display())))
}

/// The demo's root key, to play the offline machine with.
pub fn root_seed(data: &Path) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let file = data.join(ROOT_KEY);
    if !file.exists() {
        write_secret(&file, &format!("{}\n", hex::encode(clock::random::<32>())))?;
    }
    config::key(&file).map_err(|why| Fault::Other(why.to_string()))
}

/// Opens a demo's data, making its world on the first start. Answers the office and who can sign in.
pub async fn open(data: &Path, origin: &str, clock: Clock) -> Result<(Office, Vec<Account>), Fault> {
    std::fs::create_dir_all(data)?;
    let file = accounts_file(data);
    if !file.exists() {
        // Before anything is written: a demo's file in a real portal's folder would keep it from being served.
        if data.join("portal.sqlite").exists() {
            return Err(Fault::Other(format!(
                "{} holds a portal that is no finished demo: choose another folder, or use --reset",
                data.display()
            )));
        }
        Box::pin(begin(settings(data, origin)?, &clock, &file)).await?;
    }
    let text = std::fs::read_to_string(&file)?;
    let accounts = serde_json::from_str(&text)
        .map_err(|why| Fault::Other(format!("{} cannot be read ({why}): start again with --reset", file.display())))?;
    let office = Office::open(settings(data, origin)?, clock, false).await?;
    Ok((office, accounts))
}

/// Makes the world: 75 days of it, with the clock moved by hand, through the same actions that people use.
async fn begin(settings: Settings, clock: &Clock, file: &Path) -> Result<(), Fault> {
    let now = clock.now();
    let hands = Clock::manual(now.plus_millis(-BEGAN_MS));
    let office = Office::open(settings, hands.clone(), true).await?;
    let world = people::begin(&office).await.map_err(broken)?;
    story::play(&office, &world, &hands, now).await.map_err(broken)?;
    office.close().await;
    let accounts: Vec<&Account> = world.people.iter().map(|one| &one.account).collect();
    let text = serde_json::to_string_pretty(&accounts).map_err(|why| Fault::Other(why.to_string()))?;
    write_secret(file, &text)
}

/// A demo whose own story is refused is broken.
fn broken(no: No) -> Fault {
    match no {
        No::Broken(fault) => fault,
        other => Fault::Other(format!("the demo's story was refused: {other:?}")),
    }
}

/// The stamp of what the demo does by itself.
pub fn stamp() -> Stamp {
    Stamp { client: "127.0.0.1".to_owned(), request: "demo".to_owned() }
}

/// Milliseconds of `days` and `hours`.
pub(crate) fn span(days: i64, hours: i64) -> i64 {
    (days * 24 + hours) * 3_600_000
}

/// `now` moved back.
pub(crate) fn ago(now: Moment, days: i64, hours: i64) -> Moment {
    now.plus_millis(-span(days, hours))
}
