//! Signed statements with the exact documents they cover; how far people are with the undertaking; settings.

use sqlx::FromRow;

use super::{Conn, Fault, No, Tx, on, run};
use crate::domain::ids::{PersonId, ReleaseId, StatementId};

/// A kept statement.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `statement`, described in the migration; `document` as sealed")]
pub struct Statement {
    pub id: String,
    pub kind: String,
    pub person_id: String,
    pub object: String,
    pub document: Vec<u8>,
    pub note: String,
    pub nonce: String,
    pub at: i64,
}

/// How far a person is with one version of the undertaking.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "the columns of `undertaking`, described in the migration")]
pub struct Undertaking {
    pub version: i64,
    pub opened_at: i64,
    pub declined_at: Option<i64>,
    pub signed_at: Option<i64>,
    pub statement_id: Option<String>,
}

const ADD: &str = "INSERT INTO statement (id, kind, person_id, object, document, note, nonce, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const STATEMENT: &str = "SELECT id, kind, person_id, object, document, note, nonce, at FROM statement WHERE id = $1";
const ABOUT: &str = "SELECT id, kind, person_id, object, document, note, nonce, at FROM statement WHERE object = $1 OR object IN (SELECT 'copy/' || c.id FROM copy c WHERE c.release_id = $2) ORDER BY at, id";
const OF_PERSON: &str = "SELECT id, kind, person_id, object, document, note, nonce, at FROM statement WHERE person_id = $1 ORDER BY at DESC, id DESC LIMIT 500";
const NONCE_USED: &str = "SELECT COUNT(*) FROM statement WHERE nonce = $1";
const UNDERTAKING: &str = "SELECT version, opened_at, declined_at, signed_at, statement_id FROM undertaking WHERE person_id = $1 AND version = $2";
const LAST_SIGNED: &str = "SELECT MAX(version) FROM undertaking WHERE person_id = $1 AND signed_at IS NOT NULL";
const OPENED: &str = "INSERT INTO undertaking (person_id, version, opened_at) VALUES ($1, $2, $3) ON CONFLICT (person_id, version) DO NOTHING";
const SIGNED: &str = "UPDATE undertaking SET signed_at = $3, statement_id = $4 WHERE person_id = $1 AND version = $2 AND signed_at IS NULL";
const DECLINED: &str =
    "UPDATE undertaking SET declined_at = $3 WHERE person_id = $1 AND version = $2 AND signed_at IS NULL";
const SETTING: &str = "SELECT value FROM setting WHERE name = $1";
const UNSET: &str = "DELETE FROM setting WHERE name = $1";
const SET: &str = "INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET value = $2, changed_at = $3";

impl Conn {
    /// A kept statement.
    pub async fn statement(&mut self, id: StatementId) -> Result<Option<Statement>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(STATEMENT).bind(id.to_string()).fetch_optional(c).await)?)
    }

    /// What was signed about a release and about its copies, oldest first.
    pub async fn statements_about(&mut self, release: ReleaseId) -> Result<Vec<Statement>, Fault> {
        let (object, release) = (format!("release/{release}"), release.to_string());
        Ok(on!(self, |c| sqlx::query_as(ABOUT).bind(&object).bind(&release).fetch_all(c).await)?)
    }

    /// What a person signed, newest first; the newest 500.
    pub async fn statements_by(&mut self, person: PersonId) -> Result<Vec<Statement>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(OF_PERSON).bind(person.to_string()).fetch_all(c).await)?)
    }

    /// Whether a statement with this nonce is kept already.
    pub async fn nonce_used(&mut self, nonce: &str) -> Result<bool, Fault> {
        let count: i64 = on!(self, |c| sqlx::query_scalar(NONCE_USED).bind(nonce).fetch_one(c).await)?;
        Ok(count > 0)
    }

    /// How far a person is with a version of the undertaking.
    pub async fn undertaking(&mut self, person: PersonId, version: u32) -> Result<Option<Undertaking>, Fault> {
        let person = person.to_string();
        Ok(on!(self, |c| sqlx::query_as(UNDERTAKING).bind(person).bind(i64::from(version)).fetch_optional(c).await)?)
    }

    /// The version a person signed last.
    pub async fn undertaking_signed(&mut self, person: PersonId) -> Result<Option<u32>, Fault> {
        let last: Option<i64> =
            on!(self, |c| sqlx::query_scalar(LAST_SIGNED).bind(person.to_string()).fetch_one(c).await)?;
        Ok(last.and_then(|version| u32::try_from(version).ok()))
    }

    /// A setting's value.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(SETTING).bind(name).fetch_optional(c).await)?)
    }
}

impl Tx {
    /// Keeps a statement with its document; one whose nonce was used meanwhile (a form sent twice) is refused.
    pub async fn add_statement(&mut self, row: &Statement) -> Result<(), No> {
        if self.nonce_used(&row.nonce).await? {
            return Err(No::field("statement", "This was signed and sent already. Reload the page."));
        }
        run!(
            self,
            sqlx::query(ADD)
                .bind(&row.id)
                .bind(&row.kind)
                .bind(&row.person_id)
                .bind(&row.object)
                .bind(&row.document)
                .bind(&row.note)
                .bind(&row.nonce)
                .bind(row.at)
        )?;
        Ok(())
    }

    /// Writes down that the undertaking was shown in full; true the first time.
    pub async fn undertaking_opened(&mut self, person: PersonId, version: u32) -> Result<bool, Fault> {
        let (person, version, now) = (person.to_string(), i64::from(version), self.now().millis());
        let done = run!(self, sqlx::query(OPENED).bind(person).bind(version).bind(now))?;
        Ok(done == 1)
    }

    /// Writes down the signature; false when it was signed before or never opened.
    pub async fn undertaking_signed_now(
        &mut self,
        person: PersonId,
        version: u32,
        by: StatementId,
    ) -> Result<bool, Fault> {
        let (person, version, now) = (person.to_string(), i64::from(version), self.now().millis());
        let done = run!(self, sqlx::query(SIGNED).bind(person).bind(version).bind(now).bind(by.to_string()))?;
        Ok(done == 1)
    }

    /// Writes down that it was declined; false when it was signed before or never opened.
    pub async fn undertaking_declined(&mut self, person: PersonId, version: u32) -> Result<bool, Fault> {
        let (person, version, now) = (person.to_string(), i64::from(version), self.now().millis());
        let done = run!(self, sqlx::query(DECLINED).bind(person).bind(version).bind(now))?;
        Ok(done == 1)
    }

    /// Changes a setting.
    pub async fn set(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let now = self.now();
        run!(self, sqlx::query(SET).bind(name).bind(value).bind(now.millis()))?;
        Ok(())
    }

    /// Takes a setting away; nothing is done where there is none.
    pub async fn unset(&mut self, name: &str) -> Result<(), Fault> {
        run!(self, sqlx::query(UNSET).bind(name))?;
        Ok(())
    }
}
