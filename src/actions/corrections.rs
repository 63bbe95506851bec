//! What is on record of corrections (K8.7): the versions of a release's words, and what holders reported.
//!
//! Promises: what is told to holders is told from here, and nothing of the police's reasons. Absent on purpose: the words themselves,
//! which lie sealed to the unit, version by version; making a correction ([`crate::actions::correct`]) or a report
//! ([`crate::actions::report`]). Proved by `tests/it/journeys/corrections.rs`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::actions::{Fault, No, Office, casefile, registers};
use crate::domain::actor::{Actor, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, CopyId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, may};
use crate::domain::release::Stage;
use crate::domain::release::correction::ReportOutcome;
use crate::domain::words::Prose;
use crate::store::Conn;
use crate::store::corrections::{Report, Revision, WaitingReport};
use crate::store::log::Stamp;
use crate::store::releases::Filed;

/// What a correction's row holds under the records key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    /// What changed, as holders read it.
    pub changed: Prose,
    /// Why; stays with the police.
    pub reason: Prose,
    /// Why the person is named, where they are (K8.3).
    pub name_why: Prose,
    /// The instructions that stand in the words (K7.4).
    pub instructions: Prose,
    /// The words begin with a name; absent: corrected before that was recorded.
    #[serde(default)]
    pub named: Option<bool>,
}

/// What a report's answer holds under the records key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answered {
    /// Why; stays with the police.
    pub reason: Prose,
    /// What the holder is told.
    pub answer: Prose,
}

/// A correction on record.
#[derive(Clone, Debug)]
pub struct Version {
    /// What was in force before it.
    pub row: Revision,
    /// What it says.
    pub said: Said,
    /// When.
    pub at: Moment,
}

/// A report on record.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The row.
    pub row: Report,
    /// What is wrong or incomplete.
    pub words: Prose,
    /// When it came.
    pub at: Moment,
    /// What became of it, when, and what was said.
    pub answered: Option<(ReportOutcome, Moment, Answered)>,
}

/// Everything on record of one release.
#[derive(Clone, Debug)]
pub struct History {
    /// The release.
    pub filed: Filed,
    /// Its title, which stays with the police.
    pub title: String,
    /// Corrections, newest first.
    pub versions: Vec<Version>,
    /// Reports, newest first.
    pub reports: Vec<Reported>,
    /// Which of the unit's keys the versions of the words lie under, each once.
    pub units: Vec<String>,
    /// This person may correct the words and answer reports.
    pub corrects: bool,
    /// This person may read the words.
    pub reads: bool,
}

impl History {
    /// The version in force.
    pub fn revision(&self) -> i64 {
        in_force(&self.versions)
    }
}

/// The version in force after these corrections.
pub fn in_force(versions: &[Version]) -> i64 {
    versions.first().map_or(1, |newest| newest.row.number)
}

pub(super) fn opened<T: DeserializeOwned>(
    office: &Office,
    table: &'static str,
    row: &str,
    column: &'static str,
    sealed: &[u8],
) -> Result<T, Fault> {
    let plain = office.open_field(table, row, column, 0, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Fault::Corrupt { table, column, row: row.to_owned() })
}

pub(super) fn sealed<T: Serialize>(
    office: &Office,
    table: &str,
    row: &str,
    column: &str,
    value: &T,
) -> Result<Vec<u8>, Fault> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(value).map_err(|why| Fault::Other(why.to_string()))?);
    office.seal_field(table, row, column, 0, &plain)
}

/// A release's corrections, newest first.
pub(super) async fn versions(office: &Office, conn: &mut Conn, id: ReleaseId) -> Result<Vec<Version>, No> {
    let mut all = Vec::new();
    for row in conn.revisions(id).await? {
        let said = opened(office, "revision", &row.id, "body", &row.body)?;
        all.push(Version { said, at: Moment::from_millis(row.corrected_at), row });
    }
    Ok(all)
}

pub(super) fn reported(office: &Office, row: Report) -> Result<Reported, No> {
    let words = opened(office, "report", &row.id, "body", &row.body)?;
    let outcome = row.outcome.as_deref().and_then(ReportOutcome::parse);
    let answered = match (outcome, &row.answer, row.answered_at) {
        (Some(outcome), Some(answer), Some(at)) => {
            let said: Answered = opened(office, "report", &row.id, "answer", answer)?;
            Some((outcome, Moment::from_millis(at), said))
        }
        _ => None,
    };
    Ok(Reported { words, at: Moment::from_millis(row.reported_at), answered, row })
}

/// What a holder reported about their own copy, newest first. The caller has asked whose it is.
pub(super) async fn of_copy(office: &Office, conn: &mut Conn, copy: CopyId) -> Result<Vec<Reported>, No> {
    conn.reports_of_copy(copy).await?.into_iter().map(|row| reported(office, row)).collect()
}

/// Everything on record of one release, for its police. Reading it is a consultation, whoever reads.
pub async fn history(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<History, No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, id).await?;
    if filed.release.stage.authority().is_none() {
        return Err(No::NotFound);
    }
    registers::consulted(office, by, filed.release.object(), "corrections", stamp).await?;
    let versions = versions(office, &mut conn, id).await?;
    let rows = conn.reports_of_release(id).await?;
    let reports = rows.into_iter().map(|row| reported(office, row)).collect::<Result<_, No>>()?;
    let mut units = Vec::new();
    for object in versions.iter().filter_map(|one| one.row.text_object.as_ref()).chain(&filed.text_object) {
        units.extend(conn.unit_of(object).await?.filter(|unit| !units.contains(unit)));
    }
    let (file, _) = casefile::open(office, &filed)?;
    let thing = casefile::thing(&filed.release);
    let own = filed.release.asked_by(by);
    Ok(History {
        title: file.request.title.as_str().to_owned(),
        versions,
        reports,
        units,
        corrects: may(by, Act::Decide, thing) && !own,
        reads: may(by, Act::OpenOriginal, thing),
        filed,
    })
}

/// In one sentence what is on record of a release, for its page; the caller has asked who may see it. Empty: nothing.
pub async fn in_short(office: &Office, id: ReleaseId) -> Result<String, No> {
    let mut conn = office.read().await?;
    let newest = conn.revisions(id).await?.into_iter().next();
    let reports = conn.reports_of_release(id).await?;
    let mut words = Vec::new();
    match reports.iter().filter(|one| one.outcome.is_none()).count() {
        0 => {}
        1 => words.push("1 report of a holder waits for an answer.".to_owned()),
        many => words.push(format!("{many} reports of holders wait for an answer.")),
    }
    words.extend(newest.map(|one| {
        let at = Moment::from_millis(one.corrected_at).long();
        format!("Version {} of the words is in force, corrected on {at} by {}.", one.number, one.corrector)
    }));
    Ok(words.join(" "))
}

/// Whether the words may be corrected now: live, and before the limit (K7.8).
pub fn is_live(filed: &Filed, now: Moment) -> bool {
    matches!(filed.release.stage, Stage::Live(_)) && filed.release.standing().closed(now).is_empty()
}

/// The words of one version, sealed to the unit: opening them is a logged act, as for a photograph.
pub async fn words(office: &Office, by: &Actor, id: ReleaseId, version: i64, stamp: Stamp) -> Result<Vec<u8>, No> {
    let actor = by.clone();
    let object = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let filed = casefile::load(tx, &actor, Act::OpenOriginal, id).await?;
                let later = tx.revisions(id).await?;
                let newest = later.first().map_or(1, |row| row.number);
                let object = if version == newest {
                    filed.text_object
                } else {
                    later.into_iter().find(|row| row.number - 1 == version).and_then(|row| row.text_object)
                };
                let object = object.ok_or(No::NotFound)?;
                let event = Event::new(Kind::Original, filed.release.object()).with("text", true);
                tx.append(&event.with("revision", version), &actor, &stamp).await?;
                Ok(object)
            })
        })
        .await?;
    office.vault.of_original(&object).await
}

/// The reports that wait for an answer in the areas of a co-ordinator, oldest first; never about their own requests.
pub async fn waiting(office: &Office, by: &Actor) -> Result<Vec<WaitingReport>, No> {
    let areas: Vec<AreaId> = by.areas().into_iter().filter(|area| by.is_in(Role::Aic, *area)).collect();
    let mut conn = office.read().await?;
    let mut all = Vec::new();
    for area in areas {
        for one in conn.reports_waiting(area).await? {
            let release = ReleaseId::parse(&one.release_id).ok_or(No::NotFound)?;
            let own = conn.release(release).await?.is_some_and(|filed| filed.release.asked_by(by));
            if !own {
                all.push(one);
            }
        }
    }
    Ok(all)
}
