//! Inspections of holders' storage (K8.2). Bodies are as sealed under the records key.
//!
//! Promise: a step changes the version that was read, or nothing. Absent on purpose: removing one; which steps there are
//! (`domain::inspection`). Proved by `tests/it/journeys/inspections.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{AreaId, InspectionId, SchemeId};
use crate::domain::inspection::Inspection;
use crate::domain::moment::{Day, parse_day};

/// An inspection's row, with names.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `inspection`, `scheme` and `person`, described in the migrations")]
pub struct Row {
    pub id: String,
    pub scheme_id: String,
    pub scheme_name: String,
    pub area_id: String,
    pub holder: String,
    pub holder_name: String,
    pub stage: String,
    pub planned_for: String,
    pub planned_by: String,
    pub planner: String,
    pub planned_at: i64,
    pub made_on: Option<String>,
    pub made_by: Option<String>,
    pub maker: Option<String>,
    pub made_at: Option<i64>,
    pub follow_up: Option<String>,
    pub ended_by: Option<String>,
    pub ender: Option<String>,
    pub ended_at: Option<i64>,
    pub body: Vec<u8>,
    pub version: i64,
}

impl Row {
    /// As the rules see it.
    pub fn state(&self) -> Result<Inspection, Fault> {
        let day = |text: &str| whole(parse_day(text), "inspection", "planned_for", &self.id);
        let follow_up = self.follow_up.as_deref().map(day).transpose()?;
        whole(Inspection::read(&self.stage, day(&self.planned_for)?, follow_up), "inspection", "stage", &self.id)
    }

    /// The day by which somebody has to act.
    pub fn due(&self) -> Result<Option<Day>, Fault> {
        Ok(self.state()?.due())
    }
}

const ONE: &str = "SELECT i.id, i.scheme_id, s.name AS scheme_name, s.area_id, i.holder, h.name AS holder_name, i.stage, i.planned_for, i.planned_by, p.name AS planner, i.planned_at, i.made_on, i.made_by, m.name AS maker, i.made_at, i.follow_up, i.ended_by, e.name AS ender, i.ended_at, i.body, i.version FROM inspection i JOIN scheme s ON s.id = i.scheme_id JOIN person h ON h.id = i.holder JOIN person p ON p.id = i.planned_by LEFT JOIN person m ON m.id = i.made_by LEFT JOIN person e ON e.id = i.ended_by WHERE i.id = $1";
const OF_SCHEME: &str = "SELECT i.id, i.scheme_id, s.name AS scheme_name, s.area_id, i.holder, h.name AS holder_name, i.stage, i.planned_for, i.planned_by, p.name AS planner, i.planned_at, i.made_on, i.made_by, m.name AS maker, i.made_at, i.follow_up, i.ended_by, e.name AS ender, i.ended_at, i.body, i.version FROM inspection i JOIN scheme s ON s.id = i.scheme_id JOIN person h ON h.id = i.holder JOIN person p ON p.id = i.planned_by LEFT JOIN person m ON m.id = i.made_by LEFT JOIN person e ON e.id = i.ended_by WHERE i.scheme_id = $1 ORDER BY i.planned_for DESC, i.id DESC LIMIT 500";
const OPEN: &str = "SELECT i.id, i.scheme_id, s.name AS scheme_name, s.area_id, i.holder, h.name AS holder_name, i.stage, i.planned_for, i.planned_by, p.name AS planner, i.planned_at, i.made_on, i.made_by, m.name AS maker, i.made_at, i.follow_up, i.ended_by, e.name AS ender, i.ended_at, i.body, i.version FROM inspection i JOIN scheme s ON s.id = i.scheme_id JOIN person h ON h.id = i.holder JOIN person p ON p.id = i.planned_by LEFT JOIN person m ON m.id = i.made_by LEFT JOIN person e ON e.id = i.ended_by WHERE ($1 = '' OR s.area_id = $1) AND i.stage IN ('planned', 'made') ORDER BY COALESCE(i.follow_up, i.planned_for), i.id LIMIT 500";
const ADD: &str = "INSERT INTO inspection (id, scheme_id, holder, stage, planned_for, planned_by, planned_at, body, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)";
const STEP: &str = "UPDATE inspection SET stage = $3, made_on = $4, made_by = $5, made_at = $6, follow_up = $7, ended_by = $8, ended_at = $9, body = $10, version = version + 1 WHERE id = $1 AND version = $2";

impl Conn {
    /// One inspection.
    pub async fn inspection(&mut self, id: InspectionId) -> Result<Option<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ONE).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// A scheme's, newest first.
    pub async fn inspections(&mut self, scheme: SchemeId) -> Result<Vec<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_SCHEME).bind(scheme.to_string()).fetch_all(c).await)?)
    }

    /// Those that somebody has to act on, in an area or (`None`) anywhere, the most pressing first.
    pub async fn inspections_open(&mut self, area: Option<AreaId>) -> Result<Vec<Row>, Fault> {
        let area = area.map(|area| area.to_string()).unwrap_or_default();
        Ok(on!(self, |c| sqlx::query_as(OPEN).bind(area).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds one that is planned.
    pub async fn add_inspection(&mut self, row: &Row) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.scheme_id)
                .bind(&row.holder)
                .bind(&row.stage)
                .bind(&row.planned_for)
                .bind(&row.planned_by)
                .bind(row.planned_at)
                .bind(&row.body)
        )?;
        Ok(())
    }

    /// Puts a step in the place of the version that was read; false: somebody was first.
    pub async fn step_inspection(&mut self, row: &Row) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(STEP)
                .bind(&row.id)
                .bind(row.version)
                .bind(&row.stage)
                .bind(&row.made_on)
                .bind(&row.made_by)
                .bind(row.made_at)
                .bind(&row.follow_up)
                .bind(&row.ended_by)
                .bind(row.ended_at)
                .bind(&row.body)
        )?;
        Ok(done == 1)
    }
}
