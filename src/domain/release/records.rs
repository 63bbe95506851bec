//! Where this sharing is written down elsewhere (O3.2.1, O3.2.2, K7.7.2), and what moves its time limit (K7.8).

use crate::moment::{Day, Moment};
use crate::numbers::Numbers;
use crate::refusal::Refusal;
use crate::release::review::closing;
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
    /// The last day, where the co-ordinator closes it earlier than the formula says (K7.8).
    pub close_on: Option<Day>,
}

impl Records {
    /// The limit of an authority given now: the formula's, or the earlier one that was chosen (K7.8).
    pub fn closes_at(&self, numbers: &Numbers, now: Moment) -> Moment {
        let formula = numbers.closes_at(now, self.exclusion_ends);
        closing(self.close_on, formula, now).unwrap_or(formula)
    }

    /// Every unmet rule at `now`, by these numbers.
    pub fn check(&self, numbers: &Numbers, now: Moment) -> Vec<Refusal> {
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
        if self.close_on.is_some() {
            why.extend(closing(self.close_on, numbers.closes_at(now, self.exclusion_ends), now).err());
        }
        why
    }
}
