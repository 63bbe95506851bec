//! What is to be reviewed, or decided, and by when: the nearest limit first (K7.9).
//!
//! Absent on purpose: sending anything; how near a limit is, which is `domain::message::Stage`.

use crate::actions::{Fault, No, Office, casefile};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::ReleaseId;
use crate::domain::message::Stage as Near;
use crate::domain::moment::{Moment, days_after};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::release::{Release, review};
use crate::store::Conn;
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

/// Whose the next step is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// This person's.
    Mine,
    /// A co-ordinator's; this person may decide it where an enactment says so (K7.9).
    Higher,
    /// The same, but each co-ordinator of the area asked for the release or wrote in the review: nobody below decides it.
    OnlyHigher,
    /// Somebody else's, or nobody's.
    Others,
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
    pub near: Option<Near>,
    /// How far its review is.
    pub step: Step,
    /// Whose the next step is.
    pub whose: Whose,
}

impl Due {
    /// This person may take the next step, and is waited for.
    pub fn waits(&self) -> bool {
        matches!(self.whose, Whose::Mine | Whose::OnlyHigher)
    }
}

fn step(reviews: &[Review], near: Option<Near>) -> Step {
    match reviews.last() {
        _ if near == Some(Near::Passed) => Step::Over,
        Some(review) if review.waits() => Step::ToDecide,
        Some(review) if review.signed_at.is_none() => Step::Begun,
        _ => Step::ToReview,
    }
}

/// Whose the decision on a signed review is: a co-ordinator's who neither asked for the release nor wrote in the review; a higher
/// rank's only by an enactment (K7.9).
async fn decides(conn: &mut Conn, by: &Actor, release: &Release, review: &Review) -> Result<Whose, Fault> {
    let area = release.area;
    let mut out: Vec<String> = conn.review_parts(&review.id).await?.into_iter().map(|part| part.saved_by).collect();
    out.extend(review.signed_by.clone());
    out.push(release.requested_by.to_string());
    let writes = by.person().is_some_and(|person| out.contains(&person.to_string()));
    let higher = by.is_in(Role::Inspector, area) || by.is_in(Role::Commander, area);
    if writes || !(higher || by.is_in(Role::Aic, area)) {
        Ok(Whose::Others)
    } else if by.is_in(Role::Aic, area) {
        Ok(Whose::Mine)
    } else {
        let coordinators = conn.holders_of_role(Role::Aic.word(), &area.to_string()).await?;
        let left = coordinators.iter().any(|one| !out.contains(one));
        Ok(if left { Whose::Higher } else { Whose::OnlyHigher })
    }
}

/// The queue of the areas that `by` reads, the nearest limit first.
pub async fn queue(office: &Office, by: &Actor) -> Result<Vec<Due>, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let near = Moment::start_of(days_after(now.day(), Near::FIRST_DAYS + 1));
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
            let near = review::near(&filed.release, now);
            let reviews = conn.reviews(id).await?;
            let step = step(&reviews, near);
            let own = by.person() == Some(filed.release.requested_by);
            let reviews_it = by.is_in(Role::Reviewer, area) && by.person() != Some(authority.by);
            let whose = match (step, reviews.last()) {
                (Step::ToReview | Step::Begun, _) if reviews_it && !own => Whose::Mine,
                (Step::ToDecide, Some(review)) if !own => decides(&mut conn, by, &filed.release, review).await?,
                _ => Whose::Others,
            };
            all.push(Due {
                release: id,
                urn: authority.urn,
                title: file.request.title.as_str().to_owned(),
                until: authority.until,
                near,
                step,
                whose,
            });
        }
    }
    all.sort_by_key(|due| due.until);
    Ok(all)
}
