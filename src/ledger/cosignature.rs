//! The auditor's signature beside the log's own (C2SP tlog-cosignature v1, Ed25519, type 0x04).
//!
//! Promised: only a [`Checkpoint`] whose log signature was checked can be cosigned; the time is signed too.
//! Absent on purpose: deciding whether to cosign. That is [`super::state::State::advance`], which knows what was accepted before.
//! Proved by the tests below, among them the example of the C2SP text.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signed_note::{Note, VerificationError, Verifier, Verifiers};

use super::checkpoint::{Checkpoint, CheckpointError};
use super::keys::{KeyError, key_id, key_name, signature_line, vkey};

/// Signature type of an Ed25519 cosigner (C2SP tlog-cosignature).
const COSIGNATURE: u8 = 0x04;

/// An auditor's Ed25519 cosigning key. It must not be used for anything else.
pub struct Cosigner {
    name: String,
    pair: Ed25519KeyPair,
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}, secret)", self.name)
    }
}

impl Cosigner {
    /// The key of this 32-byte seed (RFC 8032), under a name such as `dpu.police.example`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let name = key_name(name)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Seed)?;
        Ok(Self { name, pair })
    }

    /// The cosigner's verifier key, type 0x04.
    pub fn vkey(&self) -> String {
        vkey(&self.name, COSIGNATURE, self.pair.public_key().as_ref())
    }

    /// The cosignature line, with its newline: as of `at` (POSIX seconds), this is the largest consistent tree we have seen.
    pub fn cosign(&self, checkpoint: &Checkpoint, at: u64) -> Result<String, CheckpointError> {
        let message = signed_message(at, checkpoint.text().as_bytes());
        let signature = self.pair.try_sign(&message).map_err(|_| CheckpointError::Signing)?;
        let id = key_id(&self.name, COSIGNATURE, self.pair.public_key().as_ref());
        Ok(signature_line(&self.name, id, &[&at.to_be_bytes(), signature.as_ref()].concat()))
    }
}

fn signed_message(at: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {at}\n").as_bytes(), text].concat()
}

/// A cosigner's verifier key, read once.
#[derive(Debug, Clone)]
pub struct CosignerVerifier {
    name: String,
    id: u32,
    public: [u8; 32],
}

impl CosignerVerifier {
    /// Reads `<name>+<8 hex>+<base64>` of type 0x04.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        Self::read(text).ok_or(KeyError::Vkey("an Ed25519 cosigner"))
    }

    fn read(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('+')?;
        let (_, key) = rest.split_once('+')?;
        let key = STANDARD.decode(key).ok()?;
        let (kind, public) = key.split_first()?;
        let public: [u8; 32] = public.try_into().ok()?;
        // Writing it again checks the name, the type and the eight digits in one go.
        let same = *kind == COSIGNATURE && key_name(name).is_ok() && vkey(name, COSIGNATURE, &public) == text;
        same.then(|| Self { name: name.to_owned(), id: key_id(name, COSIGNATURE, &public), public })
    }

    /// Checks that this cosigner signed the checkpoint. Answers when, in POSIX seconds.
    ///
    /// `note` is the checkpoint with all its signature lines; the log's own signature is not checked here.
    pub fn verify(&self, note: &str) -> Result<u64, CheckpointError> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
        let (ours, _) = parsed.verify(self).map_err(|error| match error {
            signed_note::NoteError::InvalidSignature { name, .. } => CheckpointError::FalseSignature(name),
            signed_note::NoteError::UnverifiedNote => CheckpointError::Unsigned(self.name.clone()),
            _ => CheckpointError::Malformed,
        })?;
        let stamped = ours.first().and_then(|signature| stamp(signature.signature()));
        stamped.map(|(at, _)| at).ok_or(CheckpointError::Malformed)
    }
}

/// Splits a `timestamped_signature`; the time must not exceed 2^63 - 1.
fn stamp(signature: &[u8]) -> Option<(u64, &[u8])> {
    let (at, signature) = signature.split_first_chunk::<8>()?;
    let at = u64::from_be_bytes(*at);
    (i64::try_from(at).is_ok() && signature.len() == 64).then_some((at, signature))
}

impl Verifier for CosignerVerifier {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        stamp(signature).is_some_and(|(at, signature)| {
            UnparsedPublicKey::new(&ED25519, self.public).verify(&signed_message(at, text), signature).is_ok()
        })
    }
}

impl Verifiers for CosignerVerifier {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        if name == self.name && id == self.id {
            Ok(self)
        } else {
            Err(VerificationError::UnknownKey { name: name.to_owned(), id })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::checkpoint::{LogKey, open};
    use crate::ledger::tree::Hash;

    fn parts() -> (LogKey, Cosigner, String) {
        let log = LogKey::from_seed("log.example", &[1; 32]).unwrap();
        let dpu = Cosigner::from_seed("dpu.example", &[2; 32]).unwrap();
        let note = log.sign(9, Hash([4; 32])).unwrap();
        (log, dpu, note)
    }

    #[test]
    fn a_cosigned_checkpoint_verifies_for_both() {
        let (log, dpu, note) = parts();
        let line = dpu.cosign(&open(&note, &log.vkey()).unwrap(), 1_679_315_147).unwrap();
        let both = format!("{note}{line}");
        assert_eq!(CosignerVerifier::new(&dpu.vkey()).unwrap().verify(&both), Ok(1_679_315_147));
        assert_eq!(open(&both, &log.vkey()).unwrap().size(), 9);
        assert!(line.starts_with("\u{2014} dpu.example ") && line.ends_with('\n'));
    }

    #[test]
    fn the_signed_message_is_the_one_of_the_c2sp_text() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let expected = format!("cosignature/v1\ntime 1679315147\n{text}");
        assert_eq!(signed_message(1_679_315_147, text.as_bytes()), expected.as_bytes());
    }

    #[test]
    fn a_cosignature_over_anything_else_is_refused() {
        let (log, dpu, note) = parts();
        let verifier = CosignerVerifier::new(&dpu.vkey()).unwrap();
        assert_eq!(verifier.verify(&note), Err(CheckpointError::Unsigned("dpu.example".into())));
        let line = dpu.cosign(&open(&note, &log.vkey()).unwrap(), 5).unwrap();
        let moved = format!("{}{line}", log.sign(10, Hash([4; 32])).unwrap());
        assert_eq!(verifier.verify(&moved), Err(CheckpointError::FalseSignature("dpu.example".into())));
        let good = format!("{note}{line}").into_bytes();
        for at in note.len()..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(!String::from_utf8(bad).is_ok_and(|bad| verifier.verify(&bad).is_ok()), "byte {at}");
        }
    }

    #[test]
    fn a_log_key_is_no_cosigner_and_the_other_way_round() {
        let (log, dpu, _) = parts();
        assert!(CosignerVerifier::new(&log.vkey()).is_err());
        assert!(open("x", &dpu.vkey()).is_err());
        for bad in ["", "a+b+c", &dpu.vkey()[1..], &dpu.vkey().to_uppercase()] {
            assert!(CosignerVerifier::new(bad).is_err(), "{bad}");
        }
    }
}
