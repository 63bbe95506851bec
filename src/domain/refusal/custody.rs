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
    pub(super) fn about_demands(&self) -> Option<Said> {
        Some(match self {
            Self::DeadlinePast => ("deadline-past", "K8.2", "due", "This day is over. Choose today or a later day."),
            Self::NothingDemanded => ("nothing-demanded", "K8.2", "statement", "Nothing is held there that could be demanded: every copy has ended, and its end is confirmed."),
            Self::Demanded => ("demanded", "K8.2", "", "The police demanded this copy back. Surrender or destroy what you hold and confirm it."),
            Self::ConfirmationAnswered => ("confirmation-answered", "K8.2", "statement", "This confirmation was answered already, or the holder has confirmed anew. Look at the page again."),
            Self::NotAllAccepted => ("not-all-accepted", "K8.2", "", "The certificate of the release is given once the police have accepted the end of every copy."),
            _ => return None,
        })
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
    #[expect(clippy::unused_self, reason = "its first refusal is still to come")]
    pub(super) fn about_retention(&self) -> Option<Said> {
        None
    }
}
