//! How the demo's people put representations on record, rule on a question and tell the person: the same actions as on the pages.

use crate::actions::answers::Form;
use crate::actions::decision::{self, record};
use crate::actions::office::Office;
use crate::actions::{No, rulings};
use crate::demo::people::Somebody;
use crate::demo::releases::sign_form;
use crate::demo::stamp;
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::domain::release::Question;

fn form(fields: &[(&str, &str)]) -> Form {
    Form::posted(&fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
}

/// Representations received now.
pub fn said(office: &Office, who: &Somebody, words: &str) -> Form {
    let now = office.now();
    form(&[
        ("representation", &rulings::draft(office, who.id)),
        ("received_date", &now.day().to_string()),
        ("received_time", &now.clock_time()),
        ("words", words),
    ])
}

/// Puts them on record, with these documents.
pub async fn represent(
    office: &Office,
    who: &Somebody,
    id: ReleaseId,
    words: &str,
    files: Vec<Vec<u8>>,
) -> Result<(), No> {
    rulings::represent(office, &who.actor, id, &said(office, who, words), files, stamp()).await
}

/// An answer to a question about the record as it stands, signed.
pub async fn sign_ruling(
    office: &Office,
    who: &Somebody,
    id: ReleaseId,
    question: Question,
    answer: &str,
    reason: &str,
) -> Result<Form, No> {
    let mut conn = office.read().await?;
    let of = decision::gather(office, &mut conn, &who.actor, Act::SeeRelease, id, office.now()).await?;
    let text = record::text(&record::sections(office, &mut conn, &of).await?);
    drop(conn);
    let form = form(&[("question", question.word()), ("record", &text), ("reason", reason), ("answer", answer)]);
    sign_form(office, who, "ruling", &format!("release/{id}"), form, &[])
}

/// Answers a question: `disclose` or not.
pub async fn rule(
    office: &Office,
    who: &Somebody,
    id: ReleaseId,
    question: Question,
    disclose: bool,
) -> Result<(), No> {
    let answer = if disclose { "disclose" } else { "withhold" };
    let form =
        sign_ruling(office, who, id, question, answer, "The thefts go on; the public interest is strong.").await?;
    rulings::rule(office, &who.actor, id, question, &form, stamp()).await
}

/// The person was told now.
pub async fn tell(office: &Office, who: &Somebody, id: ReleaseId) -> Result<(), No> {
    let now = office.now();
    let form = form(&[
        ("told_date", &now.day().to_string()),
        ("told_time", &now.clock_time()),
        ("told_by", "PC 1042"),
        ("told_how", "A letter, by hand"),
    ]);
    rulings::tell(office, &who.actor, id, &form, stamp()).await
}
