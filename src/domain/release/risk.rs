//! The risk assessment and plan (K6.2.5, K6.2.6, O3.2.5), and the five answers of JAPAN (K6.4).

use crate::print::Prints;
use crate::refusal::Refusal;
use crate::words::Prose;

/// The risk assessment; without it there is no authority.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Risk {
    /// Issues of confidentiality or sensitivity.
    pub confidentiality: Prose,
    /// Level of ethical, personal and operational risk.
    pub level: Prose,
    /// Purpose of the disclosure.
    pub purpose: Prose,
    /// Special conditions.
    pub conditions: Prose,
    /// Possible harm to the person.
    pub harm: Prose,
    /// Whether a risk was found; `None`: not answered.
    pub found: Option<bool>,
    /// The plan to manage it.
    pub plan: Prose,
    /// Whether public interest immunity is needed, and for what.
    pub immunity: Prose,
    /// Numbered prints, off unless they are needed (O3.2.1).
    pub prints: Prints,
}

impl Risk {
    /// Every unmet rule.
    pub fn check(&self) -> Vec<Refusal> {
        let answers = [&self.confidentiality, &self.level, &self.purpose, &self.conditions, &self.harm];
        let mut why = Vec::new();
        if self.found.is_none() || answers.iter().any(|answer| answer.is_empty()) {
            why.push(Refusal::RiskIncomplete);
        }
        if self.found == Some(true) && self.plan.is_empty() {
            why.push(Refusal::NoRiskPlan);
        }
        why
    }
}

/// The JAPAN record.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Japan {
    /// Why it is justified.
    pub justified: Prose,
    /// Under what authority.
    pub authorised: Prose,
    /// Why it is proportionate.
    pub proportionate: Prose,
    /// How it can be audited.
    pub auditable: Prose,
    /// Why it is necessary.
    pub necessary: Prose,
}

impl Japan {
    /// Every unmet rule.
    pub fn check(&self) -> Vec<Refusal> {
        let answers = [&self.justified, &self.authorised, &self.proportionate, &self.auditable, &self.necessary];
        if answers.iter().any(|answer| answer.is_empty()) { vec![Refusal::JapanIncomplete] } else { Vec::new() }
    }
}
