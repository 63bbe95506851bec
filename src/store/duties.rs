//! Duties of a release: marked, and what was done about them. Bodies are as sealed under the records key.
//!
//! Absent on purpose: removing one; whether one is due (`domain::duty`). Proved by `tests/it/journeys/duties.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;

/// A duty's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `duty`, described in the migration")]
pub struct Duty {
    pub id: String,
    pub release_id: String,
    pub kind: String,
    pub due: Option<String>,
    pub raised_by: String,
    pub raised_at: i64,
    pub done_by: Option<String>,
    pub done_at: Option<i64>,
    pub body: Vec<u8>,
    pub version: i64,
}

const DUTIES: &str = "SELECT id, release_id, kind, due, raised_by, raised_at, done_by, done_at, body, version FROM duty WHERE release_id = $1 ORDER BY raised_at, id";
const ADD_DUTY: &str = "INSERT INTO duty (id, release_id, kind, due, raised_by, raised_at, done_by, done_at, body, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
const DO_DUTY: &str = "UPDATE duty SET done_by = $3, done_at = $4, body = $5, version = version + 1 WHERE id = $1 AND version = $2 AND done_at IS NULL";

impl Conn {
    /// A release's duties, in the order they were marked.
    pub async fn duties(&mut self, release: ReleaseId) -> Result<Vec<Duty>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(DUTIES).bind(release.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds a duty, open or done.
    pub async fn add_duty(&mut self, row: &Duty) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_DUTY)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(&row.kind)
                .bind(&row.due)
                .bind(&row.raised_by)
                .bind(row.raised_at)
                .bind(&row.done_by)
                .bind(row.done_at)
                .bind(&row.body)
        )?;
        Ok(())
    }

    /// Records what was done, in the place of the version that was read. `false`: somebody did before.
    pub async fn do_duty(&mut self, id: &str, version: i64, by: &str, at: Moment, body: &[u8]) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(DO_DUTY).bind(id).bind(version).bind(by).bind(at.millis()).bind(body))?;
        Ok(done == 1)
    }
}
