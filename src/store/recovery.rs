//! Ways of unlocking made anew: by the recovery code (the keys stay) or after losing everything (the keys end, and with them
//! every copy that only they could open); and which copies wait to be sealed again.
//!
//! Absent on purpose: keeping any wrap, passkey or hash of before. Papers and statements are kept: what was signed stays provable.

use sqlx::FromRow;

use super::copies::sheet;
use super::people::{Person, Wrap};
use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::actor::Role;
use crate::domain::ids::{AreaId, CopyId, PersonId, ReleaseId, SchemeId};
use crate::domain::print::Sheet;

/// A renewal on record.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `renewal`, described in the migration, and who did it by name")]
pub struct Renewal {
    pub id: String,
    pub person_id: String,
    pub by_person: String,
    pub by_name: String,
    pub verified: String,
    pub copies: i64,
    pub at: i64,
}

/// A copy whose key was lost and whose place nobody's copy has taken yet.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `copy`, `person` and `release`, described in the migrations")]
pub struct Lost {
    pub id: String,
    pub release_id: String,
    pub urn: String,
    pub until: i64,
    pub holder: String,
    pub holder_name: String,
    pub recipient: String,
    pub opener: String,
    pub opener_name: String,
    pub scheme_id: String,
    pub scheme_name: String,
    pub print: i64,
    pub print_of: i64,
    pub printer: Option<String>,
    pub left_at: Option<i64>,
    pub was: String,
}

impl Lost {
    /// Which sheet of paper it is; `None`: it is the electronic copy.
    pub fn sheet(&self) -> Result<Option<Sheet>, Fault> {
        sheet(&self.id, (self.print, self.print_of), self.printer.as_deref())
    }

    /// The copy, its release, its holder, the scheme it was held for.
    pub fn ids(&self) -> Result<(CopyId, ReleaseId, PersonId, SchemeId), Fault> {
        Ok((
            whole(CopyId::parse(&self.id), "copy", "id", &self.id)?,
            whole(ReleaseId::parse(&self.release_id), "copy", "release_id", &self.id)?,
            whole(PersonId::parse(&self.holder), "copy", "holder", &self.id)?,
            whole(SchemeId::parse(&self.scheme_id), "copy", "scheme_id", &self.id)?,
        ))
    }
}

/// What a person proves themselves with from now on.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of `person`, described in the migration")]
pub struct Fresh {
    pub auth_hash: String,
    pub recovery_hash: String,
    pub totp_secret: Vec<u8>,
    pub totp_step: i64,
}

// The newest lost copy of each holder, sheet and release, for the holder or for who follows a leaver; a release that is not live is not
// sealed again, nor a sheet that was opened for printing: it is on paper (O3.2.1).
const LOST: &str = "SELECT c.id, c.release_id, r.urn, r.until, COALESCE(c.successor, c.holder) AS holder, p.name AS holder_name, o.recipient, o.id AS opener, o.name AS opener_name, c.scheme_id, s.name AS scheme_name, c.print, c.print_of, c.printer, c.left_at, w.name AS was FROM copy c JOIN release r ON r.id = c.release_id JOIN person w ON w.id = c.holder JOIN person p ON p.id = COALESCE(c.successor, c.holder) JOIN person o ON o.id = COALESCE(c.printer, c.successor, c.holder) JOIN scheme s ON s.id = c.scheme_id WHERE r.area_id = $1 AND r.stage = 'live' AND r.until > $2 AND c.replaced_at IS NOT NULL AND (c.left_at IS NULL OR c.successor IS NOT NULL) AND (c.print = 0 OR c.opened_at IS NULL) AND NOT EXISTS (SELECT 1 FROM copy n WHERE n.release_id = c.release_id AND n.holder = COALESCE(c.successor, c.holder) AND n.print = c.print AND n.replaced_at IS NULL) AND c.id = (SELECT MAX(m.id) FROM copy m WHERE m.release_id = c.release_id AND m.holder = c.holder AND m.print = c.print) ORDER BY r.urn, p.name, c.print, c.id";
// New copies in the place of lost ones or of a leaver's that are not sealed yet, and whether the conditions have to be accepted first.
const UNSEALED: &str = "SELECT c.release_id, r.urn, p.name, CASE WHEN c.follows IS NOT NULL AND c.acknowledged_at IS NULL THEN 1 ELSE 0 END FROM copy c JOIN release r ON r.id = c.release_id JOIN person p ON p.id = c.holder WHERE r.area_id = $1 AND r.stage = 'live' AND r.until > $2 AND c.sealed_at IS NULL AND c.key_gone_at IS NULL AND (c.follows IS NOT NULL OR EXISTS (SELECT 1 FROM copy o WHERE o.release_id = c.release_id AND o.holder = c.holder AND o.print = c.print AND o.replaced_at IS NOT NULL)) ORDER BY r.urn, p.name, c.print";
const RENEWALS: &str = "SELECT n.id, n.person_id, n.by_person, p.name AS by_name, n.verified, n.copies, n.at FROM renewal n JOIN person p ON p.id = n.by_person WHERE n.person_id = $1 ORDER BY n.at DESC, n.id DESC";
const HOLDING: &str = "SELECT id FROM copy WHERE COALESCE(printer, holder) = $1 AND key_gone_at IS NULL ORDER BY id";
const CO_ORDINATORS: &str = "SELECT p.id, p.email FROM person p JOIN grant_held g ON g.person_id = p.id WHERE g.role = $1 AND (g.area_id = $2 OR $2 = '') AND p.suspended = $3 ORDER BY p.id";
const ENROLLED: &str = "SELECT body FROM access_record WHERE object = $1 AND kind = 'enrol' ORDER BY idx DESC LIMIT 1";
const RECOVERED: &str = "UPDATE person SET auth_hash = $3, recovery_hash = $4, totp_secret = $5, totp_step = $6, version = version + 1 WHERE id = $1 AND version = $2 AND suspended = $7 AND recovery_hash <> ''";
const EMPTIED: &str = "UPDATE person SET auth_hash = '', recovery_hash = '', recipient = '', signing_key = '', version = version + 1 WHERE id = $1";
const ENROLLED_ANEW: &str = "UPDATE person SET auth_hash = $2, recovery_hash = $3, totp_secret = $4, totp_step = $5, recipient = $6, signing_key = $7, version = version + 1 WHERE id = $1 AND recipient = '' AND suspended = $8";
const FORGET_PASSKEYS: &str = "DELETE FROM passkey WHERE person_id = $1";
const FORGET_CEREMONIES: &str = "DELETE FROM ceremony WHERE person_id = $1";
const FORGET_WRAPS: &str = "DELETE FROM identity_wrap WHERE person_id = $1";
const VOID_INVITATIONS: &str = "UPDATE invitation SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL";
const LOSE_COPIES: &str = "UPDATE copy SET wrapped_key = NULL, key_gone_at = $2, replaced_at = $2 WHERE COALESCE(printer, holder) = $1 AND key_gone_at IS NULL";
const ADD_RENEWAL: &str =
    "INSERT INTO renewal (id, person_id, by_person, verified, copies, at) VALUES ($1, $2, $3, $4, $5, $6)";

impl Conn {
    /// The copies of an area's live releases that wait to be sealed to their holders' new keys; `now` in milliseconds.
    pub async fn lost_copies(&mut self, area: AreaId, now: i64) -> Result<Vec<Lost>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(LOST).bind(area.to_string()).bind(now).fetch_all(c).await)?)
    }

    /// New copies of an area's live releases that wait to be sealed: release, reference, holder's name, and whether the holder has to
    /// accept the conditions first.
    pub async fn successors_unsealed(
        &mut self,
        area: AreaId,
        now: i64,
    ) -> Result<Vec<(ReleaseId, String, String, bool)>, Fault> {
        let rows: Vec<(String, String, String, i32)> =
            on!(self, |c| sqlx::query_as(UNSEALED).bind(area.to_string()).bind(now).fetch_all(c).await)?;
        rows.into_iter()
            .map(|(id, urn, name, waits)| {
                Ok((whole(ReleaseId::parse(&id), "copy", "release_id", &id)?, urn, name, waits == 1))
            })
            .collect()
    }

    /// How often somebody lost everything, newest first.
    pub async fn renewals(&mut self, person: PersonId) -> Result<Vec<Renewal>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(RENEWALS).bind(person.to_string()).fetch_all(c).await)?)
    }

    /// Copies somebody holds whose key is still there.
    pub async fn copies_with_key(&mut self, holder: PersonId) -> Result<Vec<CopyId>, Fault> {
        let rows: Vec<String> = on!(self, |c| sqlx::query_scalar(HOLDING).bind(holder.to_string()).fetch_all(c).await)?;
        rows.iter().map(|id| whole(CopyId::parse(id), "copy", "id", id)).collect()
    }

    /// Who answers for an area's people (`None`: for the force's), as identifier and address.
    pub async fn answering(&mut self, area: Option<AreaId>) -> Result<Vec<(String, String)>, Fault> {
        let (role, area) = match area {
            Some(area) => (Role::Aic, area.to_string()),
            None => (Role::Administrator, String::new()),
        };
        Ok(on!(self, |c| sqlx::query_as(CO_ORDINATORS).bind(role.word()).bind(area).bind(false).fetch_all(c).await)?)
    }

    /// The body of somebody's newest enrolment in the log.
    pub async fn newest_enrolment(&mut self, object: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.settle().await?;
        Ok(on!(self, |c| sqlx::query_scalar(ENROLLED).bind(object).fetch_optional(c).await)?)
    }
}

impl Tx {
    /// Replaces what somebody proves themselves with, if they are still the version that was read and not suspended. The keys
    /// stay. Every visit of theirs ends.
    pub async fn recover_person(&mut self, person: PersonId, version: i64, fresh: &Fresh) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(RECOVERED)
                .bind(person.to_string())
                .bind(version)
                .bind(&fresh.auth_hash)
                .bind(&fresh.recovery_hash)
                .bind(&fresh.totp_secret)
                .bind(fresh.totp_step)
                .bind(false)
        )?;
        Ok(done == 1)
    }

    /// Forgets every passkey and every wrap of somebody.
    pub async fn forget_ways(&mut self, person: PersonId) -> Result<(), Fault> {
        let person = person.to_string();
        for gone in [FORGET_PASSKEYS, FORGET_CEREMONIES, FORGET_WRAPS] {
            run!(self, sqlx::query(gone).bind(&person))?;
        }
        Ok(())
    }

    /// Replaces every wrap of somebody by these.
    pub async fn replace_wraps(&mut self, person: PersonId, wraps: &[Wrap]) -> Result<(), Fault> {
        self.forget_ways(person).await?;
        for wrap in wraps {
            self.add_wrap(person, wrap).await?;
        }
        Ok(())
    }

    /// Ends somebody's keys and whatever they could prove themselves with; every visit and every open invitation of theirs too.
    pub async fn empty_person(&mut self, person: PersonId) -> Result<(), Fault> {
        self.forget_ways(person).await?;
        let (id, now) = (person.to_string(), self.now().millis());
        run!(self, sqlx::query(EMPTIED).bind(&id))?;
        run!(self, sqlx::query(VOID_INVITATIONS).bind(&id).bind(now))?;
        Ok(())
    }

    /// Destroys the key of every copy somebody still could open, as a recall does for all; each waits for another in its place.
    pub async fn lose_copies(&mut self, holder: PersonId) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(LOSE_COPIES).bind(holder.to_string()).bind(now))?;
        Ok(())
    }

    /// Writes a renewal down.
    pub async fn add_renewal(&mut self, row: &Renewal) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_RENEWAL)
                .bind(&row.id)
                .bind(&row.person_id)
                .bind(&row.by_person)
                .bind(&row.verified)
                .bind(row.copies)
                .bind(row.at)
        )?;
        Ok(())
    }

    /// Gives somebody whose keys ended their new ones; false when they have keys, or are suspended.
    pub async fn enrol_anew(&mut self, person: PersonId, row: &Person) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(ENROLLED_ANEW)
                .bind(person.to_string())
                .bind(&row.auth_hash)
                .bind(&row.recovery_hash)
                .bind(&row.totp_secret)
                .bind(row.totp_step)
                .bind(&row.recipient)
                .bind(&row.signing_key)
                .bind(false)
        )?;
        Ok(done == 1)
    }
}
