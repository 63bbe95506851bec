//! People, their grants and keys, invitations, throttles.

use sqlx::FromRow;

use super::{Conn, Fault, No, Tx, on, run, whole};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::ids::{AreaId, InvitationId, PersonId, SchemeId};
use crate::domain::moment::Moment;
use crate::domain::refusal::Refusal;

/// A person's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `person`, described in the migration")]
pub struct Person {
    pub id: String,
    pub email: String,
    pub name: String,
    pub auth_hash: String,
    pub recovery_hash: String,
    pub totp_secret: Vec<u8>,
    pub totp_step: i64,
    pub recipient: String,
    pub signing_key: String,
    pub suspended: bool,
    pub version: i64,
    pub created_at: i64,
    pub signed_in_at: Option<i64>,
}

impl Person {
    /// The identifier.
    pub fn id(&self) -> Result<PersonId, Fault> {
        whole(PersonId::parse(&self.id), "person", "id", &self.id)
    }
}

/// One way of unlocking a person's keys, as the browser gets it.
#[derive(Clone, Debug, FromRow, serde::Serialize)]
#[expect(missing_docs, reason = "the columns of `identity_wrap`, described in the migration")]
pub struct Wrap {
    pub id: String,
    pub kind: String,
    pub identity: String,
    pub signing: String,
}

/// An invitation's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `invitation`, described in the migration")]
pub struct Invitation {
    pub id: String,
    pub token_hash: String,
    pub email: String,
    pub name: String,
    pub role: String,
    pub area_id: Option<String>,
    pub scheme_id: Option<String>,
    pub person_id: String,
    pub wrap_id: String,
    pub recovery_id: String,
    pub totp_secret: Vec<u8>,
    pub invited_by: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub renews: bool,
    pub used_at: Option<i64>,
}

/// An area's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `area`, described in the migration")]
pub struct Area {
    pub id: String,
    pub code: String,
    pub name: String,
    pub unit_recipient: String,
    pub unit_box: Vec<u8>,
    pub next_recipient: Option<String>,
    pub next_box: Option<Vec<u8>>,
    pub next_serial: i64,
}

impl Area {
    /// The identifier.
    pub fn id(&self) -> Result<AreaId, Fault> {
        whole(AreaId::parse(&self.id), "area", "id", &self.id)
    }
}

const PERSON: &str = "SELECT id, email, name, auth_hash, recovery_hash, totp_secret, totp_step, recipient, signing_key, suspended, version, created_at, signed_in_at FROM person WHERE id = $1";
const BY_EMAIL: &str = "SELECT id, email, name, auth_hash, recovery_hash, totp_secret, totp_step, recipient, signing_key, suspended, version, created_at, signed_in_at FROM person WHERE email_key = $1";
const PEOPLE: &str = "SELECT id, email, name, auth_hash, recovery_hash, totp_secret, totp_step, recipient, signing_key, suspended, version, created_at, signed_in_at FROM person ORDER BY name, id";
const ADD_PERSON: &str = "INSERT INTO person (id, email_key, email, name, auth_hash, recovery_hash, totp_secret, totp_step, recipient, signing_key, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const GRANTS: &str = "SELECT role, area_id, scheme_id FROM grant_held WHERE person_id = $1";
const ADD_GRANT: &str = "INSERT INTO grant_held (person_id, role, area_id, scheme_id) VALUES ($1, $2, $3, $4)";
const WRAPS: &str = "SELECT id, kind, identity, signing FROM identity_wrap WHERE person_id = $1 ORDER BY id";
const ADD_WRAP: &str =
    "INSERT INTO identity_wrap (id, person_id, kind, identity, signing, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
const USE_STEP: &str = "UPDATE person SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
const SIGNED_IN: &str = "UPDATE person SET signed_in_before = signed_in_at, signed_in_at = $2 WHERE id = $1";
const SUSPEND: &str = "UPDATE person SET suspended = $2, version = version + 1 WHERE id = $1";
const SUSPENDED: &str = "SELECT id FROM person WHERE suspended ORDER BY id";
const AREA: &str =
    "SELECT id, code, name, unit_recipient, unit_box, next_recipient, next_box, next_serial FROM area WHERE id = $1";
const AREAS: &str =
    "SELECT id, code, name, unit_recipient, unit_box, next_recipient, next_box, next_serial FROM area ORDER BY code";
const ADD_AREA: &str =
    "INSERT INTO area (id, code, name, unit_recipient, unit_box, next_serial) VALUES ($1, $2, $3, $4, $5, 1)";
const INVITATION: &str = "SELECT id, token_hash, email, name, role, area_id, scheme_id, person_id, wrap_id, recovery_id, totp_secret, invited_by, created_at, expires_at, renews, used_at FROM invitation WHERE token_hash = $1";
const ADD_INVITATION: &str = "INSERT INTO invitation (id, token_hash, email, name, role, area_id, scheme_id, person_id, wrap_id, recovery_id, totp_secret, invited_by, created_at, expires_at, renews) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const USE_INVITATION: &str = "UPDATE invitation SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
const THROTTLE: &str = "SELECT failures, at FROM throttle WHERE id = $1";
const FAILED: &str =
    "INSERT INTO throttle (id, failures, at) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET failures = $2, at = $3";
const FORGIVE: &str = "DELETE FROM throttle WHERE id = $1";
pub(super) type GrantRow = (String, Option<String>, Option<String>);

impl Conn {
    /// A person by identifier.
    pub async fn person(&mut self, id: PersonId) -> Result<Option<Person>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PERSON).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// A person by the keyed hash of their address.
    pub async fn person_by_email(&mut self, key: &str) -> Result<Option<Person>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(BY_EMAIL).bind(key).fetch_optional(c).await)?)
    }

    /// Whose account is suspended.
    pub async fn suspended(&mut self) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(SUSPENDED).fetch_all(c).await)?)
    }

    /// Everybody, by name.
    pub async fn people(&mut self) -> Result<Vec<Person>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PEOPLE).fetch_all(c).await)?)
    }

    /// A person as an actor, with the roles they hold now.
    pub async fn actor(&mut self, id: PersonId) -> Result<Actor, Fault> {
        let rows: Vec<GrantRow> = on!(self, |c| sqlx::query_as(GRANTS).bind(id.to_string()).fetch_all(c).await)?;
        let grants = rows.into_iter().map(|row| grant(row, id)).collect::<Result<_, _>>()?;
        Ok(Actor::Person { id, grants })
    }

    /// Refuses an actor who was suspended, or who lost a role, since `actor` was read.
    pub async fn still(&mut self, actor: &Actor) -> Result<(), No> {
        let Some(id) = actor.person() else { return Ok(()) };
        let row = self.person(id).await?.ok_or(No::NotFound)?;
        if row.suspended {
            return Err(No::refused(Refusal::OwnAccountSuspended));
        }
        let now = self.actor(id).await?;
        let same = actor.grants().iter().all(|held| now.grants().contains(held));
        if same { Ok(()) } else { Err(No::NotFound) }
    }

    /// The ways of unlocking a person's keys.
    pub async fn wraps(&mut self, id: PersonId) -> Result<Vec<Wrap>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(WRAPS).bind(id.to_string()).fetch_all(c).await)?)
    }

    /// An area.
    pub async fn area(&mut self, id: AreaId) -> Result<Option<Area>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(AREA).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// Every area, by code.
    pub async fn areas(&mut self) -> Result<Vec<Area>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(AREAS).fetch_all(c).await)?)
    }

    /// An invitation by the hash of its secret.
    pub async fn invitation(&mut self, token_hash: &str) -> Result<Option<Invitation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(INVITATION).bind(token_hash).fetch_optional(c).await)?)
    }

    /// Failures and the last one's time under a throttle's key.
    pub async fn failures(&mut self, key: &str) -> Result<(i64, Moment), Fault> {
        let row: Option<(i64, i64)> = on!(self, |c| sqlx::query_as(THROTTLE).bind(key).fetch_optional(c).await)?;
        Ok(row.map_or((0, Moment::from_millis(0)), |(n, at)| (n, Moment::from_millis(at))))
    }
}

impl Tx {
    /// Adds a person; `email_key` is the keyed hash of their address.
    pub async fn add_person(&mut self, person: &Person, email_key: &str) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_PERSON)
                .bind(&person.id)
                .bind(email_key)
                .bind(&person.email)
                .bind(&person.name)
                .bind(&person.auth_hash)
                .bind(&person.recovery_hash)
                .bind(&person.totp_secret)
                .bind(person.totp_step)
                .bind(&person.recipient)
                .bind(&person.signing_key)
                .bind(person.created_at)
        )?;
        Ok(())
    }

    /// Gives a person a role.
    pub async fn add_grant(&mut self, person: PersonId, grant: Grant) -> Result<(), Fault> {
        let (area, scheme) = match grant {
            Grant::InArea(_, area) => (Some(area.to_string()), None),
            Grant::InScheme(_, scheme) => (None, Some(scheme.to_string())),
            Grant::Force(_) => (None, None),
        };
        let (person, role) = (person.to_string(), grant.role().word());
        run!(self, sqlx::query(ADD_GRANT).bind(person).bind(role).bind(area).bind(scheme))?;
        Ok(())
    }

    /// Adds a way of unlocking.
    pub async fn add_wrap(&mut self, person: PersonId, wrap: &Wrap) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(
            self,
            sqlx::query(ADD_WRAP)
                .bind(&wrap.id)
                .bind(person.to_string())
                .bind(&wrap.kind)
                .bind(&wrap.identity)
                .bind(&wrap.signing)
                .bind(now)
        )?;
        Ok(())
    }

    /// Uses up a one-time code's step; false when that step, or a later one, was used before.
    pub async fn use_totp_step(&mut self, person: PersonId, step: i64) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(USE_STEP).bind(person.to_string()).bind(step))?;
        Ok(done == 1)
    }

    /// Writes down that a person signed in now.
    pub async fn note_sign_in(&mut self, person: PersonId) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(SIGNED_IN).bind(person.to_string()).bind(now))?;
        Ok(())
    }

    /// Suspends or restores an account; ends every visit of theirs by the new version.
    pub async fn suspend(&mut self, person: PersonId, suspended: bool) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(SUSPEND).bind(person.to_string()).bind(suspended))?;
        Ok(done == 1)
    }

    /// Adds an area with its unit's keys.
    pub async fn add_area(&mut self, area: &Area) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_AREA)
                .bind(&area.id)
                .bind(&area.code)
                .bind(&area.name)
                .bind(&area.unit_recipient)
                .bind(&area.unit_box)
        )?;
        Ok(())
    }

    /// Adds an invitation.
    pub async fn add_invitation(&mut self, row: &Invitation) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_INVITATION)
                .bind(&row.id)
                .bind(&row.token_hash)
                .bind(&row.email)
                .bind(&row.name)
                .bind(&row.role)
                .bind(&row.area_id)
                .bind(&row.scheme_id)
                .bind(&row.person_id)
                .bind(&row.wrap_id)
                .bind(&row.recovery_id)
                .bind(&row.totp_secret)
                .bind(&row.invited_by)
                .bind(row.created_at)
                .bind(row.expires_at)
                .bind(row.renews)
        )?;
        Ok(())
    }

    /// Uses an invitation up; false when it was used before.
    pub async fn use_invitation(&mut self, id: InvitationId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(USE_INVITATION).bind(id.to_string()).bind(now))?;
        Ok(done == 1)
    }

    /// Counts one more failure under a throttle's key; the count begins anew when the last one is older than `life_ms`.
    pub async fn count_failure(&mut self, key: &str, life_ms: i64) -> Result<(), Fault> {
        let (earlier, last) = self.failures(key).await?;
        let now = self.now();
        let failures = if now >= last.plus_millis(life_ms) { 1 } else { earlier.saturating_add(1) };
        let now = now.millis();
        run!(self, sqlx::query(FAILED).bind(key).bind(failures).bind(now))?;
        Ok(())
    }

    /// Forgets the failures under a throttle's key.
    pub async fn forgive(&mut self, key: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(FORGIVE).bind(key))?;
        Ok(())
    }
}

pub(super) fn grant((role, area, scheme): GrantRow, person: PersonId) -> Result<Grant, Fault> {
    let row = person.to_string();
    let role = whole(Role::parse(&role), "grant_held", "role", &row)?;
    let area = area.map(|id| whole(AreaId::parse(&id), "grant_held", "area_id", &row)).transpose()?;
    let scheme = scheme.map(|id| whole(SchemeId::parse(&id), "grant_held", "scheme_id", &row)).transpose()?;
    whole(Grant::join(role, area, scheme), "grant_held", "role", &row)
}
