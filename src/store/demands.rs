//! Demands (K8.2): what was demanded until when, each round of a confirmation, visits; and how far the end of each copy is.
//!
//! Promises: one question answers for a list, a copy and a holder alike; a round is added once for each confirmation and answered once.
//! Absent on purpose: deciding anything by it (`domain::demand`); removing a round. Bodies are as sealed under the records key. Proved by
//! `tests/it/journeys/demands.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::demand::Ending;
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId, SchemeId};
use crate::domain::moment::Moment;
use crate::domain::numbers::Numbers;

/// A copy that was supplied, with how far its end is.
#[derive(Clone, Debug, FromRow)]
#[expect(
    missing_docs,
    reason = "columns of `copy`, `release`, `person`, `scheme` and `ending`, described in the migrations"
)]
pub struct EndingRow {
    pub copy_id: String,
    pub release_id: String,
    pub area_id: String,
    pub urn: String,
    pub holder: String,
    pub holder_name: String,
    pub scheme_id: String,
    pub scheme_name: String,
    pub mark: String,
    pub stage: String,
    pub until: i64,
    pub recalled_at: Option<i64>,
    pub left_at: Option<i64>,
    pub print: i64,
    pub print_of: i64,
    pub opened_at: Option<i64>,
    pub key_gone_at: Option<i64>,
    pub destroyed_at: Option<i64>,
    pub confirmed_at: Option<i64>,
    pub outcome: Option<String>,
    pub statement_id: Option<String>,
    pub due_at: Option<i64>,
    pub accepted_at: Option<i64>,
    pub accepted_by: Option<String>,
}

impl EndingRow {
    /// As the rules see it at `now`.
    pub fn ending(&self, now: Moment) -> Ending {
        let at = |ms: Option<i64>| ms.map(Moment::from_millis);
        let until = Some(Moment::from_millis(self.until)).filter(|until| now >= *until);
        // What was recalled after its limit ended at the limit; whoever left owes it from then on.
        let ended_at = [at(self.recalled_at), until, at(self.left_at), self.ended_alone()].into_iter().flatten().min();
        Ending {
            ended_at,
            due_at: at(self.due_at),
            confirmed_at: at(self.confirmed_at),
            accepted_at: at(self.accepted_at),
        }
    }

    /// Its mark, and of a sheet its number, for a list.
    pub fn named(&self) -> String {
        if self.print > 0 {
            format!("{}, sheet {} of {}", self.mark, self.print, self.print_of)
        } else {
            self.mark.clone()
        }
    }

    /// Its reference, and of a sheet its number, for its holder.
    pub fn called(&self) -> String {
        let (urn, print, of) = (&self.urn, self.print, self.print_of);
        if print > 0 { format!("{urn}, sheet {print} of {of}") } else { urn.clone() }
    }

    /// When the copy ended before its release did, nobody demanded it and its holder did not leave: a review found that its holder needs
    /// it no more (K6.2.4). A key also goes by a confirmation, which is then on record, and with its release, which is earlier or the same.
    pub fn ended_alone(&self) -> Option<Moment> {
        let asked = self.confirmed_at.is_some() || self.due_at.is_some() || self.left_at.is_some();
        let gone = self.key_gone_at.filter(|_| !asked)?;
        let alone = gone < self.until && self.recalled_at.is_none_or(|recalled| gone < recalled);
        alone.then(|| Moment::from_millis(gone))
    }

    /// The copy.
    pub fn copy(&self) -> Result<CopyId, Fault> {
        whole(CopyId::parse(&self.copy_id), "copy", "id", &self.copy_id)
    }

    /// The releasing area.
    pub fn area(&self) -> Result<AreaId, Fault> {
        whole(AreaId::parse(&self.area_id), "release", "area_id", &self.release_id)
    }
}

/// Which copies are asked for. Empty fields ask for nothing.
#[derive(Clone, Debug, Default)]
pub struct Endings {
    /// Of this area's releases.
    pub area: Option<AreaId>,
    /// Held for this scheme.
    pub scheme: Option<SchemeId>,
    /// By this person.
    pub holder: Option<PersonId>,
    /// Of this release.
    pub release: Option<ReleaseId>,
    /// This one.
    pub copy: Option<CopyId>,
    /// Only those that ended, or were confirmed, and are not accepted.
    pub open: bool,
}

/// A demand's row, with who made it by name.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `demand`, described in the migration")]
pub struct Demand {
    pub id: String,
    pub scope: String,
    pub made_by: String,
    pub maker: String,
    pub made_at: i64,
    pub due_at: i64,
    pub body: Vec<u8>,
    pub statement_id: String,
}

/// A round's row, with who answered it by name.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `confirmation`, described in the migration")]
pub struct Confirmation {
    pub id: String,
    pub copy_id: String,
    pub statement_id: String,
    pub outcome: String,
    pub confirmed_at: i64,
    pub answer: Option<String>,
    pub answerer: Option<String>,
    pub answered_at: Option<i64>,
    pub due_at: Option<i64>,
    pub body: Option<Vec<u8>>,
}

/// A visit's row, with who recorded it by name.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `demand_visit`, described in the migration")]
pub struct VisitRow {
    pub id: String,
    pub copy_id: String,
    pub visited_on: String,
    pub recorded_by: String,
    pub recorder: String,
    pub recorded_at: i64,
    pub body: Vec<u8>,
}

/// How a confirmation is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is over.
    Accepted,
    /// To be confirmed anew by then; the reason, sealed.
    Queried(Moment, Vec<u8>),
}

// Never voided: nobody had opened such a copy. Not one that was replaced: its end came with the holder's old keys; but
// what a leaver held, whoever follows them (K7.3). A copy that is not
// sealed yet was not supplied, unless its key went before.
const ENDINGS: &str = "SELECT c.id AS copy_id, c.release_id, r.area_id, r.urn, c.holder, p.name AS holder_name, c.scheme_id, s.name AS scheme_name, c.mark, r.stage, r.until, r.recalled_at, c.left_at, c.print, c.print_of, c.opened_at, c.key_gone_at, c.destroyed_at, c.confirmed_at, c.outcome, c.statement_id, e.due_at, e.accepted_at, e.accepted_by FROM copy c JOIN release r ON r.id = c.release_id JOIN person p ON p.id = c.holder JOIN scheme s ON s.id = c.scheme_id LEFT JOIN ending e ON e.copy_id = c.id WHERE c.sealed_at IS NOT NULL AND (c.replaced_at IS NULL OR c.replaced_at = c.left_at OR (c.print > 0 AND c.opened_at IS NOT NULL)) AND r.stage IN ('live', 'recalled') AND ($1 = '' OR r.area_id = $1) AND ($2 = '' OR c.scheme_id = $2) AND ($3 = '' OR c.holder = $3) AND ($4 = '' OR c.release_id = $4) AND ($5 = '' OR c.id = $5) AND ($6 = 0 OR (e.accepted_at IS NULL AND (e.due_at IS NOT NULL OR c.confirmed_at IS NOT NULL OR c.left_at IS NOT NULL OR c.key_gone_at IS NOT NULL OR r.stage = 'recalled' OR r.until <= $7))) ORDER BY r.urn, s.name, p.name, c.print, c.id";
const UNSEALED: &str = "SELECT c.id FROM copy c JOIN release r ON r.id = c.release_id WHERE c.sealed_at IS NULL AND c.key_gone_at IS NULL AND r.stage = 'live' AND ($1 = '' OR r.area_id = $1) AND ($2 = '' OR c.scheme_id = $2) AND ($3 = '' OR c.holder = $3) AND ($4 = '' OR c.release_id = $4) ORDER BY c.id";
const DEMANDS: &str = "SELECT d.id, d.scope, d.made_by, p.name AS maker, d.made_at, d.due_at, d.body, d.statement_id FROM demand d JOIN demanded o ON o.demand_id = d.id JOIN person p ON p.id = d.made_by WHERE o.copy_id = $1 ORDER BY d.made_at DESC, d.id DESC";
const ADD_DEMAND: &str =
    "INSERT INTO demand (id, scope, made_by, made_at, due_at, body, statement_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ADD_DEMANDED: &str = "INSERT INTO demanded (demand_id, copy_id) VALUES ($1, $2)";
const SET_DUE: &str =
    "INSERT INTO ending (copy_id, due_at) VALUES ($1, $2) ON CONFLICT (copy_id) DO UPDATE SET due_at = $2";
const ROUNDS: &str = "SELECT c.id, c.copy_id, c.statement_id, c.outcome, c.confirmed_at, c.answer, p.name AS answerer, c.answered_at, c.due_at, c.body FROM confirmation c LEFT JOIN person p ON p.id = c.answered_by WHERE c.copy_id = $1 ORDER BY c.confirmed_at DESC, c.id DESC";
const ADD_ROUND: &str =
    "INSERT INTO confirmation (id, copy_id, statement_id, outcome, confirmed_at) VALUES ($1, $2, $3, $4, $5)";
const ANSWER: &str = "UPDATE confirmation SET answer = $3, answered_by = $4, answered_at = $5, due_at = $6, body = $7 WHERE id = $1 AND copy_id = $2 AND answer IS NULL";
const ACCEPT: &str = "INSERT INTO ending (copy_id, accepted_by, accepted_at) VALUES ($1, $2, $3) ON CONFLICT (copy_id) DO UPDATE SET accepted_by = $2, accepted_at = $3 WHERE ending.accepted_at IS NULL";
const REOPEN: &str =
    "UPDATE copy SET confirmed_at = NULL, outcome = NULL, statement_id = NULL WHERE id = $1 AND confirmed_at = $2";
const VISITS: &str = "SELECT v.id, v.copy_id, v.visited_on, v.recorded_by, p.name AS recorder, v.recorded_at, v.body FROM demand_visit v JOIN person p ON p.id = v.recorded_by WHERE v.copy_id = $1 ORDER BY v.visited_on DESC, v.recorded_at DESC, v.id DESC";
const ADD_VISIT: &str = "INSERT INTO demand_visit (id, copy_id, visited_on, recorded_by, recorded_at, body) VALUES ($1, $2, $3, $4, $5, $6)";

fn text<T: ToString>(id: Option<&T>) -> String {
    id.map_or_else(String::new, ToString::to_string)
}

impl Conn {
    /// The copies asked for, by reference, scheme and holder.
    pub async fn endings(&mut self, of: &Endings, now: Moment) -> Result<Vec<EndingRow>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ENDINGS)
            .bind(text(of.area.as_ref()))
            .bind(text(of.scheme.as_ref()))
            .bind(text(of.holder.as_ref()))
            .bind(text(of.release.as_ref()))
            .bind(text(of.copy.as_ref()))
            .bind(i64::from(of.open))
            .bind(now.millis())
            .fetch_all(c)
            .await)?)
    }

    /// Copies of live releases that are not sealed yet, as they are asked for: what is demanded must not be supplied meanwhile.
    pub async fn unsealed(&mut self, of: &Endings) -> Result<Vec<CopyId>, Fault> {
        let rows: Vec<String> = on!(self, |c| sqlx::query_scalar(UNSEALED)
            .bind(text(of.area.as_ref()))
            .bind(text(of.scheme.as_ref()))
            .bind(text(of.holder.as_ref()))
            .bind(text(of.release.as_ref()))
            .fetch_all(c)
            .await)?;
        rows.iter().map(|id| whole(CopyId::parse(id), "copy", "id", id)).collect()
    }

    /// The earliest deadline by which a holder has to confirm the end of a copy other than `but`; `None`: they owe nothing.
    pub async fn owes(
        &mut self,
        holder: PersonId,
        but: Option<CopyId>,
        numbers: &Numbers,
        now: Moment,
    ) -> Result<Option<Moment>, Fault> {
        let of = Endings { holder: Some(holder), open: true, ..Endings::default() };
        let but = text(but.as_ref());
        let rows = self.endings(&of, now).await?;
        let owed = rows.iter().filter(|row| row.copy_id != but && row.confirmed_at.is_none());
        Ok(owed.filter_map(|row| row.ending(now).due(numbers)).min())
    }

    /// The demands that a copy was under, newest first.
    pub async fn demands_of(&mut self, copy: CopyId) -> Result<Vec<Demand>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(DEMANDS).bind(copy.to_string()).fetch_all(c).await)?)
    }

    /// The rounds of a copy's confirmation, newest first.
    pub async fn rounds(&mut self, copy: CopyId) -> Result<Vec<Confirmation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ROUNDS).bind(copy.to_string()).fetch_all(c).await)?)
    }

    /// The visits because of a copy, newest first.
    pub async fn demand_visits(&mut self, copy: CopyId) -> Result<Vec<VisitRow>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(VISITS).bind(copy.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds a demand, made now.
    pub async fn add_demand(&mut self, row: &Demand) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(
            self,
            sqlx::query(ADD_DEMAND)
                .bind(&row.id)
                .bind(&row.scope)
                .bind(&row.made_by)
                .bind(now)
                .bind(row.due_at)
                .bind(&row.body)
                .bind(&row.statement_id)
        )?;
        Ok(())
    }

    /// A demand is about this copy, to be confirmed by `due`.
    pub async fn demand_copy(&mut self, demand: &str, copy: &str, due: Moment) -> Result<(), Fault> {
        run!(self, sqlx::query(ADD_DEMANDED).bind(demand).bind(copy))?;
        run!(self, sqlx::query(SET_DUE).bind(copy).bind(due.millis()))?;
        Ok(())
    }

    /// Adds a round, confirmed now.
    pub async fn add_round(&mut self, id: &str, copy: CopyId, statement: &str, outcome: &str) -> Result<(), Fault> {
        let (copy, now) = (copy.to_string(), self.now().millis());
        run!(self, sqlx::query(ADD_ROUND).bind(id).bind(copy).bind(statement).bind(outcome).bind(now))?;
        Ok(())
    }

    /// Answers a copy's confirmation of `confirmed_at`; false when another came between. A round of before a restore may be missing.
    pub async fn answer_confirmation(
        &mut self,
        copy: CopyId,
        confirmed_at: Moment,
        round: Option<&str>,
        answer: &Answer,
        by: PersonId,
    ) -> Result<bool, Fault> {
        let (copy, by, now) = (copy.to_string(), by.to_string(), self.now().millis());
        let (word, due, body) = match answer {
            Answer::Accepted => ("accepted", None, None),
            Answer::Queried(due, body) => ("queried", Some(due.millis()), Some(body)),
        };
        if let Some(round) = round {
            let done = run!(
                self,
                sqlx::query(ANSWER).bind(round).bind(&copy).bind(word).bind(&by).bind(now).bind(due).bind(body)
            )?;
            if done != 1 {
                return Ok(false);
            }
        }
        let done = match due {
            None => run!(self, sqlx::query(ACCEPT).bind(&copy).bind(&by).bind(now))?,
            Some(due) => {
                run!(self, sqlx::query(SET_DUE).bind(&copy).bind(due))?;
                run!(self, sqlx::query(REOPEN).bind(&copy).bind(confirmed_at.millis()))?
            }
        };
        Ok(done == 1)
    }

    /// Adds a visit, recorded now.
    pub async fn add_demand_visit(&mut self, row: &VisitRow) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(
            self,
            sqlx::query(ADD_VISIT)
                .bind(&row.id)
                .bind(&row.copy_id)
                .bind(&row.visited_on)
                .bind(&row.recorded_by)
                .bind(now)
                .bind(&row.body)
        )?;
        Ok(())
    }
}
