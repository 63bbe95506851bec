//! Dates that come near: one message a person a day, over all sources of dates, each stage of each date once.
//!
//! Promise: a source of dates is one line of [`SOURCES`]. Absent on purpose: mails of its own; a reminder is a message.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use super::post;
use crate::actions::office::ten;
use crate::actions::sweep::lease;
use crate::actions::{No, Office};
use crate::domain::actor::Role;
use crate::domain::demand::State;
use crate::domain::ids::{MessageId, PersonId};
use crate::domain::message::{Stage, Topic, day_stage, due_day, limit_stage};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::store::Conn;
use crate::store::demands::Endings;
use crate::store::messages::{Message, Reminder};

/// A date that is near or has passed, and whom it concerns.
struct Due {
    object: String,
    at: Moment,
    stage: Stage,
    people: Vec<String>,
}

type Found<'a> = Pin<Box<dyn Future<Output = Result<Vec<Due>, No>> + Send + 'a>>;

/// Where dates come from.
struct Source {
    /// Its stored word, and what a page calls it.
    word: &'static str,
    find: for<'a> fn(&'a mut Conn, Moment) -> Found<'a>,
}

/// Every source of dates: one line each.
const SOURCES: &[Source] = &[
    Source { word: "limit", find: |conn, now| Box::pin(limits(conn, now)) },
    Source { word: "demand", find: |conn, now| Box::pin(demands(conn, now)) },
    Source { word: "inspection", find: |conn, now| Box::pin(inspections(conn, now)) },
];

/// How far back a limit counts that passed with copies not confirmed, milliseconds.
const PAST: i64 = 60 * 86_400_000;
/// How far ahead limits are looked at, milliseconds.
const AHEAD: i64 = 16 * 86_400_000;

/// Time limits (K7.8), by which a release is reviewed (K7.9): to whoever asked, the co-ordinators and the reviewers.
async fn limits(conn: &mut Conn, now: Moment) -> Result<Vec<Due>, No> {
    let mut all = Vec::new();
    for row in conn.limits(now.plus_millis(-PAST), now, now.plus_millis(AHEAD)).await? {
        let due = Moment::from_millis(row.until);
        let Some(stage) = limit_stage(due, now) else { continue };
        let mut people = conn.holders_of_role(Role::Aic.word(), &row.area_id).await?;
        let reviewers = conn.holders_of_role(Role::Reviewer.word(), &row.area_id).await?;
        people.extend(reviewers.into_iter().filter(|one| *one != row.requested_by));
        if row.origin_id.is_none() && !people.contains(&row.requested_by) {
            people.push(row.requested_by);
        }
        all.push(Due { object: format!("release/{}", row.id), at: due, stage, people });
    }
    Ok(all)
}

/// Copies whose end is to be confirmed (K8.2): to their holder, and once they are overdue to the co-ordinators too.
async fn demands(conn: &mut Conn, now: Moment) -> Result<Vec<Due>, No> {
    let numbers = conn.numbers_in_force().await?.0;
    let mut all = Vec::new();
    for row in conn.endings(&Endings { open: true, ..Endings::default() }, now).await? {
        let (State::Owed { due } | State::Overdue { due }) = row.ending(now).state(&numbers, now) else { continue };
        let Some(stage) = limit_stage(due, now) else { continue };
        if stage == Stage::Passed {
            let people = conn.holders_of_role(Role::Aic.word(), &row.area_id).await?;
            all.push(Due { object: format!("demand/{}", row.copy_id), at: due, stage, people });
        }
        // A sheet, and what somebody who left holds, are in the list of all they hold.
        let listed = row.print > 0 || row.left_at.is_some();
        let object = format!("{}/{}", if listed { "held" } else { "copy" }, row.copy_id);
        all.push(Due { object, at: due, stage, people: vec![row.holder] });
    }
    Ok(all)
}

/// Inspections to be made and follow-ups to be closed (K8.2): to the co-ordinators of the scheme's area.
async fn inspections(conn: &mut Conn, now: Moment) -> Result<Vec<Due>, No> {
    let mut all = Vec::new();
    for row in conn.inspections_open(None).await? {
        let Some((day, stage)) = row.due()?.and_then(|day| Some((day, day_stage(day, now.day())?))) else { continue };
        let people = conn.holders_of_role(Role::Aic.word(), &row.area_id).await?;
        all.push(Due { object: format!("inspection/{}", row.id), at: Moment::start_of(day), stage, people });
    }
    Ok(all)
}

/// What is due to whom, and was not said to them yet.
async fn due_to(conn: &mut Conn, now: Moment) -> Result<BTreeMap<PersonId, Vec<Reminder>>, No> {
    let mut of: BTreeMap<PersonId, Vec<Reminder>> = BTreeMap::new();
    for source in SOURCES {
        for due in (source.find)(conn, now).await? {
            // Somebody of two roles is reminded once.
            let people: BTreeSet<PersonId> = due.people.iter().filter_map(|id| PersonId::parse(id)).collect();
            for person in people {
                let reminder = Reminder {
                    person_id: person.to_string(),
                    source: source.word.to_owned(),
                    object: due.object.clone(),
                    due: due.at.millis(),
                    stage: due.stage.word().to_owned(),
                    message_id: String::new(),
                    urn: None,
                };
                if !conn.reminded(&reminder).await? {
                    of.entry(person).or_default().push(reminder);
                }
            }
        }
    }
    Ok(of)
}

/// Tells of the day's dates, once a day from the digest's hour on.
pub(super) async fn remind(office: &Office) -> Result<(), No> {
    let mut conn = office.read().await?;
    let now = office.now();
    let last: Option<Day> = parse_day(&conn.told().await?.reminder_day);
    let Some(day) = due_day(now, office.digest_hour(), last) else { return Ok(()) };
    let of = due_to(&mut conn, now).await?;
    let mut messages = Vec::new();
    for (person, reminders) in of {
        let message = Message {
            id: MessageId::fresh(now, ten()).to_string(),
            person_id: person.to_string(),
            topic: Topic::Reminder.word().to_owned(),
            object: String::new(),
            source: format!("dates/{day}"),
            created_at: now.millis(),
            read_at: None,
            post: post(office, &mut conn, person, Topic::Reminder).await?.to_owned(),
            mail_id: None,
            urn: None,
        };
        messages.push((message, reminders));
    }
    drop(conn);
    let Some(lease) = lease(office, "reminders").await? else { return Ok(()) };
    let act = office.act(move |tx| {
        Box::pin(async move {
            if !tx.still_holds(&lease).await? || !tx.take_reminders(&day.to_string()).await? {
                return Ok(());
            }
            for (message, reminders) in messages {
                if tx.add_message(&message).await? {
                    for reminder in reminders {
                        tx.add_reminder(&Reminder { message_id: message.id.clone(), ..reminder }).await?;
                    }
                }
            }
            Ok(())
        })
    });
    act.await?;
    Ok(())
}
