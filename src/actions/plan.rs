//! The sealing plan: how far the sealing of a release is, what the browser still has to hand over, and the papers from which it
//! follows for itself whose keys these are.
//!
//! Promise: a key that has no chain to the root is told here before any original is opened, and written down as an alarm. Absent
//! on purpose: sealing, which asks the same again (`actions::seal`). Proved by `tests/it/journeys/approvals.rs`.

use crate::actions::unit::{self, Key};
use crate::actions::{No, Office, casefile, seal_words, trust};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::ledger::trust::{Paper, Root};
use crate::store::Conn;
use crate::store::copies::Row;
use crate::store::log::Stamp;
use crate::store::releases::Photograph;

/// How far sealing is, and what the browser needs to go on.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Progress {
    /// Where the unit's box is fetched.
    pub unit_box: String,
    /// Whose box it must be.
    pub unit_recipient: String,
    /// The boxes of earlier keys, under which an original may still lie.
    pub older: Vec<Key>,
    /// The photographs.
    pub photographs: Vec<Wanted>,
    /// The words, where a copy lacks them.
    pub text: Option<seal_words::Words>,
    /// Marked and sealed so far: copies times photographs.
    pub sealed: usize,
    /// Of how many.
    pub total: usize,
    /// The area whose unit it is.
    pub area: String,
    /// Whoever's copy is not sealed yet.
    pub recipients: Vec<Addressee>,
    /// What the chains of the unit and of these people are made of.
    pub papers: Vec<Paper>,
    /// Why nothing is sealed now.
    pub problem: Option<Told>,
}

/// Somebody a copy will be sealed to: its holder, or who prints a sheet for them.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Addressee {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// The recipient on record.
    pub recipient: String,
}

/// A problem as the browser shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Told {
    /// What is wrong.
    pub title: String,
    /// What to do.
    pub detail: String,
}

/// One photograph of the progress.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Wanted {
    /// Which.
    pub id: String,
    /// Where its original is fetched, sealed to the unit.
    pub original: String,
    /// Where the opened original is handed over.
    pub upload: String,
    /// What it must hash to.
    pub sha256: String,
    /// Neither all its copies nor its original are here.
    pub needed: bool,
}

/// How far the sealing of a release is, for the browser that seals; a key that has changed is written down as an alarm.
pub async fn plan(office: &Office, by: &Actor, id: ReleaseId, stamp: &Stamp) -> Result<Progress, No> {
    let mut progress = progress(office, by, id).await?;
    let wrong = match AreaId::parse(&progress.area) {
        Some(area) if progress.sealed < progress.total => {
            let mut conn = office.read().await?;
            let to: Vec<trust::To> = progress.recipients.iter().filter_map(Addressee::to).collect();
            proven(office.root.as_ref(), &mut conn, area, &progress.unit_recipient, &to).await
        }
        _ => Ok(()),
    };
    match trust::alarm(office, &format!("release/{id}"), wrong, stamp).await {
        Ok(()) => {}
        Err(No::Refused(refusals)) => progress.problem = Some(Told::of(&refusals)),
        Err(other) => return Err(other),
    }
    Ok(progress)
}

impl Addressee {
    pub(super) fn of(copy: &Row) -> Self {
        Self { person: copy.opener().to_owned(), name: copy.printer_name.clone(), recipient: copy.recipient.clone() }
    }

    pub(super) fn to(&self) -> Option<trust::To> {
        let person = PersonId::parse(&self.person)?;
        Some(trust::To { person, name: self.name.clone(), recipient: self.recipient.clone() })
    }
}

impl Told {
    pub(super) fn of(refusals: &[Refusal]) -> Self {
        let sentences: Vec<String> = refusals.iter().map(|refusal| refusal.told().sentence).collect();
        Self { title: "Nothing is sealed now.".to_owned(), detail: sentences.join(" ") }
    }
}

/// Refuses a unit key or recipients that have no chain to the root: all of them at once.
pub(super) async fn proven(
    root: Option<&Root>,
    conn: &mut Conn,
    area: AreaId,
    unit: &str,
    to: &[trust::To],
) -> Result<(), No> {
    let mut unmet = trust::unproven_under(root, conn, to).await?;
    match trust::unit_under(root, conn, area, unit).await {
        Err(No::Refused(more)) => unmet.extend(more),
        other => other?,
    }
    if unmet.is_empty() { Ok(()) } else { Err(No::from(unmet)) }
}

/// How far the sealing of a release is.
pub async fn progress(office: &Office, by: &Actor, id: ReleaseId) -> Result<Progress, No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    let area = conn.area(filed.release.area).await?.ok_or(No::NotFound)?;
    let photographs = conn.photographs(id).await?;
    let all = conn.copies_of_release(id).await?;
    let (text, words_sealed, words_total) = seal_words::plan(&mut conn, &filed, &all).await?;
    let copies: Vec<Row> = all.into_iter().filter(|c| c.key_gone_at.is_none() && !c.awaits_conditions()).collect();
    let mut done: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for copy in &copies {
        let Some(copy) = CopyId::parse(&copy.id) else { continue };
        for part in conn.parts(copy).await? {
            if let (Some(photograph), "screen") = (part.photograph_id, part.rendition.as_str()) {
                *done.entry(photograph).or_default() += 1;
            }
        }
    }
    let recipients: Vec<Addressee> = copies.iter().filter(|copy| copy.sealed_at.is_none()).map(Addressee::of).collect();
    let people: Vec<PersonId> = recipients.iter().filter_map(|one| PersonId::parse(&one.person)).collect();
    let papers = conn.papers_for(&people, &[filed.release.area]).await?;
    let in_hand = office.in_hand.lock().map(|set| set.clone()).unwrap_or_default();
    let wanted = |row: &Photograph| Wanted {
        id: row.id.clone(),
        original: format!("/photographs/{}/original", row.id),
        upload: format!("/releases/{id}/photographs/{}/sealing", row.id),
        sha256: row.sha256.clone(),
        needed: done.get(&row.id).copied().unwrap_or(0) < copies.len() && !in_hand.contains(&row.id),
    };
    let older = conn.older_unit_keys(filed.release.area).await?.into_iter();
    Ok(Progress {
        older: older.map(|key| unit::key(filed.release.area, key.recipient)).collect(),
        unit_box: format!("/areas/{}/unit-box", area.id),
        unit_recipient: area.unit_recipient.clone(),
        text,
        sealed: done.values().sum::<usize>() + words_sealed,
        total: copies.len() * photographs.len() + words_total,
        photographs: photographs.iter().map(wanted).collect(),
        area: area.id,
        recipients,
        papers,
        problem: None,
    })
}

/// What a browser follows to know the unit's key for itself, before it opens the unit's box.
#[derive(Clone, Debug, serde::Serialize)]
pub struct UnitPapers {
    /// The area.
    pub area: String,
    /// The unit's recipient on record.
    pub unit_recipient: String,
    /// What the root signed about the area.
    pub papers: Vec<Paper>,
}

/// The papers about an area's unit, for those who hold its box.
pub async fn unit_papers(office: &Office, by: &Actor, area: AreaId) -> Result<UnitPapers, No> {
    if !by.is_in(Role::Aic, area) && !by.is_in(Role::Reviewer, area) {
        return Err(No::NotFound);
    }
    let mut conn = office.read().await?;
    let row = conn.area(area).await?.ok_or(No::NotFound)?;
    Ok(UnitPapers { area: row.id, unit_recipient: row.unit_recipient, papers: conn.papers_for(&[], &[area]).await? })
}
