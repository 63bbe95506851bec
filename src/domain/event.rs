//! Everything worth recording: the log's only vocabulary (DPA 2018 s.62: collection, alteration, consultation, disclosure, erasure).
//!
//! An event is made by a decision and becomes one leaf. Its body is JSON; what a body may hold is in `docs/formats/log-kinds.md`,
//! printed by a test. Absent on purpose: names, offences, any text of a case: bodies hold identifiers and references.

use serde_json::{Map, Value};

use crate::ids::CopyId;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal),+ $(,)?) => {
        /// What happened; the second line of a leaf.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub enum Kind { $($(#[doc = $doc])+ $name),+ }

        impl Kind {
            /// Every kind with its word and its meaning.
            pub const ALL: &'static [(Kind, &'static str, &'static str)] =
                &[$((Kind::$name, $word, concat!($($doc),+))),+];

            /// The word on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// Reads a word on the wire.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// The log began; body: `origin`.
    Began = "began",
    /// An officer asked for a release (K7.7); body: `photographs`, `statement`; or another area did, asked by ours (K7.6): `origin`.
    Requested = "request",
    /// The co-ordinator asked the officer for more.
    Returned = "return",
    /// The co-ordinator saved a part of the decision; body: `part`.
    Considered = "consider",
    /// Representations of the person were put on record (O3.2.3); body: `received`, `representation`, `documents` (digests).
    Represented = "represent",
    /// An inspector or the district commander answered a question only they may answer (O3.2.3, O3.2.4); body: `question`,
    /// `disclose`, `by`, `statement`.
    Ruled = "rule",
    /// A signed receipt of service was attached to a case (O3.2.3); body: `document`, `sha256`.
    ReceiptAttached = "receipt",
    /// The person was told in writing what was decided on their representations (O3.2.3); body: `ruling`, `told`.
    ResultTold = "tell",
    // Other areas
    /// The co-ordinator of another area was consulted (K7.6); body: `area`, `consultation`.
    AreaConsulted = "area.consult",
    /// They answered (K7.6); body: `area`, `makes_own`, and where they make their own, `release`.
    AreaAnswered = "area.answer",
    /// An original, or the words, were handed over to the other area for its own release (K7.6); body: `area`, `release`, and
    /// `photograph` or `text`.
    HandedOver = "area.hand-over",
    /// A co-ordinator there opened what was handed over and compared it with the record (K7.6); body: `photograph`, `same`.
    Compared = "area.compare",
    /// They took over what the other area had taken out or changed since (K7.6); body: `photograph` or `text`.
    AreaRenewed = "area.renew",
    /// The request was withdrawn or refused; body: `statement`.
    Closed = "close",
    /// The co-ordinator authorised it (K7.7.1); body: `urn`, `until`, `recipients`, `versions`, `statement`.
    Authorised = "authorise",
    // Duties of a release
    /// A duty of a release was marked, or what was done about it recorded (K7.12, K7.13, O3.2.2); body: `duty`, `done`.
    Duty = "duty",
    // Copies
    /// A copy was sealed to its recipient; body: `holder`, `parts`, of a print also `sheet`.
    Sealed = "seal",
    /// A photograph or text was released to its recipient's screen: before its first byte; body: of words also `revision`, of a print also `sheet`.
    Viewed = "view",
    /// A thumbnail was released to its recipient's screen: before its first byte.
    Thumbnail = "thumbnail",
    /// The bytes of a view were all handed to the connection; body: `of` (index of the view).
    Delivered = "delivered",
    /// The connection ended first; body: `of`.
    Aborted = "aborted",
    /// A view was refused; body: `refusals`.
    RefusedView = "view.refused",
    /// A police unit opened an original.
    Original = "original",
    /// A number issued in error was voided; it stays in the register (K8.3); body: `urn`, `statement`.
    Voided = "void",
    /// The release was recalled (K8.2); body: `urn`, `statement`, `demand`, `due`; by the decision of a review also `round`, `as` (the
    /// deciding role).
    Recalled = "recall",
    // Corrections (K8.7)
    /// A holder reported that something is wrong or incomplete (K8.7); body: `report`.
    Reported = "report",
    /// The co-ordinator considered a report and recorded the outcome (K8.7); body: `report`, `outcome`.
    ReportAnswered = "report.answer",
    /// The words of a release were corrected, and sealed in the place of the old ones (K8.7); body: `urn`, `revision`, `copies`,
    /// `statement`.
    Corrected = "correct",
    /// The limit was reached and written down (K7.8).
    Expired = "expire",
    /// The undertaking was shown in full.
    UndertakingOpened = "undertaking.open",
    /// The undertaking was signed (K8.2.1); body: `version`, `document`, `statement`.
    UndertakingSigned = "undertaking.sign",
    /// The undertaking was declined; body: `version`.
    UndertakingDeclined = "undertaking.decline",
    /// The conditions of a supply were acknowledged (K8.2); body: `version`, `statement`.
    Acknowledged = "acknowledge",
    /// The holder confirmed surrender or destruction (K8.2); body: `outcome`, `onward`, `document` (SHA-256 of what was signed),
    /// `statement`.
    Confirmed = "confirm",
    /// A copy's key was destroyed and its blobs deleted and read back as gone; body: `parts`.
    Destroyed = "destroy",
    /// A person signed in; body: `by` (code or passkey).
    SignedIn = "sign-in",
    /// A sign-in failed; body: `step`.
    SignInFailed = "sign-in.fail",
    /// A person signed out, here or (body: `elsewhere`, how many visits) everywhere else.
    SignedOut = "sign-out",
    /// An invitation was made; body: `role`.
    Invited = "invite",
    /// A person enrolled: their keys are on record; body: `recipient`.
    Enrolled = "enrol",
    /// The root or a co-ordinator certified whose key it is (K7.3); body: `by`, `recipient`, `signing_key`, `statement`.
    Approved = "approve",
    /// A key on record is not the one that was certified, a passkey may have been copied, or a browser sent what must never
    /// leave it: nothing was done; body: `what`.
    KeyAlarm = "key.alarm",
    /// A passkey was added; body: `unlocks`.
    PasskeyAdded = "passkey.add",
    /// A passkey was removed: every other visit of its owner ended.
    PasskeyRemoved = "passkey.remove",
    /// It was proved anew who is there, before an act of weight; body: `by` (touch or code).
    SteppedUp = "step-up",
    /// The recovery code was used up and every other way of signing in made anew.
    Recovered = "recover",
    /// A person lost everything: their keys and copies end, and they are invited to make new keys; body: `verified`, `copies`.
    KeysRenewed = "keys.renew",
    /// A new copy takes the place of one whose key was lost, or of a leaver's; body: `holder`, `of`.
    CopyReplaced = "copy.replace",
    /// A unit's key was made, or will be followed by another one; body: `recipient`, `holders`.
    UnitKey = "unit.key",
    /// A unit's box was sealed anew to those who hold it; body: `holders`.
    UnitBox = "unit.box",
    /// The break-glass key was tried on a unit's box; body: `opened`.
    UnitDrill = "unit.drill",
    /// An original was sealed to the unit's new key; body: `photograph` or `text`.
    OriginalResealed = "original.reseal",
    /// What the records key seals was sealed under a new one; body: `fields`.
    RecordsKey = "key.records",
    /// Cookies and form tokens are made with another key from here on: everybody signs in anew.
    WebKey = "key.web",
    /// The log is signed by another key from here on; body: `vkey`.
    LogKey = "key.log",
    /// A role was given to or taken from a person; body: `role`, `place`, `held`.
    RoleChanged = "role",
    /// An account was suspended or restored; body: `suspended`.
    Suspended = "suspend",
    /// A register entry was added or changed; body: `fields`. A text or the numbers of the policy got a new version; body: `version`,
    /// `document`.
    Registered = "register",
    /// The log or a register was read or searched (s.62 consultation); body: `query`.
    Consulted = "consult",
    /// Records left the portal; body: `what`.
    Exported = "export",
    /// The whole log was verified; body: `ok`, `size`.
    Verified = "verify",
    /// Records were disposed of as two people decided, and the bodies of their entries erased (K9.1); body: `erased` (spans), `record`,
    /// `urn`, `years`, `source`, `proposed_by`, `decided_by`.
    Erased = "erase",
    /// A backup was begun: what it holds may leave the portal; body: `recipients`.
    BackedUp = "backup",
    /// The portal was put back from a backup, the bodies between lost; body: `lost`, `closed` (how many closings were replayed),
    /// `skipped` (numbers of each area that are not given again).
    Restored = "restored",
    // Reviews
    /// The reviewer saved a part of a review (K7.9); body: `part`, `round`.
    ReviewSaved = "review.save",
    /// The reviewer signed a review (K7.9); body: `round`, `advised`, `statement`.
    Reviewed = "review",
    /// A review was sent back, to be made again (K7.9); body: `urn`, `round`, `until`, `as` (the deciding role), `statement`.
    ReviewReturned = "review.return",
    /// A review was decided: the release goes on to a new limit, its conditions acknowledged anew (K7.8, K7.9); body: `urn`, `round`,
    /// `until`, `as` (the deciding role), `ended` (copies nobody needs any more), `statement`.
    Continued = "review.continue",
    /// The limit was brought forward (K7.8); body: `urn`, `until`, `statement`; by the decision of a review also `round`, `as`.
    Shortened = "limit.shorten",
    /// An exclusion notice ended before its day (K7.8); body: `urn`, `ended`, `until`.
    NoticeEnded = "notice.end",
    // Demands
    /// Surrender or destruction of a copy was demanded, and its key destroyed (K8.2); body: `demand`, `scope`, `due`, `statement`.
    Demanded = "demand",
    /// The police accepted the confirmation of a copy's end (K8.2); body: `confirmation`.
    ConfirmationAccepted = "confirm.accept",
    /// The police queried it, and the holder confirms anew (K8.2); body: `confirmation`, `due`.
    ConfirmationQueried = "confirm.query",
    /// The police visited a holder because a demand was not satisfied (K8.2); body: `visit`.
    DemandVisited = "demand.visit",
    // Telling people, and inspections
    /// Another address was set for somebody's mail; body: `own` (whether it is the account's own again).
    AddressSet = "mail.address",
    /// Mail that could not be delivered is sent once more; body: `mails` (how many).
    MailAgain = "mail.again",
    /// An inspection of a holder's storage was planned, made, closed or called off (K8.2); body: `inspection`, `holder`, `stage`,
    /// `due`.
    Inspected = "inspect",
    // Retention
    /// Somebody proposed what becomes of records whose period has run (K9.1); body: `disposal`, `fate`, `until`, `statement`.
    DisposalProposed = "dispose.propose",
    /// A second person agreed or disagreed (K9.1); body: `disposal`, `agreed`, `statement`.
    DisposalDecided = "dispose.decide",
    /// A legal hold was placed: nothing it covers is disposed of (K9.1); body: `hold`, `scope`, `of`.
    HoldPlaced = "hold",
    /// A legal hold was lifted (K9.1); body: `hold`.
    HoldLifted = "hold.lift",
    // Prints and leavers
    /// A sheet was freed to be opened for printing once more (O3.2.1); body: `sheet`, `record`.
    PrintFreed = "print.free",
    /// A sheet was carried to its recipient by hand or by post (O3.2.1); body: `sheet`, `record`.
    PrintCarried = "print.carry",
    /// Somebody left a scheme: their access ended (K7.3); body: `scheme`, `role`, `copies`, `leaving`, and `successor` where one follows.
    Left = "leave",
}

/// One thing that happened, before the writer stamps it with time, actor and place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What.
    pub kind: Kind,
    /// To what: `release/<id>`, `scheme/<id>`, `person/<id>`, `log`.
    pub object: String,
    /// Of which copy.
    pub copy: Option<CopyId>,
    /// Why, where one is asked.
    pub purpose: Option<String>,
    /// What else the kind needs.
    pub more: Map<String, Value>,
}

impl Event {
    /// An event about `object`.
    pub fn new(kind: Kind, object: impl Into<String>) -> Self {
        Self { kind, object: object.into(), copy: None, purpose: None, more: Map::new() }
    }

    /// About this copy.
    #[must_use]
    pub fn of_copy(mut self, copy: CopyId) -> Self {
        self.copy = Some(copy);
        self
    }

    /// For this purpose.
    #[must_use]
    pub fn for_purpose(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }

    /// With a further field of the body.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.more.insert(field.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_fits_the_format_and_reads_back() {
        for (kind, word, meaning) in Kind::ALL {
            assert!((1..=32).contains(&word.len()), "{word}");
            assert!(
                word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b)),
                "{word}"
            );
            assert_eq!((kind.word(), Kind::parse(word)), (*word, Some(*kind)));
            assert!(meaning.trim().ends_with('.'), "{word}");
        }
    }
}
