//! What refusals of fixed words say about a copy from its supply until it is confirmed gone (K7.8, K7.9, K8.2), and about how long
//! anything is kept (K9.1).

use crate::refusal::{Refusal, Said};

impl Refusal {
    /// Time limits and their review (K7.8, K7.9).
    #[rustfmt::skip]
    pub(super) fn about_review(&self) -> Option<Said> {
        Some(match self {
            Self::NotReviewer => ("not-reviewer", "K7.9", "", "Only a reviewing officer of this area reviews its releases."),
            Self::NoFindings => ("no-findings", "K7.9", "grounds", "Enter what current intelligence shows, even if it shows nothing."),
            Self::IntelligenceNotNew => ("intelligence-not-new", "K7.9", "intelligence_reference", "The release rested on this report already. Give the reference of intelligence that has come since, or recommend that the release ends."),
            Self::NobodyNeedsIt => ("nobody-needs-it", "K6.2.4", "still_need", "Tick each recipient who still needs it. If nobody does, recommend that the release is withdrawn."),
            Self::NothingAdvised => ("nothing-advised", "K7.9", "advised", "Choose what you recommend."),
            Self::ReviewedByAuthoriser => ("own-authority", "K7.9", "", "You authorised this release or decided an earlier review of it, so somebody else reviews it."),
            Self::DecidedByReviewer => ("own-review", "K7.9", "", "You reviewed this release, so somebody else decides on the review."),
            Self::NoReviewWaits => ("no-review-waits", "K7.9", "", "No signed review of this release waits for a decision. Look at the release again."),
            Self::NoReviewOutcome => ("no-review-outcome", "K7.9", "answer", "Choose what is decided."),
            Self::NoEnactment => ("no-enactment", "K7.9", "enactment", "Name the enactment by which you decide in the co-ordinator’s place, with its section. Without one the co-ordinator decides."),
            Self::NoLimitDay => ("no-limit-day", "K7.8", "close_on", "Enter the last day on which it can be opened."),
            Self::LimitInPast => ("limit-past", "K7.8", "close_on", "This day is past. Enter today or a later day. To end it now, recall it."),
            Self::NoNoticeOnRecord => ("no-notice", "K7.8", "", "No exclusion notice is on record here, so none can have ended early."),
            Self::NoticeEndMissing => ("notice-end-missing", "K7.8", "ended", "Enter the last day on which the notice was in force."),
            Self::NoticeEndInFuture => ("notice-end-future", "K7.8", "ended", "This day is in the future. Record the end of a notice once it has ended."),
            Self::NoticeEndNotEarlier => ("notice-end-not-earlier", "K7.8", "ended", "The notice was to run to this day or an earlier one anyway. Nothing changes."),
            Self::ReviewBegunAnew => ("review-changed", "K7.9", "", "This review has changed since you opened the page: somebody saved a part, signed it or decided it. Look at it again."),
            _ => return None,
        })
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
    pub(super) fn about_prints(&self) -> Option<Said> {
        Some(match self {
            Self::PrintsNotJustified => ("no-print-reason", "O3.2.1", "prints_why", "Enter why prints are needed, or allow none."),
            Self::NoPrinter => ("no-printer", "O3.2.1", "prints_by", "Select who prints them."),
            Self::PrintedAlready => ("printed-already", "O3.2.1", "", "This sheet was opened for printing already. If the print failed, ask the Area Intelligence Co-ordinator to free it."),
            Self::NotPrintedYet => ("not-printed-yet", "O3.2.1", "", "This sheet has not been opened for printing, so that is not possible yet."),
            Self::CarriedOutOfTime => ("carried-out-of-time", "O3.2.1", "received_date", "A sheet leaves after it was printed and is received after it left, neither in the future. Check the dates and times."),
            Self::SheetCarried => ("sheet-carried", "O3.2.1", "", "This sheet was carried to its recipient: there is one paper of it already, and its recipient confirms what becomes of it."),
            Self::NoSuccessor => ("no-successor", "K7.3", "successor", "Choose somebody else who receives for this scheme, or nobody."),
            Self::LeftScheme => ("left-scheme", "K7.3", "", "You do not receive for this scheme any more. Surrender or destroy what you hold of it and confirm it."),
            _ => return None,
        })
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
            Self::EndedAnew => ("ended-anew", "K9.1", "agrees", "It ended anew since this was proposed. Select that you do not agree: then it is proposed again, about that end."),
            Self::NoFate => ("no-fate", "K9.1", "fate", "Select whether it is disposed of or kept on."),
            Self::KeepYearsUnread => ("keep-years", "K9.1", "years", "Enter for how many years it is kept on, from 1 to 10."),
            Self::HoldLifted => ("hold-lifted", "K9.1", "reason", "This hold was lifted already."),
            Self::NoHoldScope => ("no-hold-scope", "K9.1", "scope", "Select what is held."),
            _ => return None,
        })
    }
}
