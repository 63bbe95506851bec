//! The police's answer to a confirmation (K8.2): accepted, or queried with a reason and open again for its holder; a visit because of it.
//!
//! Promises: what is answered is what was read, once; each round is kept with its answer; reasons and findings lie under the records key,
//! the log has neither. Absent on purpose: taking an acceptance back. Proved by `tests/it/journeys/demands.rs`.

use serde::{Deserialize, Serialize};

use super::load;
use crate::actions::office::ten;
use crate::actions::request::beside_fields;
use crate::actions::{FieldError, No, Office, corrections};
use crate::domain::actor::Actor;
use crate::domain::demand::{State, deadline};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{CopyId, VisitId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::words::{Line, Prose};
use crate::store::demands::{Answer, VisitRow};
use crate::store::log::Stamp;

/// Accepts the confirmation of `seen`: the copy is accounted for.
pub async fn accept(office: &Office, by: &Actor, copy: CopyId, seen: &str, stamp: Stamp) -> Result<(), No> {
    answer(office, by, (copy, seen), None, stamp).await
}

/// Queries it: the holder reads the reason and confirms anew.
pub async fn query<'a>(
    office: &Office,
    by: &Actor,
    copy: CopyId,
    said: impl Fn(&'static str) -> &'a str,
    stamp: Stamp,
) -> Result<(), No> {
    let mut wrong = Vec::new();
    let reason = Prose::parse("what you ask the holder", said("query")).unwrap_or_else(|why| {
        wrong.push(FieldError::new("query", why.to_string()));
        Prose::default()
    });
    let typed = said("due").trim();
    let chosen = parse_day(typed);
    if chosen.is_none() && !typed.is_empty() {
        wrong.push(FieldError::new("due", "Enter a real date, like 27 3 2027, or leave it empty"));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    answer(office, by, (copy, said("seen")), Some((reason, chosen)), stamp).await
}

async fn answer(
    office: &Office,
    by: &Actor,
    (copy, seen): (CopyId, &str),
    query: Option<(Prose, Option<Day>)>,
    stamp: Stamp,
) -> Result<(), No> {
    let stale = || beside_fields(vec![Refusal::ConfirmationAnswered]);
    let seen = Moment::from_millis(seen.parse().map_err(|_| stale())?);
    let mut conn = office.read().await?;
    let row = load(&mut conn, by, Act::Demand, copy, office.now()).await?;
    let round = conn.rounds(copy).await?.into_iter().find(|one| Some(&one.statement_id) == row.statement_id.as_ref());
    let round = round.map(|one| one.id);
    drop(conn);
    let sealed = match (&query, &round) {
        (Some((reason, _)), Some(round)) => corrections::sealed(office, "confirmation", round, "body", reason)?,
        _ => Vec::new(),
    };
    let chosen = query.as_ref().map(|(_, chosen)| *chosen);
    let acting = by.clone();
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let row = load(tx, &acting, Act::Demand, copy, now).await?;
                row.ending(now).may_answer(seen).map_err(No::refused)?;
                let (numbers, _) = tx.numbers_in_force().await?;
                let (kind, answer) = match chosen {
                    None => (Kind::ConfirmationAccepted, Answer::Accepted),
                    Some(chosen) => {
                        let due = deadline(chosen, &numbers, now).map_err(No::refused)?;
                        (Kind::ConfirmationQueried, Answer::Queried(due, sealed))
                    }
                };
                let mut event = Event::new(kind, format!("release/{}", row.release_id)).of_copy(copy);
                event = event.with("confirmation", round.clone().unwrap_or_default());
                if let Answer::Queried(due, _) = &answer {
                    event = event.with("due", due.rfc3339());
                }
                let person = acting.person().ok_or(No::NotFound)?;
                if !tx.answer_confirmation(copy, seen, round.as_deref(), &answer, person).await? {
                    return Err(No::refused(Refusal::ConfirmationAnswered));
                }
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await;
    done.map(|_| ()).map_err(|no| match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    })
}

/// Who went, and what they found: under the records key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Visiting {
    /// Who went.
    pub who: Line,
    /// What they found.
    pub findings: Prose,
}

/// Records a visit because a demand is not satisfied.
pub async fn visit<'a>(
    office: &Office,
    by: &Actor,
    copy: CopyId,
    said: impl Fn(&'static str) -> &'a str,
    stamp: Stamp,
) -> Result<(), No> {
    let mut wrong = Vec::new();
    let on = parse_day(said("visited_on").trim());
    match on {
        None => wrong.push(FieldError::new("visited_on", "Enter a real date, like 27 3 2027")),
        Some(day) if day > office.now().day() => {
            wrong.push(FieldError::new("visited_on", "This day is in the future. Enter the day of the visit."));
        }
        Some(_) => {}
    }
    let who = Line::parse("who went", said("who")).unwrap_or_else(|why| {
        wrong.push(FieldError::new("who", why.to_string()));
        Line::default()
    });
    let findings = Prose::parse("what was found", said("findings")).unwrap_or_else(|why| {
        wrong.push(FieldError::new("findings", why.to_string()));
        Prose::default()
    });
    let Some(on) = on.filter(|_| wrong.is_empty()) else { return Err(No::Invalid(wrong)) };
    let id = VisitId::fresh(office.now(), ten()).to_string();
    let body = corrections::sealed(office, "demand_visit", &id, "body", &Visiting { who, findings })?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let row = load(tx, &acting, Act::Demand, copy, now).await?;
                let (numbers, _) = tx.numbers_in_force().await?;
                // Satisfied, or nothing is demanded: an inspection of the storage is planned elsewhere.
                if matches!(row.ending(now).state(&numbers, now), State::Held | State::Accepted) {
                    return Err(No::field("visited_on", "Nothing is demanded of this copy any more."));
                }
                let event = Event::new(Kind::DemandVisited, format!("release/{}", row.release_id))
                    .of_copy(copy)
                    .with("visit", id.clone());
                let (copy_id, recorded_by) = (row.copy_id, acting.person().ok_or(No::NotFound)?.to_string());
                let visited_on = on.to_string();
                let recorder = String::new();
                let kept = VisitRow { id, copy_id, visited_on, recorded_by, recorder, recorded_at: 0, body };
                tx.add_demand_visit(&kept).await?;
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}
