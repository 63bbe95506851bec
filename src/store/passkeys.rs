//! Passkeys, and the ceremonies under way that make or use them.
//!
//! Promise: a ceremony is taken out once, by the kind of door and the person it was begun for, or not at all.
//! Absent on purpose: private halves (those stay in the authenticator), and what a passkey's PRF answers.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::{PersonId, SessionId};

/// A passkey's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `passkey`, described in the migration")]
pub struct Passkey {
    pub id: String,
    pub person_id: String,
    pub wrap_id: Option<String>,
    pub name: String,
    pub credential: String,
    pub created_at: i64,
    pub used_at: Option<i64>,
}

/// A ceremony's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `ceremony`, described in the migration")]
pub struct Ceremony {
    pub id: String,
    pub person_id: Option<String>,
    pub kind: String,
    pub state: String,
    pub expires_at: i64,
}

/// Ceremonies of strangers kept at a time; the oldest make room.
const STRANGERS: i64 = 10_000;

const PASSKEY: &str = "SELECT id, person_id, wrap_id, name, credential, created_at, used_at FROM passkey WHERE id = $1";
const PASSKEYS: &str = "SELECT id, person_id, wrap_id, name, credential, created_at, used_at FROM passkey WHERE person_id = $1 ORDER BY created_at, id";
const ADD: &str =
    "INSERT INTO passkey (id, person_id, wrap_id, name, credential, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
const USED: &str = "UPDATE passkey SET credential = $2, used_at = $3 WHERE id = $1";
const REMOVE: &str = "DELETE FROM passkey WHERE id = $1 AND person_id = $2";
const REMOVE_WRAP: &str = "DELETE FROM identity_wrap WHERE id = $1 AND person_id = $2 AND kind = 'passkey'";
const CHANGED: &str = "UPDATE person SET version = version + 1 WHERE id = $1";
const STAYS: &str =
    "UPDATE visit SET version = (SELECT version FROM person WHERE id = $2) WHERE id = $1 AND person_id = $2";
const CEREMONY: &str = "SELECT id, person_id, kind, state, expires_at FROM ceremony WHERE id = $1 AND kind = $2 AND COALESCE(person_id, '') = $3 AND expires_at > $4";
const BEGIN: &str = "INSERT INTO ceremony (id, person_id, kind, state, expires_at) VALUES ($1, $2, $3, $4, $5)";
const TAKE: &str = "DELETE FROM ceremony WHERE id = $1 AND kind = $2 AND COALESCE(person_id, '') = $3 RETURNING id, person_id, kind, state, expires_at";
const FORGET_OLD: &str = "DELETE FROM ceremony WHERE expires_at <= $1";
const FORGET_LIKE: &str = "DELETE FROM ceremony WHERE kind = $1 AND person_id = $2";
const FORGET_MANY: &str = "DELETE FROM ceremony WHERE id IN (SELECT id FROM ceremony WHERE person_id IS NULL ORDER BY expires_at DESC, id DESC LIMIT 1000000 OFFSET $1)";

impl Conn {
    /// A passkey by its credential identifier.
    pub async fn passkey(&mut self, id: &str) -> Result<Option<Passkey>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PASSKEY).bind(id).fetch_optional(c).await)?)
    }

    /// A person's passkeys, oldest first.
    pub async fn passkeys(&mut self, person: PersonId) -> Result<Vec<Passkey>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PASSKEYS).bind(person.to_string()).fetch_all(c).await)?)
    }

    /// A ceremony that is still open at `now`, left where it is.
    pub async fn ceremony(
        &mut self,
        id: &str,
        kind: &str,
        person: Option<PersonId>,
        now: i64,
    ) -> Result<Option<Ceremony>, Fault> {
        let person = person.map_or_else(String::new, |id| id.to_string());
        Ok(on!(self, |c| sqlx::query_as(CEREMONY).bind(id).bind(kind).bind(person).bind(now).fetch_optional(c).await)?)
    }
}

impl Tx {
    /// Begins a ceremony; an earlier one of the same person and kind ends, and so do all that are too old.
    pub async fn begin_ceremony(&mut self, row: &Ceremony) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(FORGET_OLD).bind(now))?;
        match &row.person_id {
            Some(person) => run!(self, sqlx::query(FORGET_LIKE).bind(&row.kind).bind(person))?,
            None => run!(self, sqlx::query(FORGET_MANY).bind(STRANGERS - 1))?,
        };
        run!(
            self,
            sqlx::query(BEGIN).bind(&row.id).bind(&row.person_id).bind(&row.kind).bind(&row.state).bind(row.expires_at)
        )?;
        Ok(())
    }

    /// Takes a ceremony out, so that it is never used again; `None`: there is none for this person and kind, or it is too old.
    pub async fn take_ceremony(
        &mut self,
        id: &str,
        kind: &str,
        person: Option<PersonId>,
    ) -> Result<Option<Ceremony>, Fault> {
        let person = person.map_or_else(String::new, |id| id.to_string());
        self.mark().await?;
        let taken: Option<Ceremony> =
            on!(self, |c| sqlx::query_as(TAKE).bind(id).bind(kind).bind(person).fetch_optional(c).await)?;
        let now = self.now().millis();
        Ok(taken.filter(|row| row.expires_at > now))
    }

    /// Adds a passkey; the wrap it names must be there.
    pub async fn add_passkey(&mut self, row: &Passkey) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.person_id)
                .bind(&row.wrap_id)
                .bind(&row.name)
                .bind(&row.credential)
                .bind(row.created_at)
        )?;
        Ok(())
    }

    /// Writes down that a passkey was used now, with its counter; false when it is there no more.
    pub async fn passkey_used(&mut self, id: &str, credential: &str) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(USED).bind(id).bind(credential).bind(now))?;
        Ok(done == 1)
    }

    /// Removes a person's passkey with its way of unlocking; every visit of theirs but `session` ends.
    pub async fn remove_passkey(&mut self, row: &Passkey, person: PersonId, session: SessionId) -> Result<bool, Fault> {
        let (person, session) = (person.to_string(), session.to_string());
        let done = run!(self, sqlx::query(REMOVE).bind(&row.id).bind(&person))?;
        if done != 1 {
            return Ok(false);
        }
        if let Some(wrap) = &row.wrap_id {
            run!(self, sqlx::query(REMOVE_WRAP).bind(wrap).bind(&person))?;
        }
        run!(self, sqlx::query(CHANGED).bind(&person))?;
        run!(self, sqlx::query(STAYS).bind(session).bind(&person))?;
        Ok(true)
    }
}
