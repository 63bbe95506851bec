//! The texts of the policy: what is signed, what is told with a supply, what is written to the person, what is said in court.
//!
//! Promises: the set is closed; each text has a shipped default and says what its clause requires of it; words that lack that, or
//! that name a place to fill in which the portal cannot fill, are refused. A change makes a new version; the numbers of
//! [`crate::numbers`] are kept the same way. Absent on purpose: editing a version, a text without its clause, a judgement of
//! style: the check looks for the statements that must be there, and the person who changes a text answers for the rest.

mod needs;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use needs::{Facts, Need, Slot};

use crate::refusal::Refusal;
use crate::words::Prose;

/// The word under which the numbers' versions are kept, beside the texts' own.
pub const NUMBERS: &str = "numbers";

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $title:literal, $clause:literal;)+) => {
        /// One text of the policy.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Text { $($(#[doc = $doc])+ $name),+ }

        impl Text {
            /// Every text, in the order pages show them.
            pub const ALL: &'static [Text] = &[$(Text::$name),+];

            /// The stored word; it stands in addresses too.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// What it is called.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// The clause that asks for it.
            pub fn clause(self) -> &'static str {
                match self { $(Self::$name => $clause),+ }
            }

            /// The words that come with the program: version 1 of a new portal.
            pub fn shipped(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!("texts/", $word, ".txt"))),+ }
            }
        }
    };
}

texts! {
    /// The undertaking (form 3797): signed before any supply; a new version is signed anew.
    Undertaking = "undertaking", "Undertaking (form 3797)", "K8.2.1";
    /// The conditions told in writing with each supply.
    Conditions = "conditions", "Conditions of each supply", "K8.2";
    /// The notice to the person before their details are given to a partnership.
    Notice = "notice", "Notice to the person", "O3.2.3";
    /// The result in writing, where the district commander upheld the representations.
    Upheld = "result-upheld", "Result: representations upheld", "O3.2.3";
    /// The result in writing, where the district commander dismissed them.
    Dismissed = "result-dismissed", "Result: representations dismissed", "O3.2.3";
    /// What a bulletin says where there is danger.
    Danger = "danger", "Danger phrase", "K8.5";
    /// What a bulletin says about names.
    NameWarning = "name-warning", "Warning about names", "K8.3";
    /// What the officer in the case writes on the court file.
    Mg6e = "mg6e", "Wording for form MG6E", "K7.12";
}

impl Text {
    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|text| text.word() == word)
    }

    /// Everything that is wrong with `words` as a new version.
    pub fn check(self, words: &Prose) -> Vec<Refusal> {
        needs::check(self, words.as_str())
    }

    /// Where the text is seen and what a change does.
    pub fn used(self) -> &'static str {
        match self {
            Self::Undertaking => {
                "Everybody who receives for a scheme signs it. After a change nobody opens a bulletin before they have signed the new version."
            }
            Self::Conditions => {
                "Each recipient reads and acknowledges it before the first view of each copy. A change holds for every copy not yet acknowledged."
            }
            Self::Notice => "Served on the person before anything about them is given to a partnership.",
            Self::Upheld | Self::Dismissed => "Sent to the person once the district commander has decided.",
            Self::Danger => "Stands on every bulletin about somebody dangerous.",
            Self::NameWarning => "Stands on every bulletin while it can be opened.",
            Self::Mg6e => "For the officer in the case, to write on the court file.",
        }
    }
}

/// Which version of each text and of the numbers was in force: kept with every decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, u32>", into = "BTreeMap<String, u32>")]
pub struct Versions {
    /// The numbers' version; 0: not recorded.
    pub numbers: u32,
    /// Each text's.
    pub texts: BTreeMap<Text, u32>,
}

impl Versions {
    /// From stored pairs of a word and its newest version; words of a newer program are left out.
    pub fn of(pairs: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut all = Self::default();
        for (word, version) in pairs {
            match Text::parse(&word) {
                Some(text) => drop(all.texts.insert(text, version)),
                None if word == NUMBERS => all.numbers = version,
                None => {}
            }
        }
        all
    }

    /// The version of one text; 0: not recorded.
    pub fn text(&self, text: Text) -> u32 {
        self.texts.get(&text).copied().unwrap_or_default()
    }

    /// As a record tells them: each title with its version, the numbers last.
    pub fn told(&self) -> Vec<(&'static str, u32)> {
        let texts = Text::ALL.iter().map(|text| (text.title(), self.text(*text)));
        texts.chain([("Limits and periods", self.numbers)]).collect()
    }
}

impl From<BTreeMap<String, u32>> for Versions {
    fn from(pairs: BTreeMap<String, u32>) -> Self {
        Self::of(pairs)
    }
}

impl From<Versions> for BTreeMap<String, u32> {
    fn from(all: Versions) -> Self {
        let texts = all.texts.into_iter().map(|(text, version)| (text.word().to_owned(), version));
        texts.chain([(NUMBERS.to_owned(), all.numbers)]).collect()
    }
}

#[cfg(test)]
#[path = "texts/tests.rs"]
mod tests;
