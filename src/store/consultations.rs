//! What one area asked another about a person, the answer, and what was handed over for the other's own release (K7.6).
//!
//! A consultation is answered once and never removed; its words are as sealed under the records key. Absent on purpose: who may read
//! it (`actions::elsewhere`). Proved by `tests/it/journeys/two_areas.rs`.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{AreaId, ConsultationId, PersonId, PhotographId, ReleaseId};

/// A consultation.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `consultation`, described in the migration")]
pub struct Consultation {
    pub id: String,
    pub release_id: String,
    pub area_id: String,
    pub asked_by: String,
    pub asked_at: i64,
    pub asked: Vec<u8>,
    pub makes_own: Option<bool>,
    pub answered_by: Option<String>,
    pub answered_at: Option<i64>,
    pub answer: Option<Vec<u8>>,
    pub linked_id: Option<String>,
}

/// A photograph that was handed over, by its row in the linked release.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `handover` and `photograph`, described in the migrations")]
pub struct Handover {
    pub photograph_id: String,
    pub sha256: String,
    pub object: String,
    pub compared_at: Option<i64>,
}

const ONE: &str = "SELECT id, release_id, area_id, asked_by, asked_at, asked, makes_own, answered_by, answered_at, answer, linked_id FROM consultation WHERE id = $1";
const OF_RELEASE: &str = "SELECT id, release_id, area_id, asked_by, asked_at, asked, makes_own, answered_by, answered_at, answer, linked_id FROM consultation WHERE release_id = $1 ORDER BY asked_at, id";
const OF_LINKED: &str = "SELECT id, release_id, area_id, asked_by, asked_at, asked, makes_own, answered_by, answered_at, answer, linked_id FROM consultation WHERE linked_id = $1";
const ASKED_OF: &str = "SELECT id, release_id, area_id, asked_by, asked_at, asked, makes_own, answered_by, answered_at, answer, linked_id FROM consultation WHERE area_id = $1 ORDER BY asked_at, id";
const ASKED_BY: &str = "SELECT c.id, c.release_id, c.area_id, c.asked_by, c.asked_at, c.asked, c.makes_own, c.answered_by, c.answered_at, c.answer, c.linked_id FROM consultation c JOIN release r ON r.id = c.release_id WHERE r.area_id = $1 ORDER BY c.asked_at, c.id";
const ASK: &str =
    "INSERT INTO consultation (id, release_id, area_id, asked_by, asked_at, asked) VALUES ($1, $2, $3, $4, $5, $6)";
const ANSWER: &str = "UPDATE consultation SET makes_own = $2, answered_by = $3, answered_at = $4, answer = $5, linked_id = $6 WHERE id = $1 AND makes_own IS NULL";
const HANDOVERS: &str = "SELECT h.photograph_id, p.sha256, p.object, h.compared_at FROM handover h JOIN photograph p ON p.id = h.photograph_id WHERE p.release_id = $1 AND p.removed_at IS NULL ORDER BY p.position";
const HAND_OVER: &str = "INSERT INTO handover (photograph_id, handed_by, handed_at) VALUES ($1, $2, $3)";
const COMPARED: &str =
    "UPDATE handover SET compared_by = $2, compared_at = $3 WHERE photograph_id = $1 AND compared_at IS NULL";
const TAKE_BACK: &str = "DELETE FROM handover WHERE photograph_id = $1 AND compared_at IS NULL";
const FORGET_PHOTOGRAPH: &str = "DELETE FROM photograph WHERE id = $1";
const WORDS_CAME: &str = "UPDATE release SET file = $3, draft = $4, danger = $5, version = version + 1 WHERE id = $1 AND version = $2 AND stage = 'requested' AND origin_id IS NOT NULL";

impl Consultation {
    /// Its identifier.
    pub fn id(&self) -> Result<ConsultationId, Fault> {
        whole(ConsultationId::parse(&self.id), "consultation", "id", &self.id)
    }

    /// The release it is about.
    pub fn release(&self) -> Result<ReleaseId, Fault> {
        whole(ReleaseId::parse(&self.release_id), "consultation", "release_id", &self.id)
    }

    /// The area that is asked.
    pub fn area(&self) -> Result<AreaId, Fault> {
        whole(AreaId::parse(&self.area_id), "consultation", "area_id", &self.id)
    }

    /// Who asked.
    pub fn asked_by(&self) -> Result<PersonId, Fault> {
        whole(PersonId::parse(&self.asked_by), "consultation", "asked_by", &self.id)
    }

    /// The other area's own release.
    pub fn linked(&self) -> Result<Option<ReleaseId>, Fault> {
        let read = |id: &String| whole(ReleaseId::parse(id), "consultation", "linked_id", &self.id);
        self.linked_id.as_ref().map(read).transpose()
    }
}

impl Conn {
    /// A consultation.
    pub async fn consultation(&mut self, id: ConsultationId) -> Result<Option<Consultation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ONE).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// What was asked about a release, in order.
    pub async fn consultations(&mut self, release: ReleaseId) -> Result<Vec<Consultation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_RELEASE).bind(release.to_string()).fetch_all(c).await)?)
    }

    /// The consultation from which a release came.
    pub async fn consultation_of(&mut self, linked: ReleaseId) -> Result<Option<Consultation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_LINKED).bind(linked.to_string()).fetch_optional(c).await)?)
    }

    /// What an area was asked.
    pub async fn asked_of(&mut self, area: AreaId) -> Result<Vec<Consultation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ASKED_OF).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// What an area asked others.
    pub async fn asked_by(&mut self, area: AreaId) -> Result<Vec<Consultation>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ASKED_BY).bind(area.to_string()).fetch_all(c).await)?)
    }

    /// What was handed over for a linked release; none that was taken out of it.
    pub async fn handovers(&mut self, linked: ReleaseId) -> Result<Vec<Handover>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(HANDOVERS).bind(linked.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Asks.
    pub async fn ask_area(&mut self, row: &Consultation) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ASK)
                .bind(&row.id)
                .bind(&row.release_id)
                .bind(&row.area_id)
                .bind(&row.asked_by)
                .bind(row.asked_at)
                .bind(&row.asked)
        )?;
        Ok(())
    }

    /// Answers, once: `false` where it was answered already.
    pub async fn answer_area(&mut self, row: &Consultation) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(ANSWER)
                .bind(&row.id)
                .bind(row.makes_own)
                .bind(&row.answered_by)
                .bind(row.answered_at)
                .bind(&row.answer)
                .bind(&row.linked_id)
        )?;
        Ok(done == 1)
    }

    /// Writes down who handed a photograph over.
    pub async fn hand_over(&mut self, photograph: PhotographId, by: PersonId) -> Result<(), Fault> {
        let now = self.now().millis();
        run!(self, sqlx::query(HAND_OVER).bind(photograph.to_string()).bind(by.to_string()).bind(now))?;
        Ok(())
    }

    /// Writes down who compared it with the record; `false` where somebody has.
    pub async fn compared(&mut self, photograph: PhotographId, by: PersonId) -> Result<bool, Fault> {
        let now = self.now().millis();
        let done = run!(self, sqlx::query(COMPARED).bind(photograph.to_string()).bind(by.to_string()).bind(now))?;
        Ok(done == 1)
    }

    /// Forgets what was handed over and is not what is on record; `false` where it was compared, or is not there.
    pub async fn hand_back(&mut self, photograph: PhotographId, object: &str) -> Result<bool, Fault> {
        let done = run!(self, sqlx::query(TAKE_BACK).bind(photograph.to_string()))?;
        if done == 1 {
            run!(self, sqlx::query(FORGET_PHOTOGRAPH).bind(photograph.to_string()))?;
            self.forget_unit_object(object).await?;
        }
        Ok(done == 1)
    }

    /// Puts words into a linked release that waits for its decision: the case file and the draft, sealed for its next version, and
    /// whether there is danger. `false` where it has changed.
    pub async fn words_came(
        &mut self,
        linked: ReleaseId,
        version: i64,
        (file, draft): (&[u8], &[u8]),
        danger: bool,
    ) -> Result<bool, Fault> {
        let id = linked.to_string();
        let done = run!(self, sqlx::query(WORDS_CAME).bind(&id).bind(version).bind(file).bind(draft).bind(danger))?;
        Ok(done == 1)
    }
}
