//! What the administrator keeps besides people and areas: the force's registration; and the demo's outbox.
//!
//! Absent on purpose: any case, any picture.

use crate::actions::enrol::optional_day;
pub use crate::actions::people::suspend;
use crate::actions::request::read;
use crate::actions::{FieldError, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::words::Line;
use crate::store::log::Stamp;
pub use crate::store::mails::Mail;

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
                tx.set(crate::actions::decision::REGISTRATION_ENDS, &day).await?;
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
    Ok((
        conn.setting("registration_reference").await?,
        conn.setting(crate::actions::decision::REGISTRATION_ENDS).await?,
    ))
}

/// The demo's outbox: what would have been mailed. Nowhere else.
pub async fn outbox(office: &Office) -> Result<Vec<Mail>, No> {
    if office.settings.demo { Ok(office.read().await?.mails().await?) } else { Err(No::NotFound) }
}
