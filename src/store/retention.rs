//! What has ended and may fall due (K9.1), the reviews before disposal, and legal holds.
//!
//! Promises: a review is decided once and carried out once; it is never removed: it is the record of the disposal. Whether a hold
//! covers a release is one question, asked inside the act. Absent on purpose: words of a case, which are as sealed; erasing, which is
//! [`super::erasing`]. Proved by `tests/it/journeys/retention.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::{AreaId, ReleaseId};
use crate::domain::moment::Moment;

/// A release that has ended, as far as its disposal is concerned.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `release` and counts beside it")]
pub struct Ended {
    pub id: String,
    pub confirmed_at: Option<i64>,
    pub keep_until: Option<String>,
    /// Copies that were opened and never confirmed gone.
    pub unconfirmed: i64,
    /// Open duties.
    pub duties: i64,
    /// Releases of other areas that follow it.
    pub followers: i64,
    /// Holds that stand.
    pub holds: i64,
}

/// A review.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `disposal`, described in the migration")]
pub struct Disposal {
    pub id: String,
    pub kind: String,
    pub subject_id: String,
    /// Absent: the log's, which is of all areas.
    pub area_id: Option<String>,
    pub urn: String,
    pub ended: String,
    pub due: String,
    pub years: i64,
    pub source: String,
    pub keep_until: Option<String>,
    pub body: Vec<u8>,
    pub proposed_by: String,
    pub proposed_at: i64,
    pub proposal: String,
    pub agreed: Option<bool>,
    pub answer: Option<Vec<u8>>,
    pub decided_by: Option<String>,
    pub decided_at: Option<i64>,
    pub decision: Option<String>,
    pub goes_from: Option<i64>,
    pub erased_at: Option<i64>,
    pub remaining: String,
    pub gone_at: Option<i64>,
}

/// What a second person decided.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of `disposal`, described in the migration")]
pub struct Answer {
    pub agreed: bool,
    pub answer: Vec<u8>,
    pub decided_by: String,
    pub decision: String,
    pub goes_from: Option<Moment>,
}

/// A legal hold.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `legal_hold`, described in the migration, and names beside them")]
pub struct LegalHold {
    pub id: String,
    pub scope: String,
    pub subject_id: String,
    pub area_id: String,
    pub body: Vec<u8>,
    pub placed_by: String,
    pub placed_at: i64,
    pub lift: Option<Vec<u8>>,
    pub lifted_by: Option<String>,
    pub lifted_at: Option<i64>,
    pub placer: String,
    pub lifter: Option<String>,
    /// What is held, by its reference or name; empty: a request without a number.
    pub held: String,
}

const ENDED: &str = "SELECT r.id, (SELECT MAX(c.confirmed_at) FROM copy c WHERE c.release_id = r.id) AS confirmed_at, (SELECT MAX(d.keep_until) FROM disposal d WHERE d.subject_id = r.id AND d.agreed = $3) AS keep_until, (SELECT COUNT(*) FROM copy c WHERE c.release_id = r.id AND c.opened_at IS NOT NULL AND c.confirmed_at IS NULL) AS unconfirmed, (SELECT COUNT(*) FROM duty u WHERE u.release_id = r.id AND u.done_at IS NULL) AS duties, (SELECT COUNT(*) FROM release o WHERE o.origin_id = r.id) AS followers, (SELECT COUNT(*) FROM legal_hold h WHERE h.lifted_at IS NULL AND h.area_id = r.area_id AND ((h.scope = 'release' AND h.subject_id = r.id) OR (h.scope = 'scheme' AND EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.scheme_id = h.subject_id)) OR (h.scope = 'person' AND (h.subject_id = r.requested_by OR h.subject_id = r.authorised_by OR EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.holder = h.subject_id))))) AS holds FROM release r WHERE r.area_id = $1 AND r.stage IN ('closed', 'live', 'voided', 'recalled') AND COALESCE(r.recalled_at, r.closed_at, r.until) < CASE WHEN r.stage = 'closed' THEN CAST($5 AS BIGINT) ELSE CAST($2 AS BIGINT) END ORDER BY COALESCE(r.recalled_at, r.closed_at, r.until), r.id LIMIT $4";
const ENDED_ONE: &str = "SELECT r.id, (SELECT MAX(c.confirmed_at) FROM copy c WHERE c.release_id = r.id) AS confirmed_at, (SELECT MAX(d.keep_until) FROM disposal d WHERE d.subject_id = r.id AND d.agreed = $2) AS keep_until, (SELECT COUNT(*) FROM copy c WHERE c.release_id = r.id AND c.opened_at IS NOT NULL AND c.confirmed_at IS NULL) AS unconfirmed, (SELECT COUNT(*) FROM duty u WHERE u.release_id = r.id AND u.done_at IS NULL) AS duties, (SELECT COUNT(*) FROM release o WHERE o.origin_id = r.id) AS followers, (SELECT COUNT(*) FROM legal_hold h WHERE h.lifted_at IS NULL AND h.area_id = r.area_id AND ((h.scope = 'release' AND h.subject_id = r.id) OR (h.scope = 'scheme' AND EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.scheme_id = h.subject_id)) OR (h.scope = 'person' AND (h.subject_id = r.requested_by OR h.subject_id = r.authorised_by OR EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.holder = h.subject_id))))) AS holds FROM release r WHERE r.id = $1";
const OF_SUBJECT: &str = "SELECT id, kind, subject_id, area_id, urn, ended, due, years, source, keep_until, body, proposed_by, proposed_at, proposal, agreed, answer, decided_by, decided_at, decision, goes_from, erased_at, remaining, gone_at FROM disposal WHERE subject_id = $1 ORDER BY proposed_at DESC, id DESC";
const DONE: &str = "SELECT id, kind, subject_id, area_id, urn, ended, due, years, source, keep_until, body, proposed_by, proposed_at, proposal, agreed, answer, decided_by, decided_at, decision, goes_from, erased_at, remaining, gone_at FROM disposal WHERE COALESCE(area_id, '') = $1 AND erased_at IS NOT NULL ORDER BY erased_at DESC, id DESC LIMIT $2";
const AGREED: &str =
    "SELECT subject_id FROM disposal WHERE goes_from <= $1 AND erased_at IS NULL ORDER BY goes_from, id";
const REMAINING: &str =
    "SELECT id, remaining FROM disposal WHERE erased_at IS NOT NULL AND gone_at IS NULL ORDER BY erased_at, id";
const SINCE: &str = "SELECT COUNT(*) FROM disposal WHERE erased_at >= $1";
const ADD: &str = "INSERT INTO disposal (id, kind, subject_id, area_id, urn, ended, due, years, source, keep_until, body, proposed_by, proposed_at, proposal, remaining) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '')";
const DECIDE: &str = "UPDATE disposal SET agreed = $2, answer = $3, decided_by = $4, decided_at = $5, decision = $6, goes_from = $7 WHERE id = $1 AND agreed IS NULL";
const ERASED: &str = "UPDATE disposal SET erased_at = $2, remaining = $3 WHERE id = $1 AND erased_at IS NULL";
const LAPSED: &str =
    "UPDATE disposal SET goes_from = NULL WHERE subject_id = $1 AND goes_from IS NOT NULL AND erased_at IS NULL";
const PUT_OFF: &str = "UPDATE disposal SET goes_from = $1 WHERE goes_from < $1 AND erased_at IS NULL";
const GONE: &str = "UPDATE disposal SET remaining = '', gone_at = $2 WHERE id = $1 AND gone_at IS NULL";
const HOLDS_ON: &str = "SELECT h.id, h.scope, h.subject_id, h.area_id, h.body, h.placed_by, h.placed_at, h.lift, h.lifted_by, h.lifted_at, p.name AS placer, l.name AS lifter, COALESCE((SELECT o.urn FROM release o WHERE o.id = h.subject_id), (SELECT s.name FROM scheme s WHERE s.id = h.subject_id), (SELECT w.name FROM person w WHERE w.id = h.subject_id), '') AS held FROM legal_hold h JOIN release r ON r.area_id = h.area_id JOIN person p ON p.id = h.placed_by LEFT JOIN person l ON l.id = h.lifted_by WHERE r.id = $1 AND ((h.scope = 'release' AND h.subject_id = r.id) OR (h.scope = 'scheme' AND EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.scheme_id = h.subject_id)) OR (h.scope = 'person' AND (h.subject_id = r.requested_by OR h.subject_id = r.authorised_by OR EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.holder = h.subject_id)))) ORDER BY h.placed_at DESC, h.id DESC";
const HOLDS_OF: &str = "SELECT h.id, h.scope, h.subject_id, h.area_id, h.body, h.placed_by, h.placed_at, h.lift, h.lifted_by, h.lifted_at, p.name AS placer, l.name AS lifter, COALESCE((SELECT o.urn FROM release o WHERE o.id = h.subject_id), (SELECT s.name FROM scheme s WHERE s.id = h.subject_id), (SELECT w.name FROM person w WHERE w.id = h.subject_id), '') AS held FROM legal_hold h JOIN person p ON p.id = h.placed_by LEFT JOIN person l ON l.id = h.lifted_by WHERE h.area_id = $1 ORDER BY h.lifted_at IS NULL DESC, h.placed_at DESC, h.id DESC LIMIT $2";
const HOLD: &str = "SELECT h.id, h.scope, h.subject_id, h.area_id, h.body, h.placed_by, h.placed_at, h.lift, h.lifted_by, h.lifted_at, p.name AS placer, l.name AS lifter, COALESCE((SELECT o.urn FROM release o WHERE o.id = h.subject_id), (SELECT s.name FROM scheme s WHERE s.id = h.subject_id), (SELECT w.name FROM person w WHERE w.id = h.subject_id), '') AS held FROM legal_hold h JOIN person p ON p.id = h.placed_by LEFT JOIN person l ON l.id = h.lifted_by WHERE h.id = $1";
const ADD_HOLD: &str = "INSERT INTO legal_hold (id, scope, subject_id, area_id, body, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const LIFT: &str =
    "UPDATE legal_hold SET lift = $2, lifted_by = $3, lifted_at = $4 WHERE id = $1 AND lifted_at IS NULL";

/// At most so many lines of a list.
const MOST: i64 = 500;

impl Conn {
    /// What ended in an area, cases before one moment and requests before another, the longest ended first.
    pub async fn ended_before(&mut self, area: AreaId, cases: Moment, requests: Moment) -> Result<Vec<Ended>, Fault> {
        let (area, cases, requests) = (area.to_string(), cases.millis(), requests.millis());
        Ok(on!(self, |c| sqlx::query_as(ENDED)
            .bind(area)
            .bind(cases)
            .bind(true)
            .bind(MOST)
            .bind(requests)
            .fetch_all(c)
            .await)?)
    }

    /// One release, ended or not.
    pub async fn ending_of(&mut self, release: ReleaseId) -> Result<Option<Ended>, Fault> {
        let id = release.to_string();
        Ok(on!(self, |c| sqlx::query_as(ENDED_ONE).bind(id).bind(true).fetch_optional(c).await)?)
    }

    /// All reviews of one thing, newest first.
    pub async fn disposals_of(&mut self, subject: &str) -> Result<Vec<Disposal>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_SUBJECT).bind(subject).fetch_all(c).await)?)
    }

    /// What an area has disposed of, newest first; no area: of the log.
    pub async fn disposed_in(&mut self, area: Option<AreaId>) -> Result<Vec<Disposal>, Fault> {
        let area = area.map_or_else(String::new, |area| area.to_string());
        Ok(on!(self, |c| sqlx::query_as(DONE).bind(area).bind(MOST).fetch_all(c).await)?)
    }

    /// What two people agreed to dispose of and whose night has come.
    pub async fn disposals_to_do(&mut self, now: Moment) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(AGREED).bind(now.millis()).fetch_all(c).await)?)
    }

    /// Disposals whose sealed files are not all gone yet, with the files' names.
    pub async fn disposals_to_clear(&mut self) -> Result<Vec<(String, Vec<String>)>, Fault> {
        let rows: Vec<(String, String)> = on!(self, |c| sqlx::query_as(REMAINING).fetch_all(c).await)?;
        let names = |text: String| text.split_ascii_whitespace().map(str::to_owned).collect();
        Ok(rows.into_iter().map(|(id, text)| (id, names(text))).collect())
    }

    /// Whether anything was disposed of since a moment.
    pub async fn disposed_since(&mut self, since: Moment) -> Result<bool, Fault> {
        let many: i64 = on!(self, |c| sqlx::query_scalar(SINCE).bind(since.millis()).fetch_one(c).await)?;
        Ok(many > 0)
    }

    /// Holds on one release, lifted ones too, newest first.
    pub async fn holds_on(&mut self, release: ReleaseId) -> Result<Vec<LegalHold>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(HOLDS_ON).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// One hold.
    pub async fn hold(&mut self, id: &str) -> Result<Option<LegalHold>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(HOLD).bind(id).fetch_optional(c).await)?)
    }

    /// Holds of one area: those that stand first, each newest first.
    pub async fn holds_of_area(&mut self, area: AreaId) -> Result<Vec<LegalHold>, Fault> {
        let area = area.to_string();
        Ok(on!(self, |c| sqlx::query_as(HOLDS_OF).bind(area).bind(MOST).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Writes a proposal down.
    pub async fn add_disposal(&mut self, row: &Disposal) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.kind)
                .bind(&row.subject_id)
                .bind(&row.area_id)
                .bind(&row.urn)
                .bind(&row.ended)
                .bind(&row.due)
                .bind(row.years)
                .bind(&row.source)
                .bind(&row.keep_until)
                .bind(&row.body)
                .bind(&row.proposed_by)
                .bind(row.proposed_at)
                .bind(&row.proposal)
        )?;
        Ok(())
    }

    /// Writes down what the second person decided at `at`; false when somebody did already.
    pub async fn decide_disposal(&mut self, id: &str, answer: &Answer, at: Moment) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(DECIDE)
                .bind(id)
                .bind(answer.agreed)
                .bind(&answer.answer)
                .bind(&answer.decided_by)
                .bind(at.millis())
                .bind(&answer.decision)
                .bind(answer.goes_from.map(Moment::millis))
        )?;
        Ok(done == 1)
    }

    /// Writes down that rows and bodies are erased, and which sealed files are still to go; false when that was written before.
    pub async fn disposal_erased(&mut self, id: &str, at: Moment, remaining: &[String]) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(ERASED).bind(id).bind(at.millis()).bind(remaining.join(" ")))?;
        Ok(done == 1)
    }

    /// Takes back that something goes: it has not ended any more, or ended anew.
    pub async fn disposal_lapsed(&mut self, subject: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(LAPSED).bind(subject))?;
        Ok(())
    }

    /// Puts off whatever would go before a moment: after a restore, holds that were lost have to be placed again first.
    pub async fn disposals_put_off(&mut self, to: Moment) -> Result<(), Fault> {
        run!(self, sqlx::query(PUT_OFF).bind(to.millis()))?;
        Ok(())
    }

    /// Writes down that every file is gone.
    pub async fn disposal_gone(&mut self, id: &str) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(GONE).bind(id).bind(now))?;
        Ok(())
    }

    /// Places a hold.
    pub async fn add_hold(&mut self, row: &LegalHold) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_HOLD)
                .bind(&row.id)
                .bind(&row.scope)
                .bind(&row.subject_id)
                .bind(&row.area_id)
                .bind(&row.body)
                .bind(&row.placed_by)
                .bind(row.placed_at)
        )?;
        Ok(())
    }

    /// Lifts a hold; false when it was lifted before.
    pub async fn lift_hold(&mut self, id: &str, why: &[u8], by: &str) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(LIFT).bind(id).bind(why).bind(by).bind(now))?;
        Ok(done == 1)
    }
}
