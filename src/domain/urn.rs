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

    /// Reads a reference however it was typed: `cz/1/26` is `CZ/001/26`.
    pub fn parse(raw: &str) -> Option<Self> {
        let mut parts = raw.trim().split('/');
        let (area, serial, year) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || !digits(serial) || !digits(year) || year.len() != 2 {
            return None;
        }
        let serial = serial.parse().ok().filter(|n| *n > 0)?;
        Some(Self { area: AreaCode::parse(area)?, serial, year: year.parse().ok()? })
    }
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
        assert_eq!(Urn::parse(" cz/1/26 ").unwrap().to_string(), "CZ/001/26");
        for wrong in
            ["", "CZ/0/26", "CZ//26", "CZ/1/2026", "CZ/1", "1/1/26", "CZ/1/26/1", "CZ/-1/26", "CZ/99999999999/26"]
        {
            assert!(Urn::parse(wrong).is_none(), "{wrong}");
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
