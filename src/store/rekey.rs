//! Every field under the records key, to be sealed under another one.
//!
//! Promise: [`SOURCES`] is all of them: a test compares it with the columns that hold bytes. Absent on purpose: the keys; what is
//! read here is sealed, and so is what is written.

use sqlx::FromRow;

use super::{Conn, Fault, Tx, on};

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

/// All there are.
pub const SOURCES: &[Source] = &[
    Source {
        table: "copy",
        column: "wrapped_key",
        bound: None,
        read: "SELECT id, id AS place, 0 AS version, wrapped_key AS sealed FROM copy WHERE wrapped_key IS NOT NULL",
        write: "UPDATE copy SET wrapped_key = $2 WHERE id = $1",
    },
    Source {
        table: "release",
        column: "file",
        bound: Some("release"),
        read: "SELECT id, id AS place, version, file AS sealed FROM release",
        write: "UPDATE release SET file = $2 WHERE id = $1",
    },
    Source {
        table: "release",
        column: "draft",
        bound: Some("release"),
        read: "SELECT id, id AS place, version, draft AS sealed FROM release WHERE draft IS NOT NULL",
        write: "UPDATE release SET draft = $2 WHERE id = $1",
    },
    Source {
        table: "person",
        column: "totp_secret",
        bound: Some("person"),
        read: "SELECT id, id AS place, 0 AS version, totp_secret AS sealed FROM person WHERE LENGTH(totp_secret) > 0",
        write: "UPDATE person SET totp_secret = $2 WHERE id = $1",
    },
    Source {
        table: "invitation",
        column: "totp_secret",
        bound: Some("person"),
        read: "SELECT id, person_id AS place, 0 AS version, totp_secret AS sealed FROM invitation WHERE LENGTH(totp_secret) > 0",
        write: "UPDATE invitation SET totp_secret = $2 WHERE id = $1",
    },
];

const BYTE_COLUMNS: &str = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BLOB' ORDER BY m.name, c.name";

impl Conn {
    /// Every field of a column.
    pub async fn sealed_fields(&mut self, source: &Source) -> Result<Vec<Sealed>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(source.read).fetch_all(c).await)?)
    }

    /// Every column that holds bytes, with its table: what a records key might seal.
    pub async fn byte_columns(&mut self) -> Result<Vec<(String, String)>, Fault> {
        Ok(on!(self, |c| sqlx::query_as(BYTE_COLUMNS).fetch_all(c).await)?)
    }
}

impl Tx {
    /// Puts other bytes in a field's place.
    pub async fn replace_sealed(&mut self, source: &Source, id: &str, sealed: &[u8]) -> Result<(), Fault> {
        on!(self, |c| sqlx::query(source.write).bind(id).bind(sealed).execute(c).await)?;
        Ok(())
    }
}
