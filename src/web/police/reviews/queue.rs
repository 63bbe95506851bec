//! What is to be reviewed or decided, the nearest limit first (K7.9).

use serde::Serialize;

use crate::actions::No;
use crate::actions::reviews::queue::{self, Due, Step, Whose};
use crate::domain::message::Stage as Near;
use crate::domain::moment::Moment;
use crate::web::police::Tag;
use crate::web::police::waits::days_left;
use crate::web::{Answer, Page, Visit};

/// The queue.
#[derive(Serialize)]
pub struct Queue {
    mine: Vec<Line>,
    /// What this person decides only where an enactment says so.
    higher: Vec<Line>,
    others: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    href: String,
    text: String,
    hint: String,
    tag: Tag,
    step: &'static str,
}

/// How near a limit is, as a tag.
pub(crate) fn tag(near: Option<Near>) -> Tag {
    let (text, colour) = match near {
        None => ("More than 14 days", "grey"),
        Some(Near::Fortnight) => ("Within 14 days", "blue"),
        Some(Near::Week) => ("Within 7 days", "yellow"),
        Some(Near::TwoDays) => ("Within 2 days", "orange"),
        Some(Near::Passed) => ("Overdue", "red"),
    };
    Tag { text, colour }
}

/// Where a person goes on with it.
pub(crate) fn href(due: &Due) -> String {
    match (due.step, due.whose) {
        (Step::ToDecide, Whose::Mine | Whose::Higher | Whose::OnlyHigher) => {
            format!("/releases/{}/review-decision", due.release)
        }
        _ => format!("/releases/{}/review", due.release),
    }
}

/// How far a review is, in words.
pub(crate) fn step(due: &Due) -> &'static str {
    match due.step {
        Step::ToReview => "To be reviewed",
        Step::Begun => "Review begun",
        Step::ToDecide => "Review signed: to be decided",
        Step::Over => "Over: nobody decided a review in time. Holders are confirming. A new request is needed.",
    }
}

/// Until when it is open, and how long that is.
pub(crate) fn open(due: &Due, now: Moment) -> String {
    match due.step {
        Step::Over => format!("Its limit was {}", due.until.deadline()),
        _ => format!("{} left: open until {}", days_left(due.until, now), due.until.deadline()),
    }
}

fn line(due: &Due, now: Moment) -> Line {
    Line {
        href: href(due),
        text: format!("{}: {}", due.urn, due.title),
        hint: open(due, now),
        tag: tag(due.near),
        step: step(due),
    }
}

impl Queue {
    fn of(all: &[Due], now: Moment) -> Self {
        let lines = |of: &[Whose]| all.iter().filter(|due| of.contains(&due.whose)).map(|due| line(due, now)).collect();
        Self {
            mine: lines(&[Whose::Mine, Whose::OnlyHigher]),
            higher: lines(&[Whose::Higher]),
            others: lines(&[Whose::Others]),
        }
    }
}

impl Page for Queue {
    const TEMPLATE: &'static str = "pages/police/reviews.html";

    fn samples() -> Vec<Self> {
        let now = Moment::from_millis(1_795_370_400_000);
        let due = |step, near, whose| Due {
            release: crate::domain::ids::ReleaseId::fresh(now, [1; 10]),
            urn: "CZ/001/26".into(),
            title: "Thefts from pharmacies".into(),
            until: now.plus_millis(86_400_000),
            near,
            step,
            whose,
        };
        let all = [
            due(Step::ToReview, Some(Near::TwoDays), Whose::Mine),
            due(Step::ToDecide, None, Whose::Mine),
            due(Step::ToDecide, Some(Near::TwoDays), Whose::Higher),
            due(Step::Begun, Some(Near::Week), Whose::Others),
            due(Step::ToReview, Some(Near::Fortnight), Whose::Others),
            due(Step::Over, Some(Near::Passed), Whose::Others),
        ];
        vec![Self::of(&all, now), Self::of(&[], now)]
    }
}

/// `GET /reviews`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let all = queue::queue(&v.office, v.actor()).await?;
    v.page("Reviews", &Queue::of(&all, v.now))
}
