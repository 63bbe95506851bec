//! A photograph becomes one recipient's sealed copy: admitted, cleaned, marked, encoded, encrypted.
//!
//! Promises: whatever is uploaded is decoded within fixed bounds or refused with a sentence; no metadata survives; no
//! rendition reaches a partner without that partner's mark (P5), and only the holder of the named key can open it (P4).
//!
//! Absent on purpose: async, database, network, files, clock. Callers run this on blocking threads and bound how many run at
//! once. The pipeline is photograph → rendition → visible mark → (the invisible mark will stand here) → JPEG → age; the
//! second lock is put on by the store's side with [`lock::CopyKey`].
//!
//! Proved by the unit tests beside the code and by `tests/it/sealing.rs`.

pub mod age;
pub mod copy;
pub mod image;
pub mod jpeg;
pub mod lock;
pub mod mark;

/// Overwrites bytes that held a picture or a text in the clear, before their memory is given back.
///
/// `zeroize` writes byte by byte (6 ms for a 2 MP picture, a third of what a whole copy costs); one memory fill that the
/// optimiser is told not to drop does the same in half a millisecond. Keys, which are small, go through `zeroize`.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(bytes);
}

/// A share, 0 to 1, as a byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn level(share: f32) -> u8 {
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}
