//! The passkey that somebody makes while they join by an invitation.
//!
//! Promise: the ceremony is looked at first and taken out in the very act that enrols, so that a mistyped code does not waste the passkey.

use super::{Begun, Made, Making, Purpose, Sent, TOO_LATE, check_made, no};
use crate::actions::enrol::Enrolment;
use crate::actions::{No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::PersonId;
use crate::store::Tx;
use crate::store::log::Stamp;

/// Begins the making of the passkey of somebody who joins.
pub(in crate::actions) async fn begin(office: &Office, person: PersonId, email: &str, name: &str) -> Result<Begun, No> {
    super::begin_making(office, Purpose::Enrol, person, (email, name), Vec::new()).await
}

/// The passkey that came with an enrolment, checked; `None`: none came.
pub(in crate::actions) async fn read(office: &Office, person: PersonId, form: &Enrolment) -> Result<Option<Made>, No> {
    if form.credential.trim().is_empty() {
        return Ok(None);
    }
    let now = office.now().millis();
    let row = office.read().await?.ceremony(&form.ceremony, Purpose::Enrol.word(), Some(person), now).await?;
    let making: Making = super::state_of(&row.ok_or_else(|| no(TOO_LATE))?)?;
    let credential = serde_json::from_str(&form.credential).map_err(|_| no(super::UNREADABLE))?;
    let sent = Sent {
        credential: &credential,
        name: &form.passkey_name,
        wrap: &form.passkey_wrap,
        identity: &form.passkey_identity_wrap,
        signing: &form.passkey_signing_wrap,
    };
    check_made(office, person, &making, sent).map(Some)
}

/// Takes the ceremony out, in the act that enrols and before anything of an earlier account is forgotten.
pub(in crate::actions) async fn take(tx: &mut Tx, ceremony: &str, person: PersonId) -> Result<(), No> {
    let taken = tx.take_ceremony(ceremony, Purpose::Enrol.word(), Some(person)).await?;
    taken.map(|_| ()).ok_or_else(|| no(TOO_LATE))
}

/// Adds a passkey with its wrap, and its leaf.
pub(in crate::actions) async fn insert(
    tx: &mut Tx,
    person: PersonId,
    made: &Made,
    by: &Actor,
    stamp: &Stamp,
) -> Result<(), No> {
    if tx.passkey(&made.row.id).await?.is_some() {
        return Err(no("This passkey is in use already. Choose another device, or sign in with it."));
    }
    if let Some(wrap) = &made.wrap {
        tx.add_wrap(person, wrap).await?;
    }
    tx.add_passkey(&made.row).await?;
    let event = Event::new(Kind::PasskeyAdded, format!("person/{person}")).with("unlocks", made.wrap.is_some());
    tx.append(&event, by, stamp).await?;
    Ok(())
}
