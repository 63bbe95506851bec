//! Whose key it is (`docs/formats/approval.md`): the root signs unit keys and first co-ordinators, co-ordinators sign everybody
//! else, and whoever seals follows the chain to the root.
//!
//! Promise: what [`Trust`] answers follows from the root's public key and the signed papers alone; a key changed in the
//! database, the approver's too, has no chain. Absent on purpose: the database; roles as the portal grants them; taking an
//! approval back (a suspended person gets nothing, whatever their key). Proved by the vectors of the format page and below.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::checkpoint::KeyError;
use super::keys;
use super::statement::{Lines, Statement, StatementError, sign_as};

/// The word on the signer's line of what the root signs.
pub const ROOT: &str = "root";
/// The kind of a person's approval.
pub const APPROVE: &str = "approve";
/// The kind of a unit key's approval.
pub const UNIT: &str = "unit";
/// The role whose holders approve others of their area.
const APPROVER: &str = "aic";

/// What is certified about a person's keys. Written as JSON with its names in this order and nothing between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonKeys {
    /// The area they are approved in; a scheme's people: the scheme's area; empty: over the whole force.
    pub area: String,
    /// Their name, as the approver knows them.
    pub name: String,
    /// Their identifier.
    pub person: String,
    /// What is sealed to them: `age1…`.
    pub recipient: String,
    /// The word of their role; `aic` may approve others of the same area.
    pub role: String,
    /// The scheme of a manager or member; else empty.
    pub scheme: String,
    /// What verifies their signatures: base 64 of 32 bytes.
    pub signing_key: String,
}

/// What is certified about an area's unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitKey {
    /// The area.
    pub area: String,
    /// Its code, as people know it.
    pub code: String,
    /// What originals are sealed to: `age1…`.
    pub recipient: String,
}

/// A signed paper: the exact document and the note over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// The exact document.
    pub document: String,
    /// The signed note (`sign/v1`).
    pub note: String,
}

/// The public half of the root key, from the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    name: String,
    public: Vec<u8>,
}

impl Root {
    /// Reads a verifier key `<name>+<8 hex>+<base64>`.
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::Vkey("the root (Ed25519, type 0x01)");
        let mut parts = vkey.trim().splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong()) };
        let key = STANDARD.decode(key).map_err(|_| wrong())?;
        let [0x01, public @ ..] = key.as_slice() else { return Err(wrong()) };
        if public.len() != 32 || keys::vkey(name, 0x01, public) != vkey.trim() {
            return Err(wrong());
        }
        Ok(Self { name: keys::key_name(name)?, public: public.to_vec() })
    }

    /// The verifier key of a root seed, to be kept in the configuration.
    pub fn of_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let log = super::checkpoint::LogKey::from_seed(name, seed)?;
        Self::parse(&log.vkey())
    }

    /// As it stands in the configuration.
    pub fn vkey(&self) -> String {
        keys::vkey(&self.name, 0x01, &self.public)
    }

    /// Signs a paper with the root's seed: on a machine that is kept off the network.
    pub fn sign(
        &self,
        seed: &[u8; 32],
        kind: &str,
        object: &str,
        document: String,
        time: &str,
        nonce: &str,
    ) -> Result<Paper, StatementError> {
        let lines = Lines { kind, document: document.as_bytes(), object, signer: ROOT, nonce, time };
        let note = sign_as(&self.name, seed, &lines)?;
        Ok(Paper { document, note })
    }

    pub(super) fn open(&self, note: &str) -> Result<Statement, StatementError> {
        Statement::open_as(note, &self.name, ROOT, &STANDARD.encode(&self.public))
    }
}

/// A person whose keys lead to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// What was certified.
    pub keys: PersonKeys,
    /// Who signed it: `root` or a person.
    pub by: String,
    /// The approver's key that verified it; empty: the root's.
    pub by_key: String,
    /// When, as the statement says.
    pub at: String,
    /// The signed note, to show.
    pub note: String,
}

/// All that follows from the root and a set of papers.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    people: HashMap<String, Vec<Trusted>>,
    units: Vec<UnitKey>,
}

impl Trust {
    /// Follows the chain from the root through `papers`; one that does not hold, or whose signer has no chain, is left out.
    pub fn of(root: &Root, papers: &[Paper]) -> Self {
        let mut trust = Self::default();
        let mut waiting: Vec<&Paper> = Vec::new();
        for paper in papers {
            match root.open(&paper.note) {
                Ok(statement) => trust.take(&statement, "", paper),
                Err(_) => waiting.push(paper),
            }
        }
        loop {
            let before = waiting.len();
            waiting.retain(|paper| !trust.follow(paper));
            if waiting.len() == before {
                return trust;
            }
        }
    }

    /// Takes a paper in whose signer is trusted to sign it; false when it has to wait or never holds.
    fn follow(&mut self, paper: &Paper) -> bool {
        let Some(subject) = exact::<PersonKeys>(&paper.document) else { return false };
        let Some(signer) = paper.note.split('\n').nth(4) else { return false };
        let may = |one: &&Trusted| one.keys.role == APPROVER && fits(&one.keys.area, &subject);
        let opened = self.people.get(signer).into_iter().flatten().filter(may).find_map(|one| {
            let key = &one.keys.signing_key;
            Statement::open(&paper.note, signer, key).ok().map(|statement| (statement, key.clone()))
        });
        match opened {
            Some((statement, key)) if statement.kind == APPROVE && signer != subject.person => {
                self.take(&statement, &key, paper);
                true
            }
            _ => false,
        }
    }

    fn take(&mut self, statement: &Statement, by_key: &str, paper: &Paper) {
        if !statement.covers(paper.document.as_bytes()) {
            return;
        }
        if statement.kind == UNIT && statement.signer == ROOT {
            let unit = exact::<UnitKey>(&paper.document);
            self.units.extend(unit.filter(|unit| statement.object == format!("area/{}", unit.area)));
        } else if statement.kind == APPROVE
            && let Some(keys) = exact::<PersonKeys>(&paper.document)
            && statement.object == format!("person/{}", keys.person)
        {
            let Statement { signer: by, time: at, note, .. } = statement.clone();
            let person = keys.person.clone();
            self.people.entry(person).or_default().push(Trusted { keys, by, by_key: by_key.to_owned(), at, note });
        }
    }

    /// The approval under which this recipient and signing key are this person's.
    pub fn person(&self, person: &str, recipient: &str, signing_key: &str) -> Option<&Trusted> {
        let known = self.people.get(person)?;
        known.iter().rev().find(|one| one.keys.recipient == recipient && one.keys.signing_key == signing_key)
    }

    /// The approval under which this recipient is this person's: for sealing.
    pub fn recipient(&self, person: &str, recipient: &str) -> Option<&Trusted> {
        self.people.get(person)?.iter().rev().find(|one| one.keys.recipient == recipient)
    }

    /// The paper under which this key of theirs signs for people of `area` as their co-ordinator.
    pub fn approver(&self, person: &str, signing_key: &str, area: &str) -> Option<&Trusted> {
        let known = self.people.get(person)?.iter().rev();
        known.into_iter().find(|one| {
            one.keys.role == APPROVER
                && one.keys.signing_key == signing_key
                && (area.is_empty() || one.keys.area == area)
        })
    }

    /// The papers from this one up to the one that the root signed.
    pub fn chain<'a>(&'a self, from: &'a Trusted) -> Vec<&'a Trusted> {
        let mut chain = vec![from];
        while let Some(last) = chain.last().filter(|last| last.by != ROOT && chain.len() <= self.people.len()) {
            match self.approver(&last.by, &last.by_key, &last.keys.area) {
                Some(above) => chain.push(above),
                None => break,
            }
        }
        chain
    }

    /// Every key that was ever certified as this person's: for reading old signatures.
    pub fn ever(&self, person: &str) -> &[Trusted] {
        self.people.get(person).map_or(&[], Vec::as_slice)
    }

    /// The code of an area, as the root signed it with a unit key.
    pub fn area_code(&self, area: &str) -> Option<&str> {
        self.units.iter().rev().find(|unit| unit.area == area).map(|unit| unit.code.as_str())
    }

    /// Whether the root signed this recipient as the area's unit key.
    pub fn unit(&self, area: &str, recipient: &str) -> bool {
        self.units.iter().any(|unit| unit.area == area && unit.recipient == recipient)
    }
}

/// A document that is written as the format says: these members in this order, nothing between. Two texts that say the same
/// would be two documents, and the browser reads this one alone.
fn exact<T: Serialize + for<'de> Deserialize<'de>>(document: &str) -> Option<T> {
    let read = serde_json::from_str(document).ok()?;
    (serde_json::to_string(&read).ok()? == document).then_some(read)
}

/// Whether an approver of `area` may certify this subject: of the same area, or of none (auditors, administrators).
fn fits(area: &str, subject: &PersonKeys) -> bool {
    let force = subject.area.is_empty() && matches!(subject.role.as_str(), "auditor" | "administrator");
    force || (!area.is_empty() && subject.area == area)
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
