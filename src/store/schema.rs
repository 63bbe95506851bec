//! The schema: numbered migrations, embedded, applied in order at start; an applied one is never edited (sqlx checks its hash).

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqlitePool;

use super::{Conn, Fault, on};

/// Number, name, text.
pub const SQLITE: [(i64, &str, &str); 7] = [
    (1, "people", include_str!("../../migrations/sqlite/0001_people.sql")),
    (2, "registers", include_str!("../../migrations/sqlite/0002_registers.sql")),
    (3, "releases", include_str!("../../migrations/sqlite/0003_releases.sql")),
    (4, "log", include_str!("../../migrations/sqlite/0004_log.sql")),
    (5, "trust", include_str!("../../migrations/sqlite/0005_trust.sql")),
    (6, "register_papers", include_str!("../../migrations/sqlite/0006_register_papers.sql")),
    (7, "vault_names", include_str!("../../migrations/sqlite/0007_vault_names.sql")),
];

fn migrations() -> Vec<Migration> {
    let one = |(number, name, text): (i64, &'static str, &'static str)| {
        Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
    };
    SQLITE.into_iter().map(one).collect()
}

/// Applies what is missing; refuses a database that a newer portal made or whose migrations were edited.
pub async fn bring_up(pool: &SqlitePool) -> Result<(), Fault> {
    Ok(Migrator::with_migrations(migrations()).run(pool).await?)
}

const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";

/// What a database differs in from this program's schema, as a sentence; `None`: nothing.
pub async fn differs(conn: &mut Conn) -> Result<Option<String>, Fault> {
    let applied: Vec<(i64, Vec<u8>)> = on!(conn, |c| sqlx::query_as(APPLIED).fetch_all(c).await)?;
    let ours = migrations();
    if let Some((number, _)) = applied.iter().find(|(number, _)| ours.iter().all(|one| one.version != *number)) {
        return Ok(Some(format!("the database has step {number}, which this program does not know: use a newer one")));
    }
    for one in &ours {
        let number = one.version;
        match applied.iter().find(|(version, _)| *version == number) {
            None => return Ok(Some(format!("step {number} is missing: it is applied when `serve` starts"))),
            Some((_, sum)) if sum.as_slice() != one.checksum.as_ref() => {
                return Ok(Some(format!(
                    "step {number} is not the one this program has: it was made by another build"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(None)
}
