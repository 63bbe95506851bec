//! The decision on a signed review, with all of it on one page (K7.9).

use serde::Serialize;

use crate::actions::decision::record::Section;
use crate::actions::reviews::decide::{conclude, would_be};
use crate::actions::reviews::{self, record};
use crate::actions::{No, step_up};
use crate::domain::actor::Role;
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::domain::release::ReviewOutcome;
use crate::web::police::tasks::told;
use crate::web::police::waits::days_left;
use crate::web::{Answer, Page, Visit};

/// The page.
#[derive(Serialize, Default)]
pub struct Conclude {
    id: String,
    title: String,
    sections: Vec<Section>,
    /// The same as words, signed with the decision.
    record: String,
    /// What the reviewer advised.
    advised: &'static str,
    /// The limit now.
    until: String,
    /// The time until then.
    left: String,
    /// The limit if it is continued now; empty: it cannot be.
    continued: String,
    /// Why it cannot be continued.
    unmet: Vec<String>,
    /// Recipients whose copies end if it is continued.
    ends: Vec<String>,
    /// This person is no co-ordinator here: an enactment is asked for.
    higher: bool,
}

impl Page for Conclude {
    const TEMPLATE: &'static str = "pages/police/review-decision.html";

    fn samples() -> Vec<Self> {
        let section = Section {
            title: "Recommendation (K7.8, K7.9)".into(),
            part: "",
            saved: "Saved by Jordan Lee on 21 November 2026 at 5:30pm".into(),
            rows: vec![("What do you recommend? (K7.9)".into(), "Continue".into())],
        };
        let good = Self {
            id: "1".into(),
            title: "Thefts".into(),
            sections: vec![section],
            record: "Review of a release (form 3796)".into(),
            advised: "Continue",
            until: "11:59pm on 19 January 2027".into(),
            left: "4 days".into(),
            continued: "11:59pm on 9 March 2027".into(),
            ends: vec!["Morgan Webb, Cantwell Retail Watch".into()],
            ..Self::default()
        };
        let bad = Self { unmet: vec!["Intelligence is not current. (K6.2.2)".into()], higher: true, ..Self::default() };
        vec![good, bad]
    }
}

const TITLE: &str = "Decide the review";

/// The page; `None`: no review waits for a decision.
async fn page(v: &Visit) -> Result<Option<Conclude>, No> {
    let of = reviews::look(&v.office, v.actor(), Act::DecideReview, v.id(ReleaseId::parse)?, v.stamp()).await?;
    let release = &of.of.filed.release;
    let Some(round) = of.waiting() else { return Ok(None) };
    let sections = record::shown(&of, round)?;
    let continued = would_be(&of, v.actor(), ReviewOutcome::Continue, v.now);
    let ends = of.copies.iter().filter(|copy| !round.review.still_need.iter().any(|one| one.to_string() == copy.id));
    Ok(Some(Conclude {
        id: release.id.to_string(),
        title: of.of.file.request.title.as_str().to_owned(),
        record: record::text(&sections),
        sections,
        advised: round.review.advised.map_or("", ReviewOutcome::title),
        until: release.stage.authority().map_or_else(String::new, |authority| authority.until.deadline()),
        left: release.stage.authority().map_or_else(String::new, |authority| days_left(authority.until, v.now)),
        continued: continued.as_ref().map_or_else(|_| String::new(), |until| until.deadline()),
        unmet: continued.err().unwrap_or_default().iter().map(told).collect(),
        ends: ends.map(|copy| format!("{}, {}", copy.holder_name, copy.scheme_name)).collect(),
        higher: !v.actor().is_in(Role::Aic, release.area),
    }))
}

/// `GET /releases/{id}/review-decision`; where nothing waits it leads to the reviews.
pub async fn show(v: Visit) -> Result<Answer, No> {
    match page(&v).await? {
        Some(page) => v.page(TITLE, &page),
        None => Answer::see(format!("/releases/{}/review", v.path("id"))),
    }
}

/// `POST /releases/{id}/review-decision`: `answer` is the outcome's word.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let before = page(&v).await?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => conclude(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match (done, before) {
        (Ok(()), _) => Answer::see(format!("/releases/{id}/review")),
        (Err(no), Some(page)) => v.again(no, TITLE, &page),
        (Err(no), None) => Err(no),
    }
}
