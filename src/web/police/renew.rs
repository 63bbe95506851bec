//! Somebody lost everything: the page that says what ends, asks how they were verified, and shows the new link once.

use serde::Serialize;

use crate::actions::renew::{self, Renewal};
use crate::actions::{No, step_up};
use crate::domain::actor::Grant;
use crate::domain::ids::PersonId;
use crate::web::police::invite::Invited;
use crate::web::police::{Row, long, row};
use crate::web::{Answer, Page, Visit};

/// What would end, and the form.
#[derive(Serialize)]
pub struct Renew {
    id: String,
    name: String,
    facts: Vec<Row>,
    copies: usize,
    unit: bool,
    suspended: bool,
    before: Vec<Before>,
}

#[derive(Serialize)]
struct Before {
    at: String,
    by: String,
    verified: String,
    copies: i64,
}

impl Page for Renew {
    const TEMPLATE: &'static str = "pages/police/renew.html";

    fn samples() -> Vec<Self> {
        let one = |copies, unit, suspended| Self {
            id: "1".into(),
            name: "Priya Shah".into(),
            facts: vec![row("Email address", "priya@example.org")],
            copies,
            unit,
            suspended,
            before: Vec::new(),
        };
        let before = |copies| Before {
            at: "21 November 2026 at 5:30pm".into(),
            by: "Sam Hollis".into(),
            verified: "Seen in person with warrant card".into(),
            copies,
        };
        vec![
            one(0, true, false),
            one(1, false, false),
            Self { before: vec![before(1), before(2)], ..one(3, false, false) },
            one(3, false, true),
        ]
    }
}

fn before(one: &Renewal) -> Before {
    Before { at: long(one.at), by: one.by_name.clone(), verified: one.verified.clone(), copies: one.copies }
}

async fn page(v: &Visit) -> Result<Renew, No> {
    let about = renew::about(&v.office, v.actor(), v.id(PersonId::parse)?).await?;
    let roles: Vec<&str> = about.actor.grants().iter().map(|grant: &Grant| grant.role().title()).collect();
    Ok(Renew {
        facts: vec![
            row("Email address", about.person.email),
            row("Answers for", roles.join(", ")),
            row("Last signed in", about.person.signed_in_at.map_or_else(|| "Never".to_owned(), long)),
        ],
        id: about.person.id,
        name: about.person.name,
        copies: about.copies,
        unit: about.unit,
        suspended: about.person.suspended,
        before: about.before.iter().map(before).collect(),
    })
}

/// `GET /people/{id}/renew`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    v.page(&title(&page), &page)
}

fn title(page: &Renew) -> String {
    format!("{} has lost everything", page.name)
}

/// `POST /people/{id}/renew`: the link is in this answer (in a demo in the mail too), and nowhere else.
pub async fn renew(v: Visit) -> Result<Answer, No> {
    let id = v.id(PersonId::parse)?;
    // Asked before the proof of who is there: to others there is no such page (P10).
    let shown = page(&v).await?;
    let done = match step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await {
        Ok(()) => renew::renew(&v.office, v.person()?, id, v.field("verified"), v.stamp()).await,
        Err(no) => Err(no),
    };
    match done {
        Ok(path) => {
            let (origin, demo) = (&v.office.settings.origin, v.office.settings.demo);
            let email = shown.facts.first().map(|row| row.value.clone()).unwrap_or_default();
            v.page("Keys ended, invitation made", &Invited { link: format!("{origin}{path}"), email, demo, anew: true })
        }
        Err(no) => v.again(no, &title(&shown), &shown),
    }
}
