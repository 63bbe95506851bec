//! Numbered prints (O3.2.1, K7.4, K8.2): a sheet of paper is a copy of its own, with its own mark, its own number, its own end.
//!
//! Promises: none unless the decision allows them, with the reason; a sheet is opened for printing once, until the police free it with
//! a reason. Absent on purpose: a print without a number; making more sheets after authority.

use crate::ids::PersonId;
use crate::moment::Moment;
use crate::numbers::{Number, Numbers};
use crate::refusal::Refusal;
use crate::words::{Line, Prose};

/// Who prints the sheets of a release.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Printer {
    /// Each recipient prints their own.
    Holder,
    /// The police print them, and hand them over or post them (O3.2.1).
    Police,
}

impl Printer {
    /// Reads a stored answer.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "holder" => Some(Self::Holder),
            "police" => Some(Self::Police),
            _ => None,
        }
    }
}

/// What the decision says about prints.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Prints {
    /// So many sheets for each recipient; 0: none.
    pub allowed: u32,
    /// Why they are needed.
    pub why: Prose,
    /// Who prints them.
    pub by: Option<Printer>,
}

impl Prints {
    /// Every unmet rule, with the numbers in force.
    pub fn check(&self, numbers: &Numbers) -> Vec<Refusal> {
        let mut unmet = Vec::new();
        if self.allowed == 0 {
            return unmet;
        }
        let most = numbers.get(Number::PrintsMax);
        if i64::from(self.allowed) > most {
            unmet.push(Refusal::TooManyPrints { most });
        }
        if self.why.is_empty() {
            unmet.push(Refusal::PrintsNotJustified);
        }
        if self.by.is_none() {
            unmet.push(Refusal::NoPrinter);
        }
        unmet
    }

    /// The sheets of one recipient, in their order, none printed.
    pub fn sheets(&self, by: PersonId) -> Vec<Sheet> {
        let printer = (self.by == Some(Printer::Police)).then_some(by);
        (1..=self.allowed).map(|number| Sheet { number, of: self.allowed, printer, printed: false }).collect()
    }
}

/// One sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// Its number, from 1.
    pub number: u32,
    /// Of so many.
    pub of: u32,
    /// Who prints it, where that is not its holder.
    pub printer: Option<PersonId>,
    /// What is asked for was opened for printing since the sheet was last freed.
    pub printed: bool,
}

impl Sheet {
    /// As it stands on the paper.
    pub fn title(self) -> String {
        format!("Sheet {} of {}", self.number, self.of)
    }
}

/// A supply by hand or by post (O3.2.1), as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Who carried it.
    pub carrier: Line,
    /// By hand, or how it was posted.
    pub how: Line,
    /// Who received it.
    pub receiver: Line,
    /// When it left.
    pub left: Moment,
    /// When it was received.
    pub received: Moment,
}

impl Carried {
    /// It left after it was opened for printing, was received after it left, and neither lies in the future. A form has minutes.
    pub fn check(&self, printed: Option<Moment>, now: Moment) -> Vec<Refusal> {
        let Some(printed) = printed else { return vec![Refusal::NotPrintedYet] };
        let early = self.left < printed.plus_millis(-60_000) || self.received < self.left;
        if early || self.left > now || self.received > now { vec![Refusal::CarriedOutOfTime] } else { Vec::new() }
    }
}

/// Whether a sheet may be freed, to be opened for printing once more. One that was carried is out: a second paper would bear its number.
pub fn free(printed: bool, carried: bool, ended: bool, reason: &Prose) -> Result<(), Vec<Refusal>> {
    let mut why = Vec::new();
    if ended {
        why.push(Refusal::KeyDestroyed);
    } else if carried {
        why.push(Refusal::SheetCarried);
    } else if !printed {
        why.push(Refusal::NotPrintedYet);
    }
    if reason.is_empty() {
        why.push(Refusal::ReasonMissing);
    }
    if why.is_empty() { Ok(()) } else { Err(why) }
}

/// Whether the end of a sheet may be confirmed, where whoever prints it is not its holder: of one that was carried, by the holder alone.
pub fn confirms(is_holder: bool, carried: bool) -> Result<(), Vec<Refusal>> {
    if carried && !is_holder { Err(vec![Refusal::SheetCarried]) } else { Ok(()) }
}

/// What keeps somebody from following a leaver (K7.3, K7.4): somebody else is needed, who may receive for the same scheme once the
/// leaver does not any more. The undertaking may be signed later (K8.2.1): nothing is made for them before.
pub fn follows(leaver: PersonId, successor: Option<&crate::scheme::Footing>, now: Moment) -> Vec<Refusal> {
    let Some(footing) = successor else { return vec![Refusal::NoSuccessor] };
    if footing.person == leaver {
        return vec![Refusal::NoSuccessor];
    }
    footing.ineligible(now)
}

#[cfg(test)]
#[path = "print_tests.rs"]
mod tests;
