//! The parts of the co-ordinator's decision: a task list, in any order, each saved on its own (K7.7.1).
//!
//! Absent on purpose: what each part asks, which is a table of `actions::parts`; what it must hold, which is a rule in the file
//! beside this one that bears its name.

/// One part; the clauses it answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Where the photograph comes from, and the words (K5, K8.3, K8.4, K8.5).
    Material,
    /// Legal basis, current intelligence, what silence would prejudice (K6.1, K6.2.2, K6.2.3).
    Grounds,
    /// Risk assessment, plan, public interest immunity (K6.2.5, K6.2.6, O3.2.5).
    Risk,
    /// Five answers (K6.4).
    Japan,
    /// How the case ended, and the wanted person's route (O3.2.3, O3.2.4, K6.3).
    Outcome,
    /// Telling the person first (O3.2.3, O3.2.5).
    Notice,
    /// Who receives, with which instructions; other areas (K6.2.1, K6.2.4, K7.4, K7.5, K7.6).
    Recipients,
    /// The record of sharing, Genesis/Athena, an exclusion notice (O3.2.1, O3.2.2, K7.7.2, K7.8).
    Records,
}

impl Part {
    /// Every part, in the order of the task list: stored word, title, clauses.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 8] = [
        (Self::Material, "material", "What would leave", "K5, K8.3–8.5"),
        (Self::Grounds, "grounds", "Legal basis and grounds", "K6.1, K6.2.2, K6.2.3"),
        (Self::Risk, "risk", "Risk assessment", "K6.2.5, K6.2.6, O3.2.5"),
        (Self::Japan, "japan", "JAPAN", "K6.4"),
        (Self::Outcome, "outcome", "How the case ended", "O3.2.3, O3.2.4, K6.3"),
        (Self::Notice, "notice", "Telling the person", "O3.2.3, O3.2.5"),
        (Self::Recipients, "recipients", "Recipients and instructions", "K6.2.1, K6.2.4, K7.4–7.6"),
        (Self::Records, "records", "Records and time limit", "O3.2.1, O3.2.2, K7.7.2, K7.8"),
    ];

    fn row(self) -> (&'static str, &'static str, &'static str) {
        Self::ALL
            .iter()
            .find(|(part, ..)| *part == self)
            .map_or(("", "", ""), |(_, word, title, clause)| (word, title, clause))
    }

    /// The stored word, and the last piece of its page's address.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// The clauses it answers.
    pub fn clause(self) -> &'static str {
        self.row().2
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, ..)| *w == word).map(|(part, ..)| *part)
    }
}
