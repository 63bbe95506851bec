//! What waits for the offline root, for the administrator: the request to carry there, the signed papers to bring back.
//!
//! Promises: a paper is kept only if the root of the configuration signed it, about a key that is in use at this moment; one that
//! is neither stops the whole file, by name. Absent on purpose: the root's private half, which never comes near the server;
//! whose words were heard (that is the ceremony's, on paper). Proved by `tests/it/founding/ceremony.rs`.

use crate::actions::fingerprint::{fingerprint, unit_fingerprint};
use crate::actions::office::ten;
use crate::actions::{Fault, FieldError, No, Office, trust, unit};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PersonId, SchemeId, StatementId};
use crate::domain::policy::{Act, Thing, may};
use crate::ledger::root::{Certified, REQUEST, Request, Signed};
use crate::ledger::trust::{Paper, PersonKeys, ROOT, Root, Trust, UnitKey};
use crate::store::log::Stamp;
use crate::store::people::{Area, Person};
use crate::store::trust::Row;
use crate::store::{Conn, Tx};

/// The form's field of the signed file.
pub const FIELD: &str = "signed";

/// One thing that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What would be certified.
    pub what: Certified,
    /// Their name, or the unit's.
    pub name: String,
    /// The area's name.
    pub area: String,
    /// Its six words.
    pub words: String,
    /// Why it waits.
    pub why: Why,
}

/// Why something waits for the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The unit's key is in use and nobody has signed it.
    Unit,
    /// The key that will follow the unit's.
    NextUnit,
    /// The area has no co-ordinator whose keys are confirmed.
    FirstCoOrdinator,
    /// Another co-ordinator of the area can confirm them; the root can too.
    AnotherCoOrdinator,
}

fn administrator(by: &Actor) -> Result<(), No> {
    if may(by, Act::Administer, Thing::Force) { Ok(()) } else { Err(No::NotFound) }
}

/// Everything that waits, by area.
pub async fn waiting(office: &Office, by: &Actor) -> Result<Vec<Waiting>, No> {
    administrator(by)?;
    let mut conn = office.read().await?;
    let areas = conn.areas().await?;
    let mut people = Vec::new();
    for person in conn.people().await? {
        let actor = conn.actor(person.id()?).await?;
        if actor.is(Role::Aic) && !person.suspended && !person.recipient.is_empty() {
            people.push((person, actor));
        }
    }
    let ids = areas.iter().map(Area::id).collect::<Result<Vec<_>, _>>()?;
    let holders = people.iter().map(|(person, _)| person.id()).collect::<Result<Vec<_>, _>>()?;
    let trust = trust::of(office, &mut conn, &holders, &ids).await?;
    let mut all = Vec::new();
    for (area, id) in areas.iter().zip(ids) {
        all.extend(units(area, &trust));
        let mut here: Vec<Waiting> = Vec::new();
        let mut confirmed = false;
        for (person, _) in people.iter().filter(|(_, actor)| actor.is_in(Role::Aic, id)) {
            let keys = keys_of(person, &area.id);
            if trust.ever(&person.id).iter().any(|one| same_keys(&one.keys, &keys)) {
                confirmed = true;
                continue;
            }
            let words = fingerprint(&keys.recipient, &keys.signing_key);
            let (name, area) = (person.name.clone(), area.name.clone());
            here.push(Waiting { what: Certified::Person(keys), name, area, words, why: Why::FirstCoOrdinator });
        }
        if confirmed {
            for one in &mut here {
                one.why = Why::AnotherCoOrdinator;
            }
        }
        all.extend(here);
    }
    Ok(all)
}

fn units(area: &Area, trust: &Trust) -> Vec<Waiting> {
    let keys = [(Some(&area.unit_recipient), Why::Unit), (area.next_recipient.as_ref(), Why::NextUnit)];
    let wait = |(recipient, why): (Option<&String>, Why)| {
        let recipient = recipient.filter(|text| !text.is_empty() && !trust.unit(&area.id, text))?;
        let unit = UnitKey { area: area.id.clone(), code: area.code.clone(), recipient: recipient.clone() };
        let words = unit_fingerprint(recipient);
        Some(Waiting { what: Certified::Unit(unit), name: area.code.clone(), area: area.name.clone(), words, why })
    };
    keys.into_iter().filter_map(wait).collect()
}

/// What the root would certify of a co-ordinator.
fn keys_of(person: &Person, area: &str) -> PersonKeys {
    PersonKeys {
        area: area.to_owned(),
        name: person.name.clone(),
        person: person.id.clone(),
        recipient: person.recipient.clone(),
        role: Role::Aic.word().to_owned(),
        scheme: String::new(),
        signing_key: person.signing_key.clone(),
    }
}

/// The same keys under the same office; a name may have been corrected since.
fn same_keys(one: &PersonKeys, other: &PersonKeys) -> bool {
    let of =
        |keys: &PersonKeys| (keys.recipient.clone(), keys.signing_key.clone(), keys.role.clone(), keys.area.clone());
    of(one) == of(other)
}

/// The request file. That it left the portal is a leaf.
pub async fn request(office: &Office, by: &Actor, stamp: Stamp) -> Result<String, No> {
    let waiting = waiting(office, by).await?;
    let items = waiting.iter().map(|one| one.what.item()).collect::<Result<Vec<_>, _>>().map_err(broken)?;
    let whole = Request {
        format: REQUEST.to_owned(),
        origin: office.settings.origin.clone(),
        root: root(office)?.vkey(),
        items,
    };
    let text = serde_json::to_string_pretty(&whole).map_err(broken)?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                tx.append(&Event::new(Kind::Exported, ROOT).with("what", "root request"), &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(format!("{text}\n"))
}

fn broken(why: impl std::fmt::Display) -> No {
    No::Broken(Fault::Other(why.to_string()))
}

fn root(office: &Office) -> Result<&Root, No> {
    office.root.as_ref().ok_or_else(|| broken("no root key is configured"))
}

/// Takes the signed file in: every paper verified and about keys in use now, or none is kept. Answers how many are new.
pub async fn accept(office: &Office, by: &Actor, file: &[u8], stamp: Stamp) -> Result<usize, No> {
    administrator(by)?;
    let text =
        std::str::from_utf8(file).map_err(|_| No::field(FIELD, "This is not the file that “root sign” wrote."))?;
    if Request::read(text).is_ok() {
        return Err(No::field(
            FIELD,
            "This is the request. Choose the file that “root sign” wrote after it, named with --out.",
        ));
    }
    let signed = Signed::read(text).map_err(|why| No::field(FIELD, sentence(&why.to_string())))?;
    if signed.papers.is_empty() {
        return Err(No::field(
            FIELD,
            "The file holds no signed paper: give the six words to “root sign” with --accept.",
        ));
    }
    let root = root(office)?.clone();
    let (mut papers, mut wrong) = (Vec::new(), Vec::new());
    for (at, paper) in signed.papers.into_iter().enumerate() {
        match root.certified(&paper) {
            Ok(what) => papers.push((what, paper)),
            Err(why) => wrong.push(FieldError::new(
                FIELD,
                format!("{} was not signed by this portal’s root: {why}.", named(at, &paper)),
            )),
        }
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let acting = by.clone();
    let done =
        office.act_as(by, move |tx| Box::pin(async move { keep(tx, &root, papers, &acting, &stamp).await })).await?;
    Ok(done.into_inner())
}

/// A paper by its place in the file and whom it claims to be about, for a sentence.
fn named(at: usize, paper: &Paper) -> String {
    let said: serde_json::Value = serde_json::from_str(&paper.document).unwrap_or_default();
    let whom = ["name", "code"].into_iter().find_map(|member| said.get(member)?.as_str().map(str::to_owned));
    match whom {
        Some(whom) => format!("Paper {}, “{}”,", at + 1, whom.chars().take(80).collect::<String>()),
        None => format!("Paper {}", at + 1),
    }
}

/// A sentence begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

async fn keep(
    tx: &mut Tx,
    root: &Root,
    papers: Vec<(Certified, Paper)>,
    by: &Actor,
    stamp: &Stamp,
) -> Result<usize, No> {
    let mut wrong = Vec::new();
    for (at, (what, paper)) in papers.iter().enumerate() {
        if let Some(why) = stale(tx, what).await? {
            let name = named(at, paper);
            wrong.push(FieldError::new(
                FIELD,
                format!("{name} is about a key that is not in use: {why}. Download the request again."),
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let mut new = 0;
    for (what, paper) in papers {
        let row = row(tx, &what, paper);
        // A row that only says it is the root's does not stand in the way of one that is.
        let known = tx.papers_of(&row.object).await?;
        let known = known.into_iter().any(|one| root.certified(&one.paper()).is_ok_and(|one| one == what));
        if !known && tx.add_paper(&row).await? {
            new += 1;
            tx.append(&event(&what, row.id), by, stamp).await?;
        }
        accepted(root, tx, &what, by, stamp).await?;
    }
    Ok(new)
}

fn event(what: &Certified, statement: String) -> Event {
    let event = Event::new(Kind::Approved, what.object()).with("by", ROOT).with("statement", statement);
    match what {
        Certified::Unit(unit) => event.with("recipient", unit.recipient.clone()),
        Certified::Person(keys) => {
            event.with("recipient", keys.recipient.clone()).with("signing_key", keys.signing_key.clone())
        }
    }
}

/// What follows once the root's paper is kept, in the same act; asked again when the same paper comes twice: a unit's key that waited
/// comes into force.
async fn accepted(root: &Root, tx: &mut Tx, what: &Certified, by: &Actor, stamp: &Stamp) -> Result<(), No> {
    if let Certified::Unit(unit) = what {
        let area = AreaId::parse(&unit.area).ok_or(No::NotFound)?;
        unit::keys::activate(root, tx, area, by, stamp).await?;
    }
    Ok(())
}

fn row(tx: &Tx, what: &Certified, paper: Paper) -> Row {
    Row {
        id: StatementId::fresh(tx.now(), ten()).to_string(),
        kind: what.kind().to_owned(),
        object: what.object(),
        signer: ROOT.to_owned(),
        document: paper.document.into_bytes(),
        note: paper.note,
        added_at: tx.now().millis(),
    }
}

/// Why what is certified is not what is in use now; `None`: it is.
async fn stale(conn: &mut Conn, what: &Certified) -> Result<Option<&'static str>, No> {
    let known = match what {
        Certified::Unit(unit) => {
            let Some(area) = AreaId::parse(&unit.area) else { return Ok(Some("there is no such area")) };
            let Some(area) = conn.area(area).await? else { return Ok(Some("there is no such area")) };
            let next = area.next_recipient.as_ref() == Some(&unit.recipient);
            area.code == unit.code && !unit.recipient.is_empty() && (next || area.unit_recipient == unit.recipient)
        }
        Certified::Person(keys) => {
            let Some(id) = PersonId::parse(&keys.person) else { return Ok(Some("there is no such person")) };
            let Some(person) = conn.person(id).await? else { return Ok(Some("there is no such person")) };
            let grant = Role::parse(&keys.role)
                .and_then(|role| Grant::join(role, AreaId::parse(&keys.area), SchemeId::parse(&keys.scheme)));
            if person.suspended {
                return Ok(Some("the account is suspended"));
            }
            if !grant.is_some_and(|grant| matches!(grant, Grant::InArea(Role::Aic, _))) {
                return Ok(Some("the root signs units and co-ordinators; a co-ordinator signs everybody else"));
            }
            let held = conn.actor(id).await?.grants().iter().any(|held| Some(*held) == grant);
            let same = person.recipient == keys.recipient && person.signing_key == keys.signing_key;
            held && same && person.name == keys.name
        }
    };
    Ok((!known).then_some("the key, the name or the role has changed since"))
}
