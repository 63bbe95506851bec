//! The demo's papers: its root signs the units and the first co-ordinator of each area, they sign everybody else.

use crate::actions::office::{Office, ten};
use crate::actions::{Fault, No};
use crate::clock;
use crate::demo::people::{SCHEMES, Somebody, World};
use crate::demo::{ROOT_NAME, root_seed};
use crate::domain::actor::{Grant, Role};
use crate::domain::ids::{AreaId, PersonId, StatementId};
use crate::ledger::statement::{Lines, StatementError, sign};
use crate::ledger::trust::{APPROVE, Paper, PersonKeys, ROOT, Root, UNIT, UnitKey};
use crate::store::people::Area;
use crate::store::trust::Row;

/// The first co-ordinator of each area, by position.
const FIRST: [&str; 2] = ["Sam", "Dana"];

fn broken(why: impl std::fmt::Display) -> No {
    No::Broken(Fault::Other(format!("demo trust: {why}")))
}

/// Every paper of the demo's world.
pub(super) fn papers(office: &Office, world: &World, areas: &[Area]) -> Result<Vec<Row>, No> {
    let seed = root_seed(&office.settings.store.data)?;
    let root = Root::of_seed(ROOT_NAME, &seed).map_err(broken)?;
    let time = office.now().rfc3339();
    let nonce = || hex::encode(clock::random::<16>());
    let by_root = |kind, object: &str, document: String| {
        let paper = root.sign(&seed, kind, object, document, &time, &nonce()).map_err(broken)?;
        Ok::<_, No>(row(office, kind, object, ROOT, paper))
    };
    let mut rows = Vec::new();
    for area in areas {
        let unit = UnitKey { area: area.id.clone(), code: area.code.clone(), recipient: area.unit_recipient.clone() };
        rows.push(by_root(UNIT, &format!("area/{}", area.id), json(&unit)?)?);
    }
    for one in &world.people {
        let (keys, place) = keys_of(one, world)?;
        let object = format!("person/{}", one.id);
        let document = json(&keys)?;
        let first = world.called(FIRST.get(place).copied().unwrap_or_default())?;
        if first.id == one.id {
            rows.push(by_root(APPROVE, &object, document)?);
        } else {
            let paper = by_person(first, &object, document, &time, &nonce()).map_err(broken)?;
            rows.push(row(office, APPROVE, &object, &first.id.to_string(), paper));
        }
    }
    Ok(rows)
}

/// An area, its unit's recipient, and to whom the box is sealed.
pub(super) type Held = (AreaId, String, Vec<(Option<PersonId>, String)>);

/// Who holds each unit's box.
pub(super) fn held(office: &Office, world: &World, areas: &[Area]) -> Vec<Held> {
    let of = |(id, row): (&AreaId, &Area)| {
        let people =
            world.people.iter().filter(|one| one.actor.is_in(Role::Aic, *id) || one.actor.is_in(Role::Reviewer, *id));
        let mut holders: Vec<_> = people.map(|one| (Some(one.id), one.row.recipient.clone())).collect();
        holders.extend(office.settings.break_glass.iter().map(|glass| (None, glass.clone())));
        (*id, row.unit_recipient.clone(), holders)
    };
    world.areas.iter().zip(areas).map(of).collect()
}

fn by_person(by: &Somebody, object: &str, document: String, time: &str, nonce: &str) -> Result<Paper, StatementError> {
    let signer = by.id.to_string();
    let lines = Lines { kind: APPROVE, document: document.as_bytes(), object, signer: &signer, nonce, time };
    let note = sign(&by.seed, &lines)?;
    Ok(Paper { document, note })
}

/// What is certified about somebody, and the position of the area whose co-ordinator does it.
fn keys_of(one: &Somebody, world: &World) -> Result<(PersonKeys, usize), No> {
    let (area, scheme, place) = match one.grant {
        Grant::InArea(_, area) => (area.to_string(), String::new(), world.areas.iter().position(|id| *id == area)),
        Grant::InScheme(_, scheme) => {
            let at = world.schemes.iter().position(|id| *id == scheme).and_then(|at| SCHEMES.get(at));
            let place = at.map(|(area, _, _)| *area);
            let area = place.and_then(|at| world.areas.get(at)).ok_or(No::NotFound)?;
            (area.to_string(), scheme.to_string(), place)
        }
        Grant::Force(Role::Auditor | Role::Administrator) => (String::new(), String::new(), Some(0)),
        Grant::Force(_) => return Err(No::NotFound),
    };
    let keys = PersonKeys {
        area,
        name: one.row.name.clone(),
        person: one.row.id.clone(),
        recipient: one.row.recipient.clone(),
        role: one.grant.role().word().to_owned(),
        scheme,
        signing_key: one.row.signing_key.clone(),
    };
    Ok((keys, place.ok_or(No::NotFound)?))
}

fn json(document: &impl serde::Serialize) -> Result<String, No> {
    serde_json::to_string(document).map_err(broken)
}

fn row(office: &Office, kind: &str, object: &str, signer: &str, paper: Paper) -> Row {
    Row {
        id: StatementId::fresh(office.now(), ten()).to_string(),
        kind: kind.to_owned(),
        object: object.to_owned(),
        signer: signer.to_owned(),
        document: paper.document.into_bytes(),
        note: paper.note,
        added_at: office.now().millis(),
    }
}
