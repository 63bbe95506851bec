//! The policy's texts and numbers, version by version.
//!
//! Promise: a row is added, never changed; the newest version of a kind is the one in force. Absent on purpose: an update.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on, run, whole};
use crate::domain::numbers::Numbers;
use crate::domain::texts::{NUMBERS, Text, Versions};

/// One version.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `policy_text`, described in the migration")]
pub struct Version {
    pub version: i64,
    pub words: String,
    pub sha256: String,
    pub changed_by: String,
    pub changed_at: i64,
}

impl Version {
    /// Its number.
    pub fn number(&self) -> u32 {
        u32::try_from(self.version).unwrap_or_default()
    }
}

const IN_FORCE: &str = "SELECT version, words, sha256, changed_by, changed_at FROM policy_text WHERE kind = $1 ORDER BY version DESC LIMIT 1";
const HISTORY: &str =
    "SELECT version, words, sha256, changed_by, changed_at FROM policy_text WHERE kind = $1 ORDER BY version DESC";
const NEWEST: &str = "SELECT kind, MAX(version) FROM policy_text GROUP BY kind";
const ADD: &str = "INSERT INTO policy_text (kind, version, words, sha256, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, version) DO NOTHING";

impl Conn {
    /// The version of a text in force.
    pub async fn text_in_force(&mut self, text: Text) -> Result<Version, Fault> {
        self.newest(text.word()).await
    }

    /// The numbers in force, and their version.
    pub async fn numbers_in_force(&mut self) -> Result<(Numbers, u32), Fault> {
        let row = self.newest(NUMBERS).await?;
        let numbers = whole(Numbers::stored(&row.words), "policy_text", "words", NUMBERS)?;
        Ok((numbers, row.number()))
    }

    async fn newest(&mut self, kind: &str) -> Result<Version, Fault> {
        let row: Option<Version> = on!(self, |c| sqlx::query_as(IN_FORCE).bind(kind).fetch_optional(c).await)?;
        whole(row, "policy_text", "kind", kind)
    }

    /// Every version of a kind, newest first.
    pub async fn text_history(&mut self, kind: &str) -> Result<Vec<Version>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(HISTORY).bind(kind).fetch_all(c).await)?)
    }

    /// Which kinds are kept, and the newest version of each.
    pub async fn text_versions(&mut self) -> Result<Vec<(String, u32)>, Fault> {
        let rows: Vec<(String, i64)> = on!(self, |c| sqlx::query_as(NEWEST).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(kind, version)| (kind, u32::try_from(version).unwrap_or_default())).collect())
    }

    /// Which versions are in force now.
    pub async fn versions_in_force(&mut self) -> Result<Versions, Fault> {
        Ok(Versions::of(self.text_versions().await?))
    }
}

impl Tx {
    /// Adds a version of a kind; false where it is there already.
    pub async fn add_text(
        &mut self,
        kind: &str,
        version: u32,
        words: &str,
        sha256: &str,
        by: &str,
    ) -> Result<bool, Fault> {
        let (version, now) = (i64::from(version), self.now().millis());
        let done = run!(self, sqlx::query(ADD).bind(kind).bind(version).bind(words).bind(sha256).bind(by).bind(now))?;
        Ok(done == 1)
    }
}
