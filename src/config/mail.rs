//! `[mail]`: the relay that mail is handed to.
//!
//! Promises: mail crosses a network only under TLS whose certificate is checked; half an account is refused; a password stands in a file
//! of its own. Absent on purpose: any switch that leaves the check of a certificate out; delivering without a relay.

use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;

/// `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Host of the relay, as its certificate names it.
    pub host: String,
    /// Port of the relay.
    pub port: u16,
    /// How the connection is closed to others.
    #[serde(default)]
    pub tls: Tls,
    /// The address that mails come from.
    pub from: String,
    /// The account at the relay, if it wants one; with `password_file`.
    pub user: Option<String>,
    /// A file with that account's password (0600); with `user`.
    pub password_file: Option<PathBuf>,
    /// PEM: the authority that signed the relay's certificate; without it, those of Mozilla’s list.
    pub ca_file: Option<PathBuf>,
    /// The hour, UK time, from which the day's digest and reminders are sent, 0 to 23.
    #[serde(default = "digest_hour")]
    pub digest_hour: u8,
}

/// How the connection to the relay is closed to others.
#[derive(Clone, Copy, Debug, Deserialize, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// It begins in the open and must change to TLS before anything is said, as on port 587.
    #[default]
    Starttls,
    /// TLS from the first byte, as on port 465.
    Implicit,
    /// None: only to loopback.
    Off,
}

/// When nothing is said: after breakfast.
fn digest_hour() -> u8 {
    DIGEST_HOUR
}

/// The hour of the digest where no relay is configured.
pub const DIGEST_HOUR: u8 = 7;

impl Mail {
    /// Whether the relay is on this machine, where no network is between.
    pub fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Refuses what is half set, and what would send mail over a network that others can read.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.host.trim().is_empty() || self.port == 0 {
            return Err("mail.host and mail.port must say where the relay is".to_owned());
        }
        let (user, host) = self.from.split_once('@').unwrap_or_default();
        let plain = |c: char| c.is_ascii_graphic() && !"<>,;\"()".contains(c);
        if user.is_empty() || host.is_empty() || !self.from.chars().all(plain) {
            return Err(format!("mail.from must be an address such as portal@example.org: it is {:?}", self.from));
        }
        if self.user.is_some() != self.password_file.is_some() {
            return Err("mail.user and mail.password_file belong together: set both, or neither".to_owned());
        }
        if self.tls == Tls::Off && !self.is_local() {
            return Err(format!(
                "mail.tls = \"off\" is for a relay on this machine only: mail.host is {:?}",
                self.host
            ));
        }
        if self.digest_hour > 23 {
            return Err(format!("mail.digest_hour must be from 0 to 23: it is {}", self.digest_hour));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{GOOD, read};
    use super::*;

    fn with(lines: &str) -> Result<Mail, String> {
        let text =
            format!("{GOOD}\n[mail]\nhost = \"mail.example.org\"\nport = 587\nfrom = \"portal@example.org\"\n{lines}");
        read(&text).map(|config| config.mail.expect("a section")).map_err(|why| why.to_string())
    }

    #[test]
    fn a_relay_is_spoken_to_under_tls_and_the_digest_is_in_the_morning() {
        let mail = with("").unwrap();
        assert_eq!((mail.tls, mail.digest_hour, mail.user, mail.ca_file), (Tls::Starttls, 7, None, None));
        let full = with(
            "user = \"portal\"\npassword_file = \"keys/mail\"\nca_file = \"ca.pem\"\ntls = \"implicit\"\ndigest_hour = 23",
        );
        let full = full.unwrap();
        assert!(full.password_file.is_some_and(|file| file.is_absolute()));
        assert!(full.ca_file.is_some_and(|file| file.is_absolute()));
        assert_eq!(full.digest_hour, 23);
    }

    #[test]
    fn what_is_half_set_or_open_to_others_is_refused_by_name() {
        for (lines, named) in [
            ("user = \"portal\"", "mail.user and mail.password_file belong together"),
            ("password_file = \"keys/mail\"", "mail.user and mail.password_file belong together"),
            ("tls = \"off\"", "mail.tls = \"off\" is for a relay on this machine only"),
            ("tls = \"sometimes\"", "tls"),
            ("digest_hour = 24", "mail.digest_hour must be from 0 to 23"),
        ] {
            let why = with(lines).unwrap_err();
            assert!(why.contains(named), "{why}");
        }
        let half = read(&format!("{GOOD}\n[mail]\nhost = \"mail.example.org\"\nport = 587")).unwrap_err().to_string();
        assert!(half.contains("from"), "{half}");
        for from in ["portal", "@example.org", "Portal <portal@example.org>", "a@b\\nBcc: c@d"] {
            let text = format!("{GOOD}\n[mail]\nhost = \"mail.example.org\"\nport = 587\nfrom = \"{from}\"");
            let why = read(&text).unwrap_err().to_string();
            assert!(why.contains("mail.from must be an address"), "{why}");
        }
        for host in ["127.0.0.1", "localhost", "::1"] {
            let text = format!("{GOOD}\n[mail]\nhost = \"{host}\"\nport = 25\nfrom = \"a@b\"\ntls = \"off\"");
            assert!(read(&text).is_ok(), "{host}");
        }
    }
}
