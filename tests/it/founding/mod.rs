//! A real portal from nothing, with an offline root: set-up, checks, the ceremony (`docs/USER-operator.md`).

mod ceremony;
mod checks;
mod offline;
mod page;
mod server;
mod setup;

use std::path::{Path, PathBuf};
use std::process::Command;

use disclosure_portal::cli::init::{self, Made, Options};
use disclosure_portal::config::Config;
use disclosure_portal::sealing::age::Identity;

use crate::harness::Folder;

/// The words the offline machine and its stick are asked with.
const ROOT_NAME: &str = "localhost/root";

/// A portal just made, its root key on a stick beside it.
pub(crate) struct Fresh {
    folder: Folder,
    pub(crate) made: Made,
}

impl Fresh {
    /// Made as the command does it, on a thread of its own: the command brings its own runtime.
    pub(crate) fn new() -> Self {
        let folder = Folder::new();
        let options = options(&folder.0);
        let made = std::thread::spawn(move || init::init(&options)).join().unwrap().unwrap();
        Self { folder, made }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.0.join("portal")
    }

    fn stick(&self) -> PathBuf {
        self.folder.0.join("root.key")
    }

    fn config(&self) -> Config {
        Config::read(&self.made.config).unwrap()
    }

    /// The secret of the first administrator's link.
    fn token(&self) -> String {
        self.made.invitation.rsplit('/').next().unwrap().to_owned()
    }
}

/// What an operator types, with everything in `at`.
fn options(at: &Path) -> Options {
    Options {
        data: at.join("portal"),
        origin: "https://localhost:8443".into(),
        force: "Example \"Constabulary\" of Ærø".into(),
        contact: "the unit on 01632 960001".into(),
        root: None,
        root_key: Some(at.join("root.key")),
        break_glass: Identity::fresh().unwrap().recipient().to_string(),
        log_name: "localhost/log/1".into(),
        admin_name: "Lee Ashby".into(),
        admin_email: "lee@example.org".into(),
        certificate: None,
        key: None,
        self_signed: true,
        store: None,
        listen: "127.0.0.1:0".parse().unwrap(),
        json: false,
    }
}

/// Changes a database as somebody with the machine in their hands would.
fn sql(data: &Path, text: &str) {
    let done = Command::new("sqlite3").arg(data.join("portal.sqlite")).arg(text).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
