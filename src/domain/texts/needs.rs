//! What a clause requires of its text, and the places in a letter that the portal fills in.

use std::collections::BTreeMap;

use super::Text;
use crate::refusal::Refusal;

macro_rules! slots {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        /// A place in a letter, written `{reference}`, that the portal fills in.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Slot { $($(#[doc = $doc])+ $name),+ }

        impl Slot {
            /// Every place with its meaning.
            pub const ALL: &'static [(Slot, &'static str)] = &[$((Slot::$name, concat!($($doc),+))),+];

            /// As written between the braces.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

slots! {
    /// The reference of the release.
    Reference = "reference";
    /// The area's name.
    Area = "area";
    /// The schemes it is about.
    Scheme = "scheme";
    /// When the notice was served.
    Served = "served";
    /// The end of the time for representations.
    Until = "until";
    /// That time, in hours.
    Hours = "hours";
    /// The offence.
    Offence = "offence";
    /// The person's name.
    Name = "name";
    /// To whom representations go, and how.
    Contact = "contact";
    /// The day of authority.
    Authorised = "authorised";
}

impl Slot {
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().map(|(slot, _)| *slot).find(|slot| slot.word() == word)
    }
}

/// One thing that a clause wants said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// After "The text must": `say that …`.
    pub told: &'static str,
    /// The clause.
    pub clause: &'static str,
    /// Places to fill in that must be there.
    slots: &'static [Slot],
    /// Groups of words: of each group one must be there.
    says: &'static [&'static [&'static str]],
}

const fn place(told: &'static str, clause: &'static str, slots: &'static [Slot]) -> Need {
    Need { told, clause, slots, says: &[] }
}

const fn says(told: &'static str, clause: &'static str, says: &'static [&'static [&'static str]]) -> Need {
    Need { told, clause, slots: &[], says }
}

const ALL_PREMISES: &[&str] = &["all its members", "all of its members", "all members", "every member"];

const HANDLING: [Need; 6] = [
    says(
        "name the data protection law",
        "K8.2",
        &[&["data protection act"], &["general data protection regulation", "uk gdpr"]],
    ),
    says(
        "say that the material stays police property and is surrendered or destroyed on demand",
        "K8.2",
        &[&["property of the police"], &["surrender"], &["destroy"]],
    ),
    says("say that it is confidential", "K8.2", &[&["confidential"]]),
    says(
        "say that it is kept locked under a responsible person and that the police may inspect it",
        "K8.2",
        &[&["locked"], &["responsible person"], &["inspect"]],
    ),
    says(
        "say who is responsible for a breach, and that unlawful use may be an offence (section 170)",
        "K8.2",
        &[&["solely responsible"], &["section 170"]],
    ),
    says("forbid copying", "K8.2", &[&["not copy", "no copying"]]),
];

const NOTICE: [Need; 5] = [
    Need {
        told: "say that identity and offence details go to the co-ordinator, with {scheme} and {offence}",
        clause: "O3.2.3",
        slots: &[Slot::Scheme, Slot::Offence],
        says: &[&["identity", "who you are"], &["co-ordinator", "coordinator"]],
    },
    says(
        "say that it may lead to exclusion from the premises of all members",
        "O3.2.3",
        &[&["exclude", "exclusion"], &["premises"], ALL_PREMISES],
    ),
    says("say that the person may make representations", "O3.2.3", &[&["representations"]]),
    place("give the time from service, with {hours}", "O3.2.3", &[Slot::Hours]),
    place("say to whom representations go and how, with {contact}", "O3.2.3", &[Slot::Contact]),
];

const WHO_DECIDED: Need =
    says("say that the district commander decided", "O3.2.3", &[&["district commander"], &["representations"]]);
const OF_SCHEME: Need = place("name the scheme, with {scheme}", "O3.2.3", &[Slot::Scheme]);

const UPHELD: [Need; 3] = [
    WHO_DECIDED,
    OF_SCHEME,
    says(
        "say that the details will not be given",
        "O3.2.3",
        &[&["will not be given", "will not be disclosed", "not be told"]],
    ),
];

const DISMISSED: [Need; 3] = [
    WHO_DECIDED,
    OF_SCHEME,
    says("say that the details will be given", "O3.2.3", &[&["will be given", "will be disclosed", "will be told"]]),
];

const DANGER: [Need; 1] =
    [says("say not to approach and to call the police", "K8.5", &[&["do not approach"], &["call the police"]])];

const NAMES: [Need; 2] = [
    place("give the reference to use, with {reference}", "K8.3", &[Slot::Reference]),
    says(
        "forbid the name on radio and telephone",
        "K8.3",
        &[&["never", "do not"], &["name"], &["radio"], &["telephone"]],
    ),
];

const MG6E: [Need; 2] = [
    says(
        "say that a photograph or intelligence was circulated",
        "K7.12",
        &[&["photograph", "intelligence"], &["circulated"]],
    ),
    place("give the reference, with {reference}", "K7.12", &[Slot::Reference]),
];

impl Text {
    /// What its clause requires of it.
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::Undertaking | Self::Conditions => &HANDLING,
            Self::Notice => &NOTICE,
            Self::Upheld => &UPHELD,
            Self::Dismissed => &DISMISSED,
            Self::Danger => &DANGER,
            Self::NameWarning => &NAMES,
            Self::Mg6e => &MG6E,
        }
    }

    /// The places that may stand in it.
    pub fn slots(self) -> &'static [Slot] {
        const PERSON: [Slot; 5] = [Slot::Name, Slot::Offence, Slot::Scheme, Slot::Area, Slot::Served];
        const TOLD: [Slot; 8] = [
            Slot::Name,
            Slot::Offence,
            Slot::Scheme,
            Slot::Area,
            Slot::Served,
            Slot::Hours,
            Slot::Until,
            Slot::Contact,
        ];
        match self {
            Self::Undertaking | Self::Conditions | Self::Danger => &[],
            Self::NameWarning => &[Slot::Reference],
            Self::Notice => &TOLD,
            Self::Upheld | Self::Dismissed => &PERSON,
            Self::Mg6e => &[Slot::Reference, Slot::Area, Slot::Scheme, Slot::Authorised],
        }
    }

    /// Fills in the places of its words; those for which there is no fact are answered instead.
    pub fn fill(self, words: &str, facts: &Facts) -> Result<String, Vec<Slot>> {
        let (mut filled, mut open) = (String::with_capacity(words.len()), Vec::new());
        for piece in pieces(words) {
            match piece {
                Piece::Plain(text) => filled.push_str(text),
                // Nothing unknown is stored; a brace that is no place stays as it is.
                Piece::Braced(word) => match Slot::parse(word).map(|slot| (slot, facts.0.get(&slot))) {
                    Some((_, Some(fact))) => filled.push_str(fact),
                    Some((slot, None)) if !open.contains(&slot) => open.push(slot),
                    Some(_) => {}
                    None => filled.extend(["{", word, "}"]),
                },
            }
        }
        if open.is_empty() { Ok(filled) } else { Err(open) }
    }
}

/// What stands in the places of a letter.
#[derive(Clone, Default)]
pub struct Facts(BTreeMap<Slot, String>);

impl Facts {
    /// With one more.
    #[must_use]
    pub fn with(mut self, slot: Slot, fact: impl Into<String>) -> Self {
        self.0.insert(slot, fact.into());
        self
    }
}

enum Piece<'a> {
    Plain(&'a str),
    /// What stands between braces.
    Braced(&'a str),
}

/// The words in pieces. A brace without its other half is a place without an end, or without a name.
fn pieces(words: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest) = (Vec::new(), words);
    while let Some((before, after)) = rest.split_once('{') {
        found.push(Piece::Plain(before));
        let (inside, next) = after.split_once('}').unwrap_or((after, ""));
        found.push(Piece::Braced(inside));
        rest = next;
    }
    found.push(Piece::Plain(rest));
    found
}

/// Everything that is wrong with words as a version of `text`.
pub(super) fn check(text: Text, words: &str) -> Vec<Refusal> {
    let (mut why, mut there) = (Vec::new(), Vec::new());
    for piece in pieces(words) {
        match piece {
            Piece::Plain(plain) if plain.contains('}') => {
                why.push(Refusal::TextSlotUnknown { text, word: "}".to_owned() });
            }
            Piece::Plain(_) => {}
            Piece::Braced(word) => match Slot::parse(word).filter(|slot| text.slots().contains(slot)) {
                Some(slot) => there.push(slot),
                None => why.push(Refusal::TextSlotUnknown { text, word: format!("{{{}}}", short(word)) }),
            },
        }
    }
    why.dedup();
    let lower = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let met = |need: &Need| {
        need.slots.iter().all(|slot| there.contains(slot))
            && need.says.iter().all(|group| group.iter().any(|words| lower.contains(words)))
    };
    why.extend(text.needs().iter().filter(|need| !met(need)).map(|need| Refusal::TextLacks { need: *need }));
    why
}

/// The beginning of what was typed, for a sentence.
fn short(word: &str) -> String {
    word.split_whitespace().next().unwrap_or_default().chars().take(20).collect()
}
