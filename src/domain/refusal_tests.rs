//! Every refusal's own word and clause. The words are stable: machines and the log read them.

use super::*;

/// Refusals whose sentence is fixed.
const FIXED: &[(Refusal, &str)] = &[
    (Refusal::NotFound, "not-found"),
    (Refusal::NotCustody, "not-custody"),
    (Refusal::NotBroughtToJustice, "not-justice"),
    (Refusal::NoImageReference, "no-image-reference"),
    (Refusal::NoPhotographOrText, "nothing-to-release"),
    (Refusal::NoLegalBasis, "no-legal-basis"),
    (Refusal::RegistrationLapsed, "registration-lapsed"),
    (Refusal::NoCurrentIntelligence, "no-intelligence"),
    (Refusal::IntelligenceInFuture, "intelligence-future"),
    (Refusal::PastConvictionAlone, "past-conviction-alone"),
    (Refusal::NoLocality, "no-locality"),
    (Refusal::NoPurpose, "no-purpose"),
    (Refusal::NoPrejudice, "no-prejudice"),
    (Refusal::NoRecipients, "no-recipients"),
    (Refusal::RiskIncomplete, "risk-incomplete"),
    (Refusal::NoRiskPlan, "no-risk-plan"),
    (Refusal::JapanIncomplete, "japan-incomplete"),
    (Refusal::AuthorisedByRequester, "own-request"),
    (Refusal::NotAreaCoordinator, "not-coordinator"),
    (Refusal::NoAthenaRecord, "no-athena"),
    (Refusal::NoSharingRecord, "no-kmip"),
    (Refusal::NameNotJustified, "name-not-justified"),
    (Refusal::NoticeNotServed, "notice-not-served"),
    (Refusal::NoticeInFuture, "notice-future"),
    (Refusal::NotRequester, "not-requester"),
    (Refusal::NotCommander, "not-commander"),
    (Refusal::NotInspector, "not-inspector"),
    (Refusal::AuthorisedByRuler, "own-ruling"),
    (Refusal::WordsNotConsidered, "words-not-considered"),
    (Refusal::OutcomeNotRecorded, "outcome-missing"),
    (Refusal::PhotographOfThisOffence, "photograph-of-this-offence"),
    (Refusal::WantedNotAnswered, "wanted-not-answered"),
    (Refusal::NoWantedReference, "no-wanted-reference"),
    (Refusal::IdentificationNotAnswered, "identification-not-answered"),
    (Refusal::ProsecutorsNotConsulted, "no-cps"),
    (Refusal::WantedNotToldOrLeftOut, "wanted-not-told"),
    (Refusal::DispensationIncomplete, "dispensation-incomplete"),
    (Refusal::RepresentationsMissing, "representations-missing"),
    (Refusal::ReceivedInFuture, "received-future"),
    (Refusal::ResultNotTold, "result-not-told"),
    (Refusal::NothingToRule, "nothing-to-rule"),
    (Refusal::NothingToTell, "nothing-to-tell"),
    (Refusal::ToldOutOfTime, "told-out-of-time"),
    (Refusal::RecipientGone, "recipient-gone"),
    (Refusal::NoNeedToKnow, "no-need"),
    (Refusal::NoInstructions, "no-instructions"),
    (Refusal::ElsewhereNotAnswered, "elsewhere-not-answered"),
    (Refusal::AreaNotConsulted, "area-not-consulted"),
    (Refusal::SharingRecordNotAttached, "kmip-not-attached"),
    (Refusal::RecordChanged, "record-changed"),
    (Refusal::OpenedAlready, "opened-already"),
    (Refusal::RepresentationsUndecided, "representations"),
    (Refusal::NoPositiveOutcome, "no-positive-outcome"),
    (Refusal::ReasonMissing, "no-reason"),
    (Refusal::SupplyGoesToManager, "goes-to-manager"),
    (Refusal::PrintsNotJustified, "no-print-reason"),
    (Refusal::NoPrinter, "no-printer"),
    (Refusal::PrintedAlready, "printed-already"),
    (Refusal::NotPrintedYet, "not-printed-yet"),
    (Refusal::CarriedOutOfTime, "carried-out-of-time"),
    (Refusal::NoSuccessor, "no-successor"),
    (Refusal::LeftScheme, "left-scheme"),
    (Refusal::OwnAccountSuspended, "own-account-suspended"),
    (Refusal::PersonSuspended, "person-suspended"),
    (Refusal::SchemeSuspended, "scheme-suspended"),
    (Refusal::ConditionsUnacknowledged, "conditions"),
    (Refusal::NotLive, "not-live"),
    (Refusal::NotSealedYet, "not-sealed"),
    (Refusal::KeyDestroyed, "key-destroyed"),
    (Refusal::NoUnitKey, "no-unit-key"),
    (Refusal::UnitKeyChanged, "unit-key-changed"),
    (Refusal::OwnKeysUnconfirmed, "own-keys-unconfirmed"),
    (Refusal::AlreadyConfirmed, "already-confirmed"),
    (Refusal::ConfirmedOutOfTime, "confirmed-out-of-time"),
];

#[test]
fn every_refusal_has_its_own_word_its_clause_and_a_sentence() {
    for (refusal, code) in FIXED {
        let told = refusal.told();
        assert_eq!((told.code, refusal.code()), (*code, *code), "{refusal:?}");
        assert!(told.clause.starts_with(['K', 'O', 'P']) && told.sentence.ends_with('.'), "{refusal:?}");
        assert_ne!(told.field, Some(""), "{refusal:?}");
    }
    // A sentence that belongs to a field stands beside it; one about the actor or the stage stands alone.
    assert_eq!(Refusal::NoLocality.told().field, Some("locality"));
    assert_eq!(Refusal::NotFound.told().field, None);
}
