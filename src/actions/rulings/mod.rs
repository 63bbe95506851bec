//! Representations of the person, and what only a higher rank may decide (O3.2.3, O3.2.4): put on record, ruled on, told.
//!
//! Promises: each is one act with its leaf; whoever rules signs the whole record as the page showed it, the question and the reasons,
//! and a record that changed meanwhile is refused; what came with representations is there together with them or not at all; nothing
//! here is ever changed or removed, but for when the person was told. Absent on purpose: rules (`domain::release::decide`, `notice`),
//! letters ([`letters`]), who is waited for ([`waits`]). Proved by `tests/it/journeys/rulings.rs`.

pub mod letters;
pub mod waits;

use serde::{Deserialize, Serialize};

use crate::actions::answers::Form;
use crate::actions::documents::{self, STANDING_MAX};
use crate::actions::office::ten;
use crate::actions::release::same_record;
use crate::actions::request::{beside_fields, drop_blobs, read, take_back};
use crate::actions::{Fault, FieldError, No, Office, casefile, decision, statement};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{PersonId, ReleaseId, RepresentationId, RulingId};
use crate::domain::moment::Moment;
use crate::domain::policy::Act;
use crate::domain::release::{Case, Order, Question};
use crate::domain::words::{Line, Prose};
use crate::store::Acked;
use crate::store::decisions::{Representation, RulingRow};
use crate::store::documents::{Document, Owner};
use crate::store::log::Stamp;

/// The word of a document that came with representations.
pub const REPRESENTATION: &str = "representation";
/// The word of a signed receipt of service.
pub const RECEIPT: &str = "receipt";

/// By whom and how the person was told: sealed beside the ruling.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// Who told them.
    pub(super) by: Line,
    /// How.
    pub(super) how: Line,
}

/// A form's day and time, or an error beside the day.
fn moment(wrong: &mut Vec<FieldError>, form: &Form, fields: (&'static str, &str), ask: &str) -> Option<Moment> {
    let at = Moment::parse_london(form.field(fields.0), form.field(fields.1));
    if at.is_none() {
        wrong.push(FieldError::new(
            fields.0,
            format!("Enter {ask}: a date and a time, such as 27 March 2026 and 17:30"),
        ));
    }
    at
}

/// Gives representations that are being written their identifier: a form sent twice puts them on record once.
pub fn draft(office: &Office, person: PersonId) -> String {
    statement::draft(office, person).to_string()
}

/// Puts representations on record, with the documents that came (O3.2.3). By the officer who asked, or a co-ordinator.
pub async fn represent(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    form: &Form,
    uploads: Vec<Vec<u8>>,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Represent, id).await?;
    drop(conn);
    let mut wrong = Vec::new();
    let words = read(&mut wrong, "words", Prose::optional("What was said", form.field("words")));
    let asked = "when they were received";
    let received = moment(&mut wrong, form, ("received_date", "received_time"), asked);
    let (Some(words), Some(received_at)) = (words, received) else { return Err(No::Invalid(wrong)) };
    let person = by.person().ok_or(No::NotFound)?;
    let drafted = statement::drafted(office, person, form.field("representation"));
    let row_id = drafted.and_then(|one| RepresentationId::parse(&one.to_string()));
    let row_id = row_id.ok_or_else(|| No::field("words", "Open this form anew: it is not one of yours."))?;
    let body = office.seal_field("representation", &row_id.to_string(), "body", 0, words.as_str().as_bytes())?;
    let order = move || Order::Represent { received_at, words: words.clone() };
    filed.release.decide(order(), by, office.now()).map_err(beside_fields)?;
    let papers = ready_all(office, by, id, row_id, uploads).await?;
    let objects: Vec<String> = papers.iter().map(|one| one.object.clone()).collect();
    let acting = by.clone();
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let filed = casefile::load(tx, &acting, Act::Represent, id).await?;
                let release_id = id.to_string();
                if tx.representations(id).await?.iter().any(|one| one.id == row_id.to_string()) {
                    return Ok(false);
                }
                let (_, event) = filed.release.decide(order(), &acting, now).map_err(beside_fields)?.into_parts();
                tx.add_representation(&Representation {
                    id: row_id.to_string(),
                    release_id,
                    received_at: received_at.millis(),
                    recorded_by: person.to_string(),
                    recorded_at: now.millis(),
                    body,
                })
                .await?;
                let digests: Vec<String> = papers.iter().map(|one| one.sha256.clone()).collect();
                for paper in &papers {
                    tx.add_document(paper).await?;
                }
                let event = event.with("representation", row_id.to_string()).with("documents", digests);
                tx.append(&event, &acting, &stamp).await?;
                Ok(true)
            })
        })
        .await;
    match done.map(Acked::into_inner) {
        Ok(true) => Ok(()),
        Ok(false) => {
            drop_blobs(office, &objects).await;
            Ok(())
        }
        Err(no) => {
            take_back(office, &no, &objects).await;
            Err(no)
        }
    }
}

/// Each document checked, locked and in the vault, or none of them.
async fn ready_all(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    with: RepresentationId,
    uploads: Vec<Vec<u8>>,
) -> Result<Vec<Document>, No> {
    let mut papers: Vec<Document> = Vec::new();
    for (n, bytes) in uploads.into_iter().enumerate() {
        match documents::ready(office, by, Owner::Release(id), (REPRESENTATION, with.to_string()), bytes).await {
            Ok(paper) => papers.push(paper),
            Err(no) => {
                let objects: Vec<String> = papers.iter().map(|one| one.object.clone()).collect();
                take_back(office, &no, &objects).await;
                return Err(match no {
                    No::Invalid(errors) => {
                        let which = |one: FieldError| {
                            FieldError::new(one.field, format!("Document {}: {}", n + 1, one.sentence))
                        };
                        No::Invalid(errors.into_iter().map(which).collect())
                    }
                    other => other,
                });
            }
        }
    }
    Ok(papers)
}

/// Attaches a signed receipt of service (O3.2.3). By the officer who asked, or a co-ordinator.
pub async fn attach_receipt(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    bytes: Vec<u8>,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    casefile::load(&mut conn, by, Act::Represent, id).await?;
    drop(conn);
    let row = documents::ready(office, by, Owner::Release(id), (RECEIPT, id.to_string()), bytes).await?;
    let object = row.object.clone();
    let acting = by.clone();
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let filed = casefile::load(tx, &acting, Act::Represent, id).await?;
                if tx.documents_of(id).await?.iter().filter(|one| one.subject == RECEIPT).count() >= STANDING_MAX {
                    return Err(No::field("document", "20 receipts stand here already, which is the most."));
                }
                tx.add_document(&row).await?;
                let event = Event::new(Kind::ReceiptAttached, filed.release.object())
                    .with("document", row.id)
                    .with("sha256", row.sha256);
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await;
    if let Err(no) = &done {
        take_back(office, no, &[object]).await;
    }
    done.map(|_| ())
}

/// Answers a question that only a higher rank may answer, signed over the whole record as it was shown (O3.2.3, O3.2.4).
pub async fn rule(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    question: Question,
    form: &Form,
    stamp: Stamp,
) -> Result<(), No> {
    let disclose = match form.field("answer") {
        "disclose" => true,
        "withhold" => false,
        _ => return Err(No::field("statement", "Choose one of the two buttons.")),
    };
    let reasons = Prose::optional("The reasons", form.field("reason"));
    let reasons = reasons.map_err(|why| No::field("reason", why.to_string()))?;
    let mut conn = office.read().await?;
    let of = decision::gather(office, &mut conn, by, Act::SeeRelease, id, office.now()).await?;
    let body = reasons.as_str().as_bytes().to_vec();
    let order =
        move |case: &Case| Order::Rule { question, disclose, reasons: reasons.clone(), open: case.asks(question) };
    of.filed.release.decide(order(&of.case), by, office.now()).map_err(beside_fields)?;
    if form.field("question") != question.word() {
        return Err(No::field("statement", "This form is about another question. Open its page again."));
    }
    same_record(office, &mut conn, form, &of).await.map_err(told)?;
    drop(conn);
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, "ruling", &of.filed.release.object(), form, &[]).await?;
    let row_id = RulingId::fresh(office.now(), ten()).to_string();
    let body = office.seal_field("ruling", &row_id, "body", 0, &body)?;
    let acting = by.clone();
    let done = office.act_as(by, move |tx| {
        Box::pin(async move {
            let now = tx.now();
            let (case, _) = decision::again(tx, &of, now).await?;
            let (_, event) = of.filed.release.decide(order(&case), &acting, now)?.into_parts();
            tx.add_statement(&statement).await?;
            tx.add_ruling(&RulingRow {
                id: row_id,
                release_id: id.to_string(),
                question: question.word().to_owned(),
                disclose,
                subject: case.subject.clone(),
                body,
                decided_by: signer.to_string(),
                decided_at: now.millis(),
                statement_id: statement.id.clone(),
                told_at: None,
                told_by: None,
                told: None,
            })
            .await?;
            tx.append(&event.with("statement", statement.id.clone()), &acting, &stamp).await?;
            Ok(())
        })
    });
    done.await.map(|_| ()).map_err(told)
}

fn told(no: No) -> No {
    match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    }
}

/// The newest ruling on representations, if the person was not told of it yet.
fn untold(rulings: &[RulingRow]) -> Option<&RulingRow> {
    let newest = rulings.iter().rfind(|one| one.question == Question::Representations.word());
    newest.filter(|one| one.told_at.is_none())
}

/// Puts on record that the person was told in writing what was decided on their representations: when, by whom, how (O3.2.3).
pub async fn tell(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, id).await?;
    let rulings = conn.rulings(id).await?;
    drop(conn);
    let order = |told_at: Moment, rulings: &[RulingRow]| Order::Tell {
        told_at,
        decided_at: untold(rulings).map(|one| Moment::from_millis(one.decided_at)),
    };
    // Who may not, or has nothing to tell, hears that first; of the time the form says it again below.
    let at = untold(&rulings).map_or_else(|| office.now(), |one| Moment::from_millis(one.decided_at));
    filed.release.decide(order(at, &rulings), by, office.now()).map_err(beside_fields)?;
    let mut wrong = Vec::new();
    let told_at = moment(&mut wrong, form, ("told_date", "told_time"), "when they were told");
    let who = read(&mut wrong, "told_by", Line::parse("who told the person", form.field("told_by")));
    let how = read(&mut wrong, "told_how", Line::parse("how the person was told", form.field("told_how")));
    let (Some(told_at), Some(who), Some(how)) = (told_at, who, how) else { return Err(No::Invalid(wrong)) };
    filed.release.decide(order(told_at, &rulings), by, office.now()).map_err(beside_fields)?;
    let ruling = untold(&rulings).ok_or(No::NotFound)?.id.clone();
    let plain = serde_json::to_vec(&Told { by: who, how }).map_err(|why| Fault::Other(why.to_string()))?;
    let sealed = office.seal_field("ruling", &ruling, "told", 0, &plain)?;
    let (acting, person) = (by.clone(), by.person().ok_or(No::NotFound)?);
    let done = office.act_as(by, move |tx| {
        Box::pin(async move {
            let now = tx.now();
            let filed = casefile::load(tx, &acting, Act::SeeRelease, id).await?;
            let rulings = tx.rulings(id).await?;
            let rulings = if untold(&rulings).is_some_and(|one| one.id == ruling) { rulings } else { Vec::new() };
            let (_, event) = filed.release.decide(order(told_at, &rulings), &acting, now)?.into_parts();
            if !tx.tell_ruling(&ruling, told_at, person, &sealed).await? {
                return Err(No::Unavailable);
            }
            tx.append(&event.with("ruling", ruling), &acting, &stamp).await?;
            Ok(())
        })
    });
    done.await.map(|_| ()).map_err(told)
}
