//! The register of issued references (K8.3), area by area, and the same as a table to keep.

use serde::Serialize;

use crate::actions::registers::Issue;
use crate::actions::{No, issues, registers};
use crate::domain::ids::AreaId;
use crate::domain::moment::Moment;
use crate::web::police::{Tag, long, stage_tag};
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

/// One area's register.
#[derive(Serialize)]
pub struct Register {
    area: String,
    issues: Vec<Entry>,
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

fn entry(issue: &Issue, now: Moment) -> Entry {
    Entry {
        urn: issue.urn.clone(),
        href: format!("/releases/{}", issue.release_id),
        issued: long(issue.issued_at),
        tag: stage_tag(issues::word(issue, now)),
        until: issue.until.map_or_else(String::new, |until| Moment::from_millis(until).deadline()),
        copies: issue.copies,
        voided: issue.voided_at.map_or_else(String::new, |at| format!("Voided {}: {}", long(at), issue.void_reason)),
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
        let full = vec![one("CZ/002/26", ""), one("CZ/001/26", "Voided 21 November 2026: taken by mistake")];
        vec![Self { area: "1".into(), issues: full }, Self { area: "1".into(), issues: Vec::new() }]
    }
}

/// `GET /register/{id}`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let id = v.id(AreaId::parse)?;
    let issues = registers::issues(&v.office, v.actor(), id, v.stamp()).await?;
    let areas = issues::areas(&v.office, v.actor()).await?;
    let name = areas.iter().find(|area| area.id == id.to_string()).map_or("", |area| area.name.as_str());
    let page = Register { area: id.to_string(), issues: issues.iter().map(|issue| entry(issue, v.now)).collect() };
    v.page(&format!("Register of issued references: {name}"), &page)
}

/// `GET /register/{id}/csv`.
pub async fn csv(v: Visit) -> Result<Answer, No> {
    if let Some(asked) = fresh::first(&v)? {
        return Ok(asked);
    }
    let text = issues::csv(&v.office, v.actor(), v.id(AreaId::parse)?, v.stamp()).await?;
    Ok(Answer::csv("register-of-issues.csv", text))
}
