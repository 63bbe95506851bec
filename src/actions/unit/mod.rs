//! A unit: an area's co-ordinators and reviewers, who share one key in a box that each of them opens (DESIGN §5).
//!
//! Promise: who should hold the box is read from roles, accounts and papers together: a role written into the database gives no
//! key without a paper that says so. Absent on purpose: the unit's key itself, which no server ever holds.

pub(super) mod boxes;
pub mod drill;
pub mod keys;
pub mod reseal;

use crate::actions::fingerprint::unit_fingerprint;
use crate::actions::{No, Office, trust};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::Kind;
use crate::domain::ids::{AreaId, PersonId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;
use crate::ledger::trust::{Paper, Trust};
use crate::store::Conn;
use crate::store::log::Search;
use crate::store::people::Area;
use crate::store::units::{Holder, Member};

/// Somebody who should hold the box, or may once their keys are approved.
#[derive(Clone, Debug)]
pub struct Somebody {
    /// Their row.
    pub row: Member,
    /// A paper says that these keys are theirs, as co-ordinator or reviewer of this area.
    pub approved: bool,
    /// The box of the key in force was sealed to them.
    pub holds: bool,
}

impl Somebody {
    /// Whether they should hold the box now.
    pub fn entitled(&self) -> bool {
        self.approved && !self.row.suspended
    }
}

/// A key that waits for the root's signature.
#[derive(Clone, Debug)]
pub struct Next {
    /// The recipient.
    pub recipient: String,
    /// Its six words.
    pub words: String,
}

/// An area's unit, as its page shows it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The area.
    pub area: Area,
    /// The six words of the key in force; empty: none.
    pub words: String,
    /// The root signed the key in force.
    pub signed: bool,
    /// The key that waits.
    pub next: Option<Next>,
    /// Its people.
    pub people: Vec<Somebody>,
    /// Those who have known the key in force and answer for the area no more.
    pub left: Vec<String>,
    /// The break-glass recipient of the configuration.
    pub break_glass: Option<String>,
    /// The box of the key in force was sealed to it.
    pub break_glass_holds: bool,
    /// The last drill: when, and whether everything opened.
    pub drill: Option<(Moment, bool)>,
    /// Earlier keys that are kept.
    pub older: usize,
    /// Originals of requested and live releases: under an earlier key, and all.
    pub originals: (usize, usize),
}

impl Unit {
    /// How many should hold the box and do not.
    pub fn waiting(&self) -> usize {
        self.people.iter().filter(|one| one.entitled() && !one.holds).count()
    }
}

/// Refuses everybody but the area's co-ordinators.
fn keeper(by: &Actor, area: AreaId) -> Result<(), No> {
    if by.is_in(Role::Aic, area) { Ok(()) } else { Err(No::NotFound) }
}

/// Refuses a co-ordinator whose keys no paper names as such: a role alone destroys nothing.
async fn proven_keeper(office: &Office, by: &Actor, area: AreaId) -> Result<(), No> {
    keeper(by, area)?;
    let own = by.person().map(|id| id.to_string());
    let (people, _) = people(office, &mut office.read().await?, area, "").await?;
    if people.iter().any(|one| Some(&one.row.person_id) == own.as_ref() && one.entitled()) {
        return Ok(());
    }
    Err(No::refused(Refusal::OwnKeysUnconfirmed))
}

/// The area's people with what the papers say about their keys, each once.
async fn people(office: &Office, conn: &mut Conn, area: AreaId, unit: &str) -> Result<(Vec<Somebody>, Trust), No> {
    let mut rows = conn.unit_members(area).await?;
    rows.dedup_by(|one, other| one.person_id == other.person_id);
    let ids: Vec<PersonId> = rows.iter().filter_map(|row| PersonId::parse(&row.person_id)).collect();
    let trust = trust::of(office, conn, &ids, &[area]).await?;
    let holders = conn.unit_holders(area).await?;
    let opens = |row: &Member| {
        holders.iter().any(|one| one.unit == unit && one.recipient == row.recipient && one.until.is_none())
    };
    let one = |row: Member| Somebody { approved: approved(&trust, &row, area), holds: opens(&row), row };
    Ok((rows.into_iter().map(one).collect(), trust))
}

/// Whether a paper says that these keys are this person's as co-ordinator or reviewer of this very area.
fn approved(trust: &Trust, row: &Member, area: AreaId) -> bool {
    trust.ever(&row.person_id).iter().any(|one| {
        one.keys.recipient == row.recipient
            && one.keys.signing_key == row.signing_key
            && one.keys.area == area.to_string()
            && [Role::Aic, Role::Reviewer].iter().any(|role| role.word() == one.keys.role)
    })
}

/// An area's unit, for its co-ordinators. A key that the root has signed meanwhile comes into force first.
pub async fn unit(office: &Office, by: &Actor, id: AreaId) -> Result<Unit, No> {
    keeper(by, id)?;
    keys::settle(office, by, id).await?;
    let mut conn = office.read().await?;
    let area = conn.area(id).await?.ok_or(No::NotFound)?;
    let (people, trust) = people(office, &mut conn, id, &area.unit_recipient).await?;
    let holders = conn.unit_holders(id).await?;
    let break_glass = office.settings.break_glass.clone();
    let here = |one: &&Holder| one.unit == area.unit_recipient;
    let left = |one: &&Holder| {
        one.person_id.is_some()
            && people.iter().all(|person| person.row.suspended || Some(&person.row.person_id) != one.person_id.as_ref())
    };
    let originals = conn.unit_originals(id, office.now()).await?;
    let old = originals.iter().filter(|one| one.unit != area.unit_recipient).count();
    let mut gone: Vec<String> = holders.iter().filter(here).filter(left).map(|one| one.name.clone()).collect();
    gone.dedup();
    Ok(Unit {
        words: if area.unit_recipient.is_empty() { String::new() } else { unit_fingerprint(&area.unit_recipient) },
        signed: trust.unit(&area.id, &area.unit_recipient),
        next: area.next_recipient.as_ref().map(|key| Next { recipient: key.clone(), words: unit_fingerprint(key) }),
        left: gone,
        break_glass_holds: holders
            .iter()
            .any(|one| here(&one) && one.until.is_none() && Some(&one.recipient) == break_glass.as_ref()),
        break_glass,
        drill: last_drill(&mut conn, id).await?,
        older: conn.older_unit_keys(id).await?.len(),
        originals: (old, originals.len()),
        people,
        area,
    })
}

/// The newest drill in the log.
async fn last_drill(conn: &mut Conn, area: AreaId) -> Result<Option<(Moment, bool)>, No> {
    let what = Search {
        actor: String::new(),
        object: format!("area/{area}"),
        kind: Kind::UnitDrill.word().to_owned(),
        from: Moment::from_millis(0),
        to: Moment::from_millis(i64::MAX),
        limit: 1,
        skip: 0,
    };
    let (rows, _) = conn.log_search(&what).await?;
    let told = |body: &serde_json::Value| {
        let at = body.get("at")?.as_str().and_then(Moment::parse_rfc3339)?;
        Some((at, body.get("opened")?.as_bool()?))
    };
    Ok(rows.first().and_then(|(_, body)| told(body)))
}

/// The units of a co-ordinator with work to do: how many wait to be let in, whether somebody left, how many originals wait.
#[derive(Clone, Debug)]
pub struct Work {
    /// The area's name.
    pub area: String,
    /// How many wait to be let in.
    pub waiting: usize,
    /// Somebody who knew the key has left.
    pub left: bool,
    /// Originals under an earlier key.
    pub originals: usize,
    /// There is no key at all.
    pub none: bool,
}

/// What the units of a co-ordinator wait for; nothing: all is in order.
pub async fn work(office: &Office, by: &Actor) -> Result<Vec<Work>, No> {
    let mut all = Vec::new();
    for area in by.areas().into_iter().filter(|area| by.is_in(Role::Aic, *area)) {
        let unit = unit(office, by, area).await?;
        let work = Work {
            waiting: if unit.area.unit_recipient.is_empty() { 0 } else { unit.waiting() },
            left: !unit.left.is_empty(),
            originals: unit.originals.0,
            none: unit.area.unit_recipient.is_empty(),
            area: unit.area.name,
        };
        if work.none || work.left || work.waiting + work.originals > 0 {
            all.push(work);
        }
    }
    Ok(all)
}

/// What a co-ordinator's browser needs to seal boxes and originals anew, and to check the server's word about it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Plan {
    /// The area.
    pub area: String,
    /// Its code, which is part of what the root signs.
    pub code: String,
    /// The root's verifier key.
    pub root: String,
    /// The papers about the area and everybody below.
    pub papers: Vec<Paper>,
    /// Who should hold the box.
    pub people: Vec<Wanted>,
    /// The break-glass recipient; empty: none is configured.
    pub break_glass: String,
    /// Each of the unit's keys, with where its box is.
    pub keys: Vec<Key>,
    /// The key in force.
    pub unit: String,
    /// Originals that still lie under another key.
    pub originals: Vec<Due>,
    /// Of how many in all.
    pub total: usize,
}

/// One who should hold the box.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Wanted {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What is sealed to them.
    pub recipient: String,
    /// What verifies their signatures.
    pub signing_key: String,
}

/// One of a unit's keys.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Key {
    /// The recipient.
    pub recipient: String,
    /// Where its box is fetched.
    #[serde(rename = "box")]
    pub boxed: String,
}

/// Where the box of one of an area's keys is.
pub(super) fn key(area: AreaId, recipient: String) -> Key {
    Key { boxed: format!("/areas/{area}/unit/boxes/{recipient}"), recipient }
}

/// An original to be sealed anew.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Due {
    /// Where it is fetched, and where the new one is posted.
    pub url: String,
    /// What it hashes to when opened; empty: not on record.
    pub sha256: String,
}

/// The plan, for the area's co-ordinators.
pub async fn plan(office: &Office, by: &Actor, id: AreaId) -> Result<Plan, No> {
    keeper(by, id)?;
    keys::settle(office, by, id).await?;
    let mut conn = office.read().await?;
    let area = conn.area(id).await?.ok_or(No::NotFound)?;
    let (people, _) = people(office, &mut conn, id, &area.unit_recipient).await?;
    let entitled: Vec<Wanted> = people
        .into_iter()
        .filter(Somebody::entitled)
        .map(|one| Wanted {
            person: one.row.person_id,
            name: one.row.name,
            recipient: one.row.recipient,
            signing_key: one.row.signing_key,
        })
        .collect();
    let ids: Vec<PersonId> = entitled.iter().filter_map(|one| PersonId::parse(&one.person)).collect();
    let originals = conn.unit_originals(id, office.now()).await?;
    let total = originals.len();
    let due = originals.into_iter().filter(|one| one.unit != area.unit_recipient);
    let older = conn.older_unit_keys(id).await?.into_iter().map(|key| key.recipient);
    let now = Some(area.unit_recipient.clone()).filter(|key| !key.is_empty());
    Ok(Plan {
        root: office.root.as_ref().map(crate::ledger::trust::Root::vkey).unwrap_or_default(),
        papers: conn.papers_for(&ids, &[id]).await?,
        people: entitled,
        break_glass: office.settings.break_glass.clone().unwrap_or_default(),
        keys: now.into_iter().chain(area.next_recipient).chain(older).map(|recipient| key(id, recipient)).collect(),
        originals: due
            .map(|one| Due { url: format!("/areas/{id}/unit/originals/{}", one.id), sha256: one.sha256 })
            .collect(),
        total,
        unit: area.unit_recipient,
        code: area.code,
        area: area.id,
    })
}
