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
    #[expect(clippy::unused_self, reason = "its first refusal is still to come")]
    pub(super) fn about_retention(&self) -> Option<Said> {
        None
    }
}
