//! Every change of a release passes here. Pure: the same inputs give the same answer.
//!
//! One exhaustive match; what moves a limit is in `limits` below. A new stage or order does not compile until it has an answer. All
//! refusals are collected first.

mod limits;

pub use limits::deciding_rank;

use crate::actor::Actor;
use crate::event::{Event, Kind};
use crate::ids::PersonId;
use crate::moment::Moment;
use crate::policy::{Act, Thing, may};
use crate::refusal::Refusal;
use crate::release::correction::for_holders;
use crate::release::order::Submission;
use crate::release::{Authority, Case, Correction, Order, Part, Question, Release, ReportAnswer, Stage};
use crate::words::Prose;

/// What the store can carry out: the next stage and the event that records it, never one alone. Only this file and `limits` make one.
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

type Decided = Result<Decision, Vec<Refusal>>;

impl Release {
    /// The release as the policy's thing: a draft is its writer's alone.
    pub fn thing(&self) -> Thing {
        match self.stage {
            Stage::Draft => Thing::Draft { requested_by: self.requested_by },
            _ if self.origin.is_some() => Thing::Linked { area: self.area, requested_by: self.requested_by },
            _ => Thing::Release { area: self.area, requested_by: self.requested_by },
        }
    }

    /// Whether `by` may go on writing it: its writer, while it is not with the co-ordinator (K7.7). Writing changes no stage.
    pub fn write(&self, by: &Actor, now: Moment) -> Result<(), Vec<Refusal>> {
        if !may(by, Act::Withdraw, self.thing()) {
            return Err(vec![Refusal::NotFound]);
        }
        match self.stage {
            Stage::Draft | Stage::Returned { .. } => Ok(()),
            Stage::Requested
            | Stage::Closed { .. }
            | Stage::Live(_)
            | Stage::Voided { .. }
            | Stage::Recalled { .. } => Err(vec![Refusal::WrongStage { stage: self.word(now) }]),
        }
    }

    /// Decides `order` by `by` at `now`: what happens next, or every rule that says no.
    pub fn decide(&self, order: Order, by: &Actor, now: Moment) -> Decided {
        let thing = self.thing();
        let Some(person) = by.person().filter(|_| may(by, Act::SeeRelease, thing)) else {
            return Err(vec![Refusal::NotFound]);
        };
        self.whose(&order, by)?;
        match (&self.stage, order) {
            (Stage::Draft | Stage::Returned { .. }, Order::Submit(sent)) => self.submit(&sent),
            (Stage::Requested, Order::Return { reason }) => self.send_back(&reason, person, now),
            (Stage::Requested, Order::Save(part)) => Ok(self.save(part)),
            (Stage::Requested | Stage::Returned { .. }, Order::Represent { received_at, words }) => {
                self.represent(received_at, &words, now)
            }
            (Stage::Requested, Order::Rule { question, disclose, reasons, open }) => {
                self.rule((question, disclose), &reasons, open, person)
            }
            (Stage::Requested | Stage::Closed { .. }, Order::Tell { told_at, decided_at }) => {
                self.tell(told_at, decided_at, now)
            }
            (Stage::Requested, Order::Authorise(case)) => self.authorise(&case, person, now),
            (Stage::Requested, Order::Refuse { reason })
            | (Stage::Draft | Stage::Requested | Stage::Returned { .. }, Order::Withdraw { reason }) => {
                self.close(&reason, person, now)
            }
            (Stage::Live(authority), Order::Void { reason, opened }) => {
                self.void(authority, &reason, opened, (person, now))
            }
            // At the limit there is nobody left to correct anything for (K7.8).
            (Stage::Live(authority), Order::Correct(correction)) if now < authority.until => {
                self.correct(authority, &correction)
            }
            (Stage::Live(_) | Stage::Recalled { .. } | Stage::Voided { .. }, Order::AnswerReport(answer)) => {
                self.answer_report(&answer)
            }
            (Stage::Live(authority), Order::Recall { reason }) => self.recall(authority, &reason, person, now),
            (
                Stage::Live(authority),
                order @ (Order::SaveReview(_)
                | Order::Review(_)
                | Order::Conclude(_)
                | Order::Shorten(_)
                | Order::NoticeEnded(_)),
            ) => self.at_the_limit(authority, order, (by, person), now),
            (
                Stage::Draft
                | Stage::Requested
                | Stage::Returned { .. }
                | Stage::Live(_)
                | Stage::Closed { .. }
                | Stage::Recalled { .. }
                | Stage::Voided { .. },
                _,
            ) => Err(vec![Refusal::WrongStage { stage: self.word(now) }]),
        }
    }

    /// Whether the order is this actor's to give.
    fn whose(&self, order: &Order, by: &Actor) -> Result<(), Vec<Refusal>> {
        let (act, no) = match order {
            Order::Submit(_) | Order::Withdraw { .. } => (Act::Withdraw, Refusal::NotRequester),
            Order::Rule { question: Question::Representations, .. } => {
                (Act::RuleRepresentations, Refusal::NotCommander)
            }
            Order::Rule { question: Question::NoPositiveOutcome, .. } => (Act::RuleOutcome, Refusal::NotInspector),
            Order::Represent { .. } => (Act::Represent, Refusal::NotAreaCoordinator),
            Order::Recall { .. } | Order::Void { .. } => (Act::Recall, Refusal::NotAreaCoordinator),
            Order::SaveReview(_) | Order::Review(_) => (Act::Review, Refusal::NotReviewer),
            Order::Conclude(_) => (Act::DecideReview, Refusal::NotAreaCoordinator),
            Order::NoticeEnded(_) => (Act::KeepDuties, Refusal::NotAreaCoordinator),
            Order::Return { .. }
            | Order::Save(_)
            | Order::Tell { .. }
            | Order::Authorise(_)
            | Order::Refuse { .. }
            | Order::Correct(_)
            | Order::AnswerReport(_)
            | Order::Shorten(_) => (Act::Decide, Refusal::NotAreaCoordinator),
        };
        if !may(by, act, self.thing()) {
            return Err(vec![no]);
        }
        // K7.7: nobody decides on their own request, in part or in whole, whatever other role they hold and whichever area made a
        // release of its own out of it (K7.6).
        let decides = !matches!(order, Order::Submit(_) | Order::Withdraw { .. } | Order::Represent { .. })
            && !matches!(order, Order::Recall { .. } | Order::NoticeEnded(_));
        if decides && self.asked_by(by) {
            return Err(vec![Refusal::AuthorisedByRequester]);
        }
        Ok(())
    }

    fn submit(&self, sent: &Submission) -> Decided {
        let why = sent.request.check(sent.photographs, &sent.words);
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::Requested, self.object()).with("photographs", sent.photographs);
        Ok(Decision { next: Stage::Requested, event })
    }

    fn send_back(&self, reason: &Prose, by: PersonId, now: Moment) -> Decided {
        if self.origin.is_some() {
            return Err(vec![Refusal::LinkedNotReturned]);
        }
        given(reason)?;
        Ok(Decision { next: Stage::Returned { by, at: now }, event: Event::new(Kind::Returned, self.object()) })
    }

    fn save(&self, part: Part) -> Decision {
        let event = Event::new(Kind::Considered, self.object()).with("part", part.word());
        Decision { next: self.stage.clone(), event }
    }

    /// Representations count from the moment they are on record, however late they came: the stricter reading of O3.2.3.
    fn represent(&self, received_at: Moment, words: &Prose, now: Moment) -> Decided {
        let mut why = Vec::new();
        if words.is_empty() {
            why.push(Refusal::RepresentationsMissing);
        }
        if received_at > now {
            why.push(Refusal::ReceivedInFuture);
        }
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::Represented, self.object()).with("received", received_at.rfc3339());
        Ok(Decision { next: self.stage.clone(), event })
    }

    fn rule(&self, answer: (Question, bool), reasons: &Prose, open: bool, by: PersonId) -> Decided {
        let (question, disclose) = answer;
        let mut why = given(reasons).err().unwrap_or_default();
        if !open {
            why.push(Refusal::NothingToRule);
        }
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::Ruled, self.object())
            .with("question", question.word())
            .with("disclose", disclose)
            .with("by", format!("person/{by}"));
        Ok(Decision { next: self.stage.clone(), event })
    }

    fn tell(&self, told_at: Moment, decided_at: Option<Moment>, now: Moment) -> Decided {
        let Some(decided) = decided_at else { return Err(vec![Refusal::NothingToTell]) };
        // The form has minutes; the minute of the decision itself counts.
        if told_at > now || told_at < decided.plus_millis(-60_000) {
            return Err(vec![Refusal::ToldOutOfTime]);
        }
        let event = Event::new(Kind::ResultTold, self.object()).with("told", told_at.rfc3339());
        Ok(Decision { next: self.stage.clone(), event })
    }

    fn authorise(&self, case: &Case, by: PersonId, now: Moment) -> Decided {
        let mut why = case.unmet(now);
        if case.rulings.iter().any(|ruling| ruling.by == by) {
            why.push(Refusal::AuthorisedByRuler);
        }
        if !why.is_empty() {
            return Err(why);
        }
        let until = case.considered.records.closes_at(&case.numbers, now);
        let recipients: Vec<String> = case.recipients.iter().map(|f| f.person.to_string()).collect();
        let event = Event::new(Kind::Authorised, self.object())
            .with("urn", case.urn.to_string())
            .with("until", until.rfc3339())
            .with("recipients", recipients)
            .with("versions", serde_json::to_value(&case.versions).unwrap_or_default());
        let authority = Authority { by, at: now, urn: case.urn.to_string(), until };
        Ok(Decision { next: Stage::Live(authority), event })
    }

    fn close(&self, reason: &Prose, by: PersonId, now: Moment) -> Decided {
        // What nobody else has seen needs no reason to be thrown away.
        if self.stage != Stage::Draft {
            given(reason)?;
        }
        let event = Event::new(Kind::Closed, self.object());
        Ok(Decision { next: Stage::Closed { by, at: now }, event })
    }

    fn void(&self, authority: &Authority, reason: &Prose, opened: bool, by: (PersonId, Moment)) -> Decided {
        let mut why = given(reason).err().unwrap_or_default();
        // The register is read by every rank and taken away as a table.
        why.extend(for_holders("reason", reason.as_str()));
        if opened {
            why.push(Refusal::OpenedAlready);
        }
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::Voided, self.object()).with("urn", authority.urn.clone());
        Ok(Decision { next: Stage::Voided { authority: authority.clone(), by: by.0, at: by.1 }, event })
    }

    fn correct(&self, authority: &Authority, correction: &Correction) -> Decided {
        let why = correction.check();
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::Corrected, self.object())
            .with("urn", authority.urn.clone())
            .with("revision", correction.revision);
        Ok(Decision { next: self.stage.clone(), event })
    }

    fn answer_report(&self, answer: &ReportAnswer) -> Decided {
        let why = answer.check();
        if !why.is_empty() {
            return Err(why);
        }
        let event = Event::new(Kind::ReportAnswered, self.object())
            .with("report", answer.report.clone())
            .with("outcome", answer.outcome.map_or("", |outcome| outcome.word()));
        Ok(Decision { next: self.stage.clone(), event })
    }

    fn recall(&self, authority: &Authority, reason: &Prose, by: PersonId, now: Moment) -> Decided {
        given(reason)?;
        let event = Event::new(Kind::Recalled, self.object()).with("urn", authority.urn.clone());
        Ok(Decision { next: Stage::Recalled { authority: authority.clone(), by, at: now }, event })
    }
}

/// A reason is kept with each act that ends or delays something (K6.4.1).
fn given(reason: &Prose) -> Result<(), Vec<Refusal>> {
    if reason.is_empty() { Err(vec![Refusal::ReasonMissing]) } else { Ok(()) }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
