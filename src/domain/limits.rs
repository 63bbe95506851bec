//! Every number of the policy, with its clause. Nothing here can be made looser by a setting: [`crate::numbers`] holds what is in
//! force, which is this or stricter.

use crate::moment::{Day, Moment};
use crate::numbers::Numbers;

/// Between service of the notice and any authority (O3.2.3), milliseconds.
pub const REPRESENTATIONS_MS: i64 = 72 * 3_600_000;

/// Days before review (K7.8).
pub const REVIEW_DAYS: i64 = 60;

/// Days before review while an exclusion notice is in force (K7.8).
pub const EXCLUSION_DAYS: i64 = 120;

/// Intelligence older than this many days is not "current" (K6.2.2; the policy gives no number, ours is a setting's ceiling).
pub const CURRENT_INTELLIGENCE_DAYS: i64 = 180;

/// Days in which a holder confirms what was done with a copy (K8.2). Ours: the policy says "on demand".
pub const CONFIRM_DAYS: i64 = 14;

/// A visit ends after this long without a request (ASVS 7.3.1), milliseconds.
pub const IDLE_MS: i64 = 15 * 60_000;

/// A visit ends after this long whatever happens (ASVS 7.3.2), milliseconds.
pub const VISIT_MS: i64 = 10 * 3_600_000;

/// A proof of who is there (sign-in, touch, code) counts for an act of weight this long, milliseconds.
pub const FRESH_MS: i64 = 5 * 60_000;

/// Photographs in one release.
pub const PHOTOGRAPHS_MAX: usize = 6;

/// Recipients of one release.
pub const RECIPIENTS_MAX: usize = 500;

/// Numbered prints for one recipient of a release (O3.2.1).
pub const PRINTS_MAX: i64 = 5;

/// The instant a release closes by the policy's own numbers (K7.8); by those in force: [`Numbers::closes_at`].
pub fn closes_at(authority: Moment, notice_ends: Option<Day>) -> Moment {
    Numbers::shipped().closes_at(authority, notice_ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::parse_day;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    #[test]
    fn sixty_days_from_21_november_is_told_as_11_59pm_on_19_january() {
        let at = Moment::parse_london("2026-11-21", "18:00").unwrap();
        assert_eq!(closes_at(at, None).deadline(), "11:59pm on 19 January 2027");
    }

    #[test]
    fn an_exclusion_notice_lengthens_to_its_end_and_never_past_120_days_nor_shortens_below_60() {
        let at = Moment::parse_london("2026-11-21", "00:00").unwrap();
        let told = |end: &str| closes_at(at, Some(day(end))).deadline();
        assert_eq!(told("2026-12-01"), "11:59pm on 19 January 2027");
        assert_eq!(told("2027-01-19"), "11:59pm on 19 January 2027");
        assert_eq!(told("2027-01-20"), "11:59pm on 20 January 2027");
        assert_eq!(told("2027-02-14"), "11:59pm on 14 February 2027");
        assert_eq!(told("2028-01-01"), "11:59pm on 20 March 2027");
    }

    #[test]
    fn the_limit_is_a_london_midnight_across_both_clock_changes() {
        let spring = Moment::parse_london("2027-02-10", "09:00").unwrap();
        assert_eq!(closes_at(spring, None).rfc3339(), "2027-04-10T23:00:00.000Z");
        let autumn = Moment::parse_london("2026-09-20", "23:59").unwrap();
        assert_eq!(closes_at(autumn, None).rfc3339(), "2026-11-19T00:00:00.000Z");
    }

    #[test]
    fn the_numbers_are_the_policys() {
        let minute = 60_000;
        assert_eq!((REPRESENTATIONS_MS, REVIEW_DAYS, EXCLUSION_DAYS), (259_200_000, 60, 120));
        assert_eq!((IDLE_MS, VISIT_MS, FRESH_MS), (15 * minute, 600 * minute, 5 * minute));
        assert_eq!(CURRENT_INTELLIGENCE_DAYS, 180);
    }
}
