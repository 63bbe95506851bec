//! What would leave: where the photograph comes from (K5), the name (K8.3), wording like a conviction (K8.4).

use crate::content;
use crate::moment::{Day, Moment};
use crate::refusal::Refusal;
use crate::words::{Line, Prose};

/// What wording that reads like a conviction is, in the co-ordinator's view. There is no third answer: K8.4 forbids the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Indication {
    /// An indication of the offences likely to be committed (K8.4).
    Likely,
    /// The offence that gave rise to the notice to the person (O3.2.3).
    NoticeOffence,
}

/// The part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Material {
    /// They are custody photographs under PACE Code D, and nothing else (K5.1).
    pub custody: bool,
    /// The person was brought to justice or cautioned for the offence they were taken for (K5.2).
    pub justice: bool,
    /// Which offence that was.
    pub offence: Line,
    /// Their Genesis/Athena reference (K5.2).
    pub reference: Line,
    /// The day on which their destruction falls due (K5.1.1); `None`: none is known.
    pub destroy_on: Option<Day>,
    /// The written justification of a name, where the request has one (K8.3).
    pub name_why: Prose,
    /// What wording like a conviction is (K8.4), where there is any.
    pub indication: Option<Indication>,
    /// Digest of the words and photographs that this part was saved about; others are to be considered anew.
    pub subject: String,
}

impl Material {
    /// Every unmet rule at `now`. `photographs`: how many; `subject`: digest of the words and photographs as this part records it;
    /// `leaving`: all that would leave in words.
    pub fn check(&self, photographs: usize, subject: &str, leaving: &Leaving<'_>, now: Moment) -> Vec<Refusal> {
        let mut why = self.source(photographs, now);
        if self.subject != subject {
            why.push(Refusal::WordsNotConsidered);
        }
        why.extend(leaving.check(&self.name_why, self.indication));
        why
    }

    /// K5.1, K5.2, K5.1.1: only custody photographs, only after justice or a caution, with their reference, not past destruction.
    fn source(&self, photographs: usize, now: Moment) -> Vec<Refusal> {
        let mut why = Vec::new();
        if photographs == 0 {
            return why;
        }
        if !self.custody {
            why.push(Refusal::NotCustody);
        }
        if !self.justice || self.offence.is_empty() {
            why.push(Refusal::NotBroughtToJustice);
        }
        if self.reference.is_empty() {
            why.push(Refusal::NoImageReference);
        }
        if let Some(day) = self.destroy_on.filter(|day| *day <= now.day()) {
            why.push(Refusal::ImageDestructionDue { since: day });
        }
        why
    }
}

/// Words that would leave, the first and the corrected.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// All of them, exactly as they would.
    pub words: &'a str,
    /// A name is among them.
    pub named: bool,
    /// The person was told in writing (O3.2.3): only then is there a notice with an offence of its own.
    pub noticed: bool,
}

impl Leaving<'_> {
    /// What any words must meet: K8.3, K8.4, K8.5. `name_why`, `indication`: what the co-ordinator says of them.
    pub(crate) fn check(self, name_why: &Prose, indication: Option<Indication>) -> Vec<Refusal> {
        let mut why = Vec::new();
        if self.named && name_why.is_empty() {
            why.push(Refusal::NameNotJustified);
        }
        let found = content::conviction_like(self.words);
        let explained = match indication {
            Some(Indication::Likely) => true,
            Some(Indication::NoticeOffence) => self.noticed,
            None => false,
        };
        if !found.is_empty() && !explained {
            why.push(Refusal::ConvictionInText { words: found.join("”, “") });
        }
        why.extend(content::leaks(self.words));
        why
    }
}
