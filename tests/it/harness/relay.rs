//! A real SMTP server of another make (aiosmtpd) on loopback, that does to each mail what the test says.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use disclosure_portal::actions::office;
use disclosure_portal::clock::Clock;
use disclosure_portal::config::{Mail, Tls};
use disclosure_portal::web::tls;
use serde_json::{Value, json};

use super::Folder;

/// The account at the relay.
pub(crate) const USER: &str = "portal";
pub(crate) const PASSWORD: &str = "correct horse";

/// A relay; it goes with the test.
pub(crate) struct Relay {
    child: Option<Child>,
    folder: Folder,
    pub(crate) port: u16,
    tls: Tls,
}

impl Relay {
    /// One that takes everything.
    pub(crate) fn start(tls: Tls) -> Self {
        let folder = Folder::new();
        std::fs::write(folder.0.join("say"), "").unwrap();
        std::fs::write(folder.0.join("out"), "").unwrap();
        tls::self_signed(&folder.0.join("tls"), "localhost", Clock::real()).unwrap();
        office::write_secret(&folder.0.join("password"), &format!("{PASSWORD}\n")).unwrap();
        let mut relay = Self { child: None, folder, port: 0, tls };
        relay.up();
        relay
    }

    /// Starts it, on the port it had.
    pub(crate) fn up(&mut self) {
        let at = |name: &str| self.folder.0.join(name);
        let tls = match self.tls {
            Tls::Off => "off",
            Tls::Starttls => "starttls",
            Tls::Implicit => "implicit",
        };
        let account = if self.tls == Tls::Off { "" } else { USER };
        let how = json!({
            "port": self.port, "say": at("say"), "out": at("out"), "tls": tls,
            "cert": at("tls/server.pem"), "key": at("tls/server.key"), "user": account, "password": PASSWORD,
        });
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/py/relay.py");
        let mut child = Command::new("/usr/bin/python3")
            .args([script, &how.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/need test");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        self.port = line.trim().parse().expect("the relay’s port");
        self.child = Some(child);
    }

    /// Stops it.
    pub(crate) fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// What it does from here on.
    pub(crate) fn say(&self, words: &str) {
        std::fs::write(self.folder.0.join("say"), words).unwrap();
    }

    /// What it took.
    pub(crate) fn taken(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.0.join("out")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// A file beside it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// As a configuration says it.
    pub(crate) fn settings(&self) -> Mail {
        let secure = self.tls != Tls::Off;
        Mail {
            host: "localhost".into(),
            port: self.port,
            tls: self.tls,
            from: "portal@example.org".into(),
            user: secure.then(|| USER.into()),
            password_file: secure.then(|| self.file("password")),
            ca_file: secure.then(|| self.file("tls/ca.pem")),
            digest_hour: 7,
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.down();
    }
}
