//! The decision as a task list: what is done, what is missing and why, and the way to each part (K7.7.1).

use serde::Serialize;

use crate::actions::decision::{self, Gathered};
use crate::actions::{No, desk};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::web::police::waits::Waits;
use crate::web::police::{Row, record};
use crate::web::{Answer, Page, Visit};

/// The list.
#[derive(Serialize, Default)]
pub struct Tasks {
    id: String,
    title: String,
    request: Vec<Row>,
    parts: Vec<Task>,
    waits: Waits,
    /// What is missing, sentence by sentence; empty: it can be authorised.
    missing: Vec<Missing>,
    done: usize,
}

#[derive(Serialize)]
struct Task {
    text: &'static str,
    href: String,
    hint: String,
    status: &'static str,
    colour: &'static str,
}

#[derive(Serialize)]
struct Missing {
    title: &'static str,
    href: String,
    sentences: Vec<String>,
}

/// A refusal as a page tells it.
pub(crate) fn told(refusal: &Refusal) -> String {
    let told = refusal.told();
    format!("{} ({})", told.sentence, told.clause)
}

impl Tasks {
    fn of(sheet: &desk::Sheet, of: &Gathered, now: Moment) -> Self {
        let id = of.filed.release.id;
        let mut page = Self {
            id: id.to_string(),
            title: of.file.request.title.as_str().to_owned(),
            request: record::request(sheet),
            waits: Waits::of(id, &sheet.waits, sheet.word, sheet.may, now),
            ..Self::default()
        };
        for (part, saved, unmet) in decision::missing(of, now) {
            let href = format!("/releases/{id}/decision/{}", part.word());
            let (status, colour) = match (saved.is_some(), unmet.is_empty()) {
                (false, _) => ("Not started", "grey"),
                (true, false) => ("Incomplete", "yellow"),
                (true, true) => ("Complete", ""),
            };
            page.done += usize::from(saved.is_some() && unmet.is_empty());
            let by =
                saved.map_or_else(String::new, |saved| format!(". Saved by {} on {}", saved.by_name, saved.at.long()));
            let hint = format!("{}{by}", part.clause());
            page.parts.push(Task { text: part.title(), href: href.clone(), hint, status, colour });
            if saved.is_some() && !unmet.is_empty() {
                page.missing.push(Missing { title: part.title(), href, sentences: unmet.iter().map(told).collect() });
            }
        }
        page
    }
}

impl Page for Tasks {
    const TEMPLATE: &'static str = "pages/police/tasks.html";

    fn samples() -> Vec<Self> {
        let task = |status, colour| Task {
            text: "Risk assessment",
            href: "/releases/1/decision/risk".into(),
            hint: "K6.2.5".into(),
            status,
            colour,
        };
        let missing = Missing {
            title: "Risk assessment",
            href: "/releases/1/decision/risk".into(),
            sentences: vec!["Complete the risk assessment. (K6.2.5)".into()],
        };
        let half = Self {
            id: "1".into(),
            title: "Thefts from pharmacies".into(),
            parts: vec![task("Incomplete", "yellow"), task("Not started", "grey"), task("Complete", "")],
            missing: vec![missing],
            waits: Waits::sample(),
            done: 1,
            ..Self::default()
        };
        let all = Self {
            id: "2".into(),
            title: "Thefts".into(),
            parts: vec![task("Complete", "")],
            done: 8,
            ..Self::default()
        };
        vec![half, all]
    }
}

/// `GET /releases/{id}/decision`; a request that waits for nobody here leads to its release.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let id = v.id(ReleaseId::parse)?;
    let sheet = desk::sheet(&v.office, v.actor(), id, v.stamp()).await?;
    if !sheet.may.decide {
        return Answer::see(format!("/releases/{id}"));
    }
    let mut conn = v.office.read().await?;
    let of = decision::gather(&v.office, &mut conn, v.actor(), Act::Decide, id, v.now).await?;
    drop(conn);
    v.page("Decide a request", &Tasks::of(&sheet, &of, v.now))
}
