//! What a case waits for, in words with the time left: for the first page, the release's page and the task list (O3.2.3, O3.2.4).
//!
//! Absent on purpose: deciding whose it is (`actions::rulings::waits`).

use serde::Serialize;

use crate::actions::desk::May;
use crate::actions::rulings::waits::{Wait, What};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::release::Question;

/// What is waited for, and what may be done meanwhile: `p::waits`.
#[derive(Serialize, Default, Clone)]
pub(crate) struct Waits {
    items: Vec<Item>,
    links: Vec<Link>,
}

/// One line.
#[derive(Serialize, Default, Clone)]
pub(crate) struct Item {
    /// What.
    pub(crate) text: &'static str,
    /// Where it is done; empty: it is somebody else's, or only time does it.
    pub(crate) href: String,
    /// Until when.
    pub(crate) hint: String,
    /// In a word.
    pub(crate) status: &'static str,
    /// Of that word.
    pub(crate) colour: &'static str,
}

#[derive(Serialize, Clone)]
struct Link {
    text: &'static str,
    href: String,
}

/// The time until then in the two largest units: `2 days 4 hours`.
pub(crate) fn left(until: Moment, now: Moment) -> String {
    let minutes = (until.millis() - now.millis()).max(0) / 60_000;
    let said = |many: i64, unit: &str| if many == 1 { format!("1 {unit}") } else { format!("{many} {unit}s") };
    let units = [(minutes / 1_440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")];
    let words: Vec<String> = units
        .iter()
        .skip_while(|(many, _)| *many == 0)
        .take(2)
        .filter(|one| one.0 > 0)
        .map(|one| said(one.0, one.1))
        .collect();
    if words.is_empty() { "less than a minute".to_owned() } else { words.join(" ") }
}

/// The days left of something that ends with a day, as reminders count them: whole days until its last one; then hours.
pub(crate) fn days_left(until: Moment, now: Moment) -> String {
    match (until.plus_millis(-1).day() - now.day()).num_days() {
        days if days >= 2 => format!("{days} days"),
        _ => left(until, now),
    }
}

/// One wait as a line.
pub(crate) fn item(id: ReleaseId, wait: &Wait, now: Moment) -> Item {
    let to = |path: &str| if wait.mine { format!("/releases/{id}/{path}") } else { String::new() };
    match wait.what {
        What::Answer(question, until) => Item {
            text: match (question, wait.mine) {
                (Question::Representations, true) => "Decide on the person’s representations (O3.2.3)",
                (Question::Representations, false) => {
                    "The district commander decides on the person’s representations (O3.2.3)"
                }
                (Question::NoPositiveOutcome, true) => "Decide: there was no positive outcome (O3.2.4)",
                (Question::NoPositiveOutcome, false) => {
                    "An inspector or above decides: there was no positive outcome (O3.2.4)"
                }
            },
            href: to(&format!("ruling/{}", question.word())),
            hint: until.map_or_else(
                || "Nothing can be authorised before".to_owned(),
                |until| format!("The notice runs until {}: {} left", until.long(), left(until, now)),
            ),
            status: if until.is_some() { "Notice running" } else { "Decide now" },
            colour: if until.is_some() { "blue" } else { "orange" },
        },
        What::Running(until) => Item {
            text: "The time for the person’s representations runs (O3.2.3)",
            href: String::new(),
            hint: format!("Authorise from {}: {} left", until.long(), left(until, now)),
            status: "Notice running",
            colour: "blue",
        },
        What::Telling => Item {
            text: if wait.mine {
                "Tell the person the result in writing, and record it (O3.2.3)"
            } else {
                "The co-ordinator tells the person the result in writing (O3.2.3)"
            },
            href: to("told"),
            hint: "The district commander has decided on the representations".to_owned(),
            status: "To tell",
            colour: "orange",
        },
    }
}

impl Waits {
    /// Of a release in this stage.
    pub(crate) fn of(id: ReleaseId, all: &[Wait], word: &str, may: May, now: Moment) -> Self {
        let open = matches!(word, "requested" | "returned");
        let telling = all.iter().any(|wait| wait.what == What::Telling);
        let links = [
            (may.represent && open, "Print the notice to the person", "letters/notice"),
            (may.represent && open, "Record representations", "representations"),
            (may.represent && telling, "Print the result letter", "letters/result"),
            (may.documents, "Documents of the case: representations, receipts of service", "documents"),
        ];
        let link = |(_, text, path)| Link { text, href: format!("/releases/{id}/{path}") };
        Self {
            items: all.iter().map(|wait| item(id, wait, now)).collect(),
            links: links.into_iter().filter(|one| one.0).map(link).collect(),
        }
    }

    /// Each line once.
    pub(crate) fn sample() -> Self {
        let (now, id) = (Moment::from_millis(1_795_370_400_000), ReleaseId::fresh(Moment::from_millis(0), [1; 10]));
        let until = now.plus_millis(3_600_000);
        let all = [
            What::Answer(Question::Representations, Some(until)),
            What::Answer(Question::NoPositiveOutcome, None),
            What::Running(until),
            What::Telling,
        ];
        let all: Vec<Wait> = all.into_iter().flat_map(|what| [true, false].map(|mine| Wait { what, mine })).collect();
        Self::of(id, &all, "requested", May { represent: true, documents: true, ..May::default() }, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_its_two_largest_units() {
        let told = |ms| left(Moment::from_millis(ms), Moment::from_millis(0));
        assert_eq!(told(72 * 3_600_000), "3 days");
        assert_eq!(told(72 * 3_600_000 - 1), "2 days 23 hours");
        assert_eq!(told(25 * 3_600_000), "1 day 1 hour");
        assert_eq!(told(90 * 60_000), "1 hour 30 minutes");
        assert_eq!(told(59_999), "less than a minute");
        assert_eq!(told(-1), "less than a minute");
    }

    #[test]
    fn days_are_counted_to_the_last_one_and_then_hours_over_a_clock_change_too() {
        let at = |day: &str, time: &str| Moment::parse_london(day, time).unwrap();
        // The clocks go forward on 28 March 2027. Its last day is the 30th.
        let until = at("2027-03-31", "00:00");
        assert_eq!(days_left(until, at("2027-03-23", "00:00")), "7 days");
        assert_eq!(days_left(until, at("2027-03-22", "23:59")), "8 days");
        assert_eq!(days_left(until, at("2027-03-28", "23:59")), "2 days");
        assert_eq!(days_left(until, at("2027-03-29", "00:00")), "2 days");
        assert_eq!(days_left(until, at("2027-03-29", "00:01")), "1 day 23 hours");
        assert_eq!(days_left(until, until), "less than a minute");
    }
}
