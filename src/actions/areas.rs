//! The force's areas: the administrator adds and renames them. Absent on purpose: removing one, whose numbers must stay (K8.3).
//!
//! An area begins without a unit key; until its people have made one and the root has signed it, nothing can be sealed there.

use crate::actions::office::ten;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::AreaId;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::urn::AreaCode;
use crate::domain::words::Line;
use crate::store::Conn;
use crate::store::log::Stamp;
pub use crate::store::people::Area;

fn administers(by: &Actor) -> Result<(), No> {
    if may(by, Act::Administer, Thing::Force) { Ok(()) } else { Err(No::NotFound) }
}

/// Every area.
pub async fn list(office: &Office, by: &Actor) -> Result<Vec<Area>, No> {
    administers(by)?;
    Ok(office.read().await?.areas().await?)
}

/// One area.
pub async fn one(office: &Office, by: &Actor, id: AreaId) -> Result<Area, No> {
    administers(by)?;
    office.read().await?.area(id).await?.ok_or(No::NotFound)
}

fn read_form(code: &str, name: &str) -> Result<(AreaCode, Line), No> {
    let mut wrong = Vec::new();
    let code = AreaCode::parse(code);
    if code.is_none() {
        wrong.push(FieldError::new(
            "code",
            "Enter a code of two or three letters, like CZ: every reference begins with it",
        ));
    }
    let name = read(&mut wrong, "name", Line::parse("the area's name", name));
    match (code, name) {
        (Some(code), Some(name)) => Ok((code, name)),
        _ => Err(No::Invalid(wrong)),
    }
}

/// Refuses a code or a name that another area has.
async fn unique(conn: &mut Conn, id: AreaId, code: &AreaCode, name: &Line) -> Result<(), No> {
    let mut wrong = Vec::new();
    for other in conn.areas().await? {
        if other.id == id.to_string() {
            continue;
        }
        if other.code == code.as_str() {
            wrong.push(FieldError::new("code", format!("{} has this code already", other.name)));
        }
        if other.name == name.as_str() {
            wrong.push(FieldError::new("name", "Another area has this name already"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(No::Invalid(wrong)) }
}

/// Adds an area.
pub async fn add(office: &Office, by: &Actor, code: &str, name: &str, stamp: Stamp) -> Result<AreaId, No> {
    administers(by)?;
    let (code, name) = read_form(code, name)?;
    let id = AreaId::fresh(office.now(), ten());
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                unique(tx, id, &code, &name).await?;
                tx.add_area(&Area::new(id, code.as_str(), name.as_str())).await?;
                let event = Event::new(Kind::Registered, format!("area/{id}")).with("fields", vec!["added"]);
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(id)
}

/// Renames an area; its code only as long as no number was issued under it (K8.3).
pub async fn rename(office: &Office, by: &Actor, id: AreaId, code: &str, name: &str, stamp: Stamp) -> Result<(), No> {
    administers(by)?;
    let (code, name) = read_form(code, name)?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let was = tx.area(id).await?.ok_or(No::NotFound)?;
                unique(tx, id, &code, &name).await?;
                if !tx.rename_area(id, code.as_str(), name.as_str()).await? {
                    return Err(No::field(
                        "code",
                        format!("References were issued under {}, so it cannot change any more (K8.3)", was.code),
                    ));
                }
                let mut fields = Vec::new();
                if was.code != code.as_str() {
                    fields.push("code");
                }
                if was.name != name.as_str() {
                    fields.push("name");
                }
                let event = Event::new(Kind::Registered, format!("area/{id}")).with("fields", fields);
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}
