//! What is to be reviewed or decided, the nearest limit first (K7.9).

use serde::Serialize;

use crate::actions::No;
use crate::actions::reviews::queue::{self, Due, Step};
use crate::domain::moment::Moment;
use crate::domain::release::review::Reminder;
use crate::web::police::Tag;
use crate::web::police::waits::left;
use crate::web::{Answer, Page, Visit};

/// The queue.
#[derive(Serialize)]
pub struct Queue {
    mine: Vec<Line>,
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
pub(crate) fn tag(near: Option<Reminder>) -> Tag {
    let colour = match near {
        None => "grey",
        Some(Reminder::FourteenDays) => "blue",
        Some(Reminder::SevenDays) => "yellow",
        Some(Reminder::TwoDays) => "orange",
        Some(Reminder::Overdue) => "red",
    };
    Tag { text: near.map_or("More than 14 days", Reminder::title), colour }
}

fn line(due: &Due, now: Moment) -> Line {
    let step = match due.step {
        Step::ToReview => "To be reviewed",
        Step::Begun => "Review begun",
        Step::ToDecide => "Review signed: to be decided",
        Step::Over => "Over: nobody decided a review in time. Holders are confirming. A new request is needed.",
    };
    let (until, id) = (due.until.deadline(), due.release);
    Line {
        href: match (due.step, due.mine) {
            (Step::ToDecide, true) => format!("/releases/{id}/review-decision"),
            _ => format!("/releases/{id}/review"),
        },
        text: format!("{}: {}", due.urn, due.title),
        hint: match due.step {
            Step::Over => format!("Its limit was {until}"),
            _ => format!("Open until {until}: {} left", left(due.until, now)),
        },
        tag: tag(due.near),
        step,
    }
}

impl Queue {
    fn of(all: &[Due], now: Moment) -> Self {
        let lines = |mine: bool| all.iter().filter(|due| due.mine == mine).map(|due| line(due, now)).collect();
        Self { mine: lines(true), others: lines(false) }
    }
}

impl Page for Queue {
    const TEMPLATE: &'static str = "pages/police/reviews.html";

    fn samples() -> Vec<Self> {
        let now = Moment::from_millis(1_795_370_400_000);
        let due = |step, near, mine| Due {
            release: crate::domain::ids::ReleaseId::fresh(now, [1; 10]),
            urn: "CZ/001/26".into(),
            title: "Thefts from pharmacies".into(),
            until: now.plus_millis(86_400_000),
            near,
            step,
            mine,
        };
        let all = [
            due(Step::ToReview, Some(Reminder::TwoDays), true),
            due(Step::ToDecide, None, true),
            due(Step::Begun, Some(Reminder::SevenDays), false),
            due(Step::ToReview, Some(Reminder::FourteenDays), false),
            due(Step::Over, Some(Reminder::Overdue), false),
        ];
        vec![Self::of(&all, now), Self::of(&[], now)]
    }
}

/// `GET /reviews`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let all = queue::queue(&v.office, v.actor()).await?;
    v.page("Reviews", &Queue::of(&all, v.now))
}
