//! Which blobs of the vault are still spoken of.
//!
//! Promise: [`COLUMNS`] is every column that holds the name of a blob: a test compares it with the schema, and with what stands in the
//! columns. A removed document's name stands in its row for the record, and speaks of no blob any more.
//! Absent on purpose: blobs. Proved by `tests/it/vault/orphans.rs`.

use std::collections::HashSet;

use super::{Conn, Fault, on};

/// Every column with names of blobs, and its table.
pub const COLUMNS: [(&str, &str); 7] = [
    ("document", "object"),
    ("part", "object"),
    ("photograph", "object"),
    ("release", "text_object"),
    ("revision", "text_object"),
    ("unit_sealed", "object"),
    ("unit_sealed", "replaces"),
];

const SPOKEN_OF: &str = "SELECT object FROM part WHERE object >= $1 AND object < $2 UNION ALL SELECT object FROM photograph WHERE object >= $1 AND object < $2 UNION ALL SELECT text_object FROM release WHERE text_object >= $1 AND text_object < $2 UNION ALL SELECT text_object FROM revision WHERE text_object >= $1 AND text_object < $2 UNION ALL SELECT object FROM document WHERE object >= $1 AND object < $2 AND removed_at IS NULL UNION ALL SELECT object FROM unit_sealed WHERE object >= $1 AND object < $2 UNION ALL SELECT replaces FROM unit_sealed WHERE replaces >= $1 AND replaces < $2";
const IS_SPOKEN_OF: &str = "SELECT COUNT(*) FROM (SELECT object FROM part WHERE object = $1 UNION ALL SELECT object FROM photograph WHERE object = $1 UNION ALL SELECT text_object FROM release WHERE text_object = $1 UNION ALL SELECT text_object FROM revision WHERE text_object = $1 UNION ALL SELECT object FROM document WHERE object = $1 AND removed_at IS NULL UNION ALL SELECT object FROM unit_sealed WHERE object = $1 UNION ALL SELECT replaces FROM unit_sealed WHERE replaces = $1) AS named";

impl Conn {
    /// The names on one shelf of the vault that are spoken of: those that begin with these two digits.
    pub async fn blobs_on_shelf(&mut self, digits: u8) -> Result<HashSet<String>, Fault> {
        // `g` follows `f`: a name is of hexadecimal digits, so that this is past every name of the shelf.
        let (from, to) = (format!("{digits:02x}"), format!("{digits:02x}g"));
        let names: Vec<String> = on!(self, |c| sqlx::query_scalar(SPOKEN_OF).bind(from).bind(to).fetch_all(c).await)?;
        Ok(names.into_iter().collect())
    }

    /// Whether a blob is spoken of.
    pub async fn blob_is_named(&mut self, name: &str) -> Result<bool, Fault> {
        let many: i64 = on!(self, |c| sqlx::query_scalar(IS_SPOKEN_OF).bind(name).fetch_one(c).await)?;
        Ok(many > 0)
    }
}
