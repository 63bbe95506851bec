//! Proving again who is there, before an act of weight: authorising, recalling, approving, exporting (DESIGN §5).
//!
//! A sign-in, a touch of a passkey or a code counts for five minutes of the same visit. Absent on purpose: what was typed in
//! the form that asked for it; the page keeps that.

use crate::actions::session::Person;
use crate::actions::{No, Office, sign_in};
use crate::domain::event::{Event, Kind};
use crate::domain::limits::FRESH_MS;
use crate::domain::moment::Moment;
use crate::store::log::Stamp;

/// The field of a form that takes the code.
pub const FIELD: &str = "fresh_code";

/// Whether it was proved lately who is there.
pub fn is_fresh(who: &Person, now: Moment) -> bool {
    now < who.fresh_at.plus_millis(FRESH_MS)
}

/// Asks for proof: none when it is fresh, else the code of the authenticator app as typed into the form. Slow tries count as
/// failed sign-ins do.
pub async fn demand(office: &Office, who: &Person, code: &str, stamp: &Stamp) -> Result<(), No> {
    if is_fresh(who, office.now()) {
        return Ok(());
    }
    let row = office.read().await?.person(who.id).await?.ok_or(No::NotFound)?;
    if row.totp_secret.is_empty() {
        return Err(No::field(
            FIELD,
            "Show that it is you: touch your passkey. Your account has no authenticator app.",
        ));
    }
    if code.trim().is_empty() {
        return Err(No::field(
            FIELD,
            "Show that it is you: touch your passkey, or enter the six digits of your authenticator app.",
        ));
    }
    sign_in::prove_code(office, who.id, code, FIELD, stamp).await?;
    note(office, who, "code", stamp).await
}

/// Writes down that it was proved who is there.
pub(super) async fn note(office: &Office, who: &Person, by: &'static str, stamp: &Stamp) -> Result<(), No> {
    let (session, actor, stamp) = (who.session, who.actor.clone(), stamp.clone());
    office
        .act_as(&who.actor, move |tx| {
            Box::pin(async move {
                if !tx.visit_fresh(session).await? {
                    return Err(No::NotFound);
                }
                tx.append(&Event::new(Kind::SteppedUp, actor.word()).with("by", by), &actor, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}
