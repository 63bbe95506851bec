//! The queue of copies whose holders lost their keys, or left and are followed by somebody: once the new keys are approved, or the
//! successor has signed the undertaking, a co-ordinator makes new copies in their place, which the sealing of the release then fills (`actions::seal`): same release, same limit, new mark, new key.
//!
//! Promises: nothing is made for a key without a chain to the root, for a release that is not live, for a holder who may not receive,
//! or twice; the conditions are acknowledged anew. Absent on purpose: the old copy's key, which is gone; its holder still confirms
//! what became of prints.

use crate::actions::office::ten;
use crate::actions::trust::{self, To};
use crate::actions::{Fault, No, Office, supply};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::Footing;
use crate::sealing::lock::CopyKey;
use crate::store::copies::NewCopy;
use crate::store::log::Stamp;
use crate::store::recovery::Lost;
use crate::store::{Conn, Tx};

/// A release with lost copies, or with new ones that are not all sealed yet.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The release.
    pub release: ReleaseId,
    /// Its reference.
    pub urn: String,
    /// Whose copies were lost, and why no new one can be made yet (empty: it can).
    pub lost: Vec<(String, Vec<Refusal>)>,
    /// Whose new copies are made and not sealed.
    pub unsealed: Vec<String>,
    /// Who follows a leaver and has to accept the conditions before anything is sealed to them (K8.2).
    pub reading: Vec<String>,
}

fn areas(by: &Actor) -> Vec<AreaId> {
    let own = |grant: &Grant| match grant {
        Grant::InArea(Role::Aic, area) => Some(*area),
        _ => None,
    };
    by.grants().iter().filter_map(own).collect()
}

/// Whose copy it is, which sheet, and in whose place.
fn told(lost: &Lost) -> String {
    let sheet = if lost.print > 0 { format!(", sheet {} of {}", lost.print, lost.print_of) } else { String::new() };
    let place = if lost.left_at.is_some() { format!(", in the place of {}", lost.was) } else { String::new() };
    format!("{}{sheet}{place}", lost.holder_name)
}

/// Everything that waits in the areas of a co-ordinator.
pub async fn queue(office: &Office, by: &Actor) -> Result<Vec<Waiting>, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let mut all: Vec<Waiting> = Vec::new();
    for area in areas(by) {
        for lost in conn.lost_copies(area, now.millis()).await? {
            let (_, id, _, _) = lost.ids()?;
            let why = hindrances(office, &mut conn, &lost).await?;
            let name = told(&lost);
            match all.iter_mut().find(|one| one.release == id) {
                Some(one) => one.lost.push((name, why)),
                None => all.push(Waiting {
                    release: id,
                    urn: lost.urn.clone(),
                    lost: vec![(name, why)],
                    unsealed: Vec::new(),
                    reading: Vec::new(),
                }),
            }
        }
        for (id, urn, name, waits) in conn.successors_unsealed(area, now.millis()).await? {
            if all.iter().all(|one| one.release != id) {
                let (lost, unsealed, reading) = (Vec::new(), Vec::new(), Vec::new());
                all.push(Waiting { release: id, urn, lost, unsealed, reading });
            }
            let Some(one) = all.iter_mut().find(|one| one.release == id) else { continue };
            if waits { one.reading.push(name) } else { one.unsealed.push(name) }
        }
    }
    Ok(all)
}

/// What keeps a new copy from being made now: keys not approved, or a lapse of the holder's.
async fn hindrances(office: &Office, conn: &mut Conn, lost: &Lost) -> Result<Vec<Refusal>, No> {
    let (_, _, person, scheme) = lost.ids()?;
    let opener = PersonId::parse(&lost.opener).ok_or(No::NotFound)?;
    let to = To { person: opener, name: lost.opener_name.clone(), recipient: lost.recipient.clone() };
    let mut why = trust::unproven(office, conn, &[to]).await?;
    match conn.footing(person, scheme, office.now()).await? {
        Some(footing) => why.extend(receives(&footing, lost, office.now())),
        None => why.push(Refusal::SchemeSuspended),
    }
    Ok(why)
}

/// What keeps somebody from receiving the new copy; who follows a leaver has signed the undertaking before (K8.2.1).
fn receives(footing: &Footing, lost: &Lost, now: Moment) -> Vec<Refusal> {
    let unsigned = footing.undertaking().err().filter(|_| lost.left_at.is_some());
    footing.ineligible(now).into_iter().chain(unsigned).collect()
}

/// Makes the new copies that can be made now, one act for each release; how many. A key that was exchanged is an alarm.
pub async fn begin(office: &Office, by: &Actor, stamp: &Stamp) -> Result<usize, No> {
    let mut made = 0;
    for area in areas(by) {
        let mut ready: Vec<(Lost, CopyId, Vec<u8>)> = Vec::new();
        let mut conn = office.read().await?;
        for lost in conn.lost_copies(area, office.now().millis()).await? {
            let why = hindrances(office, &mut conn, &lost).await?;
            if why.is_empty() {
                let copy = CopyId::fresh(office.now(), ten());
                let key = CopyKey::fresh().map_err(|why| Fault::Other(why.to_string()))?;
                let wrapped =
                    office.records.wrap(&key, &copy.to_string()).map_err(|why| Fault::Lock(why.to_string()))?;
                ready.push((lost, copy, wrapped));
            } else if why.iter().any(|one| matches!(one, Refusal::KeysChanged { .. })) {
                trust::alarm(office, &format!("person/{}", lost.holder), Err::<(), _>(No::Refused(why)), stamp).await?;
            }
        }
        drop(conn);
        if ready.is_empty() {
            continue;
        }
        let (actor, stamp) = (by.clone(), stamp.clone());
        let many = office
            .act_as(by, move |tx| Box::pin(async move { replace(tx, &actor, area, ready, &stamp).await }))
            .await?
            .into_inner();
        made += many;
    }
    Ok(made)
}

/// Inside the act: only what is still lost, to the very key that was checked.
async fn replace(
    tx: &mut Tx,
    by: &Actor,
    area: AreaId,
    ready: Vec<(Lost, CopyId, Vec<u8>)>,
    stamp: &Stamp,
) -> Result<usize, No> {
    let now = tx.now();
    let still = tx.lost_copies(area, now.millis()).await?;
    // Two leavers with one successor are one copy (K7.4).
    let mut given = std::collections::BTreeSet::new();
    let mut made = 0;
    for (lost, copy, wrapped) in ready {
        let (of, id, holder, scheme) = lost.ids()?;
        let same = still.iter().any(|one| one.id == lost.id && one.recipient == lost.recipient);
        let footing = tx.footing(holder, scheme, now).await?;
        if !same || footing.is_none_or(|footing| !receives(&footing, &lost, now).is_empty()) {
            continue;
        }
        if !given.insert((id, holder, lost.print)) {
            continue;
        }
        let new = NewCopy {
            copy,
            release: id,
            holder,
            scheme,
            mark: supply::copy_mark(),
            wrapped_key: wrapped,
            sheet: lost.sheet()?,
            follows: lost.left_at.map(|_| of),
        };
        tx.add_copy(&new).await?;
        let event = Event::new(Kind::CopyReplaced, format!("release/{id}"))
            .of_copy(copy)
            .with("holder", format!("person/{holder}"))
            .with("of", of.to_string());
        tx.append(&event, by, stamp).await?;
        made += 1;
    }
    Ok(made)
}

/// Refuses to hand anything over for somebody whose key has no chain to the root, and raises the alarm where it was exchanged.
pub(super) async fn proven(
    office: &Office,
    release: ReleaseId,
    copies: &[crate::store::copies::Row],
    stamp: &Stamp,
) -> Result<(), No> {
    let to = copies
        .iter()
        .map(|copy| {
            let person = PersonId::parse(copy.opener()).ok_or(No::NotFound)?;
            Ok(To { person, name: copy.printer_name.clone(), recipient: copy.recipient.clone() })
        })
        .collect::<Result<Vec<_>, No>>()?;
    let why = trust::unproven(office, &mut office.read().await?, &to).await?;
    let checked = if why.is_empty() { Ok(()) } else { Err(No::Refused(why)) };
    trust::alarm(office, &format!("release/{release}"), checked, stamp).await
}
