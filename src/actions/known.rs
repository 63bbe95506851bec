//! Devices on which somebody has signed in before: a stranger who tries an account's passphrase slows down strangers, not the
//! owner at their own desk (nobody can be kept out by somebody else's guesses).
//!
//! The cookie holds a random device word and, for at most five accounts, a keyed hash of both. Absent on purpose: any power of
//! it: it replaces no factor, it only chooses under which key failures are counted.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::actions::{Office, sign_in};
use crate::clock;

/// Accounts that one device remembers.
const ACCOUNTS: usize = 5;
/// Hexadecimal digits of a device word.
const WORD: usize = 32;
/// Hexadecimal digits of a mark.
const MARK: usize = 32;

fn mark(office: &Office, device: &str, email: &str) -> String {
    let mut hash = office.blind("known device", &format!("{device}\n{}", sign_in::address(email)));
    hash.truncate(MARK);
    hash
}

/// The parts of a cookie of ours: the device word, and the marks of accounts.
fn read(cookie: &str) -> Option<(&str, Vec<&str>)> {
    let hex = |part: &str, long: usize| part.len() == long && part.bytes().all(|b| b.is_ascii_hexdigit());
    let mut parts = cookie.split('.');
    let device = parts.next().filter(|part| hex(part, WORD))?;
    let marks: Vec<&str> = parts.take(ACCOUNTS + 1).collect();
    (marks.len() <= ACCOUNTS && marks.iter().all(|part| hex(part, MARK))).then_some((device, marks))
}

/// The device, if this account has signed in on it before.
pub fn device<'c>(office: &Office, cookie: &'c str, email: &str) -> Option<&'c str> {
    let (device, marks) = read(cookie)?;
    let ours = mark(office, device, email);
    marks.iter().any(|one| verify_slices_are_equal(one.as_bytes(), ours.as_bytes()).is_ok()).then_some(device)
}

/// The cookie after this account has signed in: its mark first, the oldest forgotten.
pub fn remember(office: &Office, cookie: &str, email: &str) -> String {
    let fresh = hex::encode(clock::random::<16>());
    let (device, marks) = read(cookie).unwrap_or((&fresh, Vec::new()));
    let ours = mark(office, device, email);
    let mut parts = vec![device, &ours];
    parts.extend(marks.into_iter().filter(|one| *one != ours).take(ACCOUNTS - 1));
    parts.join(".")
}
