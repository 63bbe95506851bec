//! How the demo's people review a release and decide on the review: the same actions as on the pages, signed with their own keys.

use crate::actions::answers::Form;
use crate::actions::decision::Answers;
use crate::actions::office::Office;
use crate::actions::reviews::{self, decide, limits, record};
use crate::actions::{No, reviews::Gathered};
use crate::demo::people::Somebody;
use crate::demo::releases::sign_form;
use crate::demo::{ago, stamp};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::domain::release::ReviewPart;

fn answers(fields: &[(&str, &str)]) -> Answers {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const REVIEW: &[(&str, &str)] = &[
    ("basis", "common_law"),
    ("grounds_kind", "intelligence"),
    ("grounds", "Two reports of this month place the person in the same shops again."),
    ("prejudice", "Staff would not recognise the person, and the thefts would go on."),
    ("risk_confidentiality", "No source is identified."),
    ("risk_level", "Low, as before."),
    ("risk_purpose", "Recognition at the door."),
    ("risk_conditions", "Not for display."),
    ("risk_harm", "Mistaken identity: staff call the police."),
    ("risk_found", "no"),
    ("need", "They manage the doors at which the person is still seen."),
    ("reason", "The person goes on."),
];

/// Loads a release's reviews as somebody who may do `act` sees them.
pub async fn gathered(office: &Office, who: &Somebody, act: Act, id: ReleaseId) -> Result<Gathered, No> {
    let mut conn = office.read().await?;
    reviews::gather(office, &mut conn, &who.actor, act, id, office.now()).await
}

/// A careful reviewer's answers now, on this intelligence: everybody still needs it.
pub async fn said(
    office: &Office,
    who: &Somebody,
    id: ReleaseId,
    advised: &str,
    reference: &str,
) -> Result<Answers, No> {
    let mut all = answers(REVIEW);
    let dated = ago(office.now(), 2, 0).day().to_string();
    all.extend(answers(&[("intelligence_reference", reference), ("intelligence_date", &dated), ("advised", advised)]));
    let of = gathered(office, who, Act::Review, id).await?;
    all.extend(of.copies.iter().map(|copy| ("still_need".to_owned(), copy.id.clone())));
    Ok(all)
}

/// Saves every part of a review, page by page.
pub async fn write(office: &Office, who: &Somebody, id: ReleaseId, said: &Answers) -> Result<(), No> {
    for (part, ..) in ReviewPart::ALL {
        let of = gathered(office, who, Act::Review, id).await?;
        let version = of.open().and_then(|round| round.answers(part)).map_or(0, |saved| saved.version);
        reviews::save(office, &who.actor, id, part, said, version, stamp()).await?;
    }
    Ok(())
}

/// The review's form as it stands, signed.
pub async fn sign_form_of(office: &Office, who: &Somebody, id: ReleaseId) -> Result<Form, No> {
    let of = gathered(office, who, Act::Review, id).await?;
    let round = of.open().ok_or(No::NotFound)?;
    let text = record::text(&record::shown(&of, round)?);
    sign_form(office, who, "review", &format!("release/{id}"), Form::posted(&answers(&[("record", &text)])), &[])
}

/// Reviews and signs.
pub async fn review(office: &Office, who: &Somebody, id: ReleaseId, said: &Answers) -> Result<(), No> {
    write(office, who, id, said).await?;
    let form = sign_form_of(office, who, id).await?;
    reviews::sign(office, &who.actor, id, &form, stamp()).await
}

/// A decision's form about the review that waits, signed; `more`: a day to close on, an enactment.
pub async fn sign_decision(
    office: &Office,
    who: &Somebody,
    id: ReleaseId,
    answer: &str,
    more: &[(&str, &str)],
) -> Result<Form, No> {
    let of = gathered(office, who, Act::DecideReview, id).await?;
    let text = match of.waiting() {
        Some(round) => record::text(&record::shown(&of, round)?),
        None => String::new(),
    };
    let mut said = answers(&[("record", &text), ("reason", "As the reviewer says."), ("answer", answer)]);
    said.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    said.extend(answers(more));
    sign_form(office, who, "review-decision", &format!("release/{id}"), Form::posted(&said), &[])
}

/// Decides the review that waits.
pub async fn conclude(
    office: &Office,
    who: &Somebody,
    id: ReleaseId,
    answer: &str,
    more: &[(&str, &str)],
) -> Result<(), No> {
    let form = sign_decision(office, who, id, answer, more).await?;
    decide::conclude(office, &who.actor, id, &form, stamp()).await
}

/// Brings a limit forward, signed.
pub async fn shorten(office: &Office, who: &Somebody, id: ReleaseId, close_on: &str) -> Result<(), No> {
    let said = answers(&[("close_on", close_on), ("reason", "The shop closes then.")]);
    let form = sign_form(office, who, "limit", &format!("release/{id}"), Form::posted(&said), &[])?;
    limits::shorten(office, &who.actor, id, &form, stamp()).await
}

/// Records that the exclusion notice ended early.
pub async fn notice_ended(office: &Office, who: &Somebody, id: ReleaseId, ended: &str) -> Result<(), No> {
    let form = Form::posted(&answers(&[("ended", ended), ("reason", "Told by the partnership.")]));
    limits::notice_ended(office, &who.actor, id, &form, stamp()).await
}
