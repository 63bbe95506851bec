//! The tree (RFC 6962 §2.1, SHA-256): its right edge, which is all that appending needs, and proofs from stored hashes.
//!
//! Promised: a hash missing from the store is an error here, before any assertion inside the crate could fire.
//! Absent on purpose: proof arithmetic; that is `tlog_tiles`. Ours is only the edge.
//! Proved by the tests below against the crate's own storage order, at every size to 300.

mod proofs;

pub use self::proofs::{
    check_consistency, check_inclusion, consistency, inclusion, needed_for_consistency, needed_for_inclusion,
};
use std::collections::HashMap;
use std::hash::BuildHasher;
pub use tlog_tiles::Hash;

use tlog_tiles::{node_hash, record_hash, stored_hash_index, sub_tree_index};

/// The largest size this room accepts, in entries; far beyond any log, and small enough that no position overflows.
pub const MAX_SIZE: u64 = 1 << 48;

/// Why the tree cannot answer, or a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The index is not below the size.
    #[error("the log has {size} entries, so there is no entry {index}")]
    NoSuchEntry {
        /// The entry asked for, from 0.
        index: u64,
        /// The size of the tree, in entries.
        size: u64,
    },
    /// The older size is above the newer one.
    #[error("the older size {old} is above the newer size {size}")]
    NoSuchSize {
        /// The older size, in entries.
        old: u64,
        /// The newer size, in entries.
        size: u64,
    },
    /// More entries than this room accepts.
    #[error("{0} entries are more than any log of this kind holds")]
    TooLarge(u64),
    /// The stored right edge does not belong to the stored size.
    #[error("the right edge of a tree of {size} entries has {expected} bytes, not {found}: the stored head is damaged")]
    EdgeLength {
        /// The size it was said to belong to.
        size: u64,
        /// How many bytes that edge has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A stored hash that the proof needs was not given.
    #[error("the stored hash at position {0} is missing: the store has lost a row")]
    MissingHash(u64),
    /// The proof does not lead to the root.
    #[error("the proof does not lead to the signed root")]
    BadProof,
}

/// The stored positions of the right edge of a tree of `size` entries, largest subtree first.
pub fn edge_positions(size: u64) -> Result<Vec<u64>, TreeError> {
    match size {
        0 => Ok(Vec::new()),
        size if size > MAX_SIZE => Err(TreeError::TooLarge(size)),
        size => Ok(sub_tree_index(0, size, Vec::new())),
    }
}

/// The right edge of the tree: the roots of its complete subtrees, largest first. Kept in the one-row head of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    size: u64,
    peaks: Vec<Hash>,
}

impl Edge {
    /// The edge of a log without entries.
    pub fn empty() -> Self {
        Self { size: 0, peaks: Vec::new() }
    }

    /// Reads what `to_bytes` wrote: 32 bytes for each one-bit of `size`.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, TreeError> {
        if size > MAX_SIZE {
            return Err(TreeError::TooLarge(size));
        }
        let (peaks, rest) = bytes.as_chunks::<32>();
        if peaks.len() != size.count_ones() as usize || !rest.is_empty() {
            let expected = size.count_ones() as usize * 32;
            return Err(TreeError::EdgeLength { size, expected, found: bytes.len() });
        }
        Ok(Self { size, peaks: peaks.iter().map(|peak| Hash(*peak)).collect() })
    }

    /// The edge of the tree of `size` entries, from stored hashes at [`edge_positions`].
    pub fn of_stored(size: u64, stored: &HashMap<u64, Hash, impl BuildHasher>) -> Result<Self, TreeError> {
        let at = |position: u64| stored.get(&position).copied().ok_or(TreeError::MissingHash(position));
        let peaks = edge_positions(size)?.into_iter().map(at).collect::<Result<_, _>>()?;
        Ok(Self { size, peaks })
    }

    /// The hashes one after the other, largest subtree first; with the size, all that appending needs.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| peak.0).collect()
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one entry. Answers the hashes to be stored (the leaf's, then each interior node it completes), with their
    /// positions in the storage order of `tlog` (`stored_hash_index`).
    pub fn append(&mut self, leaf_bytes: &[u8]) -> Vec<(u64, Hash)> {
        let first = stored_hash_index(0, self.size);
        let mut stored = Vec::with_capacity(2);
        self.grow(record_hash(leaf_bytes), |level, hash| {
            stored.push((first + u64::from(level), hash));
        });
        stored
    }

    /// Appends a leaf hash, telling each completed node with its level (0 = the leaf itself). Allocates nothing.
    pub(crate) fn grow(&mut self, leaf: Hash, mut completed: impl FnMut(u8, Hash)) {
        let mut hash = leaf;
        completed(0, hash);
        let mut level = 0;
        // Each trailing one-bit of the size is a complete left sibling on the edge.
        let mut size = self.size;
        while size & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            level += 1;
            completed(level, hash);
            size >>= 1;
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all entries; of the empty tree, SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return tlog_tiles::EMPTY_HASH;
        };
        peaks.fold(*last, |right, left| node_hash(*left, right))
    }
}

#[cfg(test)]
mod tests {
    use super::proofs::Stored;
    use super::*;
    use tlog_tiles::{HashReader as _, stored_hash_count, stored_hashes, tree_hash};

    fn leaf(index: u64) -> Vec<u8> {
        format!("entry {index}").into_bytes()
    }

    #[test]
    fn the_edge_agrees_with_the_crate_at_every_size() {
        let (mut edge, mut stored) = (Edge::empty(), HashMap::new());
        assert_eq!(edge.root(), tlog_tiles::EMPTY_HASH);
        for index in 0..300 {
            let expected = stored_hashes(index, &leaf(index), &Stored(&stored)).unwrap();
            let first = stored_hash_count(index);
            let got = edge.append(&leaf(index));
            assert_eq!(got, (first..).zip(expected).collect::<Vec<_>>());
            stored.extend(got);
            assert_eq!(edge.root(), tree_hash(index + 1, &Stored(&stored)).unwrap());
            let peaks = Stored(&stored).read_hashes(&sub_tree_index(0, index + 1, vec![])).unwrap();
            assert_eq!(edge.peaks, peaks);
            assert_eq!(Edge::of_stored(index + 1, &stored).unwrap(), edge);
            edge = Edge::from_bytes(edge.size(), &edge.to_bytes()).unwrap();
        }
    }

    #[test]
    fn a_damaged_edge_is_refused() {
        let mut edge = Edge::empty();
        for index in 0..7 {
            edge.append(&leaf(index));
        }
        let bytes = edge.to_bytes();
        assert_eq!(bytes.len(), 96);
        assert!(Edge::from_bytes(8, &bytes).is_err());
        assert!(Edge::from_bytes(7, &bytes[1..]).is_err());
        assert!(Edge::from_bytes(7, &[&bytes[..], &[0]].concat()).is_err());
        assert_eq!(Edge::from_bytes(u64::MAX, &bytes), Err(TreeError::TooLarge(u64::MAX)));
    }
}
