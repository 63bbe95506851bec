//! The review before disposal (K9.1): one person proposes, a second one decides, both signed.
//!
//! Promises: what was proposed and what was decided stand for good, with the period and its source as they were; the same person never
//! does both; every rule is asked again inside the act. Absent on purpose: erasing at once: what is agreed goes the night after
//! ([`super::dispose`]), and a hold still stops it.

use crate::actions::answers::Form;
use crate::actions::office::ten;
use crate::actions::retention::term::{Term, term_of};
use crate::actions::retention::{Why, step};
use crate::actions::{FieldError, No, Office, corrections, statement};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::DisposalId;
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::retention::{Fate, Step, Subject, carried_out_from};
use crate::domain::words::Prose;
use crate::store::Conn;
use crate::store::log::Stamp;
use crate::store::retention::{Answer, Disposal};

/// What signatures are about: not the release, whose own statements go with it.
pub fn object(id: Subject) -> String {
    format!("retention/{id}")
}

/// The second person's form has one question that a refusal can stand beside.
fn not_agreed(why: Vec<Refusal>) -> No {
    No::Invalid(why.into_iter().map(|refusal| FieldError::new("agrees", refusal.told().sentence)).collect())
}

fn refused(why: Vec<Refusal>) -> No {
    let errors: Vec<FieldError> = why
        .into_iter()
        .map(|refusal| {
            let told = refusal.told();
            FieldError::new(told.field.unwrap_or("fate"), told.sentence)
        })
        .collect();
    No::Invalid(errors)
}

/// The term of something, if `by` may do `act` in its area. A release that never ended has none, and is refused in words.
async fn load(conn: &mut Conn, by: &Actor, act: Act, subject: Subject, now: Moment) -> Result<Term, No> {
    let term = term_of(conn, subject, now).await?;
    let place = match (&term, subject) {
        (Some(term), _) => term.place(),
        (None, Subject::Release(id)) => Thing::Area(conn.release(id).await?.ok_or(No::NotFound)?.release.area),
        (None, _) => return Err(No::NotFound),
    };
    if !may(by, act, place) {
        return Err(No::NotFound);
    }
    term.ok_or_else(|| refused(vec![Refusal::NotEnded]))
}

/// A reason as typed.
fn reason(form: &Form) -> Result<Prose, FieldError> {
    Prose::parse("the reason", form.field("reason")).map_err(|why| FieldError::new("reason", why.to_string()))
}

/// Proposes what becomes of a release whose period has run.
pub async fn propose(office: &Office, by: &Actor, id: Subject, form: &Form, stamp: Stamp) -> Result<(), No> {
    let (person, now) = (by.person().ok_or(No::NotFound)?, office.now());
    let mut conn = office.read().await?;
    load(&mut conn, by, Act::ProposeDisposal, id, now).await?;
    drop(conn);
    let mut wrong = Vec::new();
    let fate = Fate::parse(form.field("fate"), form.field("years"), now.day()).map_err(|why| refused(vec![why]));
    let reason = reason(form).map_err(|why| wrong.push(why)).ok();
    let (fate, reason) = match (fate, reason) {
        (Ok(fate), Some(reason)) => (fate, reason),
        (Err(No::Invalid(more)), _) => return Err(No::Invalid(more.into_iter().chain(wrong).collect())),
        (Err(no), _) => return Err(no),
        (Ok(_), None) => return Err(No::Invalid(wrong)),
    };
    let signed = statement::check_form(office, person, "disposal", &object(id), form, &[]).await?;
    let row_id = DisposalId::fresh(now, ten()).to_string();
    let body = corrections::sealed(office, "disposal", &row_id, "body", &Why { reason })?;
    let acting = by.clone();
    let act = office.act_as(by, move |tx| {
        Box::pin(async move {
            let now = tx.now();
            let term = load(tx, &acting, Act::ProposeDisposal, id, now).await?;
            term.review()?.propose(fate, now).map_err(refused)?;
            tx.add_statement(&signed).await?;
            let row = proposal(&term, fate, (row_id, body), &signed.id, &signed.person_id, now);
            tx.add_disposal(&row).await?;
            let event = Event::new(Kind::DisposalProposed, term.object())
                .with("disposal", row.id.clone())
                .with("fate", if fate == Fate::Dispose { "dispose" } else { "keep" })
                .with("until", row.keep_until.clone())
                .with("statement", signed.id.clone());
            tx.append(&event, &acting, &stamp).await?;
            Ok(())
        })
    });
    act.await?;
    Ok(())
}

fn proposal(
    term: &Term,
    fate: Fate,
    (id, body): (String, Vec<u8>),
    statement: &str,
    by: &str,
    now: Moment,
) -> Disposal {
    Disposal {
        id,
        kind: term.kept.word().to_owned(),
        subject_id: term.subject.to_string(),
        area_id: term.area.map(|area| area.to_string()),
        urn: term.urn.clone(),
        ended: term.ended.to_string(),
        due: term.due.to_string(),
        years: term.years,
        source: term.source.clone(),
        keep_until: match fate {
            Fate::Dispose => None,
            Fate::Keep(day) => Some(day.to_string()),
        },
        body,
        proposed_by: by.to_owned(),
        proposed_at: now.millis(),
        proposal: statement.to_owned(),
        agreed: None,
        answer: None,
        decided_by: None,
        decided_at: None,
        decision: None,
        goes_from: None,
        erased_at: None,
        remaining: String::new(),
        gone_at: None,
    }
}

/// The second person's decision: `agrees` is `yes` or `no`.
pub async fn decide(office: &Office, by: &Actor, id: Subject, form: &Form, stamp: Stamp) -> Result<(), No> {
    let (person, now) = (by.person().ok_or(No::NotFound)?, office.now());
    let mut conn = office.read().await?;
    load(&mut conn, by, Act::AgreeDisposal, id, now).await?;
    drop(conn);
    let agrees = match form.field("agrees") {
        "yes" => true,
        "no" => false,
        _ => return Err(No::field("agrees", "Select whether you agree.")),
    };
    let reason = match (agrees, form.field("reason").trim()) {
        (true, "") => Prose::default(),
        _ => reason(form).map_err(|why| No::Invalid(vec![why]))?,
    };
    let signed = statement::check_form(office, person, "disposal.agree", &object(id), form, &[]).await?;
    // What is signed names the proposal that was shown: another one meanwhile is not agreed to.
    let disposal = form.field("proposal").to_owned();
    let office_sealed = sealed(office, id, &disposal, &reason).await?;
    let acting = by.clone();
    let act = office.act_as(by, move |tx| {
        Box::pin(async move {
            let now = tx.now();
            let term = load(tx, &acting, Act::AgreeDisposal, id, now).await?;
            let fate = term.review()?.decide(agrees, person, now).map_err(not_agreed)?;
            let row = term.newest.as_ref().filter(|row| row.id == disposal);
            let row = row.ok_or_else(|| not_agreed(vec![Refusal::NothingProposed]))?;
            tx.add_statement(&signed).await?;
            let goes = agrees && fate == Fate::Dispose;
            let answer = Answer {
                agreed: agrees,
                answer: office_sealed,
                decided_by: person.to_string(),
                decision: signed.id.clone(),
                goes_from: goes.then(|| carried_out_from(now)),
            };
            if !tx.decide_disposal(&row.id, &answer, now).await? {
                return Err(not_agreed(vec![Refusal::NothingProposed]));
            }
            let event = Event::new(Kind::DisposalDecided, term.object())
                .with("disposal", row.id.clone())
                .with("agreed", agrees)
                .with("statement", signed.id.clone());
            tx.append(&event, &acting, &stamp).await?;
            Ok(())
        })
    });
    act.await?;
    Ok(())
}

/// The reason under the records key, bound to the proposal that was shown, which has to be the open one.
async fn sealed(office: &Office, id: Subject, disposal: &str, reason: &Prose) -> Result<Vec<u8>, No> {
    let newest = office.read().await?.disposals_of(&id.to_string()).await?.into_iter().next();
    if !matches!(step(newest.as_ref())?, Step::Proposed { .. }) {
        return Err(not_agreed(vec![Refusal::NothingProposed]));
    }
    if newest.is_none_or(|row| row.id != disposal) {
        return Err(not_agreed(vec![Refusal::NothingProposed]));
    }
    let why = Why { reason: reason.clone() };
    Ok(corrections::sealed(office, "disposal", disposal, "answer", &why)?)
}
