//! How the case ended, and what follows for the route: a positive outcome (O3.2.3), none (O3.2.4), a wanted person (K6.3).

use crate::refusal::Refusal;
use crate::release::notice::{Question, Ruling};
use crate::words::Line;

/// The part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Outcome {
    /// There was a positive outcome; `None`: not answered.
    pub positive: Option<bool>,
    /// The photographs were taken for another offence, which did end in justice or a caution (O3.2.4 with K5.2).
    pub other_offence: bool,
    /// The person is wanted (K6.3); `None`: not answered.
    pub wanted: Option<bool>,
    /// The reference under policy C02.
    pub c02: Line,
    /// Identification is an issue in the case; `None`: not answered.
    pub identification: Option<bool>,
    /// The record of the consultation with the Crown Prosecution Service: who, when.
    pub cps: Line,
}

impl Outcome {
    /// Every unmet rule: `photographs` how many, `rulings` the decisions that only others may take.
    pub fn check(&self, photographs: usize, rulings: &[Ruling]) -> Vec<Refusal> {
        let mut why = Vec::new();
        match self.positive {
            None => why.push(Refusal::OutcomeNotRecorded),
            Some(true) => {}
            Some(false) => {
                match rulings.iter().rfind(|ruling| ruling.question == Question::NoPositiveOutcome) {
                    None => why.push(Refusal::NoPositiveOutcome),
                    Some(ruling) if !ruling.disclose => why.push(Refusal::OutcomeRuledAgainst { at: ruling.at }),
                    Some(_) => {}
                }
                if photographs > 0 && !self.other_offence {
                    why.push(Refusal::PhotographOfThisOffence);
                }
            }
        }
        why.extend(self.wanted_rules());
        why
    }

    /// K6.3: policy C02, and the Crown Prosecution Service where identification is an issue.
    fn wanted_rules(&self) -> Vec<Refusal> {
        let mut why = Vec::new();
        match self.wanted {
            None => why.push(Refusal::WantedNotAnswered),
            Some(false) => {}
            Some(true) => {
                if self.c02.is_empty() {
                    why.push(Refusal::NoWantedReference);
                }
                match self.identification {
                    None => why.push(Refusal::IdentificationNotAnswered),
                    Some(true) if self.cps.is_empty() => why.push(Refusal::ProsecutorsNotConsulted),
                    Some(_) => {}
                }
            }
        }
        why
    }
}
