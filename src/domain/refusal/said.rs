//! What refusals of fixed words say: code, clause, field, sentence, by what they are about.
//!
//! Absent on purpose: those with a number, a day or a name in them, which are beside the enum.

use crate::refusal::{Refusal, Said};

impl Refusal {
    /// What may be disclosed, and on what grounds (K5, K6).
    #[rustfmt::skip]
    pub(super) fn about_grounds(&self) -> Option<Said> {
        Some(match self {
            Self::NotCustody => ("not-custody", "K5.1", "source", "Only a custody photograph (PACE Code D) can be released. Surveillance, CCTV and other images have no way through: remove the photograph or make this a text-only request."),
            Self::NotBroughtToJustice => ("not-justice", "K5.2", "justice", "The person must have been brought to justice or cautioned for the offence the photograph was taken for. Confirm it, or remove the photograph."),
            Self::NoImageReference => ("no-image-reference", "K5.2", "image_reference", "Enter the photograph's Genesis/Athena reference."),
            Self::NoPhotographOrText => ("nothing-to-release", "K6.4.1", "text", "Add a photograph or enter the text to release."),
            Self::NoLegalBasis => ("no-legal-basis", "K6.1", "basis", "Select the legal basis for the release."),
            Self::NoCurrentIntelligence => ("no-intelligence", "K6.2.2", "intelligence_reference", "Enter the grounds, and the reference and date of the current intelligence they rest on."),
            Self::IntelligenceInFuture => ("intelligence-future", "K6.2.2", "intelligence_date", "The date of the intelligence cannot be in the future."),
            Self::PastConvictionAlone => ("past-conviction-alone", "K6.2.2", "grounds_kind", "A past reprimand, caution or conviction alone is not a ground. Release needs grounds to suspect further or serious offences, on current intelligence."),
            Self::NoLocality => ("no-locality", "K6.2.2", "locality", "Enter the locality the grounds are about."),
            Self::NoPurpose => ("no-purpose", "K6.2.3", "purposes", "Select at least one purpose."),
            Self::NoPrejudice => ("no-prejudice", "K6.2.3", "prejudice", "Explain why not disclosing would be likely to prejudice the purpose."),
            Self::NoRecipients => ("no-recipients", "K6.2.4", "recipients", "Choose at least one recipient by name."),
            Self::RiskIncomplete => ("risk-incomplete", "K6.2.5", "risk_confidentiality", "Complete the risk assessment: confidentiality, level of risk, purpose, special conditions, possible harm to the person, and whether you found a risk."),
            Self::NoRiskPlan => ("no-risk-plan", "K6.2.6", "risk_plan", "You found a risk: enter the plan to manage it, with any need for public interest immunity."),
            Self::JapanIncomplete => ("japan-incomplete", "K6.4", "japan_justified", "Complete all five parts of the JAPAN record."),
            Self::WantedNotAnswered => ("wanted-not-answered", "K6.3", "wanted", "Select whether the person is wanted."),
            Self::NoWantedReference => ("no-wanted-reference", "K6.3", "c02_reference", "Enter the reference under policy C02 for a wanted person."),
            Self::IdentificationNotAnswered => ("identification-not-answered", "K6.3", "identification", "Select whether identification is an issue in the case."),
            Self::ProsecutorsNotConsulted => ("no-cps", "K6.3", "cps_consulted", "Identification is an issue: enter who at the Crown Prosecution Service was consulted, and when."),
            Self::RecipientGone => ("recipient-gone", "K6.2.4", "recipients", "Somebody you named no longer receives for that scheme, or has no keys now. Choose the recipients again."),
            Self::NoNeedToKnow => ("no-need", "K6.2.4", "need", "Enter why these recipients need to know."),
            Self::ReasonMissing => ("no-reason", "K6.4.1", "reason", "Enter the reason. It is kept on the record."),
            Self::SchemeSuspended => ("scheme-suspended", "K6.2.1", "recipients", "This scheme is suspended. Speak to the Area Intelligence Co-ordinator."),
            _ => return None,
        })
    }

    /// Telling the person first, higher ranks, the record of sharing (O3).
    #[rustfmt::skip]
    pub(super) fn about_telling(&self) -> Option<Said> {
        Some(match self {
            Self::NoSharingRecord => ("no-kmip", "O3.2.1", "kmip_reference", "Enter the reference of the K-MIP record of sharing, and confirm that it is complete."),
            Self::NoticeNotServed => ("notice-not-served", "O3.2.3", "notice_date", "Enter when, by whom and how the person was told in writing, and where the document is kept."),
            Self::NoticeInFuture => ("notice-future", "O3.2.3", "notice_date", "The notice cannot have been served in the future. Check the date and time."),
            Self::NotCommander => ("not-commander", "O3.2.3", "", "Only the district commander can decide on representations."),
            Self::NotInspector => ("not-inspector", "O3.2.4", "", "Only an inspector or above can decide this."),
            Self::OutcomeNotRecorded => ("outcome-missing", "O3.2.3", "outcome", "Select whether there was a positive outcome."),
            Self::PhotographOfThisOffence => ("photograph-of-this-offence", "O3.2.4", "other_offence", "There was no positive outcome, so a photograph may go only if it was taken for another offence that ended in justice or a caution. Confirm that, or ask the officer for a text-only request."),
            Self::WantedNotToldOrLeftOut => ("wanted-not-told", "O3.2.5", "telling", "A wanted person is told first too, unless telling them would prejudice the prevention or detection of crime. Select one of the two."),
            Self::DispensationIncomplete => ("dispensation-incomplete", "O3.2.5", "left_out_by", "Enter who decided that the person is not told, and why telling would prejudice the prevention or detection of crime."),
            Self::RepresentationsMissing => ("representations-missing", "O3.2.3", "words", "Enter what the person said."),
            Self::ReceivedInFuture => ("received-future", "O3.2.3", "received_date", "Representations cannot have been received in the future. Check the date and time."),
            Self::ResultNotTold => ("result-not-told", "O3.2.3", "representations", "The district commander has decided on the representations. Tell the person the result in writing and record it."),
            Self::NothingToRule => ("nothing-to-rule", "O3.2.3", "", "Nothing waits for this decision now. It may have been decided since you opened this page."),
            Self::NothingToTell => ("nothing-to-tell", "O3.2.3", "", "There is no decision on representations to tell the person of."),
            Self::ToldOutOfTime => ("told-out-of-time", "O3.2.3", "told_date", "The result cannot have been told in the future, or before it was decided. Check the date and time."),
            Self::SharingRecordNotAttached => ("kmip-not-attached", "O3.2.2", "kmip_attached", "Confirm that the K-MIP record is attached to the Athena record, titled “information sharing” and the organisation."),
            Self::RepresentationsUndecided => ("representations", "O3.2.3", "representations", "The person has made representations, so only the district commander can decide. This release cannot be authorised until that decision is on record."),
            Self::NoPositiveOutcome => ("no-positive-outcome", "O3.2.4", "outcome", "There was no positive outcome, so an inspector or above must decide first. This release cannot be authorised until that decision is on record."),
            _ => return None,
        })
    }

    /// Authority, numbering, recipients, holders (K7, K8) and what is nobody’s clause.
    #[rustfmt::skip]
    pub(super) fn about_supply(&self) -> Option<Said> {
        Some(match self {
            Self::NotFound => ("not-found", "P10", "", "We cannot find that, or it is not yours to see."),
            Self::RegistrationLapsed => ("registration-lapsed", "K8.1", "basis", "The force's data protection registration is not on record or has run out. An administrator must record it before anything can be released."),
            Self::AuthorisedByRequester => ("own-request", "K7.7", "", "You made this request, so somebody else must authorise it."),
            Self::NotAreaCoordinator => ("not-coordinator", "K7.1", "", "Only an Area Intelligence Co-ordinator of this area can do this."),
            Self::NoAthenaRecord => ("no-athena", "K7.7.2", "athena_reference", "Enter the Genesis/Athena reference under which this release is recorded, and its date, which cannot be in the future."),
            Self::NameNotJustified => ("name-not-justified", "K8.3", "name_why", "The person would be named. Enter the written justification, or have the name left out."),
            Self::NotRequester => ("not-requester", "K7.7", "", "Only the officer who asked can do this."),
            Self::AuthorisedByRuler => ("own-ruling", "K7.7", "", "You decided a question of this case as inspector or district commander, so somebody else must authorise it."),
            Self::WordsNotConsidered => ("words-not-considered", "K8.4", "words_considered", "Look at the photographs, read the words that would leave, and save this part. It was not saved about what would leave now."),
            Self::NoInstructions => ("no-instructions", "K7.4", "instructions", "The supply goes to a scheme manager: enter instructions, or choose members of each manager's own scheme who may be shown it."),
            Self::MembersUnmanaged => ("members-unmanaged", "K7.4", "members", "You ticked members of a scheme whose manager is not chosen, so nobody would tell them. Choose the manager too, or untick those members."),
            Self::MemberGone => ("member-gone", "K7.2", "members", "A member you ticked has left the scheme's register. Choose the members again."),
            Self::RecordChanged => ("record-changed", "K7.7.1", "statement", "The case is not what this page showed: somebody has changed it since. Read it again, then sign."),
            Self::OpenedAlready => ("opened-already", "K8.3", "reason", "A recipient has opened it, so its number cannot be voided. Recall the release instead."),
            Self::SupplyGoesToManager => ("goes-to-manager", "K7.4", "recipients", "This scheme has an approved manager, so the supply goes to the manager."),
            Self::OwnAccountSuspended => ("own-account-suspended", "P3", "", "Your account has been suspended since you opened this page. Nothing was done. Speak to your administrator."),
            Self::PersonSuspended => ("person-suspended", "K7.3", "recipients", "This account is suspended. Speak to the Area Intelligence Co-ordinator."),
            Self::ConditionsUnacknowledged => ("conditions", "K8.2", "", "Read and acknowledge the conditions of this supply first."),
            Self::NotLive => ("not-live", "K7.7.1", "", "This release is not authorised, so nothing can be opened."),
            Self::NotSealedYet => ("not-sealed", "K8.6", "", "Your copy is still being sealed. Try again in a few minutes."),
            Self::KeyDestroyed => ("key-destroyed", "K8.2", "", "The key of this copy has been destroyed. Nothing can open it again."),
            Self::NoUnitKey => ("no-unit-key", "K8.1", "", "This area's unit has no key yet. An Area Intelligence Co-ordinator makes it, and the root signs it, before anything can be kept."),
            Self::UnitKeyChanged => ("unit-key-changed", "K8.1", "", "Stop: the unit's key on record is not one that the root signed. Somebody may have changed it. Nothing was sealed. Tell your administrator by telephone at once."),
            Self::OwnKeysUnconfirmed => ("own-keys-unconfirmed", "K8.2.1", "", "Your keys are not confirmed yet. An Area Intelligence Co-ordinator asks you for the six words of your key by telephone; after that you can sign."),
            Self::AlreadyConfirmed => ("already-confirmed", "K8.2", "", "You have confirmed that this copy is gone. Nothing can open it again."),
            Self::ConfirmedOutOfTime => ("confirmed-out-of-time", "K8.2", "done_date", "What was done lies in the future, or before the copy was supplied. Check the date and time."),
            _ => return None,
        })
    }

    /// Refusals of corrections and of reports (K8.7).
    #[rustfmt::skip]
    pub(super) fn about_corrections(&self) -> Option<Said> {
        Some(match self {
            Self::NoWordsLeft => ("no-words-left", "K8.7", "text", "Enter the corrected words. If nothing may stand any more, recall the release instead."),
            Self::NothingCorrected => ("nothing-corrected", "K8.7", "text", "These are the words in force, with the same warning. Change what is wrong, then sign."),
            Self::ChangeNotTold => ("change-not-told", "K8.7", "changed", "Enter what changed. Every holder reads it."),
            Self::ReportedAlready => ("reported-already", "K8.7", "report", "You have reported this already, and the police have not answered yet. You need not send it again."),
            Self::TooManyReports => ("too-many-reports", "K8.7", "report", "Five of your reports about this bulletin wait for an answer. Speak to the Area Intelligence Co-ordinator, or wait until one is answered."),
            Self::ReportAnswered => ("report-answered", "K8.7", "", "This report was answered already. Nothing was changed."),
            Self::NoReportOutcome => ("no-report-outcome", "K8.7", "outcome", "Select what you decided."),
            Self::NotCorrectedYet => ("not-corrected-yet", "K8.7", "outcome", "Nothing has been corrected since this report came. Correct the words first, then record the outcome."),
            Self::NotRecalledYet => ("not-recalled-yet", "K8.7", "outcome", "The release is not recalled. Recall it first, then record the outcome."),
            Self::NoAnswerToHolder => ("no-answer-to-holder", "K8.7", "answer", "Enter what the holder is told."),
            _ => return None,
        })
    }

    /// Refusals about other areas (K7.6).
    #[rustfmt::skip]
    pub(super) fn about_areas(&self) -> Option<Said> {
        Some(match self {
            Self::ElsewhereNotAnswered => ("elsewhere-not-answered", "K7.6", "elsewhere", "Select whether the person is active in another area, and in which."),
            Self::AreaNotConsulted => ("area-not-consulted", "K7.6", "areas", "The co-ordinator of the other area has not been consulted yet. Enter what you tell them and save this part to consult them."),
            Self::AreaAnswered => ("area-answered", "K7.6", "", "This has been answered, and the answer stays on record. Look at it again before you go on."),
            Self::OriginEnded => ("origin-ended", "K7.6", "answer", "The other area's request waits for its officer, or it or its release has ended, so no release can follow it now. If the person is active here, one of your officers can ask for a release."),
            Self::OriginalsAwaited => ("originals-awaited", "K7.6", "", "The other area has not handed over everything yet, or what came was not compared with the record yet."),
            Self::LinkedNotReturned => ("linked-not-returned", "K7.6", "more", "This request follows another area's, so there is no officer here to send it back to. Refuse it, and have one of your officers ask if it should read otherwise."),
            _ => return None,
        })
    }
}
