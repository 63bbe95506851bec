//! Where an officer's own request is, and what happens next, in plain words (K7.7).

use crate::actions::desk::Sheet;
use crate::domain::release::Stage;

/// One or two sentences for whoever asked.
pub(crate) fn told(sheet: &Sheet) -> String {
    let release = &sheet.filed.release;
    let area = &sheet.area.name;
    let reason = sheet.file.reason.as_ref().map_or("", |reason| reason.as_str());
    match &release.stage {
        Stage::Draft => "Nobody else sees it until you send it.".to_owned(),
        Stage::Requested => format!(
            "It waits for an Area Intelligence Co-ordinator of {area}, who authorises it, refuses it or asks you for more. You can withdraw it until then."
        ),
        Stage::Returned { at, .. } => format!(
            "The co-ordinator sent it back to you on {} and asks: {reason}\nChange it and send it again, or withdraw it.",
            at.long()
        ),
        Stage::Closed { by, at } if *by == release.requested_by => {
            format!("You withdrew it on {}. Nothing was released.", at.long())
        }
        Stage::Closed { at, .. } => format!(
            "It was refused on {}: {reason}\nNothing was released. If things change, ask for another release.",
            at.long()
        ),
        Stage::Live(authority) if sheet.word == "live" => format!(
            "It was authorised under {} and is open to its recipients until {}. After that nobody can open it, and each recipient confirms that nothing is left.",
            authority.urn,
            authority.until.deadline()
        ),
        Stage::Live(authority) => format!(
            "It was authorised under {}. Its time limit was {}: nobody can open it any more.",
            authority.urn,
            authority.until.deadline()
        ),
        Stage::Voided { authority, at, .. } => format!(
            "Its number {} was voided on {}: {reason}\nNothing can be opened. If the release is still needed, ask again.",
            authority.urn,
            at.long()
        ),
        Stage::Recalled { authority, at, .. } => format!(
            "It was authorised under {} and recalled on {}: {reason}\nNothing can be opened any more.",
            authority.urn,
            at.long()
        ),
    }
}
