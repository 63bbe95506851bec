//! A correction of the words of a live release, and what becomes of a holder's report (K8.7).
//!
//! Promises: new words meet the rules that the old ones met, and so does what holders are told. Absent on purpose: photographs, whose
//! source is proved for a whole release (K5): another picture is a new release; the time limit, which no correction moves (K7.8).

use crate::content;
use crate::refusal::Refusal;
use crate::release::material::{Indication, Leaving};
use crate::words::{Line, Prose};

/// Reports of one copy that may wait for an answer at the same time.
pub const REPORTS_MAX: usize = 5;

/// A correction, with the facts its rules need.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The version it makes; the first words are version 1.
    pub revision: i64,
    /// Everything that would leave in words, exactly as it would.
    pub words: String,
    /// The name that would leave; empty: none.
    pub name: Line,
    /// Why it is needed (K8.3).
    pub name_why: Prose,
    /// What wording like a conviction is (K8.4), where there is any.
    pub indication: Option<Indication>,
    /// The person was told in writing before (O3.2.3).
    pub noticed: bool,
    /// Instructions to managers were given with the old words and are left out now (K7.4).
    pub instructions_lost: bool,
    /// What changed, as holders read it.
    pub changed: Prose,
    /// Why; stays with the police.
    pub reason: Prose,
    /// Words and warning are those in force.
    pub same: bool,
}

impl Correction {
    /// Every unmet rule.
    pub fn check(&self) -> Vec<Refusal> {
        let mut why = Vec::new();
        if self.words.is_empty() {
            why.push(Refusal::NoWordsLeft);
        } else if self.same {
            why.push(Refusal::NothingCorrected);
        }
        let leaving = Leaving { words: &self.words, named: !self.name.is_empty(), noticed: self.noticed };
        why.extend(leaving.check(&self.name_why, self.indication));
        if self.instructions_lost {
            why.push(Refusal::NoInstructions);
        }
        if self.changed.is_empty() {
            why.push(Refusal::ChangeNotTold);
        }
        why.extend(for_holders("changed", self.changed.as_str()));
        // The name is justified for the sealed words, not for what stands beside them.
        let named = content::named(self.changed.as_str(), self.name.as_str());
        why.extend(named.map(|words| Refusal::NotForHolders { field: "changed", words }));
        if self.reason.is_empty() {
            why.push(Refusal::ReasonMissing);
        }
        why
    }
}

/// What words meant for holders, outside the sealed ones, may not say; `field`: where they were typed.
pub fn for_holders(field: &'static str, words: &str) -> Vec<Refusal> {
    let found = content::leaks(words).into_iter().filter_map(|refusal| match refusal {
        Refusal::AddressInText { words } | Refusal::PncInText { words } => Some(words),
        _ => None,
    });
    let found = found.chain(content::conviction_like(words));
    found.map(|words| Refusal::NotForHolders { field, words }).collect()
}

/// What became of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReportOutcome {
    /// The words were corrected.
    Corrected,
    /// They stand.
    Unchanged,
    /// The release was recalled.
    Recalled,
}

impl ReportOutcome {
    /// Each with its stored word and what a page says.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Corrected, "corrected", "The words were corrected"),
        (Self::Unchanged, "unchanged", "Nothing is changed"),
        (Self::Recalled, "recalled", "The release was recalled"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(_, word, _)| word)
    }

    /// What a page says.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(.., title)| title)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(one, ..)| *one)
    }
}

/// A co-ordinator's answer to a report, with the facts its rules need.
#[derive(Clone, Debug)]
pub struct ReportAnswer {
    /// Which report.
    pub report: String,
    /// What was decided; `None`: nothing was chosen.
    pub outcome: Option<ReportOutcome>,
    /// Why; stays with the police.
    pub reason: Prose,
    /// What the holder is told.
    pub answer: Prose,
    /// It was answered before.
    pub answered: bool,
    /// The words were corrected after the report came.
    pub corrected_since: bool,
    /// The release is recalled or voided.
    pub recalled: bool,
}

impl ReportAnswer {
    /// Every unmet rule.
    pub fn check(&self) -> Vec<Refusal> {
        if self.answered {
            return vec![Refusal::ReportAnswered];
        }
        let mut why = Vec::new();
        match self.outcome {
            None => why.push(Refusal::NoReportOutcome),
            Some(ReportOutcome::Corrected) if !self.corrected_since => why.push(Refusal::NotCorrectedYet),
            Some(ReportOutcome::Recalled) if !self.recalled => why.push(Refusal::NotRecalledYet),
            Some(_) => {}
        }
        if self.reason.is_empty() {
            why.push(Refusal::ReasonMissing);
        }
        if self.answer.is_empty() {
            why.push(Refusal::NoAnswerToHolder);
        }
        why.extend(for_holders("answer", self.answer.as_str()));
        why
    }
}

#[cfg(test)]
#[path = "correction_tests.rs"]
mod tests;
