//! Instants and days. Stored as UTC milliseconds, shown in UK time.
//!
//! Absent on purpose: reading a clock.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};

/// A calendar day in the United Kingdom.
pub type Day = NaiveDate;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Debug)]
#[serde(transparent)]
pub struct Moment(i64);

/// The range chrono can print; a moment outside it is held at the edge (years -262143 to 262142).
const EDGE: i64 = 8_210_000_000_000_000;

impl Moment {
    /// From UTC milliseconds.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.clamp(-EDGE, EDGE))
    }

    /// UTC milliseconds.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// This moment moved by milliseconds (negative: earlier).
    #[must_use]
    pub fn plus_millis(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(ms))
    }

    /// `2026-11-21T18:00:00.123Z`, the form the log and statements use (RFC 3339, UTC, milliseconds).
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Reads exactly what [`Moment::rfc3339`] writes.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at = Self::from_millis(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis());
        (at.rfc3339() == text).then_some(at)
    }

    /// The day in London at this moment.
    pub fn day(self) -> Day {
        self.utc().with_timezone(&London).date_naive()
    }

    /// 00:00 in London at the start of `day`.
    pub fn start_of(day: Day) -> Self {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        // London's clocks change at 01:00 UTC, so midnight always exists once; `earliest` is the honest fallback.
        London
            .from_local_datetime(&midnight)
            .earliest()
            .map_or_else(|| Self(midnight.and_utc().timestamp_millis()), |at| Self::from_millis(at.timestamp_millis()))
    }

    /// Reads what a form's date and time fields hold, in London time: `2026-11-21` and `17:30`. Of the hour that comes twice, the first.
    pub fn parse_london(date: &str, time: &str) -> Option<Self> {
        Some(Self::from_millis(read_london(date, time)?.earliest()?.timestamp_millis()))
    }

    /// The same, and of the hour that comes twice the second: from where time begins to run for somebody (O3.2.3).
    pub fn parse_london_last(date: &str, time: &str) -> Option<Self> {
        Some(Self::from_millis(read_london(date, time)?.latest()?.timestamp_millis()))
    }

    /// `21 November 2026 at 5:30pm`, UK time (GOV.UK style).
    pub fn long(self) -> String {
        format!("{} at {}", long_day(self.day()), self.time())
    }

    /// `21 November 2026 at 5:30:09pm`, for the log's pages.
    pub fn precise(self) -> String {
        let at = self.utc().with_timezone(&London);
        let (pm, hour) = at.hour12();
        format!(
            "{} at {}:{:02}:{:02}.{:03}{}",
            long_day(self.day()),
            hour,
            at.minute(),
            at.second(),
            self.0.rem_euclid(1000),
            if pm { "pm" } else { "am" }
        )
    }

    /// How a closing instant is told: a limit at 00:00 reads `11:59pm on` the day before (K7.8).
    pub fn deadline(self) -> String {
        let last = if Self::start_of(self.day()) == self { self.plus_millis(-1) } else { self };
        format!("{} on {}", last.time(), long_day(last.day()))
    }

    /// `5:30pm`, UK time.
    pub fn time(self) -> String {
        let at = self.utc().with_timezone(&London);
        let (pm, hour) = at.hour12();
        format!("{}:{:02}{}", hour, at.minute(), if pm { "pm" } else { "am" })
    }

    /// `17:30`, UK time, as a form's time field holds it.
    pub fn clock_time(self) -> String {
        self.utc().with_timezone(&London).format("%H:%M").to_string()
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

fn read_london(date: &str, time: &str) -> Option<chrono::MappedLocalTime<DateTime<chrono_tz::Tz>>> {
    let day = parse_day(date)?;
    let time = chrono::NaiveTime::parse_from_str(time.trim(), "%H:%M").ok()?;
    Some(London.from_local_datetime(&day.and_time(time)))
}

/// `21 November 2026`.
pub fn long_day(day: Day) -> String {
    format!("{} {}", day.day(), day.format("%B %Y"))
}

/// Reads a form's date field (`2026-11-21`); years 2000 to 2199 only, so that sums cannot overflow.
pub fn parse_day(text: &str) -> Option<Day> {
    let day = Day::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    (2000..2200).contains(&day.year()).then_some(day)
}

/// `day` moved by whole days.
pub fn days_after(day: Day, days: i64) -> Day {
    TimeDelta::try_days(days).and_then(|d| day.checked_add_signed(d)).unwrap_or(Day::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_at_midnight_is_told_as_the_evening_before() {
        let until = Moment::start_of(parse_day("2027-01-20").unwrap());
        assert_eq!(until.deadline(), "11:59pm on 19 January 2027");
        assert_eq!(until.plus_millis(60_000).deadline(), "12:01am on 20 January 2027");
    }

    #[test]
    fn midnight_in_london_is_an_hour_early_in_summer_time() {
        let winter = Moment::start_of(parse_day("2026-11-21").unwrap());
        let summer = Moment::start_of(parse_day("2026-07-01").unwrap());
        assert_eq!(winter.rfc3339(), "2026-11-21T00:00:00.000Z");
        assert_eq!(summer.rfc3339(), "2026-06-30T23:00:00.000Z");
        assert_eq!(summer.day(), parse_day("2026-07-01").unwrap());
        assert_eq!(summer.plus_millis(-1).day(), parse_day("2026-06-30").unwrap());
    }

    #[test]
    fn of_the_hour_that_comes_twice_both_can_be_meant() {
        let first = Moment::parse_london("2026-10-25", "01:30").unwrap();
        let last = Moment::parse_london_last("2026-10-25", "01:30").unwrap();
        assert_eq!((first.rfc3339().as_str(), last.millis() - first.millis()), ("2026-10-25T00:30:00.000Z", 3_600_000));
        assert_eq!(Moment::parse_london_last("2026-11-21", "17:30"), Moment::parse_london("2026-11-21", "17:30"));
        // The hour that is left out in March is no time of day.
        assert_eq!(Moment::parse_london_last("2026-03-29", "01:30"), None);
    }

    #[test]
    fn rfc3339_is_strict_and_reads_back() {
        let at = Moment::from_millis(1_795_370_400_123);
        assert_eq!(Moment::parse_rfc3339(&at.rfc3339()), Some(at));
        assert_eq!(Moment::parse_rfc3339("2026-11-21T18:00:00Z"), None);
        assert_eq!(Moment::from_millis(i64::MAX).millis(), EDGE);
        assert!(!Moment::from_millis(i64::MIN).rfc3339().is_empty());
    }

    #[test]
    fn a_moment_is_told_in_uk_time_in_each_form() {
        let at = Moment::parse_rfc3339("2026-07-01T16:05:09.007Z").unwrap();
        assert_eq!(at.long(), "1 July 2026 at 5:05pm");
        assert_eq!(at.precise(), "1 July 2026 at 5:05:09.007pm");
        assert_eq!((at.time().as_str(), at.clock_time().as_str()), ("5:05pm", "17:05"));
        assert_eq!(at.to_string(), "2026-07-01T16:05:09.007Z");
        assert_eq!(at.millis(), 1_782_921_909_007);
        assert_eq!(at.plus_millis(-9_007).millis(), 1_782_921_900_000);
    }

    #[test]
    fn days_of_a_form_are_of_this_age_and_sums_of_days_never_wrap() {
        for fits in ["2000-01-01", "2199-12-31", " 2026-11-21 "] {
            assert!(parse_day(fits).is_some(), "{fits}");
        }
        for wrong in ["1999-12-31", "2200-01-01", "2026-02-30", "", "x"] {
            assert!(parse_day(wrong).is_none(), "{wrong}");
        }
        let day = parse_day("2026-11-21").unwrap();
        assert_eq!(
            (days_after(day, 60), days_after(day, -1)),
            (parse_day("2027-01-20").unwrap(), parse_day("2026-11-20").unwrap())
        );
        assert_eq!(days_after(day, i64::MAX), Day::MAX);
        assert_eq!(Moment::parse_london("2026-11-21", "25:00"), None);
        assert_eq!(Moment::from_millis(i64::MIN).millis(), -EDGE);
    }
}
