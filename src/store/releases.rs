//! Releases, their photographs and the register of issued numbers.
//!
//! A row becomes a [`Release`] in one place; columns that contradict each other are [`Fault::Corrupt`], never a guess. The
//! stage changes only by a [`Decision`], and only if the row is still the version that was decided on.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::event::Event;
use crate::domain::ids::{AreaId, PersonId, PhotographId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::release::{Authority, Decision, Release, Stage};
use crate::domain::urn::{AreaCode, Urn};

#[derive(FromRow)]
pub(super) struct Row {
    pub(super) id: String,
    area_id: String,
    requested_by: String,
    requested_at: i64,
    stage: String,
    closed_by: Option<String>,
    closed_at: Option<i64>,
    authorised_by: Option<String>,
    authorised_at: Option<i64>,
    urn: Option<String>,
    until: Option<i64>,
    recalled_by: Option<String>,
    recalled_at: Option<i64>,
    danger: bool,
    file: Vec<u8>,
    draft: Option<Vec<u8>>,
    text_object: Option<String>,
    text_sha256: Option<String>,
    version: i64,
    returned_by: Option<String>,
    returned_at: Option<i64>,
    source_index: Option<String>,
    origin_id: Option<String>,
}

/// A release with what is stored beside its stage. `file` and `draft` are as sealed.
#[derive(Clone, Debug)]
pub struct Filed {
    /// As the rules see it.
    pub release: Release,
    /// There is danger (K8.5).
    pub danger: bool,
    /// The case file, under the records key.
    pub file: Vec<u8>,
    /// The words that would leave, under the records key; `None` from authority on, and where there are none.
    pub draft: Option<Vec<u8>>,
    /// The released words' blob, sealed to the unit.
    pub text_object: Option<String>,
    /// What those words hash to, so that whoever opens them again hands over the same.
    pub text_sha256: Option<String>,
    /// Keyed hash of the officer's own source reference, to find it by; `None`: there is none.
    pub source_index: Option<String>,
}

/// A photograph's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `photograph`, described in the migration")]
pub struct Photograph {
    pub id: String,
    pub release_id: String,
    pub position: i64,
    pub width: i64,
    pub height: i64,
    pub sha256: String,
    pub object: String,
}

/// A line of the register of issues (K8.3).
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `issue` and `release`, described in the migrations")]
pub struct Issue {
    pub urn: String,
    pub serial: i64,
    pub release_id: String,
    pub issued_at: i64,
    pub stage: String,
    pub until: Option<i64>,
    pub copies: i64,
    pub voided_at: Option<i64>,
    pub void_words: Option<Vec<u8>>,
    pub disposed_at: Option<i64>,
}

const COLUMNS_ONE: &str = "SELECT id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version, returned_by, returned_at, source_index, origin_id FROM release WHERE id = $1";
const OF_AREA: &str = "SELECT id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version, returned_by, returned_at, source_index, origin_id FROM release WHERE area_id = $1 AND stage <> 'draft' ORDER BY urn IS NULL, requested_at DESC, id DESC LIMIT $2";
const OF_OFFICER: &str = "SELECT id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version, returned_by, returned_at, source_index, origin_id FROM release WHERE requested_by = $1 ORDER BY requested_at DESC, id DESC LIMIT $2";
const BY_URN: &str = "SELECT id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version, returned_by, returned_at, source_index, origin_id FROM release WHERE urn = $1";
const PAST_LIMIT: &str = "SELECT r.id FROM release r WHERE r.stage = 'live' AND r.until <= $1 AND EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.key_gone_at IS NULL) ORDER BY r.until LIMIT 100";
const ADD: &str = "INSERT INTO release (id, area_id, requested_by, requested_at, stage, danger, file, draft, source_index, origin_id, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
const ADVANCE: &str = "UPDATE release SET stage = $3, closed_by = $4, closed_at = $5, authorised_by = $6, authorised_at = $7, urn = $8, until = $9, recalled_by = $10, recalled_at = $11, file = $12, draft = $13, text_object = $14, text_sha256 = $15, returned_by = $16, returned_at = $17, danger = $18, source_index = $19, requested_at = $20, version = version + 1 WHERE id = $1 AND version = $2";
const WRITE: &str = "UPDATE release SET file = $3, draft = $4, area_id = $5, danger = $6, version = version + 1 WHERE id = $1 AND version = $2 AND stage IN ('draft', 'returned')";
const DISCARD: &str = "DELETE FROM release WHERE id = $1 AND version = $2 AND stage = 'draft'";
const DROP_PHOTOGRAPH: &str = "DELETE FROM photograph WHERE id = $1 AND release_id = $2";
const REMOVE_PHOTOGRAPH: &str =
    "UPDATE photograph SET removed_at = $3 WHERE id = $1 AND release_id = $2 AND removed_at IS NULL";
const NEXT_SERIAL: &str = "SELECT code, next_serial FROM area WHERE id = $1";
const TAKE_SERIAL: &str = "UPDATE area SET next_serial = next_serial + 1 WHERE id = $1 AND next_serial = $2";
const ISSUE: &str = "INSERT INTO issue (area_id, serial, urn, release_id, issued_at) VALUES ($1, $2, $3, $4, $5)";
const VOID_ISSUE: &str = "UPDATE issue SET voided_at = $2, void_words = $3 WHERE release_id = $1 AND voided_at IS NULL";
const ISSUES: &str = "SELECT i.urn, i.serial, COALESCE(i.release_id, (SELECT MAX(d.subject_id) FROM disposal d WHERE d.urn = i.urn AND d.erased_at IS NOT NULL), '') AS release_id, i.issued_at, COALESCE(r.stage, 'disposed') AS stage, r.until, (SELECT COUNT(*) FROM copy c WHERE c.release_id = i.release_id AND c.print = 0) AS copies, i.voided_at, i.void_words, i.disposed_at FROM issue i LEFT JOIN release r ON r.id = i.release_id WHERE i.area_id = $1 ORDER BY i.serial DESC";
const ADD_PHOTOGRAPH: &str = "INSERT INTO photograph (id, release_id, position, width, height, sha256, object) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const PHOTOGRAPHS: &str = "SELECT id, release_id, position, width, height, sha256, object FROM photograph WHERE release_id = $1 AND removed_at IS NULL ORDER BY position";
const NEXT_POSITION: &str = "SELECT COALESCE(MAX(position) + 1, 0) FROM photograph WHERE release_id = $1";
const PHOTOGRAPH: &str = "SELECT id, release_id, position, width, height, sha256, object FROM photograph WHERE id = $1";

impl TryFrom<Row> for Filed {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let key = row.id.clone();
        let person =
            |text: &Option<String>, column| whole(text.as_deref().and_then(PersonId::parse), "release", column, &key);
        let moment = |ms: Option<i64>, column| Ok::<_, Fault>(Moment::from_millis(whole(ms, "release", column, &key)?));
        let authority = || {
            Ok::<_, Fault>(Authority {
                by: person(&row.authorised_by, "authorised_by")?,
                at: moment(row.authorised_at, "authorised_at")?,
                urn: whole(row.urn.clone(), "release", "urn", &key)?,
                until: moment(row.until, "until")?,
            })
        };
        let stage = match row.stage.as_str() {
            "draft" => Stage::Draft,
            "requested" => Stage::Requested,
            "returned" => Stage::Returned {
                by: person(&row.returned_by, "returned_by")?,
                at: moment(row.returned_at, "returned_at")?,
            },
            "closed" => {
                Stage::Closed { by: person(&row.closed_by, "closed_by")?, at: moment(row.closed_at, "closed_at")? }
            }
            "live" => Stage::Live(authority()?),
            "voided" => Stage::Voided {
                authority: authority()?,
                by: person(&row.recalled_by, "recalled_by")?,
                at: moment(row.recalled_at, "recalled_at")?,
            },
            "recalled" => Stage::Recalled {
                authority: authority()?,
                by: person(&row.recalled_by, "recalled_by")?,
                at: moment(row.recalled_at, "recalled_at")?,
            },
            _ => return Err(Fault::Corrupt { table: "release", column: "stage", row: key }),
        };
        let origin = row.origin_id.as_deref().map(|id| whole(ReleaseId::parse(id), "release", "origin_id", &key));
        let release = Release {
            id: whole(ReleaseId::parse(&row.id), "release", "id", &key)?,
            area: whole(AreaId::parse(&row.area_id), "release", "area_id", &key)?,
            requested_by: whole(PersonId::parse(&row.requested_by), "release", "requested_by", &key)?,
            requested_at: Moment::from_millis(row.requested_at),
            stage,
            origin: origin.transpose()?,
            // Filled by whoever loads it: they stand in other rows (`Conn::askers`).
            askers: Vec::new(),
            version: row.version,
        };
        Ok(Self {
            release,
            source_index: row.source_index,
            danger: row.danger,
            file: row.file,
            draft: row.draft,
            text_object: row.text_object,
            text_sha256: row.text_sha256,
        })
    }
}

impl Conn {
    /// Rows as releases, each with who asked for what it follows.
    pub(super) async fn filed(&mut self, rows: Vec<Row>) -> Result<Vec<Filed>, Fault> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let mut filed = Filed::try_from(row)?;
            filed.release.askers = self.askers(filed.release.origin).await?;
            all.push(filed);
        }
        Ok(all)
    }

    /// A release.
    pub async fn release(&mut self, id: ReleaseId) -> Result<Option<Filed>, Fault> {
        let row: Option<Row> = on!(self, |c| sqlx::query_as(COLUMNS_ONE).bind(id.to_string()).fetch_optional(c).await)?;
        Ok(self.filed(row.into_iter().collect()).await?.pop())
    }

    /// A release by its reference, as printed.
    pub async fn release_by_urn(&mut self, urn: &str) -> Result<Option<Filed>, Fault> {
        let row: Option<Row> = on!(self, |c| sqlx::query_as(BY_URN).bind(urn).fetch_optional(c).await)?;
        Ok(self.filed(row.into_iter().collect()).await?.pop())
    }

    /// An area's releases: numbered ones first, so that no flood of requests hides a live release; each newest first.
    pub async fn releases_of_area(&mut self, area: AreaId, limit: i64) -> Result<Vec<Filed>, Fault> {
        let rows = on!(self, |c| sqlx::query_as(OF_AREA).bind(area.to_string()).bind(limit).fetch_all(c).await)?;
        self.filed(rows).await
    }

    /// What an officer asked for, newest first.
    pub async fn releases_of_officer(&mut self, person: PersonId, limit: i64) -> Result<Vec<Filed>, Fault> {
        let rows = on!(self, |c| sqlx::query_as(OF_OFFICER).bind(person.to_string()).bind(limit).fetch_all(c).await)?;
        self.filed(rows).await
    }

    /// Live releases whose limit has passed at `now` and which still have a key to destroy.
    pub async fn releases_past_limit(&mut self, now: Moment) -> Result<Vec<ReleaseId>, Fault> {
        let rows: Vec<String> = on!(self, |c| sqlx::query_scalar(PAST_LIMIT).bind(now.millis()).fetch_all(c).await)?;
        rows.iter().map(|id| whole(ReleaseId::parse(id), "release", "id", id)).collect()
    }

    /// The place of the next photograph of a release: past every one it ever had.
    pub async fn next_photograph(&mut self, release: ReleaseId) -> Result<i64, Fault> {
        let id = release.to_string();
        Ok(on!(self, |c| sqlx::query_scalar(NEXT_POSITION).bind(id).fetch_one(c).await)?)
    }

    /// A release's photographs, in order; none that was taken out of it.
    pub async fn photographs(&mut self, release: ReleaseId) -> Result<Vec<Photograph>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PHOTOGRAPHS).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// A photograph.
    pub async fn photograph(&mut self, id: PhotographId) -> Result<Option<Photograph>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(PHOTOGRAPH).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// An area's register of issues, newest first.
    pub async fn issues(&mut self, area: AreaId) -> Result<Vec<Issue>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ISSUES).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// The number an area would give next, with its serial.
    pub async fn next_urn(&mut self, area: AreaId, at: Moment) -> Result<(Urn, u32), Fault> {
        let row = area.to_string();
        let (code, serial): (String, i64) = on!(self, |c| sqlx::query_as(NEXT_SERIAL).bind(&row).fetch_one(c).await)?;
        let code = whole(AreaCode::parse(&code), "area", "code", &row)?;
        let serial = whole(u32::try_from(serial).ok(), "area", "next_serial", &row)?;
        Ok((Urn::number(code, serial, at), serial))
    }
}

impl Tx {
    /// Adds a request.
    pub async fn add_release(&mut self, filed: &Filed) -> Result<(), Fault> {
        let release = &filed.release;
        run!(
            self,
            sqlx::query(ADD)
                .bind(release.id.to_string())
                .bind(release.area.to_string())
                .bind(release.requested_by.to_string())
                .bind(release.requested_at.millis())
                .bind(release.stage.word())
                .bind(filed.danger)
                .bind(&filed.file)
                .bind(&filed.draft)
                .bind(&filed.source_index)
                .bind(release.origin.map(|id| id.to_string()))
        )?;
        Ok(())
    }

    /// Carries out a decision on the version that was decided on, and answers the event to append. Two writers cannot both.
    pub async fn carry_out(&mut self, filed: &Filed, decision: Decision) -> Result<Event, Fault> {
        let (stage, event) = decision.into_parts();
        let release = &filed.release;
        let authority = stage.authority();
        let closed = match &stage {
            Stage::Closed { by, at } => Some((by, at)),
            _ => None,
        };
        let returned = match &stage {
            Stage::Returned { by, at } => Some((by, at)),
            _ => None,
        };
        let recalled = match &stage {
            Stage::Recalled { by, at, .. } | Stage::Voided { by, at, .. } => Some((by, at)),
            _ => None,
        };
        let done = run!(
            self,
            sqlx::query(ADVANCE)
                .bind(release.id.to_string())
                .bind(release.version)
                .bind(stage.word())
                .bind(closed.map(|(by, _)| by.to_string()))
                .bind(closed.map(|(_, at)| at.millis()))
                .bind(authority.map(|a| a.by.to_string()))
                .bind(authority.map(|a| a.at.millis()))
                .bind(authority.map(|a| a.urn.clone()))
                .bind(authority.map(|a| a.until.millis()))
                .bind(recalled.map(|(by, _)| by.to_string()))
                .bind(recalled.map(|(_, at)| at.millis()))
                .bind(&filed.file)
                .bind(&filed.draft)
                .bind(&filed.text_object)
                .bind(&filed.text_sha256)
                .bind(returned.map(|(by, _)| by.to_string()))
                .bind(returned.map(|(_, at)| at.millis()))
                .bind(filed.danger)
                .bind(&filed.source_index)
                .bind(release.requested_at.millis())
        )?;
        if done != 1 {
            return Err(Fault::Other("a release changed inside its own transaction".to_owned()));
        }
        Ok(event)
    }

    /// Keeps what an officer wrote, on the version they wrote on; false when it is another by now. No stage changes by it.
    pub async fn write_on(&mut self, filed: &Filed) -> Result<bool, Fault> {
        let release = &filed.release;
        let done = run!(
            self,
            sqlx::query(WRITE)
                .bind(release.id.to_string())
                .bind(release.version)
                .bind(&filed.file)
                .bind(&filed.draft)
                .bind(release.area.to_string())
                .bind(filed.danger)
        )?;
        Ok(done == 1)
    }

    /// Carries out the end of a draft that nobody else has seen: its rows go, and the event to append is answered.
    pub async fn discard(
        &mut self,
        filed: &Filed,
        photographs: &[Photograph],
        decision: Decision,
    ) -> Result<Event, Fault> {
        for row in photographs {
            self.drop_photograph(row).await?;
        }
        let release = &filed.release;
        let done = run!(self, sqlx::query(DISCARD).bind(release.id.to_string()).bind(release.version))?;
        if done != 1 {
            return Err(Fault::Other("a draft changed inside its own transaction".to_owned()));
        }
        Ok(decision.into_parts().1)
    }

    /// Forgets a photograph that was never sent; its blob is to be destroyed.
    pub async fn drop_photograph(&mut self, row: &Photograph) -> Result<(), Fault> {
        run!(self, sqlx::query(DROP_PHOTOGRAPH).bind(&row.id).bind(&row.release_id))?;
        self.forget_unit_object(&row.object).await
    }

    /// Takes a photograph that was sent once out of its release; it is kept (K6.4.1).
    pub async fn remove_photograph(&mut self, row: &Photograph) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(REMOVE_PHOTOGRAPH).bind(&row.id).bind(&row.release_id).bind(now))?;
        Ok(())
    }

    /// Takes an area's next serial and enters it in the register of issues (K8.3).
    pub async fn issue(&mut self, release: &Release, urn: &Urn, serial: u32) -> Result<(), Fault> {
        let (area, serial, now) = (release.area.to_string(), i64::from(serial), self.now().millis());
        let done = run!(self, sqlx::query(TAKE_SERIAL).bind(&area).bind(serial))?;
        if done != 1 {
            return Err(Fault::Other("an area's counter moved inside the transaction".to_owned()));
        }
        run!(
            self,
            sqlx::query(ISSUE).bind(&area).bind(serial).bind(urn.to_string()).bind(release.id.to_string()).bind(now)
        )?;
        Ok(())
    }

    /// Marks a release's number as voided; it stays in the register with its reason, sealed (K8.3).
    pub async fn void_issue(&mut self, release: ReleaseId, sealed: &[u8]) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(VOID_ISSUE).bind(release.to_string()).bind(now).bind(sealed))?;
        Ok(())
    }

    /// Adds a photograph.
    pub async fn add_photograph(&mut self, row: &Photograph) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD_PHOTOGRAPH)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(row.position)
                .bind(row.width)
                .bind(row.height)
                .bind(&row.sha256)
                .bind(&row.object)
        )?;
        Ok(())
    }
}
