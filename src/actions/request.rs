//! An officer asks for a release (K7.7): words, source, photographs. Each photograph is sealed to the unit at once (P4).

use std::sync::Arc;

use crate::actions::answers::Form;
use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::office::{slow, ten};
use crate::actions::{FieldError, No, Office, statement, trust};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PersonId, PhotographId, ReleaseId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::request::{Purpose, Source};
use crate::domain::release::{Release, Request, Stage};
use crate::domain::words::{Line, Prose, Unfit};
use crate::sealing::age::Recipient;
use crate::sealing::{copy, image};
use crate::store::log::Stamp;
use crate::store::releases::{Filed, Photograph};
use crate::store::statements::Statement;

/// What the officer typed; the names are the form's.
#[derive(Clone, Debug, Default)]
struct Asked {
    area: String,
    title: String,
    name: String,
    text: String,
    locality: String,
    reasons: String,
    purposes: Vec<String>,
    source: String,
    justice: String,
    image_reference: String,
    danger: String,
}

/// Of these the signed document holds the digest alone: what leaves is erased from the case at authority (P4), so it must not
/// stay with a signature.
pub const BY_DIGEST: [&str; 2] = ["text", "name"];

/// The question whose answers are the photographs.
const PHOTOGRAPHS: &str = "photographs";

/// Reads a field, noting what is wrong with it.
pub(super) fn read<T>(wrong: &mut Vec<FieldError>, field: &'static str, value: Result<T, Unfit>) -> Option<T> {
    value.map_err(|why| wrong.push(FieldError::new(field, why.to_string()))).ok()
}

/// Turns refusals that belong beside a field into field errors; the others stay refusals.
pub(super) fn beside_fields(refusals: Vec<Refusal>) -> No {
    if refusals.iter().all(|refusal| refusal.told().field.is_some()) {
        let error = |refusal: &Refusal| {
            let told = refusal.told();
            FieldError::new(told.field.unwrap_or(""), format!("{} ({})", told.sentence, told.clause))
        };
        return No::Invalid(refusals.iter().map(error).collect());
    }
    No::from(refusals)
}

impl Asked {
    fn of(form: &Form) -> Self {
        let of = |name| form.field(name).to_owned();
        Self {
            area: of("area"),
            title: of("title"),
            name: of("name"),
            text: of("text"),
            locality: of("locality"),
            reasons: of("reasons"),
            purposes: form.fields("purposes").into_iter().map(str::to_owned).collect(),
            source: of("source"),
            justice: of("justice"),
            image_reference: of("image_reference"),
            danger: of("danger"),
        }
    }

    fn parse(&self, photographs: usize) -> Result<(Request, Draft), No> {
        let mut wrong = Vec::new();
        let title = read(&mut wrong, "title", Line::parse("a title for the request", &self.title));
        let name = read(&mut wrong, "name", Line::optional("The name", &self.name));
        let text = read(&mut wrong, "text", Prose::optional("The text", &self.text));
        let locality = read(&mut wrong, "locality", Line::optional("The locality", &self.locality));
        let reasons = read(&mut wrong, "reasons", Prose::optional("The reasons", &self.reasons));
        let reference = read(&mut wrong, "image_reference", Line::optional("The reference", &self.image_reference));
        let (name, text) = (name.unwrap_or_default(), text.unwrap_or_default());
        let request = Request {
            title: title.unwrap_or_default(),
            source: Source {
                custody: self.source == "custody",
                justice: self.justice == "yes",
                reference: reference.unwrap_or_default(),
            },
            locality: locality.unwrap_or_default(),
            reasons: reasons.unwrap_or_default(),
            purposes: self.purposes.iter().filter_map(|word| Purpose::parse(word)).collect(),
            danger: self.danger == "yes",
            named: !name.is_empty(),
        };
        let draft = Draft { name, text };
        let unmet = request.check(photographs, &draft.released("").unwrap_or_default());
        match (wrong.is_empty(), unmet.is_empty()) {
            (true, true) => Ok((request, draft)),
            (true, false) => Err(reasons_beside(unmet)),
            (false, _) => Err(with_unmet(wrong, unmet)),
        }
    }
}

/// Unreadable fields first; each unmet rule whose field can be read stands with them, so that all is told at once.
fn with_unmet(mut wrong: Vec<FieldError>, unmet: Vec<Refusal>) -> No {
    if let No::Invalid(errors) = reasons_beside(unmet) {
        for error in errors {
            if wrong.iter().all(|one| one.field != error.field) {
                wrong.push(error);
            }
        }
    }
    No::Invalid(wrong)
}

/// On the officer's page the missing reason is the field `reasons`.
fn reasons_beside(unmet: Vec<Refusal>) -> No {
    match beside_fields(unmet) {
        No::Invalid(mut errors) => {
            for error in &mut errors {
                if error.field == "reason" {
                    error.field = "reasons";
                }
            }
            No::Invalid(errors)
        }
        other => other,
    }
}

/// How many photographs one request may have now.
pub async fn photographs_max(office: &Office) -> Result<usize, No> {
    Ok(office.read().await?.numbers_in_force().await?.0.photographs_max())
}

/// Asks, signed. `photographs` are the uploaded files' bytes; the answer `release` is an identifier from [`statement::draft`].
/// Answers the release.
pub async fn ask(
    office: &Office,
    by: &Actor,
    form: Form,
    photographs: Vec<Vec<u8>>,
    stamp: Stamp,
) -> Result<ReleaseId, No> {
    let asked = Asked::of(&form);
    let area = AreaId::parse(&asked.area).filter(|area| may(by, Act::Request, Thing::Area(*area)));
    let area = area.ok_or_else(|| No::field("area", "Select an area you request for"))?;
    let requested_by = by.person().ok_or(No::NotFound)?;
    let most = photographs_max(office).await?;
    if photographs.len() > most {
        return Err(No::field("photographs", format!("Choose at most {most} photographs")));
    }
    let (request, draft) = asked.parse(photographs.len())?;
    let mut conn = office.read().await?;
    let row = conn.area(area).await?.ok_or(No::NotFound)?;
    let proven = trust::unit(office, &mut conn, area, &row.unit_recipient).await;
    drop(conn);
    trust::alarm(office, &format!("area/{area}"), proven, &stamp).await?;
    let unit = Recipient::parse(&row.unit_recipient).map_err(|why| crate::actions::Fault::Other(why.to_string()))?;
    let (id, statement, photographs) = signed(office, requested_by, form, photographs).await?;
    let stored = store_photographs(office, id, &unit, photographs).await?;
    let danger = request.danger;
    let (file, draft) = casefile::seal(office, id, 1, &CaseFile::asked(request), Some(&draft))?;
    let objects: Vec<String> = stored.iter().map(|row| row.object.clone()).collect();
    let (actor, unit) = (by.clone(), row.unit_recipient);
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let release =
                    Release { id, area, requested_by, requested_at: now, stage: Stage::Requested, version: 1 };
                if tx.release(id).await?.is_some() {
                    return Err(No::field(
                        "statement",
                        "This request was signed and sent already. Look under Releases.",
                    ));
                }
                tx.add_statement(&statement).await?;
                let event = Event::new(Kind::Requested, release.object())
                    .with("photographs", stored.len())
                    .with("statement", statement.id.clone());
                tx.add_release(&Filed {
                    release,
                    danger,
                    file,
                    draft,
                    text_object: None,
                    text_sha256: None,
                    source_index: None,
                    origin: None,
                })
                .await?;
                for row in &stored {
                    tx.add_photograph(row).await?;
                    tx.under_unit(&row.object, area, &unit, None).await?;
                }
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await;
    if let Err(no) = &done {
        take_back(office, no, &objects).await;
    }
    done.map(|_| id)
}

/// Whether exactly this was signed by who asks, under the identifier they were given. Files are told by their digests.
async fn signed(
    office: &Office,
    by: PersonId,
    mut form: Form,
    photographs: Vec<Vec<u8>>,
) -> Result<(ReleaseId, Statement, Vec<Vec<u8>>), No> {
    let id = statement::drafted(office, by, form.field("release"))
        .ok_or_else(|| No::field("statement", "This page is not the newest. Unlock your keys and sign again."))?;
    let (form, photographs) = slow(move || {
        for bytes in &photographs {
            form.add_file(PHOTOGRAPHS, bytes);
        }
        (form, photographs)
    })
    .await?;
    let row = statement::check_form(office, by, "request", &format!("release/{id}"), &form, &BY_DIGEST).await?;
    Ok((id, row, photographs))
}

/// Checks each file (bombs, truncation, foreign types), seals it to the unit, stores the blob. Blob first, then the row.
async fn store_photographs(
    office: &Office,
    release: ReleaseId,
    unit: &Recipient,
    files: Vec<Vec<u8>>,
) -> Result<Vec<Photograph>, No> {
    let mut rows = Vec::new();
    let many = files.len() > 1;
    for (n, bytes) in files.into_iter().enumerate() {
        let turn = Arc::clone(&office.decoding).acquire_owned().await.map_err(|_| No::Unavailable)?;
        let unit = unit.clone();
        let checked = slow(move || {
            let _turn = turn;
            let bytes = zeroize::Zeroizing::new(bytes);
            let admitted = image::admit(&bytes).map_err(|why| why.to_string())?;
            let sealed = copy::seal_original(&bytes, &unit).map_err(|why| why.to_string())?;
            Ok::<_, String>((admitted, sealed))
        })
        .await?;
        let (admitted, sealed) = match checked {
            Ok(ready) => ready,
            Err(why) => {
                let objects: Vec<String> = rows.iter().map(|row: &Photograph| row.object.clone()).collect();
                drop_blobs(office, &objects).await;
                let which = if many { format!("Photograph {}: ", n + 1) } else { String::new() };
                return Err(No::field("photographs", format!("{which}{why}")));
            }
        };
        rows.push(Photograph {
            id: PhotographId::fresh(office.now(), ten()).to_string(),
            release_id: release.to_string(),
            position: i64::try_from(n).unwrap_or(0),
            width: i64::from(admitted.width),
            height: i64::from(admitted.height),
            sha256: hex::encode(admitted.sha256),
            object: office.vault.put(sealed).await?,
        });
    }
    Ok(rows)
}

/// Takes back blobs whose rows were not written, because an act said no. Where it said "unavailable", nobody knows whether it was
/// committed: the blobs stay, and the sweep of orphans asks the store when it answers again.
pub(super) async fn take_back(office: &Office, said: &No, objects: &[String]) {
    if !matches!(said, No::Unavailable) {
        drop_blobs(office, objects).await;
    }
}

/// Destroys blobs that no row names any more. What fails here is left to the sweep of orphans.
pub(super) async fn drop_blobs(office: &Office, objects: &[String]) {
    for object in objects {
        match office.vault.destroy(object).await {
            Ok(()) => {}
            // The others would only wait as long for the same answer.
            Err(No::Unavailable) => break,
            Err(no) => tracing::warn!(cause = %no, "a sealed blob without a row stays behind"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_request_is_told_everything_at_once() {
        let Err(No::Invalid(wrong)) = Asked::default().parse(1) else { panic!("accepted") };
        let fields: Vec<&str> = wrong.iter().map(|error| error.field).collect();
        for field in ["title", "reasons", "purposes", "locality", "source", "justice", "image_reference"] {
            assert_eq!(fields.iter().filter(|one| **one == field).count(), 1, "{field}: {fields:?}");
        }
    }
}
