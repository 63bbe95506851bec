//! Copies of signed agreements and vetting papers (K7.2): attached, handed over as a file, removed with the record kept.
//!
//! Promise: a document leaves as an attachment of no particular type, so that no browser shows or runs it.

use serde::Serialize;

use crate::actions::registers::{self, Document, Subject};
use crate::actions::{No, documents};
use crate::domain::ids::{DocumentId, MemberId, PersonId, SchemeId};
use crate::web::police::{long, members, receivers, schemes};
use crate::web::{Answer, Page, Visit};

/// A document, as lists show it.
#[derive(Serialize, Clone)]
pub(super) struct Paper {
    id: String,
    text: String,
    added: String,
    /// The first half of its digest, to compare.
    digest: String,
    removed: String,
}

impl Paper {
    /// One that stands and one that was removed.
    pub(super) fn samples() -> Vec<Self> {
        let one = |removed: &str| Self {
            id: "1".into(),
            text: "PDF, 120 kB".into(),
            added: "21 November 2026 at 5:30pm".into(),
            digest: "0123456789abcdef0123456789abcdef".into(),
            removed: removed.into(),
        };
        vec![one(""), one("21 November 2026 at 5:30pm: renewed")]
    }
}

/// The documents of one thing.
pub(super) fn papers(all: &[Document], of: impl Fn(&Document) -> bool) -> Vec<Paper> {
    let paper = |row: &Document| Paper {
        id: row.id.clone(),
        text: format!("{}, {}", row.media.to_uppercase(), size(row.bytes)),
        added: long(row.added_at),
        digest: row.sha256.get(..32).unwrap_or_default().to_owned(),
        removed: row.removed_at.map_or_else(String::new, |at| format!("{}: {}", long(at), row.remove_reason)),
    };
    all.iter().filter(|row| of(row)).map(paper).collect()
}

fn size(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// Attaches what was chosen.
async fn attach(v: &Visit, subject: Subject) -> Result<(), No> {
    let files = v.files("document")?;
    let bytes = match files.as_slice() {
        [] => Vec::new(),
        [one] => one.bytes.to_vec(),
        _ => return Err(No::field("document", "Choose one document at a time.")),
    };
    registers::attach(&v.office, v.actor(), v.id(SchemeId::parse)?, subject, bytes, v.stamp()).await?;
    Ok(())
}

/// `POST /schemes/{id}/documents`.
pub async fn agreement(v: Visit) -> Result<Answer, No> {
    match attach(&v, Subject::Agreement).await {
        Ok(()) => Answer::see(format!("/schemes/{}", v.path("id"))),
        Err(no) => {
            let page = schemes::page(&v).await?;
            v.again(no, &page.name, &page)
        }
    }
}

/// `POST /schemes/{id}/members/{member}/documents`.
pub async fn member(v: Visit) -> Result<Answer, No> {
    let which = MemberId::parse(v.path("member")).ok_or(No::NotFound)?;
    match attach(&v, Subject::Member(which)).await {
        Ok(()) => Answer::see(format!("/schemes/{}/members/{which}", v.path("id"))),
        Err(no) => {
            let (member, page) = members::page(&v).await?;
            v.again(no, &member.business, &page)
        }
    }
}

/// `POST /schemes/{id}/receivers/{person}/documents`.
pub async fn vetting(v: Visit) -> Result<Answer, No> {
    let which = PersonId::parse(v.path("person")).ok_or(No::NotFound)?;
    match attach(&v, Subject::Vetting(which)).await {
        Ok(()) => Answer::see(format!("/schemes/{}/receivers/{which}", v.path("id"))),
        Err(no) => {
            let (_, _, _, page) = receivers::page(&v).await?;
            v.again(no, receivers::TITLE, &page)
        }
    }
}

/// `GET /documents/{id}`.
pub async fn fetch(v: Visit) -> Result<Answer, No> {
    let found = documents::fetch(&v.office, v.actor(), v.id(DocumentId::parse)?, v.stamp()).await?;
    Ok(Answer::file("application/octet-stream", &found.name, found.bytes))
}

/// Removing a document asks why.
#[derive(Serialize)]
pub struct Remove {
    id: String,
    scheme: String,
    name: String,
    papers: Vec<Paper>,
}

impl Page for Remove {
    const TEMPLATE: &'static str = "pages/police/document-remove.html";

    fn samples() -> Vec<Self> {
        vec![Self { id: "1".into(), scheme: "1".into(), name: "Retail Watch".into(), papers: Paper::samples() }]
    }
}

const REMOVE: &str = "Remove a document";

async fn removing(v: &Visit) -> Result<Remove, No> {
    let id = v.id(DocumentId::parse)?;
    let (row, scheme) = registers::kept_document(&v.office, v.actor(), id).await?;
    let papers = papers(std::slice::from_ref(&row), |_| true);
    Ok(Remove { id: row.id, scheme: scheme.id, name: scheme.name, papers })
}

/// `GET /documents/{id}/remove`.
pub async fn ask(v: Visit) -> Result<Answer, No> {
    v.page(REMOVE, &removing(&v).await?)
}

/// `POST /documents/{id}/remove`.
pub async fn remove(v: Visit) -> Result<Answer, No> {
    let id = v.id(DocumentId::parse)?;
    match registers::detach(&v.office, v.actor(), id, v.field("remove_reason"), v.stamp()).await {
        Ok(scheme) => Answer::see(format!("/schemes/{scheme}")),
        Err(no) => v.again(no, REMOVE, &removing(&v).await?),
    }
}
