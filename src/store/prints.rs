//! What is recorded about numbered prints (O3.2.1), and who left a scheme (K7.3). Bodies are as sealed under the records key.
//!
//! Absent on purpose: changing or removing a record. Proved by `tests/it/journeys/prints.rs` and `leavers.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{CopyId, LeavingId, PersonId, ReleaseId, SchemeId};

/// A record about a sheet.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `print_act`, described in the migration, and who recorded it by name")]
pub struct PrintAct {
    pub id: String,
    pub copy_id: String,
    pub kind: String,
    pub body: Vec<u8>,
    pub by_person: String,
    pub by_name: String,
    pub at: i64,
}

/// A leaving on record.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `leaving`, described in the migration, and whom it concerns by name")]
pub struct Leaving {
    pub id: String,
    pub person_id: String,
    pub name: String,
    pub scheme_id: String,
    pub scheme_name: String,
    pub role: String,
    pub successor: Option<String>,
    pub successor_name: Option<String>,
    pub body: Vec<u8>,
    pub copies: i64,
    pub by_person: String,
    pub by_name: String,
    pub at: i64,
}

const ACTS: &str = "SELECT a.id, a.copy_id, a.kind, a.body, a.by_person, p.name AS by_name, a.at FROM print_act a JOIN copy c ON c.id = a.copy_id JOIN person p ON p.id = a.by_person WHERE c.release_id = $1 ORDER BY a.at, a.id";
const ADD_ACT: &str = "INSERT INTO print_act (id, copy_id, kind, body, by_person, at) VALUES ($1, $2, $3, $4, $5, $6)";
const FREE: &str = "UPDATE part SET printed_at = NULL WHERE copy_id = $1 AND printed_at IS NOT NULL";
const LEAVING: &str = "SELECT l.id, l.person_id, p.name, l.scheme_id, s.name AS scheme_name, l.role, l.successor, n.name AS successor_name, l.body, l.copies, l.by_person, b.name AS by_name, l.at FROM leaving l JOIN person p ON p.id = l.person_id JOIN scheme s ON s.id = l.scheme_id JOIN person b ON b.id = l.by_person LEFT JOIN person n ON n.id = l.successor WHERE l.id = $1";
const LEAVINGS: &str = "SELECT l.id, l.person_id, p.name, l.scheme_id, s.name AS scheme_name, l.role, l.successor, n.name AS successor_name, l.body, l.copies, l.by_person, b.name AS by_name, l.at FROM leaving l JOIN person p ON p.id = l.person_id JOIN scheme s ON s.id = l.scheme_id JOIN person b ON b.id = l.by_person LEFT JOIN person n ON n.id = l.successor WHERE l.scheme_id = $1 ORDER BY l.at DESC, l.id DESC";
const ADD_LEAVING: &str = "INSERT INTO leaving (id, person_id, scheme_id, role, successor, body, copies, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const HELD_FOR: &str =
    "SELECT id FROM copy WHERE holder = $1 AND scheme_id = $2 AND key_gone_at IS NULL ORDER BY print, id";
// What waited to be sealed to their new keys goes to who follows, or is not sealed again.
const PASS_LOST: &str = "UPDATE copy SET left_at = $3, successor = $4 WHERE holder = $1 AND scheme_id = $2 AND replaced_at IS NOT NULL AND left_at IS NULL AND NOT EXISTS (SELECT 1 FROM copy n WHERE n.release_id = copy.release_id AND n.holder = copy.holder AND n.print = copy.print AND n.replaced_at IS NULL)";
const LEAVE: &str = "UPDATE copy SET wrapped_key = NULL, key_gone_at = $3, left_at = $3, successor = $4, replaced_at = CASE WHEN CAST($4 AS TEXT) IS NULL THEN NULL ELSE CAST($3 AS BIGINT) END WHERE holder = $1 AND scheme_id = $2 AND key_gone_at IS NULL";

impl Conn {
    /// What is recorded about the sheets of a release, oldest first.
    pub async fn print_acts(&mut self, release: ReleaseId) -> Result<Vec<PrintAct>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ACTS).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// A leaving.
    pub async fn leaving(&mut self, id: LeavingId) -> Result<Option<Leaving>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(LEAVING).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// Who left a scheme, newest first.
    pub async fn leavings(&mut self, scheme: SchemeId) -> Result<Vec<Leaving>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(LEAVINGS).bind(scheme.to_string()).fetch_all(c).await)?)
    }

    /// Copies and sheets whose key is still there that somebody holds for a scheme.
    pub async fn held_for(&mut self, holder: PersonId, scheme: SchemeId) -> Result<Vec<CopyId>, Fault> {
        let (holder, scheme) = (holder.to_string(), scheme.to_string());
        let rows: Vec<String> =
            on!(self, |c| sqlx::query_scalar(HELD_FOR).bind(holder).bind(scheme).fetch_all(c).await)?;
        rows.iter().map(|id| whole(CopyId::parse(id), "copy", "id", id)).collect()
    }
}

impl Tx {
    /// Adds a record about a sheet.
    pub async fn add_print_act(&mut self, row: &PrintAct) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_ACT)
                .bind(&row.id)
                .bind(&row.copy_id)
                .bind(&row.kind)
                .bind(&row.body)
                .bind(&row.by_person)
                .bind(row.at)
        )?;
        Ok(())
    }

    /// Frees the parts of a sheet to be opened for printing once more; how many there were.
    pub async fn free_sheet(&mut self, copy: CopyId) -> Result<u64, Fault> {
        let done = run!(self, sqlx::query(FREE).bind(copy.to_string()))?;
        Ok(done)
    }

    /// Adds a leaving.
    pub async fn add_leaving(&mut self, row: &Leaving) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_LEAVING)
                .bind(&row.id)
                .bind(&row.person_id)
                .bind(&row.scheme_id)
                .bind(&row.role)
                .bind(&row.successor)
                .bind(&row.body)
                .bind(row.copies)
                .bind(&row.by_person)
                .bind(row.at)
        )?;
        Ok(())
    }

    /// Destroys the key of everything a leaver holds for a scheme, as a recall does; with a successor another copy follows each.
    pub async fn leave_copies(
        &mut self,
        holder: PersonId,
        scheme: SchemeId,
        successor: Option<PersonId>,
    ) -> Result<(), Fault> {
        let now = self.now().millis();
        let (holder, scheme, successor) =
            (holder.to_string(), scheme.to_string(), successor.map(|one| one.to_string()));
        run!(self, sqlx::query(PASS_LOST).bind(&holder).bind(&scheme).bind(now).bind(&successor))?;
        run!(self, sqlx::query(LEAVE).bind(&holder).bind(&scheme).bind(now).bind(&successor))?;
        Ok(())
    }
}
