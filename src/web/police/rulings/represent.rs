//! Representations of the person, with the documents that came (O3.2.3): put on record by the officer who asked, or a co-ordinator.

use serde::Serialize;

use crate::actions::{No, decision, desk, rulings};
use crate::domain::ids::ReleaseId;
use crate::domain::policy::Act;
use crate::web::police::ordered;
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize)]
pub struct Represent {
    id: String,
    title: String,
    /// The identifier these representations will have: a form sent twice records them once.
    representation: String,
    /// How many are on record already.
    before: usize,
}

impl Page for Represent {
    const TEMPLATE: &'static str = "pages/police/represent.html";

    fn samples() -> Vec<Self> {
        let one = |before| Self { id: "1".into(), title: "Thefts".into(), representation: "2".into(), before };
        vec![one(0), one(2)]
    }
}

const TITLE: &str = "Record representations";
const FIELDS: [&str; 3] = ["received_date", "words", "document"];

async fn read(v: &Visit) -> Result<Represent, No> {
    let id = v.id(ReleaseId::parse)?;
    let mut conn = v.office.read().await?;
    let of = decision::gather(&v.office, &mut conn, v.actor(), Act::Represent, id, v.now).await?;
    drop(conn);
    desk::consulted(&v.office, v.actor(), id, "representations", v.stamp()).await?;
    let kept = v.field("representation");
    Ok(Represent {
        id: id.to_string(),
        title: of.file.request.title.as_str().to_owned(),
        representation: if kept.is_empty() { rulings::draft(&v.office, v.person()?.id) } else { kept.to_owned() },
        before: of.representations.len(),
    })
}

/// `GET /releases/{id}/representations`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &read(&v).await?)
}

/// `POST /releases/{id}/representations`.
pub async fn send(mut v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let done = match v.files("document") {
        Ok(_) => {
            let chosen = std::mem::take(&mut v.posted.files).into_iter().filter(|file| file.field == "document");
            let files = chosen.map(|file| Vec::from(file.bytes)).filter(|bytes| !bytes.is_empty()).collect();
            rulings::represent(&v.office, v.actor(), id, &v.form(), files, v.stamp()).await
        }
        Err(no) => Err(no),
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no) => v.again(ordered(no, &FIELDS), TITLE, &read(&v).await?),
    }
}
