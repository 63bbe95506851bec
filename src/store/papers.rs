//! Records that belong to no case and may fall due (K9.1): businesses that left a register, undertakings of people who receive no more,
//! and the log's bodies, month by month; and how they are erased.
//!
//! Promises: nothing is answered as ended while a case that is kept speaks of it, or while it is in use; a hold on its scheme or person
//! holds it, and any hold at all holds the log. Absent on purpose: the entry of somebody who left a scheme: it goes with nothing else and
//! stays as long as their account; deciding ([`crate::domain::retention`]). Proved by `tests/it/journeys/other_records.rs`.

use sqlx::FromRow;

use super::erasing::{Erased, spans};
use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::AreaId;
use crate::domain::moment::Moment;
use crate::domain::retention::{Subject, month};

/// A record that has ended, as far as its disposal is concerned.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns and counts, described beside their statements")]
pub struct Paper {
    pub id: String,
    /// Whose; absent: the log's, which is of all areas.
    pub area_id: Option<String>,
    /// The business or person.
    pub name: String,
    pub scheme: String,
    pub ended_at: i64,
    pub keep_until: Option<String>,
    /// Holds that stand.
    pub holds: i64,
}

// A business that left, once no case that is kept instructs it.
const ENTRIES: &str = "SELECT m.id, s.area_id, m.business AS name, s.name AS scheme, m.removed_at AS ended_at, (SELECT MAX(d.keep_until) FROM disposal d WHERE d.subject_id = 'member-' || m.id AND d.agreed = $3) AS keep_until, (SELECT COUNT(*) FROM legal_hold h WHERE h.lifted_at IS NULL AND h.scope = 'scheme' AND h.subject_id = s.id) AS holds FROM member m JOIN scheme s ON s.id = m.scheme_id WHERE s.area_id = $1 AND m.removed_at < $2 AND NOT EXISTS (SELECT 1 FROM instruction i WHERE i.member_id = m.id) ORDER BY m.removed_at, m.id LIMIT 500";
const ENTRY: &str = "SELECT m.id, s.area_id, m.business AS name, s.name AS scheme, m.removed_at AS ended_at, (SELECT MAX(d.keep_until) FROM disposal d WHERE d.subject_id = 'member-' || m.id AND d.agreed = $2) AS keep_until, (SELECT COUNT(*) FROM legal_hold h WHERE h.lifted_at IS NULL AND h.scope = 'scheme' AND h.subject_id = s.id) AS holds FROM member m JOIN scheme s ON s.id = m.scheme_id WHERE m.id = $1 AND m.removed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM instruction i WHERE i.member_id = m.id)";
// Somebody who signed, holds no role of a scheme any more, and of whose copies none is on record. Their last supply is written down
// when the last case with a copy of theirs goes. The area is their scheme's; of several the first.
const SIGNERS: &str = "SELECT p.id, (SELECT MIN(s.area_id) FROM membership m JOIN scheme s ON s.id = m.scheme_id WHERE m.person_id = p.id) AS area_id, p.name, (SELECT MIN(s.name) FROM membership m JOIN scheme s ON s.id = m.scheme_id WHERE m.person_id = p.id) AS scheme, (CASE WHEN COALESCE(p.supplied_at, 0) > MAX(u.signed_at) THEN p.supplied_at ELSE MAX(u.signed_at) END) AS ended_at, (SELECT MAX(d.keep_until) FROM disposal d WHERE d.subject_id = 'signer-' || p.id AND d.agreed = $3) AS keep_until, (SELECT COUNT(*) FROM legal_hold h WHERE h.lifted_at IS NULL AND ((h.scope = 'person' AND h.subject_id = p.id) OR (h.scope = 'scheme' AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.scheme_id = h.subject_id)))) AS holds FROM person p JOIN undertaking u ON u.person_id = p.id WHERE u.signed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM grant_held g WHERE g.person_id = p.id AND g.scheme_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM copy c WHERE c.holder = p.id) AND $1 = (SELECT MIN(s.area_id) FROM membership m JOIN scheme s ON s.id = m.scheme_id WHERE m.person_id = p.id) GROUP BY p.id, p.name, p.supplied_at HAVING MAX(u.signed_at) < $2 AND COALESCE(p.supplied_at, 0) < $2 ORDER BY p.id LIMIT 500";
const SIGNER: &str = "SELECT p.id, (SELECT MIN(s.area_id) FROM membership m JOIN scheme s ON s.id = m.scheme_id WHERE m.person_id = p.id) AS area_id, p.name, (SELECT MIN(s.name) FROM membership m JOIN scheme s ON s.id = m.scheme_id WHERE m.person_id = p.id) AS scheme, (CASE WHEN COALESCE(p.supplied_at, 0) > MAX(u.signed_at) THEN p.supplied_at ELSE MAX(u.signed_at) END) AS ended_at, (SELECT MAX(d.keep_until) FROM disposal d WHERE d.subject_id = 'signer-' || p.id AND d.agreed = $2) AS keep_until, (SELECT COUNT(*) FROM legal_hold h WHERE h.lifted_at IS NULL AND ((h.scope = 'person' AND h.subject_id = p.id) OR (h.scope = 'scheme' AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.scheme_id = h.subject_id)))) AS holds FROM person p JOIN undertaking u ON u.person_id = p.id WHERE p.id = $1 AND u.signed_at IS NOT NULL AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id) AND NOT EXISTS (SELECT 1 FROM grant_held g WHERE g.person_id = p.id AND g.scheme_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM copy c WHERE c.holder = p.id) GROUP BY p.id, p.name, p.supplied_at";

// What the log says of no case: about no release or copy, and nothing signed about one. What accounts for missing bodies, and what was
// signed for that, stays for good; so does which keys somebody or a unit has, which every signature is checked against (`enrol`, `unit.key`).
// Undertakings have a period of their own.
const OLDEST: &str = "SELECT MIN(a.at) FROM access_record a WHERE a.at >= $1 AND a.at < $2 AND a.copy_id IS NULL AND a.kind NOT IN ('erase', 'restored', 'dispose.propose', 'dispose.decide', 'enrol', 'unit.key') AND a.kind NOT LIKE 'undertaking.%' AND a.object NOT LIKE 'release/%' AND a.object NOT LIKE 'copy/%' AND NOT EXISTS (SELECT 1 FROM statement s WHERE a.object = 'statement/' || s.id AND (s.object LIKE 'release/%' OR s.object LIKE 'copy/%' OR s.object LIKE 'retention/%'))";
const BODIES: &str = "SELECT a.idx FROM access_record a WHERE a.at >= $1 AND a.at < $2 AND a.copy_id IS NULL AND a.kind NOT IN ('erase', 'restored', 'dispose.propose', 'dispose.decide', 'enrol', 'unit.key') AND a.kind NOT LIKE 'undertaking.%' AND a.object NOT LIKE 'release/%' AND a.object NOT LIKE 'copy/%' AND NOT EXISTS (SELECT 1 FROM statement s WHERE a.object = 'statement/' || s.id AND (s.object LIKE 'release/%' OR s.object LIKE 'copy/%' OR s.object LIKE 'retention/%')) ORDER BY a.idx";
const FORGET_BODIES: &str = "DELETE FROM access_record WHERE at >= $1 AND at < $2 AND copy_id IS NULL AND kind NOT IN ('erase', 'restored', 'dispose.propose', 'dispose.decide', 'enrol', 'unit.key') AND kind NOT LIKE 'undertaking.%' AND object NOT LIKE 'release/%' AND object NOT LIKE 'copy/%' AND NOT EXISTS (SELECT 1 FROM statement s WHERE access_record.object = 'statement/' || s.id AND (s.object LIKE 'release/%' OR s.object LIKE 'copy/%' OR s.object LIKE 'retention/%'))";
const KEPT_MONTH: &str = "SELECT MAX(keep_until) FROM disposal WHERE subject_id = $1 AND agreed = $2";
const ANY_HOLD: &str = "SELECT COUNT(*) FROM legal_hold WHERE lifted_at IS NULL";

// Erasing a business: its papers, its places on lists, its entry.
const MEMBER_OBJECTS: &str = "SELECT object FROM document WHERE subject = 'member' AND subject_id = $1";
const MEMBER_PAPERS: &str = "DELETE FROM document WHERE subject = 'member' AND subject_id = $1";
const MEMBER_LISTED: &str = "DELETE FROM initiative_entry WHERE member_id = $1";
const MEMBER: &str = "DELETE FROM member WHERE id = $1";
const MEMBER_GOES: [&str; 3] = [MEMBER_PAPERS, MEMBER_LISTED, MEMBER];
// Erasing what somebody signed about receiving, with the bodies of its entries.
const SIGNED_RECORDS: &str = "SELECT idx FROM access_record WHERE (kind LIKE 'undertaking.%' AND object = 'person/' || CAST($1 AS TEXT)) OR object IN (SELECT 'statement/' || id FROM statement WHERE person_id = $1 AND object LIKE 'undertaking/%') ORDER BY idx";
const FORGET_SIGNED: &str = "DELETE FROM access_record WHERE (kind LIKE 'undertaking.%' AND object = 'person/' || CAST($1 AS TEXT)) OR object IN (SELECT 'statement/' || id FROM statement WHERE person_id = $1 AND object LIKE 'undertaking/%')";
const UNDERTAKINGS: &str = "DELETE FROM undertaking WHERE person_id = $1";
const SIGNED: &str = "DELETE FROM statement WHERE person_id = $1 AND object LIKE 'undertaking/%'";
const SIGNED_GOES: [&str; 3] = [FORGET_SIGNED, UNDERTAKINGS, SIGNED];

impl Conn {
    /// Businesses that left a register of an area before a moment, and people who signed and receive no more.
    pub async fn papers_ended_before(
        &mut self,
        area: AreaId,
        entries: Moment,
        signed: Moment,
    ) -> Result<(Vec<Paper>, Vec<Paper>), Fault> {
        let (area, entries, signed) = (area.to_string(), entries.millis(), signed.millis());
        let left = on!(self, |c| sqlx::query_as(ENTRIES).bind(&area).bind(entries).bind(true).fetch_all(c).await)?;
        let free = on!(self, |c| sqlx::query_as(SIGNERS).bind(&area).bind(signed).bind(true).fetch_all(c).await)?;
        Ok((left, free))
    }

    /// One such record; `None`: it has not ended, or there is none.
    pub async fn paper(&mut self, subject: Subject) -> Result<Option<Paper>, Fault> {
        match subject {
            Subject::Release(_) => Ok(None),
            Subject::Member(id) => {
                let id = id.to_string();
                Ok(on!(self, |c| sqlx::query_as(ENTRY).bind(&id).bind(true).fetch_optional(c).await)?)
            }
            Subject::Signer(id) => {
                let id = id.to_string();
                Ok(on!(self, |c| sqlx::query_as(SIGNER).bind(&id).bind(true).fetch_optional(c).await)?)
            }
            Subject::Month(first) => {
                let (from, to) = month(first);
                if self.oldest_body(from, to).await?.is_none() {
                    return Ok(None);
                }
                let word = subject.to_string();
                let keep_until: Option<String> =
                    on!(self, |c| sqlx::query_scalar(KEPT_MONTH).bind(&word).bind(true).fetch_one(c).await)?;
                let holds: i64 = on!(self, |c| sqlx::query_scalar(ANY_HOLD).fetch_one(c).await)?;
                let (name, scheme) = (String::new(), String::new());
                let (id, ended_at) = (first.to_string(), to.millis());
                Ok(Some(Paper { id, area_id: None, name, scheme, ended_at, keep_until, holds }))
            }
        }
    }

    /// When the oldest entry of no case between two moments was made whose body is still kept.
    pub async fn oldest_body(&mut self, from: Moment, to: Moment) -> Result<Option<Moment>, Fault> {
        self.settle().await?;
        let (from, to) = (from.millis(), to.millis());
        let oldest: Option<i64> = on!(self, |c| sqlx::query_scalar(OLDEST).bind(from).bind(to).fetch_one(c).await)?;
        Ok(oldest.map(Moment::from_millis))
    }

    /// The sealed files that belong to one thing that is reviewed.
    pub async fn objects_of(&mut self, subject: Subject) -> Result<Vec<String>, Fault> {
        match subject {
            Subject::Release(id) => self.objects_of_case(&id.to_string()).await,
            Subject::Member(id) => {
                let id = id.to_string();
                Ok(on!(self, |c| sqlx::query_scalar(MEMBER_OBJECTS).bind(&id).fetch_all(c).await)?)
            }
            Subject::Signer(_) | Subject::Month(_) => Ok(Vec::new()),
        }
    }
}

impl Tx {
    /// Erases one thing that was reviewed: its rows, and the bodies of its entries in the log. The caller logs the erasure in the same act.
    pub async fn erase(&mut self, subject: Subject) -> Result<Erased, Fault> {
        self.settle().await?;
        let objects = self.objects_of(subject).await?;
        let records: Vec<i64> = match subject {
            Subject::Release(id) => return self.erase_case(id).await,
            Subject::Member(id) => {
                for goes in MEMBER_GOES {
                    run!(self, sqlx::query(goes).bind(id.to_string()))?;
                }
                Vec::new()
            }
            Subject::Signer(id) => {
                let id = id.to_string();
                let records = on!(self, |c| sqlx::query_scalar(SIGNED_RECORDS).bind(&id).fetch_all(c).await)?;
                for goes in SIGNED_GOES {
                    run!(self, sqlx::query(goes).bind(&id))?;
                }
                records
            }
            Subject::Month(first) => {
                let (from, to) = month(first);
                let (from, to) = (from.millis(), to.millis());
                let records = on!(self, |c| sqlx::query_scalar(BODIES).bind(from).bind(to).fetch_all(c).await)?;
                run!(self, sqlx::query(FORGET_BODIES).bind(from).bind(to))?;
                records
            }
        };
        Ok(Erased { objects, spans: spans(&records) })
    }
}
