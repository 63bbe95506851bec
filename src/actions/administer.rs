//! What the administrator keeps: accounts and their suspension, the force's registration; and the demo's outbox.
//!
//! Absent on purpose: any case, any picture.

use crate::actions::enrol::optional_day;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::PersonId;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Line;
use crate::store::log::Stamp;
use crate::store::people::Mail as Letter;
pub use crate::store::people::Person as Account;

/// Everybody with an account and what they answer for: for the administrator.
pub async fn people(office: &Office, by: &Actor) -> Result<Vec<(Account, Actor)>, No> {
    if !may(by, Act::Administer, Thing::Force) {
        return Err(No::NotFound);
    }
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for person in conn.people().await? {
        let actor = conn.actor(person.id()?).await?;
        all.push((person, actor));
    }
    Ok(all)
}

/// Suspends or restores an account: every visit of theirs ends with it. Nobody suspends themself.
pub async fn suspend(office: &Office, by: &Actor, person: PersonId, suspended: bool, stamp: Stamp) -> Result<(), No> {
    if !may(by, Act::Suspend, Thing::Force) {
        return Err(No::NotFound);
    }
    if by.person() == Some(person) {
        return Err(No::field("person", "You cannot suspend your own account. Ask another administrator."));
    }
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                if !tx.suspend(person, suspended).await? {
                    return Err(No::NotFound);
                }
                let event = Event::new(Kind::Suspended, format!("person/{person}")).with("suspended", suspended);
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Records the force's data protection registration (K8.1): a reference and its last day.
pub async fn set_registration(
    office: &Office,
    by: &Actor,
    reference: &str,
    ends: &str,
    stamp: Stamp,
) -> Result<(), No> {
    if !may(by, Act::Administer, Thing::Force) {
        return Err(No::NotFound);
    }
    let mut wrong = Vec::new();
    let reference = read(&mut wrong, "registration_reference", Line::parse("the registration number", reference));
    let day = optional_day("registration_ends", ends, &mut wrong);
    if day.is_none() && wrong.is_empty() {
        wrong.push(FieldError::new("registration_ends", "Enter the last day of the registration"));
    }
    let (Some(reference), Some(day), true) = (reference, day, wrong.is_empty()) else { return Err(No::Invalid(wrong)) };
    let acting = by;
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                tx.set("registration_reference", reference.as_str()).await?;
                tx.set(crate::actions::release::REGISTRATION_ENDS, &day).await?;
                let event = Event::new(Kind::Registered, "force").with("fields", vec!["registration"]);
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// The registration on record: reference and last day.
pub async fn registration(office: &Office) -> Result<(Option<String>, Option<String>), No> {
    let mut conn = office.read().await?;
    Ok((conn.setting("registration_reference").await?, conn.setting(crate::actions::release::REGISTRATION_ENDS).await?))
}

/// The demo's outbox: what would have been mailed. Nowhere else.
pub async fn outbox(office: &Office) -> Result<Vec<Letter>, No> {
    if office.settings.demo { Ok(office.read().await?.mails().await?) } else { Err(No::NotFound) }
}
