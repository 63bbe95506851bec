//! A certificate as a file: that a copy's end was confirmed and signed, and stands in the log (`docs/formats/certificate.md`).
//!
//! Promise: what [`CertificateFile::verify`] answers follows from the file and the two public keys that the reader brings, the root's and
//! the log's, never from anything the file says of itself. Absent on purpose: any database, any clock; that nothing but these copies was
//! ever supplied, which only the whole log shows. Proved by the tests below and by `tests/it/journeys/demands.rs`.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checkpoint::LogVerifier;
use super::leaf::{Leaf, commitment};
use super::proof;
use super::statement_file::{False as NotSigned, StatementFile};
use super::trust::Root;

/// What stands in `format`.
pub const FORMAT: &str = "certificate/v1";

/// An entry of the log with its proof: what `log prove` gives, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The leaf's bytes, base 64.
    pub leaf: String,
    /// Its salt, hexadecimal.
    pub salt: String,
    /// Its body, exactly.
    pub body: String,
    /// The receipt: C2SP tlog-proof over the newest signed checkpoint.
    pub receipt: String,
}

/// One copy's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyEnd {
    /// The copy.
    pub copy: String,
    /// Its visible mark, for the reader's eye.
    pub mark: String,
    /// What the holder signed.
    pub statement: StatementFile,
    /// `confirm` first; then, as far as they are there, `destroy` and `confirm.accept`.
    pub entries: Vec<Entry>,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateFile {
    /// [`FORMAT`].
    pub format: String,
    /// `copy/<id>`, or `release/<id>`: then each copy was accepted.
    pub object: String,
    /// The release's reference, for the reader's eye.
    pub reference: String,
    /// Each copy.
    pub copies: Vec<CopyEnd>,
    /// What is promised of backups, in words.
    pub backups: String,
}

/// One copy as it was proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proved {
    /// The copy.
    pub copy: String,
    /// `surrendered` or `destroyed`.
    pub outcome: String,
    /// Who confirmed it.
    pub holder: String,
    /// When the log has it confirmed.
    pub confirmed_at: String,
    /// The entry's index.
    pub index: u64,
    /// When the log has the sealed files destroyed; absent: the file does not say.
    pub destroyed_at: Option<String>,
    /// When the police accepted it; absent: the file does not say.
    pub accepted_at: Option<String>,
}

/// Why a file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum False {
    /// Another format.
    #[error("this is no certificate of a kind known here: {0}")]
    Unreadable(String),
    /// The holder's statement.
    #[error("copy {0}: {1}")]
    Statement(String, NotSigned),
    /// It is signed, about something else.
    #[error("copy {0}: what was signed is not the end of this copy")]
    About(String),
    /// An entry is not in the log that the key signs.
    #[error("copy {0}: the log does not have this entry: {1}")]
    Log(String, String),
    /// An entry is about something else.
    #[error("copy {0}: an entry of the log is not about this confirmation")]
    Entry(String),
    /// A certificate of a release whose copies are not all accepted.
    #[error("copy {0}: the file does not show that the police accepted its end")]
    NotAccepted(String),
}

/// An entry that is in the log.
struct Opened {
    kind: String,
    at: String,
    index: u64,
    body: Value,
}

impl Entry {
    /// An entry to put into a file.
    pub fn new(leaf: &[u8], salt: &[u8; 32], body: String, receipt: String) -> Self {
        Self { leaf: STANDARD.encode(leaf), salt: hex::encode(salt), body, receipt }
    }

    fn open(&self, log: &LogVerifier) -> Result<Opened, String> {
        let leaf_bytes = STANDARD.decode(&self.leaf).map_err(|_| "the leaf is not base 64".to_owned())?;
        let receipt = proof::parse(&self.receipt).map_err(|why| why.to_string())?;
        let included = receipt.check(&leaf_bytes, log).map_err(|why| why.to_string())?;
        let leaf = Leaf::parse(&leaf_bytes).map_err(|why| why.to_string())?;
        let mut salt = [0; 32];
        hex::decode_to_slice(&self.salt, &mut salt).map_err(|_| "the salt is not 64 hexadecimal digits".to_owned())?;
        if commitment(&salt, self.body.as_bytes()) != *leaf.commitment() {
            return Err("the leaf is not of this body".to_owned());
        }
        let body: Value = serde_json::from_str(&self.body).map_err(|_| "the body is no JSON".to_owned())?;
        if *field(&body, "kind") != *leaf.kind() || *field(&body, "at") != *leaf.at_text() {
            return Err("the body is of another leaf".to_owned());
        }
        Ok(Opened { kind: leaf.kind().to_owned(), at: leaf.at_text().to_owned(), index: included.index, body })
    }
}

/// A field of a body or of a document; absent is null.
fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}

impl CertificateFile {
    /// Checks each copy: the statement up to `root`, each entry in the log, and that they say the same.
    pub fn verify(&self, root: &Root, log: &LogVerifier) -> Result<Vec<Proved>, False> {
        let unreadable = |why: &str| False::Unreadable(why.to_owned());
        if self.format != FORMAT {
            return Err(unreadable(&format!("`format` is not {FORMAT}")));
        }
        let release = self.object.strip_prefix("release/");
        let one = self.object.strip_prefix("copy/");
        let ids: BTreeSet<&str> = self.copies.iter().map(|end| end.copy.as_str()).collect();
        if ids.is_empty() || ids.len() != self.copies.len() {
            return Err(unreadable("it names no copy, or one of them twice"));
        }
        match (one, release) {
            (Some(id), _) if self.copies.len() == 1 && ids.contains(id) => {}
            (None, Some(_)) => {}
            _ => return Err(unreadable("its object is neither this copy nor a release")),
        }
        let mut all = Vec::new();
        for end in &self.copies {
            let (proved, of) = end.verify(root, log)?;
            if release.is_some_and(|id| of != format!("release/{id}")) {
                return Err(False::Entry(end.copy.clone()));
            }
            if release.is_some() && proved.accepted_at.is_none() {
                return Err(False::NotAccepted(end.copy.clone()));
            }
            all.push(proved);
        }
        Ok(all)
    }
}

impl CopyEnd {
    /// What is proved, and the release that the log says it is of.
    fn verify(&self, root: &Root, log: &LogVerifier) -> Result<(Proved, String), False> {
        let (copy, name) = (self.copy.as_str(), || self.copy.clone());
        let held = self.statement.verify(root).map_err(|why| False::Statement(name(), why))?;
        if held.statement.kind != "surrender" || held.statement.object != format!("copy/{copy}") {
            return Err(False::About(name()));
        }
        let (mut confirm, mut destroyed_at, mut accepted_at) = (None, None, None);
        for (at, entry) in self.entries.iter().enumerate() {
            let opened = entry.open(log).map_err(|why| False::Log(name(), why))?;
            if *field(&opened.body, "copy") != *copy {
                return Err(False::Entry(name()));
            }
            match (at, opened.kind.as_str()) {
                (0, "confirm") => confirm = Some(opened),
                (1.., "destroy") if destroyed_at.is_none() => destroyed_at = Some(opened.at),
                (1.., "confirm.accept") if accepted_at.is_none() => accepted_at = Some(opened),
                _ => return Err(False::Entry(name())),
            }
        }
        let confirm = confirm.ok_or_else(|| False::Entry(name()))?;
        let document: Value = serde_json::from_slice(&held.document).unwrap_or_default();
        let digest = format!("sha256:{}", hex::encode(digest::digest(&digest::SHA256, &held.document)));
        let agrees = *field(&confirm.body, "actor") == format!("person/{}", held.statement.signer)
            && field(&confirm.body, "outcome") == field(&document, "outcome")
            // Entries of before certificates have no digest; whose they are and what they say is the same.
            && (field(&confirm.body, "document").is_null() || *field(&confirm.body, "document") == digest);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of = text(field(&confirm.body, "object"));
        let accepted =
            accepted_at.as_ref().is_none_or(|one| one.index > confirm.index && text(field(&one.body, "object")) == of);
        if !agrees || !accepted {
            return Err(False::Entry(name()));
        }
        let proved = Proved {
            copy: name(),
            outcome: text(field(&document, "outcome")),
            holder: held.signer.keys.name,
            confirmed_at: confirm.at,
            index: confirm.index,
            destroyed_at,
            accepted_at: accepted_at.map(|one| one.at),
        };
        Ok((proved, of))
    }
}
