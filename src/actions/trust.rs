//! Whose key it is, asked before anything is sealed or signed: the chain from the root in the configuration to each key in use.
//!
//! Promise: a recipient, an approver or a unit key changed in the database is noticed here, told in a sentence, written into the
//! log as an alarm, and nothing is sealed (P4). Absent on purpose: believing the `person` or `area` row alone.

use crate::actions::{Fault, No, Office};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PersonId};
use crate::domain::refusal::Refusal;
use crate::ledger::trust::{Root, Trust};
use crate::store::Conn;
use crate::store::log::Stamp;

/// What follows from the root about these people and areas.
pub async fn of(office: &Office, conn: &mut Conn, people: &[PersonId], areas: &[AreaId]) -> Result<Trust, No> {
    under(office.root.as_ref(), conn, people, areas).await
}

/// The same where the office cannot come along: inside a writing act, which holds a copy of the root.
pub async fn under(root: Option<&Root>, conn: &mut Conn, people: &[PersonId], areas: &[AreaId]) -> Result<Trust, No> {
    let root = root.ok_or_else(|| Fault::Other("no root key is configured: nothing can be sealed".into()))?;
    Ok(Trust::of(root, &conn.papers_for(people, areas).await?))
}

/// Somebody something is about to be sealed to.
#[derive(Clone, Debug)]
pub struct To {
    /// Who.
    pub person: PersonId,
    /// Their name, for the sentence.
    pub name: String,
    /// The recipient on record.
    pub recipient: String,
}

/// Every recipient whose key has no chain to the root, as refusals; none: seal.
pub async fn unproven(office: &Office, conn: &mut Conn, to: &[To]) -> Result<Vec<Refusal>, No> {
    unproven_under(office.root.as_ref(), conn, to).await
}

/// The same inside a writing act.
pub async fn unproven_under(root: Option<&Root>, conn: &mut Conn, to: &[To]) -> Result<Vec<Refusal>, No> {
    let people: Vec<PersonId> = to.iter().map(|one| one.person).collect();
    let trust = under(root, conn, &people, &[]).await?;
    let told = |one: &To| {
        let person = one.person.to_string();
        let name = one.name.clone();
        match trust.recipient(&person, &one.recipient) {
            Some(_) => None,
            None if trust.ever(&person).is_empty() => Some(Refusal::KeysUnconfirmed { name }),
            None => Some(Refusal::KeysChanged { name }),
        }
    };
    Ok(to.iter().filter_map(told).collect())
}

/// Refuses an area whose unit key the root has not signed.
pub async fn unit(office: &Office, conn: &mut Conn, area: AreaId, recipient: &str) -> Result<(), No> {
    unit_under(office.root.as_ref(), conn, area, recipient).await
}

/// The same inside a writing act.
pub async fn unit_under(root: Option<&Root>, conn: &mut Conn, area: AreaId, recipient: &str) -> Result<(), No> {
    if recipient.is_empty() {
        return Err(No::refused(Refusal::NoUnitKey));
    }
    let trust = under(root, conn, &[], &[area]).await?;
    if trust.unit(&area.to_string(), recipient) { Ok(()) } else { Err(No::refused(Refusal::UnitKeyChanged)) }
}

/// Writes the alarm into the log when a refusal is about a key that was changed; passes the refusal on.
pub async fn alarm<T>(office: &Office, object: &str, done: Result<T, No>, stamp: &Stamp) -> Result<T, No> {
    let Err(No::Refused(refusals)) = &done else { return done };
    let changed: Vec<&str> = refusals
        .iter()
        .filter(|one| matches!(one, Refusal::KeysChanged { .. } | Refusal::UnitKeyChanged))
        .map(Refusal::code)
        .collect();
    if !changed.is_empty() {
        let event = Event::new(Kind::KeyAlarm, object).with("what", changed);
        let stamp = stamp.clone();
        office
            .act(move |tx| {
                Box::pin(async move {
                    tx.append(&event, &Actor::Portal, &stamp).await?;
                    Ok(())
                })
            })
            .await?;
    }
    done
}
