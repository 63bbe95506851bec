//! A release: an officer's request, the co-ordinator's decision on it, and what became of it.
//!
//! Every change passes [`Release::decide`]. **Time is not a stage**: a live release has a limit, and [`Standing::closed`]
//! compares it with `now`, so the limit bites at its millisecond whether or not any job has run (K7.8).

pub mod case;
pub mod correction;
pub mod decide;
pub mod grounds;
pub mod material;
pub mod notice;
pub mod order;
pub mod outcome;
pub mod part;
pub mod recipients;
pub mod records;
pub mod request;
pub mod review;
pub mod risk;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::ids::{AreaId, PersonId, ReleaseId};
use crate::moment::Moment;
use crate::refusal::Refusal;
pub use case::{Case, Considered};
pub use correction::{Correction, ReportAnswer};
pub use decide::Decision;
pub use notice::{Question, Ruling};
pub use order::Order;
pub use part::Part;
pub use request::Request;
pub use review::{ReviewOutcome, ReviewPart};

/// Where a release is in its life, with the facts true there and no others. Reasons are words of the case: they stand in its
/// sealed file, not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum Stage {
    /// Being written by the officer; nobody else sees it.
    Draft,
    /// Waiting for the co-ordinator.
    Requested,
    /// Back with the officer: the co-ordinator asked for more.
    Returned {
        /// By whom.
        by: PersonId,
        /// When.
        at: Moment,
    },
    /// Refused, or withdrawn by the officer who asked.
    Closed {
        /// By whom.
        by: PersonId,
        /// When.
        at: Moment,
    },
    /// Authorised; open to its recipients until the limit.
    Live(Authority),
    /// Issued in error and never opened: the number stays in the register with its reason (K8.3).
    Voided {
        /// The authority that was.
        authority: Authority,
        /// By whom.
        by: PersonId,
        /// When.
        at: Moment,
    },
    /// Called back (K8.2).
    Recalled {
        /// The authority that was.
        authority: Authority,
        /// By whom.
        by: PersonId,
        /// When.
        at: Moment,
    },
}

/// The authority of a release (forms 3795 and 3796).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The co-ordinator.
    pub by: PersonId,
    /// When; the limit is counted from here, until a review is decided.
    pub at: Moment,
    /// The unique reference number, as printed.
    pub urn: String,
    /// From this instant nobody outside opens it.
    pub until: Moment,
}

impl Stage {
    /// The stored word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Requested => "requested",
            Self::Returned { .. } => "returned",
            Self::Closed { .. } => "closed",
            Self::Live(_) => "live",
            Self::Voided { .. } => "voided",
            Self::Recalled { .. } => "recalled",
        }
    }

    /// The authority, once there was one.
    pub fn authority(&self) -> Option<&Authority> {
        match self {
            Self::Live(authority) | Self::Recalled { authority, .. } | Self::Voided { authority, .. } => {
                Some(authority)
            }
            Self::Draft | Self::Requested | Self::Returned { .. } | Self::Closed { .. } => None,
        }
    }
}

/// A release as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Which.
    pub id: ReleaseId,
    /// Whose.
    pub area: AreaId,
    /// The officer who asked.
    pub requested_by: PersonId,
    /// When they asked.
    pub requested_at: Moment,
    /// Where it is.
    pub stage: Stage,
    /// The other area's release that this one follows (K7.6).
    pub origin: Option<ReleaseId>,
    /// Who asked for the releases that it follows, nearest first: they are no stranger to it either (K7.7).
    pub askers: Vec<PersonId>,
    /// Counts every change; the store swaps only what it read.
    pub version: i64,
}

/// What a holder's gate needs to know of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not authorised, or closed.
    NotLive,
    /// Authorised until this instant.
    Live {
        /// The limit.
        until: Moment,
    },
    /// Called back at this instant.
    Recalled {
        /// When.
        at: Moment,
    },
}

impl Standing {
    /// Why it is closed at `now`; empty when it is open.
    pub fn closed(self, now: Moment) -> Vec<Refusal> {
        match self {
            Self::NotLive => vec![Refusal::NotLive],
            Self::Recalled { at } => vec![Refusal::Recalled { at }],
            Self::Live { until } if now >= until => vec![Refusal::LimitReached { at: until }],
            Self::Live { .. } => Vec::new(),
        }
    }
}

impl Release {
    /// Where it stands for its holders.
    pub fn standing(&self) -> Standing {
        match &self.stage {
            Stage::Draft | Stage::Requested | Stage::Returned { .. } | Stage::Closed { .. } => Standing::NotLive,
            Stage::Live(authority) => Standing::Live { until: authority.until },
            Stage::Recalled { at, .. } | Stage::Voided { at, .. } => Standing::Recalled { at: *at },
        }
    }

    /// The word a page shows at `now`: a live release past its limit is "expired".
    pub fn word(&self, now: Moment) -> &'static str {
        match &self.stage {
            Stage::Live(authority) if now >= authority.until => "expired",
            stage => stage.word(),
        }
    }

    /// Whether `by` asked for it, here or in an area that it came from: then it is not theirs to decide (K7.7).
    pub fn asked_by(&self, by: &Actor) -> bool {
        by.person().is_some_and(|person| person == self.requested_by || self.askers.contains(&person))
    }

    /// The object word of its leaves.
    pub fn object(&self) -> String {
        format!("release/{}", self.id)
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod walk_tests;

#[cfg(test)]
#[path = "word_tests.rs"]
mod word_tests;
