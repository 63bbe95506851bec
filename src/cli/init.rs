//! `init`: a portal from nothing, in an empty folder, with an offline root (`docs/USER-operator.md`).
//!
//! Promises: nothing is made unless everything given is fit; nobody but the folder's owner reads any of it; the configuration
//! holds no secret; the root's private half is never below the folder; the first administrator's link is printed once and kept
//! nowhere. Absent on purpose: a default for anything secret, going on in a folder that holds something.
//! Proved by `tests/it/founding/setup.rs`.

use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::{Failure, root, runtime, say};
use crate::actions::fingerprint::root_fingerprint;
use crate::actions::office::{Office, Settings, write_secret};
use crate::actions::{No, Stamp, found};
use crate::clock::Clock;
use crate::config::{Config, KeyFiles, Portal, Store};
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::store;
use crate::web::tls;

/// The configuration's name in the folder.
pub const CONFIG: &str = "portal.toml";

/// Options of `init`.
#[derive(clap::Args, Debug, Clone)]
#[command(group(clap::ArgGroup::new("trusted").required(true).args(["root", "root_key"])))]
#[command(group(clap::ArgGroup::new("tls").required(true).args(["certificate", "self_signed"])))]
pub struct Options {
    /// The folder the portal keeps everything in; absent or empty.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Where people find it: `https://host[:port]`.
    #[arg(long)]
    pub origin: String,
    /// The force's name, as pages show it.
    #[arg(long)]
    pub force: String,
    /// Whom people ask for help, as pages show it.
    #[arg(long)]
    pub contact: String,
    /// The root's verifier key, as `root key` printed it on the offline machine.
    #[arg(long, value_name = "VKEY")]
    pub root: Option<String>,
    /// Make the root key here and now, in a file outside the folder: a USB stick to be locked away.
    #[arg(long, value_name = "FILE")]
    pub root_key: Option<PathBuf>,
    /// The recipient of the break-glass key (`age1…`), whose identity is kept offline.
    #[arg(long, value_name = "RECIPIENT")]
    pub break_glass: String,
    /// The log's name, such as `portal.example.org/log/1`.
    #[arg(long)]
    pub log_name: String,
    /// The first administrator's name.
    #[arg(long)]
    pub admin_name: String,
    /// The first administrator's address.
    #[arg(long)]
    pub admin_email: String,
    /// PEM: the certificate and its chain.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub certificate: Option<PathBuf>,
    /// PEM: its private key, 0600.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub key: Option<PathBuf>,
    /// Make an authority and a certificate instead.
    #[arg(long)]
    pub self_signed: bool,
    /// A file with the sections `[store.postgres]` and `[store.s3]`, taken into the configuration; the paths in it are absolute.
    #[arg(long, value_name = "FILE")]
    pub store: Option<PathBuf>,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was made.
#[derive(Clone, Debug, serde::Serialize)]
#[expect(missing_docs, reason = "the names of `--json`")]
pub struct Made {
    pub config: PathBuf,
    /// The first administrator's link. A secret until it is used.
    pub invitation: String,
    pub log_vkey: String,
    pub root: String,
    pub root_fingerprint: String,
    pub ca_file: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let made = init(options)?;
    if options.json {
        say(&serde_json::to_string_pretty(&made).map_err(Failure::unreadable)?);
        return Ok(());
    }
    say(&format!("The portal is made. Its configuration: {}", made.config.display()));
    say(&format!(
        "\nPrint these two lines and lock them away; auditors and the root ceremony need them.\n  log   {}",
        made.log_vkey
    ));
    say(&format!("  root  {}\n        {}", made.root, made.root_fingerprint));
    if let Some(ca) = &made.ca_file {
        say(&format!("\nDevices must trust this authority: {}", ca.display()));
    }
    say(&format!("\nStart it:   disclosure-portal serve --config {}", made.config.display()));
    say(&format!(
        "Then hand this link to {}. It is shown only now, and works once, within seven days:\n  {}",
        options.admin_name, made.invitation
    ));
    Ok(())
}

/// Makes the portal, or says what is wrong and leaves nothing behind.
pub fn init(options: &Options) -> Result<Made, Failure> {
    let given = Given::read(options)?;
    let dir = &options.data;
    vacant(dir)?;
    let fresh_root = options.root_key.as_ref().filter(|file| !file.exists());
    let made = make(options, given);
    if made.is_err() {
        // Half a portal would only refuse the next try. What was there before was an empty folder, and no root key.
        let _ = std::fs::remove_dir_all(dir);
        let _ = fresh_root.map(std::fs::remove_file);
    }
    made
}

/// What has to be right before anything is made.
struct Given {
    portal: Portal,
    break_glass: Recipient,
    root: Option<Root>,
    /// Certificate and key, absolute.
    files: Option<(PathBuf, PathBuf)>,
    /// The sections of a database and a vault elsewhere, as written.
    elsewhere: String,
}

impl Given {
    fn read(options: &Options) -> Result<Self, Failure> {
        let wrong = |option: &str, why: &dyn std::fmt::Display| Failure::unreadable(format!("--{option}: {why}"));
        let portal = Portal {
            service: "Disclosure portal".to_owned(),
            force: options.force.trim().to_owned(),
            log_name: options.log_name.clone(),
            origin: options.origin.clone(),
            contact: options.contact.trim().to_owned(),
            handling: None,
            demo: false,
        };
        portal.check().map_err(|why| wrong("origin", &why))?;
        for (option, text) in [("force", &portal.force), ("contact", &portal.contact)] {
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err(wrong(option, &"write it as one line that people can read"));
            }
        }
        let recipient = Recipient::parse(&options.break_glass).map_err(|why| wrong("break-glass", &why))?;
        let root = options.root.as_deref().map(Root::parse).transpose().map_err(|why| wrong("root", &why))?;
        if let Some(file) = &options.root_key {
            let (file, data) = (absolute(file)?, absolute(&options.data)?);
            if file.starts_with(data) {
                return Err(wrong(
                    "root-key",
                    &"choose a place outside --data: the root key never lies beside the portal",
                ));
            }
        }
        crate::ledger::checkpoint::LogKey::from_seed(&options.log_name, &[0; 32])
            .map_err(|why| wrong("log-name", &why))?;
        found::fits(&options.admin_name, &options.admin_email).map_err(|no| refused(&no))?;
        let files = match (&options.certificate, &options.key) {
            (Some(certificate), Some(key)) => {
                tls::fits(certificate, key, portal.name(), Clock::real()).map_err(|why| wrong("certificate", &why))?;
                Some((absolute(certificate)?, absolute(key)?))
            }
            _ => None,
        };
        let elsewhere = options.store.as_deref().map(elsewhere).transpose().map_err(|why| wrong("store", &why))?;
        Ok(Self { portal, break_glass: recipient, root, files, elsewhere: elsewhere.unwrap_or_default() })
    }
}

/// The text of `--store`, once it is what the configuration will take.
fn elsewhere(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|why| format!("{}: {why}", file.display()))?;
    let mut store = Store::elsewhere(&text)?;
    match store.files().find(|path| !path.as_os_str().is_empty() && path.is_relative()) {
        Some(path) => Err(format!("{}: {} must be an absolute path", file.display(), path.display())),
        None => Ok(format!("{}\n\n", text.trim())),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(Failure::unreadable)
}

/// Makes the folder, 0700, or takes an empty one; refuses one that holds anything.
fn vacant(dir: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let told = |why: std::io::Error| Failure::unreadable(format!("{}: {why}", dir.display()));
    if dir.exists() {
        if std::fs::read_dir(dir).map_err(told)?.next().is_some() {
            return Err(Failure::unreadable(format!(
                "{} is not empty: nothing was changed. Choose a new folder; a portal is never made over another one.",
                dir.display()
            )));
        }
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).map_err(told)?;
    } else {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(told)?;
    }
    Ok(())
}

fn make(options: &Options, given: Given) -> Result<Made, Failure> {
    let dir = absolute(&options.data)?;
    let (files, ca_file) = if let Some(files) = given.files {
        (files, None)
    } else {
        let own = tls::self_signed(&dir.join("tls"), given.portal.name(), Clock::real());
        (("tls/server.pem".into(), "tls/server.key".into()), Some(own.map_err(Failure::unreadable)?.ca))
    };
    let config = dir.join(CONFIG);
    let root = match (given.root, &options.root_key) {
        (Some(root), _) => root,
        (None, Some(file)) => root::key(file, &format!("{}/root", given.portal.name()))?,
        (None, None) => return Err(Failure::unreadable("give --root or --root-key")),
    };
    let public = (&given.break_glass, &root);
    let text = written(options, &given.portal, public, &files, &given.elsewhere);
    write_secret(&config, &text).map_err(Failure::unreadable)?;
    let read = Config::read(&config).map_err(Failure::unreadable)?;
    let (path, log_vkey) = runtime()?.block_on(open(options, &read))?;
    Ok(Made {
        invitation: format!("{}{path}", read.portal.origin),
        config,
        log_vkey,
        root_fingerprint: root_fingerprint(&root.vkey()),
        root: root.vkey(),
        ca_file,
    })
}

/// Makes keys and database through the same door as `serve`, and founds the portal in it.
async fn open(options: &Options, config: &Config) -> Result<(String, String), Failure> {
    if !store::is_vacant(&config.store).await.map_err(Failure::unreadable)? {
        return Err(Failure::unreadable(format!(
            "the {} is not empty: nothing was changed in it. A portal is never made over another one; make an empty database.",
            config.store.database_words()
        )));
    }
    let office = Office::open(Settings::of(config), Clock::system(), true).await.map_err(Failure::unreadable)?;
    let stamp = Stamp { client: "command line".to_owned(), request: "init".to_owned() };
    let path = found::found(&office, &options.admin_name, &options.admin_email, stamp).await;
    let vkey = office.log_vkey.clone();
    office.close().await;
    Ok((path.map_err(|no| refused(&no))?, vkey))
}

fn refused(no: &No) -> Failure {
    let No::Invalid(errors) = no else { return Failure::unreadable(format!("{no:?}")) };
    let told: Vec<_> = errors.iter().map(|one| format!("--admin-{}: {}", one.field, one.sentence)).collect();
    Failure::unreadable(told.join("\n"))
}

/// The configuration's text: places and public halves, nothing secret.
fn written(
    options: &Options,
    portal: &Portal,
    (break_glass, root): (&Recipient, &Root),
    tls: &(PathBuf, PathBuf),
    elsewhere: &str,
) -> String {
    // A JSON string without control characters is a TOML string.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let keys = KeyFiles::below(Path::new(""));
    let files: Vec<String> =
        keys.all().iter().map(|(word, file)| format!("{word} = {}", quoted(&file.to_string_lossy()))).collect();
    format!(
        "# The portal's configuration. Relative paths mean beside this file. Nothing in it is secret; what it names is.\n\
         [portal]\nforce = {}\norigin = {}\ncontact = {}\nlog_name = {}\n\n\
         [listen]\naddress = {}\ncertificate = {}\nkey = {}\nself_signed = {}\n\n\
         [store]\ndata = \".\"\n\n{elsewhere}\
         [keys]\n{}\n# Public halves of what is kept offline.\nroot = {}\nbreak_glass = {}\n\n\
         [log]\nformat = \"json\"\nlevel = \"info\"\n",
        quoted(&portal.force),
        quoted(&portal.origin),
        quoted(&portal.contact),
        quoted(&portal.log_name),
        quoted(&options.listen.to_string()),
        quoted(&tls.0.to_string_lossy()),
        quoted(&tls.1.to_string_lossy()),
        options.self_signed,
        files.join("\n"),
        quoted(&root.vkey()),
        quoted(&break_glass.to_string()),
    )
}
