//! The person was told in writing what was decided on their representations: when, by whom, how (O3.2.3).

use serde::Serialize;

use crate::actions::rulings::letters::{self, Which};
use crate::actions::{No, desk, rulings};
use crate::domain::ids::ReleaseId;
use crate::web::police::ordered;
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize)]
pub struct Told {
    id: String,
    title: String,
    /// There is a result that was not told.
    waits: bool,
}

impl Page for Told {
    const TEMPLATE: &'static str = "pages/police/told.html";

    fn samples() -> Vec<Self> {
        [true, false].map(|waits| Self { id: "1".into(), title: "Thefts".into(), waits }).into()
    }
}

const TITLE: &str = "The person was told the result";
const FIELDS: [&str; 3] = ["told_date", "told_by", "told_how"];

async fn read(v: &Visit) -> Result<Told, No> {
    let id = v.id(ReleaseId::parse)?;
    let facts = letters::facts(&v.office, v.actor(), id, Which::Result).await?;
    desk::consulted(&v.office, v.actor(), id, "result", v.stamp()).await?;
    Ok(Told { id: id.to_string(), title: facts.title, waits: facts.untold })
}

/// `GET /releases/{id}/told`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &read(&v).await?)
}

/// `POST /releases/{id}/told`.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    match rulings::tell(&v.office, v.actor(), id, &v.form(), v.stamp()).await {
        Ok(()) => Answer::see(format!("/releases/{id}")),
        Err(no) => v.again(ordered(no, &FIELDS), TITLE, &read(&v).await?),
    }
}
