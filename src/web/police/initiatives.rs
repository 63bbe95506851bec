//! Named initiatives and their lists (K8.8): the co-ordinator keeps them, the auditor reads them and takes them away as a table.

use serde::Serialize;

use crate::actions::registers::initiatives::{self, Entry, Initiative, Sheet};
use crate::actions::step_up;
use crate::actions::{No, registers};
use crate::domain::ids::{EntryId, InitiativeId};
use crate::web::frame::Typed;
use crate::web::police::{Choice, LISTED, Row, capped, choice, long, row};
use crate::web::{Answer, Page, Visit};

/// The initiatives one may read.
#[derive(Serialize)]
pub struct Initiatives {
    lines: Vec<Brief>,
    more: String,
    /// Areas in which one may be begun; empty: none.
    areas: Vec<Choice>,
}

#[derive(Serialize)]
struct Brief {
    href: String,
    name: String,
    area: String,
    count: usize,
    ended: String,
}

impl Page for Initiatives {
    const TEMPLATE: &'static str = "pages/police/initiatives.html";

    fn samples() -> Vec<Self> {
        let one = |ended: &str| Brief {
            href: "/initiatives/1".into(),
            name: "Town-centre safety".into(),
            area: "Colchester".into(),
            count: 12,
            ended: ended.into(),
        };
        let full = vec![one(""), one("21 November 2026 at 5:30pm")];
        vec![
            Self { lines: full, more: capped(600, LISTED), areas: vec![choice("1", "Colchester", "")] },
            Self { lines: Vec::new(), more: String::new(), areas: Vec::new() },
        ]
    }
}

const TITLE: &str = "Initiatives";

async fn page(v: &Visit) -> Result<Initiatives, No> {
    let all = initiatives::list(&v.office, v.actor()).await?;
    let brief = |(initiative, area, count): &(Initiative, registers::Area, usize)| Brief {
        href: format!("/initiatives/{}", initiative.id),
        name: initiative.name.clone(),
        area: area.name.clone(),
        count: *count,
        ended: initiative.ended_at.map_or_else(String::new, long),
    };
    let areas = registers::kept_areas(&v.office, v.actor()).await?;
    Ok(Initiatives {
        lines: all.iter().take(LISTED).map(brief).collect(),
        more: capped(all.len(), LISTED),
        areas: areas.into_iter().map(|area| choice(area.id, area.name, "")).collect(),
    })
}

/// `GET /initiatives`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    let only = match page.areas.as_slice() {
        [only] => only.value.clone(),
        _ => String::new(),
    };
    v.filled(TITLE, &page, Typed::default().with("area", only))
}

/// `POST /initiatives`.
pub async fn begin(v: Visit) -> Result<Answer, No> {
    let (area, name, about) = (v.field("area"), v.field("name"), v.field("about"));
    match initiatives::begin(&v.office, v.actor(), area, name, about, v.stamp()).await {
        Ok(id) => Answer::see(format!("/initiatives/{id}")),
        Err(no) => v.again(no, TITLE, &page(&v).await?),
    }
}

/// One initiative with its list.
#[derive(Serialize)]
pub struct One {
    id: String,
    name: String,
    about: String,
    facts: Vec<Row>,
    entries: Vec<Line>,
    more: String,
    choices: Vec<Choice>,
    keeps: bool,
    ended: bool,
}

#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    contact: String,
    kind: &'static str,
    scheme: String,
    on: String,
    off: String,
}

fn line(entry: &Entry) -> Line {
    Line {
        id: entry.id.clone(),
        name: entry.name.clone(),
        contact: entry.contact.clone(),
        kind: if entry.member_id.is_some() { "Business" } else { "Person" },
        scheme: entry.scheme_name.clone(),
        on: long(entry.added_at),
        off: entry.removed_at.map_or_else(String::new, long),
    }
}

impl One {
    fn of(sheet: Sheet) -> Self {
        let count = sheet.entries.iter().filter(|entry| entry.removed_at.is_none()).count();
        Self {
            facts: vec![
                row("Area", sheet.area.name.as_str()),
                row("About", sheet.initiative.about.as_str()),
                row("Begun", long(sheet.initiative.made_at)),
                row("Ended", sheet.initiative.ended_at.map_or_else(|| "No".to_owned(), long)),
                row("On the list now", count.to_string()),
            ],
            ended: sheet.initiative.ended_at.is_some(),
            id: sheet.initiative.id,
            name: sheet.initiative.name,
            about: sheet.initiative.about,
            entries: sheet.entries.iter().take(LISTED).map(line).collect(),
            more: capped(sheet.entries.len(), LISTED),
            choices: sheet.choices.into_iter().map(|(value, text)| choice(value, text, "")).collect(),
            keeps: sheet.keeps,
        }
    }
}

impl Page for One {
    const TEMPLATE: &'static str = "pages/police/initiative.html";

    fn samples() -> Vec<Self> {
        let line = |off: &str| Line {
            id: "1".into(),
            name: "Corner Pharmacy".into(),
            contact: "Lee Park".into(),
            kind: "Business",
            scheme: "Retail Watch".into(),
            on: "1 November 2026 at 9am".into(),
            off: off.into(),
        };
        let one = |entries, keeps, ended| Self {
            id: "1".into(),
            name: "Town-centre safety".into(),
            about: "Evenings".into(),
            facts: vec![row("Area", "Colchester")],
            entries,
            more: capped(600, LISTED),
            choices: vec![choice("business/1/2", "The Royal Oak (Pub Watch)", "")],
            keeps,
            ended,
        };
        vec![
            one(vec![line(""), line("2 November 2026 at 9am")], true, false),
            one(Vec::new(), true, true),
            one(vec![line("")], false, true),
        ]
    }
}

async fn sheet(v: &Visit) -> Result<One, No> {
    let id = v.id(InitiativeId::parse)?;
    let sheet = initiatives::one(&v.office, v.actor(), id, v.stamp()).await?;
    Ok(One::of(sheet))
}

/// `GET /initiatives/{id}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let page = sheet(&v).await?;
    let typed = Typed::default().with("name", page.name.clone()).with("about", page.about.clone());
    v.filled(&page.name, &page, typed)
}

/// After an act on the list: its page, or the page again with what was wrong.
async fn after(v: &Visit, done: Result<(), No>) -> Result<Answer, No> {
    match done {
        Ok(()) => Answer::see(format!("/initiatives/{}", v.path("id"))),
        Err(no) => {
            let page = sheet(v).await?;
            v.again(no, &page.name, &page)
        }
    }
}

/// `POST /initiatives/{id}`.
pub async fn rename(v: Visit) -> Result<Answer, No> {
    let (id, name, about) = (v.id(InitiativeId::parse)?, v.field("name"), v.field("about"));
    let done = initiatives::rename(&v.office, v.actor(), id, name, about, v.stamp()).await;
    after(&v, done).await
}

/// `POST /initiatives/{id}/end`.
pub async fn end(v: Visit) -> Result<Answer, No> {
    let done = initiatives::end(&v.office, v.actor(), v.id(InitiativeId::parse)?, v.stamp()).await;
    after(&v, done).await
}

/// `POST /initiatives/{id}/entries`.
pub async fn put_on(v: Visit) -> Result<Answer, No> {
    let id = v.id(InitiativeId::parse)?;
    let done = initiatives::put_on(&v.office, v.actor(), id, v.field("entry"), v.stamp()).await;
    after(&v, done).await
}

/// `POST /initiatives/{id}/entries/{entry}/remove`.
pub async fn take_off(v: Visit) -> Result<Answer, No> {
    let entry = EntryId::parse(v.path("entry")).ok_or(No::NotFound)?;
    let done = initiatives::take_off(&v.office, v.actor(), v.id(InitiativeId::parse)?, entry, v.stamp()).await;
    after(&v, done).await
}

/// `POST /initiatives/{id}/csv`: records leave, so it is asked who is there.
pub async fn csv(v: Visit) -> Result<Answer, No> {
    let page = sheet(&v).await?;
    if let Err(no) = step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        return v.again(no, &page.name, &page);
    }
    let text = initiatives::csv(&v.office, v.actor(), v.id(InitiativeId::parse)?, v.stamp()).await?;
    Ok(Answer::csv("initiative.csv", text))
}
