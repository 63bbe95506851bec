//! Corrections (K8.7): what holders reported, the versions that were, and the exchange of a copy's words.
//!
//! Promises: a report is answered once; a version is added once under its number; new words take the old ones' place under the same
//! copy, whose key, photographs and limit stay. Absent on purpose: removing any of it. Bodies are as sealed under the records key.
//! Proved by `tests/it/journeys/corrections.rs`.

use sqlx::FromRow;

use super::copies::Part;
use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId, ReportId};

/// A holder's report.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `report`, described in the migration, and who reported by name")]
pub struct Report {
    pub id: String,
    pub release_id: String,
    pub copy_id: String,
    pub reported_by: String,
    pub reporter: String,
    pub reported_at: i64,
    pub body: Vec<u8>,
    pub outcome: Option<String>,
    pub answer: Option<Vec<u8>>,
    pub answered_by: Option<String>,
    pub answered_at: Option<i64>,
}

/// A correction's row: what was in force before it.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `revision`, described in the migration, and who corrected by name")]
pub struct Revision {
    pub id: String,
    pub release_id: String,
    pub number: i64,
    pub text_object: Option<String>,
    pub text_sha256: Option<String>,
    pub danger: bool,
    pub body: Vec<u8>,
    pub corrected_by: String,
    pub corrector: String,
    pub corrected_at: i64,
    pub statement_id: String,
}

const REPORT: &str = "SELECT r.id, r.release_id, r.copy_id, r.reported_by, p.name AS reporter, r.reported_at, r.body, r.outcome, r.answer, r.answered_by, r.answered_at FROM report r JOIN person p ON p.id = r.reported_by WHERE r.id = $1";
const OF_RELEASE: &str = "SELECT r.id, r.release_id, r.copy_id, r.reported_by, p.name AS reporter, r.reported_at, r.body, r.outcome, r.answer, r.answered_by, r.answered_at FROM report r JOIN person p ON p.id = r.reported_by WHERE r.release_id = $1 ORDER BY r.reported_at DESC, r.id DESC LIMIT 500";
const OF_COPY: &str = "SELECT r.id, r.release_id, r.copy_id, r.reported_by, p.name AS reporter, r.reported_at, r.body, r.outcome, r.answer, r.answered_by, r.answered_at FROM report r JOIN person p ON p.id = r.reported_by WHERE r.copy_id = $1 ORDER BY r.reported_at DESC, r.id DESC LIMIT 100";
const WAITING: &str = "SELECT r.id, r.release_id, l.urn, r.reported_at FROM report r JOIN release l ON l.id = r.release_id WHERE l.area_id = $1 AND r.outcome IS NULL ORDER BY r.reported_at, r.id LIMIT 500";
const ADD_REPORT: &str =
    "INSERT INTO report (id, release_id, copy_id, reported_by, reported_at, body) VALUES ($1, $2, $3, $4, $5, $6)";
const ANSWER: &str =
    "UPDATE report SET outcome = $2, answer = $3, answered_by = $4, answered_at = $5 WHERE id = $1 AND outcome IS NULL";
const REVISIONS: &str = "SELECT v.id, v.release_id, v.number, v.text_object, v.text_sha256, v.danger, v.body, v.corrected_by, p.name AS corrector, v.corrected_at, v.statement_id FROM revision v JOIN person p ON p.id = v.corrected_by WHERE v.release_id = $1 ORDER BY v.number DESC";
const ADD_REVISION: &str = "INSERT INTO revision (id, release_id, number, text_object, text_sha256, danger, body, corrected_by, corrected_at, statement_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const FORGET_WORDS: &str = "DELETE FROM part WHERE copy_id = $1 AND rendition = 'text'";
// The same supply, of other words: its conditions are read and signed anew, before anything opens (K8.2).
const ACKNOWLEDGE_ANEW: &str = "UPDATE copy SET acknowledged_at = NULL, ack_statement = NULL WHERE id = $1";

/// A report that waits: which, of which release, its reference, when it came.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `report` and `release`, described in the migrations")]
pub struct WaitingReport {
    pub id: String,
    pub release_id: String,
    pub urn: String,
    pub reported_at: i64,
}

impl Report {
    /// Its release and its copy.
    pub fn ids(&self) -> Result<(ReleaseId, CopyId), Fault> {
        Ok((
            whole(ReleaseId::parse(&self.release_id), "report", "release_id", &self.id)?,
            whole(CopyId::parse(&self.copy_id), "report", "copy_id", &self.id)?,
        ))
    }
}

impl Conn {
    /// A report.
    pub async fn report(&mut self, id: ReportId) -> Result<Option<Report>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(REPORT).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// What was reported about a release, newest first.
    pub async fn reports_of_release(&mut self, release: ReleaseId) -> Result<Vec<Report>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_RELEASE).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// What its holder reported about a copy, newest first.
    pub async fn reports_of_copy(&mut self, copy: CopyId) -> Result<Vec<Report>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_COPY).bind(copy.to_string()).fetch_all(c).await)?)
    }

    /// An area's reports that wait for an answer, oldest first.
    pub async fn reports_waiting(&mut self, area: AreaId) -> Result<Vec<WaitingReport>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(WAITING).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// A release's corrections, newest first. The version in force is one more than they are.
    pub async fn revisions(&mut self, release: ReleaseId) -> Result<Vec<Revision>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(REVISIONS).bind(release.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds a report.
    pub async fn add_report(&mut self, row: &Report) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_REPORT)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(&row.copy_id)
                .bind(&row.reported_by)
                .bind(row.reported_at)
                .bind(&row.body)
        )?;
        Ok(())
    }

    /// Records what became of a report; false when it was answered.
    pub async fn answer_report(
        &mut self,
        id: ReportId,
        outcome: &str,
        answer: &[u8],
        by: PersonId,
    ) -> Result<bool, Fault> {
        let (id, by, now) = (id.to_string(), by.to_string(), self.now().millis());
        let done = run!(self, sqlx::query(ANSWER).bind(id).bind(outcome).bind(answer).bind(by).bind(now))?;
        Ok(done == 1)
    }

    /// Adds a correction.
    pub async fn add_revision(&mut self, row: &Revision) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_REVISION)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(row.number)
                .bind(&row.text_object)
                .bind(&row.text_sha256)
                .bind(row.danger)
                .bind(&row.body)
                .bind(&row.corrected_by)
                .bind(row.corrected_at)
                .bind(&row.statement_id)
        )?;
        Ok(())
    }

    /// Puts new words in the place of a copy's old ones; answers the blobs that nothing names any more.
    pub async fn exchange_words(&mut self, copy: CopyId, new: &Part) -> Result<Vec<String>, Fault> {
        let old = self.parts(copy).await?.into_iter().filter(|part| part.rendition == "text");
        let old: Vec<Part> = old.collect();
        // A sheet that was printed stays printed: other words do not free it (O3.2.1).
        let printed_at = old.iter().find_map(|part| part.printed_at);
        let gone = old.into_iter().map(|part| part.object).collect();
        run!(self, sqlx::query(FORGET_WORDS).bind(copy.to_string()))?;
        self.add_part(&Part { printed_at, ..new.clone() }).await?;
        run!(self, sqlx::query(ACKNOWLEDGE_ANEW).bind(copy.to_string()))?;
        Ok(gone)
    }
}
