//! What is recorded on the way to an authority: the co-ordinator's parts, representations, rulings, instructions.
//!
//! Bodies are as sealed under the records key. Representations and rulings are only added to, but for when the person was told.
//! Absent on purpose: whether any of it is enough (`domain::release::case`). Proved by `tests/it/journeys/decision.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{MemberId, PersonId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::release::{Part, Question, Ruling};

/// A saved part of the co-ordinator's decision.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `consideration`, described in the migration")]
pub struct Consideration {
    pub id: String,
    pub release_id: String,
    pub part: String,
    pub body: Vec<u8>,
    pub saved_by: String,
    pub saved_at: i64,
    pub version: i64,
}

/// Representations of the person.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `representation`, described in the migration")]
pub struct Representation {
    pub id: String,
    pub release_id: String,
    pub received_at: i64,
    pub recorded_by: String,
    pub recorded_at: i64,
    pub body: Vec<u8>,
}

/// A ruling's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `ruling`, described in the migration")]
pub struct RulingRow {
    pub id: String,
    pub release_id: String,
    pub question: String,
    pub disclose: bool,
    pub subject: String,
    pub body: Vec<u8>,
    pub decided_by: String,
    pub decided_at: i64,
    pub statement_id: String,
    pub told_at: Option<i64>,
    pub told_by: Option<String>,
    pub told: Option<Vec<u8>>,
}

const CONSIDERATIONS: &str =
    "SELECT id, release_id, part, body, saved_by, saved_at, version FROM consideration WHERE release_id = $1";
const ADD_CONSIDERATION: &str = "INSERT INTO consideration (id, release_id, part, body, saved_by, saved_at, version) VALUES ($1, $2, $3, $4, $5, $6, 1)";
const SAVE_CONSIDERATION: &str = "UPDATE consideration SET body = $3, saved_by = $4, saved_at = $5, version = version + 1 WHERE id = $1 AND version = $2";
const REPRESENTATIONS: &str = "SELECT id, release_id, received_at, recorded_by, recorded_at, body FROM representation WHERE release_id = $1 ORDER BY recorded_at, id";
const REPRESENT: &str = "INSERT INTO representation (id, release_id, received_at, recorded_by, recorded_at, body) VALUES ($1, $2, $3, $4, $5, $6)";
const RULINGS: &str = "SELECT id, release_id, question, disclose, subject, body, decided_by, decided_at, statement_id, told_at, told_by, told FROM ruling WHERE release_id = $1 ORDER BY decided_at, id";
const RULE: &str = "INSERT INTO ruling (id, release_id, question, disclose, subject, body, decided_by, decided_at, statement_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const TELL: &str = "UPDATE ruling SET told_at = $2, told_by = $3, told = $4 WHERE id = $1 AND told_at IS NULL";
const UNTOLD: &str = "SELECT release_id FROM ruling WHERE told_at IS NULL AND question = 'representations'";
const INSTRUCTIONS: &str = "SELECT member_id FROM instruction WHERE release_id = $1 ORDER BY member_id";
const FORGET_INSTRUCTIONS: &str = "DELETE FROM instruction WHERE release_id = $1";
const INSTRUCT: &str = "INSERT INTO instruction (release_id, member_id) VALUES ($1, $2)";

impl Consideration {
    /// Which part it is.
    pub fn part(&self) -> Result<Part, Fault> {
        whole(Part::parse(&self.part), "consideration", "part", &self.id)
    }
}

impl RulingRow {
    /// As the rules see it.
    pub fn ruling(&self) -> Result<Ruling, Fault> {
        Ok(Ruling {
            question: whole(Question::parse(&self.question), "ruling", "question", &self.id)?,
            by: whole(PersonId::parse(&self.decided_by), "ruling", "decided_by", &self.id)?,
            at: Moment::from_millis(self.decided_at),
            disclose: self.disclose,
            subject: self.subject.clone(),
            told_at: self.told_at.map(Moment::from_millis),
        })
    }
}

impl Conn {
    /// The parts saved on a release.
    pub async fn considerations(&mut self, release: ReleaseId) -> Result<Vec<Consideration>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(CONSIDERATIONS).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// Representations about a release, in the order they were put on record.
    pub async fn representations(&mut self, release: ReleaseId) -> Result<Vec<Representation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(REPRESENTATIONS).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// Rulings on a release, oldest first.
    pub async fn rulings(&mut self, release: ReleaseId) -> Result<Vec<RulingRow>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(RULINGS).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// The releases with a ruling on representations that the person was not told of.
    pub async fn untold_rulings(&mut self) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(UNTOLD).fetch_all(c).await)?)
    }

    /// The member businesses to whom managers may show a release (K7.4).
    pub async fn instructions(&mut self, release: ReleaseId) -> Result<Vec<MemberId>, Fault> {
        let rows: Vec<String> =
            on!(self, |c| sqlx::query_scalar(INSTRUCTIONS).bind(release.to_string()).fetch_all(c).await)?;
        rows.iter().map(|id| whole(MemberId::parse(id), "instruction", "member_id", id)).collect()
    }
}

impl Tx {
    /// Saves a part: anew (version 0), or in the place of the version that was read. `false`: somebody saved it in between.
    pub async fn save_consideration(&mut self, row: &Consideration) -> Result<bool, Fault> {
        let done = if row.version == 0 {
            run!(
                self,
                sqlx::query(ADD_CONSIDERATION)
                    .bind(&row.id)
                    .bind(&row.release_id)
                    .bind(&row.part)
                    .bind(&row.body)
                    .bind(&row.saved_by)
                    .bind(row.saved_at)
            )?
        } else {
            run!(
                self,
                sqlx::query(SAVE_CONSIDERATION)
                    .bind(&row.id)
                    .bind(row.version)
                    .bind(&row.body)
                    .bind(&row.saved_by)
                    .bind(row.saved_at)
            )?
        };
        Ok(done == 1)
    }

    /// Adds representations.
    pub async fn add_representation(&mut self, row: &Representation) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(REPRESENT)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(row.received_at)
                .bind(&row.recorded_by)
                .bind(row.recorded_at)
                .bind(&row.body)
        )?;
        Ok(())
    }

    /// Adds a ruling.
    pub async fn add_ruling(&mut self, row: &RulingRow) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(RULE)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(&row.question)
                .bind(row.disclose)
                .bind(&row.subject)
                .bind(&row.body)
                .bind(&row.decided_by)
                .bind(row.decided_at)
                .bind(&row.statement_id)
        )?;
        Ok(())
    }

    /// Records when and (sealed) by whom and how the person was told what was ruled; `by` puts it on record. `false`: it was already.
    pub async fn tell_ruling(&mut self, id: &str, told_at: Moment, by: PersonId, told: &[u8]) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(TELL).bind(id).bind(told_at.millis()).bind(by.to_string()).bind(told))?;
        Ok(done == 1)
    }

    /// Sets the members to whom managers may show a release.
    pub async fn instruct(&mut self, release: ReleaseId, members: &[MemberId]) -> Result<(), Fault> {
        run!(self, sqlx::query(FORGET_INSTRUCTIONS).bind(release.to_string()))?;
        for member in members {
            run!(self, sqlx::query(INSTRUCT).bind(release.to_string()).bind(member.to_string()))?;
        }
        Ok(())
    }
}
