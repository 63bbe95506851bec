//! Signed-in visits: revocable rows behind the cookie.

use sqlx::FromRow;

use super::people::{Person, grant};
use super::{Conn, Fault, Tx, on, run};
use crate::domain::actor::Actor;
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::moment::Moment;

/// A visit as each request checks it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The person's version when it began.
    pub version: i64,
    /// When it began.
    pub started_at: Moment,
    /// When it was last seen, to the minute.
    pub seen_at: Moment,
    /// When it was last proved who is there: by signing in, a touch of a passkey or a code.
    pub fresh_at: Moment,
    /// Why bulletins are looked at in this visit, once said.
    pub purpose: Option<String>,
    /// Whether it was ended.
    pub ended: bool,
}

const VISIT: &str =
    "SELECT version, started_at, seen_at, fresh_at, purpose, ended_at FROM visit WHERE id = $1 AND person_id = $2";
const VISITOR: &str = "SELECT v.version AS visit_version, v.started_at, v.seen_at, v.fresh_at, v.purpose, v.ended_at, p.id, p.email, p.name, p.auth_hash, p.recovery_hash, p.totp_secret, p.totp_step, p.recipient, p.signing_key, p.suspended, p.version, p.created_at, p.signed_in_at, g.role, g.area_id, g.scheme_id FROM visit v JOIN person p ON p.id = v.person_id LEFT JOIN grant_held g ON g.person_id = p.id WHERE v.id = $1 AND v.person_id = $2";
const BEGIN: &str = "INSERT INTO visit (id, person_id, version, started_at, seen_at, fresh_at, client, device) VALUES ($1, $2, $3, $4, $4, $4, $5, $6)";
const FRESH: &str = "UPDATE visit SET fresh_at = $2 WHERE id = $1 AND ended_at IS NULL";
const SEEN: &str = "UPDATE visit SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL";
const PURPOSE: &str = "UPDATE visit SET purpose = $2 WHERE id = $1";
const END: &str = "UPDATE visit SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
const FORGET: &str = "DELETE FROM visit WHERE started_at < $1";

const OPEN: &str = "SELECT id, started_at, seen_at, client, device FROM visit WHERE person_id = $1 AND version = $2 AND ended_at IS NULL AND started_at > $3 AND seen_at > $4 ORDER BY started_at DESC, id DESC LIMIT 100";
const DEVICE: &str = "UPDATE visit SET device = $2 WHERE id = $1";

type Row = (i64, i64, i64, i64, Option<String>, Option<i64>);

/// A visit, whose it is, and one of their roles: each request asks for all of it at once.
#[derive(FromRow)]
struct VisitorRow {
    visit_version: i64,
    started_at: i64,
    seen_at: i64,
    fresh_at: i64,
    purpose: Option<String>,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    person: Person,
    role: Option<String>,
    area_id: Option<String>,
    scheme_id: Option<String>,
}

/// An open visit, as its owner sees it.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `visit`, described in the migration")]
pub struct Open {
    pub id: String,
    started_at: i64,
    seen_at: i64,
    pub client: String,
    pub device: String,
}

impl Open {
    /// When it began.
    pub fn started_at(&self) -> Moment {
        Moment::from_millis(self.started_at)
    }

    /// When it was last used, to the half minute.
    pub fn seen_at(&self) -> Moment {
        Moment::from_millis(self.seen_at)
    }
}

impl Conn {
    /// A person's open visits begun after `began` and seen after `seen`, the newest first, at most a hundred.
    pub async fn open_visits(
        &mut self,
        person: PersonId,
        version: i64,
        began: Moment,
        seen: Moment,
    ) -> Result<Vec<Open>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OPEN)
            .bind(person.to_string())
            .bind(version)
            .bind(began.millis())
            .bind(seen.millis())
            .fetch_all(c)
            .await)?)
    }

    /// A person's visit.
    pub async fn visit(&mut self, id: SessionId, person: PersonId) -> Result<Option<Visit>, Fault> {
        let (id, person) = (id.to_string(), person.to_string());
        let row: Option<Row> = on!(self, |c| sqlx::query_as(VISIT).bind(id).bind(person).fetch_optional(c).await)?;
        Ok(row.map(visit))
    }

    /// A person's visit, the person, and the roles they hold, as each request checks them.
    pub async fn visitor(&mut self, id: SessionId, person: PersonId) -> Result<Option<(Visit, Person, Actor)>, Fault> {
        let (session, key) = (id.to_string(), person.to_string());
        let mut rows: Vec<VisitorRow> =
            on!(self, |c| sqlx::query_as(VISITOR).bind(session).bind(key).fetch_all(c).await)?;
        let mut grants = Vec::with_capacity(rows.len());
        for row in &mut rows {
            let Some(role) = row.role.take() else { continue };
            grants.push(grant((role, row.area_id.take(), row.scheme_id.take()), person)?);
        }
        Ok(rows.pop().map(|row| {
            let times = (row.visit_version, row.started_at, row.seen_at, row.fresh_at, row.purpose, row.ended_at);
            (visit(times), row.person, Actor::Person { id: person, grants })
        }))
    }
}

fn visit((version, started, seen, fresh, purpose, ended): Row) -> Visit {
    Visit {
        version,
        started_at: Moment::from_millis(started),
        seen_at: Moment::from_millis(seen),
        fresh_at: Moment::from_millis(fresh),
        purpose,
        ended: ended.is_some(),
    }
}

impl Tx {
    /// Begins a visit now, from an address and a browser (in words), and forgets the ones long over.
    pub async fn begin_visit(
        &mut self,
        id: SessionId,
        person: PersonId,
        version: i64,
        (client, device): (&str, &str),
    ) -> Result<(), Fault> {
        let now = self.now();
        let (id, person) = (id.to_string(), person.to_string());
        run!(
            self,
            sqlx::query(BEGIN).bind(id).bind(person).bind(version).bind(now.millis()).bind(client).bind(device)
        )?;
        let old = now.plus_millis(-7 * 86_400_000).millis();
        run!(self, sqlx::query(FORGET).bind(old))?;
        Ok(())
    }

    /// Writes down that a visit is still used.
    pub async fn visit_seen(&mut self, id: SessionId) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(SEEN).bind(id.to_string()).bind(now))?;
        Ok(())
    }

    /// Writes down that it was proved just now who is there; false when the visit is over.
    pub async fn visit_fresh(&mut self, id: SessionId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(FRESH).bind(id.to_string()).bind(now))?;
        Ok(done == 1)
    }

    /// Writes down why bulletins are looked at in this visit.
    pub async fn visit_purpose(&mut self, id: SessionId, purpose: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(PURPOSE).bind(id.to_string()).bind(purpose))?;
        Ok(())
    }

    /// Writes down the browser and system of a visit.
    pub async fn visit_device(&mut self, id: SessionId, device: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(DEVICE).bind(id.to_string()).bind(device))?;
        Ok(())
    }

    /// Ends a visit; false when it was over.
    pub async fn end_visit(&mut self, id: SessionId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(END).bind(id.to_string()).bind(now))?;
        Ok(done == 1)
    }
}
