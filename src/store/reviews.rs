//! Reviews of releases (K7.9), their parts, and what moved a limit (K7.8). Bodies are as sealed under the records key.
//!
//! Promises: a review is signed once and decided once; a part is never saved over somebody else's; a change of a limit is only added.
//! Absent on purpose: the limit in force, which is the release's own. Proved by `tests/it/journeys/review.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{AreaId, PersonId, ReleaseId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::release::{ReviewOutcome, ReviewPart};

/// A review's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `review`, described in the migration")]
pub struct Review {
    pub id: String,
    pub release_id: String,
    pub round: i64,
    pub begun_by: String,
    pub begun_at: i64,
    pub signed_by: Option<String>,
    pub signed_at: Option<i64>,
    pub statement_id: Option<String>,
    pub outcome: Option<String>,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    pub decided_as: Option<String>,
    pub decision: Option<Vec<u8>>,
    pub decision_statement: Option<String>,
}

/// A part's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `review_part`, described in the migration")]
pub struct Part {
    pub id: String,
    pub review_id: String,
    pub part: String,
    pub body: Vec<u8>,
    pub saved_by: String,
    pub saved_at: i64,
    pub version: i64,
}

/// A change of a limit.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `limit_change`, described in the migration, and who by name")]
pub struct LimitChange {
    pub id: String,
    pub release_id: String,
    pub kind: String,
    pub review_id: Option<String>,
    pub until_before: i64,
    pub until_after: i64,
    pub notice_ends: Option<String>,
    pub body: Vec<u8>,
    pub changed_by: String,
    pub changer: String,
    pub changed_at: i64,
    pub statement_id: Option<String>,
}

/// What a review is decided as.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The outcome's word.
    pub outcome: ReviewOutcome,
    /// By whom.
    pub by: PersonId,
    /// In which role.
    pub role: &'static str,
    /// Reasons and enactment, sealed.
    pub body: Vec<u8>,
    /// The signed statement.
    pub statement: String,
}

const REVIEWS: &str = "SELECT id, release_id, round, begun_by, begun_at, signed_by, signed_at, statement_id, outcome, decided_by, decided_at, decided_as, decision, decision_statement FROM review WHERE release_id = $1 ORDER BY round";
const BEGIN: &str = "INSERT INTO review (id, release_id, round, begun_by, begun_at) VALUES ($1, $2, $3, $4, $5)";
const SIGN: &str =
    "UPDATE review SET signed_by = $2, signed_at = $3, statement_id = $4 WHERE id = $1 AND signed_at IS NULL";
const DECIDE: &str = "UPDATE review SET outcome = $2, decided_by = $3, decided_at = $4, decided_as = $5, decision = $6, decision_statement = $7 WHERE id = $1 AND signed_at IS NOT NULL AND decided_at IS NULL";
const PARTS: &str =
    "SELECT id, review_id, part, body, saved_by, saved_at, version FROM review_part WHERE review_id = $1";
const ADD_PART: &str = "INSERT INTO review_part (id, review_id, part, body, saved_by, saved_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)";
const SAVE_PART: &str = "UPDATE review_part SET body = $3, saved_by = $4, saved_at = $5, version = version + 1 WHERE id = $1 AND version = $2";
const CHANGES: &str = "SELECT l.id, l.release_id, l.kind, l.review_id, l.until_before, l.until_after, l.notice_ends, l.body, l.changed_by, p.name AS changer, l.changed_at, l.statement_id FROM limit_change l JOIN person p ON p.id = l.changed_by WHERE l.release_id = $1 ORDER BY l.changed_at, l.id";
const ADD_CHANGE: &str = "INSERT INTO limit_change (id, release_id, kind, review_id, until_before, until_after, notice_ends, body, changed_by, changed_at, statement_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
// The same supply, to a new limit: its conditions are read and signed anew, before anything opens (K7.9, K8.2).
const ACKNOWLEDGE_ALL_ANEW: &str =
    "UPDATE copy SET acknowledged_at = NULL, ack_statement = NULL WHERE release_id = $1 AND confirmed_at IS NULL";
// Near its limit, or with a review under way; from the limit on while somebody has not confirmed that nothing is left.
const DUE: &str = "SELECT r.id FROM release r WHERE r.stage = 'live' AND r.area_id = $1 AND (r.until <= $2 OR EXISTS (SELECT 1 FROM review v WHERE v.release_id = r.id AND v.decided_at IS NULL)) AND (r.until > $3 OR EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.confirmed_at IS NULL AND c.replaced_at IS NULL)) ORDER BY r.until, r.id LIMIT 500";

impl Review {
    /// Signed, and not decided.
    pub fn waits(&self) -> bool {
        self.signed_at.is_some() && self.decided_at.is_none()
    }

    /// What was decided.
    pub fn decided(&self) -> Result<Option<ReviewOutcome>, Fault> {
        let read = |word: &String| whole(ReviewOutcome::parse(word), "review", "outcome", &self.id);
        self.outcome.as_ref().map(read).transpose()
    }
}

impl Part {
    /// Which part it is.
    pub fn part(&self) -> Result<ReviewPart, Fault> {
        whole(ReviewPart::parse(&self.part), "review_part", "part", &self.id)
    }
}

impl LimitChange {
    /// The last day of the notice that counts from here on.
    pub fn notice(&self) -> Result<Option<Day>, Fault> {
        let read = |day: &String| whole(parse_day(day), "limit_change", "notice_ends", &self.id);
        self.notice_ends.as_ref().map(read).transpose()
    }
}

impl Conn {
    /// A release's reviews, oldest first.
    pub async fn reviews(&mut self, release: ReleaseId) -> Result<Vec<Review>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(REVIEWS).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// The saved parts of a review.
    pub async fn review_parts(&mut self, review: &str) -> Result<Vec<Part>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PARTS).bind(review).fetch_all(c).await)?)
    }

    /// What moved a release's limit, oldest first.
    pub async fn limit_changes(&mut self, release: ReleaseId) -> Result<Vec<LimitChange>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(CHANGES).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// An area's live releases whose limit falls before `near`, or that are being reviewed; the nearest limit first. One past its limit
    /// only while a holder has not confirmed.
    pub async fn reviews_due(&mut self, area: AreaId, near: Moment, now: Moment) -> Result<Vec<ReleaseId>, Fault> {
        let (area, near, now) = (area.to_string(), near.millis(), now.millis());
        let rows: Vec<String> =
            on!(self, |c| sqlx::query_scalar(DUE).bind(area).bind(near).bind(now).fetch_all(c).await)?;
        rows.iter().map(|id| whole(ReleaseId::parse(id), "release", "id", id)).collect()
    }
}

impl Tx {
    /// Begins a review.
    pub async fn begin_review(&mut self, id: &str, release: ReleaseId, round: i64, by: PersonId) -> Result<(), Fault> {
        let (release, by, now) = (release.to_string(), by.to_string(), self.now().millis());
        run!(self, sqlx::query(BEGIN).bind(id).bind(release).bind(round).bind(by).bind(now))?;
        Ok(())
    }

    /// Saves a part: anew (version 0), or in the place of the version that was read. `false`: somebody saved it in between.
    pub async fn save_review_part(&mut self, row: &Part) -> Result<bool, Fault> {
        let done = if row.version == 0 {
            run!(
                self,
                sqlx::query(ADD_PART)
                    .bind(&row.id)
                    .bind(&row.review_id)
                    .bind(&row.part)
                    .bind(&row.body)
                    .bind(&row.saved_by)
                    .bind(row.saved_at)
            )?
        } else {
            run!(
                self,
                sqlx::query(SAVE_PART)
                    .bind(&row.id)
                    .bind(row.version)
                    .bind(&row.body)
                    .bind(&row.saved_by)
                    .bind(row.saved_at)
            )?
        };
        Ok(done == 1)
    }

    /// Writes down that a review is signed; false when it was.
    pub async fn sign_review(&mut self, id: &str, by: PersonId, statement: &str) -> Result<bool, Fault> {
        let (by, now) = (by.to_string(), self.now().millis());
        Ok(run!(self, sqlx::query(SIGN).bind(id).bind(by).bind(now).bind(statement))? == 1)
    }

    /// Writes down what was decided on a signed review; false when it was decided.
    pub async fn decide_review(&mut self, id: &str, of: &Decided) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(
            self,
            sqlx::query(DECIDE)
                .bind(id)
                .bind(of.outcome.word())
                .bind(of.by.to_string())
                .bind(now)
                .bind(of.role)
                .bind(&of.body)
                .bind(&of.statement)
        )?;
        Ok(done == 1)
    }

    /// Adds a change of a limit.
    pub async fn add_limit_change(&mut self, row: &LimitChange) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_CHANGE)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(&row.kind)
                .bind(&row.review_id)
                .bind(row.until_before)
                .bind(row.until_after)
                .bind(&row.notice_ends)
                .bind(&row.body)
                .bind(&row.changed_by)
                .bind(row.changed_at)
                .bind(&row.statement_id)
        )?;
        Ok(())
    }

    /// From now on no copy of a release opens before its holder has acknowledged the conditions anew.
    pub async fn acknowledge_anew(&mut self, release: ReleaseId) -> Result<(), Fault> {
        run!(self, sqlx::query(ACKNOWLEDGE_ALL_ANEW).bind(release.to_string()))?;
        Ok(())
    }
}
