//! Finding releases and issued numbers: one question a page, with its bounds, and how many there are in all.
//!
//! Promise: whose releases a person may see is part of the question (P10), so nothing is counted that is not theirs. Drafts are
//! their writer's alone; what follows another area's release is not its officer's (K7.6). Absent on purpose: words of a case, which
//! are sealed; they are found by number, keyed hash, place and day.

use sqlx::FromRow;

use super::releases::{self, Filed, Issue};
use super::{Conn, Fault, on};
use crate::domain::ids::{AreaId, PersonId, SchemeId};
use crate::domain::moment::Moment;

/// What waits for somebody, as a list can be narrowed to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Waits {
    /// No matter.
    #[default]
    Any,
    /// Requests to decide, not one's own.
    Decide,
    /// Live releases with copies to be sealed.
    Seal,
    /// Live releases whose limit is near.
    Ending,
    /// Releases with an open duty.
    Duties,
    /// One's own requests.
    Own,
    /// One's own requests that were sent back.
    Returned,
    /// Releases that others asked for.
    Others,
}

impl Waits {
    /// All, with the word of an address and the words of a page.
    pub const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::Any, "", "Anything"),
        (Self::Decide, "decide", "Requests for you to decide"),
        (Self::Seal, "seal", "Copies for you to seal"),
        (Self::Ending, "ending", "Limit within 7 days"),
        (Self::Duties, "duties", "Open duties"),
        (Self::Own, "own", "Your own requests"),
        (Self::Returned, "returned", "Sent back to you"),
        (Self::Others, "others", "Asked for by others"),
    ];

    /// The word of an address.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(waits, ..)| *waits == self).map_or("", |(_, word, _)| word)
    }

    /// Reads a word of an address.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(waits, ..)| *waits)
    }
}

/// What is looked for. Empty fields ask for nothing.
#[derive(Clone, Debug)]
pub struct Sought {
    /// Who looks.
    pub by: Option<PersonId>,
    /// The areas whose releases they see.
    pub sees: Vec<AreaId>,
    /// The areas whose requests they decide.
    pub decides: Vec<AreaId>,
    /// A number, as printed.
    pub urn: String,
    /// The keyed hash of a source reference.
    pub source: String,
    /// In this area.
    pub area: Option<AreaId>,
    /// The stage's word, `live` and `expired` by the clock.
    pub stage: String,
    /// With a copy for this scheme.
    pub scheme: Option<SchemeId>,
    /// Asked for or authorised from here on.
    pub from: Moment,
    /// And before this.
    pub to: Moment,
    /// Waiting for something.
    pub waits: Waits,
    /// The present.
    pub now: Moment,
    /// A limit up to here is near.
    pub near: Moment,
    /// So many at most.
    pub limit: i64,
    /// After so many.
    pub skip: i64,
}

/// A release that was found, with its copies counted.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The release.
    pub filed: Filed,
    /// Copies: all, sealed (or lost before), opened, confirmed gone.
    pub counts: [i64; 4],
    /// Duties that were marked and are open.
    pub duties: i64,
    /// How many were found in all.
    pub found: i64,
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    release: releases::Row,
    copies: i64,
    sealed: i64,
    opened: i64,
    confirmed: i64,
    duties: i64,
    found: i64,
}

const FIND: &str = "SELECT r.id, r.area_id, r.requested_by, r.requested_at, r.stage, r.closed_by, r.closed_at, r.authorised_by, r.authorised_at, r.urn, r.until, r.recalled_by, r.recalled_at, r.danger, r.file, r.draft, r.text_object, r.text_sha256, r.version, r.returned_by, r.returned_at, r.source_index, r.origin_id, (SELECT COUNT(*) FROM copy c WHERE c.release_id = r.id AND c.print = 0) AS copies, (SELECT COUNT(*) FROM copy c WHERE c.release_id = r.id AND c.print = 0 AND (c.sealed_at IS NOT NULL OR c.replaced_at IS NOT NULL)) AS sealed, (SELECT COUNT(*) FROM copy c WHERE c.release_id = r.id AND c.print = 0 AND c.opened_at IS NOT NULL) AS opened, (SELECT COUNT(*) FROM copy c WHERE c.release_id = r.id AND c.print = 0 AND c.confirmed_at IS NOT NULL) AS confirmed, (SELECT COUNT(*) FROM duty d WHERE d.release_id = r.id AND d.done_at IS NULL) AS duties, COUNT(*) OVER () AS found FROM release r WHERE ((r.requested_by = $1 AND r.origin_id IS NULL) OR (r.stage <> 'draft' AND r.area_id IN (SELECT a.id FROM area a WHERE $2 LIKE '%' || a.id || '%'))) AND ($4 = '' OR r.urn = $4) AND ($5 = '' OR r.source_index = $5) AND ($6 = '' OR r.area_id = $6) AND ($7 = '' OR (r.stage = $7 AND (r.until IS NULL OR (r.until > $8 AND r.until <= $9)))) AND ($10 = '' OR EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.scheme_id = $10)) AND ((r.requested_at >= $11 AND r.requested_at < $12) OR (r.authorised_at >= $11 AND r.authorised_at < $12)) AND ($13 = '' OR ($13 = 'decide' AND r.stage = 'requested' AND r.requested_by <> $1 AND NOT EXISTS (SELECT 1 FROM release o LEFT JOIN release p ON p.id = o.origin_id WHERE o.id = r.origin_id AND (o.requested_by = $1 OR p.requested_by = $1)) AND r.area_id IN (SELECT a.id FROM area a WHERE $3 LIKE '%' || a.id || '%')) OR ($13 = 'seal' AND r.stage = 'live' AND r.until > $14 AND r.area_id IN (SELECT a.id FROM area a WHERE $3 LIKE '%' || a.id || '%') AND EXISTS (SELECT 1 FROM copy c WHERE c.release_id = r.id AND c.sealed_at IS NULL AND c.replaced_at IS NULL AND c.key_gone_at IS NULL AND (c.follows IS NULL OR c.acknowledged_at IS NOT NULL))) OR ($13 = 'ending' AND r.stage = 'live' AND r.until > $14 AND r.until <= $15) OR ($13 = 'duties' AND ((r.requested_by = $1 AND r.origin_id IS NULL) OR r.area_id IN (SELECT a.id FROM area a WHERE $3 LIKE '%' || a.id || '%')) AND (EXISTS (SELECT 1 FROM duty d WHERE d.release_id = r.id AND d.done_at IS NULL) OR ((r.stage = 'recalled' OR (r.stage = 'live' AND r.until <= $14)) AND NOT EXISTS (SELECT 1 FROM duty d WHERE d.release_id = r.id AND d.kind = 'kmip')))) OR ($13 = 'own' AND (r.requested_by = $1 AND r.origin_id IS NULL)) OR ($13 = 'returned' AND (r.requested_by = $1 AND r.origin_id IS NULL) AND r.stage = 'returned') OR ($13 = 'others' AND r.requested_by <> $1)) ORDER BY CASE WHEN $13 = 'ending' THEN r.until ELSE 0 END, r.requested_at DESC, r.id DESC LIMIT $16 OFFSET $17";

/// Places as one word: an area is among them if its identifier stands in it.
fn places(areas: &[AreaId]) -> String {
    areas.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
}

fn text<T: ToString>(id: Option<&T>) -> String {
    id.map_or_else(String::new, ToString::to_string)
}

impl Conn {
    /// The releases sought: one page of them, newest first, those that end first before others where that was asked.
    pub async fn find_releases(&mut self, of: &Sought) -> Result<Vec<Hit>, Fault> {
        let (all, now) = ((i64::MIN, i64::MAX), of.now.millis());
        let (stage, (after, until)) = match of.stage.as_str() {
            "live" => ("live", (now, i64::MAX)),
            "expired" => ("live", (i64::MIN, now)),
            other => (other, all),
        };
        let rows: Vec<Row> = on!(self, |c| sqlx::query_as(FIND)
            .bind(text(of.by.as_ref()))
            .bind(places(&of.sees))
            .bind(places(&of.decides))
            .bind(&of.urn)
            .bind(&of.source)
            .bind(text(of.area.as_ref()))
            .bind(stage)
            .bind(after)
            .bind(until)
            .bind(text(of.scheme.as_ref()))
            .bind(of.from.millis())
            .bind(of.to.millis())
            .bind(of.waits.word())
            .bind(now)
            .bind(of.near.millis())
            .bind(of.limit)
            .bind(of.skip)
            .fetch_all(c)
            .await)?;
        let mut hits = Vec::with_capacity(rows.len());
        for row in rows {
            let counts = [row.copies, row.sealed, row.opened, row.confirmed];
            let mut filed = Filed::try_from(row.release)?;
            filed.release.askers = self.askers(filed.release.origin).await?;
            hits.push(Hit { filed, counts, duties: row.duties, found: row.found });
        }
        Ok(hits)
    }
}

/// What is looked for in an area's register of issues. Empty fields ask for nothing.
#[derive(Clone, Debug)]
pub struct Numbers {
    /// The number as printed.
    pub urn: String,
    /// Or its serial alone; 0: any.
    pub serial: i64,
    /// The stage's word, `live` and `expired` by the clock.
    pub stage: String,
    /// Issued from here on.
    pub from: Moment,
    /// And before this.
    pub to: Moment,
    /// The present.
    pub now: Moment,
    /// So many at most.
    pub limit: i64,
    /// After so many.
    pub skip: i64,
}

#[derive(FromRow)]
struct Entry {
    #[sqlx(flatten)]
    issue: Issue,
    found: i64,
}

const FIND_ISSUES: &str = "SELECT i.urn, i.serial, COALESCE(i.release_id, (SELECT MAX(d.subject_id) FROM disposal d WHERE d.urn = i.urn AND d.erased_at IS NOT NULL), '') AS release_id, i.issued_at, COALESCE(r.stage, 'disposed') AS stage, r.until, (SELECT COUNT(*) FROM copy c WHERE c.release_id = i.release_id AND c.print = 0) AS copies, i.voided_at, i.void_words, i.disposed_at, COUNT(*) OVER () AS found FROM issue i LEFT JOIN release r ON r.id = i.release_id WHERE i.area_id = $1 AND ($2 = '' OR i.urn = $2) AND ($3 = 0 OR i.serial = $3) AND ($4 = '' OR ($4 = 'disposed' AND i.disposed_at IS NOT NULL) OR (r.stage = $4 AND r.until > $5 AND r.until <= $6)) AND i.issued_at >= $7 AND i.issued_at < $8 ORDER BY i.serial DESC LIMIT $9 OFFSET $10";

impl Conn {
    /// The numbers sought, newest first, and how many there are in all.
    pub async fn find_issues(&mut self, area: AreaId, of: &Numbers) -> Result<(Vec<Issue>, i64), Fault> {
        let now = of.now.millis();
        let (stage, after, until) = match of.stage.as_str() {
            "live" => ("live", now, i64::MAX),
            "expired" => ("live", i64::MIN, now),
            other => (other, i64::MIN, i64::MAX),
        };
        let rows: Vec<Entry> = on!(self, |c| sqlx::query_as(FIND_ISSUES)
            .bind(area.to_string())
            .bind(&of.urn)
            .bind(of.serial)
            .bind(stage)
            .bind(after)
            .bind(until)
            .bind(of.from.millis())
            .bind(of.to.millis())
            .bind(of.limit)
            .bind(of.skip)
            .fetch_all(c)
            .await)?;
        let found = rows.first().map_or(0, |row| row.found);
        Ok((rows.into_iter().map(|row| row.issue).collect(), found))
    }
}
