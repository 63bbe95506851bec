//! A copy of the embedded database to carry away, what the vault holds of it, and what a restored one lacks.
//!
//! Promises: `VACUUM INTO` gives one consistent moment without a free page or a destroyed value; the copy bears the quarantine mark
//! from the beginning, so that nothing ever serves it before its restore is finished. Absent on purpose: copying the file of a live
//! database; a copy of PostgreSQL, which has its own base backup. Proved by `tests/it/restore`.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Conn, Fault, Link, on};
use crate::config::Store;
use crate::domain::moment::Moment;

/// The setting of a database that was put back and whose restore is not finished; `serve` refuses it.
pub const QUARANTINE: &str = "quarantine";
/// Its value until everything that happened since the backup was replayed.
pub const PUT_BACK: &str = "put back";
/// Its value once that is done and only the last checks are missing.
pub const REPLAYED: &str = "replayed";

const COPY_INTO: &str = "VACUUM INTO $1";
const MARK: &str = "INSERT INTO setting (name, value, changed_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET value = $2, changed_at = $3";
const INTEGRITY_SQLITE: &str = "SELECT integrity_check FROM pragma_integrity_check LIMIT 1";
const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
const OBJECTS: &str = "SELECT object FROM (SELECT p.object FROM part p JOIN copy c ON c.id = p.copy_id WHERE c.wrapped_key IS NOT NULL UNION SELECT object FROM photograph UNION SELECT text_object FROM release WHERE text_object IS NOT NULL UNION SELECT text_object FROM revision WHERE text_object IS NOT NULL UNION SELECT object FROM document WHERE wrapped_key IS NOT NULL UNION SELECT object FROM unit_sealed) AS named WHERE object > $1 ORDER BY object LIMIT $2";
const WITHOUT_RECORD: &str = "SELECT l.idx, l.leaf FROM log_leaf l LEFT JOIN access_record r ON r.idx = l.idx WHERE r.idx IS NULL AND l.idx >= $1 ORDER BY l.idx LIMIT $2";
const COVERING: &str = "SELECT body FROM access_record WHERE kind IN ('erase', 'restored') ORDER BY idx";

/// Copies the embedded database, as it is at one moment, into `to`, which must be absent or empty.
pub async fn copy_database(at: &Store, to: &Path) -> Result<(), Fault> {
    let to = to.to_str().ok_or_else(|| Fault::Other("the folder's name is not UTF-8".to_owned()))?;
    let mut live: SqliteConnection = super::sqlite::options(&at.database())?.read_only(true).connect().await?;
    let done = sqlx::query(COPY_INTO).bind(to).execute(&mut live).await;
    live.close().await?;
    done?;
    Ok(())
}

/// Puts the quarantine mark on a copy. It stays one file, with nothing beside it, and is read and written as a portal's.
pub async fn mark_copy(file: &Path, now: Moment) -> Result<(), Fault> {
    let mut copy: SqliteConnection = super::sqlite::options(file)?.connect().await?;
    sqlx::query(MARK).bind(QUARANTINE).bind(PUT_BACK).bind(now.millis()).execute(&mut copy).await?;
    copy.close().await?;
    Ok(())
}

/// Opens a copy that nobody writes for reading alone; nothing appears beside it.
pub async fn open_copy(file: &Path) -> Result<Conn, Fault> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    Ok(Link::Sqlite(pool.acquire().await?).into())
}

impl Conn {
    /// What the database's own check finds, as a sentence; `None`: nothing.
    pub async fn integrity(&mut self) -> Result<Option<String>, Fault> {
        let said: String = on!(self, |c| sqlx::query_scalar(INTEGRITY_SQLITE).fetch_one(c).await)?;
        Ok((said != "ok").then_some(said))
    }

    /// The number of the newest migration.
    pub async fn schema_level(&mut self) -> Result<i64, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(SCHEMA).fetch_one(c).await)?)
    }

    /// The vault's names that the database has a use for, behind `after`, in order: nothing whose key is gone.
    pub async fn objects(&mut self, after: &str, limit: u16) -> Result<Vec<String>, Fault> {
        Ok(on!(self, |c| sqlx::query_scalar(OBJECTS).bind(after).bind(i64::from(limit)).fetch_all(c).await)?)
    }

    /// Leaves from `from` on that have no record, with their indexes.
    pub async fn leaves_without_record(&mut self, from: u64, limit: u16) -> Result<Vec<(u64, Vec<u8>)>, Fault> {
        self.settle().await?;
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let rows: Vec<(i64, Vec<u8>)> =
            on!(self, |c| sqlx::query_as(WITHOUT_RECORD).bind(from).bind(i64::from(limit)).fetch_all(c).await)?;
        Ok(rows.into_iter().filter_map(|(index, leaf)| Some((u64::try_from(index).ok()?, leaf))).collect())
    }

    /// The bodies that say which records are missing: of erasures and of earlier restores.
    pub async fn covering_bodies(&mut self) -> Result<Vec<Vec<u8>>, Fault> {
        self.settle().await?;
        Ok(on!(self, |c| sqlx::query_scalar(COVERING).fetch_all(c).await)?)
    }
}

#[cfg(test)]
mod tests {
    use super::OBJECTS;
    use crate::store::blobs::COLUMNS;

    #[test]
    fn every_column_that_names_a_blob_is_in_a_backup() {
        for (table, column) in COLUMNS {
            // What replaces another blob is not in force yet; the one it replaces is.
            let in_force = column != "replaces";
            let named = OBJECTS.contains(&format!("{column} FROM {table} "))
                || OBJECTS.contains(&format!("{column} FROM {table} p "))
                || OBJECTS.contains(&format!("{column} FROM {table})"));
            assert_eq!(named, in_force, "{table}.{column}");
        }
    }
}
