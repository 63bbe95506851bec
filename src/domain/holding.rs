//! One recipient's copy of a release, from sealing to its confirmed end.
//!
//! [`Holding::may_open`] is the one rule of every view: page, photograph, thumbnail, text. The store's gate asks it inside
//! the transaction that logs the view, so nothing is checked before and used after.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::ids::{CopyId, PersonId, ReleaseId, SchemeId};
use crate::moment::Moment;
use crate::print::Sheet;
use crate::refusal::Refusal;
use crate::release::Standing;
use crate::scheme::Footing;
use crate::words::Line;

/// What a holder says was done with a copy (K8.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Handed back to the police.
    Surrendered,
    /// Destroyed in a manner fit for personal data.
    Destroyed,
}

impl Outcome {
    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Surrendered => "surrendered",
            Self::Destroyed => "destroyed",
        }
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Surrendered, Self::Destroyed].into_iter().find(|o| o.word() == word)
    }
}

/// The holder's confirmation (K8.2): what, how, when and before whom.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// Surrendered or destroyed.
    pub outcome: Outcome,
    /// How.
    pub method: Line,
    /// When it was done, by the holder's account.
    pub done_at: Moment,
    /// Before whom.
    pub witness: Line,
    /// What was shown or given onward and what became of it; "None" where there was nothing (K7.4.1).
    pub onward: Line,
}

impl Confirmation {
    /// A confirmation of something done between the supply and `now`: neither in the future nor before there was a copy.
    pub fn checked(self, supplied: Moment, now: Moment) -> Result<Self, Refusal> {
        // The form has minutes; the minute of the supply itself counts.
        let earliest = supplied.plus_millis(-60_000);
        if self.done_at > now || self.done_at < earliest { Err(Refusal::ConfirmedOutOfTime) } else { Ok(self) }
    }
}

/// A copy as the gate sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The copy.
    pub copy: CopyId,
    /// Of which release.
    pub release: ReleaseId,
    /// Whose.
    pub holder: PersonId,
    /// Held for which scheme.
    pub scheme: SchemeId,
    /// When every part was sealed and stored; `None` while sealing.
    pub sealed_at: Option<Moment>,
    /// When the holder acknowledged the conditions of this supply (K8.2).
    pub acknowledged_at: Option<Moment>,
    /// When the second lock's key was destroyed; from then on nothing opens it.
    pub key_gone_at: Option<Moment>,
    /// When the holder confirmed its end.
    pub confirmed_at: Option<Moment>,
    /// Which sheet of paper it is; `None`: the electronic copy.
    pub sheet: Option<Sheet>,
}

impl Holding {
    /// Who opens it: its holder, or the police who print a sheet for them (O3.2.1).
    pub fn opener(&self) -> PersonId {
        self.sheet.and_then(|sheet| sheet.printer).unwrap_or(self.holder)
    }

    /// Every rule between a holder and the bytes, all unmet ones at once. An actor who does not open it learns nothing (P10).
    /// `owes`: the earliest deadline by which this holder has to confirm the end of another copy; from its millisecond on the account
    /// is confirm-only (K8.2).
    pub fn may_open(
        &self,
        by: &Actor,
        standing: Standing,
        footing: &Footing,
        owes: Option<Moment>,
        now: Moment,
    ) -> Result<(), Vec<Refusal>> {
        if by.person() != Some(self.opener()) || footing.person != self.holder || footing.scheme != self.scheme {
            return Err(vec![Refusal::NotFound]);
        }
        let mut why = standing.closed(now);
        why.extend(footing.lapses(now));
        why.extend(footing.undertaking().err());
        why.extend(owes.filter(|due| now >= *due).map(|due| Refusal::ConfirmFirst { due }));
        if self.acknowledged_at.is_none() {
            why.push(Refusal::ConditionsUnacknowledged);
        }
        if self.confirmed_at.is_some() {
            why.push(Refusal::AlreadyConfirmed);
        } else if self.key_gone_at.is_some() {
            why.push(Refusal::KeyDestroyed);
        } else if self.sealed_at.is_none() {
            why.push(Refusal::NotSealedYet);
        } else if self.sheet.is_some_and(|sheet| sheet.printed) {
            why.push(Refusal::PrintedAlready);
        }
        if why.is_empty() { Ok(()) } else { Err(why) }
    }

    /// Whether the holder, or the police who print a sheet for them, may confirm the end of this copy: once, at any time after it was
    /// sealed.
    pub fn may_confirm(&self, by: &Actor) -> Result<(), Vec<Refusal>> {
        if ![self.holder, self.opener()].map(Some).contains(&by.person()) {
            return Err(vec![Refusal::NotFound]);
        }
        if self.confirmed_at.is_some() {
            return Err(vec![Refusal::AlreadyConfirmed]);
        }
        if self.sealed_at.is_none() && self.key_gone_at.is_none() {
            return Err(vec![Refusal::NotSealedYet]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{Grant, Role};
    use crate::moment::parse_day;

    const R: [u8; 10] = [1; 10];

    fn at(ms: i64) -> Moment {
        Moment::parse_london("2026-11-21", "12:00").unwrap().plus_millis(ms)
    }

    fn case() -> (Holding, Footing, Actor) {
        let (person, scheme) = (PersonId::fresh(at(0), R), SchemeId::fresh(at(0), R));
        let holding = Holding {
            copy: CopyId::fresh(at(0), R),
            release: ReleaseId::fresh(at(0), R),
            holder: person,
            scheme,
            sealed_at: Some(at(0)),
            acknowledged_at: Some(at(0)),
            key_gone_at: None,
            confirmed_at: None,
            sheet: None,
        };
        let footing = Footing {
            person,
            scheme,
            role: Role::Manager,
            person_suspended: false,
            scheme_suspended: false,
            vetting_ends: parse_day("2026-12-31"),
            isa_starts: None,
            isa_ends: parse_day("2026-12-31"),
            scheme_has_manager: true,
            undertaking_signed: Some(1),
            undertaking_current: 1,
        };
        (holding, footing, Actor::Person { id: person, grants: vec![Grant::InScheme(Role::Manager, scheme)] })
    }

    #[test]
    fn it_opens_one_millisecond_before_the_limit_and_never_at_it() {
        let (holding, footing, by) = case();
        let live = Standing::Live { until: at(1_000) };
        assert_eq!(holding.may_open(&by, live, &footing, None, at(999)), Ok(()));
        assert_eq!(
            holding.may_open(&by, live, &footing, None, at(1_000)),
            Err(vec![Refusal::LimitReached { at: at(1_000) }])
        );
    }

    #[test]
    fn each_unmet_rule_is_named_and_all_at_once() {
        let (mut holding, mut footing, by) = case();
        holding.acknowledged_at = None;
        footing.undertaking_current = 2;
        footing.vetting_ends = None;
        footing.isa_ends = parse_day("2026-11-20");
        footing.person_suspended = true;
        footing.scheme_suspended = true;
        let why = holding.may_open(&by, Standing::Recalled { at: at(0) }, &footing, None, at(1)).unwrap_err();
        assert_eq!(why.len(), 7, "{why:?}");
    }

    #[test]
    fn a_holder_who_owes_a_confirmation_opens_nothing_from_the_millisecond_of_its_deadline() {
        let (holding, footing, by) = case();
        let live = Standing::Live { until: at(1_000) };
        let opens = |now| holding.may_open(&by, live, &footing, Some(at(500)), now);
        assert_eq!(opens(at(499)), Ok(()));
        assert_eq!(opens(at(500)), Err(vec![Refusal::ConfirmFirst { due: at(500) }]));
        // It never keeps anybody from confirming.
        assert_eq!(holding.may_confirm(&by), Ok(()));
    }

    #[test]
    fn a_stranger_learns_nothing() {
        let (holding, footing, _) = case();
        let stranger = Actor::Person { id: PersonId::fresh(at(5), [9; 10]), grants: vec![] };
        let live = Standing::Live { until: at(1_000) };
        assert_eq!(holding.may_open(&stranger, live, &footing, None, at(1)), Err(vec![Refusal::NotFound]));
        assert_eq!(holding.may_confirm(&stranger), Err(vec![Refusal::NotFound]));
    }

    #[test]
    fn a_destroyed_or_confirmed_copy_never_opens() {
        let (mut holding, footing, by) = case();
        let live = Standing::Live { until: at(1_000) };
        holding.key_gone_at = Some(at(1));
        assert_eq!(holding.may_open(&by, live, &footing, None, at(2)), Err(vec![Refusal::KeyDestroyed]));
        holding.confirmed_at = Some(at(1));
        assert_eq!(holding.may_open(&by, live, &footing, None, at(2)), Err(vec![Refusal::AlreadyConfirmed]));
        assert_eq!(holding.may_confirm(&by), Err(vec![Refusal::AlreadyConfirmed]));
    }

    #[test]
    fn a_sheet_is_opened_by_its_holder_or_by_the_police_who_print_it_and_once() {
        let (holding, footing, by) = case();
        let live = Standing::Live { until: at(1_000) };
        let police = Actor::Person { id: PersonId::fresh(at(5), [9; 10]), grants: vec![] };
        let own = Sheet { number: 1, of: 2, printer: None, printed: false };
        let of = |sheet| Holding { sheet: Some(sheet), ..holding.clone() };
        assert_eq!(of(own).may_open(&by, live, &footing, None, at(999)), Ok(()));
        assert_eq!(
            of(own).may_open(&by, live, &footing, None, at(1_000)),
            Err(vec![Refusal::LimitReached { at: at(1_000) }])
        );
        assert_eq!(of(own).may_open(&police, live, &footing, None, at(1)), Err(vec![Refusal::NotFound]));
        let printed = of(Sheet { printed: true, ..own });
        assert_eq!(printed.may_open(&by, live, &footing, None, at(1)), Err(vec![Refusal::PrintedAlready]));
        let carried = of(Sheet { printer: police.person(), ..own });
        assert_eq!(carried.may_open(&police, live, &footing, None, at(1)), Ok(()));
        assert_eq!(carried.may_open(&by, live, &footing, None, at(1)), Err(vec![Refusal::NotFound]));
        let stranger = Actor::Person { id: PersonId::fresh(at(6), [8; 10]), grants: vec![] };
        assert_eq!([&by, &police, &stranger].map(|one| carried.may_confirm(one).is_ok()), [true, true, false]);
        assert!(of(own).may_confirm(&police).is_err());
    }

    #[test]
    fn a_confirmation_is_of_something_done_between_the_minute_of_the_supply_and_now() {
        let line = |text| Line::parse("it", text).unwrap();
        let done = |ms| {
            let (method, witness, onward) = (line("Shredded"), line("PC 1"), line("None"));
            let told = Confirmation { outcome: Outcome::Destroyed, method, done_at: at(ms), witness, onward };
            told.checked(at(0), at(5_000)).map(|told| told.done_at)
        };
        for ms in [-60_000, 0, 1, 5_000] {
            assert_eq!(done(ms), Ok(at(ms)));
        }
        for ms in [-60_001, 5_001] {
            assert_eq!(done(ms), Err(Refusal::ConfirmedOutOfTime), "{ms}");
        }
        for (outcome, word) in [(Outcome::Surrendered, "surrendered"), (Outcome::Destroyed, "destroyed")] {
            assert_eq!((outcome.word(), Outcome::parse(word)), (word, Some(outcome)));
        }
        assert_eq!(Outcome::parse("lost"), None);
    }

    #[test]
    fn the_papers_of_somebody_else_or_of_another_scheme_open_nothing() {
        let (holding, footing, by) = case();
        let live = Standing::Live { until: at(1_000) };
        let other = Footing { person: PersonId::fresh(at(5), [9; 10]), ..footing.clone() };
        let elsewhere = Footing { scheme: SchemeId::fresh(at(5), [9; 10]), ..footing };
        for wrong in [other, elsewhere] {
            assert_eq!(holding.may_open(&by, live, &wrong, None, at(1)), Err(vec![Refusal::NotFound]));
        }
    }

    #[test]
    fn the_end_of_a_copy_is_confirmed_once_it_was_sealed_or_its_key_is_gone() {
        let (sealed, _, by) = case();
        let with = |sealed_at, key_gone_at| Holding { sealed_at, key_gone_at, ..sealed.clone() }.may_confirm(&by);
        assert_eq!(with(Some(at(0)), None), Ok(()));
        assert_eq!(with(None, Some(at(0))), Ok(()));
        assert_eq!(with(Some(at(0)), Some(at(1))), Ok(()));
        assert_eq!(with(None, None), Err(vec![Refusal::NotSealedYet]));
    }
}
