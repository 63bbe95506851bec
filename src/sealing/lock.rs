//! The second lock on stored copies, and the records key (DESIGN §5).
//!
//! Promises: AES-256-GCM (NIST SP 800-38D) with a fresh random 96-bit nonce each time, written before the ciphertext; what is
//! sealed for one place (copy, or table, row, column and version) opens in no other; keys are wiped when dropped and print as
//! a mark; opening fails in one way only, whatever was wrong.
//! Absent on purpose: key files and rotation (the store's business: it tries the keys it has), and any way to read a key out.
//! Bound: random nonces are safe for 2^32 messages a key. A copy key seals one blob; a records key is rotated long before.
//! Proved by the tests below.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

/// Wrong key, wrong place, or changed bytes: not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lock does not open")]
pub struct Locked;

/// The operating system gave no randomness, or the cipher failed; nothing was locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing was locked: the machine gave no randomness")]
pub struct NotLocked;

/// Bytes a lock adds: nonce and tag.
pub const OVERHEAD: usize = NONCE_LEN + 16;

/// The random key of one copy's second lock. Nulling its wrapped form ends the copy, whoever holds the blob.
pub struct CopyKey(Zeroizing<[u8; 32]>);

impl CopyKey {
    /// A new random key.
    pub fn fresh() -> Result<CopyKey, NotLocked> {
        let mut key = Zeroizing::new([0; 32]);
        rand::fill(key.as_mut()).map_err(|_| NotLocked)?;
        Ok(CopyKey(key))
    }

    /// Locks a whole blob: nonce, ciphertext, tag. `aad` says what it is (the copy and rendition) and must be given again.
    pub fn lock(&self, blob: &[u8], aad: &[u8]) -> Result<Vec<u8>, NotLocked> {
        seal(&self.0, blob, aad)
    }

    /// Opens a locked blob, in its own bytes. What comes out is still sealed to its recipient, so it is not wiped.
    pub fn open(&self, locked: Vec<u8>, aad: &[u8]) -> Result<Vec<u8>, Locked> {
        open(&self.0, locked, aad)
    }
}

impl fmt::Debug for CopyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CopyKey(…)")
    }
}

/// The server's records key: wraps copy keys, seals case files and drafts.
#[derive(Clone)]
pub struct RecordsKey(Zeroizing<[u8; 32]>);

impl RecordsKey {
    /// The key whose 32 bytes were read from its file or credential.
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> RecordsKey {
        RecordsKey(bytes)
    }

    /// Wraps a copy's key for `copy.wrapped_key`; it unwraps for that copy's id only.
    pub fn wrap(&self, key: &CopyKey, copy_id: &str) -> Result<Vec<u8>, NotLocked> {
        seal(&self.0, key.0.as_ref(), &place(b"copy-key", &[copy_id], 0))
    }

    /// Unwraps the key of the copy with this id.
    pub fn unwrap(&self, wrapped: &[u8], copy_id: &str) -> Result<CopyKey, Locked> {
        let bytes = Zeroizing::new(open(&self.0, wrapped.to_vec(), &place(b"copy-key", &[copy_id], 0))?);
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Locked)?;
        Ok(CopyKey(Zeroizing::new(key)))
    }

    /// Seals one field of the database to its place and version.
    pub fn seal_field(&self, field: &Field<'_>, plain: &[u8]) -> Result<Vec<u8>, NotLocked> {
        seal(&self.0, plain, &field.place())
    }

    /// Opens one field, if it stands where it was sealed and has not been rolled back.
    pub fn open_field(&self, field: &Field<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Locked> {
        open(&self.0, sealed.to_vec(), &field.place()).map(Zeroizing::new)
    }
}

impl fmt::Debug for RecordsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordsKey(…)")
    }
}

/// Where a sealed field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Table name.
    pub table: &'a str,
    /// Row id.
    pub row: &'a str,
    /// Column name.
    pub column: &'a str,
    /// The row's version when this was written.
    pub version: i64,
}

impl Field<'_> {
    fn place(&self) -> Vec<u8> {
        place(b"field", &[self.table, self.row, self.column], self.version)
    }
}

/// Unambiguous associated data: purpose, then each part behind its length, then the version, all big-endian.
fn place(purpose: &[u8], parts: &[&str], version: i64) -> Vec<u8> {
    let mut out = b"disclosure-portal/v1/".to_vec();
    for part in std::iter::once(purpose).chain(parts.iter().map(|part| part.as_bytes())) {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out.extend_from_slice(&version.to_be_bytes());
    out
}

fn cipher(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

fn seal(key: &[u8; 32], plain: &[u8], aad: &[u8]) -> Result<Vec<u8>, NotLocked> {
    let cipher = cipher(key).ok_or(NotLocked)?;
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(|_| NotLocked)?;
    let mut out = Vec::with_capacity(plain.len() + OVERHEAD);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain);
    let body = out.get_mut(NONCE_LEN..).ok_or(NotLocked)?;
    let tag = cipher
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
        .map_err(|_| NotLocked)?;
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

fn open(key: &[u8; 32], mut sealed: Vec<u8>, aad: &[u8]) -> Result<Vec<u8>, Locked> {
    let (nonce, body) = sealed.split_first_chunk_mut::<NONCE_LEN>().ok_or(Locked)?;
    let cipher = cipher(key).ok_or(Locked)?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = cipher.open_in_place(nonce, Aad::from(aad), body).map_err(|_| Locked)?.len();
    sealed.truncate(NONCE_LEN + length);
    sealed.drain(..NONCE_LEN);
    Ok(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records(byte: u8) -> RecordsKey {
        RecordsKey::from_bytes(Zeroizing::new([byte; 32]))
    }

    #[test]
    fn a_blob_opens_with_its_key_and_place_only() {
        let (key, other) = (CopyKey::fresh().unwrap(), CopyKey::fresh().unwrap());
        let locked = key.lock(b"age file", b"copy 1").unwrap();
        assert_eq!(locked.len(), 8 + OVERHEAD);
        assert_eq!(key.open(locked.clone(), b"copy 1").unwrap().as_slice(), b"age file");
        assert_eq!(key.open(locked.clone(), b"copy 2"), Err(Locked));
        assert_eq!(other.open(locked.clone(), b"copy 1"), Err(Locked));
        for at in 0..locked.len() {
            let mut changed = locked.clone();
            changed[at] ^= 0x80;
            assert_eq!(key.open(changed, b"copy 1"), Err(Locked), "byte {at}");
            assert_eq!(key.open(locked[..at].to_vec(), b"copy 1"), Err(Locked), "cut at {at}");
        }
        assert_ne!(locked, key.lock(b"age file", b"copy 1").unwrap(), "a fresh nonce each time");
        assert_eq!(key.open(key.lock(b"", b"").unwrap(), b"").unwrap().as_slice(), b"");
    }

    #[test]
    fn a_copys_key_unwraps_for_that_copy_only() {
        let key = CopyKey::fresh().unwrap();
        let locked = key.lock(b"blob", b"").unwrap();
        let wrapped = records(1).wrap(&key, "copy-a").unwrap();
        let again = records(1).unwrap(&wrapped, "copy-a").unwrap();
        assert_eq!(again.open(locked, b"").unwrap().as_slice(), b"blob");
        assert!(records(1).unwrap(&wrapped, "copy-b").is_err());
        assert!(records(2).unwrap(&wrapped, "copy-a").is_err());
        assert!(records(1).unwrap(&wrapped[1..], "copy-a").is_err());
        let field = Field { table: "", row: "copy-a", column: "", version: 0 };
        assert!(records(1).open_field(&field, &wrapped).is_err(), "a wrapped key is no field");
    }

    #[test]
    fn keys_print_as_a_mark() {
        assert_eq!(format!("{:?} {:?}", CopyKey::fresh().unwrap(), records(7)), "CopyKey(…) RecordsKey(…)");
    }

    proptest! {
        #[test]
        fn a_field_opens_only_where_it_was_sealed(
            a in ("[ab]{0,3}", "[ab]{0,3}", "[ab]{0,3}", -2i64..2),
            b in ("[ab]{0,3}", "[ab]{0,3}", "[ab]{0,3}", -2i64..2),
            plain in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let field = |p: &(String, String, String, i64)| {
                records(3).seal_field(&Field { table: &p.0, row: &p.1, column: &p.2, version: p.3 }, &plain).unwrap()
            };
            let opens = |sealed: &[u8], p: &(String, String, String, i64)| {
                records(3).open_field(&Field { table: &p.0, row: &p.1, column: &p.2, version: p.3 }, sealed).ok()
            };
            let opened = opens(&field(&a), &a).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            prop_assert_eq!(opens(&field(&a), &b).is_some(), a == b);
        }
    }
}
