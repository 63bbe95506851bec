//! Who receives, and with which instructions (K6.2.1, K6.2.4, K7.3–7.5); other areas (K7.6).

use crate::actor::Role;
use crate::content;
use crate::ids::{AreaId, MemberId, PersonId, SchemeId};
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::scheme::Footing;
use crate::words::Prose;

/// The part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Recipients {
    /// Named one by one, each for a scheme (K6.2.4).
    pub to: Vec<(PersonId, SchemeId)>,
    /// Why they need to know (K6.2.4).
    pub need: Prose,
    /// What a manager may do with it, in words that leave with it (K7.4).
    pub instructions: Prose,
    /// The member businesses to whom a manager may show it (K7.4).
    pub members: Vec<MemberId>,
    /// The person is active in another area too (K7.6); `None`: not answered.
    pub elsewhere: Option<bool>,
    /// In which.
    pub areas: Vec<AreaId>,
    /// What their co-ordinators are told (K7.6).
    pub told: Prose,
}

impl Recipients {
    /// Every unmet rule at `now`. `footings`: where the named stand now; `members`: the schemes of the members to whom it may be shown;
    /// `consulted`: areas whose co-ordinator was consulted.
    pub fn check(&self, footings: &[Footing], members: &[SchemeId], consulted: &[AreaId], now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        if footings.is_empty() {
            why.push(Refusal::NoRecipients);
        }
        for footing in footings {
            for refusal in footing.ineligible(now) {
                if !why.contains(&refusal) {
                    why.push(refusal);
                }
            }
        }
        if self.need.is_empty() {
            why.push(Refusal::NoNeedToKnow);
        }
        let untold = |footing: &Footing| footing.role == Role::Manager && !members.contains(&footing.scheme);
        if self.instructions.is_empty() && footings.iter().any(untold) {
            why.push(Refusal::NoInstructions);
        }
        // What is confirmed under K8.4 is confirmed of the officer's words; instructions say what may be done with them.
        let found = content::conviction_like(self.instructions.as_str());
        if !found.is_empty() {
            why.push(Refusal::ConvictionInInstructions { words: found.join("”, “") });
        }
        // Members are shown it by their own manager, who must have it.
        let has_manager = |scheme: &SchemeId| {
            footings.iter().any(|footing| footing.role == Role::Manager && footing.scheme == *scheme)
        };
        if !members.iter().all(has_manager) {
            why.push(Refusal::MembersUnmanaged);
        }
        match self.elsewhere {
            None => why.push(Refusal::ElsewhereNotAnswered),
            Some(true) if self.areas.is_empty() => why.push(Refusal::ElsewhereNotAnswered),
            Some(true) if self.areas.iter().any(|area| !consulted.contains(area)) => {
                why.push(Refusal::AreaNotConsulted);
            }
            Some(_) => {}
        }
        why
    }
}
