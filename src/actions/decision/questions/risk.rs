//! What the part "Risk assessment" asks (K6.2.5, K6.2.6), and whether numbered prints are allowed (O3.2.1).
//!
//! Promise: prints are off unless somebody allows them, and the page says why. Absent on purpose: whether the answers are enough.

use super::{Kind, Option3, Question, YES_NO, ask};

pub(super) const RISK: &[Question] = &[
    ask("risk_confidentiality", "Confidentiality and sensitivity", "K6.2.5", Kind::Prose, ""),
    ask("risk_level", "Level of risk", "K6.2.5", Kind::Prose, "Ethical, personal and operational"),
    ask("risk_purpose", "Purpose of the disclosure", "K6.2.5", Kind::Prose, ""),
    ask("risk_conditions", "Special conditions", "K6.2.5", Kind::Prose, "“None” if there are none"),
    ask("risk_harm", "Possible harm to the person", "K6.2.5", Kind::Prose, ""),
    ask("risk_found", "Did you find a risk?", "K6.2.6", Kind::Choice(YES_NO), ""),
    ask("risk_plan", "Plan to manage it", "K6.2.6", Kind::Prose, "Only if you found one"),
    ask("risk_immunity", "Public interest immunity (optional)", "K6.2.6", Kind::Prose, "What would need it, and why"),
    ask(
        "prints",
        "Numbered prints allowed for each recipient (optional)",
        "O3.2.1",
        Kind::Choice(PRINTS),
        "Off unless you allow them. Paper leaves the portal’s sight: no log of who looks at it, and no closing at the time limit. Each print has a number and a mark of its own, and its end is confirmed sheet by sheet.",
    ),
    ask("prints_why", "Why are prints needed?", "O3.2.1", Kind::Prose, "Only if you allow any"),
    ask(
        "prints_by",
        "Who prints them?",
        "O3.2.1",
        Kind::Choice(&[
            ("holder", "Each recipient prints their own", ""),
            (
                "police",
                "You print them, and they are handed over or posted",
                "Who carried and who received each is recorded",
            ),
        ]),
        "Only if you allow any",
    ),
];

/// As many as `domain::limits::PRINTS_MAX`.
const PRINTS: &[Option3] =
    &[("0", "None", ""), ("1", "1", ""), ("2", "2", ""), ("3", "3", ""), ("4", "4", ""), ("5", "5", "")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::limits::PRINTS_MAX;

    #[test]
    fn as_many_prints_are_offered_as_the_policy_bounds() {
        assert_eq!(PRINTS.len(), usize::try_from(PRINTS_MAX).unwrap() + 1);
        assert!(PRINTS.iter().enumerate().all(|(n, (value, ..))| *value == n.to_string()));
    }
}
