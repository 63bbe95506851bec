//! One newtype per identifier, so that a copy can never be looked up as a release.
//!
//! Identifiers are `UUIDv7` text: random enough not to be guessed, ordered enough for an index.
//! Absent on purpose: making one from the clock or a generator; callers hand in both.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::moment::Moment;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier from the moment it is made and ten random bytes.
            pub fn fresh(at: Moment, random: [u8; 10]) -> Self {
                let ms = u64::try_from(at.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
            }

            /// The moment it was made at.
            pub fn at(self) -> Moment {
                let [a, b, c, d, e, f, ..] = *self.0.as_bytes();
                Moment::from_millis(i64::from_be_bytes([0, 0, a, b, c, d, e, f]))
            }

            /// The random bytes it was made with, without the six bits that the form takes.
            pub fn random(self) -> [u8; 10] {
                let [_, _, _, _, _, _, a, b, c, rest @ ..] = *self.0.as_bytes();
                let [d, e, f, g, h, i, j] = rest;
                [a & 0x0f, b, c & 0x3f, d, e, f, g, h, i, j]
            }

            /// Reads the hyphenated lower-case form; anything else is no identifier.
            pub fn parse(text: &str) -> Option<Self> {
                let id = Uuid::try_parse(text).ok()?;
                (id.hyphenated().to_string() == text).then_some(Self(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.hyphenated().fmt(f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }
    )+ };
}

id! {
    /// A police area with its own co-ordinator, register and number series.
    AreaId,
    /// A crime reduction scheme (K6.2.1).
    SchemeId,
    /// A person with an account.
    PersonId,
    /// One release: a request and what became of it.
    ReleaseId,
    /// One photograph of a release, as uploaded.
    PhotographId,
    /// One recipient's copy of a release.
    CopyId,
    /// One sealed piece of a copy: a rendition of a photograph, or the text.
    PartId,
    /// One way of unlocking a person's keys.
    WrapId,
    /// A signed-in visit.
    SessionId,
    /// A passkey being made or used.
    CeremonyId,
    /// An invitation to enrol.
    InvitationId,
    /// A signed statement kept with the document it covers.
    StatementId,
    /// A member business of a scheme (K7.2).
    MemberId,
    /// A document attached to a register (K7.2).
    DocumentId,
    /// A named initiative (K8.8).
    InitiativeId,
    /// One line of an initiative's list.
    EntryId,
    /// A saved part of a co-ordinator's decision.
    ConsiderationId,
    /// Representations of a person (O3.2.3).
    RepresentationId,
    /// A duty of a release (K7.12, K7.13, O3.2.2).
    DutyId,
    // Corrections
    /// A holder's report that something is wrong or incomplete (K8.7).
    ReportId,
    /// A correction (K8.7).
    RevisionId,
    /// A ruling by a higher rank (O3.2.3, O3.2.4).
    RulingId,
    /// What one area asked another about a person (K7.6).
    ConsultationId,
    // Reviews
    /// A review of a release, form 3796 (K7.9).
    ReviewId,
    /// A saved part of a review.
    ReviewPartId,
    /// A change of a release's limit (K7.8).
    LimitChangeId,
    // Demands
    /// A demand for surrender or destruction (K8.2).
    DemandId,
    /// One round of a holder's confirmation, with the police's answer.
    ConfirmationId,
    /// A visit because of an unsatisfied demand.
    VisitId,
    // Telling people, and inspections
    /// A message to somebody.
    MessageId,
    /// A mail in the outbox.
    MailId,
    /// An inspection of a holder's storage (K8.2).
    InspectionId,
    // Retention
    /// A review before disposal (K9.1).
    DisposalId,
    /// A legal hold (K9.1).
    HoldId,
    // Prints and leavers
    /// A record about a numbered print (O3.2.1).
    PrintActId,
    /// A record that somebody left a scheme (K7.3).
    LeavingId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_and_nothing_else_does() {
        let id = ReleaseId::fresh(Moment::from_millis(1_800_000_000_000), [7; 10]);
        assert_eq!(ReleaseId::parse(&id.to_string()), Some(id));
        assert_eq!((id.at(), id.random()), (Moment::from_millis(1_800_000_000_000), [7; 10]));
        let full = ReleaseId::fresh(Moment::from_millis(1), [0xff; 10]);
        assert_eq!(full.random(), [0x0f, 255, 0x3f, 255, 255, 255, 255, 255, 255, 255]);
        for wrong in ["", "x", &id.to_string().to_uppercase(), &format!("{{{id}}}"), &format!("{id} ")] {
            assert_eq!(ReleaseId::parse(wrong), None, "{wrong}");
        }
    }
}
