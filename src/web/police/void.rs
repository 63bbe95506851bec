//! Voiding a number that was issued in error: the page that interrupts, and the act (K8.3).
//!
//! Promise: offered only while nobody has opened a copy; whether that is still so is asked again inside the act. Absent on purpose:
//! giving the number to another release.

use serde::Serialize;

use crate::actions::desk;
use crate::actions::{No, release, step_up};
use crate::domain::ids::ReleaseId;
use crate::web::{Answer, Page, Visit};

/// The page.
#[derive(Serialize)]
pub struct Void {
    id: String,
    title: String,
    urn: String,
    copies: usize,
}

impl Page for Void {
    const TEMPLATE: &'static str = "pages/police/void.html";

    fn samples() -> Vec<Self> {
        let one =
            |copies| Self { id: "1".into(), title: "Thefts from pharmacies".into(), urn: "CZ/001/26".into(), copies };
        vec![one(1), one(3)]
    }
}

/// The page; after an act that was refused it is shown again with the reason, though voiding is no longer offered.
async fn page(v: &Visit, offered: bool) -> Result<Void, No> {
    let sheet = desk::sheet(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    if offered && !sheet.may.void {
        return Err(No::NotFound);
    }
    let authority = sheet.filed.release.stage.authority();
    Ok(Void {
        id: sheet.filed.release.id.to_string(),
        title: sheet.file.request.title.as_str().to_owned(),
        urn: authority.map_or_else(String::new, |authority| authority.urn.clone()),
        copies: sheet.copies.len(),
    })
}

/// `GET /releases/{id}/void`.
pub async fn ask(v: Visit) -> Result<Answer, No> {
    let page = page(&v, true).await?;
    v.page(&format!("Void {}?", page.urn), &page)
}

/// `POST /releases/{id}/void`.
pub async fn void(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => release::void(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no @ No::Invalid(_)) => {
            let page = page(&v, false).await?;
            v.again(no, &format!("Void {}?", page.urn), &page)
        }
        Err(no) => Err(no),
    }
}
