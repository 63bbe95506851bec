//! Named initiatives, such as town-centre safety, and who is part of them (K8.8): kept by the co-ordinator, supplied to the DPU.
//!
//! Only businesses and people of the area's own schemes can stand on a list. Absent on purpose: deleting a line; it is taken off.

use super::{at, consulted, exported, table};
use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{No, Office, Stamp};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, EntryId, InitiativeId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Line;
pub use crate::store::initiatives::{Entry, Initiative};
use crate::store::people::Area;
use crate::store::{Conn, Tx};

/// An initiative with its list.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The initiative.
    pub initiative: Initiative,
    /// Its area.
    pub area: Area,
    /// Who is or was part of it.
    pub entries: Vec<Entry>,
    /// Whether this person keeps it.
    pub keeps: bool,
    /// Who could be put on it: what to send, and the words to choose by.
    pub choices: Vec<(String, String)>,
}

/// Every initiative that `by` may read, with its area and how many are on its list now.
pub async fn list(office: &Office, by: &Actor) -> Result<Vec<(Initiative, Area, usize)>, No> {
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for area in conn.areas().await? {
        let id = area.id()?;
        if !may(by, Act::Inspect, Thing::Area(id)) {
            continue;
        }
        for initiative in conn.initiatives(id).await? {
            let entries = conn.initiative_entries(InitiativeId::parse(&initiative.id).ok_or(No::NotFound)?).await?;
            let count = entries.iter().filter(|entry| entry.removed_at.is_none()).count();
            all.push((initiative, area.clone(), count));
        }
    }
    Ok(all)
}

async fn load(conn: &mut Conn, by: &Actor, act: Act, id: InitiativeId) -> Result<Initiative, No> {
    let initiative = conn.initiative(id).await?.ok_or(No::NotFound)?;
    if may(by, act, Thing::Area(initiative.area()?)) { Ok(initiative) } else { Err(No::NotFound) }
}

/// One initiative. An auditor's reading is a leaf.
pub async fn one(office: &Office, by: &Actor, id: InitiativeId, stamp: Stamp) -> Result<Sheet, No> {
    let mut conn = office.read().await?;
    let initiative = load(&mut conn, by, Act::Inspect, id).await?;
    let area = initiative.area()?;
    let keeps = may(by, Act::KeepRegister, Thing::Area(area));
    let entries = conn.initiative_entries(id).await?;
    let choices = if keeps { choices(&mut conn, area, &entries).await? } else { Vec::new() };
    let area = conn.area(area).await?.ok_or(No::NotFound)?;
    drop(conn);
    if by.is(Role::Auditor) {
        consulted(office, by, format!("initiative/{id}"), "initiative", stamp).await?;
    }
    Ok(Sheet { initiative, area, entries, keeps, choices })
}

/// A line that could be put on a list.
fn line(kind: &str, scheme: &str, id: &str) -> String {
    format!("{kind}/{scheme}/{id}")
}

/// Businesses and people of the area's schemes who are not on the list.
async fn choices(conn: &mut Conn, area: AreaId, on: &[Entry]) -> Result<Vec<(String, String)>, No> {
    let taken: Vec<String> = on.iter().filter(|entry| entry.removed_at.is_none()).map(key).collect();
    let mut all = Vec::new();
    for scheme in conn.schemes().await? {
        if scheme.area()? != area {
            continue;
        }
        let id = scheme.id()?;
        for member in conn.members(id).await?.iter().filter(|member| member.removed_at.is_none()) {
            all.push((line("business", &scheme.id, &member.id), format!("{} ({})", member.business, scheme.name)));
        }
        for person in conn.receivers(id).await? {
            all.push((line("person", &scheme.id, &person.person_id), format!("{} ({})", person.name, scheme.name)));
        }
    }
    all.retain(|(value, _)| !taken.contains(value));
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all.dedup_by(|a, b| a.0 == b.0);
    Ok(all)
}

fn key(entry: &Entry) -> String {
    match (&entry.member_id, &entry.person_id) {
        (Some(id), _) => line("business", &entry.scheme_id, id),
        (None, Some(id)) => line("person", &entry.scheme_id, id),
        (None, None) => String::new(),
    }
}

/// Begins an initiative in an area whose registers `by` keeps.
pub async fn begin(
    office: &Office,
    by: &Actor,
    area: &str,
    name: &str,
    about: &str,
    stamp: Stamp,
) -> Result<InitiativeId, No> {
    let mut wrong = Vec::new();
    let area = AreaId::parse(area);
    if area.is_none() {
        wrong.push(crate::actions::FieldError::new("area", "Select the area of the initiative"));
    }
    let name = read(&mut wrong, "name", Line::parse("the initiative's name", name));
    let about = read(&mut wrong, "about", Line::optional("What it is about", about));
    let (Some(area), Some(name), Some(about), true) = (area, name, about, wrong.is_empty()) else {
        return Err(No::Invalid(wrong));
    };
    if !may(by, Act::KeepRegister, Thing::Area(area)) {
        return Err(No::NotFound);
    }
    let id = InitiativeId::fresh(office.now(), ten());
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let twin = |other: &Initiative| other.name == name.as_str() && other.ended_at.is_none();
                if tx.initiatives(area).await?.iter().any(twin) {
                    return Err(No::field("name", "This area has an initiative of this name under way."));
                }
                let row = Initiative {
                    id: id.to_string(),
                    area_id: area.to_string(),
                    name: name.as_str().to_owned(),
                    about: about.as_str().to_owned(),
                    made_at: tx.now().millis(),
                    ended_at: None,
                };
                tx.add_initiative(&row).await?;
                leaf(tx, &actor, id, "added", None, &stamp).await
            })
        })
        .await?;
    Ok(id)
}

/// Changes an initiative's name and words.
pub async fn rename(
    office: &Office,
    by: &Actor,
    id: InitiativeId,
    name: &str,
    about: &str,
    stamp: Stamp,
) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let mut wrong = Vec::new();
    let name = read(&mut wrong, "name", Line::parse("the initiative's name", name));
    let about = read(&mut wrong, "about", Line::optional("What it is about", about));
    let (Some(name), Some(about)) = (name, about) else { return Err(No::Invalid(wrong)) };
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let was = tx.initiative(id).await?.ok_or(No::NotFound)?;
                let row = Initiative { name: name.as_str().to_owned(), about: about.as_str().to_owned(), ..was };
                tx.change_initiative(&row).await?;
                leaf(tx, &actor, id, "name", None, &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// Writes down that an initiative ended; its list stays to read.
pub async fn end(office: &Office, by: &Actor, id: InitiativeId, stamp: Stamp) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let was = tx.initiative(id).await?.ok_or(No::NotFound)?;
                if was.ended_at.is_none() {
                    let row = Initiative { ended_at: Some(tx.now().millis()), ..was };
                    tx.change_initiative(&row).await?;
                    leaf(tx, &actor, id, "ended", None, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Puts a business or a person of the area's schemes on the list: `entry` is one of the choices shown.
pub async fn put_on(office: &Office, by: &Actor, id: InitiativeId, entry: &str, stamp: Stamp) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let (actor, entry) = (by.clone(), entry.to_owned());
    let fresh = EntryId::fresh(office.now(), ten());
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let initiative = tx.initiative(id).await?.ok_or(No::NotFound)?;
                if initiative.ended_at.is_some() {
                    return Err(No::field("entry", "This initiative has ended: nobody can be put on its list."));
                }
                let on = tx.initiative_entries(id).await?;
                let offered = choices(tx, initiative.area()?, &on).await?;
                if !offered.iter().any(|(value, _)| *value == entry) {
                    let why = "Select a business or a person of this area's schemes who is not on the list yet";
                    return Err(No::field("entry", why));
                }
                let mut parts = entry.split('/');
                let (kind, scheme, who) = (parts.next(), parts.next(), parts.next());
                let business = kind == Some("business");
                let row = Entry {
                    id: fresh.to_string(),
                    initiative_id: id.to_string(),
                    scheme_id: scheme.unwrap_or_default().to_owned(),
                    scheme_name: String::new(),
                    member_id: who.filter(|_| business).map(str::to_owned),
                    person_id: who.filter(|_| !business).map(str::to_owned),
                    name: String::new(),
                    contact: String::new(),
                    added_at: tx.now().millis(),
                    removed_at: None,
                };
                tx.put_on_initiative(&row).await?;
                leaf(tx, &actor, id, "entry.add", Some(entry), &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// Takes a line off the list; it stays to read, with the day.
pub async fn take_off(office: &Office, by: &Actor, id: InitiativeId, entry: EntryId, stamp: Stamp) -> Result<(), No> {
    load(&mut office.read().await?, by, Act::KeepRegister, id).await?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let on = tx.initiative_entries(id).await?;
                let row = on.iter().find(|row| row.id == entry.to_string()).ok_or(No::NotFound)?;
                if tx.take_off_initiative(entry, id).await? {
                    leaf(tx, &actor, id, "entry.remove", Some(key(row)), &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

async fn leaf(
    tx: &mut Tx,
    by: &Actor,
    id: InitiativeId,
    field: &'static str,
    entry: Option<String>,
    stamp: &Stamp,
) -> Result<(), No> {
    let mut event = Event::new(Kind::Registered, format!("initiative/{id}")).with("fields", vec![field]);
    if let Some(entry) = entry {
        event = event.with("entry", entry);
    }
    tx.append(&event, by, stamp).await?;
    Ok(())
}

/// The list as CSV, as it is supplied to the DPU, those taken off too; that it left is a leaf.
pub async fn csv(office: &Office, by: &Actor, id: InitiativeId, stamp: Stamp) -> Result<String, No> {
    let mut conn = office.read().await?;
    let initiative = load(&mut conn, by, Act::Inspect, id).await?;
    let entries = conn.initiative_entries(id).await?;
    drop(conn);
    let row = |entry: &Entry| {
        vec![
            initiative.name.clone(),
            if entry.member_id.is_some() { "business" } else { "person" }.to_owned(),
            entry.name.clone(),
            entry.contact.clone(),
            entry.scheme_name.clone(),
            at(Some(entry.added_at)),
            at(entry.removed_at),
        ]
    };
    let head = ["initiative", "kind", "name", "contact", "scheme", "put_on", "taken_off"];
    let text = table(&head, entries.iter().map(row))?;
    exported(office, by, format!("initiative/{id}"), "initiative", stamp).await?;
    Ok(text)
}
