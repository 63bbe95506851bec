//! A real portal's first act: its settings and the first administrator's invitation.
//!
//! Promises: it is done once, in one act; nobody else is made; the link's secret is answered and not stored. Absent on purpose:
//! areas, schemes and people (the administrator and the co-ordinators enter them), any default of anything secret.

use crate::actions::enrol::{Invite, invitation, read_invite};
use crate::actions::{Fault, No, Office};
use crate::clock;
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::store::log::Stamp;

/// The setting with the log's name.
pub const LOG_NAME: &str = "log_name";

fn first(name: &str, email: &str) -> Invite {
    let role = Role::Administrator.word().to_owned();
    Invite { email: email.to_owned(), name: name.to_owned(), role, ..Invite::default() }
}

/// Whether the first administrator's name and address are ones.
pub fn fits(name: &str, email: &str) -> Result<(), No> {
    read_invite(&first(name, email)).map(drop)
}

/// Founds the portal; answers the path of the first administrator's link.
pub async fn found(office: &Office, name: &str, email: &str, stamp: Stamp) -> Result<String, No> {
    let (email, name, role, grant) = read_invite(&first(name, email))?;
    let token = hex::encode(clock::random::<32>());
    let row = invitation(office, &Actor::Portal, &token, &email, &name, role, grant)?;
    let log_name = office.settings.log_name.clone();
    office
        .act(move |tx| {
            Box::pin(async move {
                if tx.setting(LOG_NAME).await?.is_some() {
                    return Err(Fault::Other("this portal has been founded already".to_owned()).into());
                }
                tx.set(LOG_NAME, &log_name).await?;
                tx.add_invitation(&row).await?;
                let event = Event::new(Kind::Invited, format!("person/{}", row.person_id)).with("role", role.word());
                tx.append(&event, &Actor::Portal, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(format!("/enrol/{token}"))
}
