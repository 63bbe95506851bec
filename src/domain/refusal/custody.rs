//! What refusals of fixed words say about a copy from its supply until it is confirmed gone (K7.8, K7.9, K8.2), and about how long
//! anything is kept (K9.1).

use crate::refusal::{Refusal, Said};

impl Refusal {
    /// Time limits and their review (K7.8, K7.9).
    #[rustfmt::skip]
    #[expect(clippy::unused_self, reason = "its first refusal is still to come")]
    pub(super) fn about_review(&self) -> Option<Said> {
        None
    }

    /// Demands for surrender or destruction, and what holders confirm (K8.2).
    #[rustfmt::skip]
    #[expect(clippy::unused_self, reason = "its first refusal is still to come")]
    pub(super) fn about_demands(&self) -> Option<Said> {
        None
    }

    /// Numbered prints (O3.2.1), and whoever leaves.
    #[rustfmt::skip]
    #[expect(clippy::unused_self, reason = "its first refusal is still to come")]
    pub(super) fn about_prints(&self) -> Option<Said> {
        None
    }

    /// Inspections of a holder’s storage (K8.2), and telling people.
    #[rustfmt::skip]
    #[expect(clippy::unused_self, reason = "its first refusal is still to come")]
    pub(super) fn about_storage(&self) -> Option<Said> {
        None
    }

    /// How long things are kept, and their disposal (K9.1).
    #[rustfmt::skip]
    pub(super) fn about_retention(&self) -> Option<Said> {
        Some(match self {
            Self::NotEnded => ("not-ended", "K9.1", "fate", "This has not ended, so its period has not begun to run. Nothing can be decided about its disposal yet."),
            Self::LegalHold => ("legal-hold", "K9.1", "fate", "A legal hold stands, so it cannot be disposed of. It can be kept on; or the hold is lifted first."),
            Self::FollowerKept => ("follower-kept", "K7.6", "fate", "Another area’s release follows this one and is still kept. It is disposed of first."),
            Self::ProposedAlready => ("proposed-already", "K9.1", "fate", "Somebody has proposed this already, or two people have agreed. Look at the review again."),
            Self::DisposedAlready => ("disposed-already", "K9.1", "fate", "This was disposed of already."),
            Self::NothingProposed => ("nothing-proposed", "K9.1", "agrees", "Nothing waits for a second person now. Somebody may have decided since you opened this page."),
            Self::OnePersonTwice => ("one-person-twice", "K9.1", "agrees", "You proposed this yourself. Somebody else has to decide."),
            Self::NoFate => ("no-fate", "K9.1", "fate", "Select whether it is disposed of or kept on."),
            Self::KeepYearsUnread => ("keep-years", "K9.1", "years", "Enter for how many years it is kept on, from 1 to 10."),
            Self::HoldLifted => ("hold-lifted", "K9.1", "reason", "This hold was lifted already."),
            Self::NoHoldScope => ("no-hold-scope", "K9.1", "scope", "Select what is held."),
            _ => return None,
        })
    }
}
