//! Documents attached to registers (K7.2) and to cases (O3.2.3): the rows. Their bytes are in the vault, locked.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::ids::{DocumentId, PersonId, ReleaseId, SchemeId};

/// A document's row.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `document`, described in the migration")]
pub struct Document {
    pub id: String,
    pub scheme_id: Option<String>,
    pub subject: String,
    pub subject_id: String,
    pub media: String,
    pub bytes: i64,
    pub sha256: String,
    pub object: String,
    pub wrapped_key: Option<Vec<u8>>,
    pub added_by: String,
    pub added_at: i64,
    pub removed_by: Option<String>,
    pub removed_at: Option<i64>,
    pub remove_reason: String,
    pub release_id: Option<String>,
}

/// Whose papers a document is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A scheme's, in its register.
    Scheme(SchemeId),
    /// A case's.
    Release(ReleaseId),
}

impl Document {
    /// Whose it is.
    pub fn owner(&self) -> Result<Owner, Fault> {
        let owner = match (&self.scheme_id, &self.release_id) {
            (Some(scheme), None) => SchemeId::parse(scheme).map(Owner::Scheme),
            (None, Some(release)) => ReleaseId::parse(release).map(Owner::Release),
            _ => None,
        };
        whole(owner, "document", "scheme_id", &self.id)
    }
}

const ONE: &str = "SELECT id, scheme_id, subject, subject_id, media, bytes, sha256, object, wrapped_key, added_by, added_at, removed_by, removed_at, remove_reason, release_id FROM document WHERE id = $1";
const OF_SCHEME: &str = "SELECT id, scheme_id, subject, subject_id, media, bytes, sha256, object, wrapped_key, added_by, added_at, removed_by, removed_at, remove_reason, release_id FROM document WHERE scheme_id = $1 ORDER BY id";
const OF_RELEASE: &str = "SELECT id, scheme_id, subject, subject_id, media, bytes, sha256, object, wrapped_key, added_by, added_at, removed_by, removed_at, remove_reason, release_id FROM document WHERE release_id = $1 ORDER BY id";
const ADD: &str = "INSERT INTO document (id, scheme_id, subject, subject_id, media, bytes, sha256, object, wrapped_key, added_by, added_at, remove_reason, release_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12)";
const REMOVE: &str = "UPDATE document SET wrapped_key = NULL, removed_by = $2, removed_at = $3, remove_reason = $4 WHERE id = $1 AND removed_at IS NULL";

impl Conn {
    /// A document, a removed one too.
    pub async fn document(&mut self, id: DocumentId) -> Result<Option<Document>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(ONE).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// All documents of a scheme, oldest first, removed ones too.
    pub async fn documents(&mut self, scheme: SchemeId) -> Result<Vec<Document>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_SCHEME).bind(scheme.to_string()).fetch_all(c).await)?)
    }

    /// All documents of a case, oldest first.
    pub async fn documents_of(&mut self, release: ReleaseId) -> Result<Vec<Document>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_RELEASE).bind(release.to_string()).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Adds a document, whose blob is in the vault already.
    pub async fn add_document(&mut self, row: &Document) -> Result<(), Fault> {
        run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.scheme_id)
                .bind(&row.subject)
                .bind(&row.subject_id)
                .bind(&row.media)
                .bind(row.bytes)
                .bind(&row.sha256)
                .bind(&row.object)
                .bind(&row.wrapped_key)
                .bind(&row.added_by)
                .bind(row.added_at)
                .bind(&row.release_id)
        )?;
        Ok(())
    }

    /// Ends a document: its key goes, its row stays; false when it had ended.
    pub async fn remove_document(&mut self, id: DocumentId, by: PersonId, reason: &str) -> Result<bool, Fault> {
        let (id, by, now) = (id.to_string(), by.to_string(), self.now().millis());
        let done = run!(self, sqlx::query(REMOVE).bind(id).bind(by).bind(now).bind(reason))?;
        Ok(done == 1)
    }
}
