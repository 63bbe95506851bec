//! What a person signs (`docs/formats/statement.md`): a signed note of seven lines over one exact document.
//!
//! Promise: a statement read here was signed by the given key over exactly these seven lines. Absent on purpose: the nonce's
//! freshness and the document itself; the action compares both. Proved by the vector of the format page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signed_note::{Note, StandardVerifier, VerifierList};

use super::keys;
use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

/// Why a statement is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not the seven lines and a signature.
    #[error("this is not a signed statement: sign again")]
    Form,
    /// The person's key on record cannot be read.
    #[error("the signing key on record cannot be read")]
    Key,
    /// The signature does not hold.
    #[error("the signature does not belong to this person's key: sign again")]
    Signature,
}

/// A statement whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What kind of act: `undertaking`, `acknowledge`, `surrender`.
    pub kind: String,
    /// SHA-256 of the exact document, lower-case hexadecimal.
    pub document: String,
    /// What it is about.
    pub object: String,
    /// The person's identifier.
    pub signer: String,
    /// The server's nonce.
    pub nonce: String,
    /// The server's time, as given with the nonce.
    pub time: String,
    /// The note, as kept.
    pub note: String,
}

/// Signs a statement with a person's Ed25519 seed, as their browser does: for the demo's people and for tests.
pub fn sign(seed: &[u8; 32], lines: &Lines<'_>) -> Result<String, StatementError> {
    sign_as(&format!("person/{}", lines.signer), seed, lines)
}

/// Signs a statement with the key of this name.
pub(super) fn sign_as(name: &str, seed: &[u8; 32], lines: &Lines<'_>) -> Result<String, StatementError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| StatementError::Key)?;
    let Lines { kind, document, object, signer, nonce, time } = lines;
    let digest = hex::encode(digest::digest(&digest::SHA256, document));
    let text = format!("sign/v1\n{kind}\n{digest}\n{object}\n{signer}\n{nonce}\n{time}\n");
    let id = keys::key_id(name, 0x01, pair.public_key().as_ref());
    let signature = pair.sign(text.as_bytes());
    Ok(format!("{text}\n{}", keys::signature_line(name, id, signature.as_ref())))
}

/// What is signed.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    /// What kind of act.
    pub kind: &'a str,
    /// The exact document.
    pub document: &'a [u8],
    /// What it is about.
    pub object: &'a str,
    /// The person's identifier.
    pub signer: &'a str,
    /// The server's nonce.
    pub nonce: &'a str,
    /// The server's time.
    pub time: &'a str,
}

impl Statement {
    /// Reads a note (form newlines allowed) and checks its signature by `signer` with `public_key` (base64 of 32 bytes).
    pub fn open(text: &str, signer: &str, public_key: &str) -> Result<Self, StatementError> {
        Self::open_as(text, &format!("person/{signer}"), signer, public_key)
    }

    /// The same under a key of another name: the root's.
    pub(super) fn open_as(text: &str, name: &str, signer: &str, public_key: &str) -> Result<Self, StatementError> {
        let note = text.replace("\r\n", "\n");
        let public = STANDARD.decode(public_key).map_err(|_| StatementError::Key)?;
        let vkey = keys::vkey(name, 0x01, &public);
        let verifier = StandardVerifier::new(&vkey).map_err(|_| StatementError::Key)?;
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| StatementError::Form)?;
        let known = VerifierList::new(vec![Box::new(verifier)]);
        parsed.verify(&known).map_err(|_| StatementError::Signature)?;
        let words = std::str::from_utf8(parsed.text()).map_err(|_| StatementError::Form)?.to_owned();
        let lines: Vec<&str> = words.split_terminator('\n').collect();
        let ["sign/v1", kind, document, object, said, nonce, time] = lines.as_slice() else {
            return Err(StatementError::Form);
        };
        if *said != signer {
            return Err(StatementError::Signature);
        }
        let owned = |text: &str| text.to_owned();
        let [kind, document, object, nonce, time] = [kind, document, object, nonce, time].map(|text| owned(text));
        Ok(Self { kind, document, object, signer: owned(signer), nonce, time, note })
    }

    /// Whether the statement is about exactly these bytes.
    pub fn covers(&self, document: &[u8]) -> bool {
        hex::encode(digest::digest(&digest::SHA256, document)) == self.document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../docs/formats/statement.md");

    fn vector() -> serde_json::Value {
        let json = PAGE.split("```json statement\n").nth(1).unwrap().split("```").next().unwrap();
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_vector_of_the_page_verifies_and_no_changed_byte_does() {
        let vector = vector();
        let text = |name: &str| vector[name].as_str().unwrap().to_owned();
        let (signer, note) = (text("signer"), text("note"));
        let key = text("vkey");
        let raw = STANDARD
            .decode(key.split('+').next_back().unwrap())
            .unwrap_or_else(|_| STANDARD.decode(key.splitn(3, '+').nth(2).unwrap()).unwrap());
        let public = STANDARD.encode(&raw[1..]);
        let statement = Statement::open(&note, &signer, &public).unwrap();
        assert!(statement.covers(text("document").as_bytes()));
        assert!(!statement.covers(b"another document"));
        assert_eq!((statement.kind.as_str(), statement.object.as_str()), ("undertaking", "undertaking/1"));
        assert!(Statement::open(&note.replace('\n', "\r\n"), &signer, &public).is_ok());
        for at in
            (0..note.len()).filter(|at| note.is_char_boundary(*at) && note.as_bytes()[*at].is_ascii_alphanumeric())
        {
            let mut changed = note.clone().into_bytes();
            changed[at] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert!(Statement::open(&changed, &signer, &public).is_err(), "byte {at}");
        }
        assert!(Statement::open(&note, "somebody-else", &public).is_err());
        let mut seed = [0; 32];
        hex::decode_to_slice(text("ed25519_secret"), &mut seed).unwrap();
        let (kind, object, nonce, time) = (text("kind"), text("object"), text("nonce"), text("time"));
        let document = text("document");
        let lines = Lines {
            kind: &kind,
            document: document.as_bytes(),
            object: &object,
            signer: &signer,
            nonce: &nonce,
            time: &time,
        };
        assert_eq!(sign(&seed, &lines).unwrap(), note);
    }
}
