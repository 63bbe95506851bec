//! What the root and the co-ordinators have signed about keys: kept for ever, read as papers.
//!
//! Absent on purpose: believing any of it. `ledger::trust` follows the signatures to the root.

use std::collections::BTreeSet;

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run};
use crate::domain::ids::{AreaId, PersonId};
use crate::ledger::trust::{Paper, ROOT};

/// A paper's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `approval`, described in the migration")]
pub struct Row {
    pub id: String,
    pub kind: String,
    pub object: String,
    pub signer: String,
    pub document: Vec<u8>,
    pub note: String,
    pub added_at: i64,
}

impl Row {
    /// The paper alone. A document that is not text has no chain, whatever its note says.
    pub fn paper(self) -> Paper {
        Paper { document: String::from_utf8(self.document).unwrap_or_default(), note: self.note }
    }
}

/// Somebody's keys with one role they hold, and what it is held for.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "columns of `person`, `grant_held`, `scheme` and `area`, described in the migrations")]
pub struct Held {
    pub id: String,
    pub name: String,
    pub recipient: String,
    pub signing_key: String,
    pub suspended: bool,
    pub created_at: i64,
    pub role: String,
    /// The area of the role, or of its scheme; empty: over the whole force.
    pub area: String,
    /// The scheme of a partner's role; empty: none.
    pub scheme: String,
    /// The scheme's or the area's name; empty: the whole force.
    pub place: String,
}

const HELD: &str = "SELECT p.id, p.name, p.recipient, p.signing_key, p.suspended, p.created_at, g.role, COALESCE(g.area_id, s.area_id, '') AS area, COALESCE(g.scheme_id, '') AS scheme, COALESCE(s.name, a.name, '') AS place FROM grant_held g JOIN person p ON p.id = g.person_id LEFT JOIN scheme s ON s.id = g.scheme_id LEFT JOIN area a ON a.id = g.area_id ORDER BY p.name, p.id, g.role, place";
const OF_PEOPLE: &str =
    "SELECT id, kind, object, signer, document, note, added_at FROM approval WHERE kind = 'approve' ORDER BY id";
const OF: &str =
    "SELECT id, kind, object, signer, document, note, added_at FROM approval WHERE object = $1 ORDER BY id";
const ADD: &str = "INSERT INTO approval (id, kind, object, signer, document, note, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (note) DO NOTHING";

impl Conn {
    /// The papers about one object: `person/<id>` or `area/<id>`.
    pub async fn papers_of(&mut self, object: &str) -> Result<Vec<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF).bind(object).fetch_all(c).await)?)
    }

    /// Everybody's keys, once for each role they hold, by name.
    pub async fn held(&mut self) -> Result<Vec<Held>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(HELD).fetch_all(c).await)?)
    }

    /// Every paper about a person.
    pub async fn papers_of_people(&mut self) -> Result<Vec<Row>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_PEOPLE).fetch_all(c).await)?)
    }

    /// Every paper that a chain from these people and areas to the root may need.
    pub async fn papers_for(&mut self, people: &[PersonId], areas: &[AreaId]) -> Result<Vec<Paper>, Fault> {
        let mut papers = Vec::new();
        for area in areas {
            papers.extend(self.papers_of(&format!("area/{area}")).await?.into_iter().map(Row::paper));
        }
        let mut seen: BTreeSet<String> = people.iter().map(ToString::to_string).collect();
        let mut next: Vec<String> = seen.iter().cloned().collect();
        while let Some(person) = next.pop() {
            for row in self.papers_of(&format!("person/{person}")).await? {
                if row.signer != ROOT && seen.insert(row.signer.clone()) {
                    next.push(row.signer.clone());
                }
                papers.push(row.paper());
            }
        }
        Ok(papers)
    }
}

impl Tx {
    /// Keeps a paper; false when it is kept already.
    pub async fn add_paper(&mut self, row: &Row) -> Result<bool, Fault> {
        let done = run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.kind)
                .bind(&row.object)
                .bind(&row.signer)
                .bind(&row.document)
                .bind(&row.note)
                .bind(row.added_at)
        )?;
        Ok(done == 1)
    }
}
