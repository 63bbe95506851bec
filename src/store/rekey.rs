//! Every field under the records key, to be sealed under another one.
//!
//! Promise: [`SOURCES`] is all of them: a test compares it with the columns that hold bytes. Absent on purpose: the keys; what is
//! read here is sealed, and so is what is written.

use sqlx::FromRow;

use super::{Conn, Fault, Link, Tx, on, run};

/// One column under the records key.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Where the bytes stand.
    pub table: &'static str,
    /// And in which column.
    pub column: &'static str,
    /// The place they are bound to: a table of the place's own, or `None` for the key of a copy.
    pub bound: Option<&'static str>,
    read: &'static str,
    write: &'static str,
}

/// One sealed field.
#[derive(Clone, Debug, FromRow)]
pub struct Sealed {
    /// The row.
    pub id: String,
    /// The row of the place it is bound to.
    pub place: String,
    /// The version it is bound to.
    pub version: i64,
    /// The bytes.
    pub sealed: Vec<u8>,
}

const READ_COPY: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, wrapped_key AS sealed FROM copy WHERE wrapped_key IS NOT NULL";
const WRITE_COPY: &str = "UPDATE copy SET wrapped_key = $2 WHERE id = $1";
const READ_RELEASE_FILE: &str = "SELECT id, id AS place, version, file AS sealed FROM release";
const WRITE_RELEASE_FILE: &str = "UPDATE release SET file = $2 WHERE id = $1";
const READ_RELEASE_DRAFT: &str =
    "SELECT id, id AS place, version, draft AS sealed FROM release WHERE draft IS NOT NULL";
const WRITE_RELEASE_DRAFT: &str = "UPDATE release SET draft = $2 WHERE id = $1";
const READ_PERSON: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, totp_secret AS sealed FROM person WHERE LENGTH(totp_secret) > 0";
const WRITE_PERSON: &str = "UPDATE person SET totp_secret = $2 WHERE id = $1";
const READ_INVITATION: &str = "SELECT id, person_id AS place, CAST(0 AS BIGINT) AS version, totp_secret AS sealed FROM invitation WHERE LENGTH(totp_secret) > 0";
const WRITE_INVITATION: &str = "UPDATE invitation SET totp_secret = $2 WHERE id = $1";

const READ_STATEMENT: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, document AS sealed FROM statement WHERE LENGTH(document) > 0";
const WRITE_STATEMENT: &str = "UPDATE statement SET document = $2 WHERE id = $1";
const READ_DOCUMENT: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, wrapped_key AS sealed FROM document WHERE wrapped_key IS NOT NULL";
const WRITE_DOCUMENT: &str = "UPDATE document SET wrapped_key = $2 WHERE id = $1";

const READ_ISSUE: &str = "SELECT urn AS id, urn AS place, CAST(0 AS BIGINT) AS version, void_words AS sealed FROM issue WHERE void_words IS NOT NULL";
const WRITE_ISSUE: &str = "UPDATE issue SET void_words = $2 WHERE urn = $1";
const READ_CONSIDERATION: &str = "SELECT id, id AS place, version, body AS sealed FROM consideration";
const WRITE_CONSIDERATION: &str = "UPDATE consideration SET body = $2 WHERE id = $1";
const READ_REPRESENTATION: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM representation";
const WRITE_REPRESENTATION: &str = "UPDATE representation SET body = $2 WHERE id = $1";
const READ_RULING: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM ruling";
const WRITE_RULING: &str = "UPDATE ruling SET body = $2 WHERE id = $1";
const READ_RULING_TOLD: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, told AS sealed FROM ruling WHERE told IS NOT NULL";
const WRITE_RULING_TOLD: &str = "UPDATE ruling SET told = $2 WHERE id = $1";

const READ_INSPECTION: &str = "SELECT id, id AS place, version, body AS sealed FROM inspection";
const WRITE_INSPECTION: &str = "UPDATE inspection SET body = $2 WHERE id = $1";
const READ_DUTY: &str = "SELECT id, id AS place, version, body AS sealed FROM duty";
const WRITE_DUTY: &str = "UPDATE duty SET body = $2 WHERE id = $1";

const READ_REPORT: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM report";
const WRITE_REPORT: &str = "UPDATE report SET body = $2 WHERE id = $1";
const READ_ANSWER: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, answer AS sealed FROM report WHERE answer IS NOT NULL";
const WRITE_ANSWER: &str = "UPDATE report SET answer = $2 WHERE id = $1";
const READ_REVISION: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM revision";
const WRITE_REVISION: &str = "UPDATE revision SET body = $2 WHERE id = $1";

// Other areas
const READ_ASKED: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, asked AS sealed FROM consultation";
const WRITE_ASKED: &str = "UPDATE consultation SET asked = $2 WHERE id = $1";
const READ_AREA_ANSWER: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, answer AS sealed FROM consultation WHERE answer IS NOT NULL";
const WRITE_AREA_ANSWER: &str = "UPDATE consultation SET answer = $2 WHERE id = $1";

// Reviews
const READ_DECISION: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, decision AS sealed FROM review WHERE decision IS NOT NULL";
const WRITE_DECISION: &str = "UPDATE review SET decision = $2 WHERE id = $1";
const READ_REVIEW_PART: &str = "SELECT id, id AS place, version, body AS sealed FROM review_part";
const WRITE_REVIEW_PART: &str = "UPDATE review_part SET body = $2 WHERE id = $1";
const READ_LIMIT: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM limit_change";
const WRITE_LIMIT: &str = "UPDATE limit_change SET body = $2 WHERE id = $1";
// Demands
const READ_DEMAND: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM demand";
const WRITE_DEMAND: &str = "UPDATE demand SET body = $2 WHERE id = $1";
const READ_QUERY: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM confirmation WHERE body IS NOT NULL";
const WRITE_QUERY: &str = "UPDATE confirmation SET body = $2 WHERE id = $1";
const READ_VISIT: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM demand_visit";
const WRITE_VISIT: &str = "UPDATE demand_visit SET body = $2 WHERE id = $1";
// Retention
const READ_DISPOSAL: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM disposal WHERE LENGTH(body) > 0";
const WRITE_DISPOSAL: &str = "UPDATE disposal SET body = $2 WHERE id = $1";
const READ_DISPOSAL_ANSWER: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, answer AS sealed FROM disposal WHERE LENGTH(answer) > 0";
const WRITE_DISPOSAL_ANSWER: &str = "UPDATE disposal SET answer = $2 WHERE id = $1";
const READ_HOLD: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM legal_hold";
const WRITE_HOLD: &str = "UPDATE legal_hold SET body = $2 WHERE id = $1";
const READ_LIFT: &str =
    "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, lift AS sealed FROM legal_hold WHERE lift IS NOT NULL";
const WRITE_LIFT: &str = "UPDATE legal_hold SET lift = $2 WHERE id = $1";
// Prints and leavers
const READ_PRINT: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM print_act";
const WRITE_PRINT: &str = "UPDATE print_act SET body = $2 WHERE id = $1";
const READ_LEAVING: &str = "SELECT id, id AS place, CAST(0 AS BIGINT) AS version, body AS sealed FROM leaving";
const WRITE_LEAVING: &str = "UPDATE leaving SET body = $2 WHERE id = $1";

/// All there are.
pub const SOURCES: &[Source] = &[
    // Prints and leavers
    Source { table: "print_act", column: "body", bound: Some("print_act"), read: READ_PRINT, write: WRITE_PRINT },
    Source { table: "leaving", column: "body", bound: Some("leaving"), read: READ_LEAVING, write: WRITE_LEAVING },
    Source {
        table: "inspection",
        column: "body",
        bound: Some("inspection"),
        read: READ_INSPECTION,
        write: WRITE_INSPECTION,
    },
    Source { table: "duty", column: "body", bound: Some("duty"), read: READ_DUTY, write: WRITE_DUTY },
    Source {
        table: "consideration",
        column: "body",
        bound: Some("consideration"),
        read: READ_CONSIDERATION,
        write: WRITE_CONSIDERATION,
    },
    Source {
        table: "representation",
        column: "body",
        bound: Some("representation"),
        read: READ_REPRESENTATION,
        write: WRITE_REPRESENTATION,
    },
    // Corrections
    Source { table: "report", column: "body", bound: Some("report"), read: READ_REPORT, write: WRITE_REPORT },
    Source { table: "report", column: "answer", bound: Some("report"), read: READ_ANSWER, write: WRITE_ANSWER },
    Source { table: "revision", column: "body", bound: Some("revision"), read: READ_REVISION, write: WRITE_REVISION },
    // Other areas
    Source {
        table: "consultation",
        column: "asked",
        bound: Some("consultation"),
        read: READ_ASKED,
        write: WRITE_ASKED,
    },
    Source {
        table: "consultation",
        column: "answer",
        bound: Some("consultation"),
        read: READ_AREA_ANSWER,
        write: WRITE_AREA_ANSWER,
    },
    // End of other areas
    // Reviews
    Source { table: "review", column: "decision", bound: Some("review"), read: READ_DECISION, write: WRITE_DECISION },
    Source {
        table: "review_part",
        column: "body",
        bound: Some("review_part"),
        read: READ_REVIEW_PART,
        write: WRITE_REVIEW_PART,
    },
    Source { table: "limit_change", column: "body", bound: Some("limit_change"), read: READ_LIMIT, write: WRITE_LIMIT },
    // Demands
    Source { table: "demand", column: "body", bound: Some("demand"), read: READ_DEMAND, write: WRITE_DEMAND },
    Source { table: "confirmation", column: "body", bound: Some("confirmation"), read: READ_QUERY, write: WRITE_QUERY },
    Source { table: "demand_visit", column: "body", bound: Some("demand_visit"), read: READ_VISIT, write: WRITE_VISIT },
    Source { table: "ruling", column: "body", bound: Some("ruling"), read: READ_RULING, write: WRITE_RULING },
    Source { table: "ruling", column: "told", bound: Some("ruling"), read: READ_RULING_TOLD, write: WRITE_RULING_TOLD },
    Source {
        table: "statement",
        column: "document",
        bound: Some("statement"),
        read: READ_STATEMENT,
        write: WRITE_STATEMENT,
    },
    Source { table: "issue", column: "void_words", bound: None, read: READ_ISSUE, write: WRITE_ISSUE },
    Source { table: "document", column: "wrapped_key", bound: None, read: READ_DOCUMENT, write: WRITE_DOCUMENT },
    Source { table: "copy", column: "wrapped_key", bound: None, read: READ_COPY, write: WRITE_COPY },
    Source {
        table: "release",
        column: "file",
        bound: Some("release"),
        read: READ_RELEASE_FILE,
        write: WRITE_RELEASE_FILE,
    },
    Source {
        table: "release",
        column: "draft",
        bound: Some("release"),
        read: READ_RELEASE_DRAFT,
        write: WRITE_RELEASE_DRAFT,
    },
    Source { table: "person", column: "totp_secret", bound: Some("person"), read: READ_PERSON, write: WRITE_PERSON },
    Source {
        table: "invitation",
        column: "totp_secret",
        bound: Some("person"),
        read: READ_INVITATION,
        write: WRITE_INVITATION,
    },
    // Retention
    Source { table: "disposal", column: "body", bound: Some("disposal"), read: READ_DISPOSAL, write: WRITE_DISPOSAL },
    Source {
        table: "disposal",
        column: "answer",
        bound: Some("disposal"),
        read: READ_DISPOSAL_ANSWER,
        write: WRITE_DISPOSAL_ANSWER,
    },
    Source { table: "legal_hold", column: "body", bound: Some("legal_hold"), read: READ_HOLD, write: WRITE_HOLD },
    Source { table: "legal_hold", column: "lift", bound: Some("legal_hold"), read: READ_LIFT, write: WRITE_LIFT },
];

const BYTE_COLUMNS_POSTGRES: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'bytea' AND table_name <> '_sqlx_migrations' ORDER BY 1, 2";
const BYTE_COLUMNS_SQLITE: &str = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BLOB' ORDER BY m.name, c.name";

impl Conn {
    /// Every field of a column.
    pub async fn sealed_fields(&mut self, source: &Source) -> Result<Vec<Sealed>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(source.read).fetch_all(c).await)?)
    }

    /// Every column that holds bytes, with its table: what a records key might seal.
    pub async fn byte_columns(&mut self) -> Result<Vec<(String, String)>, Fault> {
        let query = if matches!(self.0, Link::Sqlite(_)) { BYTE_COLUMNS_SQLITE } else { BYTE_COLUMNS_POSTGRES };
        Ok(on!(self, |c| sqlx::query_as(query).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Puts other bytes in a field's place.
    pub async fn replace_sealed(&mut self, source: &Source, id: &str, sealed: &[u8]) -> Result<(), Fault> {
        run!(self, sqlx::query(source.write).bind(id).bind(sealed))?;
        Ok(())
    }
}
