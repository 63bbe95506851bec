//! Named initiatives and who is part of them (K8.8).

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{AreaId, EntryId, InitiativeId};

/// An initiative's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `initiative`, described in the migration")]
pub struct Initiative {
    pub id: String,
    pub area_id: String,
    pub name: String,
    pub about: String,
    pub made_at: i64,
    pub ended_at: Option<i64>,
}

impl Initiative {
    /// The area it belongs to.
    pub fn area(&self) -> Result<AreaId, Fault> {
        whole(AreaId::parse(&self.area_id), "initiative", "area_id", &self.id)
    }
}

/// A line of an initiative's list, with the names that stand in the registers now.
#[derive(Clone, Debug, FromRow)]
#[expect(
    missing_docs,
    reason = "columns of `initiative_entry`, `member`, `person`, `scheme`, described in the migrations"
)]
pub struct Entry {
    pub id: String,
    pub initiative_id: String,
    pub scheme_id: String,
    pub scheme_name: String,
    pub member_id: Option<String>,
    pub person_id: Option<String>,
    pub name: String,
    pub contact: String,
    pub added_at: i64,
    pub removed_at: Option<i64>,
}

const ONE: &str = "SELECT id, area_id, name, about, made_at, ended_at FROM initiative WHERE id = $1";
const OF_AREA: &str =
    "SELECT id, area_id, name, about, made_at, ended_at FROM initiative WHERE area_id = $1 ORDER BY name, id";
const ADD: &str = "INSERT INTO initiative (id, area_id, name, about, made_at) VALUES ($1, $2, $3, $4, $5)";
const CHANGE: &str = "UPDATE initiative SET name = $2, about = $3, ended_at = $4 WHERE id = $1";
const ENTRIES: &str = "SELECT e.id, e.initiative_id, e.scheme_id, s.name AS scheme_name, e.member_id, e.person_id, COALESCE(m.business, p.name, '') AS name, COALESCE(m.contact, p.email, '') AS contact, e.added_at, e.removed_at FROM initiative_entry e JOIN scheme s ON s.id = e.scheme_id LEFT JOIN member m ON m.id = e.member_id LEFT JOIN person p ON p.id = e.person_id WHERE e.initiative_id = $1 ORDER BY e.id";
const PUT_ON: &str = "INSERT INTO initiative_entry (id, initiative_id, scheme_id, member_id, person_id, added_at) VALUES ($1, $2, $3, $4, $5, $6)";
const TAKE_OFF: &str =
    "UPDATE initiative_entry SET removed_at = $3 WHERE id = $1 AND initiative_id = $2 AND removed_at IS NULL";

impl Conn {
    /// An initiative.
    pub async fn initiative(&mut self, id: InitiativeId) -> Result<Option<Initiative>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ONE).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// An area's initiatives, ended ones too.
    pub async fn initiatives(&mut self, area: AreaId) -> Result<Vec<Initiative>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_AREA).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// Everybody who is or was on an initiative's list, in the order they were put on it.
    pub async fn initiative_entries(&mut self, id: InitiativeId) -> Result<Vec<Entry>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ENTRIES).bind(id.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds an initiative.
    pub async fn add_initiative(&mut self, row: &Initiative) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD).bind(&row.id).bind(&row.area_id).bind(&row.name).bind(&row.about).bind(row.made_at)
        )?;
        Ok(())
    }

    /// Changes an initiative's name or words, or writes down that it ended.
    pub async fn change_initiative(&mut self, row: &Initiative) -> Result<(), Fault> {
        run!(self, sqlx::query(CHANGE).bind(&row.id).bind(&row.name).bind(&row.about).bind(row.ended_at))?;
        Ok(())
    }

    /// Puts a business or a person on an initiative's list.
    pub async fn put_on_initiative(&mut self, row: &Entry) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(PUT_ON)
                .bind(&row.id)
                .bind(&row.initiative_id)
                .bind(&row.scheme_id)
                .bind(&row.member_id)
                .bind(&row.person_id)
                .bind(row.added_at)
        )?;
        Ok(())
    }

    /// Takes a line off an initiative's list; false when it was off.
    pub async fn take_off_initiative(&mut self, entry: EntryId, id: InitiativeId) -> Result<bool, Fault> {
        let (entry, id, now) = (entry.to_string(), id.to_string(), self.now().millis());
        let done = run!(self, sqlx::query(TAKE_OFF).bind(entry).bind(id).bind(now))?;
        Ok(done == 1)
    }
}
