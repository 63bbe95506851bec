//! A holder reports that something is wrong or incomplete; the co-ordinator considers it and records the outcome (K8.7).
//!
//! Promises: anybody who holds a copy can report, after its end too; one answer a report; the holder reads the outcome in words meant
//! for them, never the police's reasons. Absent on purpose: pictures; changing or taking back a report; the correction itself
//! ([`crate::actions::correct`]). Proved by `tests/it/journeys/corrections.rs`.

use crate::actions::corrections::{self, Answered, Reported};
use crate::actions::deliver;
use crate::actions::office::ten;
use crate::actions::request::beside_fields;
use crate::actions::{FieldError, No, Office, casefile};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{CopyId, ReleaseId, ReportId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::correction::{REPORTS_MAX, ReportOutcome};
use crate::domain::release::{Order, ReportAnswer, Stage};
use crate::domain::words::Prose;
use crate::store::corrections::Report;
use crate::store::log::Stamp;
use crate::store::releases::Filed;
use crate::store::{Conn, Tx};

/// Reports on the holder's own copy; the same words twice, or more than [`REPORTS_MAX`] that wait, are refused.
pub async fn report(office: &Office, by: &Actor, copy: CopyId, words: &str, stamp: Stamp) -> Result<(), No> {
    // Not theirs: not found, whatever was typed (P10).
    let bulletin = deliver::one(office, by, copy).await?;
    let holder = by.person().ok_or(No::NotFound)?;
    let words =
        Prose::parse("what is wrong or incomplete", words).map_err(|why| No::field("report", why.to_string()))?;
    let waiting: Vec<Reported> = bulletin.reports.into_iter().filter(|one| one.answered.is_none()).collect();
    if waiting.iter().any(|one| one.words == words) {
        return Err(beside_fields(vec![Refusal::ReportedAlready]));
    }
    let known: Vec<String> = waiting.into_iter().map(|one| one.row.id).collect();
    let id = ReportId::fresh(office.now(), ten()).to_string();
    let row = Report {
        body: corrections::sealed(office, "report", &id, "body", &words)?,
        id,
        release_id: bulletin.copy.release_id,
        copy_id: copy.to_string(),
        reported_by: holder.to_string(),
        reporter: String::new(),
        reported_at: office.now().millis(),
        outcome: None,
        answer: None,
        answered_by: None,
        answered_at: None,
    };
    let actor = by.clone();
    let done =
        office.act_as(by, move |tx| Box::pin(async move { keep(tx, &actor, copy, &known, row, &stamp).await })).await;
    done.map(|_| ()).map_err(|no| match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    })
}

async fn keep(tx: &mut Tx, by: &Actor, copy: CopyId, known: &[String], row: Report, stamp: &Stamp) -> Result<(), No> {
    let held = tx.copy(copy).await?.ok_or(No::NotFound)?.holding()?;
    let filed = tx.release(held.release).await?.ok_or(No::NotFound)?;
    if !may(by, Act::Hold, Thing::Copy { area: filed.release.area, holder: held.holder }) {
        return Err(No::NotFound);
    }
    let waiting: Vec<String> =
        tx.reports_of_copy(copy).await?.into_iter().filter(|one| one.outcome.is_none()).map(|one| one.id).collect();
    // Sent twice at once: the first one counts.
    if waiting.iter().any(|id| !known.contains(id)) {
        return Err(No::refused(Refusal::ReportedAlready));
    }
    if waiting.len() >= REPORTS_MAX {
        return Err(No::refused(Refusal::TooManyReports));
    }
    let row = Report { reported_at: tx.now().millis(), ..row };
    tx.add_report(&row).await?;
    let event = Event::new(Kind::Reported, filed.release.object()).of_copy(copy).with("report", row.id);
    tx.append(&event, by, stamp).await?;
    Ok(())
}

/// A report with the release it is about, as a co-ordinator may answer it.
pub async fn one(
    office: &Office,
    by: &Actor,
    release: ReleaseId,
    id: ReportId,
    stamp: Stamp,
) -> Result<(corrections::History, Reported), No> {
    let history = corrections::history(office, by, release, stamp).await?;
    let found = history.reports.iter().find(|one| one.row.id == id.to_string()).cloned().ok_or(No::NotFound)?;
    Ok((history, found))
}

/// The answer as it stands against the store now.
async fn as_it_stands(conn: &mut Conn, filed: &Filed, id: ReportId, said: ReportAnswer) -> Result<ReportAnswer, No> {
    let row = conn.report(id).await?.ok_or(No::NotFound)?;
    if row.release_id != filed.release.id.to_string() {
        return Err(No::NotFound);
    }
    let newest = conn.revisions(filed.release.id).await?.first().map(|one| one.corrected_at);
    Ok(ReportAnswer {
        answered: row.outcome.is_some(),
        corrected_since: newest.is_some_and(|at| at >= row.reported_at),
        recalled: matches!(filed.release.stage, Stage::Recalled { .. } | Stage::Voided { .. }),
        ..said
    })
}

/// Records what became of a report. `field`: the form's `outcome`, `reason` and `answer`.
pub async fn answer<'a>(
    office: &Office,
    by: &Actor,
    release: ReleaseId,
    id: ReportId,
    field: impl Fn(&'static str) -> &'a str,
    stamp: Stamp,
) -> Result<(), No> {
    let mut wrong = Vec::new();
    let mut prose = |name, what| {
        Prose::optional(what, field(name)).unwrap_or_else(|why| {
            wrong.push(FieldError::new(name, why.to_string()));
            Prose::default()
        })
    };
    let said = Answered { reason: prose("reason", "The reason"), answer: prose("answer", "What the holder is told") };
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, release).await?;
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let answer = ReportAnswer {
        report: id.to_string(),
        outcome: ReportOutcome::parse(field("outcome")),
        reason: said.reason.clone(),
        answer: said.answer.clone(),
        answered: false,
        corrected_since: false,
        recalled: false,
    };
    let now = as_it_stands(&mut conn, &filed, id, answer.clone()).await?;
    drop(conn);
    filed.release.decide(Order::AnswerReport(Box::new(now)), by, office.now()).map_err(beside_fields)?;
    let sealed = corrections::sealed(office, "report", &id.to_string(), "answer", &said)?;
    let (acting, person) = (by.clone(), by.person().ok_or(No::NotFound)?);
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let filed = tx.release(release).await?.ok_or(No::NotFound)?;
                let answer = as_it_stands(tx, &filed, id, answer).await?;
                let word = answer.outcome.map_or("", ReportOutcome::word);
                let (_, event) =
                    filed.release.decide(Order::AnswerReport(Box::new(answer)), &acting, now)?.into_parts();
                if !tx.answer_report(id, word, &sealed, person).await? {
                    return Err(No::refused(Refusal::ReportAnswered));
                }
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}
