//! The unit's page: its key, who holds it, and what the co-ordinator's browser does about both; and the doors its script asks.

use serde::Serialize;
use serde::de::DeserializeOwned;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::actions::unit::{self, Somebody, keys, reseal};
use crate::actions::{No, desk, registers, step_up};
use crate::domain::actor::Role;
use crate::domain::ids::AreaId;
use crate::web::police::seal::ORIGINAL_MAX;
use crate::web::police::{Row, row, yes};
use crate::web::{Answer, Page, Visit};

/// The most bytes of boxes in one request: hundreds of people, and dozens of earlier keys.
pub const BOXES_MAX: usize = 1024 * 1024;
/// The most bytes of one sealed original: age adds 16 to each 64 KiB.
pub const SEALED_MAX: usize = ORIGINAL_MAX + 64 * 1024;
/// What age files are sent as.
const SEALED: &str = "application/octet-stream";

/// The units of somebody who co-ordinates several areas.
#[derive(Serialize)]
pub struct Units {
    areas: Vec<Area>,
}

#[derive(Serialize)]
struct Area {
    href: String,
    name: String,
}

impl Page for Units {
    const TEMPLATE: &'static str = "pages/police/units.html";

    fn samples() -> Vec<Self> {
        vec![Self { areas: vec![Area { href: "/areas/1/unit".into(), name: "Cantwell".into() }] }]
    }
}

/// `GET /unit`.
pub async fn choose(v: Visit) -> Result<Answer, No> {
    let mut areas = Vec::new();
    for area in registers::areas(&v.office).await? {
        if v.actor().is_in(Role::Aic, area.id()?) {
            areas.push(Area { href: format!("/areas/{}/unit", area.id), name: area.name });
        }
    }
    match areas.as_slice() {
        [only] => Answer::see(only.href.clone()),
        _ => v.page("Units", &Units { areas }),
    }
}

/// A unit's page.
#[derive(Serialize, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each branch of the page")]
pub struct Unit {
    id: String,
    facts: Vec<Row>,
    people: Vec<Person>,
    /// The words of a key that waits for the root.
    next: String,
    next_recipient: String,
    left: Vec<String>,
    waiting: usize,
    none: bool,
    alarm: bool,
    /// A break-glass key is configured.
    glass: bool,
    share: bool,
    due: usize,
    email: String,
}

#[derive(Serialize)]
struct Person {
    name: String,
    role: &'static str,
    approved: &'static str,
    holds: &'static str,
}

fn person(one: &Somebody) -> Person {
    let approved = match (one.row.suspended, one.row.recipient.is_empty(), one.approved) {
        (true, _, _) => "Suspended",
        (_, true, _) => "Has no keys",
        (_, _, true) => "Confirmed",
        _ => "Not confirmed for this area",
    };
    Person {
        name: one.row.name.clone(),
        role: Role::parse(&one.row.role).map_or("", Role::title),
        approved,
        holds: yes(one.holds),
    }
}

fn facts(unit: &unit::Unit) -> Vec<Row> {
    let drill = unit.drill.map_or_else(
        || "Never".to_owned(),
        |(at, good)| format!("{}: {}", at.long(), if good { "the box opened" } else { "something did not open" }),
    );
    let glass = match (&unit.break_glass, unit.break_glass_holds) {
        (None, _) => "None configured".to_owned(),
        (Some(key), true) => key.clone(),
        (Some(key), false) => format!("{key} (not in the box yet)"),
    };
    let key = if unit.words.is_empty() { "None yet" } else { unit.words.as_str() };
    let mut rows = vec![row("The unit’s key, in six words", key)];
    if unit.words.is_empty() {
        rows.push(row("Signed by the root", "There is nothing to sign yet"));
    } else {
        rows.push(row("Signed by the root", yes(unit.signed)));
        rows.push(row("Recipient", unit.area.unit_recipient.as_str()));
    }
    rows.push(row("Break-glass key", glass));
    rows.push(row("Last break-glass drill", drill));
    rows.push(row("Earlier keys kept", unit.older.to_string()));
    let (due, all) = unit.originals;
    rows.push(row("Originals under the key in force", format!("{} of {all}", all - due)));
    rows
}

impl Unit {
    fn of(unit: &unit::Unit, email: String) -> Self {
        let none = unit.area.unit_recipient.is_empty();
        Self {
            id: unit.area.id.clone(),
            facts: facts(unit),
            people: unit.people.iter().map(person).collect(),
            next: unit.next.as_ref().map(|next| next.words.clone()).unwrap_or_default(),
            next_recipient: unit.next.as_ref().map(|next| next.recipient.clone()).unwrap_or_default(),
            left: unit.left.clone(),
            waiting: if none { 0 } else { unit.waiting() },
            none,
            alarm: !none && !unit.signed,
            glass: unit.break_glass.is_some(),
            share: !none && unit.signed && (unit.waiting() > 0 || !unit.break_glass_holds),
            due: unit.originals.0,
            email,
        }
    }
}

impl Page for Unit {
    const TEMPLATE: &'static str = "pages/police/unit.html";

    fn samples() -> Vec<Self> {
        let person = |holds| Person { name: "Sam Hollis".into(), role: "Reviewer", approved: "Confirmed", holds };
        let full = Self {
            id: "1".into(),
            facts: vec![row("The unit’s key, in six words", "abandon ability able about above absent")],
            people: vec![person("Yes"), person("No")],
            left: vec!["Frankie Moor".into()],
            waiting: 2,
            share: true,
            glass: true,
            due: 3,
            email: "sam@example.org".into(),
            ..Self::default()
        };
        let first = Self { id: "1".into(), none: true, glass: true, ..Self::default() };
        let waits =
            Self { next: "abandon ability".into(), next_recipient: "age1x".into(), waiting: 1, ..Self::default() };
        vec![full, first, waits, Self { none: true, ..Self::default() }, Self { alarm: true, ..Self::default() }]
    }
}

fn area(v: &Visit) -> Result<AreaId, No> {
    v.id(AreaId::parse)
}

/// `GET /areas/{id}/unit`.
pub async fn show(v: Visit) -> Result<Answer, No> {
    let unit = unit::unit(&v.office, v.actor(), area(&v)?).await?;
    let email = desk::account(&v.office, v.actor()).await?.email;
    v.page(&format!("Unit of {}", unit.area.name), &Unit::of(&unit, email))
}

/// `GET /areas/{id}/unit/plan`.
pub async fn plan(v: Visit) -> Result<Answer, No> {
    Answer::json(&unit::plan(&v.office, v.actor(), area(&v)?).await?)
}

/// `GET /areas/{id}/unit/boxes/{key}`.
pub async fn boxed(v: Visit) -> Result<Answer, No> {
    let key = Some(v.path("key")).filter(|key| !key.is_empty()).ok_or(No::NotFound)?;
    Ok(sealed(keys::boxed(&v.office, v.actor(), area(&v)?, key).await?))
}

fn sealed(bytes: Vec<u8>) -> Answer {
    Answer::bytes(SEALED, bytes).header("cache-control", "no-store")
}

/// One box, as scripts post it: the age file in base 64.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Boxed {
    recipient: String,
    #[serde(rename = "box")]
    boxed: String,
}

/// What is posted with boxes: to whom they are sealed, and the code when it is asked for.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    boxes: Vec<Boxed>,
    holders: Vec<String>,
    fresh_code: String,
}

fn read<T: DeserializeOwned>(v: &Visit) -> Result<T, No> {
    serde_json::from_slice(&v.posted.bytes)
        .map_err(|_| No::field("box", "This could not be read. Reload the page and try again."))
}

/// Reads what a script sent, for a co-ordinator of the area who has shown who they are.
async fn sent(v: &Visit) -> Result<(AreaId, Vec<keys::Sealed>, Vec<String>), No> {
    let id = area(v)?;
    if !v.actor().is_in(Role::Aic, id) {
        return Err(No::NotFound);
    }
    let sent: Sent = read(v)?;
    let unread = || No::field("box", "A box could not be read. Reload the page and try again.");
    let boxes = sent.boxes.into_iter().map(|one| {
        let boxed = STANDARD.decode(&one.boxed).map_err(|_| unread())?;
        Ok::<_, No>(keys::Sealed { unit: one.recipient, boxed })
    });
    let boxes = boxes.collect::<Result<Vec<_>, _>>()?;
    step_up::demand(&v.office, v.person()?, &sent.fresh_code, &v.stamp()).await?;
    Ok((id, boxes, sent.holders))
}

/// `POST /areas/{id}/unit/key`.
pub async fn make(v: Visit) -> Result<Answer, No> {
    let (id, mut boxes, holders) = sent(&v).await?;
    let (Some(one), true) = (boxes.pop(), boxes.is_empty()) else {
        return Err(No::field("box", "One key is made at a time. Reload the page and try again."));
    };
    keys::make(&v.office, v.actor(), id, one, &holders, v.stamp()).await?;
    Ok(Answer::done())
}

/// `POST /areas/{id}/unit/boxes`.
pub async fn share(v: Visit) -> Result<Answer, No> {
    let (id, boxes, holders) = sent(&v).await?;
    keys::share(&v.office, v.actor(), id, boxes, &holders, v.stamp()).await?;
    Ok(Answer::done())
}

/// `GET /areas/{id}/unit/originals/{original}`.
pub async fn original(v: Visit) -> Result<Answer, No> {
    Ok(sealed(reseal::original(&v.office, v.actor(), area(&v)?, v.path("original"), v.stamp()).await?))
}

/// `POST /areas/{id}/unit/originals/{original}`.
pub async fn take(mut v: Visit) -> Result<Answer, No> {
    // Moved, not copied: an original may have 25 MB.
    let bytes = Vec::from(std::mem::take(&mut v.posted.bytes));
    reseal::take(&v.office, v.actor(), area(&v)?, v.path("original"), bytes).await?;
    Ok(Answer::done())
}

/// `GET /areas/{id}/unit/originals/{original}/kept`.
pub async fn kept(v: Visit) -> Result<Answer, No> {
    Ok(sealed(reseal::kept(&v.office, v.actor(), area(&v)?, v.path("original")).await?))
}

/// `POST /areas/{id}/unit/originals/{original}/confirm`.
pub async fn confirm(v: Visit) -> Result<Answer, No> {
    reseal::confirm(&v.office, v.actor(), area(&v)?, v.path("original"), v.stamp()).await?;
    Ok(Answer::done())
}
