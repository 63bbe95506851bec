//! The documents of a case: what came with representations, signed receipts of service (O3.2.3). Handed over as files by
//! `police::papers`; never removed.

use serde::Serialize;

use crate::actions::decision::{self, Gathered};
use crate::actions::rulings::{RECEIPT, REPRESENTATION};
use crate::actions::{No, desk, rulings};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::{Act, may};
use crate::web::police::long;
use crate::web::police::papers::{Paper, papers};
use crate::web::{Answer, Page, Visit};

/// Documents under what they came with.
#[derive(Serialize, Clone)]
pub(crate) struct Attached {
    title: String,
    papers: Vec<Paper>,
}

impl Attached {
    pub(super) fn samples() -> Vec<Self> {
        vec![Self { title: "Representations received on 21 November 2026 at 5:30pm".into(), papers: Paper::samples() }]
    }
}

/// All of a case.
pub(super) fn attached(of: &Gathered) -> Vec<Attached> {
    let mut all = Vec::new();
    for said in &of.representations {
        let with = papers(&of.documents, |one| one.subject == REPRESENTATION && one.subject_id == said.id);
        all.push(Attached { title: format!("Representations received on {}", long(said.received_at)), papers: with });
    }
    let receipts = papers(&of.documents, |one| one.subject == RECEIPT);
    all.push(Attached { title: "Receipts of service".to_owned(), papers: receipts });
    all
}

/// The page.
#[derive(Serialize)]
pub struct Papers {
    id: String,
    title: String,
    attached: Vec<Attached>,
    may_attach: bool,
}

impl Page for Papers {
    const TEMPLATE: &'static str = "pages/police/case-papers.html";

    fn samples() -> Vec<Self> {
        let one =
            |may_attach| Self { id: "1".into(), title: "Thefts".into(), attached: Attached::samples(), may_attach };
        vec![one(true), one(false)]
    }
}

const TITLE: &str = "Documents of the case";

async fn read(v: &Visit) -> Result<Papers, No> {
    let id = v.id(ReleaseId::parse)?;
    let mut conn = v.office.read().await?;
    let of = decision::gather(&v.office, &mut conn, v.actor(), Act::OpenDocument, id, v.now).await?;
    drop(conn);
    desk::consulted(&v.office, v.actor(), id, "documents", v.stamp()).await?;
    Ok(Papers {
        id: id.to_string(),
        title: of.file.request.title.as_str().to_owned(),
        attached: attached(&of),
        may_attach: may(v.actor(), Act::Represent, of.filed.release.thing()),
    })
}

/// `GET /releases/{id}/documents`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &read(&v).await?)
}

/// `POST /releases/{id}/documents`: attaches a signed receipt of service.
pub async fn attach(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let files = v.files("document").and_then(|files| match files.as_slice() {
        [] => Ok(Vec::new()),
        [one] => Ok(one.bytes.to_vec()),
        _ => Err(No::field("document", "Choose one document at a time.")),
    });
    let done = match files {
        Ok(bytes) => rulings::attach_receipt(&v.office, v.actor(), id, bytes, v.stamp()).await,
        Err(no) => Err(no),
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}/documents")),
        Err(no) => v.again(no, TITLE, &read(&v).await?),
    }
}
