//! A request is checked and sent, signed (K7.7): what the page shows is what is signed, and what the co-ordinator gets.
//!
//! Promise: a refused sending keeps everything that was typed. The words that would leave stand in the signature by digest alone,
//! since they are erased at authority (P4). Proved by `tests/it/journeys/request.rs` and `tests/it/journeys/statements.rs`.

use std::fmt::Write as _;

use crate::actions::answers::{Form, digested};
use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::request::draft::{Writing, open};
use crate::actions::request::{Asked, beside_fields};
use crate::actions::{FieldError, No, Office, source, statement};
use crate::domain::actor::Actor;
use crate::domain::ids::ReleaseId;
use crate::domain::release::order::Submission;
use crate::domain::release::{Order, Stage};
use crate::store::log::Stamp;

/// A question of the request with its answer, as it will be sent.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Line {
    /// The field it is changed in.
    pub field: &'static str,
    /// The question.
    pub key: &'static str,
    /// The answer; empty: none.
    pub value: String,
    /// It would leave: the signature holds its digest alone.
    pub leaves: bool,
}

/// A request as it would be sent now.
#[derive(Clone, Debug)]
pub struct Ready {
    /// As it stands.
    pub writing: Writing,
    /// What was typed, read.
    pub asked: Asked,
    /// All that keeps it from being sent.
    pub missing: Vec<FieldError>,
}

/// A request of `by` that is not with the co-ordinator, as it would be sent now.
pub async fn ready(office: &Office, by: &Actor, id: ReleaseId) -> Result<Ready, No> {
    let writing = open(office, by, id).await?;
    let asked = Asked::read(&writing.draft.typed);
    let mut missing = asked.missing(by, writing.photographs.len());
    if missing.iter().all(|one| one.field != "area") && asked.area != Some(writing.filed.release.area) {
        missing.push(FieldError::new("area", "Remove the photographs to choose another area"));
    }
    Ok(Ready { writing, asked, missing })
}

impl Ready {
    /// Every question with its answer, in the order of the form.
    pub fn lines(&self) -> Vec<Line> {
        let line = |field, key, value: &str| Line { field, key, value: value.to_owned(), leaves: false };
        let yes = |is: bool| if is { "Yes" } else { "No" };
        let (request, area) = (&self.asked.request, &self.writing.area);
        let purposes: Vec<&str> = request.purposes.iter().map(|purpose| purpose.title()).collect();
        let area = self.asked.area.map_or_else(String::new, |_| format!("{} ({})", area.name, area.code));
        let mut lines = vec![
            line("area", "Area", &area),
            line("title", "Title", request.title.as_str()),
            line("reasons", "Why it is needed", request.reasons.as_str()),
            line("purposes", "Purposes (K6.2.3)", &purposes.join("\n")),
            line("locality", "Locality (K6.2.2)", request.locality.as_str()),
            line("own_reference", "Your own reference", self.asked.own_reference.as_str()),
            Line { leaves: true, ..line("text", "Text for the recipients", self.asked.draft.text.as_str()) },
            Line { leaves: true, ..line("name", "Name of the person (K8.3)", self.asked.draft.name.as_str()) },
            line("danger", "Danger: do not approach (K8.5)", yes(request.danger)),
        ];
        let photographs = self.writing.photographs.len();
        if photographs > 0 {
            lines.push(line("source", "Custody photographs (K5.1)", yes(request.source.custody)));
            lines.push(line("justice", "Brought to justice or cautioned (K5.2)", yes(request.source.justice)));
            let reference = request.source.reference.as_str();
            lines.push(line("image_reference", "Genesis/Athena reference of the photograph", reference));
        }
        lines.push(line("photographs", "Photographs", &photographs.to_string()));
        lines
    }

    /// The same as words to be signed, without those that would leave.
    pub fn record(&self) -> String {
        let mut text = "Request for a release (K7.7)\n".to_owned();
        for line in self.lines().iter().filter(|line| !line.leaves) {
            let _ = writeln!(text, "{}: {}", line.key, if line.value.is_empty() { "None" } else { &line.value });
        }
        text
    }

    /// Digests of the words that would leave (none: empty) and of each photograph, in order.
    pub fn subject(&self) -> (String, Vec<String>) {
        let words = self.asked.words();
        let words = if words.is_empty() { String::new() } else { digested(words.as_bytes()) };
        (words, self.writing.photographs.iter().map(|one| format!("sha256:{}", one.sha256)).collect())
    }

    /// Whether a form was about exactly this.
    fn is_what(&self, form: &Form) -> bool {
        let (words, pictures) = self.subject();
        let record = form.field("record").replace("\r\n", "\n");
        record.trim_end() == self.record().trim_end()
            && form.field("words") == words
            && form.fields("photograph") == pictures
    }
}

/// Sends a request, signed: a draft for the first time, or one that was sent back.
pub async fn submit(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let now_ready = ready(office, by, id).await?;
    if !now_ready.missing.is_empty() {
        return Err(No::Invalid(now_ready.missing));
    }
    let changed = || No::field("statement", "The request is not what this page showed. Look at it again, then sign.");
    if !now_ready.is_what(form) {
        return Err(changed());
    }
    let signer = by.person().ok_or(No::NotFound)?;
    let Ready { writing, asked, .. } = now_ready;
    let filed = writing.filed;
    let statement = statement::check_form(office, signer, "request", &filed.release.object(), form, &[]).await?;
    let sent =
        Submission { request: asked.request.clone(), words: asked.words(), photographs: writing.photographs.len() };
    let Draft { typed, saved_at, .. } = writing.draft;
    let draft = Draft { typed, saved_at, ..asked.draft };
    let file = CaseFile { request: asked.request, own_reference: asked.own_reference, ..writing.file };
    let read = filed.release.version;
    let index = source::index(office, file.own_reference.as_str());
    let danger = file.request.danger;
    let (file, draft) = casefile::seal(office, id, read + 1, &file, Some(&draft))?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let mut filed = tx.release(id).await?.ok_or(No::NotFound)?;
                let decision = filed.release.decide(Order::Submit(Box::new(sent)), &actor, now)?;
                if filed.release.version != read {
                    return Err(changed());
                }
                if filed.release.stage == Stage::Draft {
                    filed.release.requested_at = now;
                }
                (filed.file, filed.draft, filed.danger, filed.source_index) = (file, draft, danger, index);
                tx.add_statement(&statement).await?;
                let event = tx.carry_out(&filed, decision).await?.with("statement", statement.id.clone());
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await
        .map(|_| ())
        .map_err(|no| match no {
            No::Refused(refusals) => beside_fields(refusals),
            other => other,
        })
}
