//! The form of a scheme's entry: a new one, and one to change (K6.2.1, O2.1, O3.5).

use serde::Serialize;

use crate::actions::No;
use crate::actions::registers::{self, SchemeForm};
use crate::domain::ids::SchemeId;
use crate::domain::scheme::SchemeKind;
use crate::web::frame::Typed;
use crate::web::police::schemes::kept;
use crate::web::police::{Choice, choice, ordered};
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize)]
pub struct Form {
    /// Empty: a new scheme.
    id: String,
    kinds: Vec<Choice>,
    areas: Vec<Choice>,
}

fn kinds() -> Vec<Choice> {
    SchemeKind::ALL.iter().map(|(_, word, title)| choice(*word, *title, "")).collect()
}

impl Page for Form {
    const TEMPLATE: &'static str = "pages/police/scheme-form.html";

    fn samples() -> Vec<Self> {
        let new = Self { id: String::new(), kinds: kinds(), areas: vec![choice("1", "Colchester", "")] };
        vec![new, Self { id: "1".into(), kinds: kinds(), areas: Vec::new() }]
    }
}

const NEW: &str = "Add a scheme";
const CHANGE: &str = "Change the scheme’s entry";
/// The fields in the order of the page.
const FIELDS: [&str; 13] = [
    "area",
    "name",
    "kind",
    "kind_reason",
    "ico_reference",
    "ico_ends",
    "isa_reference",
    "isa_parties",
    "isa_starts",
    "isa_ends",
    "isa_review",
    "duties_told",
    "duties_version",
];

fn typed(v: &Visit) -> SchemeForm {
    let text = |name| v.field(name).to_owned();
    SchemeForm {
        area: text("area"),
        kind: text("kind"),
        kind_reason: text("kind_reason"),
        name: text("name"),
        ico_reference: text("ico_reference"),
        ico_ends: text("ico_ends"),
        isa_reference: text("isa_reference"),
        isa_parties: text("isa_parties"),
        isa_starts: text("isa_starts"),
        isa_ends: text("isa_ends"),
        isa_review: text("isa_review"),
        duties_told: text("duties_told"),
        duties_version: text("duties_version"),
        eia_reference: text("eia_reference"),
        suspended: text("suspended"),
        version: text("version"),
    }
}

async fn blank(v: &Visit) -> Result<Form, No> {
    let areas = registers::kept_areas(&v.office, v.actor()).await?;
    let areas = areas.into_iter().map(|area| choice(area.id, area.name, "")).collect();
    Ok(Form { id: String::new(), kinds: kinds(), areas })
}

/// `GET /schemes/new`.
pub async fn new(v: Visit) -> Result<Answer, No> {
    let page = blank(&v).await?;
    let only = match page.areas.as_slice() {
        [only] => only.value.clone(),
        _ => String::new(),
    };
    v.filled(NEW, &page, Typed::default().with("area", only))
}

/// `POST /schemes/new`.
pub async fn add(v: Visit) -> Result<Answer, No> {
    match registers::add_scheme(&v.office, v.actor(), &typed(&v), v.stamp()).await {
        Ok(id) => Answer::see(format!("/schemes/{id}")),
        Err(no) => v.again(ordered(no, &FIELDS), NEW, &blank(&v).await?),
    }
}

/// `GET /schemes/{id}/change`.
pub async fn changing(v: Visit) -> Result<Answer, No> {
    let (id, entry) = kept(&v).await?;
    let scheme = entry.scheme;
    let mut typed = Typed::default()
        .with("kind", scheme.kind)
        .with("kind_reason", scheme.kind_reason)
        .with("name", scheme.name)
        .with("ico_reference", scheme.ico_reference)
        .with("ico_ends", scheme.ico_ends.unwrap_or_default())
        .with("isa_reference", scheme.isa_reference)
        .with("isa_parties", scheme.isa_parties)
        .with("isa_starts", scheme.isa_starts.unwrap_or_default())
        .with("isa_ends", scheme.isa_ends.unwrap_or_default())
        .with("isa_review", scheme.isa_review.unwrap_or_default())
        .with("duties_told", scheme.duties_told.unwrap_or_default())
        .with("duties_version", scheme.duties_version)
        .with("eia_reference", scheme.eia_reference)
        .with("version", scheme.version.to_string());
    if scheme.suspended {
        typed = typed.with("suspended", "yes");
    }
    v.filled(CHANGE, &Form { id: id.to_string(), kinds: kinds(), areas: Vec::new() }, typed)
}

/// `POST /schemes/{id}`.
pub async fn change(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    match registers::change_scheme(&v.office, v.actor(), id, &typed(&v), v.stamp()).await {
        Ok(()) => Answer::see(format!("/schemes/{id}")),
        Err(no) => {
            let page = Form { id: id.to_string(), kinds: kinds(), areas: Vec::new() };
            v.again(ordered(no, &FIELDS), CHANGE, &page)
        }
    }
}
