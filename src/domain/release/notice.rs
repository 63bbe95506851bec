//! Telling the person first: the notice and its 72 hours, representations and who decides on them, leaving it out (O3.2.3–3.2.5).

use crate::ids::PersonId;
use crate::moment::Moment;
use crate::numbers::Numbers;
use crate::refusal::Refusal;
use crate::words::{Line, Prose};

/// Whether the person is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Telling {
    /// In writing, before anything leaves (O3.2.3).
    Served,
    /// Left out, because it would prejudice the prevention or detection of crime (O3.2.5).
    LeftOut,
}

/// The part.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Notice {
    /// Told or left out; `None`: not answered.
    pub telling: Option<Telling>,
    /// When it was served.
    pub served_at: Option<Moment>,
    /// By whom.
    pub served_by: Line,
    /// How.
    pub how: Line,
    /// Where the document is kept.
    pub document: Line,
    /// Who decided to leave it out: name and rank.
    pub left_out_by: Line,
    /// Why telling would prejudice the prevention or detection of crime.
    pub left_out_why: Prose,
}

/// A question that only a higher rank may answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// Representations of the person: the district commander alone (O3.2.3).
    Representations,
    /// No positive outcome: an inspector or above (O3.2.4).
    NoPositiveOutcome,
}

impl Question {
    /// Whether it waits for its answer: `represented`: the newest representations; `positive`: how the case ended. One that was ruled
    /// on is not asked again, but for representations that came since.
    pub fn waits(self, represented: Represented, positive: Option<bool>, rulings: &[Ruling]) -> bool {
        match self {
            Self::Representations => represented.is_some_and(|since| answer(since, rulings).is_none()),
            Self::NoPositiveOutcome => {
                positive == Some(false) && rulings.iter().all(|ruling| ruling.question != Self::NoPositiveOutcome)
            }
        }
    }

    /// Both, with their stored words and the words a page shows.
    pub const ALL: [(Self, &'static str, &'static str); 2] = [
        (Self::Representations, "representations", "Representations (O3.2.3)"),
        (Self::NoPositiveOutcome, "outcome", "No positive outcome (O3.2.4)"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(question, ..)| *question == self).map_or("", |(_, word, _)| word)
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(question, ..)| *question == self).map_or("", |(_, _, title)| title)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(question, ..)| *question)
    }
}

/// The answer to one, on the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// To what.
    pub question: Question,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// Disclosure may go on.
    pub disclose: bool,
    /// Digest of the words and photographs it was made about, as [`crate::release::Case::subject`] has it.
    pub subject: String,
    /// When the person was told the result in writing (O3.2.3); asked of representations only.
    pub told_at: Option<Moment>,
}

/// What the rules need to know of representations: when the newest were put on record. `None`: none came.
pub type Represented = Option<Moment>;

impl Notice {
    /// Every unmet rule, by these numbers at this moment. `wanted`: the person is wanted; `represented`: representations came;
    /// `rulings`: what was decided.
    pub fn check(
        &self,
        wanted: bool,
        represented: Represented,
        rulings: &[Ruling],
        (numbers, now): (&Numbers, Moment),
    ) -> Vec<Refusal> {
        let mut why = match self.telling {
            None if wanted => vec![Refusal::WantedNotToldOrLeftOut],
            None => vec![Refusal::NoticeNotServed],
            Some(Telling::LeftOut) => self.left_out(),
            Some(Telling::Served) => self.served(numbers, now),
        };
        if let Some(since) = represented {
            why.extend(answered(since, rulings).err());
        }
        why
    }

    fn left_out(&self) -> Vec<Refusal> {
        let complete = !self.left_out_by.is_empty() && !self.left_out_why.is_empty();
        if complete { Vec::new() } else { vec![Refusal::DispensationIncomplete] }
    }

    /// Served in writing, on record, 72 hours ago or as many more as are in force, to the millisecond (O3.2.3).
    fn served(&self, numbers: &Numbers, now: Moment) -> Vec<Refusal> {
        let incomplete = self.served_by.is_empty() || self.how.is_empty() || self.document.is_empty();
        let Some(served) = self.served_at.filter(|_| !incomplete) else { return vec![Refusal::NoticeNotServed] };
        if served > now {
            return vec![Refusal::NoticeInFuture];
        }
        let until = numbers.representations_until(served);
        if now < until { vec![Refusal::NoticeStillRunning { until }] } else { Vec::new() }
    }
}

/// The newest ruling on representations, if it came after the newest of them. One of the same millisecond may be older than they are,
/// and does not count.
fn answer(since: Moment, rulings: &[Ruling]) -> Option<&Ruling> {
    rulings.iter().rfind(|ruling| ruling.question == Question::Representations && ruling.at > since)
}

/// The district commander decided after the newest representations, to disclose, and the person was told (O3.2.3).
fn answered(since: Moment, rulings: &[Ruling]) -> Result<(), Refusal> {
    match answer(since, rulings) {
        None => Err(Refusal::RepresentationsUndecided),
        Some(ruling) if !ruling.disclose => Err(Refusal::RepresentationsUpheld { at: ruling.at }),
        Some(ruling) if ruling.told_at.is_none() => Err(Refusal::ResultNotTold),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruling_answers_only_representations_that_are_older_than_it() {
        let (t0, t1) = (Moment::from_millis(1_000), Moment::from_millis(1_001));
        let by = PersonId::fresh(t0, [1; 10]);
        let ruled = |at| {
            [Ruling {
                question: Question::Representations,
                by,
                at,
                disclose: true,
                subject: String::new(),
                told_at: Some(at),
            }]
        };
        assert!(Question::Representations.waits(Some(t0), None, &[]));
        assert!(Question::Representations.waits(Some(t0), None, &ruled(t0)), "of the same millisecond");
        assert_eq!(answered(t0, &ruled(t0)), Err(Refusal::RepresentationsUndecided));
        assert!(!Question::Representations.waits(Some(t0), None, &ruled(t1)));
        assert_eq!(answered(t0, &ruled(t1)), Ok(()));
        assert!(!Question::Representations.waits(None, None, &[]));
        assert!(Question::NoPositiveOutcome.waits(None, Some(false), &ruled(t1)));
        assert!(
            !Question::NoPositiveOutcome.waits(None, Some(true), &[])
                && !Question::NoPositiveOutcome.waits(None, None, &[])
        );
    }
}
