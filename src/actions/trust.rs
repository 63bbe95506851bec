//! Whose key it is, asked before anything is sealed or signed: the chain from the root in the configuration to each key in use.
//!
//! Promise: a recipient, an approver or a unit key changed in the database is noticed here, told in a sentence, written into the
//! log as an alarm, and nothing is sealed (P4). Absent on purpose: believing the `person` or `area` row alone.

use crate::actions::{Fault, No, Office};
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
    let (mut anew, mut replaced) = (Vec::new(), Vec::new());
    for one in to {
        match enrolled(conn, one.person).await? {
            Some(known) if known != one.recipient => replaced.push(one.person),
            Some(_) => anew.push(one.person),
            None => {}
        }
        if one.recipient.is_empty() {
            anew.push(one.person);
        }
    }
    let told = |one: &To| {
        let person = one.person.to_string();
        let name = one.name.clone();
        match trust.recipient(&person, &one.recipient) {
            Some(_) if replaced.contains(&one.person) => Some(Refusal::KeysChanged { name }),
            Some(_) => None,
            None if trust.ever(&person).is_empty() || anew.contains(&one.person) => {
                Some(Refusal::KeysUnconfirmed { name })
            }
            None => Some(Refusal::KeysChanged { name }),
        }
    };
    Ok(to.iter().filter_map(told).collect())
}

/// Whether the log knows this recipient as the person's newest: they lost everything and made new keys, which wait for approval.
/// A key exchanged in the database is not in the log. No key at all is nobody's key.
pub(super) async fn enrolled_with(conn: &mut Conn, person: PersonId, recipient: &str) -> Result<bool, No> {
    if recipient.is_empty() {
        return Ok(true);
    }
    Ok(enrolled(conn, person).await?.is_some_and(|known| known == recipient))
}

/// Whether the log knows a newer recipient of this person: keys that ended keep their papers, and must not come back by the database.
pub(super) async fn superseded(conn: &mut Conn, person: PersonId, recipient: &str) -> Result<bool, No> {
    Ok(enrolled(conn, person).await?.is_some_and(|known| known != recipient))
}

/// The recipient of a person's newest enrolment in the log.
async fn enrolled(conn: &mut Conn, person: PersonId) -> Result<Option<String>, No> {
    let body = conn.newest_enrolment(&format!("person/{person}")).await?.unwrap_or_default();
    Ok(recipient_of(&body).map(|(known, _)| known))
}

/// The recipient that a leaf's body names, and whether it came into force by it.
fn recipient_of(body: &[u8]) -> Option<(String, bool)> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let in_force = body.get("in_force").is_some_and(|word| word == true);
    Some((body.get("recipient")?.as_str()?.to_owned(), in_force))
}

/// Refuses an area whose unit key the root has not signed, or that another one has followed.
pub async fn unit(office: &Office, conn: &mut Conn, area: AreaId, recipient: &str) -> Result<(), No> {
    unit_under(office.root.as_ref(), conn, area, recipient).await
}

/// The same inside a writing act.
pub async fn unit_under(root: Option<&Root>, conn: &mut Conn, area: AreaId, recipient: &str) -> Result<(), No> {
    if recipient.is_empty() {
        return Err(No::refused(Refusal::NoUnitKey));
    }
    let trust = under(root, conn, &[], &[area]).await?;
    // An earlier key of the unit keeps the root's paper: the log says which one came into force last.
    let replaced = unit_in_force(conn, area).await?.first().is_some_and(|known| known != recipient);
    if trust.unit(&area.to_string(), recipient) && !replaced {
        Ok(())
    } else {
        Err(No::refused(Refusal::UnitKeyChanged))
    }
}

/// The unit's keys that came into force, as the log has them, the newest first.
pub(super) async fn unit_in_force(conn: &mut Conn, area: AreaId) -> Result<Vec<String>, No> {
    let leaves = conn.unit_key_leaves(&format!("area/{area}")).await?;
    let known = leaves.iter().filter_map(|body| recipient_of(body));
    Ok(known.filter(|(_, in_force)| *in_force).map(|(recipient, _)| recipient).collect())
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
        office.record(event, stamp).await?;
    }
    done
}
