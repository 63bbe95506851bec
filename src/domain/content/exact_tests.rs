//! What is shown of a text, to the letter (K8.3, K8.4, K8.5): `exact.txt` holds a text, a name (or none), and all that is found in it.
//!
//! The other tables say that something is found; this one says where it begins and ends, and that nothing else is. Many lines are from
//! those tables; some are no sentences: they were generated, and each was kept because a change of one operator of the rules shows in
//! no other. A line that fails prints what is found now: read it before you put it in the old one's place.

use super::{conviction_like, leaks, named};
use crate::refusal::Refusal;

fn found(text: &str, name: &str) -> Vec<String> {
    let leaks = leaks(text).into_iter().map(|found| match found {
        Refusal::AddressInText { words } => format!("address: {words}"),
        Refusal::PncInText { words } => format!("pnc: {words}"),
        other => panic!("{other:?}"),
    });
    let asked = conviction_like(text).into_iter().map(|words| format!("conviction: {words}"));
    let name = if name.is_empty() { None } else { named(text, name) };
    leaks.chain(asked).chain(name.map(|words| format!("name: {words}"))).collect()
}

#[test]
fn what_is_shown_is_exactly_what_was_found() {
    let lines: Vec<Vec<String>> =
        include_str!("exact.txt").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 160, "{}", lines.len());
    let mut wrong = Vec::new();
    for line in &lines {
        let [text, name, expected @ ..] = line.as_slice() else { panic!("{line:?}") };
        let now = found(text, name);
        if now != *expected {
            wrong.push(serde_json::to_string(&[vec![text.clone(), name.clone()], now].concat()).unwrap());
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}
