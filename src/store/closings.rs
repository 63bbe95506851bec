//! What is closed for good, read for the journal and, after a restore, written down again from it (P9).
//!
//! Absent on purpose: opening anything again: each statement here only closes.

use super::erasing::Erased;
use super::journal::{Closing, Disposed};
use super::retention::Disposal;
use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::CopyId;
use crate::domain::moment::Moment;

const RECALLED: &str = "SELECT id, recalled_by, recalled_at FROM release WHERE stage IN ('recalled', 'voided') AND recalled_at >= $1 ORDER BY recalled_at, id";
const REMOVED: &str = "SELECT id, removed_by, removed_at FROM document WHERE removed_at >= $1 ORDER BY removed_at, id";
const DISPOSED: &str = "SELECT id, kind, subject_id, area_id, urn, ended, due, years, source, keep_until, body, proposed_by, proposed_at, proposal, agreed, answer, decided_by, decided_at, decision, goes_from, erased_at, remaining, gone_at FROM disposal WHERE erased_at >= $1 ORDER BY erased_at, id";
const IS_DISPOSED: &str = "SELECT COUNT(*) FROM disposal WHERE id = $1 AND erased_at IS NOT NULL";
const FORGET_REVIEW: &str = "DELETE FROM disposal WHERE subject_id = $1 AND (id = $2 OR agreed IS NULL)";
const DISPOSE: &str = "INSERT INTO disposal (id, kind, subject_id, area_id, urn, ended, due, years, source, body, proposed_by, proposed_at, proposal, agreed, answer, decided_by, decided_at, decision, goes_from, erased_at, remaining) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, $10, $14, $15, '', $15, $16, $17)";
const COPY: &str = "SELECT c.release_id, c.key_gone_at, c.confirmed_at, c.outcome, c.replaced_at, r.recalled_at FROM copy c JOIN release r ON r.id = c.release_id WHERE c.id = $1 AND c.key_gone_at IS NOT NULL";
const STANDS: &str = "SELECT COUNT(*) FROM copy WHERE id = $1 AND destroyed_at IS NOT NULL";
const IS_RECALLED: &str = "SELECT COUNT(*) FROM release WHERE id = $1 AND stage IN ('recalled', 'voided')";
const OF_COPY: &str = "SELECT object FROM part WHERE copy_id = $1";
const OF_RELEASE: &str = "SELECT p.object FROM part p JOIN copy c ON c.id = p.copy_id WHERE c.release_id = $1";
const OF_DOCUMENT: &str = "SELECT object FROM document WHERE id = $1";

const KEY_GONE: &str = "UPDATE copy SET wrapped_key = NULL, key_gone_at = $2 WHERE id = $1 AND key_gone_at IS NULL";
const CONFIRMED: &str = "UPDATE copy SET confirmed_at = $2, outcome = $3 WHERE id = $1 AND confirmed_at IS NULL";
const REPLACED: &str = "UPDATE copy SET replaced_at = $2 WHERE id = $1 AND replaced_at IS NULL";
const RECALL: &str =
    "UPDATE release SET stage = 'recalled', recalled_by = $2, recalled_at = $3 WHERE id = $1 AND stage = 'live'";
const KEYS_GONE: &str =
    "UPDATE copy SET wrapped_key = NULL, key_gone_at = $2 WHERE release_id = $1 AND key_gone_at IS NULL";
const REMOVE: &str = "UPDATE document SET wrapped_key = NULL, removed_by = (SELECT id FROM person WHERE id = $2), removed_at = $3, remove_reason = 'Not known: removed before the portal was put back from a backup' WHERE id = $1 AND removed_at IS NULL";
const SKIP: &str = "UPDATE area SET next_serial = next_serial + $1";

type CopyRow = (String, i64, Option<i64>, Option<String>, Option<i64>, Option<i64>);

fn disposal(row: Disposal) -> Closing {
    Closing::Disposal(Box::new(Disposed {
        id: row.id,
        at: text(row.erased_at.unwrap_or_default()),
        subject: row.subject_id,
        kind: row.kind,
        area: row.area_id,
        urn: row.urn,
        ended: row.ended,
        due: row.due,
        years: row.years,
        source: row.source,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        decided_by: row.decided_by.unwrap_or_default(),
        decided_at: row.decided_at.unwrap_or_default(),
    }))
}

fn text(at: i64) -> String {
    Moment::from_millis(at).rfc3339()
}

impl Conn {
    /// Releases recalled and documents removed since a moment.
    pub async fn closed_since(&mut self, since: Moment) -> Result<Vec<Closing>, Fault> {
        let since = since.millis();
        let recalled: Vec<(String, String, i64)> =
            on!(self, |c| sqlx::query_as(RECALLED).bind(since).fetch_all(c).await)?;
        let removed: Vec<(String, Option<String>, i64)> =
            on!(self, |c| sqlx::query_as(REMOVED).bind(since).fetch_all(c).await)?;
        let release = |(id, by, at)| Closing::Release { id, by, at: text(at) };
        let document =
            |(id, by, at): (_, Option<String>, _)| Closing::Document { id, by: by.unwrap_or_default(), at: text(at) };
        let disposed: Vec<Disposal> = on!(self, |c| sqlx::query_as(DISPOSED).bind(since).fetch_all(c).await)?;
        let closed = recalled.into_iter().map(release).chain(removed.into_iter().map(document));
        Ok(closed.chain(disposed.into_iter().map(disposal)).collect())
    }

    /// The closing of a copy whose key is gone; `None`: it has its key.
    pub async fn closing_of(&mut self, copy: CopyId) -> Result<Option<Closing>, Fault> {
        let row: Option<CopyRow> = on!(self, |c| sqlx::query_as(COPY).bind(copy.to_string()).fetch_optional(c).await)?;
        let Some((release, gone, confirmed, outcome, replaced, recalled)) = row else { return Ok(None) };
        let why = match (replaced, confirmed, recalled) {
            (Some(_), _, _) => "replaced",
            (None, Some(_), _) => "confirmed",
            (None, None, Some(_)) => "recalled",
            (None, None, None) => "expired",
        };
        let (id, why, at) = (copy.to_string(), why.to_owned(), text(gone));
        Ok(Some(Closing::Copy { id, release, why, at, outcome: confirmed.and(outcome) }))
    }

    /// Whether the database already says what a closing of a copy or a release says; a document's is not asked for.
    pub async fn knows(&mut self, closing: &Closing) -> Result<bool, Fault> {
        let (query, id) = match closing {
            Closing::Copy { id, .. } => (STANDS, id),
            Closing::Release { id, .. } => (IS_RECALLED, id),
            Closing::Disposal(one) => (IS_DISPOSED, &one.id),
            Closing::Document { .. } => return Ok(false),
        };
        let found: i64 = on!(self, |c| sqlx::query_scalar(query).bind(id).fetch_one(c).await)?;
        Ok(found > 0)
    }

    /// The vault's names of what a closing ends, as far as this database knows them.
    pub async fn objects_closed_by(&mut self, closing: &Closing) -> Result<Vec<String>, Fault> {
        let (query, id) = match closing {
            Closing::Disposal(one) => return self.objects_of(one.about()?).await,
            Closing::Copy { id, .. } => (OF_COPY, id),
            Closing::Release { id, .. } => (OF_RELEASE, id),
            Closing::Document { id, .. } => (OF_DOCUMENT, id),
        };
        Ok(on!(self, |c| sqlx::query_scalar(query).bind(id).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Closes again what was closed before the database was put back; how many rows this changed.
    pub async fn close_again(&mut self, closing: &Closing) -> Result<u64, Fault> {
        let at = closing.at()?.millis();
        let mut rows = 0;
        match closing {
            Closing::Copy { id, why, outcome, .. } => {
                rows += run!(self, sqlx::query(KEY_GONE).bind(id).bind(at))?;
                if let Some(outcome) = outcome {
                    let done = run!(self, sqlx::query(CONFIRMED).bind(id).bind(at).bind(outcome))?;
                    rows += done;
                }
                if why == "replaced" {
                    rows += run!(self, sqlx::query(REPLACED).bind(id).bind(at))?;
                }
            }
            Closing::Release { id, by, .. } => {
                let done = run!(self, sqlx::query(RECALL).bind(id).bind(by).bind(at))?;
                // One that is not live in this database has no copies: it was asked for, and authorised after the backup.
                if done > 0 {
                    rows += 1;
                    rows += run!(self, sqlx::query(KEYS_GONE).bind(id).bind(at))?;
                }
            }
            // Erased with its leaf: [`Tx::dispose_again`].
            Closing::Disposal(_) => {}
            Closing::Document { id, by, .. } => {
                rows += run!(self, sqlx::query(REMOVE).bind(id).bind(by).bind(at))?;
            }
        }
        Ok(rows)
    }

    /// Erases again what was disposed of before the database was put back, and writes its record down from the journal; what the caller
    /// has to log. `None`: this database knows of it.
    pub async fn dispose_again(&mut self, one: &Disposed) -> Result<Option<Erased>, Fault> {
        let done: i64 = on!(self, |c| sqlx::query_scalar(IS_DISPOSED).bind(&one.id).fetch_one(c).await)?;
        let subject = one.about()?;
        if done > 0 {
            return Ok(None);
        }
        let at = whole(Moment::parse_rfc3339(&one.at), "journal", "at", &one.id)?.millis();
        let erased = self.erase(subject).await?;
        run!(self, sqlx::query(FORGET_REVIEW).bind(&one.subject).bind(&one.id))?;
        run!(
            self,
            sqlx::query(DISPOSE)
                .bind(&one.id)
                .bind(&one.kind)
                .bind(&one.subject)
                .bind(&one.area)
                .bind(&one.urn)
                .bind(&one.ended)
                .bind(&one.due)
                .bind(one.years)
                .bind(&one.source)
                .bind(Vec::<u8>::new())
                .bind(&one.proposed_by)
                .bind(one.proposed_at)
                .bind(true)
                .bind(&one.decided_by)
                .bind(one.decided_at)
                .bind(at)
                .bind(erased.objects.join(" "))
        )?;
        Ok(Some(erased))
    }

    /// Leaves out this many numbers in each area: they may have been given since the backup, and no number means two releases (K8.3).
    pub async fn skip_serials(&mut self, count: u64) -> Result<(), Fault> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        run!(self, sqlx::query(SKIP).bind(count))?;
        Ok(())
    }
}
