//! Proofs on their own: the receipt in a person's hands (C2SP tlog-proof v1) and the update a witness or auditor is given
//! (the body of C2SP tlog-witness `add-checkpoint`).
//!
//! Promised: a receipt verifies with nothing but the log's verifier key, the receipt and the leaf.
//! Absent on purpose: trust in a receipt's `extra` line, which nothing authenticates; we write none.
//! Proved by the tests below and by Go's `sumdb/tlog` in `tests/it/ledger.rs`.

use super::checkpoint::{Checkpoint, CheckpointError, LogVerifier};
use super::tree::{self, Hash, TreeError};

const RECEIPT: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes a proof may hold (C2SP tlog-witness; a tree of 2^63 entries needs no more).
const MAX_HASHES: usize = 63;

/// Why a proof is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a tlog-proof.
    #[error("this is not a receipt: a c2sp.org/tlog-proof@v1 text with index, hashes, a blank line and a checkpoint")]
    MalformedReceipt,
    /// Not an `add-checkpoint` body.
    #[error("this is not a log update: `old N`, hashes, a blank line and a checkpoint")]
    MalformedUpdate,
    /// The checkpoint inside is not accepted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the leaf, or from the older root, to the signed root.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// A parsed receipt; nothing in it is checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The entry it is about, from 0.
    pub index: u64,
    /// The audit path, leaf's sibling first.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub note: String,
}

/// What a receipt proved: this leaf is entry `index` of the log that `checkpoint` signs.
#[derive(Debug, Clone, PartialEq)]
pub struct Included {
    /// The entry, from 0.
    pub index: u64,
    /// The checkpoint it is proved against.
    pub checkpoint: Checkpoint,
}

/// Writes a receipt: the proof that entry `index` is in the tree of this signed checkpoint.
pub fn make(index: u64, proof: &[Hash], checkpoint_note: &str) -> String {
    format!("{RECEIPT}\nindex {index}\n{}\n{checkpoint_note}", lines(proof))
}

/// Reads a receipt strictly. An `extra` line is allowed, as C2SP says, and left out.
pub fn parse(text: &str) -> Result<Receipt, ProofError> {
    read_receipt(text).ok_or(ProofError::MalformedReceipt)
}

fn read_receipt(text: &str) -> Option<Receipt> {
    let (head, note) = text.split_once("\n\n")?;
    let mut head = head.split('\n');
    if head.next()? != RECEIPT {
        return None;
    }
    let mut line = head.next()?;
    if let Some(extra) = line.strip_prefix("extra ") {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.decode(extra).ok()?;
        line = head.next()?;
    }
    let index = decimal(line.strip_prefix("index ")?)?;
    Some(Receipt { index, proof: hashes(head)?, note: note.to_owned() })
}

/// Checks a receipt against the bytes of the leaf and the log's verifier key.
pub fn verify(text: &str, leaf_bytes: &[u8], vkey: &str) -> Result<Included, ProofError> {
    let log = LogVerifier::new(vkey).map_err(CheckpointError::from)?;
    parse(text)?.check(leaf_bytes, &log)
}

impl Receipt {
    /// Checks signature, origin and audit path for these leaf bytes.
    pub fn check(&self, leaf_bytes: &[u8], log: &LogVerifier) -> Result<Included, ProofError> {
        let checkpoint = log.open(&self.note)?;
        tree::check_inclusion(&self.proof, checkpoint.size(), checkpoint.root(), self.index, leaf_bytes)?;
        Ok(Included { index: self.index, checkpoint })
    }
}

/// A parsed `add-checkpoint` body; nothing in it is checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The size the receiver is said to know, in entries.
    pub old: u64,
    /// The consistency proof from that size to the checkpoint's.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub note: String,
}

/// Writes an `add-checkpoint` body.
pub fn make_update(old: u64, proof: &[Hash], checkpoint_note: &str) -> String {
    format!("old {old}\n{}\n{checkpoint_note}", lines(proof))
}

/// Reads an `add-checkpoint` body strictly.
pub fn parse_update(text: &str) -> Result<Update, ProofError> {
    read_update(text).ok_or(ProofError::MalformedUpdate)
}

fn read_update(text: &str) -> Option<Update> {
    let (head, note) = text.split_once("\n\n")?;
    let mut head = head.split('\n');
    let old = decimal(head.next()?.strip_prefix("old ")?)?;
    Some(Update { old, proof: hashes(head)?, note: note.to_owned() })
}

impl Update {
    /// Checks signature, origin and that the tree (`self.old`, `old_root`) is a prefix of the new one.
    pub fn check(&self, old_root: Hash, log: &LogVerifier) -> Result<Checkpoint, ProofError> {
        let checkpoint = log.open(&self.note)?;
        tree::check_consistency(&self.proof, checkpoint.size(), checkpoint.root(), self.old, old_root)?;
        Ok(checkpoint)
    }
}

fn lines(hashes: &[Hash]) -> String {
    hashes.iter().fold(String::new(), |text, hash| text + &hash.to_string() + "\n")
}

fn hashes<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Vec<Hash>> {
    let found: Vec<Hash> = lines.take(MAX_HASHES + 1).map(|line| Hash::parse_hash(line).ok()).collect::<Option<_>>()?;
    (found.len() <= MAX_HASHES).then_some(found)
}

/// An ASCII decimal without leading zeros or sign.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let value: u64 = text.parse().ok()?;
    (value.to_string() == text).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::checkpoint::LogKey;
    use crate::ledger::tree::Edge;
    use std::collections::HashMap;

    struct Log {
        key: LogKey,
        edge: Edge,
        stored: HashMap<u64, Hash>,
    }

    fn log(size: u64) -> Log {
        let mut log = Log {
            key: LogKey::from_seed("log.example", &[1; 32]).unwrap(),
            edge: Edge::empty(),
            stored: HashMap::new(),
        };
        for index in 0..size {
            log.stored.extend(log.edge.append(format!("{index}").as_bytes()));
        }
        log
    }

    impl Log {
        fn note(&self) -> String {
            self.key.sign(self.edge.size(), self.edge.root()).unwrap()
        }

        fn receipt(&self, index: u64) -> String {
            make(index, &tree::inclusion(self.edge.size(), index, &self.stored).unwrap(), &self.note())
        }
    }

    #[test]
    fn a_receipt_verifies_with_the_vkey_alone() {
        for size in [1, 2, 3, 8, 9] {
            let log = log(size);
            for index in 0..size {
                let text = log.receipt(index);
                let included = verify(&text, format!("{index}").as_bytes(), &log.key.vkey()).unwrap();
                assert_eq!((included.index, included.checkpoint.size()), (index, size));
                assert!(verify(&text, b"another", &log.key.vkey()).is_err());
            }
        }
    }

    #[test]
    fn a_receipt_with_any_changed_byte_is_refused() {
        let log = log(11);
        let text = log.receipt(6).into_bytes();
        for at in 0..text.len() {
            for flip in [1, 0x20] {
                let mut bad = text.clone();
                bad[at] ^= flip;
                let accepted = String::from_utf8(bad).ok().and_then(|bad| verify(&bad, b"6", &log.key.vkey()).ok());
                assert_eq!(accepted, None, "byte {at}");
            }
        }
    }

    #[test]
    fn the_extra_line_is_allowed_and_ignored() {
        let log = log(2);
        let text = log.receipt(1).replacen("\nindex", "\nextra AAEC\nindex", 1);
        assert_eq!(parse(&text).unwrap(), parse(&log.receipt(1)).unwrap());
        assert!(parse(&text.replace("AAEC", "A")).is_err());
    }

    #[test]
    fn texts_that_are_no_proofs_are_refused() {
        let hash = Hash::default().to_string();
        let many = format!("{hash}\n").repeat(64);
        for bad in [
            "",
            "\n\n",
            "c2sp.org/tlog-proof@v1\n\nx",
            "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
            "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
            "c2sp.org/tlog-proof@v1\nindex +1\n\nx",
            "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
            "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx",
            "c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\nx",
            &format!("c2sp.org/tlog-proof@v1\nindex 0\n{many}\nx"),
        ] {
            assert_eq!(parse(bad), Err(ProofError::MalformedReceipt), "{bad}");
        }
        for bad in [
            "",
            "old\n\nx",
            "old 01\n\nx",
            "old -1\n\nx",
            "new 1\n\nx",
            "old 1\nAAAA\n\nx",
            &format!("old 1\n{many}\nx"),
        ] {
            assert_eq!(parse_update(bad), Err(ProofError::MalformedUpdate), "{bad}");
        }
    }

    #[test]
    fn an_update_verifies_from_every_older_size() {
        let new = log(21);
        let verifier = LogVerifier::new(&new.key.vkey()).unwrap();
        for old in 0..=21 {
            let proof = tree::consistency(old, 21, &new.stored).unwrap();
            let update = parse_update(&make_update(old, &proof, &new.note())).unwrap();
            assert_eq!(update.check(log(old).edge.root(), &verifier).unwrap().size(), 21);
            assert!(update.check(Hash([5; 32]), &verifier).is_err());
        }
    }
}
