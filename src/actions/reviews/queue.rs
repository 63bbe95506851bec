//! What is to be reviewed, or decided, and by when: the nearest limit first (K7.9).
//!
//! Absent on purpose: sending anything; how near a limit is, which is `domain::release::review::Reminder`.

use crate::actions::{Fault, No, Office, casefile};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, days_after};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::release::review::Reminder;
use crate::store::reviews::Review;

/// How far the review of a release is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Nobody has begun one, or the last one was decided.
    ToReview,
    /// A reviewer is writing.
    Begun,
    /// Signed: it waits for a decision.
    ToDecide,
    /// The limit was reached before a decision.
    Over,
}

/// A release whose review is due.
#[derive(Clone, Debug)]
pub struct Due {
    /// Which.
    pub release: ReleaseId,
    /// Its reference.
    pub urn: String,
    /// Its title, which stays with the police.
    pub title: String,
    /// Its limit.
    pub until: Moment,
    /// How near that is; `None`: more than 14 days, but a review is under way.
    pub near: Option<Reminder>,
    /// How far its review is.
    pub step: Step,
    /// The next step is this person's.
    pub mine: bool,
}

fn step(reviews: &[Review], near: Option<Reminder>) -> Step {
    match reviews.last() {
        _ if near == Some(Reminder::Overdue) => Step::Over,
        Some(review) if review.waits() => Step::ToDecide,
        Some(review) if review.signed_at.is_none() => Step::Begun,
        _ => Step::ToReview,
    }
}

/// The queue of the areas that `by` reads, the nearest limit first.
pub async fn queue(office: &Office, by: &Actor) -> Result<Vec<Due>, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let near = Moment::start_of(days_after(now.day(), Reminder::FIRST_DAYS + 1));
    let mut all = Vec::new();
    for area in by.areas() {
        if !may(by, Act::SeeIssues, Thing::Area(area)) {
            continue;
        }
        for id in conn.reviews_due(area, near, now).await? {
            let filed =
                conn.release(id).await?.filter(|filed| may(by, Act::SeeRelease, casefile::thing(&filed.release)));
            let Some(filed) = filed else { continue };
            let corrupt = || Fault::Corrupt { table: "release", column: "urn", row: id.to_string() };
            let authority = filed.release.stage.authority().cloned().ok_or_else(corrupt)?;
            let (file, _) = casefile::open(office, &filed)?;
            let near = Reminder::of(&filed.release, now);
            let step = step(&conn.reviews(id).await?, near);
            let own = by.person() == Some(filed.release.requested_by);
            let mine = match step {
                Step::ToReview | Step::Begun => by.is_in(Role::Reviewer, area) && by.person() != Some(authority.by),
                // Somebody of a higher rank decides only where an enactment says so: nothing waits for them.
                Step::ToDecide => by.is_in(Role::Aic, area),
                Step::Over => false,
            };
            all.push(Due {
                release: id,
                urn: authority.urn,
                title: file.request.title.as_str().to_owned(),
                until: authority.until,
                near,
                step,
                mine: mine && !own,
            });
        }
    }
    all.sort_by_key(|due| due.until);
    Ok(all)
}
