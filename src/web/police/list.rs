//! Finding releases: by reference, area, stage, scheme, day and what they wait for; fifty lines a page.
//!
//! Absent on purpose: whose releases are found, which is the action's; words of a case but the title.

use serde::Serialize;

use crate::actions::No;
use crate::actions::desk::{self, Line};
use crate::actions::find::{self, Found, PAGE, STAGES, Typed as Search, Waits};
use crate::web::frame::Typed;
use crate::web::police::{Choice, Tag, choice, stage_tag};
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit};

/// The fields of the search.
const FIELDS: [&str; 7] = ["q", "area", "stage", "scheme", "waits", "from", "to"];
const TITLE: &str = "Releases";

/// The list.
#[derive(Serialize, Default)]
pub struct List {
    releases: Vec<Entry>,
    found: String,
    areas: Vec<Choice>,
    stages: Vec<Choice>,
    schemes: Vec<Choice>,
    waits: Vec<Choice>,
    /// Nothing could be looked for.
    wrong: bool,
    /// Something narrows the list.
    narrowed: bool,
    before: String,
    after: String,
    may_ask: bool,
}

#[derive(Serialize)]
struct Entry {
    href: String,
    title: String,
    urn: String,
    tag: Tag,
    asked: String,
    until: String,
    copies: String,
}

fn entry(line: &Line) -> Entry {
    let release = &line.filed.release;
    let authority = release.stage.authority();
    let [copies, sealed, opened, confirmed] = line.counts;
    Entry {
        href: format!("/releases/{}", release.id),
        title: line.title.clone(),
        urn: authority.map_or_else(String::new, |authority| authority.urn.clone()),
        tag: stage_tag(line.word),
        asked: release.requested_at.long(),
        until: authority.map_or_else(String::new, |authority| authority.until.deadline()),
        copies: match copies {
            0 => String::new(),
            _ => format!("{sealed} of {copies} sealed\n{opened} opened\n{confirmed} confirmed gone"),
        },
    }
}

fn named(pairs: Vec<(String, String)>) -> Vec<Choice> {
    pairs.into_iter().map(|(value, text)| choice(value, text, "")).collect()
}

/// The form's choices.
async fn offered(v: &Visit) -> Result<List, No> {
    let [areas, schemes] = find::places(&v.office, v.actor()).await?;
    Ok(List {
        areas: named(areas),
        schemes: named(schemes),
        stages: stages(),
        waits: waits(),
        narrowed: FIELDS.iter().any(|field| !v.query(field).is_empty()),
        may_ask: !desk::request_areas(&v.office, v.actor()).await?.is_empty(),
        ..List::default()
    })
}

fn stages() -> Vec<Choice> {
    STAGES.iter().map(|word| choice(*word, stage_tag(word).text, "")).collect()
}

fn waits() -> Vec<Choice> {
    Waits::ALL.iter().filter(|(_, word, _)| !word.is_empty()).map(|(_, word, text)| choice(*word, *text, "")).collect()
}

impl Page for List {
    const TEMPLATE: &'static str = "pages/police/list.html";

    fn samples() -> Vec<Self> {
        let one = |urn: &str, word| Entry {
            href: "/releases/1".into(),
            title: "Thefts from pharmacies".into(),
            urn: urn.into(),
            tag: stage_tag(word),
            asked: "21 November 2026 at 5:30pm".into(),
            until: if urn.is_empty() { String::new() } else { "11:59pm on 19 January 2027".into() },
            copies: if urn.is_empty() { String::new() } else { "3 of 3 sealed\n2 opened\n0 confirmed gone".into() },
        };
        let full = Self {
            releases: vec![one("CZ/001/26", "live"), one("", "requested")],
            found: "2 releases".into(),
            areas: vec![choice("1", "Cantwell (CZ)", "")],
            schemes: vec![choice("1", "Cantwell Retail Watch", "")],
            stages: stages(),
            waits: waits(),
            narrowed: true,
            before: "/releases?page=1".into(),
            after: "/releases?page=3".into(),
            may_ask: true,
            ..Self::default()
        };
        let wrong = Self { wrong: true, stages: stages(), waits: waits(), ..Self::default() };
        vec![full, wrong, Self { stages: stages(), waits: waits(), ..Self::default() }]
    }
}

/// The same search on another page.
fn address(v: &Visit, page: i64) -> String {
    let mut pairs: Vec<String> = FIELDS
        .iter()
        .filter(|field| !v.query(field).is_empty())
        .map(|field| format!("{field}={}", percent(v.query(field))))
        .collect();
    if page > 1 {
        pairs.push(format!("page={page}"));
    }
    if pairs.is_empty() { "/releases".to_owned() } else { format!("/releases?{}", pairs.join("&")) }
}

/// `GET /releases`: the fields of the search, and `page` from 1.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let page = v.query("page").parse::<i64>().unwrap_or(1).clamp(1, 100_000);
    let search = Search {
        q: v.query("q"),
        area: v.query("area"),
        stage: v.query("stage"),
        scheme: v.query("scheme"),
        from: v.query("from"),
        to: v.query("to"),
        waits: v.query("waits"),
        page,
    };
    let offered = offered(&v).await?;
    let Found { lines, count } = match find::releases(&v.office, v.actor(), &search).await {
        Ok(found) => found,
        Err(no) => return v.again(no, TITLE, &List { wrong: true, ..offered }),
    };
    let shown = List {
        releases: lines.iter().map(entry).collect(),
        found: match count {
            1 => "1 release".to_owned(),
            many => format!("{many} releases"),
        },
        before: if page > 1 { address(&v, page - 1) } else { String::new() },
        after: if count > page * PAGE { address(&v, page + 1) } else { String::new() },
        ..offered
    };
    let typed = FIELDS.iter().fold(Typed::default(), |typed, field| typed.with(field, v.query(field)));
    v.filled(TITLE, &shown, typed)
}
