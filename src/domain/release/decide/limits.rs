//! What moves the limit of a live release, and the reviews that decide on it (K7.8, K7.9).
//!
//! Promise: nothing here is done at or after the limit, and no limit it gives lies past the formula of K7.8.

use super::{Decided, Decision, given};
use crate::actor::{Actor, Role};
use crate::event::{Event, Kind};
use crate::ids::PersonId;
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::release::review::{NoticeEnd, ReviewOutcome, ReviewPart, Reviewed, Shortening, Verdict, closing};
use crate::release::{Authority, Order, Release, Stage};

impl Release {
    /// An order about the limit of a live release. At the limit the release is over: its keys go, and nothing continues it.
    pub(super) fn at_the_limit(
        &self,
        authority: &Authority,
        order: Order,
        by: (&Actor, PersonId),
        now: Moment,
    ) -> Decided {
        if now >= authority.until {
            return Err(vec![Refusal::OverAtLimit { at: authority.until }]);
        }
        match order {
            Order::SaveReview(part) => Ok(self.save_review(part)),
            Order::Review(of) => self.review(authority, &of, by.1, now),
            Order::Conclude(verdict) => self.conclude(authority, &verdict, by, now),
            Order::Shorten(how) => self.shorten(authority, &how, now),
            Order::NoticeEnded(end) => self.notice_ended(authority, &end, now),
            _ => Err(vec![Refusal::WrongStage { stage: self.word(now) }]),
        }
    }

    fn save_review(&self, part: ReviewPart) -> Decision {
        let event = Event::new(Kind::ReviewSaved, self.object()).with("part", part.word());
        Decision { next: self.stage.clone(), event }
    }

    fn review(&self, authority: &Authority, of: &Reviewed, by: PersonId, now: Moment) -> Decided {
        let mut why = of.unmet(of.advised(), now);
        // K7.9: whoever authorised it, or decided on it, does not review it.
        if authority.by == by || of.authorisers.contains(&by) {
            why.push(Refusal::ReviewedByAuthoriser);
        }
        if of.advised() == ReviewOutcome::Shorten {
            why.extend(closing(of.review.close_on, earlier(authority), now).err());
        }
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::Reviewed, self.object()).with("advised", of.advised().word());
        Ok(Decision { next: self.stage.clone(), event })
    }

    /// Decides a review: the co-ordinator, or by an enactment that is named a higher rank.
    fn conclude(&self, authority: &Authority, of: &Verdict, by: (&Actor, PersonId), now: Moment) -> Decided {
        if !of.waits {
            return Err(vec![Refusal::NoReviewWaits]);
        }
        let mut why = given(&of.reasons).err().unwrap_or_default();
        if of.reviewers.contains(&by.1) {
            why.push(Refusal::DecidedByReviewer);
        }
        let rank = deciding_rank(by.0, self, !of.enactment.is_empty());
        if rank != Role::Aic && of.enactment.is_empty() {
            why.push(Refusal::NoEnactment);
        }
        let until = match of.outcome {
            None => Err(vec![Refusal::NoReviewOutcome]),
            Some(ReviewOutcome::Continue) => continued(of, now),
            Some(ReviewOutcome::Shorten) => {
                closing(of.close_on, earlier(authority), now).map_err(|refusal| vec![refusal])
            }
            Some(ReviewOutcome::Withdraw | ReviewOutcome::Again) => Ok(authority.until),
        };
        why.extend(until.as_ref().err().cloned().unwrap_or_default());
        let (Some(outcome), Ok(until), true) = (of.outcome, until, why.is_empty()) else { return Err(why) };
        let kind = match outcome {
            ReviewOutcome::Continue => Kind::Continued,
            ReviewOutcome::Shorten => Kind::Shortened,
            ReviewOutcome::Again => Kind::ReviewReturned,
            // The same end as a recall outside a review (K8.2).
            ReviewOutcome::Withdraw => {
                let (next, event) = self.recall(authority, &of.reasons, by.1, now)?.into_parts();
                return Ok(Decision { next, event: event.with("round", of.round).with("as", rank.word()) });
            }
        };
        let event = Event::new(kind, self.object())
            .with("urn", authority.urn.clone())
            .with("round", of.round)
            .with("until", until.rfc3339())
            .with("as", rank.word());
        Ok(Decision { next: Stage::Live(Authority { until, ..authority.clone() }), event })
    }

    fn shorten(&self, authority: &Authority, how: &Shortening, now: Moment) -> Decided {
        let mut why = given(&how.reason).err().unwrap_or_default();
        let until = closing(how.close_on, earlier(authority), now);
        why.extend(until.clone().err());
        let (Ok(until), true) = (until, why.is_empty()) else { return Err(why) };
        let event = Event::new(Kind::Shortened, self.object())
            .with("urn", authority.urn.clone())
            .with("until", until.rfc3339());
        Ok(Decision { next: Stage::Live(Authority { until, ..authority.clone() }), event })
    }

    /// The notice ended before its day: the formula again, with the day on which it ended. What lies in the past closes now, because
    /// nobody who opened it until this instant did wrong.
    fn notice_ended(&self, authority: &Authority, of: &NoticeEnd, now: Moment) -> Decided {
        let Some(on_record) = of.on_record else { return Err(vec![Refusal::NoNoticeOnRecord]) };
        let ended = match of.ended {
            None => Err(Refusal::NoticeEndMissing),
            Some(day) if day > now.day() => Err(Refusal::NoticeEndInFuture),
            Some(day) if day >= on_record => Err(Refusal::NoticeEndNotEarlier),
            Some(day) => Ok(day),
        };
        let ended = ended.map_err(|refusal| vec![refusal])?;
        let formula = of.numbers.closes_at(of.counted_from, Some(ended));
        let until = authority.until.min(formula.max(now));
        let event = Event::new(Kind::NoticeEnded, self.object())
            .with("urn", authority.urn.clone())
            .with("ended", ended.to_string())
            .with("until", until.rfc3339());
        Ok(Decision { next: Stage::Live(Authority { until, ..authority.clone() }), event })
    }
}

/// The latest instant that is earlier than the limit: the end of the day before its last.
fn earlier(authority: &Authority) -> Moment {
    authority.until.plus_millis(-1)
}

/// The limit of a release that goes on: counted from this decision, by the formula or earlier (K7.8).
fn continued(of: &Verdict, now: Moment) -> Result<Moment, Vec<Refusal>> {
    let why = of.of.unmet(ReviewOutcome::Continue, now);
    let formula = of.of.numbers.closes_at(now, of.of.review.exclusion_ends);
    let until = of.close_on.map_or(Ok(formula), |day| closing(Some(day), formula, now));
    match until {
        Ok(until) if why.is_empty() => Ok(until),
        until => Err(why.into_iter().chain(until.err()).collect()),
    }
}

/// As what somebody decides: as co-ordinator where they are one, unless an enactment is named and they hold a higher rank.
pub fn deciding_rank(by: &Actor, release: &Release, by_enactment: bool) -> Role {
    let higher = [Role::Commander, Role::Inspector].into_iter().find(|role| by.is_in(*role, release.area));
    match higher {
        Some(rank) if by_enactment || !by.is_in(Role::Aic, release.area) => rank,
        _ => Role::Aic,
    }
}
