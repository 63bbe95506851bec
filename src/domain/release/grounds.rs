//! The legal basis and the grounds (K6.1, K6.2.2, K6.2.3).

use crate::moment::{Day, Moment};
use crate::numbers::Numbers;
use crate::refusal::Refusal;
use crate::words::{Line, Prose};

/// The legal basis (K6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// Hellewell (1995) and North Wales (1998).
    CommonLaw,
    /// Crime and Disorder Act 1998 s.115.
    Section115,
}

/// What the suspicion rests on (K6.2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroundsKind {
    /// Current documented intelligence.
    Intelligence,
    /// A past reprimand, caution or conviction and nothing else: refused.
    PastOnly,
}

/// The part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Grounds {
    /// The legal basis (K6.1).
    pub basis: Option<Basis>,
    /// What they rest on.
    pub kind: Option<GroundsKind>,
    /// In words.
    pub words: Prose,
    /// The intelligence report's reference.
    pub reference: Line,
    /// Its date.
    pub dated: Option<Day>,
    /// Why not disclosing would prejudice the purpose (K6.2.3).
    pub prejudice: Prose,
}

impl Grounds {
    /// Every unmet rule at `now`, by these numbers.
    pub fn check(&self, numbers: &Numbers, now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        if self.basis.is_none() {
            why.push(Refusal::NoLegalBasis);
        }
        match self.kind {
            Some(GroundsKind::PastOnly) => why.push(Refusal::PastConvictionAlone),
            Some(GroundsKind::Intelligence) if !self.words.is_empty() && !self.reference.is_empty() => {}
            _ => why.push(Refusal::NoCurrentIntelligence),
        }
        let oldest = numbers.oldest_current(now);
        match self.dated {
            None => why.push(Refusal::NoCurrentIntelligence),
            Some(day) if day > now.day() => why.push(Refusal::IntelligenceInFuture),
            Some(day) if day < oldest => why.push(Refusal::IntelligenceStale { since: oldest }),
            Some(_) => {}
        }
        why.dedup();
        if self.prejudice.is_empty() {
            why.push(Refusal::NoPrejudice);
        }
        why
    }
}
