//! People with an account: the list, one person's page, roles, suspending and restoring.

use std::collections::HashMap;

use serde::Serialize;

use crate::actions::people::{self, Account, Gives, Keys, PAGE, RoleForm, Sheet};
use crate::actions::{No, demands, registers, renew, step_up};
use crate::domain::actor::{Actor, Grant};
use crate::domain::ids::PersonId;
use crate::web::police::schemes::why;
use crate::web::police::{Choice, Row, choice, day, long, row};
use crate::web::visit::percent;
use crate::web::{Answer, Page, Visit};

/// A page of the people with an account.
#[derive(Serialize)]
pub struct People {
    lines: Vec<One>,
    count: String,
    before: String,
    after: String,
}

#[derive(Serialize)]
struct One {
    href: String,
    name: String,
    email: String,
    roles: Vec<String>,
    last: String,
    suspended: bool,
}

impl Page for People {
    const TEMPLATE: &'static str = "pages/police/people.html";

    fn samples() -> Vec<Self> {
        let one = |suspended| One {
            href: "/people/1".into(),
            name: "Robin Roe".into(),
            email: "robin@example.org".into(),
            roles: vec!["Officer, Colchester".into(), "Administrator".into()],
            last: "21 November 2026 at 5:30pm".into(),
            suspended,
        };
        let full = Self {
            lines: vec![one(false), one(true)],
            count: "51 to 52 of 120".into(),
            before: "/people?page=0".into(),
            after: "/people?page=2".into(),
        };
        vec![full, Self { lines: Vec::new(), count: "0".into(), before: String::new(), after: String::new() }]
    }
}

/// What somebody answers for, in words.
fn told(grant: Grant, places: &HashMap<String, String>) -> String {
    let at = |id: String| places.get(&id).cloned().unwrap_or_else(|| "elsewhere".to_owned());
    match grant {
        Grant::InArea(role, area) => format!("{}, {}", role.title(), at(area.to_string())),
        Grant::InScheme(role, scheme) => format!("{}, {}", role.title(), at(scheme.to_string())),
        Grant::Force(role) => role.title().to_owned(),
    }
}

/// The names of the places that the reader may know.
async fn places(v: &Visit) -> Result<HashMap<String, String>, No> {
    let mut places: HashMap<String, String> =
        registers::areas(&v.office).await?.into_iter().map(|area| (area.id, area.name)).collect();
    places.extend(registers::schemes(&v.office, v.actor()).await?.into_iter().map(|scheme| (scheme.id, scheme.name)));
    Ok(places)
}

/// `GET /people`.
pub async fn list(v: Visit) -> Result<Answer, No> {
    let places = places(&v).await?;
    let (name, page) = (v.query("name"), v.query("page").parse::<i64>().unwrap_or(0).clamp(0, 100_000));
    let found = people::list(&v.office, v.actor(), name, page).await?;
    let one = |(person, actor): &(Account, Actor)| One {
        href: format!("/people/{}", person.id),
        name: person.name.clone(),
        email: person.email.clone(),
        roles: actor.grants().iter().map(|grant| told(*grant, &places)).collect(),
        last: person.signed_in_at.map_or_else(|| "Never".to_owned(), long),
        suspended: person.suspended,
    };
    let at = |page: i64| format!("/people?name={}&page={page}", percent(name));
    let (first, last) = (page * PAGE + 1, (page + 1) * PAGE);
    let people = People {
        count: match (found.people.len(), found.count) {
            (0, _) => String::new(),
            (shown, count) if i64::try_from(shown) == Ok(count) => format!("{count} in all"),
            (_, count) => format!("{first} to {} of {count}", last.min(count)),
        },
        before: if page > 0 { at(page - 1) } else { String::new() },
        after: if last < found.count { at(page + 1) } else { String::new() },
        lines: found.people.iter().map(one).collect(),
    };
    v.filled("People with an account", &people, crate::web::frame::Typed::default().with("name", name))
}

/// One person's page.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each part of a page")]
pub struct Person {
    id: String,
    name: String,
    facts: Vec<Row>,
    /// What is wrong with their keys; empty: nothing.
    keys: &'static str,
    roles: Vec<Held>,
    receives: Vec<Receives>,
    /// How many mails could not be delivered to them.
    lost: usize,
    suspended: bool,
    may_suspend: bool,
    /// Whoever looks may end their keys and invite them to make new ones.
    may_renew: bool,
    /// They hold copies of this person's area that can be demanded (K8.2).
    may_demand: bool,
    own: bool,
    offered: Vec<Choice>,
    areas: Vec<Choice>,
    schemes: Vec<Choice>,
}

#[derive(Serialize)]
struct Held {
    text: String,
    /// May be taken: what to send.
    takes: bool,
    word: &'static str,
    area: String,
    scheme: String,
}

#[derive(Serialize)]
struct Receives {
    scheme: String,
    href: String,
    rows: Vec<Row>,
    why: Vec<String>,
}

fn held(grant: Grant, sheet: &Sheet, places: &HashMap<String, String>) -> Held {
    let (area, scheme) = match grant {
        Grant::InArea(_, area) => (area.to_string(), String::new()),
        Grant::InScheme(_, scheme) => (String::new(), scheme.to_string()),
        Grant::Force(_) => (String::new(), String::new()),
    };
    Held { text: told(grant, places), takes: sheet.takes.contains(&grant), word: grant.role().word(), area, scheme }
}

impl Person {
    fn of(
        sheet: &Sheet,
        places: &HashMap<String, String>,
        (may_renew, may_demand): (bool, bool),
        v: &Visit,
    ) -> Result<Self, No> {
        let account = &sheet.account;
        let when = |at: Option<i64>| at.map_or_else(|| "Never".to_owned(), long);
        let (state, keys) = match sheet.keys {
            Keys::Confirmed => ("Confirmed", ""),
            Keys::Unconfirmed => (
                "Not confirmed yet",
                "Nobody has confirmed these keys yet. Until then nothing is sealed to this person and nothing they sign counts.",
            ),
            Keys::Changed => (
                "Changed since they were confirmed",
                "The keys on record are not the ones that were confirmed. Nothing is sealed to them. Ask the person, and tell the data protection unit.",
            ),
            Keys::Absent => ("None", "This person has lost their keys and makes new ones."),
        };
        let receives = sheet.receives.iter().map(|(row_, footing)| Receives {
            scheme: row_.scheme_name.clone(),
            href: format!("/schemes/{}", row_.scheme_id),
            rows: vec![
                row("As", footing.role.title()),
                row("Vetting", row_.vetting_reference.as_str()),
                row("Vetted to", day(row_.vetting_ends.as_deref())),
            ],
            why: why(footing, v.now),
        });
        let Gives { roles, areas, schemes } = &sheet.gives;
        let places_of =
            |all: &[(String, String)]| all.iter().map(|(id, name)| choice(id.clone(), name.clone(), "")).collect();
        Ok(Self {
            id: account.id.clone(),
            name: account.name.clone(),
            facts: vec![
                row("Email address", account.email.as_str()),
                row("Account made", long(account.created_at)),
                row("Last signed in", when(account.signed_in_at)),
                row("Before that", when(sheet.signed_in_before)),
                row("Keys", state),
                row("Account", if account.suspended { "Suspended" } else { "In use" }),
            ],
            keys,
            roles: sheet.actor.grants().iter().map(|grant| held(*grant, sheet, places)).collect(),
            receives: receives.collect(),
            lost: sheet.undelivered,
            suspended: account.suspended,
            may_suspend: sheet.may_suspend,
            may_renew,
            may_demand,
            own: v.person()?.id.to_string() == account.id,
            offered: roles.iter().map(|role| choice(role.word(), role.title(), "")).collect(),
            areas: places_of(areas),
            schemes: places_of(schemes),
        })
    }
}

impl Page for Person {
    const TEMPLATE: &'static str = "pages/police/person.html";

    fn samples() -> Vec<Self> {
        let held = |takes| Held {
            text: "Officer, Colchester".into(),
            takes,
            word: "officer",
            area: "1".into(),
            scheme: String::new(),
        };
        let receives = Receives {
            scheme: "Retail Watch".into(),
            href: "/schemes/1".into(),
            rows: vec![row("Vetted to", "30 June 2027")],
            why: vec!["Vetting was valid until the end of 1 November 2026. (K7.3)".into()],
        };
        let one = |suspended: bool, own: bool| Self {
            id: "1".into(),
            name: "Robin Roe".into(),
            facts: vec![row("Email address", "robin@example.org")],
            keys: "Nobody has confirmed these keys yet.",
            roles: vec![held(true), held(false)],
            receives: Vec::new(),
            lost: usize::from(suspended),
            suspended,
            may_suspend: !own,
            may_renew: !own,
            may_demand: !own,
            own,
            offered: vec![choice("aic", "Area Intelligence Co-ordinator", "")],
            areas: vec![choice("1", "Colchester", "")],
            schemes: vec![choice("1", "Retail Watch", "")],
        };
        let bare = Self {
            keys: "",
            roles: Vec::new(),
            offered: Vec::new(),
            may_suspend: false,
            receives: vec![receives],
            ..one(false, false)
        };
        vec![one(false, false), one(true, false), one(false, true), bare]
    }
}

async fn page(v: &Visit) -> Result<Person, No> {
    let sheet = people::one(&v.office, v.actor(), v.id(PersonId::parse)?).await?;
    let may_renew = renew::about(&v.office, v.actor(), v.id(PersonId::parse)?).await.is_ok();
    let held = demands::propose(&v.office, v.actor(), demands::Target::Person(v.id(PersonId::parse)?)).await;
    let may_demand = held.is_ok_and(|held| !held.copies().is_empty());
    Person::of(&sheet, &places(v).await?, (may_renew, may_demand), v)
}

/// `GET /people/{id}`.
pub async fn one(v: Visit) -> Result<Answer, No> {
    let page = page(&v).await?;
    v.page(&page.name, &page)
}

/// After an act: their page, the list when they are out of sight now, or the page again with what was wrong.
async fn after(v: &Visit, done: Result<(), No>) -> Result<Answer, No> {
    let page = page(v).await;
    match (done, page) {
        (Ok(()), Ok(page)) => Answer::see(format!("/people/{}", page.id)),
        (Ok(()), Err(No::NotFound)) => Answer::see("/people"),
        (Err(no), Ok(page)) => v.again(no, &page.name, &page),
        (_, Err(no)) => Err(no),
    }
}

/// `POST /people/{id}/suspend`: `suspended` is `yes` or `no`. Closing is never held up by a question; opening again is.
pub async fn suspend(v: Visit) -> Result<Answer, No> {
    let id = v.id(PersonId::parse)?;
    let suspended = match v.field("suspended") {
        "yes" => true,
        "no" => false,
        _ => return after(&v, Err(No::field("person", "Choose whether to suspend or to restore the account."))).await,
    };
    if !suspended && let Err(no) = proved(&v).await {
        return after(&v, Err(no)).await;
    }
    let done = people::suspend(&v.office, v.actor(), id, suspended, v.stamp()).await;
    after(&v, done).await
}

async fn proved(v: &Visit) -> Result<(), No> {
    step_up::demand(&v.office, v.person()?, v.field(step_up::FIELD), &v.stamp()).await
}

fn typed(v: &Visit) -> RoleForm {
    RoleForm {
        role: v.field("role").to_owned(),
        area: v.field("area").to_owned(),
        scheme: v.field("scheme").to_owned(),
    }
}

/// `POST /people/{id}/roles`.
pub async fn give(v: Visit) -> Result<Answer, No> {
    let id = v.id(PersonId::parse)?;
    let done = match proved(&v).await {
        Ok(()) => people::give(&v.office, v.actor(), id, &typed(&v), v.stamp()).await,
        Err(no) => Err(no),
    };
    after(&v, done).await
}

/// `POST /people/{id}/roles/take`. Closing is never held up by a question.
pub async fn take(v: Visit) -> Result<Answer, No> {
    let done = people::take(&v.office, v.actor(), v.id(PersonId::parse)?, &typed(&v), v.stamp()).await;
    after(&v, done).await
}
