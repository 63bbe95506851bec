//! Copies and their sealed parts: made, opened, closed, confirmed, destroyed.
//!
//! [`Tx::grant`] is the only maker of a [`Grant`]; the vault gives bytes only for an [`super::Acked`] one, so no ciphertext
//! leaves before the leaf of its view is durable (P2).

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::event::{Event, Kind};
use crate::domain::holding::{Holding, Outcome};
use crate::domain::ids::{CopyId, PartId, PersonId, ReleaseId, SchemeId, StatementId};
use crate::domain::moment::Moment;
use crate::domain::print::Sheet;
use crate::store::log::Stamp;

/// A copy's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `copy`, `person` and `scheme`, described in the migrations")]
pub struct Row {
    pub id: String,
    pub release_id: String,
    pub holder: String,
    pub holder_name: String,
    pub recipient: String,
    pub scheme_id: String,
    pub scheme_name: String,
    pub mark: String,
    pub wrapped_key: Option<Vec<u8>>,
    pub sealed_at: Option<i64>,
    pub acknowledged_at: Option<i64>,
    pub opened_at: Option<i64>,
    pub key_gone_at: Option<i64>,
    pub destroyed_at: Option<i64>,
    pub confirmed_at: Option<i64>,
    pub outcome: Option<String>,
    pub statement_id: Option<String>,
    pub ack_statement: Option<String>,
    pub replaced_at: Option<i64>,
    pub print: i64,
    pub print_of: i64,
    pub printer: Option<String>,
    pub printer_name: String,
    pub left_at: Option<i64>,
    pub successor: Option<String>,
    pub follows: Option<String>,
}

impl Row {
    /// As the rules see it.
    pub fn holding(&self) -> Result<Holding, Fault> {
        Ok(Holding {
            copy: whole(CopyId::parse(&self.id), "copy", "id", &self.id)?,
            release: whole(ReleaseId::parse(&self.release_id), "copy", "release_id", &self.id)?,
            holder: whole(PersonId::parse(&self.holder), "copy", "holder", &self.id)?,
            scheme: whole(SchemeId::parse(&self.scheme_id), "copy", "scheme_id", &self.id)?,
            sealed_at: self.sealed_at.map(Moment::from_millis),
            acknowledged_at: self.acknowledged_at.map(Moment::from_millis),
            key_gone_at: self.key_gone_at.map(Moment::from_millis),
            confirmed_at: self.confirmed_at.map(Moment::from_millis),
            sheet: self.sheet()?,
        })
    }

    /// Which sheet of paper it is; `None`: it is the electronic copy.
    pub fn sheet(&self) -> Result<Option<Sheet>, Fault> {
        sheet(&self.id, (self.print, self.print_of), self.printer.as_deref())
    }

    /// The electronic copy, which counts its holder as one recipient.
    pub fn is_electronic(&self) -> bool {
        self.print == 0
    }

    /// Who opens it: the sheet's printer, or its holder.
    pub fn opener(&self) -> &str {
        self.printer.as_deref().unwrap_or(&self.holder)
    }

    /// It takes a leaver's place, and its holder has not accepted the conditions yet: nothing is sealed to them before.
    pub fn awaits_conditions(&self) -> bool {
        self.follows.is_some() && self.acknowledged_at.is_none() && self.sealed_at.is_none()
    }
}

/// The sheet that a copy's columns say; `None`: it is the electronic copy.
pub(super) fn sheet(row: &str, (number, of): (i64, i64), printer: Option<&str>) -> Result<Option<Sheet>, Fault> {
    let whole_number = |column, value: i64| whole(u32::try_from(value).ok(), "copy", column, row);
    let (number, of) = (whole_number("print", number)?, whole_number("print_of", of)?);
    let printer = printer.map(|id| whole(PersonId::parse(id), "copy", "printer", row)).transpose()?;
    Ok((number > 0).then_some(Sheet { number, of, printer, printed: false }))
}

/// A copy to be made.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "columns of `copy`, described in the migrations")]
pub struct NewCopy {
    pub copy: CopyId,
    pub release: ReleaseId,
    pub holder: PersonId,
    pub scheme: SchemeId,
    pub mark: String,
    pub wrapped_key: Vec<u8>,
    pub sheet: Option<Sheet>,
    pub follows: Option<CopyId>,
}

/// A sealed part's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `part`, described in the migration")]
pub struct Part {
    pub id: String,
    pub copy_id: String,
    pub photograph_id: Option<String>,
    pub rendition: String,
    pub position: i64,
    pub object: String,
    pub bytes: i64,
    pub revision: i64,
    pub printed_at: Option<i64>,
}

/// What an acknowledged view may open: one part, with its still wrapped second lock. Private fields; made by [`Tx::grant`].
#[derive(Clone, Debug)]
pub struct Grant {
    copy: CopyId,
    object: String,
    wrapped_key: Vec<u8>,
    index: u64,
}

impl Grant {
    /// Of which copy.
    pub fn copy(&self) -> CopyId {
        self.copy
    }

    /// The blob's name.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The second lock's key, wrapped under the records key.
    pub fn wrapped_key(&self) -> &[u8] {
        &self.wrapped_key
    }

    /// The index of the view's leaf.
    pub fn index(&self) -> u64 {
        self.index
    }
}

const COPY: &str = "SELECT c.id, c.release_id, c.holder, p.name AS holder_name, o.recipient, c.scheme_id, s.name AS scheme_name, c.mark, c.wrapped_key, c.sealed_at, c.acknowledged_at, c.opened_at, c.key_gone_at, c.destroyed_at, c.confirmed_at, c.outcome, c.statement_id, c.ack_statement, c.replaced_at, c.print, c.print_of, c.printer, o.name AS printer_name, c.left_at, c.successor, c.follows FROM copy c JOIN person p ON p.id = c.holder JOIN person o ON o.id = COALESCE(c.printer, c.holder) JOIN scheme s ON s.id = c.scheme_id WHERE c.id = $1";
const OF_HOLDER: &str = "SELECT c.id, c.release_id, c.holder, p.name AS holder_name, o.recipient, c.scheme_id, s.name AS scheme_name, c.mark, c.wrapped_key, c.sealed_at, c.acknowledged_at, c.opened_at, c.key_gone_at, c.destroyed_at, c.confirmed_at, c.outcome, c.statement_id, c.ack_statement, c.replaced_at, c.print, c.print_of, c.printer, o.name AS printer_name, c.left_at, c.successor, c.follows FROM copy c JOIN person p ON p.id = c.holder JOIN person o ON o.id = COALESCE(c.printer, c.holder) JOIN scheme s ON s.id = c.scheme_id WHERE c.holder = $1 ORDER BY c.id DESC LIMIT 2000";
const OF_RELEASE: &str = "SELECT c.id, c.release_id, c.holder, p.name AS holder_name, o.recipient, c.scheme_id, s.name AS scheme_name, c.mark, c.wrapped_key, c.sealed_at, c.acknowledged_at, c.opened_at, c.key_gone_at, c.destroyed_at, c.confirmed_at, c.outcome, c.statement_id, c.ack_statement, c.replaced_at, c.print, c.print_of, c.printer, o.name AS printer_name, c.left_at, c.successor, c.follows FROM copy c JOIN person p ON p.id = c.holder JOIN person o ON o.id = COALESCE(c.printer, c.holder) JOIN scheme s ON s.id = c.scheme_id WHERE c.release_id = $1 ORDER BY s.name, p.name, c.print, c.id";
const PARTS: &str = "SELECT id, copy_id, photograph_id, rendition, position, object, bytes, revision, printed_at FROM part WHERE copy_id = $1 ORDER BY position, rendition";
const PART: &str = "SELECT id, copy_id, photograph_id, rendition, position, object, bytes, revision, printed_at FROM part WHERE id = $1 AND copy_id = $2";
const TO_DESTROY: &str =
    "SELECT id FROM copy WHERE key_gone_at IS NOT NULL AND destroyed_at IS NULL ORDER BY id LIMIT 200";
const GONE_SINCE: &str = "SELECT id, key_gone_at FROM copy WHERE key_gone_at >= $1 ORDER BY key_gone_at LIMIT 10000";
const ADD: &str = "INSERT INTO copy (id, release_id, holder, scheme_id, mark, wrapped_key, print, print_of, printer, follows) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const ADD_PART: &str = "INSERT INTO part (id, copy_id, photograph_id, rendition, position, object, bytes, revision, printed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const PRINTED: &str = "UPDATE part SET printed_at = $2 WHERE id = $1 AND printed_at IS NULL";
const SEALED: &str = "UPDATE copy SET sealed_at = $2 WHERE id = $1 AND sealed_at IS NULL AND key_gone_at IS NULL";
const ACKNOWLEDGED: &str =
    "UPDATE copy SET acknowledged_at = $2, ack_statement = $3 WHERE id = $1 AND acknowledged_at IS NULL";
// The conditions of a supply are accepted once, for the electronic copy and its sheets.
const SHEETS_ACKNOWLEDGED: &str = "UPDATE copy SET acknowledged_at = $2, ack_statement = $3 WHERE acknowledged_at IS NULL AND replaced_at IS NULL AND print > 0 AND (release_id, holder) IN (SELECT e.release_id, e.holder FROM copy e WHERE e.id = $1)";
const OPENED: &str = "UPDATE copy SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL";
const KEY_GONE: &str = "UPDATE copy SET wrapped_key = NULL, key_gone_at = $2 WHERE id = $1 AND key_gone_at IS NULL";
const KEYS_GONE: &str =
    "UPDATE copy SET wrapped_key = NULL, key_gone_at = $2 WHERE release_id = $1 AND key_gone_at IS NULL";
const CONFIRMED: &str =
    "UPDATE copy SET confirmed_at = $2, outcome = $3, statement_id = $4 WHERE id = $1 AND confirmed_at IS NULL";
const DESTROYED: &str =
    "UPDATE copy SET destroyed_at = $2 WHERE id = $1 AND destroyed_at IS NULL AND key_gone_at IS NOT NULL";
const FORGET_PARTS: &str = "DELETE FROM part WHERE copy_id = $1";

impl Conn {
    /// A copy.
    pub async fn copy(&mut self, id: CopyId) -> Result<Option<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(COPY).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// Whoever's copies, newest first.
    pub async fn copies_of_holder(&mut self, holder: PersonId) -> Result<Vec<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_HOLDER).bind(holder.to_string()).fetch_all(c).await)?)
    }

    /// A release's copies, by scheme and holder.
    pub async fn copies_of_release(&mut self, release: ReleaseId) -> Result<Vec<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_RELEASE).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// A copy's sealed parts.
    pub async fn parts(&mut self, copy: CopyId) -> Result<Vec<Part>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PARTS).bind(copy.to_string()).fetch_all(c).await)?)
    }

    /// One part of a copy.
    pub async fn part(&mut self, copy: CopyId, part: PartId) -> Result<Option<Part>, Fault> {
        let (part, copy) = (part.to_string(), copy.to_string());
        Ok(on!(self, |c| sqlx::query_as(PART).bind(part).bind(copy).fetch_optional(c).await)?)
    }

    /// Copies whose key went at or after a moment, each with when, the oldest first; at most 10,000.
    pub async fn copies_ended_since(&mut self, at: Moment) -> Result<Vec<(String, Moment)>, Fault> {
        let rows: Vec<(String, i64)> = on!(self, |c| sqlx::query_as(GONE_SINCE).bind(at.millis()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(id, at)| (id, Moment::from_millis(at))).collect())
    }

    /// Copies whose key is gone and whose blobs are not yet.
    pub async fn copies_to_destroy(&mut self) -> Result<Vec<CopyId>, Fault> {
        let rows: Vec<String> = on!(self, |c| sqlx::query_scalar(TO_DESTROY).fetch_all(c).await)?;
        rows.iter().map(|id| whole(CopyId::parse(id), "copy", "id", id)).collect()
    }
}

impl Tx {
    /// Adds a copy, waiting to be sealed.
    pub async fn add_copy(&mut self, new: &NewCopy) -> Result<(), Fault> {
        let (number, of) = new.sheet.map_or((0, 0), |sheet| (i64::from(sheet.number), i64::from(sheet.of)));
        let printer = new.sheet.and_then(|sheet| sheet.printer).map(|id| id.to_string());
        run!(
            self,
            sqlx::query(ADD)
                .bind(new.copy.to_string())
                .bind(new.release.to_string())
                .bind(new.holder.to_string())
                .bind(new.scheme.to_string())
                .bind(&new.mark)
                .bind(&new.wrapped_key)
                .bind(number)
                .bind(of)
                .bind(&printer)
                .bind(new.follows.map(|id| id.to_string()))
        )?;
        Ok(())
    }

    /// Adds a sealed part whose blob is stored.
    pub async fn add_part(&mut self, row: &Part) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_PART)
                .bind(&row.id)
                .bind(&row.copy_id)
                .bind(&row.photograph_id)
                .bind(&row.rendition)
                .bind(row.position)
                .bind(&row.object)
                .bind(row.bytes)
                .bind(row.revision)
                .bind(row.printed_at)
        )?;
        Ok(())
    }

    /// Writes down that every part of a copy is sealed and stored; false when it was, or its key is gone.
    pub async fn copy_sealed(&mut self, copy: CopyId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(SEALED).bind(copy.to_string()).bind(now))?;
        Ok(done == 1)
    }

    /// Writes down that the conditions were acknowledged; false when they were.
    pub async fn copy_acknowledged(&mut self, copy: CopyId, by: StatementId) -> Result<bool, Fault> {
        let (copy, now) = (copy.to_string(), self.now().millis());
        let done = run!(self, sqlx::query(ACKNOWLEDGED).bind(&copy).bind(now).bind(by.to_string()))?;
        if done == 1 {
            run!(self, sqlx::query(SHEETS_ACKNOWLEDGED).bind(&copy).bind(now).bind(by.to_string()))?;
        }
        Ok(done == 1)
    }

    /// Appends the leaf of a view of `part` and makes the grant that, once acknowledged, opens it. The caller has asked
    /// [`Holding::may_open`] inside this very act.
    pub async fn grant(
        &mut self,
        copy: &Row,
        part: &Part,
        by: &crate::domain::actor::Actor,
        purpose: &str,
        stamp: &Stamp,
    ) -> Result<Grant, Fault> {
        let id = copy.holding()?.copy;
        let kind = if part.rendition == "thumbnail" { Kind::Thumbnail } else { Kind::Viewed };
        let mut event = Event::new(kind, format!("release/{}", copy.release_id))
            .of_copy(id)
            .for_purpose(purpose)
            .with("part", part.id.clone())
            .with("rendition", part.rendition.clone());
        if part.rendition == "text" {
            // Which version of the words was seen (K8.7).
            event = event.with("revision", part.revision);
        }
        if copy.print > 0 {
            // It goes onto paper: which sheet (O3.2.1).
            event = event.with("sheet", copy.print);
        }
        let index = self.append(&event, by, stamp).await?;
        let now = self.now().millis();
        if copy.print > 0 {
            run!(self, sqlx::query(PRINTED).bind(&part.id).bind(now))?;
        }
        if kind == Kind::Viewed && copy.opened_at.is_none() {
            run!(self, sqlx::query(OPENED).bind(&copy.id).bind(now))?;
        }
        let wrapped_key = whole(copy.wrapped_key.clone(), "copy", "wrapped_key", &copy.id)?;
        Ok(Grant { copy: id, object: part.object.clone(), wrapped_key, index })
    }

    /// Destroys a copy's second lock; true the first time.
    pub async fn destroy_key(&mut self, copy: CopyId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(KEY_GONE).bind(copy.to_string()).bind(now))?;
        Ok(done == 1)
    }

    /// Destroys the second locks of all copies of a release; how many there were.
    pub async fn destroy_keys(&mut self, release: ReleaseId) -> Result<u64, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(KEYS_GONE).bind(release.to_string()).bind(now))?;
        Ok(done)
    }

    /// Writes down the holder's confirmation; false when there was one.
    pub async fn copy_confirmed(&mut self, copy: CopyId, outcome: Outcome, by: StatementId) -> Result<bool, Fault> {
        let (copy, now) = (copy.to_string(), self.now().millis());
        let done = run!(self, sqlx::query(CONFIRMED).bind(copy).bind(now).bind(outcome.word()).bind(by.to_string()))?;
        Ok(done == 1)
    }

    /// Writes down that a copy's blobs are gone; true the first time.
    pub async fn copy_destroyed(&mut self, copy: CopyId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(DESTROYED).bind(copy.to_string()).bind(now))?;
        if done == 1 {
            run!(self, sqlx::query(FORGET_PARTS).bind(copy.to_string()))?;
        }
        Ok(done == 1)
    }
}
