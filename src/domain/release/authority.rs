//! What the co-ordinator considers and records before authority: grounds, risk, JAPAN, the notice, the records elsewhere.
//!
//! One refusal for each unmet clause. Absent on purpose, until the complete decision is built: the commander's decision on
//! representations (O3.2.3), the inspector's (O3.2.4), the dispensation (O3.2.5) and the wanted-person route (K6.3). A case
//! that needs one of them is refused; there is no way round.

use serde::{Deserialize, Serialize};

use crate::limits::{CURRENT_INTELLIGENCE_DAYS, REPRESENTATIONS_MS};
use crate::moment::{Day, Moment, days_after};
use crate::refusal::Refusal;
use crate::words::{Line, Prose};

/// The legal basis (K6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Hellewell (1995) and North Wales (1998).
    CommonLaw,
    /// Crime and Disorder Act 1998 s.115.
    Section115,
}

/// What the suspicion rests on (K6.2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroundsKind {
    /// Current documented intelligence.
    Intelligence,
    /// A past reprimand, caution or conviction and nothing else: refused.
    PastOnly,
}

/// The grounds (K6.2.2, K6.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Grounds {
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

/// The risk assessment and plan (K6.2.5, K6.2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
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
    /// A risk was found, so a plan is needed.
    pub found: bool,
    /// The plan, with any need for public interest immunity.
    pub plan: Prose,
}

/// The JAPAN record (K6.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
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

/// Telling the person first (O3.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Notice {
    /// When it was served.
    pub served_at: Option<Moment>,
    /// By whom.
    pub served_by: Line,
    /// How.
    pub how: Line,
    /// Where the document is kept.
    pub document: Line,
    /// The person made representations: only the district commander may decide.
    pub representations: bool,
}

/// Everything on the co-ordinator's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Considered {
    /// The legal basis.
    pub basis: Option<Basis>,
    /// The grounds.
    pub grounds: Grounds,
    /// The risk assessment.
    pub risk: Risk,
    /// JAPAN.
    pub japan: Japan,
    /// The notice to the person.
    pub notice: Notice,
    /// There was a positive outcome (O3.2.3); without one an inspector decides (O3.2.4).
    pub positive_outcome: bool,
    /// The written justification of a name, where the request has one (K8.3).
    pub name_why: Prose,
    /// The K-MIP record of sharing (O3.2.1).
    pub kmip: Line,
    /// The Genesis/Athena record of this release (K7.7.2).
    pub athena: Line,
    /// Its date.
    pub athena_dated: Option<Day>,
    /// The last day of an exclusion notice in force (K7.8).
    pub exclusion_ends: Option<Day>,
}

impl Considered {
    /// Every unmet rule, at `now`. `named`: the request puts a name into the words that leave.
    pub fn check(&self, named: bool, now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        let mut need = |met: bool, refusal: Refusal| {
            if !met {
                why.push(refusal);
            }
        };
        need(self.basis.is_some(), Refusal::NoLegalBasis);
        need(self.risk.complete(), Refusal::RiskIncomplete);
        need(!self.risk.found || !self.risk.plan.is_empty(), Refusal::NoRiskPlan);
        need(self.japan.complete(), Refusal::JapanIncomplete);
        need(self.positive_outcome, Refusal::NoPositiveOutcome);
        need(!named || !self.name_why.is_empty(), Refusal::NameNotJustified);
        need(!self.kmip.is_empty(), Refusal::NoSharingRecord);
        // A record dated in the future does not exist yet.
        let recorded = self.athena_dated.is_some_and(|day| day <= now.day());
        need(!self.athena.is_empty() && recorded, Refusal::NoAthenaRecord);
        why.extend(self.grounds.check(now));
        why.extend(self.notice.check(now).err());
        why
    }
}

impl Grounds {
    fn check(&self, now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        match self.kind {
            Some(GroundsKind::PastOnly) => why.push(Refusal::PastConvictionAlone),
            Some(GroundsKind::Intelligence) if !self.words.is_empty() && !self.reference.is_empty() => {}
            _ => why.push(Refusal::NoCurrentIntelligence),
        }
        let oldest = days_after(now.day(), -CURRENT_INTELLIGENCE_DAYS);
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

impl Risk {
    fn complete(&self) -> bool {
        [&self.confidentiality, &self.level, &self.purpose, &self.conditions, &self.harm]
            .iter()
            .all(|answer| !answer.is_empty())
    }
}

impl Japan {
    fn complete(&self) -> bool {
        [&self.justified, &self.authorised, &self.proportionate, &self.auditable, &self.necessary]
            .iter()
            .all(|answer| !answer.is_empty())
    }
}

impl Notice {
    /// Served in writing, on record, 72 hours ago to the millisecond, and nobody objected (O3.2.3).
    fn check(&self, now: Moment) -> Result<(), Refusal> {
        let Some(served) = self.served_at else { return Err(Refusal::NoticeNotServed) };
        if self.served_by.is_empty() || self.how.is_empty() || self.document.is_empty() {
            return Err(Refusal::NoticeNotServed);
        }
        if served > now {
            return Err(Refusal::NoticeInFuture);
        }
        if self.representations {
            return Err(Refusal::RepresentationsUndecided);
        }
        let until = served.plus_millis(REPRESENTATIONS_MS);
        if now < until { Err(Refusal::NoticeStillRunning { until }) } else { Ok(()) }
    }
}
