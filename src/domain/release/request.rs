//! What an officer asks for (K7.7): the words that would leave, where the photograph comes from, and why.
//!
//! Rows K5.1–5.4, K6.2.2, K6.2.3, K8.3–8.5 as far as the officer answers for them. A text-only request skips K5.

use serde::{Deserialize, Serialize};

use crate::content;
use crate::refusal::Refusal;
use crate::words::{Line, Prose};

/// The closed list of purposes (K6.2.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the policy's own; `title` spells them out")]
pub enum Purpose {
    Protection,
    Prevention,
    Detection,
    Investigation,
    Apprehension,
}

impl Purpose {
    /// Every purpose with its stored word and the words a page shows.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Protection, "protection", "Protection of the public"),
        (Self::Prevention, "prevention", "Prevention of crime"),
        (Self::Detection, "detection", "Detection of crime"),
        (Self::Investigation, "investigation", "Investigation of alleged offences"),
        (Self::Apprehension, "apprehension", "Apprehension of suspects"),
    ];

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(purpose, _, _)| *purpose)
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(purpose, _, _)| *purpose == self).map_or("", |(_, _, title)| title)
    }
}

/// Where the photographs come from (K5.1–5.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Source {
    /// They are custody photographs under PACE Code D, and nothing else.
    pub custody: bool,
    /// The person was brought to justice or cautioned for the offence they were taken for.
    pub justice: bool,
    /// Their Genesis/Athena reference.
    pub reference: Line,
}

/// The request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The police's own title for it; stays with the police.
    pub title: Line,
    /// Where the photographs come from; asked only when there are any.
    pub source: Source,
    /// The locality the grounds are about (K6.2.2).
    pub locality: Line,
    /// Why it is asked for; stays with the police.
    pub reasons: Prose,
    /// The purposes (K6.2.3).
    pub purposes: Vec<Purpose>,
    /// There is danger: the bulletin says "Do not approach, call the police" (K8.5).
    pub danger: bool,
    /// A name was put into the words that would leave (K8.3).
    pub named: bool,
}

impl Request {
    /// The rules an officer's request must meet before it reaches the co-ordinator. `words` is everything that would leave,
    /// exactly as it would: any name included (K8.3, K8.5).
    pub fn check(&self, photographs: usize, words: &str) -> Vec<Refusal> {
        let mut why = self.source_rules(photographs);
        if photographs == 0 && words.is_empty() {
            why.push(Refusal::NoPhotographOrText);
        }
        if self.locality.is_empty() {
            why.push(Refusal::NoLocality);
        }
        if self.purposes.is_empty() {
            why.push(Refusal::NoPurpose);
        }
        if self.reasons.is_empty() {
            why.push(Refusal::ReasonMissing);
        }
        why.extend(content::leaks(words));
        why
    }

    /// K5.1, K5.2: only custody photographs, only after justice or a caution, only with their reference.
    fn source_rules(&self, photographs: usize) -> Vec<Refusal> {
        let mut why = Vec::new();
        if photographs > 0 {
            if !self.source.custody {
                why.push(Refusal::NotCustody);
            }
            if !self.source.justice {
                why.push(Refusal::NotBroughtToJustice);
            }
            if self.source.reference.is_empty() {
                why.push(Refusal::NoImageReference);
            }
        }
        why
    }
}
