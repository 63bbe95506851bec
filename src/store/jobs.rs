//! What each job did last, whichever instance did it: one row a job, written by the one that ran it.
//!
//! Absent on purpose: a history (that is the operator's log and the figures); safety. Proved by `tests/it/journeys/jobs.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};

/// A job's row.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `job`, described in the migration")]
pub struct Ran {
    pub name: String,
    pub instance: String,
    pub began_at: i64,
    pub took_ms: i64,
    pub well_at: Option<i64>,
    pub failed_since: Option<i64>,
    pub incident: Option<String>,
}

const ALL: &str = "SELECT name, instance, began_at, took_ms, well_at, failed_since, incident FROM job ORDER BY name";
const NOTE: &str = "INSERT INTO job (name, instance, began_at, took_ms, well_at, failed_since, incident) VALUES ($1, $2, CAST($3 AS BIGINT), $4, CAST($5 AS BIGINT), CASE WHEN CAST($6 AS TEXT) IS NULL THEN NULL ELSE CAST($3 AS BIGINT) END, CAST($6 AS TEXT)) ON CONFLICT (name) DO UPDATE SET instance = $2, began_at = CAST($3 AS BIGINT), took_ms = $4, well_at = COALESCE(CAST($5 AS BIGINT), job.well_at), failed_since = CASE WHEN CAST($6 AS TEXT) IS NULL THEN NULL ELSE COALESCE(job.failed_since, CAST($3 AS BIGINT)) END, incident = CAST($6 AS TEXT) WHERE job.began_at <= CAST($3 AS BIGINT)";

impl Conn {
    /// What every job did last.
    pub async fn jobs(&mut self) -> Result<Vec<Ran>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ALL).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Writes down a round that began at `began`; `incident`: the number of its failure, if it failed. A failure keeps since when.
    pub async fn note_job(
        &mut self,
        name: &str,
        instance: &str,
        began: i64,
        took_ms: i64,
        incident: Option<&str>,
    ) -> Result<(), Fault> {
        let well = incident.is_none().then_some(began);
        run!(self, sqlx::query(NOTE).bind(name).bind(instance).bind(began).bind(took_ms).bind(well).bind(incident))?;
        Ok(())
    }
}
