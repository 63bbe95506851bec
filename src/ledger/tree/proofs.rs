//! Inclusion and consistency proofs from stored hashes: which are needed, the proof, and its check.
//!
//! Promised: a hash missing from the store is an error here, before any assertion inside the crate could fire.
//! Absent on purpose: proof arithmetic; ours is only a reader that notes what the crate asks for.
//! Proved by the tests below, every size and every flipped hash to 40 entries, and by Go in `tests/it/ledger.rs`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::BuildHasher;

use tlog_tiles::{HashReader, check_record, check_tree, prove_record, prove_tree, record_hash};

use super::{Hash, MAX_SIZE, TreeError};

/// Notes which stored hashes the crate asks for; the zeros it answers go nowhere.
struct Recorder(RefCell<Vec<u64>>);

impl HashReader for Recorder {
    fn read_hashes(&self, positions: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        self.0.borrow_mut().extend_from_slice(positions);
        Ok(vec![Hash::default(); positions.len()])
    }
}

/// Answers from stored hashes.
pub(super) struct Stored<'a, S>(pub(super) &'a HashMap<u64, Hash, S>);

impl<S: BuildHasher> HashReader for Stored<'_, S> {
    fn read_hashes(&self, positions: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        positions.iter().map(|at| self.0.get(at).copied().ok_or(tlog_tiles::Error::IndexesNotInTree)).collect()
    }
}

fn sound_inclusion(size: u64, index: u64) -> Result<(), TreeError> {
    if size > MAX_SIZE {
        return Err(TreeError::TooLarge(size));
    }
    if index >= size {
        return Err(TreeError::NoSuchEntry { index, size });
    }
    Ok(())
}

fn sound_consistency(old: u64, size: u64) -> Result<(), TreeError> {
    if size > MAX_SIZE {
        return Err(TreeError::TooLarge(size));
    }
    if old > size {
        return Err(TreeError::NoSuchSize { old, size });
    }
    Ok(())
}

/// The stored positions needed to prove that entry `index` (from 0) is in the tree of `size` entries.
pub fn needed_for_inclusion(size: u64, index: u64) -> Result<Vec<u64>, TreeError> {
    sound_inclusion(size, index)?;
    let recorder = Recorder(RefCell::default());
    prove_record(size, index, &recorder).map_err(|_| TreeError::BadProof)?;
    Ok(recorder.0.into_inner())
}

/// The stored positions needed to prove that the tree of `old` entries is a prefix of the tree of `size`. None for `old` 0.
pub fn needed_for_consistency(old: u64, size: u64) -> Result<Vec<u64>, TreeError> {
    sound_consistency(old, size)?;
    let recorder = Recorder(RefCell::default());
    if old > 0 {
        prove_tree(size, old, &recorder).map_err(|_| TreeError::BadProof)?;
    }
    Ok(recorder.0.into_inner())
}

fn all_there(needed: &[u64], stored: &HashMap<u64, Hash, impl BuildHasher>) -> Result<(), TreeError> {
    match needed.iter().find(|position| !stored.contains_key(position)) {
        Some(position) => Err(TreeError::MissingHash(*position)),
        None => Ok(()),
    }
}

/// The audit path of entry `index` in the tree of `size` (RFC 6962 §2.1.1), leaf's sibling first.
pub fn inclusion(size: u64, index: u64, stored: &HashMap<u64, Hash, impl BuildHasher>) -> Result<Vec<Hash>, TreeError> {
    all_there(&needed_for_inclusion(size, index)?, stored)?;
    prove_record(size, index, &Stored(stored)).map_err(|_| TreeError::BadProof)
}

/// The proof that `old` entries are a prefix of `size` (RFC 6962 §2.1.2); empty for `old` 0 and for equal sizes.
pub fn consistency(old: u64, size: u64, stored: &HashMap<u64, Hash, impl BuildHasher>) -> Result<Vec<Hash>, TreeError> {
    all_there(&needed_for_consistency(old, size)?, stored)?;
    if old == 0 {
        return Ok(Vec::new());
    }
    prove_tree(size, old, &Stored(stored)).map_err(|_| TreeError::BadProof)
}

/// Checks an audit path for these leaf bytes (RFC 9162 §2.1.3.2).
pub fn check_inclusion(proof: &[Hash], size: u64, root: Hash, index: u64, leaf_bytes: &[u8]) -> Result<(), TreeError> {
    sound_inclusion(size, index)?;
    check_record(&proof.to_vec(), size, root, index, record_hash(leaf_bytes)).map_err(|_| TreeError::BadProof)
}

/// Checks that the tree (`old`, `old_root`) is a prefix of the tree (`size`, `root`) (RFC 9162 §2.1.4.2).
pub fn check_consistency(proof: &[Hash], size: u64, root: Hash, old: u64, old_root: Hash) -> Result<(), TreeError> {
    sound_consistency(old, size)?;
    if old == 0 {
        let sound = proof.is_empty() && old_root == tlog_tiles::EMPTY_HASH;
        return if sound { Ok(()) } else { Err(TreeError::BadProof) };
    }
    check_tree(&proof.to_vec(), size, root, old, old_root).map_err(|_| TreeError::BadProof)
}

#[cfg(test)]
mod tests {
    use super::super::Edge;
    use super::*;

    fn leaf(index: u64) -> Vec<u8> {
        format!("entry {index}").into_bytes()
    }

    /// All stored hashes of `size` entries, and the root after each.
    fn grown(size: u64) -> (HashMap<u64, Hash>, Vec<Hash>) {
        let (mut edge, mut stored) = (Edge::empty(), HashMap::new());
        let mut roots = vec![edge.root()];
        for index in 0..size {
            stored.extend(edge.append(&leaf(index)));
            roots.push(edge.root());
        }
        (stored, roots)
    }

    #[test]
    fn every_proof_holds_and_every_flipped_one_is_refused() {
        let (stored, roots) = grown(40);
        for size in 1..=40_u64 {
            let root = roots[usize::try_from(size).unwrap()];
            for index in 0..size {
                let proof = inclusion(size, index, &stored).unwrap();
                check_inclusion(&proof, size, root, index, &leaf(index)).unwrap();
                assert!(check_inclusion(&proof, size, root, index, b"another").is_err());
                let mut long = proof.clone();
                long.push(Hash::default());
                assert!(check_inclusion(&long, size, root, index, &leaf(index)).is_err());
                for at in 0..proof.len() {
                    let mut bad = proof.clone();
                    bad[at].0[31] ^= 1;
                    assert_eq!(check_inclusion(&bad, size, root, index, &leaf(index)), Err(TreeError::BadProof));
                }
            }
            for old in 0..=size {
                let old_root = roots[usize::try_from(old).unwrap()];
                let proof = consistency(old, size, &stored).unwrap();
                check_consistency(&proof, size, root, old, old_root).unwrap();
                assert!(check_consistency(&proof, size, root, old, Hash([9; 32])).is_err());
                for at in 0..proof.len() {
                    let mut bad = proof.clone();
                    bad[at].0[0] ^= 0x80;
                    assert!(check_consistency(&bad, size, root, old, old_root).is_err());
                }
            }
        }
    }

    #[test]
    fn a_missing_row_is_an_error_and_never_a_panic() {
        let (stored, _) = grown(77);
        for position in needed_for_inclusion(77, 31).unwrap() {
            let mut holed = stored.clone();
            holed.remove(&position);
            assert_eq!(inclusion(77, 31, &holed), Err(TreeError::MissingHash(position)));
        }
        for position in needed_for_consistency(31, 77).unwrap() {
            let mut holed = stored.clone();
            holed.remove(&position);
            assert_eq!(consistency(31, 77, &holed), Err(TreeError::MissingHash(position)));
        }
    }

    #[test]
    fn questions_without_an_answer_are_refused() {
        let none = HashMap::new();
        assert_eq!(inclusion(3, 3, &none), Err(TreeError::NoSuchEntry { index: 3, size: 3 }));
        assert_eq!(consistency(4, 3, &none), Err(TreeError::NoSuchSize { old: 4, size: 3 }));
        assert_eq!(needed_for_inclusion(u64::MAX, 0), Err(TreeError::TooLarge(u64::MAX)));
        assert_eq!(needed_for_consistency(1, u64::MAX), Err(TreeError::TooLarge(u64::MAX)));
        assert!(check_inclusion(&[], 0, Hash::default(), 0, b"").is_err());
        assert!(check_consistency(&[], 2, Hash::default(), 3, Hash::default()).is_err());
    }
}
