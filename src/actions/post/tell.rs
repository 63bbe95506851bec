//! The log's new entries become messages for whoever is concerned: the table is `domain::message::EVENTS`.
//!
//! Promises: entries are read in their order, once; a body that was erased, or lost to a restored backup, tells nobody. Absent on
//! purpose: telling a person what they did themself.

use serde_json::Value;

use super::post;
use crate::actions::office::ten;
use crate::actions::recover::{BY_CODE, answering};
use crate::actions::sweep::lease;
use crate::actions::{Fault, No, Office};
use crate::domain::actor::Role;
use crate::domain::event::Kind;
use crate::domain::ids::{CopyId, MessageId, PersonId, ReleaseId, ReportId, SchemeId};
use crate::domain::message::{Audience, EVENTS};
use crate::store::Conn;
use crate::store::copies::Row;
use crate::store::messages::{Happened, Message};

/// Entries that are read at a time.
const BATCH: i64 = 512;

/// Tells everything that has happened since the cursor.
pub(super) async fn tell(office: &Office) -> Result<(), No> {
    loop {
        let mut conn = office.read().await?;
        let from = conn.told().await?.next;
        let happened = conn.happened(from, BATCH).await?;
        let Some(last) = happened.last() else { return Ok(()) };
        let next = last.idx + 1;
        let mut messages = Vec::new();
        for one in &happened {
            messages.extend(messages_of(office, &mut conn, one).await?);
        }
        drop(conn);
        let Some(lease) = lease(office, "messages").await? else { return Ok(()) };
        let act = office.act(move |tx| {
            Box::pin(async move {
                // Whoever was first has told these already.
                if !tx.still_holds(&lease).await? || !tx.told_from(from, next).await? {
                    return Ok(());
                }
                for message in &messages {
                    tx.add_message(message).await?;
                }
                Ok(())
            })
        });
        act.await?;
        if i64::try_from(happened.len()).unwrap_or(BATCH) < BATCH {
            return Ok(());
        }
    }
}

async fn messages_of(office: &Office, conn: &mut Conn, one: &Happened) -> Result<Vec<Message>, No> {
    let mut messages = Vec::new();
    let Some(kind) = Kind::parse(&one.kind) else { return Ok(messages) };
    for (_, topic, audience) in EVENTS.iter().filter(|(of, ..)| *of == kind) {
        for (person, object) in told(conn, one, *audience).await? {
            messages.push(Message {
                id: MessageId::fresh(office.now(), ten()).to_string(),
                post: post(office, conn, person, *topic).await?.to_owned(),
                person_id: person.to_string(),
                topic: topic.word().to_owned(),
                object,
                source: format!("log/{}/{}", one.idx, topic.word()),
                created_at: one.at,
                read_at: None,
                mail_id: None,
                urn: None,
            });
        }
    }
    Ok(messages)
}

/// Where a holder finds a copy: the list of all they hold, if it is a sheet, or ended when they left.
fn place(row: &Row) -> String {
    let listed = !row.is_electronic() || row.left_at.is_some();
    format!("{}/{}", if listed { "held" } else { "copy" }, row.id)
}

/// A holder is told once for a supply, however many sheets it has (O3.2.1).
fn is_given(row: &Row) -> bool {
    row.sealed_at.is_some() && row.replaced_at.is_none() && row.is_electronic()
}

type Told = Vec<(PersonId, String)>;

/// Who is told, each with what a link leads to.
async fn told(conn: &mut Conn, one: &Happened, audience: Audience) -> Result<Told, No> {
    let release = one.object.strip_prefix("release/").and_then(ReleaseId::parse);
    let other = |id: &PersonId| one.actor != format!("person/{id}");
    Ok(match audience {
        Audience::Holder => {
            let Some(copy) = one.copy_id.as_deref().and_then(CopyId::parse) else { return Ok(Vec::new()) };
            // That there is something new to read is told once for a supply, however many sheets it has (O3.2.1).
            let row = conn.copy(copy).await?.filter(|row| row.is_electronic() || one.kind != Kind::Sealed.word());
            row.into_iter().filter_map(|row| Some((PersonId::parse(&row.holder)?, place(&row)))).collect()
        }
        Audience::Holders | Audience::Ended => {
            let Some(release) = release else { return Ok(Vec::new()) };
            let ended = texts(one, "ended");
            let copies = conn.copies_of_release(release).await?.into_iter();
            let given = copies.filter(is_given);
            let given = given.filter(|row| ended.contains(&row.id) == (audience == Audience::Ended));
            given.filter_map(|row| Some((PersonId::parse(&row.holder)?, place(&row)))).collect()
        }
        Audience::Officer => {
            let filed = match release {
                Some(release) => conn.release(release).await?,
                None => None,
            };
            // Whoever asked for a release that another area makes sees no more of it than its state (K7.6).
            let own = filed.filter(|filed| filed.release.origin.is_none());
            let asked = own.map(|filed| filed.release.requested_by).filter(other);
            asked.map(|person| (person, one.object.clone())).into_iter().collect()
        }
        Audience::Coordinators => of_release(conn, one, release, Role::Aic).await?,
        Audience::Reviewers => of_release(conn, one, release, Role::Reviewer).await?,
        Audience::Commanders => of_release(conn, one, release, Role::Commander).await?,
        Audience::OtherArea => {
            let (area, consultation) = (text(one, "area"), text(one, "consultation"));
            let object = format!("consultation/{consultation}");
            people(&conn.holders_of_role(Role::Aic.word(), &area).await?, &object)
        }
        Audience::Reporter => {
            let Some(id) = ReportId::parse(&text(one, "report")) else { return Ok(Vec::new()) };
            let report = conn.report(id).await?;
            let reporter = report.and_then(|row| Some((PersonId::parse(&row.reported_by)?, row.copy_id)));
            reporter.map(|(person, copy)| (person, format!("copy/{copy}"))).into_iter().collect()
        }
        Audience::Person => subject(one, "account"),
        Audience::Leaver => subject(one, "held"),
        Audience::SchemeKeepers => keepers_of_scheme(conn, one).await?,
        Audience::Follower => follower(conn, one).await?,
        Audience::PersonByCode => {
            let by_code = text(one, "by") == BY_CODE;
            let person = one.object.strip_prefix("person/").and_then(PersonId::parse).filter(|_| by_code);
            person.map(|person| (person, "account".to_owned())).into_iter().collect()
        }
        Audience::Keepers => {
            let person = one.object.strip_prefix("person/").and_then(PersonId::parse);
            let Some(person) = person else { return Ok(Vec::new()) };
            let all = answering(conn, person).await?;
            people(&all.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), &one.object)
        }
        Audience::Administrators => people(&conn.holders_of_role(Role::Administrator.word(), "").await?, &one.object),
    })
}

/// The person that the entry is about.
fn subject(one: &Happened, place: &str) -> Told {
    let person = one.object.strip_prefix("person/").and_then(PersonId::parse);
    person.map(|person| (person, place.to_owned())).into_iter().collect()
}

/// The people of a role in a release's area, but for whoever did it.
async fn of_release(conn: &mut Conn, one: &Happened, release: Option<ReleaseId>, role: Role) -> Result<Told, Fault> {
    let Some(release) = release else { return Ok(Vec::new()) };
    let Some(filed) = conn.release(release).await? else { return Ok(Vec::new()) };
    let all = conn.holders_of_role(role.word(), &filed.release.area.to_string()).await?;
    let mut told = people(&all, &one.object);
    told.retain(|(person, _)| one.actor != format!("person/{person}"));
    Ok(told)
}

/// The co-ordinators of the area of the scheme that somebody left, who read the report, and its managers, who see their register; not
/// whoever recorded it, nor whoever follows, who is told what to sign.
async fn keepers_of_scheme(conn: &mut Conn, one: &Happened) -> Result<Told, No> {
    let of = text(one, "scheme");
    let Some(scheme) = of.strip_prefix("scheme/").and_then(SchemeId::parse) else { return Ok(Vec::new()) };
    let Some(row) = conn.scheme(scheme).await? else { return Ok(Vec::new()) };
    let area = row.area()?.to_string();
    let report = format!("leaving/{}", text(one, "leaving"));
    let mut told = people(&conn.holders_of_role(Role::Aic.word(), &area).await?, &report);
    let receivers = conn.receivers(scheme).await?;
    let managers = receivers.into_iter().filter(|row| row.role == Role::Manager.word()).map(|row| row.person_id);
    told.extend(people(&managers.collect::<Vec<_>>(), &of));
    let successor = text(one, "successor");
    told.retain(|(person, _)| [&one.actor, &successor].into_iter().all(|not| *not != format!("person/{person}")));
    Ok(told)
}

/// Whoever follows somebody who left: at once, of the undertaking; and of the conditions, as soon as a copy waits for them.
async fn follower(conn: &mut Conn, one: &Happened) -> Result<Told, No> {
    if let Some(person) = text(one, "successor").strip_prefix("person/").and_then(PersonId::parse) {
        return Ok(vec![(person, "undertaking".to_owned())]);
    }
    let Some(copy) = one.copy_id.as_deref().and_then(CopyId::parse) else { return Ok(Vec::new()) };
    // Once for a supply: its sheets hang on the same conditions.
    let row = conn.copy(copy).await?.filter(|row| row.follows.is_some() && row.is_electronic());
    Ok(row.into_iter().filter_map(|row| Some((PersonId::parse(&row.holder)?, place(&row)))).collect())
}

fn people(all: &[String], object: &str) -> Told {
    all.iter().filter_map(|id| Some((PersonId::parse(id)?, object.to_owned()))).collect()
}

/// A text of the entry's body; empty: it has none.
fn text(one: &Happened, field: &str) -> String {
    let body: Value = serde_json::from_slice(&one.body).unwrap_or_default();
    body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A list of texts of the entry's body; empty: it has none.
fn texts(one: &Happened, field: &str) -> Vec<String> {
    let body: Value = serde_json::from_slice(&one.body).unwrap_or_default();
    let all = body.get(field).and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}
