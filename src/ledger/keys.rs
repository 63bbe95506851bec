//! Key names, key ids, verifier keys and signature lines of signed notes (C2SP signed-note), for the log and for cosigners.
//!
//! Absent on purpose: any key. Proved by the tests of `checkpoint` and `cosignature`, against the crate's own signer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signed_note::is_key_name_valid;

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or has a space, a plus sign or a control character.
    #[error("the key name {0:?} must not be empty nor hold spaces, plus signs or control characters")]
    Name(String),
    /// The seed was refused by the cryptographic library.
    #[error("the key seed was refused; make a new one")]
    Seed,
    /// Not `<name>+<8 hex>+<base64>` of the expected type, or the three parts do not belong together.
    #[error(
        "this is not a verifier key of the form <name>+<8 hex>+<base64> for {0}; copy it again from the paper it was handed over on"
    )]
    Vkey(&'static str),
}

/// A name that signed notes allow.
pub(crate) fn key_name(name: &str) -> Result<String, KeyError> {
    if is_key_name_valid(name) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(KeyError::Name(name.to_owned()))
    }
}

pub(crate) fn key_id(name: &str, kind: u8, public: &[u8]) -> u32 {
    signed_note::key_id(name, &[&[kind], public].concat())
}

pub(crate) fn vkey(name: &str, kind: u8, public: &[u8]) -> String {
    let key = [&[kind], public].concat();
    format!("{name}+{:08x}+{}", signed_note::key_id(name, &key), STANDARD.encode(&key))
}

pub(crate) fn signature_line(name: &str, id: u32, signature: &[u8]) -> String {
    format!("\u{2014} {name} {}\n", STANDARD.encode([&id.to_be_bytes(), signature].concat()))
}
