//! The co-ordinator's decision as a task list (K7.7.1): parts saved one by one, in any order; the whole case as it stands.
//!
//! Promises: a part is saved on its own and never over somebody else's; what a page shows as missing, what the signed record says
//! and what the authority asks come from the same [`gather`]. Absent on purpose: rules (`domain::release::case`), the authority
//! itself (`actions::release`). Proved by `tests/it/journeys/decision.rs`.

pub mod parse;
pub mod questions;
pub mod record;

use serde_json::json;

use crate::actions::answers::digested;
use crate::actions::casefile::{self, CaseFile, Draft};
use crate::actions::office::ten;
use crate::actions::{Fault, No, Office, elsewhere};
use crate::domain::actor::Actor;
use crate::domain::ids::{ConsiderationId, PersonId, ReleaseId, SchemeId};
use crate::domain::moment::{Moment, parse_day};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::{Case, Considered, Order, Part};
use crate::domain::scheme::Footing;
use crate::domain::words::Prose;
use crate::store::Conn;
use crate::store::decisions::{Consideration, Representation, RulingRow};
use crate::store::documents::Document;
use crate::store::log::Stamp;
use crate::store::registers::Receiver;
use crate::store::releases::{Filed, Photograph};

pub use parse::Answers;

/// The setting that holds the last day of the force's data protection registration (K8.1).
pub const REGISTRATION_ENDS: &str = "registration_ends";
/// The digest of what would leave: the page of `material` hands in the one it showed, and it is stored beside the answers.
pub const SUBJECT: &str = "subject";
const TABLE: &str = "consideration";
const COLUMN: &str = "body";

/// A saved part.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Which.
    pub part: Part,
    /// What was answered.
    pub answers: Answers,
    /// Counts its changes; 0: never saved.
    pub version: i64,
    /// By whom it was saved last.
    pub by: String,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Moment,
    id: String,
}

/// The whole case as it stands.
pub struct Gathered {
    /// The release.
    pub filed: Filed,
    /// Its case file.
    pub file: CaseFile,
    /// What would leave; gone from authority on.
    pub draft: Option<Draft>,
    /// The photographs.
    pub photographs: Vec<Photograph>,
    /// The parts that were saved.
    pub saved: Vec<Saved>,
    /// The named recipients that still receive for their schemes.
    pub people: Vec<(Receiver, Footing)>,
    /// Representations, and what was ruled.
    pub representations: Vec<Representation>,
    /// Rulings, oldest first.
    pub rulings: Vec<RulingRow>,
    /// Its documents: what came with representations, receipts of service.
    pub documents: Vec<Document>,
    /// What the rules see.
    pub case: Case,
    /// The version of the other area's release that this one was compared with (K7.6).
    origin: Option<i64>,
}

impl Gathered {
    /// A part's answers; none where it was never saved.
    pub fn answers(&self, part: Part) -> Option<&Saved> {
        self.saved.iter().find(|saved| saved.part == part)
    }

    /// Digests of all the words that would leave (none: empty) and of each photograph as uploaded, in order: what the authority is
    /// about.
    pub fn subject(&self) -> (String, Vec<String>) {
        // From authority on the words are gone from the case; their digest stays (P4).
        let words = match &self.filed.text_sha256 {
            Some(digest) => format!("sha256:{digest}"),
            None if self.case.words.is_empty() => String::new(),
            None => digested(self.case.words.as_bytes()),
        };
        (words, self.photographs.iter().map(|one| format!("sha256:{}", one.sha256)).collect())
    }
}

/// The digest of the officer's words and of the photographs, as `material` and every ruling record what they are about; empty: there
/// is nothing yet. Instructions are not in it: they are written later, and may not say what needs confirming.
fn subject(draft: Option<&Draft>, photographs: &[Photograph]) -> String {
    let words = draft.and_then(|draft| draft.released(""));
    if words.is_none() && photographs.is_empty() {
        return String::new();
    }
    let pictures: Vec<&str> = photographs.iter().map(|one| one.sha256.as_str()).collect();
    digested(json!([words, pictures]).to_string().as_bytes())
}

/// Loads a release that `by` may do `act` to, with everything its rules need.
pub async fn gather(
    office: &Office,
    conn: &mut Conn,
    by: &Actor,
    act: Act,
    id: ReleaseId,
    now: Moment,
) -> Result<Gathered, No> {
    let filed = casefile::load(conn, by, act, id).await?;
    gather_filed(office, conn, filed, now).await
}

/// The same for a release that is loaded already.
pub async fn gather_filed(office: &Office, conn: &mut Conn, filed: Filed, now: Moment) -> Result<Gathered, No> {
    let id = filed.release.id;
    let (file, draft) = casefile::open(office, &filed)?;
    let photographs = conn.photographs(id).await?;
    let saved = saved(office, conn, id).await?;
    let mut considered = Considered::default();
    for one in &saved {
        parse::part(one.part, &one.answers, &mut considered).map_err(|_| Fault::Corrupt {
            table: TABLE,
            column: COLUMN,
            row: one.id.clone(),
        })?;
    }
    let people = people(conn, &filed, &considered.recipients.to, now).await?;
    let representations = conn.representations(id).await?;
    let rulings = conn.rulings(id).await?;
    let documents = conn.documents_of(id).await?;
    let registration = conn.setting(REGISTRATION_ENDS).await?;
    let (member_schemes, members_gone) = member_schemes(conn, &considered).await?;
    let origin = elsewhere::origin_version(conn, &filed.release).await?;
    let instructions = considered.recipients.instructions.as_str();
    let case = Case {
        request: file.request.clone(),
        words: draft.clone().unwrap_or_default().released(instructions).unwrap_or_default(),
        subject: subject(draft.as_ref(), &photographs),
        photographs: photographs.len(),
        represented: representations.last().map(|one| Moment::from_millis(one.recorded_at)),
        rulings: rulings.iter().map(RulingRow::ruling).collect::<Result<_, _>>()?,
        recipients: people.iter().map(|(_, footing)| footing.clone()).collect(),
        member_schemes,
        members_gone,
        recipients_gone: people.len() < considered.recipients.to.len(),
        consulted: elsewhere::consulted(conn, id).await?,
        awaited: elsewhere::awaited(office, conn, &filed).await?,
        registration_ends: registration.as_deref().and_then(parse_day),
        urn: conn.next_urn(filed.release.area, now).await?.0,
        numbers: conn.numbers_in_force().await?.0,
        versions: conn.versions_in_force().await?,
        considered,
    };
    Ok(Gathered { filed, file, draft, photographs, saved, people, representations, rulings, documents, case, origin })
}

/// The case again, inside the act: refused if anything of it was changed since it was read; with recipients, registration and number
/// as they stand now.
pub(super) async fn again(conn: &mut Conn, of: &Gathered, now: Moment) -> Result<(Case, Vec<(Receiver, Footing)>), No> {
    let id = of.filed.release.id;
    let filed = conn.release(id).await?.ok_or(No::NotFound)?;
    if filed.release.version != of.filed.release.version {
        return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
    }
    let parts: Vec<(String, i64)> =
        conn.considerations(id).await?.into_iter().map(|one| (one.id, one.version)).collect();
    let said: Vec<String> = conn.representations(id).await?.into_iter().map(|one| one.id).collect();
    let documents: Vec<String> = conn.documents_of(id).await?.into_iter().map(|one| one.id).collect();
    let rulings = conn.rulings(id).await?;
    let pictures: Vec<String> = conn.photographs(id).await?.into_iter().map(|one| one.id).collect();
    let same = filed.draft == of.filed.draft
        && elsewhere::origin_version(conn, &filed.release).await? == of.origin
        && pictures.iter().eq(of.photographs.iter().map(|one| &one.id))
        && parts.len() == of.saved.len()
        && of.saved.iter().all(|one| parts.contains(&(one.id.clone(), one.version)))
        && said.iter().eq(of.representations.iter().map(|one| &one.id))
        && documents.iter().eq(of.documents.iter().map(|one| &one.id))
        && conn.versions_in_force().await? == of.case.versions
        && rulings.iter().map(|one| (&one.id, one.told_at)).eq(of.rulings.iter().map(|one| (&one.id, one.told_at)));
    if !same {
        return Err(No::refused(Refusal::RecordChanged));
    }
    let people = people(conn, &filed, &of.case.considered.recipients.to, now).await?;
    let registration = conn.setting(REGISTRATION_ENDS).await?;
    let (member_schemes, members_gone) = member_schemes(conn, &of.case.considered).await?;
    let case = Case {
        member_schemes,
        members_gone,
        recipients: people.iter().map(|(_, footing)| footing.clone()).collect(),
        recipients_gone: people.len() < of.case.considered.recipients.to.len(),
        registration_ends: registration.as_deref().and_then(parse_day),
        urn: conn.next_urn(filed.release.area, now).await?.0,
        ..of.case.clone()
    };
    Ok((case, people))
}

/// The instructions to managers that the decision records (K7.4).
pub(super) async fn instructions(office: &Office, conn: &mut Conn, id: ReleaseId) -> Result<Prose, No> {
    let mut considered = Considered::default();
    for one in saved(office, conn, id).await?.iter().filter(|one| one.part == Part::Recipients) {
        let corrupt = |_| Fault::Corrupt { table: TABLE, column: COLUMN, row: one.id.clone() };
        parse::part(one.part, &one.answers, &mut considered).map_err(corrupt)?;
    }
    Ok(considered.recipients.instructions)
}

async fn saved(office: &Office, conn: &mut Conn, id: ReleaseId) -> Result<Vec<Saved>, No> {
    let mut all = Vec::new();
    for row in conn.considerations(id).await? {
        let corrupt = || Fault::Corrupt { table: TABLE, column: COLUMN, row: row.id.clone() };
        let plain = office.open_field(TABLE, &row.id, COLUMN, row.version, &row.body)?;
        let answers: Answers = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
        let who = PersonId::parse(&row.saved_by).ok_or_else(corrupt)?;
        let by_name = conn.person(who).await?.map_or_else(String::new, |person| person.name);
        let (part, at) = (row.part()?, Moment::from_millis(row.saved_at));
        all.push(Saved { part, answers, version: row.version, by: row.saved_by, by_name, at, id: row.id });
    }
    all.sort_by_key(|one| one.part);
    Ok(all)
}

/// The named recipients with where they stand now; who no longer receives for the scheme, or is of another area, is left out.
async fn people(
    conn: &mut Conn,
    filed: &Filed,
    to: &[(PersonId, SchemeId)],
    now: Moment,
) -> Result<Vec<(Receiver, Footing)>, No> {
    let mut people: Vec<(Receiver, Footing)> = Vec::new();
    for (person, scheme) in to {
        let Some(row) = conn.scheme(*scheme).await? else { continue };
        if row.area()? != filed.release.area || people.iter().any(|(_, footing)| footing.person == *person) {
            continue;
        }
        let found = conn.footings(*scheme, now).await?.into_iter().find(|(_, footing)| footing.person == *person);
        people.extend(found.filter(|(receiver, _)| !receiver.recipient.is_empty()));
    }
    Ok(people)
}

/// The schemes of the members to whom it may be shown, and whether one of these has left the register.
async fn member_schemes(conn: &mut Conn, of: &Considered) -> Result<(Vec<SchemeId>, bool), No> {
    let (mut schemes, mut gone) = (Vec::new(), false);
    for member in &of.recipients.members {
        let row = conn.member(*member).await?.ok_or(No::NotFound)?;
        if row.removed_at.is_some() {
            gone = true;
            continue;
        }
        let scheme = SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?;
        if !schemes.contains(&scheme) {
            schemes.push(scheme);
        }
    }
    Ok((schemes, gone))
}

/// Saves a part as it was filled in. `version`: of the part as the page showed it (0: never saved); if somebody saved it since, they
/// are named and nothing is overwritten.
pub async fn save(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    part: Part,
    posted: &[(String, String)],
    version: i64,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    filed.release.decide(Order::Save(part), by, office.now())?;
    let (file, draft) = casefile::open(office, &filed)?;
    let mut answers = parse::own(part, posted);
    if part == Part::Material {
        about(&mut answers, posted, subject(draft.as_ref(), &conn.photographs(id).await?))?;
    }
    let mut considered = Considered::default();
    parse::part(part, &answers, &mut considered)?;
    let mut asking = Vec::new();
    if part == Part::Recipients {
        within_area(&mut conn, &filed, &considered).await?;
        asking = elsewhere::asking(office, &mut conn, &filed, &file, &considered.recipients).await?;
    }
    let before = saved(office, &mut conn, id).await?.into_iter().find(|one| one.part == part);
    drop(conn);
    unchanged(before.as_ref(), version)?;
    let row_id = before.map_or_else(|| ConsiderationId::fresh(office.now(), ten()).to_string(), |one| one.id);
    let plain = zeroize::Zeroizing::new(json!(answers).to_string().into_bytes());
    let body = office.seal_field(TABLE, &row_id, COLUMN, version + 1, &plain)?;
    let saved_by = by.person().ok_or(No::NotFound)?.to_string();
    let (acting, members, read) = (by.clone(), considered.recipients.members, filed.release.version);
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let filed = casefile::load(tx, &acting, Act::Decide, id).await?;
                let (_, event) = filed.release.decide(Order::Save(part), &acting, now)?.into_parts();
                if part == Part::Material && filed.release.version != read {
                    return Err(No::field("part", LEAVING_CHANGED));
                }
                let (release_id, word) = (id.to_string(), part.word().to_owned());
                let other = tx.considerations(id).await?.into_iter().find(|one| one.part == word);
                let row = Consideration {
                    id: row_id,
                    release_id,
                    part: word,
                    body,
                    saved_by,
                    saved_at: now.millis(),
                    version,
                };
                if other.map_or(0, |one| one.version) != version || !tx.save_consideration(&row).await? {
                    return Err(changed());
                }
                if part == Part::Recipients {
                    tx.instruct(id, &members).await?;
                }
                tx.append(&event, &acting, &stamp).await?;
                elsewhere::ask(tx, asking, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Puts beside the tick what it is about: what the page showed, if that would still leave.
fn about(answers: &mut Answers, posted: &[(String, String)], current: String) -> Result<(), No> {
    let shown = posted.iter().find(|(name, _)| name == SUBJECT).map_or("", |(_, value)| value.as_str());
    if shown != current {
        return Err(No::field("part", LEAVING_CHANGED));
    }
    if answers.iter().any(|(name, _)| name == "words_considered") {
        answers.push((SUBJECT.to_owned(), current));
    }
    Ok(())
}

const LEAVING_CHANGED: &str = "What would leave has changed since you opened this page. Look at it again, then save. What you typed is still here.";

fn changed() -> No {
    No::field(
        "part",
        "Somebody else saved this part while you wrote. What you typed is still here: open the part anew in another window, and compare.",
    )
}

fn unchanged(before: Option<&Saved>, version: i64) -> Result<(), No> {
    match before {
        Some(one) if one.version != version => Err(No::field(
            "part",
            format!(
                "{} saved this part on {}, after you opened it. What you typed is still here: open the part anew in another window, and compare.",
                one.by_name,
                one.at.long()
            ),
        )),
        None if version != 0 => Err(changed()),
        _ => Ok(()),
    }
}

/// Only people and members of this area's schemes can be named; the others are nobody's business here (P10).
async fn within_area(conn: &mut Conn, filed: &Filed, of: &Considered) -> Result<(), No> {
    let of = &of.recipients;
    let most = conn.numbers_in_force().await?.0.recipients_max();
    if of.to.len() > most {
        return Err(No::field("recipients", format!("Choose at most {most} recipients")));
    }
    for (_, scheme) in &of.to {
        let here = match conn.scheme(*scheme).await? {
            Some(row) => row.area()? == filed.release.area,
            None => false,
        };
        if !here {
            return Err(No::field("recipients", "Choose recipients from this area’s schemes"));
        }
    }
    for member in &of.members {
        let here = match conn.member(*member).await? {
            Some(row) => match conn.scheme(SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?).await? {
                Some(scheme) => scheme.area()? == filed.release.area && row.removed_at.is_none(),
                None => false,
            },
            None => false,
        };
        if !here {
            return Err(No::field("members", "Choose members of this area’s schemes"));
        }
    }
    Ok(())
}

/// What is still missing, part by part, and whether each was saved.
pub fn missing(of: &Gathered, now: Moment) -> Vec<(Part, Option<&Saved>, Vec<Refusal>)> {
    Part::ALL.into_iter().map(|(part, ..)| (part, of.answers(part), of.case.unmet_in(part, now))).collect()
}
