//! The form that corrects the words of a live release (K8.7), signed.
//!
//! Promises: what was typed is kept when something is wrong; the words in force are shown only as the browser opens them. Absent on
//! purpose: photographs.

use serde::Serialize;

use crate::actions::{No, correct, corrections, desk, step_up};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::long_day;
use crate::web::frame::Typed;
use crate::web::police::{Choice, choice, ordered};
use crate::web::{Answer, Page, Visit};

/// The form.
#[derive(Serialize, Default)]
pub struct Correct {
    id: String,
    urn: String,
    title: String,
    /// The version it makes.
    revision: i64,
    until: String,
    indications: Vec<Choice>,
    /// The address of the words in force; empty: there are none.
    url: String,
    area: String,
    unit_box: String,
    unit_recipient: String,
    email: String,
    overlay: String,
    #[serde(skip)]
    filled: Typed,
}

/// The page's fields, in their order.
const FIELDS: [&str; 8] = ["text", "name", "name_why", "indication", "instructions", "danger", "changed", "reason"];

fn indications() -> Vec<Choice> {
    vec![
        choice("likely", "An indication of offences that the person may commit", ""),
        choice("notice", "The offence for which the person was given the notice", "Earlier convictions never leave"),
    ]
}

impl Page for Correct {
    const TEMPLATE: &'static str = "pages/police/correct.html";

    fn samples() -> Vec<Self> {
        let one = |url: &str| Self {
            id: "1".into(),
            urn: "CZ/001/26".into(),
            title: "Thefts from pharmacies".into(),
            revision: 2,
            until: "11:59pm on 19 January 2027".into(),
            indications: indications(),
            url: url.into(),
            ..Self::default()
        };
        vec![one("/releases/1/revisions/1/text"), one("")]
    }
}

async fn page(v: &Visit) -> Result<Correct, No> {
    let id = v.id(ReleaseId::parse)?;
    let of = corrections::history(&v.office, v.actor(), id, v.stamp()).await?;
    if !of.corrects || !corrections::is_live(&of.filed, v.now) {
        return Err(No::NotFound);
    }
    let before = correct::before(&v.office, v.actor(), id).await?;
    let area = of.filed.release.area.to_string();
    let place = |unit: &String| format!("/areas/{area}/unit/boxes/{unit}");
    let authority = of.filed.release.stage.authority();
    let danger = if before.danger { "yes" } else { "" };
    Ok(Correct {
        id: id.to_string(),
        urn: authority.map_or_else(String::new, |authority| authority.urn.clone()),
        title: of.title.clone(),
        revision: before.revision,
        until: authority.map_or_else(String::new, |authority| authority.until.deadline()),
        indications: indications(),
        url: match of.filed.text_object {
            Some(_) => format!("/releases/{id}/revisions/{}/text", of.revision()),
            None => String::new(),
        },
        unit_box: of.units.iter().map(place).collect::<Vec<_>>().join(" "),
        unit_recipient: of.units.join(" "),
        area,
        email: desk::account(&v.office, v.actor()).await?.email,
        overlay: format!("{} · {}", v.person()?.name, long_day(v.now.day())),
        filled: Typed::default().with("instructions", before.instructions).with("danger", danger),
    })
}

fn title(page: &Correct) -> String {
    format!("Correct the words of {}", page.urn)
}

/// `GET /releases/{id}/correct`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let mut page = page(&v).await?;
    let filled = std::mem::take(&mut page.filled);
    v.filled(&title(&page), &page, filled)
}

/// `POST /releases/{id}/correct`.
pub async fn send(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => correct::correct(&v.office, v.actor(), id, &v.form(), v.stamp()).await,
        no => no,
    };
    match done {
        Ok(()) => Answer::see(format!("/releases/{id}/corrections")),
        // Ended meanwhile: there is no form any more to show it beside.
        Err(no) => match page(&v).await {
            Ok(page) => v.again(ordered(no, &FIELDS), &title(&page), &page),
            Err(_) => Err(no),
        },
    }
}
