//! Where this sharing is written down elsewhere (O3.2.1, O3.2.2, K7.7.2), and what moves its time limit (K7.8).

use crate::moment::{Day, Moment};
use crate::refusal::Refusal;
use crate::words::Line;

/// The part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Records {
    /// The K-MIP record of sharing (O3.2.1).
    pub kmip: Line,
    /// It is complete.
    pub kmip_complete: bool,
    /// It is attached to the Athena record, titled "information sharing" and the organisation (O3.2.2).
    pub attached: bool,
    /// The Genesis/Athena record of this release (K7.7.2).
    pub athena: Line,
    /// Its date.
    pub athena_dated: Option<Day>,
    /// The last day of an exclusion notice in force (K7.8).
    pub exclusion_ends: Option<Day>,
}

impl Records {
    /// Every unmet rule at `now`.
    pub fn check(&self, now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        if self.kmip.is_empty() || !self.kmip_complete {
            why.push(Refusal::NoSharingRecord);
        }
        if !self.attached {
            why.push(Refusal::SharingRecordNotAttached);
        }
        // A record dated in the future does not exist yet.
        let recorded = self.athena_dated.is_some_and(|day| day <= now.day());
        if self.athena.is_empty() || !recorded {
            why.push(Refusal::NoAthenaRecord);
        }
        why
    }
}
