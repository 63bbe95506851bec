//! The six words that people read to each other by telephone to check a key (`docs/formats/sign-in.md` clause 4).
//!
//! Promise: words typed back are compared as words: case and spaces are forgiven, nothing else. Proved by the format page's
//! vector below. Absent on purpose: a way from words back to a key.

use aws_lc_rs::digest;
use bip39::Language;

/// The six words of a person's two keys: both are certified by them (`docs/formats/approval.md`).
pub fn fingerprint(recipient: &str, signing_key: &str) -> String {
    words(&format!("{recipient}\n{signing_key}"))
}

/// The six words of a unit's key.
pub fn unit_fingerprint(recipient: &str) -> String {
    words(recipient)
}

/// Six words as somebody typed what they heard: lower case, single spaces; or what is plainly wrong with them, in a sentence.
pub fn heard(typed: &str) -> Result<String, String> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    if words.is_empty() {
        return Err("Enter the six words that you heard".to_owned());
    }
    if let Some(strange) = words.iter().find(|word| Language::English.find_word(word).is_none()) {
        let shown: String = strange.chars().take(30).collect();
        return Err(format!("“{shown}” is not a word that keys are told by. Ask for it to be spelt"));
    }
    match words.len() {
        6 => Ok(words.join(" ")),
        n => Err(format!("There are six words; you entered {n}. Enter all of them, with a space between")),
    }
}

/// The six words of the root's verifier key: it stands in the configuration and on paper.
pub fn root_fingerprint(vkey: &str) -> String {
    words(vkey)
}

/// The first 66 bits of SHA-256, as six words of 11 bits, most significant bit first.
fn words(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let bits = hash.as_ref().iter().take(16).fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let list = Language::English.word_list();
    let word = |at: u32| usize::try_from((bits >> (128 - 11 * (at + 1))) & 0x7ff).ok().and_then(|at| list.get(at));
    (0..6).filter_map(word).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_format_page_says() {
        let page = include_str!("../../docs/formats/sign-in.md");
        let block = page.split("```json keys\n").nth(1).unwrap().split("```").next().unwrap();
        let vector: serde_json::Value = serde_json::from_str(block).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        assert_eq!(fingerprint(text("recipient"), text("signing_key")), text("fingerprint"));
        assert_eq!(unit_fingerprint(text("recipient")), text("unit_fingerprint"));
        let spoken = format!("  {} ", text("fingerprint").to_uppercase().replace(' ', "\n "));
        assert_eq!(heard(&spoken).unwrap(), text("fingerprint"));
    }

    #[test]
    fn a_slip_of_the_pen_is_told_as_one() {
        assert!(heard(" ").unwrap_err().starts_with("Enter the six words"));
        assert!(heard("home practice tuna").unwrap_err().contains("you entered 3"));
        assert!(heard("home practise tuna lens aware tape").unwrap_err().contains("“practise”"));
    }
}
