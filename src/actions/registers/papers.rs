//! Copies of the original signed agreements and of vetting papers (K7.2, K7.3, O2.1), open to inspection.
//!
//! Promises: PDF, JPEG and PNG only, by content; pictures are decoded in full first, so that a bomb or a damaged scan is refused;
//! what is stored is locked under a key of its own, bound to its place and wrapped under the records key; each opening is a leaf
//! before a byte leaves; removing one ends its key first and keeps its row. Vetting papers open to the co-ordinator, the auditor
//! and the person they are about, not to the scheme's other managers.
//! Absent on purpose: showing one in the browser. It is a file to keep; a PDF is never read here.

use std::sync::Arc;

use super::{load, registered, thing};
use crate::actions::office::{slow, ten};
use crate::actions::request::{drop_blobs, read, take_back};
use crate::actions::{Fault, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{DocumentId, MemberId, PersonId, SchemeId};
use crate::domain::policy::{Act, may};
use crate::domain::words::Line;
use crate::sealing::image::{self, Media};
use crate::sealing::lock::CopyKey;
use crate::store::Conn;
use crate::store::documents::Document;
use crate::store::log::Stamp;
use crate::store::registers::Scheme;

/// The largest document, in bytes.
pub const DOCUMENT_MAX: usize = 10_000_000;
/// The most that stand beside one entry.
const STANDING_MAX: usize = 20;
/// A PDF ends with its mark within this many bytes (ISO 32000 allows what follows; readers look this far).
const PDF_TAIL: usize = 1_024;

/// What a document is attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The scheme's information sharing agreement.
    Agreement,
    /// A member business's signed agreement.
    Member(MemberId),
    /// A receiver's vetting.
    Vetting(PersonId),
}

impl Subject {
    fn word(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Member(_) => "member",
            Self::Vetting(_) => "vetting",
        }
    }

    fn id(self, scheme: SchemeId) -> String {
        match self {
            Self::Agreement => scheme.to_string(),
            Self::Member(id) => id.to_string(),
            Self::Vetting(id) => id.to_string(),
        }
    }

    /// Whether a document is attached to this.
    pub fn holds(self, scheme: SchemeId, document: &Document) -> bool {
        document.subject == self.word() && document.subject_id == self.id(scheme)
    }

    /// Whether there is such a thing in the scheme.
    async fn exists(self, conn: &mut Conn, scheme: SchemeId) -> Result<bool, Fault> {
        let id = self.id(scheme);
        Ok(match self {
            Self::Agreement => true,
            Self::Member(_) => conn.members(scheme).await?.iter().any(|row| row.id == id),
            Self::Vetting(_) => conn.receivers(scheme).await?.iter().any(|row| row.person_id == id),
        })
    }
}

/// A document in the clear, to hand over as a file.
#[derive(Debug)]
pub struct Fetched {
    /// Its name, of letters, digits, dots and hyphens.
    pub name: String,
    /// Its bytes, those that were uploaded.
    pub bytes: Vec<u8>,
}

/// Whether `by` may open a document of this scheme.
pub(super) fn opens(by: &Actor, scheme: &Scheme, document: &Document) -> Result<bool, Fault> {
    let thing = thing(scheme)?;
    let own = by.person().is_some_and(|id| id.to_string() == document.subject_id);
    Ok(match document.subject.as_str() {
        "vetting" => may(by, Act::Inspect, thing) || (own && may(by, Act::SeeScheme, thing)),
        _ => may(by, Act::SeePapers, thing),
    })
}

/// What a document's lock is bound to.
fn place(document: &Document) -> String {
    let Document { id, scheme_id, subject, subject_id, .. } = document;
    format!("document/v1\n{scheme_id}\n{subject}\n{subject_id}\n{id}")
}

/// The kind of a document by its content; what is none is told in a sentence.
fn admit(bytes: &[u8]) -> Result<&'static str, String> {
    const NONE: &str = "This is no PDF, JPEG or PNG. Scan the signed paper, or save it as a PDF, and choose that file.";
    if bytes.len() > DOCUMENT_MAX {
        return Err("The document is too large: it must be 10 MB or smaller. Scan it in grey, or in parts.".to_owned());
    }
    if bytes.starts_with(b"%PDF-") {
        let tail = bytes.get(bytes.len().saturating_sub(PDF_TAIL)..).unwrap_or(bytes);
        let whole = tail.windows(5).any(|window| window == b"%%EOF");
        return if whole {
            Ok("pdf")
        } else {
            Err("This PDF is cut off: save it again and choose the new file.".into())
        };
    }
    let known = bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"\x89PNG\r\n\x1a\n");
    if !known {
        return Err(NONE.to_owned());
    }
    match image::admit(bytes).map_err(|why| why.to_string())?.media {
        Media::Jpeg => Ok("jpeg"),
        Media::Png => Ok("png"),
        Media::Webp => Err(NONE.to_owned()),
    }
}

/// Attaches a document; answers its identifier.
pub async fn attach(
    office: &Office,
    by: &Actor,
    scheme: SchemeId,
    subject: Subject,
    bytes: Vec<u8>,
    stamp: Stamp,
) -> Result<DocumentId, No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, Act::KeepRegister, scheme).await?;
    if !subject.exists(&mut conn, scheme).await? {
        return Err(No::NotFound);
    }
    drop(conn);
    if bytes.is_empty() {
        return Err(No::field("document", "Choose the document: a PDF, JPEG or PNG of 10 MB or less."));
    }
    let id = DocumentId::fresh(office.now(), ten());
    let mut row = Document {
        id: id.to_string(),
        scheme_id: scheme.to_string(),
        subject: subject.word().to_owned(),
        subject_id: subject.id(scheme),
        media: String::new(),
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: String::new(),
        object: String::new(),
        wrapped_key: None,
        added_by: by.person().ok_or(No::NotFound)?.to_string(),
        added_at: office.now().millis(),
        removed_by: None,
        removed_at: None,
        remove_reason: String::new(),
    };
    let locked = lock(office, &mut row, bytes).await?;
    row.object = office.vault.put(locked).await?;
    let object = row.object.clone();
    let acting = by;
    let by = by.clone();
    let done = office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                let standing = |one: &&Document| one.removed_at.is_none() && subject.holds(scheme, one);
                if tx.documents(scheme).await?.iter().filter(standing).count() >= STANDING_MAX {
                    return Err(No::field(
                        "document",
                        "20 documents stand here already. Remove one that is out of date.",
                    ));
                }
                tx.add_document(&row).await?;
                let event = Event::new(Kind::Registered, format!("scheme/{scheme}"))
                    .with("fields", vec!["document.add"])
                    .with("document", row.id)
                    .with(subject.word(), row.subject_id)
                    .with("sha256", row.sha256);
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await;
    if let Err(no) = &done {
        take_back(office, no, &[object]).await;
    }
    done?;
    Ok(id)
}

/// Checks the bytes and locks them under a fresh key; fills in kind, digest and wrapped key.
async fn lock(office: &Office, row: &mut Document, bytes: Vec<u8>) -> Result<Vec<u8>, No> {
    let turn = Arc::clone(&office.decoding).acquire_owned().await.map_err(|_| No::Unavailable)?;
    let place = place(row);
    let checked = slow(move || {
        let _turn = turn;
        let bytes = zeroize::Zeroizing::new(bytes);
        let media = admit(&bytes)?;
        let key = CopyKey::fresh().map_err(|why| why.to_string())?;
        let locked = key.lock(&bytes, place.as_bytes()).map_err(|why| why.to_string())?;
        Ok::<_, String>((media, image::sha256(&bytes), key, locked))
    });
    let (media, digest, key, locked) = checked.await?.map_err(|why| No::field("document", why))?;
    media.clone_into(&mut row.media);
    row.sha256 = hex::encode(digest);
    row.wrapped_key = Some(office.records.wrap(&key, &row.id).map_err(|why| Fault::Lock(why.to_string()))?);
    Ok(locked)
}

/// Opens a document for whoever may: a leaf first, then its bytes.
pub async fn fetch(office: &Office, by: &Actor, id: DocumentId, stamp: Stamp) -> Result<Fetched, No> {
    let actor = by.clone();
    let granted = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let row = tx.document(id).await?.ok_or(No::NotFound)?;
                let scheme = SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?;
                let owner = tx.scheme(scheme).await?.ok_or(No::NotFound)?;
                if !opens(&actor, &owner, &row)? || row.removed_at.is_some() {
                    return Err(No::NotFound);
                }
                let event = Event::new(Kind::Consulted, format!("scheme/{scheme}"))
                    .with("query", "document")
                    .with("document", row.id.clone());
                tx.append(&event, &actor, &stamp).await?;
                Ok((row.object.clone(), row))
            })
        })
        .await?;
    let (object, row) = granted.split();
    let wrapped = row.wrapped_key.as_deref().ok_or(No::NotFound)?;
    let locked = office.vault.of_document(&object).await?;
    let broken = || Fault::Lock(format!("document {id} does not open"));
    let key = office.records.unwrap(wrapped, &row.id).map_err(|_| broken())?;
    let bytes = key.open(locked, place(&row).as_bytes()).map_err(|_| broken())?;
    if hex::encode(image::sha256(&bytes)) != row.sha256 {
        return Err(Fault::Corrupt { table: "document", column: "sha256", row: row.id }.into());
    }
    let short = row.sha256.get(..8).unwrap_or_default();
    let end = if row.media == "jpeg" { "jpg" } else { &row.media };
    Ok(Fetched { name: format!("{}-{short}.{end}", row.subject), bytes })
}

/// A document that stands, and its scheme, for whoever may remove it.
pub async fn kept_document(office: &Office, by: &Actor, id: DocumentId) -> Result<(Document, Scheme), No> {
    let mut conn = office.read().await?;
    let row = conn.document(id).await?.filter(|row| row.removed_at.is_none()).ok_or(No::NotFound)?;
    let scheme = SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?;
    let scheme = load(&mut conn, by, Act::KeepRegister, scheme).await?;
    Ok((row, scheme))
}

/// Removes a document: its key at once, then its bytes; the record stays, with the reason.
pub async fn detach(office: &Office, by: &Actor, id: DocumentId, reason: &str, stamp: Stamp) -> Result<SchemeId, No> {
    let (row, scheme) = kept_document(office, by, id).await?;
    let scheme = scheme.id()?;
    let mut wrong = Vec::new();
    let reason = read(&mut wrong, "remove_reason", Line::parse("why it is removed", reason));
    let (Some(reason), true) = (reason, wrong.is_empty()) else { return Err(No::Invalid(wrong)) };
    let person = by.person().ok_or(No::NotFound)?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                if tx.remove_document(id, person, reason.as_str()).await? {
                    let about = Some(("document", id.to_string()));
                    registered(tx, &actor, scheme, vec!["document.remove"], about, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    // The record says so already: what fails here is left to the next round of jobs and to the sweep of orphans.
    match crate::actions::sweep::write_closings(office).await {
        Ok(()) => drop_blobs(office, &[row.object]).await,
        Err(no) => {
            tracing::warn!(cause = %no, "a removed document is not in the journal yet; its blob stays until it is");
        }
    }
    Ok(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_known_by_its_content() {
        assert_eq!(admit(b"%PDF-1.7\n%%EOF\n"), Ok("pdf"));
        for bad in [
            &b"%PDF-1.7\n"[..],
            b"words",
            b"<svg/>",
            b"PK\x03\x04",
            b"\x1f\x8b\x08",
            b"RIFF\0\0\0\0WEBP",
            b"\xff\xd8\xff",
        ] {
            assert!(admit(bad).is_err(), "{bad:?}");
        }
        let mut large = b"%PDF-".to_vec();
        large.resize(DOCUMENT_MAX + 1 - 5, b' ');
        large.extend_from_slice(b"%%EOF");
        assert!(admit(&large).is_err());
    }
}
