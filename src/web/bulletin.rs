//! One bulletin's page: what must be read first, the copy itself in the viewer, or a plain card.
//!
//! Promises: conditions are shown in full and signed before the first view (K8.2); what is closed tells every reason with its
//! clause. Absent on purpose: pictures and words in the page itself; the Worker fetches, opens and draws them.

use serde::Serialize;

use crate::actions::No;
use crate::actions::deliver::{self, Bulletin};
use crate::actions::leavers;
use crate::domain::ids::CopyId;
use crate::domain::moment::long_day;
use crate::domain::refusal::Refusal;
use crate::web::bulletins::{Card, Choice, purposes};
use crate::web::report::Reported;
use crate::web::sheets::Held;
use crate::web::{Answer, Page, Visit};

/// A sealed part in the viewer.
#[derive(Serialize, Clone)]
pub struct Part {
    /// Its address.
    pub url: String,
    /// Whether it is the text; else a photograph.
    pub text: bool,
    /// How it is called for those who do not see it.
    pub label: String,
}

impl Part {
    pub(crate) fn sample(text: bool) -> Self {
        Self { url: "/copies/a/parts/b".into(), text, label: "Photograph 1 of CZ/001/26".into() }
    }
}

/// The page.
#[derive(Serialize)]
pub struct Show {
    /// How it stands.
    pub card: Card,
    /// One of `undertaking`, `conditions`, `purpose`, `open`, `closed`.
    pub step: &'static str,
    /// The conditions' exact words, where they are to be acknowledged.
    pub conditions: String,
    /// The purposes, where one is to be chosen.
    pub purposes: Vec<Choice>,
    /// Photographs in their order, then the text.
    pub parts: Vec<Part>,
    /// To whom its manager may show it (K7.4).
    pub shown_to: Vec<String>,
    /// Name and day, drawn over each picture.
    pub overlay: String,
    /// Milliseconds until its limit: then the page empties itself and asks anew (K7.8).
    pub left_ms: i64,
    /// What the holder reported, newest first.
    pub reports: Vec<Reported>,
    /// Its numbered prints (O3.2.1).
    pub(crate) sheets: Vec<Held>,
}

impl Page for Show {
    const TEMPLATE: &'static str = "pages/bulletins/show.html";

    fn samples() -> Vec<Self> {
        let of = |card: Card, step| Self {
            card,
            step,
            conditions: "Conditions of this supply\n\nOne.\n".into(),
            purposes: purposes(),
            parts: vec![Part::sample(false), Part::sample(true)],
            shown_to: vec!["Corner Chemist".into(), "High Street Books".into()],
            overlay: "Alex Doe · 1 November 2026".into(),
            left_ms: 60_000,
            reports: Reported::samples(),
            sheets: Held::samples(),
        };
        let steps = ["undertaking", "conditions", "purpose", "open"];
        let mut all: Vec<Self> = Card::samples().into_iter().map(|card| of(card, "closed")).collect();
        all.extend(
            steps.into_iter().flat_map(|step| Card::samples().into_iter().take(1).map(move |card| of(card, step))),
        );
        all
    }
}

/// What comes first: nothing else is worth reading while the bulletin is closed for good.
fn step(v: &Visit, bulletin: &Bulletin) -> &'static str {
    let first = |one: &Refusal| matches!(one, Refusal::UndertakingUnsigned { .. } | Refusal::ConditionsUnacknowledged);
    let said = v.who.as_ref().is_some_and(|who| who.purpose.is_some());
    match bulletin.closed.as_slice() {
        [] if said => "open",
        [] => "purpose",
        // Whoever follows a leaver accepts the conditions before anything is sealed to them.
        [Refusal::ConditionsUnacknowledged, Refusal::NotSealedYet] if bulletin.copy.follows.is_some() => "conditions",
        closed if !closed.iter().all(first) => "closed",
        [Refusal::ConditionsUnacknowledged] => "conditions",
        _ => "undertaking",
    }
}

pub(crate) fn parts(bulletin: &Bulletin) -> Vec<Part> {
    let url = |id: &str| format!("/copies/{}/parts/{id}", bulletin.copy.id);
    let screens = bulletin.parts.iter().filter(|part| part.rendition == "screen").enumerate();
    let mut all: Vec<Part> = screens
        .map(|(at, part)| Part {
            url: url(&part.id),
            text: false,
            label: format!("Photograph {} of bulletin {}", at + 1, bulletin.urn),
        })
        .collect();
    let texts = bulletin.parts.iter().filter(|part| part.rendition == "text");
    all.extend(texts.map(|part| Part { url: url(&part.id), text: true, label: "Text".to_owned() }));
    all
}

async fn page(v: &Visit) -> Result<Show, No> {
    let bulletin = deliver::one(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    let step = step(v, &bulletin);
    let mut sheets = Vec::new();
    for (urn, copy) in leavers::own(&v.office, v.actor()).await? {
        if copy.release_id == bulletin.copy.release_id && !copy.is_electronic() {
            sheets.push(Held::of(&urn, &copy)?);
        }
    }
    Ok(Show {
        sheets,
        card: Card::of(&bulletin),
        step,
        conditions: deliver::conditions(&bulletin),
        purposes: purposes(),
        parts: if step == "open" { parts(&bulletin) } else { Vec::new() },
        shown_to: bulletin.shown_to.clone(),
        overlay: format!("{} · {}", v.person()?.name, long_day(v.now.day())),
        left_ms: bulletin.until.millis() - v.now.millis(),
        reports: bulletin.reports.iter().map(Reported::of).collect(),
    })
}

/// `GET /bulletins/{id}`; a numbered print has a page of its own.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    if !deliver::one(&v.office, v.actor(), copy).await?.copy.is_electronic() {
        return Answer::see(format!("/sheets/{copy}"));
    }
    let page = page(&v).await?;
    v.page(&format!("Bulletin {}", page.card.urn), &page)
}

/// `GET /bulletins/{id}/conditions`: the exact bytes that are acknowledged.
pub async fn conditions(v: Visit) -> Result<Answer, No> {
    let bulletin = deliver::one(&v.office, v.actor(), v.id(CopyId::parse)?).await?;
    Ok(Answer::text(deliver::conditions(&bulletin)))
}

/// `POST /bulletins/{id}/conditions`: acknowledges them, signed.
pub async fn acknowledge(v: Visit) -> Result<Answer, No> {
    let copy = v.id(CopyId::parse)?;
    match deliver::acknowledge(&v.office, v.actor(), copy, v.field("statement"), v.stamp()).await {
        Ok(()) => Answer::see(format!("/bulletins/{copy}")),
        Err(no) => {
            let page = page(&v).await?;
            v.again(no, &format!("Bulletin {}", page.card.urn), &page)
        }
    }
}
