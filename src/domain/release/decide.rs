//! Every change of a release passes here. Pure: the same inputs give the same answer.
//!
//! One exhaustive match; a new stage or order does not compile until it has an answer. All refusals are collected first.

use crate::actor::Actor;
use crate::event::{Event, Kind};
use crate::ids::PersonId;
use crate::limits::closes_at;
use crate::moment::Moment;
use crate::policy::{Act, Thing, may};
use crate::refusal::Refusal;
use crate::release::order::Case;
use crate::release::{Authority, Order, Release, Stage};
use crate::scheme::runs;
use crate::words::Prose;

/// What the store can carry out: the next stage and the event that records it, never one alone. Only this file makes one.
#[derive(Debug, Clone)]
pub struct Decision {
    next: Stage,
    event: Event,
}

impl Decision {
    /// The stage to store.
    pub fn next(&self) -> &Stage {
        &self.next
    }

    /// The event to record.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Both, to carry out.
    pub fn into_parts(self) -> (Stage, Event) {
        (self.next, self.event)
    }
}

impl Release {
    /// Decides `order` by `by` at `now`: what happens next, or every rule that says no.
    pub fn decide(&self, order: Order, by: &Actor, now: Moment) -> Result<Decision, Vec<Refusal>> {
        let thing = Thing::Release { area: self.area, requested_by: self.requested_by };
        let Some(person) = by.person().filter(|_| may(by, Act::SeeRelease, thing)) else {
            return Err(vec![Refusal::NotFound]);
        };
        let act = match &order {
            Order::Authorise(_) | Order::Refuse { .. } => Act::Decide,
            Order::Recall { .. } => Act::Recall,
            Order::Withdraw { .. } => Act::Withdraw,
        };
        if !may(by, act, thing) {
            return Err(vec![Refusal::NotAreaCoordinator]);
        }
        match (&self.stage, order) {
            (Stage::Requested, Order::Authorise(case)) => self.authorise(&case, person, now),
            (Stage::Requested, Order::Refuse { reason } | Order::Withdraw { reason }) => {
                self.close(&reason, person, now)
            }
            (Stage::Live(authority), Order::Recall { reason }) => self.recall(authority, &reason, person, now),
            (Stage::Requested, Order::Recall { .. })
            | (Stage::Live(_), Order::Authorise(_) | Order::Refuse { .. } | Order::Withdraw { .. })
            | (Stage::Closed { .. } | Stage::Recalled { .. }, _) => {
                Err(vec![Refusal::WrongStage { stage: self.word(now) }])
            }
        }
    }

    fn authorise(&self, case: &Case, by: PersonId, now: Moment) -> Result<Decision, Vec<Refusal>> {
        let mut why = Vec::new();
        if by == self.requested_by {
            why.push(Refusal::AuthorisedByRequester);
        }
        if !runs(case.registration_ends, now) {
            why.push(Refusal::RegistrationLapsed);
        }
        why.extend(case.request.check(case.photographs, &case.words));
        why.extend(case.considered.check(case.request.named, now));
        if case.recipients.is_empty() {
            why.push(Refusal::NoRecipients);
        }
        for footing in &case.recipients {
            for refusal in footing.ineligible(now) {
                if !why.contains(&refusal) {
                    why.push(refusal);
                }
            }
        }
        if !why.is_empty() {
            return Err(why);
        }
        let until = closes_at(now, case.considered.exclusion_ends);
        let recipients: Vec<String> = case.recipients.iter().map(|f| f.person.to_string()).collect();
        let event = Event::new(Kind::Authorised, self.object())
            .with("urn", case.urn.to_string())
            .with("until", until.rfc3339())
            .with("recipients", recipients);
        let authority = Authority { by, at: now, urn: case.urn.to_string(), until };
        Ok(Decision { next: Stage::Live(authority), event })
    }

    fn close(&self, reason: &Prose, by: PersonId, now: Moment) -> Result<Decision, Vec<Refusal>> {
        if reason.is_empty() {
            return Err(vec![Refusal::ReasonMissing]);
        }
        let event = Event::new(Kind::Closed, self.object());
        Ok(Decision { next: Stage::Closed { by, at: now }, event })
    }

    fn recall(
        &self,
        authority: &Authority,
        reason: &Prose,
        by: PersonId,
        now: Moment,
    ) -> Result<Decision, Vec<Refusal>> {
        if reason.is_empty() {
            return Err(vec![Refusal::ReasonMissing]);
        }
        let event = Event::new(Kind::Recalled, self.object()).with("urn", authority.urn.clone());
        Ok(Decision { next: Stage::Recalled { authority: authority.clone(), by, at: now }, event })
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
