//! Schemes, those who receive for them, and their members (K7.2, K7.3, O2.1).

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::actor::Role;
use crate::domain::ids::{AreaId, MemberId, PersonId, SchemeId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::scheme::{Footing, runs};

/// A scheme's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `scheme`, described in the migration")]
pub struct Scheme {
    pub id: String,
    pub area_id: String,
    pub kind: String,
    pub kind_reason: String,
    pub name: String,
    pub ico_reference: String,
    pub ico_ends: Option<String>,
    pub isa_reference: String,
    pub isa_parties: String,
    pub isa_starts: Option<String>,
    pub isa_ends: Option<String>,
    pub isa_review: Option<String>,
    pub duties_told: Option<String>,
    pub duties_version: String,
    pub eia_reference: String,
    pub suspended: bool,
    pub version: i64,
}

/// A person who receives for a scheme.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `membership`, `person` and `grant_held`, described in the migrations")]
pub struct Receiver {
    pub person_id: String,
    pub scheme_id: String,
    pub role: String,
    pub name: String,
    pub email: String,
    pub recipient: String,
    pub person_suspended: bool,
    pub scheme_suspended: bool,
    pub scheme_name: String,
    pub isa_starts: Option<String>,
    pub isa_ends: Option<String>,
    pub vetting_reference: String,
    pub vetting_ends: Option<String>,
    pub responsible_person: String,
    pub storage_place: String,
    pub undertaking_signed: Option<i64>,
    pub undertaking_current: i64,
}

/// A member business.
#[derive(Clone, Debug, FromRow, serde::Serialize)]
#[expect(missing_docs, reason = "the columns of `member`, described in the migration")]
pub struct Member {
    pub id: String,
    pub scheme_id: String,
    pub business: String,
    pub contact: String,
    pub agreement: String,
    pub agreed_on: Option<String>,
    pub duties_told: Option<String>,
    pub duties_version: String,
    pub added_at: i64,
    pub removed_at: Option<i64>,
}

impl Scheme {
    /// The identifier.
    pub fn id(&self) -> Result<SchemeId, Fault> {
        whole(SchemeId::parse(&self.id), "scheme", "id", &self.id)
    }

    /// The area it belongs to.
    pub fn area(&self) -> Result<AreaId, Fault> {
        whole(AreaId::parse(&self.area_id), "scheme", "area_id", &self.id)
    }
}

const SCHEME: &str = "SELECT id, area_id, kind, kind_reason, name, ico_reference, ico_ends, isa_reference, isa_parties, isa_starts, isa_ends, isa_review, duties_told, duties_version, eia_reference, suspended, version FROM scheme WHERE id = $1";
const SCHEMES: &str = "SELECT id, area_id, kind, kind_reason, name, ico_reference, ico_ends, isa_reference, isa_parties, isa_starts, isa_ends, isa_review, duties_told, duties_version, eia_reference, suspended, version FROM scheme ORDER BY name, id";
const ADD_SCHEME: &str = "INSERT INTO scheme (id, area_id, kind, kind_reason, name, ico_reference, ico_ends, isa_reference, isa_parties, isa_starts, isa_ends, isa_review, duties_told, duties_version, eia_reference, suspended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const CHANGE_SCHEME: &str = "UPDATE scheme SET kind = $3, kind_reason = $4, name = $5, ico_reference = $6, ico_ends = $7, isa_reference = $8, isa_parties = $9, isa_starts = $10, isa_ends = $11, isa_review = $12, duties_told = $13, duties_version = $14, eia_reference = $15, suspended = $16, version = version + 1 WHERE id = $1 AND version = $2";
const RECEIVERS: &str = "SELECT m.person_id, m.scheme_id, g.role, p.name, p.email, p.recipient, p.suspended AS person_suspended, s.suspended AS scheme_suspended, s.name AS scheme_name, s.isa_starts, s.isa_ends, m.vetting_reference, m.vetting_ends, m.responsible_person, m.storage_place, (SELECT MAX(u.version) FROM undertaking u WHERE u.person_id = m.person_id AND u.signed_at IS NOT NULL) AS undertaking_signed, (SELECT COALESCE(MAX(t.version), 0) FROM policy_text t WHERE t.kind = 'undertaking') AS undertaking_current FROM membership m JOIN person p ON p.id = m.person_id JOIN scheme s ON s.id = m.scheme_id JOIN grant_held g ON g.person_id = m.person_id AND g.scheme_id = m.scheme_id WHERE m.scheme_id = $1 ORDER BY p.name, p.id, g.role";
const ADD_MEMBERSHIP: &str = "INSERT INTO membership (person_id, scheme_id, vetting_reference, vetting_ends, responsible_person, storage_place) VALUES ($1, $2, $3, $4, $5, $6)";
const BEGIN_MEMBERSHIP: &str = "INSERT INTO membership (person_id, scheme_id, vetting_reference, vetting_ends, responsible_person, storage_place) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, scheme_id) DO UPDATE SET vetting_reference = $3, vetting_ends = $4";
const CHANGE_MEMBERSHIP: &str = "UPDATE membership SET vetting_reference = $3, vetting_ends = $4, responsible_person = $5, storage_place = $6 WHERE person_id = $1 AND scheme_id = $2";
const MEMBER: &str = "SELECT id, scheme_id, business, contact, agreement, agreed_on, duties_told, duties_version, added_at, removed_at FROM member WHERE id = $1";
const MEMBERS: &str = "SELECT id, scheme_id, business, contact, agreement, agreed_on, duties_told, duties_version, added_at, removed_at FROM member WHERE scheme_id = $1 ORDER BY business, id";
const ADD_MEMBER: &str = "INSERT INTO member (id, scheme_id, business, contact, agreement, agreed_on, duties_told, duties_version, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const CHANGE_MEMBER: &str = "UPDATE member SET business = $3, contact = $4, agreement = $5, agreed_on = $6, duties_told = $7, duties_version = $8 WHERE id = $1 AND scheme_id = $2";
const REMOVE_MEMBER: &str = "UPDATE member SET removed_at = $3 WHERE id = $1 AND scheme_id = $2 AND removed_at IS NULL";

/// Reads a stored day.
pub fn day(text: Option<&str>, table: &'static str, column: &'static str, row: &str) -> Result<Option<Day>, Fault> {
    text.map(|text| whole(parse_day(text), table, column, row)).transpose()
}

impl Receiver {
    /// A new receiver's entry, with nothing vetted and nothing known.
    pub fn new(person: PersonId, scheme: SchemeId) -> Self {
        Self {
            person_id: person.to_string(),
            scheme_id: scheme.to_string(),
            role: String::new(),
            name: String::new(),
            email: String::new(),
            recipient: String::new(),
            person_suspended: false,
            scheme_suspended: false,
            scheme_name: String::new(),
            isa_starts: None,
            isa_ends: None,
            vetting_reference: String::new(),
            vetting_ends: None,
            responsible_person: String::new(),
            storage_place: String::new(),
            undertaking_signed: None,
            undertaking_current: 0,
        }
    }

    /// Where they stand. `manager` says whether the scheme has an approved manager whose vetting runs (K7.4).
    pub fn footing(&self, manager: bool) -> Result<Footing, Fault> {
        let row = &self.person_id;
        Ok(Footing {
            person: whole(PersonId::parse(row), "membership", "person_id", row)?,
            scheme: whole(SchemeId::parse(&self.scheme_id), "membership", "scheme_id", row)?,
            role: whole(Role::parse(&self.role), "grant_held", "role", row)?,
            person_suspended: self.person_suspended,
            scheme_suspended: self.scheme_suspended,
            vetting_ends: day(self.vetting_ends.as_deref(), "membership", "vetting_ends", row)?,
            isa_starts: day(self.isa_starts.as_deref(), "scheme", "isa_starts", &self.scheme_id)?,
            isa_ends: day(self.isa_ends.as_deref(), "scheme", "isa_ends", &self.scheme_id)?,
            scheme_has_manager: manager,
            undertaking_signed: self.undertaking_signed.and_then(|version| u32::try_from(version).ok()),
            undertaking_current: u32::try_from(self.undertaking_current).unwrap_or(0),
        })
    }
}

impl Conn {
    /// A scheme.
    pub async fn scheme(&mut self, id: SchemeId) -> Result<Option<Scheme>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(SCHEME).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// Every scheme, by name.
    pub async fn schemes(&mut self) -> Result<Vec<Scheme>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(SCHEMES).fetch_all(c).await)?)
    }

    /// Those who receive for a scheme: managers and personally supplied members.
    pub async fn receivers(&mut self, scheme: SchemeId) -> Result<Vec<Receiver>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(RECEIVERS).bind(scheme.to_string()).fetch_all(c).await)?)
    }

    /// The same, each with where they stand at `now`.
    pub async fn footings(&mut self, scheme: SchemeId, now: Moment) -> Result<Vec<(Receiver, Footing)>, Fault> {
        let receivers = self.receivers(scheme).await?;
        let mut managed = false;
        for receiver in &receivers {
            let ends = day(receiver.vetting_ends.as_deref(), "membership", "vetting_ends", &receiver.person_id)?;
            managed |= receiver.role == Role::Manager.word() && !receiver.person_suspended && runs(ends, now);
        }
        receivers
            .into_iter()
            .map(|receiver| {
                let footing = receiver.footing(managed)?;
                Ok((receiver, footing))
            })
            .collect()
    }

    /// Where one person stands for one scheme at `now`; `None` when they do not receive for it (any more).
    pub async fn footing(&mut self, person: PersonId, scheme: SchemeId, now: Moment) -> Result<Option<Footing>, Fault> {
        let all = self.footings(scheme, now).await?;
        Ok(all.into_iter().map(|(_, footing)| footing).find(|footing| footing.person == person))
    }

    /// A member business, a removed one too.
    pub async fn member(&mut self, id: MemberId) -> Result<Option<Member>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(MEMBER).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// A scheme's member businesses, those removed too (K7.2).
    pub async fn members(&mut self, scheme: SchemeId) -> Result<Vec<Member>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(MEMBERS).bind(scheme.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds a scheme.
    pub async fn add_scheme(&mut self, row: &Scheme) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_SCHEME)
                .bind(&row.id)
                .bind(&row.area_id)
                .bind(&row.kind)
                .bind(&row.kind_reason)
                .bind(&row.name)
                .bind(&row.ico_reference)
                .bind(&row.ico_ends)
                .bind(&row.isa_reference)
                .bind(&row.isa_parties)
                .bind(&row.isa_starts)
                .bind(&row.isa_ends)
                .bind(&row.isa_review)
                .bind(&row.duties_told)
                .bind(&row.duties_version)
                .bind(&row.eia_reference)
                .bind(row.suspended)
        )?;
        Ok(())
    }

    /// Changes a scheme, if it is still the version that was read; false when somebody changed it first.
    pub async fn change_scheme(&mut self, row: &Scheme) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(CHANGE_SCHEME)
                .bind(&row.id)
                .bind(row.version)
                .bind(&row.kind)
                .bind(&row.kind_reason)
                .bind(&row.name)
                .bind(&row.ico_reference)
                .bind(&row.ico_ends)
                .bind(&row.isa_reference)
                .bind(&row.isa_parties)
                .bind(&row.isa_starts)
                .bind(&row.isa_ends)
                .bind(&row.isa_review)
                .bind(&row.duties_told)
                .bind(&row.duties_version)
                .bind(&row.eia_reference)
                .bind(row.suspended)
        )?;
        Ok(done == 1)
    }

    /// Makes a person receive for a scheme.
    pub async fn add_membership(&mut self, row: &Receiver) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_MEMBERSHIP)
                .bind(&row.person_id)
                .bind(&row.scheme_id)
                .bind(&row.vetting_reference)
                .bind(&row.vetting_ends)
                .bind(&row.responsible_person)
                .bind(&row.storage_place)
        )?;
        Ok(())
    }

    /// Makes a person receive for a scheme, perhaps again: the vetting of an earlier time does not count any more.
    pub async fn begin_membership(&mut self, row: &Receiver) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(BEGIN_MEMBERSHIP)
                .bind(&row.person_id)
                .bind(&row.scheme_id)
                .bind(&row.vetting_reference)
                .bind(&row.vetting_ends)
                .bind(&row.responsible_person)
                .bind(&row.storage_place)
        )?;
        Ok(())
    }

    /// Changes a receiver's vetting and storage; false when there is none.
    pub async fn change_membership(&mut self, row: &Receiver) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(CHANGE_MEMBERSHIP)
                .bind(&row.person_id)
                .bind(&row.scheme_id)
                .bind(&row.vetting_reference)
                .bind(&row.vetting_ends)
                .bind(&row.responsible_person)
                .bind(&row.storage_place)
        )?;
        Ok(done == 1)
    }

    /// Adds a member business.
    pub async fn add_member(&mut self, row: &Member) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_MEMBER)
                .bind(&row.id)
                .bind(&row.scheme_id)
                .bind(&row.business)
                .bind(&row.contact)
                .bind(&row.agreement)
                .bind(&row.agreed_on)
                .bind(&row.duties_told)
                .bind(&row.duties_version)
                .bind(row.added_at)
        )?;
        Ok(())
    }

    /// Changes a member business's entry; false when there is none.
    pub async fn change_member(&mut self, row: &Member) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(CHANGE_MEMBER)
                .bind(&row.id)
                .bind(&row.scheme_id)
                .bind(&row.business)
                .bind(&row.contact)
                .bind(&row.agreement)
                .bind(&row.agreed_on)
                .bind(&row.duties_told)
                .bind(&row.duties_version)
        )?;
        Ok(done == 1)
    }

    /// Writes down that a business left; false when it had.
    pub async fn remove_member(&mut self, id: MemberId, scheme: SchemeId) -> Result<bool, Fault> {
        let (id, scheme, now) = (id.to_string(), scheme.to_string(), self.now().millis());
        let done = run!(self, sqlx::query(REMOVE_MEMBER).bind(id).bind(scheme).bind(now))?;
        Ok(done == 1)
    }
}
