//! A unit's keys: who answers for it, to whom its boxes were sealed, its earlier keys, and which original lies under which.
//!
//! Absent on purpose: opening a box, and believing that a box is sealed to whom its maker said: only a holder can tell.

use sqlx::FromRow;

use super::people::Area;
use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::{AreaId, PersonId};
use crate::domain::moment::Moment;

/// Somebody who is a co-ordinator or reviewer of the area now.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "columns of `person` and `grant_held`, described in the migrations")]
pub struct Member {
    pub person_id: String,
    pub name: String,
    pub role: String,
    pub recipient: String,
    pub signing_key: String,
    pub suspended: bool,
}

/// A line of `unit_holder`.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `unit_holder`, described in the migration")]
pub struct Holder {
    pub unit: String,
    pub recipient: String,
    pub person_id: Option<String>,
    pub name: String,
    pub until: Option<i64>,
}

/// A key that another one followed.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `unit_key`, described in the migration")]
pub struct Older {
    pub recipient: String,
    #[sqlx(rename = "box")]
    pub boxed: Vec<u8>,
    pub ended_at: i64,
}

/// An original of a release that has not ended: a photograph, or the released words.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `photograph`, `release` and `unit_sealed`, described in the migrations")]
pub struct Original {
    /// The photograph's id, or for words the release's.
    pub id: String,
    pub words: bool,
    pub release_id: String,
    pub object: String,
    /// Of the opened bytes; empty: not on record.
    pub sha256: String,
    pub unit: String,
}

const MEMBERS: &str = "SELECT p.id AS person_id, p.name, g.role, p.recipient, p.signing_key, p.suspended FROM grant_held g JOIN person p ON p.id = g.person_id WHERE g.area_id = $1 AND g.role IN ('aic', 'reviewer') ORDER BY p.name, p.id, g.role";
const HOLDERS: &str = "SELECT h.unit, h.recipient, h.person_id, COALESCE(p.name, '') AS name, h.until FROM unit_holder h LEFT JOIN person p ON p.id = h.person_id WHERE h.area_id = $1 ORDER BY h.unit, name, h.recipient";
const OLDER: &str = "SELECT recipient, box, ended_at FROM unit_key WHERE area_id = $1 ORDER BY ended_at, recipient";
const ORIGINALS: &str = "SELECT p.id, FALSE AS words, r.id AS release_id, p.object, p.sha256, s.unit FROM photograph p JOIN release r ON r.id = p.release_id JOIN unit_sealed s ON s.object = p.object WHERE r.area_id = $1 AND (r.stage = 'requested' OR (r.stage = 'live' AND r.until > $2)) UNION ALL SELECT r.id, TRUE, r.id, r.text_object, COALESCE(r.text_sha256, ''), s.unit FROM release r JOIN unit_sealed s ON s.object = r.text_object WHERE r.area_id = $1 AND (r.stage = 'requested' OR (r.stage = 'live' AND r.until > $2)) ORDER BY 3, 1";
const LEAVES: &str = "SELECT body FROM access_record WHERE object = $1 AND kind = 'unit.key' ORDER BY idx DESC";
const UNIT_OF: &str = "SELECT unit FROM unit_sealed WHERE object = $1";
const PENDING: &str = "SELECT object FROM unit_sealed WHERE replaces = $1";
const UNDER: &str = "INSERT INTO unit_sealed (object, area_id, unit, replaces) VALUES ($1, $2, $3, $4)";
const FORGET: &str = "DELETE FROM unit_sealed WHERE object = $1";
const COUNTS: &str = "UPDATE unit_sealed SET replaces = NULL WHERE object = $1";
const SWAP_PHOTOGRAPH: &str = "UPDATE photograph SET object = $3 WHERE id = $1 AND object = $2";
const SWAP_TEXT: &str = "UPDATE release SET text_object = $3 WHERE id = $1 AND text_object = $2";
const PROPOSE: &str = "UPDATE area SET next_recipient = $2, next_box = $3 WHERE id = $1";
const HOLD: &str = "INSERT INTO unit_holder (area_id, unit, recipient, person_id, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (area_id, unit, recipient) DO UPDATE SET person_id = $4, until = NULL";
const LET_GO: &str = "UPDATE unit_holder SET until = $3 WHERE area_id = $1 AND unit = $2 AND until IS NULL";
const NOBODY: &str = "DELETE FROM unit_holder WHERE area_id = $1 AND unit = $2";
const END: &str = "INSERT INTO unit_key (area_id, recipient, box, ended_at) SELECT id, unit_recipient, unit_box, $2 FROM area WHERE id = $1 AND unit_recipient <> ''";
const FOLLOW: &str = "UPDATE area SET unit_recipient = next_recipient, unit_box = next_box, next_recipient = NULL, next_box = NULL WHERE id = $1 AND next_recipient IS NOT NULL";
const BOX_NOW: &str = "UPDATE area SET unit_box = $3 WHERE id = $1 AND unit_recipient = $2";
const BOX_NEXT: &str = "UPDATE area SET next_box = $3 WHERE id = $1 AND next_recipient = $2";
const BOX_OLDER: &str = "UPDATE unit_key SET box = $3 WHERE area_id = $1 AND recipient = $2";

impl Conn {
    /// Co-ordinators and reviewers of an area, suspended ones too; one line a role.
    pub async fn unit_members(&mut self, area: AreaId) -> Result<Vec<Member>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(MEMBERS).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// To whom the boxes of all of an area's keys were ever sealed.
    pub async fn unit_holders(&mut self, area: AreaId) -> Result<Vec<Holder>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(HOLDERS).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// The keys that came before, oldest first.
    pub async fn older_unit_keys(&mut self, area: AreaId) -> Result<Vec<Older>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OLDER).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// The originals of an area's requested and live releases at `now`, each with the key it lies under.
    pub async fn unit_originals(&mut self, area: AreaId, now: Moment) -> Result<Vec<Original>, Fault> {
        let (area, now) = (area.to_string(), now.millis());
        Ok(on!(self, |c| sqlx::query_as(ORIGINALS).bind(area).bind(now).fetch_all(c).await)?)
    }

    /// The bodies of what the log says of an area's unit keys, the newest first.
    pub async fn unit_key_leaves(&mut self, object: &str) -> Result<Vec<Vec<u8>>, Fault> {
        self.settle().await?;
        Ok(on!(self, |c| sqlx::query_scalar(LEAVES).bind(object).fetch_all(c).await)?)
    }

    /// Under which of a unit's keys an object lies.
    pub async fn unit_of(&mut self, object: &str) -> Result<Option<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(UNIT_OF).bind(object).fetch_optional(c).await)?)
    }

    /// What was sealed to take the place of an object and was not compared yet.
    pub async fn unit_pending(&mut self, object: &str) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(PENDING).bind(object).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Writes down under which of a unit's keys an object lies; `replaces`: not until it was compared.
    pub async fn under_unit(
        &mut self,
        object: &str,
        area: AreaId,
        unit: &str,
        replaces: Option<&str>,
    ) -> Result<(), Fault> {
        run!(self, sqlx::query(UNDER).bind(object).bind(area.to_string()).bind(unit).bind(replaces))?;
        Ok(())
    }

    /// Forgets an object that is to be destroyed.
    pub async fn forget_unit_object(&mut self, object: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(FORGET).bind(object))?;
        Ok(())
    }

    /// Puts `new` in an original's place; false when the original is not `original.object` any more.
    pub async fn swap_original(&mut self, original: &Original, new: &str) -> Result<bool, Fault> {
        let swap = if original.words { SWAP_TEXT } else { SWAP_PHOTOGRAPH };
        let (id, old) = (&original.id, &original.object);
        let done = run!(self, sqlx::query(swap).bind(id).bind(old).bind(new))?;
        if done != 1 {
            return Ok(false);
        }
        run!(self, sqlx::query(COUNTS).bind(new))?;
        self.forget_unit_object(old).await?;
        Ok(true)
    }

    /// Keeps a key that will follow once the root has signed it, in the place of any other one that waits.
    pub async fn propose_unit_key(&mut self, area: &Area, recipient: &str, boxed: &[u8]) -> Result<(), Fault> {
        if let Some(dropped) = &area.next_recipient {
            run!(self, sqlx::query(NOBODY).bind(&area.id).bind(dropped))?;
        }
        run!(self, sqlx::query(PROPOSE).bind(&area.id).bind(recipient).bind(boxed))?;
        Ok(())
    }

    /// Writes down who opens the box of one of an area's keys from now on.
    pub async fn hold_unit_key(
        &mut self,
        area: AreaId,
        unit: &str,
        holders: &[(Option<PersonId>, String)],
    ) -> Result<(), Fault> {
        let (area, now) = (area.to_string(), self.now().millis());
        run!(self, sqlx::query(LET_GO).bind(&area).bind(unit).bind(now))?;
        for (person, recipient) in holders {
            run!(
                self,
                sqlx::query(HOLD)
                    .bind(&area)
                    .bind(unit)
                    .bind(recipient)
                    .bind(person.map(|id| id.to_string()))
                    .bind(now)
            )?;
        }
        Ok(())
    }

    /// Lets the key that waits follow the one in force, which is kept among the older ones; false when none waits.
    pub async fn follow_unit_key(&mut self, area: AreaId) -> Result<bool, Fault> {
        let (area, now) = (area.to_string(), self.now().millis());
        run!(self, sqlx::query(END).bind(&area).bind(now))?;
        let done = run!(self, sqlx::query(FOLLOW).bind(&area))?;
        Ok(done == 1)
    }

    /// Exchanges the box of one of an area's keys; false when the area has no such key.
    pub async fn replace_unit_box(&mut self, area: AreaId, unit: &str, boxed: &[u8]) -> Result<bool, Fault> {
        let area = area.to_string();
        let mut done = 0;
        for query in [BOX_NOW, BOX_NEXT, BOX_OLDER] {
            let one = run!(self, sqlx::query(query).bind(&area).bind(unit).bind(boxed))?;
            done += one;
        }
        Ok(done == 1)
    }
}
