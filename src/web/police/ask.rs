//! The officer's one page: ask for a release (K7.7).

use serde::Serialize;

use crate::actions::No;
use crate::actions::desk;
use crate::actions::registers::Area;
use crate::actions::request::{ask, photographs_max};
use crate::actions::statement;
use crate::web::police::{Choice, choice, ordered, purposes};
use crate::web::{Answer, Page, Visit};

/// The request's form.
#[derive(Serialize)]
pub struct Ask {
    /// What the request will be called: signed with it.
    release: String,
    /// To choose from; empty where there is only one.
    areas: Vec<Choice>,
    /// The only area.
    area: String,
    area_name: String,
    purposes: Vec<Choice>,
    sources: Vec<Choice>,
    justice: Vec<Choice>,
    most: usize,
}

impl Ask {
    fn of(areas: &[Area], release: String, most: usize) -> Self {
        let mut choices: Vec<Choice> =
            areas.iter().map(|area| choice(area.id.clone(), area.name.clone(), "")).collect();
        let only = if choices.len() == 1 { choices.pop() } else { None };
        let (area, area_name) = only.map(|one| (one.value, one.text)).unwrap_or_default();
        Self {
            release,
            areas: choices,
            area,
            area_name,
            purposes: purposes(),
            sources: vec![
                choice("custody", "A custody photograph", "Taken in custody under PACE Code D, and nothing else"),
                choice("cctv", "CCTV", ""),
                choice("surveillance", "Surveillance", ""),
                choice("other", "Another image", ""),
                choice("none", "No photograph", "The release is words only"),
            ],
            justice: vec![choice("yes", "Yes", ""), choice("no", "No", "")],
            most,
        }
    }
}

impl Page for Ask {
    const TEMPLATE: &'static str = "pages/police/ask.html";

    fn samples() -> Vec<Self> {
        let one = Self { area: "1".into(), area_name: "Colchester".into(), ..Self::of(&[], "2".into(), 6) };
        let two = Self {
            areas: vec![choice("1", "Colchester", ""), choice("2", "Tendring", "")],
            ..Self::of(&[], "3".into(), 1)
        };
        vec![one, two]
    }
}

const TITLE: &str = "Ask for a release";

/// The fields in their order on the page.
const FIELDS: [&str; 12] = [
    "area",
    "title",
    "reasons",
    "purposes",
    "locality",
    "text",
    "name",
    "source",
    "justice",
    "image_reference",
    "photographs",
    "statement",
];

async fn page(v: &Visit) -> Result<Ask, No> {
    let areas = desk::request_areas(&v.office, v.actor()).await?;
    let release = statement::draft(&v.office, v.person()?.id).to_string();
    Ok(Ask::of(&areas, release, photographs_max(&v.office).await?))
}

/// `GET /releases/new`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &page(&v).await?)
}

/// `POST /releases/new`.
pub async fn send(mut v: Visit) -> Result<Answer, No> {
    let done = match v.files("photographs") {
        Ok(_) => {
            // Moved, not copied: six photographs may have 150 MB.
            let chosen = std::mem::take(&mut v.posted.files).into_iter().filter(|file| file.field == "photographs");
            let photographs = chosen.map(|file| Vec::from(file.bytes)).filter(|bytes| !bytes.is_empty()).collect();
            ask(&v.office, v.actor(), v.form(), photographs, v.stamp()).await
        }
        Err(no) => Err(no),
    };
    match done {
        Ok(id) => Answer::see(format!("/releases/{id}")),
        Err(no) => v.again(ordered(no, &FIELDS), TITLE, &page(&v).await?),
    }
}
