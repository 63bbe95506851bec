//! Checkpoints: the log's signature over origin, size and root (C2SP tlog-checkpoint and signed-note, Ed25519 type 0x01).
//!
//! Promised: a [`Checkpoint`] exists only after its signature and its origin were checked; lines of unknown keys are ignored,
//! a false signature of the known key is refused.
//! Absent on purpose: extension lines in what we sign; reading the vkey from an export (it is handed over at installation).
//! Proved by the tests below and by Go's `sumdb/note` in `tests/it/ledger.rs`.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use signed_note::{Note, NoteError, StandardVerifier, VerificationError, Verifier as _, Verifiers};

pub use super::keys::KeyError;
use super::keys::{key_id, key_name, signature_line, vkey};
use super::tree::{Hash, MAX_SIZE};

/// Signature type of an Ed25519 log key (C2SP signed-note).
const ED25519: u8 = 0x01;

/// Why a checkpoint is not accepted, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The verifier key is unusable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not a signed note holding a checkpoint.
    #[error("this is not a signed checkpoint (origin, size, root, blank line, signatures)")]
    Malformed,
    /// No signature line of the known key.
    #[error("the checkpoint carries no signature of {0}")]
    Unsigned(String),
    /// A signature line of the known key that does not verify.
    #[error("the signature of {0} on the checkpoint is FALSE: its text was changed, or it was signed by somebody else")]
    FalseSignature(String),
    /// A true signature, but of another log's origin.
    #[error("the checkpoint is of the log {found:?}, not of {expected:?}")]
    Origin {
        /// The origin on its first line.
        found: String,
        /// The name in the verifier key.
        expected: String,
    },
    /// More entries than this room accepts.
    #[error("a checkpoint over {0} entries is beyond any log of this kind")]
    TooLarge(u64),
    /// A true signature of a key that was not in force for a tree of this size.
    #[error("the checkpoint over {0} entries is signed by a key of this log that was not in force then")]
    NotInForce(u64),
    /// The cryptographic library could not sign.
    #[error("the cryptographic library refused to sign the checkpoint")]
    Signing,
}

/// The log's Ed25519 signing key. Its name is the origin of every checkpoint it signs.
pub struct LogKey {
    name: String,
    pair: Ed25519KeyPair,
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({}, secret)", self.name)
    }
}

impl LogKey {
    /// The key of this 32-byte seed (RFC 8032), named by the log's origin, such as `portal.example/log/1`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let name = key_name(name)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::Seed)?;
        Ok(Self { name, pair })
    }

    /// The origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The verifier key `<name>+<8 hex>+<base64>`, to be handed over on paper.
    pub fn vkey(&self) -> String {
        vkey(&self.name, ED25519, self.pair.public_key().as_ref())
    }

    /// The same checkpoint with a signature line of this key as well: the last one of the key before is also the first of this one.
    pub fn sign_too(&self, note: &str, size: u64, root: Hash) -> Result<String, CheckpointError> {
        let own = self.sign(size, root)?;
        let (text, line) = own.split_once("\n\n").ok_or(CheckpointError::Signing)?;
        let same = note.split_once("\n\n").is_some_and(|(signed, _)| signed == text);
        if same { Ok(format!("{note}{line}")) } else { Err(CheckpointError::Malformed) }
    }

    /// A signed checkpoint over a tree of `size` entries.
    pub fn sign(&self, size: u64, root: Hash) -> Result<String, CheckpointError> {
        if size > MAX_SIZE {
            return Err(CheckpointError::TooLarge(size));
        }
        let text = format!("{}\n{size}\n{root}\n", self.name);
        let signature = self.pair.try_sign(text.as_bytes()).map_err(|_| CheckpointError::Signing)?;
        let id = key_id(&self.name, ED25519, self.pair.public_key().as_ref());
        Ok(format!("{text}\n{}", signature_line(&self.name, id, signature.as_ref())))
    }
}

/// The log's verifier keys, read once, for opening many checkpoints. Mostly there is one.
pub struct LogVerifier {
    name: String,
    keys: Vec<InForce>,
}

/// A verifier key, and the sizes of the tree that it signs.
struct InForce {
    key: StandardVerifier,
    from: u64,
    until: u64,
}

impl fmt::Debug for LogVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogVerifier({})", self.name)
    }
}

impl Verifiers for LogVerifier {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn signed_note::Verifier, VerificationError> {
        let known = self.keys.iter().find(|one| name == one.key.name() && id == one.key.key_id());
        let unknown = || VerificationError::UnknownKey { name: name.to_owned(), id };
        known.map(|one| &one.key as &dyn signed_note::Verifier).ok_or_else(unknown)
    }
}

impl LogVerifier {
    /// Reads `<name>+<8 hex>+<base64>`; or several of them with white space between, of one name, in the order in which they came into
    /// force, each but the first followed by `@` and the size of the tree from which on it signs.
    pub fn new(vkeys: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::Vkey("an Ed25519 log key");
        let mut keys: Vec<InForce> = Vec::new();
        for word in vkeys.split_whitespace() {
            let (vkey, from) = match word.split_once('@') {
                Some((vkey, from)) => (vkey, from.parse().ok().filter(|from| *from > 0).ok_or_else(wrong)?),
                None => (word, 0),
            };
            let key = StandardVerifier::new(vkey).map_err(|_| wrong())?;
            if let Some(before) = keys.last_mut() {
                if before.key.name() != key.name() || before.key.key_id() == key.key_id() || from <= before.from {
                    return Err(wrong());
                }
                // The checkpoint at which one follows the other is signed by both.
                before.until = from;
            } else if from > 0 {
                return Err(wrong());
            }
            keys.push(InForce { key, from, until: u64::MAX });
        }
        let name = keys.first().ok_or_else(wrong)?.key.name().to_owned();
        Ok(Self { name, keys })
    }

    /// The origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks signature, form and origin of a signed checkpoint.
    pub fn open(&self, note: &str) -> Result<Checkpoint, CheckpointError> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
        let (signed, _) = parsed.verify(self).map_err(|error| match error {
            NoteError::InvalidSignature { name, .. } => CheckpointError::FalseSignature(name),
            NoteError::UnverifiedNote => CheckpointError::Unsigned(self.name().to_owned()),
            _ => CheckpointError::Malformed,
        })?;
        let tree = tlog_tiles::Checkpoint::from_bytes(parsed.text()).map_err(|_| CheckpointError::Malformed)?;
        if tree.origin() != self.name() {
            return Err(CheckpointError::Origin { found: tree.origin().to_owned(), expected: self.name().to_owned() });
        }
        if tree.size() > MAX_SIZE {
            return Err(CheckpointError::TooLarge(tree.size()));
        }
        let in_force = |one: &&InForce| (one.from..=one.until).contains(&tree.size());
        if !self.keys.iter().filter(in_force).any(|one| signed.iter().any(|line| line.id() == one.key.key_id())) {
            return Err(CheckpointError::NotInForce(tree.size()));
        }
        Ok(Checkpoint {
            origin: tree.origin().to_owned(),
            size: tree.size(),
            root: *tree.hash(),
            note: note.to_owned(),
        })
    }
}

/// Checks signature, form and origin of a signed checkpoint against the log's verifier key.
pub fn open(note: &str, vkey: &str) -> Result<Checkpoint, CheckpointError> {
    LogVerifier::new(vkey)?.open(note)
}

/// A checkpoint whose signature and origin were checked. There is no other way to have one.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    note: String,
}

impl Checkpoint {
    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries it covers.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over them.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The signed note, byte for byte, with every signature line it came with.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The text that the signatures cover.
    pub(crate) fn text(&self) -> &str {
        // The last blank line ends the text; its newline belongs to it (signed-note).
        self.note.rfind("\n\n").and_then(|end| self.note.get(..=end)).unwrap_or(&self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn key() -> LogKey {
        LogKey::from_seed("portal.example/log/1", &[1; 32]).unwrap()
    }

    #[test]
    fn what_is_signed_opens_and_says_the_same() {
        let note = key().sign(7, Hash([3; 32])).unwrap();
        let opened = open(&note, &key().vkey()).unwrap();
        assert_eq!((opened.origin(), opened.size(), opened.root()), ("portal.example/log/1", 7, Hash([3; 32])));
        assert_eq!(opened.note(), note);
        assert_eq!(opened.text(), "portal.example/log/1\n7\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n");
        assert_eq!(key().sign(u64::MAX, Hash([3; 32])), Err(CheckpointError::TooLarge(u64::MAX)));
    }

    #[test]
    fn the_crates_own_signer_agrees_byte_for_byte() {
        let public = key().pair.public_key().as_ref().to_vec();
        let id = key_id("portal.example/log/1", ED25519, &public);
        let secret = STANDARD.encode([&[ED25519][..], &[1; 32]].concat());
        let signer =
            signed_note::StandardSigner::new(&format!("PRIVATE+KEY+portal.example/log/1+{id:08x}+{secret}")).unwrap();
        let mut note =
            Note::new(open(&key().sign(5, Hash([8; 32])).unwrap(), &key().vkey()).unwrap().text().as_bytes(), &[])
                .unwrap();
        note.add_sigs(&[&signer]).unwrap();
        assert_eq!(String::from_utf8(note.to_bytes()).unwrap(), key().sign(5, Hash([8; 32])).unwrap());
    }

    #[test]
    fn lines_of_unknown_keys_are_ignored() {
        let note = key().sign(7, Hash([3; 32])).unwrap();
        let stranger = signature_line("stranger.example", 0x0102_0304, &[9; 64]);
        let ml_dsa = signature_line("portal.example/log/1", 0x0a0b_0c0d, &[9; 2428]);
        let (text, ours) = note.split_once("\n\n").unwrap();
        let many: String = (0..90).map(|n| signature_line(&format!("w{n}.example"), n, &[0; 72])).collect();
        for note in
            [format!("{note}{stranger}"), format!("{text}\n\n{stranger}{ours}"), format!("{note}{ml_dsa}{many}")]
        {
            assert_eq!(open(&note, &key().vkey()).unwrap().size(), 7);
        }
        let only = format!("{text}\n\n{stranger}");
        assert_eq!(open(&only, &key().vkey()), Err(CheckpointError::Unsigned("portal.example/log/1".into())));
    }

    #[test]
    fn a_false_signature_of_the_known_key_is_refused() {
        let note = key().sign(7, Hash([3; 32])).unwrap();
        let changed = note.replacen("\n7\n", "\n8\n", 1);
        assert_eq!(open(&changed, &key().vkey()), Err(CheckpointError::FalseSignature("portal.example/log/1".into())));
        let impostor = LogKey::from_seed("portal.example/log/1", &[2; 32]).unwrap();
        let theirs = impostor.sign(7, Hash([3; 32])).unwrap();
        assert_eq!(open(&theirs, &key().vkey()), Err(CheckpointError::Unsigned("portal.example/log/1".into())));
    }

    #[test]
    fn each_key_holds_for_the_sizes_it_was_in_force() {
        let (old, new) = (key(), LogKey::from_seed("portal.example/log/1", &[2; 32]).unwrap());
        let both = LogVerifier::new(&format!("{}\n{}@7", old.vkey(), new.vkey())).unwrap();
        let by = |key: &LogKey, size| key.sign(size, Hash([3; 32])).unwrap();
        for note in [by(&old, 1), by(&old, 7), by(&new, 7), by(&new, 8)] {
            assert!(both.open(&note).is_ok(), "{note}");
        }
        assert_eq!(both.open(&by(&old, 8)), Err(CheckpointError::NotInForce(8)), "a stolen old key signs nothing new");
        assert_eq!(both.open(&by(&new, 6)), Err(CheckpointError::NotInForce(6)));
        // The last checkpoint of the old key is the first of the new one: each key alone opens it.
        let last = new.sign_too(&by(&old, 7), 7, Hash([3; 32])).unwrap();
        for vkey in [old.vkey(), new.vkey(), format!("{} {}@7", old.vkey(), new.vkey())] {
            assert_eq!(open(&last, &vkey).unwrap().size(), 7);
        }
        assert_eq!(new.sign_too(&by(&old, 7), 8, Hash([3; 32])), Err(CheckpointError::Malformed));
        let other = LogKey::from_seed("portal.example/log/2", &[2; 32]).unwrap();
        for bad in [
            format!("{} {}", old.vkey(), new.vkey()),
            format!("{}@1 {}@7", old.vkey(), new.vkey()),
            format!("{} {}@0", old.vkey(), new.vkey()),
            format!("{} {}@x", old.vkey(), new.vkey()),
            format!("{} {}@7", old.vkey(), old.vkey()),
            format!("{} {}@7", old.vkey(), other.vkey()),
        ] {
            assert!(LogVerifier::new(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_origin_under_our_signature_is_refused() {
        let text = "portal.example/log/2\n7\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n";
        let signature = key().pair.try_sign(text.as_bytes()).unwrap();
        let id = key_id("portal.example/log/1", ED25519, key().pair.public_key().as_ref());
        let note = format!("{text}\n{}", signature_line("portal.example/log/1", id, signature.as_ref()));
        assert!(matches!(open(&note, &key().vkey()), Err(CheckpointError::Origin { .. })));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let note = key().sign(70, Hash([3; 32])).unwrap().into_bytes();
        for at in 0..note.len() {
            for flip in [1, 0x20, 0x80] {
                let mut bad = note.clone();
                bad[at] ^= flip;
                let opened = String::from_utf8(bad).ok().and_then(|bad| open(&bad, &key().vkey()).ok());
                assert_eq!(opened, None, "byte {at}");
            }
        }
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        for name in ["", "a b", "a+b", "a\nb", "a\u{1}b"] {
            assert!(matches!(LogKey::from_seed(name, &[1; 32]), Err(KeyError::Name(_))), "{name:?}");
        }
        let vkey = key().vkey();
        for bad in [
            "",
            "x",
            "a+b",
            &vkey.replace('+', " "),
            &vkey[1..],
            &format!("{vkey}A"),
            &vkey.replacen("portal", "portaI", 1),
        ] {
            assert!(LogVerifier::new(bad).is_err(), "{bad}");
        }
        assert!(!format!("{:?}", key()).contains("[1"));
    }
}
