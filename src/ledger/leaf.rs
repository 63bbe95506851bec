//! A leaf: the four lines of one entry that stay in the log for ever, and the commitment that binds them to an erasable body.
//!
//! Promised: `parse` accepts exactly the bytes that `to_bytes` can write, and nothing else.
//! Absent on purpose: anything personal; who and what stand in the body, which may be erased together with its salt.
//! Proved by the golden vectors below and by `tests/it/ledger.rs`.

use aws_lc_rs::digest;
use chrono::{DateTime, NaiveDate};

/// First line of every leaf, and the domain of the commitment.
pub const FORMAT: &str = "access-log/v1";

/// The longest entry that an entry bundle can hold (its length prefix has 16 bits), in bytes.
pub const MAX_BYTES: usize = 65_535;

/// Why bytes are not a leaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Not four lines, each ended by a newline, the first `access-log/v1`.
    #[error("a leaf is four lines, each ended by a newline, the first `access-log/v1`")]
    Lines,
    /// The kind is not `[a-z0-9._-]{1,32}`.
    #[error("the kind on line 2 must be 1 to 32 of a-z, 0-9, dot, underscore and hyphen")]
    Kind,
    /// The time is not UTC with milliseconds, or outside the years 0000 to 9999.
    #[error("the time on line 3 must look like 2026-11-21T18:00:00.123Z (UTC, milliseconds)")]
    Time,
    /// The commitment is not 64 lower-case hexadecimal digits.
    #[error("the commitment on line 4 must be 64 lower-case hexadecimal digits")]
    Commitment,
}

/// SHA-256(`access-log/v1/commit\n` || salt || body): binds a leaf to a body without telling anything of it.
pub fn commitment(salt: &[u8; 32], body: &[u8]) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(FORMAT.as_bytes());
    hash.update(b"/commit\n");
    hash.update(salt);
    hash.update(body);
    let mut out = [0; 32];
    out.copy_from_slice(hash.finish().as_ref());
    out
}

/// The text of line 3 for UTC milliseconds `at`, such as `2026-11-21T18:00:00.123Z`; the body's `at` must be equal to it.
/// `LeafError::Time` outside the years 0000 to 9999.
pub fn time_text(at: i64) -> Result<String, LeafError> {
    let text = DateTime::from_timestamp_millis(at).ok_or(LeafError::Time)?.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    // A year beyond four digits is written longer, or with a sign.
    if text.len() == 24 && !text.starts_with(['+', '-']) { Ok(text) } else { Err(LeafError::Time) }
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    kind: String,
    at: i64,
    at_text: String,
    commitment: [u8; 32],
}

impl Leaf {
    /// A leaf of this kind, at UTC milliseconds `at`, committing to a body.
    pub fn new(kind: &str, at: i64, commitment: [u8; 32]) -> Result<Self, LeafError> {
        if !is_kind(kind) {
            return Err(LeafError::Kind);
        }
        Ok(Self { kind: kind.to_owned(), at, at_text: time_text(at)?, commitment })
    }

    /// Reads the exact bytes of a leaf; every deviation is an error.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        let view = View::parse(bytes)?;
        Ok(Self {
            kind: view.kind.to_owned(),
            at: view.at,
            at_text: view.at_text.to_owned(),
            commitment: view.commitment,
        })
    }

    /// The bytes that are hashed into the tree.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{FORMAT}\n{}\n{}\n{}\n", self.kind, self.at_text, hex::encode(self.commitment)).into_bytes()
    }

    /// What happened, one of the closed list of kinds.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// When, in UTC milliseconds.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// When, as written on line 3.
    pub fn at_text(&self) -> &str {
        &self.at_text
    }

    /// SHA-256 over salt and body.
    pub fn commitment(&self) -> &[u8; 32] {
        &self.commitment
    }
}

/// A leaf read in place: the verifier passes millions of them and keeps none.
pub(crate) struct View<'a> {
    pub(crate) kind: &'a str,
    pub(crate) at: i64,
    pub(crate) at_text: &'a str,
    pub(crate) commitment: [u8; 32],
}

impl<'a> View<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, LeafError> {
        let text = str::from_utf8(bytes).map_err(|_| LeafError::Lines)?;
        let rest = text.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix('\n')).ok_or(LeafError::Lines)?;
        let rest = rest.strip_suffix('\n').ok_or(LeafError::Lines)?;
        let mut lines = rest.split('\n');
        let (Some(kind), Some(at_text), Some(digits), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(LeafError::Lines);
        };
        if !is_kind(kind) {
            return Err(LeafError::Kind);
        }
        let at = milliseconds(at_text.as_bytes()).ok_or(LeafError::Time)?;
        let commitment = digest_of(digits).ok_or(LeafError::Commitment)?;
        Ok(Self { kind, at, at_text, commitment })
    }
}

fn is_kind(kind: &str) -> bool {
    (1..=32).contains(&kind.len()) && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`, nothing looser: two spellings of one time would be two leaves.
fn milliseconds(text: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'.', f1, f2, f3, b'Z'] =
        *text
    else {
        return None;
    };
    let year = i32::try_from(decimal(&[y1, y2, y3, y4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, decimal(&[o1, o2])?, decimal(&[d1, d2])?)?;
    let moment =
        day.and_hms_milli_opt(decimal(&[h1, h2])?, decimal(&[m1, m2])?, decimal(&[s1, s2])?, decimal(&[f1, f2, f3])?)?;
    Some(moment.and_utc().timestamp_millis())
}

fn decimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

fn digest_of(digits: &str) -> Option<[u8; 32]> {
    if digits.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut out = [0; 32];
    hex::decode_to_slice(digits, &mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: i64 = 1_795_284_000_123;
    // The commitment was computed with Python hashlib, not with this code.
    const GOLDEN: &str = "access-log/v1\nview\n2026-11-21T18:00:00.123Z\n\
        cb744d291c54b1e7751314fe549b93aede2163671e29b42529b8b213d64a62b0\n";

    #[test]
    fn the_golden_leaf_has_not_changed() {
        let body = br#"{"kind":"view","at":"2026-11-21T18:00:00.123Z"}"#;
        let leaf = Leaf::new("view", AT, commitment(&[7; 32], body)).unwrap();
        assert_eq!(String::from_utf8(leaf.to_bytes()).unwrap(), GOLDEN);
        assert_eq!(Leaf::parse(GOLDEN.as_bytes()).unwrap(), leaf);
        assert_eq!((leaf.kind(), leaf.at(), leaf.at_text()), ("view", AT, "2026-11-21T18:00:00.123Z"));
    }

    #[test]
    fn whatever_is_not_exactly_a_leaf_is_refused_with_its_line() {
        let hash = "ab".repeat(32);
        let of = |kind: &str, at: &str, hash: &str| format!("access-log/v1\n{kind}\n{at}\n{hash}\n");
        let at = "2026-11-21T18:00:00.123Z";
        assert!(Leaf::parse(of("view", at, &hash).as_bytes()).is_ok());
        for kind in ["", "View", "a b", "é", &"a".repeat(33)] {
            assert_eq!(Leaf::parse(of(kind, at, &hash).as_bytes()), Err(LeafError::Kind), "{kind}");
        }
        for at in [
            "2026-11-21T18:00:00Z",
            "2026-11-21 18:00:00.123Z",
            "2026-11-21T18:00:00.123+00:00",
            "2026-02-30T18:00:00.123Z",
            "2026-11-21T24:00:00.123Z",
            "2026-11-21T18:00:60.123Z",
            "+2026-11-21T18:00:00.123",
            "",
            "2026-11-21T18:00:00.123z",
        ] {
            assert_eq!(Leaf::parse(of("view", at, &hash).as_bytes()), Err(LeafError::Time), "{at}");
        }
        for hash in ["", &"AB".repeat(32), &"ab".repeat(31), &"ab".repeat(33), &"zz".repeat(32)] {
            assert_eq!(Leaf::parse(of("view", at, hash).as_bytes()), Err(LeafError::Commitment), "{hash}");
        }
        let good = of("view", at, &hash);
        for bad in [
            String::new(),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            format!("{good}x\n"),
            good.replace("v1", "v2"),
            good.replace('\n', "\r\n"),
            format!(" {good}"),
        ] {
            assert!(Leaf::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert_eq!(Leaf::parse(&[0xff; 80]), Err(LeafError::Lines));
    }

    #[test]
    fn times_beyond_four_digit_years_are_refused() {
        for at in [i64::MIN, i64::MAX, -62_167_219_200_001, 253_402_300_800_000] {
            assert_eq!(Leaf::new("view", at, [0; 32]), Err(LeafError::Time), "{at}");
        }
        for at in [-62_167_219_200_000, -1, 0, 253_402_300_799_999] {
            let leaf = Leaf::new("view", at, [0; 32]).unwrap();
            assert_eq!(Leaf::parse(&leaf.to_bytes()).unwrap().at(), at);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_leaf_reads_back(kind in "[a-z0-9._-]{1,32}", at in -62_167_219_200_000..253_402_300_800_000_i64, hash: [u8; 32]) {
            let leaf = Leaf::new(&kind, at, hash).unwrap();
            prop_assert_eq!(Leaf::parse(&leaf.to_bytes()).unwrap(), leaf);
        }

        #[test]
        fn bytes_that_read_as_a_leaf_are_the_bytes_it_writes(bytes: Vec<u8>, flip in 0..GOLDEN.len(), with: u8) {
            let mut near = GOLDEN.as_bytes().to_vec();
            near[flip] = with;
            for bytes in [bytes, near] {
                if let Ok(leaf) = Leaf::parse(&bytes) {
                    prop_assert_eq!(leaf.to_bytes(), bytes);
                }
            }
        }

        #[test]
        fn salt_and_body_both_count(salt: [u8; 32], body: Vec<u8>, at in 0..32_usize) {
            let mut other = salt;
            other[at] ^= 1;
            prop_assert_ne!(commitment(&salt, &body), commitment(&other, &body));
            let longer = [body.as_slice(), b"x"].concat();
            prop_assert_ne!(commitment(&salt, &body), commitment(&salt, &longer));
        }
    }
}
