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
    pub(super) fn about_prints(&self) -> Option<Said> {
        Some(match self {
            Self::PrintsNotJustified => ("no-print-reason", "O3.2.1", "prints_why", "Enter why prints are needed, or allow none."),
            Self::NoPrinter => ("no-printer", "O3.2.1", "prints_by", "Select who prints them."),
            Self::PrintedAlready => ("printed-already", "O3.2.1", "", "This sheet was opened for printing already. If the print failed, ask the Area Intelligence Co-ordinator to free it."),
            Self::NotPrintedYet => ("not-printed-yet", "O3.2.1", "", "This sheet has not been opened for printing, so that is not possible yet."),
            Self::CarriedOutOfTime => ("carried-out-of-time", "O3.2.1", "received_date", "A sheet leaves after it was printed and is received after it left, neither in the future. Check the dates and times."),
            Self::NoSuccessor => ("no-successor", "K7.3", "successor", "Choose somebody else who receives for this scheme, or nobody."),
            Self::LeftScheme => ("left-scheme", "K7.3", "", "You do not receive for this scheme any more. Surrender or destroy what you hold of it and confirm it."),
            _ => return None,
        })
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
