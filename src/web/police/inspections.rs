//! Inspections of where a scheme's holders keep what they hold (K8.2): the list with a form to plan one, and one inspection.
//!
//! Absent on purpose: findings in the list; an auditor reads that an inspection was made, and when.

use serde::Serialize;

use crate::actions::No;
use crate::actions::inspections::{self, Body, List, One};
use crate::domain::ids::{InspectionId, SchemeId};
use crate::domain::inspection::Inspection;
use crate::domain::moment::{Day, long_day};
use crate::web::frame::Typed;
use crate::web::police::{Choice, Row, Tag, choice, day, long, ordered, row};
use crate::web::{Answer, Page, Visit};

/// A scheme's inspections.
#[derive(Serialize, Default)]
pub struct Inspections {
    scheme: String,
    name: String,
    lines: Vec<Line>,
    stores: Vec<Store>,
    holders: Vec<Choice>,
    keeps: bool,
}

#[derive(Serialize)]
struct Line {
    href: String,
    holder: String,
    about: String,
    tag: Tag,
}

#[derive(Serialize)]
struct Store {
    href: String,
    name: String,
    rows: Vec<Row>,
}

fn tag(state: Inspection, today: Day) -> Tag {
    let over = state.due().is_some_and(|due| today > due);
    match state {
        _ if over => Tag { text: "Overdue", colour: "red" },
        Inspection::Planned { .. } => Tag { text: "Planned", colour: "blue" },
        Inspection::Made { .. } => Tag { text: "To put right", colour: "yellow" },
        Inspection::Closed => Tag { text: "Closed", colour: "green" },
        Inspection::CalledOff => Tag { text: "Called off", colour: "grey" },
    }
}

/// What stands beside an inspection in a list.
fn about(one: &One) -> String {
    match one.state {
        Inspection::Planned { on } => format!("To be made on {}", long_day(on)),
        Inspection::Made { follow_up } => {
            format!("Made on {}. To be put right by {}", day(one.row.made_on.as_deref()), long_day(follow_up))
        }
        Inspection::Closed => format!("Made on {}", day(one.row.made_on.as_deref())),
        Inspection::CalledOff => format!("Was planned for {}", day(Some(&one.row.planned_for))),
    }
}

impl Inspections {
    fn of(list: &List, today: Day) -> Self {
        let line = |one: &One| Line {
            href: format!("/inspections/{}", one.row.id),
            holder: one.row.holder_name.clone(),
            about: about(one),
            tag: tag(one.state, today),
        };
        let mut receivers = list.receivers.clone();
        receivers.dedup_by(|a, b| a.person_id == b.person_id);
        let store = |one: &inspections::Receiver| Store {
            href: if list.keeps {
                format!("/schemes/{}/receivers/{}", list.scheme.id, one.person_id)
            } else {
                String::new()
            },
            name: one.name.clone(),
            rows: vec![
                row("Responsible for storage", one.responsible_person.as_str()),
                row("Place of storage", one.storage_place.as_str()),
            ],
        };
        let pick = |one: &inspections::Receiver| choice(one.person_id.as_str(), one.name.as_str(), "");
        Self {
            scheme: list.scheme.id.clone(),
            name: list.scheme.name.clone(),
            lines: list.all.iter().map(line).collect(),
            stores: receivers.iter().map(store).collect(),
            holders: receivers.iter().map(pick).collect(),
            keeps: list.keeps,
        }
    }
}

impl Page for Inspections {
    const TEMPLATE: &'static str = "pages/police/inspections.html";

    fn samples() -> Vec<Self> {
        let line = |text, colour| Line {
            href: "/inspections/1".into(),
            holder: "Priya Shah".into(),
            about: "To be made on 21 November 2026".into(),
            tag: Tag { text, colour },
        };
        let store = |href: &str| Store {
            href: href.into(),
            name: "Priya Shah".into(),
            rows: vec![row("Responsible for storage", "Lee Park"), row("Place of storage", "")],
        };
        let full = Self {
            scheme: "1".into(),
            name: "Colchester Retail Watch".into(),
            lines: vec![line("Planned", "blue"), line("Overdue", "red"), line("Closed", "green")],
            stores: vec![store("/schemes/1/receivers/1"), store("")],
            holders: vec![choice("1", "Priya Shah", "")],
            keeps: true,
        };
        vec![full, Self { scheme: "1".into(), name: "Pub Watch".into(), ..Self::default() }]
    }
}

fn title(name: &str) -> String {
    format!("Inspections of storage: {name}")
}

/// `GET /schemes/{id}/inspections`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let list = inspections::list(&v.office, v.actor(), v.id(SchemeId::parse)?, v.stamp()).await?;
    let page = Inspections::of(&list, v.now.day());
    v.page(&title(&page.name), &page)
}

/// `POST /schemes/{id}/inspections`.
pub async fn plan(v: Visit) -> Result<Answer, No> {
    let id = v.id(SchemeId::parse)?;
    match inspections::plan(&v.office, v.actor(), id, |name| v.field(name), v.stamp()).await {
        Ok(planned) => Answer::see(format!("/inspections/{planned}")),
        Err(no) => {
            let list = inspections::list(&v.office, v.actor(), id, v.stamp()).await?;
            let page = Inspections::of(&list, v.now.day());
            v.again(ordered(no, &["holder", "on", "who"]), &title(&page.name), &page)
        }
    }
}

/// One inspection.
#[derive(Serialize)]
pub struct Inspected {
    id: String,
    scheme: String,
    scheme_name: String,
    holder: String,
    receiver: String,
    tag: Tag,
    rows: Vec<Row>,
    /// What may be recorded next: `made`, `closed`, or empty.
    next: &'static str,
    version: i64,
}

fn rows(one: &One) -> Vec<Row> {
    let (at, planner) = (long(one.row.planned_at), &one.row.planner);
    let mut rows =
        vec![row("Planned for", day(Some(&one.row.planned_for))), row("Planned by", format!("{planner} on {at}"))];
    let body = one.body.clone().unwrap_or_default();
    let words = |key, text: &str| Some(row(key, text)).filter(|_| !text.is_empty());
    rows.extend(words("Who goes, or went", body.who.as_str()));
    if let (Some(maker), Some(at)) = (&one.row.maker, one.row.made_at) {
        rows.push(row("Made on", day(one.row.made_on.as_deref())));
        rows.push(row("Recorded by", format!("{maker} on {}", long(at))));
    }
    rows.extend(words("Responsible person and place then", body.storage.as_str()));
    rows.extend(words("What was found", body.findings.as_str()));
    rows.extend(words("To be put right", body.wanted.as_str()));
    if one.row.follow_up.is_some() {
        rows.push(row("To be put right by", day(one.row.follow_up.as_deref())));
    }
    let ended = if one.state == Inspection::CalledOff { "Called off by" } else { "Closed by" };
    if let (Some(ender), Some(at)) = (&one.row.ender, one.row.ended_at) {
        rows.push(row(ended, format!("{ender} on {}", long(at))));
    }
    rows.extend(words(
        if one.state == Inspection::CalledOff { "Why" } else { "How it was put right" },
        body.ending.as_str(),
    ));
    rows
}

impl Inspected {
    fn of(one: &One, today: Day) -> Self {
        let next = match one.state {
            Inspection::Planned { .. } if one.keeps => "made",
            Inspection::Made { .. } if one.keeps => "closed",
            _ => "",
        };
        Self {
            id: one.row.id.clone(),
            scheme: one.row.scheme_id.clone(),
            scheme_name: one.row.scheme_name.clone(),
            holder: one.row.holder_name.clone(),
            receiver: if one.keeps { one.row.holder.clone() } else { String::new() },
            tag: tag(one.state, today),
            rows: rows(one),
            next,
            version: one.row.version,
        }
    }
}

impl Page for Inspected {
    const TEMPLATE: &'static str = "pages/police/inspection.html";

    fn samples() -> Vec<Self> {
        let one = |next, text, colour, receiver: &str| Self {
            id: "1".into(),
            scheme: "1".into(),
            scheme_name: "Colchester Retail Watch".into(),
            holder: "Priya Shah".into(),
            receiver: receiver.into(),
            tag: Tag { text, colour },
            rows: vec![row("Planned for", "21 November 2026"), row("What was found", "A locked cabinet.\nNo list.")],
            next,
            version: 1,
        };
        vec![
            one("made", "Planned", "blue", "1"),
            one("closed", "To put right", "yellow", "1"),
            one("", "Closed", "green", ""),
        ]
    }
}

const TITLE: &str = "Inspection of storage";

/// `GET /inspections/{id}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let one = inspections::show(&v.office, v.actor(), v.id(InspectionId::parse)?).await?;
    let Body { who, .. } = one.body.clone().unwrap_or_default();
    v.filled(TITLE, &Inspected::of(&one, v.now.day()), Typed::default().with("who", who.as_str()))
}

/// `POST /inspections/{id}/{step}`: `made`, `closed` or `called-off`.
pub async fn record(v: Visit) -> Result<Answer, No> {
    let id = v.id(InspectionId::parse)?;
    match inspections::record(&v.office, v.actor(), id, v.path("step"), |name| v.field(name), v.stamp()).await {
        Ok(()) => Answer::see(format!("/inspections/{id}")),
        Err(no) => {
            let one = inspections::show(&v.office, v.actor(), id).await?;
            let fields = ["on", "who", "findings", "wanted", "follow_up", "ending"];
            v.again(ordered(no, &fields), TITLE, &Inspected::of(&one, v.now.day()))
        }
    }
}
