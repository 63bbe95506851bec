//! What may be asked of a release.

use crate::moment::Moment;
use crate::release::review::{NoticeEnd, ReviewPart, Reviewed, Shortening, Verdict};
use crate::release::{Case, Correction, Part, Question, ReportAnswer, Request};
use crate::words::Prose;

/// An order, with the facts its rules need as they stand inside the same transaction.
#[derive(Clone, Debug)]
pub enum Order {
    /// The officer sends what they wrote, or what they mended (K7.7).
    Submit(Box<Submission>),
    /// The co-ordinator asks the officer for more.
    Return {
        /// What is missing; the officer sees it.
        reason: Prose,
    },
    /// The co-ordinator saves a part of the decision.
    Save(Part),
    /// Representations of the person are put on record (O3.2.3).
    Represent {
        /// When they were received.
        received_at: Moment,
        /// What they say.
        words: Prose,
    },
    /// Whoever has the rank answers a question (O3.2.3, O3.2.4).
    Rule {
        /// Which.
        question: Question,
        /// Disclosure may go on.
        disclose: bool,
        /// Why; kept on the record of sharing.
        reasons: Prose,
        /// It waits for an answer.
        open: bool,
    },
    /// The person was told in writing what was decided on their representations (O3.2.3).
    Tell {
        /// When.
        told_at: Moment,
        /// When it was decided; `None`: it was not.
        decided_at: Option<Moment>,
    },
    /// The co-ordinator authorises (K7.7.1).
    Authorise(Box<Case>),
    /// The co-ordinator refuses the request.
    Refuse {
        /// Why; kept (K6.4.1).
        reason: Prose,
    },
    /// The officer takes the request back.
    Withdraw {
        /// Why; kept.
        reason: Prose,
    },
    /// The co-ordinator voids a number issued in error (K8.3).
    Void {
        /// Why; it stays in the register.
        reason: Prose,
        /// Somebody has opened a copy: then it is a matter of a recall.
        opened: bool,
    },
    // Corrections
    /// The co-ordinator corrects the words (K8.7).
    Correct(Box<Correction>),
    /// The co-ordinator answers a holder's report (K8.7).
    AnswerReport(Box<ReportAnswer>),
    /// The co-ordinator calls every copy back (K8.2).
    Recall {
        /// Why; kept.
        reason: Prose,
    },
    // Reviews
    /// The reviewer saves a part of a review (K7.9).
    SaveReview(ReviewPart),
    /// The reviewer signs a review (K7.9).
    Review(Box<Reviewed>),
    /// A signed review is decided (K7.9).
    Conclude(Box<Verdict>),
    /// The co-ordinator brings the limit forward (K7.8).
    Shorten(Box<Shortening>),
    /// An exclusion notice ended before its day (K7.8).
    NoticeEnded(Box<NoticeEnd>),
}

/// A request as it is sent.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What is asked.
    pub request: Request,
    /// Everything that would leave in words; empty if there is nothing.
    pub words: String,
    /// How many photographs.
    pub photographs: usize,
}
