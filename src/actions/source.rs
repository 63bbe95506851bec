//! An officer's own source reference, to find a release by it: a keyed hash is stored, never the reference (point 10 of the desk).
//!
//! Promise: letters and digits count, case and everything between them do not, so that `ath/img-0417` finds `ATH IMG 0417`.
//! Absent on purpose: finding by a part of a reference, which a hash cannot.

use crate::actions::Office;

/// The index of a reference; `None`: it has neither letter nor digit.
pub fn index(office: &Office, text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    (!plain.is_empty()).then(|| office.blind("source/v1", &plain))
}
