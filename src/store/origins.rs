//! What a release follows, and what of an area waits on somebody else's answer.
//!
//! Promise: whoever asked for a release is found however many areas it went through (K7.6, K7.7); a chain without an end is a fault,
//! never waited for. Absent on purpose: who may decide (`domain::release`). Proved by `tests/it/journeys/two_areas/own.rs`.

use super::releases::Filed;
use super::{Conn, Fault, on, whole};
use crate::domain::ids::{AreaId, PersonId, ReleaseId};

const QUESTIONED: &str = "SELECT id, area_id, requested_by, requested_at, stage, closed_by, closed_at, authorised_by, authorised_at, urn, until, recalled_by, recalled_at, danger, file, draft, text_object, text_sha256, version, returned_by, returned_at, source_index, origin_id FROM release WHERE $1 LIKE '%' || area_id || '%' AND ((stage = 'requested' AND (EXISTS (SELECT 1 FROM representation s WHERE s.release_id = release.id) OR EXISTS (SELECT 1 FROM consideration p WHERE p.release_id = release.id AND p.part IN ('outcome', 'notice')))) OR (stage IN ('requested', 'closed') AND EXISTS (SELECT 1 FROM ruling u WHERE u.release_id = release.id AND u.told_at IS NULL AND u.question = 'representations'))) ORDER BY requested_at, id";
const ASKER: &str = "SELECT requested_by, origin_id FROM release WHERE id = $1";
/// Longer than any chain of areas that ask one another.
const AREAS_MAX: usize = 500;

impl Conn {
    /// Who asked for the release of this origin, and for what that one follows, nearest first (K7.6, K7.7).
    pub(super) async fn askers(&mut self, origin: Option<ReleaseId>) -> Result<Vec<PersonId>, Fault> {
        let (mut askers, mut next) = (Vec::new(), origin.map(|id| id.to_string()));
        // A release is made after what it follows, so that the chain ends; a store that says otherwise is not believed for ever.
        while let Some(id) = next.take() {
            let row: Option<(String, Option<String>)> =
                on!(self, |c| sqlx::query_as(ASKER).bind(&id).fetch_optional(c).await)?;
            let (asker, before) = whole(row, "release", "origin_id", &id)?;
            let asker = whole(PersonId::parse(&asker), "release", "requested_by", &id)?;
            if askers.len() > AREAS_MAX {
                return Err(Fault::Corrupt { table: "release", column: "origin_id", row: id });
            }
            askers.push(asker);
            next = before;
        }
        Ok(askers)
    }

    /// The requests that a question or a result may wait on, in these areas, those asked for longest first: representations were made,
    /// or the parts were saved out of which a question comes; and those that were refused with a result to be told (O3.2.3, O3.2.4).
    pub async fn questioned(&mut self, areas: &[AreaId]) -> Result<Vec<Filed>, Fault> {
        let places = areas.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let rows = on!(self, |c| sqlx::query_as(QUESTIONED).bind(&places).fetch_all(c).await)?;
        self.filed(rows).await
    }
}
