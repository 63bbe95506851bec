//! Sealing: the page with the progress bar, and the doors its script asks. Sealed bytes leave by two doors, neither stored by a
//! browser; an opened original comes back by one and is never written down.

use serde::Serialize;

use crate::actions::{No, desk, plan, seal};
use crate::domain::ids::{AreaId, PhotographId, ReleaseId};
use crate::web::{Answer, Page, Visit};

/// What age files are sent as.
const SEALED: &str = "application/octet-stream";
/// The most bytes of one original: as much as an upload.
pub const ORIGINAL_MAX: usize = crate::web::multipart::FILE_MAX;

/// The page that seals.
#[derive(Serialize)]
pub struct Seal {
    id: String,
    urn: String,
    copies: usize,
    photographs: usize,
    /// Nothing is left to seal, or nothing may be sealed now.
    done: bool,
    email: String,
}

impl Page for Seal {
    const TEMPLATE: &'static str = "pages/police/seal.html";

    fn samples() -> Vec<Self> {
        let one = |done| Self {
            id: "1".into(),
            urn: "CZ/001/26".into(),
            copies: 3,
            photographs: 1,
            done,
            email: "sam@example.org".into(),
        };
        vec![one(false), one(true)]
    }
}

/// `GET /releases/{id}/seal`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let sheet = desk::sheet(&v.office, v.actor(), id, v.stamp()).await?;
    let progress = plan::progress(&v.office, v.actor(), id).await?;
    let urn = sheet.filed.release.stage.authority().map(|authority| authority.urn.clone()).unwrap_or_default();
    let page = Seal {
        id: id.to_string(),
        copies: sheet.copies.iter().filter(|copy| copy.key_gone_at.is_none()).count(),
        photographs: progress.photographs.len(),
        done: !sheet.may.seal,
        email: desk::account(&v.office, v.actor()).await?.email,
        urn,
    };
    v.page(&format!("Seal the copies of {}", page.urn), &page)
}

/// `GET /releases/{id}/sealing`.
pub async fn progress(v: Visit) -> Result<Answer, No> {
    let plan = plan::plan(&v.office, v.actor(), v.id(ReleaseId::parse)?, &v.stamp()).await?;
    Answer::json(&plan)
}

/// `POST /releases/{id}/photographs/{photo}/sealing`.
pub async fn take(mut v: Visit) -> Result<Answer, No> {
    let photograph = PhotographId::parse(v.path("photo")).ok_or(No::NotFound)?;
    // Moved, not copied: an original may have 25 MB.
    let bytes = Vec::from(std::mem::take(&mut v.posted.bytes));
    seal::take(&v.office, v.actor(), v.id(ReleaseId::parse)?, photograph, bytes, v.stamp()).await?;
    Ok(Answer::done())
}

/// `GET /photographs/{id}/original`.
pub async fn original(v: Visit) -> Result<Answer, No> {
    let sealed = seal::original(&v.office, v.actor(), v.id(PhotographId::parse)?, v.stamp()).await?;
    Ok(Answer::bytes(SEALED, sealed).header("cache-control", "no-store"))
}

/// `GET /areas/{id}/papers`.
pub async fn papers(v: Visit) -> Result<Answer, No> {
    Answer::json(&plan::unit_papers(&v.office, v.actor(), v.id(AreaId::parse)?).await?)
}

/// `GET /areas/{id}/unit-box`.
pub async fn unit_box(v: Visit) -> Result<Answer, No> {
    let sealed = seal::unit_box(&v.office, v.actor(), v.id(AreaId::parse)?).await?;
    Ok(Answer::bytes(SEALED, sealed).header("cache-control", "no-store"))
}
