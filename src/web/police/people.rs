//! Accounts: who has one, what they answer for; suspending and restoring.

use std::collections::HashMap;

use serde::Serialize;

use crate::actions::{No, administer, registers};
use crate::domain::actor::{Actor, Grant};
use crate::domain::ids::PersonId;
use crate::web::police::long;
use crate::web::{Answer, Page, Visit};

/// Everybody with an account.
#[derive(Serialize)]
pub struct People {
    people: Vec<One>,
}

#[derive(Serialize)]
struct One {
    id: String,
    name: String,
    email: String,
    roles: Vec<String>,
    last: String,
    suspended: bool,
    /// The one who looks; nobody suspends themself.
    own: bool,
    /// Their keys are renewed by whoever looks; those of an area's people by its co-ordinators.
    renews: bool,
}

impl Page for People {
    const TEMPLATE: &'static str = "pages/police/people.html";

    fn samples() -> Vec<Self> {
        let one = |suspended, own| One {
            id: "1".into(),
            name: "Robin Roe".into(),
            email: "robin@example.org".into(),
            roles: vec!["Officer, Colchester".into(), "Administrator".into()],
            last: "21 November 2026 at 5:30pm".into(),
            suspended,
            own,
            renews: own == suspended,
        };
        vec![Self { people: vec![one(false, true), one(false, false), one(true, false)] }]
    }
}

/// What somebody answers for, in words.
fn roles(actor: &Actor, places: &HashMap<String, String>) -> Vec<String> {
    let at = |id: String| places.get(&id).cloned().unwrap_or_default();
    let told = |grant: &Grant| match grant {
        Grant::InArea(role, area) => format!("{}, {}", role.title(), at(area.to_string())),
        Grant::InScheme(role, scheme) => format!("{}, {}", role.title(), at(scheme.to_string())),
        Grant::Force(role) => role.title().to_owned(),
    };
    actor.grants().iter().map(told).collect()
}

async fn page(v: &Visit) -> Result<People, No> {
    let mut places: HashMap<String, String> =
        registers::areas(&v.office).await?.into_iter().map(|area| (area.id, area.name)).collect();
    places.extend(registers::schemes(&v.office, v.actor()).await?.into_iter().map(|scheme| (scheme.id, scheme.name)));
    let own = v.person()?.id.to_string();
    let people = administer::people(&v.office, v.actor()).await?;
    let one = |(person, actor): &(crate::actions::administer::Account, Actor)| One {
        own: person.id == own,
        renews: person.id != own && actor.grants().iter().any(|grant| matches!(grant, Grant::Force(_))),
        id: person.id.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        roles: roles(actor, &places),
        last: person.signed_in_at.map_or_else(|| "Never".to_owned(), long),
        suspended: person.suspended,
    };
    Ok(People { people: people.iter().map(one).collect() })
}

const TITLE: &str = "People with an account";

/// `GET /people`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    v.page(TITLE, &page(&v).await?)
}

/// `POST /people/{id}/suspend`: `suspended` is `yes` or `no`.
pub async fn suspend(v: Visit) -> Result<Answer, No> {
    let suspended = v.field("suspended") == "yes";
    match administer::suspend(&v.office, v.actor(), v.id(PersonId::parse)?, suspended, v.stamp()).await {
        Ok(()) => Answer::see("/people"),
        Err(no) => v.again(no, TITLE, &page(&v).await?),
    }
}
