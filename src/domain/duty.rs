//! What a release obliges the police to do after its authority: towards a court, an identification procedure, the record of sharing.
//!
//! Promise: a duty is open until what was done is recorded with its day and reference. Absent on purpose: the record on
//! Genesis/Athena (K7.7.2), which is complete before authority ([`crate::release::records`]). Proved by `tests/it/journeys/duties.rs`.

use crate::moment::{Day, Moment};

/// A kind of duty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Duty {
    /// The person is prosecuted: the MG6E says that the image was circulated (K7.12).
    Prosecution,
    /// Identification is an issue: the Identification Officer is told before any procedure (K7.13).
    Identification,
    /// The partnership destroys its electronic copy of the K-MIP record once it is used, and confirms it (O3.2.2).
    Kmip,
}

impl Duty {
    /// All, with their stored words, the words a page shows, and what is done about them.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 3] = [
        (Self::Prosecution, "prosecution", "Prosecution (K7.12)", "Endorse form MG6E: the image was circulated"),
        (
            Self::Identification,
            "identification",
            "Identification is an issue (K7.13)",
            "Tell the Identification Officer on form 2380H, before any identification procedure",
        ),
        (
            Self::Kmip,
            "kmip",
            "K-MIP record of sharing (O3.2.2)",
            "The partnership confirms that its electronic copy is destroyed, once it is used",
        ),
    ];

    fn row(self) -> (&'static str, &'static str, &'static str) {
        let row = Self::ALL.iter().find(|(duty, ..)| *duty == self);
        row.map_or(("", "", ""), |(_, word, title, what)| (word, title, what))
    }

    /// The stored word.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The words a page shows.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// What is done about it.
    pub fn what(self) -> &'static str {
        self.row().2
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, ..)| *w == word).map(|(duty, ..)| *duty)
    }

    /// Whether somebody has to mark it first. What follows from every release is a duty without being marked.
    pub fn is_marked(self) -> bool {
        self != Self::Kmip
    }
}

/// The sentence for form MG6E (K7.12): that the image was circulated, when, and to which partnerships. Never to whom by name: the
/// people who saw it stand in the disclosure bundle, which goes to the prosecutor and not onto the form.
pub fn mg6e(urn: &str, pictured: bool, purposes: &str, circulated: Option<Day>, schemes: &[String]) -> String {
    let what =
        if pictured { "A custody photograph of the defendant" } else { "Intelligence about the defendant, in words," };
    let Some(day) = circulated.filter(|_| !schemes.is_empty()) else {
        return format!("{what} was authorised for circulation (release {urn}), but no copy has been supplied.");
    };
    format!(
        "{what} was circulated on {} under release {urn}, for {purposes}, to named people of: {}. A record of everybody who was \
         supplied, and of who opened it and when, is held by the police and can be disclosed.",
        crate::moment::long_day(day),
        schemes.join("; ")
    )
}

/// Whether a duty that nobody marks is due: the release is over, so the record of sharing is used.
pub fn kmip_is_due(recalled: bool, until: Option<Moment>, now: Moment) -> bool {
    recalled || until.is_some_and(|until| now >= until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::parse_day;

    #[test]
    fn every_word_reads_back() {
        for (duty, word, title, what) in Duty::ALL {
            assert_eq!((Duty::parse(word), duty.word(), duty.title(), duty.what()), (Some(duty), word, title, what));
        }
        assert_eq!(Duty::parse("other"), None);
        // A prosecution and an identification come up later, so somebody marks them; the record of sharing follows by itself.
        let marked = Duty::ALL.map(|(duty, ..)| (duty, duty.is_marked()));
        assert_eq!(marked, [(Duty::Prosecution, true), (Duty::Identification, true), (Duty::Kmip, false)]);
    }

    #[test]
    fn the_form_names_partnerships_and_the_day_and_no_copy_is_said_as_such() {
        let told =
            mg6e("CZ/001/26", true, "prevention of crime", parse_day("2026-11-21"), &["Cantwell Retail Watch".into()]);
        for part in [
            "custody photograph",
            "21 November 2026",
            "CZ/001/26",
            "prevention of crime",
            "to named people of: Cantwell Retail Watch.",
        ] {
            assert!(told.contains(part), "{told}");
        }
        assert!(mg6e("CZ/001/26", false, "x", None, &[]).contains("no copy has been supplied"));
    }

    #[test]
    fn the_record_of_sharing_is_due_from_the_millisecond_the_release_is_over() {
        let at = Moment::from_millis;
        assert!(!kmip_is_due(false, Some(at(10)), at(9)) && kmip_is_due(false, Some(at(10)), at(10)));
        assert!(kmip_is_due(true, Some(at(10)), at(1)) && !kmip_is_due(false, None, at(1)));
    }
}
