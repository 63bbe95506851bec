//! Making a unit's key, letting another one follow it, and sealing the boxes anew to those who hold them.
//!
//! Promise: a box is taken only when the list of those it was sealed to is exactly who should hold it, each with a chain to the root,
//! and a key is in force only when the root signed it. Absent on purpose: the identity. It is made in a browser and stays there.

use super::{Somebody, boxes, keeper, people};
use crate::actions::{No, Office, trust};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PersonId};
use crate::domain::refusal::Refusal;
use crate::ledger::trust::{Root, Trust};
use crate::store::Tx;
use crate::store::log::Stamp;
use crate::store::units::Member;

/// A key's box, as a browser sealed it.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The unit's recipient.
    pub unit: String,
    /// The age file with its identity.
    pub boxed: Vec<u8>,
}

/// Who should hold the box, as read before the act; inside it the same is read again.
struct Entitled {
    rows: Vec<Member>,
    holders: Vec<(Option<PersonId>, String)>,
}

/// Compares those the browser sealed to with those who should hold the box.
async fn entitled(office: &Office, by: &Actor, area: AreaId, told: &[String]) -> Result<Entitled, No> {
    let glass = office.settings.break_glass.clone().ok_or_else(|| {
        No::field("box", "No break-glass key is configured. The administrator names one before a unit's key is made.")
    })?;
    let mut conn = office.read().await?;
    let rows = conn.unit_members(area).await?;
    let (people, _) = people(office, &mut conn, area, "").await?;
    let own = |one: &Somebody| by.person().is_some_and(|id| id.to_string() == one.row.person_id);
    if !people.iter().any(|one| own(one) && one.entitled()) {
        return Err(No::refused(Refusal::OwnKeysUnconfirmed));
    }
    let mut holders: Vec<(Option<PersonId>, String)> = people
        .iter()
        .filter(|one| one.entitled())
        .map(|one| (PersonId::parse(&one.row.person_id), one.row.recipient.clone()))
        .collect();
    holders.push((None, glass));
    let mut told: Vec<&String> = told.iter().collect();
    let mut wanted: Vec<&String> = holders.iter().map(|(_, key)| key).collect();
    told.sort();
    wanted.sort();
    if told != wanted {
        return Err(No::field(
            "holders",
            "Who should hold the unit's key has changed since this page was opened. Nothing was kept. Reload the page and try again.",
        ));
    }
    Ok(Entitled { rows, holders })
}

impl Entitled {
    /// Refuses when somebody came, went, or changed their keys since.
    async fn still(&self, tx: &mut Tx, area: AreaId) -> Result<(), No> {
        if tx.unit_members(area).await? == self.rows { Ok(()) } else { Err(No::Unavailable) }
    }
}

/// Keeps a new key: it comes into force when the root has signed it. `told`: the recipients it was sealed to.
pub async fn make(
    office: &Office,
    by: &Actor,
    area: AreaId,
    made: Sealed,
    told: &[String],
    stamp: Stamp,
) -> Result<(), No> {
    keeper(by, area)?;
    let unit = boxes::recipient(&made.unit)?;
    let who = entitled(office, by, area, told).await?;
    boxes::demand(&made.boxed, who.holders.len())?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                who.still(tx, area).await?;
                let row = tx.area(area).await?.ok_or(No::NotFound)?;
                let used = tx.older_unit_keys(area).await?.iter().any(|key| key.recipient == unit);
                if used || row.unit_recipient == unit || who.holders.iter().any(|(_, key)| *key == unit) {
                    return Err(No::field(
                        "recipient",
                        "This key has been used before. Reload the page and make another.",
                    ));
                }
                tx.propose_unit_key(&row, &unit, &made.boxed).await?;
                tx.hold_unit_key(area, &unit, &who.holders).await?;
                let event = Event::new(Kind::UnitKey, format!("area/{area}"))
                    .with("recipient", unit)
                    .with("holders", who.holders.len());
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Takes the boxes of all of an area's keys, sealed anew to exactly those who should hold them.
pub async fn share(
    office: &Office,
    by: &Actor,
    area: AreaId,
    sealed: Vec<Sealed>,
    told: &[String],
    stamp: Stamp,
) -> Result<(), No> {
    keeper(by, area)?;
    let who = entitled(office, by, area, told).await?;
    for one in &sealed {
        boxes::demand(&one.boxed, who.holders.len())?;
    }
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                who.still(tx, area).await?;
                let row = tx.area(area).await?.ok_or(No::NotFound)?;
                let mut all: Vec<String> =
                    tx.older_unit_keys(area).await?.into_iter().map(|key| key.recipient).collect();
                all.extend(row.next_recipient);
                all.extend(Some(row.unit_recipient).filter(|key| !key.is_empty()));
                let mut given: Vec<String> = sealed.iter().map(|one| one.unit.clone()).collect();
                all.sort();
                given.sort();
                if all != given {
                    return Err(No::field("box", "The unit's keys have changed. Reload the page and try again."));
                }
                for one in &sealed {
                    if !tx.replace_unit_box(area, &one.unit, &one.boxed).await? {
                        return Err(No::NotFound);
                    }
                    tx.hold_unit_key(area, &one.unit, &who.holders).await?;
                }
                let event = Event::new(Kind::UnitBox, format!("area/{area}"))
                    .with("holders", who.holders.len())
                    .with("boxes", sealed.len());
                tx.append(&event, &actor, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Brings the key that waits into force if the root has signed it: asked when a paper was added and when the page is opened.
pub async fn activate(root: &Root, tx: &mut Tx, area: AreaId, by: &Actor, stamp: &Stamp) -> Result<bool, No> {
    let row = tx.area(area).await?.ok_or(No::NotFound)?;
    let Some(next) = row.next_recipient else { return Ok(false) };
    let papers = tx.papers_for(&[], &[area]).await?;
    // A key that was in force once keeps its paper, and whoever left may know it: it never comes back.
    let was = tx.older_unit_keys(area).await?.iter().any(|key| key.recipient == next)
        || trust::unit_in_force(tx, area).await?.contains(&next);
    if was || !Trust::of(root, &papers).unit(&row.id, &next) || !tx.follow_unit_key(area).await? {
        return Ok(false);
    }
    let event = Event::new(Kind::UnitKey, format!("area/{area}")).with("recipient", next).with("in_force", true);
    tx.append(&event, by, stamp).await?;
    Ok(true)
}

/// [`activate`], where something waits and a paper for it is there.
pub(super) async fn settle(office: &Office, by: &Actor, area: AreaId) -> Result<(), No> {
    let Some(root) = office.root.clone() else { return Ok(()) };
    let mut conn = office.read().await?;
    let Some(next) = conn.area(area).await?.and_then(|row| row.next_recipient) else { return Ok(()) };
    if !Trust::of(&root, &conn.papers_for(&[], &[area]).await?).unit(&area.to_string(), &next) {
        return Ok(());
    }
    drop(conn);
    let actor = by.clone();
    let stamp = Stamp { client: "portal".to_owned(), request: "unit key".to_owned() };
    let act = office.act_as(by, move |tx| Box::pin(async move { activate(&root, tx, area, &actor, &stamp).await }));
    act.await?;
    Ok(())
}

/// The box of one of an area's keys, for those who hold it.
pub async fn boxed(office: &Office, by: &Actor, area: AreaId, unit: &str) -> Result<Vec<u8>, No> {
    use crate::domain::actor::Role;
    if !by.is_in(Role::Aic, area) && !by.is_in(Role::Reviewer, area) {
        return Err(No::NotFound);
    }
    let mut conn = office.read().await?;
    let row = conn.area(area).await?.ok_or(No::NotFound)?;
    if row.unit_recipient == unit {
        return Ok(row.unit_box);
    }
    if row.next_recipient.as_deref() == Some(unit) {
        return row.next_box.ok_or(No::NotFound);
    }
    let older = conn.older_unit_keys(area).await?.into_iter().find(|key| key.recipient == unit);
    older.map(|key| key.boxed).ok_or(No::NotFound)
}
