//! The force's areas: to add and to rename.

use serde::Serialize;

use crate::actions::{No, areas};
use crate::domain::ids::AreaId;
use crate::web::frame::Typed;
use crate::web::{Answer, Page, Visit};

/// Every area.
#[derive(Serialize)]
pub struct Areas {
    areas: Vec<One>,
}

#[derive(Serialize)]
struct One {
    id: String,
    code: String,
    name: String,
    issued: i64,
    has_key: bool,
}

fn one(area: &areas::Area) -> One {
    One {
        id: area.id.clone(),
        code: area.code.clone(),
        name: area.name.clone(),
        issued: area.next_serial - 1,
        has_key: !area.unit_recipient.is_empty(),
    }
}

impl Page for Areas {
    const TEMPLATE: &'static str = "pages/police/areas.html";

    fn samples() -> Vec<Self> {
        let one =
            |issued, has_key| One { id: "1".into(), code: "CZ".into(), name: "Colchester".into(), issued, has_key };
        vec![Self { areas: vec![one(3, true), one(0, false)] }, Self { areas: Vec::new() }]
    }
}

const TITLE: &str = "Areas";

async fn page(v: &Visit) -> Result<Areas, No> {
    Ok(Areas { areas: areas::list(&v.office, v.actor()).await?.iter().map(one).collect() })
}

/// `GET /areas`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &page(&v).await?)
}

/// `POST /areas`.
pub async fn add(v: Visit) -> Result<Answer, No> {
    match areas::add(&v.office, v.actor(), v.field("code"), v.field("name"), v.stamp()).await {
        Ok(_) => Answer::see("/areas"),
        Err(no) => v.again(no, TITLE, &page(&v).await?),
    }
}

/// The form of one area.
#[derive(Serialize)]
pub struct Rename {
    id: String,
    issued: i64,
}

impl Page for Rename {
    const TEMPLATE: &'static str = "pages/police/area-rename.html";

    fn samples() -> Vec<Self> {
        vec![Self { id: "1".into(), issued: 0 }, Self { id: "1".into(), issued: 3 }]
    }
}

const RENAME: &str = "Rename an area";

/// `GET /areas/{id}/rename`.
pub async fn renaming(v: Visit) -> Result<Answer, No> {
    let area = areas::one(&v.office, v.actor(), v.id(AreaId::parse)?).await?;
    let page = Rename { id: area.id, issued: area.next_serial - 1 };
    v.filled(RENAME, &page, Typed::default().with("code", area.code).with("name", area.name))
}

/// `POST /areas/{id}/rename`.
pub async fn rename(v: Visit) -> Result<Answer, No> {
    let id = v.id(AreaId::parse)?;
    match areas::rename(&v.office, v.actor(), id, v.field("code"), v.field("name"), v.stamp()).await {
        Ok(()) => Answer::see("/areas"),
        Err(no) => {
            let area = areas::one(&v.office, v.actor(), id).await?;
            v.again(no, RENAME, &Rename { id: area.id, issued: area.next_serial - 1 })
        }
    }
}
