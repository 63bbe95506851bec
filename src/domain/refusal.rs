//! Every way the rules say no: a code for machines, a sentence for people, the clause it rests on, and the field it stands beside.
//!
//! A refusal is never a fault: it is answered 4xx, all at once. [`Refusal::NotFound`] is what anybody gets for what they may
//! not know of (P10).

mod custody;
mod said;

use crate::moment::{Day, Moment, long_day};
use crate::numbers::Number;
use crate::texts::{Need, Slot, Text};

/// One unmet rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`told` below says each in full, once")]
pub enum Refusal {
    NotFound,
    WrongStage { stage: &'static str },
    NotCustody,
    NotBroughtToJustice,
    NoImageReference,
    NoPhotographOrText,
    NoLegalBasis,
    RegistrationLapsed,
    NoCurrentIntelligence,
    IntelligenceStale { since: Day },
    IntelligenceInFuture,
    PastConvictionAlone,
    NoLocality,
    NoPurpose,
    NoPrejudice,
    NoRecipients,
    RiskIncomplete,
    NoRiskPlan,
    JapanIncomplete,
    AuthorisedByRequester,
    NotAreaCoordinator,
    NoAthenaRecord,
    NoSharingRecord,
    NameNotJustified,
    AddressInText { words: String },
    PncInText { words: String },
    NoticeNotServed,
    NoticeInFuture,
    NoticeStillRunning { until: Moment },
    NotRequester,
    NotCommander,
    NotInspector,
    AuthorisedByRuler,
    ImageDestructionDue { since: Day },
    WordsNotConsidered,
    ConvictionInText { words: String },
    ConvictionInInstructions { words: String },
    OutcomeNotRecorded,
    OutcomeRuledAgainst { at: Moment },
    PhotographOfThisOffence,
    WantedNotAnswered,
    NoWantedReference,
    IdentificationNotAnswered,
    ProsecutorsNotConsulted,
    WantedNotToldOrLeftOut,
    DispensationIncomplete,
    RepresentationsMissing,
    ReceivedInFuture,
    RepresentationsUndecided,
    RepresentationsUpheld { at: Moment },
    ResultNotTold,
    NothingToRule,
    NothingToTell,
    ToldOutOfTime,
    RecipientGone,
    NoNeedToKnow,
    NoInstructions,
    ElsewhereNotAnswered,
    AreaNotConsulted,
    // Other areas
    AreaAnswered,
    OriginEnded,
    OriginalsAwaited,
    LinkedNotReturned,
    // End of other areas
    SharingRecordNotAttached,
    RecordChanged,
    OpenedAlready,
    NoPositiveOutcome,
    // Corrections (K8.7)
    NoWordsLeft,
    NothingCorrected,
    ChangeNotTold,
    NotForHolders { field: &'static str, words: String },
    ReportedAlready,
    TooManyReports,
    ReportAnswered,
    NoReportOutcome,
    NotCorrectedYet,
    NotRecalledYet,
    NoAnswerToHolder,
    ReasonMissing,
    SupplyGoesToManager,
    PersonSuspended,
    OwnAccountSuspended,
    SchemeSuspended,
    VettingLapsed { last: Option<Day> },
    AgreementLapsed { last: Option<Day> },
    UndertakingUnsigned { version: u32 },
    ConditionsUnacknowledged,
    LimitReached { at: Moment },
    Recalled { at: Moment },
    NotLive,
    NotSealedYet,
    KeyDestroyed,
    KeysUnconfirmed { name: String },
    KeysChanged { name: String },
    NoUnitKey,
    UnitKeyChanged,
    OwnKeysUnconfirmed,
    AlreadyConfirmed,
    ConfirmedOutOfTime,
    TooManyRecipients { most: usize },
    TooManyPhotographs { most: usize },
    NumberLooser { number: Number },
    NumberUnread { number: Number },
    NumberUnsourced { number: Number },
    TextLacks { need: Need },
    TextSlotUnknown { text: Text, word: String },
    // Members without their manager (K7.4)
    MembersUnmanaged,
    MemberGone,
    // Reviews
    NotReviewer,
    NoFindings,
    IntelligenceNotNew,
    NobodyNeedsIt,
    NothingAdvised,
    ReviewedByAuthoriser,
    DecidedByReviewer,
    NoReviewWaits,
    NoReviewOutcome,
    NoEnactment,
    NoLimitDay,
    LimitInPast,
    LimitLater { until: Moment },
    OverAtLimit { at: Moment },
    NoNoticeOnRecord,
    NoticeEndMissing,
    NoticeEndInFuture,
    NoticeEndNotEarlier,
    ReviewBegunAnew,
    // Demands
    DeadlinePast,
    DeadlineTooLate { latest: Moment },
    NothingDemanded,
    Demanded,
    ConfirmFirst { due: Moment },
    ConfirmationAnswered,
    NotAllAccepted,
    // Retention
    NotEnded,
    NotDue { from: Day },
    LegalHold,
    FollowerKept,
    ProposedAlready,
    DisposedAlready,
    NothingProposed,
    OnePersonTwice,
    EndedAnew,
    NoFate,
    KeepYearsUnread,
    HoldLifted,
    NoHoldScope,
    // End of retention
    // Prints and leavers (O3.2.1)
    TooManyPrints { most: i64 },
    PrintsNotJustified,
    NoPrinter,
    PrintedAlready,
    NotPrintedYet,
    CarriedOutOfTime,
    SheetCarried,
    NoSuccessor,
    LeftScheme,
}

/// Code, clause, field (empty: none) and sentence.
type Said = (&'static str, &'static str, &'static str, &'static str);

/// What a refusal says: code, clause, field of the form it belongs beside, sentence.
pub struct Told {
    /// A stable word for machines and the log.
    pub code: &'static str,
    /// The row of REQUIREMENTS it rests on.
    pub clause: &'static str,
    /// The form field it stands beside, where there is one.
    pub field: Option<&'static str>,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl Refusal {
    /// The stable word.
    pub fn code(&self) -> &'static str {
        self.told().code
    }

    /// Says it in full.
    pub fn told(&self) -> Told {
        let (code, clause, field, sentence) = self.fixed().unwrap_or_else(|| self.measured());
        Told { code, clause, field: (!field.is_empty()).then_some(field), sentence }
    }

    /// Refusals of fixed words.
    fn fixed(&self) -> Option<(&'static str, &'static str, &'static str, String)> {
        let found = self.about_grounds().or_else(|| self.about_telling()).or_else(|| self.about_supply());
        let found = found.or_else(|| self.about_corrections()).or_else(|| self.about_areas());
        let found =
            found.or_else(|| self.about_review()).or_else(|| self.about_demands()).or_else(|| self.about_prints());
        let found = found.or_else(|| self.about_retention());
        found.map(|(code, clause, field, words)| (code, clause, field, words.to_owned()))
    }

    /// Refusals whose sentence holds a date or the words found.
    #[rustfmt::skip]
    fn measured(&self) -> (&'static str, &'static str, &'static str, String) {
        match self {
            Self::WrongStage { stage } => ("wrong-stage", "K7.7", "", format!("This release is now {stage}, so that is no longer possible. Look at it again before you go on.")),
            Self::IntelligenceStale { since } => ("intelligence-stale", "K6.2.2", "intelligence_date", format!("Intelligence from before {} is not current. Record newer intelligence, or refuse the request.", long_day(*since))),
            Self::ImageDestructionDue { since } => ("image-destruction-due", "K5.1.1", "destroy_on", format!("Destruction of the photograph fell due on {}, so it cannot be released.", long_day(*since))),
            Self::ConvictionInText { words } => ("conviction-like", "K8.4", "indication", format!("“{words}” reads like a previous conviction, which never leaves. Confirm what it is, or ask the officer to word it otherwise.")),
            Self::ConvictionInInstructions { words } => ("conviction-in-instructions", "K8.4", "instructions", format!("“{words}” reads like a previous conviction. Instructions say what may be done with the release, nothing about the person: word them otherwise.")),
            Self::OutcomeRuledAgainst { at } => ("outcome-ruled-against", "O3.2.4", "outcome", format!("An inspector decided on {} that nothing is disclosed. Refuse the request.", at.long())),
            Self::RepresentationsUpheld { at } => ("representations-upheld", "O3.2.3", "representations", format!("The district commander upheld the person's representations on {}: nothing is disclosed. Refuse the request.", at.long())),
            Self::NoticeStillRunning { until } => ("notice-running", "O3.2.3", "notice_date", format!("The person has until {} to make representations: 72 hours from service, or more where the force gives more. Nothing can be authorised before.", until.long())),
            Self::AddressInText { words } => ("address", "K8.3", "text", format!("An address never leaves. Remove “{words}”: a street or a place may be named alone, without a house number or postcode.")),
            Self::PncInText { words } => ("pnc", "K8.5", "text", format!("Information from the PNC never leaves. Remove “{words}”.")),
            Self::NotDue { from } => ("not-due", "K9.1", "fate", format!("Its period has not run: it falls due for review on {}.", long_day(*from))),
            Self::NotForHolders { field, words } => ("not-for-holders", "K8.7", field, format!("Others read this, so it cannot say “{words}”: no address, nothing from the PNC, nothing like a conviction. Say it in other words.")),
            Self::VettingLapsed { last } => ("vetting-lapsed", "K7.3", "recipients", match last {
                Some(day) => format!("Vetting was valid until the end of {}. Access returns when the police record a new one.", long_day(*day)),
                None => "There is no vetting on record. Access opens when the police record it.".to_owned(),
            }),
            Self::AgreementLapsed { last } => ("agreement-lapsed", "O2.1", "recipients", match last {
                Some(day) => format!("The scheme's information sharing agreement ran until the end of {}. Access returns when it is renewed.", long_day(*day)),
                None => "The scheme has no information sharing agreement in force yet. Access opens when there is one.".to_owned(),
            }),
            Self::UndertakingUnsigned { version } => ("undertaking", "K8.2.1", "", format!("Sign the undertaking (version {version}) first.")),
            Self::LimitReached { at } => ("limit", "K7.8", "", format!("The time limit of this release was {}. Nothing can be opened after it. Destroy anything you hold outside the portal and confirm it.", at.deadline())),
            Self::KeysUnconfirmed { name } => ("keys-unconfirmed", "K7.3", "recipients", format!("The keys of {name} are not confirmed yet. Ask for their six words by telephone and approve them, then try again.")),
            Self::KeysChanged { name } => ("keys-changed", "K8.1", "recipients", format!("Stop: the key on record for {name} is not the one that was approved. Somebody may have changed it. Nothing was sealed. Tell your administrator by telephone at once.")),
            Self::Recalled { at } => ("recalled", "K8.2", "", format!("The police recalled this release on {}. Surrender or destroy what you hold and confirm it.", at.long())),
            Self::TooManyRecipients { most } => ("too-many-recipients", "K6.2.4", "recipients", format!("One release has at most {most} recipients now. Choose fewer.")),
            Self::TooManyPhotographs { most } => ("too-many-photographs", "K6.2.4", "", format!("One release has at most {most} photographs now. Refuse this request, or ask for one with fewer.")),
            Self::TooManyPrints { most } => ("too-many-prints", "O3.2.1", "prints", format!("At most {most} numbered prints for each recipient are possible now. Allow fewer, or none.")),
            Self::NumberLooser { number } => ("number-looser", number.clause(), number.word(), format!("{}: the policy’s bound is {}. Enter a number within it. A limit can be made stricter, never looser.", number.title(), number.bound())),
            Self::NumberUnread { number } => ("number-unread", number.clause(), number.word(), format!("{}: enter a whole number of {}, like {}", number.title(), number.unit(), number.shipped())),
            Self::NumberUnsourced { number } => ("number-unsourced", number.clause(), number.source_field(), format!("{}: enter the source of this period in 200 characters or fewer, such as the line of the force’s retention schedule", number.title())),
            Self::TextLacks { need } => ("text-lacks", need.clause, "words", format!("The text must {}. Add it.", need.told)),
            Self::TextSlotUnknown { text, word } => ("text-slot", text.clause(), "words", match text.slots() {
                [] => format!("Remove “{word}”: nothing is filled in here, so the text holds no braces."),
                slots => format!("Remove “{word}”: the portal fills in only {}.", slots.iter().map(|slot| format!("{{{}}}", Slot::word(*slot))).collect::<Vec<_>>().join(", ")),
            }),
            // Reviews
            Self::LimitLater { until } => ("limit-later", "K7.8", "close_on", format!("A time limit is only ever brought forward. Choose a day before which it closes anyway: it has to close by {}.", until.deadline())),
            Self::OverAtLimit { at } => ("over-at-limit", "K7.8", "", format!("The time limit of this release was {}. It is over: nobody can open it, and its keys are destroyed. A review cannot bring it back. If it is still needed, ask for a new release.", at.deadline())),
            Self::DeadlineTooLate { latest } => ("deadline-late", "K8.2", "due", format!("The latest deadline is {}. Choose that day or an earlier one.", latest.deadline())),
            Self::ConfirmFirst { due } => ("confirm-first", "K8.2", "", format!("You should have confirmed the end of another copy by {}. Nothing else opens until you have confirmed it.", due.deadline())),
            // `fixed` answered all the others.
            _ => ("refused", "P1", "", "This is not possible now.".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::parse_day;

    #[test]
    fn each_measured_refusal_names_its_clause_and_no_refusal_falls_through() {
        let (day, at) = (parse_day("2026-11-21").unwrap(), Moment::from_millis(1_795_370_400_000));
        let measured = [
            Refusal::WrongStage { stage: "recalled" },
            Refusal::IntelligenceStale { since: day },
            Refusal::NoticeStillRunning { until: at },
            Refusal::ImageDestructionDue { since: day },
            Refusal::ConvictionInText { words: "convicted".into() },
            Refusal::ConvictionInInstructions { words: "convicted".into() },
            Refusal::OutcomeRuledAgainst { at },
            Refusal::RepresentationsUpheld { at },
            Refusal::AddressInText { words: "12 High Street".into() },
            Refusal::PncInText { words: "PNC".into() },
            Refusal::NotForHolders { field: "changed", words: "12 High Street".into() },
            Refusal::VettingLapsed { last: None },
            Refusal::NotDue { from: day },
            Refusal::AgreementLapsed { last: Some(day) },
            Refusal::UndertakingUnsigned { version: 2 },
            Refusal::LimitReached { at },
            Refusal::Recalled { at },
            Refusal::KeysUnconfirmed { name: "Alex".into() },
            Refusal::KeysChanged { name: "Alex".into() },
            Refusal::TooManyRecipients { most: 1 },
            Refusal::TooManyPhotographs { most: 1 },
            Refusal::TooManyPrints { most: 1 },
            Refusal::NumberLooser { number: Number::ReviewDays },
            Refusal::NumberUnread { number: Number::ReviewDays },
            Refusal::NumberUnsourced { number: Number::CaseYears },
            Refusal::TextLacks { need: Text::Notice.needs()[0] },
            Refusal::TextSlotUnknown { text: Text::Notice, word: "{x}".into() },
            Refusal::LimitLater { until: at },
            Refusal::OverAtLimit { at },
            Refusal::DeadlineTooLate { latest: at },
            Refusal::ConfirmFirst { due: at },
        ];
        for refusal in measured {
            let told = refusal.told();
            assert_ne!(told.code, "refused", "{refusal:?}");
            assert!(told.clause.starts_with(['K', 'O']), "{}", told.clause);
        }
    }
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod word_tests;
