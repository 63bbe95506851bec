//! Copies of the original signed agreements and of vetting papers (K7.2, K7.3, O2.1), open to inspection.
//!
//! Promises: removing one ends its key first and keeps its row. Vetting papers open to the co-ordinator, the auditor and the person
//! they are about, not to the scheme's other managers. Absent on purpose: what every document shares, which is `actions::documents`.

use super::{load, registered, thing};
use crate::actions::documents::{self, STANDING_MAX};
use crate::actions::request::{drop_blobs, read, take_back};
use crate::actions::{Fault, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{DocumentId, MemberId, PersonId, SchemeId};
use crate::domain::policy::{Act, may};
use crate::domain::words::Line;
use crate::store::Conn;
use crate::store::documents::{Document, Owner};
use crate::store::log::Stamp;
use crate::store::registers::Scheme;

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

/// Whether `by` may open a document of this scheme.
pub(in crate::actions) fn opens(by: &Actor, scheme: &Scheme, document: &Document) -> Result<bool, Fault> {
    let thing = thing(scheme)?;
    let own = by.person().is_some_and(|id| id.to_string() == document.subject_id);
    Ok(match document.subject.as_str() {
        "vetting" => may(by, Act::Inspect, thing) || (own && may(by, Act::SeeScheme, thing)),
        _ => may(by, Act::SeePapers, thing),
    })
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
    let row = documents::ready(office, by, Owner::Scheme(scheme), (subject.word(), subject.id(scheme)), bytes).await?;
    let id = DocumentId::parse(&row.id).ok_or(No::NotFound)?;
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

/// A document that stands, and its scheme, for whoever may remove it.
pub async fn kept_document(office: &Office, by: &Actor, id: DocumentId) -> Result<(Document, Scheme), No> {
    let mut conn = office.read().await?;
    let row = conn.document(id).await?.filter(|row| row.removed_at.is_none()).ok_or(No::NotFound)?;
    // A case's documents are never removed (decision 0031).
    let Owner::Scheme(scheme) = row.owner()? else { return Err(No::NotFound) };
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
