//! Who may do what to which thing: one table, asked by actions, pages and commands alike.
//!
//! Rules of the case (stage, time, notice…) are in [`crate::release`] and [`crate::holding`]; this says only whose business it is.
//! What is nobody's business of yours is "not found" (P10). Printed, persona by persona, into `docs/ACCESS.md`.

use crate::actor::{Actor, Grant, Role};
use crate::ids::{AreaId, PersonId, SchemeId};

macro_rules! acts {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        /// Something a person may want to do.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Act { $($(#[doc = $doc])+ $name),+ }

        impl Act {
            /// Every act with its meaning.
            pub const ALL: &'static [(Act, &'static str)] = &[$((Act::$name, concat!($($doc),+))),+];
        }
    };
}

acts! {
    /// Ask for a release in an area.
    Request,
    /// See a request or release, never its pictures.
    SeeRelease,
    /// Write, send and withdraw one's own request.
    Withdraw,
    /// Put representations of the person on record.
    Represent,
    /// Decide on representations of the person (O3.2.3).
    RuleRepresentations,
    /// Decide where there is no positive outcome (O3.2.4).
    RuleOutcome,
    /// Decide a request: authorise, refuse, seal the copies; correct the words, answer reports.
    Decide,
    /// Mark a release's duties, record what was done, take its disclosure bundle (K7.12, K7.13, O3.2.2).
    KeepDuties,
    /// Read and print a release's record of authority (forms 3795 and 3796).
    ReadAuthority,
    /// Recall a release.
    Recall,
    /// Open an original photograph.
    OpenOriginal,
    /// Open a document of a case: what came with representations, a receipt of service.
    OpenDocument,
    // Other areas
    /// Answer another area's question whether a person is active here too (K7.6).
    AnswerArea,
    /// Open one's own copy, acknowledge its conditions, report what is wrong with it, confirm its end.
    Hold,
    /// See that a copy exists, its dates and its certificate, never its pictures.
    SeeCopy,
    /// Read a scheme's register entry.
    SeeScheme,
    /// Change registers: agreements, vetting, members, lists of initiatives.
    KeepRegister,
    /// Read copies of a scheme's signed agreements (K7.2).
    SeePapers,
    /// Read a register's lists and take them away as a table (K7.2, K8.8).
    Inspect,
    /// Read an area's register of issued numbers.
    SeeIssues,
    /// Invite a person into a scheme or area.
    Invite,
    /// Suspend or restore an account.
    Suspend,
    /// Give or take a role.
    ChangeRoles,
    /// End the keys of somebody who lost everything, and invite them to make new ones.
    RenewKeys,
    /// Read, search, verify and export the log.
    ReadLog,
    /// See accounts, areas, settings and health; change the policy's texts and numbers.
    Administer,
    /// Read the policy's texts and numbers, every version of them.
    SeeRules,
    // Reviews
    /// Reassess a live release on form 3796 (K7.9).
    Review,
    /// Decide a signed review: the co-ordinator, or a higher rank by an enactment (K7.9).
    DecideReview,
    // Demands
    /// Demand surrender or destruction of copies; accept or query what holders confirm, record a visit because of it.
    Demand,
    /// See what is demanded, who has not confirmed, and each round of it.
    SeeDemands,
    // Retention
    /// Read what is due for disposal, what was disposed of, and which legal holds stand (K9.1).
    SeeRetention,
    /// Propose what becomes of records whose period has run (K9.1).
    ProposeDisposal,
    /// Agree or disagree with it, as the second person (K9.1).
    AgreeDisposal,
    /// Place and lift legal holds (K9.1).
    KeepLegalHold,
    // Prints
    /// Free a numbered print, record who carried it (O3.2.1).
    KeepPrints,
}

/// What it would be done to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Thing {
    /// An area's work as a whole.
    Area(AreaId),
    /// A request that is still being written: its writer's alone.
    Draft {
        /// The writer.
        requested_by: PersonId,
    },
    /// A request or release.
    Release {
        /// Whose area.
        area: AreaId,
        /// Who asked.
        requested_by: PersonId,
    },
    /// A request or release that follows another area's (K7.6): its own area's alone. Whoever asked sits in the other area, and sees
    /// no more of it than its state.
    Linked {
        /// Whose area.
        area: AreaId,
        /// Who asked.
        requested_by: PersonId,
    },
    /// One copy.
    Copy {
        /// The releasing area.
        area: AreaId,
        /// Whose copy.
        holder: PersonId,
    },
    /// A scheme and its people.
    Scheme {
        /// The area it belongs to.
        area: AreaId,
        /// Which.
        scheme: SchemeId,
    },
    /// The force as a whole.
    Force,
}

/// Whether `actor` may do `act` to `thing`.
pub fn may(actor: &Actor, act: Act, thing: Thing) -> bool {
    if *actor == Actor::Portal {
        return false;
    }
    let (thing, linked) = match thing {
        Thing::Linked { area, requested_by } => (Thing::Release { area, requested_by }, true),
        other => (other, false),
    };
    let own = |person: PersonId| actor.person() == Some(person) && !linked;
    let reads = |area: AreaId| POLICE_READERS.iter().any(|role| actor.is_in(*role, area));
    let audits = actor.is(Role::Auditor);
    match (act, thing) {
        (Act::Request, Thing::Area(area)) => actor.is_in(Role::Officer, area),
        (Act::SeeRelease, Thing::Release { area, requested_by }) => own(requested_by) || reads(area) || audits,
        (Act::SeeRelease | Act::Withdraw, Thing::Draft { requested_by })
        | (Act::Withdraw, Thing::Release { requested_by, .. }) => own(requested_by),
        (Act::Represent | Act::KeepDuties, Thing::Release { area, requested_by }) => {
            own(requested_by) || actor.is_in(Role::Aic, area)
        }
        (Act::RuleRepresentations, Thing::Release { area, .. }) => actor.is_in(Role::Commander, area),
        (Act::RuleOutcome, Thing::Release { area, .. }) => {
            actor.is_in(Role::Inspector, area) || actor.is_in(Role::Commander, area)
        }
        (Act::Decide | Act::Recall | Act::KeepPrints, Thing::Release { area, .. })
        | (Act::KeepRegister, Thing::Scheme { area, .. } | Thing::Area(area))
        | (Act::ChangeRoles, Thing::Scheme { area, .. })
        | (Act::RenewKeys | Act::AnswerArea, Thing::Area(area)) => actor.is_in(Role::Aic, area),
        (Act::Inspect, Thing::Scheme { area, .. } | Thing::Area(area)) => {
            actor.is_in(Role::Aic, area) || actor.is(Role::Auditor)
        }
        (Act::SeePapers, Thing::Scheme { area, scheme }) => {
            actor.is_in(Role::Aic, area)
                || actor.is(Role::Auditor)
                || actor.grants().contains(&Grant::InScheme(Role::Manager, scheme))
        }
        (Act::OpenOriginal, Thing::Release { area, .. }) => {
            actor.is_in(Role::Aic, area) || actor.is_in(Role::Reviewer, area)
        }
        // An auditor reads the record and each document's digest; what a document shows is not theirs (decision 0031).
        (Act::OpenDocument, Thing::Release { area, requested_by }) => own(requested_by) || reads(area),
        (Act::Hold, Thing::Copy { holder, .. }) => own(holder),
        (Act::SeeCopy, Thing::Copy { area, holder }) => {
            own(holder) || actor.is_in(Role::Aic, area) || actor.is(Role::Auditor)
        }
        (Act::SeeScheme, Thing::Scheme { area, scheme }) => {
            actor.schemes().contains(&scheme)
                || actor.is_in(Role::Aic, area)
                || actor.is(Role::Auditor)
                || actor.is(Role::Administrator)
        }
        (Act::SeeIssues, Thing::Area(area)) | (Act::ReadAuthority, Thing::Release { area, .. }) => {
            reads(area) || actor.is(Role::Auditor)
        }
        (Act::Invite | Act::Suspend, Thing::Scheme { area, .. }) => {
            actor.is_in(Role::Aic, area) || actor.is(Role::Administrator)
        }
        (Act::Invite | Act::ChangeRoles, Thing::Area(_) | Thing::Force)
        | (Act::Suspend | Act::Administer | Act::RenewKeys, Thing::Force) => actor.is(Role::Administrator),
        (Act::ReadLog, Thing::Force) => actor.is(Role::Auditor),
        (Act::SeeRules, Thing::Force) => actor.is(Role::Auditor) || actor.is(Role::Administrator),
        _ => may_in_custody(actor, act, thing),
    }
}

/// The same for what is outside, and for how long records are kept: reviews (K7.9), demands (K8.2), disposal (K9.1).
fn may_in_custody(actor: &Actor, act: Act, thing: Thing) -> bool {
    let ranks =
        |area: AreaId| [Role::Aic, Role::Inspector, Role::Commander].iter().any(|role| actor.is_in(*role, area));
    let audits = actor.is(Role::Auditor);
    // The log is of all areas: whoever could do the same for some area's records (K9.1).
    let anywhere = [Role::Aic, Role::Inspector, Role::Commander].iter().any(|role| actor.is(*role));
    match (act, thing) {
        (Act::Review, Thing::Release { area, .. }) => actor.is_in(Role::Reviewer, area),
        (Act::DecideReview, Thing::Release { area, .. })
        | (Act::AgreeDisposal | Act::KeepLegalHold, Thing::Area(area)) => ranks(area),
        (Act::Demand | Act::ProposeDisposal, Thing::Area(area)) => actor.is_in(Role::Aic, area),
        (Act::SeeDemands, Thing::Area(area)) => {
            actor.is_in(Role::Aic, area) || actor.is_in(Role::Commander, area) || audits
        }
        (Act::SeeRetention, Thing::Area(area)) => ranks(area) || audits,
        (Act::ProposeDisposal, Thing::Force) => actor.is(Role::Aic),
        (Act::AgreeDisposal, Thing::Force) => anywhere,
        (Act::SeeRetention, Thing::Force) => anywhere || audits,
        _ => false,
    }
}

/// The police roles that see an area's releases besides the officer who asked.
const POLICE_READERS: [Role; 4] = [Role::Aic, Role::Reviewer, Role::Inspector, Role::Commander];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    #[test]
    fn nobody_without_a_part_in_the_case_opens_a_picture() {
        let at = Moment::from_millis(0);
        let (area, scheme, me, other) = (
            AreaId::fresh(at, [1; 10]),
            SchemeId::fresh(at, [2; 10]),
            PersonId::fresh(at, [3; 10]),
            PersonId::fresh(at, [4; 10]),
        );
        for role in Role::ALL {
            let grant = Grant::join(role, Some(area), None)
                .or_else(|| Grant::join(role, None, Some(scheme)))
                .or_else(|| Grant::join(role, None, None))
                .unwrap();
            let actor = Actor::Person { id: me, grants: vec![grant] };
            let release = Thing::Release { area, requested_by: other };
            let opens = may(&actor, Act::OpenOriginal, release);
            assert_eq!(opens, matches!(role, Role::Aic | Role::Reviewer), "{role:?}");
            assert!(!may(&actor, Act::Hold, Thing::Copy { area, holder: other }), "{role:?}");
            assert_eq!(may(&actor, Act::Decide, release), role == Role::Aic, "{role:?}");
            // K7.6: who asked for a release that another area makes gains nothing there; its own area loses nothing.
            let linked = Thing::Linked { area, requested_by: me };
            let there = Actor::Person { id: me, grants: vec![] };
            for (act, _) in Act::ALL {
                assert!(!may(&there, *act, linked), "{act:?}");
                assert_eq!(may(&actor, *act, linked), may(&actor, *act, release), "{role:?} {act:?}");
            }
        }
        assert!(!may(&Actor::Portal, Act::Hold, Thing::Copy { area, holder: me }));
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod table_tests;
