//! All that the gate of a view asks the store about the copy, in one question: acts wait for each other, so each turn counts.

use sqlx::FromRow;

use super::copies::{Part, Row};
use super::releases::{self, Filed};
use super::{Conn, Fault, on};
use crate::domain::ids::{CopyId, PartId};
use crate::domain::moment::Moment;

/// A copy, its release, and one of its parts where there is such a part.
#[derive(FromRow)]
struct Wanted {
    #[sqlx(flatten)]
    copy: Row,
    /// With the copy's `id`; its own is the copy's `release_id`.
    #[sqlx(flatten)]
    release: releases::Row,
    part_id: Option<String>,
    photograph_id: Option<String>,
    rendition: Option<String>,
    position: Option<i64>,
    object: Option<String>,
    bytes: Option<i64>,
    revision: Option<i64>,
    printed_at: Option<i64>,
    owes_from: Option<i64>,
}

/// What the gate asks for: a copy, its release, the named part of it where there is such a part, and from when on its holder may owe a
/// confirmation of another copy: before that moment, or without one, they owe none (K8.2).
#[derive(Debug)]
pub struct Asked {
    /// The copy.
    pub copy: Row,
    /// Its release.
    pub filed: Filed,
    /// The part.
    pub part: Option<Part>,
    /// See above.
    pub owes_from: Option<Moment>,
}

const WANTED: &str = "SELECT c.id, c.release_id, c.holder, p.name AS holder_name, o.recipient, c.scheme_id, s.name AS scheme_name, c.mark, c.wrapped_key, c.sealed_at, c.acknowledged_at, c.opened_at, c.key_gone_at, c.destroyed_at, c.confirmed_at, c.outcome, c.statement_id, c.ack_statement, c.replaced_at, c.print, c.print_of, c.printer, o.name AS printer_name, c.left_at, c.successor, c.follows, r.area_id, r.requested_by, r.requested_at, r.stage, r.closed_by, r.closed_at, r.authorised_by, r.authorised_at, r.urn, r.until, r.recalled_by, r.recalled_at, r.danger, r.file, r.draft, r.text_object, r.text_sha256, r.version, r.returned_by, r.returned_at, r.source_index, r.origin_id, t.id AS part_id, t.photograph_id, t.rendition, t.position, t.object, t.bytes, t.revision, t.printed_at, (SELECT MIN(COALESCE(e.due_at, CASE WHEN x.left_at IS NOT NULL THEN x.left_at WHEN x.key_gone_at < q.until AND (q.recalled_at IS NULL OR x.key_gone_at < q.recalled_at) THEN x.key_gone_at WHEN q.recalled_at < q.until THEN q.recalled_at ELSE q.until END)) FROM copy x JOIN release q ON q.id = x.release_id LEFT JOIN ending e ON e.copy_id = x.id WHERE x.holder = c.holder AND x.id <> c.id AND x.confirmed_at IS NULL AND x.sealed_at IS NOT NULL AND (x.replaced_at IS NULL OR x.replaced_at = x.left_at OR (x.print > 0 AND x.opened_at IS NOT NULL)) AND q.stage IN ('live', 'recalled')) AS owes_from FROM copy c JOIN person p ON p.id = c.holder JOIN person o ON o.id = COALESCE(c.printer, c.holder) JOIN scheme s ON s.id = c.scheme_id JOIN release r ON r.id = c.release_id LEFT JOIN part t ON t.copy_id = c.id AND t.id = $2 WHERE c.id = $1";

impl Conn {
    /// A copy with its release and the named part of it.
    pub async fn wanted(&mut self, copy: CopyId, part: PartId) -> Result<Option<Asked>, Fault> {
        let (copy, part) = (copy.to_string(), part.to_string());
        let row: Option<Wanted> = on!(self, |c| sqlx::query_as(WANTED).bind(copy).bind(part).fetch_optional(c).await)?;
        let Some(mut row) = row else { return Ok(None) };
        row.release.id.clone_from(&row.copy.release_id);
        let part = match (row.part_id, row.rendition, row.position, row.object, row.bytes, row.revision) {
            (Some(id), Some(rendition), Some(position), Some(object), Some(bytes), Some(revision)) => {
                let copy_id = row.copy.id.clone();
                let photograph_id = row.photograph_id;
                let printed_at = row.printed_at;
                Some(Part { id, copy_id, photograph_id, rendition, position, object, bytes, revision, printed_at })
            }
            _ => None,
        };
        let owes_from = row.owes_from.map(Moment::from_millis);
        Ok(Some(Asked { copy: row.copy, filed: Filed::try_from(row.release)?, part, owes_from }))
    }
}
