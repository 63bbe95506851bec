//! The whole case, and every rule it must meet before it is authorised (K7.7.1): [`Case::unmet`], part by part.
//!
//! This is the one place that says whether a release is lawful. A page asks it what is still missing; the authority asks it again,
//! inside the transaction that would make the release live.

use crate::ids::{AreaId, SchemeId};
use crate::moment::{Day, Moment};
use crate::numbers::Numbers;
use crate::refusal::Refusal;
use crate::release::grounds::Grounds;
use crate::release::material::{Leaving, Material};
use crate::release::notice::{Notice, Question, Represented, Ruling, Telling};
use crate::release::outcome::Outcome;
use crate::release::part::Part;
use crate::release::recipients::Recipients;
use crate::release::records::Records;
use crate::release::request::Request;
use crate::release::risk::{Japan, Risk};
use crate::scheme::{Footing, runs};
use crate::texts::Versions;
use crate::urn::Urn;

/// What the co-ordinator recorded, part by part. A part that was not saved is empty, and so unmet.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "one field for each `Part`, under its name")]
pub struct Considered {
    pub material: Material,
    pub grounds: Grounds,
    pub risk: Risk,
    pub japan: Japan,
    pub outcome: Outcome,
    pub notice: Notice,
    pub recipients: Recipients,
    pub records: Records,
}

/// Everything the rules need, as it stands now.
#[derive(Clone, Debug)]
pub struct Case {
    /// What was asked.
    pub request: Request,
    /// Everything that would leave in words, exactly as it would; empty if there is nothing.
    pub words: String,
    /// Digest of the officer's words and of the photographs: what the part `material` and every ruling are about; empty if there is
    /// nothing.
    pub subject: String,
    /// How many photographs.
    pub photographs: usize,
    /// What the co-ordinator recorded.
    pub considered: Considered,
    /// When the newest representations of the person were put on record (O3.2.3).
    pub represented: Represented,
    /// What a higher rank decided, oldest first.
    pub rulings: Vec<Ruling>,
    /// The named recipients as they stand now (K6.2.4).
    pub recipients: Vec<Footing>,
    /// The schemes of the members to whom a manager may show it (K7.4), of those that are in the register now.
    pub member_schemes: Vec<SchemeId>,
    /// A member who was ticked has left the register (K7.2).
    pub members_gone: bool,
    /// Somebody named no longer receives for their scheme, or has no keys now.
    pub recipients_gone: bool,
    /// The areas whose co-ordinator was consulted (K7.6).
    pub consulted: Vec<AreaId>,
    /// It follows another area's release, and not all of that is here and compared yet (K7.6).
    pub awaited: bool,
    /// The last day of the force's data protection registration (K8.1).
    pub registration_ends: Option<Day>,
    /// The number it gets: the area's next (K8.3).
    pub urn: Urn,
    /// The policy's numbers in force.
    pub numbers: Numbers,
    /// Which versions of the policy's texts and numbers are in force: kept with the decision.
    pub versions: Versions,
}

impl Case {
    /// Whether a question of this case waits for whoever may answer it (O3.2.3, O3.2.4).
    pub fn asks(&self, question: Question) -> bool {
        question.waits(self.represented, self.considered.outcome.positive, &self.about_it())
    }

    /// The rulings on what would leave now. One on other words or photographs, before the officer changed them, answers nothing
    /// (O3.2.3, O3.2.4).
    fn about_it(&self) -> Vec<Ruling> {
        self.rulings.iter().filter(|ruling| ruling.subject == self.subject).cloned().collect()
    }

    /// Every unmet rule of one part at `now`; empty: the part is complete.
    pub fn unmet_in(&self, part: Part, now: Moment) -> Vec<Refusal> {
        let of = &self.considered;
        match part {
            Part::Material => {
                let noticed = of.notice.telling == Some(Telling::Served);
                let leaving = Leaving { words: &self.words, named: self.request.named, noticed };
                let mut why = of.material.check(self.photographs, &self.subject, &leaving, now);
                if self.awaited {
                    why.push(Refusal::OriginalsAwaited);
                }
                let most = self.numbers.photographs_max();
                if self.photographs > most {
                    why.push(Refusal::TooManyPhotographs { most });
                }
                why
            }
            Part::Grounds => {
                let mut why = of.grounds.check(&self.numbers, now);
                // K6.1, K8.1: releases are lawful only within the force's own registration.
                if !runs(self.registration_ends, now) {
                    why.push(Refusal::RegistrationLapsed);
                }
                why
            }
            Part::Risk => of.risk.check().into_iter().chain(of.risk.prints.check(&self.numbers)).collect(),
            Part::Japan => of.japan.check(),
            Part::Outcome => of.outcome.check(self.photographs, &self.about_it()),
            Part::Notice => {
                let wanted = of.outcome.wanted == Some(true);
                of.notice.check(wanted, self.represented, &self.about_it(), (&self.numbers, now))
            }
            Part::Recipients => {
                let mut why = of.recipients.check(&self.recipients, &self.member_schemes, &self.consulted, now);
                let most = self.numbers.recipients_max();
                if self.recipients.len() > most {
                    why.push(Refusal::TooManyRecipients { most });
                }
                if self.recipients_gone {
                    why.push(Refusal::RecipientGone);
                }
                if self.members_gone {
                    why.push(Refusal::MemberGone);
                }
                why
            }
            Part::Records => of.records.check(&self.numbers, now),
        }
    }

    /// Every unmet rule at `now`, once each: the request's own, then part by part.
    pub fn unmet(&self, now: Moment) -> Vec<Refusal> {
        let parts = Part::ALL.into_iter().flat_map(|(part, ..)| self.unmet_in(part, now));
        let mut why: Vec<Refusal> = Vec::new();
        for refusal in self.request.check(self.photographs, &self.words).into_iter().chain(parts) {
            if !why.contains(&refusal) {
                why.push(refusal);
            }
        }
        why
    }
}
