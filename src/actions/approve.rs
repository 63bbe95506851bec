//! A co-ordinator confirms whose keys these are (K7.3): six words heard by telephone and typed, then a signed paper.
//!
//! Promises: nothing is kept unless the words typed are those of the keys on record and the new paper itself gives the person a
//! chain to the root, asked inside the act. Absent on purpose: showing the words to whoever types them; approving oneself; taking
//! an approval back (`docs/formats/approval.md`). Proved by `tests/it/journeys/approvals.rs`.

use std::collections::BTreeSet;

use crate::actions::fingerprint::{fingerprint, heard};
use crate::actions::office::ten;
use crate::actions::{Fault, No, Office, registers, statement, trust};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PersonId, SchemeId, StatementId};
use crate::domain::moment::Moment;
use crate::ledger::trust::{APPROVE, Paper, PersonKeys, ROOT, Root, Trust, Trusted};
use crate::store::log::Stamp;
use crate::store::trust::{Held, Row};
use crate::store::{Conn, Tx};

/// Why somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has confirmed any key of theirs.
    New,
    /// Keys of theirs were confirmed, and they are not these.
    Changed,
    /// These keys were confirmed, but not as a co-ordinator's of this area.
    Role,
}

/// Somebody whose keys wait to be confirmed, with the role that is certified.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who, with their keys on record.
    pub held: Held,
    /// Their role.
    pub role: Role,
    /// Why they wait.
    pub state: State,
}

impl Candidate {
    /// The exact document to be signed.
    pub fn document(&self) -> Result<String, Fault> {
        let Held { area, name, id, recipient, role, scheme, signing_key, .. } = self.held.clone();
        let keys = PersonKeys { area, name, person: id, recipient, role, scheme, signing_key };
        serde_json::to_string(&keys).map_err(|why| Fault::Other(why.to_string()))
    }

    fn words(&self) -> String {
        fingerprint(&self.held.recipient, &self.held.signing_key)
    }
}

/// The object of a statement about somebody's keys.
pub fn object(person: PersonId) -> String {
    format!("person/{person}")
}

/// Whether a row is the business of a co-ordinator of these areas; people over the whole force are every co-ordinator's.
fn theirs(areas: &[String], held: &Held) -> bool {
    held.area.is_empty() || areas.contains(&held.area)
}

/// The areas in which `by` approves.
fn approves_in(by: &Actor) -> Vec<String> {
    let area = |grant: &Grant| match grant {
        Grant::InArea(Role::Aic, area) => Some(area.to_string()),
        _ => None,
    };
    by.grants().iter().filter_map(area).collect()
}

/// Everybody of these areas, once, with the role that counts: a co-ordinator's first.
fn once(held: Vec<Held>, areas: &[String]) -> Vec<Held> {
    let mut all: Vec<Held> = Vec::new();
    for one in held.into_iter().filter(|one| theirs(areas, one)) {
        match all.iter_mut().find(|other| other.id == one.id) {
            None => all.push(one),
            Some(other) if one.role == Role::Aic.word() && other.role != one.role => *other = one,
            Some(_) => {}
        }
    }
    all
}

/// The papers that a chain from these people may need: theirs, their approvers', and so on.
fn needed(papers: Vec<Row>, people: &[Held]) -> Vec<Paper> {
    let mut known: BTreeSet<String> = people.iter().map(|one| format!("person/{}", one.id)).collect();
    loop {
        let signers = papers.iter().filter(|row| known.contains(&row.object) && row.signer != ROOT);
        let more: Vec<String> = signers.map(|row| format!("person/{}", row.signer)).collect();
        let before = known.len();
        known.extend(more);
        if known.len() == before {
            return papers.into_iter().filter(|row| known.contains(&row.object)).map(Row::paper).collect();
        }
    }
}

fn root_of(office: &Office) -> Result<&Root, No> {
    office.root.as_ref().ok_or_else(|| No::Broken(Fault::Other("no root key is configured".into())))
}

fn candidate(held: Held, trust: &Trust) -> Option<Candidate> {
    let role = Role::parse(&held.role)?;
    let state = match trust.person(&held.id, &held.recipient, &held.signing_key) {
        Some(_) if role == Role::Aic && trust.approver(&held.id, &held.signing_key, &held.area).is_none() => {
            State::Role
        }
        Some(_) => return None,
        None if trust.ever(&held.id).is_empty() => State::New,
        None => State::Changed,
    };
    Some(Candidate { held, role, state })
}

/// Everybody whose keys wait for `by`, by name. Suspended people get nothing, so they wait for nothing.
pub async fn waiting(office: &Office, by: &Actor) -> Result<Vec<Candidate>, No> {
    let areas = approves_in(by);
    if areas.is_empty() {
        return Err(No::NotFound);
    }
    let own = by.person().map(|id| id.to_string());
    let mut conn = office.read().await?;
    let mut people = once(conn.held().await?, &areas);
    people.retain(|one| !one.suspended && !one.recipient.is_empty() && Some(&one.id) != own.as_ref());
    let papers = needed(conn.papers_of_people().await?, &people);
    let trust = Trust::of(root_of(office)?, &papers);
    Ok(people.into_iter().filter_map(|one| candidate(one, &trust)).collect())
}

/// One of those who wait; everybody else is not found.
pub async fn one(office: &Office, by: &Actor, person: PersonId) -> Result<Candidate, No> {
    let person = person.to_string();
    waiting(office, by).await?.into_iter().find(|one| one.held.id == person).ok_or(No::NotFound)
}

/// Confirms the keys of `person`: the words heard, the signature over the document, and its place in the chain.
pub async fn approve(
    office: &Office,
    by: &Actor,
    person: PersonId,
    words: &str,
    note: &str,
    stamp: Stamp,
) -> Result<(), No> {
    let one = one(office, by, person).await?;
    let signer = by.person().ok_or(No::NotFound)?;
    let words = heard(words).map_err(|why| No::field("words", why))?;
    if words != one.words() {
        return Err(other_words(office, by, person, stamp).await?);
    }
    let (object, document) = (object(person), one.document()?);
    let row = statement::check(office, signer, APPROVE, &object, document.as_bytes(), note).await?;
    let (root, acting) = (office.root.clone(), by);
    let by = by.clone();
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                unchanged(tx, person, &one).await?;
                let paper = Row {
                    id: StatementId::fresh(tx.now(), ten()).to_string(),
                    kind: APPROVE.to_owned(),
                    object: object.clone(),
                    signer: signer.to_string(),
                    document: document.into_bytes(),
                    note: row.note.clone(),
                    added_at: tx.now().millis(),
                };
                tx.add_statement(&row).await?;
                tx.add_paper(&paper).await?;
                proves(tx, root.as_ref(), &one, signer).await?;
                let event = Event::new(Kind::Approved, object)
                    .with("by", by.word())
                    .with("recipient", one.held.recipient.clone())
                    .with("signing_key", one.held.signing_key.clone())
                    .with("statement", row.id.clone());
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Six words that are words, and others than those on record: told, and written down.
async fn other_words(office: &Office, by: &Actor, person: PersonId, stamp: Stamp) -> Result<No, No> {
    let (acting, by) = (by, by.clone());
    let event = Event::new(Kind::KeyAlarm, object(person)).with("what", ["words"].map(str::to_owned).to_vec());
    office.act_as(acting, move |tx| Box::pin(async move { Ok(tx.append(&event, &by, &stamp).await?) })).await?;
    Ok(No::field(
        "words",
        "These are not the words of the key on record. Do not approve this person. Ask for the words once more; if they are the same \
         again, somebody may have changed the key: tell your administrator by telephone at once",
    ))
}

/// Whether the record inside the act is still what was signed: the keys, the role, the account.
async fn unchanged(tx: &mut Tx, person: PersonId, one: &Candidate) -> Result<(), No> {
    let row = tx.person(person).await?.ok_or(No::NotFound)?;
    let (area, scheme) = (AreaId::parse(&one.held.area), SchemeId::parse(&one.held.scheme));
    let grant = Grant::join(one.role, area.filter(|_| scheme.is_none()), scheme).ok_or(No::NotFound)?;
    let same = row.recipient == one.held.recipient && row.signing_key == one.held.signing_key && !row.suspended;
    if same && tx.actor(person).await?.grants().contains(&grant) {
        Ok(())
    } else {
        Err(No::field("words", "This person's record has changed since you opened the page. Reload it and begin again"))
    }
}

/// Whether the paper just kept gives the person a chain to the root through this approver; else nothing of the act stays.
async fn proves(tx: &mut Tx, root: Option<&Root>, one: &Candidate, signer: PersonId) -> Result<(), No> {
    let person = PersonId::parse(&one.held.id).ok_or(No::NotFound)?;
    let trust = trust::under(root, tx, &[person], &[]).await?;
    let (held, signer) = (&one.held, signer.to_string());
    let holds = |known: &Trusted| {
        let keys = &known.keys;
        let same = keys.recipient == held.recipient && keys.signing_key == held.signing_key;
        same && keys.area == held.area && keys.role == held.role && known.by == signer
    };
    if trust.ever(&held.id).iter().any(holds) {
        return Ok(());
    }
    Err(No::field(
        "statement",
        "Your own keys are not confirmed as those of a co-ordinator of this area, so your signature confirms nobody. Ask another co-ordinator to confirm your keys first.",
    ))
}

/// One step of a chain, for people to read.
#[derive(Clone, Debug)]
pub struct Link {
    /// What was certified, by whom, when, and the signed note.
    pub paper: Trusted,
    /// The six words.
    pub words: String,
    /// The role's title.
    pub role: &'static str,
    /// The scheme's or area's name; empty: the whole force.
    pub place: String,
    /// Who signed, by name; empty: the root.
    pub by: String,
    /// When, as the paper says.
    pub at: String,
}

/// The chain of somebody's present keys up to the root; nothing: they have none.
async fn links(office: &Office, conn: &mut Conn, person: PersonId) -> Result<Option<Vec<Link>>, No> {
    let row = conn.person(person).await?.ok_or(No::NotFound)?;
    let trust = trust::of(office, conn, &[person], &[]).await?;
    let Some(found) = trust.person(&row.id, &row.recipient, &row.signing_key) else { return Ok(None) };
    let chain: Vec<Trusted> = trust.chain(found).into_iter().cloned().collect();
    let mut links = Vec::new();
    for (at, paper) in chain.iter().enumerate() {
        let place = match (SchemeId::parse(&paper.keys.scheme), AreaId::parse(&paper.keys.area)) {
            (Some(scheme), _) => conn.scheme(scheme).await?.map(|scheme| scheme.name),
            (None, Some(area)) => conn.area(area).await?.map(|area| area.name),
            (None, None) => None,
        };
        links.push(Link {
            words: fingerprint(&paper.keys.recipient, &paper.keys.signing_key),
            role: Role::parse(&paper.keys.role).map_or("", Role::title),
            place: place.unwrap_or_default(),
            by: chain.get(at + 1).map_or_else(String::new, |above| above.keys.name.clone()),
            at: Moment::parse_rfc3339(&paper.at).map_or_else(|| paper.at.clone(), Moment::long),
            paper: paper.clone(),
        });
    }
    Ok(Some(links))
}

/// The record of somebody's approval, for co-ordinators of their area and auditors. Reading it is a consultation (s.62).
pub async fn record(office: &Office, by: &Actor, person: PersonId, stamp: Stamp) -> Result<Vec<Link>, No> {
    let mut conn = office.read().await?;
    let areas = approves_in(by);
    let known = conn.held().await?.into_iter().any(|one| {
        one.id == person.to_string() && (by.is(Role::Auditor) || (!areas.is_empty() && theirs(&areas, &one)))
    });
    if !known {
        return Err(No::NotFound);
    }
    let links = links(office, &mut conn, person).await?.ok_or(No::NotFound)?;
    drop(conn);
    registers::consulted(office, by, object(person), "approval", stamp).await?;
    Ok(links)
}

/// How a person's own keys stand.
#[derive(Clone, Debug)]
pub struct Own {
    /// Their six words.
    pub words: String,
    /// Their keys on record are others than those that were confirmed.
    pub changed: bool,
    /// Who confirmed them, up to the root; empty: nobody.
    pub links: Vec<Link>,
}

/// How `by`'s own keys stand.
pub async fn own(office: &Office, by: &Actor) -> Result<Own, No> {
    let person = by.person().ok_or(No::NotFound)?;
    let mut conn = office.read().await?;
    let row = conn.person(person).await?.ok_or(No::NotFound)?;
    let links = links(office, &mut conn, person).await?.unwrap_or_default();
    let changed = links.is_empty() && !trust::of(office, &mut conn, &[person], &[]).await?.ever(&row.id).is_empty();
    Ok(Own { words: fingerprint(&row.recipient, &row.signing_key), changed, links })
}
