//! What may never stand in words that leave, and what must be confirmed before it does (K8.3, K8.4, K8.5).
//!
//! Refused, not warned: an address, anything from the PNC. Asked: wording that reads like a previous conviction. Found: a name in
//! the words beside its own field. The words found are shown as typed. Promises: the same finding however the words are spaced,
//! punctuated, cased or typed; time in proportion to the length of the text. Absent on purpose: any list of names or places, and
//! the sense of a sentence; a person reads before anything leaves. Proved by the tables, the held lists and the properties in
//! this folder.

mod address;
mod conviction;
mod lists;
mod looks;
mod named;
mod phrases;
mod pnc;
mod signals;
mod words;

use std::collections::HashSet;
use std::ops::Range;

use crate::refusal::Refusal;

pub use conviction::conviction_like;
pub use named::named;

/// Everything in `text` that may not leave, each once, in order.
pub fn leaks(text: &str) -> Vec<Refusal> {
    let words = words::read(text);
    let shown = |place: &Range<usize>| words.get(place.clone()).map(words::said);
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    // Where the last of each kind ended: an address never hides what stands inside it from the PNC's rules.
    let (mut pnc_past, mut past) = (0, 0);
    for at in 0..words.len() {
        let of_the_pnc = || pnc::pnc(&words, at).or_else(|| signals::signals(&words, at));
        if let Some(place) = (at >= pnc_past).then(of_the_pnc).flatten() {
            pnc_past = place.end;
            past = past.max(place.end);
            let words = shown(&place).filter(|words| seen.insert(words.clone()));
            found.extend(words.map(|words| Refusal::PncInText { words }));
        } else if let Some(place) = (at >= past).then(|| address::address(&words, at)).flatten() {
            past = place.end;
            let words = shown(&place).filter(|words| seen.insert(words.clone()));
            found.extend(words.map(|words| Refusal::AddressInText { words }));
        }
    }
    found
}

#[cfg(test)]
mod conviction_tests;
#[cfg(test)]
mod evasions_tests;
#[cfg(test)]
mod exact_tests;
#[cfg(test)]
mod named_tests;
#[cfg(test)]
mod properties_tests;
#[cfg(test)]
mod tables_tests;
