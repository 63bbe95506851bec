//! Visits: begun by signing in, checked at each request, ended by signing out, by time, or by any change of the person.

use crate::actions::office::ten;
use crate::actions::{No, Office, known, trust};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::limits::{IDLE_MS, VISIT_MS};
use crate::domain::moment::Moment;
use crate::domain::release::request::Purpose;
use crate::store::Conn;
use crate::store::log::Stamp;
use crate::store::people::Person as Row;
use crate::store::visits::Open;

/// The least time between two writings of "last seen", milliseconds.
const SEEN_EVERY_MS: i64 = 30_000;

/// A signed-in person, as of this request.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The visit.
    pub session: SessionId,
    /// As the page shows it.
    pub name: String,
    /// What they answer for now; roles that reach cases only with proven keys.
    pub actor: Actor,
    /// When it was last proved who is there.
    pub fresh_at: Moment,
    /// Why they look at bulletins in this visit, once said (K6.2.3).
    pub purpose: Option<Purpose>,
}

/// Who holds this visit now; `None` when it has ended, timed out, or the person has changed since (`version`).
pub async fn check(office: &Office, session: SessionId, person: PersonId, version: i64) -> Result<Option<Person>, No> {
    let now = office.now();
    let mut conn = office.read().await?;
    let Some((visit, row, actor)) = conn.visitor(session, person).await? else { return Ok(None) };
    let over = visit.ended
        || visit.version != version
        || row.version != version
        || row.suspended
        || now >= visit.started_at.plus_millis(VISIT_MS)
        || now >= visit.seen_at.plus_millis(IDLE_MS);
    if over {
        return Ok(None);
    }
    let actor = counted(office, &mut conn, &row, actor).await?;
    drop(conn);
    if now >= visit.seen_at.plus_millis(SEEN_EVERY_MS) {
        let seen = office.act(move |tx| Box::pin(async move { Ok(tx.visit_seen(session).await?) })).await;
        // A store that cannot be written must not take a form away before it is read: the visit only ends the sooner.
        match seen {
            Err(No::Unavailable) => tracing::warn!("a visit's last use was not written down"),
            other => {
                other?;
            }
        }
    }
    let purpose = visit.purpose.as_deref().and_then(Purpose::parse);
    Ok(Some(Person { id: person, session, name: row.name, actor, fresh_at: visit.fresh_at, purpose }))
}

/// A person with the roles that count. One that reaches cases does only once their keys have a chain to the root, a co-ordinator's in
/// that very area: whoever invites or gives roles does not choose alone who reads a case (K7.7). An administrator's works without,
/// because the first of them comes before any co-ordinator; a scheme's opens nothing without a copy, and those are sealed to proven keys.
async fn counted(office: &Office, conn: &mut Conn, row: &Row, actor: Actor) -> Result<Actor, No> {
    let id = row.id()?;
    let reaches = |grant: &Grant| matches!(grant, Grant::InArea(..) | Grant::Force(Role::Auditor));
    if office.root.is_none() || !actor.grants().iter().any(reaches) {
        return Ok(actor);
    }
    let trust = trust::of(office, conn, &[id], &[]).await?;
    let proven = trust.person(&row.id, &row.recipient, &row.signing_key).is_some();
    let counts = |grant: &Grant| match grant {
        Grant::InArea(Role::Aic, area) => {
            proven && trust.approver(&row.id, &row.signing_key, &area.to_string()).is_some()
        }
        one => proven || !reaches(one),
    };
    Ok(Actor::Person { id, grants: actor.grants().iter().copied().filter(counts).collect() })
}

/// How somebody showed who they are.
#[derive(Clone, Debug)]
pub(super) enum How {
    /// By passphrase and code.
    Code,
    /// By a passkey; what to write down of it.
    Passkey {
        /// Its credential identifier.
        id: String,
        /// The credential with its counter as it is now.
        credential: String,
    },
}

/// Begins a visit and answers its identifier, for the cookie.
pub(super) async fn begin(
    office: &Office,
    person: PersonId,
    version: i64,
    how: How,
    stamp: Stamp,
) -> Result<SessionId, No> {
    let session = SessionId::fresh(office.now(), ten());
    office
        .act(move |tx| {
            Box::pin(async move {
                let by = match &how {
                    How::Code => "code",
                    How::Passkey { id, credential } if tx.passkey_used(id, credential).await? => "passkey",
                    How::Passkey { .. } => return Err(No::NotFound),
                };
                let event = Event::new(Kind::SignedIn, format!("person/{person}")).with("by", by);
                tx.begin_visit(session, person, version, (&stamp.client, "")).await?;
                tx.note_sign_in(person).await?;
                let by = tx.actor(person).await?;
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(session)
}

/// Says, once a visit, why bulletins are looked at; each view's leaf repeats it.
pub async fn set_purpose(office: &Office, who: &Person, word: &str) -> Result<(), No> {
    let purpose =
        Purpose::parse(word).ok_or_else(|| No::field("purpose", "Select why you need to look at bulletins today"))?;
    let session = who.session;
    let word = Purpose::ALL.iter().find(|(one, _, _)| *one == purpose).map_or("", |(_, word, _)| word);
    office.act(move |tx| Box::pin(async move { Ok(tx.visit_purpose(session, word).await?) })).await?;
    Ok(())
}

/// After signing in: writes down the browser it was, and answers the device's cookie with this account in it.
pub async fn begun(
    office: &Office,
    person: PersonId,
    session: SessionId,
    device: &str,
    known: &str,
) -> Result<String, No> {
    let row = office.read().await?.person(person).await?.ok_or(No::NotFound)?;
    let words = device.to_owned();
    office.act(move |tx| Box::pin(async move { Ok(tx.visit_device(session, &words).await?) })).await?;
    Ok(known::remember(office, known, &row.email))
}

/// One's own open visits, the newest first.
pub async fn mine(office: &Office, who: &Person) -> Result<Vec<Open>, No> {
    open(office, &mut office.read().await?, who.id).await
}

async fn open(office: &Office, conn: &mut Conn, person: PersonId) -> Result<Vec<Open>, No> {
    let row = conn.person(person).await?.ok_or(No::NotFound)?;
    let (began, seen) = (office.now().plus_millis(-VISIT_MS), office.now().plus_millis(-IDLE_MS));
    Ok(conn.open_visits(person, row.version, began, seen).await?)
}

/// Ends every other visit of one's own: dead on the server at once.
pub async fn end_others(office: &Office, who: &Person, stamp: Stamp) -> Result<(), No> {
    let others: Vec<SessionId> = mine(office, who)
        .await?
        .iter()
        .filter_map(|visit| SessionId::parse(&visit.id))
        .filter(|id| *id != who.session)
        .collect();
    let by = who.actor.clone();
    office
        .act_as(&who.actor, move |tx| {
            Box::pin(async move {
                let mut ended = 0;
                for visit in others {
                    if tx.end_visit(visit).await? {
                        ended += 1;
                    }
                }
                if ended > 0 {
                    tx.append(&Event::new(Kind::SignedOut, by.word()).with("elsewhere", ended), &by, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Ends a visit: dead on the server at once.
pub async fn end(office: &Office, who: &Person, stamp: Stamp) -> Result<(), No> {
    let (session, by) = (who.session, who.actor.clone());
    office
        .act(move |tx| {
            Box::pin(async move {
                if tx.end_visit(session).await? {
                    tx.append(&Event::new(Kind::SignedOut, by.word()), &by, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}
