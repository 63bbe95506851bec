//! The register of issued references (K8.3), area by area, and the same as a table to keep.

use serde::Serialize;

use crate::actions::registers::Issue;
use crate::actions::{No, issues};
use crate::domain::ids::AreaId;
use crate::domain::moment::Moment;
use crate::web::frame::Typed;
use crate::web::police::{Choice, Tag, choice, long, stage_tag};
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit, fresh};

/// The areas to choose from.
#[derive(Serialize)]
pub struct Registers {
    areas: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    href: String,
    text: String,
}

impl Page for Registers {
    const TEMPLATE: &'static str = "pages/police/registers.html";

    fn samples() -> Vec<Self> {
        let area = Link { href: "/register/1".into(), text: "Colchester (CZ)".into() };
        vec![Self { areas: vec![area] }, Self { areas: Vec::new() }]
    }
}

/// `GET /register`: straight to the only area, or the areas to choose from.
pub async fn choose(v: Visit) -> Result<Answer, No> {
    let areas = issues::areas(&v.office, v.actor()).await?;
    match areas.as_slice() {
        [only] => Answer::see(format!("/register/{}", only.id)),
        many => {
            let link = |area: &crate::actions::registers::Area| Link {
                href: format!("/register/{}", area.id),
                text: format!("{} ({})", area.name, area.code),
            };
            v.page("Registers of issued references", &Registers { areas: many.iter().map(link).collect() })
        }
    }
}

/// The fields of the search.
const FIELDS: [&str; 4] = ["q", "stage", "from", "to"];

/// One area's register.
#[derive(Serialize, Default)]
pub struct Register {
    area: String,
    issues: Vec<Entry>,
    stages: Vec<Choice>,
    /// How many there are in all, in words.
    found: String,
    /// Something narrows it.
    narrowed: bool,
    /// Nothing could be looked for.
    wrong: bool,
    before: String,
    after: String,
    csv: String,
}

fn stages() -> Vec<Choice> {
    issues::STAGES.iter().map(|word| choice(*word, stage_tag(word).text, "")).collect()
}

#[derive(Serialize)]
struct Entry {
    urn: String,
    href: String,
    issued: String,
    tag: Tag,
    until: String,
    copies: i64,
    voided: String,
}

fn entry((issue, reason): &(Issue, String), now: Moment) -> Entry {
    Entry {
        urn: issue.urn.clone(),
        href: format!("/releases/{}", issue.release_id),
        issued: long(issue.issued_at),
        tag: stage_tag(issues::word(issue, now)),
        until: issue.until.map_or_else(String::new, |until| Moment::from_millis(until).deadline()),
        copies: issue.copies,
        voided: issue.voided_at.map_or_else(String::new, |at| format!("Voided {}: {}", long(at), reason)),
    }
}

impl Page for Register {
    const TEMPLATE: &'static str = "pages/police/register.html";

    fn samples() -> Vec<Self> {
        let one = |urn: &str, voided: &str| Entry {
            urn: urn.into(),
            href: "/releases/1".into(),
            issued: "21 November 2026 at 5:30pm".into(),
            tag: stage_tag("live"),
            until: "11:59pm on 19 January 2027".into(),
            copies: 3,
            voided: voided.into(),
        };
        let full = Self {
            area: "1".into(),
            issues: vec![one("CZ/002/26", ""), one("CZ/001/26", "Voided 21 November 2026: taken by mistake")],
            stages: stages(),
            found: "2 references".into(),
            narrowed: true,
            before: "/register/1?page=1".into(),
            after: "/register/1?page=3".into(),
            csv: "/register/1/csv".into(),
            ..Self::default()
        };
        let none = |wrong| Self { area: "1".into(), wrong, stages: stages(), ..Self::default() };
        vec![full, none(false), none(true)]
    }
}

/// The same search at another address or page.
fn address(v: &Visit, path: &str, page: i64) -> String {
    let mut pairs: Vec<String> = FIELDS
        .iter()
        .filter(|field| !v.query(field).is_empty())
        .map(|field| format!("{field}={}", percent(v.query(field))))
        .collect();
    if page > 1 {
        pairs.push(format!("page={page}"));
    }
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

fn typed(v: &Visit) -> issues::Typed<'_> {
    let page = v.query("page").parse::<i64>().unwrap_or(1).clamp(1, 100_000);
    issues::Typed { q: v.query("q"), stage: v.query("stage"), from: v.query("from"), to: v.query("to"), page }
}

/// `GET /register/{id}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let id = v.id(AreaId::parse)?;
    let (typed, path) = (typed(&v), format!("/register/{id}"));
    let found = issues::find(&v.office, v.actor(), id, typed, v.stamp()).await;
    let areas = issues::areas(&v.office, v.actor()).await?;
    let name = areas.iter().find(|area| area.id == id.to_string()).map_or("", |area| area.name.as_str());
    let title = format!("Register of issued references: {name}");
    let empty = Register { area: id.to_string(), stages: stages(), ..Register::default() };
    let (issues, count) = match found {
        Ok(found) => found,
        Err(no) => return v.again(no, &title, &Register { wrong: true, ..empty }),
    };
    let page = Register {
        issues: issues.iter().map(|issue| entry(issue, v.now)).collect(),
        found: if count == 1 { "1 reference".to_owned() } else { format!("{count} references") },
        narrowed: FIELDS.iter().any(|field| !v.query(field).is_empty()),
        before: if typed.page > 1 { address(&v, &path, typed.page - 1) } else { String::new() },
        after: if count > typed.page * issues::PAGE { address(&v, &path, typed.page + 1) } else { String::new() },
        csv: address(&v, &format!("{path}/csv"), 1),
        ..empty
    };
    let filled = FIELDS.iter().fold(Typed::default(), |filled, field| filled.with(field, v.query(field)));
    v.filled(&title, &page, filled)
}

/// `GET /register/{id}/csv`: what the same search shows.
pub async fn csv(v: Visit) -> Result<Answer, No> {
    if let Some(asked) = fresh::first(&v)? {
        return Ok(asked);
    }
    let text = issues::csv(&v.office, v.actor(), v.id(AreaId::parse)?, typed(&v), v.stamp()).await?;
    Ok(Answer::csv("register-of-issues.csv", text))
}
