//! What every document shares, whether of a register (K7.2) or of a case (O3.2.3): taken in, locked, opened.
//!
//! Promises: PDF, JPEG and PNG only, by content; pictures are decoded in full first, so that a bomb or a damaged scan is refused;
//! what is stored is locked under a key of its own, bound to its place and wrapped under the records key; each opening is a leaf
//! before a byte leaves. A case's documents open to whoever works on the case, never to an auditor (decision 0031).
//! Absent on purpose: showing one in the browser. It is a file to keep; a PDF is never read here.

use std::sync::Arc;

use crate::actions::office::{slow, ten};
use crate::actions::registers::opens;
use crate::actions::{Fault, No, Office, casefile};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::DocumentId;
use crate::domain::policy::Act;
use crate::sealing::image::{self, Media};
use crate::sealing::lock::CopyKey;
use crate::store::Conn;
use crate::store::documents::{Document, Owner};
use crate::store::log::Stamp;

/// The largest document, in bytes.
pub const DOCUMENT_MAX: usize = 10_000_000;
/// The most that stand beside one entry.
pub(super) const STANDING_MAX: usize = 20;
/// A PDF ends with its mark within this many bytes (ISO 32000 allows what follows; readers look this far).
const PDF_TAIL: usize = 1_024;

/// A document in the clear, to hand over as a file.
#[derive(Debug)]
pub struct Fetched {
    /// Its name, of letters, digits, dots and hyphens.
    pub name: String,
    /// Its bytes, those that were uploaded.
    pub bytes: Vec<u8>,
}

/// What a document's lock is bound to.
fn place(document: &Document) -> String {
    let Document { id, scheme_id, release_id, subject, subject_id, .. } = document;
    let owner = scheme_id.as_deref().or(release_id.as_deref()).unwrap_or_default();
    format!("document/v1\n{owner}\n{subject}\n{subject_id}\n{id}")
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

/// Makes a document ready for its act: checked, locked, its bytes in the vault. `about`: what it is attached to, word and identifier.
pub(super) async fn ready(
    office: &Office,
    by: &Actor,
    owner: Owner,
    about: (&str, String),
    bytes: Vec<u8>,
) -> Result<Document, No> {
    if bytes.is_empty() {
        return Err(No::field("document", "Choose the document: a PDF, JPEG or PNG of 10 MB or less."));
    }
    let (scheme_id, release_id) = match owner {
        Owner::Scheme(id) => (Some(id.to_string()), None),
        Owner::Release(id) => (None, Some(id.to_string())),
    };
    let mut row = Document {
        id: DocumentId::fresh(office.now(), ten()).to_string(),
        scheme_id,
        release_id,
        subject: about.0.to_owned(),
        subject_id: about.1,
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
    Ok(row)
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

/// The object word of whose document it is, for somebody who may open it; to others it is not there.
async fn opened_to(conn: &mut Conn, by: &Actor, row: &Document) -> Result<String, No> {
    match row.owner()? {
        Owner::Scheme(id) => {
            let scheme = conn.scheme(id).await?.ok_or(No::NotFound)?;
            let opens = opens(by, &scheme, row)? && row.removed_at.is_none();
            if opens { Ok(format!("scheme/{id}")) } else { Err(No::NotFound) }
        }
        Owner::Release(id) => Ok(casefile::load(conn, by, Act::OpenDocument, id).await?.release.object()),
    }
}

/// Opens a document for whoever may: a leaf first, then its bytes.
pub async fn fetch(office: &Office, by: &Actor, id: DocumentId, stamp: Stamp) -> Result<Fetched, No> {
    let actor = by.clone();
    let granted = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let row = tx.document(id).await?.ok_or(No::NotFound)?;
                let about = opened_to(tx, &actor, &row).await?;
                let event =
                    Event::new(Kind::Consulted, about).with("query", "document").with("document", row.id.clone());
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
