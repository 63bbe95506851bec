//! What can be told of a box without opening it: that it is an age file, and to how many X25519 recipients.
//!
//! Absent on purpose: to whom. An age header does not say; the browser that sealed it says, and the drill and each holder tell.

use crate::actions::No;
use crate::sealing::age::Recipient;

const VERSION: &str = "age-encryption.org/v1\n";
/// A header of this many bytes holds some hundred recipients.
const HEADER_MAX: usize = 64 * 1024;

/// How many X25519 recipients an age file has; `None`: it is no such file, or has recipients of another kind.
pub(in crate::actions) fn recipients(file: &[u8]) -> Option<usize> {
    let head = file.get(..file.len().min(HEADER_MAX))?;
    let end = head.windows(4).position(|window| window == b"\n---")?;
    let header = std::str::from_utf8(head.get(..end)?).ok()?.strip_prefix(VERSION)?;
    let mut stanzas = 0;
    for line in header.lines().filter_map(|line| line.strip_prefix("-> ")) {
        let kind = line.split(' ').next()?;
        // Grease (age's own padding of the format) opens for nobody.
        if kind == "X25519" {
            stanzas += 1;
        } else if !kind.ends_with("-grease") {
            return None;
        }
    }
    Some(stanzas)
}

/// Refuses a box that is not sealed to exactly this many.
pub(super) fn demand(boxed: &[u8], holders: usize) -> Result<(), No> {
    if recipients(boxed) == Some(holders) {
        return Ok(());
    }
    Err(No::field("box", "This is not a box sealed to everybody who should hold it. Reload the page and try again."))
}

/// Refuses what is no recipient.
pub(super) fn recipient(text: &str) -> Result<String, No> {
    Recipient::parse(text).map(|key| key.to_string()).map_err(|why| No::field("recipient", why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::age::{Identity, seal_to_all};

    #[test]
    fn recipients_are_counted_and_strange_files_are_none() {
        for many in 1..5 {
            let to: Vec<_> = (0..many).map(|_| Identity::fresh().unwrap().recipient()).collect();
            let sealed = seal_to_all(b"AGE-SECRET-KEY-1X\n", &to).unwrap();
            assert_eq!(recipients(&sealed), Some(many));
            assert!(demand(&sealed, many).is_ok() && demand(&sealed, many + 1).is_err());
        }
        let file = |stanza: &str| format!("{VERSION}{stanza}--- mac\nbody").into_bytes();
        assert_eq!(recipients(&file("-> X25519 a\nb\n")), Some(1));
        assert_eq!(recipients(&file("-> X25519 a\nb\n-> x-grease c\nd\n")), Some(1));
        assert_eq!(recipients(&file("-> scrypt a\nb\n")), None);
        assert_eq!(recipients(&file("-> X25519 a\nb\n-> ssh-ed25519 a\nb\n")), None);
        for bad in [&b""[..], b"age-encryption.org/v1\n-> X25519 a\n", b"another/v1\n-> X25519 a\nb\n--- mac\n"] {
            assert_eq!(recipients(bad), None);
        }
    }
}
