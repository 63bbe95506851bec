//! The list of releases a person may see, by stage and by reference.

use serde::Serialize;

use crate::actions::No;
use crate::actions::desk::{self, Line};
use crate::domain::urn::Urn;
use crate::web::police::{Choice, Tag, choice, stage_tag};
use crate::web::{Answer, Page, Visit};

/// Lines of one page of the list.
const PAGE: usize = 50;

/// The stages that can be asked for.
const STAGES: [&str; 8] = ["draft", "requested", "returned", "live", "expired", "recalled", "voided", "closed"];

/// The list.
#[derive(Serialize, Default)]
pub struct List {
    releases: Vec<Entry>,
    found: String,
    stages: Vec<Choice>,
    stage: String,
    q: String,
    /// What is wrong with the reference typed.
    problem: String,
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

fn stages() -> Vec<Choice> {
    let mut all = vec![choice("", "Every stage", "")];
    all.extend(STAGES.iter().map(|word| choice(*word, stage_tag(word).text, "")));
    all
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
            stages: stages(),
            stage: "live".into(),
            before: "/releases?page=1".into(),
            after: "/releases?page=3".into(),
            may_ask: true,
            ..Self::default()
        };
        let none = Self { q: "x".into(), problem: "Enter a reference".into(), stages: stages(), ..Self::default() };
        vec![full, none]
    }
}

/// `GET /releases`: `stage`, `q` (a reference however typed), `page` from 1.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let lines = desk::list(&v.office, v.actor()).await?;
    let (stage, q) = (v.query("stage"), v.query("q").trim());
    let urn = Urn::parse(q).map(|urn| urn.to_string());
    let problem = if q.is_empty() || urn.is_some() { "" } else { "Enter a reference in the form CZ/001/26" };
    let fits = |line: &&Line| {
        let number = line.filed.release.stage.authority().map(|authority| &authority.urn);
        let staged = !STAGES.contains(&stage) || line.word == stage;
        staged && (urn.is_none() || number == urn.as_ref())
    };
    let found: Vec<&Line> = if problem.is_empty() { lines.iter().filter(fits).collect() } else { Vec::new() };
    let page = v.query("page").parse::<usize>().ok().filter(|n| (1..=1_000).contains(n)).unwrap_or(1);
    let to = |n: usize| format!("/releases?stage={}&page={n}", if STAGES.contains(&stage) { stage } else { "" });
    let shown = List {
        releases: found.iter().skip((page - 1) * PAGE).take(PAGE).map(|line| entry(line)).collect(),
        found: match found.len() {
            1 => "1 release".to_owned(),
            many => format!("{many} releases"),
        },
        stages: stages(),
        stage: stage.to_owned(),
        q: q.to_owned(),
        problem: problem.to_owned(),
        before: if page > 1 { to(page - 1) } else { String::new() },
        after: if found.len() > page * PAGE { to(page + 1) } else { String::new() },
        may_ask: !desk::request_areas(&v.office, v.actor()).await?.is_empty(),
    };
    let status = if problem.is_empty() { 200 } else { 422 };
    v.show("Releases", &shown).status(status).done()
}
