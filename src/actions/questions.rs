//! How the questions of signed forms are called where their answers are read again, in the order of their pages.
//!
//! Absent on purpose: deciding anything by it: a question that is missing here is shown under its own name, last.

const QUESTIONS: &[(&str, &str)] = &[
    ("answer", "Decision"),
    ("release", "The request’s identifier"),
    ("area", "Area"),
    ("title", "Title"),
    ("reasons", "Why it is needed"),
    ("purposes", "Purposes"),
    ("locality", "Locality"),
    ("text", "Text for the recipients (digest)"),
    ("name", "Name of the person (digest)"),
    ("danger", "There is danger: do not approach"),
    ("source", "Where do the photographs come from?"),
    ("justice", "Was the person brought to justice or cautioned for the offence the photograph was taken for?"),
    ("image_reference", "Genesis/Athena reference of the photograph"),
    ("photographs", "Photographs"),
    ("basis", "Legal basis"),
    ("grounds_kind", "The grounds rest on"),
    ("grounds", "Grounds"),
    ("intelligence_reference", "Reference of the intelligence report"),
    ("intelligence_date", "Date of the intelligence"),
    ("prejudice", "What would be prejudiced by not disclosing?"),
    ("risk_confidentiality", "Confidentiality and sensitivity"),
    ("risk_level", "Level of risk"),
    ("risk_purpose", "Purpose of the disclosure"),
    ("risk_conditions", "Special conditions"),
    ("risk_harm", "Possible harm to the person"),
    ("risk_found", "Did you find a risk?"),
    ("risk_plan", "Plan to manage the risk"),
    ("japan_justified", "Justified"),
    ("japan_authorised", "Authorised"),
    ("japan_proportionate", "Proportionate"),
    ("japan_auditable", "Auditable"),
    ("japan_necessary", "Necessary"),
    ("notice_date", "When was it served: date"),
    ("notice_time", "When was it served: time"),
    ("notice_by", "Served by"),
    ("notice_how", "How it was served"),
    ("notice_document", "Where the document is kept"),
    ("representations", "Has the person made representations?"),
    ("outcome", "Outcome"),
    ("kmip_reference", "K-MIP record of sharing"),
    ("athena_reference", "Genesis/Athena record of this release"),
    ("athena_date", "Date of that record"),
    ("exclusion_ends", "Last day of an exclusion notice"),
    ("name_why", "Why is the name needed?"),
    ("recipients", "Who receives it?"),
    ("words", "Words that leave"),
    ("photograph", "Photographs, as uploaded"),
    ("method", "How was it done?"),
    ("done_date", "When was it done: date"),
    ("done_time", "When was it done: time"),
    ("witness", "Who saw it done?"),
    ("reason", "Reason"),
];

/// A question in words, and its place among the others.
pub(super) fn words(name: &str) -> (usize, String) {
    let at = QUESTIONS.iter().position(|(question, _)| *question == name);
    match at.and_then(|at| QUESTIONS.get(at)) {
        Some((_, words)) => (at.unwrap_or_default(), (*words).to_owned()),
        None => (QUESTIONS.len(), name.to_owned()),
    }
}
