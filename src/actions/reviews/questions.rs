//! What each part of a review asks (form 3796): the tables of the decision again where it asks the same, so that a rule's field is the
//! same on both pages.

use crate::actions::decision::questions::{self, Kind, Option3, Question, ask};
use crate::domain::release::{Part, ReviewPart};

/// What a reviewer can advise.
pub const ADVISED: &[Option3] = &[
    ("continue", "Continue", "It goes on to a new limit. Recipients sign the conditions again before they open it."),
    ("shorten", "Close it earlier", ""),
    ("withdraw", "Withdraw", "Every copy is called back at once. No new grounds are needed."),
];

const RECIPIENTS: &[Question] = &[
    ask(
        "still_need",
        "Who still needs it?",
        "K6.2.4",
        Kind::Copies,
        "If it continues, the copy of anybody you do not tick ends for good",
    ),
    ask("need", "Why do they still need it, and the others not?", "K6.2.4", Kind::Prose, ""),
];

const RECOMMENDATION: &[Question] = &[
    ask("advised", "What do you recommend?", "K7.9", Kind::Choice(ADVISED), ""),
    ask("close_on", "Close it at the end of", "K7.8", Kind::Day, "Only if you recommend that it closes earlier"),
    ask(
        "exclusion_ends",
        "Last day of an exclusion notice in force now (optional)",
        "K7.8",
        Kind::Day,
        "If one is in force, a release that continues may stay open to its end, at most 120 days from the decision",
    ),
    ask("reason", "Why?", "K7.9", Kind::Prose, "It is kept on the record"),
];

/// What a part asks, in the order of its page.
pub fn of(part: ReviewPart) -> &'static [Question] {
    match part {
        ReviewPart::Grounds => questions::of(Part::Grounds),
        ReviewPart::Risk => questions::of(Part::Risk),
        ReviewPart::Recipients => RECIPIENTS,
        ReviewPart::Recommendation => RECOMMENDATION,
    }
}
