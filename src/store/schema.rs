//! The schema: numbered migrations, embedded, applied in order at start; an applied one is never edited (sqlx checks its hash).

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqlitePool;

use super::Fault;

/// Number, name, text.
pub const SQLITE: [(i64, &str, &str); 6] = [
    (1, "people", include_str!("../../migrations/sqlite/0001_people.sql")),
    (2, "registers", include_str!("../../migrations/sqlite/0002_registers.sql")),
    (3, "releases", include_str!("../../migrations/sqlite/0003_releases.sql")),
    (4, "log", include_str!("../../migrations/sqlite/0004_log.sql")),
    (5, "trust", include_str!("../../migrations/sqlite/0005_trust.sql")),
    (6, "register_papers", include_str!("../../migrations/sqlite/0006_register_papers.sql")),
];

/// Applies what is missing; refuses a database that a newer portal made or whose migrations were edited.
pub async fn bring_up(pool: &SqlitePool) -> Result<(), Fault> {
    let migrations = SQLITE.map(|(number, name, text)| {
        Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
    });
    Ok(Migrator::with_migrations(migrations.to_vec()).run(pool).await?)
}
