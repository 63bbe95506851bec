//! An area's release number, such as `CZ/001/02` (K8.3).
//!
//! Absent on purpose: choosing the serial. The store advances one counter row per area in the same transaction as the
//! authority, so numbers are consecutive, never restart, never repeat and leave no gap.

use std::fmt;

use chrono::Datelike;

use crate::moment::Moment;

/// An area's code: two or three capital letters.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct AreaCode(String);

impl AreaCode {
    /// Reads a code; lower case is taken as capitals.
    pub fn parse(raw: &str) -> Option<Self> {
        let code = raw.trim().to_ascii_uppercase();
        let fits = (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_uppercase());
        fits.then_some(Self(code))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A unique reference number: area code / next consecutive number / two-digit year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Urn {
    area: AreaCode,
    serial: u32,
    year: u8,
}

impl Urn {
    /// The number of the release authorised at `at`, with the area's next `serial` (from 1).
    pub fn number(area: AreaCode, serial: u32, at: Moment) -> Self {
        let year = u8::try_from(at.day().year().rem_euclid(100)).unwrap_or(0);
        Self { area, serial, year }
    }

    /// Reads a reference however it was typed: `cz/1/26`, `CZ-001-26`, ` cz 1 26 ` are `CZ/001/26`. Between the three parts stands one
    /// mark, or spaces, or both; run together they could be read in more than one way, so that is no reference.
    pub fn parse(raw: &str) -> Option<Self> {
        let (area, rest) = run(raw.trim(), |c| c.is_ascii_alphabetic());
        let (serial, rest) = run(gap(rest)?, |c| c.is_ascii_digit());
        let (year, rest) = run(gap(rest)?, |c| c.is_ascii_digit());
        if !rest.is_empty() || year.len() != 2 {
            return None;
        }
        let serial = serial.parse().ok().filter(|n| *n > 0)?;
        Some(Self { area: AreaCode::parse(area)?, serial, year: year.parse().ok()? })
    }
}

/// What people type between the parts, besides spaces; the long ones come from word processors.
const MARKS: [char; 8] = ['/', '-', '.', '_', '\\', '\u{2010}', '\u{2011}', '\u{2013}'];

/// The characters at the beginning that fit, and the rest.
fn run(text: &str, fits: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !fits(c)).unwrap_or(text.len()))
}

/// What follows the gap between two parts; `None`: there is no gap.
fn gap(text: &str) -> Option<&str> {
    let rest = text.trim_start();
    let rest = rest.strip_prefix(MARKS).map_or(rest, str::trim_start);
    (rest.len() < text.len()).then_some(rest)
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:03}/{:02}", self.area.0, self.serial, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_at_least_three_digits_and_reads_back_however_typed() {
        let at = Moment::parse_london("2026-11-21", "12:00").unwrap();
        let urn = |n| Urn::number(AreaCode::parse("cz").unwrap(), n, at).to_string();
        assert_eq!(urn(1), "CZ/001/26");
        assert_eq!(urn(12_345), "CZ/12345/26");
        for typed in [
            " cz/1/26 ",
            "cz 1 26",
            "CZ-001-26",
            "Cz.0001.26",
            "cz / 1 / 26",
            "cz\u{2013}1\u{2011}26",
            "CZ\\1\t26",
            "cz_1_26",
        ] {
            assert_eq!(Urn::parse(typed).map(|urn| urn.to_string()).as_deref(), Some("CZ/001/26"), "{typed}");
        }
        for wrong in [
            "",
            "CZ/0/26",
            "CZ//26",
            "CZ/1/2026",
            "CZ/1",
            "1/1/26",
            "CZ/1/26/1",
            "CZ/-1/26",
            "CZ/99999999999/26",
            "CZ126",
            "CZ1/26",
            "CZ/1/26 x",
            "CZ//1/26",
            "/CZ/1/26",
            "C\u{17d}/1/26",
            "CZ/\u{661}/26",
        ] {
            assert!(Urn::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest::proptest! {
        /// Printed, then typed by somebody in a hurry: still the same.
        #[test]
        fn printed_and_typed_by_hand_is_the_same(
            code in "[A-Z]{2,3}", serial in 1_u32..=u32::MAX, year in 2000_i32..2100,
            gaps in proptest::collection::vec("[ \t]{0,2}[/._\\\\-][ \t]{0,2}|[ \t]{1,3}", 2),
            zeros in 0_usize..4, around in "[ \t]{0,3}", lower: bool,
        ) {
            let at = Moment::parse_london(&format!("{year}-06-01"), "12:00").unwrap();
            let printed = Urn::number(AreaCode::parse(&code).unwrap(), serial, at);
            let year = printed.to_string().rsplit('/').next().unwrap().to_owned();
            let typed = format!("{around}{code}{}{}{serial}{}{year}{around}", gaps[0], "0".repeat(zeros), gaps[1]);
            let typed = if lower { typed.to_lowercase() } else { typed };
            proptest::prop_assert_eq!(Urn::parse(&printed.to_string()), Some(printed.clone()));
            proptest::prop_assert_eq!(Urn::parse(&typed), Some(printed));
        }

        #[test]
        fn whatever_is_typed_is_read_or_not_and_never_ends_in_a_panic(typed in ".{0,30}") {
            if let Some(urn) = Urn::parse(&typed) {
                proptest::prop_assert_eq!(Urn::parse(&urn.to_string()), Some(urn));
            }
        }
    }

    #[test]
    fn the_year_is_the_uk_year() {
        let at = Moment::start_of(crate::moment::parse_day("2027-01-01").unwrap());
        let code = || AreaCode::parse("CZ").unwrap();
        assert_eq!(Urn::number(code(), 7, at).to_string(), "CZ/007/27");
        assert_eq!(Urn::number(code(), 7, at.plus_millis(-1)).to_string(), "CZ/007/26");
    }

    #[test]
    fn an_areas_code_is_two_or_three_letters() {
        assert_eq!(AreaCode::parse(" cz ").unwrap().as_str(), "CZ");
        assert_eq!(AreaCode::parse("ABC").unwrap().as_str(), "ABC");
        for wrong in ["", "C", "ABCD", "C1", "C-Z", "ÀÉ"] {
            assert!(AreaCode::parse(wrong).is_none(), "{wrong}");
        }
        for wrong in ["C1/001/26", "CZ/1x/26", "CZ/001/2x", "CZ/001/", "CZ/1/6", "CZ/+1/26", "CZ/1/+6"] {
            assert!(Urn::parse(wrong).is_none(), "{wrong}");
        }
    }
}
