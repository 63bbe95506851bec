//! The request's form: begun, gone on with, saved by its button or by the page's script (K7.7). Nothing is signed or sent here.
//!
//! Promise: whatever is answered, everything typed is kept: in the draft, or on the page that says why not. A script gets the same
//! answers as JSON. Proved by `tests/it/journeys/request.rs`.

use serde::Serialize;
use serde_json::json;

use crate::actions::registers::Area;
use crate::actions::request::draft::{self, Change, Kept, Writing};
use crate::actions::request::{Asked, photographs_max, submit};
use crate::actions::{FieldError, No, desk, statement};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Moment, long_day};
use crate::domain::release::Stage;
use crate::web::frame::Typed;
use crate::web::police::{Choice, choice, purposes};
use crate::web::visit::Wants;
use crate::web::{Answer, Page, Visit};

/// The request's form.
#[derive(Serialize, Default)]
pub struct Ask {
    /// Where it is saved.
    action: String,
    /// Which; empty: it is not begun.
    id: String,
    /// An identifier for one that is not begun, so that a page sent twice begins one.
    release: String,
    version: i64,
    /// To choose from; empty where there is only one.
    areas: Vec<Choice>,
    /// The only area.
    area: String,
    area_name: String,
    purposes: Vec<Choice>,
    sources: Vec<Choice>,
    justice: Vec<Choice>,
    photographs: Vec<Picture>,
    most: usize,
    /// When it was saved, in words.
    saved: String,
    /// It was sent before.
    returned: bool,
    /// What the co-ordinator asked for.
    more: String,
    /// It was saved in another window meanwhile.
    elsewhere: bool,
}

#[derive(Serialize)]
struct Picture {
    id: String,
    text: String,
}

fn saved(at: Moment) -> String {
    format!("Saved at {} on {}", at.clock_time(), long_day(at.day()))
}

impl Ask {
    fn of(areas: &[Area], most: usize) -> Self {
        let mut choices: Vec<Choice> =
            areas.iter().map(|area| choice(area.id.clone(), area.name.clone(), "")).collect();
        let only = if choices.len() == 1 { choices.pop() } else { None };
        let (area, area_name) = only.map(|one| (one.value, one.text)).unwrap_or_default();
        Self {
            action: "/releases/new".to_owned(),
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
            ..Self::default()
        }
    }

    /// The same, gone on with.
    fn going_on(self, of: &Writing) -> Self {
        let id = of.filed.release.id.to_string();
        let returned = matches!(of.filed.release.stage, Stage::Returned { .. });
        Self {
            action: format!("/releases/{id}/request"),
            id,
            version: of.filed.release.version,
            photographs: (1..)
                .zip(&of.photographs)
                .map(|(n, row)| Picture {
                    id: row.id.clone(),
                    text: format!("Photograph {n}: {} by {} pixels", row.width, row.height),
                })
                .collect(),
            saved: saved(Moment::from_millis(of.draft.saved_at)),
            returned,
            more: of.file.reason.as_ref().filter(|_| returned).map_or_else(String::new, ToString::to_string),
            ..self
        }
    }
}

impl Page for Ask {
    const TEMPLATE: &'static str = "pages/police/ask.html";

    fn samples() -> Vec<Self> {
        let new = || Self { area: "1".into(), area_name: "Colchester".into(), release: "2".into(), ..Self::of(&[], 6) };
        let begun = Self {
            id: "3".into(),
            areas: vec![choice("1", "Colchester", ""), choice("2", "Tendring", "")],
            photographs: vec![Picture { id: "4".into(), text: "Photograph 1: 512 by 512 pixels".into() }],
            saved: "Saved at 10:32 on 21 November 2026".into(),
            elsewhere: true,
            ..Self::of(&[], 6)
        };
        let returned = Self { id: "3".into(), returned: true, more: "Which shops?".into(), elsewhere: false, ..new() };
        vec![new(), begun, returned]
    }
}

const TITLE: &str = "Ask for a release";
const CHANGE: &str = "Your request";

async fn new(v: &Visit) -> Result<Ask, No> {
    let areas = desk::request_areas(&v.office, v.actor()).await?;
    let page = Ask::of(&areas, photographs_max(&v.office).await?);
    Ok(Ask { release: statement::draft(&v.office, v.person()?.id).to_string(), ..page })
}

async fn begun(v: &Visit, id: ReleaseId) -> Result<(Ask, Writing), No> {
    let writing = draft::open(&v.office, v.actor(), id).await?;
    let areas = desk::request_areas(&v.office, v.actor()).await?;
    let page = Ask::of(&areas, photographs_max(&v.office).await?).going_on(&writing);
    Ok((page, writing))
}

/// `GET /releases/new`; a script asks for the token that holds now.
pub async fn show(v: Visit) -> Result<Answer, No> {
    if v.wants == Wants::Json {
        return Answer::json(&json!({ "token": v.token }));
    }
    v.page(TITLE, &new(&v).await?)
}

/// `GET /releases/{id}/request`: as it was typed; with `missing`, what keeps it from being sent beside each field.
pub async fn go_on(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let (page, writing) = match begun(&v, id).await {
        Err(No::Refused(_)) => return Answer::see(format!("/releases/{id}")),
        other => other?,
    };
    if v.wants == Wants::Json {
        return Answer::json(&json!({ "token": v.token, "version": page.version }));
    }
    let wrong = match v.query("missing") {
        "" => Vec::new(),
        _ => submit::ready(&v.office, v.actor(), id).await?.missing,
    };
    let title = if page.returned { CHANGE } else { TITLE };
    v.show(title, &page).filled(Typed::posted(&writing.draft.typed)).wrong(&wrong).done()
}

/// What is to be saved, and what of it could not be taken in.
fn change(v: &mut Visit) -> (Change, Vec<FieldError>) {
    let wrong = match v.files("photographs") {
        Err(No::Invalid(wrong)) => wrong,
        _ => Vec::new(),
    };
    // Moved, not copied: six photographs may have 150 MB.
    let chosen = std::mem::take(&mut v.posted.files).into_iter().filter(|file| file.field == "photographs");
    let files = chosen.map(|file| Vec::from(file.bytes)).filter(|bytes| !bytes.is_empty());
    let photographs = if wrong.is_empty() { files.collect() } else { Vec::new() };
    let version = v.field("version").parse().unwrap_or(0);
    (Change { posted: v.posted.fields.clone(), photographs, version }, wrong)
}

/// `POST /releases/new`: begins a draft.
pub async fn begin(mut v: Visit) -> Result<Answer, No> {
    let (change, wrong) = change(&mut v);
    match draft::begin(&v.office, v.actor(), change, &v.stamp()).await {
        Ok(kept) => answered(&v, kept, wrong).await,
        Err(no) => v.again(no, TITLE, &new(&v).await?),
    }
}

/// `POST /releases/{id}/request`: saves it; `then` is where to go.
pub async fn save(mut v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let (change, wrong) = change(&mut v);
    match draft::save(&v.office, v.actor(), id, change, &v.stamp()).await {
        Ok(kept) => answered(&v, kept, wrong).await,
        Err(no @ (No::Invalid(_) | No::Unavailable)) => {
            let (page, _) = begun(&v, id).await?;
            v.again(no, TITLE, &page)
        }
        Err(no) => Err(no),
    }
}

async fn answered(v: &Visit, kept: Kept, mut wrong: Vec<FieldError>) -> Result<Answer, No> {
    let (id, version, at) = match kept {
        Kept::Elsewhere { id, at } => return elsewhere(v, id, at).await,
        Kept::Saved { id, version, at, wrong: more, refused } => {
            wrong.extend(more);
            wrong.extend(refused.iter().map(|one| FieldError::new("photographs", one.told().sentence)));
            (id, version, at)
        }
    };
    let place = format!("/releases/{id}/request");
    if v.wants == Wants::Json {
        return Answer::json(&json!({ "place": place, "version": version, "saved": at.clock_time() }));
    }
    let goes_on = v.field("then") != "stay";
    if goes_on {
        // What cannot be read is told where it was typed; what is missing, on the page where all of it is checked.
        wrong.extend(Asked::read(&v.posted.fields).unfit);
    }
    match (wrong.is_empty(), goes_on) {
        (true, true) => Answer::see(format!("/releases/{id}/check")),
        (true, false) => Answer::see(place),
        (false, _) => {
            let (page, _) = begun(v, id).await?;
            v.show(TITLE, &page).filled(Typed::posted(&v.posted.fields)).wrong(&wrong).status(422).done()
        }
    }
}

/// The other window's words stay; this one's stay on the page, and go over them only if they are saved again.
async fn elsewhere(v: &Visit, id: ReleaseId, at: Moment) -> Result<Answer, No> {
    let sentence = format!("This request was saved in another window at {}. Nothing was overwritten", at.clock_time());
    if v.wants == Wants::Json {
        return Ok(Answer::json(&json!({ "title": sentence, "detail": "" }))?.status(409));
    }
    let (page, _) = begun(v, id).await?;
    let page = Ask { elsewhere: true, ..page };
    let wrong = [FieldError::new("", sentence)];
    v.show(TITLE, &page).filled(Typed::posted(&v.posted.fields)).wrong(&wrong).status(409).done()
}

/// `POST /releases/{id}/discard`.
pub async fn discard(v: Visit) -> Result<Answer, No> {
    draft::discard(&v.office, v.actor(), v.id(ReleaseId::parse)?, v.stamp()).await?;
    Answer::see("/releases")
}
